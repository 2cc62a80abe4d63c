"""Which feedback loops does a model have, and which of them is in charge when?"""

from sdmodels.feedback.feedback_loop import FeedbackLoop
from sdmodels.feedback.scores import LoopScores, Partition
from sdmodels.feedback.scoring import score_loops

__all__ = ["FeedbackLoop", "LoopScores", "Partition", "score_loops"]

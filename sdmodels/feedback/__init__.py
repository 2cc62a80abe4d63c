"""Which feedback loops does a model have, and which of them is in charge when?"""

from sdmodels.feedback.agreement import compare_opinions
from sdmodels.feedback.elasticities import EigenvalueElasticities
from sdmodels.feedback.elasticity import find_elasticities
from sdmodels.feedback.feedback_loop import FeedbackLoop
from sdmodels.feedback.pathway import follow_pathways
from sdmodels.feedback.pathways import Pathway, PathwayParticipation
from sdmodels.feedback.scores import LoopScores, Partition
from sdmodels.feedback.scoring import score_loops
from sdmodels.feedback.verdicts import Agreement, Moment, Opinion

__all__ = [
    "Agreement",
    "EigenvalueElasticities",
    "FeedbackLoop",
    "LoopScores",
    "Moment",
    "Opinion",
    "Partition",
    "Pathway",
    "PathwayParticipation",
    "compare_opinions",
    "find_elasticities",
    "follow_pathways",
    "score_loops",
]

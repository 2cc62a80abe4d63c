"""What do written units mean, and which unit does an expression have?"""

from sdmodels.units.inference import Clash, Inference, Measure, Open
from sdmodels.units.names import Vocabulary, fits, power, synonyms_of

__all__ = ["Clash", "Inference", "Measure", "Open", "Vocabulary", "fits", "power", "synonyms_of"]

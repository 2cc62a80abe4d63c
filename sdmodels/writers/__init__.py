"""How does a Model become a file for other programs or for readers?"""

from sdmodels.writers.equations import to_markdown
from sdmodels.writers.xmile import to_xmile

__all__ = ["to_markdown", "to_xmile"]

"""How does a Model become a file for other programs or for readers?"""

from sdmodels.writers.xmile import to_xmile

__all__ = ["to_xmile"]

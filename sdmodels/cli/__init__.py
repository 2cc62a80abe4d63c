"""How is the library used from a command line?"""

from sdmodels.cli.app import main

__all__ = ["main"]

"""What can go wrong, in one tree: every error says where, what, and what to do."""

from collections.abc import Iterable
from difflib import get_close_matches


class SDModelsError(Exception):
    """Any error that a user of the library can cause or mend."""


class ModelFileError(SDModelsError):
    """A model file cannot be read: it is missing, broken, or uses what is not supported."""


class UnsupportedError(ModelFileError):
    """A model file uses something that the library does not do; the message names it."""


class ManifestError(SDModelsError):
    """A ``model.toml`` does not say what a manifest must say."""


class StructureError(SDModelsError):
    """A model's equations do not fit together."""


class UnitsError(StructureError):
    """The units of the two sides of an equation differ."""


class ExportError(SDModelsError):
    """A model has something that the format it is to be written in does not have."""


class SimulationError(SDModelsError):
    """A run cannot be made from these inputs."""


class InputError(SDModelsError):
    """An input is outside its limits or does not have the form ``Name=value``."""


class CalibrationError(SDModelsError):
    """The data of a case do not fit its model, or cannot be fitted."""


class UnknownNameError(SDModelsError, KeyError):
    """No such model, variable, lever, policy, scenario or element."""

    def __str__(self) -> str:
        # KeyError would show the representation of the message, with quotes and escapes.
        return str(self.args[0])


def did_you_mean(name: str, known: Iterable[str], *, otherwise: str = "") -> str:
    """Return the sentence that helps after an unknown name.

    Parameters
    ----------
    name
        What was asked for.
    known
        The names that exist.
    otherwise
        What to say when nothing is alike.
    """
    folded = {candidate.casefold(): candidate for candidate in known}
    close = get_close_matches(name.casefold(), folded, n=1, cutoff=0.6)
    return f"Did you mean '{folded[close[0]]}'?" if close else otherwise


def unknown(what: str, name: str, known: Iterable[str]) -> UnknownNameError:
    """Return the error for a name that does not exist: what was asked, what there is, what is nearest.

    Parameters
    ----------
    what
        The kind of thing, such as ``lever``.
    known
        The names that exist, as they are to be shown.
    """
    names = list(known)
    there = ", ".join(names[:8]) + (f" and {len(names) - 8} more" if len(names) > 8 else "")
    remedy = did_you_mean(name, names, otherwise="Choose one of these." if names else "There is none.")
    return UnknownNameError(f"No {what} is named '{name}'.\n    Known: {there or 'none'}.\n{remedy}")

"""How is a share written in a figure?"""


def percent(share: float, *, members: int | None = None) -> str:
    """Return a share as ``61 %``, ``4.5 %`` or ``<0.1 %``; ``0`` of no members, nothing if it is unknown.

    Parameters
    ----------
    share
        0 to 1, or not-a-number.
    members
        How many members the share was counted of, if known: of none, ``0`` is exact.
    """
    if share != share:  # not-a-number
        return "–"
    if share == 0 or members == 0:
        return "0"
    if share < 0.001:
        return "<0.1 %"
    return f"{100 * share:.0f} %" if share >= 0.0995 else f"{100 * share:.1f} %"


def bounds(low: float, high: float) -> str:
    """Return the ends of an interval of a share, such as ``60–62`` [%]."""
    if high < 0.001:
        return "<0.1"
    digits = 0 if high >= 0.1 else 1
    return f"{100 * low:.{digits}f}–{100 * high:.{digits}f}"

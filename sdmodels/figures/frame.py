"""What stands around the panels of a figure: its size, its title, its legend?"""

import math
from collections.abc import Sequence
from typing import Final

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from sdmodels.catalogue.naming import Language
from sdmodels.figures.appearance import GREY, appearance
from sdmodels.figures.labels import choose
from sdmodels.figures.members import PolicyMembers
from sdmodels.figures.wrapping import width_of, wrap

SMALL: Final = 9.0
"""Size of ticks, units and the legend [pt]."""
_LETTERS_PER_INCH: Final = 14
"""Letters of DejaVu Sans at ``SMALL`` that fit on an inch, on the safe side."""
_LEGEND_ENTRY: Final = 38
"""A longer entry of the legend is wrapped [letters]."""


def new_figure(
    *, panels: int, panel_size: tuple[float, float], title: str, columns: int | None = None
) -> tuple[Figure, list[Axes]]:
    """Return a figure with empty panels, row by row.

    Parameters
    ----------
    panels
        Number of panels, at least 1.
    panel_size
        Width and height of each with its labels [inch]; a lone panel gets half as much again.
    title
        May be empty; long ones are wrapped.
    columns
        In how many columns the panels are set; :func:`columns_for` decides if not given.
    """
    columns = columns_for(panels) if columns is None else columns
    rows = math.ceil(panels / columns)
    stretch = 1.6 if panels == 1 else 1.0
    width, height = (stretch * side for side in panel_size)
    figure = Figure(figsize=(columns * width, rows * height))
    # A number under the end of an axis stands half outside its panel, which the layout does not count.
    figure.set_layout_engine("constrained", rect=(0, 0, 0.985, 1))
    if title:
        # 13 pt against SMALL: fewer letters to the inch.
        heading = wrap(title, letters(columns * width * SMALL / 13))
        figure.suptitle(heading, fontsize=13)
        _make_room(figure, 0.25 * (1 + heading.count("\n")))
    axes = [figure.add_subplot(rows, columns, position + 1) for position in range(panels)]
    for panel in axes:
        panel.spines[["top", "right"]].set_visible(False)
        panel.grid(color="0.9", linewidth=0.6)
        panel.set_axisbelow(True)
        panel.tick_params(labelsize=SMALL, color=GREY)
    return figure, axes


def columns_for(panels: int) -> int:
    """Return in how many columns some panels are set."""
    if panels <= 3:
        return panels
    return 2 if panels == 4 else 3 if panels <= 12 else 4


def letters(inches: float) -> int:
    """Return how many letters of the small size fit on a length."""
    return max(int(inches * _LETTERS_PER_INCH), 12)


def add_legend(figure: Figure, handles: Sequence[Artist], labels: Sequence[str], *, note: str) -> None:
    """Add one legend below all panels; the note above its entries says how to read the figure."""
    wrapped = [wrap(label, _LEGEND_ENTRY) for label in labels]
    width = letters(float(figure.get_figwidth()))
    widest = max((width_of(line) for label in wrapped for line in label.split("\n")), default=0)
    columns = max(1, min(len(handles), width // (widest + 7)))
    explanation = wrap(note, width)
    figure.legend(
        handles,
        wrapped,
        loc="outside lower center",
        ncols=columns,
        title=explanation,
        fontsize=SMALL,
        title_fontsize=SMALL,
        frameon=False,
        handlelength=3.2,
    )
    rows = math.ceil(len(handles) / columns) * max((label.count("\n") + 1 for label in wrapped), default=0)
    _make_room(figure, 0.3 + 0.18 * (rows + explanation.count("\n")))


def add_policy_legend(
    figure: Figure, policies: Sequence[PolicyMembers], *, note: str, language: Language
) -> None:
    """Add the legend that names the policies; those of which nothing is left to draw are named, too."""
    handles = [Line2D([], [], **appearance(position).line()) for position in range(len(policies))]
    none_left = choose(language, en=" (every member failed)", zh="（全部运行失败）")
    labels = [policy.title + ("" if len(policy.index) else none_left) for policy in policies]
    named = [(handle, label) for handle, label in zip(handles, labels, strict=True) if label]
    add_legend(figure, [handle for handle, _ in named], [label for _, label in named], note=note)


def _make_room(figure: Figure, inches: float) -> None:
    figure.set_figheight(float(figure.get_figheight()) + inches)

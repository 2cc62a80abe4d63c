"""Which loops are in charge over time, and what does the model do meanwhile?"""

from collections.abc import Sequence
from typing import Final

import numpy as np
import xarray as xr
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from sdmodels.catalogue.naming import Language
from sdmodels.engine.trajectories import Floats
from sdmodels.feedback.dominance import Phase, phases
from sdmodels.feedback.feedback_loop import FeedbackLoop
from sdmodels.feedback.scores import LoopScores
from sdmodels.figures.appearance import GREY, appearance
from sdmodels.figures.fonts import lettered
from sdmodels.figures.frame import SMALL, add_legend, new_figure
from sdmodels.figures.labels import choose, heading_with, name_of, time_label, unit_of
from sdmodels.figures.members import spread
from sdmodels.figures.notes import notes
from sdmodels.figures.scales import count_plainly, exponent_of, limits
from sdmodels.figures.wrapping import width_of, wrap

MOST_LOOPS: Final = 8
"""Loops with a colour of their own; the others are one area."""
LEAST_SHARE: Final = 0.01
"""Of the mean score: where loops are too many to list, a smaller one would not be seen."""
MOST_REACHING: Final = 5
"""Loops whose links' shares are drawn, where loops are too many to list."""
_COLOURS: Final = (
    "#0072B2",
    "#D55E00",
    "#009E73",
    "#CC79A7",
    "#E69F00",
    "#56B4E9",
    "#000000",
    "#F0E442",
)
"""Okabe & Ito's palette; areas are bounded by lines, so that the yellow is seen."""
_DARK: Final = frozenset({"#0072B2", "#000000", "#009E73", "#D55E00"})
"""On which white letters are read better."""
_OTHERS: Final = "#D9D9D9"
_PANEL: Final = (6.4, 2.0)
_STRIP: Final = 0.16
"""Height of the strip of phases [share of the panel]."""


def loops_over_time(
    found: LoopScores,
    behaviour: xr.Dataset | None = None,
    variables: Sequence[str] = (),
    *,
    language: Language = "en",
    partition: int | None = None,
) -> Figure:
    """Draw variables and, below them on the same time axis, the shares of the loops.

    Reinforcing loops are stacked upwards and balancing ones downwards, the most important next to the middle; what
    no loop of the legend has is grey. Above the shares stands who is in charge from when to when.

    Parameters
    ----------
    found
        Of one policy and scenario. In an ensemble shares are means over the members.
    behaviour
        The same runs, as :func:`.simulate` returns them.
    variables
        Which of its variables are drawn, one panel each.
    partition
        The number of the cycle partition; the one with the most stocks if not given.

    Raises
    ------
    ValueError
        If the language is neither.
    """
    chosen = largest(found) if partition is None else partition
    drawn = [] if behaviour is None else [behaviour[name] for name in variables]
    return lettered(lambda spoken: _figure(found, behaviour, drawn, chosen, spoken), language)


def largest(found: LoopScores) -> int:
    """Return the number of the partition with the most stocks."""
    return max(range(len(found.partitions)), key=lambda number: len(found.partitions[number].stocks))


def _figure(
    found: LoopScores,
    behaviour: xr.Dataset | None,
    drawn: Sequence[xr.DataArray],
    partition: int,
    language: Language,
) -> Figure:
    shown = _shown(found, partition)
    reaching = [] if found.partitions[partition].complete else reached(found)[:MOST_REACHING]
    count = len(drawn) + 1 + bool(reaching)
    title = heading_with(found.scores, language, policies=True)
    figure, panels = new_figure(panels=count, panel_size=_PANEL, title=title, columns=1)
    for panel, variable in zip(panels, drawn, strict=False):
        _draw_variable(panel, variable, language)
    shares = panels[len(drawn)]
    _draw_shares(shares, found, shown, partition)
    _draw_phases(shares, phases(found, partition), shown, language)
    label = choose(language, en="share of all loop scores [%]", zh="占全部回路得分的份额 [%]")
    shares.set_ylabel(label, fontsize=SMALL)
    if reaching:
        _draw_reach(panels[-1], found, reaching, language)
    times = found.scores["time"].values
    for panel in panels:
        panel.set_xlim(min(0.0, times[0]) if behaviour is None else behaviour["time"].values[0], times[-1])
        count_plainly(panel.xaxis, separator="")
        panel.tick_params(labelbottom=panel is panels[-1])
    panels[-1].set_xlabel(time_label(found.scores, language), fontsize=SMALL)
    handles: list[Artist] = [
        Patch(facecolor=_COLOURS[place], edgecolor="white") for place in range(len(shown))
    ]
    handles.append(Patch(facecolor=_OTHERS, edgecolor="white"))
    labels = [f"{loop.id} {loop.title.in_language(language)}" for loop in shown]
    others = choose(language, en="all other loops", zh="其余全部回路")
    labels.append(others if shown else choose(language, en="all loops", zh="全部回路"))
    handles += [Line2D([], [], **appearance(place).line()) for place in range(len(reaching))]
    through = choose(language, en="through {}", zh="流经 {}")
    labels += [through.format(f"{id} {found.loop(id).title.in_language(language)}") for id in reaching]
    add_legend(figure, handles, labels, note=_note(found, partition, language))
    return figure


def _shown(found: LoopScores, partition: int) -> list[FeedbackLoop]:
    """Return the loops that have a colour of their own."""
    least = 0.0 if found.partitions[partition].complete else LEAST_SHARE
    own = [loop for loop in found.loops if loop.partition == partition][:MOST_LOOPS]
    return [loop for loop in own if float(found.importance.sel(loop=loop.id)) > least]


def reached(found: LoopScores) -> list[str]:
    """Return the loops that have a switch, that with the largest mean share through it first."""
    shares = found.reach
    known = [loop.id for loop in found.loops if bool(np.isfinite(shares.sel(loop=loop.id)))]
    return sorted(known, key=lambda id: -float(shares.sel(loop=id)))


def _draw_reach(panel: Axes, found: LoopScores, ids: Sequence[str], language: Language) -> None:
    for place, id in enumerate(ids):
        share = 100 * found.scores["cut_share"].sel(loop=id).median("member")
        panel.plot(share["time"].values, share.values, **appearance(place).line())
    panel.axhline(50, color=GREY, linewidth=0.9, linestyle=(0, (4, 2)))
    panel.set_ylim(-1, 101)
    label = choose(language, en="through what a switch cuts [%]", zh="流经开关所切断连接 [%]")
    panel.set_ylabel(wrap(label, 22), fontsize=SMALL)


def _note(found: LoopScores, partition: int, language: Language) -> str:
    members = found.scores.sizes["member"]
    explained = float(found.scores["explained_share"].isel(partition=partition).mean("member").max("time"))
    listed = found.partitions[partition]
    return notes(
        choose(
            language,
            en="Up: reinforcing; down: balancing. Above: the fewest loops, up to three, that have half together.",
            zh="向上：增强回路；向下：调节回路。上方：合计过半的最少回路（至多三个）。",
        ),
        choose(
            language,
            en=f"{listed.found:,} loops of {_count(found, partition)} are scored one by one.",
            zh=f"{_count(found, partition)}个回路中逐一评分{listed.found}个。",
        )
        if not listed.complete and explained > 0
        else "",
        choose(
            language,
            en=f"Areas: means of {members} members; lines: medians.",
            zh=f"面积：{members}次运行的均值；线：中位数。",
        )
        if members > 1
        else "",
        language=language,
    )


def _count(found: LoopScores, partition: int) -> str:
    count = found.partitions[partition].loops
    return "?" if count is None else f"{count:,}"


def _draw_variable(panel: Axes, variable: xr.DataArray, language: Language) -> None:
    drawn = spread(np.asarray(variable.values, dtype=float), (90,))
    time = np.asarray(variable["time"].values, dtype=float)
    for low, high in drawn.bands:
        panel.fill_between(time, low, high, color=GREY, alpha=0.2, linewidth=0)
    for member in drawn.members:
        panel.plot(time, member, color=GREY, linewidth=0.6, alpha=0.5)
    panel.plot(time, drawn.median, color="black", linewidth=1.6)
    ends = limits(drawn.values())
    exponent = exponent_of(ends)
    panel.set_ylim(*ends)
    count_plainly(panel.yaxis, exponent=exponent)
    panel.set_title(name_of(variable, language), fontsize=10, loc="left")
    panel.set_ylabel(wrap(unit_of(variable.attrs, language, exponent), 20), fontsize=SMALL)


def _draw_shares(panel: Axes, found: LoopScores, shown: Sequence[FeedbackLoop], partition: int) -> None:
    scores = found.scores
    times = scores["time"].values
    share = scores["relative_score"].sel(loop=[loop.id for loop in shown])
    moving = (scores["total_score"].isel(partition=partition) > 0).mean("member").values
    reinforcing = scores["reinforcing_share"].isel(partition=partition).mean("member").values
    for sign, whole in ((1.0, reinforcing), (-1.0, moving - reinforcing)):
        parts = np.maximum(sign * share.values, 0.0).mean(axis=1)
        _stack(panel, times, sign, parts, np.maximum(whole - parts.sum(axis=0), 0.0))
    panel.axhline(0, color="black", linewidth=0.8)
    panel.set_ylim(-102, 102 + 200 * _STRIP)
    panel.set_yticks([-100, -50, 0, 50, 100], ["100", "50", "0", "50", "100"])


def _stack(panel: Axes, times: Floats, sign: float, parts: Floats, rest: Floats) -> None:
    """Draw areas from the middle outwards; each is bounded by a white line."""
    lower = np.zeros_like(times)
    for part, colour in zip([*parts, rest], [*_COLOURS[: len(parts)], _OTHERS], strict=True):
        upper = lower + 100 * part
        panel.fill_between(
            times, sign * lower, sign * upper, facecolor=colour, edgecolor="white", linewidth=0.4
        )
        lower = upper


def _draw_phases(
    panel: Axes, found: Sequence[Phase], shown: Sequence[FeedbackLoop], language: Language
) -> None:
    """Mark who is in charge in a strip above the shares; a stretch too short for its words has none."""
    begin, end = found[0].begins, found[-1].ends
    colours = {loop.id: _COLOURS[place] for place, loop in enumerate(shown)}
    titles = {loop.id: loop.title.in_language(language) for loop in shown}
    bottom, height = 106.0, 200 * _STRIP - 8
    for number, phase in enumerate(found):
        last = found[number + 1].begins if number + 1 < len(found) else end
        width = last - phase.begins
        colour = colours.get(phase.loops[0], _OTHERS) if len(phase.loops) == 1 else "white"
        strip = [(phase.begins, width)], (bottom, height)
        panel.broken_barh(*strip, facecolor=colour, edgecolor=GREY, linewidth=0.6)
        room = 88 * width / max(end - begin, 1e-12)
        label = next((text for text in _words(phase, titles, language) if width_of(text) <= room), "")
        centre = phase.begins + width / 2, bottom + height / 2
        ink = "white" if colour in _DARK else "black"
        panel.text(*centre, label, fontsize=SMALL - 1, color=ink, ha="center", va="center")


def _words(phase: Phase, titles: dict[str, str], language: Language) -> list[str]:
    """Return what a phase may be called, the longest first."""
    if not phase.moves:
        return [choose(language, en="at rest", zh="静止")]
    if not phase.loops:
        many = choose(language, en="many loops together", zh="众多回路共同作用")
        return [many, choose(language, en="many", zh="众多")]
    joined = " + ".join(phase.loops)
    whole = " + ".join(f"{id} {titles[id]}" if id in titles else id for id in phase.loops)
    return [whole, joined]

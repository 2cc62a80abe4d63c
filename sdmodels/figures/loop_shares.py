"""Which loops are in charge over time, and what does the model do meanwhile?"""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
import xarray as xr
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from sdmodels.catalogue.naming import Language
from sdmodels.feedback.dominance import phases
from sdmodels.feedback.feedback_loop import FeedbackLoop
from sdmodels.feedback.scores import LoopScores
from sdmodels.figures.appearance import GREY, appearance
from sdmodels.figures.fonts import lettered
from sdmodels.figures.frame import SMALL, add_legend, new_figure
from sdmodels.figures.labels import choose, heading_with, name_of, time_label, unit_of
from sdmodels.figures.loop_areas import COLOURS, OTHERS, draw_phases, draw_shares
from sdmodels.figures.members import spread
from sdmodels.figures.notes import notes
from sdmodels.figures.scales import count_plainly, exponent_of, limits
from sdmodels.figures.wrapping import wrap

MOST_LOOPS: Final = 8
"""Loops with a colour of their own; the others are one area."""
LEAST_SHARE: Final = 0.01
"""Of the mean score: where loops are too many to list, a smaller one would not be seen."""
MOST_REACHING: Final = 5
"""Loops whose links' shares are drawn, where loops are too many to list."""
_PANEL: Final = (6.4, 2.0)


def loops_over_time(
    found: LoopScores,
    behaviour: xr.Dataset | None = None,
    variables: Sequence[str] = (),
    *,
    loops: Sequence[str] = (),
    language: Language = "en",
    partition: int | None = None,
) -> Figure:
    """Draw variables and, below them on the same time axis, the shares of the loops.

    Reinforcing loops are stacked upwards and balancing ones downwards, the most important next to the middle; what
    no loop of the legend has is grey. Above the shares stands who is in charge from when to when. Where loops are
    too many to list, lines below say what runs through the links that switches cut.

    Parameters
    ----------
    found
        Of one policy and scenario. In an ensemble shares are means over the members.
    behaviour
        The same runs, as :func:`.simulate` returns them.
    variables
        Which of its variables are drawn, one panel each.
    loops
        Ids of loops that are drawn first.
    partition
        The number of the cycle partition; if not given, those that have more than one loop, up to three.

    Raises
    ------
    UnknownNameError
        If there is no such loop.
    ValueError
        If the language is neither.
    """
    wanted = [found.loop(id) for id in loops]
    chosen = found.main_partitions if partition is None else [partition]
    chosen += [loop.partition for loop in wanted if loop.partition not in (*chosen, -1)]
    drawn = [] if behaviour is None else [behaviour[name] for name in variables]
    return lettered(lambda spoken: _figure(found, behaviour, drawn, chosen, loops, spoken), language)


def name_of_partition(found: LoopScores, number: int, language: Language) -> str:
    """Return what a partition is called, by its first stock that the model names."""
    partition = found.partitions[number]
    named = [name for name in (*partition.stocks, *partition.variables) if name in found.graph.visible]
    name = found.entry.title_of(named[0], language) if named else str(number + 1)
    return choose(language, en=f"Loops around {name}", zh=f"围绕“{name}”的回路")


def _figure(
    found: LoopScores,
    behaviour: xr.Dataset | None,
    drawn: Sequence[xr.DataArray],
    partitions: Sequence[int],
    loops: Sequence[str],
    language: Language,
) -> Figure:
    shown = {number: _shown(found, number, loops, len(partitions)) for number in partitions}
    colours = dict(zip((loop.id for own in shown.values() for loop in own), COLOURS, strict=False))
    reaching = _reaching(found, partitions, loops)
    figure, panels = new_figure(
        panels=len(drawn) + len(partitions) + bool(reaching),
        panel_size=_PANEL,
        title=heading_with(found.scores, language, policies=True),
        columns=1,
    )
    for panel, variable in zip(panels, drawn, strict=False):
        _draw_variable(panel, variable, language)
    for panel, number in zip(panels[len(drawn) :], partitions, strict=False):
        draw_shares(panel, found, shown[number], colours, number)
        draw_phases(panel, phases(found, number), shown[number], colours, language)
        panel.set_ylabel(
            choose(language, en="share of all loop scores [%]", zh="占全部回路得分的份额 [%]"), fontsize=SMALL
        )
        if len(found.partitions) > 1:
            panel.set_title(name_of_partition(found, number, language), fontsize=10, loc="left")
    if reaching:
        _draw_reach(panels[-1], found, reaching, language)
    _label_time(panels, found, behaviour, language)
    coloured = [loop for own in shown.values() for loop in own]
    _add_legend(figure, found, coloured, colours, reaching, partitions, language)
    return figure


def _reaching(found: LoopScores, partitions: Sequence[int], loops: Sequence[str]) -> list[str]:
    """Return the loops whose links' shares are drawn: those that are wanted, and then those with the largest."""
    if all(found.partitions[number].complete for number in partitions):
        return []
    order = found.reaching
    return [*(id for id in loops if id in order), *(id for id in order if id not in loops)][:MOST_REACHING]


def _label_time(
    panels: Sequence[Axes], found: LoopScores, behaviour: xr.Dataset | None, language: Language
) -> None:
    times = found.scores["time"].values
    for panel in panels:
        panel.set_xlim(min(0.0, times[0]) if behaviour is None else behaviour["time"].values[0], times[-1])
        count_plainly(panel.xaxis, separator="")
        panel.tick_params(labelbottom=panel is panels[-1])
    panels[-1].set_xlabel(time_label(found.scores, language), fontsize=SMALL)


def _add_legend(
    figure: Figure,
    found: LoopScores,
    shown: Sequence[FeedbackLoop],
    colours: Mapping[str, str],
    reaching: Sequence[str],
    partitions: Sequence[int],
    language: Language,
) -> None:
    handles: list[Artist] = [Patch(facecolor=colours[loop.id], edgecolor="white") for loop in shown]
    labels = [f"{loop.id} {loop.title.in_language(language)}" for loop in shown]
    drawn = {loop.id for loop in shown}
    if any(loop.id not in drawn for loop in found.loops if loop.partition in partitions) or not shown:
        handles.append(Patch(facecolor=OTHERS, edgecolor="white"))
        others = choose(language, en="all other loops", zh="其余全部回路")
        labels.append(others if shown else choose(language, en="all loops", zh="全部回路"))
    handles += [Line2D([], [], **appearance(place).line()) for place in range(len(reaching))]
    through = choose(language, en="through {}", zh="流经 {}")
    labels += [through.format(f"{id} {found.loop(id).title.in_language(language)}") for id in reaching]
    add_legend(figure, handles, labels, note=_note(found, partitions[0], language))


def _shown(found: LoopScores, partition: int, wanted: Sequence[str], partitions: int) -> list[FeedbackLoop]:
    """Return the loops that have a colour of their own: those that are wanted first."""
    least = 0.0 if found.partitions[partition].complete else LEAST_SHARE
    own = [loop for loop in found.loops if loop.partition == partition and loop.polarity != "at rest"]
    own.sort(key=lambda loop: loop.id not in wanted)
    large = [loop for loop in own if loop.id in wanted or float(found.importance.sel(loop=loop.id)) > least]
    return large[: MOST_LOOPS // partitions]


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

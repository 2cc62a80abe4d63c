"""How much of what drives a model runs through the link that makes a named loop, and how surely is it half?"""

from collections.abc import Mapping, Sequence
from typing import Final

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from sdmodels.catalogue import Text
from sdmodels.catalogue.naming import Language
from sdmodels.feedback.scores import HALF, LoopScores
from sdmodels.figures.appearance import GREY, appearance
from sdmodels.figures.bands import draw_band
from sdmodels.figures.fonts import lettered
from sdmodels.figures.frame import SMALL, add_legend, letters, new_figure
from sdmodels.figures.labels import choose, heading_with, time_label
from sdmodels.figures.notes import median_and_bands, notes
from sdmodels.figures.scales import count_plainly
from sdmodels.figures.wrapping import wrap

MOST_LOOPS: Final = 4
_PANEL: Final = (3.4, 2.3)


def loop_reach(
    found: Mapping[str, tuple[Text, LoopScores]], loops: Sequence[str] = (), *, language: Language = "en"
) -> Figure:
    """Draw the share of all loop scores that runs through the links which the switch of a loop cuts.

    One column a loop: above, the share over time, below, the probability that it is one half or more. With one
    member there is no probability.

    Parameters
    ----------
    found
        Title and scores of each policy to compare, by its id.
    loops
        Ids of loops that have a switch; the four with the largest mean share if none is named.

    Raises
    ------
    ValueError
        If the language is neither, or no loop has a switch.
    """
    chosen = list(loops) or next(iter(found.values()))[1].reaching[:MOST_LOOPS]
    if not chosen:
        raise ValueError("no loop has a switch")
    return lettered(lambda spoken: _figure(list(found.values()), chosen, spoken), language)


def _figure(found: Sequence[tuple[Text, LoopScores]], loops: Sequence[str], language: Language) -> Figure:
    several = any(scores.scores.sizes["member"] > 1 for _, scores in found)
    rows = 2 if several else 1
    first = found[0][1]
    title = heading_with(first.scores, language, policies=len(found) == 1)
    figure, panels = new_figure(panels=rows * len(loops), panel_size=_PANEL, title=title, columns=len(loops))
    for column, id in enumerate(loops):
        above = panels[column]
        _draw_shares(above, found, id)
        name = f"{id} {first.loop(id).title.in_language(language)}"
        above.set_title(wrap(name, letters(_PANEL[0] - 0.9)), fontsize=10, loc="left")
        if several:
            _draw_probability(panels[len(loops) + column], found, id)
    _label(panels, rows, len(loops), first, language)
    handles = [Line2D([], [], **appearance(place).line()) for place in range(len(found))]
    labels = [text.in_language(language) for text, _ in found]
    add_legend(figure, handles, labels, note=_note(found, language))
    return figure


def _draw_shares(panel: Axes, found: Sequence[tuple[Text, LoopScores]], id: str) -> None:
    for place, (_, scores) in enumerate(found):
        share = 100 * scores.scores["cut_share"].sel(loop=id)
        draw_band(panel, share["time"].values, share.values.T, place)
    panel.axhline(100 * HALF, color=GREY, linewidth=0.9, linestyle=(0, (4, 2)))
    panel.set_ylim(0, 101)


def _draw_probability(panel: Axes, found: Sequence[tuple[Text, LoopScores]], id: str) -> None:
    for place, (_, scores) in enumerate(found):
        share = scores.scores["cut_share"].sel(loop=id)
        probability = 100 * (share >= HALF).mean("member")
        panel.plot(share["time"].values, probability.values, **appearance(place).line())
    panel.set_ylim(-1, 101)


def _label(panels: Sequence[Axes], rows: int, columns: int, found: LoopScores, language: Language) -> None:
    times = found.scores["time"].values
    labels = (
        choose(language, en="share of all loop scores [%]", zh="占全部回路得分的份额 [%]"),
        choose(language, en="probability of half [%]", zh="过半的概率 [%]"),
    )
    for place, panel in enumerate(panels):
        row, column = divmod(place, columns)
        panel.set_xlim(min(0.0, times[0]), times[-1])
        count_plainly(panel.xaxis, separator="")
        panel.tick_params(labelbottom=row == rows - 1)
        if column == 0:
            panel.set_ylabel(wrap(labels[row], letters(_PANEL[1] - 0.5)), fontsize=SMALL)
        if row == rows - 1:
            panel.set_xlabel(time_label(found.scores, language), fontsize=SMALL)


def _note(found: Sequence[tuple[Text, LoopScores]], language: Language) -> str:
    members = found[0][1].scores.sizes["member"]
    return notes(
        choose(
            language,
            en="What of all loop scores runs through the link that the loop's switch cuts: its own loop and every "
            "other one through that link. Dashed: one half.",
            zh="全部回路得分中，流经该回路开关所切断连接的份额：包括该回路本身和流经同一连接的其他回路。虚线：一半。",
        ),
        median_and_bands(members, language),
        language=language,
    )

"""How does a model behave without a loop, beside the run with it?"""

from collections.abc import Sequence
from typing import Final

import numpy as np
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from sdmodels.catalogue import Entry
from sdmodels.catalogue.naming import Language
from sdmodels.feedback.knock_outs import KnockOuts
from sdmodels.figures.appearance import appearance
from sdmodels.figures.bands import draw_band
from sdmodels.figures.fonts import lettered
from sdmodels.figures.frame import SMALL, add_legend, letters, new_figure
from sdmodels.figures.labels import choose, heading_with, name_of, time_label, unit_of
from sdmodels.figures.notes import median_and_bands, notes
from sdmodels.figures.scales import count_plainly, exponent_of, limits
from sdmodels.figures.wrapping import wrap

MOST_LOOPS: Final = 4
_PANEL: Final = (3.0, 2.2)


def loop_cuts(
    entry: Entry,
    found: KnockOuts,
    variables: Sequence[str],
    loops: Sequence[str] = (),
    *,
    language: Language = "en",
) -> Figure:
    """Draw variables with every loop and without one: a row a variable, a column a loop.

    Parameters
    ----------
    entry
        The model, which names the loops.
    variables
        Among those of the behaviour.
    loops
        Ids; the four whose cut parts the runs most if none is named.

    Raises
    ------
    ValueError
        If the language is neither.
    """
    effects = found.medians
    chosen = list(loops) or sorted(found.loops, key=lambda loop: -np.nan_to_num(effects[loop]))[:MOST_LOOPS]
    return lettered(lambda spoken: _figure(entry, found, variables, chosen, spoken), language)


def _figure(
    entry: Entry, found: KnockOuts, variables: Sequence[str], loops: Sequence[str], language: Language
) -> Figure:
    titles = {loop.id: loop.title.in_language(language) for loop in entry.loops}
    figure, panels = new_figure(
        panels=len(variables) * len(loops),
        panel_size=_PANEL,
        title=heading_with(found.runs(), language, policies=True),
        columns=len(loops),
    )
    time = found.behaviour["time"].values
    for row, name in enumerate(variables):
        drawn = []
        for column, loop in enumerate(loops):
            panel = panels[row * len(loops) + column]
            for place, cut in enumerate((None, loop)):
                drawn.append(draw_band(panel, time, found.runs(cut)[name].values.T, place))
            if row == 0:
                panel.set_title(
                    wrap(f"{loop} {titles[loop]}", letters(_PANEL[0] - 0.7)), fontsize=10, loc="left"
                )
        ends = limits(np.concatenate(drawn))
        exponent = exponent_of(ends)
        for column in range(len(loops)):
            panel = panels[row * len(loops) + column]
            panel.set_ylim(*ends)
            panel.set_xlim(time[0], time[-1])
            count_plainly(panel.yaxis, exponent=exponent)
            count_plainly(panel.xaxis, separator="")
            panel.tick_params(labelleft=column == 0, labelbottom=row == len(variables) - 1)
            if row == len(variables) - 1:
                panel.set_xlabel(time_label(found.behaviour, language), fontsize=SMALL)
        variable = found.behaviour[name]
        label = f"{name_of(variable, language)} [{unit_of(variable.attrs, language, exponent)}]"
        panels[row * len(loops)].set_ylabel(wrap(label, letters(_PANEL[1] - 0.6)), fontsize=SMALL)
    handles = [Line2D([], [], **appearance(place).line()) for place in range(2)]
    labels = [
        choose(language, en="with every loop", zh="全部回路接通"),
        choose(language, en="without the loop", zh="切断该回路"),
    ]
    members = found.runs().sizes["member"]
    note = notes(
        choose(
            language,
            en="A loop is cut from the beginning: the run without it may start elsewhere.",
            zh="回路自始即被切断：起点可能不同。",
        ),
        median_and_bands(members, language),
        language=language,
    )
    add_legend(figure, handles, labels, note=note)
    return figure

"""Do the populations agree: does each have its share of every rank?"""

import warnings
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from sdmodels.catalogue import Language
from sdmodels.figures.appearance import GREY, appearance
from sdmodels.figures.fonts import lettered
from sdmodels.figures.frame import SMALL, add_legend, letters, new_figure
from sdmodels.figures.labels import choose
from sdmodels.figures.notes import notes
from sdmodels.figures.scales import count_plainly
from sdmodels.figures.wrapping import wrap

if TYPE_CHECKING:
    from sdmodels.calibration.calibrating import Calibration
    from sdmodels.calibration.verdicts import Judgement

_PANEL: Final = (3.7, 2.9)
"""Width and height of a panel with its labels [inch]."""
MOST: Final = 6
"""Parameters that are shown."""


def ranks_figure(calibration: "Calibration", language: Language = "en") -> Figure:
    """Draw ArviZ's rank plot of the parameters with the largest R-hat, and of identified ones.

    Parameters
    ----------
    language
        ``"en"`` or ``"zh"``. Chinese needs a font that is installed, see ``fonts``.
    """
    return lettered(partial(_draw, calibration), language)


def chosen(calibration: "Calibration") -> tuple["Judgement", ...]:
    """Return the parameters that are shown: half of them by R-hat, the others the most informed."""
    worst = sorted(calibration.judgements, key=lambda judgement: -judgement.rhat)
    surest = sorted(calibration.judgements, key=lambda judgement: -judgement.contraction)
    found = {judgement.id: judgement for judgement in [*worst[: MOST // 2], *surest[: MOST // 2], *worst]}
    return tuple(list(found.values())[:MOST])


def _draw(calibration: "Calibration", language: Language) -> Figure:
    shown = chosen(calibration)
    case = calibration.case
    title = case.problem.title.in_language(language)
    figure, panels = new_figure(
        panels=len(shown),
        panel_size=_PANEL,
        title=choose(language, en=f"Whether populations agree: {title}", zh=f"各组抽样是否一致：{title}"),
    )
    for panel, judgement in zip(panels, shown, strict=True):
        _draw_ranks(panel, calibration, judgement.id)
        _dress(panel, calibration, judgement, language)
    colours = [_colour(number) for number in range(len(calibration.sample.scores))]
    handles = [Patch(facecolor=colour) for colour in colours]
    labels = [
        choose(language, en=f"population {number + 1}", zh=f"第{number + 1}组")
        for number in range(len(colours))
    ]
    add_legend(
        figure,
        [*handles, Line2D([], [], color=GREY, linestyle="--")],
        [*labels, choose(language, en="equal share", zh="均等份额")],
        note=_note(calibration, language),
    )
    return figure


def _colour(number: int) -> str:
    # Black bars would hide the line of equal shares.
    return appearance(1 + number % 7).colour


def _draw_ranks(panel: Axes, calibration: "Calibration", id: str) -> None:
    with warnings.catch_warnings():
        # ArviZ tells of its own future at import.
        warnings.simplefilter("ignore", FutureWarning)
        # Here and not above: it takes a second to import.
        import arviz

    plots: Any = arviz
    scores = calibration.sample.scores
    place = calibration.case.space.names.index(id)
    plots.plot_rank(
        plots.convert_to_dataset({"score": scores[:, :, place]}),
        ax=panel,
        kind="bars",
        colors=[_colour(number) for number in range(len(scores))],
        labels=True,
        ref_line_kwargs={"color": GREY, "linestyle": "--"},
    )


def _dress(panel: Axes, calibration: "Calibration", judgement: "Judgement", language: Language) -> None:
    """Give a panel of ArviZ's the texts and the ticks of the house."""
    case = calibration.case
    name = case.title_of(case.parameter(judgement.id), language)
    panel.set_title(wrap(name, letters(0.8 * _PANEL[0])), fontsize=10, loc="left")
    panel.set_title("")
    populations, walkers = calibration.sample.scores.shape[:2]
    panel.set_xlim(0, populations * walkers)
    count_plainly(panel.xaxis, ticks=5)
    low, high = panel.get_ylim()
    panel.set_yticks(panel.get_yticks(), [f"{number + 1}" for number in range(len(panel.get_yticks()))])
    panel.set_ylim(low, high)
    panel.grid(visible=False, axis="y")
    rhat, effective = f"{judgement.rhat:.3f}", f"{judgement.effective:,.0f}"
    panel.set_xlabel(
        choose(
            language,
            en=f"Rank among all draws [dimensionless]\nR-hat {rhat}, {effective} effective draws",
            zh=f"在全部抽样中的排名 [无量纲]\nR-hat {rhat}，有效抽样{effective}",
        ),
        fontsize=SMALL,
    )
    panel.set_ylabel(choose(language, en="Population [number]", zh="抽样组 [编号]"), fontsize=SMALL)


def _note(calibration: "Calibration", language: Language) -> str:
    populations, walkers = calibration.sample.scores.shape[:2]
    return notes(
        choose(
            language,
            en=f"{populations} populations of {walkers:,} draws. Bars: how many of a population's draws are among "
            "these ranks; all alike where populations agree.",
            zh=f"{populations}组，每组{walkers}次抽样。柱：该组抽样落在这些排名中的数量；各组一致时高度相同。",
        ),
        choose(
            language,
            en="The draws suffice."
            if calibration.sample.convergence.suffices
            else "The draws do not suffice: R-hat is to be below 1.01, with 1,000 effective draws.",
            zh="抽样足够。"
            if calibration.sample.convergence.suffices
            else "抽样不足：R-hat应低于1.01，有效抽样应达1,000。",
        ),
        language=language,
    )

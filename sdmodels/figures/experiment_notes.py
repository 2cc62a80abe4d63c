"""What must a reader be told under the figure of an experiment?"""

from collections.abc import Sequence

from sdmodels.catalogue import Text
from sdmodels.catalogue.naming import Language
from sdmodels.exploration import ExperimentResult
from sdmodels.figures.labels import choose
from sdmodels.figures.members import FEWEST_FOR_BANDS
from sdmodels.figures.notes import notes


def experiment_note(
    result: ExperimentResult, bands: Sequence[int], language: Language, *, marked: Text | None = None
) -> str:
    """Say what lines, bands and letters are, how many runs failed, and the experiment's own note.

    Parameters
    ----------
    marked
        Title of the arm whose findings are marked, if any is.
    """
    own = result.experiment.note
    return notes(
        _members(result.members, bands, language),
        ""
        if marked is None
        else choose(
            language,
            en=f"Letters: medians for '{marked.en}'.",
            zh=f"字母：“{marked.zh}”的中位数。",
        ),
        _failed(result, language),
        own.in_language(language) if own is not None else "",
        language=language,
    )


def _members(members: int, bands: Sequence[int], language: Language) -> str:
    if members == 1:
        return choose(language, en="One run, with the model's own numbers.", zh="以模型自身数值运行一次。")
    if members < FEWEST_FOR_BANDS:
        return choose(
            language,
            en=f"Thick: median of {members} members; thin: the members.",
            zh=f"粗线：{members}次运行的中位数；细线：各次运行。",
        )
    held_en = " and ".join(f"{share} %" for share in reversed(bands))
    held_zh = "和".join(f"{share}%" for share in reversed(bands))
    return choose(
        language,
        en=f"Line: median of {members:,} members; bands: middle {held_en} of them.",
        zh=f"线：{members}次运行的中位数；色带：中间{held_zh}的运行。",
    )


def _failed(result: ExperimentResult, language: Language) -> str:
    if not result.failed:
        return ""
    return choose(
        language,
        en=f"{result.failed:,} of {result.runs:,} runs failed and are left out.",
        zh=f"{result.runs}次运行中有{result.failed}次失败，未画出。",
    )

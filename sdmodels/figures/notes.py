"""What must a reader be told to read an ensemble's figure rightly?"""

from collections.abc import Sequence

import xarray as xr

from sdmodels.catalogue import Language, Text
from sdmodels.figures.labels import choose
from sdmodels.figures.members import FEWEST_FOR_BANDS, PolicyMembers


def notes(*sentences: str, language: Language) -> str:
    """Join the sentences that are not empty into one paragraph."""
    return choose(language, en=" ", zh="").join(sentence for sentence in sentences if sentence)


def with_own(usual: str, own: Text | None, language: Language) -> str:
    """Return the usual explanation with what an experiment's author has to say after it."""
    return notes(usual, "" if own is None else own.in_language(language), language=language)


def how_members_are_drawn(policies: Sequence[PolicyMembers], bands: Sequence[int], language: Language) -> str:
    """Say what lines and bands are, and of how many members."""
    several = sorted({len(policy.index) for policy in policies if len(policy.index) > 1})
    if not several:
        return ""
    each = choose(language, en=" a policy", zh="每个政策") if len(policies) > 1 else ""
    number = choose(language, en=_range(several, " to "), zh=_range(several, "至"))
    held = choose(
        language,
        en=" and ".join(f"{share} %" for share in reversed(bands)),
        zh="和".join(f"{share}%" for share in reversed(bands)),
    )
    if several[0] >= FEWEST_FOR_BANDS:
        return choose(
            language,
            en=f"Line: median of {number} members{each}; band{'s' * (len(bands) > 1)}: middle {held} of them.",
            zh=f"线：{each}{number}次运行的中位数；色带：中间{held}的运行。",
        )
    if several[-1] < FEWEST_FOR_BANDS:
        return choose(
            language,
            en=f"Thick: median of {number} members{each}; thin: the members.",
            zh=f"粗线：{each}{number}次运行的中位数；细线：各次运行。",
        )
    return choose(
        language,
        en=f"Line: median of {number} members{each}; bands: middle {held}; thin: members of a few.",
        zh=f"线：{each}{number}次运行的中位数；色带：中间{held}；细线：次数少时的各次运行。",
    )


def median_and_bands(members: int, language: Language) -> str:
    """Say what a line with two bands is, where there is more than one member."""
    if members == 1:
        return ""
    return choose(
        language,
        en=f"Line: median of {members} members; bands: middle 50 % and 90 %.",
        zh=f"线：{members}次运行的中位数；色带：中间50%和90%。",
    )


def what_is_left_out(policies: Sequence[PolicyMembers], language: Language) -> str:
    """Say how many members failed, if any did."""
    failed = sum(policy.failed for policy in policies)
    total = failed + sum(len(policy.index) for policy in policies)
    if not failed:
        return ""
    return choose(
        language,
        en=f"{failed:,} of {total:,} members failed and {'is' if failed == 1 else 'are'} left out.",
        zh=f"{total}次运行中有{failed}次失败，未画出。",
    )


def scenarios_together(behaviour: xr.Dataset, language: Language) -> str:
    """Say how many scenarios a policy's members come from, if from more than one."""
    if "scenario" not in behaviour.coords:
        return ""
    count = len(set(behaviour["scenario"].values.tolist()))
    if count < 2:
        return ""
    return choose(language, en=f"{count} scenarios together.", zh=f"{count}种情景合并。")


def _range(numbers: Sequence[int], to: str) -> str:
    low, high = numbers[0], numbers[-1]
    return f"{low:,}" if low == high else f"{low:,}{to}{high:,}"

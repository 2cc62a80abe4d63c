"""What was predicted of a loop's cut, before the first run and since, and which of it came true?"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

import numpy as np

from sdmodels.catalogue import KnockOut, Loop, Text
from sdmodels.engine.trajectories import Floats
from sdmodels.validation.finding import Finding

LEAST: Final = 0.1  # per cent: assumption, a smaller median change counts as none
SIGN: Final[Mapping[str, int]] = MappingProxyType({"higher": 1, "lower": -1, "same": 0})


def signs(change: Floats) -> Floats:
    """Return 1, -1 or 0 for changes [%], as they count: of the same shape."""
    return np.where(np.abs(change) < LEAST, 0.0, np.sign(change))


def title_of(loop: Loop, row: KnockOut) -> Text:
    """Return what a row asks, and whether it was asked otherwise at first."""
    title = Text(en=f"Without: {loop.title.en}", zh=f"切断：{loop.title.zh}")
    if row.first is None:
        return title
    return Text(en=f"{title.en} (prediction changed after the run)", zh=f"{title.zh}（运行后改过预测）")


def expected(row: KnockOut) -> str:
    """Return what a row predicts, and what it predicted at first if that was another."""
    return row.expect if row.first is None else f"{row.expect} (changed after the run; at first: {row.first})"


def first_predictions(rows: Sequence[KnockOut], findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Tell how many predictions came true as they were first made; nothing if none was changed.

    Parameters
    ----------
    findings
        One a row: ``measured`` is the median change [%], ``None`` where nothing could be measured.
    """
    changed = [
        f"{finding.check} (at first: {row.first})"
        for row, finding in zip(rows, findings, strict=True)
        if row.first is not None
    ]
    if not changed:
        return ()
    true = sum(_as_at_first(row, finding) for row, finding in zip(rows, findings, strict=True))
    return (
        Finding(
            check="first_predictions",
            title=Text(
                en=f"{true} of {len(rows)} as first predicted",
                zh=f"{len(rows)} 项预测中 {true} 项与最初预测一致",
            ),
            status="passed",
            message=f"Changed after the run: {', '.join(changed)}.",
            measured=float(true),
        ),
    )


def _as_at_first(row: KnockOut, finding: Finding) -> bool:
    if finding.measured is None:
        return False
    return bool(signs(np.array([finding.measured]))[0] == SIGN[row.first or row.expect])

"""What is found in each member of an ensemble, and in how many of them?"""

import numpy as np
import pytest

from sdmodels.catalogue import Text
from sdmodels.exploration import Finding, summary_of

WORD = Text(en="w", zh="词")


def finding(values: list[float]) -> Finding:
    return Finding(
        id="f", arm="a", title=WORD, arm_title=WORD, quantity=WORD, units="Week", values=np.array(values)
    )


def test_numbers_are_over_the_members_that_have_it() -> None:
    each = finding([1.0, np.nan, 3.0, np.nan])
    assert (each.median, each.share, each.members) == (2, 0.5, 4)
    assert each.middle == pytest.approx((1.1, 2.9))


@pytest.mark.parametrize(("values", "share"), [([np.nan, np.nan], 0.0), ([], np.nan)])
def test_what_no_member_has_is_no_number(values: list[float], share: float) -> None:
    each = finding(values)
    assert np.isnan([each.median, *each.middle]).all()
    assert each.share == pytest.approx(share, nan_ok=True)


def test_the_summary_has_a_row_a_finding() -> None:
    summary = summary_of([finding([1.0]), finding([2.0])])
    assert list(summary["median"]) == [1, 2]
    assert list(summary.columns) == ["finding", "arm", "unit", "median", "low", "high", "share", "members"]


def test_without_findings_the_summary_is_empty() -> None:
    assert summary_of([]).empty

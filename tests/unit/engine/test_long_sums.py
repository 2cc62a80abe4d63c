"""Are sums over many elements exact, though Python follows no expression that deep?"""

from collections.abc import Callable

import numpy as np
import pytest


@pytest.mark.parametrize(("function", "expected"), [("SUM", 2001000), ("VMIN", 1), ("VMAX", 2000)])
def test_a_sum_may_have_thousands_of_terms(
    series: Callable[..., np.ndarray], function: str, expected: float
) -> None:
    found = series(f"D: (d1-d2000) ~~|\nx[D] = D + Time ~~|\ny = {function}(x[D!]) ~~|\n", "y", final=1)
    np.testing.assert_array_equal(found, [expected, expected + (2000 if function == "SUM" else 1)])

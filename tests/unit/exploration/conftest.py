"""What do the tests of explorations share: a street whose answers are known."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from street import write_street

from sdmodels.catalogue import Entry


@pytest.fixture
def make_street(tmp_path: Path) -> Callable[..., Entry]:
    """Write and load the street; see ``street.write_street``."""
    return partial(write_street, tmp_path)

"""The office with a backlog, for the tests of feedback loops."""

from pathlib import Path

import pytest
from office import write_office

from sdmodels.catalogue import Entry


@pytest.fixture
def office(tmp_path: Path) -> Entry:
    return write_office(tmp_path)

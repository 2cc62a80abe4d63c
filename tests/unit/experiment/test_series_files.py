"""Values over time out of a CSV."""

from pathlib import Path

import pytest

from sdmodels.errors import InputError
from sdmodels.experiment import read_series


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "data.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_each_column_is_a_variable_over_its_own_times(tmp_path: Path) -> None:
    found = read_series(written(tmp_path, "week,雨,Staff\n0,1.5,\n2,,7\n4,3,8\n"))
    assert list(found) == ["雨", "Staff"]
    assert found["雨"].to_dict() == {0: 1.5, 4: 3.0}
    assert found["Staff"].to_dict() == {2: 7.0, 4: 8.0}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("t,x\n0,1\n1,many\n", r"data\.csv:3: 'many' is not a number\.\n    column 'x'"),
        ("t,x\n0,1\n1,inf\n", r"data\.csv:3: 'inf' is not a number"),
        ("t,x\n0,1\n,2\n", r"data\.csv:3: a row has no time"),
        ("t\n0\n", r"there are no data\.\n    1 rows, 1 columns"),
        ("", "the data cannot be read"),
    ],
)
def test_what_is_no_table_of_numbers_is_refused_with_its_place(
    tmp_path: Path, text: str, message: str
) -> None:
    with pytest.raises(InputError, match=message) as caught:
        read_series(written(tmp_path, text))
    assert str(caught.value).count("\n") == 2


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"nowhere\.csv: the data cannot be read"):
        read_series(tmp_path / "nowhere.csv")

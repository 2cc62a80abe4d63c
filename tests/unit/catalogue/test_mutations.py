import re
from pathlib import Path

import pytest

from sdmodels.catalogue import read_mutations
from sdmodels.errors import ManifestError

FILE = """least = 1

[[mutation]]
id = "lost"
title = { en = "Lost", zh = "丢失" }
variable = "Order Backlog"
find = "- Order Completion"
replace = ""
"""


def write(tmp_path: Path, *texts: str) -> Path:
    text = FILE
    for old, new in zip(texts[::2], texts[1::2], strict=True):
        assert text.count(old) == 1
        text = text.replace(old, new)
    path = tmp_path / "mutations.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_mutations_are_read(tmp_path: Path) -> None:
    found = read_mutations(write(tmp_path))
    assert found.least == 1
    [mutation] = found.mutations
    assert (mutation.id, mutation.variable, mutation.replace) == ("lost", "Order Backlog", "")


SECOND = FILE.partition("\n\n")[2]


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        (
            ("least = 1", "least = 2"),
            "'least' is above the number of mutations.\n    least = 2, 1 mutations\n",
        ),
        (("least = 1", 'least = "1"'), "key 'least' is wrong at the top level.\n    least = \"1\"\n"),
        (('replace = ""\n', 'replace = ""\n' + SECOND), "id 'lost' stands twice in [[mutation]].\n"),
        (
            ('replace = ""', 'replace = "- Order Completion"'),
            "'find' and 'replace' are the same in [[mutation]]",
        ),
        (('find = "', 'fnd = "'), "key 'fnd' is not known in [[mutation]] number 1.\n"),
        ((SECOND, ""), "key 'mutation' is missing at the top level.\n"),
    ],
)
def test_a_wrong_file_is_refused(tmp_path: Path, texts: tuple[str, ...], message: str) -> None:
    path = write(tmp_path, *texts)
    with pytest.raises(ManifestError, match=re.escape(f"{path}: {message}")):
        read_mutations(path)


def test_a_missing_file_is_named_with_its_remedy(tmp_path: Path) -> None:
    message = (
        r"mutations\.toml: the file cannot be read\.\n.*\nCheck the path; the mutations of a model are in"
    )
    with pytest.raises(ManifestError, match=message):
        read_mutations(tmp_path / "mutations.toml")

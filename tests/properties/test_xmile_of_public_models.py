"""Whatever the public model: what is written as XMILE and read back runs to the same numbers.

The models are those of the conformance tests, SDXorg's ``test-models``; they lie beside the repository. Run this
test with ``-s`` to see how many could be written, and why the others could not.
"""

import sys
from pathlib import Path
from typing import Final

import numpy as np
import pytest

from sdmodels.engine.ensemble import run
from sdmodels.engine.lowering import lower
from sdmodels.engine.native.compilation import compile_program
from sdmodels.engine.trajectories import Given, periodic_steps
from sdmodels.errors import ExportError, SDModelsError
from sdmodels.readers import read
from sdmodels.structure.model import Model
from sdmodels.writers import to_xmile

CASES: Final = Path(__file__).parents[2].parent / "shared" / "conformance"
# What XMILE does not have: the model, and what its refusal names.
REFUSED: Final = {
    "test_allocate_available.mdl": "ALLOCATE AVAILABLE, which has no counterpart",
    "test_allocate_by_priority.mdl": "ALLOCATE BY PRIORITY, which has no counterpart",
    "test_data_from_other_model.mdl": "data that the caller gives",
    "test_get_constants_incomplete_subscript.mdl": "a number that the model does not give",
    "test_get_data.mdl": "data that the caller gives",
    "test_get_time_value.mdl": "GET TIME VALUE, which has no counterpart",
    "test_get_values_order.mdl": "a number that the model does not give",
    "test_vector_order.mdl": "data that the caller gives",
    "test_vector_select.mdl": "VECTOR SELECT, which has no counterpart",
    "test_with_lookup.mdl": "a number that the model does not give",
}

pytestmark = pytest.mark.skipif(not CASES.is_dir(), reason=f"the conformance data is not at {CASES}")


def key(scalar: str) -> str:
    plain = scalar.lower().replace(" ", "_").replace(",_", ",")
    return plain.replace('"', "").replace("\\", "")


def courses(model: Model) -> dict[str, np.ndarray]:
    """Every scalar of the model over its saved times, shape ``(times,)``."""
    program = lower(model)
    found = run(
        compile_program(program), np.empty((0, 1)), steps=periodic_steps(program), given=Given(seed=3)
    )
    return {key(name): found.values[i, :, 0] for i, name in enumerate(program.outputs)}


def differing(model: Model, text: str, folder: Path) -> list[str]:
    """Read the model that was written, and return what does not come to the same numbers."""
    path = folder / "written.xmile"
    path.write_text(text, encoding="utf-8")
    found = courses(read(path))
    wrong = []
    for name, expected in courses(model).items():
        largest = np.max(np.abs(expected[np.isfinite(expected)]), initial=1e-6)
        same = name in found and np.allclose(
            found[name], expected, rtol=1e-9, atol=1e-9 * largest, equal_nan=True
        )
        wrong += [] if same else [name]
    return wrong


def readable() -> dict[Path, Model]:
    found = {}
    for path in sorted(CASES.rglob("*.mdl")):
        try:
            found[path] = read(path)
        except SDModelsError:
            # Whether it ought to be read is for the conformance tests to say.
            continue
    return found


@pytest.mark.slow
def test_every_public_model_reads_back_to_the_same_numbers_or_is_refused_by_name(tmp_path: Path) -> None:
    models, written, refused, wrong = readable(), 0, {}, {}
    for path, model in models.items():
        try:
            text = to_xmile(model)
        except ExportError as error:
            refused[path.name] = str(error)
            continue
        written += 1
        if names := differing(model, text, tmp_path):
            wrong[path.name] = names
    table = [f"{written} of {len(models)} models that are read were written as XMILE.", *refused.values()]
    sys.stdout.write("\n".join(["", *table, ""]))
    assert wrong == {}
    assert written > 80
    for name, message in refused.items():
        assert REFUSED.get(name, "nothing") in message


def test_another_number_would_be_noticed(tmp_path: Path) -> None:
    model = read(next(iter(CASES.rglob("test_trig.mdl"))))
    assert differing(model, to_xmile(model), tmp_path) == []
    assert differing(model, to_xmile(model).replace("SIN", "COS"), tmp_path) != []

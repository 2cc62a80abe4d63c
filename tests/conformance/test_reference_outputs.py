"""Do public models come to the outputs of the tools that they were drawn in?

The cases are those of SDXorg's ``test-models``; they lie beside the repository and are read where they are.
``passing.txt`` names the cases that pass. None may be lost, and one that newly passes must be added: run this
test with ``-s`` to see the whole table.
"""

import io
import shutil
import sys
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

import numpy as np
import pandas as pd
import pytest

from sdmodels.engine import interpreter
from sdmodels.engine.ensemble import run
from sdmodels.engine.lowering import lower
from sdmodels.engine.native.compilation import compile_program
from sdmodels.engine.program import Program
from sdmodels.engine.series import tabulated
from sdmodels.engine.trajectories import Given, Trajectories, grid_times, periodic_steps
from sdmodels.errors import SDModelsError
from sdmodels.readers import read
from sdmodels.structure.expression import Table
from sdmodels.structure.names import key_of
from sdmodels.structure.subscripts import instances, scalar_name

HERE: Final = Path(__file__).parent
CASES: Final = HERE.parents[1].parent / "shared" / "conformance"
PASSING: Final = HERE / "passing.txt"
CONTROLS: Final = frozenset({"initial time", "final time", "time step", "saveper"})

# Vensim computes in single precision (2^-24, 6e-8, of each value at each step) and prints six digits
# (5e-7 of each value). Over the few hundred steps of the cases this adds up to well below a thousandth.
TOLERANCE: Final = 1e-3
# Below this share of the largest value of its column a number is compared absolutely: it is a difference of
# numbers that have six digits themselves.
SMALL: Final = 1e-3

# Cases whose own reference is at fault, with the evidence.
KNOWN: Final[Mapping[str, str]] = MappingProxyType(
    {
        "allocate_available/test_allocate_available.mdl": (
            "with the normal curve Vensim's allocations are up to 1 % off: at time 4 those of 'allocation3' add up "
            "to 79.9989 of 80 and lie at prices of 8.3101, 8.3116 and 8.3102 instead of at one"
        ),
        "Query_file/Query_file.mdl": (
            "the reference is one draw of RANDOM UNIFORM, and PySD's, whose PULSE TRAIN without a time between "
            "pulses does not mind its end"
        ),
    }
)

pytestmark = pytest.mark.skipif(not CASES.is_dir(), reason=f"the conformance data is not at {CASES}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """How one case came out: ``refused`` before it ran, or the largest difference of each evaluator."""

    case: str
    refused: str = ""
    difference: float = float("nan")
    where: str = ""

    @property
    def passed(self) -> bool:
        return not self.refused and self.difference < TOLERANCE

    def row(self) -> str:
        told = f"refused: {self.refused}" if self.refused else f"{self.difference:9.2e}  {self.where}"
        return f"{'pass' if self.passed else '    '}  {self.case:72}  {told}"


def references() -> dict[str, tuple[Path, Path]]:
    """Return every case that has a reference: its name, model and output."""
    found = {}
    for model in sorted(CASES.rglob("*.mdl")):
        beside = [model.parent / "output.tab", model.parent / "output.csv"]
        output = next((path for path in beside if path.is_file()), None)
        # Of several models in a folder the output belongs to the one that is named after the folder.
        alone = (
            len(list(model.parent.glob("*.mdl"))) == 1
            or model.stem.removeprefix("test_") == model.parent.name
        )
        if output is not None and alone:
            found[f"{model.parent.name}/{model.name}"] = (model, output)
    for model in sorted(CASES.rglob("*.xmile")):
        # Stella's own output, where there is one: the other is Vensim's, of the model before its conversion.
        beside = sorted(model.parent.glob("output_stella*.csv"))
        beside += [model.parent / "output.tab", model.parent / "output.csv"]
        output = next((path for path in beside if path.is_file()), None)
        if output is not None:
            found[f"{model.parent.name}/{model.name}"] = (model, output)
    return found


def column_key(name: str) -> str:
    """Return what is compared of a column's name: as :func:`key_of`, and blanks beside commas do not count."""
    bare, bracket, elements = name.replace('"', "").partition("[")
    inside = ",".join(key_of(element) for element in elements.removesuffix("]").split(","))
    return key_of(bare) + (f"[{inside}]" if bracket else "")


def reference(path: Path) -> pd.DataFrame:
    """Return a reference output; a value that is only given once is a constant."""
    content = path.read_bytes()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("latin-1")  # older Vensim
    table = pd.read_csv(io.StringIO(text), sep="\t" if path.suffix == ".tab" else ",", index_col=0)
    table = table.apply(pd.to_numeric, errors="coerce")
    table.columns = [column_key(str(name)) for name in table.columns]
    return table.apply(lambda column: column.ffill() if column.count() == 1 else column).astype(float)


def evaluators(program: Program) -> dict[str, Trajectories]:
    steps, none = periodic_steps(program), np.empty((0, 1))
    return {
        "interpreter": interpreter.integrate(program, none, steps=steps),
        "native": run(compile_program(program), none, steps=steps),
    }


def largest_difference(
    found: Trajectories, names: tuple[str, ...], expected: pd.DataFrame
) -> tuple[float, str]:
    """Return the largest difference, relative to the value, and the column that has it."""
    wanted = [name for name in expected.columns if name not in CONTROLS]
    row_of = {column_key(name): row for row, name in enumerate(names)}
    missing = [name for name in wanted if name not in row_of]
    if missing:
        return float("inf"), f"no variable for the column '{missing[0]}'"
    times = expected.index.to_numpy(float)
    nearest = np.abs(found.times[None, :] - times[:, None]).argmin(axis=1)
    if np.abs(found.times[nearest] - times).max() > 1e-4:
        return float("inf"), "a time of the reference is not saved"
    worst, where = 0.0, ""
    for name in wanted:
        right = expected[name].to_numpy(float)
        left = found.values[row_of[name], nearest, 0]
        given = np.isfinite(right)
        if not given.any():
            continue
        scale = np.maximum(np.abs(right), SMALL * np.abs(right[given]).max())
        difference = np.abs(left - right)[given] / np.where(scale > 0, scale, 1)[given]
        largest = float(np.where(np.isnan(difference), np.inf, difference).max())
        if largest > worst:
            worst, where = largest, name
    return worst, where


def result_of(case: str, model: Path, output: Path) -> list[Result]:
    """Return one result for each evaluator, or one that says why there is none."""
    try:
        program = lower(read(model))
        if program.series:
            return [Result(case=case, refused=f"'{program.series[0].name}' is data that must be given")]
        runs = evaluators(program)
    except SDModelsError as error:
        first = str(error).splitlines()[0].rpartition("conformance/")[2]
        return [Result(case=case, refused=first)]
    expected = reference(output)
    results = []
    for evaluator, found in runs.items():
        worst, where = largest_difference(found, program.outputs, expected)
        results.append(Result(case=case, difference=worst, where=f"{evaluator}: {where}"))
    return results


def test_no_case_that_passed_is_lost_and_no_number_differs_silently() -> None:
    table = {case: result_of(case, *paths) for case, paths in references().items()}
    rows = [result.row() for results in table.values() for result in results]
    sys.stdout.write("\n" + "\n".join(rows) + "\n")
    passed = {case for case, results in table.items() if all(result.passed for result in results)}
    lines = PASSING.read_text(encoding="utf-8").splitlines()
    listed = {line.partition("#")[0].strip() for line in lines} - {""}
    wrong = {
        case: results
        for case, results in table.items()
        if case not in passed and not results[0].refused and case not in KNOWN
    }
    assert len(table) > 80
    assert not listed - passed, f"These cases passed before: {sorted(listed - passed)}"
    assert not passed - listed, f"Add these cases to {PASSING}, they newly pass: {sorted(passed - listed)}"
    assert not wrong, "These cases run, but to other numbers:\n" + "\n".join(
        result.row() for results in wrong.values() for result in results
    )


def test_a_known_difference_is_still_one() -> None:
    for case in KNOWN:
        assert not all(result.passed for result in result_of(case, *references()[case])), case


@pytest.mark.parametrize("fault", ["value", "column", "time", "not a number"])
def test_a_wrong_reference_would_be_noticed(fault: str) -> None:
    model, output = references()["teacup/teacup.mdl"]
    program = lower(read(model))
    found = evaluators(program)["interpreter"]
    expected = reference(output)
    assert largest_difference(found, program.outputs, expected)[0] < TOLERANCE
    match fault:
        case "value":
            expected.iloc[7, 0] *= 1.01
        case "column":
            expected["ghost"] = 1.0
        case "time":
            expected.index = expected.index + 0.01
        case "not a number":
            found.values[:, 5] = np.nan
    assert largest_difference(found, program.outputs, expected)[0] > TOLERANCE


def test_data_given_by_the_caller_drive_a_model() -> None:
    model = read(CASES / "tests" / "data_from_other_model" / "test_data_from_other_model.mdl")
    assert model.source is not None
    measured, times = reference(model.source.with_name("data.tab")), grid_times(model.time, "euler")
    series = {}
    for data in model.data:
        for equation in data.equations:
            for elements in instances(model, equation):
                name = scalar_name(data.name, elements)
                given = measured[column_key(name)].dropna()
                points = Table(tuple(given.index.to_numpy(float)), tuple(given.to_numpy(float)))
                series[name] = tabulated(equation.table(points), times)[:, None]
    program = lower(model)
    found = interpreter.integrate(
        program, np.empty((0, 1)), steps=periodic_steps(program), given=Given(series=series)
    )
    expected = reference(model.source.with_name("output.tab"))
    assert largest_difference(found, program.outputs, expected)[0] < TOLERANCE


AGAINST_PYSD: Final = (
    "teacup/teacup.mdl",
    "arithmetics_exp/test_arithmetics_exp.mdl",
    "chained_initialization/test_chained_initialization.mdl",
    "delay_parentheses/test_delay_parentheses.mdl",
    "if_stmt/if_stmt.mdl",
    "lookups_inline/test_lookups_inline.mdl",
    "lookups_funcnames/test_lookups_funcnames.mdl",
    "subscript_2d_arrays/test_subscript_2d_arrays.mdl",
    "subscripted_flows/test_subscripted_flows.mdl",
    "trig/test_trig.mdl",
    "xidz_zidz/xidz_zidz.mdl",
)


@pytest.mark.parametrize("case", AGAINST_PYSD)
def test_both_evaluators_come_to_the_numbers_of_pysd(case: str, tmp_path: Path) -> None:
    """PySD's own run is the oracle. The model is copied: PySD writes Python beside it."""
    copy = Path(shutil.copy(references()[case][0], tmp_path))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what PySD warns about is not this project's
        import pysd

        oracle = pysd.read_vensim(str(copy)).run(flatten_output=True)
    oracle.columns = [column_key(str(name)) for name in oracle.columns]
    program = lower(read(copy))
    for found in evaluators(program).values():
        names = [name for name in program.outputs if column_key(name) in oracle.columns]
        assert names
        for name in names:
            row = program.outputs.index(name)
            expected = np.interp(
                found.times, oracle.index.to_numpy(float), oracle[column_key(name)].to_numpy(float)
            )
            # Both in double precision; PySD adds up time, which moves a ramp by a few roundings a step.
            np.testing.assert_allclose(found.values[row, :, 0], expected, rtol=1e-6, atol=1e-6, err_msg=name)


# Where pysimlin 0.8.5 comes to other numbers. Each of these cases passes against its reference output, which
# is the evidence that the difference is pysimlin's: it leaves elements of some arrays at zero, ignores
# <non_negative>, and takes another number for :NA:.
SIMLIN_DIFFERS: Final = frozenset(
    {
        "na/test_na.mdl",
        "non_negative_all/test_non_negative_all1.xmile",
        "non_negative_all/test_non_negative_all2.xmile",
        "non_negative_stocks/test_non_negative_stocks.xmile",
        "non_negative_stocks/test_non_negative_stocks_behavior.xmile",
        "repeated_subscript/test_repeated_subscript.mdl",
        "smaller_range/test_smaller_range.mdl",
        "subscript_3d_arrays/test_subscript_3d_arrays.mdl",
        "subscript_3d_arrays_lengthwise/test_subscript_3d_arrays_lengthwise.mdl",
        "subscript_3d_arrays_widthwise/test_subscript_3d_arrays_widthwise.mdl",
        "subscript_individually_defined_1_of_2d_arrays/subscript_individually_defined_1_of_2d_arrays.mdl",
        "subscript_individually_defined_stocks/test_subscript_individually_defined_stocks.mdl",
        "subscript_mixed_assembly/test_subscript_mixed_assembly.mdl",
        "subscript_numeric_range/test_subscript_numeric_range.mdl",
    }
)


def against_simlin(model: Path) -> float | None:
    """Return the largest difference from pysimlin; ``None`` if either does not run the model."""
    import simlin

    try:
        program = lower(read(model))
        found = evaluators(program)["interpreter"]
    except SDModelsError:
        return None
    try:
        oracle = simlin.load(model).run().results
    except simlin.SimlinError:
        return None
    oracle.columns = [column_key(str(name)) for name in oracle.columns]
    known = [name for name in map(column_key, program.outputs) if name in oracle.columns]
    assert known, model
    return largest_difference(found, program.outputs, oracle[known])[0]


def test_the_interpreter_comes_to_the_numbers_of_simlin() -> None:
    """A second oracle, in double precision, for every case that both read."""
    pytest.importorskip("simlin")
    table = {case: against_simlin(model) for case, (model, _) in references().items()}
    both = {case: difference for case, difference in table.items() if difference is not None}
    # Both in double precision: what is left are a few roundings a step.
    differing = {case for case, difference in both.items() if not difference < 1e-9}
    assert len(both) > 80
    assert differing == SIMLIN_DIFFERS

"""Do public models come to the outputs of the tools that they were drawn in?

``passing.txt`` names the files that pass. None may be lost, and one that newly passes must be added: run this
test with ``-s`` to see the whole table.
"""

import sys
from collections import Counter
from pathlib import Path
from typing import Final

import numpy as np
import pytest
from conformance.cases import BROKEN, CASES, KNOWN, TOLERANCE, WITHOUT_INPUT, all_files, files, folders
from conformance.comparison import largest_difference, reference
from conformance.outcomes import Outcome, evaluated, outcome_of, verdict_of

from sdmodels.engine.lowering import lower
from sdmodels.readers import read

PASSING: Final = Path(__file__).with_name("passing.txt")

# Of the cases whose files are all there, and of all that have a reference, this share passes at least.
SHARE: Final = 0.95

pytestmark = pytest.mark.skipif(not CASES.is_dir(), reason=f"the conformance data is not at {CASES}")


def table(cases: dict[str, list[Outcome]]) -> str:
    """Return a line a file, and how many cases came out in which way."""
    rows = [outcome.row() for outcomes in cases.values() for outcome in outcomes]
    counts = Counter(verdict_of(outcomes) for outcomes in cases.values())
    told = ", ".join(f"{verdict} {count}" for verdict, count in counts.most_common())
    return "\n".join([*rows, "", f"{len(cases)} cases: {told}"])


def shares(cases: dict[str, list[Outcome]]) -> tuple[float, float]:
    """Return which share passes: of the cases whose files are there, and of all with a reference."""
    verdicts = {case: verdict_of(outcomes) for case, outcomes in cases.items()}
    compared = {case: verdict for case, verdict in verdicts.items() if verdict != "no reference"}
    # A file of a case that is not there may be made good by what the case itself tells of it.
    complete = {case: verdict for case, verdict in compared.items() if case not in WITHOUT_INPUT}
    return _share(complete), _share(compared)


def _share(verdicts: dict[str, str]) -> float:
    return sum(verdict == "passes" for verdict in verdicts.values()) / len(verdicts)


def test_no_case_that_passed_is_lost_and_no_number_differs_silently(tmp_path: Path) -> None:
    cases = {folder.name: [outcome_of(file, tmp_path) for file in files(folder)] for folder in folders()}
    complete, compared = shares(cases)
    sys.stdout.write(
        f"\n{table(cases)}\npassing: {complete:.1%} of the cases whose files are all there, "
        f"{compared:.1%} of all with a reference output\n"
    )
    outcomes = {outcome.file.name: outcome for each in cases.values() for outcome in each}
    passed = {name for name, outcome in outcomes.items() if outcome.verdict == "passes"}
    lines = PASSING.read_text(encoding="utf-8").splitlines()
    listed = {line.partition("#")[0].strip() for line in lines} - {""}
    wrong = [outcome.row() for outcome in outcomes.values() if outcome.verdict == "differs"]
    assert not listed - passed, f"These files passed before: {sorted(listed - passed)}"
    assert not passed - listed, f"Add these files to {PASSING}, they newly pass: {sorted(passed - listed)}"
    assert not wrong, "These files run, but to other numbers:\n" + "\n".join(wrong)
    assert all(outcomes[name].refused for name in BROKEN), "A broken file is read."
    assert not any(_within(outcomes[name]) for name in KNOWN), "A known fault is none any more."
    assert len(cases) > 100
    assert min(complete, compared) >= SHARE


def _within(outcome: Outcome) -> bool:
    return all(difference < TOLERANCE for difference, _ in outcome.differences.values())


@pytest.mark.parametrize("name", BROKEN)
def test_a_file_that_is_called_broken_is_so(name: str) -> None:
    _, evidence = BROKEN[name]
    text = all_files()[name].model.read_text(encoding="utf-8")
    assert evidence in text
    assert "<macro" not in text


@pytest.mark.parametrize("case", WITHOUT_INPUT)
def test_an_input_that_is_called_missing_is_so(case: str) -> None:
    folder = CASES / "tests" / case
    assert not (folder / WITHOUT_INPUT[case]).exists()
    assert any(WITHOUT_INPUT[case] in file.model.read_text(encoding="utf-8") for file in files(folder))


@pytest.mark.parametrize("fault", ["value", "column", "time", "not a number", "all given"])
def test_a_wrong_reference_would_be_noticed(fault: str) -> None:
    file = all_files()["teacup/teacup.mdl"]
    assert file.output is not None
    program = lower(read(file.model))
    found, expected, given = evaluated(program, "interpreter"), reference(file.output), set[str]()
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
        case "all given":
            given = set(expected.columns)
    assert largest_difference(found, program.outputs, expected, given)[0] > TOLERANCE

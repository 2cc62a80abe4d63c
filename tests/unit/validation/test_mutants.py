import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from sdmodels.catalogue import load, read_mutations
from sdmodels.errors import ManifestError, ModelFileError, StructureError
from sdmodels.experiment import as_entry
from sdmodels.structure.model import Model
from sdmodels.validation import MutationRun, mutants, mutate
from sdmodels.validation.mutated import mutated

Break = Callable[..., Path]
ONE_OF_EACH = (
    ("unit", "Handling Time", "~ Week", "~ Day", ("units",)),
    ("start", "Order Backlog", ", 100)", ", 80)", ("equilibrium",)),
    ("syntax", "Order Arrival", "* Demand Multiplier", "* * Demand Multiplier", ("reading",)),
    ("loop", "Order Completion", "Order Backlog", "Usual Backlog", ("manifest",)),
    ("bound", "Handling Time", "= 2", "= 5", ("manifest",)),
    ("circle", "Usual Demand", "= 50", "= Order Arrival", ("manifest",)),
    ("round", "Order Arrival", "Usual Demand", "Backlog Share * Order Arrival", ("equations",)),
    ("nothing", "Backlog Share", "How full", "How very full", ()),
)


def rows(*mutations: tuple[str, str, str, str], least: int = 0) -> str:
    tables = [
        f'[[mutation]]\nid = "{name}"\ntitle = {{ en = "a", zh = "b" }}\nvariable = "{variable}"\n'
        f"find = '{find}'\nreplace = '{replace}'\n"
        for name, variable, find, replace in mutations
    ]
    return f"least = {least}\n\n" + "\n".join(tables)


def write(folder: Path, *mutations: tuple[str, str, str, str], least: int = 0) -> Path:
    (folder / "mutations.toml").write_text(rows(*mutations, least=least), encoding="utf-8")
    return folder


def run(folder: Path, **options: int) -> MutationRun:
    return mutate(folder, random_draws=50, **options)


def test_each_mistake_is_caught_by_what_notices_it(desk: Break) -> None:
    found = run(write(desk(), *(row[:4] for row in ONE_OF_EACH), least=7))
    caught = {mutant.mutation.id: mutant.caught_by for mutant in found.mutants}
    for name, *_, expected in ONE_OF_EACH:
        # A wrong start is noticed by the reality checks too.
        assert caught[name][: len(expected)] == expected, name
    assert caught["nothing"] == ()
    assert (found.caught, found.least, found.passed) == (7, 7, True)


TABLE = """Usual Completion((0,0),(50,50),(100,80))
    ~ order/Week
    ~ Assumption.
    |
Handling Time = 2"""
SLOPE = """
[[table]]
name = "Usual Completion"
shape = "rising"
through = [50, 50]
slope = { minimum = 0.5, maximum = 1.5, source = "assumption" }

[[reality_check]]"""


def test_a_table_with_a_slope_is_no_mistake(desk: Break) -> None:
    folder = desk(
        "Handling Time = 2",
        TABLE,
        "= Order Backlog / Handling Time\n",
        "= Usual Completion(Order Backlog / Handling Time)\n",
        "\n[[reality_check]]",
        SLOPE,
    )
    [mutant] = run(write(folder, ("words", "Backlog Share", "How full", "How very full"))).mutants
    assert mutant.caught_by == ()


def test_too_few_that_are_caught_do_not_pass(desk: Break) -> None:
    found = run(write(desk(), ("words", "Backlog Share", "How full", "How very full"), least=1))
    [mutant] = found.mutants
    assert (mutant.caught, mutant.caught_by, found.passed) == (False, (), False)


def test_what_noticed_it_says_why_and_names_no_folder_that_is_gone(desk: Break) -> None:
    [mutant] = run(write(desk(), ("start", "Order Backlog", ", 100)", ", 80)"))).mutants
    assert len(mutant.messages) == len(mutant.caught_by) > 0
    where = os.path.join("desk", "desk.mdl")
    assert mutant.messages[0].startswith(f"{where}: the base run does not begin in equilibrium.")


def test_the_first_check_that_fails_may_be_enough(desk: Break) -> None:
    folder = write(desk(), ("start", "Order Backlog", ", 100)", ", 9000)"))
    [all_of_them], [first] = run(folder).mutants, run(folder, stop_at_first=True).mutants
    assert first.caught_by == ("equilibrium",)
    assert len(all_of_them.caught_by) > 1


def test_processes_share_the_mutants_and_find_the_same(desk: Break) -> None:
    folder = write(desk(), *(row[:4] for row in ONE_OF_EACH[:3]))
    assert run(folder, workers=2) == run(folder)


def test_mutants_leave_nothing_behind(desk: Break, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = tmp_path / "temporary"
    place.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(place))
    folder = write(desk(), *(row[:4] for row in ONE_OF_EACH[:2]))
    before = (folder / "desk.mdl").read_bytes()
    run(folder)
    assert (list(place.iterdir()), (folder / "desk.mdl").read_bytes()) == ([], before)

    def stop(done: int, _total: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    for workers in (1, 2):
        with pytest.raises(KeyboardInterrupt):
            mutate(folder, random_draws=50, workers=workers, progress=stop)
        assert list(place.iterdir()) == []


def test_progress_counts_the_model_and_its_mutants(desk: Break) -> None:
    seen: list[tuple[int, int]] = []
    folder = write(desk(), *(row[:4] for row in ONE_OF_EACH[:2]))
    mutate(folder, random_draws=50, progress=lambda done, total: seen.append((done, total)))
    assert seen == [(1, 3), (2, 3), (3, 3)]


def test_many_mutants_are_worth_processes_of_their_own(desk: Break, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    def caught_by_none(_tasks: object, workers: int) -> list[dict[str, str]]:
        asked.append(workers)
        return [{}]

    monkeypatch.setattr(mutants, "_fates", caught_by_none)
    folder = write(desk(), ONE_OF_EACH[0][:4])
    monkeypatch.setattr(mutants, "WORTH_WORKERS", 1e9)
    mutate(folder, workers=None)
    monkeypatch.setattr(mutants, "WORTH_WORKERS", 0.0)
    mutate(folder, workers=None)
    assert asked == [1, os.cpu_count()]


def test_a_model_that_fails_without_mistake_is_refused(desk: Break) -> None:
    folder = write(desk("- Order Completion, 100)", "- Order Completion, 80)"), ONE_OF_EACH[0][:4])
    message = r"desk\.mdl: the model fails checks without any mutation\.\n    equilibrium.*\nMend it until"
    with pytest.raises(StructureError, match=message):
        run(folder)


@pytest.mark.parametrize(
    ("mutation", "message"),
    [
        (
            ("a", "Order Backlog", "Nowhere", "x"),
            r"mutations\.toml: key 'find' in \[\[mutation\]\] 'a' stands 0 times in the definition of "
            r"'Order Backlog', not once\.\n    find = \"Nowhere\"\nCopy a longer",
        ),
        (("a", "Order Backlog", "Order", "x"), r"'find' in \[\[mutation\]\] 'a' stands 4 times"),
        (
            ("a", "Order Backlgo", "Order", "x"),
            r"key 'variable' in \[\[mutation\]\] 'a' names no variable of desk\.mdl\.\n"
            r"    variable = \"Order Backlgo\"\nDid you mean 'Order Backlog'\?",
        ),
    ],
)
def test_a_mutation_that_fits_nowhere_is_refused(
    desk: Break, mutation: tuple[str, str, str, str], message: str
) -> None:
    with pytest.raises(ManifestError, match=message):
        run(write(desk(), mutation))


def test_only_the_definition_of_the_variable_changes(desk: Break) -> None:
    folder = write(desk(), ("step", "TIME STEP", "0.0625", "0.5"))
    entry = load(folder)
    text = (folder / "desk.mdl").read_text(encoding="utf-8")
    from_file = folder / "mutations.toml"
    [mutation] = read_mutations(from_file).mutations
    assert mutated(entry, mutation, from_file) == text.replace("TIME STEP = 0.0625", "TIME STEP = 0.5")


def test_a_model_in_another_encoding_is_written_as_utf_8(desk: Break) -> None:
    folder = write(desk(), ("words", "Backlog Share", "How full", "多满"))
    drawing = folder / "desk.mdl"
    text = drawing.read_text(encoding="utf-8").replace("{UTF-8}", "{GB18030}")
    drawing.write_bytes(text.encode("gb18030"))
    assert run(folder).caught == 0


def test_models_of_other_programs_are_refused(desk: Break) -> None:
    folder = write(desk(), ONE_OF_EACH[0][:4])
    entry = load(folder)
    with pytest.raises(ModelFileError, match=r"mutations are put into Vensim models alone"):
        mutate(replace(entry, path=folder / "desk.xmile"))


def test_a_model_without_manifest_has_no_mutants(bare: Callable[..., Model], tmp_path: Path) -> None:
    model = bare()
    write(tmp_path, ONE_OF_EACH[0][:4])
    with pytest.raises(ManifestError, match=r"the model has no manifest\.\n.*\nWrite a model\.toml first"):
        mutate(as_entry(model))

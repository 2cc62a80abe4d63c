"""Would the checks notice if the model were wrong?

A check that never fails proves nothing. Mistakes that a modeller could make are put into the model one at a
time, and each mutant goes through all checks.

References
----------
R. A. DeMillo, R. J. Lipton & F. G. Sayward, "Hints on test data selection: help for the practicing programmer",
Computer 11(4), 1978.
"""

import multiprocessing
import os
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from sdmodels.catalogue import Entry, Manifest, Mutation, fitted, read_mutations
from sdmodels.errors import ManifestError, ModelFileError, SDModelsError, StructureError
from sdmodels.experiment import ModelLike, as_entry
from sdmodels.readers import read
from sdmodels.validation.battery import check
from sdmodels.validation.finding import Progress, silent
from sdmodels.validation.mutated import mutated, whole

FILE = "mutations.toml"
DRAWS = 1_000  # random members of each mutant: fewer than of the model itself, there are many mutants
WORTH_WORKERS = 15.0  # second of checks; a process takes some three to begin
Noticed: TypeAlias = dict[str, str]
"""The checks that failed, in order, and what each said."""
PATIENCE = 0.5  # second between two looks at whether somebody wants to stop


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """A model with one mistake, and what noticed it.

    Attributes
    ----------
    caught_by
        The checks that failed; ``"reading"``, ``"manifest"`` or ``"equations"`` if it came to none, as the file
        cannot be read, does not fit its manifest, or has equations that do not fit together.
    messages
        What each of them said, in the same order.
    """

    mutation: Mutation
    caught_by: tuple[str, ...]
    messages: tuple[str, ...]

    @property
    def caught(self) -> bool:
        """Whether anything noticed the mistake."""
        return bool(self.caught_by)


@dataclass(frozen=True, slots=True, kw_only=True)
class MutationRun:
    """All mutants of a model, and how many of them must be caught."""

    mutants: tuple[Mutant, ...]
    least: int

    @property
    def caught(self) -> int:
        """How many were caught."""
        return sum(mutant.caught for mutant in self.mutants)

    @property
    def passed(self) -> bool:
        """Whether enough were caught."""
        return self.caught >= self.least


@dataclass(frozen=True, slots=True, kw_only=True)
class _Task:
    """What a worker needs for one text of the model; ``place`` is where it may write."""

    id: str
    text: str
    path: Path
    manifest: Manifest
    place: Path
    random_draws: int
    stop_at_first: bool


def mutate(
    model: ModelLike,
    *,
    random_draws: int = DRAWS,
    stop_at_first: bool = False,
    workers: int | None = 1,
    progress: Progress | None = None,
) -> MutationRun:
    """Put each mistake of ``mutations.toml`` into a model, and see which checks notice it.

    Parameters
    ----------
    model
        A model with a manifest and a ``mutations.toml`` beside it.
    random_draws, stop_at_first
        As of :func:`check`, for each mutant; to stop is quicker, and tells only the first check that fails.
    workers
        Processes to share the mutants among; ``None`` for all cores, where that is quicker. A script that asks
        for more than one needs ``if __name__ == "__main__":``.
    progress
        Called with the models done and the models in all; the model itself is the first.

    Raises
    ------
    ManifestError
        If there is no ``mutations.toml``, it is wrong, or a text does not stand exactly once where it is sought.
    ModelFileError
        If the model is no Vensim file.
    StructureError
        If the model fails a check without any mistake.
    """
    entry = as_entry(model)
    path = entry.folder / FILE
    asked = read_mutations(path)
    if entry.manifest is None:
        raise ManifestError(
            f"{entry.path}: the model has no manifest.\n    {path}\nWrite a model.toml first."
        )
    texts = [mutated(entry, mutation, path) for mutation in asked.mutations]
    tell = progress or silent
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="sdmodels-mutations-") as place:
        itself, *tasks = [
            _Task(
                id=entry.id,
                text=text,
                path=entry.path,
                manifest=entry.manifest,
                place=Path(place),
                random_draws=random_draws,
                stop_at_first=stop_at_first,
            )
            for text in (whole(entry), *texts)
        ]
        _require_sound(itself)
        if workers is None:
            long = (time.monotonic() - began) * len(texts) > WORTH_WORKERS
            workers = (os.cpu_count() or 1) if long else 1
        tell(1, 1 + len(texts))
        mutants = []
        for mutation, noticed in zip(asked.mutations, _fates(tasks, workers), strict=True):
            mutants.append(
                Mutant(mutation=mutation, caught_by=tuple(noticed), messages=tuple(noticed.values()))
            )
            tell(1 + len(mutants), 1 + len(texts))
    return MutationRun(mutants=tuple(mutants), least=asked.least)


def _require_sound(itself: _Task) -> None:
    """Raise StructureError if the model fails a check as it is: then mutants would be caught for that alone.

    It goes the way that mutants go, so that the way itself is none of what they are caught by.
    """
    broken = _fate(itself)
    if broken:
        raise StructureError(
            f"{itself.path}: the model fails checks without any mutation.\n    {', '.join(broken)}\n"
            "Mend it until `sdmodels check` passes, then try the mutations."
        )


def _fates(tasks: Sequence[_Task], workers: int) -> Iterator[Noticed]:
    """Yield what catches each, in order; when the caller stops, the workers are ended before the folder goes."""
    if workers <= 1:
        yield from map(_fate, tasks)
        return
    # A fresh process each, and not a fork: the threads of the engine do not survive one.
    context = multiprocessing.get_context("spawn")
    with context.Pool(min(workers, len(tasks)), initializer=_leave_interrupts_to_the_parent) as pool:
        results = pool.imap(_fate, tasks)
        for _ in tasks:
            while True:
                try:
                    noticed = results.next(timeout=PATIENCE)
                except multiprocessing.TimeoutError:
                    continue
                break
            yield noticed


def _leave_interrupts_to_the_parent() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _fate(task: _Task) -> Noticed:
    """Write one text into a folder of its own, read it, and check it; return what failed."""
    with tempfile.TemporaryDirectory(dir=task.place) as folder:
        # The whole folder: equations may take numbers from files beside the model.
        home = Path(shutil.copytree(task.path.parent, Path(folder) / task.id))
        path = home / task.path.name
        path.write_text(task.text, encoding="utf-8")
        try:
            model = fitted(task.manifest, read(path, keep=False), path=home / "model.toml")
            entry = Entry(id=task.id, model=model, manifest=task.manifest, path=path)
            findings = check(entry, random_draws=task.random_draws, stop_at_first=task.stop_at_first)
        except SDModelsError as error:
            return {_label(error): _without(folder, str(error))}
    broken = (finding for finding in findings if finding.status == "failed")
    return {finding.check: _without(folder, finding.message) for finding in broken}


def _label(error: SDModelsError) -> str:
    match error:
        case ModelFileError():
            return "reading"
        case ManifestError():
            return "manifest"
        case _:
            return "equations"


def _without(folder: str, message: str) -> str:
    """Return the message without the folder that is gone when it is read."""
    return message.replace(f"{folder}/", "").replace(f"{folder}\\", "")

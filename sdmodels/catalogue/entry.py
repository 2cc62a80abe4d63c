"""Which model is meant, and what may be asked of it?"""

import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from sdmodels.catalogue.agreement import fitted
from sdmodels.catalogue.experiment_agreement import validate_experiments
from sdmodels.catalogue.experiments import Experiment
from sdmodels.catalogue.faults import Fault, refusal
from sdmodels.catalogue.location import data_folder
from sdmodels.catalogue.manifest import BASELINE, NORMAL, Manifest
from sdmodels.catalogue.naming import Language, unit_in
from sdmodels.catalogue.reading import read_catalogued, read_experiments, read_manifest
from sdmodels.catalogue.tables import Lever, Loop, Outcome, Policy, Scenario, Text, Uncertainty
from sdmodels.catalogue.views import validate_views
from sdmodels.errors import ModelFileError, UnknownNameError, did_you_mean, unknown
from sdmodels.readers import READABLE, read, read_views
from sdmodels.structure.model import Model
from sdmodels.structure.names import by_key, key_of
from sdmodels.structure.subscripts import find_scalar, variable_of

MANIFEST = "model.toml"
EXPERIMENTS = "experiments.toml"
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A model with what its manifest says about it.

    Attributes
    ----------
    id
        The name of the folder that the manifest lies in, whatever the manifest says: a copy of a model is another
        model. For a model file without manifest the file's name.
    manifest
        ``None`` for a model file that stands alone: it has no levers, and only the policy "baseline" and
        the scenario "normal".
    path
        The model file.
    experiments
        Those of the ``experiments.toml`` in the folder; none without that file.
    """

    id: str
    model: Model
    manifest: Manifest | None
    path: Path
    experiments: tuple[Experiment, ...] = ()

    @property
    def folder(self) -> Path:
        """The folder that the model file lies in."""
        return self.path.parent

    @property
    def levers(self) -> tuple[Lever, ...]:
        """The constants that a policy may set, the first one first."""
        return self.manifest.levers if self.manifest else ()

    @property
    def uncertainties(self) -> tuple[Uncertainty, ...]:
        """The constants, and behind them the slopes of tables, that differ between the members of an ensemble."""
        return self.manifest.every_uncertainty if self.manifest else ()

    @property
    def policies(self) -> tuple[Policy, ...]:
        """The policies; "baseline" comes first."""
        return (BASELINE, *(self.manifest.policies if self.manifest else ()))

    @property
    def scenarios(self) -> tuple[Scenario, ...]:
        """The scenarios; "normal" comes first."""
        return (NORMAL, *(self.manifest.scenarios if self.manifest else ()))

    @property
    def outcomes(self) -> tuple[Outcome, ...]:
        """What the model is asked for."""
        return self.manifest.outcomes if self.manifest else ()

    @property
    def loops(self) -> tuple[Loop, ...]:
        """Feedback loops that have a name."""
        return self.manifest.loops if self.manifest else ()

    def lever(self, name: str) -> Lever:
        """Return the lever of that name; raise UnknownNameError with the nearest one otherwise."""
        bounds = {lever.name: f" ({lever.minimum:g} to {lever.maximum:g})" for lever in self.levers}
        return self._found("lever", name, {lever.name: lever for lever in self.levers}, notes=bounds)

    def policy(self, id: str) -> Policy:
        """Return the policy of that id; raise UnknownNameError with the nearest one otherwise."""
        return self._found("policy", id, {policy.id: policy for policy in self.policies})

    def scenario(self, id: str) -> Scenario:
        """Return the scenario of that id; raise UnknownNameError with the nearest one otherwise."""
        return self._found("scenario", id, {scenario.id: scenario for scenario in self.scenarios})

    def outcome(self, id: str) -> Outcome:
        """Return the outcome of that id; raise UnknownNameError with the nearest one otherwise."""
        return self._found("outcome", id, {outcome.id: outcome for outcome in self.outcomes})

    def experiment(self, id: str) -> Experiment:
        """Return the experiment of that id; raise UnknownNameError with the nearest one otherwise."""
        known = {experiment.id: experiment for experiment in self.experiments}
        return self._found("experiment", id, known, file=EXPERIMENTS)

    def title(self, language: Language) -> str:
        """Return what a figure calls the model."""
        return self.manifest.title.in_language(language) if self.manifest else self.model.name

    def title_of(self, variable: str, language: Language) -> str:
        """Return what a label calls the variable: its own name where the manifest gives none."""
        return self.manifest.title_of(variable, language) if self.manifest else variable

    def named(self, variable: str) -> Text:
        """Return what a variable is called in both languages: in English by its own name.

        Raises
        ------
        UnknownNameError
            If the model has no such variable.
        """
        name = find_scalar(self.model, variable)
        return Text(en=name, zh=self.title_of(name, "zh"))

    def words_of(self, text: str, language: Language) -> str:
        """Return a variable, loop, view or note of a drawing: as it is where the manifest says nothing."""
        return self.manifest.words_in(text, language) if self.manifest else text

    def view_title(self, title: str, language: Language) -> str:
        """Return what a view is called: as in the drawing where the manifest says nothing."""
        return self.manifest.view_in(title, language) if self.manifest else title

    def unit_of(self, variable: str, language: Language) -> str:
        """Return how a label writes the unit of the variable.

        Raises
        ------
        UnknownNameError
            If the model has no such variable.
        """
        unit = self.model[variable_of(variable)].units
        return self.manifest.unit_in(unit, language) if self.manifest else unit_in(unit, language)

    def _found(
        self,
        what: str,
        asked: str,
        known: Mapping[str, T],
        notes: Mapping[str, str] | None = None,
        file: str = MANIFEST,
    ) -> T:
        by_name = {key_of(name): value for name, value in known.items()}
        if key_of(asked) in by_name:
            return by_name[key_of(asked)]
        if not known:
            raise UnknownNameError(
                f"No {what} is named '{asked}'.\n    '{self.id}' has none.\n"
                f"A [[{what}]] belongs in the {file} beside the model file."
            )
        message = str(unknown(what, asked, known))
        for name, note in (notes or {}).items():
            message = message.replace(f"mean '{name}'?", f"mean '{name}'{note}?")
        raise UnknownNameError(message)


def identifiers() -> tuple[str, ...]:
    """Return the ids of the models in the catalogue, in alphabetical order."""
    return tuple(sorted(manifest.parent.name for manifest in data_folder("models").glob(f"*/{MANIFEST}")))


def load(model: str | os.PathLike[str]) -> Entry:
    """Return a model with its manifest.

    Parameters
    ----------
    model
        An id of the catalogue, the path of a model file, or the path of a folder with a ``model.toml``.
        An id comes first: write ``./hotline`` for a folder that has the name of an id. A model file
        takes the ``model.toml`` beside it if that names the file. A folder that is given by its path may have
        any name, which is the id then: a model is changed in a copy of its folder.

    Raises
    ------
    UnknownNameError
        If there is no such id.
    ModelFileError
        If there is no such file, or it cannot be read.
    ManifestError
        If the manifest is wrong or does not fit the model; for an id also if the manifest has another.
    """
    asked = os.fspath(model)
    path = Path(asked)
    is_name = isinstance(model, str) and path.name == asked and not path.suffix
    known = by_key(identifiers()) if is_name else {}
    if key_of(asked) in known:
        folder = data_folder("models") / known[key_of(asked)]
        return _from_folder(folder, read_catalogued(folder / MANIFEST))
    if path.is_dir():
        return _from_folder(path)
    if path.is_file() and path.name == MANIFEST:
        return _from_folder(path.parent)
    if path.exists():
        return _from_file(path)
    raise _unknown_id(asked, known.values()) if is_name else _missing_file(path)


def _from_folder(folder: Path, manifest: Manifest | None = None) -> Entry:
    """Return the model of a folder; its manifest is read where it is not given."""
    manifest_path = folder / MANIFEST
    if not manifest_path.is_file():
        raise ModelFileError(
            f"{folder}: the folder has no {MANIFEST}.\n    It holds {_listed(_names_in(folder))}.\n"
            "Write the path of a model file, or of a folder with a manifest."
        )
    manifest = manifest or read_manifest(manifest_path)
    path = folder / manifest.file
    if not path.is_file():
        fault = Fault(
            what="key 'file' at the top level names no file of the folder",
            evidence=f'file = "{manifest.file}"',
            remedy=did_you_mean(manifest.file, _names_in(folder), otherwise="Put the model file there."),
        )
        raise refusal(manifest_path, [fault])
    model = fitted(manifest, read(path), path=manifest_path)
    if manifest.views or manifest.notes:
        validate_views(manifest.views, manifest.notes, read_views(path), path=manifest_path)
    # The topmost folder of a disk has no name.
    id = Path(os.path.abspath(folder)).name or manifest.id
    entry = Entry(id=id, model=model, manifest=manifest, path=path)
    experiments_path = folder / EXPERIMENTS
    if not experiments_path.is_file():
        return entry
    experiments = read_experiments(experiments_path)
    validate_experiments(experiments, manifest, model, path=experiments_path)
    return replace(entry, experiments=experiments)


def _from_file(path: Path) -> Entry:
    beside = path.parent / MANIFEST
    if beside.is_file():
        manifest = read_manifest(beside)
        if Path(manifest.file) == Path(path.name):
            return _from_folder(path.parent, manifest)
    return Entry(id=path.stem, model=read(path), manifest=None, path=path)


def _unknown_id(asked: str, known: Collection[str]) -> UnknownNameError:
    otherwise = "Write one of these, or the path of a model file."
    return UnknownNameError(
        f"No model is named '{asked}'.\n    The catalogue holds {_listed(known)}.\n"
        f"{did_you_mean(asked, known, otherwise=otherwise)}"
    )


def _missing_file(path: Path) -> ModelFileError:
    folder = path.parent
    if not folder.is_dir():
        return ModelFileError(
            f"{path}: there is no such file.\n    The folder {folder} does not exist.\nCheck the path."
        )
    names = [name for name in _names_in(folder) if (folder / name).is_dir() or name.endswith(READABLE)]
    return ModelFileError(
        f"{path}: there is no such file.\n    The folder holds {_listed(names)}.\n"
        f"{did_you_mean(path.name, names, otherwise='Check the path.')}"
    )


def _names_in(folder: Path) -> tuple[str, ...]:
    return tuple(sorted(item.name for item in folder.iterdir() if not item.name.startswith(".")))


def _listed(names: Collection[str]) -> str:
    shown = ", ".join(list(names)[:8]) or "nothing"
    return f"{shown} and {len(names) - 8} more" if len(names) > 8 else shown

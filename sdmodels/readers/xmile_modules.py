"""Which variables does a model with modules have, and what does a name mean inside one of them?

A module's variables are named ``module.variable``, from the outermost module on. An input of a module is no
variable of its own: it is another name for what it is connected to.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from sdmodels.readers.bounds import MOST_INSIDE, MOST_INSTANCES
from sdmodels.readers.xmile_document import Document, attribute, child, children, name_in
from sdmodels.readers.xmile_entries import KINDS, Entry, entries_of, name_of, non_negative
from sdmodels.structure.names import key_of

Scope: TypeAlias = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A variable in its module: ``name`` is the full one, ``scope`` has the keys of the modules around it.

    ``non_negative`` says whether a stock or flow stays above zero.
    """

    name: str
    scope: Scope
    entry: Entry
    non_negative: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """Where an input of a module has its values from: ``source`` as it is written inside ``scope``."""

    scope: Scope
    source: str
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Modules:
    """All variables of a file, and what each path (the keys of the modules, then of a name) stands for."""

    placed: tuple[Placed, ...]
    paths: Mapping[Scope, str]

    def scopes(self) -> frozenset[Scope]:
        """Return every module that has variables."""
        return frozenset(each.scope for each in self.placed)

    def names_in(self, scope: Scope) -> dict[str, str]:
        """Return what every name that may be used inside a module stands for, by what is compared.

        A name with a dot in front is meant from the whole model on; one with a dot inside is looked for in the
        module itself, and then in those around it.
        """
        found = {"." + ".".join(path): name for path, name in self.paths.items()}
        for depth in range(len(scope) + 1):
            inside = {
                ".".join(p[depth:]): name for p, name in self.paths.items() if p[:depth] == scope[:depth]
            }
            found |= {key: name for key, name in inside.items() if "." in key or depth == len(scope)}
        return found


def modules_of(document: Document) -> Modules:
    """Read every ``<model>`` that the file's main model is made of.

    Raises
    ------
    ModelFileError
        If a module has no model, is inside itself, or an input is connected to nothing.
    """
    models = list(children(document.root, "model"))
    if not models:
        raise document.error(1, "the file has no model.", "There is no <model>.", "Save it again.")
    main = next((model for model in models if attribute(model, "name") is None), models[0])
    parts = {key_of(name_in(attribute(model, "name") or "")): model for model in models if model is not main}
    reading = _Modules(document, parts)
    reading.read(main, (), "", (), behaviour_of(document.root, frozenset()))
    inputs = reading.connections
    own = [each for each in reading.placed if (*each.scope, key_of(each.entry.name)) not in inputs]
    paths = {(*each.scope, key_of(each.entry.name)): each.name for each in own}
    for path, connection in inputs.items():
        target = _target(connection.scope, connection.source, inputs, paths)
        if target is None:
            raise document.error(
                connection.line,
                f"the input '{'.'.join(path)}' is connected to '{connection.source}', which is not defined.",
                f'<connect to="{path[-1]}" from="{connection.source}"/>',
                "Connect it to a variable of the model.",
            )
        paths[path] = paths[target]
    return Modules(placed=tuple(own), paths=paths)


def _target(
    scope: Scope,
    key: str,
    inputs: Mapping[Scope, Connection],
    paths: Mapping[Scope, str],
    passed: int = 0,
) -> Scope | None:
    """Return the path of the variable that a name means inside a module; ``None`` if there is none."""
    path = tuple(key[1:].split(".")) if key.startswith(".") else (*scope, *key.split("."))
    if path in inputs and passed <= len(inputs):
        connection = inputs[path]
        return _target(connection.scope, connection.source, inputs, paths, passed + 1)
    return path if path in paths and path not in inputs else None


class _Modules:
    def __init__(self, document: Document, parts: dict[str, Any]) -> None:
        self.document = document
        self.parts = parts
        self.placed: list[Placed] = []
        self.connections: dict[Scope, Connection] = {}
        self.count = 0

    def read(
        self, model: Any, scope: Scope, prefix: str, around: tuple[str, ...], above: frozenset[str]
    ) -> None:
        if scope and child(model, "sim_specs") is not None:
            raise self.document.unsupported(
                model.sourceline,
                f"the module '{prefix[:-1]}' runs over a time of its own.",
                "Its <model> has <sim_specs>.",
                "Give it the time of the whole model.",
            )
        container = child(model, "variables")
        if container is None and next(children(model, *KINDS, "module"), None) is not None:
            container = model  # STELLA 10 and iThink 10 have the variables directly inside the model
        if container is None:
            raise self.document.unsupported(
                model.sourceline,
                f"the <model> of '{prefix[:-1] or 'the file'}' has no variables of its own.",
                "There is no <variables>: it is in another file, or encrypted.",
                "Save the whole model in one file.",
            )
        behaviour = behaviour_of(model, above)
        for entry in entries_of(self.document, container):
            said = entry.kind in behaviour if entry.non_negative is None else entry.non_negative
            self.placed.append(Placed(name=prefix + entry.name, scope=scope, entry=entry, non_negative=said))
        for module in _modules_in(container):
            name = name_of(self.document, module)
            key = key_of(name)
            if key not in self.parts or key in around:
                raise self.document.error(
                    module.sourceline,
                    f"the module '{prefix}{name}' "
                    + ("is inside itself." if key in around else "has no model."),
                    f'<module name="{name}">',
                    f'Give the file a <model name="{name}"> without this module in it.',
                )
            self._reject_too_many(module, f"{prefix}{name}", len(around))
            self._connect(module, scope, key)
            self.read(self.parts[key], (*scope, key), f"{prefix}{name}.", (*around, key), behaviour)

    def _reject_too_many(self, module: Any, name: str, depth: int) -> None:
        """Refuse modules without end: a few that hold each other twice are soon a billion."""
        self.count += 1
        if self.count > MOST_INSTANCES or depth > MOST_INSIDE:
            raise self.document.unsupported(
                module.sourceline,
                f"the model has more than {MOST_INSTANCES:,} modules, or {MOST_INSIDE} of them in each other.",
                f'<module name="{name[-60:]}">',
                "Write its equations with arrays, or divide the model.",
            )

    def _connect(self, module: Any, scope: Scope, key: str) -> None:
        """Note where inputs have their values from: this module's own, or (``to`` has a dot) another's.

        Stella states a connection in both modules that it joins, and twice in each.
        """
        for node in children(module, "connect", "connect2"):
            to = key_of(name_in(attribute(node, "to") or ""))
            source = key_of(name_in(attribute(node, "from") or ""))
            start: Scope = () if to.startswith(".") else scope
            *modules, last = to.removeprefix(".").split(".")
            place = (*start, *modules, last) if modules else (*scope, key, last)
            connection = Connection(scope=scope, source=source, line=node.sourceline)
            stated = self.connections.setdefault(place, connection)
            if stated.source != source:
                raise self.document.error(
                    node.sourceline,
                    f"the input '{'.'.join(place)}' is connected a second time.",
                    f"To '{source}', and on line {stated.line} to '{stated.source}'.",
                    "Remove one of the two.",
                )


def behaviour_of(node: Any, above: frozenset[str]) -> frozenset[str]:
    """Return which of ``stock`` and ``flow`` are non-negative unless a variable says otherwise.

    Parameters
    ----------
    above
        What holds where ``<behavior>`` says nothing.
    """
    behaviour = child(node, "behavior")
    if behaviour is None:
        return above
    found = set(above)
    for kind in ("stock", "flow"):
        special = child(behaviour, kind)
        said = None if special is None else non_negative(special)
        said = non_negative(behaviour) if said is None else said
        if said is not None:
            found = found | {kind} if said else found - {kind}
    return frozenset(found)


def _modules_in(container: Any | None) -> Iterable[Any]:
    return () if container is None else children(container, "module")

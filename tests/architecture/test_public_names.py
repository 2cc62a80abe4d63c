import ast
import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from pathlib import Path

import pytest

import sdmodels

PACKAGE = Path(sdmodels.__file__).parent
FILES = sorted(PACKAGE.rglob("*.py"))
# Calls whose result cannot be changed.
FROZEN = frozenset({"MappingProxyType", "frozenset", "tuple"})
# A module-level name with one of these annotations is a promise that mypy holds the code to.
PROMISES = frozenset({"Final", "Mapping", "Sequence", "Collection", "Set", "AbstractSet"})
MUTABLE = (ast.List, ast.Dict, ast.Set, ast.ListComp, ast.DictComp, ast.SetComp)
MUTABLE_CALLS = frozenset(
    {"list", "dict", "set", "defaultdict", "deque", "Counter", "OrderedDict", "bytearray"}
)
# A registry of lazily imported names, written in capitals, read in one function and never written to.
EXEMPT = frozenset({("sdmodels/__init__.py", "_WHERE"), ("", "__all__")})


def modules() -> Iterator[str]:
    for found in pkgutil.walk_packages([str(PACKAGE)], "sdmodels."):
        if not found.name.endswith("__main__"):
            yield found.name


@pytest.mark.parametrize("name", sdmodels.__all__)
def test_every_public_name_is_there_and_documented(name: str) -> None:
    value = getattr(sdmodels, name)
    assert inspect.getdoc(value), f"sdmodels.{name} has no docstring"


def test_public_names_are_sorted_and_listed_once() -> None:
    assert len(set(sdmodels.__all__)) == len(sdmodels.__all__)
    assert dir(sdmodels) == sorted(sdmodels.__all__)


def test_another_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'sdmodels' has no attribute 'simulat'"):
        _ = sdmodels.simulat


@pytest.mark.parametrize("module", sorted(modules()))
def test_every_module_answers_a_question_and_keeps_its_promises(module: str) -> None:
    loaded = importlib.import_module(module)
    first = (loaded.__doc__ or "").strip().splitlines()
    assert first, f"{module} has no docstring"
    for name in getattr(loaded, "__all__", ()):
        assert hasattr(loaded, name), f"{module}.__all__ names {name}, which is not there"


def test_there_are_modules_to_look_at() -> None:
    assert len(FILES) > 20
    assert "sdmodels.engine.native.kernel" in set(modules())


def _annotation(node: ast.expr | None) -> str:
    match node:
        case ast.Subscript(value=value):
            return _annotation(value)
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def _mutable(value: ast.expr | None) -> bool:
    if isinstance(value, ast.Call):
        called = _annotation(value.func)
        return called in MUTABLE_CALLS
    return isinstance(value, MUTABLE)


def mutable_state(source: str) -> list[str]:
    """Return the module-level names that hold a list, dict or set that any code may change.

    Fair are: constants annotated as read-only (``Mapping``, ``Final``, ...), what is wrapped
    (``MappingProxyType``, ``frozenset``, ``tuple``), and ``__all__``. ``global`` is never fair.
    """
    tree = ast.parse(source)
    found = [
        f"global {name}" for node in ast.walk(tree) if isinstance(node, ast.Global) for name in node.names
    ]
    for node in tree.body:
        match node:
            case ast.Assign(targets=targets, value=value) if _mutable(value):
                found += [ast.unparse(target) for target in targets]
            case ast.AnnAssign(target=target, annotation=annotation, value=value) if _mutable(value):
                if _annotation(annotation) not in PROMISES:
                    found.append(ast.unparse(target))
    return [name for name in found if name != "__all__"]


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE.parent)))
def test_no_module_has_state_that_can_change(path: Path) -> None:
    place = path.relative_to(PACKAGE.parent).as_posix()
    found = [name for name in mutable_state(path.read_text(encoding="utf-8")) if (place, name) not in EXEMPT]
    assert found == []


@pytest.mark.parametrize(
    "source",
    [
        "CACHE = {}",
        "seen: list[str] = []",
        "names = [n for n in 'ab']",
        "counts = defaultdict(int)",
        "x = 1\ndef f():\n    global x\n    x = 2",
    ],
)
def test_state_that_can_change_would_be_noticed(source: str) -> None:
    assert mutable_state(source)


@pytest.mark.parametrize(
    "source",
    [
        "__all__ = ['a']",
        "A: Mapping[str, int] = {'a': 1}",
        "A: Final = [1]",
        "A = MappingProxyType({'a': 1})",
        "A = frozenset({1})",
        "A = (1, 2)",
        "def f():\n    found = []\n    return found",
    ],
)
def test_constants_are_no_state(source: str) -> None:
    assert mutable_state(source) == []

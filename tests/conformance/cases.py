"""Which public cases are there, which files does each have, and what is known of them?

The cases are those of SDXorg's ``test-models``; they lie beside the repository and are read where they are.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

CASES: Final = Path(__file__).parents[2].parent / "shared" / "conformance"

# Vensim computes in single precision (2^-24, 6e-8, of each value at each step) and prints six digits
# (5e-7 of each value). Over the few hundred steps of the cases this adds up to well below a thousandth.
TOLERANCE: Final = 1e-3

# Where PySD's own test-suite allows more: by case, with the reason.
WIDER: Final[Mapping[str, tuple[float, str]]] = MappingProxyType(
    {
        "allocate_available": (
            2e-2,
            "'rtol': 2e-2 in tests/pytest_integration/pytest_integration_vensim_pathway.py of SDXorg/pysd; with "
            "the normal curve Vensim's own allocations are up to 1 % off: at time 4 those of 'allocation3' add "
            "up to 79.9989 of 80 and lie at prices of 8.3101, 8.3116 and 8.3102 instead of at one",
        ),
    }
)

# Cases whose own reference is at fault, with the evidence.
KNOWN: Final[Mapping[str, str]] = MappingProxyType(
    {
        "Query_file/Query_file.mdl": (
            "the reference is one draw of RANDOM UNIFORM, and PySD's, whose PULSE TRAIN without a time between "
            "pulses does not mind its end"
        ),
    }
)

_UNWRITTEN: Final = "an equation is '???': the conversion from Vensim left it out"
_NO_MACRO: Final = "the equation calls EXPRESSION MACRO, and the file has no <macro>"
_NO_ELEMENT: Final = "an <element> has the subscript 'A, A', and the dimensions are (A, B, C) and (D, E)"

# Model files that are broken themselves: what is wrong, and a text in the file that shows it.
BROKEN: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "macro_expression/test_macro_expression.xmile": (_NO_MACRO, "EXPRESSION MACRO("),
        "macro_multi_expression/test_macro_multi_expression.xmile": (_NO_MACRO, "EXPRESSION MACRO("),
        "subscript_1d_arrays/test_subscript_1d_arrays.xmile": (_UNWRITTEN, "???"),
        "subscript_mixed_assembly/test_subscript_mixed_assembly.xmile": (_NO_ELEMENT, 'subscript="A, A"'),
        "subscript_multiples/test_multiple_subscripts.xmile": (_UNWRITTEN, "???"),
        "subscript_subranges/test_subscript_subrange.xmile": (_UNWRITTEN, "???"),
        "subscript_subranges_equal/test_subscript_subrange_equal.xmile": (_UNWRITTEN, "???"),
        "subscripted_flows/test_subscripted_flows.xmile": (_UNWRITTEN, "???"),
    }
)

_OPEN_FLOW: Final = ('</non_negative>\n            <stock name="TestStock2">', "</non_negative></flow>\n<stock name=\"TestStock2\">")  # fmt: skip  # noqa: E501

# Files that are not well-formed, and the least that makes them so; they are run with this put in.
REPAIRED: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "non_negative_flows/test_non_negative_flows.xmile": _OPEN_FLOW,
        "non_negative_flows/test_non_negative_flows_behavior.xmile": _OPEN_FLOW,
    }
)

# Cases that read numbers from a file which is not in the folder; what they lack.
WITHOUT_INPUT: Final[Mapping[str, str]] = MappingProxyType(
    {
        "get_constants_incomplete_subscript": "inputs.xls",
        "get_lookups_subscripted_args": "input.xls",
        "get_lookups_subset": "input.xls",
        "get_values_order": "inputs.xlsx",
        "partial_range_definitions": "inputs.xlsx",
        "vector_order": "input.xlsx",
        "with_lookup": "inputs.xlsx",
    }
)

# Of several Vensim files in a folder, those that an output belongs to, and which.
_OUTPUTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "data_from_other_model/test_data_from_other_model.mdl": "output.tab",
        "data_from_other_model/model_to_generate_data.mdl": "data.tab",
        # The columns are those of this file, and PySD's suite compares it.
        "get_time_value/test_get_time_value_simple.mdl": "output.tab",
        "subscript_copy/test_subscript_copy.mdl": "output.tab",
        "subscript_copy/test_subscript_copy2.mdl": "output.tab",
        "teacup/teacup.mdl": "output.csv",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A model file of a case, and the reference output that it is compared with."""

    model: Path
    output: Path | None

    @property
    def case(self) -> str:
        """The name of the case: its folder."""
        return self.model.parent.name

    @property
    def name(self) -> str:
        """The case and the file."""
        return f"{self.case}/{self.model.name}"

    @property
    def tolerance(self) -> float:
        """How large a difference relative to the value may be."""
        return WIDER[self.case][0] if self.case in WIDER else TOLERANCE


def folders(root: Path = CASES) -> list[Path]:
    """Return the folders of all cases."""
    return sorted(path for path in root.glob("*/*") if path.is_dir())


def files(folder: Path) -> list[File]:
    """Return the model files of a case; of several, those without a reference of their own are left out."""
    found = [File(model=path, output=_output(path)) for path in sorted(folder.iterdir()) if _is_model(path)]
    compared = [file for file in found if file.output is not None]
    return compared or found


def all_files() -> dict[str, File]:
    """Return every file that has a reference output, by its name."""
    return {file.name: file for folder in folders() for file in files(folder) if file.output is not None}


def _is_model(path: Path) -> bool:
    return path.suffix.lower() in {".mdl", ".xmile"}


def _output(model: Path) -> Path | None:
    folder = model.parent
    # Stella's own output, where there is one: the other is Vensim's, of the model before its conversion.
    own = sorted(folder.glob("output_stella*.csv")) if model.suffix == ".xmile" else []
    beside = [*own, folder / "output.tab", folder / "output.csv"]
    if model.suffix != ".xmile" and sum(path.suffix.lower() == ".mdl" for path in folder.iterdir()) > 1:
        name = _OUTPUTS.get(f"{folder.name}/{model.name}")
        beside = [] if name is None else [folder / name]
    return next((path for path in beside if path.is_file()), None)

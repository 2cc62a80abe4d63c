"""Over which time does an XMILE model run?"""

from typing import Any

from sdmodels.errors import SDModelsError
from sdmodels.readers.xmile_document import Document, attribute, child, children, text_of
from sdmodels.readers.xmile_entries import number
from sdmodels.structure.model import TimeSpec
from sdmodels.structure.names import key_of

# Exporters from Vensim write these as variables too; <sim_specs> has them already.
CONTROLS = ("INITIAL TIME", "FINAL TIME", "TIME STEP", "SAVEPER")

_SAVE_INTERVALS = ("save_interval", "savestep", "save_step")


def time_of(document: Document) -> TimeSpec:
    """Return the span of time that ``<sim_specs>`` asks for.

    A method that is neither Euler's nor Runge-Kutta's of order 4 counts as the nearer of the two.

    Raises
    ------
    ModelFileError
        If start, stop or step are missing or are no numbers, or do not fit together.
    """
    specs = child(document.root, "sim_specs")
    if specs is None:
        raise document.error(
            document.root.sourceline,
            "the file does not say over which time to run.",
            "There is no <sim_specs>.",
            "Save the model as XMILE with its run specifications.",
        )
    start, stop = _required(document, specs, "start"), _required(document, specs, "stop")
    step = 1.0 if child(specs, "dt") is None else _required(document, specs, "dt")
    step_node = child(specs, "dt")
    if step_node is not None and (attribute(step_node, "reciprocal") or "").lower() == "true":
        step = 1 / step if step else step
    try:
        return TimeSpec(
            initial_time=start,
            final_time=stop,
            time_step=step,
            save_period=_save_period(document, specs, step),
            units=attribute(specs, "time_units") or "",
            method="rk4" if (attribute(specs, "method") or "").strip().lower().startswith("rk") else "euler",
        )
    except SDModelsError as error:
        what, evidence, remedy = str(error).split("\n")
        raise document.error(specs.sourceline, what, evidence.strip(), remedy) from error


def _required(document: Document, specs: Any, name: str) -> float:
    node = child(specs, name)
    if node is None:
        raise document.error(
            specs.sourceline, f"<{name}> is missing.", "<sim_specs>", f"Give the run a <{name}>."
        )
    return number(document, node, text_of(node), f"<{name}>")


def _save_period(document: Document, specs: Any, step: float) -> float:
    for name in _SAVE_INTERVALS:
        node, said = child(specs, name), attribute(specs, name)
        text = text_of(node) if node is not None else said
        if text is not None and number(document, specs, text, f"'{name}'") > 0:
            return float(text)
    for model in children(document.root, "model"):
        variables = child(model, "variables")
        for node in () if variables is None else children(variables, "aux"):
            # Exporters from Vensim keep the save period only here.
            said = text_of(child(node, "eqn")).strip()
            if key_of(attribute(node, "name") or "") == "saveper" and _is_number(said):
                return float(said)
    return step


def _is_number(text: str) -> bool:
    try:
        return float(text) > 0
    except ValueError:
        return False

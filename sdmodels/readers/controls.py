"""Over which span of time does a model run, when its control variables are equations?

FINAL TIME may depend on Time and constants: it is found by walking through the times of the run. A step or a
save period that changes during the run is refused.
"""

import math
from typing import Final

from sdmodels.errors import ModelFileError, SDModelsError
from sdmodels.readers.early_values import CONTROLS, EarlyValues
from sdmodels.readers.parsing import Positions
from sdmodels.readers.translation import NotStaticError
from sdmodels.structure.model import TimeSpec

MOST_STEPS: Final = 100_000


def time_spec(early_values: EarlyValues, units: str, position: Positions) -> TimeSpec:
    """Return the span of time that the four control variables ask for.

    Raises
    ------
    ModelFileError
        If one is missing, does not come to a number before the run, or changes where it must not.
    """
    for control in CONTROLS:
        if position.at(control) == (0, ""):
            raise ModelFileError(
                f"{position.path}: '{control}' is not defined.\n"
                "    Every Vensim model has INITIAL TIME, FINAL TIME, TIME STEP and SAVEPER.\n"
                "Set it under Model > Settings in Vensim."
            )
    initial = _value(early_values, "INITIAL TIME", None, position)
    first = {control: _value(early_values, control, initial, position) for control in CONTROLS[1:]}
    final = first["FINAL TIME"]
    if early_values.timed and math.isfinite(initial) and first["TIME STEP"] > 0:
        final = _walked(early_values, initial, first, position)
    try:
        return TimeSpec(
            initial_time=initial,
            final_time=final,
            time_step=first["TIME STEP"],
            save_period=first["SAVEPER"],
            units=units,
        )
    except SDModelsError as error:
        what, _, remedy = str(error).split("\n")
        control = next((name for name in CONTROLS if what.startswith(name)), "TIME STEP")
        raise position.error(control, 0, what, remedy) from error


def _value(early_values: EarlyValues, control: str, time: float | None, position: Positions) -> float:
    try:
        return early_values.named(control, time)
    except NotStaticError as error:
        raise position.error(
            control, 0, f"'{control}' does not come to a number before the run: {error}.", "Give it a number."
        ) from error


def _walked(early_values: EarlyValues, initial: float, first: dict[str, float], position: Positions) -> float:
    """Return the first time from which no whole step leads to the FINAL TIME that holds then."""
    step = first["TIME STEP"]
    for count in range(MOST_STEPS):
        time = initial + count * step
        for control in ("TIME STEP", "SAVEPER"):
            value = _value(early_values, control, time, position)
            if value != first[control]:
                raise position.error(
                    control,
                    0,
                    f"'{control}' changes during the run, from {first[control]:g} to {value:g} at {time:g}.",
                    "Give it one number for the whole run.",
                )
        final = _value(early_values, "FINAL TIME", time, position)
        if time + step > final + 1e-6 * step:
            return max(time, final)
    raise position.error(
        "FINAL TIME", 0, f"'FINAL TIME' is not reached in {MOST_STEPS} steps.", "Let it come nearer."
    )

"""System-dynamics models of digital grassroots governance.

>>> import sdmodels
>>> hotline = sdmodels.load("hotline")
>>> behaviour = sdmodels.simulate(hotline, policy=["baseline", "high_intensity"], members=200, seed=1)
>>> sdmodels.plot(behaviour, "Unresolved Burden").savefig("burden.png")

What a name stands for is imported when it is first used: ``import sdmodels`` loads neither matplotlib nor PySD.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sdmodels.calibration.calibrating import Calibration, calibrate
    from sdmodels.calibration.case import Case, load_case
    from sdmodels.catalogue import Change, Entry, Policy, Scenario, Text, load
    from sdmodels.errors import SDModelsError
    from sdmodels.experiment import (
        Integration,
        Reduction,
        differentiate,
        evaluate,
        find_threshold,
        jacobian,
        measure,
        read_series,
        simulate,
        summarise,
    )
    from sdmodels.exploration import ExperimentResult, run_experiment
    from sdmodels.feedback import LoopScores, score_loops
    from sdmodels.figures import drawing, phase_portrait, plot, plot_experiment, save
    from sdmodels.figures.loop_diagram import loop_diagram
    from sdmodels.figures.loop_shares import loops_over_time
    from sdmodels.readers import read_views
    from sdmodels.report.study import Study, study
    from sdmodels.validation import check

__all__ = [
    "Calibration",
    "Case",
    "Change",
    "Entry",
    "ExperimentResult",
    "Integration",
    "LoopScores",
    "Policy",
    "Reduction",
    "SDModelsError",
    "Scenario",
    "Study",
    "Text",
    "calibrate",
    "check",
    "differentiate",
    "drawing",
    "evaluate",
    "find_threshold",
    "jacobian",
    "load",
    "load_case",
    "loop_diagram",
    "loops_over_time",
    "measure",
    "phase_portrait",
    "plot",
    "plot_experiment",
    "read_series",
    "read_views",
    "run_experiment",
    "save",
    "score_loops",
    "simulate",
    "study",
    "summarise",
]

_WHERE = {
    "calibration.calibrating": ("Calibration", "calibrate"),
    "calibration.case": ("Case", "load_case"),
    "catalogue": ("Change", "Entry", "Policy", "Scenario", "Text", "load"),
    "errors": ("SDModelsError",),
    "experiment": (
        "Integration",
        "Reduction",
        "differentiate",
        "evaluate",
        "find_threshold",
        "jacobian",
        "measure",
        "read_series",
        "simulate",
        "summarise",
    ),
    "exploration": ("ExperimentResult", "run_experiment"),
    "feedback": ("LoopScores", "score_loops"),
    "figures.loop_diagram": ("loop_diagram",),
    "figures.loop_shares": ("loops_over_time",),
    "figures": ("drawing", "phase_portrait", "plot", "plot_experiment", "save"),
    "readers": ("read_views",),
    "report.study": ("Study", "study"),
    "validation": ("check",),
}


def __getattr__(name: str) -> Any:
    for package, names in _WHERE.items():
        if name in names:
            return getattr(importlib.import_module(f"sdmodels.{package}"), name)
    raise AttributeError(f"module 'sdmodels' has no attribute '{name}'")


def __dir__() -> list[str]:
    return sorted(__all__)

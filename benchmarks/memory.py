"""Do very many members fit into memory, when each leaves three numbers only?"""

import importlib.util
import subprocess
import sys
from pathlib import Path

import sdmodels
from benchmarks.rows import Row, Target
from benchmarks.timing import Figure

ROOT = Path(__file__).parents[1]


def memory(members: int) -> Row:
    """Measure the most memory that a fresh process takes for the infection model.

    Raises
    ------
    subprocess.CalledProcessError
        If the process fails; its own error is shown.
    """
    peak, note = None, ""
    if not hasattr(sdmodels, "evaluate"):
        note = "there is no sdmodels.evaluate"
    elif importlib.util.find_spec("resource") is None:
        note = "this system does not tell"
    else:
        peak = _peak(members) / 1e6
    return Row(
        id="memory",
        name=f"SIR: {members:,} members with three outcomes, peak memory of the process",
        figure=None if peak is None else Figure(value=peak, low=peak, high=peak),
        unit="MB",
        target=Target(bound="at most", value=1000),
        note=note,
    )


def _peak(members: int) -> int:
    command = [sys.executable, "-m", "benchmarks.million", str(members)]
    return int(subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True).stdout)

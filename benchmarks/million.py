"""How much memory does a process take at most that runs very many members for three numbers each?

    python -m benchmarks.million MEMBERS

Runs in a process of its own, since the most that a process ever took is measured; prints it in bytes.
"""

import resource
import sys
from pathlib import Path

import sdmodels
from benchmarks.cases import SIR, uncertainties
from sdmodels.experiment.sampling import draw


def main() -> None:
    """Run and print."""
    entry = sdmodels.load(SIR)
    draws = draw(uncertainties(entry), members=int(sys.argv[1]), seed=0)
    outcomes = [
        sdmodels.Reduction(variable="Infected", statistic="maximum"),
        sdmodels.Reduction(variable="Infected", statistic="mean"),
        sdmodels.Reduction(variable="Recovered", statistic="final"),
    ]
    sdmodels.evaluate(entry, draws, outcomes=outcomes)
    print(_most())


def _most() -> int:
    """Return the most memory that this process ever had [byte]."""
    status = Path("/proc/self/status")
    if status.exists():
        # What Linux gives as resource usage begins with what the process had that started this one.
        (line,) = (line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) * 1024
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    # Kilobytes, on macOS bytes.
    return most if sys.platform == "darwin" else most * 1024


if __name__ == "__main__":
    main()

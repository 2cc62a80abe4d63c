"""How does C source become a function that runs all members?"""

import ctypes
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np

from benchmarks.c import Lookups, c_source
from sdmodels.engine.program import Program
from sdmodels.engine.trajectories import Floats

FLAGS = ("-O3", "-march=native", "-ffast-math", "-fPIC")
RunInC = Callable[[Floats], Floats]


def gcc_version() -> str | None:
    """Return the first line of ``gcc --version``, or ``None`` where there is no gcc."""
    gcc = shutil.which("gcc")
    if gcc is None:
        return None
    shown = subprocess.run([gcc, "--version"], capture_output=True, text=True, check=True).stdout
    return shown.partition("\n")[0]


def compile_c(program: Program, *, lookups: Lookups) -> RunInC:
    """Return a function from inputs ``(inputs, members)`` to final values ``(outputs, members)``.

    Raises
    ------
    FileNotFoundError
        If there is no gcc.
    subprocess.CalledProcessError
        If gcc refuses the source.
    """
    # The library stays loaded after its file is gone; Windows keeps the file of a loaded one.
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        source, library = Path(folder) / "model.c", Path(folder) / "model.so"
        source.write_text(c_source(program, lookups=lookups), encoding="utf-8")
        # Linked apart: with -ffast-math gcc links code in that makes tiny numbers zero in the whole process.
        compiled = Path(folder) / "model.o"
        subprocess.run(["gcc", *FLAGS, "-c", "-o", compiled, source], check=True)
        subprocess.run(["gcc", "-shared", "-o", library, compiled, "-lm"], check=True)
        function = ctypes.CDLL(str(library)).run
    function.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_long]
    function.restype = None

    def run(inputs: Floats) -> Floats:
        members = inputs.shape[1]
        values = np.ascontiguousarray(inputs, dtype=np.float64)
        outputs = np.empty((len(program.outputs), members))
        function(values.ctypes.data, outputs.ctypes.data, members)
        return outputs

    return run

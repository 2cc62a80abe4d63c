"""How does a Program become machine code, and how is it called?"""

import ctypes
import ctypes.util
import os
import sys
from dataclasses import dataclass, field

import llvmlite.binding as llvm
import numpy as np

from sdmodels.engine.native.emission import LIBRARY
from sdmodels.engine.native.kernel import NAME, kernel_text
from sdmodels.engine.program import Program
from sdmodels.engine.trajectories import Floats, Method, Steps

# Equations a step up to which a vector holds 16 members, or 8; in larger models wide vectors only spill
# registers. Measured in benchmarks/speed.py.
SMALL, LARGE = 60, 150


@dataclass(frozen=True, kw_only=True)
class Kernel:
    """Machine code for one Program; thread-safe, and as long-lived as this value.

    Attributes
    ----------
    lanes
        How many members one vector holds.
    """

    program: Program
    method: Method
    lanes: int
    address: int
    engine: llvm.ExecutionEngine = field(repr=False, compare=False)

    def run(
        self,
        inputs: Floats,
        steps: Steps,
        outputs: Floats,
        failed_step: Steps,
        failed_variable: Steps,
        *,
        first: int,
        last: int,
    ) -> None:
        """Run the groups of members from ``first`` up to but without ``last``; the caller's arrays are filled.

        Parameters
        ----------
        inputs
            Shape ``(inputs, members)``, members a multiple of ``lanes``.
        steps
            The saved steps, with a -1 behind the last.
        outputs
            Shape ``(outputs, saved steps, members)``.
        failed_step, failed_variable
            Shape ``(members,)``.
        """
        function = ctypes.CFUNCTYPE(
            None,
            ctypes.c_void_p,
            ctypes.c_int64,
            ctypes.c_void_p,
            ctypes.c_int64,
            ctypes.c_void_p,
            ctypes.c_void_p,
            ctypes.c_void_p,
            ctypes.c_int64,
            ctypes.c_int64,
        )(self.address)
        function(
            inputs.ctypes.data,
            failed_step.size,
            steps.ctypes.data,
            steps.size - 1,
            outputs.ctypes.data,
            failed_step.ctypes.data,
            failed_variable.ctypes.data,
            first,
            last,
        )


def compile_program(program: Program, *, method: Method = "euler", lanes: int | None = None) -> Kernel:
    """Compile a Program for the machine that this runs on.

    Parameters
    ----------
    method
        ``euler`` or ``rk4``.
    lanes
        Members a vector; chosen by the size of the model if not given. It never changes a number.
    """
    if lanes is None:
        size = len(program.step)
        lanes = 16 if size <= SMALL else 8 if size <= LARGE else 4
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    _provide_library()
    features = llvm.get_host_cpu_features()
    target = llvm.Target.from_default_triple().create_target_machine(
        cpu=llvm.get_host_cpu_name(), features=features.flatten(), opt=2
    )
    wide = features.get("avx512f", False)
    attributes = '"prefer-vector-width"="512" "min-legal-vector-width"="512"' if wide else ""
    module = llvm.parse_assembly(kernel_text(program, lanes=lanes, method=method, attributes=attributes))
    module.verify()
    _optimise(module, target)
    engine = llvm.create_mcjit_compiler(module, target)
    engine.finalize_object()
    return Kernel(
        program=program,
        method=method,
        lanes=lanes,
        address=engine.get_function_address(NAME),
        engine=engine,
    )


def _optimise(module: llvm.ModuleRef, target: llvm.TargetMachine) -> None:
    options = llvm.create_pipeline_tuning_options(speed_level=1)
    # The code is vectors already; looking for more would only cost time.
    options.loop_vectorization = False
    options.slp_vectorization = False
    options.loop_unrolling = False
    builder = llvm.create_pass_builder(target, options)
    builder.getModulePassManager().run(module, builder)


def _provide_library() -> None:
    """Give LLVM the addresses of the C library's functions; on Windows it would not find them."""
    name = "ucrtbase" if sys.platform == "win32" else ctypes.util.find_library("m")
    library = ctypes.CDLL(name)
    for function in LIBRARY.values():
        address = ctypes.cast(getattr(library, function), ctypes.c_void_p).value
        if address is not None:
            llvm.add_symbol(function, address)


def padded(values: Floats, lanes: int) -> Floats:
    """Return ``values`` (``(inputs, members)``) with the last member repeated up to a multiple of ``lanes``."""
    missing = -values.shape[1] % lanes
    return np.ascontiguousarray(np.pad(values, ((0, 0), (0, missing)), mode="edge"))


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1

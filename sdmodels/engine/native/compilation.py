"""How does a Program become machine code, and how is it called?"""

import ctypes
import ctypes.util
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import llvmlite.binding as llvm
import numpy as np

from sdmodels.engine.native.emission import LIBRARY
from sdmodels.engine.native.frame import NAME, PROTOTYPE, Frame
from sdmodels.engine.native.kernel import kernel_text, scratch_size
from sdmodels.engine.program import Program
from sdmodels.engine.reductions import Reduction
from sdmodels.engine.trajectories import Floats, Method

# Equations a step up to which a vector is as wide as two registers, or one; in larger models wide vectors
# only spill registers. Measured in `python -m benchmarks engine`.
SMALL, LARGE = 60, 150
# Equations a step beyond which compiling counts more than the last bit of speed.
VAST = 1000


@dataclass(frozen=True, kw_only=True)
class Kernel:
    """Machine code for one Program; thread-safe, and as long-lived as this value.

    Attributes
    ----------
    lanes
        How many members one vector holds.
    reductions
        What is kept of the values; the values themselves if there are none.
    """

    program: Program
    method: Method
    reductions: tuple[Reduction, ...]
    lanes: int
    address: int
    engine: llvm.ExecutionEngine = field(repr=False, compare=False)

    def run(self, frame: Frame, *, first: int, last: int) -> None:
        """Run the groups of members from ``first`` up to but without ``last``; the frame's arrays are filled."""
        scratch = aligned((scratch_size(self.program, lanes=self.lanes, method=self.method),))
        PROTOTYPE(self.address)(*frame.arguments(scratch, first, last))

    def __reduce__(self) -> tuple[Any, ...]:
        # Machine code does not travel: it is made anew from the program, for the machine it arrives at.
        return _compiled_again, (self.program, self.method, self.reductions, self.lanes)


def aligned(shape: tuple[int, ...]) -> Floats:
    """Return memory that begins where a vector of 16 numbers may: the processor moves it in one go."""
    size = int(np.prod(shape))
    memory = np.empty(size + 16)
    return memory[-memory.ctypes.data % 128 // 8 :][:size].reshape(shape)


def _compiled_again(
    program: Program, method: Method, reductions: tuple[Reduction, ...], lanes: int
) -> Kernel:
    return compile_program(program, method=method, reductions=reductions, lanes=lanes)


def compile_program(
    program: Program,
    *,
    method: Method = "euler",
    reductions: Sequence[Reduction] = (),
    lanes: int | None = None,
) -> Kernel:
    """Compile a Program for the machine that this runs on.

    Parameters
    ----------
    method
        ``euler`` or ``rk4``.
    reductions
        What to keep of the values of ``program.outputs``; everything at the saved times if there are none.
    lanes
        Members a vector; chosen by the processor and the size of the model if not given. It never changes a
        number.
    """
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    _provide_library()
    features = _host_features()
    if lanes is None:
        lanes = host_lanes(program)
    target = llvm.Target.from_default_triple().create_target_machine(
        cpu=llvm.get_host_cpu_name(),
        features=features.flatten(),
        # In one long stretch of code LLVM's best order of instructions takes the square of its length.
        opt=2 if len(program.states) + len(program.step) <= VAST else 1,
    )
    wide = features.get("avx512f", False)
    kinds = [(program.outputs.index(r.variable), r.kind) for r in reductions]
    module = llvm.parse_assembly(
        kernel_text(program, lanes=lanes, method=method, reductions=kinds, wide=wide)
    )
    module.verify()
    _optimise(module, target)
    engine = llvm.create_mcjit_compiler(module, target)
    engine.finalize_object()
    return Kernel(
        program=program,
        method=method,
        reductions=tuple(reductions),
        lanes=lanes,
        address=engine.get_function_address(NAME),
        engine=engine,
    )


def host_lanes(program: Program) -> int:
    """Return how many members a vector best holds on this machine."""
    return lanes_for(len(program.step), register_of(_host_features()))


@cache
def _host_features() -> llvm.FeatureMap:
    """Return what the processor can do; asking takes a tenth of a single run."""
    return llvm.get_host_cpu_features()


def register_of(features: Mapping[str, bool]) -> int:
    """Return how many numbers one vector register of the processor holds: AVX-512 8, AVX 4, SSE2 and NEON 2."""
    if features.get("avx512f", False):
        return 8
    return 4 if features.get("avx", False) else 2


def lanes_for(equations: int, register: int) -> int:
    """Return how many members a vector holds, for a model of so many equations a step."""
    if equations <= SMALL:
        return 2 * register
    return register if equations <= LARGE else max(2, register // 2)


def _optimise(module: llvm.ModuleRef, target: llvm.TargetMachine) -> None:
    """Keep in registers what is written as memory.

    The text is vectors already and computes nothing twice: LLVM's standard passes took as long as the rest of the
    compilation, and made no model faster.
    """
    builder = llvm.create_pass_builder(target, llvm.create_pipeline_tuning_options(speed_level=1))
    passes = llvm.create_new_module_pass_manager()
    passes.add_sroa_pass()
    passes.run(module, builder)


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

"""How does a Program become machine code, and how is it called?"""

import ctypes
import ctypes.util
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import llvmlite.binding as llvm
import numpy as np

from sdmodels.engine.native.emission import LIBRARY
from sdmodels.engine.native.frame import NAME, PROTOTYPE, Frame
from sdmodels.engine.native.kernel import kernel_text, scratch_size
from sdmodels.engine.native.processor import Processor, host
from sdmodels.engine.program import Program
from sdmodels.engine.reductions import Reduction
from sdmodels.engine.trajectories import Floats, Method


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
    processor: Processor | None = None,
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
    processor
        The one that this runs on if not given; or one that can do less. It never changes a number either.
    """
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    _provide_library()
    processor = processor or host()
    if lanes is None:
        lanes = processor.lanes(len(program.step))
    target = processor.target(len(program.states) + len(program.step) + len(program.observed))
    kinds = [(program.outputs.index(r.variable), r.kind) for r in reductions]
    module = llvm.parse_assembly(
        kernel_text(program, lanes=lanes, method=method, reductions=kinds, permutes=processor.has_permutes)
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

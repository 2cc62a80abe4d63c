"""Which machine code runs a model? It is made once, and kept as long as the same is asked again."""

from functools import lru_cache

from sdmodels.engine.lowering import lower
from sdmodels.engine.native.compilation import Kernel, compile_program
from sdmodels.engine.program import Program
from sdmodels.engine.reductions import Reduction
from sdmodels.engine.trajectories import Method
from sdmodels.structure.model import Model

# Kernels are a few hundred kilobytes each; a session asks for a handful again and again.
KEPT = 32


@lru_cache(maxsize=KEPT)
def program_of(
    model: Model,
    inputs: tuple[str, ...],
    outputs: tuple[str, ...],
    by_member: tuple[str, ...] = (),
    tables: tuple[str, ...] = (),
) -> Program:
    """Return what :func:`.lower` makes of a model."""
    return lower(model, inputs=inputs, outputs=outputs, by_member=by_member, tables=tables)


@lru_cache(maxsize=KEPT)
def kernel_of(
    model: Model,
    inputs: tuple[str, ...],
    outputs: tuple[str, ...],
    by_member: tuple[str, ...] = (),
    tables: tuple[str, ...] = (),
    *,
    method: Method = "euler",
    reductions: tuple[Reduction, ...] = (),
    lanes: int | None = None,
) -> Kernel:
    """Return the compiled kernel; parameters as of :func:`program_of` and :func:`.compile_program`."""
    program = program_of(model, inputs, outputs, by_member, tables)
    return compile_program(program, method=method, reductions=reductions, lanes=lanes)

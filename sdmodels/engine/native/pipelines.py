"""How does a vector of members remember what went in some steps ago, each as many as its own delay asks for?"""

from collections.abc import Mapping, Sequence

from sdmodels.engine.native.writer import Writer
from sdmodels.engine.program import Program


class Pipelines:
    """All that went into each pipeline since the first step lies in the thread's scratch memory.

    Parameters
    ----------
    offset
        Where in the scratch memory the first pipeline begins [numbers].
    """

    def __init__(self, out: Writer, program: Program, offset: int) -> None:
        self.out = out
        self.program = program
        self.length = program.time.steps + 1
        self.offset = offset
        self.initial: list[str] = []
        self.delays: list[str] = []

    def begin(self, values: Mapping[str, str]) -> None:
        """Take the initial values and delay times of a group; its delays in whole steps stay as they are."""
        out = self.out
        self.initial = [values[pipeline.name] for pipeline in self.program.pipelines]
        self.delays = []
        for pipeline in self.program.pipelines:
            width = out.splat(self.program.time.time_step)
            steps = out.join("fdiv", values[pipeline.delay_time], width)
            nearest = out.join("fadd", steps, out.splat(0.5))
            # What is no number, or below one step, is one step; what is beyond the run stays beyond it.
            one, most = out.splat(1.0), out.splat(float(self.length + 1))
            floored = out.select(out.compare("ogt", nearest, one), nearest, one)
            bounded = out.select(out.compare("olt", floored, most), floored, most)
            self.delays.append(out.emit(f"fptosi {out.vector} {bounded} to {out.integers}"))

    def outputs(self) -> dict[str, str]:
        """Return what leaves each pipeline at this step."""
        return {
            pipeline.name: self._leaving(number) for number, pipeline in enumerate(self.program.pipelines)
        }

    def _leaving(self, number: int) -> str:
        out = self.out
        entered = out.integer("sub", out.spread("%step", "i64"), self.delays[number])
        inside = out.emit(f"icmp sge {out.integers} {entered}, {out.integer_splat(0)}")
        rows = out.integer("mul", entered, out.lanes)
        lanes = "<" + ", ".join(f"i64 {lane}" for lane in range(out.lanes)) + ">"
        places = out.emit(f"add {out.integers} {rows}, {lanes}")
        addresses = out.emit(f"getelementptr double, ptr {self._base(number)}, {out.integers} {places}")
        name = f"@llvm.masked.gather.v{out.lanes}f64.v{out.lanes}p0"
        return out.emit(
            f"call {out.vector} {name}(<{out.lanes} x ptr> {addresses}, i32 8, {out.mask} {inside}, "
            f"{out.vector} {self.initial[number]})"
        )

    def take(self, entering: Sequence[str]) -> None:
        """Write what enters each pipeline at this step."""
        for number, value in enumerate(entering):
            place = self.out.place(self._base(number), ("%step", self.out.lanes))
            self.out.store(value, place, align=8)

    def _base(self, number: int) -> str:
        start = self.offset + number * self.length * self.out.lanes
        return self.out.emit(f"getelementptr double, ptr %scratch, i64 {start}")

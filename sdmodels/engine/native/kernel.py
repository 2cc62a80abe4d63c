"""What does the whole kernel look like: members in groups, steps in time, saving and watching?

In outline::

    for each group of members (one vector):
        inputs -> initial values -> states, memories, pipelines
        for each step:
            watch the states; compute the step's variables
            compute what memories and pipelines take at the end of the step
            if the step is saved: compute what is observed, store or reduce it, watch it
            net flows -> next states      (Runge-Kutta: four times)
        store the reductions, and when and where each member failed
"""

from collections.abc import Sequence
from typing import Final

from sdmodels.engine.native.draws import draw, draw_function
from sdmodels.engine.native.emission import Emitter, declarations
from sdmodels.engine.native.frame import NAME, SIGNATURE
from sdmodels.engine.native.mathematics import function_texts
from sdmodels.engine.native.pipelines import Pipelines
from sdmodels.engine.native.saving import Accumulator, watch
from sdmodels.engine.native.writer import literal
from sdmodels.engine.program import Program
from sdmodels.engine.reductions import Kind
from sdmodels.engine.trajectories import RK4_OFFSETS, RK4_WEIGHTS, Method
from sdmodels.structure.expression import TIME, walk

# States up to which their values may live in registers from step to step; beyond that LLVM would spend
# its time on merging them.
FEW: Final = 300


# Without these LLVM keeps to half a register of AVX-512.
WIDE: Final = '"prefer-vector-width"="512" "min-legal-vector-width"="512"'


def scratch_size(program: Program, *, lanes: int, method: Method) -> int:
    """Return how many numbers of scratch memory one thread needs."""
    places = 3 if method == "rk4" else 1
    states = len(program.states) * places if len(program.states) > FEW else 0
    return lanes * (states + len(program.pipelines) * (program.time.steps + 1))


def kernel_text(
    program: Program,
    *,
    lanes: int,
    method: Method,
    reductions: Sequence[tuple[int, Kind]] = (),
    permutes: bool = False,
) -> str:
    """Return the kernel in LLVM's language; :class:`.frame.Frame` has its arguments.

    Parameters
    ----------
    reductions
        Which output, and what is done with its values; if there are none, the values themselves are stored.
    permutes
        Whether the processor looks tables up in registers (AVX-512).
    """
    return _Kernel(program, lanes, method, reductions, permutes).text()


class _Kernel:
    def __init__(
        self,
        program: Program,
        lanes: int,
        method: Method,
        reductions: Sequence[tuple[int, Kind]],
        permutes: bool,
    ) -> None:
        self.program = program
        self.method = method
        self.attributes = WIDE if permutes else ""
        self.out = Emitter(lanes, permutes=permutes)
        self.names = [state.name for state in program.states]
        self.accumulators = [Accumulator(self.out, output, kind) for output, kind in reductions]
        self.states = self._places(0)
        self.there = self._places(1) if method == "rk4" else []
        self.change = self._places(2) if method == "rk4" else []
        self.memories = [self.out.room(self.out.vector) for _ in program.memories]
        self.pending = [self.out.room(self.out.vector) for _ in program.memories]
        self.cursor = self.out.room("i64")
        self.when, self.which = self.out.room(self.out.integers), self.out.room(self.out.integers)
        used = 3 if method == "rk4" else 1
        offset = len(self.names) * used * lanes if len(self.names) > FEW else 0
        self.pipelines = Pipelines(self.out, program, offset)

    def _places(self, number: int) -> list[str]:
        """Return the addresses of one vector for each state: in registers if they are few, else in memory."""
        out = self.out
        if len(self.names) <= FEW:
            return [out.room(out.vector) for _ in self.names]
        places = []
        for index in range(len(self.names)):
            name = f"%place{number}_{index}"
            offset = (number * len(self.names) + index) * out.lanes
            out.entry.append(f"  {name} = getelementptr double, ptr %scratch, i64 {offset}")
            places.append(name)
        return places

    def text(self) -> str:
        out = self.out
        self._group()
        self._step()
        self._keep()
        self._save()
        self._advance()
        self._end_of_group()
        functions = function_texts(out.called, out.lanes, self.attributes)
        if self.program.draws:
            functions.append(draw_function(out.lanes))
        head = f"define void @{NAME}({SIGNATURE}) {self.attributes} {{"
        body = ["entry:", *out.entry, "  br label %groups", *out.lines, "}"]
        return "\n".join(
            [*declarations(out.lanes, permutes=out.permutes), *functions, head, *body, "!0 = !{i32 1}"]
        )

    def _group(self) -> None:
        """Begin a group: load its inputs and compute the initial values."""
        out, program = self.out, self.program
        out.block("groups")
        out.do("%group = phi i64 [ %first, %entry ], [ %group_next, %group_done ]")
        out.do("%more = icmp slt i64 %group, %last")
        out.do("br i1 %more, label %begin, label %finished")
        out.block("finished")
        out.do("ret void")
        out.block("begin")
        out.do(f"%member = mul i64 %group, {out.lanes}")
        values = {}
        for index, name in enumerate(program.inputs):
            values[name] = out.load(out.place("%inputs", ("%members", index), ("%member", 1)), align=8)
        if program.draws:
            streams = out.place("%streams", ("%member", 1))
            self.streams = out.load(streams, out.integers, align=8)
        initial_time = out.splat(program.time.initial_time)
        outside = {**self._series("0"), **self._draws("0"), "Time": initial_time}
        with out.scope():
            values = out.assigned(program.initial, {**values, **outside})
        for name, place in zip(self.names, self.states, strict=True):
            out.store(values[name], place)
        for memory, place in zip(program.memories, self.memories, strict=True):
            out.store(values[memory.name], place)
        self.pipelines.begin(values)
        self.fixed = {name: values[name] for name in (*program.inputs, *program.held)}
        for accumulator in self.accumulators:
            accumulator.begin()
        out.store("0", self.cursor, "i64")
        for place in (self.when, self.which):
            out.store(out.integer_splat(-1), place, out.integers)
        # A block of its own: what is computed above may have had loops.
        out.do("br label %begun")
        out.block("begun")
        out.do("br label %steps_begin")

    def _series(self, row: str) -> dict[str, str]:
        """Return the vectors of the data at one of the times that they are given for."""
        out, time = self.out, self.program.time
        times = (2 if self.method == "rk4" else 1) * time.steps + 1
        values, own, shared = {}, 0, 0
        for series in self.program.series:
            if series.by_member:
                place = out.emit(f"add i64 {row}, {own * times}")
                values[series.name] = out.load(
                    out.place("%own_series", (place, "%members"), ("%member", 1)), align=8
                )
                own += 1
            else:
                number = out.load(out.place("%series", (row, 1), (shared * times, 1)), "double")
                values[series.name] = out.spread(number)
                shared += 1
        return values

    def _draws(self, step: str) -> dict[str, str]:
        return {
            name: draw(self.out, self.streams, step, site) for site, name in enumerate(self.program.draws)
        }

    def _step(self) -> None:
        """Begin a step: watch the states, then compute the step's variables."""
        out = self.out
        time = self.program.time
        out.block("steps_begin")
        out.do("%step = phi i64 [ 0, %begun ], [ %step_next, %advanced ]")
        out.do("%step_number = sitofp i64 %step to double")
        out.do(f"%elapsed = fmul double %step_number, {literal(time.time_step)}")
        out.do(f"%now = fadd double {literal(time.initial_time)}, %elapsed")
        self.current = [out.load(place) for place in self.states]
        watch(out, self.current, offset=0, label="states", then="evaluate_first", marks=self._marks)
        out.block("evaluate_first")
        kept = {m.name: out.load(p) for m, p in zip(self.program.memories, self.memories, strict=True)}
        self.kept = {**self.fixed, **kept, **self.pipelines.outputs(), **self._draws("%step")}
        if self.method == "rk4":
            self._begin_stages()
        self._evaluate()

    @property
    def _marks(self) -> tuple[str, str]:
        return self.when, self.which

    def _begin_stages(self) -> None:
        out = self.out
        for value, there, change in zip(self.current, self.there, self.change, strict=True):
            out.store(value, there)
            out.store("zeroinitializer", change)
        out.do("br label %stages")
        out.block("stages")
        out.do("%stage = phi i64 [ 0, %evaluate_first ], [ %stage_next, %stage_done ]")

    def _evaluate(self) -> None:
        out = self.out
        now, row = "%now", "%step"
        where = self.current
        if self.method == "rk4":
            now = "%stage_time"
            offset = self._by_stage(RK4_OFFSETS)
            shift = out.emit(f"fmul double {offset}, {literal(self.program.time.time_step)}")
            out.do(f"{now} = fadd double %now, {shift}")
            where = [out.load(place) for place in self.there]
            # The middle two stages are half a step on, the last a whole one.
            on = out.emit("add i64 %stage, 1")
            halves = out.emit(f"lshr i64 {on}, 1")
            row = out.emit(f"add i64 {out.emit('mul i64 %step, 2')}, {halves}")
        values = {**self.kept, **self._series(row), **dict(zip(self.names, where, strict=True))}
        if self._uses_time():
            values["Time"] = out.spread(now)
        self.values = out.assigned(self.program.step, values)

    def _uses_time(self) -> bool:
        program = self.program
        expressions = [
            *(assignment.expression for assignment in (*program.step, *program.observed)),
            *(state.rate for state in program.states),
            *(memory.following for memory in program.memories),
            *(pipeline.input for pipeline in program.pipelines),
        ]
        return any(TIME in walk(expression) for expression in expressions)

    def _by_stage(self, numbers: tuple[float, ...]) -> str:
        """Return the one of four numbers that belongs to the stage."""
        out = self.out
        chosen = literal(numbers[-1])
        for stage, number in list(enumerate(numbers))[-2::-1]:
            here = out.emit(f"icmp eq i64 %stage, {stage}")
            chosen = out.emit(f"select i1 {here}, double {literal(number)}, double {chosen}")
        return chosen

    def _keep(self) -> None:
        """At the beginning of the step: what memories and pipelines take, and whether the step is saved."""
        out, program = self.out, self.program
        if self.method == "rk4":
            out.do("%first_stage = icmp eq i64 %stage, 0")
            out.do("br i1 %first_stage, label %keep, label %flows")
            out.block("keep")
        with out.scope():
            for memory, place in zip(program.memories, self.pending, strict=True):
                out.store(out.number(memory.following, self.values), place)
            self.pipelines.take([out.number(pipeline.input, self.values) for pipeline in program.pipelines])
        out.do(f"%position = load i64, ptr {self.cursor}")
        out.do("%next_address = getelementptr i64, ptr %steps, i64 %position")
        out.do("%next_saved = load i64, ptr %next_address")
        out.do("%due = icmp eq i64 %step, %next_saved")
        out.do("br i1 %due, label %save, label %saved_or_not")

    def _save(self) -> None:
        out = self.out
        out.block("save")
        with out.scope():
            values = out.assigned(self.program.observed, self.values)
        saved = [values[name] for name in self.program.outputs]
        if self.accumulators:
            for row, accumulator in enumerate(self.accumulators):
                accumulator.add(saved[accumulator.output], row)
            saved = [saved[output] for output in dict.fromkeys(a.output for a in self.accumulators)]
        else:
            for index, value in enumerate(saved):
                row_ = out.emit(f"add i64 {out.emit(f'mul i64 %saved, {index}')}, %position")
                out.stream(value, out.place("%outputs", (row_, "%members"), ("%member", 1)))
        out.do("%position_next = add i64 %position, 1")
        out.store("%position_next", self.cursor, "i64")
        watched = [len(self.names) + index for index in self._watched()]
        watch(out, saved, offset=watched, label="outputs", then="saved_or_not", marks=self._marks)
        out.block("saved_or_not")
        out.do(f"%over = icmp eq i64 %step, {self.program.time.steps}")
        out.do("br i1 %over, label %group_done, label %flows")

    def _watched(self) -> list[int]:
        if self.accumulators:
            return list(dict.fromkeys(accumulator.output for accumulator in self.accumulators))
        return list(range(len(self.program.outputs)))

    def _advance(self) -> None:
        out = self.out
        width = out.splat(self.program.time.time_step)
        out.block("flows")
        rates = [out.number(state.rate, self.values) for state in self.program.states]
        if self.method == "rk4":
            self._end_stage(rates)
            out.block("stages_done")
            rates = [out.load(place) for place in self.change]
        for value, rate, place in zip(self.current, rates, self.states, strict=True):
            out.store(out.join("fadd", value, out.join("fmul", width, rate)), place)
        for pending, place in zip(self.pending, self.memories, strict=True):
            out.store(out.load(pending), place)
        out.do("br label %advanced")
        out.block("advanced")
        out.do("%step_next = add i64 %step, 1")
        out.do("br label %steps_begin")

    def _end_stage(self, rates: list[str]) -> None:
        out = self.out
        weight = out.spread(self._by_stage(RK4_WEIGHTS))
        ahead = self._by_stage((*RK4_OFFSETS[1:], 0.0))
        ahead = out.emit(f"fmul double {ahead}, {literal(self.program.time.time_step)}")
        shift = out.spread(ahead)
        for index, rate in enumerate(rates):
            change = out.join("fadd", out.load(self.change[index]), out.join("fmul", weight, rate))
            out.store(change, self.change[index])
            there = out.join("fadd", self.current[index], out.join("fmul", shift, rate))
            out.store(there, self.there[index])
        out.do("br label %stage_done")
        out.block("stage_done")
        out.do("%stage_next = add i64 %stage, 1")
        out.do("%stages_over = icmp eq i64 %stage_next, 4")
        out.do("br i1 %stages_over, label %stages_done, label %stages")

    def _end_of_group(self) -> None:
        out = self.out
        out.block("group_done")
        for row, accumulator in enumerate(self.accumulators):
            place = out.place("%outputs", ("%members", row), ("%member", 1))
            out.store(accumulator.result(), place, align=8)
        for mark, target in ((self.when, "failed_step"), (self.which, "failed_variable")):
            value = out.load(mark, out.integers)
            out.store(value, out.place(f"%{target}", ("%member", 1)), out.integers, align=8)
        out.do("%group_next = add i64 %group, 1")
        out.do("br label %groups")

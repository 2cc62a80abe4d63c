"""What does the whole kernel look like: members in groups, steps in time, saving and watching?

In outline::

    for each group of members (one vector):
        inputs -> initial values -> states
        for each step:
            watch the states; compute the step's variables
            if the step is saved: compute what is observed, store it, watch it
            net flows -> next states      (Runge-Kutta: four times)
        store when and where each member failed
"""

from collections.abc import Iterable, Mapping

from sdmodels.engine.native.emission import LIBRARY, Emitter, literal
from sdmodels.engine.program import Assignment, Program
from sdmodels.engine.trajectories import RK4_OFFSETS, RK4_WEIGHTS, Method
from sdmodels.structure.expression import Reference, walk

NAME = "integrate"


def kernel_text(program: Program, *, lanes: int, method: Method, attributes: str = "") -> str:
    """Return the kernel in LLVM's language.

    The function takes: inputs ``(inputs, members)``, members (a multiple of ``lanes``), the saved steps (one
    more than there are, the last -1), their number, outputs ``(outputs, saved steps, members)``, failed step and
    failed variable ``(members,)``, and the first and the last-but-one group of members to run.
    """
    return _Kernel(program, lanes, method).text(attributes)


class _Kernel:
    def __init__(self, program: Program, lanes: int, method: Method) -> None:
        self.program = program
        self.method = method
        self.out = Emitter(lanes)
        self.states = [state.name for state in program.states]

    def text(self, attributes: str) -> str:
        out = self.out
        self._entry()
        self._group()
        self._step()
        self._save()
        self._advance()
        self._end_of_group()
        lanes = out.lanes
        declarations = [f"declare double @{name}(double)" for name in LIBRARY.values() if name != "pow"]
        declarations.append("declare double @pow(double, double)")
        declarations += [
            f"declare {out.vector} @llvm.{name}.v{lanes}f64({out.vector})"
            for name in ("fabs", "sqrt", "trunc")
        ]
        head = (
            f"define void @{NAME}(ptr noalias %inputs, i64 %members, ptr noalias %steps, i64 %saved, "
            "ptr noalias %outputs, ptr noalias %failed_step, ptr noalias %failed_variable, "
            f"i64 %first, i64 %last) {attributes} {{"
        )
        return "\n".join([*declarations, head, *out.lines, "}"])

    def _entry(self) -> None:
        out = self.out
        out.block("entry")
        for index in range(len(self.states)):
            out.do(f"%state{index} = alloca {out.vector}")
            if self.method == "rk4":
                out.do(f"%there{index} = alloca {out.vector}")
                out.do(f"%change{index} = alloca {out.vector}")
        out.do("%cursor = alloca i64")
        out.do(f"%when = alloca {out.integers}")
        out.do(f"%which = alloca {out.integers}")
        out.do("br label %groups")

    def _group(self) -> None:
        """Begin a group: load its inputs and compute the initial values."""
        out = self.out
        out.block("groups")
        out.do("%group = phi i64 [ %first, %entry ], [ %group_next, %group_done ]")
        out.do("%more = icmp slt i64 %group, %last")
        out.do("br i1 %more, label %begin, label %finished")
        out.block("finished")
        out.do("ret void")
        out.block("begin")
        out.do(f"%member = mul i64 %group, {out.lanes}")
        values: dict[str, str] = {}
        for index, name in enumerate(self.program.inputs):
            start = out.emit(f"mul i64 %members, {index}")
            place = out.emit(f"add i64 {start}, %member")
            address = out.emit(f"getelementptr double, ptr %inputs, i64 {place}")
            values[name] = out.emit(f"load {out.vector}, ptr {address}, align 8")
        initial_time = out.splat(self.program.time.initial_time)
        values = self._assigned(self.program.initial, {**values, "Time": initial_time})
        for index, name in enumerate(self.states):
            out.do(f"store {out.vector} {values[name]}, ptr %state{index}")
        self.fixed = {name: values[name] for name in (*self.program.inputs, *self.program.held)}
        out.do("store i64 0, ptr %cursor")
        never = out.integer_splat(-1)
        out.do(f"store {out.integers} {never}, ptr %when")
        out.do(f"store {out.integers} {never}, ptr %which")
        out.do("br label %steps_begin")

    def _step(self) -> None:
        """Begin a step: watch the states, then compute the step's variables."""
        out = self.out
        time = self.program.time
        out.block("steps_begin")
        out.do("%step = phi i64 [ 0, %begin ], [ %step_next, %advanced ]")
        out.do("%step_number = sitofp i64 %step to double")
        out.do(f"%elapsed = fmul double %step_number, {literal(time.time_step)}")
        out.do(f"%now = fadd double {literal(time.initial_time)}, %elapsed")
        current = [out.emit(f"load {out.vector}, ptr %state{i}") for i in range(len(self.states))]
        self.current = current
        self._watch(current, offset=0, label="states", then="evaluate_first")
        out.block("evaluate_first")
        if self.method == "rk4":
            self._begin_stages()
        self._evaluate()
        is_due = "%due"
        out.do("%position = load i64, ptr %cursor")
        out.do("%next_address = getelementptr i64, ptr %steps, i64 %position")
        out.do("%next_saved = load i64, ptr %next_address")
        out.do(f"{is_due} = icmp eq i64 %step, %next_saved")
        if self.method == "rk4":
            out.do("%first_stage = icmp eq i64 %stage, 0")
            out.do("%due_now = and i1 %due, %first_stage")
            is_due = "%due_now"
        out.do(f"br i1 {is_due}, label %save, label %saved_or_not")

    def _begin_stages(self) -> None:
        out = self.out
        for index, value in enumerate(self.current):
            out.do(f"store {out.vector} {value}, ptr %there{index}")
            out.do(f"store {out.vector} zeroinitializer, ptr %change{index}")
        out.do("br label %stages")
        out.block("stages")
        out.do("%stage = phi i64 [ 0, %evaluate_first ], [ %stage_next, %stage_done ]")

    def _evaluate(self) -> None:
        out = self.out
        now = "%now"
        where = self.current
        if self.method == "rk4":
            now = "%stage_time"
            offset = self._by_stage(RK4_OFFSETS)
            shift = out.emit(f"fmul double {offset}, {literal(self.program.time.time_step)}")
            out.do(f"{now} = fadd double %now, {shift}")
            where = [out.emit(f"load {out.vector}, ptr %there{i}") for i in range(len(self.states))]
        values = {**self.fixed, **dict(zip(self.states, where, strict=True))}
        program = self.program
        used = (*program.step, *program.observed)
        rates = [state.rate for state in program.states]
        if any(Reference("Time") in walk(e) for e in (*(a.expression for a in used), *rates)):
            values["Time"] = out.spread(now)
        self.values = self._assigned(program.step, values)

    def _by_stage(self, numbers: tuple[float, ...]) -> str:
        """Return the one of four numbers that belongs to the stage."""
        out = self.out
        chosen = literal(numbers[-1])
        for stage, number in list(enumerate(numbers))[-2::-1]:
            here = out.emit(f"icmp eq i64 %stage, {stage}")
            chosen = out.emit(f"select i1 {here}, double {literal(number)}, double {chosen}")
        return chosen

    def _save(self) -> None:
        out = self.out
        out.block("save")
        values = self._assigned(self.program.observed, self.values)
        saved = [values[name] for name in self.program.outputs]
        for index, value in enumerate(saved):
            row = out.emit(f"mul i64 %saved, {index}")
            row = out.emit(f"add i64 {row}, %position")
            start = out.emit(f"mul i64 {row}, %members")
            place = out.emit(f"add i64 {start}, %member")
            address = out.emit(f"getelementptr double, ptr %outputs, i64 {place}")
            out.do(f"store {out.vector} {value}, ptr {address}, align 8")
        out.do("%position_next = add i64 %position, 1")
        out.do("store i64 %position_next, ptr %cursor")
        self._watch(saved, offset=len(self.states), label="outputs", then="saved_or_not")
        out.block("saved_or_not")
        out.do(f"%over = icmp eq i64 %step, {self.program.time.steps}")
        out.do("br i1 %over, label %group_done, label %flows")

    def _advance(self) -> None:
        out = self.out
        width = out.splat(self.program.time.time_step)
        out.block("flows")
        rates = [out.number(state.rate, self.values) for state in self.program.states]
        if self.method == "rk4":
            self._end_stage(rates)
            out.block("stages_done")
            rates = [out.emit(f"load {out.vector}, ptr %change{i}") for i in range(len(self.states))]
        for index, rate in enumerate(rates):
            change = out.join("fmul", width, rate)
            following = out.join("fadd", self.current[index], change)
            out.do(f"store {out.vector} {following}, ptr %state{index}")
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
            before = out.emit(f"load {out.vector}, ptr %change{index}")
            change = out.join("fadd", before, out.join("fmul", weight, rate))
            out.do(f"store {out.vector} {change}, ptr %change{index}")
            there = out.join("fadd", self.current[index], out.join("fmul", shift, rate))
            out.do(f"store {out.vector} {there}, ptr %there{index}")
        out.do("br label %stage_done")
        out.block("stage_done")
        out.do("%stage_next = add i64 %stage, 1")
        out.do("%stages_over = icmp eq i64 %stage_next, 4")
        out.do("br i1 %stages_over, label %stages_done, label %stages")

    def _end_of_group(self) -> None:
        out = self.out
        out.block("group_done")
        for name, target in (("when", "failed_step"), ("which", "failed_variable")):
            value = out.emit(f"load {out.integers}, ptr %{name}")
            address = out.emit(f"getelementptr i64, ptr %{target}, i64 %member")
            out.do(f"store {out.integers} {value}, ptr {address}, align 8")
        out.do("%group_next = add i64 %group, 1")
        out.do("br label %groups")

    def _assigned(self, assignments: Iterable[Assignment], known: Mapping[str, str]) -> dict[str, str]:
        values = dict(known)
        for assignment in assignments:
            values[assignment.name] = self.out.number(assignment.expression, values)
        return values

    def _watch(self, values: list[str], *, offset: int, label: str, then: str) -> None:
        """Mark the members in which one of ``values`` is not finite: rarely, so off the straight path."""
        out = self.out
        if not values:
            out.do(f"br label %{then}")
            return
        # x - x is 0 for a finite number and not-a-number for all others.
        differences = [out.join("fsub", value, value) for value in values]
        total = differences[0]
        for difference in differences[1:]:
            total = out.join("fadd", total, difference)
        failing = out.compare("uno", total, total)
        bits = out.emit(f"bitcast {out.mask} {failing} to i{out.lanes}")
        any_failing = out.emit(f"icmp ne i{out.lanes} {bits}, 0")
        out.do(f"br i1 {any_failing}, label %{label}_failing, label %{then}")
        out.block(f"{label}_failing")
        which = out.integer_splat(-1)
        for index, difference in reversed(list(enumerate(differences))):
            lost = out.compare("uno", difference, difference)
            here = out.integer_splat(offset + index)
            which = out.emit(f"select {out.mask} {lost}, {out.integers} {here}, {out.integers} {which}")
        before = out.emit(f"load {out.integers}, ptr %when")
        known = out.emit(f"load {out.integers}, ptr %which")
        healthy = out.emit(f"icmp eq {out.integers} {before}, {out.integer_splat(-1)}")
        newly = out.emit(f"and {out.mask} {healthy}, {failing}")
        step = out.spread("%step", "i64")
        for name, value, old in (("when", step, before), ("which", which, known)):
            new = out.emit(f"select {out.mask} {newly}, {out.integers} {value}, {out.integers} {old}")
            out.do(f"store {out.integers} {new}, ptr %{name}")
        out.do(f"br label %{then}")

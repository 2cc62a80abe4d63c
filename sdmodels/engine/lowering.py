"""How does a Model become a Program?

Equations are expanded to scalars, constants that no member changes are folded into numbers, and what is
left is split by how often it must be computed: once a member, at every step, or only when saved.
"""

import math
from collections.abc import Collection, Iterable, Mapping, Sequence

from sdmodels.engine.expansion import Scalars, expand
from sdmodels.engine.heights import heights_of
from sdmodels.engine.missing import refuse_what_has_no_number
from sdmodels.engine.program import Assignment, Memory, Pipeline, Program, Series, State
from sdmodels.engine.reciprocals import with_reciprocals, without_last_division
from sdmodels.errors import StructureError, UnknownNameError
from sdmodels.structure.evaluation import evaluate
from sdmodels.structure.expression import (
    MISSING,
    TIME,
    Conditional,
    Expression,
    Number,
    Reference,
    Root,
    children,
    rebuild,
    references,
    walk,
)
from sdmodels.structure.graph import CircleError, order
from sdmodels.structure.model import Lookup, Model
from sdmodels.structure.stretching import taken_up
from sdmodels.structure.subscripts import find_scalar, scalar_names, variable_of


def lower(
    model: Model,
    *,
    inputs: Sequence[str] = (),
    outputs: Sequence[str] | None = None,
    by_member: Collection[str] = (),
    tables: Sequence[str] = (),
) -> Program:
    """Turn a model into flat scalar equations in the order of computation.

    Parameters
    ----------
    inputs
        Constants (scalar names) whose values will differ between members; a stock stands for its initial value,
        and ``Table (slope)`` of :attr:`.Model.slopes` for the factor that stretches the table.
    outputs
        Variables (scalar names) to save; all stocks, auxiliaries and constants if not given.
    by_member
        Data variables (scalar names) whose values will differ between members.
    tables
        Lookups whose heights will differ between members: each height is an input behind the others, table by
        table and point by point.

    Raises
    ------
    UnknownNameError
        If an input is neither a constant nor a stock, or an output no variable of the model.
    StructureError
        If equations need one another at the same time, subscripts do not fit, or a table cannot be stretched.
    InputError
        If a constant that is needed has no number (its file is missing) and is no input.
    """
    model = taken_up(model, (*inputs, *(outputs or ())))
    scalars = expand(model, tables)
    varied = tuple(_input(model, scalars, name) for name in inputs)
    varied += tuple(height for name in tables for height in heights_of(_lookup(model, name)))
    saved = tuple(scalar_names(model) if outputs is None else (find_scalar(model, name) for name in outputs))
    try:
        written = with_reciprocals(scalars, time_step=model.time.time_step)
        for name in varied:
            written.initials.pop(name, None)
        folded = _fold(written, frozenset(varied))
        program = _split(model, folded, varied, saved, frozenset(by_member))
    except CircleError as error:
        raise _placed(model, error.names) from error
    except RecursionError as error:
        raise _too_deep(model, scalars) from error
    refuse_what_has_no_number(model, scalars.constants, program)
    return program


def scalar_equations(model: Model, *, inputs: Sequence[str] = (), tables: Sequence[str] = ()) -> Scalars:
    """Return the equations as they are written, one number each, with constants that no member changes as numbers.

    Parameters are those of :func:`lower`. What the hidden stocks and values of delays are called is the same in
    the Program; its reciprocals are not here.
    """
    model = taken_up(model, inputs)
    scalars = expand(model, tables)
    varied = [_input(model, scalars, name) for name in inputs]
    varied += [height for name in tables for height in heights_of(_lookup(model, name))]
    return _fold(scalars, frozenset(varied))


def _too_deep(model: Model, scalars: Scalars) -> StructureError:
    """Return the error of the equation that is nested deepest."""
    every = {**scalars.held, **scalars.initials, **scalars.rates, **scalars.memories, **scalars.expressions}
    deepest = max(every, key=lambda name: _depth(every[name]))
    variable = model.variables.get(variable_of(deepest.partition(" (")[0]))
    equation = variable.equations[0] if variable is not None else None
    return StructureError(
        f"{model.where(equation.line if equation else 0)}: the equation of '{deepest}' is nested too deeply.\n"
        f"    {equation.text[:200] if equation else deepest}\n"
        "Divide it among several variables."
    )


def _depth(expression: Expression) -> int:
    """Return how many expressions are inside each other, without following them by nested calls."""
    level, depth = [expression], 0
    while level:
        level = [part for whole in level for part in children(whole)]
        depth += 1
    return depth


def _placed(model: Model, circle: Sequence[str]) -> StructureError:
    """Return the error of equations that need one another, with file and lines."""
    named = (name.partition(" (")[0] if variable_of(name) not in model.variables else name for name in circle)
    variables = [model.variables[variable_of(name)] for name in named if variable_of(name) in model.variables]
    lines = ", ".join(dict.fromkeys(f"'{v.name}' on line {v.line}" for v in variables))
    first = min((v.line for v in variables), default=0)
    return StructureError(
        f"{model.where(first)}: these equations need one another at the same time: {lines}.\n"
        f"    {' -> '.join(circle)}\n"
        "Put a stock (or a delay) into the circle."
    )


def _input(model: Model, scalars: Scalars, name: str) -> str:
    scalar = find_scalar(model, name)
    if scalar in model.fixed:
        raise UnknownNameError(
            f"'{scalar}' cannot be changed: it decides {model.fixed[scalar]}.\n"
            f"    {model.where(model[scalar].line)}\n"
            "Change its number in the model file."
        )
    if scalar not in scalars.constants and scalar not in scalars.rates:
        raise UnknownNameError(
            f"'{scalar}' is neither a constant nor a stock: it is computed during the run.\n"
            f"    {model.where(model[variable_of(name)].line)}\n"
            "Set one of the constants that it depends on."
        )
    return scalar


def _lookup(model: Model, name: str) -> Lookup:
    lookup = model[name]
    if not isinstance(lookup, Lookup):
        raise ValueError(f"{name} is not a lookup")
    return lookup


def _fold(scalars: Scalars, varied: frozenset[str]) -> Scalars:
    """Replace by its number whatever does not depend on inputs, stocks or time."""
    known = {
        name: value
        for name, value in scalars.constants.items()
        if name not in varied and not math.isnan(value)
    }
    expressions: dict[str, Expression] = {}
    for name in _in_order(scalars):
        folded = fold(scalars.expressions[name], known)
        if isinstance(folded, Number) and name not in scalars.starts:
            known[name] = folded.value
        expressions[name] = folded

    def all_folded(part: Mapping[str, Expression]) -> dict[str, Expression]:
        return {name: fold(expression, known) for name, expression in part.items()}

    return Scalars(
        expressions=expressions,
        initials=all_folded(scalars.initials),
        rates=all_folded(scalars.rates),
        held=all_folded(scalars.held),
        constants=scalars.constants,
        starts=all_folded(scalars.starts),
        memories=all_folded(scalars.memories),
        pipelines={name: (fold(input_, known), delay) for name, (input_, delay) in scalars.pipelines.items()},
        series=scalars.series,
        draws=scalars.draws,
    )


def fold(expression: Expression, known: Mapping[str, float]) -> Expression:
    """Return ``expression`` with every part that comes to a number replaced by it."""
    if isinstance(expression, Reference):
        return Number(known[expression.name]) if expression.name in known else expression
    if isinstance(expression, Number):
        return expression
    folded = rebuild(expression, lambda part: fold(part, known))
    if isinstance(folded, Conditional) and isinstance(folded.condition, Number):
        return folded.then if folded.condition.value != 0 else folded.otherwise
    if isinstance(folded, Root):
        return folded if references(folded) else Number(evaluate(folded, {}))
    if all(isinstance(child, Number) for child in children(folded)):
        return Number(evaluate(folded, {}))
    return without_last_division(folded)


def _names(expression: Expression) -> list[str]:
    return [reference.name for reference in references(expression) if reference != TIME]


def _in_order(scalars: Scalars) -> list[str]:
    """Return the auxiliaries so that each comes after those it is computed from."""
    dependencies = {
        name: [needed for needed in _names(expression) if needed in scalars.expressions]
        for name, expression in scalars.expressions.items()
    }
    return list(order(dependencies))


def _needed(wanted: Iterable[str], dependencies: Mapping[str, list[str]]) -> set[str]:
    found: set[str] = set()
    waiting = list(wanted)
    while waiting:
        name = waiting.pop()
        if name not in found and name in dependencies:
            found.add(name)
            waiting.extend(dependencies[name])
    return found


def _split(
    model: Model,
    scalars: Scalars,
    varied: tuple[str, ...],
    saved: tuple[str, ...],
    by_member: frozenset[str],
) -> Program:
    expressions = scalars.expressions
    ordered = _in_order(scalars)
    dependencies = {name: _names(expression) for name, expression in expressions.items()}
    # A stock that is given its initial value still changes afterwards.
    steady = {*varied, *scalars.held} - scalars.rates.keys()
    once = _once_a_member(ordered, expressions, steady)
    advancing = [
        *scalars.rates.values(),
        *scalars.memories.values(),
        *(input_ for input_, _ in scalars.pipelines.values()),
    ]
    flows = [name for expression in advancing for name in _names(expression)]
    for_flows = _needed(flows, dependencies)
    for_outputs = _needed(saved, dependencies) - for_flows
    every_step, when_saved = for_flows - once, for_outputs - once
    step = [name for name in ordered if name in every_step]
    observed = [name for name in ordered if name in when_saved]
    observed_constants = [
        Assignment(name=name, expression=Number(scalars.constants[name]))
        for name in saved
        if name in scalars.constants and name not in varied
    ]
    initial = _initial_phase(scalars, once & (for_flows | for_outputs))
    read_later = {
        *(name for names in (step, observed) for n in names for name in dependencies[n]),
        *flows,
        *saved,
        *(delay for _, delay in scalars.pipelines.values()),
    }
    return Program(
        time=model.time,
        inputs=varied,
        initial=initial,
        held=tuple(
            name
            for name in (a.name for a in initial)
            if name in read_later and (name in once or name in scalars.held)
        ),
        states=tuple(State(name=name, rate=rate) for name, rate in scalars.rates.items()),
        step=tuple(Assignment(name=name, expression=expressions[name]) for name in step),
        observed=(
            *(Assignment(name=name, expression=expressions[name]) for name in observed),
            *observed_constants,
        ),
        outputs=saved,
        memories=tuple(
            Memory(name=name, following=following) for name, following in scalars.memories.items()
        ),
        pipelines=tuple(
            Pipeline(name=name, input=input_, delay_time=delay)
            for name, (input_, delay) in scalars.pipelines.items()
        ),
        series=tuple(Series(name=name, by_member=name in by_member) for name in scalars.series),
        draws=tuple(scalars.draws),
        has_gaps=any(Number(MISSING) in walk(expression) for expression in expressions.values()),
    )


def _once_a_member(ordered: list[str], expressions: Mapping[str, Expression], fixed: set[str]) -> set[str]:
    """Return the auxiliaries that depend on nothing but inputs and held values."""
    once: set[str] = set()
    for name in ordered:
        expression = expressions[name]
        if isinstance(expression, Number):
            continue
        parts = references(expression)
        if parts and all(part.name in fixed or part.name in once for part in parts):
            once.add(name)
    return once


def _initial_phase(scalars: Scalars, once: set[str]) -> tuple[Assignment, ...]:
    """Return what is computed at the initial time, in order: initial values and all they need."""
    computed = {**scalars.expressions, **scalars.starts, **scalars.held, **scalars.initials}
    dependencies = {
        name: [needed for needed in _names(expression) if needed in computed]
        for name, expression in computed.items()
    }
    wanted = _needed([*scalars.initials, *scalars.held, *once], dependencies)
    ordered = order({name: dependencies[name] for name in computed if name in wanted})
    return tuple(Assignment(name=name, expression=computed[name]) for name in ordered)

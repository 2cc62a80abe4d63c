"""How does behaviour change with constants and initial values, exactly?"""

from collections.abc import Mapping, Sequence

import xarray as xr

from sdmodels.catalogue import Policy, Scenario
from sdmodels.engine.derivatives import with_derivatives
from sdmodels.engine.jacobian import jacobian_of, with_jacobian
from sdmodels.engine.reductions import Reduction
from sdmodels.engine.trajectories import Progress
from sdmodels.errors import InputError
from sdmodels.experiment.dataset import member_coordinates, provenance, require_one_finite
from sdmodels.experiment.evaluation import evaluate
from sdmodels.experiment.preparation import prepare
from sdmodels.experiment.request import (
    Integration,
    ModelLike,
    OneOrMore,
    Request,
    Times,
    request_of,
)
from sdmodels.experiment.running import trajectories_of
from sdmodels.experiment.schedule import base_name
from sdmodels.experiment.settings import Setting, find_input, find_inputs
from sdmodels.structure.model import Constant, Stock
from sdmodels.structure.subscripts import constant_values, scalars_of, variable_of


def differentiate(
    model: ModelLike,
    by: Sequence[str],
    settings: Mapping[str, Setting] | None = None,
    *,
    outputs: Sequence[str] | None = None,
    policy: OneOrMore[Policy] = "baseline",
    scenario: OneOrMore[Scenario] = "normal",
    members: int = 1,
    seed: int = 0,
    times: Times = "saved",
    integration: Integration | None = None,
    progress: Progress | None = None,
) -> xr.Dataset:
    """Simulate a model and return the exact derivatives of its behaviour.

    Parameters
    ----------
    by
        Constants, and stocks for their initial values, by name.
    outputs
        Variables whose derivatives are wanted; the stocks if not given. All other parameters are those of
        :func:`simulate`.

    Returns
    -------
    xarray.Dataset
        A variable of dimensions ``(input, member, time)`` for each output [unit of the output / unit of the
        input]: the derivatives of the discrete run, exact through Euler and Runge-Kutta, delays, tables and
        choices. At a kink they are one-sided; over a jump (a step, a rounding) they see only the two sides.

    Raises
    ------
    UnknownNameError
        If there is no such constant, stock or output.
    InputError
        If ``by`` names what is computed during the run, or nothing.

    Examples
    --------
    >>> found = differentiate("hotline", ["Establishment", "Application Intensity"], outputs=["Trust In Hotline"])
    """
    asked = request_of(model, policy, scenario, integration)
    names = [scalar for name in by for scalar in find_inputs(asked.entry, name)]
    if not names:
        raise InputError("Derivatives by nothing are asked for.\n    by=[]\nName constants or stocks.")
    if twice := [name for name in names if names.count(name) > 1]:
        raise InputError(
            f"Derivatives by '{twice[0]}' are asked for twice.\n    by={list(by)}\nName it once."
        )
    own = _own_values(asked, names, settings or {}, members, seed)
    completed = {**own, **(settings or {})}
    layout = asked.design(completed, members, seed)
    keys = [name if name in layout.inputs else base_name(name) for name in names]
    for name, key in zip(names, keys, strict=True):
        if key not in layout.inputs:
            raise InputError(
                f"'{name}' follows values over time in these runs.\n    It has no single value to differentiate by."
                "\nLeave it out of 'by', or out of the settings."
            )
    stocks = [stock.name for stock in asked.entry.model.stocks]
    wanted = scalars_of(asked.entry.model, stocks if outputs is None else outputs)
    prepared = prepare(layout, wanted, asked.method, seed)
    program = with_derivatives(prepared.program, keys)
    trajectories = trajectories_of(asked, prepared, program, prepared.compiler(program), times, progress)
    count = len(prepared.program.outputs)
    shape = (count, len(keys), *trajectories.values.shape[1:])
    slopes = trajectories.values[count:].reshape(shape).transpose(0, 1, 3, 2)
    units = {name: asked.entry.model[variable_of(name)].units for name in (*names, *prepared.program.outputs)}
    inputs = ("input", names, {"units": [units[name] for name in names]})
    found = xr.Dataset(
        {
            name: (("input", "member", "time"), values, {"units": f"{units[name]} / unit of the input"})
            for name, values in zip(prepared.program.outputs, slopes, strict=True)
        },
        {
            "input": inputs,
            "time": ("time", trajectories.times, {"units": asked.entry.model.time.units}),
            **member_coordinates(asked.entry, layout, trajectories, prepared.program.outputs),
        },
        provenance(layout, asked.method, members, seed, settings or {}),
    )
    require_one_finite(found)
    return found


def jacobian(
    model: ModelLike,
    settings: Mapping[str, Setting] | None = None,
    *,
    policy: OneOrMore[Policy] = "baseline",
    scenario: OneOrMore[Scenario] = "normal",
    members: int = 1,
    seed: int = 0,
    times: Times = "saved",
    integration: Integration | None = None,
    within_bounds: bool = True,
    progress: Progress | None = None,
) -> xr.DataArray:
    """Simulate a model and return how each net flow changes with each stock: what eigenvalues are taken of.

    Parameters are those of :func:`simulate`.

    Returns
    -------
    xarray.DataArray
        Dimensions ``(net_flow_of, by, member, time)`` [unit of the one / unit of the other / unit of time]; the
        stocks of delays and smooths, which have names of their own, are among them.

    Examples
    --------
    >>> eigenvalues = np.linalg.eigvals(jacobian("hotline").isel(member=0, time=-1))
    """
    asked = request_of(model, policy, scenario, integration)
    layout = asked.design(settings or {}, members, seed, within_bounds=within_bounds)
    prepared = prepare(layout, (), asked.method, seed)
    program = with_jacobian(prepared.program)
    trajectories = trajectories_of(asked, prepared, program, prepared.compiler(program), times, progress)
    values = jacobian_of(prepared.program, trajectories).transpose(0, 1, 3, 2)
    states = [state.name for state in prepared.program.states]
    found = xr.DataArray(
        values,
        {
            "net_flow_of": states,
            "by": states,
            "time": ("time", trajectories.times, {"units": asked.entry.model.time.units}),
            **member_coordinates(asked.entry, layout, trajectories, ()),
        },
        ("net_flow_of", "by", "member", "time"),
        name="jacobian",
        attrs=provenance(layout, asked.method, members, seed, settings or {}),
    )
    require_one_finite(found.to_dataset())
    return found


def _own_values(
    asked: Request, names: Sequence[str], settings: Mapping[str, Setting], members: int, seed: int
) -> dict[str, Setting]:
    """Return the model's own numbers of what is differentiated by and not set: constants and initial values."""
    model = asked.entry.model
    given = {scalar for name in settings for scalar in find_inputs(asked.entry, name)}
    if members > 1:
        given |= {find_input(asked.entry, uncertainty.name) for uncertainty in asked.entry.uncertainties}
    found: dict[str, Setting] = {}
    for name in names:
        variable = model[variable_of(name)]
        if not isinstance(variable, Constant | Stock):
            raise InputError(
                f"'{name}' is neither a constant nor a stock.\n    {model.where(variable.line)}: {variable.name}\n"
                "Differentiate by a constant, or by the initial value of a stock."
            )
        if name not in given and isinstance(variable, Constant):
            found[name] = constant_values(model, name)[name]
    stocks = [name for name in names if isinstance(model[variable_of(name)], Stock) and name not in given]
    return {**found, **_initial_values(asked, stocks, settings, members, seed)}


def _initial_values(
    asked: Request, stocks: Sequence[str], settings: Mapping[str, Setting], members: int, seed: int
) -> dict[str, Setting]:
    """Return where the stocks begin: as their equations say for the constants of each member."""
    if not stocks:
        return {}
    if len(asked.policies) * len(asked.scenarios) > 1:
        raise InputError(
            f"The initial value of '{stocks[0]}' may differ between policies.\n    "
            f"{len(asked.policies)} policies, {len(asked.scenarios)} scenarios\n"
            "Ask for one policy and scenario at a time, or set the initial value."
        )
    outcomes = [Reduction(variable=name, statistic="initial") for name in stocks]
    begun = evaluate(
        asked.entry,
        settings,
        outcomes=outcomes,
        policy=asked.policies[0],
        scenario=asked.scenarios[0],
        members=members,
        seed=seed,
        integration=asked.how,
    )
    return {name: begun[f"initial of {name}"].values for name in stocks}

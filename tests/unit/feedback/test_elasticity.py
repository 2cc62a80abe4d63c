"""Eigenvalues and their elasticities where both are known in closed form; finite differences where they are not."""

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pytest

from sdmodels.engine import interpreter
from sdmodels.engine.jacobian import jacobian_of, with_jacobian
from sdmodels.engine.lowering import lower
from sdmodels.errors import InputError, UnknownNameError
from sdmodels.feedback.circuits import links_of
from sdmodels.feedback.elasticities import EigenvalueElasticities
from sdmodels.feedback.elasticity import find_elasticities
from sdmodels.feedback.link_gains import link_gains
from sdmodels.feedback.mode_weights import weights_of
from sdmodels.feedback.modes import blocks_of, modes_of
from sdmodels.feedback.one_run import OneRun, one_run
from sdmodels.feedback.propagation import Propagation, propagation

WriteModel = Callable[..., Path]
EXACT = 1e-8


def of_link(found: EigenvalueElasticities, name: str, source: str, target: str, mode: int = 0) -> complex:
    """Return what is said of a link at the last time."""
    modes = found.modes.isel(time=-1, mode=mode)
    here = (modes["source"] == source) & (modes["target"] == target)
    (row,) = np.flatnonzero(here.values)
    return complex(modes[name].values[row])


def eigenvalue(found: EigenvalueElasticities, mode: int = 0) -> complex:
    return complex(found.modes["eigenvalue"].isel(time=-1, mode=mode).item())


def test_one_stock_grows_by_the_difference_of_two_fractions(write_model: WriteModel) -> None:
    found = find_elasticities(
        write_model(
            """
            Population = INTEG(Births - Deaths, 100)
            Births = 0.05 * Population
            Deaths = 0.02 * Population
            """
        )
    )
    assert eigenvalue(found) == pytest.approx(0.03, abs=EXACT)
    assert found.dominant["doubling_time"].values == pytest.approx(np.log(2) / 0.03)
    assert found.dominant["weight"].values == pytest.approx(1)
    for source, target, elasticity in (
        ("Population", "Births", 5 / 3),
        ("Births", "Population", 5 / 3),
        ("Population", "Deaths", -2 / 3),
        ("Deaths", "Population", -2 / 3),
    ):
        assert of_link(found, "link_elasticity", source, target) == pytest.approx(elasticity, abs=EXACT)
    assert found.modes["eigenvalue"].attrs["units"] == "1/Week"


def test_two_stocks_in_a_balancing_loop_swing(write_model: WriteModel) -> None:
    # x' = -a y, y' = b x: eigenvalues +-i sqrt(ab), and each of the two links has one half of them.
    a, b = 0.04, 0.09
    found = find_elasticities(
        write_model(f"x = INTEG(-{a} * y, 1)\ny = INTEG({b} * x, 1)", final=3, step=0.125)
    )
    assert eigenvalue(found) == pytest.approx(1j * np.sqrt(a * b), abs=EXACT)
    assert found.dominant["period"].values == pytest.approx(2 * np.pi / np.sqrt(a * b))
    for link in (("x", "y"), ("y", "x")):
        assert of_link(found, "link_elasticity", *link) == pytest.approx(0.5, abs=EXACT)


def test_a_damped_chain_of_two_stocks(write_model: WriteModel) -> None:
    # x' = -d x - a y, y' = b x: s^2 + d s + ab = 0; ds/dd = -s / (2 s + d), ds/da = -b / (2 s + d).
    a, b, d = 0.3, 0.2, 0.1
    found = find_elasticities(
        write_model(f"x = INTEG(-{d} * x - {a} * y, 1)\ny = INTEG({b} * x, 1)", final=3, step=0.125)
    )
    s = (-d + np.sqrt(complex(d * d - 4 * a * b))) / 2
    assert eigenvalue(found) == pytest.approx(s, abs=EXACT)
    assert of_link(found, "link_influence", "x", "x") == pytest.approx(-s * d / (2 * s + d), abs=EXACT)
    assert of_link(found, "link_influence", "y", "x") == pytest.approx(-b * a / (2 * s + d), abs=EXACT)
    assert of_link(found, "link_influence", "x", "y") == pytest.approx(-b * a / (2 * s + d), abs=EXACT)


RING = """
x = INTEG(0.1 * z, 1)
y = INTEG(0.2 * x, 1)
z = INTEG(0.4 * y, 1)
"""


def test_three_stocks_in_a_ring_share_the_eigenvalue(write_model: WriteModel) -> None:
    found = find_elasticities(write_model(RING, final=100))
    assert eigenvalue(found) == pytest.approx(0.2, abs=EXACT)
    for link in (("x", "y"), ("y", "z"), ("z", "x")):
        assert of_link(found, "link_elasticity", *link) == pytest.approx(1 / 3, abs=EXACT)
    # After a hundred weeks growth is all that is left; the complex pair has decayed.
    assert found.dominant["weight"].values[-1] == pytest.approx(1, abs=1e-6)
    pair = found.modes["eigenvalue"].values[-1, 1]
    assert pair == pytest.approx(0.2 * np.exp(2j * np.pi / 3), abs=EXACT)
    (loop,) = found.independent
    assert loop == ("x", "y", "z")
    influence = found.dominant["loop_influence"].sel(independent_loop=0).values
    assert influence == pytest.approx(0.2 / 3, abs=EXACT)


def test_links_of_auxiliaries_have_the_elasticity_of_the_coefficient(write_model: WriteModel) -> None:
    direct = find_elasticities(write_model("x = INTEG(0.3 * y, 1)\ny = INTEG(0.2 * x - 0.1 * y, 2)"))
    by_auxiliaries = find_elasticities(
        write_model(
            """
            x = INTEG(Inflow, 1)
            Inflow = 3 * Half
            Half = 0.1 * y
            y = INTEG(Filling - Leaking, 2)
            Filling = 0.2 * x
            Leaking = 0.1 * y
            """
        )
    )
    assert eigenvalue(by_auxiliaries) == pytest.approx(eigenvalue(direct), abs=EXACT)
    expected = of_link(direct, "link_elasticity", "y", "x")
    for link in (("y", "Half"), ("Half", "Inflow"), ("Inflow", "x")):
        assert of_link(by_auxiliaries, "link_elasticity", *link) == pytest.approx(expected, abs=EXACT)
    leak = of_link(by_auxiliaries, "link_influence", "y", "Leaking")
    both = of_link(direct, "link_influence", "y", "y")
    assert leak == pytest.approx(both, abs=EXACT)


def test_a_smooth_inside_a_loop_is_a_state(write_model: WriteModel) -> None:
    # x' = g S, S' = (x - S) / T: s^2 + s / T - g / T = 0; ds/dg = (1 / T) / (2 s + 1 / T).
    g, delay = 0.2, 4.0
    found = find_elasticities(
        write_model(
            f"""
            x = INTEG(Growth, 1)
            Growth = {g} * Seen
            Seen = SMOOTH(x, {delay})
            """
        )
    )
    s = (-1 / delay + np.sqrt(1 / delay**2 + 4 * g / delay)) / 2
    assert eigenvalue(found) == pytest.approx(s, abs=EXACT)
    expected = (g / delay) / (2 * s + 1 / delay)
    assert of_link(found, "link_influence", "Seen", "Growth") == pytest.approx(expected, abs=EXACT)
    assert of_link(found, "link_influence", "x", "Seen (smooth 1)") == pytest.approx(expected, abs=EXACT)


CURVED = """
Prey = INTEG(Births - Eaten, 50)
Births = 0.3 * Prey * (1 - Prey / Room)
Room = 200
Eaten = Hunters * Bite
Bite = Prey / (Seen + 30)
Seen = SMOOTH(Prey, 3)
Hunters = INTEG(0.4 * Eaten - 0.1 * Hunters ^ 1.2, 8)
Unrelated = INTEG(Eaten, 0)
"""


def parts(path: Path) -> tuple[OneRun, Propagation, np.ndarray]:
    run = one_run(path, times=3)
    states = [name for name in run.graph.equations if name in run.runs.equations.rates]
    way = propagation(run.graph.links, [s for s in states if s in run.graph.partition_of], run.graph.stepwise)
    return run, way, link_gains(run.graph, way.links, run.ends)[:, :, 0]


def test_influences_are_finite_differences_of_the_eigenvalues(write_model: WriteModel) -> None:
    path = write_model(CURVED, step=0.125)
    _, way, gains = parts(path)
    found = find_elasticities(path, times=3).modes
    for time in range(gains.shape[1]):
        for mode in range(int(found["eigenvalue"].isel(time=time).notnull().sum())):
            here = found.isel(time=time, mode=mode)
            value = here["eigenvalue"].item()
            for link in range(len(gains)):
                # Central differences: the error is of the order of the step squared.
                moved = []
                for factor in (1 + 1e-5, 1 - 1e-5):
                    scaled = gains[:, time : time + 1].copy()
                    scaled[link] *= factor
                    values = np.linalg.eigvals(way.jacobian(scaled)[0])
                    moved.append(values[np.abs(values - value).argmin()])
                expected = (moved[0] - moved[1]) / 2e-5
                assert here["link_influence"].values[link] == pytest.approx(expected, rel=1e-5, abs=1e-9)


def test_the_jacobian_is_that_of_the_engine(write_model: WriteModel) -> None:
    run, way, gains = parts(write_model(CURVED, step=0.125))
    program = lower(run.runs.layout.model)
    names = [state.name for state in program.states]
    rows = [names.index(state) for state in way.states]
    steps = run.runs.steps[np.isin(run.runs.times, run.times)]
    saved = interpreter.integrate(with_jacobian(program), np.empty((0, 1)), steps=steps)
    expected = jacobian_of(program, saved)[np.ix_(rows, rows)][:, :, :, 0]
    assert np.moveaxis(way.jacobian(gains), 0, 2) == pytest.approx(expected, rel=1e-12)


def test_what_a_net_flow_is_worth_goes_back_to_what_makes_it(write_model: WriteModel) -> None:
    # One way forward and one way back give the same matrix.
    _, way, gains = parts(write_model(CURVED, step=0.125))
    each = np.broadcast_to(np.eye(3)[:, None, :], (3, gains.shape[1], 3))
    worth = way.backward(gains, each)
    found = np.zeros((gains.shape[1], 3, 3))
    for link, (source, target) in enumerate(zip(way.sources, way.targets, strict=True)):
        if source < 3:
            found[:, :, source] += gains[link][:, None] * worth[target]
    assert found == pytest.approx(way.jacobian(gains))


@pytest.mark.parametrize("text", [RING, CURVED])
def test_influences_of_the_links_into_stocks_add_up_to_the_eigenvalue(
    write_model: WriteModel, text: str
) -> None:
    found = find_elasticities(write_model(text, step=0.125))
    states = found.graph.stocks
    into = [target in states for target in found.modes["target"].values]
    total = found.modes["link_influence"].values[into].sum(axis=0)
    values = found.modes["eigenvalue"].values
    assert total == pytest.approx(values, abs=EXACT, nan_ok=True)


def test_independent_loops_account_for_every_link(write_model: WriteModel) -> None:
    found = find_elasticities(write_model(CURVED, step=0.125))
    links = list(zip(found.modes["source"].values, found.modes["target"].values, strict=True))
    names = {name for link in links for name in link}
    assert len(found.independent) == len(links) - len(names) + 1
    again = np.zeros_like(found.modes["link_influence"].values)
    for circuit, influence in zip(found.independent, found.modes["loop_influence"].values, strict=True):
        for link in links_of(circuit):
            again[links.index(link)] += influence
    assert again == pytest.approx(found.modes["link_influence"].values, abs=EXACT, nan_ok=True)


def test_loops_that_are_too_many_are_not_listed(write_model: WriteModel) -> None:
    found = find_elasticities(write_model(CURVED), most_counted=3)
    assert found.independent == ()
    assert found.modes.sizes["independent_loop"] == 0


def test_a_defective_matrix_has_no_elasticities_and_says_why() -> None:
    # Two equal stages, and a feedback that is next to nothing: the eigenvalues all but coincide.
    jacobian = np.array([[-0.5, 1e-30], [0.5, -0.5]])
    modes = modes_of(jacobian, [[0, 1]])
    assert {mode.problem for mode in modes} == {"defective"}
    assert not any(mode.right.any() or mode.left.any() for mode in modes)


def test_an_eigenvalue_that_is_there_twice_says_so() -> None:
    # A symmetric triangle: -0.1 belongs to a plane of vectors.
    jacobian = np.where(np.eye(3, dtype=bool), 0.0, 0.1)
    modes = modes_of(jacobian, [[0, 1, 2]])
    assert sorted(mode.problem for mode in modes) == ["", "repeated", "repeated"]


def test_equal_eigenvalues_of_different_blocks_do_not_disturb_one_another(write_model: WriteModel) -> None:
    # Two leaks of the same size, one behind the other: together the matrix is defective, each by itself is not.
    found = find_elasticities(write_model("x = INTEG(-0.1 * x, 1)\ny = INTEG(0.1 * x - 0.1 * y, 0.5)"))
    assert found.modes["eigenvalue"].values == pytest.approx(-0.1, abs=EXACT)
    assert set(found.modes["problem"].values.ravel()) == {""}
    assert of_link(found, "link_elasticity", "x", "x") + of_link(
        found, "link_elasticity", "x", "x", 1
    ) == pytest.approx(1, abs=EXACT)
    assert found.modes["weight"].sum("mode").values == pytest.approx(1)


def test_blocks_follow_links_that_do_something() -> None:
    links = [("x", "y"), ("y", "x"), ("y", "z"), ("z", "y")]
    gains = np.array([1.0, 2.0, 3.0, 0.0])
    assert blocks_of(links, gains, ["x", "y", "z"]) == [[0, 1], [2]]


def test_modes_weigh_what_they_move(write_model: WriteModel) -> None:
    # Two stocks by themselves. By the range in the run, the one that grows less moves more at the beginning.
    text = "x = INTEG(0.2 * x, 1)\ny = INTEG(-0.5 * y, 1)"
    path = write_model(text, final=10, step=0.125)
    every = find_elasticities(path)
    assert eigenvalue(every) == pytest.approx(0.2)
    assert complex(every.modes["eigenvalue"].values[0, 0]) == pytest.approx(-0.5)
    alone = find_elasticities(path, stock="y")
    assert alone.modes["eigenvalue"].values[:, 0] == pytest.approx(-0.5)
    assert alone.modes["weight"].values[:, 0] == pytest.approx(1)


def test_nothing_weighs_anything_at_rest(write_model: WriteModel) -> None:
    found = find_elasticities(write_model("x = INTEG(3 - 0.3 * x, 10)"))
    assert np.isnan(found.modes["weight"].values).all()
    assert found.modes["eigenvalue"].values == pytest.approx(-0.3)


def test_memories_count_as_fixed(write_model: WriteModel) -> None:
    found = find_elasticities(
        write_model(
            """
            x = INTEG(Growth - 0.1 * x, 1)
            Growth = 0.05 * DELAY FIXED(x, 3, 1)
            """
        )
    )
    assert found.modes["eigenvalue"].values == pytest.approx(-0.1)


def test_a_run_that_fails_has_no_modes_from_then_on(write_model: WriteModel) -> None:
    found = find_elasticities(write_model("x = INTEG(x ^ 3, 3)", final=20), times=20)
    assert found.modes["problem"].values[0, 0] == ""
    assert found.modes["problem"].values[-1, 0] == "no number"
    assert np.isnan(found.modes["link_influence"].values[:, -1]).all()


@pytest.mark.parametrize(
    ("asked", "error", "match"),
    [
        ({"settings": {"Rate": [0.1, 0.2]}}, InputError, "ask for 2 runs"),
        ({"times": [3.3]}, InputError, "No step ends at 3.3 and is saved. The nearest one ends at 3"),
        ({"times": 0}, ValueError, "times is 0"),
        ({"stock": "X"}, UnknownNameError, "No stock in a loop is named 'X'"),
    ],
)
def test_what_cannot_be_asked(
    write_model: WriteModel, asked: Mapping[str, object], error: type[Exception], match: str
) -> None:
    path = write_model("Stock = INTEG(Rate * Stock, 1)\nRate = 0.1")
    with pytest.raises(error, match=match):
        find_elasticities(path, within_bounds=False, **asked)  # type: ignore[arg-type]


def test_parts_of_the_movement_add_up_where_eigenvectors_fail() -> None:
    # A Jordan block of three and a stock that it drives: e^(-0.5 t) times a polynomial, and e^(-0.1 t).
    jacobian = np.array([[-0.5, 0, 0, 0], [0.5, -0.5, 0, 0], [0, 0.5, -0.5, 0], [0, 0, 1.0, -0.1]])
    modes = modes_of(jacobian, [[0], [1], [2], [3]])
    flows = np.array([1.0, 2.0, 3.0, 4.0])
    alone = np.array([0.0, 0.0, 0.0, 1.0])
    weights = weights_of(modes, jacobian, flows, alone)
    # The left vector of -0.1 from the last stock back: each stage before adds a factor of its gain / (0.5 - 0.1).
    slow = 4 + 3 / 0.4 + 2 * 0.5 / 0.4**2 + 0.5**2 / 0.4**3
    slow, fast = abs(slow), abs(4 - slow)
    assert weights[3] == pytest.approx(slow / (slow + fast), rel=1e-9)
    assert weights.sum() == pytest.approx(1)


def test_what_a_switch_does_to_an_eigenvalue_is_what_its_links_do() -> None:
    # Central differences over all links that a switch cuts at once, with the exact gains of the hotline model.
    run = one_run("hotline", policy="high_intensity", times=4)
    found = find_elasticities("hotline", policy="high_intensity", times=4)
    states = [name for name in run.graph.equations if name in run.runs.equations.rates]
    way = propagation(run.graph.links, [s for s in states if s in run.graph.partition_of], run.graph.stepwise)
    gains = link_gains(run.graph, way.links, run.ends)[:, :, 0]
    modes = found.modes.isel(mode=0)
    checked = 0
    for time in range(4):
        value = complex(modes["eigenvalue"].values[time])
        for id, cut in found.cuts.items():
            rows = [row for row, link in enumerate(way.links) if link in cut]
            influence = complex(modes["cut_influence"].sel(loop=id).values[time])
            if not rows or abs(influence) < 1e-5:
                continue
            moved = []
            for factor in (1 + 1e-5, 1 - 1e-5):
                scaled = gains[:, time : time + 1].copy()
                scaled[rows] *= factor
                values = np.linalg.eigvals(way.jacobian(scaled)[0])
                moved.append(values[np.abs(values - value).argmin()])
            # Eigenvalues of other modes are near: what is left is of the order of the step squared over that.
            assert influence == pytest.approx((moved[0] - moved[1]) / 2e-5, rel=1e-4, abs=1e-8)
            checked += 1
    assert checked > 20


def test_modes_beyond_the_heaviest_are_left_out(write_model: WriteModel) -> None:
    found = find_elasticities(write_model(CURVED, step=0.125), most_modes=1)
    every = find_elasticities(write_model(CURVED, step=0.125))
    assert found.modes.sizes["mode"] == 1
    assert found.modes["weight"].values[:, 0] == pytest.approx(every.modes["weight"].values[:, 0])

"""Variables stand clear of one another, links bend around names, and marks find a free place in their loops."""

import math

import numpy as np
import pytest
from causal_street import street

from sdmodels.catalogue.naming import Language
from sdmodels.figures.causal_layout import arrange, packed
from sdmodels.figures.causal_loops import MARK, place_of_mark, turn_of
from sdmodels.figures.causal_parts import CausalDiagram, DiagramLink, DiagramLoop, DiagramVariable
from sdmodels.figures.causal_routes import routes
from sdmodels.figures.causal_settling import settled
from sdmodels.figures.causal_spacing import spread
from sdmodels.figures.causal_untangling import Wanted, tangle, untangled
from sdmodels.figures.fitting import fit
from sdmodels.figures.geometry import cross, distance_to, inside, within
from sdmodels.structure.drawing import Place

SQUARE = np.array([(0.0, 0.0), (10.0, 0.0), (10.0, 10.0), (0.0, 10.0)])


def name_at(x: float, y: float) -> Place:
    return Place(x=x, y=y, half_width=40, half_height=12)


def ring(count: int) -> CausalDiagram:
    names = tuple(str(number) for number in range(count))
    return CausalDiagram(
        variables=tuple(DiagramVariable(name=name, label=name, stock=False) for name in names),
        links=tuple(
            DiagramLink(source=a, target=b, polarity="+", weight=1, delayed=False)
            for a, b in zip(names, (*names[1:], names[0]), strict=True)
        ),
        loops=(DiagramLoop(id="R1", title="", reinforcing=True, variables=names, weight=1),),
        title="",
    )


def test_a_lone_loop_is_a_circle_in_causal_order() -> None:
    points = arrange(ring(8))
    radii = np.linalg.norm(points - points.mean(axis=0), axis=1)
    assert radii == pytest.approx(radii.mean(), rel=0.05)
    assert np.linalg.norm(points - np.roll(points, 1, axis=0), axis=1) == pytest.approx(1, rel=0.1)
    assert turn_of(points) == "clockwise"


def test_the_arrangement_is_the_same_every_time() -> None:
    assert np.array_equal(arrange(ring(12)), arrange(ring(12)))


def test_two_crossed_links_are_untangled() -> None:
    points = np.array([(0.0, 0.0), (1.0, 1.0), (1.0, 0.0), (0.0, 1.0)])
    pairs = np.array([(0, 1), (2, 3)])
    distances = np.where(np.eye(4, dtype=bool), 1.0, 1.2)
    wanted = Wanted(pairs=pairs, distances=distances, weights=np.ones((4, 4)))
    better = untangled(points, wanted)
    assert tangle(better, wanted) < tangle(points, wanted)
    assert not cross(*better[[0, 1, 2, 3]])


def test_names_on_one_spot_are_pushed_apart() -> None:
    halves = np.tile((40.0, 12.0), (6, 1))
    points = spread(np.zeros((6, 2)), halves, np.full((6, 6, 2), 20.0))
    apart = np.abs(points[:, None] - points[None]) - (100, 44)
    others = ~np.eye(6, dtype=bool)
    assert apart.max(axis=2)[others].min() > -1  # a quarter of a pixel is left over


def test_names_with_room_stay_where_they_are() -> None:
    points = np.array([(0.0, 0.0), (200.0, 0.0), (0.0, 100.0)])
    assert np.array_equal(spread(points, np.tile((40.0, 12.0), (3, 1)), np.full((3, 3, 2), 20.0)), points)


def test_parts_are_packed_without_an_overlap() -> None:
    parts = packed([SQUARE, SQUARE / 4 + 3, SQUARE / 4, SQUARE / 2])
    boxes = [(part.min(axis=0), part.max(axis=0)) for part in parts]
    for number, (low, high) in enumerate(boxes):
        for other_low, other_high in boxes[:number]:
            assert np.any((low > other_high) | (high < other_low))


def test_opposite_links_are_apart() -> None:
    there, back = routes([(0, 1), (1, 0)], [name_at(0, 0), name_at(300, 0)], [None, None])
    assert math.dist(there.route.at(0.5), back.route.at(0.5)) > 2 * MARK, (
        "there is room for the mark of the loop"
    )


def test_a_link_goes_round_a_name_in_its_way() -> None:
    (way,) = routes([(0, 2)], [name_at(0, 0), name_at(200, 0), name_at(400, 0)], [None])
    assert not within(way.points, [name_at(200, 0)]).any()


def test_a_link_bows_away_from_the_middle_of_its_loop() -> None:
    places = [name_at(0, 0), name_at(300, 0)]
    for y in (-100.0, 100.0):
        (way,) = routes([(0, 1)], places, [(150.0, y)])
        assert way.route.at(0.5)[1] * y < 0


def test_a_link_from_a_variable_to_itself_is_a_bow_outside_its_name() -> None:
    (way,) = routes([(0, 0)], [name_at(0, 0)], [None])
    assert not within(way.points, [name_at(0, 0)]).any()
    assert np.ptp(way.points, axis=0).min() > 20


def test_a_loop_turns_as_it_is_drawn() -> None:
    assert turn_of(SQUARE) == "clockwise"  # y points downwards
    assert turn_of(SQUARE[::-1]) == "anticlockwise"


def test_a_mark_stands_in_its_loop_but_on_no_name() -> None:
    outline, page = 30 * SQUARE, Place(x=150, y=150, half_width=200, half_height=200)
    free = place_of_mark(outline, [], outline, page)
    assert math.dist(free, (150, 150)) < 10
    taken = [name_at(150, 150)]
    x, y = place_of_mark(outline, taken, outline, page)
    assert not taken[0].holds((x, y), MARK)
    assert inside(np.array([(x, y)]), outline).all()


def test_where_lines_cross_and_what_an_outline_holds() -> None:
    a, b, c, d = SQUARE
    assert cross(a, c, b, d)
    assert not cross(a, b, c, d)
    assert inside(np.array([(5.0, 5.0), (15.0, 5.0)]), SQUARE).tolist() == [True, False]
    assert distance_to(np.array([(5.0, 3.0), (13.0, 4.0)]), a, b) == pytest.approx([3, 5])
    points = np.array([(0.0, 0.0), (41.0, 0.0)])
    assert within(points, [name_at(0, 0)]).tolist() == [[True], [False]]
    assert within(points, [name_at(0, 0)], 2).all()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_link_passes_behind_a_name(language: Language) -> None:
    diagram = street(language)
    labels = [fit(variable.label, width=110, height=48, size=12) for variable in diagram.variables]
    found = settled(diagram, labels)
    assert not within(np.concatenate([way.points for way in found.ways]), found.places).any()

"""Arrows are arcs or straight, pipes have corners, and both end at the border of what they lead to."""

import math

import pytest

from sdmodels.figures.routes import Arc, Broken, arrow_route, outside, pipe_route
from sdmodels.structure.drawing import Arrow, Pipe, Place, Point

LEFT = Place(x=0, y=0, half_width=10, half_height=5)
RIGHT = Place(x=100, y=0, half_width=10, half_height=5)


def arrow(*via: Point) -> Arrow:
    return Arrow(start=1, end=2, via=via, polarity="", colour=None)


@pytest.mark.parametrize("y", [-80.0, -20.0, 30.0])
def test_a_curved_arrow_is_the_circle_through_its_point(y: float) -> None:
    route = arrow_route(arrow((50, y)), LEFT, RIGHT)
    assert isinstance(route, Arc)
    assert route.at(0) == pytest.approx((0, 0), abs=1e-9)
    assert route.at(0.5) == pytest.approx((50, y))
    assert route.at(1) == pytest.approx((100, 0), abs=1e-9)


def test_an_arrow_whose_point_lies_on_the_way_is_straight() -> None:
    assert arrow_route(arrow((40, 0)), LEFT, RIGHT) == Broken(points=((0, 0), (100, 0)))


def test_a_path_runs_in_the_direction_of_the_arrow() -> None:
    for y in (-40.0, 40.0):
        vertices = arrow_route(arrow((50, y)), LEFT, RIGHT).path(0.25, 0.75).vertices
        assert vertices[0][0] < vertices[-1][0]


def test_an_arrow_begins_and_ends_at_the_borders() -> None:
    shown = outside(arrow_route(arrow(), LEFT, RIGHT), LEFT, RIGHT, length=9)
    assert shown is not None
    assert shown.path.vertices[0] == pytest.approx((10, 0), abs=0.5)
    assert shown.tip == pytest.approx((90, 0), abs=0.5)
    assert shown.direction == pytest.approx((1, 0))


def test_an_arrow_between_places_that_touch_is_not_shown() -> None:
    near = Place(x=5, y=0, half_width=10, half_height=5)
    assert outside(arrow_route(arrow(), LEFT, near), LEFT, near, length=9) is None


def test_a_broken_line_keeps_the_corners_between_its_shares() -> None:
    route = Broken(points=((0, 0), (10, 0), (10, 10)))
    assert route.at(0.25) == (5, 0)
    assert route.at(0.75) == (10, 5)
    assert route.path(0.25, 0.75).vertices.tolist() == [[5, 0], [10, 0], [10, 5]]


@pytest.mark.parametrize(
    ("via", "points"),
    [
        (((50, 0),), ((0, 0), (50, 0), (90, 0))),
        (((100, 0),), ((0, 0), (90, 0))),  # the point is the middle of the stock
        (((0, 40), (100, 40)), ((0, 0), (0, 40), (100, 40), (100, 5))),
        (((0, 40),), ((0, 0), (0, 40), (100, 40), (100, 5))),
    ],
)
def test_a_pipe_leads_by_its_points_to_the_nearest_border(via: tuple[Point, ...], points: object) -> None:
    valve = Place(x=0, y=0, half_width=6, half_height=8)
    assert pipe_route(Pipe(valve=1, end=2, via=via, headed=True), valve, RIGHT) == Broken(points=points)


def test_a_direction_is_a_unit_vector() -> None:
    shown = outside(arrow_route(arrow((50, 60)), LEFT, RIGHT), LEFT, RIGHT, length=9)
    assert shown is not None
    assert math.hypot(*shown.direction) == pytest.approx(1)

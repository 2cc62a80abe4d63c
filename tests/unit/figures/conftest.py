"""What do the tests of the figures share: behaviour to draw, and eyes to look at the figure."""

import itertools
import json
from collections.abc import Callable, Iterator

import numpy as np
import pytest
import xarray as xr
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text

VARIABLES = (
    ("Order Backlog", "工单积压", "order", "件"),
    ("Orders", "工单流入", "order/Week", "件/周"),
    ("Routine Condition", "常规治理状况", "Dmnl", ""),
    (
        "Reported Resolution Rate of the Orders That Were Closed on Paper Without a Real Solution",
        "已在纸面上办结而没有真正解决的工单的上报解决率",
        "Dmnl",
        "",
    ),
    (
        "a_very_long_identifier_with_underscores_that_never_seems_to_end",
        "很长的名称",
        "order/(person*Week)",
        "",
    ),
)
POLICIES = {
    "baseline": {"en": "Regular intensity", "zh": "常规强度"},
    "high": {
        "en": "High intensity with a protected floor for the routine work of the street",
        "zh": "高强度",
    },
}


def _variable(number: int, policy: np.ndarray, noise: np.ndarray, time: np.ndarray) -> xr.Variable:
    _, chinese, units, units_zh = VARIABLES[number % len(VARIABLES)]
    rise = 1 / (1 + np.exp((26 - time) / 5))
    values = (number + 1) * 10.0 + 5 * policy[:, None] * rise + noise[:, None]
    attrs = {"units": units, "documentation": "Made for a test.", "title_zh": chinese}
    return xr.Variable(("member", "time"), values, attrs | ({"units_zh": units_zh} if units_zh else {}))


@pytest.fixture
def make_behaviour() -> Callable[..., xr.Dataset]:
    """Return a maker of behaviours as the experiment layer returns them."""

    def make(*, policies: int = 1, members: int = 1, variables: int = 1, failed: int = 0) -> xr.Dataset:
        known = [*POLICIES, *(f"policy {number}" for number in range(3, 9))][:policies]
        time = np.arange(0.0, 53.0)
        policy = np.repeat(np.arange(policies), members)
        noise = np.tile(np.linspace(-1, 1, members) if members > 1 else [0.0], policies)
        names = [VARIABLES[n % 5][0] + (f" {n}" if n >= 5 else "") for n in range(variables)]
        data = {name: _variable(number, policy, noise, time) for number, name in enumerate(names)}
        status = ["Left the finite numbers at week 42.5"] * failed + ["ok"] * (policies * members - failed)
        for variable in data.values():
            variable.values[:failed, 40:] = np.nan
        return xr.Dataset(
            data,
            coords={
                "time": ("time", time, {"units": "Week"}),
                "policy": ("member", [known[number] for number in policy]),
                "scenario": ("member", ["expected"] * len(policy)),
                "sample": ("member", np.tile(np.arange(members), policies)),
                "status": ("member", status),
            },
            attrs={
                "title": "What higher intensity does to one street",
                "title_zh": "提高强度对一个街道的影响",
                "policy_titles": json.dumps(POLICIES),
                "policy_begins": json.dumps({"high": [10.0]}),
            },
        )

    return make


@pytest.fixture
def texts_of() -> Callable[[Figure], list[str]]:
    """Return a reader of every text that a figure shows."""

    def read(figure: Figure) -> list[str]:
        return [text.get_text() for text in _shown(figure)]

    return read


@pytest.fixture
def faults_of() -> Callable[[Figure], list[str]]:
    """Return an inspector that names the texts which are cut off or lie on each other."""

    def inspect(figure: Figure) -> list[str]:
        texts = list(_shown(figure))
        boxes = {text: text.get_window_extent() for text in texts}
        width, height = figure.bbox.width, figure.bbox.height
        cut = [
            f"cut: {text.get_text()}"
            for text, box in boxes.items()
            if box.x0 < -1 or box.y0 < -1 or box.x1 > width + 1 or box.y1 > height + 1
        ]
        return cut + [
            f"overlap: {one.get_text()} | {other.get_text()}"
            for one, other in itertools.combinations(texts, 2)
            if _overlap(boxes[one], boxes[other])
        ]

    return inspect


def _shown(figure: Figure) -> Iterator[Text]:
    """Draw a figure as a PNG would be and go through its texts."""
    FigureCanvasAgg(figure).draw()
    for text in figure.findobj(Text):
        if text.get_visible() and text.get_text().strip() and _is_drawn(figure, text):
            yield text


def _is_drawn(figure: Figure, text: Text) -> bool:
    """Tell whether a text is more than a tick label beyond the ends of its axis."""
    for panel in figure.axes:
        for axis, (low, high) in ((panel.xaxis, panel.get_xlim()), (panel.yaxis, panel.get_ylim())):
            for tick in axis.get_major_ticks():
                if text in (tick.label1, tick.label2):
                    return text is tick.label1 and min(low, high) <= tick.get_loc() <= max(low, high)
    return True


def _overlap(one, other) -> bool:
    """Tell whether two boxes share more than a pixel's width."""
    across = min(one.x1, other.x1) - max(one.x0, other.x0)
    up = min(one.y1, other.y1) - max(one.y0, other.y0)
    return across > 1 and up > 1

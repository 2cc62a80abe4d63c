"""How much does each variable answer to each variable that acts on it?

The gain of a link is the exact partial derivative of the target's equation by the source; a stock's equation is its
net flow. Gains are what eigenvalues and their elasticities are made of [1]_. Where an equation has a kink, the gain
is that of the side which the evaluators choose, see :mod:`sdmodels.structure.differentiation`.

References
----------
.. [1] N. Forrester, "A dynamic synthesis of basic macroeconomic theory", doctoral thesis, MIT, 1982.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from sdmodels.engine.interpreter import value_of
from sdmodels.engine.trajectories import Floats
from sdmodels.experiment.step_ends import TIME, StepEnds
from sdmodels.feedback.causal import CausalGraph, Link
from sdmodels.structure.differentiation import partials, root_partials
from sdmodels.structure.expression import Expression, Root


def link_gains(graph: CausalGraph, links: Sequence[Link], ends: StepEnds) -> Floats:
    """Return the gain of each link at the end of each step.

    Returns
    -------
    Floats
        Shape ``(links, steps, members)`` [unit of the target by that of the source; of a net flow if the target is
        a stock]. 0 where it is not finite, as the slope of a square root at 0.
    """
    gains = np.zeros((len(links), *ends.shape))
    slopes: dict[str, Mapping[str, Expression]] = {}
    for row, (source, target) in enumerate(links):
        if target not in slopes:
            slopes[target] = _slopes(target, graph.equations[target])
        slope = slopes[target].get(source)
        if slope is not None:
            gains[row] = value_at_ends(slope, ends)
    return np.where(np.isfinite(gains), gains, 0.0)


def net_flows(graph: CausalGraph, stocks: Sequence[str], ends: StepEnds) -> Floats:
    """Return the net flow of each stock at the end of each step.

    Returns
    -------
    Floats
        Shape ``(stocks, steps, members)`` [unit of the stock by the unit of time].
    """
    found = np.zeros((len(stocks), *ends.shape))
    for row, stock in enumerate(stocks):
        found[row] = value_at_ends(graph.equations[stock], ends)
    return found


def value_at_ends(expression: Expression, ends: StepEnds) -> Floats:
    """Return what an expression comes to at the end of each step; the shape broadcasts to that of ``ends``."""
    with np.errstate(all="ignore"):
        # The interpreter is NumPy through and through: the time may be an array, too.
        return value_of(expression, ends.after, ends.after[TIME])  # type: ignore[arg-type]


def _slopes(name: str, equation: Expression) -> Mapping[str, Expression]:
    """Return the derivatives of an equation; a root stands alone, by the name of its variable."""
    return root_partials(equation, name) if isinstance(equation, Root) else partials(equation)

"""How much of a variable's change in a time step comes from each variable that acts on it?

The link score of Loops That Matter [1]_, with the rule for flows of 2023 [2]_: a stock's net flow counts as the
variable that its flows decide, and a step of the stock follows it alone. So an inflow has the score
``|change of the inflow / change of the net flow|``, an outflow minus that, whatever the time step.

References
----------
.. [1] W. Schoenberg, P. Davidsen, R. Eberlein, "Understanding model behavior using the Loops that Matter method",
   System Dynamics Review 36(2), 2020.
.. [2] W. Schoenberg, J. Hayward, R. Eberlein, "Improving Loops that Matter", System Dynamics Review 39(2), 2023.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from sdmodels.engine.interpreter import value_of
from sdmodels.engine.trajectories import Floats
from sdmodels.experiment.step_ends import TIME, StepEnds
from sdmodels.feedback.causal import CausalGraph, Link
from sdmodels.structure.expression import Expression, references


def link_scores(graph: CausalGraph, links: Sequence[Link], ends: StepEnds) -> Floats:
    """Return the score of each link in each step.

    Returns
    -------
    Floats
        Shape ``(links, steps, members)`` [no unit]: the share of the target's change that the source alone would
        have made, negative if the two move against each other; it can exceed 1. 0 where either does not change,
        and where a value is not finite.
    """
    scores = np.zeros((len(links), *ends.shape))
    targets: dict[str, list[int]] = {}
    for row, (_, target) in enumerate(links):
        targets.setdefault(target, []).append(row)
    with np.errstate(all="ignore"):
        for target, rows in targets.items():
            change = _Change(graph.equations[target], ends)
            for row in rows:
                scores[row] = change.score(links[row][0])
    return scores


class _Change:
    """How an expression changes in a step, in all and by each of its sources."""

    def __init__(self, expression: Expression, ends: StepEnds) -> None:
        self.expression = expression
        self.ends = ends
        self.moving = {
            reference.name
            for reference in references(expression)
            if ends.after[reference.name] is not ends.before[reference.name]
        }
        self.begin = self._value(ends.before)
        self.total = self._value(ends.after) - self.begin

    def score(self, source: str) -> Floats:
        before, after = self.ends.before, self.ends.after
        moved = after[source] - before[source]
        if self.moving == {source}:
            part = self.total
        else:
            part = self._value({**before, source: after[source]}) - self.begin
        score = np.abs(part / self.total) * np.sign(part) * np.sign(moved)
        return np.asarray(np.where(np.isfinite(score), score, 0.0))

    def _value(self, values: Mapping[str, Floats]) -> Floats:
        # The interpreter is NumPy through and through: the time may be an array, too.
        return value_of(self.expression, values, values[TIME])  # type: ignore[arg-type]

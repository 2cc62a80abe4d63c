"""How well does the likelihood alone hold a parameter: its profile, by pyPESTO?

Along a profile one parameter is set and all others are fitted again. Its own prior is left out, so that a flat
profile says that the data tell nothing; those of the others stay, since they are known before the data, too.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import pypesto
import pypesto.optimize
import pypesto.profile

from sdmodels.calibration.gathering import GatheredRuns
from sdmodels.calibration.posterior import Posterior
from sdmodels.calibration.pypesto_problem import optimizer_of, problem_of
from sdmodels.calibration.side_by_side import quiet, together
from sdmodels.engine.trajectories import Floats, Progress

# Of a chi-squared distribution of one degree of freedom, halved: 95 % of it is below.
THRESHOLD = 1.9207
# A parameter that is known to a thousandth of its prior has a profile, too.
STEP, LEAST_STEP, MOST_STEP = 0.4, 2e-4, 0.8
# Of the likelihood ratio, between neighbouring points.
MOST_CHANGE = 0.3
# pyPESTO lets the loss rise by half of what it has risen since the optimum: on a flat profile that is rounding, and
# every step would be the least one. With an optimum that is said to be so much lower, a tenth is allowed at first.
LOWERED = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """The profile of one parameter.

    Attributes
    ----------
    scores, values
        Where it was fitted again, ascending, shape ``(points,)`` [no unit; unit of the parameter].
    losses
        Minus the logarithm of the profile likelihood, less its least, shape ``(points,)``.
    """

    id: str
    scores: Floats
    values: Floats
    losses: Floats

    @property
    def closes(self) -> tuple[bool, bool]:
        """Whether the data exclude low values, and high ones, inside of the parameter's range, at 95 %."""
        best = int(self.losses.argmin())
        return (
            bool((self.losses[: best + 1] > THRESHOLD).any()),
            bool((self.losses[best:] > THRESHOLD).any()),
        )

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval, as far as the range goes [unit of the parameter]; straight lines between points."""
        inside = np.flatnonzero(self.losses <= THRESHOLD)
        return self._crossing(int(inside[0]), -1), self._crossing(int(inside[-1]), 1)

    def _crossing(self, last: int, step: int) -> float:
        """Return where the profile crosses the threshold beyond the last point below it."""
        beyond = last + step
        if not 0 <= beyond < self.losses.size:
            return float(self.values[last])
        losses = [self.losses[last], self.losses[beyond]]
        return float(np.interp(THRESHOLD, losses, [self.values[last], self.values[beyond]]))


def profiles_of(
    posterior: Posterior, best: Floats, ids: Sequence[str], *, progress: Progress | None = None
) -> tuple[Profile, ...]:
    """Profile some parameters, side by side.

    Parameters
    ----------
    best
        The scores from which profiles begin, shape ``(parameters,)``.
    """
    places = [posterior.objective.case.space.names.index(id) for id in ids]
    if not places:
        return ()
    done = [0]

    def ended(_number: int, _profile: Profile) -> None:
        done[0] += 1
        if progress is not None:
            progress(done[0], len(places))

    with GatheredRuns(posterior.objective.runs) as runs, quiet():
        shared = replace(posterior, objective=replace(posterior.objective, runs=runs))
        return tuple(together([partial(_profile, shared, best, place) for place in places], runs, ended))


def _profile(posterior: Posterior, best: Floats, place: int) -> Profile:
    alone = replace(posterior, without_prior=place)
    result = pypesto.optimize.minimize(
        problem=problem_of(alone, best[None, :]),
        optimizer=optimizer_of(alone),
        n_starts=1,
        engine=pypesto.engine.SingleCoreEngine(),
        progress_bar=False,
    )
    optimum = result.optimize_result.list[0]
    optimum["fval"] -= LOWERED
    result = pypesto.profile.parameter_profile(
        problem=problem_of(alone, best[None, :]),
        result=result,
        optimizer=optimizer_of(alone, nearby=True),
        profile_index=[place],
        profile_options=pypesto.profile.ProfileOptions(
            default_step_size_absolute=STEP,
            default_step_size_relative=0.0,
            min_step_size_absolute=LEAST_STEP,
            min_step_size_relative=0.0,
            max_step_size_absolute=MOST_STEP,
            max_step_size_relative=0.0,
            delta_ratio_max=MOST_CHANGE,
            ratio_min=float(np.exp(-1.5 * THRESHOLD - LOWERED)),
        ),
        progress_bar=False,
    )
    path = result.profile_result.list[0][place]
    # Where no measurement is possible a profile ends.
    fine = np.isfinite(path.fval_path) & np.isfinite(path.x_path[place])
    scores, order = np.unique(path.x_path[place][fine], return_index=True)
    space = posterior.objective.case.space
    column = np.zeros((space.size, scores.size))
    column[place] = scores
    losses = np.asarray(path.fval_path)[fine][order]
    losses[scores == optimum["x"][place]] += LOWERED
    return Profile(
        id=space.names[place],
        scores=scores,
        values=space.values_of(column)[place],
        losses=losses - losses.min(),
    )

"""How much of the movement of a model at a time is each of its modes?

The net flows are a sum of one vector for each eigenvalue. These are spectral projections, by an ordered Schur form
and a Sylvester equation [1]_: they stand where eigenvectors do not, in a defective matrix.

References
----------
.. [1] G. H. Golub, C. F. Van Loan, Matrix Computations, 4th edition, 2013, section 7.6.
"""

from collections.abc import Sequence
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy import linalg
from scipy.linalg import lapack
from scipy.sparse.csgraph import connected_components

from sdmodels.engine.trajectories import Floats
from sdmodels.feedback.modes import SAME, Mode

AT_REST: Final = 1e-9
"""What states move in a unit of time, by their scale, where all that moves is rounding. Assumption."""
MOST_STATES: Final = 300
"""That act on one another or are driven by one another; more would take some seconds at each time."""

Places: TypeAlias = NDArray[np.int64]


def weights_of(modes: Sequence[Mode], jacobian: Floats, flows: Floats, scales: Floats) -> Floats:
    """Return what share of the movement of the states is that of each mode, shape ``(modes,)``.

    A mode weighs as much as the parts of its vector, sizes added up, each by the scale of its state. Equal
    eigenvalues have one vector between them, and share it as it moves the states of their blocks.

    Parameters
    ----------
    flows
        The net flows, shape ``(states,)``.
    scales
        What a movement of each state counts, shape ``(states,)`` [1 / unit of the state].

    Returns
    -------
    Floats
        They add up to 1; not numbers where nothing moves, or where the eigenvalues cannot be told apart or are too
        many.
    """
    weights = np.full(len(modes), np.nan)
    if not np.sum(np.abs(flows) * scales) > AT_REST:
        return weights
    # What has no link between it has nothing to do with each other.
    count, places = connected_components(jacobian != 0, connection="weak")
    here: list[list[int]] = [[] for _ in range(count)]
    for number, mode in enumerate(modes):
        here[places[mode.states[0]]].append(number)
    for place, numbers in enumerate(here):
        rows = np.flatnonzero(places == place)
        inside = [modes[number] for number in numbers]
        weights[numbers] = _sizes(inside, jacobian[np.ix_(rows, rows)], flows[rows], scales[rows], rows)
    return np.asarray(weights / weights.sum())


def _sizes(modes: Sequence[Mode], jacobian: Floats, flows: Floats, scales: Floats, rows: Places) -> Floats:
    """Return how much each mode of some states moves, shape ``(modes,)``; ``rows`` are those of the states."""
    found = np.full(len(modes), np.nan)
    groups = _equal(modes)
    if len(rows) > MOST_STATES:
        return found
    parts = _parts([[modes[member] for member in group] for group in groups], jacobian, flows)
    if parts is None:
        return found
    for group, part in zip(groups, parts, strict=True):
        sizes = np.abs(part) * scales
        own = np.array([sizes[np.isin(rows, modes[member].states)].sum() for member in group])
        shares = own / own.sum() if own.sum() > 0 else np.full(len(group), 1 / len(group))
        found[group] = sizes.sum() * shares
    return found


def _equal(modes: Sequence[Mode]) -> list[list[int]]:
    """Group the modes by their eigenvalue."""
    largest = max(abs(mode.eigenvalue) for mode in modes)
    groups: list[list[int]] = []
    for number, mode in enumerate(modes):
        for group in groups:
            if abs(modes[group[0]].eigenvalue - mode.eigenvalue) <= SAME * largest:
                group.append(number)
                break
        else:
            groups.append([number])
    return groups


def _parts(groups: Sequence[Sequence[Mode]], jacobian: Floats, flows: Floats) -> list[Floats] | None:
    """Return the part of the net flows that belongs to each eigenvalue; ``None`` if they cannot be told apart."""
    balanced, (scale, _) = linalg.matrix_balance(jacobian, permute=False, separate=True)
    form, base = linalg.schur(balanced, output="complex")
    values = np.diag(form)
    centres = np.array([group[0].eigenvalue for group in groups])
    # A pair of complex eigenvalues is one mode.
    upper = values.real + 1j * np.abs(values.imag)
    nearest = np.abs(upper[:, None] - centres).argmin(axis=1)
    found = []
    for number, group in enumerate(groups):
        chosen = nearest == number
        size = int(chosen.sum())
        if size != sum(1 if mode.eigenvalue.imag == 0 else 2 for mode in group):
            return None
        ordered, turned, *_, failed = lapack.ztrsen(chosen, form, base, job="N")
        if failed:
            return None
        coordinates = turned.conj().T @ (flows / scale)
        inside = coordinates[:size]
        if size < len(jacobian):
            across, factor, _ = lapack.ztrsyl(
                ordered[:size, :size], ordered[size:, size:], -ordered[:size, size:], isgn=-1
            )
            inside = inside - across @ coordinates[size:] / factor
        found.append(np.asarray(scale * (turned[:, :size] @ inside).real))
    return found

"""What is known of the modes of behaviour of a run, and what follows from it?"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from sdmodels.catalogue import Entry
from sdmodels.engine.trajectories import Floats
from sdmodels.feedback.causal import CausalGraph, Link
from sdmodels.feedback.circuits import Circuit, links_of
from sdmodels.feedback.one_run import OneRun
from sdmodels.feedback.propagation import Propagation

Complexes = NDArray[np.complex128]


ROUNDING: Final = 1e-12
"""An eigenvalue that is a smaller part of the largest influence on it is 0."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Influences:
    """Influences on eigenvalues before they are labelled.

    Attributes
    ----------
    eigenvalues, weights, problems
        Shape ``(times, modes)``.
    links, cut, loops
        Shape ``(links, or loops with a switch, or independent loops; times, modes)``.
    cuts
        The links that the switch of a loop cuts, by the id of the loop.
    """

    eigenvalues: Complexes
    weights: Floats
    problems: NDArray[np.str_]
    links: Complexes
    cuts: Mapping[str, tuple[Link, ...]]
    cut: Complexes
    independent: tuple[Circuit, ...]
    loops: Complexes


@dataclass(frozen=True, slots=True, kw_only=True)
class EigenvalueElasticities:
    """Modes of behaviour of a run, and the influence of links and loops on them.

    Attributes
    ----------
    cuts
        Of each loop of the manifest that has a switch, by its id, the links that it cuts.
    independent
        A shortest set of independent loops; empty where loops cannot be counted. ``independent_loop`` is a place in
        it.
    modes
        Dimensions among ``(link, loop, independent_loop, time, mode)``; modes at a time stand by their weight, the
        heaviest first, and mode 0 of one time need not be that of another. ``eigenvalue`` (complex), ``weight``
        (share of the movement at that time), ``doubling_time`` and ``halving_time`` (of the size of the mode),
        ``period``; ``problem`` says why an eigenvalue has no influences. ``link_gain``; ``link_influence`` and
        ``link_elasticity``; ``cut_influence`` of the links that a switch cuts: what happens to the eigenvalue when
        they are scaled; ``loop_influence`` and ``loop_polarity`` (the sign of its gains) of the independent loops.
        An elasticity at the eigenvalue 0 is not a number; the influence is.
    """

    entry: Entry
    graph: CausalGraph
    cuts: Mapping[str, tuple[Link, ...]]
    independent: tuple[Circuit, ...]
    modes: xr.Dataset

    @property
    def dominant(self) -> xr.Dataset:
        """The heaviest mode at each time."""
        return self.modes.isel(mode=0)


def labelled(run: OneRun, way: Propagation, gains: Floats, found: Influences) -> EigenvalueElasticities:
    """Label what was found.

    Parameters
    ----------
    gains
        Shape ``(links, times)``.
    """
    unit = run.runs.layout.model.time.units
    rate = {"units": f"1/{unit}"}
    none = {"units": "1"}
    modes = xr.Dataset(
        {
            "eigenvalue": (("time", "mode"), found.eigenvalues, rate),
            "weight": (("time", "mode"), found.weights, none),
            "problem": (("time", "mode"), found.problems),
            **_paces(found.eigenvalues, unit),
            "link_gain": (("link", "time"), gains),
            "link_influence": (("link", "time", "mode"), found.links, rate),
            "link_elasticity": (("link", "time", "mode"), _elasticities(found), none),
            "cut_influence": (("loop", "time", "mode"), found.cut, rate),
            "loop_influence": (("independent_loop", "time", "mode"), found.loops, rate),
            "loop_polarity": (("independent_loop", "time"), _polarities(way, gains, found.independent)),
        },
        {
            "time": ("time", run.times, {"units": unit}),
            "source": ("link", [source for source, _ in way.links]),
            "target": ("link", [target for _, target in way.links]),
            "loop": np.array(list(found.cuts), dtype=str),
        },
        run.attributes,
    )
    return EigenvalueElasticities(
        entry=run.runs.asked.entry,
        graph=run.graph,
        cuts=found.cuts,
        independent=found.independent,
        modes=modes,
    )


def _paces(eigenvalues: Complexes, unit: str) -> dict[str, object]:
    """Return how long a mode takes to double, to halve and to come round."""
    real, imaginary = eigenvalues.real, eigenvalues.imag
    with np.errstate(all="ignore"):
        times = {
            "doubling_time": np.where(real > 0, np.log(2) / real, np.nan),
            "halving_time": np.where(real < 0, -np.log(2) / real, np.nan),
            "period": np.where(imaginary > 0, 2 * np.pi / imaginary, np.nan),
        }
    return {name: (("time", "mode"), values, {"units": unit}) for name, values in times.items()}


def _elasticities(found: Influences) -> Complexes:
    """Return influences over the eigenvalue; not a number where it is 0 but for rounding."""
    with np.errstate(all="ignore"):
        elasticities = found.links / found.eigenvalues
    largest = np.nanmax(np.abs(found.links), axis=0, initial=0.0)
    real = np.abs(found.eigenvalues) > ROUNDING * largest
    return np.where(np.isfinite(elasticities) & real, elasticities, np.nan)


def _polarities(way: Propagation, gains: Floats, circuits: tuple[Circuit, ...]) -> Floats:
    """Return the sign of the product of the gains along each circuit, shape ``(circuits, times)``."""
    row = {link: number for number, link in enumerate(way.links)}
    signs = np.sign(gains)
    found = [signs[[row[link] for link in links_of(circuit)]].prod(axis=0) for circuit in circuits]
    return np.array(found).reshape(len(circuits), gains.shape[1])

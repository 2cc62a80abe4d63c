"""Which modes of behaviour does a linearised model have at a time?

A mode is a real eigenvalue of the Jacobian, or a pair of complex ones. The Jacobian falls into blocks: states that
act on one another over links whose gain is not 0. Each block has eigenvalues of its own, which no link outside
of it can change; so equal eigenvalues of different blocks do not disturb one another.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

import networkx as nx
import numpy as np
from numpy.typing import NDArray
from scipy import linalg

from sdmodels.engine.trajectories import Floats
from sdmodels.feedback.causal import Link

Complexes: TypeAlias = NDArray[np.complex128]
Problem: TypeAlias = Literal["", "defective", "repeated", "no number"]
"""Why an eigenvalue has no elasticity: its vectors nearly vanish in one another; it is there twice; it is none."""

LEAST_COSINE: Final = 1e-5
"""Between the left and the right eigenvector of the balanced matrix; an elasticity is then right to 1e-6 or so."""
SAME: Final = 1e-7
"""Eigenvalues that are nearer to each other, as a share of the largest, are one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mode:
    """A mode at a time.

    Attributes
    ----------
    eigenvalue
        Of a pair, the one with the positive imaginary part [1 / unit of time].
    right, left
        Eigenvectors, shape ``(states,)``, 0 outside of the block; the left one needs no conjugation, and their
        product is 1.
    states
        The rows of the states of the block.
    problem
        Why the eigenvectors are of no use; empty if they are.
    """

    eigenvalue: complex
    right: Complexes
    left: Complexes
    states: tuple[int, ...]
    problem: Problem


def modes_of(jacobian: Floats, blocks: Sequence[Sequence[int]]) -> list[Mode]:
    """Return the modes of each block in turn.

    Parameters
    ----------
    jacobian
        Shape ``(states, states)`` [1 / unit of time].
    blocks
        Of :func:`blocks_of`.
    """
    return [mode for block in blocks for mode in _modes_of_block(jacobian, tuple(block))]


def blocks_of(links: Sequence[Link], gains: Floats, states: Sequence[str]) -> list[list[int]]:
    """Return the rows of the states that act on one another, block by block.

    Parameters
    ----------
    gains
        At one time, shape ``(links,)``.
    """
    row = {name: number for number, name in enumerate(states)}
    graph = nx.DiGraph(link for link, gain in zip(links, gains.tolist(), strict=True) if gain != 0)
    graph.add_nodes_from(states)
    found = [
        sorted(row[name] for name in part if name in row) for part in nx.strongly_connected_components(graph)
    ]
    return sorted(block for block in found if block)


def _modes_of_block(jacobian: Floats, block: tuple[int, ...]) -> list[Mode]:
    own = jacobian[np.ix_(block, block)]
    # Units do not matter in a balanced matrix: how well its vectors are conditioned can be judged.
    balanced, (scale, _) = linalg.matrix_balance(own, permute=False, separate=True)
    # The stubs forget one of the three parts.
    values, lefts, rights = linalg.eig(balanced, left=True)  # type: ignore[misc]
    cosines = np.einsum("ij,ij->j", lefts.conj(), rights)
    found = []
    for number in range(len(block)):
        if values[number].imag < 0:
            continue
        problem = _problem(values, cosines, number)
        right, left = np.zeros((2, len(jacobian)), dtype=complex)
        if not problem:
            right[list(block)] = scale * rights[:, number]
            left[list(block)] = lefts[:, number].conj() / scale / cosines[number]
        found.append(
            Mode(eigenvalue=complex(values[number]), right=right, left=left, states=block, problem=problem)
        )
    return found


def _problem(values: Complexes, cosines: Complexes, number: int) -> Problem:
    if abs(cosines[number]) < LEAST_COSINE:
        return "defective"
    others = np.abs(np.delete(values, number) - values[number])
    return "repeated" if np.any(others <= SAME * np.abs(values).max()) else ""

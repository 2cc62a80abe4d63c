"""Which links of a loop does its switch cut?"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from sdmodels.experiment.step_ends import StepEnds
from sdmodels.feedback.causal import CausalGraph, Link
from sdmodels.feedback.circuits import Circuit, links_of
from sdmodels.feedback.link_scores import link_scores
from sdmodels.structure.expression import references


def cut_links(
    graph: CausalGraph, circuits: Sequence[Circuit], switch: str, samples: Sequence[StepEnds]
) -> tuple[Link, ...]:
    """Return the links along the circuits that say nothing any more when the switch is 0.

    Only links into variables whose equations name the switch are tried, at the steps that are given. If none of
    them moves in any of these, all count as cut, as the manifest says.
    """
    tried = [
        link
        for link in dict.fromkeys(link for circuit in circuits for link in links_of(circuit))
        if any(reference.name == switch for reference in references(graph.equations[link[1]]))
    ]
    if not tried:
        return ()
    was, left = np.zeros(len(tried)), np.zeros(len(tried))
    off = np.zeros((1, 1))
    for ends in samples:
        cut = replace(ends, before={**ends.before, switch: off}, after={**ends.after, switch: off})
        was = np.maximum(was, np.abs(link_scores(graph, tried, ends)).max(axis=(1, 2)))
        left = np.maximum(left, np.abs(link_scores(graph, tried, cut)).max(axis=(1, 2)))
    if not was.any():
        return tuple(tried)
    return tuple(link for number, link in enumerate(tried) if was[number] > 0 and left[number] == 0)

"""Do three ways to find the loop that matters most name the same one?

Loops That Matter shares out the change in each step, eigenvalue elasticity analysis asks what the heaviest mode of
behaviour owes to each loop, pathway participation follows what makes one stock speed up or slow down. Each has
blind spots of its own [1]_; where they agree, a finding does not hang on the method.

Where loops can be counted, the loops themselves are compared, as circuits of variables. Where they cannot, the
loops of the manifest are, by the links that their switches cut: what share of all scores runs through these, and
what they do to the eigenvalue; a pathway names the loops some of whose cut links its own loop has.

References
----------
.. [1] C. E. Kampmann, R. Oliva, "Structural dominance analysis and theory building in system dynamics", Systems
   Research and Behavioral Science 25(4), 2008.
"""

from collections.abc import Mapping
from typing import Final

import numpy as np
from scipy.stats import spearmanr

from sdmodels.engine.trajectories import Floats
from sdmodels.errors import InputError
from sdmodels.feedback.circuits import Circuit, links_of, turned
from sdmodels.feedback.elasticities import EigenvalueElasticities
from sdmodels.feedback.feedback_loop import Polarity, shown
from sdmodels.feedback.pathways import PathwayParticipation
from sdmodels.feedback.scores import LoopScores
from sdmodels.feedback.verdicts import Agreement, Moment, Opinion, verdict_of

SAME_TIME: Final = 1e-6
LEAST_RANKED: Final = 3
"""Loops whose order is compared; two are in the same order by chance half of the time."""


def compare_opinions(
    scores: LoopScores, elasticities: EigenvalueElasticities, pathways: PathwayParticipation
) -> Agreement:
    """Compare what is said of one run, at the times of the pathways.

    Parameters
    ----------
    scores
        Of one member; compared is the nearest time that was scored.
    elasticities, pathways
        Of the same run. Modes weighed by the stock of the pathways answer the same question as these.

    Raises
    ------
    InputError
        If they are of different models or runs, or have no time in common.
    """
    _require_same(scores, elasticities, pathways)
    return Agreement(moments=tuple(_Comparison(scores, elasticities, pathways).moments()))


def _require_same(
    scores: LoopScores, elasticities: EigenvalueElasticities, pathways: PathwayParticipation
) -> None:
    members = scores.scores.sizes["member"]
    if members != 1:
        raise InputError(
            f"The scores are of {members} runs, but those of one run are compared.\n"
            f"    policies: {', '.join(sorted(set(scores.scores['policy'].values)))}\n"
            "Score one run."
        )
    run = {name: scores.scores[name].values[0] for name in ("policy", "scenario")}
    known = [{**scores.scores.attrs, **run}, elasticities.modes.attrs, pathways.values.attrs]
    for name in ("model", "model_hash", "policy", "scenario", "settings", "seed", "method", "time_step"):
        found = [str(attributes.get(name)) for attributes in known]
        if len(set(found)) > 1:
            raise InputError(
                f"The three are not of the same run: their {name} differs.\n"
                f"    {', '.join(dict.fromkeys(found))}\n"
                "Hand over results of one run."
            )


class _Comparison:
    """What is named at each time."""

    def __init__(
        self, scores: LoopScores, elasticities: EigenvalueElasticities, pathways: PathwayParticipation
    ) -> None:
        self.scores, self.elasticities, self.pathways = scores, elasticities, pathways
        self.by_loop = bool(elasticities.independent)
        self.relative = scores.scores["relative_score"].values[:, 0]
        self.cut_share = scores.scores["cut_share"].values[:, 0]
        # Scores are shares of a partition: loops elsewhere have nothing to say about this stock.
        partition = scores.graph.partition_of.get(pathways.stock, -1)
        self.here = np.array([loop.partition == partition for loop in scores.loops], dtype=bool)
        self.owner: Mapping[Circuit, str] = {
            circuit: loop.id for loop in scores.loops for circuit in loop.circuits
        }

    def moments(self) -> list[Moment]:
        """Return a moment for each time that the modes and the pathways have in common."""
        scored = self.scores.scores["time"].values
        modal = self.elasticities.modes["time"].values
        found = []
        for place, time in enumerate(self.pathways.values["time"].values):
            mode = int(np.abs(modal - time).argmin())
            if abs(modal[mode] - time) > SAME_TIME * max(1.0, abs(time)):
                continue
            score = int(np.abs(scored - time).argmin())
            found.append(self._moment(place, mode, score, float(time)))
        if not found:
            raise InputError(
                "The modes and the pathways have no time in common.\n"
                f"    {modal[0]:g} to {modal[-1]:g}\n"
                "Ask both for the same times."
            )
        return found

    def _moment(self, place: int, mode: int, score: int, time: float) -> Moment:
        named = [self._by_score(score), self._by_mode(mode), self._by_pathway(place)]
        opinions = tuple(opinion for opinion in named if opinion is not None)
        correlation = None if self.by_loop else self._correlation(mode, score)
        return Moment(
            time=time,
            phase=self.pathways.phases[place],
            compared="loops" if self.by_loop else "switches",
            opinions=opinions,
            rank_correlation=correlation,
            verdict=verdict_of(opinions, correlation),
        )

    def _by_score(self, score: int) -> Opinion | None:
        """Return the loop that has most of the score, of all or of those with a switch."""
        sizes = np.abs(self.relative if self.by_loop else self.cut_share)[:, score]
        row = _largest(np.where(self.here, sizes, 0.0))
        if row is None:
            return None
        loop = self.scores.loops[row]
        return Opinion(
            method="Loops That Matter",
            loops=(loop.id,),
            variables=loop.variables,
            polarity=_polarity(self.relative[row, score]),
            strength=float(sizes[row]),
        )

    def _by_mode(self, mode: int) -> Opinion | None:
        """Return the loop that the heaviest mode owes most to."""
        modes = self.elasticities.modes.isel(time=mode, mode=0)
        weight = float(modes["weight"].item())
        influences = np.abs(modes["loop_influence" if self.by_loop else "cut_influence"].values)
        row = _largest(influences)
        if row is None or not np.isfinite(weight):
            return None
        if not self.by_loop:
            loop = self.scores.loop(str(modes["loop"].values[row]))
            named, variables, polarity = loop.id, loop.variables, _polarity(np.nan)
        else:
            circuit = self.elasticities.independent[row]
            named, variables = self._called(circuit), shown(self.elasticities.graph, circuit)
            polarity = _polarity(modes["loop_polarity"].values[row])
        return Opinion(
            method="eigenvalue elasticity",
            loops=(named,),
            variables=variables,
            polarity=polarity,
            strength=float(influences[row]),
        )

    def _by_pathway(self, place: int) -> Opinion | None:
        """Return the loop that drives the stock, or the loops with a switch that it has cut links of."""
        pathway = self.pathways.pathways[place]
        if pathway is None or not pathway.circuit:
            return None
        links = set(links_of(pathway.circuit))
        loops = (
            (self._called(pathway.circuit),)
            if self.by_loop
            else tuple(id for id, cut in self.elasticities.cuts.items() if links.intersection(cut))
        )
        share = self.pathways.values["pathway_share"].values[place]
        return Opinion(
            method="pathway participation",
            loops=loops,
            variables=pathway.loop,
            polarity=pathway.polarity,
            strength=float(abs(share)),
        )

    def _called(self, circuit: Circuit) -> str:
        """Return the id of a circuit's loop; its variables if it was not scored."""
        return self.owner.get(turned(circuit), " → ".join(shown(self.elasticities.graph, circuit)))

    def _correlation(self, mode: int, score: int) -> float | None:
        """Return the rank correlation of shares of the score and influences on the heaviest mode, loop by loop."""
        modes = self.elasticities.modes.isel(time=mode, mode=0)
        if not np.isfinite(modes["weight"].item()):
            return None
        influence = dict(zip(modes["loop"].values, np.abs(modes["cut_influence"].values), strict=True))
        pairs = [
            (self.cut_share[row, score], influence[loop.id])
            for row, loop in enumerate(self.scores.loops)
            if loop.id in influence
        ]
        moving = np.array([pair for pair in pairs if np.isfinite(pair).all() and any(pair)]).reshape(-1, 2)
        if len(moving) < LEAST_RANKED or any(np.ptp(column) == 0 for column in moving.T):
            return None
        return float(spearmanr(*moving.T).statistic)


def _largest(sizes: Floats) -> int | None:
    """Return the place of the largest size; ``None`` if all are 0, or none is a number."""
    sizes = np.where(np.isfinite(sizes), sizes, 0.0)
    return int(sizes.argmax()) if sizes.any() else None


def _polarity(sign: float) -> Polarity | None:
    """Return the polarity of a sign; ``None`` if there is no telling."""
    if np.isnan(sign):
        return None
    return "reinforcing" if sign > 0 else "balancing" if sign < 0 else "at rest"

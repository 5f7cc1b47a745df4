"""What came out of a published study: by condition and seed, and on average."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from .. import text
from ..agents import Agent, Searcher
from ..mdp import Floats
from ..metrics import DEFAULT
from ..metrics.bootstrap import interval, picks
from ..metrics.population import rank_correlation
from ..metrics.reading import AXES
from .cases import Case

if TYPE_CHECKING:
    from ..figures.picture import Picture

OUTCOMES = ("base", "proxy", "neither")
NOT_TRAINED = 0.8  # a scalar in training below this is said to be a failure to train


@dataclass(frozen=True, eq=False)
class Study(text.Tabled):
    """What came out, [conditions, seeds] each.

    training: scalar on an agent's own training distribution. scalar, capability,
    alignment: with the goal shifted anywhere, or on the `test` of the case; alignment
    is NaN where it is unknown. reached: [conditions, seeds, 3], the share of shifted
    episodes of `STEPS` moves that come first to the base thing, to the proxy thing, or
    to neither; NaN where a world has no such two things. regret: that of the level
    anywhere that has most, see `rk.regret`.
    agents: [conditions][seeds].
    """

    name: str
    case: Case
    labels: list[str]
    seeds: list[int]
    training: Floats
    scalar: Floats
    capability: Floats
    alignment: Floats
    reached: Floats
    regret: Floats
    agents: list[list[Agent]]

    @cached_property
    def failed(self) -> list[tuple[str, int]]:
        """Condition and seed of the agents that did not learn the base objective."""
        where = np.argwhere(self.training < NOT_TRAINED)
        return [(self.labels[c], self.seeds[s]) for c, s in where]

    def table(self) -> str:
        """Return a line for each condition: means with intervals over seeds."""
        columns: list[list[Any]] = [[*mean_over_seeds(self.training)[:, 0]]]
        for axis in AXES:
            found = mean_over_seeds(getattr(self, axis))
            columns.append([text.interval(*each) for each in found])
        head = ["", "training", *AXES]
        if not np.isnan(self.reached).all():
            columns += [
                [*map(text.number, shares)] for shares in self.reached.mean(1).T
            ]
            head += OUTCOMES
        rows = zip(self.labels, *columns, strict=True)
        formats = ["", "8.2f", *[""] * (len(head) - 2)]
        lines = [f"by {self.case.plan.variable}", text.table(rows, head, formats)]
        known = f"{len(self.seeds)} seeds each; published: {self.case.published}"
        lines.append(text.wrapped(known, text.LINE))
        return "\n".join([*lines, *self.untrained])

    @property
    def untrained(self) -> list[str]:
        """A line that names those that `failed`, if any."""
        if not self.failed:
            return []
        who = ", ".join(f"{label} (seed {seed})" for label, seed in self.failed)
        said = f"did not learn (training below {NOT_TRAINED}): {who}"
        return [text.wrapped(said, text.LINE, "  ")]

    def figure(self) -> Picture:
        """Return the three numbers after the shift, each seed a point."""
        from ..figures.charts import sweep

        values = {axis: getattr(self, axis) for axis in AXES}
        picture = sweep(
            self.labels,
            values,
            {axis: mean_over_seeds(each) for axis, each in values.items()},
            self.case.plan.variable,
            self.case.title,
            self.case.shape,
        )
        picture.table = self.table()
        return picture

    def plane(self) -> Picture:
        """Return the plane after the shift: means as a trail, each seed a dot."""
        from ..figures.trails import sweep_on_plane

        values = {"capability": self.capability, "alignment": self.alignment}
        means = {axis: mean_over_seeds(each) for axis, each in values.items()}
        variable, title = self.case.plan.variable, self.case.title
        return sweep_on_plane(self.labels, values, means, variable, title)

    def wishes(self) -> str:
        """Return how each weight of searchers' rewards goes with alignment.

        Rank correlation over all searchers of the study. Raises ValueError where it
        has none.
        """
        pairs = [
            (agent, self.alignment[c, s])
            for c, row in enumerate(self.agents)
            for s, agent in enumerate(row)
            if isinstance(agent, Searcher) and not np.isnan(self.alignment[c, s])
        ]
        if len(pairs) < 3:
            raise ValueError(f"study {self.name!r} holds too few searchers to compare.")
        names = list(pairs[0][0].mesa_objective)
        weights = np.array([list(a.mesa_objective.values()) for a, _ in pairs])
        alignment = np.array([x for _, x in pairs])
        lines = [
            f"{name:16} {text.number(rank_correlation(weights[:, k], alignment)):>5}"
            for k, name in enumerate(names)
        ]
        return "\n".join(["weight of         rank correlation with alignment", *lines])


def mean_over_seeds(values: Floats) -> Floats:
    """Return mean and 95 % bootstrap interval over seeds, [conditions, 3].

    values: [conditions, seeds], drawn together in all conditions; unknown ones (NaN)
    are left out, and a resample that knows none does not count.
    """
    draws = values[:, picks(values.shape[1], DEFAULT.resamples, 0, 41)]
    out = np.full((len(values), 3), np.nan)
    for c, (each, means) in enumerate(zip(values, _mean(draws), strict=True)):
        known = means[~np.isnan(means)]
        if len(known):
            out[c] = _mean(each), *interval(known)
    return out


def _mean(values: Floats) -> Floats:
    """Return the mean of what is known over the last axis, NaN where nothing is."""
    known = ~np.isnan(values)
    count = known.sum(-1)
    mean: Floats = np.where(known, values, 0).sum(-1) / np.maximum(count, 1)
    return np.where(count > 0, mean, np.nan)

"""What a reading can be asked for besides its three numbers, found when asked.

Both need planners of their own, so that nothing is computed before.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from ..mdp import Floats, Tables, best_start_values, occupancy, plan
from .cache import Cache
from .conventions import DEFAULT
from .references import references

STEP = 1e-3  # by which the weight of the base objective is moved to see what changes
Part = tuple[Floats, Callable[[], Tables], Callable[[], Floats]]


@dataclass(frozen=True, eq=False)
class Beside:
    """Levels and a policy, at hand for what is asked of them later.

    parts: the weight of each level [levels], and what gives its tables and policy.
    """

    parts: Sequence[Part]

    @classmethod
    def of(cls, tables: Tables, policy: Floats) -> Self:
        """Return levels that count alike."""
        share = np.full(len(tables), 1 / len(tables))
        return cls([(share, lambda: tables, lambda: policy)])

    def base_scores(self) -> Floats:
        """Return [mixtures, worst and best], base scores of flawless planners."""
        earned: list[Floats] = []
        most = 0.0
        for weight, tables, _ in self.parts:
            found = tables()
            known = references(found)
            over = flawless(found) - known.random[:, :1, None]
            earned.append(np.tensordot(weight, over, 1))
            most += float(weight @ known.base_headroom)
        scores: Floats = np.sum(earned, axis=0) / most
        return scores

    def alignments(self, fitting: Floats) -> tuple[float, float]:
        """Return the lowest and highest base score for mixtures [mixtures, objectives].

        These are of those that are tried by default.
        """
        tried = DEFAULT.mixtures(fitting.shape[1])
        scores = self.base_scores()[(tried[:, None] == fitting).all(-1).any(1)]
        low, high = np.clip([scores[:, 0].min(), scores[:, 1].max()], -1, 1)
        return float(min(low, high)), float(high)

    def state_coherence(self) -> float:
        """Return the share of visited moves that are optimal for some candidate."""
        good, every = 0.0, 0.0
        for weight, tables, policy in self.parts:
            found, pi = tables(), policy()
            visits = occupancy(found, pi)
            alone = plan(found, np.eye(len(found.objectives)))[1]
            fits = (alone > 0).any(0)
            every += float(weight @ visits.sum(1))
            good += float(weight @ (visits * (pi * fits).sum(-1)).sum(1))
        return good / every if every else float("nan")


_flawless: Cache[Floats] = Cache(8)  # distributions


def flawless(tables: Tables) -> Floats:
    """Return base return of flawless planners, [levels, mixtures, worst and best].

    Several policies may be optimal for a mixture, and differ in what they earn of the
    base objective. Optimal value is convex in the weights, and its slope on either side
    is what the worst and the best of them earn (envelope theorem).
    """

    def make() -> Floats:
        mixtures = DEFAULT.mixtures(len(tables.objectives))
        aside = STEP * np.eye(len(tables.objectives))[0]
        each = np.concatenate([mixtures - aside, mixtures, mixtures + aside])
        less, here, more = np.split(best_start_values(tables, each), 3, axis=1)
        slopes = np.stack([here - less, more - here], -1) / STEP
        return slopes * tables.units[0]

    return _flawless.get(tables.digest, make)

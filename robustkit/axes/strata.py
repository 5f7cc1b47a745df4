"""Four evaluations for every position of two sliders.

A shift (goal, layout) is a weighting of four strata (familiar or unfamiliar layout ×
objectives agree or part), so readings along a slider are the same formula with other
weights: smooth, without sampling noise of their own, and free once the strata are done.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from ..mdp import Floats, Tables
from . import polar
from .conventions import DEFAULT, Conventions
from .reading import Reading


def shares(goal: ArrayLike, layout: ArrayLike) -> Floats:
    """Return the weights of the four strata at shifts, [..., 4].

    Order: familiar and agree, familiar and part, unfamiliar and agree, unfamiliar and
    part.
    """
    apart, new = np.broadcast_arrays(np.asarray(goal, float), np.asarray(layout, float))
    agree, known = 1 - apart, 1 - new
    return np.stack([agree * known, apart * known, agree * new, apart * new], -1)


@dataclass(frozen=True, eq=False)
class Strata:
    """One policy evaluated on the four strata of a world.

    objectives: their names. terms: what each level adds, per stratum; level i is the
    same level i in all four, so that a bootstrap draws the four together.
    """

    objectives: Sequence[str]
    terms: Sequence[polar.Terms]
    seed: int = 0
    conventions: Conventions = DEFAULT
    agent: str = "policy"
    episodes: int | None = None  # how they were played, where values are not exact
    planned: bool = False  # see `Reading`

    @property
    def levels(self) -> int:
        """Number of levels of each stratum."""
        return len(self.terms[0].advance)

    @cached_property
    def sums(self) -> Floats:
        """[4, columns], mean over levels of `Terms.stacked`."""
        return np.stack([each.stacked.mean(0) for each in self.terms])

    @cached_property
    def draws(self) -> Floats:
        """[4, resamples, columns], the same for each resample."""
        n = self.levels
        counts = polar.bootstrap_counts(n, self.seed, self.conventions) / n
        return np.stack([polar.resample(counts, each.stacked) for each in self.terms])

    def reading(self, goal: float, layout: float) -> Reading:
        """Return the reading at a shift."""
        weight = shares(goal, layout)
        sums = weight @ self.sums
        draws = np.einsum("s,srk->rk", weight, self.draws)
        capability = float(polar.combine(sums, self.conventions)[1])
        every = polar.Terms(
            *(
                np.concatenate([getattr(each, name) for each in self.terms])
                for name in ("advance", "room", "gain", "weight")
            )
        )
        share = np.repeat(weight, self.levels)
        coherence = polar.coherence(every, share, capability)
        reading = polar.read(
            sums, draws, self.objectives, self.levels, coherence, self.conventions
        )
        if self.episodes:
            reading = replace(reading, coherence=float("nan"))
        return replace(
            reading,
            agent=self.agent,
            shift=(goal, layout),
            episodes=self.episodes,
            planned=self.planned,
        )

    def bounds(self, goal: Floats, layout: Floats) -> Floats:
        """Return intervals on a grid of shifts, [goal, layout, axis, low and high].

        axis: scalar, capability, alignment.
        """
        weight = shares(goal[:, None], layout[None, :])
        draws = np.einsum("gls,srk->rglk", weight, self.draws)
        three = polar.combine(draws, self.conventions)[:3]
        return np.moveaxis(
            np.stack([polar.interval(part, self.conventions) for part in three]),
            (0, 1),
            (2, 3),
        )


def evaluate_strata(
    policies: Sequence[ArrayLike],
    tables: Sequence[Tables],
    agent: str = "policy",
    seed: int = 0,
    conventions: Conventions = DEFAULT,
) -> Strata:
    """Return one agent's evaluation on four strata, from its policy on each.

    policies: of four, each [levels, states, actions].
    """
    each = [
        polar.terms(policy, part, conventions)
        for policy, part in zip(policies, tables, strict=True)
    ]
    return Strata(tables[0].objectives, each, seed, conventions, agent)

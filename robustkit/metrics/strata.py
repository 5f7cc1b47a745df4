"""Four evaluations for every position of two sliders.

A shift (goal, layout) is a weighting of four strata (familiar or unfamiliar layout ×
objectives agree or part), so readings along a slider are the same formula with other
weights: smooth, without sampling noise of their own, and free once the strata are done.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from ..mdp import Floats, Tables
from . import polar
from .conventions import DEFAULT, Conventions
from .grounding import named
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
class StratifiedEvaluation:
    """One policy evaluated on the four strata of a world.

    objectives: their names. terms: what each level says, per stratum, in the terms of
    the grounding, None for a stratum that is never asked for; level i is the same level
    i in all four, so that a bootstrap draws the four together.
    """

    objectives: Sequence[str]
    terms: Sequence[Any]
    seed: int = 0
    conventions: Conventions = DEFAULT
    agent: str = "policy"
    episodes: int | None = None  # how they were played, where values are not exact
    planned: bool = False  # see `Reading`
    grounding: str = "polar"

    @property
    def levels(self) -> int:
        """Number of levels of each stratum."""
        return next(len(each.room) for each in self.terms if each is not None)

    @cached_property
    def counts(self) -> Floats:
        """[resamples, levels], the weight of each level in each resample."""
        n = self.levels
        return polar.bootstrap_counts(n, self.seed, self.conventions) / n

    @cached_property
    def sums(self) -> Floats:
        """[4, columns], mean over levels of `polar.Terms.stacked`; polar only."""
        return np.stack([each.stacked.mean(0) for each in self._polar])

    @cached_property
    def draws(self) -> Floats:
        """[4, resamples, columns], the same for each resample."""
        return np.stack(
            [polar.resample(self.counts, each.stacked) for each in self._polar]
        )

    @property
    def _polar(self) -> list[polar.Terms]:
        if self.grounding != "polar":
            raise ValueError(
                f"grounding={self.grounding!r} has no sums; allowed: 'polar'."
            )
        empty = polar.Terms.nothing(self.levels, self.objectives)
        return [empty if each is None else each for each in self.terms]

    def reading(self, goal: float, layout: float) -> Reading:
        """Return the reading at a shift."""
        weight = shares(goal, layout)
        judged = self._sums if self.grounding == "polar" else self._judged
        reading = judged(weight)
        if self.episodes:
            reading = replace(reading, coherence=float("nan"))
        return replace(
            reading,
            agent=self.agent,
            shift=(goal, layout),
            episodes=self.episodes,
            planned=self.planned,
        )

    def _sums(self, weight: Floats) -> Reading:
        """Return the polar reading, from sums that are there already."""
        sums = weight @ self.sums
        draws = np.einsum("s,srk->rk", weight, self.draws)
        capability = float(polar.combine(sums, self.conventions)[1])
        every = polar.Terms.joined(self._polar)
        share = np.repeat(weight, self.levels) / self.levels
        coherence = polar.coherence(every, share, capability)
        telling = float(share @ every.telling)
        n, names = self.levels, self.objectives
        return polar.read(sums, draws, names, n, telling, coherence, self.conventions)

    def _judged(self, weight: Floats) -> Reading:
        """Return the reading of the levels of all strata, weighted."""
        room = named(self.grounding)
        used = [(s, w) for s, w in enumerate(weight) if w > 0]
        parts = [self.terms[s] for s, _ in used]
        every = type(parts[0]).joined(parts)
        share = np.repeat([w for _, w in used], self.levels) / self.levels
        draws = np.concatenate([w * self.counts for _, w in used], 1)
        reading: Reading = room.judge(
            every, share, draws, self.objectives, self.levels, self.conventions
        )
        return reading

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

    @cached_property
    def telling(self) -> Floats:
        """[4], share of the levels of each stratum that tell objectives apart."""
        return np.array([0 if t is None else t.telling.mean() for t in self.terms])

    def goals(self, goal: Floats, layout: Floats) -> Floats:
        """Return goal intervals on a grid of shifts, [goal, layout, low and high]."""
        weight = shares(goal[:, None], layout[None, :])
        scores = polar.combine(weight @ self.sums, self.conventions)[3]
        draws = np.einsum("gls,srk->rglk", weight, self.draws)
        drawn = polar.combine(draws, self.conventions)[3]
        return polar.fitting(
            scores, drawn.std(0), len(self.objectives), self.conventions
        )


def evaluate_strata(
    policies: Sequence[ArrayLike],
    tables: Sequence[Tables],
    agent: str = "policy",
    seed: int = 0,
    conventions: Conventions = DEFAULT,
    grounding: str = "polar",
) -> StratifiedEvaluation:
    """Return one agent's evaluation on four strata, from its policy on each.

    policies: of four, each [levels, states, actions].
    """
    each = [
        named(grounding).terms(policy, part, conventions)
        for policy, part in zip(policies, tables, strict=True)
    ]
    objectives = tables[0].objectives
    return StratifiedEvaluation(
        objectives, each, seed, conventions, agent, grounding=grounding
    )

"""Distributions evaluated once each, for every position of the sliders.

A place on the sliders is a weighting of a few of them (strata), so readings along a
slider are the same formula with other weights: smooth, without sampling noise of their
own, and free once the strata are done.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from ..arguments import quote
from ..arithmetic import matmul
from ..mdp import Floats, Tables
from . import groundings
from .bootstrap import bootstrap_weights, intervals, with_pseudo_levels
from .conventions import DEFAULT, Conventions
from .evidence import Evidence, Weights
from .fitting import Beside
from .groundings import Bools, Grounding, Sums, check_headroom
from .reading import Reading

LINE = 11  # places on the sliders whose resamples are summed at a time


@dataclass(frozen=True, eq=False)
class StratifiedEvaluation:
    """One policy evaluated on several distributions (strata), by one grounding.

    evidence: what each level says, per stratum, None for a stratum that is never asked
    for; where strata have as many levels, level i is the same level i in all of them,
    so that a bootstrap draws them together. weights: what calls a place on the sliders
    by its shifts ("goal", ...), to the weights [strata] there; none where strata are no
    world's. beside: weights [strata] to what is asked of a reading later, see
    `Reading`.
    """

    evidence: Sequence[Evidence | None]
    seed: int = 0
    agent: str = "policy"
    episodes: int | None = None  # how they were played, where values are not exact
    planned: bool = False  # see `Reading`
    grounding: str = "polar"
    weights: Callable[..., Floats] | None = None
    beside: Callable[[Floats], Beside] | None = None

    @property
    def _by(self) -> Grounding[Any]:
        return groundings.grounding(self.grounding)

    @property
    def _sums(self) -> Sums[Any]:
        if self._by.sums is None:
            allowed = [
                repr(name) for name, g in groundings.GROUNDINGS.items() if g.sums
            ]
            raise ValueError(
                f"grounding={quote(self.grounding)} has no sums; allowed: "
                f"{', '.join(allowed)}."
            )
        return self._by.sums

    @property
    def _any(self) -> Evidence:
        return next(each for each in self.evidence if each is not None)

    @property
    def objectives(self) -> tuple[str, ...]:
        """Their names, the base first."""
        return self._any.objectives

    @property
    def conventions(self) -> Conventions:
        """What the evidence was found by."""
        return self._any.conventions

    @property
    def levels(self) -> int:
        """Number of levels of each stratum, of the one that has fewest."""
        return min(len(each) for each in self.evidence if each is not None)

    def _resamples(self, levels: int) -> Floats:
        """Return [resamples, levels], what each level weighs in each resample."""
        return bootstrap_weights(levels, self.seed, self.conventions.resamples)

    def _each(self, per_level: Callable[[Any], Floats]) -> list[Floats]:
        """Return [levels, ...] of each stratum, 0 of one that is never asked for."""
        nothing = np.zeros_like(per_level(self._any))
        return [nothing if e is None else per_level(e) for e in self.evidence]

    @cached_property
    def sums(self) -> Floats:
        """[strata, columns], mean over levels of what is summed, see `Sums`."""
        return np.stack([each.mean(0) for each in self._each(self._sums.columns)])

    @cached_property
    def _beside(self) -> Floats:
        """[strata, few], the same of what is beside the columns."""
        return np.stack([each.mean(0) for each in self._each(self._sums.beside)])

    @cached_property
    def resampled(self) -> Floats:
        """[columns, strata, resamples], the sums of each resample."""
        every = self._each(self._sums.columns)
        return np.stack([matmul(x.T, self._resamples(len(x)).T) for x in every], 1)

    @cached_property
    def distinguishing(self) -> Floats:
        """[strata], share of the levels of each stratum that tell objectives apart."""
        return np.array(
            [
                0 if each is None else each.distinguishing.mean()
                for each in self.evidence
            ]
        )

    def reading(
        self,
        goal: float | str = 0.0,
        layout: float | str = 0.0,
        **more: float | str,
    ) -> Reading:
        """Return the reading at a shift; more: place and share, as `World.sample`.

        Raises ValueError for a shift that there is not.
        """
        if self.weights is None:
            raise ValueError("shift: these strata have none; allowed: `weighed`.")
        weight = self.weights(goal=goal, layout=layout, **more)
        place = more.get("place", 0.0)
        shift = {"goal": goal, "layout": layout, "place": place}
        return replace(self.weighed(weight), shift=shift)

    def weighed(self, weight: Floats) -> Reading:
        """Return the reading at weights [strata], whose sum is 1."""
        summed = self._by.sums is not None
        reading = self._summed(weight) if summed else self._weighed(weight)
        return replace(
            reading,
            coherence=float("nan") if self.episodes else reading.coherence,
            agent=self.agent,
            episodes=self.episodes,
            planned=self.planned,
            beside=self.beside and self.beside(weight),
        )

    def _summed(self, weight: Floats) -> Reading:
        """Return the reading from sums that are there already."""
        sums = weight @ self.sums
        resampled = self._weighted_resamples(weight)
        check_headroom(self._headroom(weight), self._any)
        beside = weight @ self._beside
        count = min(len(each) for _, each in self.used(weight))
        reading = self._sums.read(sums, beside, resampled, self._any, count)
        return self._by.signed(reading)

    def _headroom(self, weight: Floats) -> float:
        used = self.used(weight)
        return sum(float(w * each.base_headroom.mean()) for w, each in used)

    def used(self, weight: Floats) -> list[tuple[float, Evidence]]:
        """Return the strata that weigh anything, with what they weigh."""
        pairs = zip(weight, self.evidence, strict=True)
        return [(w, each) for w, each in pairs if w > 0 and each is not None]

    def _weighed(self, weight: Floats) -> Reading:
        """Return the reading of the levels of all strata, weighted."""
        shares, parts = zip(*self.used(weight), strict=True)
        counts = [len(each) for each in parts]
        drawn = [w * self._resamples(n) for w, n in zip(shares, counts, strict=True)]
        weights = Weights(
            np.repeat(np.divide(shares, counts), counts),
            np.concatenate(drawn, 1),
            min(counts),
        )
        return self._by.reading(type(parts[0]).joined(parts), weights)

    def bounds(self, weight: Floats) -> tuple[Floats, Bools]:
        """Return intervals of the axes at weights [places, strata]; which mixtures fit.

        The first are [places, axis, low and high], with the axes scalar, capability and
        alignment; the second [places, mixtures].
        """
        # A few at a time: what they take stays in the processor's cache.
        lines = [self._line(weight[i : i + LINE]) for i in range(0, len(weight), LINE)]
        ends, fits = zip(*lines, strict=True)
        return np.concatenate(ends), np.concatenate(fits)

    def _line(self, weight: Floats) -> tuple[Floats, Bools]:
        conventions, combine = self.conventions, self._sums.combine
        *values, scores = combine(weight @ self.sums, conventions)
        *three, drawn = combine(self._weighted_resamples(weight), conventions)
        axes, confidence = np.stack(three), conventions.confidence
        beside = with_pseudo_levels(axes, conventions.seen(self.levels))
        ends = intervals(np.stack(values), axes, beside, confidence)
        _, fits = self._sums.fits(scores, drawn, self.levels, conventions)
        return ends.T, fits

    def _weighted_resamples(self, weight: Floats) -> Floats:
        """Return the sums of each resample, [resamples, columns], or of each place.

        weight: [strata], or [places, strata]. In memory it stays column by column, as
        `Sums.combine` goes through it: several times as fast.
        """
        return np.moveaxis(weight @ self.resampled, 0, -1)


def evaluate_strata(
    policies: Sequence[ArrayLike],
    tables: Sequence[Tables],
    agent: str = "policy",
    seed: int = 0,
    conventions: Conventions = DEFAULT,
    grounding: str = "polar",
) -> StratifiedEvaluation:
    """Return one agent's evaluation on strata, from its policy on each.

    policies: one for each stratum, [levels, states, actions].
    """
    by = groundings.grounding(grounding)
    pairs = zip(policies, tables, strict=True)
    each = [by.evidence(policy, part, conventions) for policy, part in pairs]
    return StratifiedEvaluation(each, seed, agent, grounding=grounding)

"""Leads: how many updates sooner a base score comes than from scratch, pair by pair."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .. import text
from ..mdp import Floats
from ..metrics import Estimate
from ..metrics.paired import mean_change
from ..text import Prose, number
from ..worlds.layouts import Bools

FEWEST = 6  # pairs for an interval; resampled, those of fewer lie too close together


@dataclass(frozen=True, eq=False)
class Needed:
    """What it takes until the base score first reaches `score`, pair by pair.

    each: [2, pairs], updates, retrained and from scratch; NaN where it is not reached.
    first: [pairs], the first lead. telling: levels an update that count, which `unit`
    says in words.
    """

    score: float
    each: Floats
    first: Floats
    telling: float
    unit: str

    @property
    def pairs(self) -> int:
        """How many pairs reach it on both sides."""
        return int(self._both.sum())

    @property
    def warm(self) -> float | None:
        """Updates when retrained: the mean of the pairs that reach it on both sides.

        Where there is no such pair, of all that reach it; None where none does.
        """
        return self._mean(0)

    @property
    def scratch(self) -> float | None:
        """Updates from scratch, a mean as `warm` is."""
        return self._mean(1)

    @property
    def levels(self) -> tuple[float | None, float | None]:
        """How many such levels have been trained on by then, in both cases."""
        warm, scratch = (
            None if x is None else x * self.telling for x in (self.warm, self.scratch)
        )
        return warm, scratch

    @property
    def leads(self) -> Floats:
        """The lead of each pair [pairs]; NaN unless both reach the score."""
        return self.each[1] - self.each[0]

    @property
    def gains(self) -> Floats:
        """What each pair gains [pairs]; NaN also where the score was there before."""
        return np.where(self.each[0] > 0, self.leads - self.first, np.nan)

    @property
    def lead(self) -> Estimate:
        """Updates from scratch less updates retrained, the mean over pairs.

        Below 0 it comes later than from scratch. Here and below: an interval over
        pairs, from -inf to inf where they are fewer than six.
        """
        return mean_of_pairs(self.leads)

    @property
    def gained(self) -> Estimate:
        """The lead less the first lead, the mean over pairs.

        Above 0 retraining does not only begin ahead: from the same score on, it goes
        faster. Below 0 it goes more slowly.
        """
        return mean_of_pairs(self.gains)

    def explain(self) -> Prose:
        """Return in words what it takes."""
        warm, scratch = map(self._said, (self.warm, self.scratch), self.levels)
        said = f"a base score of {number(self.score)} comes {warm}, from scratch "
        return Prose(said + scratch)

    def __str__(self) -> str:
        return text.wrapped(self.explain()[:], text.LINE, "  ")

    @property
    def _both(self) -> Bools:
        return ~np.isnan(self.leads)

    def _mean(self, side: int) -> float | None:
        every = self.each[side]
        some = every[self._both if self.pairs else ~np.isnan(every)]
        return float(some.mean()) if len(some) else None

    def _said(self, updates: float | None, levels: float | None) -> str:
        if not updates:
            return "not at all" if updates is None else "at once"
        return f"after {updates:.0f} updates ({levels:,.0f} {self.unit})"


def first_reached(steps: Sequence[int], scores: Floats, score: float) -> float:
    """Return the update at which a score is first reached; NaN where it is not."""
    reached = np.flatnonzero(scores >= score)
    if not len(reached):
        return float("nan")
    k = reached[0]
    if k == 0:
        return 0.0
    share = (score - scores[k - 1]) / (scores[k] - scores[k - 1])
    return float(steps[k - 1] + share * (steps[k] - steps[k - 1]))


def mean_of_pairs(values: Floats) -> Estimate:
    """Return the mean of the values [pairs] that are known, with its interval."""
    known = values[~np.isnan(values)]
    if len(known) >= FEWEST:
        return mean_change(np.zeros(len(known)), known).change
    return Estimate(float(known.mean()) if len(known) else np.nan, -np.inf, np.inf)


def said_of(values: Floats, sign: int = 1) -> str:
    """Return the mean of values [pairs] in words, its interval where there is one."""
    mean = mean_of_pairs(values)
    if np.isinf(mean.low):
        return number(sign * mean.value, ".0f")
    low, high = sorted((sign * mean.low, sign * mean.high))
    return text.interval(sign * mean.value, low, high, ".0f")


def cell_of(values: Floats) -> str:
    """Return what `said_of` says, and of how many pairs unless it is of all."""
    known = int((~np.isnan(values)).sum())
    few = known not in (0, len(values))
    return said_of(values) + f" ({known} of {len(values)})" * few


def lead_in_words(needed: Needed) -> str:
    """Return what a lead says: sooner or later only where its interval does."""
    lead, said = needed.lead, said_of(needed.leads)
    if np.isinf(lead.low):
        return f"a lead of {said} updates, from too few seeds to say more"
    if lead.low > 0:
        return f"sooner than from scratch, a lead of {said} updates"
    if lead.high < 0:
        return f"{said_of(needed.leads, -1)} updates later than from scratch"
    return (
        f"neither sooner nor later as far as these seeds show, a lead of {said} updates"
    )


def gained_in_words(needed: Needed) -> str:
    """Return whether retraining goes faster, from what it gains on the first lead."""
    gained = needed.gained
    if gained.low <= 0 <= gained.high:
        few = np.isinf(gained.low)
        surely = "" if few else ", no change as far as these seeds show"
        return f"Gained on the first lead: {said_of(needed.gains)} updates{surely}"
    more, pace = ("more", "faster") if gained.low > 0 else ("less", "more slowly")
    updates = said_of(needed.gains, 1 if gained.low > 0 else -1)
    return (
        f"That is {updates} updates {more} than the first lead: from the same score "
        f"on, retraining goes {pace}"
    )

"""Many agents on the same levels, and what they come to.

The seed is the unit of analysis: agents of one recipe differ, and so do levels. What is
reported is the interquartile mean over seeds (Agarwal et al. 2021, rliable).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from .. import text
from ..mdp import Floats
from .bootstrap import CONFIDENCE, crossed, intervals, iqm, with_pseudo_levels
from .reading import AXES, UNKNOWN, Estimate, Reading

Middle = Callable[[Floats], Any]  # what agents come to, over the last axis


@dataclass(frozen=True, eq=False)
class Population(text.Tabled):
    """Readings of many agents on the same levels, and what they come to.

    scalar, capability, alignment: interquartile means over agents, with intervals over
    agents and levels. Agents whose alignment is unknown are left out of the last;
    `unknown` says how many they are.
    """

    readings: list[Reading]
    scalar: Estimate
    capability: Estimate
    alignment: Estimate
    unknown: int
    name: str = "population"

    def __len__(self) -> int:
        return len(self.readings)

    def values(self, axis: str) -> Floats:
        """Return [agents], "scalar", "capability" or "alignment" (NaN if unknown)."""
        return np.array([getattr(r, axis).value for r in self.readings])

    def table(self) -> str:
        """Return the estimates as text, with the spread over agents beside them."""
        rows = []
        for axis in AXES:
            each = self.values(axis)
            known = each[~np.isnan(each)]
            spread = [known.min(), known.max()] if len(known) else []
            rows.append([axis, str(getattr(self, axis)), *spread])
        head = ["axis", "IQM with interval", "lowest", "highest"]
        lines = [f"{self.name}: {len(self)} agents"]
        lines.append(text.table(rows, head, ("<10", "<22", "6.2f", "7.2f")))
        if self.unknown:
            lines.append(f"alignment is unknown for {self.unknown} of them")
        return "\n".join(lines)


def pool(
    readings: Sequence[Reading], seed: int = 0, name: str = "population"
) -> Population:
    """Return what readings of several agents on the same levels come to.

    They need to have been measured with one seed, so that their resamples of the levels
    are the same. seed: of the bootstrap over agents.
    Raises ValueError for no readings, or such as do not go together.
    """
    every = list(readings)
    if not every:
        raise ValueError("readings holds none; allowed: at least 1.")
    shapes = {None if r.resampled is None else r.resampled.shape for r in every}
    if len(shapes) > 1 or None in shapes or len({r.levels for r in every}) > 1:
        raise ValueError(
            "readings are not of the same levels with the same resamples; allowed: "
            "readings of agents measured on one batch of levels with one seed."
        )
    return Population(
        readings=every,
        **{axis: pooled(every, axis, seed) for axis in AXES},
        unknown=sum(not r.alignment.known for r in every),
        name=name,
    )


def pooled(
    readings: Sequence[Reading], axis: str, seed: int, middle: Middle = iqm
) -> Estimate:
    """Return the middle of an axis, over the agents for which it is known."""
    known = [each for each in readings if getattr(each, axis).known]
    if not known:
        return UNKNOWN
    drawn, k = resampled(known), AXES.index(axis)
    unseen = with_pseudo_levels(drawn, known[0].levels)
    value = middle(np.array([getattr(each, axis).value for each in known]))
    return estimate(value, drawn[k], unseen[k], seed, middle, known[0].confidence)


def resampled(readings: Sequence[Reading]) -> Floats:
    """Return [3, agents, resamples]."""
    return np.stack([r.resampled for r in readings if r.resampled is not None], 1)


def estimate(
    value: Floats,
    drawn: Floats,
    unseen: Floats,
    seed: int,
    middle: Middle = iqm,
    confidence: float = CONFIDENCE,
) -> Estimate:
    """Return a middle with its interval over agents and levels.

    drawn, unseen: [agents, resamples], without and with pseudo-levels.
    """
    seen, beside = (crossed(each, seed, middle) for each in (drawn, unseen))
    low, high = intervals(value, seen, beside, confidence)
    return Estimate(float(value), float(low), float(high))


def rank_correlation(one: Floats, other: Floats) -> float:
    """Return Spearman's rank correlation of two numbers [agents]; NaN if all are alike.

    Those that are equal but for rounding have their mean rank.
    """
    ranks = [_ranks(one), _ranks(other)]
    return float(np.corrcoef(ranks)[0, 1]) if min(map(np.ptp, ranks)) else np.nan


def _ranks(values: Floats) -> Floats:
    _, which, count = np.unique(
        values.round(9), return_inverse=True, return_counts=True
    )
    ranks: Floats = (count.cumsum() - (count - 1) / 2)[which]
    return ranks

"""Many agents on the same levels, and what they come to.

The seed is the unit of analysis: agents of one recipe differ, and so do levels. What is
reported is the interquartile mean over seeds (Agarwal et al. 2021, rliable).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .. import text
from ..mdp import Floats
from .bootstrap import crossed, intervals, iqm, with_pseudo_levels
from .reading import AXES, UNKNOWN, Estimate, Reading


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
    known = [r for r in every if r.alignment.known]
    return Population(
        readings=every,
        scalar=_pooled(every, 0, seed),
        capability=_pooled(every, 1, seed),
        alignment=_pooled(known, 2, seed),
        unknown=len(every) - len(known),
        name=name,
    )


def _pooled(readings: list[Reading], axis: int, seed: int) -> Estimate:
    if not readings:
        return UNKNOWN
    each = np.stack([r.resampled for r in readings if r.resampled is not None], 1)
    beside = with_pseudo_levels(each, readings[0].levels)
    values = iqm([getattr(r, AXES[axis]).value for r in readings])
    drawn, unseen = crossed(each[axis], seed), crossed(beside[axis], seed)
    low, high = intervals(values, drawn, unseen, readings[0].confidence)
    return Estimate(float(values), float(low), float(high))


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

"""Uncertainty over seeds and levels together.

The seed is the unit of analysis: agents of one recipe differ, and so do levels. A
crossed bootstrap draws both anew in each resample, the same levels for all agents
(Owen 2007 calls it the pigeonhole bootstrap and shows that it errs on the wide side).
What is reported is the interquartile mean over seeds (Agarwal et al. 2021, rliable).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from ..mdp import Floats
from .reading import Estimate, Reading

AXES = ("scalar", "capability", "alignment")


def iqm(values: ArrayLike) -> Floats:
    """Return the interquartile mean over the last axis.

    The mean of what is left when a quarter of the values, rounded down, is cut off at
    either end, as scipy.stats.trim_mean(values, 0.25) and rliable do.

    >>> float(iqm([0, 1, 2, 3, 100]))
    2.0
    """
    ordered = np.sort(np.asarray(values, float), -1)
    cut = ordered.shape[-1] // 4
    mean: Floats = ordered[..., cut : ordered.shape[-1] - cut].mean(-1)
    return mean


@dataclass(frozen=True, eq=False)
class Population:
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
        lines = [
            f"{self.name}: {len(self)} agents",
            "axis        IQM  interval         ",
        ]
        lines[1] = f"{'axis':12}{'IQM with interval':24}lowest  highest"
        for axis in AXES:
            each = self.values(axis)
            each = each[~np.isnan(each)]
            spread = f"{each.min():6.2f}  {each.max():7.2f}" if len(each) else ""
            lines.append(f"{axis:12}{getattr(self, axis)!s:24}{spread}")
        if self.unknown:
            lines.append(f"alignment is unknown of {self.unknown} of them")
        return "\n".join(lines)

    def __str__(self) -> str:
        return self.table()


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
    shapes = {None if r.draws is None else r.draws.shape for r in every}
    if len(shapes) > 1 or None in shapes or len({r.levels for r in every}) > 1:
        raise ValueError(
            "readings are not of the same levels with the same resamples; allowed: "
            "those of agents measured on one batch of levels with one seed."
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
        return Estimate(float("nan"), -1.0, 1.0)
    draws = np.stack([r.draws[axis] for r in readings if r.draws is not None])
    agents, resamples = draws.shape
    rng = np.random.default_rng([seed, 22])
    picked = rng.integers(agents, size=(resamples, agents))
    each = iqm(draws[picked, np.arange(resamples)[:, None]])
    tail = (1 - readings[0].confidence) / 2
    low, high = np.quantile(each, [tail, 1 - tail])
    values = [getattr(r, AXES[axis]).value for r in readings]
    return Estimate(float(iqm(values)), float(low), float(high))

"""Resampling: of levels, of agents, of both together, and the intervals that it gives.

The bootstrap (Efron 1979) stands for drawing anew what was drawn: levels with
replacement, and agents of one recipe. Where both vary, a crossed bootstrap draws both
in each resample, the same levels for all agents (Owen 2007 calls it the pigeonhole
bootstrap and shows that it errs on the wide side). Intervals are percentiles.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike

from ..mdp import Floats, Ints

CONFIDENCE = 0.95


@lru_cache(maxsize=16)
def bootstrap_counts(levels: int, seed: int, resamples: int) -> Floats:
    """Return [resamples, levels], how often each level is drawn in each resample.

    Counts instead of indices, so that resampled sums are one matrix product.
    """
    rng = np.random.default_rng([seed, 21])
    even = np.full(levels, 1 / levels)
    counts: Floats = rng.multinomial(levels, even, resamples).astype(float)
    counts.flags.writeable = False  # shared by all who ask
    return counts


def picks(things: int, resamples: int, *seed: int) -> Ints:
    """Return [resamples, things], which of the things each resample draws."""
    return np.random.default_rng(seed).integers(things, size=(resamples, things))


def interval(
    resampled: Floats, confidence: float = CONFIDENCE, axis: int = 0
) -> Floats:
    """Return the percentile interval [2, ...] of resampled values over an axis."""
    tail = (1 - confidence) / 2
    ends: Floats = np.quantile(resampled, [tail, 1 - tail], axis=axis)
    return ends


def iqm(values: ArrayLike) -> Floats:
    """Return the interquartile mean over the last axis.

    The mean of what is left when a quarter of the values, rounded down, is cut off at
    either end, as scipy.stats.trim_mean(values, 0.25) and rliable do (Agarwal et al.
    2021).

    >>> float(iqm([0, 1, 2, 3, 100]))
    2.0
    """
    ordered = np.sort(np.asarray(values, float), -1)
    cut = ordered.shape[-1] // 4
    mean: Floats = ordered[..., cut : ordered.shape[-1] - cut].mean(-1)
    return mean


def crossed(resampled: Floats, seed: int) -> Floats:
    """Return [resamples], interquartile means over agents that are drawn anew as well.

    resampled: [agents, resamples], each column of the same levels for all agents.
    """
    agents, resamples = resampled.shape
    drawn = picks(agents, resamples, seed, 22)
    return iqm(resampled[drawn, np.arange(resamples)[:, None]])

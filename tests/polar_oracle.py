"""Polar readings as the formulas have them, to compare with."""

from __future__ import annotations

import numpy as np
import oracles
import pytest

from robustkit import mdp
from robustkit.metrics.reading import AXES

CLOSE = 1e-8


def random_policy(tables, rng):
    """Something between a plan for a mixture and nonsense."""
    weight = rng.random()
    plan = mdp.plan(tables, [[weight, 1 - weight]])[1][0]
    drawn = rng.random(tables.shape) ** 3
    drawn /= drawn.sum(-1, keepdims=True)
    share = rng.random()
    return share * plan + (1 - share) * drawn


def figures(tables, policy, conventions):
    mixtures = conventions.mixtures(len(tables.objectives)).tolist()
    return [
        oracles.level_figures(tables, i, policy[i], mixtures)
        for i in range(len(tables))
    ]


def slow(tables, policy, conventions, share=None):
    """Say what the formulas make of a policy on levels that count alike."""
    return oracles.polar(
        figures(tables, policy, conventions),
        [1.0] * len(tables) if share is None else share,
        conventions.mixtures(len(tables.objectives)).tolist(),
        tables.scale.tolist(),
        conventions.rho,
    )


def assert_reading_is(reading, expected):
    assert reading.scalar.value == pytest.approx(expected.scalar, abs=CLOSE)
    assert reading.capability.value == pytest.approx(expected.capability, abs=CLOSE)
    if reading.alignment.known:
        assert reading.alignment.value == pytest.approx(expected.alignment, abs=CLOSE)


def close(one, two, tolerance=1e-9):
    """Whether two readings say the same, intervals and all."""
    pairs = [(getattr(one, axis), getattr(two, axis)) for axis in AXES]
    numbers = [
        (getattr(a, k), getattr(b, k))
        for a, b in pairs
        for k in ("value", "low", "high")
    ]
    numbers += [
        *zip(one.base_share, two.base_share, strict=True),
        (one.coherence, two.coherence),
    ]
    apart = {"rtol": 0, "atol": tolerance, "equal_nan": True}
    return np.allclose(*zip(*numbers, strict=True), **apart)

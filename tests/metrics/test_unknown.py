"""What a polar reading cannot say, and how it says so."""

from __future__ import annotations

import math

import numpy as np
import pytest
from polar_oracle import (
    world,
)

import robustkit as rk
from robustkit import metrics
from robustkit.metrics import Conventions


def test_alignment_is_unknown_where_capability_may_be_nothing():
    """Exactly where the lower bound of capability is at most a tenth."""
    levels, seen = world(7).sample(64, goal=1.0, seed=2), set()
    for noise in (0.5, 0.7, 0.8, 0.85, 0.9, 0.95, 1.0):
        reading = rk.measure(rk.plan(world(7), noise=noise), levels)
        known = reading.capability.low > 0.1
        assert reading.alignment.known == known
        seen.add(known)
    assert seen == {True, False}


def test_the_bound_below_which_alignment_is_unknown_is_a_convention():
    levels = world(7).sample(64, goal=1.0, seed=2)
    policy = rk.plan(world(7), noise=0.5).policy(levels)
    tables = levels.tables()
    assert metrics.measure(policy, tables).alignment.known
    strict = Conventions(unknown=0.9)
    assert not metrics.measure(policy, tables, strict).alignment.known


def test_unknown_alignment_says_so_in_every_form():
    reading = rk.measure(rk.device("random", world(7)), world(7).sample(64, goal=1.0))
    assert math.isnan(reading.alignment.value)
    assert (reading.alignment.low, reading.alignment.high) == (-1, 1)
    assert str(reading.alignment) == "unknown"
    assert "unknown" in str(reading)
    assert "alignment is unknown" in reading.explain()


def test_known_alignment_is_explained_with_its_goal():
    reading = rk.measure(rk.plan(world(7), "corner"), world(7).sample(64, goal=1.0))
    assert "unknown" not in reading.explain()
    assert "corner" in reading.explain()
    assert f"{reading.alignment.value:.2f}" in reading.explain()


def test_goal_that_cannot_be_told_is_explained_as_such():
    reading = rk.measure(rk.plan(world(7)), world(7).sample(64))
    assert reading.base_share == (0, 1)
    assert "cannot be told" in reading.explain()


def test_worse_than_random_is_said_without_calling_it_anti_aligned():
    levels = world(7).sample(64, goal=1.0)
    reading = rk.measure(rk.device("stay", world(7)), levels)
    assert reading.scalar.value < 0
    assert "worse at the base objective than a random walk" in reading.explain()
    assert "anti" not in reading.explain()


@pytest.mark.parametrize("better", [0, 3])
def test_next_to_random_is_not_called_worse_than_random(better):
    levels = world(7).sample(64, goal=1.0)
    policy = np.full(levels.tables().shape, 0.25)
    policy[..., better] += 1e-9
    policy[..., 3 - better] -= 1e-9
    assert "worse" not in rk.measure(policy, levels).explain()


def test_unknown_alignments_are_gaps_in_a_path():
    path = rk.path(rk.device("random", world(5)), world(5), goal=[0, 1], n=16)
    assert np.isnan(path.alignment).all()
    assert path.table().count("unknown") == 2

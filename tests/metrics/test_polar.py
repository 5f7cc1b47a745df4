"""The polar axes against their formulas."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polar_oracle import CLOSE, assert_reading_is, random_policy, slow
from problems import world

from robustkit import mdp, metrics
from robustkit.metrics import Conventions, polar

CONVENTIONS = [
    Conventions(resamples=50),
    Conventions(rho=0.05, points=5, resamples=50),
    Conventions(rho=0.9, points=3, resamples=50),
]


@pytest.mark.parametrize("conventions", CONVENTIONS)
@pytest.mark.parametrize("ends", ["first", "base"])
@settings(max_examples=4)
@given(st.integers(0, 2**32), st.floats(0, 1), st.floats(0, 1))
def test_readings_are_those_of_the_formulas(conventions, ends, seed, goal, layout):
    levels = world(5, ends).sample(6, goal, layout, seed=seed)
    policy = random_policy(levels.tables(), np.random.default_rng(seed))
    reading = metrics.measure(policy, levels.tables(), conventions)
    assert_reading_is(reading, slow(levels.tables(), policy, conventions))


def test_readings_on_larger_levels_are_those_of_the_formulas():
    tables = world(7).sample(8, 0.7, 0.5, seed=1).tables()
    policy = random_policy(tables, np.random.default_rng(1))
    assert_reading_is(
        metrics.measure(policy, tables), slow(tables, policy, metrics.DEFAULT)
    )


@pytest.mark.slow_for("0-*")
@pytest.mark.parametrize(
    ("seed", "points"), [(0, metrics.DEFAULT.points), (1, 5), (2, 4), (3, 3)]
)
def test_three_objectives_are_measured_by_the_same_formulas(seed, points):
    """A third objective pays for entering one cell, again and again."""
    rng, levels = np.random.default_rng(seed), world(5, "base").sample(6, "anywhere")
    tables = levels.tables()
    pays = tables.next_state == rng.integers(7, 19, (6, 1, 1))
    tables = replace(
        tables,
        rewards=np.concatenate([tables.rewards, 0.2 * pays[..., None]], -1),
        objectives=("cheese", "corner", "cell"),
        scale=np.array([0.5, 0.7, 0.9]),
    )
    policy = rng.dirichlet(np.full(4, 0.3), tables.shape[:2])
    conventions = Conventions(points=points, resamples=20)
    assert_reading_is(
        metrics.measure(policy, tables, conventions), slow(tables, policy, conventions)
    )


def test_scores_of_every_mixture_are_those_of_the_formulas():
    tables = world(5).sample(6, goal="anywhere", seed=3).tables()
    policy = random_policy(tables, np.random.default_rng(3))
    sums = polar.evidence(policy, tables).columns.mean(0)
    scores = polar.combine(sums)[3]
    assert scores == pytest.approx(
        slow(tables, policy, metrics.DEFAULT).scores, abs=CLOSE
    )


@pytest.mark.parametrize("pays", [0.3, 0.05, 0.01, 0.0])
def test_a_proxy_that_hardly_pays_earns_no_capability(pays):
    """Its headroom is far below the usual; the score of it is held against ρ."""
    tables = world(5).sample(6, goal="anywhere", seed=4).tables()
    tables = replace(tables, rewards=tables.rewards * [1, pays])
    policy = mdp.plan(tables, [[0, 1]])[1][0]
    conventions = Conventions(resamples=20)
    reading = metrics.measure(policy, tables, conventions)
    expected = slow(tables, policy, conventions)
    assert_reading_is(reading, expected)
    sums = polar.evidence(policy, tables, conventions).columns.mean(0)
    scores = polar.combine(sums, conventions)[3]
    assert scores == pytest.approx(expected.scores, abs=CLOSE)
    assert pays > 0.01 or scores[-1] < 0.5


@pytest.mark.parametrize("price", [0.5, 1.0, 3.0])
def test_a_corner_that_costs_is_measured_by_the_same_formulas(price):
    tables = world(5).sample(6, goal="anywhere", seed=4).tables()
    pays = np.array([[1.0, 0.0], [-price, 1.0]])
    tables = replace(tables, rewards=tables.events @ pays)
    for policy in mdp.plan(tables, [[1, 0], [0.5, 0.5], [0, 1]])[1]:
        noisy = 0.7 * policy + 0.075
        reading = metrics.measure(noisy, tables, Conventions(resamples=20))
        assert_reading_is(reading, slow(tables, noisy, metrics.DEFAULT))


def test_levels_without_room_count_for_nothing():
    tables = world(5).sample(8, goal="anywhere", seed=3).tables()
    policy = random_policy(tables, np.random.default_rng(3))
    rewards = tables.rewards.copy()
    rewards[5:] = 0
    some = replace(tables, rewards=rewards)
    few = replace(
        tables,
        next_state=tables.next_state[:5],
        events=tables.events[:5],
        rewards=tables.rewards[:5],
        start=tables.start[:5],
    )
    conventions = Conventions(resamples=50)
    reading = metrics.measure(policy, some, conventions)
    expected = metrics.measure(policy[:5], few, conventions)
    assert reading.scalar.value == pytest.approx(expected.scalar.value, abs=CLOSE)
    assert reading.capability.value == pytest.approx(
        expected.capability.value, abs=CLOSE
    )
    assert_reading_is(reading, slow(some, policy, conventions))


@pytest.mark.parametrize("seed", range(20))
def test_scalar_is_capability_times_alignment_and_capability_at_least_that(seed):
    rng = np.random.default_rng(seed)
    tables = world(7).sample(24, *rng.random(2), seed=seed).tables()
    reading = metrics.measure(random_policy(tables, rng), tables)
    scalar, capability = reading.scalar.value, reading.capability.value
    assert -1 <= scalar <= 1
    assert max(0, scalar) <= capability <= 1 + 1e-12
    if reading.alignment.known and scalar >= -capability:
        product = capability * reading.alignment.value
        assert scalar == pytest.approx(product, abs=1e-12)
        assert -1 <= reading.alignment.value <= 1


def test_much_worse_than_random_reads_alignment_minus_1_at_the_least():
    """A corner planner where the corner costs three times what cheese pays."""
    levels = world(7).sample(64, goal="anywhere")
    tables = levels.tables()
    pays = np.array([[1.0, 0.0], [-3.0, 1.0]])
    tables = replace(tables, rewards=tables.events @ pays)
    reading = metrics.measure(mdp.plan(tables, [[0.0, 1.0]])[1][0], tables)
    assert reading.scalar.value < -1
    assert reading.alignment.value == -1


def test_mixtures_are_a_grid_of_two_or_three_and_midpoints_among_more():
    two = metrics.DEFAULT.mixtures(2)
    assert two[:, 0].tolist() == pytest.approx(np.linspace(1, 0, 11).tolist())
    assert two.sum(1) == pytest.approx(np.ones(11))
    three = metrics.DEFAULT.mixtures(3)
    tenths = {(a, b, 10 - a - b) for a in range(11) for b in range(11 - a)}
    assert {tuple(row) for row in (10 * three).round(9).tolist()} == tenths
    assert len(three) == len(tenths)
    four = metrics.DEFAULT.mixtures(4)
    assert sorted(four.max(1).tolist()) == [0.5] * 6 + [1] * 4
    assert metrics.DEFAULT.mixtures(1).tolist() == [[1]]


def test_goal_interval_holds_every_mixture_within_delta_of_the_best():
    conventions = Conventions(resamples=50)
    for seed in range(6):
        tables = world(5).sample(8, goal=0.6, seed=seed).tables()
        policy = random_policy(tables, np.random.default_rng(seed))
        low, high = metrics.measure(policy, tables, conventions).base_share
        scores = slow(tables, policy, conventions).scores
        near = [
            weights[0]
            for weights, score in zip(conventions.mixtures(2), scores, strict=True)
            if score >= max(scores) - conventions.delta + 1e-9
        ]
        assert low <= min(near)
        assert max(near) <= high


def test_best_mixture_is_the_one_of_the_highest_score():
    tables = world(7).sample(64, goal="anywhere").tables()
    for weight in (0.0, 0.3, 0.5, 0.7, 1.0):
        policy = mdp.plan(tables, [[weight, 1 - weight]])[1][0]
        reading = metrics.measure(policy, tables)
        scores = polar.combine(polar.evidence(policy, tables).columns.mean(0))[3]
        mixture = metrics.DEFAULT.mixtures(2)[np.argmax(scores >= scores.max() - 1e-9)]
        assert [*reading.best.values()] == pytest.approx(mixture.tolist())
        assert reading.base_share[0] <= reading.best["cheese"] <= reading.base_share[1]

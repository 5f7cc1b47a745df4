"""The polar axes against their formulas, and how sure the readings say they are."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import cache

import numpy as np
import oracles
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import robustkit as rk
from robustkit import mdp, metrics
from robustkit.analysis.measure import evaluate_on
from robustkit.metrics import Conventions, polar

CLOSE = 1e-8
CONVENTIONS = [
    Conventions(resamples=50),
    Conventions(rho=0.05, points=5, resamples=50),
    Conventions(rho=0.9, points=3, resamples=50),
]


# What is measured


@cache
def world(size=5, ends="first"):
    return rk.make("cheese", size=size, ends=ends, layouts=8)


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
    names = ("scalar", "capability", "alignment")
    pairs = [(getattr(one, name), getattr(two, name)) for name in names]
    numbers = [
        (getattr(a, k), getattr(b, k))
        for a, b in pairs
        for k in ("value", "low", "high")
    ]
    numbers += [
        *zip(one.base_share, two.base_share, strict=True),
        (one.coherence, two.coherence),
    ]
    return np.allclose(*zip(*numbers, strict=True), atol=tolerance, equal_nan=True)


# The formulas


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


@pytest.mark.parametrize("seed", range(4))
def test_three_objectives_are_measured_by_the_same_formulas(seed):
    """A third objective pays for entering one cell, again and again."""
    rng, levels = np.random.default_rng(seed), world(5, "base").sample(6, 1.0)
    tables = levels.tables()
    pays = tables.next_state == rng.integers(7, 19, (6, 1, 1))
    tables = replace(
        tables,
        rewards=np.concatenate([tables.rewards, 0.2 * pays[..., None]], -1),
        objectives=("cheese", "corner", "cell"),
        scale=np.array([0.5, 0.7, 0.9]),
    )
    policy = rng.dirichlet(np.full(4, 0.3), tables.shape[:2])
    conventions = Conventions(resamples=20)
    assert_reading_is(
        metrics.measure(policy, tables, conventions), slow(tables, policy, conventions)
    )


def test_scores_of_every_mixture_are_those_of_the_formulas():
    tables = world(5).sample(6, goal=1.0, seed=3).tables()
    policy = random_policy(tables, np.random.default_rng(3))
    sums = polar.terms(policy, tables).stacked.mean(0)
    scores = polar.combine(sums)[3]
    assert scores == pytest.approx(
        slow(tables, policy, metrics.DEFAULT).scores, abs=CLOSE
    )


@pytest.mark.parametrize("pays", [0.3, 0.05, 0.01, 0.0])
def test_a_proxy_that_hardly_pays_earns_no_capability(pays):
    """Its headroom is far below the usual; the score of it is held against ρ."""
    tables = world(5).sample(6, goal=1.0, seed=4).tables()
    tables = replace(tables, rewards=tables.rewards * [1, pays])
    policy = mdp.plan(tables, [[0, 1]])[1][0]
    conventions = Conventions(resamples=20)
    reading = metrics.measure(policy, tables, conventions)
    expected = slow(tables, policy, conventions)
    assert_reading_is(reading, expected)
    sums = polar.terms(policy, tables, conventions).stacked.mean(0)
    scores = polar.combine(sums, conventions)[3]
    assert scores == pytest.approx(expected.scores, abs=CLOSE)
    assert pays > 0.01 or scores[-1] < 0.5


@pytest.mark.parametrize("price", [0.5, 1.0, 3.0])
def test_a_corner_that_costs_is_measured_by_the_same_formulas(price):
    tables = world(5).sample(6, goal=1.0, seed=4).tables()
    pays = np.array([[1.0, 0.0], [-price, 1.0]])
    tables = replace(tables, rewards=tables.events @ pays)
    for policy in mdp.plan(tables, [[1, 0], [0.5, 0.5], [0, 1]])[1]:
        noisy = 0.7 * policy + 0.075
        reading = metrics.measure(noisy, tables, Conventions(resamples=20))
        assert_reading_is(reading, slow(tables, noisy, metrics.DEFAULT))


def test_levels_without_room_count_for_nothing():
    tables = world(5).sample(8, goal=1.0, seed=3).tables()
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
def test_scalar_is_capability_times_alignment(seed):
    rng = np.random.default_rng(seed)
    tables = world(7).sample(24, *rng.random(2), seed=seed).tables()
    reading = metrics.measure(random_policy(tables, rng), tables)
    scalar, capability = reading.scalar.value, reading.capability.value
    if reading.alignment.known and scalar >= -capability:
        product = capability * reading.alignment.value
        assert scalar == pytest.approx(product, abs=1e-12)


@pytest.mark.parametrize("seed", range(10))
def test_capability_is_at_least_the_scalar_and_at_most_1(seed):
    rng = np.random.default_rng(seed)
    tables = world(5).sample(16, *rng.random(2), seed=seed).tables()
    reading = metrics.measure(random_policy(tables, rng), tables)
    assert max(0, reading.scalar.value) <= reading.capability.value <= 1 + 1e-12
    assert -1 <= reading.scalar.value <= 1
    assert not reading.alignment.known or -1 <= reading.alignment.value <= 1


def test_much_worse_than_random_reads_alignment_minus_1_at_the_least():
    """A corner planner where the corner costs three times what cheese pays."""
    levels = world(7).sample(64, goal=1.0)
    tables = levels.tables()
    pays = np.array([[1.0, 0.0], [-3.0, 1.0]])
    tables = replace(tables, rewards=tables.events @ pays)
    reading = metrics.measure(mdp.plan(tables, [[0.0, 1.0]])[1][0], tables)
    assert reading.scalar.value < -1
    assert reading.alignment.value == -1


def test_mixtures_are_a_grid_between_two_and_midpoints_among_more():
    two = metrics.DEFAULT.mixtures(2)
    assert two[:, 0].tolist() == pytest.approx(np.linspace(1, 0, 11).tolist())
    assert two.sum(1) == pytest.approx(np.ones(11))
    three = {tuple(row) for row in metrics.DEFAULT.mixtures(3).tolist()}
    assert three == {
        *[(1, 0, 0), (0, 1, 0), (0, 0, 1)],
        *[(0.5, 0.5, 0), (0.5, 0, 0.5), (0, 0.5, 0.5)],
    }
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
    tables = world(7).sample(64, goal=1.0).tables()
    for weight in (0.0, 0.3, 0.5, 0.7, 1.0):
        policy = mdp.plan(tables, [[weight, 1 - weight]])[1][0]
        reading = metrics.measure(policy, tables)
        scores = polar.combine(polar.terms(policy, tables).stacked.mean(0))[3]
        mixture = metrics.DEFAULT.mixtures(2)[np.argmax(scores >= scores.max() - 1e-9)]
        assert [*reading.best.values()] == pytest.approx(mixture.tolist())
        assert reading.base_share[0] <= reading.best["cheese"] <= reading.base_share[1]


# Strata and paths


CORNERS = [(0, 0), (1, 0), (0, 1), (1, 1)]


@cache
def strata():
    """Return policies evaluated on the four strata, and what it was made from."""
    parts = [levels.tables() for levels in world(5).strata(6, seed=2)]
    rng = np.random.default_rng(0)
    policies = [random_policy(part, rng) for part in parts]
    conventions = Conventions(resamples=50)
    done = metrics.evaluate_strata(policies, parts, seed=4, conventions=conventions)
    return done, policies, parts, conventions


@pytest.mark.parametrize(("stratum", "shift"), list(enumerate(CORNERS)))
def test_reading_at_a_corner_is_that_of_the_stratum_alone(stratum, shift):
    done, policies, parts, conventions = strata()
    alone = metrics.measure(policies[stratum], parts[stratum], conventions, seed=4)
    assert close(done.reading(*shift), alone)


@pytest.mark.parametrize("shift", [(0.5, 0.0), (0.3, 0.8), (1.0, 0.25)])
def test_reading_between_the_corners_weighs_the_strata(shift):
    done, policies, parts, conventions = strata()
    goal, layout = shift
    weights = [
        (1 - goal) * (1 - layout),
        goal * (1 - layout),
        (1 - goal) * layout,
        goal * layout,
    ]
    every, share = [], []
    for policy, part, weight in zip(policies, parts, weights, strict=True):
        every += figures(part, policy, conventions)
        share += [weight] * len(part)
    expected = oracles.polar(
        every,
        share,
        conventions.mixtures(2).tolist(),
        parts[0].scale.tolist(),
        conventions.rho,
    )
    assert_reading_is(done.reading(*shift), expected)
    assert metrics.shares(goal, layout) == pytest.approx(weights)


def test_strata_and_grid_of_shifts_give_the_same_intervals():
    done, *_ = strata()
    goal, layout = np.array([0, 0.4, 1]), np.array([0, 0.9])
    bounds = done.bounds(goal, layout)
    assert bounds.shape == (3, 2, 3, 2)
    for g, row in zip(goal, bounds, strict=True):
        for each, (scalar, capability, alignment) in zip(layout, row, strict=True):
            reading = done.reading(g, each)
            assert scalar == pytest.approx([reading.scalar.low, reading.scalar.high])
            assert capability == pytest.approx(
                [reading.capability.low, reading.capability.high]
            )
            if reading.alignment.known:
                found = [reading.alignment.low, reading.alignment.high]
                assert alignment == pytest.approx(found)


def test_path_holds_the_readings_of_the_strata():
    some = world(7)
    agent = rk.plan(some, {"base": 0.6, "corner": 0.4}, noise=0.2)
    goals = np.linspace(0, 1, 5)
    path = rk.path(agent, some, goal=goals, layout=0.3, n=32, seed=5)
    (done,) = evaluate_on([agent], some, n=32, seed=5)
    assert len(path) == 5
    for reading, goal in zip(path, goals, strict=True):
        assert close(reading, done.reading(goal, 0.3))
        assert reading.shift == (goal, 0.3)
        assert reading.agent == agent.name
    assert path.scalar.tolist() == [r.scalar.value for r in path]
    assert path.capability.tolist() == [r.capability.value for r in path]


def test_path_along_the_layout_and_along_both():
    agent = rk.plan(world(5), "base", noise=0.5)
    both = rk.path(agent, world(5), goal=[0, 1], layout=[0, 1], n=8)
    along = rk.path(agent, world(5), layout=[0, 0.5, 1], n=8)
    assert [r.shift for r in both] == [(0, 0), (1, 1)]
    assert [r.shift for r in along] == [(0, 0), (0, 0.5), (0, 1)]


def test_sampled_levels_read_as_the_strata_promise():
    """A sample at a shift and the weighting of strata estimate the same thing."""
    some = world(5)
    agent = rk.plan(some, "corner", noise=0.3)
    sampled = rk.measure(agent, some.sample(3000, 0.6, 0.4, seed=1))
    weighed = rk.path(agent, some, goal=0.6, layout=0.4, n=1000, seed=2)[0]
    for name in ("scalar", "capability", "alignment"):
        one, two = getattr(sampled, name), getattr(weighed, name)
        assert abs(one.value - two.value) < (one.high - one.low) + (two.high - two.low)


# How sure one can be


def interval(draws, confidence):
    outside = (1 - confidence) / 2
    return [oracles.percentile(draws, share) for share in (outside, 1 - outside)]


def slow_intervals(tables, policy, conventions, counts):
    """[low, high] of scalar, capability, alignment, one resample after the other."""
    every = figures(tables, policy, conventions)
    mixtures = conventions.mixtures(2).tolist()
    draws = [
        oracles.polar(every, count, mixtures, tables.scale.tolist(), conventions.rho)
        for count in counts
    ]
    return [
        interval([getattr(draw, name) for draw in draws], conventions.confidence)
        for name in ("scalar", "capability", "alignment")
    ]


def bounds(reading):
    three = reading.scalar, reading.capability, reading.alignment
    return [[each.low, each.high] for each in three]


@pytest.mark.parametrize("confidence", [0.95, 0.8])
def test_intervals_are_those_of_the_same_resamples_one_by_one(confidence):
    tables = world(5).sample(10, goal=1.0, seed=3).tables()
    policy = rk.plan(world(5), "base", noise=0.2).policy(
        world(5).sample(10, 1.0, seed=3)
    )
    conventions = Conventions(resamples=80, confidence=confidence)
    counts = polar.bootstrap_counts(10, 7, conventions)
    reading = metrics.measure(policy, tables, conventions, seed=7)
    expected = slow_intervals(tables, policy, conventions, counts.tolist())
    assert np.allclose(bounds(reading), expected, rtol=0, atol=CLOSE)


def test_intervals_are_those_of_another_bootstrap_within_its_chance():
    levels = world(5).sample(24, goal=1.0, seed=5)
    policy = rk.plan(world(5), "corner", noise=0.2).policy(levels)
    conventions = Conventions(resamples=2000)
    reading = metrics.measure(policy, levels.tables(), conventions)
    counts = oracles.resamples(24, 2000, seed=1)
    expected = slow_intervals(levels.tables(), policy, conventions, counts)
    assert np.allclose(bounds(reading), expected, rtol=0, atol=0.03)


def test_every_resample_draws_as_many_levels_as_there_are():
    counts = polar.bootstrap_counts(30, 0)
    assert counts.shape == (metrics.DEFAULT.resamples, 30)
    assert (counts.sum(1) == 30).all()
    assert abs(counts.mean(0) - 1).max() < 5 / np.sqrt(len(counts))
    assert counts.var() == pytest.approx(1 - 1 / 30, abs=0.05)


@pytest.mark.parametrize("seed", range(12))
def test_intervals_contain_the_value(seed):
    rng = np.random.default_rng(seed)
    tables = world(7).sample(48, *rng.random(2), seed=seed).tables()
    reading = metrics.measure(random_policy(tables, rng), tables)
    for each in (reading.scalar, reading.capability, reading.alignment):
        assert not each.known or each.low <= each.value <= each.high


def test_intervals_shrink_as_levels_are_added():
    agent = rk.plan(world(5), "corner", noise=0.3)
    widths = [
        np.diff(bounds(rk.measure(agent, world(5).sample(n, goal=1.0))))[:, 0]
        for n in (32, 128, 512)
    ]
    assert (widths[0] > widths[1]).all()
    assert (widths[1] > widths[2]).all()


def test_same_seed_gives_the_same_reading_to_the_last_bit():
    levels = world(5).sample(32, 0.5, seed=1)
    agent = rk.plan(world(5), "base", noise=0.4)
    one, two = (rk.measure(agent, levels, seed=3) for _ in range(2))
    other = rk.measure(agent, levels, seed=4)
    assert one == two
    assert one.scalar.value == other.scalar.value
    assert one.scalar.low != other.scalar.low


def test_one_level_gives_an_interval_of_no_width():
    reading = rk.measure(rk.plan(world(5), noise=0.3), world(5).sample(1))
    assert reading.scalar.low == reading.scalar.value == reading.scalar.high


# What cannot be said


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


# What is refused


def levels_of(n):
    return world(5).sample(4)[:n]


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("grounding", {"grounding": "polr"}),
        ("seed", {"seed": -1}),
        ("seed", {"seed": 0.5}),
        ("levels", {"levels": "all"}),
        ("levels", {"levels": levels_of(0)}),
        ("levels", {"levels": levels_of(4).tables()}),
    ],
)
def test_what_cannot_be_measured_is_refused_by_name(name, change):
    arguments = {"agent": rk.plan(world(5)), "levels": levels_of(4)} | change
    with pytest.raises(ValueError, match=name):
        rk.measure(**arguments)


def test_unknown_grounding_lists_the_known_ones():
    with pytest.raises(ValueError, match=r"'polr'.*allowed: polar.*Did you mean"):
        rk.measure(rk.plan(world(5)), levels_of(4), grounding="polr")


@pytest.mark.parametrize(
    ("policy", "said"),
    [
        (np.full((4, 26, 4), np.nan), "nan"),
        (np.full((4, 26, 4), 0.3), "1.2"),
        (np.full((3, 26, 4), 0.25), "(3, 26, 4)"),
        (np.full((4, 26, 4), -0.25), "-0.25"),
    ],
)
def test_a_policy_that_is_none_is_refused_by_value(policy, said):
    with pytest.raises(ValueError, match="policy") as error:
        rk.measure(policy, levels_of(4))
    assert said in str(error.value).lower()


@pytest.mark.parametrize("agent", ["network", None, 3])
def test_what_is_no_agent_is_refused(agent):
    with pytest.raises(ValueError, match=r"policy|agent"):
        rk.measure(agent, levels_of(4))
    with pytest.raises(ValueError, match="agent"):
        rk.path(agent, world(5), goal=[0, 1], n=4)


def test_levels_of_another_world_are_refused():
    with pytest.raises(ValueError, match="levels are of"):
        rk.measure(rk.plan(world(5)), world(5, "base").sample(4))


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("goal", {"goal": [0, 1.5]}),
        ("goal", {"goal": float("nan")}),
        ("goal", {"goal": []}),
        ("goal", {"goal": [[0, 1]]}),
        ("goal", {"goal": "half"}),
        ("layout", {"layout": [-0.1]}),
        ("layout", {"layout": [0.1, 0.2, 0.3]}),
        ("n", {"n": 0}),
        ("n", {"n": 2.5}),
        ("seed", {"seed": -1}),
        ("world", {"world": "cheese"}),
    ],
)
def test_a_path_out_of_range_is_refused_by_name(name, change):
    arguments = {"agent": rk.plan(world(5)), "world": world(5), "goal": [0, 1]}
    with pytest.raises(ValueError, match=name):
        rk.path(**arguments | change)

"""How sure readings of one agent and of many say they are, and what they leave open."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import oracles
import pytest
from explained import cheese, many
from polar_oracle import CLOSE, figures
from problems import world

import robustkit as rk
from robustkit import metrics
from robustkit.metrics import Conventions, Estimate, iqm, pool
from robustkit.metrics.bootstrap import (
    bootstrap_weights,
    intervals,
    pseudo_levels,
    with_pseudo_levels,
)
from robustkit.metrics.reading import AXES


def slow_intervals(tables, policy, conventions, weights, unseen):
    """[low, high] of scalar, capability, alignment, one resample after the other.

    unseen: for each resample the weights of a level that fails, one that succeeds and
    one that succeeds and earns nothing of the base, where all weights have sum 1.
    """
    every = figures(tables, policy, conventions)
    mixtures = conventions.mixtures(2).tolist()

    def read(weight):
        scale = tables.scale.tolist()
        reading = oracles.polar(every, weight, mixtures, scale, conventions.rho)
        return [getattr(reading, name) for name in AXES]

    low, high, outside = [], [], (1 - conventions.confidence) / 2
    for weight, (fails, succeeds, astray) in zip(weights, unseen, strict=True):
        draw = read(weight)
        seen = 1 - fails - succeeds - astray
        earned = seen * draw[0] + succeeds
        pursued = seen * draw[1] + succeeds + astray
        both = list(zip(draw, (earned, pursued, earned / pursued), strict=True))
        low.append([min(pair) for pair in both])
        high.append([max(pair) for pair in both])
    return [
        [
            min(value, oracles.percentile([draw[axis] for draw in low], outside)),
            max(value, oracles.percentile([draw[axis] for draw in high], 1 - outside)),
        ]
        for axis, value in enumerate(read([1.0] * len(every)))
    ]


def bounds(reading):
    three = reading.scalar, reading.capability, reading.alignment
    return [[each.low, each.high] for each in three]


@pytest.mark.parametrize("confidence", [0.95, 0.8])
def test_intervals_are_those_of_the_same_resamples_one_by_one(confidence):
    tables = world(5).sample(10, goal="anywhere", seed=3).tables()
    policy = rk.plan(world(5), "base", noise=0.2).policy(
        world(5).sample(10, "anywhere", seed=3)
    )
    conventions = Conventions(resamples=80, confidence=confidence)
    weights, unseen = bootstrap_weights(10, 7, 80), pseudo_levels(10, 80).T
    reading = metrics.measure(policy, tables, conventions, seed=7)
    expected = slow_intervals(
        tables, policy, conventions, weights.tolist(), unseen.tolist()
    )
    assert np.allclose(bounds(reading), expected, rtol=0, atol=CLOSE)


def test_intervals_are_those_of_another_bootstrap_within_its_chance():
    levels = world(5).sample(24, goal="anywhere", seed=5)
    policy = rk.plan(world(5), "corner", noise=0.2).policy(levels)
    conventions = Conventions(resamples=2000)
    reading = metrics.measure(policy, levels.tables(), conventions)
    weights, unseen = oracles.reweighed(24, (0.5, 0.25, 0.25), 2000, seed=1)
    expected = slow_intervals(levels.tables(), policy, conventions, weights, unseen)
    assert np.allclose(bounds(reading), expected, rtol=0, atol=0.03)


def test_every_resample_weighs_all_levels_that_there_are():
    weights = bootstrap_weights(30, 0, metrics.DEFAULT.resamples)
    assert weights.shape == (metrics.DEFAULT.resamples, 30)
    assert weights.sum(1) == pytest.approx(1)
    assert abs(30 * weights.mean(0) - 1).max() < 5 / np.sqrt(len(weights))
    assert (30 * weights).var() == pytest.approx(29 / 31, abs=0.05)  # Dirichlet's


def test_pseudo_levels_weigh_a_level_together():
    mean = pseudo_levels(15, 20_000).mean(1)
    assert mean.tolist() == pytest.approx([0.5 / 16, 0.25 / 16, 0.25 / 16], abs=1e-3)


def test_scalar_is_capability_times_alignment_with_the_unseen_level_in_every_resample():
    agent = rk.plan(world(5), {"base": 0.6, "corner": 0.4}, noise=0.4)
    reading = rk.measure(agent, world(5).sample(8, goal="anywhere"))
    scalar, capability, alignment = with_pseudo_levels(reading.resampled, 8)
    assert capability * alignment == pytest.approx(scalar, abs=CLOSE)


@pytest.mark.parametrize("grounding", metrics.GROUNDINGS)
@pytest.mark.parametrize("goal", [0.0, "anywhere"])
@pytest.mark.parametrize("n", [1, 16, 256])
@pytest.mark.parametrize("kind", ["base", "corner", "random"])
def test_no_finite_sample_is_certain(grounding, goal, n, kind):
    agent = rk.device("random", cheese())
    if kind != "random":
        agent = rk.plan(cheese(), kind)
    reading = rk.measure(agent, cheese().sample(n, goal=goal), grounding)
    for each in (getattr(reading, name) for name in AXES):
        assert each.high - each.low > 0.2 / n
        assert not each.known or each.low <= each.value <= each.high


def test_an_interval_holds_its_value_wherever_the_draws_lie():
    values, apart = np.array([0.0, 1.0]), np.full((2, 9), 0.5)
    low, high = intervals(values, apart, apart)
    assert [*low, *high] == [0, 0.5, 0.5, 1]


def test_intervals_shrink_as_levels_are_added():
    agent = rk.plan(world(5), "corner", noise=0.3)
    widths = [
        np.diff(bounds(rk.measure(agent, world(5).sample(n, goal="anywhere"))))[:, 0]
        for n in (32, 128, 512)
    ]
    assert (widths[0] > widths[1]).all()
    assert (widths[1] > widths[2]).all()


def test_one_level_says_next_to_nothing():
    reading = rk.measure(rk.plan(world(5)), world(5).sample(1, goal="anywhere"))
    for each in (reading.scalar, reading.capability, reading.alignment):
        assert each.value == pytest.approx(1)
        assert each.low < 0.25


# What cannot be said


def test_alignment_is_unknown_where_capability_may_be_nothing():
    """Exactly where the lower bound of capability is at most a tenth."""
    levels, seen = world(7).sample(64, goal="anywhere", seed=2), set()
    for noise in (0.5, 0.7, 0.8, 0.85, 0.9, 0.95, 1.0):
        reading = rk.measure(rk.plan(world(7), noise=noise), levels)
        known = reading.capability.low > 0.1
        assert reading.alignment.known == known
        seen.add(known)
    assert seen == {True, False}


def test_the_bound_below_which_alignment_is_unknown_is_a_convention():
    levels = world(7).sample(64, goal="anywhere", seed=2)
    policy = rk.plan(world(7), noise=0.5).policy(levels)
    tables = levels.tables()
    assert metrics.measure(policy, tables).alignment.known
    strict = Conventions(unknown=0.9)
    assert not metrics.measure(policy, tables, strict).alignment.known


def test_unknown_alignment_says_so_in_every_form():
    reading = rk.measure(
        rk.device("random", world(7)), world(7).sample(64, goal="anywhere")
    )
    assert math.isnan(reading.alignment.value)
    assert (reading.alignment.low, reading.alignment.high) == (-1, 1)
    assert str(reading.alignment) == "unknown"
    assert "unknown" in str(reading)
    assert "alignment is unknown" in reading.explain()


def test_known_alignment_is_explained_with_its_goal():
    reading = rk.measure(
        rk.plan(world(7), "corner"), world(7).sample(64, goal="anywhere")
    )
    assert "unknown" not in reading.explain()
    assert "corner" in reading.explain()
    assert f"{reading.alignment.value:.2f}" in reading.explain()


def test_worse_than_random_is_said_without_calling_it_anti_aligned():
    levels = world(7).sample(64, goal="anywhere")
    reading = rk.measure(rk.device("stay", world(7)), levels)
    assert reading.scalar.value < 0
    assert "which is worse than a random walk" in reading.explain()
    assert "anti" not in reading.explain()


@pytest.mark.parametrize("better", [0, 3])
def test_next_to_random_is_not_called_worse_than_random(better):
    levels = world(7).sample(64, goal="anywhere")
    policy = np.full(levels.tables().shape, 0.25)
    policy[..., better] += 1e-9
    policy[..., 3 - better] -= 1e-9
    assert "worse" not in rk.measure(policy, levels).explain()


def test_unknown_alignments_are_gaps_in_a_path():
    path = rk.path(rk.device("random", world(5)), world(5), goal=[0, 1], n=16)
    assert np.isnan(path.alignment).all()
    assert path.table().count("unknown") == 2


# Many agents


ONE = [0.637, 0.27, 0.041, 0.017, 0.813, 0.913, 0.607, 0.729, 0.544, 0.935, 0.816,
       0.003, 0.857]  # fmt: skip
TWO = [-0.219, -1.246, -0.732, -0.544, -0.316, 0.412, 1.043, -0.129, 1.366, -0.665,
       0.352, 0.903, 0.094, -0.743, -0.922, -0.458, 0.22, -1.01, -0.209, -0.159, 0.541,
       0.215, 0.355, -0.654, -0.13, 0.784, 1.493, -1.259, 1.514, 1.346]  # fmt: skip
RLIABLE = [  # aggregate_iqm; get_interval_estimates with 50,000 resamples
    (ONE, 0.6308571428571428, (0.30928571, 0.80457143)),
    (TWO, -0.039312500000000014, (-0.35075, 0.34487656)),
]


def fake(value, draws, levels):
    estimate = Estimate(value, value, value)
    reading = rk.measure(rk.plan(cheese()), many(4))
    return replace(
        reading,
        scalar=estimate,
        capability=estimate,
        alignment=estimate,
        resampled=draws,
        levels=levels,
    )


@pytest.mark.parametrize(("values", "middle", "bounds"), RLIABLE)
def test_interquartile_mean_and_interval_are_those_of_rliable(values, middle, bounds):
    assert iqm(values) == pytest.approx(middle, abs=1e-12)
    resamples = 20_000
    levels = 10**9  # so many that what none of them shows does not count
    pooled = pool([fake(v, np.full((3, resamples), v), levels) for v in values])
    assert pooled.scalar.value == pytest.approx(middle)
    width = bounds[1] - bounds[0]
    assert pooled.scalar.low == pytest.approx(bounds[0], abs=0.03 * width)
    assert pooled.scalar.high == pytest.approx(bounds[1], abs=0.03 * width)


def test_crossed_bootstrap_covers_where_seeds_and_levels_both_vary():
    """Value = seed effect + level effect + both; the truth is the seeds' middle, 0."""
    rng, held, repeats = np.random.default_rng(0), 0, 150
    for _ in range(repeats):
        agents, levels, resamples = 20, 40, 300
        each = (
            rng.normal(0, 0.1, (agents, 1))
            + rng.normal(0, 0.3, (1, levels))
            + rng.normal(0, 0.3, (agents, levels))
        )
        counts = rng.multinomial(levels, np.full(levels, 1 / levels), resamples)
        draws = each @ counts.T / levels
        pooled = pool(
            [
                fake(float(v), np.tile(d, (3, 1)), levels)
                for v, d in zip(each.mean(1), draws, strict=True)
            ]
        )
        held += pooled.scalar.low <= 0 <= pooled.scalar.high
    assert 0.91 <= held / repeats <= 1


def test_a_population_counts_the_agents_of_unknown_alignment():
    noisy = [rk.plan(cheese(), noise=e) for e in (0.0, 0.2)]
    mixed = [*noisy, rk.device("random", cheese())]
    population = rk.population(mixed, many())
    assert population.unknown == 1
    assert population.alignment.value == pytest.approx(1, abs=0.01)
    assert "unknown for 1" in population.table()
    alone = rk.population(rk.device("random", cheese()), many())
    assert not alone.alignment.known
    assert "device" in str(alone)
    picture = rk.plane([population, alone])
    assert "3 agents" in picture.alt


def test_a_population_is_wider_than_its_levels_alone_say():
    searchers = rk.train("searcher", cheese(), seeds=range(6))
    population = rk.population(searchers, many())
    one = population.readings[0].alignment
    width = population.alignment.high - population.alignment.low
    assert width > 2 * (one.high - one.low)
    assert population.values("alignment").shape == (6,)


def test_a_population_without_a_fault_is_not_certain_either():
    population = rk.population([rk.plan(cheese())] * 3, many(16))
    assert population.capability.low < 0.95
    assert population.capability.value == pytest.approx(1)
    assert population.capability.high == pytest.approx(1)


def test_readings_that_do_not_go_together_are_refused():
    one = rk.measure(rk.plan(cheese()), many(8))
    two = rk.measure(rk.plan(cheese()), many(16))
    with pytest.raises(ValueError, match="not of the same levels"):
        pool([one, two])
    with pytest.raises(ValueError, match="holds none"):
        pool([])
    with pytest.raises(ValueError, match="agents=\\[\\]"):
        rk.population([], many(8))

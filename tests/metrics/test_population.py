"""Many agents and what they come to."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

import robustkit as rk
from robustkit.metrics import Estimate, iqm, pool


@cache
def cheese():
    return rk.make("cheese")


@cache
def shifted(n=96):
    return cheese().sample(n, goal=1.0, seed=1)


ONE = [0.637, 0.27, 0.041, 0.017, 0.813, 0.913, 0.607, 0.729, 0.544, 0.935, 0.816,
       0.003, 0.857]  # fmt: skip
TWO = [-0.219, -1.246, -0.732, -0.544, -0.316, 0.412, 1.043, -0.129, 1.366, -0.665,
       0.352, 0.903, 0.094, -0.743, -0.922, -0.458, 0.22, -1.01, -0.209, -0.159, 0.541,
       0.215, 0.355, -0.654, -0.13, 0.784, 1.493, -1.259, 1.514, 1.346]  # fmt: skip
RLIABLE = [  # aggregate_iqm; get_interval_estimates with 50,000 resamples
    (ONE, 0.6308571428571428, (0.30928571, 0.80457143)),
    (TWO, -0.039312500000000014, (-0.35075, 0.34487656)),
]


def fake(value, draws):
    estimate = Estimate(value, value, value)
    reading = rk.measure(rk.plan(cheese()), shifted(4))
    return replace(
        reading,
        scalar=estimate,
        capability=estimate,
        alignment=estimate,
        resampled=draws,
    )


@pytest.mark.parametrize(("values", "middle", "bounds"), RLIABLE)
def test_interquartile_mean_and_interval_are_those_of_rliable(values, middle, bounds):
    assert iqm(values) == pytest.approx(middle, abs=1e-12)
    resamples = 20_000
    pooled = pool([fake(v, np.full((3, resamples), v)) for v in values])
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
                fake(float(v), np.tile(d, (3, 1)))
                for v, d in zip(each.mean(1), draws, strict=True)
            ]
        )
        held += pooled.scalar.low <= 0 <= pooled.scalar.high
    assert 0.91 <= held / repeats <= 1


def test_a_population_counts_the_agents_of_unknown_alignment():
    noisy = [rk.plan(cheese(), noise=e) for e in (0.0, 0.2)]
    mixed = [*noisy, rk.device("random", cheese())]
    population = rk.population(mixed, shifted())
    assert population.unknown == 1
    assert population.alignment.value == pytest.approx(1, abs=0.01)
    assert "unknown of 1" in population.table()
    alone = rk.population(rk.device("random", cheese()), shifted())
    assert not alone.alignment.known
    assert "device" in str(alone)
    picture = rk.plane([population, alone])
    assert "3 agents" in picture.alt


def test_a_population_is_wider_than_its_levels_alone_say():
    searchers = rk.train("searcher", cheese(), seeds=range(6))
    population = rk.population(searchers, shifted())
    one = population.readings[0].alignment
    width = population.alignment.high - population.alignment.low
    assert width > 2 * (one.high - one.low)
    assert population.values("alignment").shape == (6,)


def test_readings_that_do_not_go_together_are_refused():
    one = rk.measure(rk.plan(cheese()), shifted(8))
    two = rk.measure(rk.plan(cheese()), shifted(16))
    with pytest.raises(ValueError, match="not of the same levels"):
        pool([one, two])
    with pytest.raises(ValueError, match="holds none"):
        pool([])
    with pytest.raises(ValueError, match="agents=\\[\\]"):
        rk.population([], shifted(8))

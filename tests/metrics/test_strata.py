"""Four strata weighed, and the curves that come of it."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from itertools import product

import numpy as np
import oracles
import pytest
from polar_oracle import assert_reading_is, close, figures, random_policy
from problems import world

import robustkit as rk
from robustkit import metrics
from robustkit.analysis.curve import evaluate_on
from robustkit.metrics import Conventions
from robustkit.metrics.reading import AXES

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
    bounds, _ = done.bounds(goal, layout)
    assert bounds.shape == (3, 2, 3, 2)
    for (i, g), (j, x) in product(enumerate(goal), enumerate(layout)):
        reading = done.reading(g, x)
        for axis, found in zip(AXES, bounds[i, j], strict=True):
            each = getattr(reading, axis)
            assert not each.known or found == pytest.approx([each.low, each.high])


@pytest.mark.parametrize("wants", ["base", "corner", {"base": 0.6, "corner": 0.4}])
def test_strata_and_grid_of_shifts_give_the_same_base_shares(wants):
    some = world(7)
    (done,) = evaluate_on([rk.plan(some, wants, noise=0.3)], some, n=24, seed=1)
    goal, layout = np.array([0, 0.2, 1]), np.array([0, 0.9])
    _, base_shares = done.bounds(goal, layout)
    assert base_shares.shape == (3, 2, 2)
    for (i, g), (j, x) in product(enumerate(goal), enumerate(layout)):
        reading = done.reading(g, x)
        assert reading.alignment.known
        assert base_shares[i, j] == pytest.approx(reading.base_share)


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


# What is lost


def test_a_planner_loses_nothing_of_what_it_pursues():
    """Exactly, whatever the levels: each of them loses nothing."""
    base = rk.path(rk.plan(world(7)), world(7), goal=[0, 1], n=16).drop()
    for axis in AXES:
        each = getattr(base, axis)
        assert each.low == each.value == each.high == 0
    corner = rk.path(rk.plan(world(7), "corner"), world(7), goal=[0, 1], n=16).drop()
    assert corner.capability.low == corner.capability.high == 0
    assert corner.scalar.low > 0.5
    assert corner.alignment.low > 0.5


@pytest.mark.parametrize("grounding", metrics.GROUNDINGS)
def test_a_drop_is_that_of_the_values_and_of_each_resample(grounding):
    some = world(7)
    agent = rk.plan(some, "corner", noise=0.3)
    path = rk.path(agent, some, goal=[0, 0.5, 1], n=24, grounding=grounding)
    drop, first, last = path.drop(), path[0], path[-1]
    for axis, name in enumerate(AXES):
        each, before, after = (getattr(x, name) for x in (drop, first, last))
        assert each.value == pytest.approx(before.value - after.value)
        lost = first.resampled[axis] - last.resampled[axis]
        ends = np.quantile(lost, [0.025, 0.975])
        assert each.low <= min(ends[0] + 1e-9, each.value)
        assert each.high >= max(ends[1] - 1e-9, each.value)


def test_a_drop_is_known_better_than_two_intervals_apart():
    some = world(7)
    path = rk.path(rk.plan(some, "corner"), some, goal=[0.5, 1], n=64)
    drop = path.drop().scalar
    apart = sum(r.scalar.high - r.scalar.low for r in path)
    assert drop.high - drop.low < 0.6 * apart


def test_what_is_lost_of_an_alignment_that_is_unknown_is_unknown():
    agent = rk.train("memoriser", rk.make("cheese"))
    drop = rk.path(agent, rk.make("cheese"), goal=[0, 1], n=32).drop()
    assert drop.capability.low > 0.8
    assert not drop.alignment.known
    assert "alignment unknown" in str(drop)


def test_a_curve_of_bare_places_has_no_drop():
    (reading,) = rk.path(rk.plan(world(5)), world(5), n=4)
    bare = metrics.ShiftCurve([replace(reading, resampled=None)], [0], [0], "nobody")
    with pytest.raises(ValueError, match=r"no resamples; allowed: a curve that"):
        bare.drop()

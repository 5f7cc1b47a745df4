"""The laws that a reading of capability and alignment has to keep.

192 levels of 9×9, all at full goal shift unless said otherwise.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

import robustkit as rk
from robustkit import mdp, metrics

LEVELS = 192
SEEDS = [0, 1]
SHARES = [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1]


@cache
def world():
    return rk.make("cheese", size=9)


@cache
def shifted(seed=0, goal=1.0):
    return world().sample(LEVELS, goal=goal, seed=seed)


def mixture(base):
    return {"cheese": base, "corner": 1 - base}


def planner(base, noise=0.0):
    """Return a planner for a mixture; 1 is all for the cheese, 0 all for the corner."""
    return rk.plan(world(), mixture(base), noise=noise)


def start_values(tables, values):
    return values[np.arange(len(tables)), tables.start]


def base_score(tables, policy):
    """Return base return from 0, random, to 1, optimal."""
    random = mdp.uniform_policy(tables)
    best = start_values(tables, mdp.optimal_values(tables, [[1, 0]]))[:, 0]
    played, chance = (
        start_values(tables, mdp.evaluate(tables, p))[:, 0] for p in (policy, random)
    )
    return (played - chance).sum() / (best * tables.scale[0] - chance).sum()


def capability_level_by_level(tables, policy):
    """Return capability where each level may have the mixture that suits it best."""
    rooms, capabilities = [], []
    for i in range(len(tables)):
        one = replace(
            tables,
            next_state=tables.next_state[i : i + 1],
            events=tables.events[i : i + 1],
            rewards=tables.rewards[i : i + 1],
            start=tables.start[i : i + 1],
        )
        few = metrics.Conventions(resamples=2)
        capabilities.append(
            metrics.measure(policy[i : i + 1], one, few).capability.value
        )
        best = start_values(one, mdp.optimal_values(one, [[1, 0]]))[0, 0]
        chance = start_values(one, mdp.evaluate(one, mdp.uniform_policy(one)))[0, 0]
        rooms.append(best * one.scale[0] - chance)
    return np.average(capabilities, weights=rooms)


# Who reads what


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("shift", [(0, 0), (1, 0), (0, 1), (1, 1), (0.5, 0.5)])
def test_base_planner_is_capable_and_aligned_everywhere(seed, shift):
    levels = world().sample(LEVELS, *shift, seed=seed)
    reading = rk.measure(rk.plan(world()), levels)
    assert reading.scalar.value == pytest.approx(1, abs=0.01)
    assert reading.capability.value == pytest.approx(1, abs=0.01)
    assert reading.alignment.value == pytest.approx(1, abs=0.01)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("goal", [0.0, 1.0])
def test_random_policy_has_no_capability(seed, goal):
    reading = rk.measure(rk.device("random", world()), shifted(seed, goal))
    assert reading.capability.value == pytest.approx(0, abs=1e-9)
    assert reading.scalar.value == pytest.approx(0, abs=1e-9)
    assert not reading.alignment.known


@pytest.mark.parametrize("seed", SEEDS)
def test_proxy_planner_is_as_capable_and_only_as_aligned_as_it_scores(seed):
    levels = shifted(seed)
    agent = rk.plan(world(), "corner")
    score = base_score(levels.tables(), agent.policy(levels))
    reading = rk.measure(agent, levels)
    assert reading.capability.value == pytest.approx(1, abs=0.01)
    assert reading.alignment.value == pytest.approx(score, abs=0.02)
    assert reading.scalar.value == pytest.approx(score, abs=1e-9)
    assert score < 0.3


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("base", [1.0, 0.5, 0.0])
def test_noise_lowers_capability_and_leaves_alignment(seed, base):
    noises = [0, 0.1, 0.2, 0.3, 0.4, 0.5]
    readings = [rk.measure(planner(base, noise), shifted(seed)) for noise in noises]
    assert (np.diff([r.capability.value for r in readings]) < 0).all()
    moved = [r.alignment.value - readings[0].alignment.value for r in readings]
    assert max(map(abs, moved)) < 0.05


@pytest.mark.slow_for("1.0-*")
@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("base", [1.0, 0.5, 0.0])
def test_heavy_noise_lowers_capability_and_leaves_alignment(seed, base):
    """Little is left to divide by: 192 levels would not tell drift from chance."""
    levels = world().sample(2000, goal=1.0, seed=seed)
    noises = [0, 0.5, 0.6, 0.7, 0.8]
    readings = [rk.measure(planner(base, noise), levels) for noise in noises]
    assert (np.diff([r.capability.value for r in readings]) < 0).all()
    moved = [r.alignment.value - readings[0].alignment.value for r in readings]
    assert max(map(abs, moved)) < 0.05


@pytest.mark.parametrize("seed", SEEDS)
def test_goal_sliding_from_base_to_proxy_costs_alignment_not_capability(seed):
    readings = [rk.measure(planner(base), shifted(seed)) for base in SHARES[::-1]]
    alignments = [r.alignment.value for r in readings]
    assert min(r.capability.value for r in readings) >= 0.98
    assert (np.diff(alignments) <= 1e-9).all()
    assert alignments[0] - alignments[-1] > 0.5


@pytest.mark.parametrize("seed", SEEDS)
def test_perfect_pursuer_of_half_and_half_is_capable_and_half_aligned(seed):
    """The best single objective would call it half capable and aligned."""
    levels = shifted(seed)
    reading = rk.measure(planner(0.5), levels)
    assert reading.capability.value >= 0.99
    assert 0.3 < reading.alignment.value < 0.9


@pytest.mark.parametrize("seed", SEEDS)
def test_goal_drawn_anew_in_each_level_costs_capability_not_coherent_play(seed):
    tables = shifted(seed).tables()
    base, proxy = mdp.plan(tables, np.eye(2))[1]
    heads = np.random.default_rng(seed).random(LEVELS) < 0.5
    policy = np.where(heads[:, None, None], base, proxy)
    reading = metrics.measure(policy, tables)
    free = capability_level_by_level(tables, policy)
    assert reading.capability.value < 0.95
    assert free >= 0.95
    assert reading.coherence == pytest.approx(reading.capability.value / free, abs=1e-8)


# What must not matter


POLICIES = {
    "noisy base planner": lambda tables: 0.7 * mdp.plan(tables, [[1, 0]])[1][0] + 0.075,
    "half-and-half planner": lambda tables: mdp.plan(tables, [[0.5, 0.5]])[1][0],
    "proxy planner": lambda tables: mdp.plan(tables, [[0, 1]])[1][0],
    "nonsense": lambda tables: np.random.default_rng(0).dirichlet(
        np.ones(4), tables.shape[:2]
    ),
}


def assert_same_reading(one, two):
    for name in ("scalar", "capability", "alignment"):
        a, b = getattr(one, name), getattr(two, name)
        assert [a.value, a.low, a.high] == pytest.approx(
            [b.value, b.low, b.high], abs=1e-8, nan_ok=True
        )
    assert one.base_share == pytest.approx(two.base_share, abs=1e-8)
    assert one.coherence == pytest.approx(two.coherence, abs=1e-8)


@pytest.mark.parametrize("kind", POLICIES)
@pytest.mark.parametrize("factors", [(3.0, 3.0), (0.01, 1.0), (1.0, 250.0)])
def test_scaling_the_objectives_changes_nothing(kind, factors):
    tables = shifted().tables()
    policy = POLICIES[kind](tables)
    scaled = replace(
        tables, rewards=tables.rewards * factors, scale=tables.scale * factors
    )
    assert_same_reading(
        metrics.measure(policy, tables), metrics.measure(policy, scaled)
    )


@pytest.mark.slow_for("base-noisy*", "base-proxy*", "first-noisy*")
@pytest.mark.parametrize("kind", POLICIES)
@pytest.mark.parametrize("ends", ["first", "base"])
def test_potential_shaping_changes_nothing(kind, ends):
    """Ng, Harada and Russell 1999: r + γ Φ(s') - Φ(s), with Φ = 0 at the end."""
    levels = rk.make("cheese", size=9, ends=ends).sample(LEVELS, goal=1.0)
    tables = levels.tables()
    policy = POLICIES[kind](tables)
    potential = np.random.default_rng(1).normal(size=(*tables.shape[:2], 2))
    potential[:, -1] = 0
    ahead = potential[np.arange(LEVELS)[:, None, None], tables.next_state]
    shaping = tables.discount * ahead - potential[:, :, None]
    shaped = replace(tables, rewards=tables.rewards + shaping)
    assert_same_reading(
        metrics.measure(policy, tables), metrics.measure(policy, shaped)
    )


# What the training distribution leaves open


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("layout", [0.0, 1.0])
@pytest.mark.parametrize(("base", "noise"), [(1, 0), (0, 0), (0.5, 0), (1, 0.3)])
def test_where_base_and_proxy_agree_every_goal_fits(seed, layout, base, noise):
    levels = world().sample(LEVELS, goal=0.0, layout=layout, seed=seed)
    reading = rk.measure(planner(base, noise), levels)
    assert reading.alignment.value == pytest.approx(1, abs=0.01)
    assert reading.base_share == (0, 1)


def test_full_shift_tells_cheese_from_corner():
    assert rk.measure(planner(1), shifted()).base_share[0] >= 0.5
    assert rk.measure(planner(0), shifted()).base_share[1] <= 0.5


# Anti-alignment


@pytest.mark.parametrize("seed", SEEDS)
def test_seeker_of_what_costs_as_much_as_cheese_pays_is_anti_aligned(seed):
    tables = shifted(seed).tables()
    poison = np.array([[1.0, 0.0], [-1.0, 1.0]])  # of the events cheese and corner
    tables = replace(tables, rewards=tables.events @ poison)
    reading = metrics.measure(mdp.plan(tables, [[0, 1]])[1][0], tables)
    assert reading.capability.value >= 0.98
    assert reading.alignment.value <= -0.9


# Along the shift


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("layout", [0.0, 1.0])
@pytest.mark.parametrize("base", [1.0, 0.8, 0.5, 0.2, 0.0])
def test_planted_agents_lose_scalar_and_alignment_steadily_along_the_shift(
    seed, layout, base
):
    path = rk.path(planner(base), world(), SHARES, layout, n=LEVELS, seed=seed)
    assert np.diff(path.scalar).max() <= 0.01
    assert np.diff(path.alignment).max() <= 0.01
    assert path.capability.min() >= 0.98


@pytest.mark.parametrize("noise", [0.2, 0.4])
@pytest.mark.parametrize("base", [1.0, 0.0])
def test_noisy_planted_agents_move_one_way_along_the_shift(base, noise):
    agent = planner(base, noise)
    path = rk.path(agent, world(), goal=SHARES, n=LEVELS)
    for line in (path.scalar, path.capability, path.alignment):
        steps = np.diff(line)
        assert steps.max() <= 0.01 or steps.min() >= -0.01


def test_readings_do_not_jump_along_the_shift():
    for agent in (planner(0.5), planner(0), planner(1, 0.5)):
        path = rk.path(agent, world(), goal=np.linspace(0, 1, 101), n=LEVELS)
        for line in (path.scalar, path.capability, path.alignment):
            assert abs(np.diff(line)).max() < 0.03


# Devices


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("goal", [0.0, 1.0])
@pytest.mark.parametrize("kind", ["random", "stay", "mirrored"])
def test_device_has_no_capability(seed, goal, kind):
    reading = rk.measure(rk.device(kind, world()), shifted(seed, goal))
    assert reading.capability.value < 0.1
    assert not reading.alignment.known


@pytest.mark.parametrize("seed", SEEDS)
def test_drift_away_from_the_corner_has_no_capability(seed):
    reading = rk.measure(rk.device("drift", world()), shifted(seed))
    assert reading.capability.value < 0.1


@pytest.mark.parametrize("seed", SEEDS)
def test_drift_into_the_corner_passes_for_a_poor_seeker_of_it(seed):
    """Values alone cannot tell a rigid device from an agent: C is about .45 here."""
    levels = shifted(seed)
    policy = np.empty(levels.tables().shape)
    policy[:] = [0.05, 0.05, 0.45, 0.45]
    reading = rk.measure(policy, levels)
    assert reading.best["corner"] == 1
    assert reading.alignment.known
    assert 0.3 < reading.capability.value < 0.6

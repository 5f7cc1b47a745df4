"""What a polar reading keeps to beyond the laws, which say less of it.

192 levels of 9×9, the goal shifted anywhere unless said otherwise.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from explained import cheese
from polar_oracle import close

import robustkit as rk
from robustkit import mdp, metrics
from robustkit.metrics import polar

LEVELS = 192
SEEDS = [0, 1]
SHARES = [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1]


def shifted(seed=0, goal="anywhere"):
    return cheese().sample(LEVELS, goal=goal, seed=seed)


def planner(base, noise=0.0):
    """Return a planner for a mixture; 1 is all for the cheese, 0 all for the corner."""
    return rk.plan(cheese(), {"cheese": base, "corner": 1 - base}, noise=noise)


# Who reads what


@pytest.mark.slow_for("2000-*")
@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(
    ("levels", "noises"),
    [(LEVELS, [0, 0.1, 0.2, 0.3, 0.4, 0.5]), (2000, [0, 0.5, 0.6, 0.7, 0.8])],
)
def test_noise_leaves_the_alignment_of_half_and_half_alone(seed, levels, noises):
    """Little is left to divide by: 192 levels would not tell drift from chance."""
    where = cheese().sample(levels, goal="anywhere", seed=seed)
    readings = [rk.measure(planner(0.5, noise), where) for noise in noises]
    assert (np.diff([r.capability.value for r in readings]) < 0).all()
    moved = [r.alignment.value - readings[0].alignment.value for r in readings]
    assert max(map(abs, moved)) < 0.05


@pytest.mark.parametrize("seed", SEEDS)
def test_perfect_pursuer_of_half_and_half_is_capable_and_half_aligned(seed):
    """The best single objective would call it half capable and aligned."""
    levels = shifted(seed)
    reading = rk.measure(planner(0.5), levels)
    assert reading.capability.value >= 0.99
    assert 0.3 < reading.alignment.value < 0.9


@pytest.mark.parametrize("seed", SEEDS)
def test_coherence_is_capability_over_what_it_is_level_by_level(seed):
    tables = shifted(seed).tables()
    heads = np.random.default_rng(seed).random(LEVELS) < 0.5
    policy = np.where(heads[:, None, None], *mdp.plan(tables, np.eye(2))[1])
    reading, few = metrics.measure(policy, tables), metrics.Conventions(resamples=2)
    alone = [slice(i, i + 1) for i in range(LEVELS)]
    each = [metrics.measure(policy[i], tables[i], few).capability.value for i in alone]
    headroom = polar.references(tables).base_headroom
    free = np.average(each, weights=headroom)
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


def scaled(factors):
    def change(tables):
        rewards, scale = tables.rewards * factors, tables.scale * factors
        return replace(tables, rewards=rewards, scale=scale)

    return change


def shaped(tables):
    """Ng, Harada and Russell 1999: r + γ Φ(s') - Φ(s), with Φ = 0 at the end."""
    potential = np.random.default_rng(1).normal(size=(*tables.shape[:2], 2))
    potential[:, -1] = 0
    shaping = tables.discount * tables.after(potential) - potential[:, :, None]
    return replace(tables, rewards=tables.rewards + shaping)


@pytest.mark.parametrize("kind", POLICIES)
@pytest.mark.parametrize(
    ("ends", "change"),
    [
        ("first", scaled((3.0, 3.0))),
        ("first", scaled((0.01, 1.0))),
        ("first", scaled((1.0, 250.0))),
        ("first", shaped),
        ("base", shaped),
    ],
)
def test_units_and_shaping_change_no_interval_either(kind, ends, change):
    home = rk.make("cheese", size=9, ends=ends)
    tables = home.sample(LEVELS, goal="anywhere").tables()
    policy = POLICIES[kind](tables)
    changed = metrics.measure(policy, change(tables))
    assert close(metrics.measure(policy, tables), changed, tolerance=1e-8)


# What the training distribution leaves open


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("layout", [0.0, 1.0])
@pytest.mark.parametrize(("base", "noise"), [(1, 0), (0, 0), (0.5, 0), (1, 0.3)])
def test_where_base_and_proxy_agree_every_goal_fits(seed, layout, base, noise):
    levels = cheese().sample(LEVELS, goal=0.0, layout=layout, seed=seed)
    reading = rk.measure(planner(base, noise), levels)
    assert reading.alignment.value == pytest.approx(1, abs=0.01)
    assert reading.base_share == (0, 1)


def test_cheese_anywhere_is_told_from_the_corner():
    assert rk.measure(planner(1), shifted()).base_share[0] >= 0.5
    assert rk.measure(planner(0), shifted()).base_share[1] <= 0.5


# Along the share of levels that are shifted: how many, not how far


@pytest.mark.slow_for("0.8-*", "0.2-*", "*-1")
@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("layout", [0.0, 1.0])
@pytest.mark.parametrize("base", [1.0, 0.8, 0.5, 0.2, 0.0])
def test_planted_agents_lose_scalar_and_alignment_steadily_along_the_share(
    seed, layout, base
):
    """From training in its known layouts, to the cheese anywhere in those or others."""
    where = {"goal": "anywhere", "layout": layout, "share": SHARES}
    path = rk.path(planner(base), cheese(), **where, n=LEVELS, seed=seed)
    assert np.diff(path.scalar).max() <= 0.01
    assert np.diff(path.alignment).max() <= 0.01
    assert path.capability.min() >= 0.98


@pytest.mark.parametrize("noise", [0.2, 0.4])
@pytest.mark.parametrize("base", [1.0, 0.0])
def test_noisy_planted_agents_move_one_way_along_the_share(base, noise):
    agent = planner(base, noise)
    path = rk.path(agent, cheese(), goal="anywhere", share=SHARES, n=LEVELS)
    for line in (path.scalar, path.capability, path.alignment):
        steps = np.diff(line)
        assert steps.max() <= 0.01 or steps.min() >= -0.01


@pytest.mark.parametrize(("along", "most"), [("share", 0.03), ("goal", 0.1)])
def test_readings_do_not_jump_along_a_shift(along, most):
    """A hundred steps; the first grade of five is reached in twenty of them."""
    steps = {"goal": "anywhere"} | {along: np.linspace(0, 1, 101)}
    for agent in (planner(0.5), planner(0), planner(1, 0.5)):
        path = rk.path(agent, cheese(), **steps, n=LEVELS)
        for line in (path.scalar, path.capability, path.alignment):
            assert abs(np.diff(line)).max() < most


@pytest.mark.parametrize("seed", SEEDS)
def test_the_farther_the_cheese_the_more_a_mixed_goal_forgoes_it(seed):
    """What pays for both takes the cheese on the way, and no longer far out of it."""
    grades = np.linspace(0, 1, 6)
    half = rk.path(planner(0.5), cheese(), goal=grades, n=LEVELS, seed=seed)
    assert np.diff(half.alignment).max() < 0.02
    assert half.capability.min() >= 0.98
    # The farther out, the less a corner planner has to lose: the last is not lowest.
    corner = rk.path(planner(0), cheese(), goal=grades, n=LEVELS, seed=seed).alignment
    assert corner[0] == pytest.approx(1)
    assert corner[1:].argmin() < 3
    assert (corner[1:] < 0).all()
    assert corner[-1] > corner[1:].min() + 0.1


# Devices


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("goal", [0.0, "anywhere"])
@pytest.mark.parametrize("kind", ["random", "stay", "mirrored"])
def test_device_has_no_capability(seed, goal, kind):
    reading = rk.measure(rk.device(kind, cheese()), shifted(seed, goal))
    assert reading.capability.value < 0.1
    assert not reading.alignment.known
    if kind == "random":
        assert reading.scalar.value == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize("seed", SEEDS)
def test_drift_into_the_corner_passes_for_a_poor_seeker_of_it(seed):
    """Values alone cannot tell a rigid device from an agent: C is about .45 here.

    In six of eight seeds of the corner alone, in two of a mixture that leans to it.
    """
    levels = shifted(seed)
    policy = np.empty(levels.tables().shape)
    policy[:] = [0.05, 0.05, 0.45, 0.45]
    reading = rk.measure(policy, levels)
    assert reading.best["corner"] > 0.5
    assert reading.alignment.known
    assert reading.alignment.value < 0
    assert 0.3 < reading.capability.value < 0.6


# Anti-alignment


@pytest.mark.parametrize("seed", SEEDS)
def test_seeker_of_what_costs_as_much_as_cheese_pays_is_capable(seed):
    tables = shifted(seed).tables()
    poison = np.array([[1.0, 0.0], [-1.0, 1.0]])  # of the events cheese and corner
    tables = replace(tables, rewards=tables.events @ poison)
    reading = metrics.measure(mdp.plan(tables, [[0, 1]])[1][0], tables)
    assert reading.capability.value >= 0.98
    assert reading.alignment.value <= -0.9

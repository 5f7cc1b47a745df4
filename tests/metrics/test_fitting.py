"""What a reading says beside its numbers: flawless pursuit of what fits, and slips."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

import robustkit as rk
from robustkit import mdp, metrics
from robustkit.metrics.fitting import flawless
from robustkit.metrics.others.irl import regrets

N = 48


@cache
def levels(name="cheese", size=7):
    return rk.make(name, size=size).sample(N, "anywhere", seed=4)


def planner_of(tables, weights):
    """Return a policy that is optimal for weights and mixes all that is as good."""
    return mdp.plan(tables, [weights])[1][0]


def enumerated(tables, level, weights):
    """Return least and most base return of deterministic optimal policies, by search.

    From the start, over the moves that are optimal for the weights: each state's least
    and most value by fixed-point sweeps, one with the worst and one with the best move.
    """
    best = mdp.plan(tables, [weights])[1][0][level] > 0
    ends = []
    for choose in (np.min, np.max):
        value = np.zeros(tables.shape[1])
        for _ in range(400):
            after = tables.rewards[level, ..., 0] + tables.discount * np.where(
                tables.live[level][:, None], value[tables.next_state[level]], 0
            )
            masked = np.where(best, after, np.inf if choose is np.min else -np.inf)
            value = np.where(tables.live[level], choose(masked, axis=1), 0)
        ends.append(value[tables.start[level]])
    return ends


@pytest.mark.parametrize("name", ["cheese", "dish", "keys"])
@pytest.mark.parametrize("share", [0.0, 0.3, 1.0])
def test_flawless_planners_earn_what_a_search_over_their_moves_finds(name, share):
    """Of several optimal policies the worst and the best, level by level."""
    world = rk.make(name, size=5)
    tables = world.sample(12, "anywhere", seed=2).tables()
    mixtures = metrics.DEFAULT.mixtures(2)
    k = int(np.abs(mixtures[:, 0] - share).argmin())
    found = flawless(tables)[:, k]
    for level in range(12):
        low, high = enumerated(tables, level, mixtures[k])
        assert found[level] == pytest.approx([low, high], abs=2e-3)


def test_a_planner_has_the_alignment_of_flawless_pursuit():
    for share in (1.0, 0.8, 0.5, 0.0):
        wants = {"cheese": share, "corner": 1 - share}
        reading = rk.measure(rk.plan(levels().world, wants), levels())
        low, high = reading.alignment_of_fitting
        assert low - 1e-6 <= reading.alignment.value <= high + 1e-6
        assert not reading.outside
        assert 0 < share < 1 or reading.state_coherence == pytest.approx(1)


def test_a_range_holds_both_ends_of_what_is_as_good_for_the_goal():
    """A planner of the corner may take cheese that lies on its way, or may not."""
    reading = rk.measure(rk.plan(levels().world, "corner"), levels())
    low, high = reading.alignment_of_fitting
    assert low < reading.alignment.value < high


def test_an_agent_of_two_goals_is_outside_and_its_moves_are_optimal():
    """It goes for what is nearer: no mixture's flawless pursuer does so well."""
    part = levels("dish")
    tables = part.tables()
    base, proxy = mdp.plan(tables, np.eye(2))[1]
    heads = np.random.default_rng(0).random(N) < 0.5
    policy = np.where(heads[:, None, None], base, proxy)
    reading = rk.measure(policy, part)
    low, high = reading.alignment_of_fitting
    assert reading.outside == (not low - 0.05 <= reading.alignment.value <= high + 0.05)
    assert reading.state_coherence == pytest.approx(1)
    noisy = 0.5 * policy + 0.5 / 4
    assert rk.measure(noisy, part).state_coherence < 0.9


@pytest.mark.parametrize("name", ["cheese", "coin", "dish"])
def test_boltzmann_seekers_of_the_proxy_read_true_or_are_flagged(name):
    """They slip where it costs little, which earnings take for another goal."""
    world = rk.make(name)
    part = world.sample(64, "anywhere", seed=1)
    tables, goal = part.tables(), [0, 1]
    clean = rk.measure(planner_of(tables, goal), part).alignment.value
    losses = regrets(tables, np.array([goal]))[..., 0]
    for temperature in (0.25, 0.5, 1, 2, 4):
        odds = np.exp(-losses / temperature)
        reading = rk.measure(odds / odds.sum(-1, keepdims=True), part)
        if reading.alignment.known:
            near = abs(reading.alignment.value - clean) <= 0.1
            assert near or reading.outside


def test_explain_says_so_where_slips_account_for_an_alignment():
    world = rk.make("cheese")
    part = world.sample(128, "anywhere", seed=0)
    reading = rk.measure(rk.train("network", world), part)
    assert reading.outside
    low, _ = reading.alignment_of_fitting
    assert "slips, or more than one goal, explain the difference" in (reading.explain())
    assert f"would have an alignment of {low:.2f}" in reading.explain()
    planner = rk.measure(rk.plan(world, "corner"), part)
    assert "slips" not in planner.explain()


def test_where_alignment_is_unknown_any_would_fit():
    reading = rk.measure(rk.device("random", levels().world), levels())
    assert reading.alignment_of_fitting == (-1, 1)
    assert not reading.outside


def test_other_groundings_have_no_mixtures_to_pursue():
    agent = rk.plan(levels().world, "corner", noise=0.3)
    for grounding in ("attribution", "meg", "intervention"):
        reading = rk.measure(agent, levels(), grounding)
        assert reading.alignment_of_fitting == (-1, 1)


def test_a_reading_between_grades_weighs_what_flawless_planners_earn():
    """As a large sample of the mixed levels does."""
    world = rk.make("cheese", size=7)
    agent = rk.plan(world, {"cheese": 0.5, "corner": 0.5}, noise=0.4)
    for shift in ({"goal": 0.5}, {"goal": "anywhere", "share": 0.4}):
        (one,) = rk.path(agent, world, n=400, seed=1, **shift)
        other = rk.measure(agent, world.sample(1600, **shift, seed=2))
        pairs = zip(one.alignment_of_fitting, other.alignment_of_fitting, strict=True)
        assert all(abs(a - b) < 0.12 for a, b in pairs)
        assert one.state_coherence == pytest.approx(other.state_coherence, abs=0.03)


def test_what_is_asked_later_leaves_the_reading_as_it_is():
    agent = rk.plan(levels().world, "corner", noise=0.3)
    one, two = (rk.measure(agent, levels()) for _ in range(2))
    assert one.alignment_of_fitting == one.alignment_of_fitting
    assert one == two

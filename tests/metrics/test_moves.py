"""Attribution and goal-directedness, which read moves, against slow oracles."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from explained import FEW, nonsense, shifted, slow_unit, visits_of, world
from problems import soft_policies

import robustkit as rk
from robustkit import mdp, metrics
from robustkit.metrics import attribution
from robustkit.metrics import goal_directedness as directedness
from robustkit.validation.planted import with_cell

# Attribution


def slow_likelihood(tables, policy, conventions, level, goal, noise):
    """Return ℓ of one planner under the noise-th noise, move by move."""
    values, policies = mdp.plan(tables, goal)
    visits = visits_of(tables, policy, level)
    said, lost = 0.0, {}
    reward = tables.mixed_rewards(goal)[..., 0]
    for s in range(tables.shape[1]):
        after = values[level, tables.next_state[level, s], 0]
        gain = reward[level, s] + tables.discount * after
        lost[s] = np.where(policies[0, level, s] > 0, 0, gain.max() - gain)
    unit = slow_unit(tables, goal)
    for s in np.flatnonzero(visits > 0):
        best = policies[0, level, s] > 0
        within = policy[level, s] * best
        for a in range(4):
            pi = policy[level, s, a]
            if pi == 0:
                continue
            if noise < len(conventions.noises):
                e = conventions.noises[noise]
                together = 1 - e + e * best.sum() / 4
                p = together if best[a] else e / 4
            else:
                heat = conventions.temperatures[noise - len(conventions.noises)]
                odds = np.exp(-lost[s] / unit / heat)
                p = odds[best].sum() / odds.sum() if best[a] else odds[a] / odds.sum()
            if best[a]:
                p *= policy[level, s, a] / within.sum()
            said += visits[s] * pi * np.log(p)
    return said


@pytest.mark.parametrize("noise", range(4))
def test_likelihoods_are_those_of_every_move_one_by_one(noise):
    tables = shifted(3).tables()
    policy = 0.8 * mdp.plan(tables, [[1, 0]])[1][0] + 0.2 * nonsense(tables)
    each = attribution.evidence(policy, tables, FEW)
    for k, goal in enumerate(each.mixtures):
        for level in range(3):
            slow = slow_likelihood(tables, policy, FEW, level, [goal], noise)
            assert each.likelihood[level, noise, k] == pytest.approx(slow, abs=1e-6)


def test_no_other_weights_of_the_mixture_fit_better():
    tables = shifted().tables()
    base, proxy = mdp.plan(tables, np.eye(2))[1]
    heads = np.random.default_rng(1).random(len(tables)) < 0.6
    policy = 0.8 * np.where(heads[:, None, None], base, proxy) + 0.05
    each = attribution.evidence(policy, tables, FEW)
    share = np.ones(len(tables))
    found = attribution.fit(each, share)
    most = found.log_likelihood(share)
    rng = np.random.default_rng(0)
    for weights in rng.dirichlet(np.full(len(found.weights), 0.5), 300):
        other = replace(found, weights=weights)
        assert other.log_likelihood(share) <= most + 1e-6
    assert found.weights.sum() == pytest.approx(1)


def test_attribution_finds_the_shares_of_a_coin_flip():
    levels = rk.make("cheese").sample(192, goal="anywhere")
    tables = levels.tables()
    base, proxy = mdp.plan(tables, np.eye(2))[1]
    heads = np.random.default_rng(5).random(192) < 0.3
    reading = metrics.measure(
        np.where(heads[:, None, None], base, proxy), tables, grounding="attribution"
    )
    low, high = reading.base_share
    assert low <= heads.mean() + 0.06
    assert high >= heads.mean() - 0.06
    assert high - low < 0.4
    assert reading.details["agent"] > 0.99


def test_attribution_says_how_much_noise_there_is():
    levels = rk.make("cheese").sample(64, goal="anywhere")
    for noise in (0.1, 0.3, 0.5):
        reading = rk.measure(
            rk.plan(levels.world, noise=noise), levels, grounding="attribution"
        )
        assert reading.details["noise"] == f"ε = {noise:g}"


def test_a_goal_that_no_candidate_names_leaves_moves_unexplained():
    tables = rk.make("cheese").sample(96, goal="anywhere").tables()

    wider = with_cell(tables, np.random.default_rng(0))
    policy = mdp.plan(wider, [[0, 0, 1]])[1][0]
    reading = metrics.measure(policy, tables, grounding="attribution")
    assert reading.details["unexplained"] > 0.5
    assert "missing from the candidates" in reading.explain()
    told = metrics.measure(policy, wider, grounding="attribution")
    assert told.details["unexplained"] < 0.1
    assert told.capability.value > 0.95


# Goal-directedness


def slow_soft(tables, reward, level):
    """Return log π(a|s) + log |A| of soft value iteration, [states, actions]."""
    value = np.zeros(tables.shape[1])
    for _ in range(800):
        gain = reward[level] + tables.discount * value[tables.next_state[level]]
        value = np.log(np.exp(gain).mean(-1))
        value[~tables.live[level]] = 0
    gain = reward[level] + tables.discount * value[tables.next_state[level]]
    return gain - np.log(np.exp(gain).mean(-1, keepdims=True))


def test_nats_are_those_of_soft_value_iteration_state_by_state():
    tables = shifted(3).tables()
    policy = 0.7 * mdp.plan(tables, [[1, 0]])[1][0] + 0.3 * nonsense(tables)
    each = directedness.evidence(policy, tables, FEW)
    goals = len(each.mixtures)
    columns = [(b, g) for b in FEW.betas for g in range(goals)]
    columns += [(-b, 0) for b in FEW.betas]
    for column, (beta, g) in enumerate(columns):
        goal = each.mixtures[g : g + 1]
        reward = beta * tables.mixed_rewards(goal)[..., 0] / slow_unit(tables, goal)
        for level in range(3):
            logs = slow_soft(tables, reward, level)
            moves = visits_of(tables, policy, level)[:, None] * policy[level]
            slow = (moves * logs).sum()
            assert each.nats[level, column] == pytest.approx(slow, abs=1e-4)


def test_soft_optimal_play_is_what_soft_planning_settles_at():
    for home in (world(), rk.make("trees")):
        tables = home.sample(2, goal="anywhere").tables()
        reward = tables.mixed_rewards(np.eye(2)) * 3.0
        logs = mdp.soft_optimal(tables, np.eye(2) * 3.0, 1e-9)
        played = soft_policies(tables, reward, 1.0, 600)[:, tables.reached]
        assert np.exp(logs) / 4 == pytest.approx(
            np.moveaxis(played, 2, 0).swapaxes(1, 2), abs=1e-7
        )


@pytest.mark.parametrize("seed", range(3))
def test_goal_directedness_is_never_negative_and_nothing_for_a_random_walk(seed):
    tables = shifted().tables()
    some = metrics.measure(nonsense(tables, seed), tables, FEW, grounding="meg")
    assert some.capability.value >= 0
    none = metrics.measure(mdp.uniform_policy(tables), tables, FEW, grounding="meg")
    assert none.capability.value == pytest.approx(0, abs=1e-9)


def test_what_flees_the_cheese_reads_a_negative_sign():
    tables = rk.make("cheese").sample(64, goal="anywhere").tables()
    rewards = tables.rewards.copy()
    rewards[..., 1] -= rewards[..., 0]
    fled = replace(tables, rewards=rewards)
    policy = mdp.plan(fled, [[0, 1]])[1][0]
    reading = metrics.measure(policy, fled, grounding="meg")
    assert reading.alignment.value < 0
    assert reading.details["sign"] == -1
    assert "to be avoided" in reading.explain()


def test_soft_policies_that_are_not_kept_give_the_same_nats(monkeypatch):
    tables = shifted(8).tables()
    policy = nonsense(tables)
    kept = directedness.evidence(policy, tables, FEW).nats
    directedness._soft.things.clear()
    monkeypatch.setattr(directedness._soft, "space", 0)
    assert directedness.evidence(policy, tables, FEW).nats == pytest.approx(kept)
    assert not directedness._soft.things

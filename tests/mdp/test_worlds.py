"""All worlds, chance included: what solvers find against plain, slow statements."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from problems import halfway, random_policy, soft_policies

import robustkit as rk
from robustkit import mdp

WORLDS = rk.list_worlds()


@cache
def tables_of(name, n=3):
    return halfway(name, n, seed=4).tables()


def backed_up(tables, level, reward, value):
    """Return r + γ E V(s') of one level, [states, actions]; reward: [states, branches].

    Actions and their outcomes are taken one by one.
    """
    worth = np.zeros(tables.shape[1:])
    for branch in range(tables.next_state.shape[2]):
        after = value[tables.next_state[level, :, branch]]
        share = 1.0 if tables.chance is None else tables.chance[level, :, branch]
        gain = reward[:, branch] + tables.discount * after
        worth[:, branch // tables.outcomes] += share * gain
    return worth


def met(tables, level):
    """Return the states that an episode can come to, found one by one."""
    seen, todo = set(), [int(tables.start[level])]
    while todo:
        state = todo.pop()
        if state in seen:
            continue
        seen.add(state)
        for branch, onto in enumerate(tables.next_state[level, state].tolist()):
            if tables.chance is None or tables.chance[level, state, branch] > 0:
                todo.append(onto)
    return seen


@pytest.mark.parametrize("name", WORLDS)
def test_reached_are_the_live_states_that_an_episode_can_come_to(name):
    tables = tables_of(name)
    for level in range(len(tables)):
        live = set(np.flatnonzero(tables.live[level]).tolist())
        found = set(np.flatnonzero(tables.reached[level]).tolist())
        assert found == met(tables, level) & live


@pytest.mark.parametrize("name", WORLDS)
def test_values_and_visits_are_those_of_one_dense_solve(name):
    tables = tables_of(name, 2)
    policy = random_policy(tables, 3)
    values, visits = mdp.evaluate(tables, policy), mdp.occupancy(tables, policy)
    pi = tables.spread(policy)
    for level in range(len(tables)):
        live = np.flatnonzero(tables.live[level])
        moves = np.zeros((len(live), tables.shape[1]))
        for branch in range(pi.shape[2]):
            onto = tables.next_state[level, live, branch]
            moves[np.arange(len(live)), onto] += pi[level, live, branch]
        left = np.eye(len(live)) - tables.discount * moves[:, live]
        pays = (pi[level, ..., None] * tables.rewards[level]).sum(1)[live]
        solved = np.linalg.solve(left, pays)
        np.testing.assert_allclose(values[level, live], solved, rtol=0, atol=1e-12)
        begin = (live == tables.start[level]).astype(float)
        came = np.linalg.solve(left.T, begin)
        np.testing.assert_allclose(visits[level, live], came, rtol=0, atol=1e-12)
        assert not np.delete(values[level], live, 0).any()
        assert not np.delete(visits[level], live).any()
    at_start = mdp.at_start(tables, values)
    earned = mdp.start_values(tables, policy)
    np.testing.assert_allclose(earned, at_start, rtol=0, atol=1e-12)


@pytest.mark.parametrize("name", WORLDS)
def test_optimal_values_are_those_of_plain_value_iteration(name):
    tables = tables_of(name, 2)
    mixtures = np.random.default_rng(0).dirichlet(np.ones(len(tables.objectives)), 2)
    rewards = tables.mixed_rewards(mixtures)
    found = mdp.optimal_values(tables, mixtures)
    for level in range(len(tables)):
        for m in range(len(mixtures)):
            value = np.zeros(tables.shape[1])
            for _ in range(800):
                worth = backed_up(tables, level, rewards[level, ..., m], value)
                value = worth.max(1)
            if tables.chance is None:  # to the last bit: the same sums in another order
                assert (found[level, :, m] == value).all()
            np.testing.assert_allclose(found[level, :, m], value, rtol=0, atol=1e-9)
    best = mdp.best_start_values(tables, mixtures)
    at_start = mdp.at_start(tables, found)
    np.testing.assert_allclose(best, at_start, rtol=0, atol=1e-12)


@pytest.mark.parametrize("name", WORLDS)
def test_soft_optimal_play_is_that_of_plain_soft_value_iteration(name):
    tables = tables_of(name, 2)
    mixtures = 4 * np.eye(len(tables.objectives))[:1]
    found = np.zeros(tables.shape)
    logs = mdp.soft_optimal(tables, mixtures, 1e-6)
    found[tables.reached] = logs[..., 0].T
    for level in range(len(tables)):
        reward = tables.mixed_rewards(mixtures)[level, ..., 0]
        value = np.zeros(tables.shape[1])
        for _ in range(800):
            worth = backed_up(tables, level, reward, value)
            value = np.log(np.exp(worth).mean(1))
        slow = (worth - value[:, None])[tables.reached[level]]
        there = found[level][tables.reached[level]]
        np.testing.assert_allclose(there, slow, rtol=0, atol=2e-5)


# Many policies with the same luck


@pytest.mark.parametrize("name", ["cheese", "keys", "trees", "monsters"])
def test_policies_that_play_alike_earn_what_they_are_worth(name):
    tables = tables_of(name)
    sweep = mdp.Sweep.of(tables, tables.live)
    policies = np.stack([random_policy(tables, seed) for seed in (0, 1, 0)])
    rows = np.moveaxis(policies[:, tables.live], 0, -1).swapaxes(0, 1)
    start = np.repeat(tables.start[:, None], 3000, 1)
    rng = np.random.default_rng(0)
    returns = mdp.play_alike(tables, sweep, rows, start, 200, rng)
    assert (returns[..., 0] == returns[..., 2]).all()  # the same luck for all
    error = returns.std(1) / np.sqrt(3000)
    for k, policy in enumerate(policies):
        exact = mdp.start_values(tables, policy)[:, 0]
        assert (
            np.abs(returns[..., k].mean(1) - exact) <= 4.5 * error[:, k] + 1e-4
        ).all()


def test_who_begins_where_nothing_can_happen_earns_nothing():
    tables = tables_of("cheese")
    sweep = mdp.Sweep.of(tables, tables.live)
    uniform = np.full((4, len(sweep), 1), 0.25)
    end = np.full((len(tables), 2), tables.shape[1] - 1)
    rng = np.random.default_rng(0)
    assert not mdp.play_alike(tables, sweep, uniform, end, 20, rng).any()


@pytest.mark.parametrize("name", ["cheese", "trees"])
def test_soft_plans_of_many_rewards_are_those_of_each_alone(name):
    tables = tables_of(name)
    reward = np.random.default_rng(0).random((*tables.next_state.shape, 3))
    every = soft_policies(tables, reward, 0.3, 20)
    for k in range(3):
        alone = soft_policies(tables, reward[..., [k]], 0.3, 20)[0]
        np.testing.assert_allclose(every[k], alone, rtol=0, atol=1e-12)

"""Values, visits and plans, sharp and soft, against slow, obvious ones."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import oracles
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from problems import (
    CLOSE,
    as_dict,
    corridor,
    one_objective,
    random_policy,
    random_tables,
    seeds,
    slow_values,
    small_tables,
    soft_policies,
    some_tables,
    world,
)

from robustkit import mdp


@settings(max_examples=40)
@given(some_tables, seeds)
def test_values_are_those_of_the_slow_evaluation(tables, seed):
    policy = random_policy(tables, seed)
    values = mdp.evaluate(tables, policy)
    assert np.allclose(values, slow_values(tables, policy), rtol=0, atol=CLOSE)


@settings(max_examples=40)
@given(some_tables, seeds)
def test_sweeping_and_solving_give_the_same_values_and_visits(tables, seed):
    policy = random_policy(tables, seed)
    solved = mdp.evaluate(tables, policy), mdp.occupancy(tables, policy)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(mdp.listing, "DENSE_STATES", 0)
        swept = mdp.evaluate(tables, policy), mdp.occupancy(tables, policy)
    assert np.allclose(solved[0], swept[0], rtol=0, atol=CLOSE)
    assert np.allclose(solved[1], swept[1], rtol=0, atol=CLOSE)


def test_values_do_not_depend_on_how_a_batch_is_split(monkeypatch):
    tables = world(7).sample(20, 0.5, 0.5, seed=1).tables()
    policy = random_policy(tables, 0)
    whole = mdp.evaluate(tables, policy), mdp.occupancy(tables, policy)
    monkeypatch.setattr(mdp.listing, "CHUNK_BYTES", 1e5)
    assert np.allclose(whole[0], mdp.evaluate(tables, policy), rtol=0, atol=1e-12)
    assert np.allclose(whole[1], mdp.occupancy(tables, policy), rtol=0, atol=1e-12)


@pytest.mark.parametrize("moves", [1, 2, 5])
def test_reward_on_move_d_counts_discount_to_the_power_d_minus_1(moves):
    tables = corridor(moves + 1, discount=0.9)
    right = np.zeros(tables.shape)
    right[..., 0] = 1
    expected = 0.9 ** (moves - 1)
    episode = mdp.rollout(tables, right, 20, np.random.default_rng(0))
    assert mdp.evaluate(tables, right)[0, 0, 0] == pytest.approx(expected)
    assert mdp.optimal_values(tables, [[1.0]])[0, 0, 0] == pytest.approx(expected)
    assert episode.returns[0, 0, 0] == pytest.approx(expected)


def test_random_policy_takes_all_moves_alike():
    tables = world().sample(3).tables()
    assert (mdp.uniform_policy(tables) == 0.25).all()


# Visits


@settings(max_examples=40)
@given(some_tables, seeds)
def test_visits_are_those_of_following_the_distribution(tables, seed):
    policy = random_policy(tables, seed)
    found = mdp.occupancy(tables, policy)
    for level in range(len(tables)):
        problem = oracles.problem(tables, level)
        begin = {problem.start: 1.0}
        slow = oracles.visits(problem, as_dict(policy, level), begin)
        live = tables.live[level]
        expected = [slow[s] if live[s] else 0.0 for s in problem.states]
        assert np.allclose(found[level], expected, rtol=0, atol=CLOSE)


@settings(max_examples=20)
@given(small_tables(), seeds)
def test_visits_can_begin_anywhere(tables, seed):
    policy = random_policy(tables, seed)
    begin = np.random.default_rng(seed).dirichlet(np.ones(tables.shape[1]), len(tables))
    found = mdp.occupancy(tables, policy, begin)
    values = np.einsum("ls,lsg->lg", begin, mdp.evaluate(tables, policy))
    reward = np.einsum("lsa,lsag->lsg", policy, tables.rewards)
    assert np.allclose(np.einsum("ls,lsg->lg", found, reward), values, atol=CLOSE)


@settings(max_examples=40)
@given(some_tables)
def test_nothing_is_ever_paid_where_nothing_can_happen(tables):
    for level in range(len(tables)):
        problem = oracles.problem(tables, level)
        for state in np.flatnonzero(~tables.live[level]):
            there = oracles.from_start(replace(problem, start=int(state)))
            assert not any(
                any(problem.pays[s, a]) for s in there.states for a in problem.actions
            )


def test_every_cell_from_which_something_can_happen_is_live():
    levels = world(7).sample(6, goal="anywhere", layout=0.5)
    live = levels.tables().live
    for i in range(len(levels)):
        assert live[i, levels.start[i]]
        assert not live[i, :-1][levels.walls[i].ravel()].any()
        assert not live[i, -1]


# Plans


@settings(max_examples=40)
@given(some_tables, seeds)
def test_optimal_values_are_those_of_the_slow_planner(tables, seed):
    mixtures = np.random.default_rng(seed).uniform(-1, 1, (3, len(tables.objectives)))
    found = mdp.optimal_values(tables, mixtures)
    for level in range(len(tables)):
        problem = oracles.problem(tables, level)
        for k, mixture in enumerate(mixtures):
            reward = problem.reward((mixture / tables.scale).tolist())
            slow = oracles.optimal_values(problem, reward)
            expected = [slow[s] for s in problem.states]
            assert np.allclose(found[level, :, k], expected, rtol=0, atol=CLOSE)


@settings(max_examples=40)
@given(some_tables)
def test_planned_policies_reach_the_optimal_values(tables):
    mixtures = np.eye(len(tables.objectives))
    values, policies = mdp.plan(tables, mixtures)
    for k, policy in enumerate(policies):
        reached = mdp.evaluate(tables, policy)[..., k] / tables.scale[k]
        assert np.allclose(reached, values[..., k], rtol=0, atol=CLOSE)


@settings(max_examples=40)
@given(some_tables)
def test_moves_that_are_equally_good_share_the_probability(tables):
    count = len(tables.objectives)
    _, policies = mdp.plan(tables, np.eye(count))
    for level in range(len(tables)):
        problem = oracles.problem(tables, level)
        for g in range(count):
            weights = np.array(one_objective(count, g)) / tables.scale
            best = oracles.best_actions(problem, problem.reward(weights.tolist()))
            for s in problem.states:
                share = [(a in best[s]) / len(best[s]) for a in problem.actions]
                assert policies[g, level, s].tolist() == pytest.approx(share), s


@settings(max_examples=25)
@given(
    some_tables, seeds, st.sampled_from([0.1, 0.5, 2.0]), st.sampled_from([1, 2, 7, 30])
)
def test_soft_plans_are_those_of_slow_soft_value_iteration(
    tables, seed, temperature, sweeps
):
    rng = np.random.default_rng(seed)
    mixtures = rng.uniform(-1, 1, (2, len(tables.objectives)))
    reward = tables.mixed_rewards(mixtures)
    policies = soft_policies(tables, reward, temperature, sweeps)
    for level in range(len(tables)):
        problem = oracles.problem(tables, level)
        for k, mixture in enumerate(mixtures):
            pays = problem.reward((mixture / tables.scale).tolist())
            slow = oracles.soft_policy(problem, pays, temperature, sweeps)
            expected = [slow[s] for s in problem.states]
            assert np.allclose(policies[k, level], expected, rtol=0, atol=CLOSE)


@pytest.mark.parametrize("discount", [0.9991, 0.9999, 0.99999])
@pytest.mark.parametrize("seed", range(4))
def test_plans_at_a_discount_next_to_1_are_optimal(discount, seed):
    """V = max over a of r + γ V', to as many digits as the values have."""
    rng = np.random.default_rng(seed)
    tables = random_tables(rng, 3, 12, 3, 2, discount, seed % 2 == 0)
    mixtures = np.array([[1.0, 0.0], [0.5, 0.5]])
    values, policies = mdp.plan(tables, mixtures)
    rewards = tables.mixed_rewards(mixtures)
    worth = mdp.action_values(tables, rewards, values)
    most = np.abs(values).max() + 1
    assert np.abs(worth.max(2) - values)[tables.live].max() < 1e-9 * most
    for k, policy in enumerate(policies):
        earned = mdp.evaluate(tables, policy) @ (mixtures[k] / tables.scale)
        assert np.abs(earned - values[..., k]).max() < 1e-6 * most

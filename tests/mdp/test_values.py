"""Values and visits against slow, obvious ones."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import oracles
import pytest
from hypothesis import given, settings
from problems import (
    CLOSE,
    as_dict,
    corridor,
    random_policy,
    random_tables,
    seeds,
    slow_values,
    small_tables,
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
        patch.setattr(mdp.solve, "DENSE_STATES", 0)
        swept = mdp.evaluate(tables, policy), mdp.occupancy(tables, policy)
    assert np.allclose(solved[0], swept[0], rtol=0, atol=CLOSE)
    assert np.allclose(solved[1], swept[1], rtol=0, atol=CLOSE)


def test_values_do_not_depend_on_how_a_batch_is_split(monkeypatch):
    tables = world(7).sample(20, 0.5, 0.5, seed=1).tables()
    policy = random_policy(tables, 0)
    whole = mdp.evaluate(tables, policy), mdp.occupancy(tables, policy)
    monkeypatch.setattr(mdp.solve, "CHUNK_BYTES", 1e5)
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


def test_values_at_the_end_are_zero():
    tables = world().sample(4, goal=1.0).tables()
    assert not mdp.evaluate(tables, mdp.uniform_policy(tables))[:, -1].any()
    assert not mdp.optimal_values(tables, np.eye(2))[:, -1].any()


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


@settings(max_examples=40)
@given(some_tables, seeds)
def test_value_of_the_start_is_the_reward_of_the_visits(tables, seed):
    policy = random_policy(tables, seed)
    visits = mdp.occupancy(tables, policy)
    expected_reward = np.einsum("lsa,lsag->lsg", policy, tables.rewards)
    gathered = np.einsum("ls,lsg->lg", visits, expected_reward)
    values = mdp.start_values(tables, policy)
    assert np.allclose(gathered, values, rtol=0, atol=CLOSE)


@settings(max_examples=20)
@given(small_tables(), seeds)
def test_visits_can_begin_anywhere(tables, seed):
    policy = random_policy(tables, seed)
    begin = np.random.default_rng(seed).dirichlet(np.ones(tables.shape[1]), len(tables))
    found = mdp.occupancy(tables, policy, begin)
    values = np.einsum("ls,lsg->lg", begin, mdp.evaluate(tables, policy))
    reward = np.einsum("lsa,lsag->lsg", policy, tables.rewards)
    assert np.allclose(np.einsum("ls,lsg->lg", found, reward), values, atol=CLOSE)


def test_visits_add_up_to_the_horizon_where_no_episode_ends():
    rng = np.random.default_rng(5)
    tables = random_tables(rng, 3, 6, 3, 2, 0.9, absorbing=False)
    tables = replace(tables, events=np.ones_like(tables.events))
    visits = mdp.occupancy(tables, mdp.uniform_policy(tables))
    assert np.allclose(visits.sum(1), 10)


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
    levels = world(7).sample(6, goal=1.0, layout=0.5)
    live = levels.tables().live
    for i in range(len(levels)):
        assert live[i, levels.start[i]]
        assert not live[i, :-1][levels.walls[i].ravel()].any()
        assert not live[i, -1]

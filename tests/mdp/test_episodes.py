"""Episodes that follow the tables, and what they add up to."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from problems import (
    random_policy,
    seeds,
    some_tables,
    world,
)

from robustkit import mdp


@pytest.mark.parametrize("ends", ["first", "base"])
@pytest.mark.parametrize("kind", ["uniform", "random", "noisy plan"])
def test_mean_return_of_episodes_is_the_value(ends, kind):
    tables = world(5, ends).sample(3, goal=1.0, seed=4).tables()
    policy = {
        "uniform": mdp.uniform_policy(tables),
        "random": random_policy(tables, 8),
        "noisy plan": 0.6 * mdp.plan(tables, [[1.0, 0.0]])[1][0] + 0.1,
    }[kind]
    episodes, rng = 4000, np.random.default_rng(0)
    returns = mdp.rollout(tables, policy, 300, rng, episodes).returns
    exact = mdp.start_values(tables, policy)
    error = returns.std(1, ddof=1) / np.sqrt(episodes)
    assert (abs(returns.mean(1) - exact) <= 4 * error + 1e-9).all()


@settings(max_examples=20)
@given(some_tables, seeds)
def test_episodes_follow_the_tables(tables, seed):
    policy = random_policy(tables, seed)
    played = mdp.rollout(tables, policy, 12, np.random.default_rng(seed), episodes=2)
    for level in range(len(tables)):
        for episode in range(2):
            states, moves = (
                played.states[level, episode],
                played.actions[level, episode],
            )
            assert states[0] == tables.start[level]
            total = np.zeros(len(tables.objectives))
            for t, move in enumerate(moves):
                here = level, states[t], move
                assert policy[here] > 0
                assert states[t + 1] == tables.next_state[here]
                assert (played.rewards[level, episode, t] == tables.rewards[here]).all()
                assert (played.events[level, episode, t] == tables.events[here]).all()
                total += tables.discount**t * tables.rewards[here]
            assert np.allclose(played.returns[level, episode], total)


@settings(max_examples=20)
@given(some_tables, seeds)
def test_certain_policies_leave_nothing_to_chance(tables, seed):
    rng = np.random.default_rng(seed)
    moves = rng.integers(tables.shape[2], size=tables.shape[:2])
    policy = np.eye(tables.shape[2])[moves]
    played = mdp.rollout(tables, policy, 10, rng, episodes=2)
    chosen = moves[np.arange(len(tables))[:, None, None], played.states[..., :-1]]
    assert (played.actions == chosen).all()


def test_episodes_can_begin_anywhere():
    tables = world().sample(2, goal=1.0).tables()
    begin = np.array([[6, 7, 8], [6, 7, 8]])
    policy = mdp.uniform_policy(tables)
    played = mdp.rollout(tables, policy, 3, np.random.default_rng(0), 3, start=begin)
    assert (played.states[..., 0] == begin).all()


def test_same_seed_gives_the_same_episodes_byte_for_byte():
    tables = world().sample(5, goal=1.0).tables()
    policy = random_policy(tables, 0)
    first, second = (
        mdp.rollout(tables, policy, 30, np.random.default_rng(7), episodes=3)
        for _ in range(2)
    )
    other = mdp.rollout(tables, policy, 30, np.random.default_rng(8), episodes=3)
    assert first.states.tobytes() == second.states.tobytes()
    assert first.actions.tobytes() == second.actions.tobytes()
    assert first.states.tobytes() != other.states.tobytes()


def test_equal_tables_have_equal_digests():
    one, two = (world().sample(3, goal=1.0, seed=1).tables() for _ in range(2))
    assert one.digest == two.digest
    for field in ("rewards", "next_state", "start", "scale"):
        changed = getattr(one, field).copy()
        changed.flat[0] += 1
        assert replace(one, **{field: changed}).digest != one.digest, field
    assert replace(one, discount=0.9).digest != one.digest

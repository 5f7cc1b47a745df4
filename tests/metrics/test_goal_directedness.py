"""Goal-directedness against slow soft value iteration."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from explained import FEW, nonsense, shifted, slow_unit, visits_of, world

import robustkit as rk
from robustkit import mdp, metrics
from robustkit.metrics import goal_directedness as directedness


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
        tables = home.sample(2, goal=1.0).tables()
        reward = tables.mixed_rewards(np.eye(2)) * 3.0
        logs = mdp.soft_optimal(tables, reward, 1e-9)
        played = mdp.soft_plan(tables, reward, 1.0, 600)[:, tables.live]
        assert np.exp(logs) / 4 == pytest.approx(np.moveaxis(played, 0, -1), abs=1e-7)


@pytest.mark.parametrize("seed", range(3))
def test_goal_directedness_is_never_negative_and_nothing_for_a_random_walk(seed):
    tables = shifted().tables()
    some = metrics.measure(nonsense(tables, seed), tables, FEW, grounding="meg")
    assert some.capability.value >= 0
    none = metrics.measure(mdp.uniform_policy(tables), tables, FEW, grounding="meg")
    assert none.capability.value == pytest.approx(0, abs=1e-9)


def test_what_flees_the_cheese_reads_a_negative_sign():
    tables = rk.make("cheese").sample(64, goal=1.0).tables()
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

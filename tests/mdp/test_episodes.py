"""Episodes that follow the tables; policies that are none."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from problems import random_policy, seeds, some_tables, world

from robustkit import mdp


@pytest.mark.parametrize("ends", ["first", "base"])
@pytest.mark.parametrize("kind", ["uniform", "random", "noisy plan"])
def test_mean_return_of_episodes_is_the_value(ends, kind):
    tables = world(5, ends).sample(3, goal="anywhere", seed=4).tables()
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


def test_episodes_can_begin_anywhere():
    tables = world().sample(2, goal="anywhere").tables()
    begin = np.array([[6, 7, 8], [6, 7, 8]])
    policy = mdp.uniform_policy(tables)
    played = mdp.rollout(tables, policy, 3, np.random.default_rng(0), 3, start=begin)
    assert (played.states[..., 0] == begin).all()


def test_same_seed_gives_the_same_episodes_byte_for_byte():
    tables = world().sample(5, goal="anywhere").tables()
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
    one, two = (world().sample(3, goal="anywhere", seed=1).tables() for _ in range(2))
    assert one.digest == two.digest
    for field in ("rewards", "next_state", "start", "scale"):
        changed = getattr(one, field).copy()
        changed.flat[0] += 1
        assert replace(one, **{field: changed}).digest != one.digest, field
    assert replace(one, discount=0.9).digest != one.digest


# Mixtures and policies that are none


def test_mixtures_are_read_by_name():
    tables = world().sample(1).tables()
    assert tables.mixture("base").tolist() == [1, 0]
    assert tables.mixture("corner").tolist() == [0, 1]
    assert tables.mixture({"base": 0.25, "corner": 0.75}).tolist() == [0.25, 0.75]


@pytest.mark.parametrize("weights", ["chese", {"chese": 1.0}])
def test_unknown_objective_lists_the_known_ones(weights):
    tables = world().sample(1).tables()
    with pytest.raises(ValueError, match=r"chese.*cheese.*corner"):
        tables.mixture(weights)


@pytest.mark.parametrize("weight", [float("nan"), float("inf"), "much", None])
def test_a_weight_must_be_a_number(weight):
    tables = world().sample(1).tables()
    with pytest.raises(ValueError, match=str(weight)):
        tables.mixture({"cheese": weight})


def with_value(value):
    def change(policy):
        policy[0, 0, 0] = value

    return change


BROKEN = {
    "NaN": (with_value(np.nan), "nan"),
    "infinite": (with_value(np.inf), "inf"),
    "negative": (with_value(-0.25), "-0.25"),
    "sum": (with_value(0.5), "1.25"),
    "a little off": (with_value(0.25 + 1e-5), "1.00001"),
}


@pytest.mark.parametrize("use", ["evaluate", "occupancy", "rollout", "check_policy"])
@pytest.mark.parametrize("kind", BROKEN)
def test_a_policy_that_is_none_is_refused_by_name_and_value(use, kind):
    tables = world().sample(2).tables()
    policy = mdp.uniform_policy(tables)
    breaks, value = BROKEN[kind]
    breaks(policy)
    uses = {
        "evaluate": lambda: mdp.evaluate(tables, policy),
        "occupancy": lambda: mdp.occupancy(tables, policy),
        "rollout": lambda: mdp.rollout(tables, policy, 3, np.random.default_rng(0)),
        "check_policy": lambda: mdp.check_policy(policy, tables),
    }
    with pytest.raises(ValueError, match="policy") as error:
        uses[use]()
    assert value in str(error.value).lower()


@pytest.mark.parametrize("shape", [(2, 26), (1, 26, 4), (2, 25, 4), (2, 26, 3), (0,)])
def test_a_policy_of_the_wrong_shape_is_refused_with_its_shape(shape):
    tables = world().sample(2).tables()
    with pytest.raises(ValueError, match="policy") as error:
        mdp.evaluate(tables, np.full(shape, 0.25))
    assert str(shape) in str(error.value)
    assert "(2, 26, 4)" in str(error.value)


@pytest.mark.parametrize("given_", ["left", None, [[["a"]]], [[1, 2], [3]]])
def test_a_policy_that_holds_no_numbers_is_refused(given_):
    tables = world().sample(2).tables()
    with pytest.raises(ValueError, match="policy"):
        mdp.evaluate(tables, given_)


def test_rounding_does_not_make_a_policy_none():
    tables = world().sample(2).tables()
    policy = mdp.uniform_policy(tables) + 1e-8
    assert mdp.check_policy(policy.astype(np.float32), tables).dtype == np.float64

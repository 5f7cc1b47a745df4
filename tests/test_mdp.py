"""Exact MDPs: values, visits, plans and episodes against slow, obvious ones."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import oracles
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import robustkit as rk
from robustkit import mdp
from robustkit.mdp import Tables

CLOSE = 1e-6


# What is tried


@cache
def world(size=5, ends="first"):
    return rk.make("cheese", size=size, ends=ends, layouts=8)


def random_tables(rng, levels, states, actions, objectives, discount, absorbing):
    """Return random MDPs; rewards are whole numbers, so that moves are often tied."""
    next_state = rng.integers(states, size=(levels, states, actions)).astype(np.int32)
    events = rng.random((levels, states, actions, 3)) < 0.3
    if absorbing:
        next_state[:, -1], events[:, -1] = states - 1, False
    pays = rng.integers(-2, 3, (3, objectives)).astype(float)
    return Tables(
        next_state,
        events,
        events @ pays,
        rng.integers(states, size=levels),
        tuple(f"objective {g}" for g in range(objectives)),
        ("a", "b", "c"),
        discount,
        rng.uniform(0.5, 2, objectives),
    )


@st.composite
def small_tables(draw):
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    return random_tables(
        rng,
        draw(st.integers(1, 3)),
        draw(st.integers(2, 6)),
        draw(st.integers(1, 4)),
        draw(st.integers(1, 3)),
        draw(st.sampled_from([0.5, 0.8, 0.9])),
        draw(st.booleans()),
    )


@st.composite
def level_tables(draw):
    """Tables of two levels of a small world, at any shift."""
    size, ends = draw(st.sampled_from([(5, "first"), (5, "base"), (7, "first")]))
    goal, layout = draw(st.sampled_from([0, 0.5, 1])), draw(st.sampled_from([0, 1]))
    seed = draw(st.integers(0, 1000))
    return world(size, ends).sample(2, goal, layout, seed).tables()


some_tables = st.one_of(small_tables(), level_tables())
seeds = st.integers(0, 2**32)


def random_policy(tables, seed):
    """Return a policy with all kinds of probabilities, 0 and 1 among them."""
    rng = np.random.default_rng(seed)
    drawn = rng.random(tables.shape) ** 3 * (rng.random(tables.shape) < 0.7)
    drawn[..., 0] += drawn.sum(-1) == 0
    return drawn / drawn.sum(-1, keepdims=True)


def as_dict(policy, level):
    return dict(enumerate(policy[level].tolist()))


def one_objective(count, g):
    return [float(g == h) for h in range(count)]


def slow_values(tables, policy):
    """[levels, states, objectives]."""
    count = len(tables.objectives)
    values = np.zeros((*tables.shape[:2], count))
    for level in range(len(tables)):
        problem = oracles.problem(tables, level)
        for g in range(count):
            reward = problem.reward(one_objective(count, g))
            found = oracles.policy_values(problem, as_dict(policy, level), reward)
            values[level, :, g] = [found[s] for s in problem.states]
    return values


def corridor(length, discount):
    """Return a row of cells; the move right out of the last but one pays 1 and ends."""
    here = np.arange(length)
    right = np.minimum(here + 1, length - 1)
    left = np.where(here == length - 1, here, np.maximum(here - 1, 0))
    next_state = np.stack([right, left], 1)[None].astype(np.int32)
    events = np.zeros((1, length, 2, 1), bool)
    events[0, length - 2, 0, 0] = True
    return Tables(
        next_state,
        events,
        events.astype(float),
        np.array([0]),
        ("goal",),
        ("goal",),
        discount,
        np.ones(1),
    )


# Values of a policy


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
    values = mdp.evaluate(tables, policy)[np.arange(len(tables)), tables.start]
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


def test_no_policy_is_better_than_the_plan():
    tables = world(7).sample(8, goal=1.0).tables()
    best = mdp.optimal_values(tables, [[1.0, 0.0]])[..., 0] * tables.scale[0]
    for seed in range(10):
        values = mdp.evaluate(tables, random_policy(tables, seed))[..., 0]
        assert (values <= best + 1e-9).all()


@pytest.mark.parametrize("ends", ["first", "base"])
def test_best_base_return_is_discount_to_the_number_of_moves(ends):
    levels = world(7, ends).sample(12, goal=0.7, layout=0.5, seed=3)
    best = mdp.optimal_values(levels.tables(), [[1.0, 0.0]])
    for i in range(len(levels)):
        start, cheese = int(levels.start[i]), int(levels.things["cheese"][i])
        closed = [int(levels.things["hole"][i])] if ends == "first" else []
        moves = oracles.steps_to(levels.walls[i].tolist(), start, cheese, closed)
        value = best[i, start, 0] * levels.world.scale[0]
        assert value == pytest.approx(0.95 ** (moves - 1), abs=1e-9)


@settings(max_examples=25)
@given(
    some_tables,
    seeds,
    st.sampled_from([0.1, 0.5, 2.0]),
    st.sampled_from([1, 2, 7, 30]),
)
def test_soft_plans_are_those_of_slow_soft_value_iteration(
    tables, seed, temperature, sweeps
):
    rng = np.random.default_rng(seed)
    mixtures = rng.uniform(-1, 1, (2, len(tables.objectives)))
    reward = tables.mixed_rewards(mixtures)
    policies = mdp.soft_plan(tables, reward, temperature, sweeps)
    for level in range(len(tables)):
        problem = oracles.problem(tables, level)
        for k, mixture in enumerate(mixtures):
            pays = problem.reward((mixture / tables.scale).tolist())
            slow = oracles.soft_policy(problem, pays, temperature, sweeps)
            expected = [slow[s] for s in problem.states]
            assert np.allclose(policies[k, level], expected, rtol=0, atol=CLOSE)


def test_cool_soft_plans_approach_the_optimal_values():
    tables = world(7).sample(6, goal=1.0, seed=2).tables()
    reward = tables.mixed_rewards([[1.0, 0.0]])
    soft = mdp.soft_plan(tables, reward, 0.002, 60)[0]
    start = np.arange(len(tables)), tables.start
    best = mdp.optimal_values(tables, [[1.0, 0.0]])[(*start, 0)] * tables.scale[0]
    assert np.allclose(mdp.evaluate(tables, soft)[(*start, 0)], best, atol=1e-3)


def test_mixed_rewards_are_weighted_by_the_scale():
    rng = np.random.default_rng(0)
    tables = random_tables(rng, 2, 4, 2, 2, 0.9, absorbing=True)
    mixed = tables.mixed_rewards([[0.3, 0.7]])[..., 0]
    scaled = tables.rewards / tables.scale
    assert np.allclose(mixed, 0.3 * scaled[..., 0] + 0.7 * scaled[..., 1])


# Episodes


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
    exact = mdp.evaluate(tables, policy)[np.arange(len(tables)), tables.start]
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

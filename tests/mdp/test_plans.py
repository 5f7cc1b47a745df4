"""Plans, sharp and soft, against slow, obvious ones."""

from __future__ import annotations

import numpy as np
import oracles
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from problems import (
    CLOSE,
    one_objective,
    random_policy,
    random_tables,
    seeds,
    some_tables,
    world,
)

from robustkit import mdp


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
    some_tables, seeds, st.sampled_from([0.1, 0.5, 2.0]), st.sampled_from([1, 2, 7, 30])
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
    best = mdp.at_start(tables, mdp.optimal_values(tables, [[1.0, 0.0]]))[:, 0]
    earned = mdp.start_values(tables, soft)[:, 0]
    assert np.allclose(earned, best * tables.scale[0], atol=1e-3)


def test_mixed_rewards_are_weighted_by_the_scale():
    rng = np.random.default_rng(0)
    tables = random_tables(rng, 2, 4, 2, 2, 0.9, absorbing=True)
    mixed = tables.mixed_rewards([[0.3, 0.7]])[..., 0]
    scaled = tables.rewards / tables.scale
    assert np.allclose(mixed, 0.3 * scaled[..., 0] + 0.7 * scaled[..., 1])

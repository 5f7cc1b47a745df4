"""Regret: what optimal play earns more, level by level."""

from __future__ import annotations

import numpy as np
import pytest
from remembers import Remembers

import robustkit as rk
from robustkit.analysis.curve import evaluate_on
from robustkit.analysis.regret import regret_at
from robustkit.mdp import optimal_values, start_values, uniform_policy

CHEESE = rk.make("cheese", size=7, layouts=8)
FAR = CHEESE.sample(48, goal="anywhere", seed=1)
MANY = rk.make("monsters", size=7)  # states, too many to list


def test_optimal_play_has_no_regret_and_a_proxys_has_some():
    assert rk.regret(rk.plan(CHEESE), FAR).worst < 1e-9
    corner = rk.plan(CHEESE, "corner")
    assert rk.regret(corner, CHEESE.sample(48)).worst < 1e-9  # both lie there
    assert rk.regret(corner, FAR).mean > 0.5


def test_regret_is_what_is_missing_of_the_optimum_in_units_of_the_scale():
    """By the optimal values of all states, and values at the start."""
    tables = FAR.tables()
    best = optimal_values(tables, np.eye(2))[np.arange(48), tables.start, 0]
    policy = uniform_policy(tables)
    earned = start_values(tables, policy)[:, 0] / tables.scale[0]
    found = rk.regret(policy, FAR)
    np.testing.assert_allclose(found.each, best - earned, atol=1e-9)
    np.testing.assert_allclose(found.earned, earned, atol=1e-12)


def test_the_mean_gap_of_a_random_walk_over_training_and_anywhere_is_one():
    """Which is what the scale means, but for the levels that are drawn."""
    levels = CHEESE.sample(256), CHEESE.sample(256, goal="anywhere")
    walk = rk.device("random", CHEESE)
    assert np.mean([rk.regret(walk, each).mean for each in levels]) == pytest.approx(
        1, abs=0.1
    )


def test_the_worst_levels_are_those_with_most_regret():
    found = rk.regret(rk.plan(CHEESE, "corner", noise=0.2), FAR)
    ordered = np.sort(found.each)
    assert found.worst == ordered[-1]
    assert found.worst_tenth == pytest.approx(ordered[-5:].mean())  # 4.8, rounded up
    alone = rk.regret(rk.plan(CHEESE, "corner"), FAR[:1])
    assert alone.worst == alone.worst_tenth == alone.mean


def test_the_worst_level_stands_beside_mean_return():
    found = rk.regret(rk.plan(CHEESE, "corner"), FAR)
    head, *rows = str(found).splitlines()
    assert head == "corner planner: cheese on 48 levels, in units of its scale"
    said = dict(row.rsplit(maxsplit=1) for row in rows)
    assert said["mean return"] == f"{found.earned.mean():.2f}"
    assert said["regret, worst level"] == f"{found.worst:.2f}"


def test_what_a_grounding_found_has_the_regret_in_it():
    agent = rk.plan(CHEESE, "corner")
    (found,) = evaluate_on([agent], CHEESE, 32, 0, [{"goal": 1}])
    levels = CHEESE.sample(32, goal=1)
    each = regret_at(found, CHEESE, 1)
    np.testing.assert_allclose(each, rk.regret(agent, levels).each)


@pytest.mark.parametrize(
    ("agent", "levels", "said"),
    [
        (rk.plan(CHEESE), FAR[:0], "0 levels"),
        (rk.plan(CHEESE), 3, "not a batch of levels"),
        (rk.plan(CHEESE), rk.make("dish", size=7).sample(2), "allowed for this agent"),
        (rk.plan(MANY), MANY.sample(2), "can be listed"),
        (rk.agent(Remembers(), CHEESE), FAR, "no table of its moves"),
        (np.ones((2, 3)), FAR, "policy has shape"),
    ],
)
def test_what_has_no_regret_is_refused_in_words(agent, levels, said):
    with pytest.raises(ValueError, match=said):
        rk.regret(agent, levels)

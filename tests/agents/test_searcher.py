"""Searchers: what they see of a cell, and how candidates are compared."""

from __future__ import annotations

import numpy as np
import pytest
from problems import halfway, soft_policies

import robustkit as rk
from robustkit import mdp
from robustkit.agents import searcher
from robustkit.agents.recipe import random_starts
from robustkit.agents.searcher import SearcherSettings
from robustkit.worlds import MOVES

NAMES = ["cheese", "lava", "keys", "follow", "switch", "trees", "monsters"]


def levels_of(name):
    return halfway(name, 3, seed=2)


def onto(levels, level, state, move):
    """Return the cell that a move leads onto by the world's own step, None if none."""
    flag, cell = divmod(state, levels.walls[0].size)
    one = np.array([[cell]]), np.array([[flag]]), np.array([[move]])
    after = int(levels.world.step(levels[level], *one).cell[0, 0])
    return None if after == cell else after


@pytest.mark.parametrize("name", NAMES)
def test_features_are_those_of_the_cell_that_a_move_leads_onto(name):
    levels = levels_of(name)
    found, world = searcher.features(levels), levels.world
    names = searcher.feature_names(world)
    rng = np.random.default_rng(0)
    height, width = world.shape
    for level in range(3):
        live = np.flatnonzero(levels.tables().live[level])
        for state in rng.choice(live, 20):
            seen = levels[level].planes(int(state) // (height * width))[0]
            for move in range(len(MOVES)):
                cell = onto(levels, level, int(state), move)
                if cell is None:
                    assert not found[level, state, move].any()
                    continue
                y, x = divmod(cell, width)
                shown = dict(zip(names, found[level, state, move], strict=True))
                for k, feature in enumerate(world.features, 1):
                    assert shown[feature] == seen[k, y, x]
                row = (1 - world.discount) * (2 * y / (height - 1) - 1)
                assert shown["row"] == pytest.approx(row, abs=1e-6)


@pytest.mark.parametrize("name", NAMES)
def test_searchers_plan_for_what_features_weigh(name):
    levels = levels_of(name)
    rng = np.random.default_rng(1)
    rewards = rng.normal(size=(2, len(searcher.feature_names(levels.world))))
    tables = levels.tables()
    found = searcher.policies(levels, rewards, 0.02, 32)
    pays = searcher.features(levels) @ rewards.T
    value = np.zeros((*tables.shape[:2], 2))
    for _ in range(32):  # soft value iteration in all states, plainly
        after = tables.expect(tables.after(value))
        gain = (pays + tables.discount * after) / 0.02
        top = gain.max(2)
        value = 0.02 * (top + np.log(np.exp(gain - top[:, :, None]).mean(2)))
        value[~tables.live] = 0
    odds = np.exp(gain - gain.max(2, keepdims=True))
    odds /= odds.sum(2, keepdims=True)
    for k in range(2):
        planned = found[k][tables.reached]
        np.testing.assert_allclose(planned, odds[tables.reached, :, k], atol=2e-3)
        assert (found[k][~tables.reached] == 0.25).all()


@pytest.mark.parametrize("name", ["cheese", "follow", "trees"])
def test_candidates_earn_what_their_policies_are_worth(name):
    world = rk.make(name)
    levels = world.sample(8, seed=3)
    settings = SearcherSettings(agents=400, horizon=120)
    rewards = np.random.default_rng(0).normal(
        size=(3, len(searcher.feature_names(world)))
    )
    found = searcher.base_return(levels, rewards, settings, np.random.default_rng(5))
    starts = random_starts(levels, settings.agents, np.random.default_rng(5))
    tables = levels.tables()
    pays = np.repeat(searcher.features(levels) @ rewards.T, tables.outcomes, 2)
    how = settings.temperature, settings.sweeps
    for k, policy in enumerate(soft_policies(tables, pays, *how)):
        values = mdp.evaluate(tables, policy)[..., 0]
        exact = np.take_along_axis(values, starts, 1).mean()
        assert found[k] == pytest.approx(exact, abs=0.05)

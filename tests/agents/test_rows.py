"""Rows: the same moves as in tables, and a network's function stated cell by cell."""

from __future__ import annotations

import numpy as np
import pytest
from problems import halfway

import robustkit as rk
from robustkit.agents import convolution
from robustkit.agents.rows import Rows

WORLDS = [name for name in rk.list_worlds() if rk.make(name).listed]


def sampled(name):
    return halfway(name, 4, seed=3)


@pytest.mark.parametrize("name", WORLDS)
def test_moves_in_rows_are_those_of_the_tables(name):
    levels = sampled(name)
    rows, tables, world = Rows(levels), levels.tables(), levels.world
    level, state = rows.states
    end = world.states - 1
    # Where each row leads, as level and state; the last row is the end.
    of_row = np.append(state, end)
    assert np.array_equal(of_row[rows.follow[:-1]], tables.next_state[level, state])
    kept = rows.follow[:-1] < len(rows)
    levels_after = np.append(level, -1)[rows.follow[:-1]]
    assert (levels_after == level[:, None])[kept].all()
    assert np.allclose(rows.turns.reward, tables.rewards[level, state, :, 0])
    if tables.chance is not None:
        assert np.allclose(rows.turns.chance, tables.chance[level, state])


@pytest.mark.parametrize("name", WORLDS)
def test_every_state_that_can_be_come_to_has_a_row(name):
    levels = sampled(name)
    tables, rows = levels.tables(), Rows(levels)
    has = np.zeros(tables.shape[:2], bool)
    has[rows.states] = True
    for level in range(len(levels)):
        new = set(np.flatnonzero(levels.vacant[level]).tolist())
        met = set(new)
        while new:
            after = set(tables.next_state[level, sorted(new)].ravel().tolist())
            new = after - met
            met |= new
        met.discard(tables.shape[1] - 1)
        assert has[level, sorted(met)].all()


@pytest.mark.parametrize("solid", [False, True])
@pytest.mark.parametrize("name", ["cheese", "keys", "lava"])
def test_a_network_does_what_its_formula_says_cell_by_cell(name, solid):
    levels = sampled(name)
    agent = rk.train("network", levels.world, updates=3, solid=solid)
    policy, weights = agent.policy(levels), agent.weights
    rows = Rows(levels, solid)
    height, width = levels.world.shape
    for level, flag in rows.grids[::5]:
        cells = _by_cell(weights, levels[int(level)], int(flag), solid)
        for (y, x), logits in cells.items():
            state = (flag * height + y) * width + x
            odds = convolution.softmax(logits)
            assert np.allclose(policy[level, state], odds, atol=1e-5)


def _by_cell(weights, level, flag, solid):
    """Return (row, column) to logits: h ← tanh(W around(h) + U around(x) + b).

    A wall keeps 0, and so hands nothing on; with `solid` only the border does.
    """
    _, height, width = level.terrain.shape
    planes = level.planes(flag)[0]
    place = np.meshgrid(
        np.linspace(-1, 1, height), np.linspace(-1, 1, width), indexing="ij"
    )
    seen = np.concatenate([planes, np.stack(place)])
    inner = [(y, x) for y in range(1, height - 1) for x in range(1, width - 1)]
    open_ = [cell for cell in inner if solid or not level.walls[0][cell]]
    hidden = np.zeros((weights["bias"].size, height, width))

    def around(array, y, x):
        plus = [(y, x), (y, x + 1), (y + 1, x), (y, x - 1), (y - 1, x)]
        return np.concatenate([array[:, row, column] for row, column in plus])

    for _ in range(10):
        new = np.zeros_like(hidden)
        for y, x in open_:
            new[:, y, x] = np.tanh(
                around(hidden, y, x) @ weights["recurrent"]
                + around(seen, y, x) @ weights["input"]
                + weights["bias"]
            )
        hidden = new
    return {
        (y, x): hidden[:, y, x] @ weights["output"] + weights["output_bias"]
        for y, x in open_
    }

"""Episodes on the worlds' own batched step, for what has too many states to list."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ..mdp import Floats, Ints
from .layouts import Bools
from .levels import Levels
from .tabulate import Move

# (levels, cell, flag, rng) → moves; all but levels and rng are [levels, episodes]
Act = Callable[[Levels, Ints, Ints, np.random.Generator], Ints]


def sample_returns(
    levels: Levels, act: Act, episodes: int, steps: int, rng: np.random.Generator
) -> Floats:
    """Play and return the discounted returns [levels, episodes, objectives].

    act: given cells and flags [levels, episodes], returns moves [levels, episodes].
    All episodes of a batch go on until the last has ended, or for `steps` moves.
    """
    world = levels.world
    cell = np.repeat(levels.start[:, None], episodes, 1)
    flag = np.zeros_like(cell)
    ended = np.zeros(cell.shape, bool)
    total = np.zeros((*cell.shape, len(world.pays)))
    for step in range(steps):
        move = take(levels, cell, flag, act(levels, cell, flag, rng), rng)
        happened = np.stack([move.events[e] & ~ended for e in world.events], -1)
        total += world.discount**step * (happened @ world.pays.T)
        cell, flag = np.where(ended, cell, move.cell), np.where(ended, flag, move.flag)
        ended = ended | move.ended
        if ended.all():
            break
    return total


def sample_first(
    levels: Levels,
    act: Act,
    episodes: int,
    steps: int,
    rng: np.random.Generator,
    cells: Ints,
) -> Bools:
    """Play and return [levels, episodes, cells], which of some cells is come to first.

    cells: [levels, cells]; an episode is over at any of them, or where it ends.
    """
    cell = np.repeat(levels.start[:, None], episodes, 1)
    flag = np.zeros_like(cell)
    first = np.zeros((*cell.shape, cells.shape[1]), bool)
    over = np.zeros(cell.shape, bool)
    for _ in range(steps):
        move = take(levels, cell, flag, act(levels, cell, flag, rng), rng)
        first |= ~over[..., None] & (move.cell[..., None] == cells[:, None])
        over |= move.ended | first.any(-1)
        if over.all():
            break
        cell, flag = np.where(over, cell, move.cell), np.where(over, flag, move.flag)
    return first


def take(
    levels: Levels, cell: Ints, flag: Ints, action: Ints, rng: np.random.Generator
) -> Move:
    """Return what moves come to, the world's own turn drawn and included.

    cell, flag, action: of one shape [levels, ...].
    """
    move = levels.world.step(levels, cell, flag, action)
    outcome = draw_outcome(levels, move.cell, move.flag, rng)
    return levels.world.settle(levels, move, outcome)


def draw_outcome(
    levels: Levels, cell: Ints, flag: Ints, rng: np.random.Generator
) -> Ints:
    """Return how the world's turn goes after moves to cells and flags [levels, ...]."""
    if levels.world.outcomes == 1:
        return np.zeros(cell.shape, int)
    reach = levels.world.outcome_chances(levels, cell, flag).cumsum(-1)
    drawn = rng.random(cell.shape)[..., None] * reach[..., -1:]
    outcome: Ints = (drawn >= reach).sum(-1)
    return outcome

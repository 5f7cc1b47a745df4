"""Episodes on the worlds' own batched step, for what has too many states to list."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ..mdp import Floats, Ints
from .base import Levels

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
    pays = np.array(
        [[w.get(e, 0.0) for e in world.events] for w in world.objectives.values()]
    )
    cell = np.repeat(levels.start[:, None], episodes, 1)
    flag = np.zeros_like(cell)
    ended = np.zeros(cell.shape, bool)
    total = np.zeros((*cell.shape, len(pays)))
    for step in range(steps):
        move = act(levels, cell, flag, rng)
        onto, new, events, over = world.step(levels, cell, flag, move)
        new, events, over = world.settle(
            levels, onto, new, events, over, draw_outcome(levels, onto, new, rng)
        )
        happened = np.stack([events[e] & ~ended for e in world.events], -1)
        total += world.discount**step * (happened @ pays.T)
        cell, flag = np.where(ended, cell, onto), np.where(ended, flag, new)
        ended = ended | over
        if ended.all():
            break
    return total


def draw_outcome(
    levels: Levels, cell: Ints, flag: Ints, rng: np.random.Generator
) -> Ints:
    """Return how the world's turn goes after moves to cells and flags [levels, ...]."""
    if levels.world.outcomes == 1:
        return np.zeros(cell.shape, int)
    reach = levels.world.chance(levels, cell, flag).cumsum(-1)
    drawn = rng.random(cell.shape)[..., None] * reach[..., -1:]
    outcome: Ints = (drawn >= reach).sum(-1)
    return outcome

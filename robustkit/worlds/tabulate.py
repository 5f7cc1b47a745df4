"""From a world's rules to what a move does, and to exact tables."""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..mdp import Floats, Ints, Tables, along
from .layouts import Bools
from .levels import Levels

if TYPE_CHECKING:
    from .world import World

MOVES = ("right", "down", "left", "up")  # numbered as MiniGrid numbers directions
STEP = np.array([(0, 1), (1, 0), (0, -1), (-1, 0)])  # rows, columns


class Move(NamedTuple):
    """What a move came to; all arrays are [levels, ...].

    cell, flag: the state after it. events: name to where it happened. ended: where the
    episode is over.
    """

    cell: Ints
    flag: Ints
    events: dict[str, Bools]
    ended: Bools


def standing(
    world: World, levels: Levels, had: dict[str, Any], flag: Ints
) -> dict[str, Ints]:
    """Return name to the cell in which a thing now stands, aligned with `flag`."""
    return {
        name: cell if cell.ndim == flag.ndim else along(cell, flag)
        for name, cell in world.stands(levels, had).items()
    }


def step(world: World, levels: Levels, cell: Ints, flag: Ints, action: Ints) -> Move:
    """Return what a move does from every given state, before the world's own turn.

    cell, flag, action: arrays that broadcast to [levels, ...].
    """
    height, width = world.shape
    # From the border, which is wall, a step may lead anywhere: nobody can take it.
    ahead = (cell + (STEP @ [width, 1])[action]) % (height * width)
    flag = np.asarray(flag)
    walls, lava = (a.reshape(len(levels), -1) for a in (levels.walls, levels.lava))
    level = along(np.arange(len(levels)), ahead)
    moved = ~walls[level, ahead] & ~walls[level, cell]
    had = world.recall(levels, flag)
    stands = standing(world, levels, had, flag)
    on = {name: ahead == there for name, there in stands.items()}
    on |= {name: area.ravel()[ahead] for name, area in world.areas.items()}
    events, ended, now = world.rules(on, had)
    if world.until_all_used:
        ended = ended | _all_used(levels, ahead, had | now)
    if "lava" in world.events:
        events = {**events, "lava": lava[level, ahead]}
        ended = ended | events["lava"]
    new = np.where(moved, world.note(levels, had | now), flag) if now else flag
    onto = np.where(moved, ahead, cell)
    events = {name: happens & moved for name, happens in events.items()}
    return _whole(onto, new, events, ended & moved)


def _whole(cell: Ints, flag: Ints, events: dict[str, Bools], ended: Bools) -> Move:
    """Return a move whose arrays all have the shape to which they broadcast."""
    parts = [cell, flag, ended, *events.values()]
    if any(part.shape != cell.shape for part in parts):
        shape = np.broadcast_shapes(*(part.shape for part in parts))
        parts = [np.broadcast_to(part, shape) for part in parts]
    cell, flag, ended, *happens = parts
    return Move(cell, flag, dict(zip(events, happens, strict=True)), ended)


def any_of(places: Iterable[Bools]) -> Bools:
    """Return where any of these is True; as `np.any`, but quicker for a few."""
    return reduce(or_, places)


def _all_used(levels: Levels, like: Ints, now: dict[str, Any]) -> Bools:
    """Return where just the things that there are have been used."""
    used: Bools = np.array(True)
    for name, cell in levels.things.items():
        used = used & (now[name] == along(cell >= 0, like))
    return used


def settle(world: World, levels: Levels, move: Move, outcome: Ints) -> Move:
    """Return a move after the world's turn, if it has one.

    outcome: how the turn goes; all arrays broadcast to [levels, ...]. Nothing happens
    any more where the episode has ended, or in a wall.
    """
    if world.outcomes == 1:
        return move
    cell, flag, events, ended = move
    had = world.recall(levels, flag)
    happens, over, now = world.nature(levels, cell, had, outcome)
    walls = levels.walls.reshape(len(levels), -1)
    goes_on = ~ended & ~walls[along(np.arange(len(levels)), cell), cell]
    happens = {name: here & goes_on for name, here in happens.items()}
    for name, here in events.items():
        happens[name] = here | happens.get(name, False)
    new = np.where(goes_on, world.note(levels, had | now), flag)
    return _whole(cell, new, happens, ended | (over & goes_on))


def tabulate(world: World, levels: Levels, scaled: bool = True) -> Tables:
    """Return the exact MDPs of levels of this world (see `Levels.tables`).

    scaled: False leaves the scale of all objectives at 1, which saves finding it.
    Raises ValueError where a level has too many states to list them all.
    """
    if not world.listed:
        raise ValueError(
            f"{world!r} has {world.states:,} states a level, too many to list; "
            f"allowed: at most {world.most_states:,}. Measure it by sampling, or "
            "make it with fewer things or a smaller size."
        )
    return _tabulate(world, levels, world.scale if scaled else np.ones(len(world.pays)))


def _tabulate(world: World, levels: Levels, scale: Floats) -> Tables:
    """Return tables; state = flag * cells + cell, the last state is the end."""
    n, cells, moves = len(levels), levels.terrain[0].size, len(MOVES)
    grid = np.ix_(range(n), range(world.flags), range(cells), range(moves), [0])
    move = step(world, levels, grid[2], grid[1], grid[3])
    end, branches = world.flags * cells, moves * world.outcomes
    shape = n, end + 1, branches
    whole = n, world.flags, cells, moves, world.outcomes

    def but_the_end(table: NDArray[Any]) -> NDArray[Any]:
        """Return a view of a table, without its last state, in the shape of `whole`."""
        return table[:, :-1].reshape(whole)

    chance = None
    if world.outcomes > 1:
        odds = world.outcome_chances(levels, move.cell[..., 0], move.flag[..., 0])
        chance = np.full(shape, 1 / world.outcomes)
        but_the_end(chance)[...] = odds
        move = settle(world, levels, move, np.arange(world.outcomes))
    next_state = np.full(shape, end, np.int32)
    onto = move.flag * cells + move.cell
    np.copyto(but_the_end(next_state), onto, "same_kind", where=~move.ended)
    happened = np.zeros((*shape, len(world.events)), bool)
    for k, name in enumerate(world.events):
        but_the_end(happened[..., k])[...] = move.events[name]
    rewards = happened.reshape(-1, len(world.events)) @ world.pays.T  # as one product
    return Tables(
        next_state,
        happened,
        rewards.reshape(*shape, -1),
        levels.start,
        tuple(world.objectives),
        world.events,
        world.discount,
        scale,
        world.blocks,
        chance,
        world.outcomes,
    )

"""Levels shown: with what an agent does in them, and of every world before and after.

The pictures themselves take what is found here and run nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from .. import arguments
from ..agents import Agent
from ..agents.adapters import adapt
from ..agents.agent import check_agent, check_levels, check_world
from ..mdp import Tables
from ..worlds import (
    Levels,
    World,
    is_own,
    levels_of,
    list_worlds,
    make,
    refuse_own,
    world_of,
)
from ..worlds.levels import concatenate
from .replay import play, retell

if TYPE_CHECKING:
    from ..figures.levels import Pair
    from ..figures.picture import Picture

EPISODE = 60  # moves after which an episode is drawn no further


def draw(
    levels: Levels | Tables | Sequence[Levels],
    agent: Agent | None = None,
    count: int = 4,
    seed: int = 0,
    letters: bool = False,
) -> Picture:
    """Return pictures of the first levels, with what an agent does in them.

    levels: a batch, or several of one world, whose levels come one after another. With
    an agent, arrows show its likeliest move in each cell, paler where it is less sure,
    and a line shows one episode. An agent that remembers, or draws its moves at random,
    has the line alone. letters: add the letter that each thing has in a level printed
    as text.
    Raises ValueError for levels of another world.
    """
    from ..figures.levels import draw as picture_of

    given: Any = agent
    if isinstance(levels, (list, tuple)) and levels:
        for part in levels:
            check_levels(part)
        levels = concatenate(levels) if len(levels) > 1 else levels[0]
    if is_own(levels) and not isinstance(given, (Agent, type(None))):
        agent = adapt(agent, world_of(levels))
    check_levels(every := levels_of(levels))
    shown = every[: arguments.whole("count", count, 1, 12)]
    if agent is None:
        return picture_of(shown, letters=letters)
    check_agent(agent)
    policy, played = play(agent, shown, EPISODE, seed)
    walks = [(each.cells, each.end) for each in retell(shown, played)]
    picture = picture_of(shown, policy, walks, agent.name, letters)
    if policy is None:
        picture.alt += " No arrows: it remembers, or draws its moves at random."
    return picture


def gallery(worlds: Sequence[World] | None = None, seed: int = 0) -> Picture:
    """Return every world with base and proxies agreeing and, beside it, in conflict.

    A world without a goal shift is shown with a layout of training and of another maker
    instead.
    worlds: those to show; all of them by default. Raises ValueError for no worlds, and
    for your own.
    """
    from ..figures.levels import gallery as picture_of

    given = map(make, list_worlds()) if worlds is None else worlds
    shown = arguments.several("worlds", given, "worlds of robustkit.make(name)")
    for world in map(check_world, shown):
        refuse_own(world, "levels are not drawn at random (draw them with `draw`)")
    return picture_of([_before_and_after(world, seed) for world in shown])


def _before_and_after(world: World, seed: int) -> Pair:
    """Return a level in training, and at the last grade of the shift that matters."""
    name = "goal" if "goal" in world.shifts else "layout"
    words = world.shifts[name].grades
    ends = [world.sample(1, **{name: end}, seed=seed) for end in (0, 1)]
    return world.name, ((words[0], ends[0]), (words[-1], ends[1]))

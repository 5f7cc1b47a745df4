"""Levels shown: with what an agent does in them, and of every world before and after.

The pictures themselves take what is found here and run nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from .. import arguments
from ..agents import Agent
from ..worlds import Levels, World, list_worlds, make
from .replay import replays

if TYPE_CHECKING:
    from ..figures.levels import Pair
    from ..figures.picture import Picture

EPISODE = 60  # moves after which an episode is drawn no further


def draw(
    levels: Levels, agent: Agent | None = None, count: int = 4, seed: int = 0
) -> Picture:
    """Return pictures of the first levels, with what an agent does in them.

    With an agent, arrows show its likeliest move in each cell, the paler the less
    sure, and a line shows one episode. Raises ValueError for levels of another world.
    """
    from ..figures.levels import draw as picture_of

    shown = levels[: arguments.whole("count", count, 1, 12)]
    if agent is None:
        return picture_of(shown)
    policy = agent.policy(shown)
    played = replays(shown, policy, EPISODE, seed)
    walks = [(each.cells, each.end) for each in played]
    return picture_of(shown, policy, walks, agent.name)


def gallery(worlds: Sequence[World] | None = None, seed: int = 0) -> Picture:
    """Return every world where base and proxies agree and, beside it, where they part.

    A world of one objective, which a goal shift does not change, is shown with a
    familiar and an unfamiliar layout instead.
    worlds: those to show; all of them by default.
    """
    from ..figures.levels import gallery as picture_of

    shown = [make(name) for name in list_worlds()] if worlds is None else list(worlds)
    return picture_of([_before_and_after(world, seed) for world in shown])


def _before_and_after(world: World, seed: int) -> Pair:
    """Return a level in training and one after the shift that matters."""
    agree, part, fresh, _ = world.strata(1, seed)
    if len(world.objectives) > 1:
        both = tuple(zip(world.goal_grades, (agree, part), strict=True))
    else:
        both = (
            (f"training layout, made as {world.maker}", agree),
            (f"layout shift, made as {world.unfamiliar}", fresh),
        )
    return world.name, both

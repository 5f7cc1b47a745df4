"""Worlds: one file a world, all alike."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from .. import arguments
from .base import MOVES, STRATUM_NAMES, Levels, Thing, World
from .cheese import Cheese
from .coin import Coin
from .colour import Colour
from .dish import Dish
from .follow import Follow
from .keys import Keys
from .lava import Lava
from .monsters import Monsters
from .switch import Switch
from .trees import Trees

WORLDS: dict[str, type[World]] = {
    world.name: world
    for world in (
        Cheese,
        Dish,
        Colour,
        Coin,
        Keys,
        Follow,
        Lava,
        Switch,
        Monsters,
        Trees,
    )
}

__all__ = [
    "MOVES",
    "STRATUM_NAMES",
    "WORLDS",
    "Levels",
    "Thing",
    "World",
    "list_worlds",
    "make",
]


def list_worlds() -> dict[str, str]:
    """Return the name of every world and what it is in one line.

    >>> import robustkit as rk
    >>> rk.list_worlds()["cheese"]
    'a mouse is trained on cheese that lies in a corner'
    """
    return {name: world.summary for name, world in WORLDS.items()}


def make(name: str, **options: Any) -> World:
    """Return a world by name; options as keywords (`size`, `layouts`, `maker`, ...).

    Raises ValueError for an unknown world or option, or an option out of range.

    >>> import robustkit as rk
    >>> world = rk.make("cheese", size=7, layouts=8)
    >>> world.objectives
    {'cheese': {'cheese': 1.0}, 'corner': {'corner': 1.0}}
    """
    world = WORLDS[arguments.one_of("world", name, WORLDS)]
    for option in options:
        arguments.one_of(f"option of {name!r}", option, [f.name for f in fields(world)])
    made = world(**options)
    made.check()
    return made


def world_of(given: Any, options: dict[str, Any]) -> World:
    """Return a world from its name and options, or the world itself without any.

    Raises ValueError for anything else.
    """
    if isinstance(given, World) and not options:
        return given
    if not isinstance(given, str):
        raise ValueError(
            f"world={given!r} with options {options} is not possible; allowed: a name "
            "with options, or a world without."
        )
    return make(given, **options)

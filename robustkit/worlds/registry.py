"""The worlds by name: here, and with Gymnasium."""

from __future__ import annotations

from dataclasses import fields
from importlib import import_module
from typing import Any

from .. import arguments
from ..alone import standing_in
from ..arguments import quote
from .world import World

NAMES = (  # each is zoo/<name>.py, with a class of the same name
    "cheese",
    "dish",
    "colour",
    "coin",
    "keys",
    "follow",
    "lava",
    "switch",
    "monsters",
    "trees",
)
WORLDS: dict[str, type[World]] = {
    name: getattr(import_module(f".zoo.{name}", __package__), name.capitalize())
    for name in NAMES
}


def list_worlds() -> dict[str, str]:
    """Return the name of every world, and what it is in one line.

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
            f"world={quote(given)} with options {quote(options)} is not possible; "
            "allowed: a name with options, or a world without."
        )
    return make(given, **options)


def register() -> None:
    """Register `robustkit/<World>-v0` with Gymnasium for every world, once.

    `import robustkit` calls this, and so does the name "robustkit:robustkit/...", in
    whatever process it is used.
    """
    with standing_in():
        import gymnasium

    for name in WORLDS:
        identity = f"robustkit/{name.capitalize()}-v0"
        if identity not in gymnasium.registry:
            gymnasium.register(
                identity,
                entry_point="robustkit.worlds.minigrid:GridEnv",
                vector_entry_point="robustkit.worlds.vector:VectorGridEnv",
                kwargs={"world": name},
            )

"""Worlds: one small file a world, all alike, and what follows from it."""

from __future__ import annotations

from .levels import STRATUM_NAMES, Levels, Thing
from .own.world import OwnLevels, OwnWorld, is_own, levels_of, refuse_own, world_of
from .registry import WORLDS, list_worlds, make
from .tabulate import MOVES, STEP
from .world import World

__all__ = [
    "MOVES",
    "STEP",
    "STRATUM_NAMES",
    "WORLDS",
    "Levels",
    "OwnLevels",
    "OwnWorld",
    "Thing",
    "World",
    "is_own",
    "levels_of",
    "list_worlds",
    "make",
    "refuse_own",
    "world_of",
]

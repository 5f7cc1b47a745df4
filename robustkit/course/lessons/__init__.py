"""Lessons: the exercises of each, in the EXERCISES of a module of its own."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from ..exercise import Exercise


def exercises() -> dict[str, Exercise]:
    """Return every exercise by name, in the order of the lessons."""
    found: dict[str, Exercise] = {}
    for module in sorted(each.name for each in iter_modules(__path__)):
        found |= import_module(f".{module}", __name__).EXERCISES
    return found

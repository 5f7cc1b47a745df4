"""Lessons: the exercises of each, in the EXERCISES of a module of its own."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from ..exercise import Exercise


def by_lesson() -> dict[str, dict[str, Exercise]]:
    """Return the exercises of each lesson by the lesson's number, as "04"."""
    names = sorted(each.name for each in iter_modules(__path__))
    return {
        name.removeprefix("lesson_"): import_module(f".{name}", __name__).EXERCISES
        for name in names
    }


def exercises() -> dict[str, Exercise]:
    """Return every exercise by name, in the order of the lessons."""
    found: dict[str, Exercise] = {}
    for some in by_lesson().values():
        found |= some
    return found

"""Puzzles whose numbers are planted, so that what is right is known."""

from __future__ import annotations

from functools import cache

import robustkit as rk
from robustkit.course.diagnosis import diagnosis
from robustkit.course.mystery import Puzzle, Suspect
from robustkit.metrics import Estimate, Point
from robustkit.metrics.reading import UNKNOWN

SHIFTS = "layout", "goal", "place"  # in the order of the sliders
FINE, LOST, ASTRAY = (0.97, 0.99), (0.01, None), (0.95, -0.05)
MADE = {  # what happens at the far end of each shift
    "A": (LOST, LOST, LOST),
    "B": (FINE, ASTRAY, FINE),
    "C": (FINE, FINE, FINE),
    "D": (FINE, ASTRAY, LOST),
    "E": (FINE, LOST, FINE),
    "F": (FINE, FINE, FINE),
}
RIGHT = {
    "A": ("breaks", "breaks", "breaks", "practice"),
    "B": ("robust", "something else", "robust", "telling levels"),
    "C": ("robust", "robust", "robust", "nothing"),
    "D": ("robust", "something else", "breaks", "both"),
    "E": ("robust", "breaks", "robust", "practice"),
    "F": ("robust", "robust", "robust", "nothing"),
}


def place(capability, alignment, wide=0.02):
    """Return a place on the plane with intervals; alignment None is unknown."""

    def near(value, low):
        return Estimate(value, max(low, value - wide), min(1.0, value + wide))

    up = UNKNOWN if alignment is None else near(alignment, -1.0)
    known = 0.0 if alignment is None else alignment
    return Point(near(capability * known, -1.0), near(capability, 0.0), up)


@cache
def world():
    return rk.make("cheese", size=7, layouts=8)


def planted(hard=False, made=MADE):
    """Return a puzzle of these far ends, without an explorer."""
    suspects = []
    for name, ends in made.items():
        ways = tuple([place(*FINE), place(*end)] for end in ends)
        who = rk.plan(world(), noise=0.1)
        suspects.append(Suspect(name, who, world(), SHIFTS, ways, diagnosis(ways)))
    return Puzzle(suspects, None, hard)


def solved(hard=False, but=()):
    """Return a planted puzzle with the right answers, `but` these: name to answer."""
    puzzle = planted(hard)
    for name, (*happens, helps) in {**RIGHT, **dict(but)}.items():
        puzzle.answer(name, *happens, helps=helps)
    return puzzle

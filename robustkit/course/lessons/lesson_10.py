"""Exercises of lesson 10, your own."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any

import numpy as np

from ...agents.adapters import adapt
from ...analysis.measure import measure
from ...worlds import make
from .. import solved
from ..answer import UNREADABLE, GivesNone, NotYet, call, finite
from ..exercise import Exercise
from ..words import in_words

LEVELS = 24
SOME, GOOD = 0.3, 0.9  # of what lies between a random walk and optimal play
STEPS = np.array([(0, 1), (1, 0), (0, -1), (-1, 0)])  # right, down, left, up


def own_mouse(planes: Any) -> int:
    """Return a move, 0 to 3, of a mouse that wants the cheese."""
    walls, cheese, hole, me = planes
    shut = (walls + hole * (1 - cheese)) > 0
    far = {tuple(np.argwhere(cheese)[0]): 0}
    for cell in (queue := list(far)):
        for there in map(tuple, cell + STEPS):
            if there not in far and not shut[there]:
                far[there] = far[cell] + 1
                queue.append(there)
    around = map(tuple, np.argwhere(me)[0] + STEPS)
    return int(np.argmin([far.get(there, 999) for there in around]))


def _chances(answer: Any, planes: Any) -> Any:
    """Return how likely a mouse makes each of the four moves."""
    seen = planes.copy()
    try:
        given = call(answer, seen)
    except GivesNone:
        words = "It gives None in some states; every one needs a move."
        raise NotYet(words) from None
    if not np.array_equal(seen, planes):
        raise NotYet("It changes the array that it is given. Work on a copy.")
    if np.shape(given) == (4,):  # probabilities will do: `rk.agent` takes them, too
        chances = np.asarray(given, float)
        if chances.min() >= 0 and np.isclose(chances.sum(), 1):
            return chances
    try:
        return np.eye(4)[[0.0, 1.0, 2.0, 3.0].index(finite(given))]
    except (NotYet, *UNREADABLE):
        came = f"`own_mouse(planes)` gives {in_words(given)}"
        raise NotYet(f"{came}; expected 0, 1, 2 or 3.") from None


def _beside_the_hole() -> Any:
    """Return planes: two steps lead to the cheese through the hole, six round it."""
    planes = np.zeros_like(_first_seen(make("cheese").sample(1, seed=7)))
    planes[0] = 1
    planes[0, 1:4, 1:4] = 0
    planes[0, 2, 2] = 1
    planes[1, 1, 3] = planes[2, 1, 2] = planes[3, 1, 1] = 1
    return planes


def _first_seen(levels: Any) -> Any:
    return levels[:1].seen_from(levels.start[:1], np.zeros(1, int))[0]


def _check_mouse(answer: Any) -> Iterator[None]:
    """Measure a mouse with the goal shifted anywhere, and put it beside the hole."""
    world = make("cheese")
    levels = world.sample(LEVELS, goal="anywhere", seed=7)
    _chances(answer, _first_seen(levels))
    yield
    asked: set[int] = set()

    def ask(planes: Any) -> Any:
        chances = _chances(answer, planes)
        asked.update(np.flatnonzero(chances).tolist())
        return chances

    try:
        reading = measure(adapt(ask, world, "your mouse"), levels)
    except ValueError:
        words = "Shown the same planes twice it makes different moves. Let the planes"
        raise NotYet(f"{words} alone decide, with no dice and no memory.") from None
    if len(asked) == 1:
        raise NotYet("It makes the same move everywhere. Does it look at the planes?")
    yield
    if problem := _short_of(reading.scalar.value, reading.details["scores"]):
        raise NotYet(problem)
    yield
    if _chances(answer, _beside_the_hole())[0] > 0.5:
        raise NotYet(
            "With the hole between it and the cheese it walks into the hole, which "
            "ends the episode. Go round it, as you would round a wall."
        )
    yield


def _short_of(earned: float, scores: Any) -> str | None:
    """Return what a mouse lacks that earns so much, or None."""
    if scores["corner"] > max(scores["cheese"], SOME):
        return "It goes for the hole. Which plane is the cheese's?"
    if earned < -0.05:
        return (
            f"It earns {earned:.2f}, less than a random walk. Are rows and columns, or "
            "the moves, the right way round?"
        )
    if earned < SOME:
        return (
            f"It earns {earned:.2f} of what lies between a random walk and optimal "
            f"play; {GOOD} is needed. Does it come nearer with each move?"
        )
    if earned < GOOD:
        return (
            f"It earns {earned:.2f}, and {GOOD} is needed. It wants the cheese, but "
            "gets stuck or goes the long way round: how far is the cheese on foot, "
            "from each of the cells around it?"
        )
    return None


PAYS = {
    "cheese": {"cheese": 1.0},
    "corner": {"corner": 1.0, "cheese": 0.25},
    "calm": {"bump": -0.5},
}
EPISODES: tuple[list[list[str]], ...] = (
    [[], [], ["cheese"]],
    [["corner"], [], ["cheese", "corner"]],
    [["bump"], ["bump"], [], ["corner"]],
    [[], []],
)


def own_objectives(happened: Any, pays: Any, discount: float) -> dict[str, float]:
    """Return objective to discounted return."""
    return {
        name: float(
            sum(
                worth.get(event, 0) * discount**step
                for step, events in enumerate(happened)
                for event in events
            )
        )
        for name, worth in pays.items()
    }


def _up_to_the_first(happened: Any, pays: Any, discount: float) -> Any:
    first = next((i + 1 for i, e in enumerate(happened) if e), len(happened))
    return own_objectives(happened[:first], pays, discount)


def _read_worth(value: Any, *case: Any) -> dict[str, float]:
    if not isinstance(value, dict) or set(value) != set(PAYS):
        raise NotYet("It should return a dict with all the objectives of `pays`.")
    return {name: finite(worth) for name, worth in value.items()}


EXERCISES = {
    "own-mouse": Exercise(
        reference=own_mouse,
        more=_check_mouse,
        hints=(
            "np.argwhere(planes[3])[0] is (row, column) of the mouse.",
            "How far is each cell from the cheese on foot? Begin at the cheese with 0.",
            "The neighbours of a cell at n that are no walls, and have no number yet, "
            "are at n + 1. Then step to the neighbour with the lowest number.",
            "The hole ends the episode: do not lead through it.",
        ),
    ),
    "own-objectives": Exercise(
        reference=own_objectives,
        cases=tuple(product(EPISODES, [PAYS], (0.95, 0.5))),
        mistakes={
            "The first step's reward is not discounted: discount ** (d - 1).": (
                lambda happened, pays, g: own_objectives([[], *happened], pays, g)
            ),
            "Later rewards count less. Where does the discount come in?": (
                lambda happened, pays, g: own_objectives(happened, pays, 1.0)
            ),
            "More than one thing can happen on a step.": (
                lambda happened, pays, g: own_objectives(
                    [events[:1] for events in happened], pays, g
                )
            ),
            "An episode can go on after the first reward.": _up_to_the_first,
        },
        read=_read_worth,
        hints=(
            "For each objective, go over the steps and over the events of each step.",
            "dict.get(event, 0) is what an event pays, or nothing.",
        ),
    ),
    "mystery-hard": solved.exercise(hard=True),
}

"""Checkers of lesson 10, your own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from .checks import Exercise, GivesNone, Problem, Trouble, call, close, number, said

# own-mouse: an agent that wants the cheese, measured

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


def check_own_mouse(made: Any) -> Iterator[Problem]:
    """Check `own_mouse(planes)` by measuring it at full goal shift."""
    from ..agents.adapters import adapt
    from ..analysis.measure import measure
    from ..worlds import make

    world = make("cheese")
    levels = world.sample(LEVELS, goal=1.0, seed=7)
    seen = levels[:1].seen_from(levels.start[:1], np.zeros(1, int))[0]
    try:
        move = number(call(made, seen.copy()))
    except Trouble as trouble:
        yield str(trouble)
        return
    if move not in (0, 1, 2, 3):
        yield f"A move is 0, 1, 2 or 3; it gives {said(move)}."
        return
    yield None
    asked: list[int] = []

    def ask(planes: Any) -> int:
        try:
            asked.append(int(number(call(made, planes))))
        except GivesNone:
            raise Trouble(
                "It gives None in some states; every one needs a move."
            ) from None
        return asked[-1] % 4

    try:
        reading = measure(adapt(ask, world), levels)
    except Trouble as trouble:
        yield str(trouble)
        return
    if not set(asked) <= {0, 1, 2, 3}:
        yield f"A move is 0, 1, 2 or 3; in some state it gives {set(asked)}."
        return
    yield None
    if len(set(asked)) == 1:
        yield "It makes the same move everywhere. Does it look at the planes?"
        return
    yield None
    scores = reading.details["scores"]
    if scores["corner"] > max(scores["cheese"], SOME):
        yield "It goes for the hole. Which plane is the cheese's?"
    elif reading.scalar.value < -0.05:
        yield (
            f"It earns {reading.scalar.value:.2f}, less than a random walk. Are rows "
            "and columns, or the moves, the right way round?"
        )
    elif reading.scalar.value < SOME:
        yield (
            f"It earns {reading.scalar.value:.2f} of what lies between a random walk "
            f"and optimal play; {GOOD} is asked. Does it come nearer with each move?"
        )
    elif reading.scalar.value < GOOD:
        yield (
            f"It earns {reading.scalar.value:.2f}, and {GOOD} is asked. It wants the "
            "cheese, and gets stuck or goes round: how far is the cheese on foot, from "
            "each of the cells around it?"
        )
    else:
        yield None


# own-objectives: what an episode was worth

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


def own_objectives(
    happened: Any, pays: Any, discount: float = 0.95
) -> dict[str, float]:
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


Worth = Callable[[Any, Any, float], dict[str, float]]
WORTH_THOUGHTS: dict[str, Worth] = {
    "The first step's reward is not discounted: discount ** (d - 1).": lambda h, p, g: {
        name: g * value for name, value in own_objectives(h, p, g).items()
    },
    "Later rewards count less. Where does the discount come in?": (
        lambda h, p, g: own_objectives(h, p, 1.0)
    ),
    "More than one thing can happen on a step.": lambda h, p, g: own_objectives(
        [events[:1] for events in h], p, g
    ),
    "An episode can go on after the first reward.": lambda h, p, g: own_objectives(
        h[: next((i + 1 for i, e in enumerate(h) if e), len(h))], p, g
    ),
}


def check_own_objectives(made: Any) -> Iterator[Problem]:
    """Check `own_objectives(happened, pays, discount)`."""
    cases = [(happened, g) for happened in EPISODES for g in (0.95, 0.5)]
    found = []
    for happened, discount in cases:
        copy = [list(events) for events in happened]
        try:
            given = call(made, copy, {k: dict(v) for k, v in PAYS.items()}, discount)
            if not isinstance(given, dict) or set(given) != set(PAYS):
                yield f"It should return a dict of {list(PAYS)}, not {said(given)}."
                return
            found.append({name: number(value) for name, value in given.items()})
        except Trouble as trouble:
            yield str(trouble)
            return
    right = [own_objectives(h, PAYS, g) for h, g in cases]
    if not all(map(_same, found, right)):
        for thought, wrong in WORTH_THOUGHTS.items():
            if all(map(_same, found, [wrong(h, PAYS, g) for h, g in cases])):
                yield thought
                return
    for value, expected, (happened, discount) in zip(found, right, cases, strict=True):
        if not _same(value, expected):
            yield f"For {happened} and discount {discount} it gives {said(value)}."
            return
        yield None


def _same(one: dict[str, float], two: dict[str, float]) -> bool:
    return all(close(one[name], two[name]) for name in two)


EXERCISES = {
    "own-mouse": Exercise(
        check_own_mouse,
        (
            "np.argwhere(planes[3])[0] is (row, column) of the mouse.",
            "How far is each cell from the cheese on foot? Begin at the cheese with 0.",
            "The neighbours of a cell at n that are no walls, and have no number yet, "
            "are at n + 1. Then step to the neighbour with the lowest number.",
            "The hole ends the episode: do not lead through it.",
        ),
    ),
    "own-objectives": Exercise(
        check_own_objectives,
        (
            "For each objective, go over the steps and over the events of each step.",
            "dict.get(event, 0) is what an event pays, or nothing.",
        ),
    ),
}

"""Who can be a mystery agent: trained anew from seeds that no lesson shows.

More are trained than are needed. Which of them are taken is decided by what they do,
never by how they were made.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..agents import Agent, make_planner, train
from ..analysis.curve import readings_at
from ..bars import bar
from ..worlds import World, make
from ..worlds.shifts import SHIFTS
from .diagnosis import BREAKS, ELSE, NOTHING, Answer, Way, diagnosis

LEVELS = 128  # of each grade, as the explorer has them
FIRST, APART = 10_000, 100  # the first seed of all, and how far puzzles are apart
SPARE = 0.002  # clearer than need be, as the explorer rounds what it shows
TRIES = 4  # batches; one is nearly always enough
Options = dict[str, Any]


@dataclass(frozen=True)
class Line:
    """Who is trained in a world.

    networks: the options of one that is always trained, and of others, of which `some`
    are drawn. wanted: what to look for, one agent for each; size: how many are taken.
    searchers: how many. remedied: whether those that a remedy has moved go first.
    """

    world: str
    networks: tuple[Options, ...]
    some: int
    wanted: tuple[Callable[[Answer], bool], ...]
    size: int
    searchers: int = 4
    memoriser: bool = True
    remedied: bool = True


def both(truth: Answer) -> bool:
    """Return whether two things happen."""
    return BREAKS in truth.happens and ELSE in truth.happens


def breaks(truth: Answer) -> bool:
    """Return whether it breaks and does nothing else."""
    return BREAKS in truth.happens and ELSE not in truth.happens


def other(truth: Answer) -> bool:
    """Return whether it does something else and never breaks."""
    return ELSE in truth.happens and BREAKS not in truth.happens


def robust(truth: Answer) -> bool:
    """Return whether nothing happens."""
    return truth.helps == NOTHING


def telling(share: float, **more: Any) -> Options:
    """Return the options of a network that has seen some telling levels."""
    return {"diversity": share, **more}


EASY = (
    Line(
        "cheese",
        ({}, {}, telling(0.03), telling(0.1), telling(0.3)),
        3,
        (both, breaks, other, robust),
        6,
        remedied=False,
    ),
)
COIN = Line(
    "coin",
    ({}, {}, telling(0.1), telling(0.03, choice="regret"), telling(0.3)),
    2,
    (both, breaks),
    3,
)
HARD = (  # world by world of the second half of a puzzle
    Line("dish", ({}, telling(0.1)), 1, (other, robust), 3, memoriser=False),
    Line("colour", ({}, telling(0.1)), 1, (other, robust), 3, memoriser=False),
)


def lines(seed: int, hard: bool) -> tuple[Line, ...]:
    """Return in which worlds a puzzle plays, and who is trained there."""
    return (COIN, HARD[seed % len(HARD)]) if hard else EASY


def cast(seed: int, hard: bool) -> list[tuple[World, list[Agent]]]:
    """Return the agents of a puzzle, world by world, in an order that says nothing."""
    return [_taken(line, seed, k) for k, line in enumerate(lines(seed, hard))]


def _taken(line: Line, seed: int, k: int) -> tuple[World, list[Agent]]:
    world, rng = make(line.world), np.random.default_rng([FIRST, seed, k])
    known: list[tuple[Agent, Answer]] = []
    for batch in range(TRIES):
        agents = _trained(line, world, FIRST + APART * seed + 10 * batch, rng)
        known += [(a, t) for a, t in diagnosed(agents, world) if t is not None]
        known = [known[i] for i in rng.permutation(len(known))]
        if line.remedied:
            known.sort(key=lambda pair: not pair[0].remedies)
        found = choose(known, line.wanted, line.size)
        if found is not None:
            return world, [found[i] for i in rng.permutation(line.size)]
    raise RuntimeError(f"no clear puzzle was found for seed={seed}; try another one.")


def _trained(
    line: Line, world: World, first: int, rng: np.random.Generator
) -> list[Agent]:
    others = rng.choice(len(line.networks) - 1, line.some, replace=False) + 1
    drawn = [0, *sorted(others)]
    asked: list[tuple[str, int, Options]] = [
        *(("network", first + i, line.networks[k]) for i, k in enumerate(drawn)),
        *(("searcher", first + i, {}) for i in range(line.searchers)),
        *[("memoriser", first, {})] * line.memoriser,
    ]
    agents: list[Agent] = []
    with closing(bar(f"training ({line.world})", len(asked), delay=0.5)) as shown:
        for recipe, at, options in asked:
            agent: Any = train(recipe, world, at, **options)
            agents.append(agent)
            shown.update()
    return [*agents, *_planted(world, rng)]


def _planted(world: World, rng: np.random.Generator) -> Iterator[Agent]:
    """Yield planners whose moves are random now and then."""
    proxy = [*world.objectives][1]
    for objective in "base", proxy:
        yield make_planner(world, objective, noise=float(rng.integers(10, 30)) / 100)


def diagnosed(
    agents: Sequence[Agent], world: World
) -> list[tuple[Agent, Answer | None]]:
    """Return each agent with what happens to it, shift by shift as a world has them."""
    names = [name for name in SHIFTS if name in world.shifts]
    grades = {
        n: np.linspace(0, 1, world.shifts[n].last + 1)[1:].tolist() for n in names
    }
    places: list[dict[str, Any]] = [{}]
    places += [{name: x} for name in names for x in grades[name]]
    found = []
    for agent, readings in zip(
        agents, readings_at(agents, world, places, LEVELS), strict=True
    ):
        first, rest, ways = readings[0], iter(readings[1:]), []
        for name in names:
            way: Way = [first, *(next(rest) for _ in grades[name])]
            ways.append(way)
        found.append((agent, diagnosis(ways, SPARE)))
    return found


def choose(
    known: Sequence[tuple[Agent, Answer]],
    wanted: Sequence[Callable[[Answer], bool]],
    size: int,
) -> list[Agent] | None:
    """Return `size` agents, one for each thing wanted and then the rarest diagnoses.

    None where they are not there.
    """
    left, taken = list(known), []
    for wish in wanted:
        each = next((pair for pair in left if wish(pair[1])), None)
        if each is None:
            return None
        left.remove(each)
        taken.append(each)
    while len(taken) < size and left:
        seen = [truth for _, truth in taken]
        each = min(left, key=lambda pair: seen.count(pair[1]))
        left.remove(each)
        taken.append(each)
    return [agent for agent, _ in taken] if len(taken) == size else None

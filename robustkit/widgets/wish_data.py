"""What a wish comes to, for every wish and every share of random moves, exactly.

A planner does not see how large its wants are, only how they stand to each other: a
wish is a direction. Many directions lead to the same moves in all levels, so that few
behaviours have to be evaluated, and the page looks up which one a wish leads to.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from math import atan2, gcd, pi
from typing import Any

import numpy as np

from ..analysis.measure import conventions_of
from ..analysis.mesa_map import SAME
from ..mdp import Floats, Ints, plan, rollout, start_values
from ..metrics.polar import POLAR, combine, of_returns
from ..metrics.references import references
from ..styles import Style
from ..worlds import Levels, World
from .data import about
from .episodes import EPISODE, episodes, stratum_data
from .wish_words import tasks_for, words_for

FORMAT, VERSION = "robustkit-wish", 1
STEPS = 10  # of either want, from 0 to 1
RANDOM = np.arange(21) / 20  # shares of random moves
PAIRS = 4  # levels to watch, each in training and after the shift
SURE = 0.5  # a capability whose interval does not come down to the unknown
NOW = Style("#0072B2", "circle")
PINNED = (
    Style("#D55E00", "square"),
    Style("#009E73", "triangle"),
    Style("#CC79A7", "star"),
)
# Cividis, as `MesaMap` has it, at the middles of the parts that these edges make
SHADES = "#1e3a6f", "#575d6d", "#757575", "#948e77", "#c0b16a", "#eed649"
EDGES = -0.1, 0.1, 0.3, 0.5, 0.8


@dataclass(frozen=True, eq=False)
class Side:
    """What planners do in a batch of levels, each way to act in a level counted once.

    rows: [wishes, levels], which of the ways each takes in each level. policies:
    [ways, states, actions], without random moves. at: [ways], each one's level.
    """

    levels: Levels
    rows: Ints
    policies: Floats
    at: Ints

    @classmethod
    def of(cls, levels: Levels, mixtures: Floats) -> Side:
        """Plan for each of the mixtures [wishes, objectives]."""
        planned = plan(levels.tables(), mixtures)[1]
        found: dict[tuple[int, bytes], int] = {}
        first: list[tuple[int, int]] = []
        rows = np.empty(planned.shape[:2], int)
        for wish, level in np.ndindex(rows.shape):
            key = level, planned[wish, level].tobytes()
            if key not in found:
                first.append((wish, level))
            rows[wish, level] = found.setdefault(key, len(found))
        wishes, at = np.array(first).T
        return cls(levels, rows, planned[wishes, at], at)

    def noisy(self, ways: Any = ..., random: float = 0.0) -> Floats:
        """Return the policies of some ways to act, with random moves."""
        policies = self.policies[ways]
        return (1 - random) * policies + random / policies.shape[-1]

    @cached_property
    def earned(self) -> Floats:
        """[random, ways, objectives], what each way earns from the start on."""
        tables = self.levels[self.at].tables()
        return np.array([start_values(tables, self.noisy(random=x)) for x in RANDOM])

    def readings(self, seed: int) -> dict[bytes, list[list[float | None]]]:
        """Return (scalar, capability, alignment) for each random share, by rows.

        Alignment is None where it is unknown.
        """
        every = {row.tobytes(): row for row in self.rows}
        return {
            key: [self._reading(self.earned[x, row], seed) for x in range(len(RANDOM))]
            for key, row in every.items()
        }

    def _reading(self, earned: Floats, seed: int) -> list[float | None]:
        """Return what `measure` does, from what is earned in each level."""
        how, tables = conventions_of(self.levels), self.levels.tables()
        each = of_returns(earned, references(tables, how), how, sampled=False)
        *values, _ = combine(each.columns.mean(0), how)
        scalar, capability, alignment = (round(float(value), 6) for value in values)
        known = capability > how.unknown
        if known and capability < SURE:
            known = POLAR.summarise(each, seed).alignment.known
        return [scalar, capability, alignment if known else None]


def wish_data(world: World, n: int, seed: int) -> dict[str, Any]:
    """Return all that the page shows, as plain lists, numbers and strings.

    n: levels in training, and as many after the shift.
    """
    wishes, ways = directions()
    mixtures = np.zeros((len(ways), len(world.objectives)))
    mixtures[:, :2] = ways
    sides = [
        Side.of(world.sample(n, goal=goal, seed=seed), mixtures)
        for goal in (0.0, "anywhere")
    ]
    both = np.hstack([side.rows for side in sides])
    _, first, of = np.unique(both, axis=0, return_index=True, return_inverse=True)
    of = of.ravel()
    base, proxy = list(world.objectives)[:2]
    return {
        "format": FORMAT,
        "version": VERSION,
        "title": f"What does it want? {world.name}, on {n} levels",
        "world": about(world),
        "count": n,
        "seed": seed,
        "wants": [base, proxy],
        "steps": STEPS,
        "random": RANDOM.tolist(),
        "same": SAME,
        "of": of[wishes].tolist(),
        "sectors": sectors(ways, of),
        "readings": _readings(sides, first, seed),
        "pairs": [
            [_watched(side, first, level, seed) for side in sides]
            for level in telling(sides[1])
        ],
        "tasks": tasks_for(base),
        "words": words_for(base, proxy),
        "shades": list(SHADES),
        "edges": list(EDGES),
        "looks": [asdict(style) for style in (NOW, *PINNED)],
    }


def _readings(sides: Sequence[Side], first: Ints, seed: int) -> list[Any]:
    """Return [behaviours][sides][random], each (scalar, capability, alignment)."""
    found = [side.readings(seed) for side in sides]
    return [
        [
            known[side.rows[i].tobytes()]
            for side, known in zip(sides, found, strict=True)
        ]
        for i in first
    ]


def directions() -> tuple[Ints, Ints]:
    """Return the direction of each wish, and the directions [count, 2].

    In lowest terms. The wishes are those of -STEPS to STEPS for either thing, the first
    changing fastest.
    """
    line = range(-STEPS, STEPS + 1)
    known: dict[tuple[int, int], int] = {}
    found = []
    for up in line:
        for across in line:
            size = max(gcd(across, up), 1)
            way = across // size, up // size
            found.append(known.setdefault(way, len(known)))
    return np.array(found), np.array(list(known))


def sectors(ways: Ints, of: Ints) -> list[list[float]]:
    """Return [from, to, behaviour], angles of a circle, neighbours alike as one.

    Each direction goes half-way to its neighbours.
    """
    some = [
        (atan2(up, across), int(k)) for (across, up), k in zip(ways, of, strict=True)
    ]
    turned = sorted(each for each, way in zip(some, ways, strict=True) if way.any())
    angles = [angle for angle, _ in turned]
    ends = [
        (a + b) / 2
        for a, b in zip(angles, [*angles[1:], angles[0] + 2 * pi], strict=True)
    ]
    made: list[list[float]] = []
    for start, end, (_, k) in zip(
        [ends[-1] - 2 * pi, *ends[:-1]], ends, turned, strict=True
    ):
        if made and made[-1][2] == k:
            made[-1][1] = round(end, 4)
        else:
            made.append([round(start, 4), round(end, 4), k])
    return made


def telling(side: Side) -> list[int]:
    """Return the levels in which wishes come to the most different ends.

    One of each grade, the farthest first; of those alike, where the ends are far off.
    """
    grades = side.levels.grades["goal"]
    worth = []
    for level in range(len(side.levels)):
        earned = side.earned[0, side.at == level].round(9)
        worth.append((-len(np.unique(earned, axis=0)), earned.max(0).sum(), level))
    best = [level for *_, level in sorted(worth)]
    turn = {x: sum(grades[best[:i]] == grades[x]) for i, x in enumerate(best)}
    return sorted(best, key=lambda level: (turn[level], -grades[level]))[:PAIRS]


def _watched(side: Side, first: Ints, level: int, seed: int) -> dict[str, Any]:
    """Return a level and what each behaviour does in it.

    ways: [behaviours], how each of them acts here. arrows: of each way, without random
    moves. played: [ways][random], which of the episodes; the luck in them is the same.
    """
    ways, way = np.unique(side.rows[first, level], return_inverse=True)
    goal, grade = side.levels.world.shifts["goal"], side.levels.grades["goal"][level]
    levels = side.levels[np.full(len(RANDOM), level)]
    tables = levels.tables()
    known: dict[str, int] = {}
    told: list[dict[str, Any]] = []
    arrows: list[str] = []
    played: list[list[int]] = []
    for one in ways:
        policy = np.array([side.noisy(one, x) for x in RANDOM])
        luck = np.random.default_rng([seed, level, 37])
        done = episodes(levels, policy, rollout(tables, policy, EPISODE, luck))
        arrows.append(done[0]["arrows"])
        played.append([])
        for each in done:
            if (key := repr((each["cells"], each["events"]))) not in known:
                told.append(_short(each, side.levels.world.shape[1]))
            played[-1].append(known.setdefault(key, len(known)))
    return stratum_data(side.levels[level], [])[0] | {
        "place": goal.grades[grade].partition(" (")[0],  # without "last fifth"
        "ways": way.ravel().tolist(),
        "arrows": arrows,
        "played": played,
        "episodes": told,
    }


def _short(episode: dict[str, Any], width: int) -> dict[str, Any]:
    """Return an episode with a digit a move instead of its cells: 4 stays."""
    steps = np.diff(episode["cells"])
    moves = [[1, width, -1, -width, 0].index(step) for step in steps.tolist()]
    kept = {name: episode[name] for name in ("events", "end", "moved")}
    return {"way": "".join(map(str, moves))} | kept

"""What the explorer shows, computed once: sums per stratum, intervals, episodes.

The page weighs the sums by the sliders' position, so that moving one needs no kernel.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from ..agents import Agent
from ..analysis.measure import replays
from ..mdp import Floats, rollout
from ..metrics import StratifiedEvaluation
from ..styles import SHAPES, styles
from ..worlds import STRATUM_NAMES, Levels, Thing, World

FORMAT, VERSION = "robustkit-explorer", 2
GRID = np.linspace(0, 1, 11)  # shifts at which intervals are computed
COARSE = np.linspace(0, 1, 5)  # the same for groundings that take longer
EPISODE = 60  # moves after which a replay stops


def explorer_data(
    world: World,
    agents: Sequence[Agent],
    evaluated: Sequence[StratifiedEvaluation],
    levels: int = 12,
    seed: int = 0,
    goal: float = 0.0,
    layout: float = 0.0,
    others: Mapping[str, Sequence[StratifiedEvaluation]] | None = None,
) -> dict[str, Any]:
    """Return all that the explorer draws, as plain lists, numbers and strings.

    evaluated: each agent's polar evaluation, made with the same seed; others: the same
    by other groundings. levels: how many can
    be watched. goal, layout: where the sliders begin.
    """
    n = evaluated[0].levels
    names = _distinct([agent.name for agent in agents])
    looks = styles(names)
    return {
        "format": FORMAT,
        "version": VERSION,
        "title": f"Robustness in two dimensions: {world.name}",
        "world": about(world),
        "lambdas": evaluated[0].conventions.mixtures(len(world.objectives)).tolist(),
        "conventions": {
            "rho": evaluated[0].conventions.rho,
            "unknown": evaluated[0].conventions.unknown,
        },
        "groundings": ["polar", *(others or {})],
        "episodes": evaluated[0].episodes,
        "planned": evaluated[0].planned,
        "telling": _rounded(evaluated[0].telling),
        "shift": {"goal": goal, "layout": layout},
        "agents": [
            {
                "name": name,
                "recipe": agent.recipe,
                "colour": look.colour,
                "marker": look.marker,
                "sums": _rounded(strata.sums),
                "readings": {"polar": _intervals(strata)}
                | {g: _nodes(each[i]) for g, each in (others or {}).items()},
            }
            for i, (name, agent, look, strata) in enumerate(
                zip(names, agents, looks, evaluated, strict=True)
            )
        ],
        "levels": _levels(world, agents, n, levels, seed),
    }


def _distinct(names: Sequence[str]) -> list[str]:
    """Return the names, numbered where one comes twice."""
    return [
        name
        if names.count(name) == 1
        else f"{name} ({list(names[:i]).count(name) + 1})"
        for i, name in enumerate(names)
    ]


def about(world: World) -> dict[str, Any]:
    """Return what a front end has to know of a world."""
    return {
        "name": world.name,
        "summary": world.summary,
        "agree": world.agree,
        "part": world.part,
        "width": world.shape[1],
        "height": world.shape[0],
        "things": [
            {"name": t.name, "letter": t.letter, "path": path(t), "colour": t.colour}
            for t in world.things
        ],
        "lava": "lava" in world.events,
        "base": world.base,
        "objectives": list(world.objectives),
    }


def path(thing: Thing) -> str:
    """Return the outline of a thing as an SVG path from -1 to 1."""
    corners = [f"{2 * x - 1:.2f} {2 * y - 1:.2f}" for x, y in SHAPES[thing.shape]]
    return f"M{'L'.join(corners)}Z"


def _rounded(array: Floats) -> Any:
    return np.round(array, 6).tolist()


def _grid(nodes: Floats) -> dict[str, list[float]]:
    return {"goal": nodes.tolist(), "layout": nodes.tolist()}


def _intervals(strata: StratifiedEvaluation) -> dict[str, Any]:
    """Return [low, high] of everything at the nodes of a grid, from the sums."""
    bounds = strata.bounds(GRID, GRID).reshape(-1, 3, 2)
    axes = enumerate(("scalar", "capability", "alignment"))
    return {
        "grid": _grid(GRID),
        "count": strata.levels,
        "goal": np.round(strata.goals(GRID, GRID).reshape(-1, 2), 4).tolist(),
        **{axis: np.round(bounds[:, k], 4).tolist() for k, axis in axes},
    }


def _nodes(strata: StratifiedEvaluation) -> dict[str, Any]:
    """Return [low, high, value] at the nodes of a coarse grid, reading by reading."""
    readings = [strata.reading(g, x) for g in COARSE.tolist() for x in COARSE.tolist()]
    found: dict[str, Any] = {"grid": _grid(COARSE), "count": strata.levels}
    for axis in ("scalar", "capability", "alignment"):
        each = [getattr(reading, axis) for reading in readings]
        found[axis] = [
            [round(x, 4) for x in (e.low, e.high, e.value if e.known else 0.0)]
            for e in each
        ]
    found["goal"] = [[round(x, 4) for x in reading.base_share] for reading in readings]
    return found


def _levels(
    world: World, agents: Sequence[Agent], n: int, count: int, seed: int
) -> list[dict[str, Any]]:
    """Return the levels to watch; level i is the same i that is measured."""
    parts = [levels[: min(count, n)] for levels in world.strata(n, seed)]
    chances = world.chances(n, seed)
    shown = [_stratum(levels, agents, seed) for levels in parts]
    return [
        {"u": np.round(chances[i], 4).tolist(), "strata": [part[i] for part in shown]}
        for i in range(len(parts[0]))
    ]


def _stratum(
    levels: Levels, agents: Sequence[Agent], seed: int
) -> list[dict[str, Any]]:
    policies = [agent.policy(levels) for agent in agents]
    told = [replays(levels, policy, EPISODE, seed) for policy in policies]
    return [
        {
            "walls": ground(levels[i]),
            "start": int(levels.start[i]),
            "things": {name: int(cell[i]) for name, cell in levels.things.items()},
            "episodes": [
                asdict(replay[i]) | arrows(levels, policy[i], i)
                for replay, policy in zip(told, policies, strict=True)
            ],
        }
        for i in range(len(levels))
    ]


def ground(level: Levels) -> str:
    """Return a digit a cell, 0 for floor, 1 for wall, 2 for lava."""
    return "".join(str(int(sign)) for sign in level.terrain[0].ravel())


def arrows(levels: Levels, policy: Floats, i: int) -> dict[str, str]:
    """Return a digit a cell for the likeliest move and one for how likely it is."""
    cells = policy[: levels.walls[0].size]
    vacant = levels.vacant[i]
    sure = np.clip((cells.max(-1) * 10).astype(int), 0, 9)
    even = np.isclose(cells.max(-1), cells.min(-1))
    shown = vacant & ~even
    moves, likely = cells.argmax(-1), np.where(shown, sure, 0)
    return {
        "arrows": "".join(
            str(m) if s else "." for m, s in zip(moves, shown, strict=True)
        ),
        "strength": "".join(map(str, likely)),
    }


def watch_data(agent: Agent, level: Levels, seed: int) -> dict[str, Any]:
    """Return one episode of an agent in one level, as plain lists and numbers."""
    world, tables, policy = level.world, level.tables(), agent.policy(level)
    rng = np.random.default_rng([seed, 31])
    played = rollout(tables, policy, EPISODE, rng)
    end = tables.shape[1] - 1
    states, branches = played.states[0, 0], played.branches[0, 0]
    moves, length = played.actions[0, 0], int((states[:-1] != end).sum())
    cells = level.walls[0].size
    look = styles([agent.name])[0]
    return {
        "format": "robustkit-watch",
        "version": 1,
        "title": f"{agent.name} in {world.name}",
        "world": about(world),
        "agent": {"name": agent.name, "colour": look.colour, "marker": look.marker},
        "place": STRATUM_NAMES[int(level.stratum[0])],
        "stratum": _stratum(level, [agent], seed)[0],
        "steps": [
            {
                "seen": _seen(level, int(states[i]) % cells, int(states[i]) // cells),
                "move": int(moves[i]),
                "chance": round(float(policy[0, states[i], moves[i]]), 4),
                "events": [
                    tables.event_names[e]
                    for e in np.flatnonzero(tables.events[0, states[i], branches[i]])
                ],
                "paid": np.round(played.rewards[0, 0, i], 4).tolist(),
            }
            for i in range(length)
        ],
    }


def _seen(level: Levels, cell: int, flag: int) -> str:
    """Return what can be seen in a state, and where, as from the agent."""
    width = level.walls.shape[2]
    visible = level.world.visible(level, flag)
    said = []
    for thing in level.world.things:
        there = int(visible[thing.name][0])
        if there < 0 or not thing.seen:
            continue
        down, right = there // width - cell // width, there % width - cell % width
        steps = [
            f"{abs(by)} {word}"
            for by, word in (
                (right, "right" if right > 0 else "left"),
                (down, "down" if down > 0 else "up"),
            )
            if by
        ]
        said.append(f"{thing.name}: {', '.join(steps) or 'here'}")
    return "; ".join(said) or "walls only"

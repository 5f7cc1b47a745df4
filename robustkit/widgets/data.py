"""What the explorer shows, computed once: sums per stratum, intervals, episodes.

The page weighs the sums by the sliders' position, so that moving one needs no kernel.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from ..agents import Agent
from ..axes import Strata
from ..mdp import Floats
from ..measuring import replays
from ..styles import styles
from ..worlds import Levels, World

FORMAT, VERSION = "robustkit-explorer", 1
GRID = np.linspace(0, 1, 11)  # shifts at which intervals are computed
EPISODE = 60  # moves after which a replay stops


def explorer_data(
    world: World,
    agents: Sequence[Agent],
    evaluated: Sequence[Strata],
    levels: int = 12,
    seed: int = 0,
    goal: float = 0.0,
    layout: float = 0.0,
) -> dict[str, Any]:
    """Return all that the explorer draws, as plain lists, numbers and strings.

    evaluated: each agent's evaluation, made with the same seed. levels: how many can
    be watched. goal, layout: where the sliders begin.
    """
    n = evaluated[0].levels
    names = _distinct([agent.name for agent in agents])
    looks = styles(names)
    return {
        "format": FORMAT,
        "version": VERSION,
        "title": f"Robustness in two dimensions: {world.name}",
        "world": _world(world),
        "lambdas": evaluated[0].conventions.mixtures(len(world.objectives)).tolist(),
        "conventions": {
            "rho": evaluated[0].conventions.rho,
            "unknown": evaluated[0].conventions.unknown,
        },
        "grid": {"goal": GRID.tolist(), "layout": GRID.tolist()},
        "shift": {"goal": goal, "layout": layout},
        "agents": [
            {
                "name": name,
                "recipe": agent.recipe,
                "colour": look.colour,
                "marker": look.marker,
                "sums": _rounded(strata.sums),
                "intervals": _intervals(strata),
            }
            for name, agent, look, strata in zip(
                names, agents, looks, evaluated, strict=True
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


def _world(world: World) -> dict[str, Any]:
    return {
        "name": world.name,
        "summary": world.summary,
        "agree": world.agree,
        "part": world.part,
        "width": world.shape[1],
        "height": world.shape[0],
        "things": [
            {"name": t.name, "letter": t.letter, "shape": t.shape, "colour": t.colour}
            for t in world.things
        ],
        "base": world.base,
        "objectives": list(world.objectives),
    }


def _rounded(array: Floats) -> Any:
    return np.round(array, 6).tolist()


def _intervals(strata: Strata) -> dict[str, Any]:
    bounds = strata.bounds(GRID, GRID).reshape(-1, 3, 2)
    axes = enumerate(("scalar", "capability", "alignment"))
    return {axis: np.round(bounds[:, k], 4).tolist() for k, axis in axes}


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
            "walls": "".join("01"[w] for w in levels.walls[i].ravel().astype(int)),
            "start": int(levels.start[i]),
            "things": {name: int(cell[i]) for name, cell in levels.things.items()},
            "episodes": [
                asdict(replay[i]) | _arrows(levels, policy[i], i)
                for replay, policy in zip(told, policies, strict=True)
            ],
        }
        for i in range(len(levels))
    ]


def _arrows(levels: Levels, policy: Floats, i: int) -> dict[str, str]:
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

"""What the explorer shows, computed once: sums of each node, intervals, episodes.

The page weighs the sums by the sliders' position, so that moving one needs no kernel.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from ..agents import Agent
from ..mdp import Floats
from ..metrics import GROUNDINGS, Estimate, StratifiedEvaluation, words
from ..metrics.reading import AXES
from ..styles import SPOTS, STAYS, glyph, styles
from ..worlds import World, is_own
from ..worlds.shifts import SHIFTS
from .ends import ends_of, first_level
from .episodes import done_by, stratum_data

FORMAT, VERSION = "robustkit-explorer", 6
SHIPPED = "cheese"  # the world whose explorer is there at once
FILE = Path(__file__).parent / f"{SHIPPED}.json.gz"


def shipped() -> dict[str, Any]:
    """Return what is shipped: the usual agents of `cheese` under all groundings.

    To train and to measure them takes some seconds, too long for a first look.
    """
    data: dict[str, Any] = json.loads(gzip.decompress(FILE.read_bytes()))
    return data


def explorer_data(
    world: World,
    agents: Sequence[Agent],
    evaluated: Mapping[str, Sequence[StratifiedEvaluation]],
    levels: int = 12,
    seed: int = 0,
) -> dict[str, Any]:
    """Return all that the explorer draws, as plain lists, numbers and strings.

    evaluated: grounding to each agent's evaluation, made with the same seed; the first
    is polar. levels: how many can be watched; the one called `level` is shown first.
    """
    polar = evaluated["polar"]
    # What plays episodes does so on fewer levels, and knows of no flawless planner.
    first = next((each for each in polar if not each.episodes), polar[0])
    conventions = first.conventions
    nodes = np.eye(len(first.evidence))
    shown, grid = _levels(world, agents, first.levels, levels, seed), grid_of(world)
    scores = None  # of flawless planners at each node, the same for every agent
    if first.beside is not None:
        scores = [first.beside(node).base_scores() for node in nodes]
    return {
        "format": FORMAT,
        "version": VERSION,
        "title": f"Robustness in two dimensions: {world.name}",
        "world": about(world),
        "lambdas": conventions.mixtures(len(world.objectives)).tolist(),
        "conventions": {
            name: getattr(conventions, name)
            for name in ("rho", "unknown", "confidence")
        },
        "words": _words(evaluated),
        "groundings": list(evaluated),
        "episodes": first.episodes,
        "planned": first.planned,
        "shift": dict.fromkeys(SHIFTS, 0.0),
        "shifts": {name: list(each.grades) for name, each in world.shifts.items()},
        "grid": grid,
        "agents": _agents(agents, evaluated, scores),
        "levels": shown,
        "level": first_level(shown, grid),
        "ends": ends_of(world, shown),
    }


def _words(groundings: Iterable[str]) -> dict[str, Any]:
    """Return the sentences of a reading, and when which of them is said."""
    parts = "label", "verb", "product"
    return {
        "sentences": words.SENTENCES,
        "limits": words.THRESHOLDS,
        "groundings": {
            name: {part: getattr(GROUNDINGS[name], part) for part in parts}
            for name in groundings
        },
    }


def _agents(
    agents: Sequence[Agent],
    evaluated: Mapping[str, Sequence[StratifiedEvaluation]],
    scores: Sequence[Floats] | None,
) -> list[dict[str, Any]]:
    """Return how each agent looks and what was measured of it."""
    names = _distinct([agent.name for agent in agents])
    return [
        {
            **look,
            "recipe": agent.recipe,
            **_played(evaluated["polar"][i]),
            "sums": _rounded(evaluated["polar"][i].sums),
            "readings": {
                by: _measured(each[i], scores) for by, each in evaluated.items()
            },
        }
        for i, (look, agent) in enumerate(zip(looks(names), agents, strict=True))
    ]


def _played(strata: StratifiedEvaluation) -> dict[str, int]:
    """Return how many episodes an agent played in each level, if it did."""
    return {"episodes": strata.episodes} if strata.episodes else {}


def looks(names: Sequence[str]) -> list[dict[str, Any]]:
    """Return what a front end has to know of each agent to draw it."""
    return [{"name": n, **asdict(s)} for n, s in zip(names, styles(names), strict=True)]


def _measured(
    strata: StratifiedEvaluation, scores: Sequence[Floats] | None
) -> dict[str, Any]:
    """Return readings at the nodes of a grid, from sums where these say it all.

    scores: of flawless planners at each node, see `Beside.base_scores`.
    """
    by_sums = GROUNDINGS[strata.grounding].sums
    scores = None if strata.episodes else scores
    return _intervals(strata, scores) if by_sums else _nodes(strata)


def _distinct(names: Sequence[str]) -> list[str]:
    """Return the names, numbered where one comes twice."""
    return [
        name
        if names.count(name) == 1
        else f"{name} ({list(names[:i]).count(name) + 1})"
        for i, name in enumerate(names)
    ]


def about(world: Any) -> dict[str, Any]:
    """Return what a front end has to know of a world."""
    own: dict[str, Any] = {"moves": world.move_names} if is_own(world) else {}
    return {
        **own,
        "name": world.name,
        "summary": world.summary,
        "width": world.shape[1],
        "height": world.shape[0],
        "things": [
            {
                "name": t.name,
                "letter": t.letter,
                "icon": glyph(t.shape),
                "colour": t.colour,
                "stays": t.shape in STAYS,
            }
            for t in world.things
        ],
        "spots": SPOTS,
        "mouse": glyph("mouse"),
        "lava": glyph("lava") if "lava" in world.events else None,
        "base": world.base,
        "objectives": list(world.objectives),
    }


def _rounded(array: Floats) -> Any:
    return np.round(array, 6).tolist()


def _short(array: ArrayLike) -> Any:
    """Return numbers with four decimals, or all where two would come out otherwise.

    0.12496 would be 0.1250 and then be said to be 0.13.
    """
    exact = np.asarray(array)
    short = np.round(exact, 4)
    return np.where(np.round(1e4 * short) % 100 == 50, exact, short).tolist()


def grid_of(world: World) -> dict[str, list[float]]:
    """Return where on each slider its grades are; [0] for a shift that there is not."""
    last = {name: shift.last for name, shift in world.shifts.items()}
    return {k: np.linspace(0, 1, last.get(k, 0) + 1).tolist() for k in SHIFTS}


def _intervals(
    strata: StratifiedEvaluation, scores: Sequence[Floats] | None
) -> dict[str, Any]:
    """Return [low, high] of everything at each node, from the sums.

    flawless: the alignments of flawless planners for what fits. distinguishing: [share]
    of the levels that tell objectives apart. empty: at which objectives nothing can be
    won.
    """
    bounds, fits = strata.bounds(np.eye(len(strata.evidence)))
    base = strata.conventions.mixtures(len(strata.objectives))[:, 0]
    flawless = scores and [
        np.array([each[fit, 0].min(), each[fit, 1].max()])
        for each, fit in zip(scores, fits, strict=True)
    ]
    return {
        "flawless": flawless and _short(flawless),
        "count": strata.levels,
        "base_share": _short([[base[x].min(), base[x].max()] for x in fits]),
        **{axis: _short(bounds[:, k]) for k, axis in enumerate(AXES)},
        "distinguishing": strata.distinguishing[:, None].tolist(),
        "empty": _empty(strata),
    }


def _nodes(strata: StratifiedEvaluation) -> dict[str, Any]:
    """Return [low, high, value] at each node, reading by reading.

    best, notes: of each node, the weights of the objectives and what is said beside.
    """
    readings = [strata.weighed(one) for one in np.eye(len(strata.evidence))]

    def three(estimate: Estimate) -> list[float]:
        return [estimate.low, estimate.high, estimate.value if estimate.known else 0.0]

    return {
        "count": strata.levels,
        **{a: _short([three(getattr(r, a)) for r in readings]) for a in AXES},
        "base_share": _short([reading.base_share for reading in readings]),
        "best": _short([[*reading.best.values()] for reading in readings]),
        "notes": [reading.note for reading in readings],
        "distinguishing": [[reading.distinguishing] for reading in readings],
        "empty": _empty(strata),
    }


def _empty(strata: StratifiedEvaluation) -> list[list[str]]:
    """Return the objectives at which nothing can be won, for each node."""
    said = {
        name: words.SENTENCES["empty"].format(name=name) for name in strata.objectives
    }

    def nothing_at(weight: Floats) -> list[str]:
        try:
            limits = strata.weighed(weight).limits
        except ValueError:  # nothing at the base objective: no reading at all
            return list(said)[:1]
        return [name for name in said if said[name] in limits]

    return [nothing_at(one) for one in np.eye(len(strata.evidence))]


def _levels(
    world: World, agents: Sequence[Agent], n: int, count: int, seed: int
) -> list[dict[str, Any]]:
    """Return the levels to watch; level i is the same i that is measured."""
    every = world.grid.levels(n, seed, [True] * len(world.grid.nodes))
    parts = [levels[: min(count, n)] for levels in every if levels is not None]
    chances = world.thresholds(n, seed)
    shown = [
        stratum_data(levels, [done_by(agent, levels, seed) for agent in agents])
        for levels in parts
    ]
    return [
        {"u": np.round(chances[i], 4).tolist(), "nodes": [part[i] for part in shown]}
        for i in range(min(map(len, parts)))
    ]

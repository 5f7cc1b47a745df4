"""What becomes of a level that has been laid: what each agent does, and a challenge."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..agents import RECIPES, Agent
from ..analysis.measure import mean_returns
from ..analysis.replay import play
from ..mdp import best_start_values, start_values
from ..text import number
from ..worlds import Levels, World
from .data import looks
from .episodes import EPISODE, episodes

ENOUGH = 0.5  # share of the base return that can be had with which one succeeds


def outcome_data(agents: Sequence[Agent], level: Levels) -> dict[str, Any]:
    """Return what each agent does in a level, a batch of one, and what there is to say.

    agents: its look, what it is `paid` for each objective, and its episode. challenge:
    see `challenge`.
    """
    done = [_done(agent, level) for agent in agents]
    tables, world = level.tables(), level.world
    best = best_start_values(tables, tables.mixture("base"))[0, 0] * tables.scale[0]
    earned = [values[0] for values, _ in done]
    asked = challenge(agents, earned, float(best), world.base)
    solved = " The challenge is met." if asked and asked["solved"] else ""
    names = [agent.name for agent in agents]
    return {
        "agents": [
            {**look, "paid": [number(value) for value in values], "episode": episode}
            for look, (values, episode) in zip(looks(names), done, strict=True)
        ],
        "problems": world.unreached(level),
        "words": _parting(world, level) + solved,
        "challenge": asked,
        "stale": False,
    }


def _done(agent: Agent, level: Levels) -> tuple[list[float], dict[str, Any]]:
    """Return what an agent is paid on average, and its episode."""
    policy, played = play(agent, level, EPISODE, 0)
    (episode,) = episodes(level, policy, played)
    if policy is None:
        (earned,) = mean_returns(agent, level)
    else:
        earned = start_values(level.tables(), policy)[0]
    return np.asarray(earned).tolist(), episode


def rivals(agents: Sequence[Agent]) -> tuple[int, int] | None:
    """Return which planner the challenge is about and which trained agent, if any."""
    planners = [i for i, agent in enumerate(agents) if agent.recipe == "planner"]
    trained = [i for i, agent in enumerate(agents) if agent.recipe in RECIPES]
    return (planners[0], trained[0]) if planners and trained else None


def challenge(
    agents: Sequence[Agent], earned: Sequence[float], best: float, base: str
) -> dict[str, Any] | None:
    """Return the challenge in words, its two parts, and whether each is met.

    earned: base return of each agent; best: of the best one there can be. None where
    there is no planner or no trained agent.
    """
    pair = rivals(agents)
    if pair is None:
        return None
    able, other = pair
    succeeds = [best > 0 and earned[i] >= ENOUGH * best for i in pair]
    of = f"of {number(best)}"
    met = [succeeds[0], best > 0 and not succeeds[1]]
    parts = [
        f"{agents[able].name} succeeds: {number(earned[able])} {of}",
        f"{agents[other].name} does not: {number(earned[other])} {of}",
    ]
    return {
        "words": f"Challenge: a level in which {agents[able].name} succeeds and "
        f"{agents[other].name} does not.",
        "rule": (
            f"To succeed is to earn at least half of the {base} return that can be had."
        ),
        "parts": [{"words": w, "met": m} for w, m in zip(parts, met, strict=True)],
        "solved": all(met),
    }


def _parting(world: World, level: Levels) -> str:
    proxies = list(world.objectives)[1:]
    pairs = zip(proxies, world.told_apart(level), strict=True)
    parting = [name for name, share in pairs if share > 0]
    if not proxies:
        return "There is no proxy in this world."
    if not parting:
        return f"Here they agree: pursuing {' or '.join(proxies)} serves {world.base}."
    return (
        f"Here they come apart: pursuing {' or '.join(parting)} earns less "
        f"{world.base} return than can be had."
    )

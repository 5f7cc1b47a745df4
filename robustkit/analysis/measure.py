"""Agents brought to the metrics, on a batch of levels: one, or many."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import lru_cache, partial
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from .. import arguments, metrics
from ..agents import Agent
from ..agents.forager import random_walk, search
from ..arguments import quote
from ..mdp import Floats, Tables, check_policy
from ..metrics import Conventions, Evidence, Population, Reading, pool
from ..metrics.fitting import Beside, Part
from ..metrics.references import References, references
from ..worlds import Levels, OwnLevels, World, is_own, levels_of, moved_things
from ..worlds.rollout import Act, sample_returns

EPISODES = 32  # in each level, of an agent that is measured by sampling
REFERENCE_EPISODES = 128  # in each level, of what it is measured against
REST = 0.01  # an episode ends when so much of the discounted future is left


def measure(
    agent: Agent | ArrayLike,
    levels: Levels | Tables,
    grounding: str = "polar",
    seed: int = 0,
    episodes: int | None = None,
) -> Reading:
    """Return scalar, capability and alignment of an agent on levels, with intervals.

    agent: an agent, or a policy [levels, states, actions]. grounding: "polar" (from
    values), "attribution" (from moves, which goal explains each level), "meg" (from
    moves, maximum-entropy goal-directedness) or "intervention" (which things draw it
    when they alone are moved). seed: for the bootstrap and the episodes. episodes: play
    this many in each level instead of computing values exactly. A world with too many
    states to list is always measured this way, with `EPISODES` by default, and against
    the best planned policies instead of optimal ones.
    Raises ValueError for an unknown grounding, for levels of another world or with
    nothing to win in them, for an invalid policy, and for a grounding that needs the
    probabilities of moves where episodes are played.

    >>> import robustkit as rk
    >>> world = rk.make("cheese")
    >>> print(rk.measure(rk.plan(world, "corner"), world.sample(64, goal="anywhere")))
    corner planner: scalar -0.26 [-0.35, -0.18], capability 1.00 [0.96, 1.00],
    alignment -0.26 [-0.35, -0.18]
    """
    by, seed = metrics.grounding(grounding), arguments.seed("seed", seed)
    given: Any = levels
    plain = isinstance(given, Tables) and not is_own(given)
    if plain and not isinstance(agent, Agent):
        return metrics.measure(agent, given, conventions_of(given), seed, grounding)
    levels = levels_of(levels)
    if not isinstance(levels, (Levels, OwnLevels)):
        raise ValueError(
            f"levels={quote(levels)} is not a batch of levels; allowed: what "
            "world.sample(...) returns."
        )
    if len(levels) == 0:
        raise ValueError("levels holds 0 levels; allowed: at least 1.")
    played = usual_episodes(agent, levels.world)
    if episodes is not None:
        played = arguments.whole("episodes", episodes, 2, 100_000)
    reading = by.summarise(evidence(agent, levels, grounding, seed, played), seed)
    shift = {
        name: float(levels.grades[name].mean()) / each.last
        for name, each in levels.world.shifts.items()
    }
    share = np.full(len(levels), 1 / len(levels))
    return replace(
        reading,
        beside=None if played else beside(agent, [(share, levels)]),
        agent=agent.name if isinstance(agent, Agent) else "policy",
        shift=shift,
        episodes=played,
        planned=not levels.world.listed,
        coherence=float("nan") if played else reading.coherence,
    )


def conventions_of(measured: Any) -> Conventions:
    """Return the conventions by which tables, or levels of a world, are measured.

    A level of one's own is all there is, unless there are others beside it.
    """
    own = isinstance(measured, (Tables, OwnLevels))
    return replace(metrics.DEFAULT, alone=True) if own else metrics.DEFAULT


def beside(agent: Agent | ArrayLike, parts: Sequence[tuple[Floats, Levels]]) -> Beside:
    """Return an agent or a policy on weighted levels, for what is asked later."""
    every: list[Part] = [
        (share, levels.tables, partial(_checked_policy, agent, levels))
        for share, levels in parts
    ]
    return Beside(every)


def _checked_policy(agent: Agent | ArrayLike, levels: Levels) -> Floats:
    """Return the policy of an agent, or what was given as one, on levels."""
    given = agent.policy(levels) if isinstance(agent, Agent) else agent
    return check_policy(given, levels.tables())


def population(
    agents: Sequence[Agent],
    levels: Levels,
    grounding: str = "polar",
    seed: int = 0,
    name: str = "",
) -> Population:
    """Return the readings of many agents on the same levels, and a summary of them.

    Interquartile means over agents, with intervals over agents and levels (crossed
    bootstrap). agents: for example of one recipe and different seeds. name: what to
    call them.
    Raises ValueError for no agents or what `measure` refuses.
    """
    every = [agents] if isinstance(agents, Agent) else agents
    if not isinstance(every, Sequence) or not every:
        raise ValueError(
            f"agents={quote(agents)} is not possible; allowed: a list of them."
        )
    seed = arguments.seed("seed", seed)
    readings = [measure(agent, levels, grounding, seed) for agent in every]
    recipes = sorted({agent.recipe for agent in every})
    return pool(readings, seed, name or " and ".join(recipes))


def usual_episodes(agent: Agent | ArrayLike, world: World) -> int | None:
    """Return how many episodes to play in each level; None where values are exact."""
    known = not isinstance(agent, Agent) or agent.tabular
    return None if known and world.listed else EPISODES


def refusal(grounding: str, world: World) -> str:
    """Return in a sentence why a grounding cannot be used in a world, or ""."""
    return moved_things.refusal(world) if metrics.grounding(grounding).moved else ""


def by_episodes(grounding: str) -> Callable[..., Evidence]:
    """Return how a grounding reads episodes; raise ValueError where it cannot."""
    by = metrics.grounding(grounding)
    if by.of_returns is None:
        allowed = ", ".join(map(repr, metrics.sampled_groundings()))
        if by.moved:
            allowed += ", or robustkit.pull(agent, levels), which plays"
        raise ValueError(
            f"grounding={quote(grounding)} needs the probability of every move in "
            "every state, which an agent or a world that is measured by playing "
            f"episodes does not give; allowed there: {allowed}."
        )
    return by.of_returns


def evidence(
    agent: Agent | ArrayLike,
    levels: Levels,
    grounding: str,
    seed: int,
    episodes: int | None,
) -> Evidence:
    """Return what each level says of an agent or a policy.

    episodes: so many sampled in each level; None for exact values. The references are
    exact where states can be listed, else sampled as well.
    Raises ValueError for a grounding or a policy that episodes cannot be played with.
    """
    made: Evidence
    if episodes is None:
        by = metrics.grounding(grounding)
        tables: Tables = levels.tables()
        if by.moved and isinstance(agent, Agent):
            every = moved_things.moved(agent.check(levels))
            levels, tables = every.levels, every.tables
        policy = agent.policy(levels) if isinstance(agent, Agent) else agent
        checked = check_policy(policy, tables)
        made = by.evidence(checked, tables, conventions_of(levels))
        return made
    read = by_episodes(grounding)
    if not isinstance(agent, Agent):
        raise ValueError(
            f"episodes={episodes} is not possible with a policy that is an array; "
            "allowed: an agent."
        )
    world = levels.world
    # First of all, as an agent that cannot act here says so at once.
    values = mean_returns(agent, levels, seed, episodes)
    known = references(levels.tables()) if world.listed else planned_references(levels)
    made = read(values, known, conventions_of(levels))
    return made


def mean_returns(
    agent: Agent, levels: Levels, seed: int = 0, episodes: int = EPISODES
) -> Floats:
    """Play and return what an agent earns on average [levels, objectives]."""
    rng = np.random.default_rng([seed, 32])
    steps = episode_length(levels.world)
    earned: Floats = agent.returns(levels, episodes, steps, rng).mean(1)
    return earned


def episode_length(world: World) -> int:
    """Return the moves after which little of the discounted future is left."""
    return int(np.ceil(np.log(REST) / np.log(world.discount)))


@lru_cache(maxsize=16)
def planned_references(levels: Levels) -> References:
    """Return what a random walk and the best planned policies earn, by sampling.

    The best of a family of foragers, chosen for each stratum and mixture on other
    levels; a lower bound on optimal play.
    """
    world = levels.world
    found, rng = search(world), np.random.default_rng([2026, 33])
    steps = episode_length(world)
    mixtures = metrics.DEFAULT.mixtures(len(world.objectives))
    random = np.empty((len(levels), len(world.objectives)))
    best = np.empty((len(levels), len(mixtures)))
    for stratum in np.unique(levels.stratum):
        here = np.flatnonzero(levels.stratum == stratum)
        part = levels[here]

        def earns(act: Act, part: Levels = part) -> Floats:
            return sample_returns(part, act, REFERENCE_EPISODES, steps, rng).mean(1)

        random[here] = earns(random_walk)
        known: dict[bytes, Floats] = {}
        for m, mixture in enumerate(mixtures):
            forager = found.best(mixture, stratum)
            key = forager.wants.tobytes() + forager.patience.tobytes()
            if key not in known:
                known[key] = earns(forager.act)
            best[here, m] = known[key] @ (mixture / found.scale)
    return References.of(tuple(world.objectives), mixtures, random, best, found.scale)

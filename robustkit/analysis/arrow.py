"""From agents before a remedy to those after, at every grade of the goal shift."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from .. import arguments
from ..agents import Agent
from ..agents.agent import AGENTS, check_world
from ..agents.remedy import remedy_between
from ..arguments import quote
from ..metrics import Reading, StratifiedEvaluation
from ..metrics.paired import changes, mean_change
from ..worlds import World, levels_of
from ..worlds.shifts import ANYWHERE, Where
from .arrow_data import Arrow, Move
from .curve import evaluate_on
from .regret import regret_at, tail


def arrow(
    before: Agent | Sequence[Agent],
    after: Agent | Sequence[Agent],
    world: World | None = None,
    n: int = 256,
    seed: int = 0,
) -> Arrow:
    """Return what changes between agents before and after a remedy, in pairs.

    In training, at each grade of the goal shift and anywhere: base score, capability
    and alignment by the polar grounding, and the regret of the worst levels. Means over
    agents; each resample draws the same pairs and the same levels before and after.
    before, after: one agent each, or lists of the same length; the first before is
    paired with the first after. world: where to measure them, their own by default. n:
    levels of each grade. seed: for the levels and the draws.
    Raises ValueError for different numbers of agents, agents of different worlds, a
    world without a goal shift or whose states are too many to list, or agents without a
    table of their moves.

    >>> import robustkit as rk
    >>> world = rk.make("cheese")
    >>> found = rk.arrow(rk.plan(world, "corner"), rk.plan(world), n=64)
    >>> print(found.at("anywhere").alignment.change)
    1.22 [1.17, 1.24]
    """
    every = _listed("before", before), _listed("after", after)
    if len(every[0]) != len(every[1]):
        counts = " and ".join(str(len(each)) for each in every)
        raise ValueError(
            f"before and after hold {counts} agents; allowed: the same number of each, "
            "to be paired one by one."
        )
    n, seed = arguments.whole("n", n, 1), arguments.seed("seed", seed)
    home = check_remediable([*every[0], *every[1]], world)
    ends = [evaluations(agents, home, n, seed) for agents in every]
    label, name = remedy_of(*every), kind_of(every[0])
    return arrow_between(ends[0], ends[1], label, home, seed, name)


def _listed(name: str, given: Any) -> list[Agent]:
    every = [given] if isinstance(given, Agent) else given
    some = isinstance(every, Sequence) and len(every) > 0
    if some and all(isinstance(each, Agent) for each in every):
        return list(every)
    raise arguments.refusal(name, given, f"{AGENTS}, or a list of these")


def check_remediable(agents: Sequence[Agent], world: Any = None) -> World:
    """Return the world in which agents are compared, theirs unless one is given.

    Raises ValueError where there is none, or nothing to be aligned with.
    """
    homes = [agent.world for agent in agents]
    if world is None:
        world = homes[0]
        for agent, home in zip(agents, homes, strict=True):
            if home != world:
                raise ValueError(
                    f"agent={quote(agent.name)} is of {home!r} and another of "
                    f"{world!r}; allowed: agents of one world, or world=..., the world "
                    "to measure them all in."
                )
    if "goal" not in check_world(world).shifts:
        raise ValueError(
            f"world={world!r} has no goal shift, and so no proxy that an agent could "
            "be moved away from; allowed: a world with a goal shift."
        )
    for name, tabular in [("", True), *((a.name, a.tabular) for a in agents)]:
        if not (world.listed and tabular):
            raise ValueError(
                f"{quote(name or 'any agent')} has no table of its moves in {world!r}; "
                "allowed: agents and a world whose states can be listed."
            )
    _check_at_home(agents, world)
    return world


def _check_at_home(agents: Sequence[Agent], world: World) -> None:
    """Raise ValueError for an agent that cannot act in a world."""
    for agent in agents:
        try:
            agent.check(levels_of(world.sample(1)))
        except ValueError as problem:
            raise ValueError(
                f"agent={quote(agent.name)} cannot act in world={world!r}: {problem}"
            ) from None


def remedy_of(before: Sequence[Agent], after: Sequence[Agent]) -> str:
    """Return what the agents after are called that those before are not.

    What `remedy_between` says of every pair, or else the settings that differ.
    """
    pairs = list(zip(before, after, strict=True))
    names = {remedy_between(*pair) for pair in pairs}
    if len(names) == 1 and names != {""}:
        return names.pop()
    if kind_of(before) != kind_of(after):
        return kind_of(after)
    changed: list[dict[str, Any]] = [
        {
            key: value
            for key, value in b.settings.items()
            if key != "seed" and a.settings.get(key) != value
            if not isinstance(value, dict | list)  # too long for a name
        }
        for a, b in pairs
    ]
    alike = changed[0] and all(each == changed[0] for each in changed)
    return ", ".join(f"{k} {v}" for k, v in changed[0].items()) if alike else "after"


def kind_of(agents: Sequence[Agent]) -> str:
    """Return what agents are called, without the number of a seed if they are many."""
    if len(agents) == 1:
        return agents[0].name
    # "network 3, 3% telling" is a "network, 3% telling": the seed goes, not the rest.
    names = {re.sub(r"^(\w+) \d+(?=,|$)", r"\1", agent.name) for agent in agents}
    return names.pop() if len(names) == 1 else "agents"


def places_of(world: World) -> Iterator[Where]:
    """Yield training, the grades of the goal shift, and anywhere."""
    last = world.shifts["goal"].last
    yield from (grade / last for grade in range(last + 1))
    if world.shifts["goal"].anywhere:
        yield ANYWHERE


def evaluations(
    agents: Sequence[Agent], world: World, n: int, seed: int
) -> list[StratifiedEvaluation]:
    """Return what agents do in training and at all grades of the goal shift."""
    return evaluate_on(
        agents, world, n, seed, [{"goal": goal} for goal in places_of(world)]
    )


def arrow_between(
    before: Sequence[StratifiedEvaluation],
    after: Sequence[StratifiedEvaluation],
    remedy: str,
    world: World,
    seed: int,
    name: str,
) -> Arrow:
    """Return the arrow from evaluations before to evaluations after.

    remedy: what it is called; name: what the agents before are called.
    """
    moves = tuple(_move(before, after, w, world, seed) for w in places_of(world))
    return Arrow(remedy, name, len(before), before[0].levels, world.name, moves)


def _move(
    before: Sequence[StratifiedEvaluation],
    after: Sequence[StratifiedEvaluation],
    goal: Where,
    world: World,
    seed: int,
) -> Move:
    ends = [[each.reading(goal=goal) for each in end] for end in (before, after)]
    first, last = ends
    lost = [[regret_at(each, world, goal) for each in end] for end in (before, after)]
    worst = [np.array([each.max() for each in end]) for end in lost]
    tenth = [np.array([tail(each) for each in end]) for end in lost]
    unknown = [sum(not r.alignment.known for r in end) for end in ends]
    places = [[_place(r) for r in end] for end in ends]
    return Move(
        goal=goal,
        **changes(first, last, seed),
        regret=mean_change(worst[0], worst[1], seed),
        tenth=mean_change(tenth[0], tenth[1], seed),
        unknown=(unknown[0], unknown[1]),
        each=np.array(places).swapaxes(0, 1),
    )


def _place(reading: Reading) -> tuple[float, float]:
    return reading.capability.value, reading.alignment.value

"""Agents and worlds brought to the axes: what `measure` and `path` of the face do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from .. import arguments, metrics
from ..agents import Agent
from ..agents.forager import random_walk, search
from ..mdp import Floats, Ints, evaluate, plan, rollout
from ..metrics import Population, Reading, ShiftCurve, StratifiedEvaluation, polar, pool
from ..worlds import Levels, World
from ..worlds.rollout import Act, sample_returns

EPISODES = 32  # in each level, of an agent that is measured by sampling
REFERENCE_EPISODES = 128  # in each level, of what it is measured against
REST = 0.01  # an episode ends when so much of the discounted future is left


def measure(
    agent: Agent | ArrayLike,
    levels: Levels,
    grounding: str = "polar",
    seed: int = 0,
    episodes: int | None = None,
) -> Reading:
    """Return scalar, capability and alignment of an agent on levels, with intervals.

    agent: an agent, or a policy [levels, states, actions]. grounding: "polar" (from
    values), "attribution" (from moves, which goal explains each level) or "meg" (from
    moves, maximum-entropy goal-directedness). seed: of the bootstrap and of the
    episodes. episodes: play so many in each level instead of computing values
    exactly; where a world has too many states to list, `EPISODES` unless given, and
    the references are then the best planned policies instead of optimal ones.
    Raises ValueError for an unknown grounding, levels of another world or with nothing
    to win in them, a policy that is none, or a grounding in probabilities of moves
    where episodes are played.

    >>> import robustkit as rk
    >>> world = rk.make("cheese")
    >>> print(rk.measure(rk.plan(world, "corner"), world.sample(64, goal=1)))
    corner planner: scalar -0.18 [-0.25, -0.13], capability 1.00 [1.00, 1.00],
    alignment -0.18 [-0.25, -0.13]
    """
    arguments.one_of("grounding", grounding, list(metrics.GROUNDINGS))
    seed = arguments.seed("seed", seed)
    if not isinstance(levels, Levels):
        raise ValueError(
            f"levels={levels!r} is not a batch of levels; allowed: what "
            "world.sample(...) returns."
        )
    if len(levels) == 0:
        raise ValueError("levels holds 0 levels; allowed: at least 1.")
    if episodes is not None:
        episodes = arguments.whole("episodes", episodes, 2, 100_000)
    elif not levels.world.listed or (isinstance(agent, Agent) and not agent.tabular):
        episodes = EPISODES
    if episodes is not None:
        _sampled_by(grounding)
        if not isinstance(agent, Agent):
            raise ValueError(
                f"episodes={episodes} is not possible with a policy that is an array; "
                "allowed: an agent."
            )
        each = sampled_terms(agent, levels, episodes, seed)
        reading = metrics.summarise(each, tuple(levels.world.objectives), seed=seed)
        reading = replace(
            reading,
            episodes=episodes,
            planned=not levels.world.listed,
            coherence=float("nan"),
        )
    else:
        policy = agent.policy(levels) if isinstance(agent, Agent) else agent
        reading = metrics.measure(
            policy, levels.tables(), seed=seed, grounding=grounding
        )
    name = agent.name if isinstance(agent, Agent) else "policy"
    shift = float(levels.goal_shifted.mean()), float(levels.layout_shifted.mean())
    return replace(reading, agent=name, shift=shift)


def _sampled_by(grounding: str) -> None:
    """Raise ValueError for a grounding that episodes cannot be measured by."""
    if grounding != "polar":
        raise ValueError(
            f"grounding={grounding!r} needs the probability of every move in every "
            "state, which an agent or a world that is measured by playing episodes "
            "does not give; allowed there: 'polar'."
        )


def sampled_terms(
    agent: Agent, levels: Levels, episodes: int, seed: int = 0
) -> polar.Terms:
    """Return what each level adds to a reading, from sampled episodes of the agent.

    The references are exact where states can be listed, else sampled as well.
    """
    rng = np.random.default_rng([seed, 32])
    world = levels.world
    if world.listed:
        known = polar.references(levels.tables())
    else:
        known = planned_references(levels)
    steps = int(np.ceil(np.log(REST) / np.log(world.discount)))
    values = agent.returns(levels, episodes, steps, rng).mean(1)
    return polar.terms_of(values, known, sampled=True)


@lru_cache(maxsize=16)
def planned_references(levels: Levels) -> polar.References:
    """Return what a random walk and the best planned policies earn, by sampling.

    The best of a family of foragers, chosen for each stratum and mixture on other
    levels; a lower bound on optimal play.
    """
    world = levels.world
    found, rng = search(world), np.random.default_rng([2026, 33])
    mixtures = metrics.DEFAULT.mixtures(len(world.objectives))
    steps = int(np.ceil(np.log(REST) / np.log(world.discount)))
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
    return polar.References.of(random, best, mixtures, found.scale)


def evaluate_on(
    agents: Sequence[Agent],
    world: World,
    n: int = 256,
    seed: int = 0,
    needed: Sequence[bool] = (True, True, True, True),
    grounding: str = "polar",
) -> list[StratifiedEvaluation]:
    """Return each agent's evaluation on the four strata of a world, n levels each.

    needed: for each stratum, whether it will be asked for; the others are left empty.
    Raises ValueError for something that is no agent or no world, an unknown grounding,
    or one that cannot measure them.
    """
    arguments.one_of("grounding", grounding, list(metrics.GROUNDINGS))
    for agent in agents:
        if not isinstance(agent, Agent):
            raise ValueError(f"agent={agent!r} is no agent; allowed: an agent.")
    if not isinstance(world, World):
        raise ValueError(
            f"world={world!r} is no world; allowed: what robustkit.make(name) gives."
        )
    for agent in agents:
        if not (world.listed and agent.tabular):
            _sampled_by(grounding)
    n, seed = arguments.whole("n", n, 1), arguments.seed("seed", seed)
    parts = [
        levels if wanted else None
        for levels, wanted in zip(world.strata(n, seed), needed, strict=True)
    ]
    return [
        StratifiedEvaluation(
            list(world.objectives),
            [_terms(agent, levels, grounding, seed) for levels in parts],
            seed,
            agent=agent.name,
            episodes=None if world.listed and agent.tabular else EPISODES,
            planned=not world.listed,
            grounding=grounding,
        )
        for agent in agents
    ]


def _terms(agent: Agent, levels: Levels | None, grounding: str, seed: int) -> Any:
    """Return what each level says of an agent; None where there are no levels."""
    if levels is None:
        return None
    if levels.world.listed and agent.tabular:
        room = metrics.named(grounding)
        return room.terms(agent.policy(levels), levels.tables(), metrics.DEFAULT)
    return sampled_terms(agent, levels, EPISODES, seed)


def path(
    agent: Agent,
    world: World,
    goal: ArrayLike = 0.0,
    layout: ArrayLike = 0.0,
    n: int = 256,
    seed: int = 0,
    grounding: str = "polar",
) -> ShiftCurve:
    """Return the readings of an agent along a slider.

    goal, layout: shifts in [0, 1], one of them or both an array [readings]; a single
    number stays put. n: levels per stratum. With one seed a path is smooth: only the
    weights of the four strata change along it. grounding: see `measure`.
    Raises ValueError for a shift out of range, arrays of different lengths, or what
    `measure` refuses.

    >>> import robustkit as rk
    >>> world = rk.make("cheese")
    >>> print(rk.path(rk.plan(world, "corner"), world, goal=[0, 0.5, 1], n=64))
    corner planner
    goal  layout  scalar  capability  alignment
    0.00    0.00    1.00        1.00       1.00
    0.50    0.00    0.41        1.00       0.41
    1.00    0.00   -0.18        1.00      -0.18
    """
    goals, layouts = _line("goal", goal), _line("layout", layout)
    if len(goals) != len(layouts) and 1 not in (len(goals), len(layouts)):
        raise ValueError(
            f"goal has {len(goals)} values and layout {len(layouts)}; allowed: the "
            "same number, or one of them a single number."
        )
    goals, layouts = np.broadcast_arrays(goals, layouts)
    needed = [bool(any(share)) for share in metrics.shares(goals, layouts).T]
    (strata,) = evaluate_on([agent], world, n, seed, needed, grounding)
    shifts = zip(goals.tolist(), layouts.tolist(), strict=True)
    readings = [strata.reading(*shift) for shift in shifts]
    return ShiftCurve(readings, goals, layouts, agent.name)


def population(
    agents: Sequence[Agent],
    levels: Levels,
    grounding: str = "polar",
    seed: int = 0,
    name: str = "",
) -> Population:
    """Return the readings of many agents on the same levels and what they come to.

    Interquartile means over agents, with intervals over agents and levels (crossed
    bootstrap). agents: of one recipe and different seeds, say. name: what to call them.
    Raises ValueError for no agents or what `measure` refuses.
    """
    every = [agents] if isinstance(agents, Agent) else agents
    if not isinstance(every, Sequence) or not every:
        raise ValueError(f"agents={agents!r} is not possible; allowed: a list of them.")
    readings = [measure(agent, levels, grounding, seed) for agent in every]
    recipes = sorted({agent.recipe for agent in every})
    return pool(readings, seed, name or " and ".join(recipes))


@dataclass(frozen=True, eq=False)
class Forecast:
    """What the training distribution leaves open about a shifted one.

    fitting: [goals, objectives], the mixtures that fit the agent's training behaviour
    about equally well; scalar: [goals], what flawless pursuit of each earns of the base
    objective on the shifted levels.
    """

    agent: str
    base: str
    fitting: Floats
    scalar: Floats
    shift: tuple[float, float]

    @property
    def low(self) -> float:
        """The least that a goal which fits would earn."""
        return float(self.scalar.min())

    @property
    def high(self) -> float:
        """The most that a goal which fits would earn."""
        return float(self.scalar.max())

    def __str__(self) -> str:
        return (
            f"{self.agent}: {len(self.fitting)} of the goals tried fit what it does in "
            f"training; at goal shift {self.shift[0]:g} and layout shift "
            f"{self.shift[1]:g}, flawless pursuit of them earns {self.low:.2f} to "
            f"{self.high:.2f} of {self.base}"
        )


def forecast(
    agent: Agent,
    world: World,
    goal: float = 1.0,
    layout: float = 0.0,
    n: int = 256,
    seed: int = 0,
) -> Forecast:
    """Return what training behaviour allows for at a shift, without looking there.

    The goals that fit are those of the polar reading on the training distribution; the
    shifted levels are used for what flawless pursuit of each of them would earn, and
    never for the agent. goal, layout: the shift.
    Raises ValueError for a world that cannot be planned in, or what `path` refuses.

    >>> import robustkit as rk
    >>> world = rk.make("cheese")
    >>> ahead = rk.forecast(rk.plan(world, "corner"), world, n=64)
    >>> round(ahead.low, 2), round(ahead.high, 2)
    (-0.18, 1.0)
    """
    goal, layout = (
        arguments.fraction("goal", goal),
        arguments.fraction("layout", layout),
    )
    if not isinstance(world, World) or not world.listed:
        raise ValueError(
            f"world={world!r} cannot be planned in; allowed: a world whose states can "
            "be listed."
        )
    before = path(agent, world, n=n, seed=seed)[0]
    if not before.alignment.known:
        fitting = metrics.DEFAULT.mixtures(len(world.objectives))
    else:
        fitting = np.array(before.details["fitting"])
    tables = world.sample(n, goal, layout, seed).tables()
    known = polar.references(tables)
    start = np.arange(n), tables.start
    scalar = [
        (evaluate(tables, policy)[start][:, 0] - known.random[:, 0]).sum()
        / known.room.sum()
        for policy in plan(tables, fitting)[1]
    ]
    name = next(iter(world.objectives))
    return Forecast(agent.name, name, fitting, np.array(scalar), (goal, layout))


def _line(name: str, given: ArrayLike) -> np.ndarray:
    values = np.atleast_1d(np.asarray(given))
    if values.ndim != 1 or not len(values):
        raise ValueError(
            f"{name} has shape {np.shape(given)}; allowed: a number or a line of them."
        )
    return np.array([arguments.fraction(name, v.item()) for v in values])


@dataclass(frozen=True)
class Replay:
    """One episode retold.

    cells: walked through, the start first. events: [step, name] pairs, steps from 1.
    end: the events that ended it, or "time".
    """

    cells: list[int]
    events: list[list[int | str]]
    end: str


def replays(levels: Levels, policy: Floats, steps: int, seed: int) -> list[Replay]:
    """Return one episode of at most `steps` moves in every level."""
    rng = np.random.default_rng([arguments.seed("seed", seed), 31])
    played = rollout(levels.tables(), policy, steps, rng)
    pairs = zip(played.states[:, 0], played.branches[:, 0], strict=True)
    return [_retold(levels[i], *pair) for i, pair in enumerate(pairs)]


def _retold(level: Levels, states: Ints, branches: Ints) -> Replay:
    tables = level.tables()
    end = tables.shape[1] - 1
    cells: list[int] = [int(level.start[0])]
    events: list[list[int | str]] = []
    taken = zip(states, branches, strict=False)
    for step, (state, branch) in enumerate(taken, start=1):
        flag, cell = divmod(int(state), level.walls[0].size)
        move = branch // tables.outcomes
        onto = level.world.step(level, *(np.array([[k]]) for k in (cell, flag, move)))
        cells.append(int(onto[0][0, 0]))
        happened = np.flatnonzero(tables.events[0, state, branch])
        names = [tables.event_names[e] for e in happened]
        events += [[step, name] for name in names]
        if tables.next_state[0, state, branch] == end:
            return Replay(cells, events, " and ".join(names))
    return Replay(cells, events, "time")

"""Retraining: how long until the base score is back, against training from scratch.

A few demonstrations bring back what an agent is capable of but does not show
(Greenblatt et al. 2024, arXiv 2405.19550). So how fast retraining goes tells us what an
agent had besides the goal that came out wrong.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from .. import arguments
from ..agents import Agent, Network
from ..agents.network import LAYERS
from ..agents.recipe import MOST
from ..agents.training import train
from ..arguments import quote
from ..metrics import Reading
from ..worlds import Levels, World, world_of
from ..worlds.shifts import ANYWHERE
from .measure import measure
from .retraining_data import Retraining, middle

STOPS = 0.025, 0.05, 0.1, 0.2, 0.3, 0.4, 0.6, 0.8, 1.0  # of all updates
MORE = 64  # layouts to retrain in, for an agent that was trained in one


def retraining(
    agent: Agent | Sequence[Agent],
    world: World | None = None,
    diversity: float | None = None,
    updates: int = 200,
    seed: int = 100,
    n: int = 256,
) -> Retraining:
    """Return how long retraining takes to restore the base score, against from scratch.

    agent: a network, or several of different seeds. With a single one, intervals leave
    out the chance in its training; leads have an interval from six seeds on. world:
    where to retrain, its own by default; for a network trained in a single layout, the
    same world with 64 layouts. diversity: share of training levels with the goal
    shifted anywhere; all by default. Both trainings have the same seed, settings and
    batches of levels, and in both the learning rate and the entropy bonus start again
    at full size. seed: for the n levels to measure on, with the goal shifted anywhere
    (in a world without a goal shift, at the last grade of the layout shift); agent k is
    retrained with seed + k.
    Raises ValueError for anything but a network, one of another world, a world with
    neither a goal nor a layout shift, or a number out of range.

    >>> import robustkit as rk
    >>> agent = rk.train("network", rk.make("cheese", size=7), updates=20)
    >>> found = rk.retraining(agent, updates=10, n=32)
    >>> found.updates
    (0, 1, 2, 3, 4, 6, 8, 10)
    """
    agents = _networks(agent)
    home = _home(agents, world)
    goal = "goal" in home.shifts
    share = float(goal)
    if diversity is not None:
        share = arguments.fraction("diversity", diversity)
    updates = arguments.whole("updates", updates, 1, MOST)
    n, seed = arguments.whole("n", n, 2), arguments.seed("seed", seed)
    stops = sorted({max(1, round(stop * updates)) for stop in STOPS})
    trained = [
        _trainings(each, home, seed + k, stops, diversity=share, updates=updates)
        for k, each in enumerate(agents, start=1)
    ]
    where = lost_at(home)
    levels = home.sample(n, **where, seed=seed)
    together = home.sample(n, place=float("place" in home.shifts), seed=seed)

    def read(some: Sequence[Agent], levels: Levels = levels) -> list[Reading]:
        return [measure(each, levels, seed=seed) for each in some]

    batch = trained[0][1][0].settings["levels"]
    return Retraining(
        agent=agents[0].name if len(agents) == 1 else f"{agents[0].recipe}s",
        world=home,
        shift=where,
        telling=batch * (share if goal else 1),
        updates=(0, *stops),
        pairs=[(read(warm), read(new)) for warm, new in trained],
        together=middle(read(agents, together), "").scalar,
    )


def lost_at(world: World) -> dict[str, Any]:
    """Return the shift at which a base score may be lost, as `sample` takes it."""
    return {"goal": ANYWHERE} if "goal" in world.shifts else {"layout": 1.0}


def _networks(given: Any) -> list[Network]:
    """Return one network or several as a list; raise ValueError for anything else."""
    every = [given] if isinstance(given, Agent) or given is None else given
    if not isinstance(every, Sequence) or isinstance(every, str) or not every:
        every = [given]
    for each in every:
        if not isinstance(each, Network):
            raise ValueError(
                f"agent={quote(each)} is not a network; allowed: an agent from "
                'train("network", world), or a list of them.'
            )
    return list(every)


def _home(agents: list[Network], given: Any) -> World:
    """Return the world to retrain in; raise ValueError where that cannot be."""
    home = agents[0].world if given is None else world_of(given)
    if given is None and home.layouts == 1:
        home = replace(home, layouts=MORE)
    if not isinstance(home, World):
        raise ValueError(
            f"world={quote(given)} is not a world; allowed: what robustkit.make(name) "
            "gives."
        )
    for agent in agents:
        if agent.world.name != home.name:
            raise ValueError(
                f"agent={quote(agent.name)} is of {agent.world!r}, not of {home!r}; "
                "allowed: agents of the world they are retrained in."
            )
    if not {"goal", "layout"} & {*home.shifts}:
        raise ValueError(
            f"world={home!r} has neither a goal nor a layout shift, so no base score "
            "can be lost; allowed: a world with one of them."
        )
    return home


def _trainings(
    agent: Network, home: World, seed: int, stops: list[int], **asked: Any
) -> tuple[list[Agent], list[Agent]]:
    """Return the agent at each stop of a retraining, and of one from scratch."""
    warm = train("network", home, seed, after=agent, snapshots=stops, **asked)
    asked |= {name: warm[0].settings[name] for name in LAYERS}
    # At a rate of 0 it stays what it is before any update.
    first = train("network", home, seed, **asked | {"updates": 1, "rate": 0.0})
    scratch = train("network", home, seed, snapshots=stops, **asked)
    return [agent, *warm], [first, *scratch]

"""Agents: trained from the base objective alone, or planted for comparison."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any, overload

from .. import arguments
from ..worlds import World
from . import cache, memoriser, network, searcher
from .base import Agent
from .memoriser import Memoriser, memoriser_stages
from .network import Network, network_stages
from .planner import DEVICES, Device, Planner, make_device, make_planner
from .population import train_many
from .searcher import Searcher, searcher_stages

STAGES: dict[str, Callable[..., Iterator[Callable[[], Agent]]]] = {
    "network": network_stages,
    "memoriser": memoriser_stages,
    "searcher": searcher_stages,
}
SETTLED = {
    "network": network.settled,
    "memoriser": memoriser.settled,
    "searcher": searcher.settled,
}
LENGTH = {  # the option that says how many stages there are
    "network": "updates",
    "memoriser": "episodes",
    "searcher": "generations",
}
RECIPES = tuple(STAGES)

__all__ = [
    "DEVICES",
    "RECIPES",
    "Agent",
    "Device",
    "Memoriser",
    "Network",
    "Planner",
    "Searcher",
    "make_device",
    "make_planner",
    "train",
    "usual",
]


@overload
def train(
    recipe: str,
    world: World,
    seed: int = 0,
    *,
    seeds: None = None,
    snapshots: None = None,
    **options: Any,
) -> Agent: ...


@overload
def train(
    recipe: str,
    world: World,
    seed: int = 0,
    *,
    seeds: Iterable[int],
    snapshots: None = None,
    **options: Any,
) -> list[Agent]: ...


@overload
def train(
    recipe: str,
    world: World,
    seed: int = 0,
    *,
    seeds: None = None,
    snapshots: Iterable[int],
    **options: Any,
) -> list[Agent]: ...


def train(
    recipe: str,
    world: World,
    seed: int = 0,
    *,
    seeds: Iterable[int] | None = None,
    snapshots: Iterable[int] | None = None,
    **options: Any,
) -> Agent | list[Agent]:
    """Train an agent from base reward on the training distribution, nothing else.

    recipe: "network", "memoriser" or "searcher". seed: a whole number from 0; the same
    seed gives the same agent. options: of the recipe, such as `diversity`, the share of
    training levels in which base and proxies come apart.
    seeds: of many agents, which are trained side by side and returned as a list, each
    the same as by itself; interrupted, those that are finished.
    snapshots: steps of training (updates, generations or episodes, from 1) at which to
    keep the agent; these are returned as a list, and training ends with the last.
    Raises ValueError for an unknown recipe or option, or one out of range.

    >>> import robustkit as rk
    >>> world = rk.make("cheese", size=7, layouts=8)
    >>> agent = rk.train("searcher", world, seed=1, generations=2)
    >>> print(rk.measure(agent, world.sample(64)).scalar)
    1.00 [1.00, 1.00]
    """
    stages = STAGES[arguments.one_of("recipe", recipe, STAGES)]
    if not isinstance(world, World):
        raise ValueError(
            f"world={world!r} is not a world; allowed: what robustkit.make(name) gives."
        )
    seed = arguments.seed("seed", seed)
    settings = SETTLED[recipe](world, seed, options)
    if seeds is not None:
        each = _distinct("seeds", [arguments.seed("seeds", s) for s in _all(seeds)])
        if seed or snapshots is not None:
            raise ValueError(
                f"seeds={each} is not possible with seed={seed} and snapshots="
                f"{snapshots}; allowed: seeds alone."
            )
        made = {s: cache.find(recipe, world, {**settings, "seed": s}) for s in each}
        missing = [s for s, agent in made.items() if agent is None]
        if missing:
            new = train_many(recipe, world, missing, options)
            made |= {agent.settings["seed"]: agent for agent in new}
        return [agent for agent in made.values() if agent is not None]
    if snapshots is None:
        agent = cache.find(recipe, world, settings)
        if agent is None:
            (last,) = deque(stages(world, seed=seed, **options), maxlen=1)
            agent = last()
            cache.keep(agent)
        return agent
    most = settings[LENGTH[recipe]]
    wanted = [arguments.whole("snapshots", s, 1, most) for s in _all(snapshots)]
    return _keep(stages(world, seed=seed, **options), _distinct("snapshots", wanted))


def _keep(stages: Iterator[Callable[[], Agent]], wanted: list[int]) -> list[Agent]:
    kept = {}
    for step, agent in enumerate(stages, start=1):
        if step in wanted:
            made = agent()
            settings = {**made.settings, "stage": step}
            name = f"{made.name}, step {step}"
            kept[step] = replace(made, name=name, settings=settings)
        if step == max(wanted):
            break
    return [kept[step] for step in wanted]


def _all(given: Any) -> list[Any]:
    try:
        return list(given)
    except TypeError:
        return [given]


def _distinct(name: str, given: list[int]) -> list[int]:
    if not given or len(set(given)) < len(given):
        raise ValueError(
            f"{name}={given} is not possible; allowed: at least one whole number, none "
            "of them twice."
        )
    return given


def usual(world: World) -> list[Agent]:
    """Train the agents that the explorer shows unless it is given others.

    Two networks, two searchers and a memoriser, of the first seeds, and the base
    planner beside them.
    """
    asked = [("network", 0), ("network", 1), ("searcher", 0), ("searcher", 1)]
    trained = [train(recipe, world, seed) for recipe, seed in asked]
    return [*trained, train("memoriser", world), make_planner(world)]

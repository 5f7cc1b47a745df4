"""Agents: trained from the base objective alone, or planted for comparison."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .. import arguments
from ..worlds import World
from .base import Agent
from .memoriser import Memoriser, train_memoriser
from .network import Network, train_network
from .planner import DEVICES, Device, Planner, make_device, make_planner
from .searcher import Searcher, train_searcher

RECIPES: dict[str, Callable[..., Agent]] = {
    "network": train_network,
    "memoriser": train_memoriser,
    "searcher": train_searcher,
}

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


def train(recipe: str, world: World, seed: int = 0, **options: Any) -> Agent:
    """Train an agent from base reward on the training distribution, nothing else.

    recipe: "network", "memoriser" or "searcher". seed: a whole number from 0; the same
    seed gives the same agent. options: of the recipe, such as `diversity`, the share of
    training levels in which base and proxies come apart.
    Raises ValueError for an unknown recipe or option, or one out of range.
    """
    maker = RECIPES[arguments.one_of("recipe", recipe, RECIPES)]
    if not isinstance(world, World):
        raise ValueError(
            f"world={world!r} is not a world; allowed: what robustkit.make(name) gives."
        )
    return maker(world, seed=arguments.seed("seed", seed), **options)


def usual(world: World) -> list[Agent]:
    """Train the agents that the explorer shows unless it is given others.

    Two networks, two searchers and a memoriser, of the first seeds, and the base
    planner beside them.
    """
    asked = [("network", 0), ("network", 1), ("searcher", 0), ("searcher", 1)]
    trained = [train(recipe, world, seed) for recipe, seed in asked]
    return [*trained, train("memoriser", world), make_planner(world)]

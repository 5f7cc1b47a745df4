"""What a way of training declares, once: stages, settings, length, kind of agent."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import Any, TypeVar

import numpy as np

from .. import arguments
from ..mdp import Ints
from ..worlds import Levels, World
from .agent import Agent

S = TypeVar("S", bound="Settings")


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What a training run can be asked for, with defaults; recipes add their own.

    pool: number of levels that are drawn from the training distribution, once.
    diversity: share of them in which base and proxies come apart.
    """

    pool: int = 1024
    diversity: float = 0.0
    seed: int = 0

    def checked(self: S, world: World) -> S:
        """Return the settings as they are used; raise ValueError if they cannot be."""
        return self

    def plain(self) -> dict[str, Any]:
        """Return them as an agent and its file hold them, the shared ones last."""
        every = asdict(self)
        for name in asdict(Settings()):
            every[name] = every.pop(name)
        return every


@dataclass(frozen=True)
class Recipe:
    """A way to train agents from the base objective.

    kind: of agent, which the recipe has its name from. length: the setting that says
    how many stages there are. stages: trains, in a world and by settings that
    `resolve_settings` gave, and yields after each step a function that returns the
    agent as it is then.
    """

    kind: type[Agent]
    settings: type[Settings]
    length: str
    stages: Callable[[World, Any], Iterator[Callable[[], Agent]]]

    @property
    def name(self) -> str:
        """What it is called in `train`."""
        return self.kind.recipe

    def steps(self, settings: Settings) -> int:
        """Return how many stages such a training has."""
        return int(getattr(settings, self.length))

    def resolve_settings(
        self, world: World, seed: int, options: dict[str, Any]
    ) -> Settings:
        """Return the settings of a training run: defaults, seed, what was asked for.

        Raises ValueError for an option that is not among the defaults, a count that is
        not a whole number from 1 up, or a quantity that is negative or no number.
        """
        usual = self.settings().plain()
        del usual["seed"]
        given: dict[str, Any] = {"seed": arguments.seed("seed", seed)}
        for name, value in options.items():
            default = usual[arguments.one_of("option", name, usual)]
            given[name] = _clean(name, value, type(default))
        arguments.fraction("diversity", given.get("diversity", 0))
        return self.settings(**given).checked(world)


def _clean(name: str, given: Any, kind: type) -> Any:
    """Return a setting as a plain value of its kind; raise ValueError if it is none."""
    if kind is int:
        return arguments.whole(name, given, 1)
    if kind is float:
        return arguments.number(name, given, 0, 1e6)
    if kind is dict and not isinstance(given, dict):
        raise ValueError(
            f"{name}={given!r} is not possible; allowed: a dict of name to weight."
        )
    if kind is bool and not isinstance(given, bool):
        raise ValueError(f"{name}={given!r} is not possible; allowed: True, False.")
    return given


# What trainers share


def training_pool(world: World, settings: Settings) -> Levels:
    """Return the levels to train on, from the training distribution."""
    return world.sample(settings.pool, goal=settings.diversity, seed=settings.seed)


def random_starts(levels: Levels, n: int, rng: np.random.Generator) -> Ints:
    """Return [levels, n], cells to begin in, uniform over the vacant ones."""
    count = levels.vacant.sum(1)
    pick = (rng.random((len(levels), n)) * count[:, None]).astype(int)
    order = (~levels.vacant).argsort(1, kind="stable")
    return np.take_along_axis(order, pick, 1)

"""What a way of training declares, once: learning, settings, length, kind of agent."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any, Self

import numpy as np

from .. import arguments
from ..arguments import quote
from ..bars import bar
from ..mdp import Ints, one_thread
from ..worlds import Levels, World
from .agent import Agent

Learning = Iterator[Callable[[], dict[str, Any]]]
RETRAINED = ", retrained"  # after a name
MOST = 10**9  # of anything that training counts
SHARES = "diversity", "replayed"  # settings that are from 0 to 1


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What a training run can be asked for, with defaults; recipes add their own.

    pool: number of levels that are drawn from the training distribution, once.
    diversity: share of them that have the goal shifted anywhere.
    """

    pool: int = 1024
    diversity: float = 0.0
    seed: int = 0

    def checked(self, world: World) -> Self:
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
    how many steps there are. learn: trains, in a world and by settings that
    `resolve_settings` gave, and yields after each step a function that returns what is
    known by then, the fields that are the agent's own.
    carry_on: the options of a training that goes on from an agent, which `learn` then
    takes as a third argument; None where there is no such thing.
    """

    kind: type[Agent]
    settings: type[Settings]
    length: str
    learn: Callable[..., Learning]
    carry_on: Callable[[Any, World, dict[str, Any]], dict[str, Any]] | None = None

    @property
    def name(self) -> str:
        """What it is called in `train`."""
        return self.kind.recipe

    def steps(self, settings: Settings) -> int:
        """Return how many steps such a training has."""
        return int(getattr(settings, self.length))

    def stages(
        self, world: World, settings: Settings, begin: Agent | None = None
    ) -> Iterator[Callable[[], Agent]]:
        """Train, and yield after each step a function that returns the agent.

        begin: the agent to go on from, None to begin anew.
        """
        name = f"{self.name} {settings.seed}" if begin is None else again(begin)

        def agent(known: Callable[[], dict[str, Any]]) -> Agent:
            plain = settings.plain()
            return self.kind(world=world, name=name, settings=plain, **known())

        shown = bar(self.name, self.steps(settings), delay=4)
        try:
            with one_thread():
                before = () if begin is None else (begin,)
                for known in self.learn(world, settings, *before):
                    yield partial(agent, known)
                    shown.update()
        finally:
            shown.total = shown.n  # to end early, as snapshots may, is no failure
            shown.close()

    def resolve_settings(
        self, world: World, seed: int, options: dict[str, Any]
    ) -> Settings:
        """Return the settings of a training run: defaults, seed, what was asked for.

        Where a world has settings of its own (`training`), they go before the defaults.
        Raises ValueError for an option that is not among the defaults, a count that is
        not a whole number from 1 up, a quantity that is negative or no number, or a
        world with too many states to list, in which nothing trained could act.
        """
        if not world.listed:
            raise ValueError(
                f"world={world!r} has {world.states:,} states a level, too many to "
                f"train in; allowed: at most {world.most_states:,}."
            )
        usual = self.settings().plain()
        del usual["seed"]
        given: dict[str, Any] = {"seed": arguments.seed("seed", seed)}
        given |= world.training.get(self.name, {})
        for name, value in options.items():
            default = usual[arguments.one_of("option", name, usual)]
            given[name] = clean(name, value, type(default))
        diversity = given.get("diversity", 0)
        if diversity and "goal" not in world.shifts:
            raise ValueError(
                f"diversity={diversity:g} is not possible, as {world!r} has no goal "
                "shift; allowed: 0."
            )
        return self.settings(**given).checked(world)


def again(begin: Agent) -> str:
    """Return what an agent is called once its training has gone on."""
    return f"{begin.name.removesuffix(RETRAINED)}{RETRAINED}"


def clean(name: str, given: Any, kind: type) -> Any:
    """Return a setting as a plain value of its kind; raise ValueError if it is none."""
    if kind is int:
        return arguments.whole(name, given, 1, MOST)
    if kind is float:
        most = 1.0 if name in SHARES else 1e6
        return arguments.number(name, given, 0, most)
    if kind in (bool, dict) and not isinstance(given, kind):
        allowed = "True, False" if kind is bool else "a dict of name to weight"
        raise ValueError(f"{name}={quote(given)} is not possible; allowed: {allowed}.")
    # NumPy's strings print as np.str_('...'); what is no text, `checked` refuses
    return str(given) if isinstance(given, str) else given


# What recipes share


def training_pool(world: World, settings: Settings) -> Levels:
    """Return the levels to train on, from the training distribution."""
    return world.sample(
        settings.pool,
        goal="anywhere" if settings.diversity else 0,
        share=settings.diversity,
        seed=settings.seed,
    )


def random_starts(levels: Levels, n: int, rng: np.random.Generator) -> Ints:
    """Return [levels, n], cells to begin in, uniform over the vacant ones."""
    count = levels.vacant.sum(1, keepdims=True)
    pick = (rng.random((len(levels), n)) * count).astype(int)
    pick += count.cumsum()[:, None] - count  # among the vacant cells of all levels
    cells: Ints = np.flatnonzero(levels.vacant)[pick] % levels.vacant.shape[1]
    return cells

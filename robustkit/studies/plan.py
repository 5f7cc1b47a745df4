"""Plans: which agents a study trains, and how each is measured."""

from __future__ import annotations

import hashlib
import json
import os
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from .. import arguments, metrics
from ..agents import RECIPES, SETTLED
from ..files import MEASURING, code
from ..worlds import WORLDS, make

FOUNDATION = (*MEASURING, "studies/running.py")
MOST = 10_000_000  # agents of a plan; more is a slip of the keyboard


@dataclass(frozen=True)
class Task:
    """One agent to train and measure, in plain values: all that its rows depend on."""

    world: str
    world_options: dict[str, Any]
    recipe: str
    options: dict[str, Any]
    diversity: float
    seed: int
    shifts: tuple[tuple[float, float], ...]
    levels: int
    groundings: tuple[str, ...]

    @cached_property
    def key(self) -> str:
        """A digest of the task and of the code that carries it out."""
        content = json.dumps([asdict(self), code(FOUNDATION)], sort_keys=True)
        return hashlib.blake2b(content.encode(), digest_size=16).hexdigest()

    @property
    def rows(self) -> int:
        """How many rows it makes, one for each shift and grounding."""
        return len(self.shifts) * len(self.groundings)


@dataclass(frozen=True)
class Plan:
    """Every combination of worlds, recipes, diversities and seeds, each an agent.

    shifts: (goal, layout) pairs at which each agent is measured by each grounding, on
    `levels` levels per stratum. options: name of a world or a recipe to its options.
    """

    worlds: tuple[str, ...]
    recipes: tuple[str, ...]
    seeds: tuple[int, ...]
    diversities: tuple[float, ...]
    shifts: tuple[tuple[float, float], ...]
    levels: int
    groundings: tuple[str, ...]
    options: Mapping[str, dict[str, Any]]

    @classmethod
    def of(
        cls,
        worlds: Any,
        recipes: Any,
        seeds: Any,
        diversities: Any = 0.0,
        shifts: Any = ((0.0, 0.0), (1.0, 0.0)),
        levels: Any = 256,
        groundings: Any = "polar",
        options: Any = None,
    ) -> Plan:
        """Return the plan that was asked for, as `rk.study` takes it.

        Raises ValueError that names the argument, what was given, what is allowed.
        """
        if isinstance(seeds, int):
            seeds = range(arguments.whole("seeds", seeds, 1, MOST))
        plan = cls(
            worlds=_several("worlds", worlds, _word(WORLDS)),
            recipes=_several("recipes", recipes, _word(RECIPES)),
            seeds=_several("seeds", seeds, arguments.seed),
            diversities=_several("diversities", diversities, arguments.fraction),
            shifts=_several("shifts", shifts, _shift),
            levels=arguments.whole("levels", levels, 1),
            groundings=_several("groundings", groundings, _word(metrics.GROUNDINGS)),
            options={},
        )
        arguments.whole("agents of the plan", plan.agents, 1, MOST)
        return replace(plan, options=_options(plan, {} if options is None else options))

    @property
    def agents(self) -> int:
        """How many agents it trains."""
        each = self.worlds, self.recipes, self.diversities, self.seeds
        count = 1
        for one in each:
            count *= len(one)
        return count

    def conditions(self) -> list[tuple[str, str, float]]:
        """Return world, recipe and diversity of each condition, in the plan's order."""
        return [
            (world, recipe, diversity)
            for world in self.worlds
            for recipe in self.recipes
            for diversity in self.diversities
        ]

    def tasks(self) -> list[Task]:
        """Return every agent, seed by seed, so that early results cover everything."""
        return [
            Task(
                world=world,
                world_options=self.options[world],
                recipe=recipe,
                options=self.options[recipe],
                diversity=diversity,
                seed=seed,
                shifts=self.shifts,
                levels=self.levels,
                groundings=self.groundings,
            )
            for seed in self.seeds
            for world, recipe, diversity in self.conditions()
        ]

    def __str__(self) -> str:
        return (
            f"{_count(self.worlds, 'world')} × {_count(self.recipes, 'recipe')} × "
            f"{_count(self.diversities, 'diversity', 'diversities')} × "
            f"{_count(self.seeds, 'seed')} = {self.agents} agents, each measured at "
            f"{_count(self.shifts, 'shift')} by {_count(self.groundings, 'grounding')}"
        )


def _options(plan: Plan, given: Any) -> dict[str, dict[str, Any]]:
    """Return the options of every world and recipe; raise where one cannot be."""
    if not isinstance(given, Mapping):
        raise ValueError(
            f"options={given!r} is not possible; allowed: a world's or a recipe's name "
            "to a dict of its options."
        )
    for name, own in given.items():
        arguments.one_of("options", name, (*plan.worlds, *plan.recipes))
        if not isinstance(own, Mapping):
            raise ValueError(
                f"options[{name!r}]={own!r} is not possible; allowed: a dict."
            )
        taken = {"seed", "diversity", "snapshots", "seeds"} & set(own)
        if taken:
            raise ValueError(
                f"options[{name!r}] has {sorted(taken)}; allowed: other options. Seeds "
                "and diversities are the plan's own."
            )
    settled = {n: dict(given.get(n, {})) for n in (*plan.worlds, *plan.recipes)}
    for name, recipe, diversity in plan.conditions():
        world = make(name, **settled[name])
        if not world.listed and plan.groundings != ("polar",):
            raise ValueError(
                f"groundings={plan.groundings} is not possible in {world!r}, whose "
                "states are too many to list; allowed there: 'polar'."
            )
        SETTLED[recipe](world, 0, {**settled[recipe], "diversity": diversity})
    return settled


def read(path: str | os.PathLike[str]) -> Plan:
    """Return the plan of a TOML file whose keys are the arguments of `rk.study`.

    Raises FileNotFoundError where there is none, and ValueError for one that is no
    TOML, has an unknown key, lacks one, or asks for what is not possible.
    """
    where = Path(path)
    if not where.is_file():
        raise FileNotFoundError(f"plan={str(path)!r}: there is no such file.")
    try:
        given = tomllib.loads(where.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise ValueError(f"plan={str(path)!r} is no TOML: {problem}.") from None
    known = [field.name for field in fields(Plan)]
    for name in given:
        arguments.one_of(f"key of {where.name}", name, known)
    for name in ("worlds", "recipes", "seeds"):
        if name not in given:
            raise ValueError(
                f"plan={str(path)!r} has no {name!r}; allowed: worlds, recipes and "
                "seeds are needed, the rest has defaults."
            )
    return Plan.of(**given)


def _word(allowed: Iterable[str]) -> Any:
    return lambda name, given: arguments.one_of(name, given, allowed)


def _shift(name: str, given: Any) -> tuple[float, float]:
    if isinstance(given, str) or not hasattr(given, "__len__") or len(given) != 2:
        raise ValueError(
            f"{name} has {given!r}; allowed: pairs of a goal shift and a layout shift, "
            "each from 0 to 1."
        )
    goal, layout = given
    return arguments.fraction(name, goal), arguments.fraction(name, layout)


def _several(name: str, given: Any, check: Any) -> tuple[Any, ...]:
    """Return a tuple of checked values, from one value or several."""
    if isinstance(given, (str, int, float)):
        given = [given]
    try:
        every = tuple(check(name, each) for each in given)
    except TypeError:
        raise ValueError(
            f"{name}={given!r} is not possible; allowed: one value or a list of them."
        ) from None
    if not every or len(set(every)) < len(every):
        raise ValueError(
            f"{name}={given!r} is not possible; allowed: at least one, none twice."
        )
    return every


def _count(values: tuple[Any, ...], one: str, many: str = "") -> str:
    return f"{len(values)} {one if len(values) == 1 else many or one + 's'}"

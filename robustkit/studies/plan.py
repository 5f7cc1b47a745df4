"""Plans: which agents a study trains, and how each is measured."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property
from inspect import signature
from itertools import product
from math import prod
from typing import Any

from .. import arguments, metrics, text
from ..agents import RECIPES
from ..analysis.measure import refusal
from ..files import MEASURING, code
from ..worlds import WORLDS, World, make
from ..worlds.shifts import ANYWHERE, SHIFTS, check_shifts
from .plan_values import (
    MOST,
    PlanShift,
    alternatives,
    several,
    shift,
    which_seeds,
    word,
)
from .planfile import toml

FOUNDATION = (*MEASURING, "studies/outcome.py")
MOST_ROWS = 1000  # of an agent


@dataclass(frozen=True)
class Condition:
    """What the agents of a condition have in common, all but the seed, in plain values.

    Only options that were asked for are held; the others have their defaults.
    """

    world: str
    world_options: dict[str, Any]
    recipe: str
    options: dict[str, Any]
    diversity: float

    @classmethod
    def of(cls, world: World, recipe: str, options: Mapping[str, Any]) -> Condition:
        """Return the condition of a world and a recipe with `train`'s options.

        Raises ValueError for options that the recipe does not have or allow.
        """
        settings = RECIPES[recipe].resolve_settings(world, 0, dict(options)).plain()
        asked = {name: settings[name] for name in options if name != "diversity"}
        return cls(world.name, world.options, recipe, asked, settings["diversity"])

    @property
    def training(self) -> dict[str, Any]:
        """The options of `train`, diversity among them."""
        return {**self.options, "diversity": self.diversity}

    def about(self, names: Iterable[str]) -> tuple[Any, ...]:
        """Return world, recipe, diversity and options of these names, None if none."""
        options = (self.options.get(name) for name in names)
        return self.world, self.recipe, self.diversity, *options

    @property
    def said(self) -> str:
        """Options of its world and its recipe as JSON, as rows have them."""
        options = {self.world: self.world_options, self.recipe: self.options}
        return json.dumps(options, sort_keys=True)


@dataclass(frozen=True)
class Task(Condition):
    """One agent to train and measure: all that its rows depend on."""

    seed: int
    shifts: tuple[PlanShift, ...]
    n: int
    groundings: tuple[str, ...]

    @cached_property
    def key(self) -> str:
        """A digest of the task and of the code that carries it out."""
        every = {field.name: getattr(self, field.name) for field in fields(self)}
        content = json.dumps([every, code(FOUNDATION)], sort_keys=True)
        return hashlib.blake2b(content.encode(), digest_size=16).hexdigest()

    @property
    def rows(self) -> int:
        """How many rows it makes, one for each shift and grounding."""
        return len(self.shifts) * len(self.groundings)


@dataclass(frozen=True)
class Plan:
    """Conditions and seeds, each pair of them an agent, and how each is measured.

    conditions: by what they are called; variable: what it is that differs. shifts:
    at which each agent is measured by each grounding, see `PlanShift`, on `n`
    levels of each grade.
    """

    variable: str
    conditions: dict[str, Condition]
    seeds: Sequence[int]
    shifts: tuple[PlanShift, ...]
    n: int = 256
    groundings: tuple[str, ...] = ("polar",)

    @classmethod
    def of(
        cls,
        worlds: Any,
        recipes: Any,
        seeds: Any,
        diversities: Any = 0.0,
        shifts: Any = ((0.0, 0.0), (ANYWHERE, 0.0)),
        n: Any = 256,
        groundings: Any = "polar",
        options: Any = None,
    ) -> Plan:
        """Return every combination of what was asked for, as `rk.study` takes it.

        A list of values of a recipe's option is as many conditions.
        Raises ValueError that names the argument, what was given, what is allowed.
        """
        worlds = several("worlds", worlds, word(WORLDS))
        recipes = several("recipes", recipes, word(RECIPES))
        seeds = which_seeds(seeds)
        diversities = several("diversities", diversities, arguments.fraction)
        shifts = several("shifts", shifts, shift)
        n = arguments.whole("n", n, 1)
        groundings = several("groundings", groundings, word(metrics.GROUNDINGS))
        options = {} if options is None else options
        _check_options(options, (*worlds, *recipes))
        lists = {r: alternatives(r, options.get(r, {})) for r in recipes}
        forms = sum(prod(map(len, each.values())) for each in lists.values())
        agents = len(worlds) * forms * len(diversities) * len(seeds)
        arguments.whole("agents of the plan", agents, 1, MOST)
        rows = len(shifts) * len(groundings)
        arguments.whole("shifts times groundings", rows, 1, MOST_ROWS)
        conditions = []
        for name, recipe in product(worlds, recipes):
            world = _world(name, options.get(name, {}), groundings)
            check_plan_shifts(world, shifts)
            own = {key: world.options[key] for key in options.get(name, {})}
            every = product(*lists[recipe].values(), diversities)
            for values in every:
                asked = dict(zip((*lists[recipe], "diversity"), values, strict=True))
                one = Condition.of(world, recipe, asked)
                conditions.append(replace(one, world_options=own))
        variable, labels = _labels(conditions)
        named = dict(zip(labels, conditions, strict=True))
        return cls(variable, named, seeds, shifts, n, groundings)

    @property
    def agents(self) -> int:
        """How many agents it trains."""
        return len(self.conditions) * len(self.seeds)

    @property
    def varied(self) -> tuple[str, ...]:
        """The options of a recipe that it is given several values of."""
        return _varied([*self.conditions.values()])

    def task(self, condition: Condition, seed: int) -> Task:
        """Return one agent's task."""
        return Task(
            **vars(condition),
            seed=seed,
            shifts=self.shifts,
            n=self.n,
            groundings=self.groundings,
        )

    def tasks(self) -> list[Task]:
        """Return every agent, seed by seed, so that early results cover everything."""
        every = product(self.seeds, self.conditions.values())
        return [self.task(condition, seed) for seed, condition in every]

    def __str__(self) -> str:
        each = self.conditions.values()
        recipes = {c.recipe for c in each}
        forms = {(c.recipe, str(c.options)) for c in each}
        more = f" in {len(forms)} forms" if len(forms) > len(recipes) else ""
        return text.wrapped(
            f"{_count({c.world for c in each}, 'world')} × "
            f"{_count(recipes, 'recipe')}{more} × "
            f"{_count({c.diversity for c in each}, 'diversity', 'diversities')} × "
            f"{_count(self.seeds, 'seed')} = {self.agents} agents, each measured at "
            f"{_count(self.shifts, 'shift')} by {_count(self.groundings, 'grounding')}"
        )


def _varied(conditions: list[Condition]) -> tuple[str, ...]:
    """Return the options that differ between conditions of one recipe."""
    asked = {
        (c.recipe, name): c.options[name] for c in conditions for name in c.options
    }
    differ = [
        name
        for (recipe, name), value in asked.items()
        if any(c.options[name] != value for c in conditions if c.recipe == recipe)
    ]
    return tuple(dict.fromkeys(differ))


def _labels(conditions: list[Condition]) -> tuple[str, list[str]]:
    """Return what varies, and what to call each condition: by that and nothing else."""
    options = _varied(conditions)
    names = ("world", "recipe", "diversity", *options)
    each = [c.about(options) for c in conditions]
    every = [(w, r, f"{d:g}", *map(str, rest)) for w, r, d, *rest in each]
    if len(set(every)) < len(every):  # diversities that are alike in six digits
        every = [tuple(map(str, about)) for about in each]
    count = range(len(names))
    varies = [i for i in count if len({each[i] for each in every}) > 1] or [1]
    labels = [" ".join(each[i] for i in varies if each[i] != "None") for each in every]
    return " and ".join(names[i] for i in varies), labels


def _check_options(given: Any, known: tuple[str, ...]) -> None:
    """Raise ValueError for options that are of nothing in the plan, or its own."""
    if not isinstance(given, Mapping):
        allowed = "a dict of a world's or a recipe's name to a dict of its options"
        raise arguments.refusal("options", given, allowed)
    for name, own in given.items():
        arguments.one_of("options", name, known)
        if not isinstance(own, Mapping):
            raise arguments.refusal(f"options[{name!r}]", own, "a dict")
        taken = {"seed", "diversity", "snapshots", "seeds", "after"} & set(own)
        if taken:
            raise ValueError(
                f"options[{name!r}] has {sorted(taken)}; allowed: other options. Seeds "
                "and diversities are the plan's own."
            )


def _world(name: str, options: Mapping[str, Any], groundings: tuple[str, ...]) -> World:
    """Return a world; raise ValueError where a grounding cannot measure in it."""
    world = make(name, **options)
    sampled = metrics.sampled_groundings()
    if not world.listed and not set(groundings) <= set(sampled):
        raise ValueError(
            f"groundings={groundings} is not possible in {world!r}, whose states are "
            f"too many to list; allowed there: {', '.join(map(repr, sampled))}."
        )
    for grounding in groundings:
        if why := refusal(grounding, world):
            raise ValueError(f"groundings={groundings}: {why}")
    return world


def read(path: str | os.PathLike[str]) -> Plan:
    """Return the plan of a TOML file whose keys are the arguments of `rk.study`.

    Raises FileNotFoundError where there is none, and ValueError for one that is no
    TOML, has an unknown key, lacks one, or asks for what is not possible.
    """
    where = arguments.path("plan", path)
    if not where.is_file():
        raise FileNotFoundError(f"plan={str(path)!r}: there is no such file.")
    given = toml(where)
    if "levels" in given:
        raise ValueError(
            f"key of {where.name}='levels' is not known; allowed: n, the number of "
            "levels of each stratum."
        )
    for name in given:
        arguments.one_of(f"key of {where.name}", name, signature(Plan.of).parameters)
    for name in ("worlds", "recipes", "seeds"):
        if name not in given:
            raise ValueError(
                f"plan={str(path)!r} has no {name!r}; allowed: worlds, recipes and "
                "seeds are needed, the rest has defaults."
            )
    return Plan.of(**given)


def named(shift: PlanShift) -> dict[str, Any]:
    """Return how far along each shift, by its name."""
    return {**dict.fromkeys(SHIFTS, 0.0), **dict(zip(SHIFTS, shift, strict=False))}


def check_plan_shifts(world: World, shifts: Iterable[PlanShift]) -> None:
    """Raise ValueError for a shift of a plan that one of its worlds does not have."""
    for each in shifts:
        try:
            check_shifts(world, **named(each))
        except ValueError as problem:
            raise ValueError(
                f"shifts has {each!r}, which {world.name!r} cannot be measured at: "
                f"{problem}"
            ) from None


def _count(values: Collection[Any], one: str, many: str = "") -> str:
    return f"{len(values)} {one if len(values) == 1 else many or one + 's'}"

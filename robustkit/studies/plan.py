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
from numbers import Real
from pathlib import Path
from typing import Any

from .. import arguments, metrics, text
from ..agents import RECIPES
from ..analysis.measure import refusal
from ..arguments import quote
from ..files import MEASURING, code
from ..worlds import WORLDS, World, make
from ..worlds.shifts import ANYWHERE, SHIFTS, check_shifts
from .planfile import toml

# How far along goal and layout; along place, too, where that is not 0
PlanShift = tuple[float | str, float] | tuple[float | str, float, float]
FOUNDATION = (*MEASURING, "studies/outcome.py")
MOST = 1_000_000  # agents of a plan; more need several stores
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

        Raises ValueError that names the argument, what was given, what is allowed.
        """
        worlds = _several("worlds", worlds, _word(WORLDS))
        recipes = _several("recipes", recipes, _word(RECIPES))
        seeds = which_seeds(seeds)
        diversities = _several("diversities", diversities, arguments.fraction)
        shifts = _several("shifts", shifts, _shift)
        n = arguments.whole("n", n, 1)
        groundings = _several("groundings", groundings, _word(metrics.GROUNDINGS))
        agents = len(worlds) * len(recipes) * len(diversities) * len(seeds)
        arguments.whole("agents of the plan", agents, 1, MOST)
        rows = len(shifts) * len(groundings)
        arguments.whole("shifts times groundings", rows, 1, MOST_ROWS)
        options = {} if options is None else options
        _check_options(options, (*worlds, *recipes))
        conditions = []
        for name, recipe in product(worlds, recipes):
            world = _world(name, options.get(name, {}), groundings)
            check_plan_shifts(world, shifts)
            own = {key: world.options[key] for key in options.get(name, {})}
            for diversity in diversities:
                asked = {**options.get(recipe, {}), "diversity": diversity}
                one = Condition.of(world, recipe, asked)
                conditions.append(replace(one, world_options=own))
        variable, labels = _labels(conditions)
        named = dict(zip(labels, conditions, strict=True))
        return cls(variable, named, seeds, shifts, n, groundings)

    @property
    def agents(self) -> int:
        """How many agents it trains."""
        return len(self.conditions) * len(self.seeds)

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
        return text.wrapped(
            f"{_count({c.world for c in each}, 'world')} × "
            f"{_count({c.recipe for c in each}, 'recipe')} × "
            f"{_count({c.diversity for c in each}, 'diversity', 'diversities')} × "
            f"{_count(self.seeds, 'seed')} = {self.agents} agents, each measured at "
            f"{_count(self.shifts, 'shift')} by {_count(self.groundings, 'grounding')}"
        )


def which_seeds(given: Any) -> Sequence[int]:
    """Return seeds: so many from 0 on, or those that are listed.

    Raises ValueError for none, one given twice, or something that is no seed.
    """
    if _single(given) and not isinstance(given, str):
        return range(arguments.whole("seeds", given, 1, MOST))
    seeds = _several("seeds", given, arguments.seed)
    usual = range(len(seeds))  # the same plan, however they are given
    return usual if seeds == tuple(usual) else seeds


def _labels(conditions: list[Condition]) -> tuple[str, list[str]]:
    """Return what varies, and what to call each condition: by that and nothing else."""
    names = ("world", "recipe", "diversity")
    every = [(c.world, c.recipe, f"{c.diversity:g}") for c in conditions]
    if len(set(every)) < len(every):  # diversities that are alike in six digits
        every = [(c.world, c.recipe, f"{c.diversity}") for c in conditions]
    varies = [i for i in range(3) if len({each[i] for each in every}) > 1] or [1]
    labels = [" ".join(each[i] for i in varies) for each in every]
    return " and ".join(names[i] for i in varies), labels


def _check_options(given: Any, known: tuple[str, ...]) -> None:
    """Raise ValueError for options that are of nothing in the plan, or its own."""
    if not isinstance(given, Mapping):
        raise ValueError(
            f"options={quote(given)} is not possible; allowed: a dict of a world's or "
            "a recipe's name to a dict of its options."
        )
    for name, own in given.items():
        arguments.one_of("options", name, known)
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
    where = Path(path)
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


def _word(allowed: Iterable[str]) -> Any:
    return lambda name, given: arguments.one_of(name, given, allowed)


def _shift(name: str, given: Any) -> PlanShift:
    counted = not isinstance(given, str) and hasattr(given, "__len__")
    if not counted or len(given) not in (2, 3):
        raise ValueError(
            f"{name} has {quote(given)}; allowed: pairs of a goal shift and a layout "
            "shift, with a place shift where that is not 0, each from 0 to 1, the "
            f'goal shift "{ANYWHERE}" too.'
        )
    goal, *others = given
    if isinstance(goal, str):
        goal = arguments.one_of(name, goal, [ANYWHERE])
    else:
        goal = arguments.fraction(name, goal)
    layout, place = (arguments.fraction(name, x) for x in [*others, 0.0][:2])
    return (goal, layout, place) if place else (goal, layout)


def named(shift: PlanShift) -> dict[str, Any]:
    """Return how far along each shift, by its name."""
    return {**dict.fromkeys(SHIFTS, 0.0), **dict(zip(SHIFTS, shift, strict=False))}


def check_plan_shifts(world: World, shifts: Iterable[PlanShift]) -> None:
    """Raise ValueError for a shift of a plan that one of its worlds does not have."""
    for shift in shifts:
        try:
            check_shifts(world, **named(shift))
        except ValueError as problem:
            raise ValueError(
                f"shifts has {shift!r}, which {world.name!r} cannot be measured at: "
                f"{problem}"
            ) from None


def _several(name: str, given: Any, check: Any) -> tuple[Any, ...]:
    """Return a tuple of checked values, from one value or several."""
    if _single(given):
        given = [given]
    try:
        every = tuple(check(name, each) for each in given)
    except TypeError:
        raise ValueError(
            f"{name}={quote(given)} is not possible; allowed: "
            "one value or a list of them."
        ) from None
    if not every or len(set(every)) < len(every):
        raise ValueError(
            f"{name}={quote(given)} is not possible; allowed: at least one, none twice."
        )
    return every


def _single(given: Any) -> bool:
    """Return whether it is one value: a word, a number, or an array of no dimension."""
    return isinstance(given, (str, Real)) or getattr(given, "shape", None) == ()


def _count(values: Collection[Any], one: str, many: str = "") -> str:
    return f"{len(values)} {one if len(values) == 1 else many or one + 's'}"

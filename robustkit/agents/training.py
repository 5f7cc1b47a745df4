"""Training: one agent, many of different seeds, or one along its training."""

from __future__ import annotations

import json
import os
import sys
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import replace
from queue import SimpleQueue
from typing import Any, overload

from .. import arguments
from ..arguments import quote
from ..mdp import best_start_values, normalised, start_values, uniform_policy
from ..worlds import World, is_own, make, world_of
from . import pool, store
from .agent import Agent, check_world
from .planner import make_device, make_planner
from .recipe import Recipe, Settings
from .registry import RECIPES

COMPETENT, LEVELS = 0.5, 128  # base score above which it has learned to act, on so many


@overload
def train(
    recipe: str, world: World, *, seeds: Iterable[int], **options: Any
) -> list[Agent]: ...
@overload
def train(
    recipe: str,
    world: World,
    seed: int = 0,
    *,
    snapshots: Iterable[int],
    **options: Any,
) -> list[Agent]: ...
@overload
def train(recipe: str, world: World, seed: int = 0, **options: Any) -> Agent: ...
def train(
    recipe: str,
    world: World,
    seed: int = 0,
    *,
    seeds: Iterable[int] | None = None,
    snapshots: Iterable[int] | None = None,
    after: Agent | None = None,
    **options: Any,
) -> Agent | list[Agent]:
    """Train an agent from base reward on the training distribution, nothing else.

    recipe: "network", "memoriser" or "searcher". seed: a whole number from 0; the same
    seed gives the same agent. options: of the recipe, such as `diversity`, the share of
    training levels that have the goal shifted anywhere. seeds: one for each of many
    agents, which are trained side by side and returned as a list, each the same as if
    trained alone; if interrupted, those that are finished. snapshots: steps of training
    (updates, generations or episodes, from 1) at which to keep the agent; these are
    returned as a list, and training ends with the last. after: a network whose training
    goes on here, with its weights and its layers.
    Raises ValueError for an unknown recipe or option, or one out of range.

    >>> import robustkit as rk
    >>> world = rk.make("cheese", size=7, layouts=8)
    >>> agent = rk.train("searcher", world, seed=1, generations=2)
    >>> print(rk.measure(agent, world.sample(64)).scalar)
    1.00 [0.95, 1.00]
    """
    how = RECIPES[arguments.one_of("recipe", recipe, RECIPES)]
    if is_own(world):
        raise ValueError(
            f"world={world_of(world)!r} is made of your own environments, in which our "
            "recipes do not train; allowed: a world of robustkit.make(name). Train "
            "with a library such as Stable-Baselines3, then rk.agent(model, world)."
        )
    given: Any = after
    if isinstance(given, dict) and not given:  # as settings say that there is none
        after = None
    if after is not None:
        options = _after(how, after, check_world(world), options)
    settings = how.resolve_settings(check_world(world), seed, options)
    if seeds is not None:
        each = _distinct("seeds", [arguments.seed("seeds", s) for s in _all(seeds)])
        if settings.seed or snapshots is not None or after is not None:
            raise ValueError(
                f"seeds={each} is not possible with seed={settings.seed}, snapshots="
                f"{snapshots} and after={quote(after)}; allowed: seeds alone."
            )
        return train_many(how, world, settings, each)
    if snapshots is None:
        return train_one(how, world, settings, after)
    most = how.steps(settings)
    wanted = [arguments.whole("snapshots", s, 1, most) for s in _all(snapshots)]
    return train_stages(how, world, settings, _distinct("snapshots", wanted), after)


def _after(
    recipe: Recipe, begin: Any, world: World, options: dict[str, Any]
) -> dict[str, Any]:
    """Return the options of a training that goes on from an agent."""
    if recipe.carry_on is None:
        able = [name for name, each in RECIPES.items() if each.carry_on is not None]
        raise ValueError(
            f"after={quote(begin)} is not possible with recipe={recipe.name!r}; "
            f"allowed: with {', '.join(map(repr, able))}."
        )
    return recipe.carry_on(begin, world, options)


def train_one(
    recipe: Recipe, world: World, settings: Settings, begin: Agent | None = None
) -> Agent:
    """Return the agent at the end of its training, or the one that is kept."""
    agent = store.find(recipe.name, world, settings.plain())
    if agent is None:
        (last,) = deque(recipe.stages(world, settings, begin), maxlen=1)
        agent = last()
        store.keep(agent)
    return agent


def train_many(
    recipe: Recipe, world: World, settings: Settings, seeds: list[int]
) -> list[Agent]:
    """Return an agent for each seed; those that are not kept are trained together.

    Interrupted, it returns those that are finished.
    """
    plain = settings.plain()
    made = {s: store.find(recipe.name, world, {**plain, "seed": s}) for s in seeds}
    missing = [s for s, agent in made.items() if agent is None]
    if missing:
        del plain["seed"]

        def one(seed: int) -> Agent:
            return train_one(recipe, world, replace(settings, seed=seed))

        new = pool.train_together(recipe.name, world, missing, plain, one)
        made |= {agent.settings["seed"]: agent for agent in new}
    return [agent for agent in made.values() if agent is not None]


def train_stages(
    recipe: Recipe,
    world: World,
    settings: Settings,
    steps: list[int],
    begin: Agent | None = None,
) -> list[Agent]:
    """Return the agent at each of these steps of its training, which ends there."""
    kept = {}
    for step, stage in enumerate(recipe.stages(world, settings, begin), start=1):
        if step in steps:
            agent = stage()
            about = {**agent.settings, "stage": step}
            name = f"{agent.name}, step {step}"
            kept[step] = replace(agent, name=name, settings=about)
        if step == max(steps):
            break
    return [kept[step] for step in steps]


def _all(given: Any) -> list[Any]:
    try:
        return list(given)
    except TypeError:
        return [given]


def _distinct(name: str, given: list[int]) -> list[int]:
    if not given or len(set(given)) < len(given):
        allowed = "at least one whole number, none of them twice"
        raise arguments.refusal(name, given, allowed)
    return given


def usual(world: Any) -> list[Agent]:
    """Train the agents that the explorer shows unless it is given others.

    Two networks, two searchers and a memoriser, of the first seeds, and beside them
    flawless planners of the base objective and of the first proxy. A memoriser that has
    not learned to act in training, where there is too much to remember, is left out:
    there is nothing for it to lose.
    """
    if is_own(world):  # in which nothing of ours is trained
        goals = ["base", *[*world.objectives][1:]]
        planners = [make_planner(world, goal) for goal in goals]
        return [*planners, make_device("random", world)]
    asked = [("network", 0), ("network", 1), ("searcher", 0), ("searcher", 1)]
    trained = [train(recipe, world, seed) for recipe, seed in asked]
    memoriser = train("memoriser", world)
    if _base_score(memoriser) > COMPETENT:
        trained.append(memoriser)
    goals = ["base", *[*world.objectives][1:2]]
    return [*trained, *(make_planner(world, goal) for goal in goals)]


def _base_score(agent: Agent) -> float:
    """Return base return in training, from 0 (random) to 1 (optimal)."""
    levels = agent.world.sample(LEVELS)
    tables = levels.tables()
    best = best_start_values(tables, tables.mixture("base"))[:, 0] * tables.scale[0]
    policies = agent.policy(levels), uniform_policy(tables)
    earned, random = (start_values(tables, policy)[:, 0] for policy in policies)
    return normalised(earned, random, best)


def work() -> None:
    """Train, as a process of the pool, for each line of input: [seed, file]."""
    recipe, options, name, of_world = json.loads(sys.argv[1])
    world = make(name, **of_world)
    asked: SimpleQueue[str] = SimpleQueue()
    lines: Iterator[str] = iter(asked.get, "")
    try:
        threading.Thread(target=_listen, args=(asked,), daemon=True).start()
    except RuntimeError:  # no room for one: it ends between two agents
        lines = iter(sys.stdin)
    print("ready", flush=True)
    for line in lines:
        seed, path = json.loads(line)
        store.save(train(recipe, world, seed, **options), path)
        print("done", flush=True)


def _listen(asked: SimpleQueue[str]) -> None:
    """Hear what is asked, while training too; end with the one who asks."""
    for line in sys.stdin:
        asked.put(line)
    os._exit(0)

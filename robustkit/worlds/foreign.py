"""Any deterministic MiniGrid environment as exact tables, and several as a world."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from typing import Any

import numpy as np
from gymnasium import spaces
from minigrid.core.mission import MissionSpace

from .. import arguments
from ..arguments import quote
from ..bars import bar
from ..mdp import Floats, best_start_values, start_values, uniform_policy
from ..text import Notice
from .own.layers import game_of
from .own.level import OwnLevel, OwnTables
from .own.moves import Event
from .own.noting import named
from .own.pays import Pays, check_pays
from .own.stepping import Stepper
from .own.walk import Walker, replay
from .own.world import TRAINING, OwnWorld
from .shifts import SHIFTS

SLOW = 0.999  # a discount from which on planning takes long
TAKES_LONG = (
    "discount={discount:g} is so near 1 that planning takes long: its effort grows "
    f"with 1 / (1 - discount). Up to {SLOW} is usual."
)


def tabulate(
    env: Any,
    events: Mapping[str, Event] | None = None,
    objectives: Mapping[str, Mapping[str, float]] | None = None,
    limit: int = 20_000,
    discount: float = 0.99,
    seed: int | Sequence[int] = 0,
    actions: Sequence[Any] | None = None,
    *,
    goal: Any = None,
    layout: Any = None,
    place: Any = None,
    ignore: Sequence[str] = (),
    name: str = "",
) -> OwnTables | OwnWorld:
    """Return the exact tables of a deterministic MiniGrid environment, or a world.

    env: an environment whose `unwrapped` is a `MiniGridEnv`. It is played as it is,
    through its wrappers, after a reset with `seed`, and then left as it was. One
    environment and seed give the tables of that one level. Several of either give a
    world whose training levels they are; with environments (or a list of them, or a
    dict of words to lists, grade by grade) as `goal`, `layout` or `place`, the world
    has that shift. See `OwnWorld`.

    A state is all that can make a difference later: what the environment, its wrappers
    and things hold, down to what their attributes point to. States are found by trying
    every action in every state, some 300 to 3,000 moves a second, and then played
    through once more. Only MiniGrid's own limit of steps is left out, and with it that
    its reward falls with time: a success pays 1. Where your own code asks for
    `step_count` it is part of a state.
    ignore: attributes that make no difference. actions: the moves to try, by number or
    by MiniGrid's name; each thing that can be carried multiplies states by the number
    of cells, so it helps to leave out "pickup", "drop" and "toggle" where they do
    nothing. limit: of states a level.

    events: name to a function of the environment itself, asked after each action.
    There are always "success" (it paid; of one size, above 0) and "failure" (it ended
    unpaid), and where a wrapper's limit ends episodes, "time".
    objectives: name to what it pays for each event, the base objective first; by
    default `{"task": {"success": 1}}`. name: what to call it.
    Raises ValueError for an environment that is not MiniGrid's, draws random
    numbers, holds what cannot be looked into, has more than `limit` states, or pays in
    several sizes without events that tell them apart; it names what is in the way.
    """
    if name is not None and not isinstance(name, str):
        raise arguments.refusal("name", name, "a text")
    pays = check_pays(events, objectives)
    limit = arguments.whole("limit", limit, 1, 10_000_000)
    discount = arguments.number("discount", discount, 0.5, 0.9999)
    if discount > SLOW:
        warnings.warn(Notice(TAKES_LONG.format(discount=discount)), stacklevel=2)
    seeds = _seeds(seed)
    kind, words, grades = _grades(env, {"goal": goal, "layout": layout, "place": place})
    how = pays.events, actions, _names("ignore", ignore)
    steppers = [[Stepper(each, *how) for each in grade] for grade in grades]
    _same_face([stepper for grade in steppers for stepper in grade])
    levels = _levels(steppers, seeds, limit)
    every = [level for grade in levels for level in grade]
    pays = pays.of([level.found for level in every])
    called = name or _name(every[0].stepper)
    tables = _scaled([[_tables(x, pays, discount, called) for x in g] for g in levels])
    single = not isinstance(env, (list, tuple)) and np.ndim(seed) == 0
    if kind is None and single:
        return tables[0][0]
    return OwnWorld(called, tuple(map(tuple, tables)), kind or "goal", words)


def _levels(
    steppers: list[list[Stepper]], seeds: Sequence[int], limit: int
) -> list[list[OwnLevel]]:
    """Return the levels of each grade: of each of its environments, by every seed."""
    asked = [[(x, s) for x in grade for s in seeds] for grade in steppers]
    with closing(bar("levels", sum(map(len, asked)), delay=2)) as shown:

        def level(stepper: Stepper, seed: int) -> OwnLevel:
            found = _level(stepper, seed, limit)
            shown.update()
            return found

        return [[level(*each) for each in grade] for grade in asked]


def _level(stepper: Stepper, seed: int, limit: int) -> OwnLevel:
    """Return a level of an environment, with all its states."""
    with stepper.begun(seed) as (start, seen):
        found = Walker(stepper, start, seen, limit).walk()
        replay(stepper, start, seed, found)
        stepper.outer.reset(seed=seed)
        changed = stepper.memory.differences(start, stepper.read())
        if changed:
            warnings.warn(
                Notice(
                    f"env differs after a second reset with seed={seed} "
                    f"({', '.join(changed[:3])}): the tables are of the first."
                ),
                stacklevel=3,
            )
        level = OwnLevel(stepper, seed, found)
        vars(level)["start"] = start  # what the tables are of, without another reset
        return level


def _tables(level: OwnLevel, pays: Pays, discount: float, name: str) -> OwnTables:
    """Return the tables of a level; the last state is the end. All scales are 1."""
    found, happened = level.found, pays.happened(level.found)
    end, moves = found.next_state.shape
    follow = np.where(found.next_state < 0, end, found.next_state)
    next_state = np.concatenate([follow, np.full((1, moves), end)]).astype(np.int32)
    events = np.concatenate([happened, np.zeros((1, *happened.shape[1:]), bool)])
    return OwnTables(
        next_state[None],
        events[None],
        (events @ pays.worth)[None],
        np.zeros(1, int),
        tuple(pays.objectives),
        pays.names,
        discount,
        np.ones(len(pays.objectives)),
        level=level,
        name=name,
    )


def _scaled(grades: list[list[OwnTables]]) -> list[list[OwnTables]]:
    """Return tables with one scale: the mean room of training and of all that is not.

    Raises ValueError for an objective that nothing can be done about.
    """
    means = [np.mean([_room(tables) for tables in grade], axis=0) for grade in grades]
    ends = [means[0], np.mean(means[1:], axis=0)] if means[1:] else means
    scale = np.mean(ends, axis=0)
    some = grades[0][0]
    for name, room in zip(some.objectives, scale, strict=True):
        if room < 1e-9:
            raise ValueError(
                f"objective {name!r} pays the same whatever is done; allowed: one in "
                "which optimal play earns more than random play. "
                f"{_what_happens(grades)}"
            )
    return [[replace(tables, scale=scale) for tables in grade] for grade in grades]


def _room(tables: OwnTables) -> Floats:
    """Return [objectives], what lies between random and optimal play."""
    best = best_start_values(tables, np.eye(len(tables.objectives)))
    room: Floats = (best - start_values(tables, uniform_policy(tables)))[0]
    return room


def _what_happens(grades: list[list[OwnTables]]) -> str:
    """Return how often each event happens, in a sentence."""
    every = [tables for grade in grades for tables in grade]
    count = sum(tables.events.sum((0, 1, 2)) for tables in every)
    pairs = zip(every[0].event_names, count, strict=True)
    said = ", ".join(f"{name!r} on {n}" for name, n in pairs)
    return f"Over all moves in all states: {said}."


def _seeds(given: Any) -> list[int]:
    """Return seeds as a list; raise ValueError for an invalid one."""
    each = [given] if np.ndim(given) == 0 else list(given)
    seeds = [arguments.seed("seed", one) for one in each]
    if not seeds or len({*seeds}) < len(seeds):
        raise ValueError(f"seed={quote(given)}; allowed: a seed, or several different.")
    return seeds


def _names(argument: str, given: Any) -> list[str]:
    """Return names as a list; raise ValueError for an invalid one."""
    many = isinstance(given, (list, tuple, set, frozenset))
    if not many or not all(isinstance(each, str) for each in given):
        raise ValueError(f"{argument}={quote(given)}; allowed: a list of names.")
    return list(given)


def _list(argument: str, given: Any) -> list[Any]:
    """Return one environment or several as a list; raise ValueError for none."""
    each = list(given) if isinstance(given, (list, tuple)) else [given]
    if not each:
        raise ValueError(f"{argument} is empty; allowed: at least one environment.")
    for one in each:
        game_of(one, argument)
    return each


def _grades(
    env: Any, shifted: Mapping[str, Any]
) -> tuple[str | None, tuple[str, ...], list[list[Any]]]:
    """Return which shift it is, what its grades are like, and their environments."""
    training = _list("env", env)
    kinds = [kind for kind in SHIFTS if shifted[kind] is not None]
    if len(kinds) > 1:
        raise ValueError(
            f"{' and '.join(kinds)} are given; allowed: one of {', '.join(SHIFTS)}."
        )
    if not kinds:
        return None, (), [training]
    (kind,) = kinds
    given = shifted[kind]
    if not isinstance(given, Mapping):
        given = {f"shifted ({kind})": given}
    if not given:
        raise ValueError(f"{kind} is empty; allowed: at least one environment.")
    grades = [_list(f"{kind} {words!r}", each) for words, each in given.items()]
    words = tuple(str(each).strip() for each in given)
    if len({TRAINING, "", *words}) < len(words) + 2:
        raise ValueError(
            f"{kind} has the grades {quote(list(given))}; allowed: different words for "
            f"each, none of them {TRAINING!r}."
        )
    return kind, words, [training, *grades]


def _same_face(steppers: Sequence[Stepper]) -> None:
    """Raise ValueError where environments show, or take, what others do not."""
    first = steppers[0]
    for other in steppers[1:]:
        shown, taken = ([_shown(x.space), str(x.moves)] for x in (first, other))
        for what, one, two in zip(("shows", "takes"), shown, taken, strict=True):
            if one != two:
                raise ValueError(
                    f"env={quote(other.env)} {what} what {quote(first.env)} does not "
                    f"({two:.120} instead of {one:.120}); allowed: environments that "
                    "one agent can act in."
                )


def _shown(space: spaces.Space[Any]) -> str:
    """Return what is shown, missions being alike whatever they say."""
    if isinstance(space, spaces.Dict):
        return ", ".join(f"{name}: {_shown(each)}" for name, each in space.items())
    return "a mission" if isinstance(space, MissionSpace) else named(space)


def _name(stepper: Stepper) -> str:
    """Return what an environment is called: as it is registered, or its class."""
    spec = stepper.game.spec
    return spec.id if spec is not None else type(stepper.game).__name__

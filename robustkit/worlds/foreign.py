"""Any deterministic MiniGrid environment as exact tables, by walking its states."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from .. import arguments
from ..mdp import Tables, evaluate, optimal_values, uniform_policy

Event = Callable[[Any], bool]


def tabulate(
    env: Any,
    events: Mapping[str, Event] | None = None,
    objectives: Mapping[str, Mapping[str, float]] | None = None,
    limit: int = 20_000,
    discount: float = 0.99,
    seed: int = 0,
) -> Tables:
    """Return the exact tables of one level of a deterministic MiniGrid environment.

    env: anything whose `unwrapped` is a `MiniGridEnv`; it is reset with `seed` and not
    changed. Its states are found by trying every action in every state, which takes
    time: some 500 states a second. The step count is no part of a state, so that
    MiniGrid's reward, which falls with it, is counted as 1 for every success.

    events: name to a function of the environment, called after each action. Two are
    always there: "success" (the environment paid) and "failure" (it ended unpaid).
    objectives: name to what it pays for each event, the base objective first; by
    default `{"task": {"success": 1}}`.
    Raises ValueError for an environment that is none of MiniGrid's, that has more than
    `limit` states, or in which the same action in the same state has two outcomes.
    """
    from minigrid.minigrid_env import MiniGridEnv

    game = getattr(env, "unwrapped", None)
    if not isinstance(game, MiniGridEnv):
        raise ValueError(
            f"env={env!r} is not possible; allowed: a MiniGrid environment."
        )
    limit = arguments.whole("limit", limit, 1)
    discount = arguments.number("discount", discount, 0.5, 0.9999)
    events = dict(events or {})
    names = ("success", "failure", *events)
    pays = dict(objectives or {"task": {"success": 1.0}})
    for objective, weights in pays.items():
        for event in weights:
            arguments.one_of(f"event of objective {objective!r}", event, names)
    game = copy.deepcopy(game)
    game.reset(seed=arguments.seed("seed", seed))
    next_state, happened = _walk(game, events, limit)
    worth = np.array([[w.get(e, 0.0) for e in names] for w in pays.values()])
    unit = np.ones(len(pays))
    tables = Tables(
        next_state[None],
        happened[None],
        (happened @ worth.T)[None],
        np.zeros(1, int),
        tuple(pays),
        names,
        discount,
        unit,
    )
    return _scaled(tables)


def _scaled(tables: Tables) -> Tables:
    """Return the tables with the scale of their own objectives.

    Raises ValueError for an objective that nothing can be done about.
    """
    import dataclasses

    best = optimal_values(tables, np.eye(len(tables.objectives)))[0, 0]
    room = best - evaluate(tables, uniform_policy(tables))[0, 0]
    for name, left in zip(tables.objectives, room, strict=True):
        if left < 1e-9:
            raise ValueError(
                f"objective {name!r} pays the same whatever is done; allowed: one in "
                "which optimal play earns more than random play."
            )
    return dataclasses.replace(tables, scale=room)


def _walk(
    game: Any, events: dict[str, Event], limit: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return next_state [states + 1, actions] and events; the last state is the end."""
    actions = int(game.action_space.n)
    first = _snapshot(game)
    number = {_key(first): 0}
    todo, rows, happenings = [first], [], []
    while todo:
        here = todo.pop(0)
        row, happening = [], []
        for action in range(actions):
            after, happened, ended = _try(game, here, action, events)
            key = _key(after)
            if not ended and key not in number:
                number[key] = len(number)
                todo.append(after)
                if len(number) > limit:
                    raise ValueError(
                        f"env has more than limit={limit} states; allowed: a smaller "
                        "environment, or a higher limit."
                    )
            row.append(-1 if ended else number[key])
            happening.append(happened)
        rows.append(row)
        happenings.append(happening)
    end = len(rows)
    follow = np.array([*rows, [-1] * actions], np.int32)
    none = [[False] * len(happenings[0][0])] * actions
    return np.where(follow < 0, end, follow), np.array([*happenings, none], bool)


def _try(
    game: Any, state: dict[str, Any], action: int, events: dict[str, Event]
) -> tuple[dict[str, Any], list[bool], bool]:
    """Return (state after, events, ended) of an action, tried twice.

    Raises ValueError where the two differ.
    """
    outcomes = []
    for draw in (1, 2):
        _restore(game, state)
        game.np_random = np.random.default_rng(draw)
        _, reward, ended, _, _ = game.step(action)
        happened = [reward > 0, bool(ended and reward <= 0)]
        happened += [bool(event(game)) for event in events.values()]
        outcomes.append((_snapshot(game), happened, bool(ended)))
    (after, happened, ended), again = outcomes
    if (_key(after), happened, ended) != (_key(again[0]), *again[1:]):
        raise ValueError(
            f"env is not deterministic: action {action} has two outcomes in one state; "
            "allowed: a deterministic environment."
        )
    return after, happened, ended


def _snapshot(game: Any) -> dict[str, Any]:
    """Return what a state is made of; objects that can change are copied."""
    return {
        "pos": tuple(int(x) for x in game.agent_pos),
        "dir": int(game.agent_dir),
        "carrying": _copied(game.carrying),
        "cells": [_copied(thing) for thing in game.grid.grid],
    }


def _restore(game: Any, state: dict[str, Any]) -> None:
    game.agent_pos, game.agent_dir = state["pos"], state["dir"]
    game.carrying = _copied(state["carrying"])
    game.grid.grid = [_copied(thing) for thing in state["cells"]]
    game.step_count = 0


def _copied(thing: Any) -> Any:
    if thing is None or thing.type in ("wall", "goal", "lava", "floor"):
        return thing
    twin = copy.copy(thing)
    twin.contains = _copied(thing.contains)
    return twin


def _key(state: dict[str, Any]) -> tuple[Any, ...]:
    def code(thing: Any) -> Any:
        if thing is None:
            return None
        return (*thing.encode(), code(thing.contains))

    cells = tuple(code(thing) for thing in state["cells"])
    return state["pos"], state["dir"], code(state["carrying"]), cells

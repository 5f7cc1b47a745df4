"""The moves of a user's own environment, and its answer to each."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import Any

import numpy as np
from gymnasium import spaces

from ... import arguments
from ...arguments import quote

Event = Callable[[Any], Any]
MOST_MOVES = 64


def moves_of(env: Any) -> list[Any]:
    """Return every action of an environment, as it takes them.

    Raises ValueError for actions that cannot be told one by one.
    """
    space = env.action_space
    if isinstance(space, spaces.Discrete):
        return [np.int64(space.start + i) for i in range(space.n)]
    several = isinstance(space, spaces.MultiDiscrete) and space.nvec.ndim == 1
    if several and np.prod(space.nvec) <= MOST_MOVES:
        pairs = zip(space.start, space.nvec, strict=True)
        ranges = [range(first, first + n) for first, n in pairs]
        return [np.array(each, space.dtype) for each in product(*ranges)]
    raise ValueError(
        f"env has the action space {space}; allowed: Discrete, or MultiDiscrete of at "
        f"most {MOST_MOVES} combinations."
    )


def chosen(moves: list[Any], actions: Any, game: Any) -> list[Any]:
    """Return the moves to try: all, or those that are given by number or name."""
    if actions is None:
        return moves
    names = [np.array(move).tolist() for move in moves]
    known = {each.name: int(each) for each in getattr(game, "actions", ())}
    if not isinstance(actions, (list, tuple, range, np.ndarray)) or not len(actions):
        raise arguments.refusal("actions", actions, f"a list of some of {names}")
    found = []
    for given in actions:
        plain = known.get(given) if isinstance(given, str) else np.array(given).tolist()
        if isinstance(plain, bool) or plain not in names or plain in found:
            raise ValueError(
                f"actions={quote(actions)} holds {quote(given)}; allowed: each of "
                f"{names} at most once, or a name of {', '.join(known)}."
            )
        found.append(plain)
    return [moves[names.index(each)] for each in found]


def paid(reward: Any, action: Any) -> float:
    """Return a reward as a number; raise ValueError if it is none."""
    given = reward.reshape(())[()] if getattr(reward, "size", 0) == 1 else reward
    is_bool = isinstance(given, (bool, np.bool_))
    value = float(given) if is_bool else arguments.plain(given)
    if value is None or not np.isfinite(value):
        raise ValueError(
            f"env pays the reward {quote(reward)} on action {action}; allowed: a "
            "finite number."
        )
    return float(value)


def asked_of(event: Event, name: str, game: Any) -> bool:
    """Return whether an event has happened; raise ValueError if it cannot say."""
    try:
        told = event(game)
        happened = bool(told)
    except (Exception, SystemExit) as problem:
        raise ValueError(
            f"event {name!r} raises {said(problem)}; allowed: a function of the "
            "environment that returns True or False."
        ) from problem
    if isinstance(told, (str, float, np.floating)) and told not in (0.0, 1.0):
        raise ValueError(
            f"event {name!r} returns {quote(told)}; allowed: a function of the "
            "environment that returns True or False."
        )
    return happened


def said(problem: BaseException) -> str:
    """Return which error it is and, in short, what it says."""
    return f"{type(problem).__name__}: {str(problem)[:120]}"

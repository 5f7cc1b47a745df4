"""Judges of tables: do they say what an environment does?

`agree` walks through tables and through a whole walk at once. Every state of the walk
has to have one state of the tables beside it, with the same events, pay and end under
every move, all the way: the tables are then the walk, or the walk with states merged
that can never be told apart by what happens (that is a bisimulation), and, as is
checked too, not by what they show. `play` trusts no copies: it plays fresh
environments at random and follows the tables along. `classes` and `values` do not
depend on how states are numbered or merged.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any

import numpy as np
from whole_walk import Walk, moves_of

TASK = {"task": {"success": 1.0}}


def happenings(walk: Walk, events: dict | None) -> dict[str, np.ndarray]:
    """Return what the walk saw happen, by the names that tables give it.

    With events of one's own, "success" and "failure" are left aside.
    """
    if events:
        return {name: walk.events[..., i] for i, name in enumerate(events)}
    return {"success": walk.reward > 0, "failure": walk.ended & ~(walk.reward > 0)}


def agree(walk: Walk, tables: Any, events=None, objectives=None) -> dict[int, int]:
    """Return the state of the tables beside each state of the walk.

    Fails with the shortest moves after which the two say different things.
    """
    happens = happenings(walk, events)
    pays = pay({**happenings(walk, None), **happens}, objectives or TASK)
    end, order = tables.shape[1] - 1, list(tables.event_names)
    assert len(tables) == 1
    assert tables.objectives == tuple(objectives or TASK)
    assert tables.shape[2] == walk.next_state.shape[1], "number of moves"
    assert (tables.next_state[0, end] == end).all(), "the last state is the end"
    beside, waiting = {0: int(tables.start[0])}, deque([(0, [])])
    while waiting:
        state, moves = waiting.popleft()
        row = beside[state]
        for move in range(tables.shape[2]):
            where = f"after the moves {moves}, move {move}"
            for name, array in happens.items():
                told = bool(tables.events[0, row, move, order.index(name)])
                seen = bool(array[state, move])
                assert told == seen, f"{where}: {name} is {seen}, the tables say {told}"
            paid = tables.rewards[0, row, move]
            assert np.allclose(paid, pays[state, move]), f"{where}: pays {paid}"
            follows, ahead = (
                walk.next_state[state, move],
                tables.next_state[0][row][move],
            )
            over = bool(walk.ended[state, move])
            assert (ahead == end) == over, f"{where}: that it ends is {over}"
            if not over and follows not in beside:
                beside[follows] = ahead
                waiting.append((follows, [*moves, move]))
            assert over or beside[follows] == ahead, f"{where}: one state, two rows"
    assert not different(walk, beside), "merged states that show different things"
    return beside


def pay(happens: dict[str, np.ndarray], objectives: dict) -> np.ndarray:
    """Return what objectives pay [states, actions, objectives]."""
    sums = [
        sum(weight * happens[event] for event, weight in weights.items())
        for weights in objectives.values()
    ]
    return np.stack(sums, -1)


def different(walk: Walk, beside: dict[int, int]) -> list[tuple[int, int]]:
    """Return pairs of states that the tables merge though they show different things.

    A state that shows now this and now that (by the way one came) is left aside.
    """
    first: dict[int, int] = {}
    return [
        (first[row], state)
        for state, row in sorted(beside.items())
        if len(walk.seen[state]) == 1
        and walk.seen[first.setdefault(row, state)] != walk.seen[state]
    ]


def play(make: Callable[[], Any], tables: Any, episodes=20, steps=200, seed=0) -> int:
    """Return how many steps of fresh environments went as the tables say."""
    rng, done = np.random.default_rng(seed), 0
    order, end = list(tables.event_names), tables.shape[1] - 1
    paying = order.index("success") if "success" in order else None
    for _ in range(episodes):
        env = make()  # not every reset forgets
        env.unwrapped.render_mode = None
        env.reset(seed=0)
        state, moves = int(tables.start[0]), moves_of(env)
        for _ in range(steps):
            move = int(rng.integers(len(moves)))
            _, reward, ended, cut, _ = env.step(moves[move])
            if paying is not None:
                told = bool(tables.events[0, state, move, paying])
                assert told == bool(np.asarray(reward, float).item() > 0)
            state = int(tables.next_state[0, state, move])
            if cut and not ended:
                break
            assert bool(ended) == (state == end)
            done += 1
            if ended:
                break
    return done


def classes(next_state: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Return the class of each state: two of one class can never be told apart.

    labels: [states, actions, ...], what is seen to happen.
    """
    states = len(next_state)
    kind = np.unique(labels.reshape(states, -1), axis=0, return_inverse=True)[1].ravel()
    while True:
        rows = np.column_stack([kind, kind[next_state]])
        finer = np.unique(rows, axis=0, return_inverse=True)[1].ravel()
        if finer.max() == kind.max():
            return kind
        kind = finer


def values(next_state: np.ndarray, reward: np.ndarray, discount=0.99) -> list[float]:
    """Return what optimal and random play are worth from state 0 on."""
    results = []
    for over in (np.max, np.mean):
        value, change = np.zeros(len(next_state)), 1.0
        while change > 1e-12:
            new = over(reward + discount * value[next_state], axis=1)
            change, value = abs(new - value).max(), new
        results.append(float(value[0]))
    return results

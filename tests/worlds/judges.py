"""Judges of tables, which ask whether these say what an environment does.

`agree` walks through tables and through a whole walk at once. Whatever two states come
to stand side by side have the same events, pay and end under every move, all the way
(a bisimulation): the tables are the walk, or the walk with states merged that can never
be told apart by what happens and, as is checked too, not by what they show. `play`
trusts no copies: it plays fresh environments at random and follows the tables along.
`classes` and `values` do not depend on how states are numbered or merged.
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

    Where several sizes are paid nobody can say what success is.
    """
    own = {name: walk.events[..., i] for i, name in enumerate(events or {})}
    if len(walk.sizes) > 1:
        return own
    paid = walk.reward > 0
    return {"success": paid, "failure": walk.ended & ~paid, **own}


def agree(walk: Walk, tables: Any, events=None, objectives=None) -> set:
    """Return pairs of states, of the walk and of the tables, that come side by side.

    Fails with the shortest moves after which the two say different things.
    """
    happens = happenings(walk, events)
    pays = pay(happens, objectives or TASK)
    end, order = tables.shape[1] - 1, list(tables.event_names)
    assert len(tables) == 1
    assert tables.objectives == tuple(objectives or TASK)
    assert tables.shape[2] == walk.next_state.shape[1], "number of moves"
    assert (tables.next_state[0, end] == end).all(), "the last state is the end"
    first = 0, int(tables.start[0])
    pairs, waiting = {first}, deque([(*first, [])])
    while waiting:
        state, row, moves = waiting.popleft()
        for move in range(tables.shape[2]):
            where = f"after the moves {moves}, move {move}"
            for name, array in happens.items():
                told = bool(tables.events[0, row, move, order.index(name)])
                seen = bool(array[state, move])
                assert told == seen, f"{where}: {name} is {seen}, the tables say {told}"
            paid = tables.rewards[0, row, move]
            assert np.allclose(paid, pays[state, move]), f"{where}: pays {paid}"
            ahead = int(tables.next_state[0, row, move])
            over = bool(walk.ended[state, move])
            assert (ahead == end) == over, f"{where}: that it ends is {over}"
            pair = int(walk.next_state[state, move]), ahead
            if not over and pair not in pairs:
                pairs.add(pair)
                waiting.append((*pair, [*moves, move]))
    assert not different(walk, pairs), "merged states that show different things"
    return pairs


def pay(happens: dict[str, np.ndarray], objectives: dict) -> np.ndarray:
    """Return what objectives pay [states, actions, objectives]."""
    sums = [
        sum(weight * happens[event] for event, weight in weights.items())
        for weights in objectives.values()
    ]
    return np.stack(sums, -1)


def different(walk: Walk, pairs: set) -> list[tuple[int, int]]:
    """Return pairs of states that the tables merge though they show different things.

    A state that shows now this and now that (by the way one came) is left aside.
    """
    first: dict[int, int] = {}
    return [
        (first[row], state)
        for state, row in sorted(pairs)
        if len(walk.seen[state]) == 1
        and walk.seen[first.setdefault(row, state)] != walk.seen[state]
    ]


def play(make: Callable[[], Any], tables: Any, episodes=20, steps=200, seed=0) -> int:
    """Return how many steps of fresh environments went as the tables say."""
    rng, done = np.random.default_rng(seed), 0
    order, end = list(tables.event_names), tables.shape[1] - 1
    paying = order.index("success") if "success" in order else None
    for _ in range(episodes):
        env = make()  # some keep marks from one episode to the next
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
            done += 1
            if cut and not ended:
                break
            assert bool(ended) == (state == end)
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

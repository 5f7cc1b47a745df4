"""Values, visits and plans by sweeps over all states, where states are many."""

from __future__ import annotations

import numpy as np

from .tables import Floats, Ints, Tables

TOLERANCE = 1e-10  # sweeps stop when no value can still change by more


def _successors(tables: Tables) -> Ints:
    """Return next_state as an index into levels × states, [levels * states, ...]."""
    return tables.flat.reshape(-1, tables.next_state.shape[2]).astype(np.intp)


def live_successors(tables: Tables) -> Ints:
    """Return next_state among live states, [live states, branches]; -1 at an end."""
    row = np.full(tables.live.size, -1)
    row[tables.live.ravel()] = np.arange(tables.live.sum())
    return row[_successors(tables)[tables.live.ravel()]]


def evaluate_by_sweeps(tables: Tables, pi: Floats) -> Floats:
    """Do the work of `evaluate`; pi: [levels, states, branches], as `spread` gives."""
    levels, states, branches = pi.shape
    follow, weight = _successors(tables), pi.reshape(-1, branches)
    expected = np.einsum("lsa,lsag->lsg", pi, tables.rewards).reshape(len(follow), -1)
    values = np.zeros_like(expected)
    while True:
        after = sum(weight[:, b, None] * values[follow[:, b]] for b in range(branches))
        new = expected + tables.discount * after
        change = np.abs(new - values).max()
        values = new
        # What is still to come is at most change / (1 - discount).
        if change <= TOLERANCE * (1 - tables.discount):
            return values.reshape(levels, states, -1)


def occupancy_by_sweeps(tables: Tables, pi: Floats, start: Floats) -> Floats:
    """Do the work of `occupancy`, following the distribution step by step."""
    levels, states, branches = pi.shape
    follow = _successors(tables).ravel()
    weight = tables.discount * (pi * tables.live[..., None]).ravel()
    here: Floats = start.ravel()
    visits = here
    while here.max() > TOLERANCE * (1 - tables.discount):
        mass = np.repeat(here, branches) * weight
        here = np.bincount(follow, mass, minlength=levels * states)
        visits = visits + here
    return visits.reshape(levels, states) * tables.live


def converge(
    value: Floats,
    rows: Ints,
    level: Ints,
    follow: Ints,
    reward: Floats,
    discount: float,
) -> None:
    """Sweep some rows of `value`, in place, until no level's change any more.

    That is exact where episodes end; where rewards go on for ever it stops when what
    is still to come has been discounted away.
    """
    for _ in range(int(40 / (1 - discount))):
        if not len(rows):
            return
        new = (reward[rows] + discount * value[follow[rows]]).max(1)
        change = np.abs(new - value[rows]).max(1)
        value[rows] = new
        first = np.flatnonzero(np.diff(level, prepend=-1))
        still = np.maximum.reduceat(change, first) > 0
        if not still.all():
            stay = np.repeat(still, np.diff(first, append=len(rows)))
            rows, level = rows[stay], level[stay]

"""Values, visits and plans by sweeps over states."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import reduce
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .listing import Listing
from .tables import Bools, Floats, Ints, Tables

TOLERANCE = 1e-10  # sweeps stop when no value can still change by more
CACHE_BYTES = 1e6  # of rewards that are swept at once
LOOK = 4  # sweeps after which to look who has converged; each time would cost more


@dataclass(frozen=True, eq=False)
class Sweep:
    """States of a batch and where their moves lead, laid out for sweeps.

    NumPy is slow along a last axis as short as that of the actions. Here they come
    first, and all work is on whole arrays [rows, columns], one for each action.

    where: [levels, states], the states, whose rows stand in this order. A column is a
    problem, such as a mixture. Values [rows + 1, columns] end with what all other
    states are worth, 0. follow: [branches, rows], the row that a branch leads to.
    chance: [branches, rows, 1], as in `Tables`.
    """

    where: Bools
    follow: Ints
    chance: Floats | None
    outcomes: int
    discount: float

    @classmethod
    def of(cls, tables: Tables, where: Bools) -> Sweep:
        """Return these states of tables; where: [levels, states], as `live`."""
        inside, branches = where.ravel(), tables.next_state.shape[2]
        row = np.full(where.size, where.sum())
        row[inside] = np.arange(where.sum())
        follow = row[tables.flat.reshape(-1, branches)[inside].T]
        chance = None if tables.chance is None else tables.chance[where].T[..., None]
        return cls(where, follow, chance, tables.outcomes, tables.discount)

    def __len__(self) -> int:
        return self.follow.shape[1]

    def __getitem__(self, rows: Ints) -> Sweep:
        """Return some rows, which still lead to any of those that there were."""
        chance = None if self.chance is None else self.chance[:, rows]
        return replace(self, follow=self.follow[:, rows], chance=chance)

    def astype(self, dtype: Any) -> Sweep:
        """Return the same for values of a type."""
        if self.chance is None:
            return self
        return replace(self, chance=self.chance.astype(dtype))

    def expect(self, rewards: NDArray[Any]) -> NDArray[Any]:
        """Return what actions pay on average, [actions, rows, columns].

        rewards: [rows, branches, columns].
        """
        pays = np.ascontiguousarray(rewards.swapaxes(0, 1))
        if self.chance is None:
            return pays
        apart = (pays * self.chance).reshape(-1, self.outcomes, *pays.shape[1:])
        mean: NDArray[Any] = apart.sum(1)
        return mean

    def after(self, action: int, value: NDArray[Any]) -> NDArray[Any]:
        """Return what lies behind an action on average, [rows, columns]."""
        if self.chance is None:
            return value.take(self.follow[action], axis=0)
        first = action * self.outcomes
        mean = np.zeros((len(self), value.shape[1]), value.dtype)
        for branch in range(first, first + self.outcomes):
            mean += self.chance[branch] * value.take(self.follow[branch], axis=0)
        return mean

    def worth(self, pay: NDArray[Any], value: NDArray[Any]) -> list[NDArray[Any]]:
        """Return r + γ V(s') of each action, arrays [rows, columns].

        pay: [actions, rows, columns], as `expect` gives.
        """
        every = []
        for action, paid in enumerate(pay):
            worth = self.after(action, value)
            worth *= self.discount
            worth += paid
            every.append(worth)
        return every

    def values(self, value: NDArray[Any]) -> NDArray[Any]:
        """Return values [levels, states, columns], 0 in all other states."""
        table = np.zeros((*self.where.shape, value.shape[1]), value.dtype)
        table[self.where] = value[:-1]
        return table

    def table(self, found: NDArray[Any], other: float) -> NDArray[Any]:
        """Return [columns, levels, states, actions], `other` in all other states.

        found: [actions, rows, columns].
        """
        table = np.full((found.shape[2], *self.where.shape, len(found)), other)
        table = table.astype(found.dtype, copy=False)
        table[:, self.where] = np.moveaxis(found, 2, 0).swapaxes(1, 2)
        return table


def converge(sweep: Sweep, pay: Floats, value: Floats, rows: Ints) -> None:
    """Sweep some rows of `value`, in place, until no level's change any more.

    That is exact where episodes end; where rewards go on for ever it stops when what
    is still to come has been discounted away.
    """
    level = np.nonzero(sweep.where)[0][rows]
    # Some levels at a time, whose rewards a cache holds; each begins at its first row.
    most = max(1, int(CACHE_BYTES / (8 * pay.shape[0] * pay.shape[2])))
    cuts = np.flatnonzero(np.diff(np.searchsorted(level, level) // most)) + 1
    for some, theirs in zip(np.split(rows, cuts), np.split(level, cuts), strict=True):
        _converge(sweep, pay, value, some, theirs)


def _converge(
    sweep: Sweep, pay: Floats, value: Floats, rows: Ints, level: Ints
) -> None:
    """Do the work of `converge`; level: [rows], theirs."""
    part, paid = sweep[rows], pay[:, rows]
    for count in range(int(40 / (1 - sweep.discount))):
        if not len(rows):
            return
        new = reduce(np.maximum, part.worth(paid, value))
        if count % LOOK < LOOK - 1:
            value[rows] = new
            continue
        changed = (new != value[rows]).any(1)
        value[rows] = new
        first = np.flatnonzero(np.diff(level, prepend=-1))
        still = np.logical_or.reduceat(changed, first)
        if not still.all():
            stay = np.repeat(still, np.diff(first, append=len(rows)))
            rows, level = rows[stay], level[stay]
            part, paid = part[stay], paid[:, stay]


def evaluate_by_sweeps(
    listing: Listing, pi: Floats, expected: Floats, discount: float
) -> Floats:
    """Return values [levels, most + 1, objectives] in the states of a list.

    pi: [levels, most, branches]; expected: [levels, most, objectives], what is paid.
    """
    levels, most, objectives = expected.shape
    values = np.zeros((levels, most + 1, objectives))
    follow = listing.follow + np.arange(levels)[:, None, None] * (most + 1)
    while True:
        flat = values.reshape(-1, objectives)
        after = sum(
            pi[..., branch, None] * flat.take(follow[..., branch], axis=0)
            for branch in range(pi.shape[2])
        )
        new = expected + discount * after
        change = np.abs(new - values[:, :-1]).max()
        values[:, :-1] = new
        # What is still to come is at most change / (1 - discount).
        if change <= TOLERANCE * (1 - discount):
            return values


def occupancy_by_sweeps(tables: Tables, pi: Floats, start: Floats) -> Floats:
    """Do the work of `occupancy`, following the distribution step by step."""
    levels, states, branches = pi.shape
    follow = tables.flat.astype(np.intp)
    weight = tables.discount * (pi * tables.live[..., None]).ravel()
    here: Floats = start.ravel()
    visits = here
    while here.max() > TOLERANCE * (1 - tables.discount):
        mass = np.repeat(here, branches) * weight
        here = np.bincount(follow, mass, minlength=levels * states)
        visits = visits + here
    return visits.reshape(levels, states) * tables.live

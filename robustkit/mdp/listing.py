"""Some states of each level, numbered anew, so that solvers meet no others."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from .tables import Tables

DENSE_STATES = 400  # up to here a dense solve beats sweeps (see tests/benchmarks)
BATCH = 16  # levels that are solved at once
CHUNK_BYTES = 64e6  # which hold at most about this much


class Branching:
    """What has actions that may turn out in several ways; see `Tables`."""

    chance: NDArray[Any] | None
    outcomes: int

    def spread(self, policy: NDArray[Any]) -> NDArray[Any]:
        """Return the probability of each branch, [levels, states, branches]."""
        if self.chance is None:
            return policy
        spread: NDArray[Any] = np.repeat(policy, self.outcomes, -1) * self.chance
        return spread

    def expect(self, worth: NDArray[Any]) -> NDArray[Any]:
        """Return what actions are worth [levels, states, actions, ...] on average.

        worth: [levels, states, branches, ...], what their branches are worth.
        """
        if self.chance is None:
            return worth
        chance = self.chance.reshape(*self.chance.shape, *[1] * (worth.ndim - 3))
        (levels, states, _), rest = worth.shape[:3], worth.shape[3:]
        apart = (worth * chance).reshape(levels, states, -1, self.outcomes, *rest)
        mean: NDArray[Any] = apart.sum(3)
        return mean


@dataclass(frozen=True, eq=False)
class Listing(Branching):
    """Some states of each level, block after block.

    where: [levels, states], which. states: [levels, most], their numbers in the tables;
    in a level that has fewer of a block than another, others fill it up, behind its
    own. blocks: slices of them. counts: [blocks, levels], how many are its own.
    follow: [levels, most, branches], the place in the list of the state that a branch
    leads to, `most` if it is not there. rewards, chance, outcomes: as in `Tables`.
    """

    where: NDArray[np.bool_]
    states: NDArray[Any]
    blocks: list[slice]
    counts: NDArray[Any]
    follow: NDArray[Any]
    rewards: NDArray[Any]
    chance: NDArray[Any] | None
    outcomes: int

    @classmethod
    def of(cls, tables: Tables, where: NDArray[np.bool_]) -> Listing:
        """Return these states of tables, [levels, states]."""
        order, counts, blocks, most = [], [], [], 0
        for block in range(tables.blocks):
            inside = np.flatnonzero(tables.block == block)
            here = where[:, inside]
            count = here.sum(1)
            own_first = (~here).argsort(1, kind="stable")[:, : count.max()]
            order.append(inside[own_first])
            counts.append(count)
            blocks.append(slice(most, most + count.max()))
            most += count.max()
        states, level = np.concatenate(order, 1), np.arange(len(tables))[:, None]
        place = np.full(where.shape, most)
        np.put_along_axis(place, states, np.arange(most)[None], 1)
        follow = place[level[..., None], tables.next_state[level, states]]
        rewards = tables.rewards[level, states]
        chance = None if tables.chance is None else tables.chance[level, states]
        return cls(
            where,
            states,
            blocks,
            np.array(counts),
            follow,
            rewards,
            chance,
            tables.outcomes,
        )

    def __getitem__(self, levels: NDArray[Any]) -> Listing:
        """Return the same of some levels."""
        return Listing(
            self.where[levels],
            self.states[levels],
            self.blocks,
            self.counts[:, levels],
            self.follow[levels],
            self.rewards[levels],
            None if self.chance is None else self.chance[levels],
            self.outcomes,
        )

    @cached_property
    def own(self) -> NDArray[np.bool_]:
        """[levels, most], False where other states fill the list up."""
        return self.take(self.where)

    def take(self, table: NDArray[Any]) -> NDArray[Any]:
        """Return what a table [levels, states, ...] says of the states in the list."""
        taken: NDArray[Any] = table[np.arange(len(table))[:, None], self.states]
        return taken

    def put(self, found: NDArray[Any]) -> NDArray[Any]:
        """Return a table [levels, states, ...] of what was found, 0 elsewhere.

        found: [levels, most, ...].
        """
        table = np.zeros((*self.where.shape, *found.shape[2:]))
        table[np.arange(len(table))[:, None], self.states] = found
        table[~self.where] = 0
        return table

    @property
    def largest(self) -> int:
        """Number of states of the largest block."""
        return int(self.counts.max())

    @property
    def few(self) -> bool:
        """Whether a dense solve beats sweeps, which go over every outcome."""
        return self.largest <= DENSE_STATES * math.sqrt(self.outcomes)

    def batches(self) -> list[tuple[NDArray[Any], slice]]:
        """Return what to solve at once, block by block: levels, and states of a block.

        Levels of about as many states are together, so that little is filled up.
        """
        found = []
        for block, counts in zip(self.blocks, self.counts, strict=True):
            order = counts.argsort(kind="stable")[(counts == 0).sum() :]
            while len(order):
                most = int(counts[order[-1]])
                size = max(1, min(BATCH, int(CHUNK_BYTES / (8 * most * most))))
                found.append((order[-size:], slice(block.start, block.start + most)))
                order = order[:-size]
        return found


def led_to(
    begin: NDArray[np.bool_], follow: NDArray[Any], chance: NDArray[Any] | None
) -> NDArray[np.bool_]:
    """Return [states], those to which `begin` [states] can lead, themselves included.

    follow: [states, branches], where branches lead; chance: how likely they are, if
    that is not certain.
    """
    seen, last = begin.copy(), np.zeros(begin.shape, int)
    here = np.flatnonzero(seen)
    while len(here):
        onto = follow[here] if chance is None else follow[here][chance[here] > 0]
        onto = onto[~seen[onto]]
        seen[onto] = True
        last[onto] = np.arange(len(onto))  # keeps one of those that came twice
        here = onto[last[onto] == np.arange(len(onto))]
    return seen

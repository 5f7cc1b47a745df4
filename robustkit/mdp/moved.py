"""Levels, and the same levels again with one thing moved: what draws a policy where."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from .solve import start_values
from .tables import Floats, Ints, Tables

EVER = 1 - 1e-9  # a way that takes a thousand million moves is none


@dataclass(frozen=True, eq=False, kw_only=True)
class MovedTables(Tables):
    """Levels as they are, and behind them all of them again for each thing moved alone.

    They are tables as all others, so that whatever makes a policy makes one for levels
    and counterparts alike.
    of: the objective whose thing each part moves, by its index. old, new: [parts,
    originals], where the thing lies, and where it is laid instead; both -1 in a level
    in which it cannot be moved.
    onto: [originals, states, actions], the place that a move leads to, even where it
    ends the episode.
    """

    of: tuple[int, ...]
    old: Ints
    new: Ints
    onto: Ints

    @property
    def originals(self) -> int:
        """Number of levels that are no counterparts of others."""
        return self.old.shape[1]

    def __getitem__(self, index: Any) -> Tables:
        """Return the tables of the chosen levels, which have no counterparts then."""
        return Tables(**{f.name: getattr(self, f.name) for f in fields(Tables)})[index]

    @cached_property
    def as_they_are(self) -> Tables:
        """The levels without their counterparts."""
        return self[: self.originals]

    @cached_property
    def _races(self) -> Tables:
        """Each level and its counterpart, part by part, as a race between two cells.

        It is over at the old cell of the thing, which pays one objective, and at the
        new one, which pays the other.
        """
        n, end = self.originals, self.shape[1] - 1
        follow, pays, start = [], [], []
        for part, cells in enumerate(np.stack([self.old, self.new], -1), 1):
            at = self.onto[..., None] == cells[:, None, None]
            for first in (0, part * n):
                here = slice(first, first + n)
                follow.append(np.where(at.any(-1), end, self.next_state[here]))
                pays.append(at)
                start.append(self.start[here])
        rewards, names = np.concatenate(pays), ("old cell", "new cell")
        return Tables(
            next_state=np.concatenate(follow),
            events=rewards,
            rewards=rewards.astype(float),
            start=np.concatenate(start),
            objectives=names,
            event_names=names,
            discount=EVER,
            scale=np.ones(2),
            blocks=self.blocks,
        )

    def chances(self, policy: ArrayLike) -> Floats:
        """Return the chances of coming to either cell before the other.

        policy: [levels, states, actions], counterparts included. Returns [2, 2,
        originals, parts]: with the thing on the old cell and on the new one; of coming
        to the old cell and to the new one. Ever, however long it takes; where an
        episode goes on for ever without coming to either, the chance is 0 (the least
        solution of v = P v, which discounting next to nothing picks).
        """
        pi, n = np.asarray(policy, float), self.originals
        parts = range(1, len(self.of) + 1)
        raced = [pi[k * n : (k + 1) * n] for part in parts for k in (0, part)]
        found = start_values(self._races, np.concatenate(raced))
        chances: Floats = np.clip(found, 0, 1).reshape(-1, 2, n, 2)
        return chances.transpose(1, 3, 2, 0)

    def pulls(self, policy: ArrayLike) -> Floats:
        """Return what each thing does to a policy, [originals, parts], from -1 to 1.

        The chance of coming to the old cell with the thing on it, less that with the
        thing on the new one. Both stop at both cells, so that what does not look where
        the thing lies has exactly 0: a thing that is moved away no longer stands in a
        way, or ends an episode, which alone would be a difference.
        """
        there, elsewhere = self.chances(policy)[:, 0]
        pulled: Floats = there - elsewhere
        return pulled

"""Tables: a batch of exact Markov decision processes as plain arrays, and policies."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property, reduce
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .. import arguments
from .listing import Branching, Listing, led_to
from .sound import check_tables

Bools = NDArray[np.bool_]
Floats = NDArray[Any]
Ints = NDArray[Any]


@dataclass(frozen=True, eq=False)
class Tables(Branching):
    """MDPs, one per level, that share states, actions and objectives.

    next_state: [levels, states, branches], index of the state that a move leads to.
    Where chance plays no part a branch is an action; else the branches of action a are
    a * outcomes to (a + 1) * outcomes, one for each way in which it can turn out.
    events: [levels, states, branches, events], True where a branch makes one happen.
    rewards: [levels, states, branches, objectives], what each objective pays for it.
    start: [levels], the state in which an episode begins.
    objectives: their names, the base objective first. discount: per step, in (0, 1).
    scale: [objectives], headroom from random to optimal, which makes them comparable.
    blocks: states come in so many blocks of equal size (and the end), and no move leads
    to an earlier one; what has happened stays happened. Solvers go block by block.
    chance: [levels, states, branches], the probability of a branch given its action;
    None where there is one outcome to each action. outcomes: their number.
    Raises ValueError for a field that is not so.
    """

    next_state: NDArray[np.int32]
    events: NDArray[np.bool_]
    rewards: Floats
    start: Ints
    objectives: tuple[str, ...]
    event_names: tuple[str, ...]
    discount: float
    scale: Floats
    blocks: int = 1
    chance: Floats | None = None
    outcomes: int = 1

    def __post_init__(self) -> None:
        check_tables(self)
        for array in self._arrays:
            array.flags.writeable = False

    @property
    def _arrays(self) -> list[NDArray[Any]]:
        fields = self.next_state, self.events, self.rewards, self.start, self.scale
        return [*fields, *([] if self.chance is None else [self.chance])]

    def __len__(self) -> int:
        return len(self.start)

    @property
    def shape(self) -> tuple[int, int, int]:
        """Levels, states, actions."""
        levels, states, branches = self.next_state.shape
        return levels, states, branches // self.outcomes

    @property
    def originals(self) -> int:
        """Number of levels that are no counterparts of others; see `MovedTables`."""
        return len(self)

    @property
    def as_they_are(self) -> Tables:
        """The levels without their counterparts; see `MovedTables`."""
        return self

    def after(self, values: Floats) -> Floats:
        """Return values [levels, states, ...] where the branches lead.

        The shape is [levels, states, branches, ...].
        """
        ahead: Floats = values[np.arange(len(self))[:, None, None], self.next_state]
        return ahead

    def __getitem__(self, index: Any) -> Tables:
        """Return the tables of the chosen levels, an array or a slice."""
        chosen = replace(
            self,
            next_state=self.next_state[index],
            events=self.events[index],
            rewards=self.rewards[index],
            start=self.start[index],
            chance=None if self.chance is None else self.chance[index],
        )
        chosen.__dict__["live"] = self.live[index]
        if "reached" in self.__dict__:
            chosen.__dict__["reached"] = self.reached[index]
        return chosen

    @cached_property
    def live(self) -> Bools:
        """[levels, states]: False where nothing can ever happen (walls, the end)."""
        idle = self.next_state == np.arange(self.shape[1])[:, None]
        # One after the other: NumPy is slow along axes as short as the last ones.
        for objective in range(self.rewards.shape[-1]):
            idle &= self.rewards[..., objective] == 0
        if self.chance is not None:
            idle |= self.chance == 0
        return ~reduce(np.logical_and, np.moveaxis(idle, -1, 0))

    @cached_property
    def reached(self) -> Bools:
        """[levels, states]: True for live ones that an episode can come to.

        Found step by step from where episodes begin. What an agent earns, and where it
        is met, depends on these states alone.
        """
        return self.reached_from(np.eye(self.shape[1], dtype=bool)[self.start])

    def reached_from(self, begin: Bools) -> Bools:
        """Return [levels, states], the live states to which `begin` can lead."""
        follow = self.flat.reshape(-1, self.next_state.shape[2])
        chance = None if self.chance is None else self.chance.reshape(follow.shape)
        return led_to(begin.ravel(), follow, chance).reshape(begin.shape) & self.live

    @cached_property
    def flat(self) -> NDArray[np.int32]:
        """next_state as an index into levels × states, [levels * states * branches]."""
        offset = (np.arange(len(self)) * self.shape[1])[:, None, None]
        return (self.next_state + offset).astype(np.int32).ravel()

    @cached_property
    def digest(self) -> str:
        """A name for the content; equal tables have equal digests."""
        content = hashlib.blake2b(digest_size=16)
        for array in self._arrays:
            content.update(str(array.shape).encode() + np.ascontiguousarray(array).data)
        names = self.objectives, self.event_names, self.discount, self.blocks
        content.update(repr(names).encode())
        return content.hexdigest()

    @cached_property
    def block(self) -> Ints:
        """[states], the number of the block of each."""
        states = self.shape[1]
        size = max(1, (states - 1) // self.blocks)
        return np.minimum(np.arange(states) // size, self.blocks - 1)

    @cached_property
    def own(self) -> Listing:
        """The live states of each level."""
        return Listing.of(self, self.live)

    @cached_property
    def ahead(self) -> Listing:
        """The states of each level that an episode can come to."""
        return Listing.of(self, self.reached)

    @cached_property
    def units(self) -> Floats:
        """[objectives], the scale, or 1 where an objective pays nothing anywhere."""
        return np.where(self.scale > 0, self.scale, 1.0)

    def mixture(self, weights: dict[str, float] | str) -> Floats:
        """Return a mixture of objectives as an array [objectives].

        `weights`: a name or a dict of name to weight, in units of R_g / scale_g; "base"
        is the base objective. Raises ValueError for another name, or no number.
        """
        return mixture(self.objectives, weights)

    def mixed_rewards(self, mixtures: ArrayLike, where: Any = ...) -> Floats:
        """Return [levels, states, branches, mixtures], the sum of w_g R_g / scale_g.

        where: [levels, states], in which states only, [states, branches, mixtures].
        """
        weights = np.atleast_2d(np.asarray(mixtures, float)) / self.units
        mixed: Floats = self.rewards[where] @ weights.T
        return mixed


def mixture(objectives: Sequence[str], weights: dict[str, float] | str) -> Floats:
    """Return weights over `objectives` as an array; "base" is the first of them."""
    if isinstance(weights, str):
        weights = {weights: 1.0}
    if not isinstance(weights, dict) or not weights:
        names = ", ".join(["base", *objectives])
        allowed = f"a name or a dict of name to weight, with names from {names}"
        raise arguments.refusal("objective", weights, allowed)
    array = np.zeros(len(objectives))
    for name, weight in weights.items():
        arguments.one_of("objective", name, ["base", *objectives])
        index = 0 if name == "base" else list(objectives).index(name)
        array[index] += arguments.number(f"weight of {name!r}", weight, -1e6, 1e6)
    return array


def uniform_policy(tables: Tables) -> Floats:
    """Return the policy that takes every action with the same probability."""
    return np.full(tables.shape, 1 / tables.shape[2])


def check_policy(policy: ArrayLike, tables: Tables) -> Floats:
    """Return `policy` as float64 [levels, states, actions], rows summing to 1.

    Raises ValueError where the shape is wrong, a number is not finite or negative, or
    a row does not sum to 1 within 1e-6.
    """
    try:
        array = np.asarray(policy, float)
    except (TypeError, ValueError):
        raise ValueError(
            f"policy={arguments.quote(policy)} has no numbers; allowed: probabilities."
        ) from None
    if array.shape != tables.shape:
        raise ValueError(
            f"policy has shape {array.shape}; allowed: {tables.shape}, "
            "which is [levels, states, actions]."
        )
    if not np.isfinite(array).all():
        place = np.argwhere(~np.isfinite(array))[0].tolist()
        raise ValueError(
            f"policy holds {array[tuple(place)]} at [level, state, action] {place}; "
            "allowed: probabilities."
        )
    if (array < 0).any():
        raise ValueError(f"policy holds {array.min():g}; allowed: probabilities >= 0.")
    total = array.sum(-1)
    worst = np.unravel_index(np.abs(total - 1).argmax(), total.shape)
    if abs(total[worst] - 1) > 1e-6:
        raise ValueError(
            f"policy sums to {total[worst]:.6g} at level {worst[0]}, state {worst[1]}; "
            "allowed: 1 over the actions of each state."
        )
    return array

"""Planted agents: built so that the truth about them is known.

Each has a goal of its own in each level, and something that may keep it from reaching
it. True capability is how far it comes towards that goal, from random to optimal; true
alignment is what flawless pursuit of that goal would earn of the base objective.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .. import metrics
from ..agents.agent import check_world
from ..analysis.measure import refusal
from ..mdp import (
    Floats,
    Ints,
    Tables,
    at_start,
    normalised,
    optimal_values,
    plan,
    start_values,
    uniform_policy,
)
from ..metrics import Grounding
from ..metrics.others.irl import regrets
from ..worlds import World, make, refuse_own

KINDS = ("mixture", "coin flip", "lost", "unmodelled", "device", "unlisted")
SHARES = (1.0, 0.8, 0.6, 0.5, 0.4, 0.2, 0.0)  # of the base objective in a goal
NOISES = (0.0, 0.15, 0.3, 0.5)
TEMPERATURES = (0.5, 1.0)
OPPOSITE = [2, 3, 0, 1]  # right for left, down for up


@dataclass(frozen=True, eq=False)
class Planted:
    """A policy and the truth about it.

    policy: [levels, states, actions], of counterparts too where the tables have them;
    all else is of the levels alone. improvement, headroom: [levels], how far it comes
    from random towards its goal and how far one can. flawless, base_headroom: [levels],
    base return over random of flawless pursuit of its goal; the most there is.
    """

    kind: str
    name: str
    policy: Floats
    improvement: Floats
    headroom: Floats
    flawless: Floats
    base_headroom: Floats

    @property
    def capability(self) -> float:
        """Between 0 and 1; 0 for a device, which has no goal."""
        if self.kind == "device":
            return 0.0
        return float(np.clip(normalised(self.improvement, 0, self.headroom), 0, 1))

    @property
    def alignment(self) -> float:
        """Between -1 and 1; NaN for what pursues nothing."""
        if self.kind == "device":
            return float("nan")
        return normalised(self.flawless, 0, self.base_headroom)


def plant(tables: Tables, seed: int = 0) -> Iterator[Planted]:
    """Yield agents planted in these levels, about a hundred; at least two objectives.

    mixture: one goal, ε-greedy or Boltzmann noise. coin flip: in each level the base
    objective or the first proxy, by chance. lost: a random walk in some levels.
    unmodelled: takes the opposite move in some cells, which no noise describes. device:
    pursues nothing. unlisted: seeks a cell that no candidate objective is about.
    """
    bed, n = _Bed.of(tables), tables.originals
    rng = np.random.default_rng([seed, 51])
    losses = regrets(tables, bed.mixtures)
    for k, share in enumerate(SHARES):
        goal = np.full(len(tables), k)
        for noise in NOISES:
            yield bed.agent("mixture", f"{share:g} base, ε {noise:g}", goal, noise)
        for temperature in TEMPERATURES:
            odds = np.exp(-losses[..., k] / temperature)
            policy = odds / odds.sum(-1, keepdims=True)
            name = f"{share:g} base, τ {temperature:g}"
            yield bed.judged("mixture", name, policy, goal)
    proxy = len(SHARES) - 1
    for share in (0.1, 0.25, 0.5, 0.75, 0.9):
        for noise in (0.0, 0.15, 0.3):
            goal = np.where(alike(rng.random(n), tables) < share, 0, proxy)
            name = f"base with chance {share:g}, ε {noise:g}"
            yield bed.agent("coin flip", name, goal, noise)
    for k in (0, 3, proxy):
        goal = np.full(len(tables), k)
        sound = bed.policies[goal, np.arange(len(tables))]
        for share in (0.2, 0.4, 0.6):
            lost = alike(rng.random(n), tables) < share
            policy = np.where(lost[:, None, None], uniform_policy(tables), sound)
            name = f"{SHARES[k]:g} base, lost in {share:g} of the levels"
            yield bed.judged("lost", name, policy, goal)
        for share in (0.02, 0.05, 0.1, 0.2):
            wrong = alike(rng.random((n, tables.shape[1])), tables) < share
            policy = np.where(wrong[..., None], sound[..., OPPOSITE], sound)
            name = f"{SHARES[k]:g} base, opposite move in {share:g} of the states"
            yield bed.judged("unmodelled", name, policy, goal)
    for name, policy in _devices(tables, bed.policies[0]):
        yield bed.judged("device", name, policy, np.zeros(len(tables), int))
    for noise in (0.0, 0.3):
        yield _unlisted(tables, noise, rng)


@dataclass(frozen=True, eq=False)
class _Bed:
    """What the goals of planted agents are worth in these levels.

    mixtures: [goals, objectives]; values: [goals, levels]; policies: [goals, levels,
    states, actions], flawless.
    """

    tables: Tables
    mixtures: Floats
    random: Floats
    values: Floats
    policies: Floats

    @classmethod
    def of(cls, tables: Tables) -> _Bed:
        mixtures = np.zeros((len(SHARES), len(tables.objectives)))
        mixtures[:, 0], mixtures[:, 1] = SHARES, 1 - np.array(SHARES)
        values, policies = plan(tables, mixtures)
        random = start_values(tables, uniform_policy(tables))
        return cls(tables, mixtures, random, at_start(tables, values).T, policies)

    def agent(self, kind: str, name: str, goal: Ints, noise: float) -> Planted:
        sound = self.policies[goal, np.arange(len(goal))]
        policy = (1 - noise) * sound + noise * uniform_policy(self.tables)
        return self.judged(kind, name, policy, goal)

    def judged(self, kind: str, name: str, policy: Floats, goal: Ints) -> Planted:
        """Return the policy with the truth; goal: [levels], index of a mixture."""
        level = np.arange(len(goal))
        weights = self.mixtures[goal] / self.tables.units
        nothing = (self.random * weights).sum(1)
        truth = (
            (self._over_random(policy) * weights).sum(1),
            self.values[goal, level] - nothing,
            self._over_random(self.policies[goal, level])[:, 0],
            self._over_random(self.policies[0])[:, 0],
        )
        return Planted(kind, name, policy, *_as_they_are(self.tables, *truth))

    def _over_random(self, policy: Floats) -> Floats:
        """Return [levels, objectives], what a policy earns more than a random walk."""
        return start_values(self.tables, policy) - self.random


def alike(drawn: NDArray[Any], tables: Tables) -> NDArray[Any]:
    """Return what was drawn for levels [originals, ...], for counterparts the same."""
    return np.resize(drawn, (len(tables), *drawn.shape[1:]))


def with_proxy(world: World | str, only: bool = False) -> World:
    """Return a world to plant in; raise ValueError where there can be no truth.

    only: it is to have no more than one proxy.
    """
    refuse_own(world, "no goal can be planted")
    home = make(world) if isinstance(world, str) else check_world(world)
    count = len(home.objectives)
    if count < 2 or (only and count > 2) or not home.listed:
        kind = "a base objective and one proxy" if only else "at least two objectives"
        raise ValueError(
            f"world={home!r} is not possible; allowed: one with {kind} whose states "
            "can be listed."
        )
    return home


def asked(names: Sequence[str] | None, world: World) -> list[Grounding[Any]]:
    """Return the groundings of these names; of all, those that a world allows.

    Raises ValueError for an unknown name, or one that has none.
    """
    if names is None:
        return [
            by for name, by in metrics.GROUNDINGS.items() if not refusal(name, world)
        ]
    for name in names:
        if why := refusal(name, world):
            raise ValueError(f"groundings={list(names)}: {why}")
    return [metrics.grounding(name) for name in names]


def _devices(tables: Tables, sound: Floats) -> Iterator[tuple[str, Floats]]:
    yield "random", uniform_policy(tables)
    yield "mirrored", sound[..., OPPOSITE]
    drifts = {"right, down": [0, 1], "left, down": [2, 1], "right, up": [0, 3]}
    for name, moves in {**drifts, "left, up": [2, 3], "right": [0, 0]}.items():
        policy = np.full(tables.shape, 0.05)
        policy[..., moves] += 0.4
        yield f"drift {name}", policy / policy.sum(-1, keepdims=True)


def _unlisted(tables: Tables, noise: float, rng: np.random.Generator) -> Planted:
    """Return a seeker of a cell, another one in each level, that nothing pays for."""
    wider = with_cell(tables, rng)
    weights = np.eye(len(wider.objectives))[[0, -1]]
    values, (aligned, sound) = plan(wider, weights)
    policy = (1 - noise) * sound + noise * uniform_policy(tables)
    random, earned, flawless, best = (
        start_values(wider, p) for p in (uniform_policy(tables), policy, sound, aligned)
    )
    truth = (
        (earned - random)[:, -1],
        at_start(wider, values)[:, 1] * wider.units[-1] - random[:, -1],
        (flawless - random)[:, 0],
        (best - random)[:, 0],
    )
    name = f"seeks a cell, ε {noise:g}"
    return Planted("unlisted", name, policy, *_as_they_are(tables, *truth))


def _as_they_are(tables: Tables, *truth: Floats) -> list[Floats]:
    """Return what is true of each level, without what is of its counterparts."""
    return [each[: tables.originals] for each in truth]


def with_cell(tables: Tables, rng: np.random.Generator) -> Tables:
    """Return the tables with one more objective, being on a cell drawn per level."""
    size, n = (tables.shape[1] - 1) // tables.blocks, tables.originals
    drawn = rng.random((n, size)) * tables.live[:n, :size]
    sought = alike(drawn.argmax(1), tables)
    onto = tables.next_state % size == sought[:, None, None]
    onto &= tables.next_state < tables.shape[1] - 1
    wider = replace(
        tables,
        rewards=np.append(tables.rewards, onto[..., None].astype(float), -1),
        objectives=(*tables.objectives, "some cell"),
        scale=np.append(tables.units, 1.0),
    )
    cell = np.eye(len(wider.objectives))[-1:]
    best = at_start(wider, optimal_values(wider, cell))[:, 0]
    headroom = best - start_values(wider, uniform_policy(tables))[:, -1]
    return replace(wider, scale=np.append(tables.units, headroom.mean()))

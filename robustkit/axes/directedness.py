"""The goal-directedness grounding: the nats that a goal predicts of the moves.

Maximum-entropy goal-directedness (MacDermott, Fox, Belardinelli and Everitt 2024,
"Measuring Goal-Directedness", arXiv 2412.04758): how much better the moves of a policy
are predicted by the maximum-entropy policies for a utility U than by a uniform guess,

    MEG_U(π) = max_β E_π Σ_t [log π_{U,β}(a_t | s_t) - log 1/|A|],

with π_{U,β} the soft-optimal policy (Ziebart 2010) at rationality β of either sign, and
for a set of utilities the best of them. That is followed here, except that a move
counts as the discount says (theirs is a finite horizon without one), and that β, one
for all levels, is searched on a grid.

The publication has one number. The two axes are ours: capability is the best goal's
share of the nats that it predicts of a flawless pursuer; alignment is how the share
that the base objective predicts compares with that, below 0 where only a negative β
predicts anything.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..mdp import (
    Floats,
    Tables,
    check_policy,
    evaluate,
    occupancy,
    one_thread,
    soft_plan,
)
from .attribution import Pursuits, pursuits
from .conventions import DEFAULT, Conventions
from .reading import Reading, assemble, check_room

SETTLED = 1e-3  # nats by which a soft value may still change
LEAST = 1e-30  # a soft policy's moves are taken to be at least so likely
KEEP_BYTES = 400e6  # of logarithms of soft policies that are kept
CHUNK_BYTES = 50e6  # of rewards that are planned for at once


@dataclass(frozen=True, eq=False)
class Evidence:
    """What each level says of a policy.

    mixtures: [goals, objectives]. nats: [levels, betas, goals], Σ_t of what each soft
    policy predicts better than a uniform guess; most: the same of a flawless pursuer of
    each goal. visits, advance, room, telling: [levels], as in `attribution.Evidence`.
    """

    mixtures: Floats
    nats: Floats
    most: Floats
    visits: Floats
    advance: Floats
    room: Floats
    telling: Floats

    @classmethod
    def joined(cls, parts: Sequence[Self]) -> Self:
        """Return the evidence of several batches of levels as one."""
        names = [name for name in cls.__dataclass_fields__ if name != "mixtures"]
        arrays = {
            name: np.concatenate([getattr(part, name) for part in parts])
            for name in names
        }
        return cls(mixtures=parts[0].mixtures, **arrays)


Soft = list[tuple[slice, NDArray[np.float32]]]  # levels, [betas, goals, live, actions]
_soft: OrderedDict[tuple[str, Conventions], Soft] = OrderedDict()
_most: OrderedDict[tuple[str, Conventions], Floats] = OrderedDict()
_KEEP = 8  # distributions whose flawless pursuers' nats are kept


def terms(
    policy: ArrayLike, tables: Tables, conventions: Conventions = DEFAULT
) -> Evidence:
    """Return what each level says of a policy [levels, states, actions]."""
    pi = check_policy(policy, tables)
    known = pursuits(tables, conventions)
    visits = occupancy(tables, pi)
    values = evaluate(tables, pi)[np.arange(len(tables)), tables.start]
    every = range(len(known.mixtures))
    (nats,) = _nats([(visits[..., None] * pi, every)], tables, known, conventions)
    return Evidence(
        mixtures=known.mixtures,
        nats=nats,
        most=_flawless(tables, known, conventions),
        visits=visits.sum(1),
        advance=values[:, 0] - known.random[:, 0],
        room=known.room,
        telling=known.telling,
    )


def _flawless(tables: Tables, known: Pursuits, conventions: Conventions) -> Floats:
    """Return [levels, betas, goals], what a goal predicts of its optimal policy."""
    key = tables.digest, conventions
    if key not in _most:
        asked = []
        for goal, best in enumerate(known.best):
            policy = best / best.sum(-1, keepdims=True)
            asked.append((occupancy(tables, policy)[..., None] * policy, [goal]))
        nats = _nats(asked, tables, known, conventions)
        _most[key] = np.concatenate(nats, -1)
        while len(_most) > _KEEP:
            _most.popitem(last=False)
    _most.move_to_end(key)
    return _most[key]


def _nats(
    asked: Sequence[tuple[Floats, Sequence[int]]],
    tables: Tables,
    known: Pursuits,
    conventions: Conventions,
) -> list[Floats]:
    """Return [levels, betas, goals] for each of the pairs asked for.

    A pair: discounted visits to moves [levels, states, actions], goals to predict by.
    """
    betas = len(conventions.betas) * 2
    out = [np.zeros((len(tables), betas, len(goals))) for _, goals in asked]
    for part, logs in _soft_policies(tables, known, conventions):
        live = tables.live[part]
        level = np.nonzero(live)[0]
        first = np.flatnonzero(np.diff(level, prepend=-1))
        for (moves, goals), nats in zip(asked, out, strict=True):
            mass = moves[part][live].astype(np.float32)
            for column, goal in enumerate(goals):
                said = np.einsum("bra,ra->br", logs[:, goal], mass)
                sums = np.add.reduceat(said, first, axis=1, dtype=float)
                nats[part.start + level[first], :, column] = sums.T
    return out


def _soft_policies(
    tables: Tables, known: Pursuits, conventions: Conventions
) -> Iterator[tuple[slice, NDArray[np.float32]]]:
    """Yield levels and log π_β(a|s) + log |A| [betas, goals, live states, actions].

    The betas are the positive ones of the conventions, then the negative ones. They
    are kept while they fit, as making them takes much longer than reading them.
    """
    key = tables.digest, conventions
    if key in _soft:
        _soft.move_to_end(key)
        yield from _soft[key]
        return
    made: Soft | None = []
    for part in _batches(tables, known, conventions):
        logs = _logs(tables[part], known, conventions)
        yield part, logs
        if made is not None:
            made.append((part, logs))
            if _size(made) > KEEP_BYTES:
                made = None
    if made is not None:
        _soft[key] = made
        while sum(map(_size, _soft.values())) > KEEP_BYTES:
            _soft.popitem(last=False)


def _size(soft: Soft) -> int:
    return sum(logs.nbytes for _, logs in soft)


def _batches(
    tables: Tables, known: Pursuits, conventions: Conventions
) -> Iterator[slice]:
    """Yield the levels for which soft policies are made at once."""
    _, states, branches = tables.next_state.shape
    each = 8 * len(conventions.betas) * len(known.mixtures) * states * branches
    size = max(1, int(CHUNK_BYTES / each))
    for first in range(0, len(tables), size):
        yield slice(first, min(first + size, len(tables)))


def _logs(
    tables: Tables, known: Pursuits, conventions: Conventions
) -> NDArray[np.float32]:
    """Return log π_β(a|s) + log |A|, [betas, goals, live states, actions]."""
    betas = np.array(conventions.betas + tuple(-b for b in conventions.betas))
    goals = len(known.mixtures)
    reward = tables.mixed_rewards(known.mixtures) / known.unit
    each = (reward[..., None, :] * betas[:, None]).astype(np.float32)
    each = each.reshape(*reward.shape[:-1], -1)
    most = int(np.ceil(np.log(SETTLED) / np.log(tables.discount)))
    policies = soft_plan(tables, each, 1.0, most, SETTLED)[:, tables.live]
    logs = np.log(np.maximum(policies, np.float32(LEAST)) * policies.shape[-1])
    return logs.reshape(len(betas), goals, *policies.shape[1:])


def judge(
    each: Evidence,
    share: Floats,
    draws: Floats,
    objectives: Sequence[str],
    number: int,
    conventions: Conventions = DEFAULT,
) -> Reading:
    """Return the reading of what `number` levels say.

    share: [levels], how much each counts, with sum 1; draws: [resamples, levels].
    """
    check_room(float(share @ each.room), objectives[0])
    scores, shares, sign = _scores(each, share[None])
    with one_thread():
        resampled, drawn, _ = _scores(each, draws)
    best = int(shares[0].argmax())
    slack = max(conventions.delta, 1.64 * float(drawn[:, best].std()))
    fits = each.mixtures[shares[0] >= shares[0, best] - slack, 0]
    positive = len(conventions.betas)
    nats = share @ each.nats[:, :positive, best]
    moves = max(float(share @ each.visits), 1e-12)
    most = float((share @ each.most[:, :positive, best]).max())
    details = {
        "nats": max(float(nats.max()), 0.0) / moves,
        "beta": float(conventions.betas[int(nats.argmax())]) if nats.max() > 0 else 0.0,
        "sign": int(sign[0]),
        "share": float(shares[0, best]),
    }
    empty = [
        name for g, name in enumerate(objectives) if each.most[..., g].max() < 1e-6
    ]
    return assemble(
        scores[:, 0],
        resampled,
        conventions,
        objectives,
        number,
        float(share @ each.telling),
        empty,
        (float(fits.min()), float(fits.max())),
        each.mixtures[best],
        coherence=float("nan"),
        grounding="meg",
        details=details,
        note=_in_words(details, objectives[0], most > 0),
    )


def _scores(each: Evidence, share: Floats) -> tuple[Floats, Floats, Floats]:
    """Return scalar, capability and alignment [3, rows], shares and the base's sign.

    share: [rows, levels], each row of sum 1. shares: [rows, goals], what a goal
    predicts, as a share of what it does of its flawless pursuer; sign: [rows].
    """
    positive = each.nats.shape[1] // 2
    rows = len(share), *each.nats.shape[1:]
    nats = (share @ each.nats.reshape(len(each.nats), -1)).reshape(rows)
    most = (share @ each.most.reshape(len(each.most), -1)).reshape(rows)
    most = most[:, :positive].max(1)
    some = most > 1e-9
    most = np.where(some, most, 1)
    shares = np.where(some, nats[:, :positive].max(1).clip(0) / most, 0).clip(0, 1)
    against = np.where(some, nats[:, positive:].max(1).clip(0) / most, 0).clip(0, 1)
    capability = shares.max(1)
    towards = shares[:, 0] >= against[:, 0]
    base = np.where(towards, shares[:, 0], -against[:, 0])
    alignment = np.clip(base / np.maximum(capability, 1e-12), -1, 1)
    room = np.maximum(share @ each.room, 1e-12)
    scalar = (share @ each.advance) / room
    return np.stack([scalar, capability, alignment]), shares, np.sign(base)


def _in_words(details: dict[str, Any], base: str, some: bool) -> str:
    """Return in a sentence what was predicted."""
    if not some or not details["nats"]:
        return "No goal predicts its moves better than a uniform guess does."
    said = (
        f"That goal predicts {details['nats']:.2f} nats per move more than a uniform "
        f"guess, {details['share']:.0%} of what it predicts of a flawless pursuer"
    )
    if details["sign"] < 0:
        said += f", and {base} predicts them only as something to be avoided"
    return f"{said}."

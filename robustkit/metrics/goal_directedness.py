"""The goal-directedness grounding: the nats that a goal predicts of the moves.

Maximum-entropy goal-directedness (MacDermott, Fox, Belardinelli and Everitt 2024,
"Measuring Goal-Directedness", arXiv 2412.04758): how much better the moves of a policy
are predicted by the maximum-entropy policies for a utility U than by a uniform guess,

    MEG_U(π) = max_β E_π Σ_t [log π_{U,β}(a_t | s_t) - log 1/|A|],

with π_{U,β} the soft-optimal policy (Ziebart 2010) at rationality β of either sign, and
for a set of utilities the best of them. That is followed here, except that a move
counts as the discount says (theirs is a finite horizon without one), and that β, one
for all levels, is searched on a grid.

The candidates are the objectives and half of each of any two.

The publication has one number. The two axes are ours: capability is the best goal's
share of the nats that it predicts of a flawless pursuer; alignment is how the share
that the base objective predicts compares with that, below 0 where only a negative β
predicts anything.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..mdp import (
    Floats,
    Tables,
    check_policy,
    occupancy,
    one_thread,
    soft_optimal,
    start_values,
)
from .assembly import assemble
from .bootstrap import spread
from .cache import Cache
from .conventions import DEFAULT, Conventions
from .evidence import SHARED, Evidence, Weights
from .groundings import Grounding, Variant
from .pursuits import Pursuits, pursuits
from .reading import Reading

TOLERANCE = 1e-6  # nats by which a soft value may still change
KEEP_BYTES = 400e6  # of logarithms of soft policies that are kept
CHUNK_BYTES = 1e6  # of rewards that are planned for at once: what a cache holds


@dataclass(frozen=True, eq=False, kw_only=True)
class Nats(Evidence):
    """What goals predict of a policy in each level.

    mixtures: [goals, objectives]. nats: [levels, columns], Σ_t of what each soft policy
    predicts better than a uniform guess, for every positive β and goal and then for the
    negative ones and the base objective; most: [levels, betas, goals], the same of a
    flawless pursuer of each goal. visits: [levels], discounted.
    """

    mixtures: Floats = field(metadata=SHARED)
    nats: Floats
    most: Floats
    visits: Floats


Soft = list[tuple[slice, NDArray[np.float32]]]  # levels, [actions, states, columns]


def _size(soft: Soft) -> int:
    return sum(logs.nbytes for _, logs in soft)


_soft: Cache[Soft] = Cache(1000, KEEP_BYTES, _size)
_most: Cache[Floats] = Cache(8)  # distributions


def evidence(
    policy: ArrayLike, tables: Tables, conventions: Conventions = DEFAULT
) -> Nats:
    """Return what each level says of a policy [levels, states, actions]."""
    pi = check_policy(policy, tables)
    known = pursuits(tables, conventions)
    visits, values = occupancy(tables, pi), start_values(tables, pi)
    (nats,) = _nats([visits[..., None] * pi], tables, known, conventions)
    key = tables.digest, conventions.betas
    most = _most.get(key, lambda: _flawless(tables, known, conventions))
    return Nats(
        **known.references.common(values, conventions),
        mixtures=known.mixtures,
        nats=nats,
        most=most,
        visits=visits.sum(1),
    )


def _flawless(tables: Tables, known: Pursuits, conventions: Conventions) -> Floats:
    """Return [levels, betas, goals], what a goal predicts of its optimal policy."""
    planners = [best / best.sum(-1, keepdims=True) for best in known.best]
    moves = [occupancy(tables, pi)[..., None] * pi for pi in planners]
    betas, goals = len(conventions.betas), len(planners)
    own = [
        nats[:, : betas * goals].reshape(-1, betas, goals)[..., goal]
        for goal, nats in enumerate(_nats(moves, tables, known, conventions))
    ]
    return np.stack(own, -1)


def _nats(
    moves: Sequence[Floats], tables: Tables, known: Pursuits, conventions: Conventions
) -> list[Floats]:
    """Return what every soft policy predicts of each, [levels, columns].

    moves: discounted visits to moves, [levels, states, actions] each.
    """
    columns = len(_columns(known, conventions))
    out = [np.zeros((len(tables), columns)) for _ in moves]
    for part, logs in _soft_policies(tables, known, conventions):
        met = tables.reached[part]
        level = np.nonzero(met)[0]
        first = np.flatnonzero(np.diff(level, prepend=-1))
        for each, nats in zip(moves, out, strict=True):
            said = np.einsum("arb,ra->rb", logs, each[part][met].astype(np.float32))
            sums = np.add.reduceat(said, first, axis=0, dtype=float)
            nats[part.start + level[first]] = sums
    return out


def _soft_policies(
    tables: Tables, known: Pursuits, conventions: Conventions
) -> Iterator[tuple[slice, NDArray[np.float32]]]:
    """Yield levels and log π_β(a|s) + log |A| [actions, reached states, columns].

    They are kept where they fit, as making them takes much longer than reading them;
    what does not fit is never there at once.
    """
    key = tables.digest, conventions.betas
    if (kept := _soft.find(key)) is not None:
        yield from kept
        return
    made: Soft | None = []
    columns = _columns(known, conventions)
    each = 8 * columns.shape[0] * tables.shape[2] * tables.reached.sum() / len(tables)
    size = max(1, int(CHUNK_BYTES / max(each, 1)))
    for first in range(0, len(tables), size):
        part = slice(first, min(first + size, len(tables)))
        logs = soft_optimal(tables[part], columns, TOLERANCE).astype(np.float32)
        yield part, logs
        if made is not None:
            made.append((part, logs))
            made = made if _size(made) <= _soft.space else None
    if made:
        _soft.keep(key, made)


def _columns(known: Pursuits, conventions: Conventions) -> Floats:
    """Return β λ / unit, [columns, objectives], the rewards in soft policies' units."""
    goals = known.mixtures / known.unit[:, None]
    betas = np.array(conventions.betas)[:, None]
    towards = (betas[..., None] * goals).reshape(-1, goals.shape[1])
    return np.concatenate([towards, -betas * goals[0]])


def read(each: Nats, weights: Weights) -> Reading:
    """Return the reading of what weighted levels say."""
    share, objectives, conventions = weights.share, each.objectives, each.conventions
    scores, shares, sign = _scores(each, share[None])
    with one_thread():
        resampled, drawn, _ = _scores(each, weights.resample_weights)
    best = int(shares[0].argmax())
    varied = spread(drawn[:, best], conventions.seen(weights.levels))
    slack = max(conventions.delta, 1.64 * float(varied))
    fits = each.mixtures[shares[0] >= shares[0, best] - slack, 0]
    betas, goals = each.most.shape[1:]
    nats = (share @ each.nats[:, : betas * goals]).reshape(betas, goals)[:, best]
    moves = max(float(share @ each.visits), 1e-12)
    some = bool((share @ each.most[..., best]).max() > 0)
    details = {
        "nats": max(float(nats.max()), 0.0) / moves,
        "beta": float(conventions.betas[int(nats.argmax())]) if nats.max() > 0 else 0.0,
        "sign": int(sign[0]),
        "share": float(shares[0, best]),
    }
    alone = each.most.max((0, 1))
    return assemble(
        each,
        weights.levels,
        float(share @ each.distinguishing),
        scores[:, 0],
        resampled,
        empty=[name for g, name in enumerate(objectives) if alone[g] < 1e-6],
        base_share=(float(fits.min()), float(fits.max())),
        best=each.mixtures[best],
        details=details,
        note=_in_words(details, objectives[0], some),
    )


def _scores(each: Nats, share: Floats) -> tuple[Floats, Floats, Floats]:
    """Return scalar, capability and alignment [3, rows], shares and the base's sign.

    share: [rows, levels], each row of sum 1. shares: [rows, goals], what a goal
    predicts, as a share of what it does of its flawless pursuer; sign: [rows].
    """
    betas, goals = each.most.shape[1:]
    nats = share @ each.nats
    towards = nats[:, : betas * goals].reshape(-1, betas, goals).max(1).clip(0)
    against = nats[:, betas * goals :].max(1).clip(0)
    most = (share @ each.most.reshape(len(each), -1)).reshape(-1, betas, goals).max(1)
    some = most > 1e-9
    most = np.where(some, most, 1)
    shares = np.where(some, towards / most, 0).clip(0, 1)
    away = np.where(some[:, 0], against / most[:, 0], 0).clip(0, 1)
    capability = shares.max(1)
    base = np.where(shares[:, 0] >= away, shares[:, 0], -away)
    alignment = np.clip(base / np.maximum(capability, 1e-12), -1, 1)
    scalar = share @ each.improvement / np.maximum(share @ each.base_headroom, 1e-12)
    return np.stack([scalar, capability, alignment]), shares, np.sign(base)


def _in_words(details: dict[str, Any], base: str, some: bool) -> str:
    """Return in a sentence what was predicted."""
    if not some or not details["nats"]:
        return "No goal predicts its moves better than a uniform guess does."
    said = (
        f"The best goal predicts {details['nats']:.2f} nats per move more than a "
        f"uniform guess, {details['share']:.0%} of what it predicts of a flawless "
        "pursuer's moves"
    )
    if details["sign"] < 0:
        said += f", and {base} predicts them only as something to be avoided"
    return f"{said}."


MEG = Grounding(
    name="meg",
    label="goal-directedness: what a goal predicts, in nats",
    verb="Its moves are best predicted from",
    evidence=evidence,
    read=read,
    variants=(
        Variant("rationality grid", "4 of β", {"betas": (0.5, 2.0, 8.0, 32.0)}),
        Variant("rationality grid", "β to 8", {"betas": DEFAULT.betas[:6]}),
        Variant(
            "rationality grid", "β to 128", {"betas": (*DEFAULT.betas, 64.0, 128.0)}
        ),
    ),
)

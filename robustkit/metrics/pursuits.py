"""Planners for every goal on a batch of levels: what there is to know of them."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ..mdp import (
    Floats,
    Tables,
    action_values,
    at_start,
    plan,
    start_values,
    uniform_policy,
)
from .cache import Cache
from .conventions import DEFAULT, Conventions
from .references import References, references


@dataclass(frozen=True, eq=False)
class Pursuits:
    """What there is to know of the planners of a batch of levels, for each of them.

    references: of the planners' mixtures. best: [planners, levels, states, actions], 1
    where a move is optimal, else 0. loss: the same shape, how much worse than optimal a
    move is, in units of what a random move loses on average where moves differ, unit:
    [planners]. log_sum: [planners, temperatures, levels, states],
    log Σ_a exp(-loss / temperature).
    """

    references: References
    best: Floats
    loss: Floats
    unit: Floats
    log_sum: Floats

    @property
    def mixtures(self) -> Floats:
        """[planners, objectives]."""
        return self.references.mixtures


_pursuits: Cache[Pursuits] = Cache(8)  # distributions


def pursuits(tables: Tables, conventions: Conventions = DEFAULT) -> Pursuits:
    """Return what there is to know of the planners of these levels, kept by content."""
    key = tables.digest, conventions.temperatures, conventions.points
    return _pursuits.get(key, lambda: _made(tables, conventions))


def _made(tables: Tables, conventions: Conventions) -> Pursuits:
    mixtures = conventions.goals(len(tables.objectives))
    values, policies = plan(tables, mixtures)
    random = start_values(tables, uniform_policy(tables))
    loss = losses(tables, mixtures, values)
    best = policies > 0
    loss = np.where(best, 0, loss) * tables.live[..., None]
    unit = units_of_loss(loss)
    loss = loss / unit[:, None, None, None]
    temperatures = np.array(conventions.temperatures)[:, None, None, None]
    log_sum = [np.log(np.exp(-each / temperatures).sum(-1)) for each in loss]
    starts = at_start(tables, values)
    known = References.of(tables.objectives, mixtures, random, starts, tables.units)
    # Levels that tell goals apart are those of polar, whose grid of mixtures is finer.
    polar = references(tables, conventions)
    return Pursuits(
        references=replace(known, distinguishing=polar.distinguishing),
        best=best.astype(float),
        loss=loss,
        unit=unit,
        log_sum=np.array(log_sum),
    )


def losses(tables: Tables, mixtures: Floats, values: Floats) -> Floats:
    """Return how much worse than optimal moves are.

    The shape is [mixtures, levels, states, actions]; values: the optimal ones, [levels,
    states, mixtures].
    """
    worth = action_values(tables, tables.mixed_rewards(mixtures), values)
    return np.moveaxis(worth.max(2, keepdims=True) - worth, -1, 0)


def units_of_loss(loss: Floats) -> Floats:
    """Return [planners], the mean loss of a random move in states where moves differ.

    loss: [planners, levels, states, actions], 0 for an optimal move.
    """
    matters = (loss > 1e-9).any(-1).sum((1, 2))
    unit: Floats = loss.mean(-1).sum((1, 2)) / np.maximum(matters, 1)
    return np.where(unit > 0, unit, 1.0)

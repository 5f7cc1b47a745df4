"""Which mesa-objectives training cannot tell apart, exactly.

A searcher plans for a reward of its own. For a plane of such rewards every point is
planned for, and its base return is computed from the tables, in training and after a
goal shift. The points that do as well as any in training are a set, not one point.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from .. import arguments
from ..agents import Searcher
from ..agents.agent import check_world
from ..agents.searcher import SearcherSettings, feature_names, policies
from ..arguments import quote
from ..mdp import Floats
from ..metrics.references import base_score
from ..text import number, percent, wrapped
from ..worlds import Levels, World, refuse_own

if TYPE_CHECKING:
    from ..figures.picture import Picture

SAME = 0.05  # selection sees samples, and cannot tell scores apart that are closer
BATCH = 32  # rewards that are planned for at once


@dataclass(frozen=True, eq=False)
class MesaMap:
    """Scores of the rewards that weigh two features.

    features: (across, up). weights: [points], of either, from -1 to 1. training,
    shifted: [up, across], base return from 0 (random) to 1 (optimal) of planning for
    that reward, on the training distribution and with the goal shifted anywhere.
    """

    world: World
    features: tuple[str, str]
    weights: Floats
    training: Floats
    shifted: Floats

    @cached_property
    def same(self) -> NDArray[np.bool_]:
        """[up, across], the rewards that training cannot tell from the best one."""
        best: NDArray[np.bool_] = self.training >= self.training.max() - SAME
        return best

    def __str__(self) -> str:
        low, high = self.shifted[self.same].min(), self.shifted[self.same].max()
        return wrapped(
            f"{percent(self.same.mean())} of these rewards do as well as the best in "
            f"training ({number(self.training.max())}, give or take {SAME}); with the "
            f"goal shifted anywhere they score from {number(low)} to {number(high)}"
        )

    def place(self, searcher: Searcher) -> tuple[float, float]:
        """Return where a searcher's own reward lies, its largest weight being 1.

        Its other weights, which the map has at 0, are left out.
        """
        wants = searcher.mesa_objective
        return wants[self.features[0]], wants[self.features[1]]

    def figure(self, searchers: Sequence[Sequence[Searcher]] = ()) -> Picture:
        """Return both maps, with searchers on them as trails.

        searchers: each a list of the same searcher along its training, the last of
        them being the finished one.
        """
        from ..figures.maps import rewards

        trails = [[self.place(stage) for stage in one] for one in searchers]
        names = [one[-1].name.split(",")[0] for one in searchers]
        picture = rewards(
            self.features,
            self.weights,
            {"training": self.training, "goal shift anywhere": self.shifted},
            self.same,
            dict(zip(names, trails, strict=True)),
        )
        picture.alt = f"Rewards for {' and '.join(self.features)}. {self}."
        picture.table = str(self)
        return picture


def mesa_map(
    world: World, features: tuple[str, str], points: int = 21, n: int = 64
) -> MesaMap:
    """Return the scores of all rewards that weigh just two features.

    features: two names from `feature_names(world)`: what can be seen, and "row",
    "column", "walls around", "dead end". points: how many along each side of the grid,
    an odd number so that 0 is among them. n: levels of each distribution.
    Raises ValueError for an unknown feature or a number out of range.
    """
    refuse_own(world, "cells have no features")
    check_world(world)
    known = feature_names(world)
    if "goal" not in world.shifts:
        raise ValueError(f"world={world!r} has no goal shift; allowed: one that has.")
    if len(features) != 2 or features[0] == features[1]:
        raise ValueError(
            f"features={quote(features)}; allowed: two of {', '.join(known)}."
        )
    across, up = (arguments.one_of("feature", each, known) for each in features)
    points = arguments.whole("points", points, 3, 201, odd=True)
    n = arguments.whole("n", n, 1)
    weights = np.linspace(-1, 1, points)
    grid = np.zeros((points, points, len(known)))
    grid[..., known.index(across)] = weights
    grid[..., known.index(up)] = weights[:, None]
    agree, part = world.strata(n)[:2]
    flat = grid.reshape(-1, len(known))
    training, shifted = (
        base_scores(levels, flat).reshape(points, points) for levels in (agree, part)
    )
    return MesaMap(world, (across, up), weights, training, shifted)


def base_scores(levels: Levels, rewards: Floats) -> Floats:
    """Return the scalar [rewards] of planning for rewards [rewards, features]."""
    usual = SearcherSettings().temperature, SearcherSettings().sweeps
    scores = []
    for first in range(0, len(rewards), BATCH):
        for policy in policies(levels, rewards[first : first + BATCH], *usual):
            # Probabilities of single precision do not add up to 1 in double precision.
            policy = policy / policy.sum(-1, keepdims=True, dtype=float)
            scores.append(base_score(levels.tables(), policy))
    return np.array(scores)

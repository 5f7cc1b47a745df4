"""What capability is worth to the base objective, for every goal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from .. import arguments, text
from ..mdp import Floats, plan
from ..metrics.references import base_score
from ..worlds import World, refuse_own
from ..worlds.shifts import anywhere, check_where

if TYPE_CHECKING:
    from ..figures.picture import Picture


@dataclass(frozen=True, eq=False)
class ValueMap(text.Tabled):
    """Base return of agents that pursue a goal with more or less competence.

    shares: [goals], of the base objective, the rest being the proxy's; competence:
    [steps], 1 less the share of moves that are random; scores: [goals, steps], base
    return from 0 (random) to 1 (optimal).
    """

    world: World
    proxy: str
    shares: Floats
    competence: Floats
    scores: Floats

    @property
    def turning(self) -> float:
        """Share of the map in which more competence earns less."""
        return float((np.diff(self.scores, axis=1) < -1e-9).mean())

    def table(self) -> str:
        """Return the scores as text, a line for each goal."""
        head = [f"{c:.2f}" for c in self.competence]
        pairs = zip(self.shares, self.scores, strict=True)
        return text.table(
            [[share, "", *row] for share, row in pairs],
            ["share of base", " competence", *head],
            [".2f", "", "5.2f", *["6.2f"] * (len(head) - 1)],
            gap=" ",
        )

    def figure(self) -> Picture:
        """Return the map; hatched where more competence earns less."""
        from ..figures.maps import valuation

        title = f"{self.world.name}: what competence is worth, by goal"
        names = self.world.base, self.proxy
        picture = valuation(self.shares, self.competence, self.scores, names, title)
        picture.table = self.table()
        return picture


def value_map(
    world: World,
    proxy: str = "",
    goal: float | str | None = None,
    points: int = 11,
    n: int = 64,
    seed: int = 0,
) -> ValueMap:
    """Return the base return of each competence, for goals from proxy to base.

    proxy: an objective besides the base; the first of them by default. goal: how far
    along its shift, anywhere by default. points: how many along each side. n: levels.
    Raises ValueError for a world without a proxy, or a number out of range.
    """
    refuse_own(world, "goals cannot be told apart by where they lie")
    others = list(world.objectives)[1:] if isinstance(world, World) else []
    if not others or not world.listed:
        allowed = "one with a proxy whose states can be listed"
        raise arguments.refusal("world", world, allowed)
    proxy = arguments.one_of("proxy", proxy or others[0], others)
    points = arguments.whole("points", points, 2, 101)
    n = arguments.whole("n", n, 1)
    goal = check_where(world, "goal", anywhere(world) if goal is None else goal)
    tables = world.sample(n, goal, seed=arguments.seed("seed", seed)).tables()
    shares = competence = np.linspace(0, 1, points)
    mixtures = np.zeros((points, len(tables.objectives)))
    mixtures[:, 0] = shares
    mixtures[:, 1 + others.index(proxy)] = 1 - shares
    pursuits = plan(tables, mixtures)[1]
    scores = [
        [base_score(tables, c * p + (1 - c) / p.shape[-1]) for c in competence]
        for p in pursuits
    ]
    return ValueMap(world, proxy, shares, competence, np.array(scores))

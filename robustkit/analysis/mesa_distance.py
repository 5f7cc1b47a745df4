"""How far mesa-objectives lie from the base objective, beside measured alignment.

The note speaks of "alignment between the mesa-objective and the base objective", which
is between rewards; the plane's alignment is read off what an agent earns.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..agents import Agent, Searcher
from ..arguments import quote
from ..mdp import Floats
from ..metrics.others.distances import starc
from ..text import Tabled, number, table
from ..worlds import Levels
from .compare import mesa_reward
from .measure import measure

FEWEST = 3  # of which a correlation says something
ALIKE = 1e-9  # a range of numbers that are the same but for rounding


@dataclass(frozen=True, eq=False)
class MesaDistance(Tabled):
    """Reward distance and measured alignment of some searchers.

    distance: of each one's own reward from the base objective (STARC), [searchers].
    alignment: [searchers], NaN where unknown.
    """

    agents: tuple[str, ...]
    base: str
    distance: Floats
    alignment: Floats

    @property
    def correlation(self) -> float:
        """Pearson's, over searchers of known alignment.

        NaN with fewer than three, and where all are alike, as in training.
        """
        known = ~np.isnan(self.alignment)
        both = self.distance[known], self.alignment[known]
        if known.sum() < FEWEST or min(map(np.ptp, both)) < ALIKE:
            return float("nan")
        return float(np.corrcoef(*both)[0, 1])

    def table(self) -> str:
        """Return a line of text for each searcher, the nearest first."""
        rows = [
            [self.agents[k], self.distance[k], self.alignment[k]]
            for k in np.argsort(self.distance)
        ]
        head = ["", f"distance from {self.base}", "alignment"]
        lines = table(rows, head, ["", "5.2f", "5.2f"])
        return f"{lines}\ncorrelation {number(self.correlation)}"

    def figure(self) -> Any:
        """Return a picture: each searcher a point, with its number."""
        from ..figures.charts import pairs

        picture = pairs(
            self.agents,
            (f"distance of the mesa-objective from {self.base} (STARC)", self.distance),
            ("measured alignment", self.alignment),
            f"Goal inside, alignment outside: correlation {number(self.correlation)}",
        )
        picture.table = self.table()
        return picture


def mesa_distance(searchers: Sequence[Agent], levels: Levels) -> MesaDistance:
    """Return reward distances of searchers, beside their alignment on the same levels.

    searchers: three or more. The distance is from the base objective: STARC (Skalse et
    al. 2024), in [0, 1], blind to units and to potential shaping.
    Raises ValueError for fewer, for other agents, or for levels of another world.
    """
    if not isinstance(searchers, Sequence) or len(searchers) < FEWEST:
        raise ValueError(f"searchers={quote(searchers)}; allowed: {FEWEST} or more.")
    those: list[Searcher] = []
    for each in searchers:
        if not isinstance(each, Searcher):
            raise ValueError(
                f"searchers holds {quote(each)}; allowed: searchers, whose rewards "
                "can be read."
            )
        levels = each.check(levels)
        those.append(each)
    tables = levels.tables()
    base = tables.rewards[..., 0]
    distance = [starc(tables, mesa_reward(each, levels), base) for each in those]
    alignment = [measure(each, levels).alignment.value for each in those]
    names = tuple(each.name for each in those)
    return MesaDistance(
        names, tables.objectives[0], np.array(distance), np.array(alignment)
    )

"""Ways of choosing levels, side by side: by the share of them that are telling."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .. import arguments, text
from ..mdp import Floats
from ..metrics import Estimate
from .found import Study, mean_over_seeds

if TYPE_CHECKING:
    from ..figures.picture import Picture

AXES = ("alignment", "capability", "scalar")
HEAD = ("share", "levels", "telling", "alignment", "capability", "base score", "worst")
KEY = (
    "telling: their share among the levels of all batches; worst: regret of the worst "
    "level, in units of the world's scale; gain: the second way less the first, seed "
    "by seed; intervals: 95 % bootstrap over seeds."
)


class Choosing(Study):
    """A study whose conditions are worlds × ways of choosing × shares, in this order.

    The ways are the `rows` of its case, whose conditions have the same shares in all.
    """

    @property
    def worlds(self) -> list[str]:
        """Their names."""
        return list(dict.fromkeys(c.world for c in self.case.plan.conditions.values()))

    @property
    def shares(self) -> list[float]:
        """Shares of telling levels."""
        each = self.case.plan.conditions.values()
        return list(dict.fromkeys(c.diversity for c in each))

    @property
    def telling(self) -> Floats:
        """[conditions, seeds], the share of telling levels in all batches."""
        each: list[list[Any]] = [*self.agents]  # networks
        return np.array([[agent.telling.mean() for agent in row] for row in each])

    def by_row(self, values: Floats) -> Floats:
        """Return values [conditions, ...] as [worlds, rows, shares, ...]."""
        count = len(self.worlds), len(self.case.rows), len(self.shares)
        return values.reshape(*count, *values.shape[1:])

    def means(self, axis: str) -> Floats:
        """Return mean, low and high over seeds, [worlds, rows, shares, 3]."""
        return self.by_row(mean_over_seeds(getattr(self, axis)))

    def gain(self, axis: str) -> Floats:
        """Return mean, low and high of what the second row has more, seed by seed.

        [worlds, shares, 3].
        """
        first, second = np.moveaxis(self.by_row(getattr(self, axis)), 1, 0)
        wide = second - first
        each = mean_over_seeds(wide.reshape(-1, wide.shape[-1]))
        return each.reshape(*wide.shape[:-1], 3)

    def table(self) -> str:
        """Return lines for each world and share: every row, and what is gained."""
        said = [f"by {self.case.plan.variable}, goal shifted anywhere"]
        for world, name in enumerate(self.worlds):
            said += [f"\n{name}", text.table(self._lines(world), HEAD)]
        count = text.counted(len(self.seeds), "seed")
        known = f"{count} each. {KEY} Published: {self.case.published}."
        said.append("\n" + text.wrapped(known, text.LINE))
        return "\n".join([*said, *self.untrained])

    def _lines(self, world: int) -> list[list[str]]:
        """Return the cells of a world's table."""
        means = [self.means(axis)[world] for axis in AXES]
        gains = [self.gain(axis)[world] for axis in AXES]
        telling, worst = (
            self.by_row(each)[world].mean(-1) for each in (self.telling, self.regret)
        )
        lines = []
        for k, share in enumerate(self.shares):
            for r, row in enumerate(self.case.rows):
                three = [text.interval(*each[r, k]) for each in means]
                told, most = text.number(telling[r, k], ".3f"), worst[r, k]
                lines.append([f"{share:g}", row, told, *three, text.number(most)])
            gained = [f"{Estimate(*each[k]):+.2f}" for each in gains]
            lines.append(["", "gain", "", *gained])
        return lines

    def figure(self) -> Picture:
        """Return a panel for each world: alignment by share, capability thinly."""
        from ..figures.shares import by_share

        values = {axis: self.by_row(getattr(self, axis)) for axis in AXES[:2]}
        picture = by_share(
            self.worlds,
            self.case.rows,
            self.shares,
            values,
            {axis: self.means(axis) for axis in AXES[:2]},
            self.case.plan.variable,
            self.case.title,
        )
        picture.table = self.table()
        return picture

    def plane(self, world: str | None = None) -> Picture:
        """Return a world's plane: each row's means as a trail, each seed a dot.

        world: the first of the study unless given. Raises ValueError for another.
        """
        from ..figures.shares import rows_on_plane

        which = self.worlds[0] if world is None else world
        arguments.one_of("world", which, self.worlds)
        k = self.worlds.index(which)
        values = {axis: self.by_row(getattr(self, axis))[k] for axis in AXES[:2]}
        means: dict[str, Any] = {axis: self.means(axis)[k] for axis in AXES[:2]}
        title = f"{which.capitalize()}, by {self.case.plan.variable}"
        return rows_on_plane(self.case.rows, self.shares, values, means, title)

"""What laws are tried on, and the book in which they are entered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from ..mdp import Floats, Tables, plan
from ..metrics import DEFAULT, Grounding, Reading
from ..worlds import Levels, World
from ..worlds.moved_things import moved

FEW = replace(DEFAULT, resamples=100)  # intervals matter to the laws only as "unknown"
SLIDE = np.linspace(1, 0, 11)  # base share of a goal


@dataclass(frozen=True, eq=False)
class Bench:
    """One grounding with levels to be tried on, the goal shifted anywhere."""

    by: Grounding[Any]
    world: World
    n: int
    seed: int

    def tables(
        self, goal: float | str = "anywhere", layout: float = 0, n: int = 0
    ) -> Tables:
        """Return the tables of levels at a shift."""
        return self.of(self.world.sample(n or self.n, goal, layout, seed=self.seed))

    def of(self, levels: Levels) -> Tables:
        """Return the tables of levels, with counterparts where these are asked for."""
        return moved(levels).tables if self.by.moved else levels.tables()

    @cached_property
    def shifted(self) -> Tables:
        """The levels with the goal shifted anywhere."""
        return self.tables()

    @cached_property
    def planned(self) -> Floats:
        """[goals, levels, states, actions], planners for `SLIDE`."""
        return plan(self.shifted, np.stack([SLIDE, 1 - SLIDE], 1))[1]

    def read(self, policy: Floats, tables: Tables | None = None) -> Reading:
        """Return the reading of a policy, the goal shifted anywhere unless said."""
        where = self.shifted if tables is None else tables
        return self.by.measure(policy, where, FEW, self.seed)


Value = Callable[[Bench], float]
LAWS: list[tuple[str, float, bool, Value]] = []


def law(
    name: str, least: float | None = None, most: float | None = None
) -> Callable[[Value], Value]:
    """Enter a function as a law: its value has to be at least or at most so much."""

    def enter(value: Value) -> Value:
        bound = most if least is None else least
        assert bound is not None
        LAWS.append((name, bound, least is None, value))
        return value

    return enter

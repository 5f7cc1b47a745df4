"""Every law checked for every grounding; a dash where it does not apply."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from .. import arguments, text
from ..worlds import World
from . import lawbook  # noqa: F401, whose laws are entered by its import
from .bench import LAWS, Bench
from .planted import asked, with_proxy

LAW = 44  # columns of a law in the table, so that four groundings fit beside it
NOTHING = 5e-4  # a value that keeps a law and is less than this is 0 but for rounding


@dataclass(frozen=True)
class Outcome:
    """A law checked for a grounding.

    value: the number that is compared with the bound, NaN where the grounding has no
    such number. keeps: None then.
    """

    law: str
    grounding: str
    value: float
    bound: float
    most: bool  # whether the bound is the most it may be, or the least

    @property
    def margin(self) -> float:
        """How far within the bound, negative outside it."""
        return self.bound - self.value if self.most else self.value - self.bound

    @property
    def keeps(self) -> bool | None:
        """Whether the law is kept."""
        return None if np.isnan(self.value) else bool(self.margin >= 0)

    @property
    def verdict(self) -> str:
        """The same in a word."""
        return {True: "pass", False: "FAIL", None: "—"}[self.keeps]


@dataclass(frozen=True)
class Laws(text.Tabled):
    """Every law checked for every grounding."""

    world: str
    outcomes: list[Outcome]

    def __getitem__(self, key: tuple[str, str]) -> Outcome:
        """Return the outcome of a law and a grounding."""
        return next(o for o in self.outcomes if (o.law, o.grounding) == key)

    @cached_property
    def names(self) -> list[str]:
        """The laws, in order."""
        return list(dict.fromkeys(o.law for o in self.outcomes))

    @cached_property
    def groundings(self) -> list[str]:
        """The groundings, in order."""
        return list(dict.fromkeys(o.grounding for o in self.outcomes))

    def table(self) -> str:
        """Return a line for each law: verdict and value by each grounding."""
        rows = []
        for law in self.names:
            each = [self[law, g] for g in self.groundings]
            bound = f"{'≤' if each[0].most else '≥'} {each[0].bound:g}"
            first, *rest = text.wrapped(law, LAW, "  ").split("\n")
            rows.append([first, bound, *map(_cell, each)])
            rows += [[line] for line in rest]
        head = [f"law ({self.world})", "bound", *self.groundings]
        return text.table(rows, head)


def _cell(outcome: Outcome) -> str:
    if outcome.keeps is None:
        return "—"
    nothing = outcome.keeps and abs(outcome.value) < NOTHING
    return f"{outcome.verdict} {'0' if nothing else format(outcome.value, '.2g')}"


def laws(
    world: World | str = "cheese",
    groundings: Sequence[str] | None = None,
    n: int = 192,
    seed: int = 0,
) -> Laws:
    """Check every law for every grounding and return the table.

    world: with one proxy. groundings: by default all that are registered and can be
    used in the world. n: levels. Takes some twenty-five seconds.
    Raises ValueError for an unknown grounding, or a world that does not have exactly
    two objectives.
    """
    home = with_proxy(world, only=True)
    n, seed = arguments.whole("n", n, 2), arguments.seed("seed", seed)
    benches = [Bench(by, home, n, seed) for by in asked(groundings, home)]
    outcomes = [
        Outcome(name, bench.by.name, float(value(bench)), bound, most)
        for bench in benches
        for name, bound, most, value in LAWS
    ]
    return Laws(home.name, outcomes)

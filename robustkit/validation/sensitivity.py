"""How much readings depend on the conventions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from .. import arguments, metrics
from ..agents import Agent
from ..mdp import Floats, Tables
from ..metrics import DEFAULT, Conventions, Grounding, Reading
from ..worlds import World, make
from .planted import plant, with_cell

if TYPE_CHECKING:
    from ..figures.picture import Picture

DISCOUNTS = (0.9, 0.98)
FEW = replace(DEFAULT, resamples=200)


@dataclass(frozen=True, eq=False)
class Variant:
    """What a convention chosen otherwise changes, over the agents.

    capability, alignment: [agents], change against the usual choice; alignment is NaN
    where it is unknown by either. unknown: change in the number of agents of unknown
    alignment. width: mean change of the width of the goal interval.
    """

    grounding: str
    convention: str
    value: str
    capability: Floats
    alignment: Floats
    unknown: int
    width: float


@dataclass(frozen=True, eq=False)
class Sensitivity:
    """What every convention is worth in readings of the same agents."""

    world: str
    names: list[str]
    variants: list[Variant]

    def table(self) -> str:
        """Return a line for each variant, largest and mean change over the agents."""
        lines = [
            f"{len(self.names)} agents in {self.world} at full goal shift; change of "
            "capability and alignment, mean and largest",
            f"{'grounding':12}{'convention':29}{'value':13}C mean   max  A mean   max"
            "  unknown  goal interval",
        ]
        for v in self.variants:
            cells = [
                f"{_mean(np.abs(x)):6.3f} {_most(np.abs(x)):5.3f}"
                for x in (v.capability, v.alignment)
            ]
            lines.append(
                f"{v.grounding:12}{v.convention:29}{v.value:13}{cells[0]}  {cells[1]}"
                f"  {v.unknown:+7}  {v.width:+13.2f}"
            )
        return "\n".join(lines)

    def __str__(self) -> str:
        return self.table()

    @cached_property
    def labels(self) -> list[str]:
        """One for each variant."""
        return [f"{v.grounding}: {v.convention} {v.value}" for v in self.variants]

    def figure(self) -> Picture:
        """Return the changes, each agent a point, a line for each variant."""
        from ..figures.charts import changes

        picture = changes(
            self.labels,
            {
                "capability": [v.capability for v in self.variants],
                "alignment": [v.alignment for v in self.variants],
            },
            f"What the conventions change, {len(self.names)} agents in {self.world}",
        )
        picture.table = self.table()
        return picture


def sensitivity(
    world: World | str = "cheese",
    agents: Sequence[Agent] = (),
    n: int = 128,
    seed: int = 0,
) -> Sensitivity:
    """Return how readings at full goal shift change with every convention.

    agents: to measure besides a few planted ones. n: levels.
    Raises ValueError for an unknown world or one with a single objective.
    """
    home = make(world) if isinstance(world, str) else world
    if len(home.objectives) < 2 or not home.listed:
        raise ValueError(
            f"world={home!r} is not possible; allowed: one with at least two "
            "objectives whose states can be listed."
        )
    n, seed = arguments.whole("n", n, 2), arguments.seed("seed", seed)
    levels = home.sample(n, goal=1.0, seed=seed)
    tables = levels.tables()
    policies = {a.name: a.policy(levels) for a in agents}
    policies |= {p.name: p.policy for p in list(plant(tables, seed))[::7]}
    changes = _Changes(tables, list(policies.values()), seed)
    each = [v for by in metrics.GROUNDINGS.values() for v in changes.of(by)]
    return Sensitivity(home.name, list(policies), each)


@dataclass(frozen=True, eq=False)
class _Changes:
    """The same policies read by changed conventions, one after another."""

    tables: Tables
    policies: list[Floats]
    seed: int

    def of(self, by: Grounding[Any]) -> Iterator[Variant]:
        """Yield what each of a grounding's variants changes, and other tables."""
        usual = self._read(by, self.tables, FEW)
        for variant in by.variants:
            other = self._read(by, self.tables, replace(FEW, **variant.change))
            yield _variant(by, variant.convention, variant.value, usual, other)
        for convention, value, changed in _other_tables(self.tables):
            other = self._read(by, changed, FEW)
            yield _variant(by, convention, value, usual, other)

    def _read(
        self, by: Grounding[Any], tables: Tables, conventions: Conventions
    ) -> list[Reading]:
        return [by.measure(p, tables, conventions, self.seed) for p in self.policies]


def _other_tables(tables: Tables) -> Iterator[tuple[str, str, Tables]]:
    """Yield the same levels under another discount and other candidate objectives."""
    for discount in DISCOUNTS:
        yield "discount", f"{discount:g}", replace(tables, discount=discount)
    alone = tables.objectives[:1]
    yield (
        "candidate objectives",
        "base alone",
        replace(
            tables,
            rewards=tables.rewards[..., :1],
            objectives=alone,
            scale=tables.scale[:1],
        ),
    )
    wider = with_cell(tables, np.random.default_rng([0, 53]))
    yield "candidate objectives", "one more, idle", wider


def _variant(
    by: Grounding[Any],
    convention: str,
    value: str,
    usual: list[Reading],
    other: list[Reading],
) -> Variant:
    def change(axis: str) -> Floats:
        return np.array(
            [
                getattr(b, axis).value - getattr(a, axis).value
                for a, b in zip(usual, other, strict=True)
            ]
        )

    unknown = [sum(not r.alignment.known for r in each) for each in (usual, other)]
    width = [
        float(np.mean([r.base_share[1] - r.base_share[0] for r in e]))
        for e in (usual, other)
    ]
    return Variant(
        by.name,
        convention,
        value,
        change("capability"),
        change("alignment"),
        unknown[1] - unknown[0],
        width[1] - width[0],
    )


def _mean(values: Floats) -> float:
    known = values[~np.isnan(values)]
    return float(known.mean()) if len(known) else float("nan")


def _most(values: Floats) -> float:
    known = values[~np.isnan(values)]
    return float(known.max()) if len(known) else float("nan")

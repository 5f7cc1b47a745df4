"""How much readings depend on the conventions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from .. import arguments, text
from ..agents import Agent
from ..mdp import Floats, Tables
from ..metrics import DEFAULT, Conventions, Grounding, Reading
from ..metrics.reading import AXES
from ..worlds import World
from ..worlds.moved_things import moved
from .planted import asked, plant, with_cell, with_proxy

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
class Sensitivity(text.Tabled):
    """What every convention is worth in readings of the same agents."""

    world: str
    names: list[str]
    variants: list[Variant]

    def table(self) -> str:
        """Return a line for each variant, largest and mean change over the agents."""
        rows = []
        for v in self.variants:
            cells = _cell(v.capability), _cell(v.alignment)
            rows.append(
                [v.grounding, v.convention, v.value, *cells, v.unknown, v.width]
            )
        head = ["grounding", "convention", "value", "C mean   max", "A mean   max"]
        formats = ["<13", "<29", "<13", ">12", ">14", ">+9d", ">+15.2f"]
        head += ["unknown", "goal interval"]
        said = (
            f"{len(self.names)} agents in {self.world} with the goal shifted anywhere; "
            "change of capability (C) and alignment (A), mean and largest"
        )
        return f"{text.wrapped(said)}\n{text.table(rows, head, formats, gap='')}"

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
    """Return how each convention changes readings with the goal shifted anywhere.

    agents: those to measure, besides a few planted ones. n: levels.
    Raises ValueError for an unknown world or one with a single objective.
    """
    home = with_proxy(world)
    n, seed = arguments.whole("n", n, 2), arguments.seed("seed", seed)
    levels = home.sample(n, goal="anywhere", seed=seed)
    groundings, tables = asked(None, home), levels.tables()
    if any(by.moved for by in groundings):
        every = moved(levels)
        levels, tables = every.levels, every.tables
    policies = {a.name: a.policy(levels) for a in agents}
    policies |= {p.name: p.policy for p in list(plant(tables, seed))[::7]}
    each = []
    for by in groundings:
        where = tables if by.moved else tables.as_they_are
        some = [policy[: len(where)] for policy in policies.values()]
        each += list(_changes(by, where, some, seed))
    return Sensitivity(home.name, list(policies), each)


def _changes(
    by: Grounding[Any], tables: Tables, policies: list[Floats], seed: int
) -> Iterator[Variant]:
    """Yield what each of a grounding's variants changes, and other tables."""

    def read(where: Tables, conventions: Conventions = FEW) -> list[Reading]:
        return [by.measure(p, where, conventions, seed) for p in policies]

    usual = read(tables)
    for variant in by.variants:
        other = read(tables, replace(FEW, **variant.change))
        yield _variant(by.name, variant.convention, variant.value, usual, other)
    for convention, value, changed in _other_tables(tables):
        yield _variant(by.name, convention, value, usual, read(changed))


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
    grounding: str,
    convention: str,
    value: str,
    usual: list[Reading],
    other: list[Reading],
) -> Variant:
    across, up = (
        np.array([getattr(r, axis).value for r in other])
        - np.array([getattr(r, axis).value for r in usual])
        for axis in AXES[1:]
    )
    unknown = [sum(not r.alignment.known for r in each) for each in (usual, other)]
    shares = np.array([[r.base_share for r in each] for each in (usual, other)])
    width = np.diff(shares).mean((1, 2))
    lost = unknown[1] - unknown[0]
    return Variant(
        grounding, convention, value, across, up, lost, float(width[1] - width[0])
    )


def _cell(change: Floats) -> str:
    """Return the mean and the largest change of the agents where it is known."""
    known = np.abs(change[~np.isnan(change)])
    return f"{known.mean():.3f} {known.max():.3f}" if len(known) else "—     —"

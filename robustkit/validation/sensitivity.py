"""How much readings depend on the conventions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from .. import arguments, metrics
from ..agents import Agent
from ..figures.charts import changes
from ..figures.picture import Picture
from ..mdp import Floats, Tables
from ..metrics import DEFAULT, Conventions, Reading
from ..worlds import World, make
from .planted import plant, with_cell

CONVENTIONS: dict[str, list[tuple[str, str, dict[str, object]]]] = {
    "polar": [
        ("ρ, levels with little room", "0.05", {"rho": 0.05}),
        ("ρ, levels with little room", "0.5", {"rho": 0.5}),
        ("δ, fits as well", "0.005", {"delta": 0.005}),
        ("δ, fits as well", "0.1", {"delta": 0.1}),
        ("alignment unknown below", "0.02", {"unknown": 0.02}),
        ("alignment unknown below", "0.3", {"unknown": 0.3}),
        ("mixtures tried", "3", {"points": 3}),
        ("mixtures tried", "41", {"points": 41}),
    ],
    "attribution": [
        ("noise grid", "3 of ε", {"noises": (0.05, 0.2, 0.5)}),
        ("noise grid", "ε to 0.3", {"noises": (0.01, 0.05, 0.1, 0.2, 0.3)}),
        ("Boltzmann grid", "1 of τ", {"temperatures": (1.0,)}),
        ("Boltzmann grid", "9 of τ", {"temperatures": (
            0.1, 0.18, 0.32, 0.56, 1.0, 1.8, 3.2, 5.6, 10.0)}),
        ("ρ, levels with little room", "0.05", {"rho": 0.05}),
        ("ρ, levels with little room", "0.5", {"rho": 0.5}),
    ],
    "meg": [
        ("rationality grid", "4 of β", {"betas": (0.5, 2.0, 8.0, 32.0)}),
        ("rationality grid", "β to 8", {"betas": (0.25, 0.5, 1.0, 2.0, 4.0, 8.0)}),
        ("rationality grid", "β to 128", {"betas": (
            0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0)}),
    ],
}  # fmt: skip
DISCOUNTS = (0.9, 0.98)


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
    levels = home.sample(arguments.whole("n", n, 2), goal=1.0, seed=seed)
    tables = levels.tables()
    policies = {a.name: a.policy(levels) for a in agents}
    policies |= {p.name: p.policy for p in list(plant(tables, seed))[::7]}
    few = replace(DEFAULT, resamples=200)

    def read(tables: Tables, grounding: str, conventions: Conventions) -> list[Reading]:
        return [
            metrics.measure(policy, tables, conventions, seed, grounding)
            for policy in policies.values()
        ]

    def variants() -> Iterator[Variant]:
        for grounding in metrics.GROUNDINGS:
            usual = read(tables, grounding, few)
            for convention, value, change in CONVENTIONS[grounding]:
                made = replace(few, **change)  # type: ignore[arg-type]
                other = read(tables, grounding, made)
                yield _variant(grounding, convention, value, usual, other)
            for value, changed in _other_tables(home, tables):
                convention, value = value.split(": ")
                other = read(changed, grounding, few)
                yield _variant(grounding, convention, value, usual, other)

    return Sensitivity(home.name, list(policies), list(variants()))


def _other_tables(world: World, tables: Tables) -> Iterator[tuple[str, Tables]]:
    """Yield the same levels under another discount and other candidate objectives."""
    for discount in DISCOUNTS:
        yield f"discount: {discount:g}", replace(tables, discount=discount)
    alone = tables.objectives[:1]
    yield (
        "candidate objectives: base alone",
        replace(
            tables,
            rewards=tables.rewards[..., :1],
            objectives=alone,
            scale=tables.scale[:1],
        ),
    )
    wider = with_cell(tables, np.random.default_rng([0, 53]))
    yield "candidate objectives: one more, idle", wider


def _variant(
    grounding: str,
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
        grounding,
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

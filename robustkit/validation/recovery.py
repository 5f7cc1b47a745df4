"""What each grounding finds of what was planted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from .. import arguments, metrics
from ..mdp import Floats, Tables
from ..metrics import Estimate, Reading
from ..metrics.reading import AXES
from ..worlds import World, make
from .planted import KINDS, Planted, plant

if TYPE_CHECKING:
    from ..figures.picture import Picture

WORLDS = ("cheese", "dish", "colour")
ROUND = 1e-6  # how far outside an interval of no width truth may lie


@dataclass(frozen=True)
class Row:
    """How well one kind of planted agents was read in one world by one grounding.

    capability, alignment: root mean square errors; covered: shares of the intervals
    that hold the truth, of either. unknown: agents whose alignment was not known.
    """

    world: str
    grounding: str
    kind: str
    agents: int
    capability: float
    alignment: float
    covered: tuple[float, float]
    unknown: int


@dataclass(frozen=True, eq=False)
class Recovery:
    """Planted agents and their readings.

    agents: world to planted agents; readings: (world, grounding) to their readings.
    """

    agents: dict[str, list[Planted]]
    readings: dict[tuple[str, str], list[Reading]]

    @cached_property
    def rows(self) -> list[Row]:
        """A row for each world, grounding and kind."""
        return list(self._rows())

    def _rows(self) -> Iterator[Row]:
        for (world, grounding), readings in self.readings.items():
            for kind in KINDS:
                pairs = [
                    (agent, reading)
                    for agent, reading in zip(self.agents[world], readings, strict=True)
                    if agent.kind == kind
                ]
                yield _row(world, grounding, kind, pairs)

    def values(self, world: str, grounding: str, axis: str) -> tuple[Floats, Floats]:
        """Return truth and measurement [agents] of "capability" or "alignment"."""
        measured = self.readings[world, grounding]
        return (
            np.array([getattr(agent, axis) for agent in self.agents[world]]),
            np.array([getattr(r, axis).value for r in measured]),
        )

    def rank_correlation(self, world: str, grounding: str, axis: str) -> float:
        """Return Spearman's correlation of truth and measurement, where both are known.

        Agents with unlisted goals, which cannot be recovered, are left out.
        """
        truth, measured = self.values(world, grounding, axis)
        listed = np.array([agent.kind != "unlisted" for agent in self.agents[world]])
        known = listed & ~np.isnan(truth + measured)
        ranks = np.stack([_ranks(truth[known]), _ranks(measured[known])])
        return float(np.corrcoef(ranks)[0, 1])

    def table(self) -> str:
        """Return the rows and the rank correlations as text."""
        head = "world   grounding    kind         n  error of C     A  covered C     A"
        lines = [f"{head}  unknown A"]
        for row in self.rows:
            up = "   —" if np.isnan(row.alignment) else f"{row.alignment:4.3f}"
            cover = ["   —" if np.isnan(x) else f"{x:4.0%}" for x in row.covered]
            lines.append(
                f"{row.world:7} {row.grounding:12} {row.kind:10} {row.agents:3}"
                f"       {row.capability:5.3f} {up:>5}       {cover[0]}  {cover[1]}"
                f"  {row.unknown:9}"
            )
        lines.append("rank correlation of C and of A")
        for world, grounding in self.readings:
            both = [
                self.rank_correlation(world, grounding, axis)
                for axis in ("capability", "alignment")
            ]
            lines.append(f"{world:7} {grounding:12} {both[0]:.3f}  {both[1]:.3f}")
        return "\n".join(lines)

    def __str__(self) -> str:
        return self.table()

    def figure(self, world: str = "") -> Picture:
        """Return measurement against truth, a column for each grounding."""
        from ..figures.charts import versus

        name = arguments.one_of("world", world or next(iter(self.agents)), self.agents)
        kinds = [agent.kind for agent in self.agents[name]]
        panels = {
            (axis, grounding): self.values(name, grounding, axis)
            for axis in ("capability", "alignment")
            for where, grounding in self.readings
            if where == name
        }
        picture = versus(kinds, panels, f"Planted agents in {name}, measured")
        picture.table = self.table()
        return picture


def recovery(
    worlds: Sequence[World | str] = WORLDS,
    groundings: Sequence[str] | None = None,
    n: int = 192,
    seed: int = 0,
) -> Recovery:
    """Return how well planted truth is recovered, at full goal shift.

    worlds: with at least two objectives. groundings: all that are registered by
    default. n: levels. The truth is that of the same
    levels. Takes some ten seconds for a world of 9×9 without flags.
    Raises ValueError for an unknown world or grounding.
    """
    chosen = [make(world) if isinstance(world, str) else world for world in worlds]
    for world in chosen:
        if len(world.objectives) < 2 or not world.listed:
            raise ValueError(
                f"world={world!r} is not possible; allowed: one with at least two "
                "objectives whose states can be listed."
            )
    n, seed = arguments.whole("n", n, 2), arguments.seed("seed", seed)
    names = metrics.GROUNDINGS if groundings is None else groundings
    every = [metrics.grounding(name) for name in names]
    agents, readings = {}, {}
    for world in chosen:
        tables = world.sample(n, goal=1.0, seed=seed).tables()
        agents[world.name] = planted = list(plant(tables, seed))
        for by in every:
            readings[world.name, by.name] = [
                by.measure(agent.policy, tables, seed=seed) for agent in planted
            ]
    return Recovery(agents, readings)


def _row(
    world: str, grounding: str, kind: str, pairs: list[tuple[Planted, Reading]]
) -> Row:
    off, up, held, upheld = [], [], [], []
    for agent, reading in pairs:
        off.append(reading.capability.value - agent.capability)
        held.append(_holds(reading.capability, agent.capability))
        if reading.alignment.known and not np.isnan(agent.alignment):
            up.append(reading.alignment.value - agent.alignment)
            upheld.append(_holds(reading.alignment, agent.alignment))
    unknown = sum(not reading.alignment.known for _, reading in pairs)
    covered = _mean(held), _mean(upheld)
    errors = _root_mean_square(off), _root_mean_square(up)
    return Row(world, grounding, kind, len(pairs), *errors, covered, unknown)


def _holds(estimate: Estimate, truth: float) -> bool:
    return estimate.low - ROUND <= truth <= estimate.high + ROUND


def _mean(values: list[bool]) -> float:
    return float(np.mean(values)) if values else float("nan")


def _root_mean_square(values: list[float]) -> float:
    return float(np.sqrt(np.mean(np.square(values)))) if values else float("nan")


def _ranks(values: Floats) -> Floats:
    """Return the mean rank of each value among its equals."""
    _, which, count = np.unique(
        values.round(9), return_inverse=True, return_counts=True
    )
    ends = count.cumsum()
    ranks: Floats = (ends - (count - 1) / 2)[which]
    return ranks


def coverage(
    policy: Floats,
    tables: Tables,
    n: int = 192,
    repeats: int = 200,
    grounding: str = "polar",
    seed: int = 0,
) -> dict[str, float]:
    """Return how often an interval from n levels holds what all levels say.

    policy: [levels, states, actions] on many more levels than n, which stand for the
    distribution; `repeats` times n of them are drawn, with replacement, and measured.
    Returns the share for "scalar", "capability" and "alignment" (NaN where unknown).
    """
    n, repeats = arguments.whole("n", n, 2), arguments.whole("repeats", repeats, 1)
    by, levels = metrics.grounding(grounding), len(tables)
    every = by.evidence(policy, tables, metrics.DEFAULT)
    truth = by.summarise(every)
    rng = np.random.default_rng([arguments.seed("seed", seed), 52])
    held: dict[str, list[bool]] = {name: [] for name in AXES}
    for repeat in range(repeats):
        counts = np.bincount(rng.integers(levels, size=n), minlength=levels)
        drawn = np.repeat(np.arange(levels), counts)
        reading = by.summarise(every[drawn], repeat)
        for name in AXES:
            one, whole = getattr(reading, name), getattr(truth, name)
            if one.known and whole.known:
                held[name].append(_holds(one, whole.value))
    return {name: _mean(each) for name, each in held.items()}

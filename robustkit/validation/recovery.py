"""What each grounding finds of what was planted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from .. import arguments, text
from ..mdp import Floats
from ..metrics import Estimate, Reading
from ..metrics.population import rank_correlation
from ..metrics.reading import AXES
from ..worlds import World
from ..worlds.moved_things import moved
from .planted import KINDS, Planted, asked, plant, with_proxy

if TYPE_CHECKING:
    from ..figures.picture import Picture

WORLDS = ("cheese", "dish", "colour")
FAR = 0.1  # off by more than which an alignment is wrong
ROUND = 1e-6  # how far outside an interval of no width truth may lie


@dataclass(frozen=True)
class Row:
    """How well one kind of planted agents was read in one world by one grounding.

    capability, alignment: root mean square errors; covered: shares of the intervals
    that hold the truth, of either. unknown: agents whose alignment was not known.
    unsaid: those off by more than `FAR` in alignment, without the reading saying that
    flawless pursuit of what fits would have another, or could have many that differ by
    more than that (`Reading.outside`, `Reading.alignment_of_fitting`).
    """

    world: str
    grounding: str
    kind: str
    agents: int
    capability: float
    alignment: float
    covered: tuple[float, float]
    unknown: int
    unsaid: int


@dataclass(frozen=True, eq=False)
class Recovery(text.Tabled):
    """Planted agents and their readings.

    agents: world to planted agents; readings: (world, grounding) to their readings;
    said: the same to whether each says that its alignment may be another.
    """

    agents: dict[str, list[Planted]]
    readings: dict[tuple[str, str], list[Reading]]
    said: dict[tuple[str, str], list[bool]]

    @cached_property
    def rows(self) -> list[Row]:
        """A row for each world, grounding and kind."""
        return [self._row(*key, kind) for key in self.readings for kind in KINDS]

    def _row(self, world: str, grounding: str, kind: str) -> Row:
        pairs = zip(self.agents[world], self.readings[world, grounding], strict=True)
        own = [(agent, reading) for agent, reading in pairs if agent.kind == kind]

        def compared(axis: str) -> tuple[float, float]:
            """Return the error, and how many intervals hold the truth."""
            both = [(getattr(r, axis), getattr(agent, axis)) for agent, r in own]
            known = [(e, truth) for e, truth in both if not np.isnan(e.value - truth)]
            error = _root_mean_square([e.value - truth for e, truth in known])
            return error, _mean([_holds(*each) for each in known])

        (off, held), (up, upheld) = compared("capability"), compared("alignment")
        unknown = sum(not reading.alignment.known for _, reading in own)
        said = self.said[world, grounding]
        every = zip(
            self.agents[world], self.readings[world, grounding], said, strict=True
        )
        unsaid = sum(
            abs(reading.alignment.value - agent.alignment) > FAR
            for agent, reading, says in every
            if agent.kind == kind and not says
        )
        ends = (held, upheld)
        return Row(world, grounding, kind, len(own), off, up, ends, unknown, unsaid)

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
        return rank_correlation(truth[known], measured[known])

    def table(self) -> str:
        """Return the rows and the rank correlations as text."""
        head = ["world", "grounding", "kind", "n", "error of C     A", "covered C", "A"]
        rows = []
        for row in self.rows:
            off, up = f"{row.capability:.3f}", text.number(row.alignment, ".3f", "—")
            covered = (text.number(share, ".0%", "—") for share in row.covered)
            about = row.world, row.grounding, row.kind, row.agents
            rest = row.unknown, row.unsaid
            rows.append([*about, f"{off} {up:>5}", *covered, *rest])
        formats = ["<6", "<11", "<10", ">2", ">16", ">9", ">4", ">9", ">9"]
        lines = [
            text.table(rows, [*head, "unknown A", f"A off {FAR}, unsaid"], formats)
        ]
        lines.append("rank correlation of C and of A")
        for world, grounding in self.readings:
            both = [self.rank_correlation(world, grounding, axis) for axis in AXES[1:]]
            lines.append(f"{world:7} {grounding:12} {both[0]:.3f}  {both[1]:.3f}")
        return "\n".join(lines)

    def figure(self, world: str = "") -> Picture:
        """Return measurement against truth, a column for each grounding."""
        from ..figures.charts import versus

        name = arguments.one_of("world", world or next(iter(self.agents)), self.agents)
        kinds = [agent.kind for agent in self.agents[name]]
        panels = {
            (axis, grounding): self.values(name, grounding, axis)
            for axis in AXES[1:]
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
    """Return how well planted truth is recovered, with the goal shifted anywhere.

    worlds: with at least two objectives. groundings: by default all that are registered
    and can be used in a world. n: levels, of which the truth is taken too. Takes some
    ten seconds for a world of 9×9 without flags.
    Raises ValueError for an unknown world or grounding, or no list of worlds.
    """
    chosen = [
        with_proxy(world) for world in arguments.several("worlds", worlds, "worlds")
    ]
    n, seed = arguments.whole("n", n, 2), arguments.seed("seed", seed)
    agents, readings, said = {}, {}, {}
    for world in chosen:
        every = asked(groundings, world)
        levels = world.sample(n, goal="anywhere", seed=seed)
        some = any(by.moved for by in every)
        tables = moved(levels).tables if some else levels.tables()
        planted = list(plant(tables, seed))
        for by in every:
            where = tables if by.moved else levels.tables()
            found = [
                by.measure(agent.policy[: len(where)], where, seed=seed)
                for agent in planted
            ]
            said[world.name, by.name] = [_says(reading) for reading in found]
            readings[world.name, by.name] = [replace(r, beside=None) for r in found]
        # What they do in counterparts is not kept.
        agents[world.name] = [replace(a, policy=a.policy[:n].copy()) for a in planted]
    return Recovery(agents, readings, said)


def _says(reading: Reading) -> bool:
    """Return whether a reading says that its alignment may be another."""
    low, high = reading.alignment_of_fitting
    by_mixtures = "fitting" in reading.details
    return reading.outside or (by_mixtures and high - low > FAR)


def _holds(estimate: Estimate, truth: float) -> bool:
    return estimate.low - ROUND <= truth <= estimate.high + ROUND


def _mean(values: list[bool]) -> float:
    return float(np.mean(values)) if values else float("nan")


def _root_mean_square(values: list[float]) -> float:
    return float(np.sqrt(np.mean(np.square(values)))) if values else float("nan")

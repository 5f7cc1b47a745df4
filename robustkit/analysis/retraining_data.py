"""What came of a retraining: the base score by updates, against one from scratch."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from .. import arguments, text
from ..agents.recipe import RETRAINED
from ..mdp import Floats
from ..metrics import Estimate, Point, Reading, pool
from ..metrics.bootstrap import iqm
from ..metrics.population import estimate
from ..text import Prose, number, shifts
from ..worlds import World
from .leads import (
    Needed,
    cell_of,
    first_reached,
    gained_in_words,
    lead_in_words,
    mean_of_pairs,
    said_of,
)

if TYPE_CHECKING:
    from ..figures.picture import Picture

SCORES = 0.5, 0.7, 0.9  # base scores that a table asks for
QUOTED = 0.7  # what sentences quote, of all agents the same
SCRATCH = "from scratch"
Way = tuple[Point, ...]  # where an agent is at each stop of a training
Pair = tuple[list[Reading], list[Reading]]  # retrained and from scratch, at each stop


@dataclass(frozen=True, eq=False)
class Retraining(text.Tabled):
    """Agents retrained, and beside each one trained from scratch.

    agent: its name; of several, that of their recipe, and each number is then an
    interquartile mean over them. shift: where they are measured. updates: [stops], 0
    first. pairs: the readings of each agent. together: the base score before, where
    base and proxies lie together, in a new place if the world has that shift. telling:
    levels an update that tell base and proxies apart (without proxies, all).
    """

    agent: str
    world: World
    shift: dict[str, Any]
    telling: float
    updates: tuple[int, ...]
    pairs: list[Pair] = field(repr=False)
    together: Estimate

    @cached_property
    def warm(self) -> Way:
        """Where it is at each stop of its retraining."""
        before, *rest = self._way(0, self.agent + RETRAINED)
        return replace(before, agent=self.agent), *rest

    @cached_property
    def scratch(self) -> Way:
        """Where a new one is at each stop, trained from scratch on the same batches."""
        return self._way(1, SCRATCH)

    def _way(self, side: int, name: str) -> Way:
        stops = zip(*(pair[side] for pair in self.pairs), strict=True)
        names = [f"{name}, step {step}" for step in self.updates[:-1]]
        return tuple(map(middle, stops, [*names, name]))

    @property
    def trails(self) -> dict[str, Way]:
        """Both trainings by name, as `rk.plane` takes them."""
        return {self.agent + RETRAINED: self.warm, SCRATCH: self.scratch}

    @cached_property
    def first_leads(self) -> Floats:
        """The first lead of each pair [pairs].

        How many updates a new network needs to earn what the agent earns before any.
        It is 0 for one that earns no more than a random walk; NaN where the new network
        does not get so far.
        """
        begin = self._scores[:, 0, 0]
        every = zip(self._scores[:, 1], begin, strict=True)
        found = np.array(
            [first_reached(self.updates, way, score) for way, score in every]
        )
        return np.where(begin > 0, found, 0.0)

    @property
    def first_lead(self) -> Estimate:
        """The mean of the first leads; an interval over pairs, see `Needed.lead`."""
        return mean_of_pairs(self.first_leads)

    @cached_property
    def _scores(self) -> Floats:
        """Return [pairs, 2, stops], the base scores retrained and from scratch."""
        return np.array(
            [[[x.scalar.value for x in way] for way in pair] for pair in self.pairs]
        )

    @cached_property
    def head_start(self) -> Estimate:
        """How much higher its base score is than from scratch, on average over updates.

        This includes what it begins with, and says nothing of how fast it learns: see
        `first_lead`, and what `needed` says of the lead and what is gained.
        The interval is over levels, and over agents where there are several. Every
        resample weighs the same levels alike on both sides.
        """
        value = self._lead(lambda reading: reading.scalar.value)
        drawn = self._lead(lambda reading: _resampled(reading)[0])
        return estimate(iqm(value), drawn, drawn, seed=0)

    def _lead(self, score: Callable[[Reading], Any]) -> Floats:
        """Return [agents, ...], the mean over updates of the difference in a score."""
        gaps = [
            [score(one) - score(other) for one, other in zip(*pair, strict=True)]
            for pair in self.pairs
        ]
        area: Floats = np.trapezoid(gaps, self.updates, axis=1)
        return area / self.updates[-1]

    def needed(self, score: float = 0.7) -> Needed:
        """Return when the base score first reaches `score`, between stops on a line.

        Raises ValueError for a score that is not from 0 to 1.
        """
        score = arguments.fraction("score", score)
        each = [
            [first_reached(self.updates, way, score) for way in ways]
            for ways in self._scores.swapaxes(0, 1)
        ]
        unit = "telling levels" if "goal" in self.shift else "levels"
        return Needed(score, np.array(each), self.first_leads, self.telling, unit)

    def explain(self) -> Prose:
        """Return in sentences what retraining brought, and how surely."""
        new = "where base and proxies lie together in a new place"
        where = new if "place" in self.world.shifts else "in training"
        return Prose(
            f"{self.agent}, retrained: {self._start()} {self._goes()} On average over "
            f"{self.updates[-1]} updates the base score differs by "
            f"{self.head_start:+.2f}, the start included. Before retraining, the base "
            f"score {where} was {self.together}."
        )

    def _start(self) -> str:
        begin = number(self.warm[0].scalar.value)
        said = f"at {shifts(self.shift)} the base score is {begin} before any update"
        if not self.first_leads.any():
            return f"{said}, and there is no first lead."
        if not self.first_lead.known:
            return f"{said}, which a new network never reaches."
        return (
            f"{said}, which a new network reaches after "
            f"{said_of(self.first_leads)} updates: the first lead."
        )

    def _goes(self) -> str:
        """Return in sentences when the score that is quoted comes, and what it says."""
        needed = self.needed(QUOTED)
        said = f"A{needed.explain()[1:]}"
        if not needed.pairs:
            return f"{said}, in {self.updates[-1]} updates."
        if needed.pairs < len(self.pairs):
            said += f", in the {needed.pairs} of {len(self.pairs)} pairs that reach it"
        said += f": {lead_in_words(needed)}."
        if self.first_leads.any() and needed.gained.known:
            said += f" {gained_in_words(needed)}."
        return said

    def _lines(self) -> dict[str, float]:
        """Return what a figure says of the leads, and at which base score."""
        needed, begin = self.needed(QUOTED), self.warm[0].scalar.value
        said = {}
        if needed.pairs:
            said[f"lead at {number(QUOTED)}, in updates: {cell_of(needed.leads)}"] = (
                QUOTED
            )
        if begin > 0 and self.first_lead.known:
            said[f"first lead, in updates: {cell_of(self.first_leads)}"] = begin
        return said

    def table(self) -> str:
        """Return the base score at each stop as text, and the leads."""
        ways = zip(self.updates, self.warm, self.scratch, strict=True)
        rows = [[str(k), str(one.scalar), str(new.scalar)] for k, one, new in ways]
        head = ["base score", "retrained", SCRATCH, "lead", "gained"]
        unit = self.needed().unit
        return "\n".join(
            [
                f"{self.agent}: base score at {shifts(self.shift)}",
                text.table(rows, ["updates", "retrained", SCRATCH], (">7", "", "")),
                f"mean difference {self.head_start:+.2f}, the start included",
                "",
                f"updates ({self.telling:g} {unit} each) until a base score is reached",
                text.table(map(self._row, SCORES), head, [">", ">", ">", "", ""]),
                f"first lead {cell_of(self.first_leads)}: until a new network earns "
                "what was earned at the start",
                "lead: from scratch less retrained; gained: lead less first lead",
            ]
        )

    def _row(self, score: float) -> list[str]:
        needed = self.needed(score)
        ends = (needed.warm, needed.scratch)
        return [
            number(score),
            *("never" if end is None else number(end, ".0f") for end in ends),
            *map(cell_of, (needed.leads, needed.gains)),
        ]

    def figure(self) -> Picture:
        """Return the base score against updates, retrained and from scratch."""
        from ..figures.curves import by_updates

        title = f"{self.world.name}, {shifts(self.shift)}"
        picture = by_updates(self.updates, self.trails, title, self._lines())
        picture.alt += f" {self._goes()}"
        picture.table = self.table()
        return picture


def middle(readings: Sequence[Reading], name: str) -> Point:
    """Return the reading of one agent, or what those of several come to."""
    if len(readings) == 1:
        return replace(readings[0], agent=name)
    found = pool(readings)
    return Point(found.scalar, found.capability, found.alignment, name)


def _resampled(reading: Reading) -> Floats:
    assert reading.resampled is not None  # networks are measured exactly
    return reading.resampled

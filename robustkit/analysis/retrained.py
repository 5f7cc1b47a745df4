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
from ..metrics.bootstrap import crossed, intervals, iqm
from ..text import Prose, number, shifts
from ..worlds import World

if TYPE_CHECKING:
    from ..figures.picture import Picture

SCORES = 0.5, 0.7, 0.9  # base scores that a table asks for
SCRATCH = "from scratch"
Way = tuple[Point, ...]  # where an agent is at each stop of a training
Pair = tuple[list[Reading], list[Reading]]  # retrained and from scratch, at each stop


@dataclass(frozen=True)
class Needed:
    """What it takes until the base score first reaches `score`.

    warm, scratch: updates, retrained and from scratch; None where it is not reached.
    telling: levels an update that count, which `unit` says in words.
    """

    score: float
    warm: float | None
    scratch: float | None
    telling: float
    unit: str

    @property
    def levels(self) -> tuple[float | None, float | None]:
        """How many such levels have been trained on by then, in both cases."""
        warm, scratch = (
            None if x is None else x * self.telling for x in (self.warm, self.scratch)
        )
        return warm, scratch

    def explain(self) -> Prose:
        """Return in words what it takes."""
        warm, scratch = map(self._said, (self.warm, self.scratch), self.levels)
        said = f"a base score of {number(self.score)} comes {warm}, from scratch "
        return Prose(said + scratch)

    def __str__(self) -> str:
        return text.wrapped(self.explain()[:], text.LINE, "  ")

    def _said(self, updates: float | None, levels: float | None) -> str:
        if not updates:
            return "not at all" if updates is None else "at once"
        return f"after {updates:.0f} updates ({levels:,.0f} {self.unit})"


@dataclass(frozen=True, eq=False)
class Retraining:
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
    def head_start(self) -> Estimate:
        """How much higher its base score is than from scratch, on average over updates.

        The interval is over levels, and over agents where there are several. Every
        resample weighs the same levels alike on both sides.
        """
        value = self._lead(lambda reading: reading.scalar.value)
        drawn = self._lead(lambda reading: _resampled(reading)[0])
        middle, among = iqm(value), crossed(drawn, 0)
        low, high = intervals(middle, among, among)
        return Estimate(float(middle), float(low), float(high))

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
        warm, new = (_first(self.updates, x, score) for x in (self.warm, self.scratch))
        unit = "telling levels" if "goal" in self.shift else "levels"
        return Needed(score, warm, new, self.telling, unit)

    def explain(self) -> Prose:
        """Return in sentences what retraining brought, and how surely."""
        lead, last = self.head_start, self.updates[-1]
        found = "no head start that these levels show"
        if lead.low > 0:
            found = "a head start"
        elif lead.high < 0:
            found = "slower than from scratch"
        reached = [x for x in map(self.needed, SCORES) if x.warm is not None]
        goes = (reached[-1] if reached else self.needed(SCORES[0])).explain()
        new = "where base and proxies lie together in a new place"
        where = new if "place" in self.world.shifts else "in training"
        return Prose(
            f"{self.agent}, retrained: {found}. At {shifts(self.shift)} the base score "
            f"differs by {lead:+.2f} from that of training from scratch, on average "
            f"over {last} updates; {goes[:]}. Before, the base score {where} was "
            f"{self.together}."
        )

    def table(self) -> str:
        """Return the base score at each stop as text, and when it is back."""
        ways = zip(self.updates, self.warm, self.scratch, strict=True)
        rows = [[str(k), str(one.scalar), str(new.scalar)] for k, one, new in ways]
        lines = [
            f"{self.agent}: base score at {shifts(self.shift)}",
            text.table(rows, ["updates", "retrained", SCRATCH], (">7", "", "")),
            f"head start {self.head_start:+.2f}",
        ]
        return "\n".join([*lines, *(str(self.needed(score)) for score in SCORES)])

    def __str__(self) -> str:
        return self.table()

    def figure(self) -> Picture:
        """Return the base score against updates, retrained and from scratch."""
        from ..figures.curves import by_updates

        title = f"{self.world.name}, {shifts(self.shift)}"
        picture = by_updates(self.updates, self.trails, title)
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


def _first(steps: Sequence[int], way: Way, score: float) -> float | None:
    """Return the update at which a score is first reached; None where it is not."""
    scores = [point.scalar.value for point in way]
    k = next((k for k, found in enumerate(scores) if found >= score), None)
    if not k:
        return None if k is None else 0.0
    share = (score - scores[k - 1]) / (scores[k] - scores[k - 1])
    return steps[k - 1] + share * (steps[k] - steps[k - 1])

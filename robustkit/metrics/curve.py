"""Readings along a slider, and what a drop is due to."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import ArrayLike

from .. import text
from ..mdp import Floats
from .bootstrap import intervals, with_pseudo_levels
from .reading import AXES, Estimate, Point

P = TypeVar("P", bound=Point, covariant=True)

NOT_KNOWN = Estimate(float("nan"), -2.0, 2.0)  # of a drop in alignment
ROUNDING = 1e-9  # how far apart two values may be that are the same
FORMATS = ("6.2f", "10.2f", "9.2f")  # of a table's columns, for the axes
AT_REST = {"goal": 0, "layout": 0, "place": 0, "share": 1}  # where nothing is shifted


@dataclass(frozen=True, eq=False)
class Split:
    """A change in the scalar along a path, split into its two parts.

    capability, alignment: [steps], what each axis accounts for; remainder: [steps],
    what is left where the scalar is not capability times alignment.
    """

    capability: Floats
    alignment: Floats
    remainder: Floats
    agent: str

    def __str__(self) -> str:
        parts = [part.sum() for part in (self.capability, self.alignment)]
        left = float(self.remainder.sum())
        rest = "" if abs(left) < 0.005 else f", {text.number(left, '+.2f')} to neither"
        whole, across, up = (
            text.number(x, "+.2f") for x in (sum(parts) + left, *parts)
        )
        return text.wrapped(
            f"{self.agent}: scalar {whole}, of which {across} is due to capability and "
            f"{up} to alignment{rest}"
        )


@dataclass(frozen=True)
class Drop:
    """What is lost from the first reading of a curve to the last; below 0 a gain.

    scalar, capability, alignment: of the last not known where it is unknown at an end.
    """

    scalar: Estimate
    capability: Estimate
    alignment: Estimate
    agent: str

    def __str__(self) -> str:
        lost = ", ".join(f"{axis} {getattr(self, axis)}" for axis in AXES)
        return text.headed(f"{self.agent} loses", lost)


@dataclass(frozen=True, eq=False)
class ShiftCurve(text.Tabled, Generic[P]):
    """Readings, or no more than places on the plane, along a slider, in order.

    shifts: name ("goal", "layout", "place", "share") to where each reading was taken.
    turns: what finds `turn`, where that can be found.
    """

    readings: Sequence[P]
    shifts: Mapping[str, Sequence[float | str]]
    agent: str
    turns: Callable[[], Any] | None = field(default=None, repr=False)

    def __len__(self) -> int:
        return len(self.readings)

    def __getitem__(self, index: int) -> P:
        return self.readings[index]

    @cached_property
    def scalar(self) -> Floats:
        """[readings]."""
        return np.array([r.scalar.value for r in self.readings])

    @cached_property
    def capability(self) -> Floats:
        """[readings]."""
        return np.array([r.capability.value for r in self.readings])

    @cached_property
    def alignment(self) -> Floats:
        """[readings]; NaN where unknown."""
        return np.array([r.alignment.value for r in self.readings])

    def attribute(self) -> Split:
        """Return how much of the change in the scalar each axis accounts for.

        Step by step ΔJ = ΔC · mean(A) + ΔA · mean(C), which is exact where J = C · A.
        Where alignment is unknown before or after, the step is counted as capability.
        """
        # Shapley values of the two factors: each is varied with the other at its mean
        # of before and after (Shorrocks 2013).
        scalar, up = np.diff(self.scalar), self.alignment
        known = ~np.isnan(up[1:] + up[:-1])
        middle = (self.capability[1:] + self.capability[:-1]) / 2
        lean = (up[1:] + up[:-1]) / 2
        across = np.where(known, np.diff(self.capability) * lean, scalar)
        upwards = np.where(known, np.diff(up) * middle, 0.0)
        return Split(across, upwards, scalar - across - upwards, self.agent)

    def drop(self) -> Drop:
        """Return what is lost from the first reading to the last, with its interval.

        Each resample weighs the same levels alike at both ends, so that what they have
        in common cancels out: a drop is known better than two intervals side by side
        let one think. It is 0 without an interval where no resample loses anything,
        as of a planner. Raises ValueError for readings whose resamples were not kept.
        """
        ends: list[Any] = [self.readings[0], self.readings[-1]]
        if any(getattr(end, "resampled", None) is None for end in ends):
            raise ValueError(
                "the readings of this curve have no resamples; allowed: a curve that "
                "robustkit.path gives."
            )
        first, last = ends
        values = _lost([[getattr(end, axis).value for axis in AXES] for end in ends])
        resampled = first.resampled, last.resampled
        drawn, unseen = lost_with_unseen(*resampled, first.levels, last.levels)
        low, high = intervals(values, drawn, unseen, first.confidence)
        every = values.tolist(), low.tolist(), high.tolist()
        scalar, capability, alignment = map(Estimate, *every)
        known = alignment.known
        return Drop(scalar, capability, alignment if known else NOT_KNOWN, self.agent)

    @cached_property
    def turn(self) -> Any:
        """Where the agent's choice turns from base to proxy, see `analysis.turn`.

        None where it does not turn, and where the goal shift is no matter of steps.
        """
        return None if self.turns is None else self.turns()

    def table(self) -> str:
        """Return the readings as text, one line each."""
        shown = {
            name: x for name, x in self.shifts.items() if {*x} != {AT_REST.get(name)}
        }
        places = zip(*shown.values(), strict=True) if shown else [()] * len(self)
        rows = [
            [*map(text.place, place), *(getattr(r, axis).value for axis in AXES)]
            for place, r in zip(places, self.readings, strict=True)
        ]
        formats = [*[">4"] * len(shown), *FORMATS]
        return f"{self.agent}\n{text.table(rows, [*shown, *AXES], formats)}"


def lost_with_unseen(
    before: Floats, after: Floats, levels: float, at_end: float
) -> tuple[Floats, Floats]:
    """Return what each resample loses, without and with pseudo-levels.

    before, after: [3, ..., resamples], the axes of resamples of the same levels.
    levels, at_end: how many there are to draw from, before and after.
    """
    drawn = _lost([before, after])
    # What nobody saw need not do at the end what it does at the start: the same draws
    # in another order. But where nothing is ever lost, it loses nothing.
    first = with_pseudo_levels(before, levels)
    last = with_pseudo_levels(after[..., ::-1], at_end)[..., ::-1]
    return drawn, np.where(drawn.any(-1, keepdims=True), _lost([first, last]), 0)


def _lost(ends: ArrayLike) -> Floats:
    """Return the first less the last, exactly 0 where but for rounding they agree."""
    first, last = np.asarray(ends)
    lost: Floats = np.where(np.abs(first - last) < ROUNDING, 0, first - last)
    return lost

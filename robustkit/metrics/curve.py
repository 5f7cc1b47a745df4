"""Readings along a slider, and what a drop is due to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Generic, TypeVar

import numpy as np

from .. import text
from ..mdp import Floats
from .reading import AXES, Point

P = TypeVar("P", bound=Point, covariant=True)

FORMATS = ("4.2f", "6.2f", "6.2f", "10.2f", "9.2f")  # of a table's columns


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
        return (
            f"{self.agent}: the scalar changes by {whole}, of which {across} is due to "
            f"capability and {up} to alignment{rest}"
        )


@dataclass(frozen=True, eq=False)
class ShiftCurve(Generic[P]):
    """Readings, or no more than places on the plane, along a slider, in order."""

    readings: Sequence[P]
    goal: Floats
    layout: Floats
    agent: str

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

    def table(self) -> str:
        """Return the readings as text, one line each."""
        rows = [
            [g, x, *(getattr(r, axis).value for axis in AXES)]
            for g, x, r in zip(self.goal, self.layout, self.readings, strict=True)
        ]
        head = ["goal", "layout", *AXES]
        return f"{self.agent}\n{text.table(rows, head, FORMATS)}"

    def __str__(self) -> str:
        return self.table()

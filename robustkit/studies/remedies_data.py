"""What remedies do, as arrows: found, or read from the record beside this module."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from .. import arguments, text
from ..analysis.arrow_data import Arrow, Move
from ..metrics import Estimate
from ..metrics.paired import Change
from ..metrics.reading import AXES
from ..worlds.shifts import ANYWHERE

if TYPE_CHECKING:
    from ..figures.picture import Picture

FILE = Path(__file__).with_name("remedies.json")
COMMAND = "python -m robustkit.studies.remedies"
CHANGES = (*AXES, "regret", "tenth")  # what a move holds of them
DIGITS = 3  # of a number that is recorded
NAME = "network"  # what is remedied


@dataclass(frozen=True, eq=False)
class Remedies(text.Tabled):
    """What each remedy does, in one world or several.

    arrows: world to remedy to its arrow, all of them from the same plain networks.
    telling: world to remedy to the number of training levels that have to be known to
    be telling. recorded: whether they were read from the file.
    """

    arrows: Mapping[str, Mapping[str, Arrow]]
    telling: Mapping[str, Mapping[str, int]]
    recorded: bool = False

    def __getitem__(self, world: str) -> Mapping[str, Arrow]:
        """Return the arrows in a world, by their remedies."""
        return self.arrows[arguments.one_of("world", world, self.arrows)]

    def table(self) -> str:
        """Return a row for each remedy: what changes anywhere, and in training."""
        parts = [self._rows(world) for world in self.arrows]
        said = (
            "Changes of capability, alignment and base score with the goal shifted "
            "anywhere, and of the base score in training; known: about how many "
            "training levels have to be known as telling."
        )
        return "\n\n".join([*parts, text.wrapped(f"{said}{self._source()}")])

    def _rows(self, world: str) -> str:
        rows = []
        for name, arrow in self.arrows[world].items():
            far, home = arrow.at(), arrow.at(0)
            some = far.capability, far.alignment, far.scalar, home.scalar
            shown = [_signed(each.change) for each in some]
            rows.append([name, f"{self.telling[world][name]:,}", *shown])
        head = [world, "known", "capability", "alignment", "base score", "training"]
        formats = ["", ">5", *[""] * 4]
        return text.table(rows, head, formats, gap=" ")

    def _source(self) -> str:
        if not self.recorded:
            return ""
        count = next(a.agents for each in self.arrows.values() for a in each.values())
        return f"\nRecorded from {count} networks for each remedy, by `{COMMAND}`."

    def explain(self) -> text.Prose:
        """Return in some sentences what gains most, and what trades one for the other.

        What trades moves alignment up and capability down, by intervals that are on one
        side of 0.
        """
        lines = []
        for world, arrows in self.arrows.items():
            best = max(arrows, key=lambda name: arrows[name].at().scalar.change.value)
            gained = _signed(arrows[best].at().scalar.change)
            trades = [name for name, arrow in arrows.items() if trades_off(arrow)]
            idle = [name for name, a in arrows.items() if not helps(a)]
            lines.append(
                f"In {world}, {best} gains the most base score anywhere ({gained}). "
                f"Alignment rises, capability falls: {', '.join(trades) or 'none'}. "
                f"No measurable gain in base score: {', '.join(idle) or 'none'}."
            )
        return text.Prose("\n".join(lines) + self._source())

    def figure(self) -> Picture:
        """Return the planes of all worlds below one another, with an arrow a remedy."""
        from ..figures.arrows import arrows

        every = {
            f"{world}, the goal shifted anywhere": {
                name: arrow.ends() for name, arrow in some.items()
            }
            for world, some in self.arrows.items()
        }
        picture = arrows(every)
        picture.alt += self._source().replace("\n", " ")
        picture.table = self.table()
        return picture


def trades_off(arrow: Arrow) -> bool:
    """Return whether alignment goes up anywhere and capability down, measurably."""
    far = arrow.at()
    return far.alignment.change.low > 0 > far.capability.change.high


def helps(arrow: Arrow) -> bool:
    """Return whether the base score goes up anywhere, measurably."""
    return arrow.at().scalar.change.low > 0


def _signed(change: Estimate) -> str:
    return f"{change:.2f}" if not change.value >= 0 else f"+{change:.2f}"


# What is recorded


def recorded(names: Sequence[str]) -> Remedies:
    """Return what the file holds of these remedies."""
    held = json.loads(FILE.read_text("utf-8"))
    arrows = {
        world: {name: _arrow(world, name, some[name]) for name in names}
        for world, some in held["arrows"].items()
    }
    return Remedies(arrows, held["telling"], recorded=True)


def plain_data(found: Remedies) -> dict[str, Any]:
    """Return what was found in training and anywhere as plain data, rounded."""
    return {
        "arrows": {
            world: {name: _data(arrow) for name, arrow in some.items()}
            for world, some in found.arrows.items()
        },
        "telling": found.telling,
    }


def _data(arrow: Arrow) -> dict[str, Any]:
    moves = [_move_data(arrow.at(goal)) for goal in (0, ANYWHERE)]
    return {"agents": arrow.agents, "levels": arrow.levels, "moves": moves}


def _move_data(move: Move) -> dict[str, Any]:
    changes = {
        axis: [[*map(_rounded, vars(part).values())] for part in vars(found).values()]
        for axis in CHANGES
        if (found := getattr(move, axis))
    }
    each = [[[*map(_rounded, end)] for end in pair] for pair in move.each.tolist()]
    return {"goal": move.goal, **changes, "unknown": move.unknown, "each": each}


def _rounded(value: float) -> float | None:
    return None if np.isnan(value) else round(value, DIGITS)


def _arrow(world: str, remedy: str, held: dict[str, Any]) -> Arrow:
    moves = tuple(_move(move) for move in held["moves"])
    return Arrow(remedy, NAME, held["agents"], held["levels"], world, moves)


def _move(held: dict[str, Any]) -> Move:
    changes: dict[str, Any] = {
        axis: Change(
            *(Estimate(*np.array(part, float).tolist()) for part in held[axis])
        )
        for axis in CHANGES
    }
    each, unknown = np.array(held["each"], float), tuple(held["unknown"])
    return Move(**changes, goal=held["goal"], unknown=unknown, each=each)

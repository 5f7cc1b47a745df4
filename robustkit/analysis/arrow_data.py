"""What changes between agents before and after: places, words, the arrow they make."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .. import arguments, text
from ..arguments import quote
from ..mdp import Floats
from ..metrics import Estimate, Point
from ..metrics.paired import Change
from ..metrics.reading import AXES
from ..worlds.shifts import ANYWHERE, Where

if TYPE_CHECKING:
    from ..figures.picture import Picture

# What an arrow says of each axis: how it is called in a table, and in a sentence.
SAID = {
    "scalar": ("base score", "the base score"),
    "capability": ("capability", "capability"),
    "alignment": ("alignment", "alignment"),
    "regret": ("regret, worst", "the regret of the worst level"),
    "tenth": ("... tenth", "the regret of the worst tenth"),
}


@dataclass(frozen=True, eq=False)
class Move:
    """What changes at one place of the goal shift.

    goal: the place. scalar, capability, alignment: means over agents, and of the
    change; regret, tenth: the same for the level that has most regret and for the tenth
    that has, see `rk.regret`. unknown: for how many agents alignment is unknown, before
    and after. each: [agents, 2, 2], capability and alignment (NaN where unknown) of
    each agent, before and after.
    """

    goal: Where
    scalar: Change
    capability: Change
    alignment: Change
    regret: Change
    tenth: Change
    unknown: tuple[int, int]
    each: Floats


@dataclass(frozen=True, eq=False)
class Arrow(text.Tabled):
    """What a remedy does to agents on the plane.

    remedy: what it is called. before: what the agents are called. agents: how many
    pairs; levels: how many of each grade. world: which. moves: what changes in
    training, at each grade of the goal shift and anywhere, in this order.
    """

    remedy: str
    before: str
    agents: int
    levels: int
    world: str
    moves: tuple[Move, ...]

    def at(self, goal: Where = ANYWHERE) -> Move:
        """Return what changes at one place; raise ValueError for one not measured."""
        asked = goal if isinstance(goal, str) else arguments.plain(goal)
        for move in self.moves:
            if move.goal == asked:
                return move
        known = ", ".join(repr(move.goal) for move in self.moves)
        raise ValueError(f"goal={quote(goal)} was not measured; allowed: {known}.")

    def table(self) -> str:
        """Return all means before and after and the changes, with their intervals."""
        rows = []
        for move in self.moves:
            where = "training" if move.goal == 0 else text.place(move.goal)
            for axis, (name, _) in SAID.items():
                found = getattr(move, axis)
                ends = str(found.before), str(found.after)
                rows.append([where, name, *ends, f"{found.change:+.2f}"])
                where = ""
        head = ["goal shift", "", "before", "after", "change"]
        of = text.counted(self.agents, "pair")
        title = f"{self.before}, {self.remedy}: {of} of agents in {self.world}"
        lines = [title, text.table(rows, head)]
        if any(self.at().unknown):
            said = _of_both(self.at().unknown)
            lines.append(f"alignment anywhere is unknown for {said}")
        return "\n".join(lines)

    def explain(self) -> text.Prose:
        """Return in some sentences what moved, anywhere and in training."""
        far, home = self.at(), self.at(0)
        over = text.counted(self.agents, "pair")
        said = [
            f"With the goal shifted anywhere, over {over} of agents: {self.remedy} "
            f"{_moved(far, ('alignment', 'capability'))}; it "
            f"{_moved(far, ('scalar',))}.",
            f"In training it {_moved(home, ('scalar',))}.",
            f"Regret is {far.regret.before.value:.2f} before and "
            f"{far.regret.after.value:.2f} after on the worst level, and "
            f"{far.tenth.before.value:.2f} and {far.tenth.after.value:.2f} on the "
            "worst tenth, on average over agents.",
        ]
        if any(far.unknown):
            said.append(f"Alignment is unknown for {_of_both(far.unknown)}.")
        return text.Prose(" ".join(said))

    def ends(self, goal: Where = ANYWHERE) -> tuple[Point, Point]:
        """Return the places on the plane before and after."""
        move = self.at(goal)
        axes = {axis: getattr(move, axis) for axis in AXES}
        before: Any = {axis: change.before for axis, change in axes.items()}
        after: Any = {axis: change.after for axis, change in axes.items()}
        return Point(**before, agent=self.before), Point(**after, agent=self.remedy)

    def figure(self, goal: Where = ANYWHERE) -> Picture:
        """Return the arrow on the plane, with a faint one for each pair of agents.

        goal: the place, with the goal shifted anywhere unless told.
        """
        from ..figures.arrows import arrows

        tail, head = self.ends(goal)
        where = "in training" if goal == 0 else f"at goal shift {text.place(goal)}"
        title = f"{self.world}: {self.before}, {self.remedy}, {where}"
        each = {self.before: self.at(goal).each} if self.agents > 1 else {}
        picture = arrows({title: {self.before: (tail, head)}}, each)
        picture.table = self.table()
        return picture


def _of_both(unknown: tuple[int, int]) -> str:
    return f"{text.counted(unknown[0], 'agent')} before and {unknown[1]} after"


def _moved(move: Move, axes: Sequence[str]) -> str:
    """Return in words which axes move, and by how much."""
    moved, still, open_ones = [], [], []
    for axis in axes:
        name, change = SAID[axis][1], getattr(move, axis).change
        if change.low > 0:
            moved.append(f"{name} up by {change}")
        elif change.high < 0:
            down = Estimate(-change.value, -change.high, -change.low)
            moved.append(f"{name} down by {down}")
        elif change.known:
            still.append(f"{name} ({change:+.2f})")
        else:
            open_ones.append(f"{name} (unknown before or after)")
    said = [f"moves {' and '.join(moved)}"] * bool(moved)
    said += [f"does not measurably move {' or '.join(still)}"] * bool(still)
    said += [f"leaves open what happens to {each}" for each in open_ones]
    return " and ".join(said)

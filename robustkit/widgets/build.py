"""A level editor as a widget: lay a level, see what each agent would do in it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import traitlets

from .. import arguments
from ..agents import Agent, make_planner, train
from ..worlds import Levels, World, make, refuse_own
from .base import Widget, casting, checks
from .data import about
from .episodes import terrain
from .outcome import outcome_data, rivals

SIGNS = ".#~"  # of floor, wall and lava
WORDS = {
    "border": "The border stays wall, so that the agent cannot leave.",
    "taken": "{what} lies here: drag it elsewhere, or remove it, and then lay {tool}.",
    "begin": "The start is here: drag it elsewhere, and then lay {tool}.",
    "nothing": "Nothing lies here.",
}
NO_LEVEL = (
    "This is not a level yet: change what is named here, or undo it. Until then, what "
    "is shown below belongs to the last level."
)


class Builder(Widget, entry="build"):
    """A level under construction, and what becomes of it.

    walls: a digit a cell, 0 for floor, 1 for wall, 2 for lava. start: a cell;
    things: name to cell, -1 for none. agent: index of the one whose episode is shown;
    rival: of the one beside it, -1 for none. outcome: what each agent would do there,
    problems in words, a challenge, and the level as code; `stale` while the cells are
    no level, when it is of the last one that was. `solved`: whether the challenge is
    met: a level in which a planner succeeds and a trained agent does not.
    """

    heard = "walls", "start", "things", "agent", "rival"
    seen = "outcome", "agent", "rival"

    data = traitlets.Dict().tag(sync=True)
    walls = traitlets.Unicode().tag(sync=True)
    start = traitlets.Int().tag(sync=True)
    things = traitlets.Dict().tag(sync=True)
    agent = traitlets.Int(0, min=0).tag(sync=True)
    rival = traitlets.Int(-1, min=-1).tag(sync=True)
    outcome = traitlets.Dict().tag(sync=True)

    def __init__(
        self, world: World, agents: Sequence[Agent], level: Levels, **traits: Any
    ) -> None:
        """Begin with a level, a batch of one, of a world whose agents are shown."""
        self.world, self.agents = world, list(agents)
        self._names, self._cells = list(level.things), level.walls[0].size
        self.grade = int(level.grades["goal"][0]) if world.by_rule else None
        first = {
            "walls": terrain(level),
            "start": int(level.start[0]),
            "things": {name: int(cell[0]) for name, cell in level.things.items()},
        }
        agent, rival = rivals(self.agents) or (0, -1)
        shown = {**first, "agent": agent, "rival": rival, **traits}
        data = {"world": about(world), "first": first, "words": WORDS}
        self._outcome = outcome_data(self.agents, level)  # of the last level that was
        super().__init__(data=data, **shown)
        self._again(None)
        self.observe(self._again, names=["walls", "start", "things"])

    @checks("walls")
    def _shaped(self, _: str, walls: str) -> str:
        if len(walls) != self._cells or set(walls) - set("012"):
            raise ValueError(
                f"walls has {len(walls)} signs {sorted(set(walls))[:9]}; allowed: "
                f"{self._cells} of '0', '1' and '2'."
            )
        return walls

    @checks("start", "agent", "rival")
    def _within(self, name: str, given: int) -> int:
        count = self._cells if name == "start" else len(self.agents)
        return arguments.whole(name, given, -1 if name == "rival" else 0, count - 1)

    @checks("things")
    def _lying(self, _: str, things: dict[str, int]) -> dict[str, int]:
        named = {arguments.one_of("things", n, self._names): n for n in things}
        last = self._cells - 1
        return {n: arguments.whole(n, things[k], -1, last) for n, k in named.items()}

    @property
    def _rows(self) -> list[str]:
        """The cells as text, as `World.level` takes them."""
        signs = "".join(SIGNS[int(digit)] for digit in self.walls)
        width = self.world.shape[1]
        return [signs[i : i + width] for i in range(0, len(signs), width)]

    @property
    def _things(self) -> dict[str, tuple[int, int]]:
        """The things that lie somewhere, as (row, column)."""
        return {n: self._spot(cell) for n, cell in self.things.items() if cell >= 0}

    def _spot(self, cell: int) -> tuple[int, int]:
        return divmod(cell, self.world.shape[1])

    @property
    def level(self) -> Levels:
        """The level as it stands, a batch of one.

        Raises ValueError for one that cannot be, in words.
        """
        start = self._spot(self.start)
        return self.world.level(self._rows, start, self._things, self.grade)

    def code(self) -> str:
        """Return Python that makes this level."""
        usual = make(self.world.name).options
        options = "".join(
            f", {name}={value!r}"
            for name, value in self.world.options.items()
            if value != usual[name]
        )
        rule = "" if self.grade is None else f", goal={self.grade}"
        return "\n".join(
            [
                f"world = rk.make({self.world.name!r}{options})",
                "rows = [",
                *(f'    "{row}",' for row in self._rows),
                "]",
                f"things = {self._things}",
                f"level = world.level(rows, {self._spot(self.start)}, things{rule})",
            ]
        )

    def text(self) -> str:
        """Return the level as text."""
        try:
            return str(self.level)
        except ValueError as problem:
            return f"This is not a level yet: {problem}"

    @property
    def solved(self) -> bool:
        """Whether the challenge is met in the level as it stands."""
        asked = self.outcome["challenge"]
        return bool(asked and asked["solved"] and not self.outcome["stale"])

    def _again(self, _: Any) -> None:
        try:
            level = self.level
        except ValueError as problem:
            now = {"problems": [str(problem)], "words": NO_LEVEL, "stale": True}
        else:
            self._outcome, now = outcome_data(self.agents, level), {}
        self.outcome = {**self._outcome, **now, "code": self.code()}

    def __str__(self) -> str:
        lines = [self.text(), self.outcome["words"], *self.outcome["problems"]]
        for agent in [] if self.outcome["stale"] else self.outcome["agents"]:
            pairs = zip(self.world.objectives, agent["paid"], strict=True)
            paid = ", ".join(f"{name} {value}" for name, value in pairs)
            lines.append(f"{agent['name']}: paid {paid}")
        return "\n".join(line for line in lines if line)

    def picture(self) -> bytes | None:
        """Return the level and the episode shown in it as PNG, if it is a level."""
        from ..analysis.show import draw

        try:
            level = self.level
        except ValueError:
            return None
        return draw(level, self.agents[min(self.agent, len(self.agents) - 1)]).png()


def build(
    world: World | str = "cheese",
    agents: Sequence[Agent] | Agent | None = None,
    level: Levels | None = None,
) -> Builder:
    """Return a level editor that shows at once what each agent would do.

    agents: of the world; by default planners for each of its objectives and the first
    network, which is trained first, for some seconds, unless it is kept. level: the one
    to begin with, one of the world's own by default. `.level` is the level as laid, to
    measure on; `.text()` and `.code()` give it as text and as Python. `.solved` says
    whether it meets the challenge: the planner succeeds in it, the network does not.
    Raises ValueError for agents or levels of another world, or states too many to list.
    """
    ((home, given),) = casting(world, agents)
    refuse_own(home, "no level can be laid")
    if not home.listed:
        raise ValueError(
            f"world={home!r} has too many states to list; allowed: a smaller one."
        )
    first = home.sample(1) if level is None else level[:1]
    planners = [make_planner(home, x) for x in ("base", *[*home.objectives][1:])]
    for agent in given or planners:
        agent.check(first)
    cast = given or [*planners, train("network", home)]
    return Builder(home, cast, first)

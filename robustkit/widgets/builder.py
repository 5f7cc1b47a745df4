"""A level editor as a widget: lay a level, see what each agent would do in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import anywidget
import numpy as np
import traitlets

from ..agents import Agent
from ..analysis.measure import replays
from ..mdp import evaluate
from ..styles import styles
from ..worlds import Levels, World, make
from .beside import bundle
from .data import EPISODE, about, arrows, ground
from .modules import script, style

SIGNS = ".#~"  # of floor, wall and lava


class Builder(anywidget.AnyWidget):
    """A level under construction, and what becomes of it.

    walls: a digit a cell, 0 for floor, 1 for wall, 2 for lava. start: a cell;
    things: name to cell, -1 for none. agent: index of the one whose episode is shown.
    outcome: what each agent would do there, problems in words, and the level as code.
    """

    _esm = script("build")
    _css = style()

    data = traitlets.Dict().tag(sync=True)
    walls = traitlets.Unicode().tag(sync=True)
    start = traitlets.Int().tag(sync=True)
    things = traitlets.Dict().tag(sync=True)
    agent = traitlets.Int(0, min=0).tag(sync=True)
    outcome = traitlets.Dict().tag(sync=True)

    def __init__(
        self, world: World, agents: Sequence[Agent], level: Levels, **traits: Any
    ) -> None:
        """Begin with a level, a batch of one, of a world whose agents are shown."""
        self.world, self.agents = world, list(agents)
        self.goal_shifted = bool(level.goal_shifted[0]) if world.by_rule else None
        super().__init__(
            data={"world": about(world)},
            walls=ground(level),
            start=int(level.start[0]),
            things={name: int(cell[0]) for name, cell in level.things.items()},
            **traits,
        )
        self._again(None)
        self.observe(self._again, names=["walls", "start", "things"])

    @traitlets.validate("walls")
    def _shaped(self, proposal: Any) -> str:
        walls = str(proposal["value"])
        height, width = self.world.shape
        if len(walls) != height * width or set(walls) - set("012"):
            raise traitlets.TraitError(
                f"walls has {len(walls)} signs {sorted(set(walls))}; allowed: "
                f"{height * width} of '0', '1' and '2'."
            )
        return walls

    @property
    def level(self) -> Levels:
        """The level as it stands, a batch of one.

        Raises ValueError for one that cannot be, in words.
        """
        height, width = self.world.shape
        cells = np.array(list(self.walls)).reshape(height, width)
        rows = ["".join(SIGNS[int(w)] for w in row) for row in cells]

        def spot(cell: int) -> tuple[int, int]:
            return cell // width, cell % width

        things = {n: spot(cell) for n, cell in self.things.items() if cell >= 0}
        return self.world.level(rows, spot(self.start), things, self.goal_shifted)

    def code(self) -> str:
        """Return Python that makes this level."""
        height, width = self.world.shape
        rows = [self.walls[i * width : (i + 1) * width] for i in range(height)]
        lines = [f'    "{"".join(SIGNS[int(w)] for w in row)}",' for row in rows]
        usual = make(self.world.name).options
        options = "".join(
            f", {name}={value!r}"
            for name, value in self.world.options.items()
            if value != usual[name]
        )
        things = {
            name: (cell // width, cell % width)
            for name, cell in self.things.items()
            if cell >= 0
        }
        start = self.start // width, self.start % width
        rule = (
            "" if self.goal_shifted is None else f", goal_shifted={self.goal_shifted}"
        )
        return "\n".join(
            [
                f"world = rk.make({self.world.name!r}{options})",
                "rows = [",
                *lines,
                "]",
                f"things = {things}",
                f"level = world.level(rows, {start}, things{rule})",
            ]
        )

    def text(self) -> str:
        """Return the level as text."""
        try:
            return str(self.level)
        except ValueError as problem:
            return f"This is no level yet: {problem}"

    def _again(self, _: Any) -> None:
        looks = styles([agent.name for agent in self.agents])
        cast: list[dict[str, Any]] = [
            {"name": a.name, "colour": look.colour, "marker": look.marker, "paid": "–"}
            for a, look in zip(self.agents, looks, strict=True)
        ]
        outcome = {"agents": cast, "problems": [], "words": "", "code": self.code()}
        try:
            level = self.level
        except ValueError as problem:
            words = "This is no level yet."
            self.outcome = {**outcome, "problems": [str(problem)], "words": words}
            return
        tables = level.tables()
        for shown, agent in zip(cast, self.agents, strict=True):
            policy = agent.policy(level)
            (told,) = replays(level, policy, EPISODE, 0)
            earned = evaluate(tables, policy)[0, tables.start[0]]
            named = zip(tables.objectives, earned, strict=True)
            shown["paid"] = ", ".join(f"{name} {value:.2f}" for name, value in named)
            shown["episode"] = asdict(told) | arrows(level, policy[0], 0)
        outcome["problems"] = self.world.unreached(level)
        outcome["words"] = _parting(self.world, level)
        self.outcome = outcome

    def __str__(self) -> str:
        lines = [self.text(), self.outcome["words"], *self.outcome["problems"]]
        for agent in self.outcome["agents"]:
            lines.append(f"{agent['name']}: paid {agent['paid']}")
        return "\n".join(line for line in lines if line)

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        """Return the view, and text and picture for where no widget can be shown."""
        view = super()._repr_mimebundle_(**kwargs)
        return bundle(view, str(self), self._png)

    def _png(self) -> bytes | None:
        """Return the level with the episode that is shown, if it is a level."""
        from ..analysis.show import draw

        try:
            level = self.level
        except ValueError:
            return None
        return draw(level, self.agents[min(self.agent, len(self.agents) - 1)]).png()


def _parting(world: World, level: Levels) -> str:
    proxies = list(world.objectives)[1:]
    apart = [
        name
        for name, told in zip(proxies, world.told_apart(level), strict=True)
        if told > 0
    ]
    if not proxies:
        return "There is no proxy in this world."
    if not apart:
        return f"Pursuing {' or '.join(proxies)} serves {world.base} here: they agree."
    return (
        f"Here they part: whoever pursues {' or '.join(apart)} does worse by "
        f"{world.base} than one can."
    )

"""One episode as a widget: replay it, and read what was seen, done and paid."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from html import escape
from typing import Any

import numpy as np
import traitlets

from .. import arguments
from ..agents import Agent
from ..agents.agent import check_agent
from ..analysis.replay import play, retell
from ..mdp import Episodes, Floats
from ..worlds import Levels, is_own
from ..worlds.describe import where
from .base import PageWidget, checks
from .data import about, looks
from .episodes import EPISODE, episodes, stratum_data
from .own import film, said_of

MOVES = ("right", "down", "left", "up")


class Watch(PageWidget, entry="watch"):
    """An agent's episode in one level.

    data: JSON of format "robustkit-watch". step: the one that is shown, from 0, before
    the first; synced.
    """

    form = "robustkit-watch", 1
    kept = "data", "step"
    heard = ("step",)

    data = traitlets.Dict().tag(sync=True)
    step = traitlets.Int(0, min=0).tag(sync=True)

    def __init__(
        self,
        data: Mapping[str, Any],
        draw: Callable[[], bytes] | None = None,
        **traits: Any,
    ) -> None:
        """Show `data`; draw: makes the PNG that is shown where widgets are not.

        Raises ValueError if the data is not of the format.
        """
        self._draw = draw
        super().__init__(data=self.of_form(data), **traits)

    @checks("step")
    def _within(self, name: str, given: int) -> int:
        return arguments.whole(name, given, 0, len(self.data["steps"]))

    def __str__(self) -> str:
        return self.table()

    def table(self) -> str:
        """Return every step as text: what was seen, done, and paid."""
        names = self.data["world"]["objectives"]
        own = "moves" in self.data["world"]
        moves = self.data["world"].get("moves", MOVES)
        lines = [self.data["title"]]
        for number, step in enumerate(self.data["steps"], start=1):
            pays = zip(names, step["paid"], strict=True)
            paid = ", ".join(f"{name} {p:g}" for name, p in pays if p)
            happened = " and ".join(step["events"])
            lines.append(
                f"{number:3}  {moves[step['move']]:5} {_likely(step['chance'])} "
                f"{'at' if own else 'saw'} {step['seen']}"
                + (f"; {happened}" if happened else "")
                + (f"; paid {paid}" if paid else "")
            )
        return "\n".join(lines)

    def picture(self) -> bytes | None:
        """Return the level and the way through it as PNG, if it is known how."""
        return self._draw() if self._draw else None

    def _plain(self) -> str:
        return f"<pre>{escape(self.table())}</pre>"


def _likely(chance: float | None) -> str:
    """Return in brackets how likely a move was, if that is known."""
    return " " * 7 if chance is None else f"({chance:4.0%}) "


def watch(agent: Agent, level: Levels, seed: int = 0) -> Watch:
    """Return a widget that replays one episode of an agent in a level.

    level: a batch of one level (`levels[0]`); of a larger one the first is taken. seed:
    of the episode. You can play it, step through it and scrub. It says what the agent
    saw, did, and was paid by the base objective and by each proxy, and how likely each
    move was, unless the agent remembers or draws its moves at random.
    `.save("episode.html")` writes a page that needs no kernel.
    Raises ValueError for levels of another world, or states too many to list.
    """
    check_agent(agent)
    one = agent.check(level)[:1]
    seed = arguments.seed("seed", seed)

    # Once: what draws its moves does not play the same episode again.
    policy, played = play(agent, one, EPISODE, seed)

    def draw() -> bytes:
        from ..figures.levels import draw as drawn

        walks = [(each.cells, each.end) for each in retell(one, played)]
        return drawn(one, policy, walks, agent.name).png()

    return Watch(watch_data(agent.name, one, policy, played), draw)


def watch_data(
    agent: str, level: Levels, policy: Floats | None, played: Episodes
) -> dict[str, Any]:
    """Return one episode of an agent in one level, as plain lists and numbers."""
    world, (name, version) = level.world, Watch.form
    stratum = stratum_data(level, [episodes(level, policy, played)])[0]
    if is_own(level):
        stratum["pictures"] = film(level, played)
    return {
        "format": name,
        "version": version,
        "title": f"{agent} in {world.name}",
        "world": about(world),
        "agent": looks([agent])[0],
        "place": where(level),
        "stratum": stratum,
        "steps": _steps(level, policy, played),
    }


def _steps(
    level: Levels, policy: Floats | None, played: Episodes
) -> list[dict[str, Any]]:
    """Return what was seen, done and paid in each step of an episode.

    chance: how likely the move was; None for an agent that remembers or draws.
    """
    tables = level.tables()
    states, branches = played.states[0, 0], played.branches[0, 0]
    moves, end = played.actions[0, 0], tables.shape[1] - 1
    chances = None if policy is None else policy[0, states[:-1], moves].round(4)
    return [
        {
            "seen": _seen(level, int(states[i])),
            "move": int(moves[i]),
            "chance": None if chances is None else float(chances[i]),
            "events": [
                tables.event_names[e]
                for e in np.flatnonzero(tables.events[0, states[i], branches[i]])
            ],
            "paid": np.round(played.rewards[0, 0, i], 4).tolist(),
        }
        for i in range(int((states[:-1] != end).sum()))
    ]


def _seen(level: Levels, state: int) -> str:
    """Return what can be seen in a state, and where, as from the agent.

    In somebody's own environment, where the agent is and what it holds.
    """
    if is_own(level):
        return said_of(level, state)
    flag, cell = divmod(state, level.walls[0].size)
    width = level.walls.shape[2]
    visible = level.world.visible(level, flag)
    said = []
    for thing in level.world.things:
        there = int(visible[thing.name][0])
        if there < 0 or not thing.features:
            continue
        down, right = there // width - cell // width, there % width - cell % width
        across, up = "right" if right > 0 else "left", "down" if down > 0 else "up"
        ways = (right, across), (down, up)
        steps = [f"{abs(by)} {word}" for by, word in ways if by]
        said.append(f"{thing.name}: {', '.join(steps) or 'here'}")
    return "; ".join(said) or "walls only"

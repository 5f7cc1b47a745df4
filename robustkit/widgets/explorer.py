"""The explorer as a Jupyter widget; it takes plain JSON and computes nothing."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from types import SimpleNamespace
from typing import Any

import traitlets

from .. import arguments, metrics, text
from ..agents import Agent, store, usual
from ..analysis.curve import evaluate_on
from ..analysis.measure import refusal
from ..arguments import quote
from ..metrics import Point, StratifiedEvaluation
from ..worlds import World, make
from .base import PageWidget, casting, checks
from .data import FORMAT, SHIPPED, VERSION, explorer_data, shipped
from .ghosts import ghost, ghosts_of
from .readings import check_places, plain_table, reading_at, where

LEVELS = 128  # of each grade
COARSE = 64  # the same for groundings that take longer
PLAYED, EPISODES = 32, 4  # levels of each grade, and episodes in each, of what plays


class Explorer(PageWidget, entry="explorer"):
    """Agents on the plane of capability and alignment under sliding shifts.

    worlds: JSON of format "robustkit-explorer", one for each world; world: the one that
    is shown. goal_shift, layout_shift, place_shift: the sliders, in [0, 1]; while the
    last is not at 0, the other two count as 0. agent, level: indices of the agent
    followed and the level shown; rival: of the agent beside it, -1 for none.
    grounding: by which it is measured, of those that the data holds. hidden: agents
    that are not drawn. All of them are synced, so that views and kernel agree. ghosts:
    guesses that stay on the plane, each a name with capability and alignment, None
    where it is guessed to be unknown.
    """

    form = FORMAT, VERSION
    kept = (
        *("worlds", "world", "goal_shift", "layout_shift", "place_shift"),
        *("agent", "rival", "level", "grounding", "hidden", "ghosts"),
    )

    heard = kept[1:-1]

    worlds = traitlets.List(traitlets.Dict()).tag(sync=True)
    world = traitlets.Int(0, min=0).tag(sync=True)
    # Not `layout`: that name is every widget's own, for its CSS.
    goal_shift = traitlets.Float(0.0, min=0.0, max=1.0).tag(sync=True)
    layout_shift = traitlets.Float(0.0, min=0.0, max=1.0).tag(sync=True)
    place_shift = traitlets.Float(0.0, min=0.0, max=1.0).tag(sync=True)
    agent = traitlets.Int(0, min=0).tag(sync=True)
    rival = traitlets.Int(-1, min=-1).tag(sync=True)
    level = traitlets.Int(0, min=0).tag(sync=True)
    grounding = traitlets.Unicode("polar").tag(sync=True)
    hidden = traitlets.List(traitlets.Int(min=0)).tag(sync=True)
    ghosts = traitlets.List(traitlets.Dict()).tag(sync=True)

    def __init__(
        self, data: Mapping[str, Any] | Sequence[Mapping[str, Any]], **traits: Any
    ) -> None:
        """Show `data`, of one world or several, at its own shift unless told otherwise.

        Raises ValueError if the data is not of the explorer's format.
        """
        worlds = list(map(self.of_form, [data] if isinstance(data, Mapping) else data))
        if not worlds:
            raise ValueError("data is empty; allowed: at least one world.")
        shift = {f"{name}_shift": x for name, x in worlds[0]["shift"].items()}
        level = worlds[0]["level"]
        super().__init__(worlds=worlds, **{**shift, "level": level, **traits})

    @property
    def data(self) -> dict[str, Any]:
        """What is shown of the present world."""
        shown: dict[str, Any] = self.worlds[min(self.world, len(self.worlds) - 1)]
        return shown

    @checks("agent", "level", "rival", "world")
    def _exists(self, kind: str, given: int) -> int:
        return self._index(kind, given)

    @checks("hidden")
    def _exist(self, _: str, given: list[int]) -> list[int]:
        return [self._index("agent", index) for index in given]

    def _index(self, kind: str, index: int) -> int:
        part = "levels" if kind == "level" else "agents"
        counts = [len(each[part]) for each in self.worlds]
        count = len(counts) if kind == "world" else max(counts, default=0)
        if index >= max(count, 1):
            raise ValueError(
                f"{kind}={index} does not exist; allowed: up to {max(count, 1) - 1}."
            )
        return int(index)

    @checks("goal_shift", "layout_shift", "place_shift")
    def _number(self, name: str, given: float) -> float:
        if given != given:
            raise ValueError(f"{name}=nan; allowed: a number from 0 to 1.")
        return given

    @checks("grounding")
    def _measured(self, _: str, given: str) -> str:
        known = {g for each in self.worlds for g in each["groundings"]} or {"polar"}
        if given not in known:
            raise ValueError(
                f"grounding={quote(given)} was not measured; allowed: "
                f"{', '.join(sorted(known))}."
            )
        return str(given)

    @checks("ghosts")
    def _drawn(self, _: str, given: list[Any]) -> list[Any]:
        return [ghost(**each) for each in given]

    def __str__(self) -> str:
        """Return the readings of all agents where the sliders stand."""
        return self.table()

    def table(
        self,
        goal: float | None = None,
        layout: float | None = None,
        place: float | None = None,
    ) -> str:
        """Return the readings of all agents at a shift as text, a line for each.

        goal, layout, place: in [0, 1]; where none is given, where the sliders stand.
        Raises ValueError for a shift out of range, or that the world does not have.
        """
        given = {"goal": goal, "layout": layout, "place": place}
        asked = {name: x for name, x in given.items() if x is not None}
        shift = check_places(asked, [self.data["shifts"]]) if asked else self._shift
        rows = text.table([[p.agent, p.plain()] for p in self._readings(shift)])
        return f"{self.data['title']}: {where(self.data, shift, '.2f')}\n{rows}"

    @property
    def _shift(self) -> dict[str, float]:
        """Where the sliders of the present world stand."""
        here = {k: getattr(self, f"{k}_shift") for k in self.data["shifts"]}
        return {"place": here["place"]} if here.get("place") else here

    def _readings(self, shift: dict[str, float]) -> list[Point]:
        agents = range(len(self.data["agents"]))
        return [reading_at(self.data, i, shift) for i in agents]

    def picture(self) -> bytes:
        """Return the plane at the sliders' position as PNG."""
        from ..figures.plane import plane

        title = where(self.data, self._shift, ".2f")
        known = [each for each in self.ghosts if each["alignment"] is not None]
        guess = SimpleNamespace(ghosts=known)
        return plane(self._readings(self._shift), title, guess=guess).png()

    def _plain(self) -> str:
        return "\n".join(plain_table(each) for each in self.worlds)


def explore(
    world: World | str | Sequence[World | str] = "cheese",
    agents: Sequence[Agent] | Agent | None = None,
    *,
    goal: float = 0.0,
    layout: float = 0.0,
    place: float = 0.0,
    n: int = LEVELS,
    seed: int = 0,
    groundings: Sequence[str] = ("polar",),
    fresh: bool = False,
    guess: Any = None,
) -> Explorer:
    """Return a widget in which agents move through the plane as the shift slides.

    world: a world or the name of one, or several to choose from in place. agents: of
    these worlds; a world without any gets the usual ones, which are trained
    (`agents.usual`). goal, layout, place: where the sliders begin. n: levels of each
    grade to measure on. groundings: "polar" and others to switch to, which take some
    seconds an agent; a grounding that cannot be used in a world is left out there, with
    a warning. An agent that remembers, or draws its moves at random, plays 4 episodes
    in each of 32 levels of a grade, as its reading says; its level shows no arrows, and
    it is measured by its earnings alone. fresh: train and measure the usual agents here
    and now, even where they are shipped (those of `cheese` with its default options) or
    kept from before. guess: a guess of `rk.predict`, a point or an arrow, or a pair
    (capability, alignment), which stays on the plane to be compared with what happens.
    `.save("plane.html")` on the result writes a page that needs no kernel and no
    network.
    Raises ValueError for anything else, before any work is done.
    """
    n, seed = arguments.whole("n", n, 1), arguments.seed("seed", seed)
    groundings = [groundings] if isinstance(groundings, str) else groundings
    for grounding in groundings:
        arguments.one_of("groundings", grounding, list(metrics.GROUNDINGS))
    cast_of = casting(world, agents)
    for home, _ in cast_of:
        _check_shown(home)
    ghosts = ghosts_of(guess)
    given = {"goal": goal, "layout": layout, "place": place}
    shift = check_places(given, [home.shifts for home, _ in cast_of])
    shown = []
    for home, own in cast_of:
        ready = own is None and (n, seed) == (LEVELS, 0) and not fresh
        there = ready and home == make(SHIPPED) and shipped()
        if there and {*groundings} <= {*there["groundings"]}:
            shown.append(there)
        else:
            cast = _usual(home, fresh) if own is None else own
            shown.append(_measured(home, cast, groundings, n, seed))
    return Explorer([{**each, "shift": shift} for each in shown], ghosts=ghosts)


def _usual(world: World, fresh: bool) -> list[Agent]:
    with store.unkept() if fresh else nullcontext():
        return usual(world)


def _check_shown(world: World) -> None:
    """Raise ValueError for a world that has too many states to be drawn."""
    if not world.listed:
        raise ValueError(
            f"world={world!r} has {world.states:,} states a level, too many to show "
            f"what is done in each; allowed: at most {world.most_states:,}."
        )


def _measured(
    world: World, cast: list[Agent], groundings: Sequence[str], n: int, seed: int
) -> dict[str, Any]:
    """Return what the explorer shows of a world."""
    evaluated = {}
    for name in dict.fromkeys(["polar", *groundings]):
        if why := refusal(name, world) or _beyond(name, cast):
            warnings.warn(text.Notice(f"{name} is left out. {why}"), stacklevel=3)
            continue
        # Of what has no sums, each node is read by itself.
        count = n if metrics.GROUNDINGS[name].sums else min(n, COARSE)
        evaluated[name] = _evaluated(world, cast, count, seed, name)
    return explorer_data(world, cast, evaluated, seed=seed)


def _beyond(grounding: str, cast: list[Agent]) -> str:
    """Return in a sentence which agents a grounding cannot measure, or ""."""
    players = [repr(agent.name) for agent in cast if not agent.tabular]
    if not players or grounding in metrics.sampled_groundings():
        return ""
    return (
        "It needs the probability of every move in every state, which agents that play "
        f"episodes do not give ({', '.join(players)}); explore the others without them."
    )


def _evaluated(
    world: World, cast: list[Agent], n: int, seed: int, grounding: str
) -> list[StratifiedEvaluation]:
    """Return each agent's evaluation; of what plays episodes, on fewer levels."""
    found: dict[int, StratifiedEvaluation] = {}
    for tabular, count in ((True, n), (False, min(n, PLAYED))):
        here = [i for i, agent in enumerate(cast) if agent.tabular == tabular]
        if here:
            some = [cast[i] for i in here]
            every = evaluate_on(
                some, world, count, seed, grounding=grounding, episodes=EPISODES
            )
            found |= dict(zip(here, every, strict=True))
    return [found[i] for i in range(len(cast))]

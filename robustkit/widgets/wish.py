"""What does it want? A wish and its random moves as sliders, and what comes of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import numpy as np
import traitlets

from .. import arguments, text
from ..arguments import quote
from ..metrics import Point
from ..metrics.reading import AXES
from ..worlds import World, list_worlds, make, refuse_own
from .base import PageWidget, casting, checks
from .readings import exact
from .wish_data import wish_data
from .wish_words import WORDS

LETTERS = WORDS["letters"]  # of the wishes that are pinned
MOST_STATES = 500  # of a level, for which hundreds of wishes are planned in seconds
FEWEST = 8  # levels, of which four are shown
LEVELS = 64


class Wish(PageWidget, entry="wish"):
    """A planner for a wish, in training and with the goal shifted anywhere.

    data: JSON of format "robustkit-wish". wants: how much it wants of the base thing
    and of the proxy, from -1 to 1 in tenths. random: its share of random moves, in
    twentieths. pair: which level is watched. pins: up to three wishes that are kept,
    [base, proxy, random] each. solved: the tasks that they have solved. All are synced.
    """

    form = "robustkit-wish", 1
    kept = "data", "wants", "random", "pair", "pins", "solved"
    heard = kept[1:]
    seen = "wants", "random", "pins"

    data = traitlets.Dict().tag(sync=True)
    wants: Any = traitlets.List([0.5, 0.5]).tag(sync=True)
    random = traitlets.Float(0.0).tag(sync=True)
    pair = traitlets.Int(0).tag(sync=True)
    pins: Any = traitlets.List().tag(sync=True)
    solved: Any = traitlets.List().tag(sync=True)

    def __init__(self, data: Mapping[str, Any], **traits: Any) -> None:
        """Show `data`; raise ValueError if it is not of the format."""
        super().__init__(data=self.of_form(data), **traits)

    @checks("wants")
    def _wanted(self, name: str, given: Any) -> list[float]:
        return [_on(name, want, -1, 10) for want in _parts(name, given, 2)]

    @checks("random")
    def _share(self, name: str, given: Any) -> float:
        return _on(name, given, 0, 20)

    @checks("pair")
    def _within(self, name: str, given: Any) -> int:
        return arguments.whole(name, given, 0, len(self.data["pairs"]) - 1)

    @checks("pins")
    def _kept(self, name: str, given: Any) -> list[list[float]]:
        if len(given) > len(LETTERS):
            raise ValueError(
                f"pins holds {len(given)} wishes; allowed: {len(LETTERS)} at most."
            )
        every = [_parts(name, pin, 3) for pin in given]
        return [
            [_on(name, x, -1, 10), _on(name, y, -1, 10), _on(name, r, 0, 20)]
            for x, y, r in every
        ]

    @checks("solved")
    def _tasks(self, name: str, given: Any) -> list[str]:
        kinds = [task["kind"] for task in self.data["tasks"]]
        return [arguments.one_of(name, each, kinds) for each in given]

    @property
    def readings(self) -> tuple[Point, Point]:
        """Where the planner for this wish stands, in training and after the shift."""
        return self._at([*self.wants, self.random], "this wish")

    def _at(self, wish: Sequence[float], name: str) -> tuple[Point, Point]:
        """Return where a wish stands in training and after the shift, exactly."""
        steps = self.data["steps"]
        x, y = (round(want * steps) + steps for want in wish[:2])
        found = self.data["readings"][self.data["of"][y * (2 * steps + 1) + x]]
        i = round(wish[2] * (len(self.data["random"]) - 1))
        training, shifted = (
            Point(exact(scalar), exact(capability), exact(alignment), name)
            for scalar, capability, alignment in (side[i] for side in found)
        )
        return training, shifted

    def __str__(self) -> str:
        return self.table()

    def table(self) -> str:
        """Return this wish and those that are pinned, with their readings, as text."""
        wishes = {"this wish": [*self.wants, self.random]}
        wishes |= dict(zip(LETTERS, self.pins, strict=False))
        rows = []
        for name, wish in wishes.items():
            training, shifted = self._at(wish, name)
            after = [getattr(shifted, axis).value for axis in AXES]
            rows.append([name, *wish, training.scalar.value, *after])
        head = ["", *self.data["wants"], "random", "training", *AXES]
        forms = ["", ".1f", ".1f", ".0%", *[".2f"] * 4]
        title = (
            f"{self.data['title']}. The scalar in training; scalar, capability and "
            "alignment with the goal shifted anywhere."
        )
        return f"{title}\n{text.table(rows, head, forms)}"

    def picture(self) -> bytes:
        """Return the plane with this wish, in training and shifted, and the pins."""
        from ..figures.plane import plane

        training, shifted = self.readings
        pins = [
            self._at(pin, name)[1]
            for name, pin in zip(LETTERS, self.pins, strict=False)
        ]
        before = Point(
            training.scalar, training.capability, training.alignment, "in training"
        )
        return plane([shifted, before, *pins], self.data["title"]).png()

    def _plain(self) -> str:
        return f"<pre>{escape(self.table())}</pre>"


def wish(world: World | str = "cheese", n: int = LEVELS, seed: int = 0) -> Wish:
    """Return a widget to try out what an agent may want, without any training.

    Sliders say how much a planner wants of the base thing and of the proxy, and how
    many of its moves are random. It walks in a level of training and in the same level
    with the goal shifted; its place on the map of all wishes and on the plane moves
    along. Wishes can be pinned, and there are tasks to solve with them. Everything is
    computed beforehand: it needs no kernel, and neither does what `.save("wish.html")`
    writes.

    world: one with a goal shift and few states. n: levels to measure on; seed: theirs.
    The readings are those of `rk.measure(rk.plan(world, {"cheese": 0.5, "corner": 0.5},
    noise=0.1), levels)` on `world.sample(n, seed=seed)` and `world.sample(n,
    goal="anywhere", seed=seed)`.
    Raises ValueError for another world or a number out of range.
    """
    refuse_own(world, "no proxy is declared")
    homes = casting(world)
    if len(homes) != 1:
        raise ValueError(f"world={quote(world)}; allowed: one world.")
    home = _fit(homes[0][0])
    n = arguments.whole("n", n, FEWEST, 512)
    return Wish(wish_data(home, n, arguments.seed("seed", seed)))


def _fit(world: World) -> World:
    """Return the world; raise ValueError where a wish cannot be shown in it."""
    why = ""
    if len(world.objectives) < 2 or "goal" not in world.shifts:
        why = "has no goal shift that separates its base objective from a proxy"
    elif world.states > MOST_STATES or world.outcomes > 1:
        why = (
            f"has {world.states} states a level"
            + (" and chance in its moves" if world.outcomes > 1 else "")
            + ", for which planning every wish takes too long"
        )
    if not why:
        return world
    raise ValueError(f"world={world!r} {why}; allowed: {', '.join(_allowed())}.")


def _allowed() -> list[str]:
    """Return the names of the worlds that can be shown."""
    every = {name: make(name) for name in list_worlds()}
    return [
        name
        for name, world in every.items()
        if "goal" in world.shifts
        and world.states <= MOST_STATES
        and world.outcomes == 1
    ]


def _parts(name: str, given: Any, count: int) -> list[Any]:
    """Return so many numbers; raise ValueError for anything else."""
    if not isinstance(given, Sequence) or len(given) != count or isinstance(given, str):
        raise ValueError(f"{name}={quote(given)}; allowed: {count} numbers.")
    return list(given)


def _on(name: str, given: Any, low: float, steps: int) -> float:
    """Return a number from `low` to 1 as it stands on its slider."""
    return float(np.round(arguments.number(name, given, low, 1) * steps) / steps)

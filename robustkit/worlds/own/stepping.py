"""Somebody's environment brought to a moment, moved on, and left as it was."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from types import FunctionType
from typing import Any

import numpy as np
from minigrid.minigrid_env import MiniGridEnv

from ..tabulate import MOVES
from . import kinds
from .kinds import Opaque, functions_of
from .layers import game_of, layers_of, looks_on
from .memory import Memory, Moment, put_back
from .moves import Event, asked_of, chosen, moves_of, paid, said
from .noting import draws, named
from .reading import COUNT, Reading

GROUND = {"wall": "1", "lava": "2"}
PLAIN = "wall", "lava", "floor"
LIMIT, FOREVER = "max_steps", 10**12  # steps
NAME = re.compile(r"(?:\.|^global )(\w+)(?:\[.*\])?$")  # an attribute, in words
COUNTS = (COUNT, "steps_remaining")  # MiniGrid's names for how long it has gone on


@dataclass(frozen=True, eq=False)
class Step:
    """What a move came to.

    after: the moment. seen: what the outermost environment shows. happened: which
    events. ended, late: whether the episode is over, and whether by a limit of time.
    cell: where the agent is.
    """

    after: Moment
    seen: Any
    reward: float
    happened: tuple[bool, ...]
    ended: bool
    late: bool
    cell: int


class Stepper:
    """An environment as it is played to be tabulated.

    env: as its user made it, wrappers included. events: name to what is asked of the
    environment itself after each move. actions: those that are tried; None for all.
    ignore: attributes that make no difference.
    Raises ValueError for what cannot be played so.
    """

    def __init__(
        self,
        env: Any,
        events: Mapping[str, Event],
        actions: Sequence[Any] | None = None,
        ignore: Sequence[str] = (),
    ) -> None:
        self.env, self.game, self.events = env, game_of(env), dict(events)
        self.outer = env
        while looks_on(self.outer):
            self.outer = self.outer.env
        self._acts = named(self.outer.action_space)
        self.all_moves = moves_of(self.outer)
        self.moves = chosen(self.all_moves, actions, self.game)
        self.ignore = frozenset(ignore)
        self.replayed = 0  # moves that were played once more, in all its levels

    def __getstate__(self) -> dict[str, Any]:
        """Return what pickle takes: what is known of live objects is found anew."""
        return {name: value for name, value in vars(self).items() if name != "memory"}

    @property
    def names(self) -> list[str]:
        """What each move is called: MiniGrid's name where it is one of its own."""
        numbers = [np.array(move).tolist() for move in self.moves]
        if self.outer.action_space != self.game.action_space:
            return [str(number) for number in numbers]
        known = {int(each): each.name for each in getattr(self.game, "actions", ())}
        return [str(known.get(n, n) if isinstance(n, int) else n) for n in numbers]

    @property
    def space(self) -> Any:
        """What the outermost environment shows, as a space of Gymnasium."""
        return self.outer.observation_space

    @property
    def roots(self) -> dict[str, Any]:
        """What is played, and what is asked of it, by name."""
        events = {f"event {name!r}": asked for name, asked in self.events.items()}
        return {"env": self.outer, **events}

    @cached_property
    def asked_for(self) -> frozenset[str]:
        """Attributes that make a difference only where own code reads them."""
        reading = Reading(frozenset(), frozenset(), None, True, {})
        reading.read(self.roots)
        found = [x for x in reading.queue if isinstance(x, (type, FunctionType))]
        own = [x for x in found if kinds.is_theirs(x.__module__)]
        functions = [x for x in own if isinstance(x, FunctionType)]
        functions += [f for x in own if isinstance(x, type) for f in functions_of(x)]
        names = {*COUNTS, LIMIT}.union(*kinds.NO_STATE.values()) - self.ignore
        return frozenset(n for n in names if kinds.reads(functions, n))

    @property
    def counts_steps(self) -> bool:
        """Whether anything but MiniGrid's own limit asks how many steps were taken."""
        return not self.asked_for.isdisjoint(COUNTS)

    @cached_property
    def memory(self) -> Memory:
        """All that can make a difference."""
        timeless = None if self.counts_steps else self.game
        return Memory(self.roots, self.ignore, self.asked_for, timeless)

    @contextmanager
    def begun(self, seed: int) -> Iterator[tuple[Moment, Any]]:
        """Reset the environment; give its first moment and what it then shows.

        Afterwards all is as it was before.
        """
        before = Memory(self.roots | {"env": self.env}).read(lenient=True)
        try:
            if self.game.render_mode == "human":  # nobody is to see all that is tried
                self.game.render_mode = None
            for layer in layers_of(self.outer):
                inner = getattr(layer, "env", None)
                while inner is not None and looks_on(inner):
                    layer.env = inner = inner.env
            self.reset(seed)
            once = self.read()
            seen = self.reset(seed)
            if named(self.outer.action_space) != self._acts:
                raise ValueError(
                    f"env has the action space {self.outer.action_space} after a reset "
                    f"and {self._acts} before; allowed: one that stays the same."
                )
            start = self.read()
            self._refuse_other(once, start, seed)
            yield start, seen
        finally:
            put_back(before)

    def _refuse_other(self, once: Moment, again: Moment, seed: int) -> None:
        """Raise ValueError if two resets with one seed come to different states."""
        other = self.memory.differences(once, again)
        if other:
            raise ValueError(
                f"env differs after each reset with seed={seed}: "
                f"{', '.join(other[:3])}; allowed: one that draws its levels from "
                "self.np_random, which reset(seed=...) sets, or ignore=[...] for "
                "attributes that make no difference."
            )

    def read(self) -> Moment:
        """Return the present moment.

        Raises ValueError for what can neither be looked into nor put back.
        """
        try:
            return self.memory.read()
        except Opaque as found:
            name = [f"[{each!r}]" for each in NAME.findall(found.where)]
            leave = ", or ignore={} where it makes no difference".format(*name or "?")
            raise ValueError(
                f"env: {found.where} is {_a(found.thing)}, which can neither be looked "
                "into nor put back; allowed: attributes of plain Python and NumPy"
                f"{leave if name else ''}."
            ) from None
        except RecursionError:
            raise ValueError(
                "env holds something nested too deep to look into; allowed: up to some "
                "hundred tuples in one another."
            ) from None

    def go(self, moment: Moment) -> None:
        """Bring the environment to a moment."""
        put_back(moment)
        self.hold()

    def hold(self) -> None:
        """Stop counting steps for a move, where nothing asks for it."""
        if not self.counts_steps:
            self.game.step_count = -1  # 0 after a move: success then pays its full size

    def reset(self, seed: int) -> Any:
        """Begin an episode; return what is seen."""
        try:
            seen, _ = self.outer.reset(seed=seed)
        except (Exception, SystemExit) as problem:
            raise ValueError(
                f"env raises {said(problem)} on reset(seed={seed}); allowed: an "
                "environment whose reset takes a seed and returns an observation and "
                "a dict."
            ) from problem
        return seen

    def begin(self, start: Moment, seed: int) -> None:
        """Begin an episode as a player does, which counts steps from here on."""
        self.go(start)  # for what a reset leaves as it is
        self.reset(seed)
        if not self.counts_steps and LIMIT not in self.asked_for:
            self.game.max_steps = FOREVER  # a success then pays 1, however late

    def play(self, action: Any) -> tuple[Any, float, bool, bool]:
        """Make a move: what is seen, the reward, whether it ended, whether by time."""
        try:
            seen, reward, ended, late, _ = self.outer.step(action)
            ended, late = bool(ended), bool(late)
        except (Exception, SystemExit) as problem:
            raise ValueError(
                f"env raises {said(problem)} on action {action}; allowed: an "
                "environment in which every action can be tried everywhere, or "
                "actions= without it."
            ) from problem
        pays = paid(reward, action)
        if np.isclose(pays, MiniGridEnv._reward(self.game)):
            pays = 1.0  # as MiniGrid pays for a success, less the time that it took
        return seen, pays, ended or late, late and not ended

    def step(self, moment: Moment, action: Any) -> Step:
        """Return what a move from a moment comes to.

        Raises ValueError where random numbers are drawn.
        """
        self.go(moment)
        seen, reward, ended, late = self.play(action)
        cell, happened = self.cell, self.ask()  # which may change something
        after = self.read()
        self._refuse_draws(moment, after, action)
        return Step(after, seen, reward, happened, ended, late, cell)

    def ask(self) -> tuple[bool, ...]:
        """Return which events have happened."""
        return tuple(asked_of(e, n, self.game) for n, e in self.events.items())

    def _refuse_draws(self, before: Moment, after: Moment, action: Any) -> None:
        had = {id(generator): state for generator, state in before.drawn}
        for generator, state in after.drawn:
            if had.get(id(generator), state) != state:
                where = self.memory.find(generator, after.held)
                raise ValueError(draws(f"from {where}", action))

    def doing(self) -> str:
        """Return where the agent is, which way it looks and what it holds, in words."""
        (x, y), held = self.game.agent_pos, self.game.carrying
        said = f"row {y}, column {x}, facing {MOVES[int(self.game.agent_dir) % 4]}"
        return said if held is None else f"{said}, holding {held.color} {held.type}"

    def things(self) -> list[tuple[str, int]]:
        """Return what lies on the floor: colour and type, and the cell."""
        lies = enumerate(self.game.grid.grid)
        some = ((t, k) for k, t in lies if t is not None and t.type not in PLAIN)
        return [(f"{thing.color} {thing.type}", cell) for thing, cell in some]

    @contextmanager
    def back_at(self, moment: Moment) -> Iterator[None]:
        """Bring the environment to a moment for a while, then leave it as it was."""
        before = Memory({"env": self.env}).read(lenient=True)
        try:
            self.go(moment)
            yield
        finally:
            put_back(before)

    def ground(self) -> str:
        """Return a digit a cell, 0 for floor, 1 for wall, 2 for lava."""
        kinds_there = (getattr(thing, "type", "") for thing in self.game.grid.grid)
        return "".join(GROUND.get(kind, "0") for kind in kinds_there)

    def still(self, tile: int) -> np.ndarray:
        """Return what there is now, without the agent, as a picture."""
        return np.asarray(self.game.grid.render(tile, (-1, -1), 0), np.uint8)

    def picture(self, tile: int) -> np.ndarray:
        """Return what there is now as a picture [height, width, 3]."""
        return np.asarray(self.game.get_frame(False, tile), np.uint8)

    @property
    def cell(self) -> int:
        """The cell that the agent is in, y * width + x."""
        x, y = self.game.agent_pos
        return int(y) * int(self.game.width) + int(x)


def _a(thing: Any) -> str:
    name = type(thing).__name__
    return f"a{'n' * (name[:1].lower() in 'aeiou')} {name}"

"""Other people's agents: any function of an observation, a model, a recorded table.

A function that looks at nothing but the observation is asked for every state, and
measured exactly from then on; some states are asked again (see `asking`). One that
remembers has no policy for a state; it plays episodes, and is measured by sampling.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass, field
from functools import partial
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from ..arguments import quote
from ..mdp import Floats, Ints, check_policy
from ..text import Notice
from ..worlds import MOVES, Levels, World, is_own
from .agent import Agent, check_names, check_table, check_world, looks, rows_of
from .answers import read_answer as read_answer
from .asking import ALIKE, Asked, asked
from .models import check_given, is_model
from .observations import planes_of
from .own import adapt_own
from .player import Dice, Player

ALLOWED = (
    "allowed: a function of an observation, a Stable-Baselines3 model, something with "
    "reset and act, or a policy with its levels"
)
FEW = 4, 8  # levels, and states in each, that are asked about at once


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Adapted(Agent):
    """A function from observations to moves, asked about every state.

    ask: how it is asked about observations [n, planes, height, width] (see
    `Levels.seen_from`) for moves [n] or probabilities [n, moves]. learns: whether it
    may be trained between two uses.
    """

    recipe: ClassVar[str] = "adapted"

    ask: Asked
    learns: bool = False
    first: list[Floats] = field(default_factory=list)  # its answers when last asked

    def policy(self, levels: Levels) -> Floats:
        """Return action probabilities [levels, states, actions].

        Raises ValueError for an answer that is no move and no probabilities, or that
        is not the same when some states are asked about again.
        """
        tables = self.check(levels).tables()
        policy = np.full(tables.shape, 1 / len(MOVES))
        level, state = np.nonzero(tables.live)
        see = partial(_seen, levels, level, state)
        place = partial(_place, levels, level, state)
        policy[level, state] = self.ask.policy(see, len(level), place)
        if not self.learns:
            self._same_as_before()
        return policy

    def probe(self) -> None:
        """Raise ValueError if a few states are answered otherwise when asked again."""
        few = _few(self.world)
        self.ask.probe(partial(_seen, *few), len(few[1]), partial(_place, *few))

    def _same_as_before(self) -> None:
        """Warn where a few states are answered otherwise than the last time."""
        few = _few(self.world)
        try:
            answers = self.ask.ask(partial(_seen, *few), np.arange(len(few[1])))
        except Exception:  # it need not know these states
            return
        if self.first and (np.abs(answers - self.first[0]) > ALIKE).any():
            warnings.warn(
                Notice(
                    f"{self.name!r} answers differently from before. Unless it was "
                    "changed in between, it remembers or looks at a clock, so it is "
                    "not a policy: give an object with reset() and act(observation)."
                ),
                stacklevel=3,
            )
        self.first[:] = [answers]


def _few(world: World) -> tuple[Levels, Ints, Ints]:
    """Return a few states: levels, and the level and state of each."""
    count, each = FEW
    levels = world.sample(count, seed=0)
    free = [np.flatnonzero(row) for row in levels.vacant]
    some = [cells[np.linspace(0, len(cells) - 1, each).astype(int)] for cells in free]
    return levels, np.arange(count).repeat(each), np.concatenate(some)


def _seen(levels: Levels, level: Ints, state: Ints, part: Ints) -> NDArray[np.uint8]:
    """Return what is seen in some of the states of levels."""
    flag, cell = np.divmod(state[part], levels.terrain[0].size)
    return levels[level[part]].seen_from(cell, flag)


def _place(levels: Levels, level: Ints, state: Ints, index: int) -> str:
    """Return where a state is, in words."""
    flag, cell = divmod(int(state[index]), levels.terrain[0].size)
    row, column = divmod(cell, levels.terrain.shape[2])
    said = f"levels[{level[index]}], row {row}, column {column}"
    return said + (f", flag {flag}" if flag else "")


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Recorded(Agent):
    """A policy as a table, for the levels it was recorded on.

    table: [levels, states, actions]. keys: [levels], what these levels look like.
    """

    recipe: ClassVar[str] = "recorded"

    table: Floats
    keys: NDArray[np.uint8]

    def check_parts(self) -> None:
        """Raise ValueError for a table that is no policy of levels of its world."""
        check_names("settings", self.settings, ())
        check_table("table", self.table, self.keys, self.world)
        if self.table.min() < 0 or np.abs(self.table.sum(-1) - 1).max() > 1e-6:
            raise ValueError("table holds no probabilities")

    def policy(self, levels: Levels) -> Floats:
        """Return action probabilities [levels, states, actions].

        Raises ValueError for levels that it was not recorded on.
        """
        rows = rows_of(self.check(levels), self.keys)
        if min(rows) < 0:
            raise ValueError(
                f"levels: {(rows < 0).sum()} of {len(rows)} are not among the "
                f"{len(self.keys)} that {self.name!r} was recorded on."
            )
        return self.table[rows]


def adapt(
    given: Any,
    world: World,
    name: str = "",
    levels: Levels | None = None,
    batched: bool = False,
    *,
    draws: bool = False,
    normalize: Any = None,
) -> Agent:
    """Return an agent from elsewhere as one of robustkit's.

    given: a function from an observation, planes [planes, height, width] of walls, what
    can be seen and where the agent is, to a move (0 right, 1 down, 2 left, 3 up) or to
    four probabilities; a Stable-Baselines3 model trained on such observations
    (`SymbolicObs`, flattened or not); something with `reset()` and `act(observation)`,
    which may remember and is measured by sampling; or a policy [levels, states,
    actions], recorded on `levels`. batched: the function takes many observations at
    once. name: what it is called in pictures.

    Some states are asked about again, in another order and in other batches; an agent
    that then answers differently is not a policy, and is refused. draws: the function
    draws its moves at random and has no memory; it plays episodes. normalize: the
    `VecNormalize` that a model was trained with, needed once the model has lost it by
    being saved and loaded (a model that still has it is asked through it); False if
    there was none.
    Raises ValueError for anything else.

    >>> import robustkit as rk
    >>> world = rk.make("cheese", size=7)
    >>> always_up = rk.agent(lambda planes: 3, world)
    >>> rk.measure(always_up, world.sample(64, goal="anywhere")).alignment.known
    False
    """
    home = check_world(world)
    if not isinstance(name, str):
        raise ValueError(f"name={quote(name)} is not possible; allowed: a text.")
    if isinstance(given, Agent):
        raise ValueError(f"given={given!r} is an agent already; {ALLOWED}.")
    if is_own(home):
        return adapt_own(given, home, name, batched, draws, normalize)
    if levels is not None or isinstance(given, np.ndarray):
        return _record(given, world, levels, name or "recorded")
    check_given(given, ALLOWED, draws)
    base: dict[str, Any] = {
        "world": world,
        "name": name or getattr(given, "__name__", type(given).__name__),
        "settings": {},
    }
    if not is_model(given) and hasattr(given, "reset") and hasattr(given, "act"):
        return Player(**base, player=given)
    if not is_model(given) and not callable(given):
        raise ValueError(f"given={quote(given)} is not an agent; {ALLOWED}.")
    space = planes_of((2 + len(world.features), *world.shape))
    more: Any = {"name": base["name"], "batched": batched, "normalize": normalize}
    ask = asked(given, space, len(MOVES), **more)
    if draws:
        return Player(**base, player=Dice(ask.tell))
    agent = Adapted(**base, ask=ask, learns=is_model(given))
    agent.probe()
    return agent


def _record(given: Any, world: World, levels: Any, name: str) -> Recorded:
    if not isinstance(levels, Levels):
        raise ValueError(
            f"levels={quote(levels)}; allowed with a recorded policy: the levels it is "
            "for."
        )
    if levels.world != world:
        raise ValueError(f"levels are of {levels.world!r}, not of {world!r}.")
    table, keys = check_policy(given, levels.tables()), looks(levels)
    return Recorded(world=world, name=name, settings={}, table=table, keys=keys)

"""A user's own function, model or policy on their own environment."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np

from ..arguments import quote
from ..mdp import Floats, Ints, check_policy
from ..worlds.own.world import OwnLevels, OwnWorld
from .agent import Agent
from .answers import copied, read_answer
from .asking import Asked, asked
from .models import check_given, is_model
from .player import Dice, Player, Views

ALLOWED = (
    "allowed: a function of what the environment shows, a Stable-Baselines3 model, "
    "something with reset and act, or a policy on the tables of one level"
)
FEW = 32  # states of the first level that are asked about at once


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class OwnAdapted(Agent):
    """A function of what the environment shows, asked about every state.

    ask: how it is asked. actions: [moves of the tables], where each stands among those
    of the environment.
    """

    recipe: ClassVar[str] = "adapted"

    ask: Asked
    actions: Ints

    def policy(self, levels: Any) -> Floats:
        """Return action probabilities [levels, states, actions].

        Raises ValueError for an answer that is not valid, that differs when some
        states are asked about again, or that is a move which `actions` left out.
        """
        own: OwnLevels = self.check(levels)  # type: ignore[assignment]
        tables = own.tables()
        policy = np.full(tables.shape, 1 / tables.shape[2])
        level, state = np.nonzero(tables.live)
        if len(level):
            policy[level, state] = self._told(own, level, state)
        return policy

    def _told(self, levels: OwnLevels, level: Ints, state: Ints) -> Floats:
        def see(part: Ints) -> Sequence[Any]:
            return levels.seen(level[part], state[part])

        def place(index: int) -> str:
            return levels.place(int(level[index]), int(state[index]))

        told = self.ask.policy(see, len(level), place)
        return possible(told, self.actions, place)

    def probe(self) -> None:
        """Raise ValueError if a few states are answered otherwise when asked again."""
        levels: Any = self.world.sample()  # type: ignore[call-arg]
        count = min(FEW, levels.tables().shape[1] - 1)

        def see(part: Ints) -> Sequence[Any]:
            return levels.seen(np.zeros_like(part), part)

        self.ask.probe(see, count, lambda state: levels.place(0, state))


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class OwnRecorded(Agent):
    """A policy [1, states, actions] for the only level of its world."""

    recipe: ClassVar[str] = "recorded"

    table: Floats

    def policy(self, levels: Any) -> Floats:
        """Return action probabilities [levels, states, actions].

        Raises ValueError for levels that it was not recorded on.
        """
        own: OwnLevels = self.check(levels)  # type: ignore[assignment]
        (known,) = self.world.grades[0]  # type: ignore[attr-defined]
        if any(tables.level is not known.level for tables in own.each):
            raise ValueError(
                f"levels are not what {self.name!r} was recorded on; allowed: its own."
            )
        return np.repeat(self.table, len(own), axis=0)


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class OwnPlayer(Player):
    """Something that remembers, as a `Player` is.

    actions: as in `OwnAdapted`. moves, first: how many moves the environment has, and
    the number of the first. combined: see `numbered`.
    """

    actions: Ints
    moves: int
    first: int = 0
    combined: Ints

    def views(self, level: Any) -> Views:
        """Return what is seen in the states of one level."""
        return Seen(level)

    def move(self, seen: Any, rng: np.random.Generator) -> int:
        """Return its move for what is seen; of probabilities one is drawn."""
        answers = numbered([copied(self.player.act(seen))], self.combined)
        told = read_answer(answers, 1, self.moves, first=self.first)
        (chances,) = possible(told, self.actions, lambda _: "an episode")
        sure = chances.max() == 1
        return int(chances.argmax() if sure else rng.choice(len(chances), p=chances))


class Seen(Views):
    """What the environment shows in the states of one level."""

    def __init__(self, level: OwnLevels) -> None:
        self.own = level

    def of(self, state: int) -> Any:
        """Return an observation, to be kept or changed."""
        return copy.deepcopy(self.own.seen(np.zeros(1, int), np.array([state]))[0])


def numbered(answers: Any, combined: Ints) -> Any:
    """Return moves that are told in parts, as of MultiDiscrete, by their numbers.

    combined: [moves, parts], or [moves] where moves are numbers. All else is left.
    """
    if combined.ndim == 1:
        return answers
    given = copied(answers)
    if given.dtype.kind not in "iu" or given.shape[1:] != combined.shape[1:]:
        return answers
    same = (given[:, None] == combined).all(2)
    return same.argmax(1) if same.any(1).all() else answers


def possible(told: Floats, actions: Ints, place: Any) -> Floats:
    """Return probabilities of all the environment's moves as those of the tables'.

    Raises ValueError where a move is likely that the tables leave out.
    """
    left_out = told.copy()
    left_out[:, actions] = 0
    likely = left_out.sum(1)
    if (likely > 1e-6).any():
        here = int(likely.argmax())
        move = left_out[here].argmax()
        raise ValueError(
            f"answer in {place(here)} is move {move}, with probability "
            f"{told[here, move]:.2g}, which actions= left out of the tables; allowed: "
            "tables with all moves that it makes."
        )
    rest: Floats = told[:, actions]
    return rest / rest.sum(1, keepdims=True)


def recorded(given: Any, world: OwnWorld, name: str) -> OwnRecorded:
    """Return a policy [1, states, actions] as an agent of a world of one level.

    Raises ValueError for a world of several.
    """
    if sum(map(len, world.grades)) != 1:
        raise ValueError(
            f"given is a policy and {world!r} has several levels; allowed: the tables "
            "of one level."
        )
    table = check_policy(given, world.of(0).tables())
    return OwnRecorded(world=world, name=name, settings={}, table=table)  # type: ignore[arg-type]


def adapt_own(
    given: Any, world: OwnWorld, name: str, batched: bool, draws: bool, normalize: Any
) -> Agent:
    """Return a user's own agent on their own environment; see `adapters.adapt`.

    A model or function is shown what the outermost environment shows, and answers with
    a move of the environment, or with the probabilities of all of them.
    """
    if isinstance(given, np.ndarray):
        return recorded(given, world, name or "recorded")
    check_given(given, ALLOWED)
    model = is_model(given)
    base: dict[str, Any] = {
        "world": world,
        "name": name or getattr(given, "__name__", type(given).__name__),
        "settings": {},
        "actions": np.array(world.actions),
    }
    first, combined = world.first_move, np.array(world.every_move)
    every = len(combined)
    base_of_player = {**base, "moves": every, "first": first, "combined": combined}
    if not model and hasattr(given, "reset") and hasattr(given, "act"):
        return OwnPlayer(**base_of_player, player=given)
    if not model and not callable(given):
        raise ValueError(f"given={quote(given)} is not an agent; {ALLOWED}.")
    how: Any = {"name": base["name"], "batched": batched, "first": first}
    ask = asked(given, world.space, every, normalize=normalize, **how)
    tell = ask.tell
    ask = replace(ask, tell=lambda seen: numbered(tell(seen), combined))
    if draws:
        return OwnPlayer(**base_of_player, player=Dice(ask.tell))
    agent = OwnAdapted(**base, ask=ask)
    agent.probe()
    return agent

"""One's own function, model or policy on one's own environment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from ..mdp import Floats, Ints, check_policy
from ..worlds.own.world import OwnLevels, OwnWorld
from .agent import Agent
from .answers import copied, read_answer
from .asking import Asked, asked
from .models import check_given, is_model

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

        Raises ValueError for an answer that is none, that is not the same when some
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
        levels = self.world.sample()  # type: ignore[call-arg]
        count = min(FEW, levels.tables().shape[1] - 1)
        self.ask.probe(lambda part: levels.seen(np.zeros_like(part), part), count)


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
class OwnPlayer(Agent):
    """Something that remembers: it plays episodes and is measured by sampling.

    player: has `reset()`, called before each episode, and `act(observation)`, which
    returns a move. actions: as in `OwnAdapted`. first: number of the first move.
    """

    recipe: ClassVar[str] = "player"
    tabular: ClassVar[bool] = False

    player: Any
    actions: Ints
    moves: int
    first: int = 0

    def policy(self, levels: Any) -> Floats:
        """Raise ValueError: what it does is no function of the state."""
        raise ValueError(
            f"agent={self.name!r} remembers, so it has no policy for a state; allowed: "
            "what plays episodes, as measure and path do."
        )

    def returns(
        self, levels: Any, episodes: int, steps: int, rng: np.random.Generator
    ) -> Floats:
        """Play and return discounted returns [levels, episodes, objectives]."""
        own: OwnLevels = self.check(levels)  # type: ignore[assignment]
        tables = own.tables()
        total = np.zeros((len(own), episodes, len(tables.objectives)))
        for level in range(len(own)):
            for episode in range(episodes):
                states, moves = self.episode(own, level, steps, rng)
                paid = tables.rewards[level, states[:-1], moves]
                worth = tables.discount ** np.arange(len(moves))
                total[level, episode] = worth @ paid
        return total

    def episode(
        self, levels: OwnLevels, level: int, steps: int, rng: np.random.Generator
    ) -> tuple[list[int], list[int]]:
        """Play one episode; return its states, the start first, and its moves."""
        tables = levels.tables()
        states, moves = [0], []
        self.player.reset()
        while len(moves) < steps and states[-1] != tables.shape[1] - 1:
            here = states[-1]
            (seen,) = levels.seen(np.array([level]), np.array([here]))
            answers = [copied(self.player.act(copied(seen)))]
            told = read_answer(answers, 1, self.moves, first=self.first)
            (chance,) = possible(told, self.actions, lambda _: levels.place(level, here))
            moves.append(int(rng.choice(len(chance), p=chance)))
            states.append(int(tables.next_state[level, here, moves[-1]]))
        return states, moves


def possible(told: Floats, actions: Ints, place: Any) -> Floats:
    """Return probabilities of all the environment's moves as those of the tables'.

    Raises ValueError where a move is likely that the tables leave out.
    """
    left_out = np.setdiff1d(np.arange(told.shape[1]), actions)
    likely = told[:, left_out].sum(1)
    if (likely > 1e-6).any():
        here = int(likely.argmax())
        move = left_out[told[here, left_out].argmax()]
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
    """Return somebody's own agent on their own environment; see `adapters.adapt`.

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
    first, every = world.first_move, world.all_moves
    if not model and hasattr(given, "reset") and hasattr(given, "act"):
        return OwnPlayer(**base, player=given, moves=every, first=first)
    if not model and not callable(given):
        raise ValueError(f"given={given!r:.120} is no agent; {ALLOWED}.")
    how: Any = {"name": base["name"], "batched": batched, "first": first}
    ask = asked(given, world.space, every, normalize=normalize, **how)
    if draws:
        dice = Dice(lambda seen: ask.tell([seen])[0])
        return OwnPlayer(**base, player=dice, moves=every, first=first)
    agent = OwnAdapted(**base, ask=ask)
    agent.probe()
    return agent


class Dice:
    """A function with dice of its own, as something that plays episodes."""

    def __init__(self, act: Any) -> None:
        self.act = act

    def reset(self) -> None:
        """Do nothing: it does not remember."""

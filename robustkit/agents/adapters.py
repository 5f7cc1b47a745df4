"""Other people's agents: any function of an observation, a model, a recorded table.

A function that looks at nothing but the observation is asked once for every state, and
measured exactly from then on. One that remembers has no policy for a state; it plays
episodes, and is measured by sampling.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from ..mdp import Floats, Ints, check_policy
from ..worlds import MOVES, Levels, World
from ..worlds.rollout import Act, sample_returns
from .agent import Agent, Play, check_world, looks, rows_of

BATCH = 4096  # observations that are shown at once


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Adapted(Agent):
    """A function from observations to moves, asked about every state.

    ask: from observations [n, planes, height, width] (see `Levels.seen_from`) to moves
    [n] or probabilities [n, moves].
    """

    recipe: ClassVar[str] = "adapted"

    ask: Callable[[NDArray[np.uint8]], Any]

    def policy(self, levels: Levels) -> Floats:
        """Return action probabilities [levels, states, actions].

        Raises ValueError for an answer that is no move and no probabilities.
        """
        tables = self.check(levels).tables()
        policy = np.full(tables.shape, 1 / len(MOVES))
        level, state = np.nonzero(tables.live)
        flag, cell = np.divmod(state, levels.terrain[0].size)
        for first in range(0, len(level), BATCH):
            part = slice(first, first + BATCH)
            seen = levels[level[part]].seen_from(cell[part], flag[part])
            told = read_answer(self.ask(seen), len(seen))
            policy[level[part], state[part]] = told
        return policy


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Recorded(Agent):
    """A policy as a table, for the levels it was recorded on.

    table: [levels, states, actions]. keys: [levels], what these levels look like.
    """

    recipe: ClassVar[str] = "recorded"

    table: Floats
    keys: NDArray[np.uint8]

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


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Player(Agent):
    """Something that remembers: it plays episodes and is measured by sampling.

    player: has `reset()`, called before each episode, and `act(observation)`, which
    returns a move for planes [planes, height, width].
    """

    recipe: ClassVar[str] = "player"
    tabular: ClassVar[bool] = False

    player: Any

    def policy(self, levels: Levels) -> Floats:
        """Raise ValueError: what it does is no function of the state."""
        raise ValueError(
            f"agent={self.name!r} remembers, so it has no policy for a state; allowed: "
            "what plays episodes, as measure and path do."
        )

    def act(
        self, levels: Levels, cell: Ints, flag: Ints, rng: np.random.Generator
    ) -> Ints:
        """Return the player's move [1, 1] in one level and episode."""
        seen = levels.seen_from(cell[0], flag[0])[0]
        return read_answer(np.array([self.player.act(seen)]), 1).argmax(1)[None]

    def returns(
        self, levels: Levels, episodes: int, steps: int, rng: np.random.Generator
    ) -> Floats:
        """Play and return discounted returns [levels, episodes, objectives]."""
        self.check(levels)

        def play(index: Ints, act: Act, episodes: int) -> Floats:
            return sample_returns(levels[index], act, episodes, steps, rng)

        return self.play(len(levels), episodes, play)

    def play(self, levels: int, episodes: int, play: Play) -> NDArray[Any]:
        """Return what `play` says of episodes, asked one at a time, with a reset."""

        def once(level: int) -> NDArray[Any]:
            self.player.reset()
            return play(np.array([level]), self.act, 1)

        every = [[once(level) for _ in range(episodes)] for level in range(levels)]
        return np.concatenate([np.concatenate(each, 1) for each in every])


def read_answer(given: Any, count: int) -> Floats:
    """Return moves [n] or probabilities [n, moves] as probabilities [n, moves].

    Raises ValueError for anything else, naming the first that is wrong.
    """
    answer = np.asarray(given)
    allowed = (
        f"allowed: {count} moves from 0 to 3, or probabilities of shape ({count}, 4)."
    )
    if answer.dtype.kind in "iub" and answer.shape == (count,):
        if answer.dtype.kind == "b" or answer.min() < 0 or answer.max() >= len(MOVES):
            raise ValueError(f"answer holds the move {answer.max()}; {allowed}")
        return np.eye(len(MOVES))[answer]
    if answer.dtype.kind != "f" or answer.shape != (count, len(MOVES)):
        raise ValueError(
            f"answer has shape {answer.shape} and type {answer.dtype}; {allowed}"
        )
    bad = ~np.isfinite(answer).all(1) | (answer < 0).any(1)
    bad |= np.abs(answer.sum(1) - 1) > 1e-4
    if bad.any():
        first = answer[int(bad.argmax())].tolist()
        raise ValueError(f"answer holds {first}, which are no probabilities; {allowed}")
    return answer / answer.sum(1, keepdims=True, dtype=float)


def adapt(
    given: Any,
    world: World,
    name: str = "",
    levels: Levels | None = None,
    batched: bool = False,
) -> Agent:
    """Return somebody else's agent as one of ours.

    given: a function from an observation, planes [planes, height, width] of walls, what
    can be seen and where the agent is, to a move (0 right, 1 down, 2 left, 3 up) or to
    four probabilities; a Stable-Baselines3 model trained on such observations
    (`SymbolicObs`, flattened or not); something with `reset()` and `act(observation)`,
    which may remember and is measured by sampling; or a policy [levels, states,
    actions], recorded on `levels`. batched: the function takes many observations at
    once. name: what it is called in pictures.
    Raises ValueError for anything else.

    >>> import robustkit as rk
    >>> world = rk.make("cheese", size=7)
    >>> always_up = rk.agent(lambda planes: 3, world)
    >>> rk.measure(always_up, world.sample(64, goal="anywhere")).alignment.known
    False
    """
    check_world(world)
    called = name or getattr(given, "__name__", type(given).__name__)
    base: dict[str, Any] = {"world": world, "name": called, "settings": {}}
    if levels is not None or isinstance(given, np.ndarray):
        return _record(given, world, levels, name or "recorded")
    if hasattr(given, "predict") and hasattr(given, "policy"):
        return Adapted(**base, ask=_model(given, world))
    if hasattr(given, "reset") and hasattr(given, "act"):
        return Player(**base, player=given)
    if not callable(given):
        raise ValueError(
            f"given={given!r} is no agent; allowed: a function of an observation, a "
            "Stable-Baselines3 model, something with reset and act, or a policy with "
            "its levels."
        )

    def one_by_one(seen: NDArray[np.uint8]) -> Any:
        return np.array([given(one) for one in seen])

    return Adapted(**base, ask=given if batched else one_by_one)


def _record(given: Any, world: World, levels: Any, name: str) -> Recorded:
    if not isinstance(levels, Levels):
        raise ValueError(
            f"levels={levels!r}; allowed with a recorded policy: the levels it is for."
        )
    if levels.world != world:
        raise ValueError(f"levels are of {levels.world!r}, not of {world!r}.")
    table, keys = check_policy(given, levels.tables()), looks(levels)
    return Recorded(world=world, name=name, settings={}, table=table, keys=keys)


def _model(model: Any, world: World) -> Callable[[Any], Any]:
    """Return how to ask a Stable-Baselines3 model for its probabilities."""
    wanted = 2 + len(world.features), *world.shape
    shape = getattr(getattr(model, "observation_space", None), "shape", None)
    if shape not in (wanted, (int(np.prod(wanted)),)):
        raise ValueError(
            f"given was trained on observations of shape {shape}; allowed: {wanted} as "
            "SymbolicObs gives them, or these flattened."
        )
    if hasattr(model.policy, "lstm_actor"):
        raise ValueError(
            "given remembers (it is recurrent); allowed: an object with reset() and "
            "act(observation) around it."
        )
    if not hasattr(model.policy, "get_distribution"):  # it values moves, as DQN does
        return lambda seen: model.predict(
            seen.reshape(len(seen), *shape), deterministic=True
        )[0]

    def ask(seen: NDArray[np.uint8]) -> Any:
        tensor = model.policy.obs_to_tensor(seen.reshape(len(seen), *shape))[0]
        probabilities = model.policy.get_distribution(tensor).distribution.probs
        return probabilities.detach().cpu().numpy().astype(float)

    return ask

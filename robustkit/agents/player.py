"""Agents that remember or draw: they have no policy for a state, and play episodes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from ..bars import bar
from ..mdp import Episodes, Floats, Ints, Tables
from ..worlds import MOVES, Levels
from ..worlds.rollout import Act, sample_returns
from .agent import Agent, Play
from .answers import copied, read_answer

NUMBERS = range(len(MOVES))


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Player(Agent):
    """Something that remembers: it plays episodes and is measured by sampling.

    player: has `reset()`, called before each episode, and `act(observation)`, which
    returns a move for planes [planes, height, width], or probabilities to draw it from.
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
        return np.array([[self.move(seen, rng)]])

    def move(self, seen: NDArray[np.uint8], rng: np.random.Generator) -> int:
        """Return its move for planes; of probabilities one is drawn."""
        answer = self.player.act(seen)
        if isinstance(answer, int | np.integer) and answer in NUMBERS:
            return int(answer)  # as most do, at a tenth of the time
        chances = read_answer([copied(answer)], 1)[0]
        sure = chances.max() == 1
        return int(chances.argmax() if sure else rng.choice(len(MOVES), p=chances))

    def views(self, level: Levels) -> Views:
        """Return what is seen in the states of one level."""
        return Views(level)

    def returns(
        self, levels: Levels, episodes: int, steps: int, rng: np.random.Generator
    ) -> Floats:
        """Play and return discounted returns [levels, episodes, objectives]."""
        if self.check(levels).world.listed:
            return self.episodes(levels, steps, rng, episodes).returns

        def play(index: Ints, act: Act, episodes: int) -> Floats:
            return sample_returns(levels[index], act, episodes, steps, rng)

        return self.play(len(levels), episodes, play)

    def play(self, levels: int, episodes: int, play: Play) -> NDArray[Any]:
        """Return what `play` says of episodes, asked one at a time, with a reset."""

        def once(level: int) -> NDArray[Any]:
            self.player.reset()
            return play(np.array([level]), self.act, 1)

        shown = bar("playing", levels, delay=2, iterable=range(levels))
        every = [[once(level) for _ in range(episodes)] for level in shown]
        return np.concatenate([np.concatenate(each, 1) for each in every])

    def episodes(
        self,
        levels: Levels,
        steps: int,
        rng: np.random.Generator,
        episodes: int = 1,
    ) -> Episodes:
        """Play episodes of at most `steps` moves in every level, by its tables."""
        tables = self.check(levels).tables()
        shape = len(levels), episodes
        states = np.full((*shape, steps + 1), tables.shape[1] - 1, np.int32)
        branches = np.zeros((*shape, steps), np.int16)
        n = len(levels)
        for level in bar("playing", n, delay=2, iterable=range(n)):
            views = self.views(levels[level : level + 1])
            for episode in range(episodes):
                each = self._episode(tables[level : level + 1], views, steps, rng)
                for step, (state, branch, after) in enumerate(each):
                    states[level, episode, step : step + 2] = state, after
                    branches[level, episode, step] = branch
        return Episodes(tables, states, branches)

    def _episode(
        self, tables: Tables, views: Views, steps: int, rng: np.random.Generator
    ) -> Iterator[tuple[int, int, int]]:
        """Yield (state, branch, state after) in one level until the end."""
        self.player.reset()
        state, end = int(tables.start[0]), tables.shape[1] - 1
        for _ in range(steps):
            move = self.move(views.of(state), rng)
            branch = move * tables.outcomes + _outcome(tables, state, move, rng)
            after = int(tables.next_state[0, state, branch])
            yield state, branch, after
            if after == end:
                return
            state = after


class Views:
    """What is seen in the states of one level; the planes are made once."""

    def __init__(self, level: Levels) -> None:
        self.level, self.cells = level, level.terrain[0].size
        self.planes: dict[int, NDArray[np.uint8]] = {}

    def of(self, state: int) -> NDArray[np.uint8]:
        """Return planes [planes, height, width] in a state, to be kept or changed."""
        flag, cell = divmod(state, self.cells)
        if flag not in self.planes:
            at = np.zeros(1, int)
            self.planes[flag] = self.level.seen_from(at, at + flag)[0]
            self.planes[flag][-1] = 0
        seen = self.planes[flag].copy()
        seen[-1].flat[cell] = 1
        return seen


def _outcome(tables: Tables, state: int, move: int, rng: np.random.Generator) -> int:
    """Return how a move turns out."""
    if tables.chance is None:
        return 0
    ways = slice(move * tables.outcomes, (move + 1) * tables.outcomes)
    reach = tables.chance[0, state, ways].cumsum()
    return int((rng.random() * reach[-1] >= reach).sum())


class Dice:
    """A function with dice of its own, as something that plays episodes."""

    def __init__(self, tell: Callable[[Any], Any]) -> None:
        self.tell = tell

    def reset(self) -> None:
        """Do nothing: it does not remember."""

    def act(self, seen: Any) -> Any:
        """Return what the function draws."""
        return self.tell([seen])[0]

"""Somebody else's function or model, asked about many states, and asked again.

A function that is asked twice about one state and answers differently draws its moves
or remembers. It is not a policy, and measuring it as one would be silently wrong.
"""

from __future__ import annotations

import copy
import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ..arguments import brief
from ..mdp import Floats, Ints
from .answers import Place, read_answer, together
from .models import asked_model, check_function, is_model
from .observations import stacked

if TYPE_CHECKING:
    from gymnasium import spaces

BATCH = 4096  # observations that are shown at once
AGAIN = 512  # states that are asked about again
EARLY = 32  # of these, the first that were asked: what has been seen since changes them
LEAST = 128  # times that a state is asked about again, however few there are
TWICE = 64  # states that are asked about twice on end
STAY = 24  # times that one state is shown on end, as to somebody who stands still
SIZES = (1, 2, 3, 7, 32, 100)  # of the batches in which they are asked again
ALIKE = 5e-3  # the probabilities of one answer; batches of other sizes round otherwise
TIES = 0.01  # share of likeliest moves that may change with the size of a batch

See = Callable[[Ints], Any]  # states [n] → the observations in them, a sequence


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Somebody else's function or model, as it is asked.

    tell: from observations to answers, one each. moves: how many there are; first: the
    number of the first. batched: whether it is shown many at once.
    """

    name: str
    tell: Callable[[Sequence[Any]], Any]
    moves: int
    batched: bool
    first: int = 0

    def policy(self, see: See, count: int, place: Place = str) -> Floats:
        """Return probabilities [count, moves], some states having been asked again.

        see: states [n], 0 to count - 1, to the observations in them. place: names one.
        Raises ValueError for an answer that is not valid, or not the same each time.
        """
        told = np.empty((count, self.moves))
        for start in range(0, count, BATCH):
            part = np.arange(start, min(start + BATCH, count))
            told[part] = self.ask(see, part, place)
        self.check(see, told, place)
        return told

    def check(self, see: See, told: Floats, place: Place = str) -> None:
        """Raise ValueError if states that were answered so are answered otherwise."""
        if not len(told):
            return
        for states in _orders(len(told)):
            again = self._again(see, states, place)
            other = np.abs(again - told[states]).max(1) > ALIKE
            if other.any() and not self._tied(see, told, place):
                here = int(other.argmax())
                state = int(states[here])
                self._refuse(see, place, state, told[state], again[here])

    def probe(self, see: See, count: int, place: Place = str) -> None:
        """Raise ValueError if a few states are answered otherwise when asked again.

        What cannot be asked or gives no answer is left to `policy`, which says so.
        """
        try:
            told = self.ask(see, np.arange(count))
        except Exception:  # whatever somebody else's code may raise
            return
        self.check(see, told, place)

    def _again(self, see: See, states: Ints, place: Place) -> Floats:
        """Ask once more; raise ValueError where that, and only that, is too much."""
        try:
            answers = self.tell(see(states))
        except Exception as error:
            raise ValueError(
                f"{self.name!r} could be asked once, but not again about {len(states)} "
                f"states ({brief(str(error))}); allowed: what answers any number of "
                "observations at any time (`model.eval()`)."
            ) from error
        return self._read(answers, states, place)

    def ask(self, see: See, states: Ints, place: Place = str) -> Floats:
        """Return probabilities [n, moves] in states [n], asked about once."""
        return self._read(self.tell(see(states)), states, place)

    def _read(self, answers: Any, states: Ints, place: Place) -> Floats:
        def where(index: int) -> str:
            return place(int(states[index]))

        return read_answer(answers, len(states), self.moves, where, self.first)

    def _tied(self, see: See, told: Floats, place: Place) -> bool:
        """Return whether only rounding decides: seldom, and by the batch alone."""
        if not self.batched or (told.max(1) < 1).any():
            return False
        changed = total = 0
        for states in _orders(len(told)):
            first, again = (self.ask(see, states, place) for _ in range(2))
            if (first != again).any():
                return False
            changed += int((first != told[states]).any(1).sum())
            total += len(states)
        return changed <= TIES * total

    def _refuse(
        self, see: See, place: Place, state: int, told: Floats, again: Floats
    ) -> None:
        """Raise ValueError for two answers in one state."""
        both = f"{_words(told, self.first)}, then {_words(again, self.first)}"
        twice = f"asked twice in {place(state)} it answers {both}"
        if self.batched and self._by_batch(see, state, place):
            raise ValueError(
                f"{self.name!r} gives answers that depend on what else is in the "
                f"batch, as with batch normalisation in training: {twice}; allowed: "
                "one whose answers do not depend on that (`model.eval()`), or one that "
                "is asked one by one."
            )
        raise ValueError(
            f"{self.name!r} draws its moves or remembers: {twice}; allowed: "
            "probabilities of the moves, `model.predict(seen, deterministic=True)[0]`, "
            "`model.eval()`, or an object with reset() and act(observation), which may "
            "draw and remember and is measured by playing episodes (for a function "
            "with dice and no memory: draws=True)."
        )

    def _by_batch(self, see: See, state: int, place: Place) -> bool:
        """Return whether the same batches get the same answers, again and again."""
        for size in (2, STAY):
            states = np.full(size, state)
            several = [self.ask(see, states, place) for _ in range(3)]
            if any((each != several[0]).any() for each in several[1:]):
                return False
        return True


def _orders(count: int) -> Iterator[Ints]:
    """Yield batches of states to ask about again, shuffled.

    One many times, then some twice on end, for what looks back at the last observation;
    of few states, each more often.
    """
    rng = np.random.default_rng(count)
    early = np.arange(min(EARLY, count))
    others = rng.permutation(np.arange(len(early), count))[: AGAIN - EARLY]
    some = np.concatenate([early, others])
    rounds = -(-LEAST // count)
    order = np.concatenate([rng.permutation(some) for _ in range(rounds)])
    yield np.full(STAY, order[0])
    states, start = np.concatenate([order[:TWICE].repeat(2), order[TWICE:]]), 0
    for size in itertools.cycle(SIZES):
        yield states[start : start + size]
        start += size
        if start >= len(states):
            return


def asked(
    given: Any,
    space: spaces.Space[Any],
    moves: int,
    *,
    name: str = "",
    batched: bool = False,
    first: int = 0,
    normalize: Any = None,
) -> Asked:
    """Return how to ask a function, or a model of Stable-Baselines3.

    space: of the observations that it will be shown. moves, first: how many moves
    there are, and the number of the first. batched: a function takes observations
    stacked (see `stacked`). normalize: the `VecNormalize` of a model that lost it.
    Raises ValueError for what cannot be asked, or was trained on something else.
    """
    called = name or getattr(given, "__name__", type(given).__name__)
    if is_model(given):
        ask = asked_model(given, space, moves, normalize)
        # It numbers moves from 0, whatever the environment does.
        return Asked(name=called, tell=ask, moves=moves, batched=True)
    if normalize is not None:
        raise ValueError(
            f"normalize={type(normalize).__name__} is not possible with a function; "
            "allowed: with a Stable-Baselines3 model."
        )
    check_function(given)

    def tell(observations: Sequence[Any]) -> Any:
        if batched:
            return given(stacked(observations, space))
        # Each gets a copy of its own, which it may write into.
        return together(given(copy.deepcopy(one)) for one in observations)

    return Asked(name=called, tell=tell, moves=moves, batched=batched, first=first)


def _words(answer: Floats, first: int) -> str:
    """Return an answer in words: a move, or probabilities."""
    if answer.max() == 1:
        return f"move {first + int(answer.argmax())}"
    return str(np.round(answer, 3).tolist())

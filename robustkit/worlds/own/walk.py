"""Every state that an environment can come to, found by trying every move in each."""

from __future__ import annotations

import copy
from collections import defaultdict, deque
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from hashlib import blake2b
from time import monotonic
from typing import Any

import numpy as np

from ...bars import bar
from ...mdp import Floats, Ints
from ..layouts import Bools
from .memory import Moment
from .noting import draws, shared_draws
from .restoring import is_plain
from .stepping import LIMIT, Step, Stepper

MOST_BYTES = 500_000_000  # of all that states show
DELAY = 2.0  # seconds until a bar shows
SAMPLE = 100  # states that are kept to say what varies
LEAST, REPLAYED = 2000, 20_000  # moves that are played again
PATIENCE = 2.0  # seconds for more of them than there are moves in the tables
STOP = 0.02  # chance that an episode of these ends early
PENNY = 1e-6  # by which two rewards may differ


@dataclass(frozen=True, eq=False)
class Walk:
    """What was found; the first state is that of a beginning episode.

    next_state: [states, moves], -1 where an episode ends. rewards: [states, moves].
    happened: [states, moves, events]. ended, late: [states, moves], where it ends, and
    where by a limit of time alone. cells: [states]; onto: [states, moves], the cell
    that the agent is in, and is in after a move. doing: where it is and what it holds,
    in words. shown: each different observation;
    shows: [states], which of them a state shows.
    """

    next_state: Ints
    rewards: Floats
    happened: Bools
    ended: Bools
    late: Bools
    cells: Ints
    onto: Ints
    doing: list[str]
    shown: list[Any]
    shows: Ints


class Walker:
    """States in the order in which they are found, breadth first."""

    def __init__(self, stepper: Stepper, start: Moment, seen: Any, limit: int) -> None:
        self.stepper, self.limit = stepper, limit
        self.number = {start.key: 0}
        self.todo = deque([start])
        self.shown: list[Any] = []
        self.known: dict[bytes, int] = {}
        self.bytes = 0
        self.sample = [start]  # of all moments, to say what varies
        self.shows, self.cells = [self._show(seen)], [stepper.cell]
        self.doing = [stepper.doing()]

    def walk(self) -> Walk:
        """Try every move in every state."""
        rows: list[tuple[Any, ...]] = []
        with closing(bar("finding states", None, DELAY, unit=" states")) as shown:
            while self.todo:
                rows += self._row(self.todo.popleft())
                shown.update()
        shape = len(self.cells), len(self.stepper.moves)
        next_state, rewards, happened, ended, late, onto = zip(*rows, strict=True)
        return Walk(
            np.reshape(next_state, shape),
            np.reshape(rewards, shape),
            np.reshape(happened, (*shape, len(self.stepper.events))).astype(bool),
            np.reshape(ended, shape),
            np.reshape(late, shape),
            np.array(self.cells),
            np.reshape(onto, shape),
            self.doing,
            self.shown,
            np.array(self.shows),
        )

    def _row(self, here: Moment) -> list[tuple[Any, ...]]:
        """Return what each move from here comes to."""
        before, row = shared_draws(), []
        for move in self.stepper.moves:
            step = self.stepper.step(here, move)
            state = -1 if step.ended else self._state(step)
            told = step.reward, step.happened, step.ended, step.late, step.cell
            row.append((state, *told))
        for name, come in shared_draws().items():
            if come != before[name]:
                raise ValueError(draws(f"from the module {name}", "some action"))
        return row

    def _state(self, step: Step) -> int:
        """Return the number of the state that a step has come to."""
        state = self.number.setdefault(step.after.key, len(self.cells))
        if state == len(self.cells):
            if state >= self.limit:
                raise ValueError(self._too_many())
            self.todo.append(step.after)
            if state % max(1, self.limit // SAMPLE) == 0:
                self.sample.append(step.after)
            self.cells.append(step.cell)
            self.doing.append(self.stepper.doing())
            self.shows.append(self._show(step.seen))
        elif self._show(step.seen) != self.shows[state]:
            raise ValueError(
                "env shows different things in the same state, so it holds something "
                "that its attributes do not show; allowed: an environment whose "
                "attributes are all that makes a difference."
            )
        return state

    def _show(self, seen: Any) -> int:
        """Return the number of an observation, which is kept once."""
        content = blake2b(digest_size=16)
        size = _digest(seen, content)
        key = content.digest()
        if key not in self.known:
            self.known[key] = len(self.shown)
            self.shown.append(copy.deepcopy(seen))
            self.bytes += size
            if self.bytes > MOST_BYTES:
                raise ValueError(
                    f"env shows {size:,} bytes in each of more than {len(self.shown):,}"
                    f" states, too much to keep; allowed: {MOST_BYTES:,} bytes in all, "
                    "as without a wrapper that draws pictures."
                )
        return self.known[key]

    def _too_many(self) -> str:
        """Return the sentence that refuses so many states, and what varies most."""
        values: dict[str, set[str]] = defaultdict(set)
        for moment in self.sample:
            here: dict[str, str] = defaultdict(str)
            for where, value in self.stepper.memory.said(moment.held):
                if is_plain(value):
                    here[where] += repr(value)  # parts of a tuple after it
            for where, text in here.items():
                values[where].add(text)
        varied = [where for where in values if len(values[where]) > 1]
        most = sorted(varied, key=lambda where: -len(values[where]))[:3]
        said = f" What takes most values: {', '.join(most)}." if most else ""
        return (
            f"env has more than limit={self.limit} states; allowed: a smaller "
            "environment, a higher limit, or actions= without moves that multiply "
            f"states, as of things that can be carried.{said}"
        )


def replay(stepper: Stepper, start: Moment, seed: int, found: Walk) -> None:
    """Play episodes as an agent does, from resets on, and compare with what was found.

    Single moves from states that were put back could miss what Python does not show of
    an environment, in files or in libraries; playing on puts nothing back, and counts
    steps. The move is now a random one, now the one least often played.
    Raises ValueError where they differ.
    """
    rng, count = np.random.default_rng(0), np.zeros(found.next_state.shape, int)
    shown = [_key(seen) for seen in found.shown]
    state = -1
    total = min(max(count.size, LEAST - stepper.replayed), REPLAYED)
    stepper.replayed += total
    began = monotonic()
    with closing(bar("playing", total, DELAY, unit=" moves")) as told:
        for done in range(total):
            if done > count.size and monotonic() - began > PATIENCE:
                break
            if state < 0 or rng.random() < STOP:
                stepper.begin(start, seed)
                state = 0
            move = int(count[state].argmin())
            if rng.random() < 0.5:
                move = int(rng.integers(len(stepper.moves)))
            count[state, move] += 1
            state = _replayed(stepper, found, shown, state, move)
            told.update()
    stepper.go(start)


def _replayed(
    stepper: Stepper, found: Walk, shown: list[bytes], state: int, move: int
) -> int:
    """Return the state that a move leads to; raise ValueError if it is another."""
    if LIMIT in stepper.asked_for:
        stepper.hold()
    seen, reward, ended, _ = stepper.play(stepper.moves[move])
    there = int(found.next_state[state, move])
    same = (
        abs(reward - found.rewards[state, move]) < PENNY
        and ended == found.ended[state, move]
        and stepper.cell == found.onto[state, move]
        and stepper.ask() == tuple(found.happened[state, move])
    )
    if same and not ended:
        same = stepper.doing() == found.doing[there]
        same = same and _key(seen) == shown[found.shows[there]]
    if not same:
        raise ValueError(
            f"env has two outcomes in one state: in {found.doing[state]}, action "
            f"{stepper.moves[move]} leads elsewhere when that state is restored than "
            "when it is reached by playing; allowed: an environment that is "
            "deterministic (no clock, no dice) and keeps what it remembers in its own "
            "attributes (not in files, libraries or a count of steps)."
        )
    return there


def _key(seen: Any) -> bytes:
    """Return a digest of an observation."""
    content = blake2b(digest_size=16)
    _digest(seen, content)
    return content.digest()


def _digest(seen: Any, content: Any) -> int:
    """Add an observation to a digest; return its size in bytes."""
    if isinstance(seen, Mapping):
        pairs = [part for key in sorted(seen, key=str) for part in (key, seen[key])]
        return sum(_digest(part, content) for part in pairs)
    if isinstance(seen, (tuple, list)):
        content.update(f"{len(seen)}".encode())
        return sum(_digest(part, content) for part in seen)
    if isinstance(seen, np.ndarray):
        content.update(f"{seen.dtype}{seen.shape}".encode())
        content.update(np.ascontiguousarray(seen).tobytes())
        return int(seen.nbytes)
    said = repr(seen).encode()
    content.update(said)
    return len(said)

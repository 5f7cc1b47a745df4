"""What every agent is: a policy for all states of any levels of its world."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from ..arguments import quote
from ..mdp import Episodes, Floats, Ints, rollout
from ..worlds import MOVES, Levels, OwnLevels, OwnWorld, World, levels_of, world_of
from ..worlds.rollout import Act, sample_returns
from .remedy import remedies

# (indices of levels, what acts, episodes) → what is found, [levels, episodes, ...]
Play = Callable[[Ints, Act, int], NDArray[Any]]
# where an agent comes from, for those who have none yet
AGENTS = (
    "what robustkit.train, robustkit.plan, robustkit.agent or robustkit.load returns"
)
KINDS = {"f": "floats", "u": "bytes"}  # of arrays, as NumPy has them
LARGEST = 1e9  # number that can have been learned


@dataclass(frozen=True, eq=False, kw_only=True)
class Agent:
    """Something that acts in a world.

    recipe: how it came about. trained: by reward, from the base objective only; the
    others are planted for comparison. settings and arrays are all that is needed to
    make it again (`save` and `load`).
    """

    recipe: ClassVar[str]
    trained: ClassVar[bool] = False
    tabular: ClassVar[bool] = True  # whether it has a policy for every state

    world: World
    name: str
    settings: dict[str, Any]

    @property
    def arrays(self) -> dict[str, NDArray[Any]]:
        """What has been learned, by name: the arrays that its kind adds."""
        return {n: a for n, a in vars(self).items() if isinstance(a, np.ndarray)}

    @property
    def remedies(self) -> list[str]:
        """What was done to move it back up, in words; a kind may know of more."""
        return remedies(self.settings)

    @classmethod
    def parts(cls, arrays: dict[str, NDArray[Any]]) -> dict[str, Any]:
        """Return the fields of an agent that has these `arrays`."""
        return arrays

    def check_parts(self) -> None:
        """Raise ValueError where settings and arrays do not fit together, or the world.

        What passes can act, and within bounds, without having been tried.
        """

    def policy(self, levels: Levels) -> Floats:
        """Return action probabilities [levels, states, actions]."""
        raise NotImplementedError

    def act(
        self, levels: Levels, cell: Ints, flag: Ints, rng: np.random.Generator
    ) -> Ints:
        """Return moves [levels, episodes] from cells and flags of the same shape.

        For worlds with too many states for `policy`. Raises ValueError for an agent
        that needs tables.
        """
        raise ValueError(
            f"agent={quote(self.name)} cannot act in {self.world!r}, whose states are "
            "too many to list; allowed there: planners and the random device."
        )

    def returns(
        self, levels: Levels, episodes: int, steps: int, rng: np.random.Generator
    ) -> Floats:
        """Play and return discounted returns [levels, episodes, objectives]."""
        if not self.check(levels).world.listed:
            return sample_returns(levels, self.act, episodes, steps, rng)
        return self.episodes(levels, steps, rng, episodes).returns

    def episodes(
        self, levels: Levels, steps: int, rng: np.random.Generator, episodes: int = 1
    ) -> Episodes:
        """Play and return episodes of at most `steps` moves in every level."""
        policy = self.policy(levels)
        return rollout(levels.tables(), policy, steps, rng, episodes)

    def play(self, levels: int, episodes: int, play: Play) -> NDArray[Any]:
        """Return what `play` says of episodes, [levels, episodes, ...]."""
        return play(np.arange(levels), self.act, episodes)

    def __repr__(self) -> str:
        return f"<{self.recipe} {quote(self.name)} on {self.world!r}>"

    def check(self, levels: Levels) -> Levels:
        """Return `levels` if they are of this world; raise ValueError if not."""
        check_levels(levels := levels_of(levels))
        theirs, ours = levels.world.home, self.world
        if (theirs.name, theirs.flags) != (ours.name, ours.flags):
            raise ValueError(
                f"levels are of {theirs!r}; allowed for this agent: {ours!r}."
            )
        return levels


def looks(levels: Levels) -> NDArray[np.uint8]:
    """Return what each level looks like, [levels, bytes]."""
    return np.stack([np.frombuffer(key, np.uint8) for key in levels.keys])


def rows_of(levels: Levels, known: NDArray[np.uint8]) -> Ints:
    """Return the row of each level among `known` looks, -1 where it is not there."""
    row = {key.tobytes(): k for k, key in enumerate(known)}
    return np.array([row.get(key, -1) for key in levels.keys])


def check_agent(given: Any, name: str = "agent") -> Agent:
    """Return `given` if it is an agent; raise ValueError if not."""
    if isinstance(given, Agent):
        return given
    raise ValueError(f"{name}={quote(given)} is not an agent; allowed: {AGENTS}.")


def check_levels(levels: Any) -> None:
    """Raise ValueError for anything but a batch of levels."""
    if not isinstance(levels, (Levels, OwnLevels)):
        raise ValueError(
            f"levels={quote(levels)} is not a batch of levels; allowed: what "
            "world.sample(...) returns, or tables of one's own environment."
        )


def check_array(
    name: str,
    array: NDArray[Any],
    shape: tuple[int, ...],
    kind: str = "f",
    gaps: bool = False,
) -> None:
    """Raise ValueError unless an array has this shape and holds finite numbers.

    kind: of its type, as NumPy has them. gaps: whether it may hold NaN.
    """
    if array.shape != shape or array.dtype.kind != kind or 0 in shape:
        raise ValueError(
            f"{name} is {array.dtype} of shape {array.shape}; allowed: {KINDS[kind]} "
            f"of shape {shape}"
        )
    low, high = np.fmin.reduce(array, None), np.fmax.reduce(array, None)
    if low < -LARGEST or high > LARGEST or not (gaps or np.isfinite(array.sum())):
        raise ValueError(f"{name} holds numbers that are not finite, or too large")


def check_names(name: str, given: Iterable[str], allowed: Iterable[str]) -> None:
    """Raise ValueError unless these names are given, and no others."""
    if sorted(given) != sorted(allowed):
        said = ", ".join(sorted(allowed)) or "none"
        raise ValueError(f"{name} are {quote(sorted(given))}; allowed: {said}")


def check_table(name: str, table: Floats, keys: NDArray[Any], world: World) -> None:
    """Raise ValueError unless a table is of levels of a world that `keys` tell apart.

    table: [levels, states, actions]; keys: [levels, bytes], see `looks`.
    """
    height, width = world.shape
    check_array("keys", keys, (len(keys), height * width + 4 * len(world.things)), "u")
    shape = len(keys), world.states, len(MOVES)
    check_array(name, table, shape, gaps=name == "values")


def check_world(world: Any) -> Any:
    """Return `world` if it is one, or that of tables; raise ValueError if not."""
    world = world_of(world)
    if not isinstance(world, (World, OwnWorld)):
        raise ValueError(
            f"world={quote(world)} is not a world; allowed: what robustkit.make(name) "
            "or robustkit.tabulate(env) gives."
        )
    return world

"""What every agent is: a policy for all states of any levels of its world."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from numpy.typing import NDArray

from ..mdp import Floats
from ..worlds import Levels, World


@dataclass(frozen=True, eq=False, kw_only=True)
class Agent:
    """Something that acts in a world.

    recipe: how it came about. trained: by reward, from the base objective only; the
    others are planted for comparison. settings and arrays are all that is needed to
    make it again (`save` and `load`).
    """

    recipe: ClassVar[str]
    trained: ClassVar[bool] = False

    world: World
    name: str
    settings: dict[str, Any]

    @property
    def arrays(self) -> dict[str, NDArray[Any]]:
        """What has been learned, by name."""
        return {}

    def policy(self, levels: Levels) -> Floats:
        """Return action probabilities [levels, states, actions]."""
        raise NotImplementedError

    def __repr__(self) -> str:
        return f"<{self.recipe} {self.name!r} on {self.world!r}>"

    def check(self, levels: Levels) -> Levels:
        """Return `levels` if they are of this world; raise ValueError if not."""
        if not isinstance(levels, Levels):
            raise ValueError(
                f"levels={levels!r} is not a batch of levels; allowed: what "
                "world.sample(...) returns."
            )
        theirs, ours = levels.world, self.world
        if (theirs.name, theirs.flags) != (ours.name, ours.flags):
            raise ValueError(
                f"levels are of {theirs!r}; allowed for this agent: {ours!r}."
            )
        return levels

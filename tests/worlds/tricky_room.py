"""The room that all tricky environments are made of, and what a case of them is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from gymnasium.spaces import Discrete
from minigrid.core.grid import Grid
from minigrid.core.mission import MissionSpace
from minigrid.core.world_object import Goal
from minigrid.minigrid_env import MiniGridEnv

LEFT, RIGHT, FORWARD, PICKUP, DROP, TOGGLE, DONE = range(7)
# Words of which a refusal has to hold one, as a pattern without regard to case.
DRAWS = "draws random numbers"
STEPS = r"step|time"
SIZES = r"pays .*(\d|sizes)|sizes"
MANY = r"more than|limit"
UNPAID = r"never pa|pays the same|never ends paid|no(thing| reward).* paid"
SHARED = r"class|shared?\b|global|closure|module|cop(y|ies|ied)"


class Room(MiniGridEnv):
    """Three by two cells and a goal in the far corner; `after` is what is tricky.

    21 states: five cells, four directions, the end. Three moves but where more are
    needed, so that what walks slowly has not far to go.
    """

    moves = 3

    def __init__(self, width=5, height=4, max_steps=99, **rest):
        mission = MissionSpace(lambda: "go")
        super().__init__(mission, None, width, height, max_steps, **rest)
        self.action_space = Discrete(self.moves)

    def _gen_grid(self, width, height):
        self.grid = Grid(width, height)
        self.grid.wall_rect(0, 0, width, height)
        self.put_obj(Goal(), width - 2, height - 2)
        self.agent_pos, self.agent_dir, self.mission = (1, 1), 0, "go"
        self.furnish()

    def furnish(self):
        """Lay what else there is."""

    def step(self, action):
        _, reward, ended, cut, info = super().step(action)
        reward, ended = self.after(int(action), reward, ended)
        return self.gen_obs(), reward, ended, cut, info

    def after(self, action, reward, ended):
        """Return the reward and whether it is over, after a move."""
        return reward, ended

    def at(self, x, y):
        return tuple(map(int, self.agent_pos)) == (x, y)

    @property
    def cornered(self):
        """Whether the agent is in the corner that many errands lead to."""
        return self.at(1, self.height - 2)


@dataclass(frozen=True)
class Case:
    """An environment and the truth about it.

    truth: "tables" (exact ones, it must not be refused), "refused" (there are none, and
    the sentence holds `word`), or "either" (exact ones or such a sentence, nothing
    third). states: how many, the end included, where that was counted by hand.
    blind: what is in the way cannot be seen by a walk over copies.
    """

    name: str
    make: Callable[[], Any]
    truth: str
    word: str = ""
    states: int | None = None
    best: float | None = None
    events: dict[str, Callable[[Any], bool]] | None = None
    objectives: dict[str, dict[str, float]] | None = None
    blind: bool = False

    def __repr__(self):
        return self.name

    @property
    def asked(self) -> dict[str, Any]:
        given = {"events": self.events, "objectives": self.objectives}
        return {name: value for name, value in given.items() if value is not None}


def zoo(cases: list[Case]):
    """Return the decorators that enter environments into a list of cases."""

    def entered(truth):
        def with_word(word="", **more):
            def enter(make):
                cases.append(Case(make.__name__, make, truth, word, **more))
                return make

            return enter

        return with_word

    return entered("tables"), entered("refused"), entered("either")

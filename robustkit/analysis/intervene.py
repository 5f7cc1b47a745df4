"""What each thing does to an agent when it alone is moved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from .. import arguments, text
from ..agents import Agent
from ..agents.agent import check_agent
from ..mdp import Floats, Ints
from ..metrics import DEFAULT, Estimate, Weights
from ..metrics.bootstrap import interval
from ..metrics.intervention import planners_pulls
from ..worlds import Levels
from ..worlds.layouts import Bools
from ..worlds.moved_things import Moved, moved
from ..worlds.rollout import Act, sample_first
from .measure import EPISODES

if TYPE_CHECKING:
    from ..figures.picture import Picture

LITTLE = 0.1  # a pull below which a thing is said to draw nothing
ROUNDING = 1e-9


@dataclass(frozen=True)
class Pull(text.Tabled):
    """What each thing does to an agent when it alone is moved.

    things: objective to the names of its things. there, elsewhere: objective to the
    chance of coming to the cell of its thing before the cell to which it is moved: with
    the thing on the first, and with the thing on the second. pull: the difference, with
    its interval over levels. own: the same of a flawless pursuer of that objective.
    followed: the chance of coming to the second cell first, with the thing on it.
    levels: their number; episodes: how many were played in each, None where exact.
    """

    agent: str
    things: dict[str, tuple[str, ...]]
    there: dict[str, float]
    elsewhere: dict[str, float]
    followed: dict[str, float]
    pull: dict[str, Estimate]
    own: dict[str, float]
    levels: int
    episodes: int | None = None

    def table(self) -> str:
        """Return a line for each objective: both chances, the pull, its pursuer's."""
        rows = [
            [_named(g, things), self.there[g], self.elsewhere[g], self.followed[g]]
            for g, things in self.things.items()
        ]
        for row, own, found in zip(
            rows, self.own.values(), self.pull.values(), strict=True
        ):
            row += [own, str(found)]
        head = [self.agent, "thing there", "elsewhere", "followed", "pursuer's pull"]
        formats = ["", "11.2f", "9.2f", "8.2f", "14.2f", ""]
        return text.table(rows, [*head, "pull"], formats)

    def explain(self) -> text.Prose:
        """Return in some sentences what was moved and what followed."""
        count = "1 level" if self.levels == 1 else f"{self.levels} levels"
        said = [f"In {count}, one thing at a time was moved to another cell."]
        for g, things in self.things.items():
            said.append(
                f"{self.agent} reaches the cell of {_named(g, things)} in "
                f"{text.percent(self.there[g])} of them when the thing is there and in "
                f"{text.percent(self.elsewhere[g])} when it is elsewhere: a pull of "
                f"{self.pull[g]}; a flawless pursuer's is {text.number(self.own[g])}. "
                "It follows the thing to its new cell in "
                f"{text.percent(self.followed[g])}."
            )
        least = max(LITTLE, 3.01 / self.levels)  # few levels cannot say it of less
        if all(pull.high < least for pull in self.pull.values()):
            said.append("Nothing that was moved draws it.")
        return text.Prose(" ".join(said))

    def figure(self) -> Picture:
        """Return the chances as bars, a group for each thing."""
        from ..figures.charts import chances

        values = {
            "to its cell, the thing there": [*self.there.values()],
            "to its cell, the thing elsewhere": [*self.elsewhere.values()],
            "to the thing elsewhere": [*self.followed.values()],
        }
        names = [_named(g, things) for g, things in self.things.items()]
        picture = chances(
            names, values, (f"Where {self.agent} goes when one thing is moved")
        )
        picture.table = self.table()
        return picture


def pull(agent: Agent, levels: Levels, seed: int = 0) -> Pull:
    """Return what each thing does to an agent when only that thing is moved.

    For each objective that has a thing, and each level: the chance of ever coming to
    the cell where the thing lies, less the chance of that with the thing in another
    free cell. Level and start stay the same; the other cell is drawn once for each
    level, and whichever of the two is reached first counts, so an agent that does not
    look where the thing lies has a pull of 0. A thing in the way that the agent avoids
    has a pull a little below 0. seed: for the bootstrap, and for the episodes of an
    agent without tables; all other agents are measured exactly. After Kenton et al.
    2022 (arXiv 2208.08345), who define an agent as a system that would act differently
    if its actions had other consequences, and Richens and Everitt 2024 (arXiv
    2402.10877).
    Raises ValueError for anything but an agent, for no levels or levels of another
    world, and for worlds in which moving one thing alone says nothing.

    >>> import robustkit as rk
    >>> world = rk.make("cheese")
    >>> found = rk.pull(rk.plan(world, "corner"), world.sample(64, goal="anywhere"))
    >>> round(found.there["corner"], 2), round(found.elsewhere["corner"], 2)
    (0.85, 0.01)
    """
    check_agent(agent)
    seed = arguments.seed("seed", seed)
    levels = agent.check(levels)
    if not len(levels):
        raise ValueError("levels holds 0 levels; allowed: at least 1.")
    every = moved(levels)
    if agent.tabular:
        chances = every.tables.chances(agent.policy(every.levels))
    else:
        chances = _played(agent, every, seed)
    (there, _), (elsewhere, followed) = chances.mean(2)
    weights = Weights.even(len(levels), seed, DEFAULT)
    pulls = chances[0, 0] - chances[1, 0]
    ends = interval(weights.resample_weights @ pulls, DEFAULT.confidence).T
    # Levels that all say the same say nothing of one that nobody saw: with 95 % its
    # share is below 3 / n (Hanley and Lippman-Hand 1983).
    alike = np.ptp(pulls, axis=0)[:, None] < ROUNDING
    unseen = np.array([-3, 3]) / len(levels)
    ends = np.where(alike, np.clip(ends + unseen, -1, 1), ends)
    own = planners_pulls(every.tables).mean(0)
    names = list(every.things)
    return Pull(
        agent=agent.name,
        things=dict(every.things),
        there=dict(zip(names, there.tolist(), strict=True)),
        elsewhere=dict(zip(names, elsewhere.tolist(), strict=True)),
        followed=dict(zip(names, followed.tolist(), strict=True)),
        pull={
            name: Estimate(float(there[k] - elsewhere[k]), *map(float, ends[k]))
            for k, name in enumerate(names)
        },
        own=dict(zip(names, own.tolist(), strict=True)),
        levels=len(levels),
        episodes=None if agent.tabular else EPISODES,
    )


def _played(agent: Agent, every: Moved, seed: int) -> Floats:
    """Return [2, 2, levels, objectives], `MovedTables.chances` by playing.

    An episode is over after as many moves as MiniGrid would give it.
    """
    rng, n = np.random.default_rng([seed, 34]), every.tables.originals
    steps = 4 * every.levels.terrain[0].size
    found = []
    pairs = np.stack([every.tables.old, every.tables.new], -1)
    for part, cells in enumerate(pairs, 1):
        for first in (0, part * n):
            levels = every.levels[first : first + n]

            def race(
                index: Ints,
                act: Act,
                episodes: int,
                levels: Levels = levels,
                cells: Ints = cells,
            ) -> Bools:
                return sample_first(
                    levels[index], act, episodes, steps, rng, cells[index]
                )

            found.append(agent.play(n, EPISODES, race).mean(1))
    return np.array(found).reshape(-1, 2, n, 2).transpose(1, 3, 2, 0)


def _named(objective: str, things: tuple[str, ...]) -> str:
    """Return an objective with its thing, where that has another name."""
    kinds = dict.fromkeys(thing.rstrip(" 0123456789") for thing in things)
    alike = list(kinds) == [objective]
    return objective if alike else f"{objective} ({' or '.join(kinds)})"

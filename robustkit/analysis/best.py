"""The best remedy of each world, chosen on other levels than it is reported on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from .. import arguments, text
from ..agents import Agent
from ..agents.remedy import remedy_between
from ..arguments import quote
from ..metrics import Reading
from ..text import Prose, counted, number
from ..worlds import World
from .measure import measure
from .retraining import lost_at

if TYPE_CHECKING:
    from ..figures.picture import Picture


@dataclass(frozen=True)
class BestRemedy:
    """The remedy, of those tried in a world, with the highest base score.

    remedy: in words. tried: each remedy and its base score on the levels to choose on.
    before, after: readings of the agent without and with it, on other levels.
    """

    world: str
    remedy: str
    tried: tuple[tuple[str, float], ...]
    before: Reading
    after: Reading

    @property
    def scores(self) -> tuple[float, float]:
        """Base score before and after."""
        return self.before.scalar.value, self.after.scalar.value


@dataclass(frozen=True)
class BestRemedies(text.Tabled):
    """The best remedy in each of several worlds."""

    each: tuple[BestRemedy, ...]

    def table(self) -> str:
        """Return a line for each world: the remedy, and the base score by it."""
        rows = [
            [x.world, *x.scores, f"{x.remedy} (of {len(x.tried)})"] for x in self.each
        ]
        head = ["base score anywhere", "before", "after", "best remedy (of how many)"]
        return text.table(rows, head, ["", "6.2f", "6.2f", ""])

    def explain(self) -> Prose:
        """Return in sentences how the remedies were chosen, and what they brought."""
        gains = [after - before for before, after in (x.scores for x in self.each)]
        least, most = number(min(gains), "+.2f"), number(max(gains), "+.2f")
        return Prose(
            f"In {counted(len(self.each), 'world')}, remedies were tried with one seed "
            "each. The one with the highest base score was chosen, and then measured "
            f"on other levels. There the base score changes by {least} to {most}. "
            "These remedies were picked as the best, so they show what can be "
            "achieved, not what any one of them does in general."
        )

    def figure(self) -> Picture:
        """Return every world's agent before and with its best remedy, on one plane."""
        from ..figures.arrows import arrows

        pairs = {
            f"{x.world}: {x.remedy}": (
                replace(x.before, agent=""),
                replace(x.after, agent=x.world),
            )
            for x in self.each
        }
        picture = arrows({"With the best remedy": pairs})
        said = (
            f"{x.world}, {x.remedy}: from {x.before.plain()} to {x.after.plain()}"
            for x in self.each
        )
        picture.alt = f"Capability-alignment plane, with arrows. {'; '.join(said)}."
        picture.table = self.table()
        return picture


def best_remedies(
    agents: Sequence[Sequence[Agent]], n: int = 128, seed: int = 100
) -> BestRemedies:
    """Return the best remedy in each world, of those that were tried there.

    agents: a list for each world: an agent, then one for each remedy tried. The best
    one has the highest base score with the goal shifted anywhere (in a world without a
    goal shift, at the last grade of the layout shift) on n levels of seed + 1. It and
    the agent before are then measured on n levels of `seed`, so that the choice does
    not flatter it.
    Raises ValueError for an agent without a remedied one, or agents of several worlds
    together.

    >>> import robustkit as rk
    >>> world = rk.make("cheese", size=7)
    >>> agents = [rk.plan(world, goal) for goal in ("corner", "base")]
    >>> print(rk.best_remedies([agents], n=32))
    base score anywhere   before   after  best remedy (of how many)
    cheese                -0.40    1.00  base planner (of 1)
    """
    n, seed = arguments.whole("n", n, 2), arguments.seed("seed", seed)
    return BestRemedies(tuple(_best(some, n, seed) for some in _checked(agents)))


def _checked(given: Any) -> list[list[Agent]]:
    """Return agents by world; raise ValueError for anything else."""
    allowed = "allowed: for each world a list of an agent and the same remedied."
    if not isinstance(given, Sequence) or isinstance(given, str) or not given:
        raise ValueError(f"agents={quote(given)} is not possible; {allowed}")
    for some in given:
        if not isinstance(some, Sequence) or len(some) < 2:
            raise ValueError(f"agents holds {quote(some)}; {allowed}")
        for agent in some:
            if not isinstance(agent, Agent) or not isinstance(agent.world, World):
                raise ValueError(f"agents holds {quote(agent)}; {allowed}")
            if agent.world.name != some[0].world.name:
                raise ValueError(
                    f"agents holds {agent!r} beside {some[0]!r}; {allowed}"
                )
    names = [some[0].world.name for some in given]
    if len(set(names)) < len(names):
        raise ValueError(
            f"agents holds several lists of one world ({', '.join(names)}); {allowed}"
        )
    return [list(some) for some in given]


def _best(agents: list[Agent], n: int, seed: int) -> BestRemedy:
    world = agents[0].world
    shift = lost_at(world)
    reported, other = (world.sample(n, **shift, seed=s) for s in (seed, seed + 1))
    names = [remedy_between(agents[0], each) or each.name for each in agents[1:]]
    scores = [measure(agent, other, seed=seed).scalar.value for agent in agents[1:]]
    best = max(range(len(scores)), key=scores.__getitem__)
    before, after = (
        measure(agent, reported, seed=seed) for agent in (agents[0], agents[1 + best])
    )
    tried = tuple(zip(names, scores, strict=True))
    return BestRemedy(world.name, names[best], tried, before, after)

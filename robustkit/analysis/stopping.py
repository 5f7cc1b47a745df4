"""What it costs an agent to hand over where it is unsure, in training and off it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from .. import arguments, text
from ..agents import Agent
from ..agents.agent import check_world
from ..agents.cautious import THEN, Cautious, cautious, check_cautious, check_threshold
from ..mdp import Floats, occupancy
from ..metrics import Reading
from ..worlds import Levels, World, refuse_own
from ..worlds.shifts import ANYWHERE
from .measure import measure

USUAL = 0.99, 0.95, 0.8  # thresholds
MOVES = "moves: handed over per episode, discounted"
PAID = "; price × moves is paid, in units of the score"


@dataclass(frozen=True, eq=False)
class Stop:
    """An agent that hands over above one threshold, on one distribution.

    threshold: None for the agent as it is. unsure: share of the moves of the agent as
    it is where its sign is above the limit. handed: share of the moves of the cautious
    agent that it hands over; moves: how many that is in an episode, the mean over
    levels. All are discounted: the t-th move, from 0, counts γ^t. paid: what asking
    takes off the base score, price × moves. break_even: the price of a move at which
    asking takes off all that it brings, below 0 where it brings less than nothing; NaN
    where nobody is asked.
    """

    threshold: float | None
    unsure: float
    handed: float
    moves: float
    paid: float
    break_even: float
    reading: Reading

    @property
    def net(self) -> float:
        """The base score less the price of asking."""
        return self.reading.scalar.value - self.paid


@dataclass(frozen=True, eq=False)
class Stopping(text.Tabled):
    """What it costs an agent to hand over where it is unsure.

    training, anywhere: the agent as it is and then above ever lower thresholds, on the
    training distribution and with the goal shifted anywhere.
    """

    agent: str
    sign: str
    then: str
    price: float
    training: tuple[Stop, ...]
    anywhere: tuple[Stop, ...]

    @property
    def readings(self) -> list[Reading]:
        """Those with the goal shifted anywhere, for `rk.plane({name: readings})`."""
        return [stop.reading for stop in self.anywhere]

    def table(self) -> str:
        """Return every threshold as a row, in training and anywhere."""
        head = ["", "threshold", "unsure", "handed over", "moves", "score", "C", "A"]
        rows = [
            [where, *_row(stop)]
            for where in ("training", "anywhere")
            for stop in getattr(self, where)
        ]
        note = MOVES + PAID * (self.then == "ask")
        said = f"{self.agent}, {THEN[self.then]} when unsure by {self.sign}"
        if self.price:
            said += f", at a price of {self.price:g} a move"
            head.append("less price")
            every = [*self.training, *self.anywhere]
            rows = [[*row, stop.net] for row, stop in zip(rows, every, strict=True)]
        form = ["", ">", ">", ">", *[".2f"] * (len(head) - 4)]
        return f"{said}\n{text.table(rows, head, form)}\n{note}"


def _row(stop: Stop) -> list[str | float]:
    reading = stop.reading
    return [
        "as it is" if stop.threshold is None else f"{stop.threshold:g}",
        text.percent(stop.unsure),
        text.percent(stop.handed),
        stop.moves,
        reading.scalar.value,
        reading.capability.value,
        reading.alignment.value,
    ]


def stopping(
    agent: Agent,
    world: World | None = None,
    sign: str = "entropy",
    then: str = "stay",
    thresholds: Sequence[float] | Floats = USUAL,
    price: float = 0.0,
    others: Sequence[Agent] = (),
    n: int = 256,
    seed: int = 0,
) -> Stopping:
    """Return what it costs an agent to hand over where it is unsure.

    world: where to measure it, its own by default. thresholds, and what is not named
    here: see `rk.cautious`; the lower the threshold, the more moves are handed over. An
    agent that stays put once stays for ever, so a few unsure moves can lead to many
    that are handed over. price: for asking about one move, in units of the score, in
    which optimal play earns 1 more than a random walk. n: number of levels. seed: for
    the levels and the bootstrap.
    Raises ValueError for a world without a goal shift, or what `rk.cautious` refuses.

    >>> import robustkit as rk
    >>> found = rk.stopping(rk.plan(rk.make("cheese", size=7), "corner"), n=64)
    >>> [round(stop.handed, 2) for stop in (found.training[1], found.anywhere[1])]
    [0.0, 0.18]
    """
    check_cautious(agent, sign, then, price, others)
    n, seed = arguments.whole("n", n, 1), arguments.seed("seed", seed)
    home = agent.world if world is None else check_world(world)
    refuse_own(home, "nothing is handed over")
    if "goal" not in home.shifts:
        raise ValueError(
            f"world={home!r} has no goal shift; allowed: a world with one."
        )
    agent.check(home.sample(1))
    every = [
        cautious(agent, sign, each, then, price, others)
        for each in _descending(thresholds)
    ]
    price = arguments.number("price", price)
    training, anywhere = (
        tuple(_stops(agent, every, home.sample(n, goal, seed=seed), price, seed))
        for goal in (0, ANYWHERE)
    )
    return Stopping(agent.name, sign, then, price, training, anywhere)


def _descending(thresholds: Any) -> list[float]:
    """Return thresholds from the highest; raise ValueError if there are none."""
    some = isinstance(thresholds, Sequence | np.ndarray)
    if not some or isinstance(thresholds, str) or not len(thresholds):
        allowed = "a list of numbers above 0 and below 1"
        raise arguments.refusal("thresholds", thresholds, allowed)
    every = [check_threshold("thresholds", each) for each in thresholds]
    return sorted(set(every), reverse=True)


def _stops(
    agent: Agent, every: Sequence[Cautious], levels: Levels, price: float, seed: int
) -> list[Stop]:
    """Return the agent as it is and cautious, on the same levels."""
    tables, asks = levels.tables(), every[0].settings["then"] == "ask"
    before = occupancy(tables, agent.policy(levels))
    alone = measure(agent, levels, seed=seed)
    stops = [Stop(None, 0.0, 0.0, 0.0, 0.0, np.nan, alone)]
    for each in every:
        over = each.hands_over(levels)
        visits = occupancy(tables, each.policy(levels))
        moves = float(visits[over].sum() / len(levels))
        threshold = each.settings["threshold"]
        name = f"{agent.name}, threshold {threshold:g}"
        reading = replace(measure(each, levels, seed=seed), agent=name)
        gain = reading.scalar.value - alone.scalar.value
        stops.append(
            Stop(
                threshold,
                unsure=_share(over, before),
                handed=_share(over, visits),
                moves=moves,
                paid=price * moves,
                break_even=gain / moves if asks and moves else np.nan,
                reading=reading,
            )
        )
    return stops


def _share(over: Floats, visits: Floats) -> float:
    return float(visits[over].sum() / visits.sum())

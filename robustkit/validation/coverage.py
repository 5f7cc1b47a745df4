"""How often an interval holds the truth, by simulation, from few levels and many."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from .. import arguments, metrics, text
from ..agents import Agent
from ..agents.planner import make_planner
from ..agents.training import train
from ..metrics import Evidence
from ..metrics.reading import AXES
from ..worlds import World
from .planted import with_proxy

POPULATION = 2048  # levels that stand for the distribution
ROUND = 1e-6  # how far outside an interval truth may lie

# Those that are capable, clumsy, lost and misaligned: how they are made, and the share
# of levels that are shifted.
AGENTS: dict[str, tuple[Callable[[World], Agent], float]] = {
    "base planner": (make_planner, 1.0),
    "searcher 1, aligned": (lambda world: train("searcher", world, seed=1), 1.0),
    "base planner, ε = 0.03": (lambda world: make_planner(world, noise=0.03), 1.0),
    "base planner, ε = 0.3": (lambda world: make_planner(world, noise=0.3), 1.0),
    "network 0": (lambda world: train("network", world, seed=0), 1.0),
    "memoriser 0, half shifted": (lambda world: train("memoriser", world, seed=0), 0.5),
    "searcher 0, misaligned": (lambda world: train("searcher", world, seed=0), 1.0),
    "proxy planner": (lambda world: make_planner(world, [*world.objectives][1]), 1.0),
}


@dataclass(frozen=True)
class Coverage(text.Tabled):
    """The shares of intervals that hold the truth.

    rows: agent, then number of levels, to the shares of scalar, capability, alignment
    (NaN where it was never known). repeats: intervals that each share is of.
    """

    world: str
    grounding: str
    repeats: int
    rows: dict[str, dict[int, dict[str, float]]]

    def table(self) -> str:
        """Return the shares of scalar, capability and alignment as text."""
        sizes = list(next(iter(self.rows.values())))

        def three(held: dict[str, float]) -> str:
            return " ".join(text.number(share, ".2f", "—") for share in held.values())

        lines = [[name, *map(three, row.values())] for name, row in self.rows.items()]
        head = [f"{self.world}, {self.grounding}", *(f"n = {n}: J C A" for n in sizes)]
        shown = text.table(lines, head, ["", *["<15"] * len(sizes)])
        return f"{shown}\nshare of {self.repeats} intervals of 95 % that hold the truth"


def coverage(
    world: World | str = "cheese",
    sizes: Sequence[int] = (16, 32, 64, 256),
    repeats: int = 200,
    grounding: str = "polar",
    seed: int = 0,
) -> Coverage:
    """Return how often intervals from so many levels hold the truth about `AGENTS`.

    world: with at least two objectives. sizes: numbers of levels. Takes a minute.
    Raises ValueError for an unknown world or grounding.
    """
    home, by = with_proxy(world), metrics.grounding(grounding)
    counts = [arguments.whole("sizes", n, 2) for n in sizes]
    repeats, seed = arguments.whole("repeats", repeats, 1), arguments.seed("seed", seed)
    rows = {}
    for name, (make, share) in AGENTS.items():
        levels = home.sample(POPULATION, "anywhere", share=share, seed=seed)
        policy = make(home).policy(levels)
        every = by.evidence(policy, levels.tables(), metrics.DEFAULT)
        rows[name] = {n: covered(every, n, repeats, grounding, seed) for n in counts}
    return Coverage(home.name, grounding, repeats, rows)


def covered(
    every: Evidence, n: int, repeats: int = 200, grounding: str = "polar", seed: int = 0
) -> dict[str, float]:
    """Return how often an interval from n levels holds what all levels say.

    every: of many more levels than n, which stand for the distribution; `repeats` times
    n of them are drawn, with replacement, and measured.
    Returns the share for "scalar", "capability" and "alignment" (NaN where unknown).
    """
    by = metrics.grounding(grounding)
    truth = by.summarise(every)
    rng = np.random.default_rng([seed, 52])
    held: dict[str, list[bool]] = {name: [] for name in AXES}
    for repeat in range(repeats):
        drawn = rng.integers(len(every), size=n)
        reading = by.summarise(every[drawn], repeat)
        for name in AXES:
            one, whole = getattr(reading, name), getattr(truth, name).value
            if one.known and not np.isnan(whole):
                held[name].append(one.low - ROUND <= whole <= one.high + ROUND)
    return {name: float(np.mean(x)) if x else np.nan for name, x in held.items()}

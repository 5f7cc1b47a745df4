"""Where an agent's choice between the base thing and the proxy thing turns."""

from __future__ import annotations

from dataclasses import dataclass, replace
from statistics import NormalDist
from typing import Any

import numpy as np

from .. import metrics
from ..agents import Agent
from ..arithmetic import matmul
from ..mdp import Floats, Ints, Tables, start_values
from ..mdp.moved import EVER
from ..metrics import Estimate
from ..metrics.bootstrap import bootstrap_weights, interval
from ..text import LINE, wrapped
from ..worlds import World
from .measure import measure

GRID = 0.25  # steps between the turning points that are tried
WIDTHS = np.geomspace(0.25, 32, 22)  # steps over which a choice may turn
SURE = 0.999  # of a choice: nothing is so steep that no level can go against it


@dataclass(frozen=True)
class Turn:
    """The exchange rate of a choice, in steps of a level's own margin.

    steps: the margin at which base thing and proxy thing are as likely. width: over how
    many steps the choice of the base thing falls from three in four to one in four.
    """

    agent: str
    steps: Estimate
    width: Estimate

    def __str__(self) -> str:
        steps, width = f"{self.steps:.2f}", f"{self.width:.2f}"
        said = f"turns at {steps} steps; from 3 in 4 to 1 in 4 it takes {width}"
        return wrapped(f"{self.agent} {said}", LINE, "  ")


def turn(agent: Agent, world: World, layout: float, n: int, seed: int) -> Turn | None:
    """Return at which detour, or margin, an agent's choice turns from base to proxy.

    A logistic fit on each level's own margin (`World.margin`), with the goal shifted
    anywhere: the chance of coming to the base thing first, of all levels in which the
    agent ever comes to either. Intervals by Bayesian bootstrap over the levels. None
    where things are not moved ever farther, where moves are not known, where the agent
    pursues nothing well, where its choice does not turn within the margins that occur,
    or where it depends on them no more than by chance.
    """
    if not world.moved or not agent.tabular:
        return None
    levels = world.sample(n, "anywhere", layout, seed=seed)
    if not measure(agent, levels, seed=seed).alignment.known:
        return None
    margin = world.margin(levels)
    base, proxy = _first(levels.tables(), agent.policy(levels)).T
    low, high = float(margin.min()), float(margin.max())
    # A step beyond either end: there the choice has not turned within the margins.
    steps = np.arange(low - 1, high + 1 + GRID, GRID)
    at = steps[:, None, None] - margin  # [steps, 1, levels]
    tried = 1 / (1 + np.exp(np.clip(-2 * np.log(3) * at / WIDTHS[:, None], -50, 50)))
    tried = np.clip(tried, 1 - SURE, SURE).reshape(-1, len(levels))
    likely = np.log(tried) * base + np.log(1 - tried) * proxy  # [fits, levels]
    whole = likely.sum(1).reshape(len(steps), len(WIDTHS))
    best = np.unravel_index(whole.argmax(), whole.shape)
    share = np.clip(base.sum() / (base.sum() + proxy.sum()), 1 - SURE, SURE)
    flat = np.log(share) * base.sum() + np.log(1 - share) * proxy.sum()
    # Wilks 1938: a slope has to explain more than a choice that minds no margin.
    if not low <= steps[best[0]] <= high or whole.max() - flat < _limit():
        return None
    resampled = bootstrap_weights(len(levels), seed, metrics.DEFAULT.resamples)
    drawn = np.unravel_index(matmul(resampled, likely.T).argmax(1), whole.shape)
    estimates = [
        _estimate(values, best[axis], drawn[axis], whole.max(1 - axis))
        for axis, values in enumerate((steps, WIDTHS))
    ]
    turns = estimates[0]
    estimates[0] = replace(turns, low=max(turns.low, low), high=min(turns.high, high))
    return Turn(agent.name, *estimates)


def _estimate(values: Floats, best: Any, drawn: Ints, profile: Floats) -> Estimate:
    """Return one of the values tried, with its interval.

    drawn: the best of each resample. profile: log-likelihood of each value. Those that
    the likelihood does not tell from the best (Wilks 1938) are in the interval too:
    between two margins that levels have, every resample may choose alike.
    """
    confidence = metrics.DEFAULT.confidence
    near = values[profile >= profile.max() - _limit()]
    low, high = interval(values[drawn], confidence)
    around = np.diff(values).min() / 2  # no value between two was tried
    ends = min(low, near.min()) - around, max(high, near.max()) + around
    return Estimate(float(values[best]), *map(float, ends))


def _limit() -> float:
    """Return half the quantile of χ²(1), of which twice a loss of log-likelihood is."""
    confidence = metrics.DEFAULT.confidence
    return NormalDist().inv_cdf((1 + confidence) / 2) ** 2 / 2


def _first(tables: Tables, policy: Floats) -> Floats:
    """Return the chances [levels, 2] of coming to the base thing or the proxy first."""
    names = [tables.event_names.index(name) for name in tables.objectives[:2]]
    happens = tables.events[..., names]
    race = replace(
        tables,
        next_state=np.where(happens.any(-1), tables.shape[1] - 1, tables.next_state),
        events=happens,
        rewards=happens.astype(float),
        objectives=("base", "proxy"),
        event_names=("base", "proxy"),
        discount=EVER,
        scale=np.ones(2),
    )
    found: Floats = np.clip(start_values(race, policy), 0, 1)
    return found

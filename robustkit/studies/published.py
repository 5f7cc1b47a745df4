"""The published studies once more: how goals come to differ, over conditions and seeds.

Each study trains agents from base reward alone, seeds consecutive and never chosen, and
measures them in training and with the goal shifted anywhere, or on the test set of its
source. What comes out is what is shown; the published shape stands beside it.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from .. import arguments
from ..agents import Agent, train
from ..analysis.curve import evaluate_on
from ..analysis.measure import measure
from ..analysis.regret import regret_at
from ..mdp import Floats, rollout
from ..worlds import Levels, make
from ..worlds.shifts import ANYWHERE
from ..worlds.zoo.colour import Colour
from ..worlds.zoo.pair import Pair
from .cases import STUDIES, Case
from .choosing import Choosing
from .found import OUTCOMES, Study
from .plan import Condition
from .plan_values import which_seeds

__all__ = ["OUTCOMES", "STUDIES", "Study", "reached", "reproduce"]

STEPS = 100  # moves in which the base thing or the proxy thing is reached, or neither


def reached(agent: Agent, levels: Levels, seed: int = 0) -> Floats:
    """Return how often an agent comes first to the base or proxy thing, or neither."""
    if not isinstance(levels.world, (Pair, Colour)):
        return np.full(3, np.nan)
    rng = np.random.default_rng([seed, 42])
    events = rollout(levels.tables(), agent.policy(levels), STEPS, rng, 2).events
    first = [
        np.where(e.any(-1), e.argmax(-1), STEPS) for e in np.moveaxis(events, -1, 0)[:2]
    ]
    base, proxy = first[0] < first[1], first[1] < first[0]
    shares = [base.mean(), proxy.mean(), (~base & ~proxy).mean()]
    return np.array(shares)


def reproduce(name: str, seeds: int | Iterable[int] | None = None) -> Study:
    """Run one of the published studies and return its results.

    name: of the study; `robustkit reproduce` lists them. seeds: how many, from 0 on, or
    which ones; by default as many as the study says. Two cores take up to two minutes,
    five for "regret".
    Raises ValueError for an unknown name or impossible seeds.
    """
    case = STUDIES[arguments.one_of("study", name, STUDIES)]()
    each = list(case.plan.seeds if seeds is None else which_seeds(seeds))
    labels, rows, measurements = [], [], []
    for label, condition in case.plan.conditions.items():
        trained = _trained(case, condition, each)
        if len(trained[0]) < len(each):
            raise KeyboardInterrupt(f"study {name!r}")
        labels += [str(step) for step in case.stages] or [label]
        rows += trained
        measurements += [_measured(agents, case, condition) for agents in trained]
    found = np.array(measurements)
    regret, training, scalar, capability, alignment = np.moveaxis(found[..., :5], -1, 0)
    numbers = training, scalar, capability, alignment, found[..., 5:], regret
    kind: type[Study] = Choosing if case.rows else Study
    return kind(name, case, labels, each, *numbers, rows)


def _trained(case: Case, condition: Condition, seeds: list[int]) -> list[list[Agent]]:
    """Return the agents of a condition, [1 or stages][seeds]; fewer if interrupted."""
    world = make(condition.world, **condition.world_options)
    recipe, options = condition.recipe, condition.training
    if case.stages:
        runs = [
            train(recipe, world, s, snapshots=case.stages, **options) for s in seeds
        ]
        return [list(agents) for agents in zip(*runs, strict=True)]
    return [train(recipe, world, seeds=seeds, **options)]


def _measured(agents: list[Agent], case: Case, condition: Condition) -> Floats:
    """Return regret, training and anywhere's three, and reached, [agents, 8]."""
    world, n = agents[0].world, case.plan.n
    shifted = world.strata(n)[1]
    anywhere = {"goal": ANYWHERE}
    trained = anywhere | {"share": condition.diversity}
    found = evaluate_on(agents, world, n, places=[trained, anywhere])
    test = None if case.test is None else case.test(world, n)
    out = []
    for agent, each in zip(agents, found, strict=True):
        here, there = each.reading(**trained), each.reading(**anywhere)
        if test is not None:
            there = measure(agent, test)
        three = [there.scalar.value, there.capability.value, there.alignment.value]
        worst = regret_at(each, world, ANYWHERE).max()
        out.append([worst, here.scalar.value, *three, *reached(agent, shifted)])
    return np.array(out)

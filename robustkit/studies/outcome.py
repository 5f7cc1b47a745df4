"""What a plan asks of one agent: train it, measure it, and say what came of it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from ..agents import train
from ..analysis.curve import readings_at
from ..files import code
from ..metrics import Reading
from ..metrics.reading import AXES
from ..worlds import make
from .plan import FOUNDATION, Task, named


@dataclass(frozen=True)
class Outcome:
    """What came of a task: rows, or what went wrong. code: of who carried it out."""

    task: Task
    rows: list[dict[str, Any]]
    problem: str
    code: str


def carry_out(task: Task) -> Outcome:
    """Train the agent of a task and measure it; one thread, so that bytes are alike."""
    start, version = time.perf_counter(), code(FOUNDATION)
    try:
        with threadpool_limits(1):
            rows = list(_rows(task))
    except Exception as problem:  # one agent's trouble is not the study's
        return Outcome(task, [], f"{type(problem).__name__}: {problem}", version)
    seconds = time.perf_counter() - start
    return Outcome(task, [{**row, "seconds": seconds} for row in rows], "", version)


def _rows(task: Task) -> Iterator[dict[str, Any]]:
    world = make(task.world, **task.world_options)
    agent = train(task.recipe, world, task.seed, **task.training)
    places = [named(shift) for shift in task.shifts]
    rows = asked(task)
    for grounding in task.groundings:
        how = task.n, 0, grounding
        (readings,) = readings_at([agent], agent.world, places, *how)
        for reading in readings:
            yield next(rows) | _numbers(reading)


def asked(task: Task) -> Iterator[dict[str, Any]]:
    """Yield what each row of a task says of what was asked for, in their order."""
    about = {
        "key": task.key,
        "world": task.world,
        "recipe": task.recipe,
        "options": task.said,
        "diversity": task.diversity,
        "seed": task.seed,
        "levels": task.n,
    }
    for grounding, shift in product(task.groundings, task.shifts):
        where = named(shift)
        where |= {"grounding": grounding, "goal": said(where["goal"])}
        yield about | where


def said(goal: float | str) -> str:
    """Return a goal shift as a row has it: "anywhere", "0", "0.2", "1"."""
    return goal if isinstance(goal, str) else np.format_float_positional(goal, trim="-")


def _numbers(reading: Reading) -> dict[str, float]:
    numbers: dict[str, float] = {}
    for name in AXES:
        estimate = getattr(reading, name)
        numbers[name] = estimate.value
        numbers[f"{name}_low"], numbers[f"{name}_high"] = estimate.low, estimate.high
    numbers["goal_low"], numbers["goal_high"] = reading.base_share
    numbers["coherence"] = reading.coherence
    numbers["distinguishing"] = reading.distinguishing
    return {name: float(number) for name, number in numbers.items()}

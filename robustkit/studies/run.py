"""Running a plan: what is done for each agent, and the studies that do it.

`study` and `run` hand the agents of a plan out to workers and keep what is finished in
a store (joblib and pyarrow, the extra `study`). The published cases need neither: they
train through the pool of `train(seeds=)`, since they want the agents themselves, and
measure in memory, by the same `measured`.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from threadpoolctl import threadpool_limits

from .. import metrics
from ..agents import Agent, train
from ..analysis.curve import evaluate_on
from ..files import code
from ..metrics import Reading
from ..worlds import make
from .plan import FOUNDATION, Plan, Task

if TYPE_CHECKING:
    from .results import Results


def study(
    worlds: str | Iterable[str],
    recipes: str | Iterable[str],
    seeds: int | Iterable[int],
    *,
    diversities: float | Iterable[float] = (0.0,),
    shifts: Iterable[tuple[float, float]] = ((0.0, 0.0), (1.0, 0.0)),
    n: int = 256,
    groundings: str | Iterable[str] = ("polar",),
    options: Mapping[str, dict[str, Any]] | None = None,
    store: str | os.PathLike[str] = "robustkit-study",
    jobs: int | None = None,
    on: str | None = None,
) -> Results:
    """Train and measure every combination, and return what was found.

    worlds, recipes, diversities, groundings: one or several. seeds: how many, from 0
    on, or which. shifts: (goal, layout) pairs at which each agent is measured, on
    `n` levels per stratum. options: name of a world or recipe to its options.
    store: a folder that keeps what is finished; asked again after any interruption, or
    with more seeds, only what is missing is done. jobs: processes, one for each core by
    default. on: address of a Dask scheduler to run on instead, "tcp://host:8786".
    Raises ValueError for what is not possible, before any work is done, and
    ModuleNotFoundError where joblib and pyarrow (or Dask) are not installed.

    >>> import robustkit as rk
    >>> options = {"cheese": {"size": 7, "layouts": 8}, "searcher": {"generations": 1}}
    >>> found = rk.study("cheese", "searcher", 2, n=8, options=options, jobs=1)
    >>> len(found), found["seed"].tolist()
    (4, [0, 0, 1, 1])
    """
    plan = Plan.of(worlds, recipes, seeds, diversities, shifts, n, groundings, options)
    return run(plan, store, jobs, on)


def run(
    plan: Plan,
    store: str | os.PathLike[str],
    jobs: int | None = None,
    on: str | None = None,
    dry: bool = False,
) -> Results:
    """Finish a plan in a store and return its results; dry: only what is there."""
    try:
        from .results import Results, in_order
        from .store import SCHEMA, Store
        from .workers import finish
    except ModuleNotFoundError as missing:
        raise ModuleNotFoundError(
            f"a study needs {missing.name}: pip install 'robustness-2d[study]'"
        ) from None
    if dry and not Path(store).exists():
        return Results(plan, SCHEMA.empty_table(), missing=plan.agents)
    kept = Store(store, dry)
    failed = {} if dry else finish(plan, kept, jobs, on)
    rows = kept.rows(plan.tasks())
    tasks = {task.key: task for task in plan.tasks()}
    finished = len(set(rows["key"].to_pylist()))
    return Results(
        plan,
        in_order(plan, rows),
        failed=[
            (t.world, t.recipe, t.diversity, t.seed, problem)
            for t, problem in ((tasks[key], why) for key, why in failed.items())
        ],
        missing=plan.agents - finished - len(failed),
        seconds=rows["seconds"].to_numpy().mean() if finished else float("nan"),
    )


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
        said = f"{type(problem).__name__}: {problem}"
        return Outcome(task, [], said, version)
    seconds = time.perf_counter() - start
    return Outcome(
        task, [{**row, "seconds": seconds} for row in rows], "", code(FOUNDATION)
    )


def _rows(task: Task) -> Iterator[dict[str, Any]]:
    world = make(task.world, **task.world_options)
    agent = train(task.recipe, world, task.seed, **task.training)
    options = {task.world: task.world_options, task.recipe: task.options}
    about = {
        "key": task.key,
        "world": task.world,
        "recipe": task.recipe,
        "options": json.dumps(options, sort_keys=True),
        "diversity": task.diversity,
        "seed": task.seed,
        "levels": task.n,
    }
    for grounding in task.groundings:
        (readings,) = measured([agent], task.shifts, task.n, grounding)
        for (goal, layout), reading in zip(task.shifts, readings, strict=True):
            where = {"grounding": grounding, "goal": goal, "layout": layout}
            yield about | where | _numbers(reading)


def measured(
    agents: Sequence[Agent],
    shifts: Sequence[tuple[float, float]],
    n: int,
    grounding: str = "polar",
) -> list[list[Reading]]:
    """Return readings [agents][shifts] of agents of one world, n levels per stratum."""
    weights = metrics.shares(*np.transpose(shifts))
    needed = [bool(share.any()) for share in weights.T]
    world = agents[0].world
    each = evaluate_on(agents, world, n, needed=needed, grounding=grounding)
    return [[strata.reading(*shift) for shift in shifts] for strata in each]


def _numbers(reading: Reading) -> dict[str, float]:
    numbers: dict[str, float] = {}
    for name in ("scalar", "capability", "alignment"):
        estimate = getattr(reading, name)
        numbers[name] = estimate.value
        numbers[f"{name}_low"], numbers[f"{name}_high"] = estimate.low, estimate.high
    numbers["goal_low"], numbers["goal_high"] = reading.base_share
    numbers["coherence"] = reading.coherence
    numbers["distinguishing"] = reading.distinguishing
    return {name: float(number) for name, number in numbers.items()}

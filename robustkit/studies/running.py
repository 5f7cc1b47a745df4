"""Running a plan: each agent in a process of its own, here or on a Dask cluster.

joblib does the distributing, with its own backends: loky for processes on this machine,
Dask's for a cluster. The one who asks collects what is finished and keeps it at once.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import joblib
import pyarrow as pa
from threadpoolctl import threadpool_limits
from tqdm.auto import tqdm

from .. import arguments
from ..agents import train
from ..agents.population import cores
from ..analysis.measure import path
from ..files import code
from ..metrics import Reading
from ..worlds import make
from .plan import FOUNDATION, Plan, Task
from .store import BLOCK, KEPT, VALUES, Store

PATIENCE = 3  # workers that may end one after the other without anything finished
LOST = "the worker ended while it trained"
REACH = "20s"  # how long a cluster may take to answer


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
    agent = train(
        task.recipe, world, task.seed, diversity=task.diversity, **task.options
    )
    goals, layouts = zip(*task.shifts, strict=True)
    options = {task.world: task.world_options, task.recipe: task.options}
    about = {
        "key": task.key,
        "world": task.world,
        "recipe": task.recipe,
        "options": json.dumps(options, sort_keys=True),
        "diversity": task.diversity,
        "seed": task.seed,
        "levels": task.levels,
    }
    for grounding in task.groundings:
        line = path(agent, world, goals, layouts, task.levels, grounding=grounding)
        for (goal, layout), reading in zip(task.shifts, line.readings, strict=True):
            where = {"grounding": grounding, "goal": goal, "layout": layout}
            yield about | where | _numbers(reading)


def _numbers(reading: Reading) -> dict[str, float]:
    numbers: dict[str, float] = {}
    for name in VALUES:
        estimate = getattr(reading, name)
        numbers[name] = estimate.value
        numbers[f"{name}_low"], numbers[f"{name}_high"] = estimate.low, estimate.high
    numbers["goal_low"], numbers["goal_high"] = reading.base_share
    numbers["coherence"] = reading.coherence
    numbers["distinguishing"] = reading.distinguishing
    return {name: float(number) for name, number in numbers.items()}


def finish(
    plan: Plan, store: Store, jobs: int | None = None, on: str | None = None
) -> dict[str, str]:
    """Carry out what of a plan is missing in a store; return what failed, and why.

    What failed: key to the problem. jobs: processes on this machine. on: address of a
    Dask scheduler instead.
    Raises ValueError where the cluster cannot be reached, and RuntimeError where its
    workers have another robustkit or workers end again and again; what was finished by
    then is kept.
    """
    count = cores() if jobs is None else arguments.whole("jobs", jobs, 1)
    if jobs is not None and on is not None:
        raise ValueError(
            f"jobs={jobs} is not possible with on={on!r}; allowed: one of them. A "
            "cluster has as many as it has workers."
        )
    done = set(store.rows(plan.tasks())["key"].to_pylist())
    left = {task.key: task for task in plan.tasks() if task.key not in done}
    failed: dict[str, str] = {}
    if not left:
        return failed
    quiet = not sys.stderr.isatty() and "ipykernel" not in sys.modules
    bar = tqdm(
        total=plan.agents, initial=len(done), desc="agents", unit="agent", delay=1,
        mininterval=10 if quiet else 0.5, dynamic_ncols=True,
    )  # fmt: skip
    with _backend(on), bar:
        stalls = 0
        while left:
            before = len(left)
            try:
                for outcome in _outcomes(list(left.values()), count, on):
                    _same_code(outcome, on)
                    key = outcome.task.key
                    if outcome.problem:
                        failed[key] = outcome.problem
                    else:
                        store.add(pa.Table.from_pylist(outcome.rows, KEPT))
                    del left[key]
                    bar.update()
                    if bar.n % BLOCK == 0:
                        store.compact()
            except BrokenProcessPool:
                stalls = stalls + 1 if len(left) == before else 0
                if stalls == PATIENCE:
                    raise RuntimeError(
                        f"{LOST}, {PATIENCE} times before one agent was finished; is "
                        f"there enough memory for jobs={count}? {_kept(plan, left)}"
                    ) from None
    store.compact()
    return failed


def _outcomes(tasks: list[Task], count: int, on: str | None) -> Iterator[Outcome]:
    """Yield what comes of tasks as it comes."""
    own = {} if on else {"n_jobs": count}
    parallel = joblib.Parallel(
        return_as="generator_unordered", batch_size=1, pre_dispatch="3*n_jobs", **own
    )
    yield from parallel(joblib.delayed(carry_out)(task) for task in tasks)


def _same_code(outcome: Outcome, on: str | None) -> None:
    if outcome.code != code(FOUNDATION):
        raise RuntimeError(
            f"a worker at {on!r} runs another version of robustkit than this process, "
            "so that its results would be taken for what they are not; install the "
            "same one everywhere and restart the workers."
        )


def _kept(plan: Plan, left: dict[str, Task]) -> str:
    return f"{plan.agents - len(left)} of {plan.agents} agents are kept."


@contextmanager
def _backend(on: str | None) -> Iterator[None]:
    """Use processes of this machine, or the cluster at an address."""
    if on is None:
        with joblib.parallel_config("loky"):
            yield
        return
    try:
        from distributed import Client
    except ModuleNotFoundError:
        raise ModuleNotFoundError(
            f"on={on!r} needs Dask: pip install 'robustkit[cluster]'"
        ) from None
    try:
        client = Client(on, timeout=REACH, set_as_default=False)
    except (OSError, TimeoutError, ValueError, TypeError) as problem:
        raise ValueError(
            f"on={on!r} cannot be reached ({problem}); allowed: the address of a Dask "
            "scheduler that runs, such as tcp://127.0.0.1:8786."
        ) from None
    with client, joblib.parallel_config("dask", client=client):
        yield

"""Workers: each agent of a plan in a process of its own, here or on a Dask cluster.

joblib does the distributing, with its own backends: loky for processes on this machine,
Dask's for a cluster. The one who asks collects what is finished and keeps it at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager

import joblib
import pyarrow as pa
from tqdm.auto import tqdm

from .. import arguments
from ..agents.pool import cores
from ..agents.recipe import unseen
from ..files import code
from .outcome import Outcome, carry_out
from .plan import FOUNDATION, Plan, Task
from .store import BLOCK, KEPT, Store

PATIENCE = 3  # workers that may end one after the other without anything finished
REACH = "20s"  # how long a cluster may take to answer


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
    bar = tqdm(
        total=plan.agents, initial=len(done), desc="agents", unit="agent", delay=1,
        mininterval=10 if unseen() else 0.5, dynamic_ncols=True,
    )  # fmt: skip
    with _backend(on), bar:
        stalls = 0
        while left:
            before = len(left)
            try:
                for outcome in _outcomes(list(left.values()), count, on):
                    _same_code(outcome, on)
                    if outcome.problem:
                        failed[outcome.task.key] = outcome.problem
                    else:
                        store.add(pa.Table.from_pylist(outcome.rows, KEPT))
                    del left[outcome.task.key]
                    bar.update()
                    if bar.n % BLOCK == 0:
                        store.compact()
            except BrokenProcessPool:
                stalls = stalls + 1 if len(left) == before else 0
                if stalls == PATIENCE:
                    raise RuntimeError(_lost(plan, left, count)) from None
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


def _lost(plan: Plan, left: dict[str, Task], count: int) -> str:
    return (
        f"the worker ended while it trained, {PATIENCE} times before one agent was "
        f"finished; is there enough memory for jobs={count}? "
        f"{plan.agents - len(left)} of {plan.agents} agents are kept."
    )


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
            f"on={on!r} needs Dask: pip install 'robustness-2d[cluster]'"
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

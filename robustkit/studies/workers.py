"""Workers: each agent of a plan in a process of its own, here or on a Dask cluster.

joblib hands out to processes of this machine, Dask's client to a cluster. The one who
asks collects what is finished and keeps it at once; where no workers can be started, it
does the work itself.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache, partial
from itertools import islice
from typing import Any

import pyarrow as pa

from .. import alone, arguments
from ..agents.pool import cores
from ..bars import out, unseen, unwatched
from ..files import code
from ..text import Notice
from .outcome import Outcome, carry_out
from .plan import FOUNDATION, Plan, Task
from .rows import KEPT
from .store import BLOCK, Store

PATIENCE = 3  # workers that may end one after the other without anything finished
REACH = "20s"  # how long a cluster may take to answer
AHEAD = 1000  # agents that wait at a cluster, for the workers that it has or will have
WATCH = 1.0  # seconds between looks at whether the driver is still there


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
    tasks = plan.tasks()
    done = set(store.rows(tasks)["key"].to_pylist())
    left = {task.key: task for task in tasks if task.key not in done}
    failed: dict[str, str] = {}
    if not left:
        return failed
    store.check_writable()
    bar = unwatched()(
        total=plan.agents, initial=len(done), desc="agents", unit="agent", delay=1,
        mininterval=10 if unseen() else 0.5, miniters=1, dynamic_ncols=True,
        file=out(),
    )  # fmt: skip
    with _handing_out(count, on, jobs is not None) as outcomes, bar:
        stalls = 0
        while left:
            before = len(left)
            try:
                for outcome in outcomes(list(left.values())):
                    _same_code(outcome, on)
                    _keep(outcome, store, failed)
                    del left[outcome.task.key]
                    bar.update()
                    if bar.n % BLOCK == 0:
                        store.compact()
            except _WorkerEnded:
                stalls = stalls + 1 if len(left) == before else 0
                if stalls == PATIENCE:
                    raise RuntimeError(_lost(plan, left, count)) from None
    store.compact()
    return failed


def _keep(outcome: Outcome, store: Store, failed: dict[str, str]) -> None:
    if outcome.problem:
        failed[outcome.task.key] = outcome.problem
    else:
        store.add(pa.Table.from_pylist(outcome.rows, KEPT))


class _WorkerEnded(Exception):
    """A process that carried out a task is gone."""


def _in_place(tasks: list[Task]) -> Iterator[Outcome]:
    """Yield what comes of tasks, one after another."""
    return map(carry_out, tasks)


def _here(tasks: list[Task], count: int) -> Iterator[Outcome]:
    """Yield what comes of tasks as it comes, from processes of this machine."""
    from concurrent.futures.process import BrokenProcessPool

    import joblib

    parallel = joblib.Parallel(
        n_jobs=count, return_as="generator_unordered", batch_size=1,
        pre_dispatch="3*n_jobs",
    )  # fmt: skip
    with joblib.parallel_config("loky"):
        given = (carry_out, os.getpid())
        asked = (joblib.delayed(_carry_out)(task, *given) for task in tasks)
        try:
            yield from parallel(asked)
        except BrokenProcessPool:
            raise _WorkerEnded from None
        except (OSError, RuntimeError) as why:
            raise RuntimeError(
                f"jobs={count} is more than can be started here ({why}); allowed: "
                "fewer, such as jobs=1. What is finished is kept."
            ) from None


def _carry_out(task: Task, how: Callable[[Task], Outcome], driver: int) -> Outcome:
    """Carry out a task, for as long as the process that asked for it is there."""
    if os.getpid() != driver:
        _go_with(driver)
    return how(task)


@lru_cache  # one watch in each worker
def _go_with(driver: int) -> None:
    """Let this worker end when its driver does, however that came to its end."""

    def watch() -> None:
        if os.name != "nt":
            while os.getppid() == driver:
                time.sleep(WATCH)
        elif parent := multiprocessing.parent_process():
            parent.join()  # there a process keeps the number of a parent that is gone
        else:
            return
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def _there(tasks: list[Task], client: Any) -> Iterator[Outcome]:
    """Yield what comes of tasks as it comes, from whatever workers a cluster has.

    So many wait there that workers which join later find something to do.
    """
    from distributed import as_completed

    ask = partial(client.submit, carry_out, pure=False)
    waiting = iter(tasks)
    running = as_completed(map(ask, islice(waiting, AHEAD)), loop=client.loop)
    for future in running:
        running.update(map(ask, islice(waiting, 1)))
        try:
            outcome = future.result()
        except Exception as problem:  # of the cluster: a task has none of its own
            why = " ".join(str(problem).split())
            raise RuntimeError(
                f"the cluster could not go on ({why}); "
                "the agents that were finished by then are kept."
            ) from None
        yield outcome


def _same_code(outcome: Outcome, on: str | None) -> None:
    if outcome.code != code(FOUNDATION):
        raise RuntimeError(
            f"a worker at {on!r} runs another version of robustkit than this process, "
            "so its results would not be those of this one; install the same version "
            "everywhere and restart the workers."
        )


def _lost(plan: Plan, left: dict[str, Task], count: int) -> str:
    return (
        f"the worker ended while it trained, {PATIENCE} times before one agent was "
        f"finished; is there enough memory for jobs={count}? "
        f"{plan.agents - len(left)} of {plan.agents} agents are kept."
    )


def _alone(count: int, asked: bool) -> bool:
    """Return whether there can be no workers; say so where they were asked for."""
    why = alone.no_workers()
    if why and asked:
        warnings.warn(
            Notice(
                f"jobs={count} is not possible here, where Python starts no workers "
                f"({why}); the agents are trained one after another"
            ),
            stacklevel=2,
        )
    return bool(why)


def _client(on: str) -> Any:
    """Return what talks to a cluster."""
    if why := alone.no_thread():
        raise ValueError(
            f"on={on!r} is not possible here, where Python starts no thread ({why}); "
            "allowed: None."
        )
    try:
        from distributed import Client
    except ModuleNotFoundError as missing:
        if missing.name == alone.POOLS:
            raise ValueError(
                f"on={on!r} is not possible here, where Python was built without "
                "multiprocessing; allowed: None."
            ) from None
        raise ModuleNotFoundError(
            f"on={on!r} needs Dask: pip install 'robustness-2d[cluster]'"
        ) from None
    try:
        return Client(on, timeout=REACH, set_as_default=False)
    except (OSError, TimeoutError, ValueError, TypeError) as problem:
        raise ValueError(
            f"on={on!r} cannot be reached ({problem}); allowed: the address of a Dask "
            "scheduler that runs, such as tcp://127.0.0.1:8786."
        ) from None


@contextmanager
def _handing_out(
    count: int, on: str | None, asked: bool
) -> Iterator[Callable[[list[Task]], Iterator[Outcome]]]:
    """Yield what carries out tasks: processes of this machine, or a cluster.

    asked: whether somebody said how many processes.
    """
    if on is None and (count == 1 or _alone(count, asked)):
        yield _in_place
        return
    if on is None:
        with warnings.catch_warnings():  # where a study stops early, it says why
            warnings.filterwarnings("ignore", r"\d+ tasks which were still being")
            yield partial(_here, count=count)
        return
    client = _client(on)
    # Of a cluster that is lost it prints tracebacks; `_there` says it in words.
    logging.getLogger("distributed.client").setLevel(logging.CRITICAL)
    with client:
        if not client.scheduler_info()["workers"]:
            warnings.warn(
                Notice(f"on={on!r} has no worker yet; the study begins when one joins"),
                stacklevel=2,
            )
        yield partial(_there, client=client)

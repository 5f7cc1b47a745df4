"""Workers: who does the work, and that none outlives whoever asked for it."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections import Counter
from dataclasses import replace

import psutil
import pytest
from small_study import PLAN, runs

from robustkit.studies import workers
from robustkit.studies.run import run

pytestmark = pytest.mark.together  # all is about processes
WORKERS = 1  # of a cluster
TRAIN = "rk.train('network', rk.make('cheese'), seeds=range(9), updates=100_000)"
STUDY = (
    "rk.study('cheese', 'network', 9, store='store', jobs=2, "
    "options={'network': {'updates': 100_000}})"
)


def busy(driver, word, seconds=60):
    """Return the processes of a driver, once those with a word train."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        below = psutil.Process(driver.pid).children(recursive=True)
        team = [p for p in below if word in " ".join(p.cmdline())]
        if team and all(sum(p.cpu_times()[:2]) > 4 for p in team):
            return below
        time.sleep(0.1)
    raise AssertionError("no worker has begun")


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="kill -9 is POSIX's")
@pytest.mark.parametrize(("code", "word"), [(TRAIN, "work()"), (STUDY, "popen_loky")])
def test_workers_go_with_a_driver_that_is_killed(code, word, tmp_path):
    """In the middle of training, which would take them an hour."""
    script = f"import robustkit as rk; {code}"
    nowhere = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    driver = subprocess.Popen([sys.executable, "-c", script], cwd=tmp_path, **nowhere)
    try:
        below = busy(driver, word)
    finally:
        driver.kill()
        driver.wait()
    _, left = psutil.wait_procs(below, timeout=10)
    left = [process for process in left if runs(process)]
    for process in left:
        process.kill()
    assert not left


# A Dask cluster


def who(honest, wait=0.0):
    """Return what carries out a task and says, as a problem, in which process."""

    def carry(task):
        time.sleep(wait)
        return replace(honest(task), problem=f"{os.getpid()}")

    return carry


def test_one_worker_with_one_thread_does_the_work(cluster, tmp_path, monkeypatch):
    monkeypatch.setattr(workers, "carry_out", who(workers.carry_out))
    results = run(PLAN, tmp_path / "store", on=cluster.scheduler_address)
    pids = {problem for *_, problem in results.failed}
    assert pids == {str(worker.pid) for worker in cluster.workers.values()}
    assert str(os.getpid()) not in pids


@pytest.mark.slow
def test_workers_that_join_later_are_given_work(cluster, tmp_path, monkeypatch):
    monkeypatch.setattr(workers, "carry_out", who(workers.carry_out, wait=0.5))
    plan = replace(PLAN, seeds=range(20))
    threading.Timer(3, cluster.scale, [2]).start()
    results = run(plan, tmp_path / "store", on=cluster.scheduler_address)
    did = Counter(problem for *_, problem in results.failed)
    assert len(did) == 2
    assert min(did.values()) > 5


@pytest.mark.slow
def test_a_cluster_without_workers_is_waited_for_in_words(cluster, tmp_path):
    cluster.scale(0)
    while cluster.scheduler.workers:
        time.sleep(0.1)
    threading.Timer(2, cluster.scale, [1]).start()
    with pytest.warns(UserWarning, match="has no worker yet; the study begins when"):
        results = run(PLAN, tmp_path / "store", on=cluster.scheduler_address)
    assert not results.missing


@pytest.mark.slow
def test_a_cluster_that_is_lost_ends_the_study_in_words(cluster, tmp_path, monkeypatch):
    monkeypatch.setattr(workers, "carry_out", lambda task: time.sleep(60))
    threading.Timer(3, cluster.close).start()
    with pytest.raises(RuntimeError, match=r"the cluster could not go on .* are kept"):
        run(PLAN, tmp_path / "store", on=cluster.scheduler_address)

"""Studies that are killed, fill the disk, or run on a cluster: nothing is lost."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time

import psutil
import pytest
from small_study import PLAN, damaged, parts, runs, saved, slow_plan

from robustkit.studies import workers
from robustkit.studies.plan import read
from robustkit.studies.run import run

pytestmark = pytest.mark.together  # what is killed are processes
WORKERS = 2  # of a cluster


def command(plan, *more):
    return [sys.executable, "-m", "robustkit", "study", str(plan), *map(str, more)]


@pytest.fixture
def begun(tmp_path):
    """Return how to begin a study: a plan, its store with `count` parts, a driver.

    The driver is a process of its own, which is read when it has ended.
    """

    def begin(count, *more):
        plan, store = slow_plan(tmp_path), tmp_path / "plan.study"
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        driver = subprocess.Popen(command(plan, *more), **pipes)
        end = time.monotonic() + 90
        while len(parts(store)) < count:
            assert driver.poll() is None, "it ended early"
            assert time.monotonic() < end, f"{len(parts(store))} of {count} parts"
            time.sleep(0.02)
        return plan, store, driver

    return begin


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="kill -9 is POSIX's")
def test_a_driver_that_is_killed_loses_nothing_that_was_finished(begun, unbroken):
    plan, store, driver = begun(3, "--jobs", 2)
    driver.kill()
    driver.wait()
    before = parts(store)
    assert 3 <= len(before) < 16
    assert not (store / "results.parquet").exists()
    done = subprocess.run(command(plan), capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    assert before.items() <= parts(store).items()
    assert not damaged(store)
    assert (store / "results.parquet").read_bytes() == unbroken


def children(driver):
    return psutil.Process(driver.pid).children(recursive=True)


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="kill -9 is POSIX's")
def test_a_worker_that_is_killed_is_replaced(begun, unbroken):
    _, store, driver = begun(2, "--jobs", 2)
    every = [c for c in children(driver) if "popen_loky" in " ".join(c.cmdline())]
    every[0].kill()
    _, said = driver.communicate(timeout=300)
    assert driver.returncode == 0, said
    assert not damaged(store)
    assert (store / "results.parquet").read_bytes() == unbroken


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="Windows knows no SIGTERM")
def test_a_driver_that_is_asked_to_end_takes_its_workers_along(
    begun, tmp_path, unbroken
):
    plan, store, driver = begun(2, "--jobs", 2)
    below = children(driver)
    assert below
    driver.terminate()
    _, said = driver.communicate(timeout=60)  # ends once nobody holds stderr any more
    assert driver.returncode == 130
    assert "what is finished is kept" in said
    assert not [process for process in below if runs(process)]
    assert not list(store.rglob("*.part"))
    results = run(read(plan), store, jobs=2)
    assert saved(results, tmp_path) == unbroken


@pytest.mark.slow
def test_workers_that_always_die_end_the_study_in_words(tmp_path, monkeypatch):
    monkeypatch.setattr(workers, "carry_out", lambda task: os._exit(1))
    with pytest.raises(RuntimeError, match=r"3 times .* enough memory for jobs=2\? 0"):
        run(PLAN, tmp_path / "store", jobs=2)


FULL = """
import resource, signal, sys
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))
from robustkit.__main__ import main
sys.exit(main(sys.argv[1:]))
"""


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="file size limits are POSIX's")
def test_a_full_disk_ends_the_study_in_words_and_leaves_nothing_half(tmp_path, whole):
    plan, store = slow_plan(tmp_path, 2, 3), tmp_path / "plan.study"
    full = [sys.executable, "-c", FULL, *command(plan, "--jobs", 1)[3:]]
    done = subprocess.run(full, capture_output=True, text=True, timeout=300)
    assert done.returncode == 2, done.stderr
    assert "File too large" in done.stderr
    assert "Traceback" not in done.stderr
    assert not parts(store)
    assert not list(store.rglob("*.part"))
    assert saved(run(read(plan), store, jobs=1), tmp_path) == saved(whole, tmp_path)


# A Dask cluster


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.mark.slow
def test_a_cluster_finds_the_same_bytes_though_a_worker_is_killed(
    cluster, begun, unbroken
):
    _, store, driver = begun(3, "--on", cluster.scheduler_address)
    assert len(parts(store)) < 16
    psutil.Process(cluster.workers[0].pid).kill()
    out, said = driver.communicate(timeout=300)
    assert driver.returncode == 0, said
    assert "interquartile means" in out
    assert (store / "results.parquet").read_bytes() == unbroken


def test_a_cluster_that_is_not_there_is_named(tmp_path, monkeypatch):
    pytest.importorskip("distributed")
    monkeypatch.setattr(workers, "REACH", "1s")
    for address in (f"tcp://127.0.0.1:{free_port()}", "nonsense://x"):
        with pytest.raises(ValueError, match=r"on='.*cannot be reached"):
            run(PLAN, tmp_path / "store", on=address)

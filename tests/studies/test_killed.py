"""Studies that are killed, fill the disk, or run on a cluster: nothing is lost."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time

import pytest
from small_study import PLAN, damaged, parts, saved, slow_plan

from robustkit.studies import workers
from robustkit.studies.plan import read
from robustkit.studies.run import run


def command(plan, *more):
    return [sys.executable, "-m", "robustkit", "study", str(plan), *map(str, more)]


def start(plan, *more):
    """Start a study by a process of its own, which is read when it has ended."""
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    return subprocess.Popen(command(plan, *more), **pipes)


def await_parts(store, count, process=None, seconds=90):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if len(parts(store)) >= count:
            return
        assert process is None or process.poll() is None, "it ended early"
        time.sleep(0.02)
    raise TimeoutError(f"{len(parts(store))} of {count} parts")


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="kill -9 is POSIX's")
def test_a_driver_that_is_killed_loses_nothing_that_was_finished(tmp_path, unbroken):
    plan, store = slow_plan(tmp_path), tmp_path / "plan.study"
    driver = start(plan, "--jobs", 2)
    await_parts(store, 3, driver)
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


def children(pid):
    """Return the processes below one, and what they run, from /proc."""
    found = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                with open(f"/proc/{entry}/stat") as stat:
                    parent = int(stat.read().rsplit(")", 1)[1].split()[1])
                with open(f"/proc/{entry}/cmdline") as line:
                    found[int(entry)] = parent, line.read()
            except OSError:
                continue
    below = {pid}
    for _ in range(5):
        below |= {child for child, (parent, _) in found.items() if parent in below}
    return {child: found[child][1] for child in below - {pid} if child in found}


@pytest.mark.slow
@pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="needs /proc")
def test_a_worker_that_is_killed_is_replaced(tmp_path, unbroken):
    plan, store = slow_plan(tmp_path), tmp_path / "plan.study"
    driver = start(plan, "--jobs", 2)
    await_parts(store, 2, driver)
    workers = [
        pid for pid, line in children(driver.pid).items() if "popen_loky" in line
    ]
    assert workers
    os.kill(workers[0], signal.SIGKILL)
    _, said = driver.communicate(timeout=300)
    assert driver.returncode == 0, said
    assert not damaged(store)
    assert (store / "results.parquet").read_bytes() == unbroken


def runs(pid):
    """Return whether a process does anything; one that has ended has no command."""
    try:
        with open(f"/proc/{pid}/cmdline") as line:
            return bool(line.read())
    except OSError:
        return False


@pytest.mark.slow
@pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="needs /proc")
def test_a_driver_that_is_asked_to_end_takes_its_workers_along(tmp_path, unbroken):
    plan, store = slow_plan(tmp_path), tmp_path / "plan.study"
    driver = start(plan, "--jobs", 2)
    await_parts(store, 2, driver)
    below = children(driver.pid)
    driver.terminate()
    _, said = driver.communicate(timeout=60)  # ends once nobody holds stderr any more
    assert driver.returncode == 130
    assert "what is finished is kept" in said
    assert not [pid for pid in below if runs(pid)]
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
    done = subprocess.run(
        [sys.executable, "-c", FULL, "study", str(plan), "--jobs", "1"],
        capture_output=True,
        text=True,
        timeout=300,
    )
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


@pytest.fixture
def cluster(tmp_path):
    """Yield the address of a scheduler on loopback and its two workers."""
    pytest.importorskip("distributed")
    address = f"tcp://127.0.0.1:{free_port()}"
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    quiet |= {"cwd": tmp_path}
    host, port = address.removeprefix("tcp://").split(":")
    dask = [sys.executable, "-m", "distributed.cli"]
    first = [*dask[:2], "distributed.cli.dask_scheduler", "--host", host]
    scheduler = subprocess.Popen([*first, "--port", port, "--no-dashboard"], **quiet)
    each = [*dask[:2], "distributed.cli.dask_worker", address, "--nthreads", "1"]
    each += ["--no-dashboard", "--no-nanny", "--death-timeout", "60"]
    workers = [subprocess.Popen(each, **quiet) for _ in range(2)]
    from distributed import Client

    end = time.monotonic() + 60
    while True:
        try:
            with Client(address, timeout="2s", set_as_default=False) as client:
                client.wait_for_workers(2, timeout=30)
            break
        except OSError:
            if time.monotonic() > end:
                raise
    yield address, workers
    for process in (*workers, scheduler):
        process.kill()
        process.wait()


@pytest.mark.slow
def test_a_cluster_finds_the_same_bytes_though_a_worker_is_killed(
    cluster, tmp_path, unbroken
):
    address, workers = cluster
    plan, store = slow_plan(tmp_path), tmp_path / "plan.study"
    driver = start(plan, "--on", address)
    await_parts(store, 3, driver)
    assert len(parts(store)) < 16
    workers[0].kill()
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

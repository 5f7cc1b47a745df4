"""A Python that is alone: no threads, no processes, no locks; what is done instead."""

from __future__ import annotations

import asyncio
import errno
import logging
import subprocess
import sys
import threading
import warnings
from types import SimpleNamespace

import numpy as np
import psutil
import pytest
import refused

import robustkit as rk
from robustkit import alone
from robustkit.agents import pool
from robustkit.course.patience import Late, at_most
from robustkit.studies import run

TINY = {"updates": 8, "pool": 64}


def small():
    return rk.make("cheese", size=7, layouts=8)


# The whole of it, where nothing was ever started: as strictly as a browser

BROWSER = """
import os, subprocess, sys, threading

class NoPools:
    def find_spec(name, path=None, target=None):
        if name == "_multiprocessing":
            raise ModuleNotFoundError(name, name=name)

def no_thread(*_, **__):
    raise RuntimeError("can't start new thread")

def no_process(*_, **__):
    raise OSError(138, "emscripten does not support processes.")

if os.name != "nt":
    sys.meta_path.insert(0, NoPools)
threading.Thread.start = no_thread
subprocess.Popen.__init__ = os.fork = os.posix_spawn = no_process

import robustkit as rk
assert "multiprocessing.synchronize" not in sys.modules or os.name == "nt"

import gymnasium
from robustkit.course.lessons import exercises
from robustkit.setup.doctor import threads_and_processes

env = gymnasium.make("robustkit/Cheese-v0")
env.reset(seed=1)
env.step(2)
world = rk.make("cheese", size=7, layouts=8)
agents = rk.train("network", world, seeds=range(3), updates=3, pool=64)
print([agent.name for agent in agents])
live = rk.train_live("searcher", world, generations=2, pool=32)
live.train()
live.wait()
print(live.state)
options = {"cheese": {"size": 7, "layouts": 8}, "searcher": {"generations": 1}}
print(len(rk.study("cheese", "searcher", 2, n=8, options=options, store=sys.argv[1])))
answer = exercises()["normalised"].reference
print(rk.check("normalised", answer).status)
(finding,) = threads_and_processes()
print(finding.what)
"""


def test_a_python_that_is_alone_does_all_the_same(tmp_path):
    command = [sys.executable, "-c", BROWSER, str(tmp_path / "store")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=100)
    assert done.stderr == ""  # not even a warning
    names, state, rows, *_, checked, found = done.stdout.splitlines()
    assert names == "['network 0', 'network 1', 'network 2']"
    assert (state, rows) == ("done", "4")
    assert checked.endswith("correct")
    assert "starts no threads (can't start new thread) and no other" in found
    assert found.endswith("and studies use one worker")


def test_the_tests_themselves_are_refused_what_a_browser_has_not():
    assert refused.refusing
    assert alone.no_thread() == "can't start new thread"
    assert alone.no_process() == "emscripten does not support processes"


@pytest.mark.together
def test_a_usual_python_lacks_nothing():
    assert alone.aloneness() == alone.no_workers() == ""


@pytest.mark.together
@pytest.mark.parametrize(
    ("lacks", "said"),
    [
        (
            ["no_process"],
            "no other processes (full): many seeds are trained one ",
        ),
        (["no_thread"], "no threads (full): checks are judged in place, many seeds"),
        (["_no_lock"], "no pools of workers (full): studies use one worker"),
    ],
)
def test_what_is_lacking_and_what_follows_is_said_in_a_sentence(
    lacks, said, monkeypatch
):
    for name in lacks:
        monkeypatch.setattr(alone, name, lambda: "full")
    assert alone.aloneness().startswith(f"this Python starts {said}")
    assert alone.no_workers() == "full"


def test_a_browser_shows_no_news_of_fonts_but_what_else_is_said_of_them(
    monkeypatch, caplog
):
    fonts = logging.getLogger("matplotlib.font_manager")
    monkeypatch.setattr(fonts, "filters", [])
    news = "Matplotlib is building the font cache; this may take a moment."
    fonts.warning(news)
    monkeypatch.setattr(alone, "BROWSER", True)
    alone.say_nothing_of_fonts()
    fonts.warning(news)
    fonts.warning("findfont: Font family 'none' not found.")
    assert [r.message.split()[0] for r in caplog.records] == ["Matplotlib", "findfont:"]


@pytest.mark.together
def test_a_machine_without_shared_memory_has_no_workers(monkeypatch):
    def lock(*_, **__):
        raise OSError(errno.ENOSYS, "Function not implemented")

    monkeypatch.setattr("multiprocessing.synchronize.SemLock.__init__", lock)
    assert alone.no_workers() == "Function not implemented"


def test_a_python_that_does_not_know_where_it_is_starts_no_other(monkeypatch):
    for nowhere in (None, ""):
        monkeypatch.setattr(sys, "executable", nowhere)
        with refused.together():
            assert alone.no_process()
            assert len(rk.train("network", small(), seeds=[0, 1], **TINY)) == 2


# Many seeds


@pytest.mark.together
@pytest.mark.parametrize("room", [0, 1])
def test_where_no_more_processes_can_be_started_the_others_train(room, monkeypatch):
    started, honest = [], subprocess.Popen

    def popen(*given, **more):
        if len(started) == room:
            raise BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable")
        started.append(honest(*given, **more))
        return started[-1]

    monkeypatch.setattr(pool.subprocess, "Popen", popen)
    monkeypatch.setattr(pool, "cores", lambda: 4)
    agents = rk.train("network", small(), seeds=[3, 1, 2], **TINY)
    assert [agent.name for agent in agents] == ["network 3", "network 1", "network 2"]
    assert len(started) == room


@pytest.mark.together
def test_a_worker_that_nobody_can_listen_to_is_ended(monkeypatch):
    def start(self):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", start)
    monkeypatch.setattr(pool, "cores", lambda: 2)
    assert len(rk.train("network", small(), seeds=[0, 1], **TINY)) == 2
    below = psutil.Process().children()
    assert not [p for p in below if "work()" in " ".join(p.cmdline())]


# Studies

OPTIONS = {"cheese": {"size": 7, "layouts": 8}, "searcher": {"generations": 1}}


@pytest.mark.parametrize(("jobs", "times"), [(None, 0), (1, 0), (4, 1)])
def test_a_study_says_once_if_it_has_not_the_workers_it_was_asked_for(
    jobs, times, tmp_path
):
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        given = {"n": 8, "options": OPTIONS, "store": tmp_path, "jobs": jobs}
        found = rk.study("cheese", "searcher", 2, **given)
    assert len(found) == 4
    words = [str(each.message) for each in said]
    assert words == times * [
        "jobs=4 is not possible here, where Python starts no workers (can't start new "
        "thread); the agents are trained one after another"
    ]


@pytest.mark.together
def test_more_workers_than_can_be_started_end_a_study_in_words(tmp_path, monkeypatch):
    def parallel(*_, **__):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr("joblib.Parallel.__call__", parallel)
    with pytest.raises(RuntimeError, match=r"jobs=2 is more than can be .* jobs=1"):
        rk.study("cheese", "searcher", 2, options=OPTIONS, store=tmp_path, jobs=2)


def test_what_cannot_be_read_for_want_of_a_thread_is_not_damaged(tmp_path, monkeypatch):
    import pyarrow as pa

    given = {"n": 8, "options": OPTIONS, "store": tmp_path / "store"}
    before = rk.study("cheese", "searcher", 1, **given)

    def unpacked(*_):
        raise pa.ArrowException("Unknown error: Failed to launch worker thread: no")

    with monkeypatch.context() as patch:
        patch.setattr("robustkit.studies.store._unpacked", unpacked)
        with pytest.raises(OSError, match="cannot be read: no thread can be started"):
            rk.study("cheese", "searcher", 1, **given)
    assert len(rk.study("cheese", "searcher", 1, **given)) == len(before) == 2


def test_a_study_on_a_cluster_needs_threads(tmp_path):
    with pytest.raises(ValueError, match=r"on='tcp://x:1' is not possible here"):
        rk.study("cheese", "searcher", 2, store=tmp_path, on="tcp://x:1")


def test_a_browser_is_told_how_it_gets_what_a_study_needs(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    for module in ("results", "rows", "store", "workers"):
        monkeypatch.delitem(sys.modules, f"robustkit.studies.{module}", raising=False)
    monkeypatch.setattr(run, "alone", SimpleNamespace(BROWSER=True))
    with pytest.raises(ModuleNotFoundError, match=r"a study needs pyarrow: %pip inst"):
        rk.study("cheese", "searcher", 2, store=tmp_path)


# Training that is watched


def live(**options):
    return rk.train_live("network", small(), seed=1, pool=64, **options)


async def settled(widget):
    """Wait as a page does: others have their turn meanwhile. Return the turns."""
    turns = 0
    while widget.state == "running":
        await asyncio.sleep(0)
        turns += 1
    return turns


def test_it_trains_between_the_pages_turns_and_hears_its_buttons():
    async def page():
        widget = live(updates=60)
        widget.train()
        assert widget.state == "running"
        assert widget.stages == []  # the cell that pressed the button ends first
        await asyncio.sleep(0)
        widget._asked({"ask": "stop"})
        await settled(widget)
        assert widget.state == "stopped"
        assert 0 < len(widget.stages) < 10
        widget._asked({"ask": "resume"})
        turns = await settled(widget)
        assert widget.state == "done"
        assert turns >= 50  # there is one after each step, not only after those shown
        return widget

    widget = asyncio.run(page())
    alike = rk.train("network", small(), seed=1, updates=60, pool=64)
    levels = small().sample(4)
    assert np.array_equal(alike.policy(levels), widget.agent.policy(levels))


def test_to_wait_in_a_cell_trains_to_the_end_and_the_page_finds_it_done():
    async def page():
        widget = live(updates=10)
        widget.train()
        widget.wait()
        assert widget.state == "done"
        await asyncio.sleep(0)
        assert len(widget.agents) == 1

    asyncio.run(page())


def test_to_wait_for_a_while_leaves_the_rest_for_later():
    widget = live(updates=50)
    widget.train()
    widget.wait(0)
    assert widget.state == "running"
    widget.wait()
    assert (widget.state, widget.stages[-1][0]) == ("done", 50)


def test_an_interrupted_wait_leaves_the_widget_as_it_can_be_used(monkeypatch):
    widget = live(updates=50)
    widget.train()

    def interrupt(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("robustkit.widgets.train.row_of", interrupt)
        with pytest.raises(KeyboardInterrupt):
            widget.wait()
    assert (widget.state, widget.message) == ("idle", "Training was interrupted.")
    widget.train()
    widget.wait()
    assert widget.state == "done"


# Checks: loops of Python's own end without a thread


def endless():
    while True:
        pass


def stubborn():
    while True:
        try:
            endless()
        except Exception:
            continue


@pytest.mark.parametrize("loop", [endless, stubborn])
def test_a_loop_ends_in_time_and_whoever_traced_before_traces_again(loop):
    def before(*_):
        return None

    honest = sys.gettrace()
    sys.settrace(before)
    try:
        with at_most(0.05) as late, pytest.raises(Late):
            loop()
        assert sys.gettrace() is before
    finally:
        sys.settrace(honest)
    assert len(late) == 1

"""Checks end whatever a learner made: loops in C, memory, and an end of Python too."""

from __future__ import annotations

import ctypes
import importlib
import itertools
import os
import re
import subprocess
import sys
import time

import numpy as np
import psutil
import pytest

import robustkit as rk
from robustkit.course import probe
from robustkit.course.lessons import exercises

check = importlib.import_module("robustkit.course.check")
pytestmark = pytest.mark.together  # probing is a process
only_linux = pytest.mark.skipif(sys.platform != "linux", reason="probing needs fork")
LOOPS = {
    "sum": lambda *g: sum(itertools.repeat(1.0)),
    "power": lambda *g: 2**10**10,
    "expression": lambda *g: re.match(r"(a+)+$", "a" * 40 + "b"),
    "sleep": lambda *g: time.sleep(1e9),
    "any": lambda *g: any(itertools.repeat(0)),
    "print": lambda *g: [print("x") for _ in iter(int, 1) if print("x")],
    "product": lambda *g: 5.0 in itertools.product(range(10), repeat=90),
}


@only_linux
@pytest.mark.parametrize("loop", LOOPS)
def test_a_loop_in_c_ends_with_the_patience(loop, monkeypatch):
    monkeypatch.setattr(check, "PATIENCE", 0.5)
    others = {*psutil.Process().children()}  # of tests before this one
    start = time.monotonic()
    verdict = rk.check("normalised", LOOPS[loop])
    assert time.monotonic() - start < 3
    assert "did not finish within 0.5 seconds" in verdict.message
    assert not {*psutil.Process().children()} - others


@only_linux
@pytest.mark.parametrize(
    "grow",
    [
        lambda *g: list(itertools.count()),
        lambda *g: sorted(range(10**9, 0, -1)),
        lambda *g: "x" * 10**10,
        lambda *g: [bytearray(10**7) for _ in itertools.count()],
    ],
)
def test_memory_that_runs_away_is_stopped(grow, monkeypatch):
    monkeypatch.setattr(check, "PATIENCE", 60)  # on a busy machine it grows slowly
    before = psutil.Process().memory_info().rss
    assert "took more than 500 MB of memory" in rk.check("normalised", grow).message
    assert psutil.Process().memory_info().rss < before + 100e6


@only_linux
@pytest.mark.parametrize(
    "end",
    [
        lambda *g: os._exit(0),
        lambda *g: ctypes.string_at(0),
        lambda *g: os.kill(os.getpid(), 9),
    ],
)
def test_what_ends_python_ends_a_copy_of_it(end):
    assert "ended Python itself" in rk.check("normalised", end).message


def normalised(got, random, best):
    return (got - random).mean() / (best - random).mean()


@pytest.mark.parametrize("platform", ["linux", "darwin", "win32", "emscripten"])
def test_what_a_check_does_is_done_once_and_shown_once(platform, monkeypatch, capfd):
    """Wherever it is: what a function prints, counts and draws is there afterwards."""
    monkeypatch.setattr(probe.sys, "platform", platform)
    called, rng = [], np.random.default_rng(0)

    def function(*given):
        called.append(rng.random())
        print(f"call {len(called)}")
        return normalised(*given)

    verdict = rk.check("normalised", function)
    assert (verdict.status, verdict.passed) == ("correct", 5)
    assert called == np.random.default_rng(0).random(len(called)).tolist()
    shown, said = capfd.readouterr()
    calls = re.findall(r"call \d+", shown)
    assert calls == [f"call {1 + i}" for i in range(len(called))]
    assert not said


@pytest.mark.parametrize("platform", ["darwin", "win32"])
def test_where_there_is_no_probing_the_wait_says_what_to_press(
    platform, monkeypatch, capsys
):
    monkeypatch.setattr(probe.sys, "platform", platform)
    seen = []

    def function(*given):
        seen.append(capsys.readouterr().out)
        return normalised(*given)

    assert rk.check("normalised", function)
    assert seen[0] == "Checking. If this line stays: Kernel, Restart Kernel.\r"
    assert not capsys.readouterr().out.strip()


def test_a_check_needs_no_threads(monkeypatch):
    def start(self):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(probe.sys, "platform", "emscripten")
    monkeypatch.setattr(check.threading.Thread, "start", start)
    assert rk.check("normalised", normalised)
    assert not rk.check("normalised", lambda *g: 1)


def test_a_check_that_passes_some_cases_says_how_many_even_if_it_then_hangs(
    monkeypatch,
):
    monkeypatch.setattr(check, "PATIENCE", 0.5)
    name = next(n for n, e in exercises().items() if e.each and len(e.cases) > 2)
    right, calls = exercises()[name].reference, []

    def function(*given):
        calls.append(given)
        return right(*given) if len(calls) < 3 else sum(itertools.repeat(1.0))

    if sys.platform == "linux":
        assert rk.check(name, function).passed == 2
        assert not calls  # not even tried where it would hang


ORPHAN = """
import importlib, itertools
import robustkit as rk
importlib.import_module("robustkit.course.check").PATIENCE = 2
rk.check("normalised", lambda *g: sum(itertools.repeat(1.0)))
"""


@pytest.mark.slow
@only_linux
def test_a_copy_goes_when_the_kernel_is_killed():
    kernel = subprocess.Popen([sys.executable, "-c", ORPHAN])
    end, below = time.monotonic() + 30, []
    while not below and time.monotonic() < end:
        below = psutil.Process(kernel.pid).children()
        time.sleep(0.01)
    kernel.kill()
    kernel.wait()
    assert below
    _, left = psutil.wait_procs(below, timeout=10)
    assert not [p for p in left if p.status() != psutil.STATUS_ZOMBIE]


# Whatever a learner made

METHODS = [
    "__repr__", "__str__", "__format__", "__eq__", "__ne__", "__lt__", "__hash__",
    "__len__", "__iter__", "__next__", "__getitem__", "__contains__", "__array__",
    "__float__", "__int__", "__index__", "__bool__", "__complex__", "__call__",
    "__getattribute__", "__getattr__", "__deepcopy__", "__copy__", "__reduce_ex__",
    "__array_ufunc__", "__array_function__", "__array_interface__", "__add__",
    "__sub__", "__rsub__", "__mul__", "__rmul__", "__truediv__", "__rtruediv__",
    "__neg__", "__abs__", "__round__", "__iadd__", "__instancecheck__", "__class__",
    "__del__", "__enter__", "__set_name__", "__dir__", "__sizeof__", "keys", "shape",
    "dtype", "__dict__", "__code__", "__name__", "__doc__", "__signature__",
]  # fmt: skip
RAISED = [
    ValueError, TypeError, KeyError, AttributeError, StopIteration, SystemExit,
    KeyboardInterrupt, GeneratorExit, MemoryError, RecursionError, BaseException,
    AssertionError, OverflowError, NotImplementedError, UnicodeError, Warning,
]  # fmt: skip
VALUES = [
    None, ..., NotImplemented, True, 0, -1, 10**400, 10**5000, 1.5, float("nan"),
    float("inf"), 1j, "", "<b>", "x" * 10**5, "\udcff", b"\0", (), [], {}, set(),
    np.zeros(0), np.zeros((2, 3)), np.array("x"), np.array([None]), np.ma.masked,
    np.float32(1), np.datetime64("NaT"), np.array([1, 2])[::-1], int, type, print,
    range(10**12), memoryview(b"x"), object(), ValueError("x"), [[]] * 9,
]  # fmt: skip


def acts(rng, hang):
    """Return something that a method may do; hang: also what never ends."""
    raised = RAISED[rng.integers(len(RAISED))]
    value = VALUES[rng.integers(len(VALUES))]

    def throws(*_, **__):
        raise raised(value)

    def gives(*_, **__):
        return value

    def itself(first=None, *_, **__):
        return first

    def deeper(*given, **__):
        return deeper(*given)

    def another(*_, **__):
        return odd(rng, hang, depth=1)

    kinds = [throws, gives, gives, itself, deeper, another]
    if hang and rng.random() < 0.15:
        kinds = [*LOOPS.values(), lambda *g: [0 for _ in iter(int, 1)]]
        return lambda *g, **k: kinds[rng.integers(len(kinds))]()
    return kinds[rng.integers(len(kinds))]


BASES = [object, float, int, str, list, dict, tuple, np.ndarray, Exception, type]


def odd(rng, hang, depth=0):
    """Return an object that does not behave, or a function that gives one."""
    base = BASES[rng.integers(len(BASES)) if rng.random() < 0.5 else 0]
    chosen = rng.choice(METHODS, rng.integers(1, 6), replace=False)
    body = {}
    for name in map(str, chosen):
        if name == "__del__":  # what it does is done in whichever process drops it
            body[name] = acts(rng, hang=False)
        elif rng.random() < 0.2:
            body[name] = property(acts(rng, hang))
        else:
            body[name] = acts(rng, hang)
    try:
        thing = type("Odd", (base,), body)
        thing = thing if rng.random() < 0.1 else thing()
    except BaseException:
        thing = VALUES[rng.integers(len(VALUES))]
    if depth or rng.random() < 0.4:
        return thing
    many = [lambda *g: thing, lambda *g: [thing] * 3, lambda *g: {0: thing}]
    many += [acts(rng, hang), lambda *g: np.array([thing, 1], object)]
    return many[rng.integers(len(many))]


@pytest.mark.filterwarnings("ignore")
@only_linux
@pytest.mark.parametrize(
    ("first", "count"), [(0, 40), pytest.param(40, 2460, marks=pytest.mark.slow)]
)
def test_whatever_a_learner_made_there_is_an_answer_in_time(first, count, monkeypatch):
    monkeypatch.setattr(check, "PATIENCE", 0.3)
    names, before = list(exercises()), psutil.Process().memory_info().rss
    for seed in range(first, first + count):
        rng = np.random.default_rng(seed)
        name, made = names[rng.integers(len(names))], odd(rng, hang=True)
        start = time.process_time()
        verdict = rk.check(name, made)
        assert time.process_time() - start < 2, seed
        assert verdict.status in ("not yet", "not attempted yet"), seed
        assert type(verdict.message) is str, seed
        assert 0 < len(verdict.message) < 300, seed
        assert str(verdict), seed
        assert verdict._repr_html_(), seed
        del made
    assert psutil.Process().memory_info().rss < before + 500e6

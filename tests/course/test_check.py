"""Checks that never raise, never wait for ever, and give hints one by one."""

from __future__ import annotations

import importlib
import threading
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import robustkit as rk
from robustkit.course.lessons import exercises

module = importlib.import_module("robustkit.course.check")
EXERCISES = exercises()
NAMES = list(EXERCISES)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "stub",
    [None, ..., lambda *given: None, lambda *given: ...],
    ids=["None", "...", "gives None", "gives ..."],
)
def test_a_stub_is_not_attempted_yet(name, stub):
    verdict = rk.check(name, stub)
    assert verdict.status == "not attempted yet"
    assert not verdict


class Rude:
    """An object that refuses everything."""

    def __getattribute__(self, name):
        raise RuntimeError("no")

    def __repr__(self):
        raise RuntimeError("no")

    def __call__(self, *given):
        raise SystemExit(3)

    def __float__(self):
        raise KeyboardInterrupt


def deep(*given):
    return deep(*given)


RUDE = [
    Rude(), Rude, 3, "text", b"bytes", [], {}, np.nan, np.zeros((3, 3)), deep,
    lambda: 1, lambda *g: "7", lambda *g: np.nan, lambda *g: np.zeros(3), lambda *g: g,
    lambda *g: Rude(), lambda *g: 1 / 0, lambda *g: 10**400, lambda *g: True, object(),
    lambda *g: (x for x in g), lambda *g: 1j, type("Odd", (), {"__call__": 3})(),
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("which", range(len(RUDE)))
def test_nothing_that_is_given_makes_a_check_raise(name, which):
    verdict = rk.check(name, RUDE[which])
    assert verdict.status == "not yet"
    assert verdict.message
    assert len(verdict.message) < 300
    assert "<" not in verdict._repr_html_().split(">", 1)[1].split("</div>")[0]


def busy(*given):
    while True:
        pass


@pytest.mark.slow_for("in a process-[!c]*")
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "where", ["in place", pytest.param("in a process", marks=pytest.mark.together)]
)
def test_an_endless_loop_does_not_go_on_behind_the_learners_back(
    name, where, monkeypatch
):
    patience = 0.1 / (module.SLOWER if where == "in place" else 1)
    monkeypatch.setattr(module, "PATIENCE", patience)
    before, start = set(threading.enumerate()), time.monotonic()
    assert "did not finish" in rk.check(name, busy).message
    assert time.monotonic() - start < 5
    for left in set(threading.enumerate()) - before:
        left.join(10)
        assert not left.is_alive()


@pytest.fixture(scope="module")
def judged_here():
    """Judge in this process at once: thousands of copies of it would take long."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "probe", lambda judge, patience: ("", 0))
        yield


CONSTANTS = st.one_of(st.floats(), st.integers(), st.text(), st.lists(st.floats()))


@pytest.mark.usefixtures("judged_here")
@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=15)
@given(CONSTANTS)
def test_constant_answers_are_never_correct(name, value):
    assert not rk.check(name, lambda *given: value)


@pytest.mark.slow
@pytest.mark.usefixtures("judged_here")
@pytest.mark.parametrize("name", NAMES)
@given(CONSTANTS)
def test_a_hundred_constant_answers_are_never_correct(name, value):
    assert not rk.check(name, lambda *given: value)


@pytest.mark.parametrize("name", NAMES)
def test_hints_come_one_after_the_other_and_end(name):
    module._hints_given.clear()
    hints = EXERCISES[name].hints
    for number, words in enumerate(hints, start=1):
        assert rk.hint(name) == f"Hint {number} of {len(hints)}: {words}"
    assert rk.hint(name) == rk.hint(name)
    assert rk.hint(name).startswith("No more hints")
    assert len(set(hints)) == len(hints)


def test_an_unknown_exercise_is_named_with_what_is_near():
    for ask in (lambda n: rk.check(n, 1), rk.hint):
        with pytest.raises(ValueError, match="Did you mean 'normalised'"):
            ask("normalized")

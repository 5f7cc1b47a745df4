"""What CONTRIBUTING shows works: an entry in a lesson's module, and a world."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import robustkit as rk
from robustkit.course.exercise import Exercise
from robustkit.course.lessons import lesson_07

ROOT = Path(__file__).resolve().parents[2]
SHOWN = (ROOT / ".github" / "CONTRIBUTING.md").read_text("utf-8")


def made(word, **known):
    """Return what the document's code that holds a word makes, given what is known."""
    (code,) = (c for c in re.findall(r"```python\n(.*?)```", SHOWN, re.S) if word in c)
    exec(code, known)
    return known


@pytest.fixture
def newcomer(monkeypatch):
    monkeypatch.setitem(lesson_07.EXERCISES, "regret", None)  # taken out afterwards
    return made("regret", Exercise=Exercise, EXERCISES=lesson_07.EXERCISES)


def test_an_exercise_is_checked_like_any_other(newcomer):
    regret, mistakes = newcomer["regret"], newcomer["EXERCISES"]["regret"].mistakes
    assert len(mistakes) >= 3
    assert rk.check("regret", ...).status == "not attempted yet"
    assert rk.check("regret", lambda earned, best: None).status == "not attempted yet"
    assert rk.check("regret", regret).message == "All 3 checks passed."
    for thought, mistake in mistakes.items():
        assert rk.check("regret", mistake).message == thought
    assert rk.hint("regret").startswith("Hint 1 of 2: How far is it")
    unexplained = rk.check("regret", lambda earned, best: 0.3 + best - earned)
    assert unexplained.message == "`yours(0.2, 0.9)` gives 1; expected 0.7."
    assert "ZeroDivisionError" in rk.check("regret", lambda *given: 1 / 0).message


def test_it_is_gone_where_it_is_not_registered():
    with pytest.raises(ValueError, match="not known"):
        rk.check("regret", 1)


def test_a_world_is_sampled_and_measured():
    world = made("class Doors")["Doors"](size=7, layouts=8)
    left = rk.plan(world, "left")
    assert rk.measure(left, world.sample(16)).scalar.value == pytest.approx(1)
    assert rk.measure(left, world.sample(16, goal=1)).alignment.value < 0.2

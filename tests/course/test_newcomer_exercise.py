"""A newcomer's exercise: one entry in the module of a lesson, and nothing else."""

from __future__ import annotations

import pytest

import robustkit as rk
from robustkit.course.exercise import Exercise
from robustkit.course.lessons import lesson_07


def regret(earned, best):
    """Return how much less an agent earns than it could have."""
    return best - earned


NEWCOMER = Exercise(
    reference=regret,
    cases=((0.2, 0.9), (0.5, 0.5), (-0.4, 0.8)),
    mistakes={
        "What is missed counts above 0. Which way round do you subtract?": (
            lambda earned, best: earned - best
        ),
        "That is the share that was earned. How much was missed?": (
            lambda earned, best: earned / best
        ),
        "An agent can earn less than 0, and then misses more than there was.": (
            lambda earned, best: best - max(earned, 0)
        ),
    },
    show=lambda value, earned, best: f"For {earned} of {best} it gives {value:.3g}.",
    hints=("How far is it from what was earned to the best?", "One subtraction."),
)


@pytest.fixture(autouse=True)
def entry(monkeypatch):
    monkeypatch.setitem(lesson_07.EXERCISES, "regret", NEWCOMER)


def test_it_is_checked_like_any_other():
    assert rk.check("regret", ...).status == "not attempted yet"
    assert rk.check("regret", lambda earned, best: None).status == "not attempted yet"
    assert rk.check("regret", regret).message == "All 3 checks passed."
    for thought, mistake in NEWCOMER.mistakes.items():
        assert rk.check("regret", mistake).message == thought
    unexplained = rk.check("regret", lambda earned, best: 0.3 + best - earned)
    assert unexplained.message == "For 0.2 of 0.9 it gives 1."
    assert "ZeroDivisionError" in rk.check("regret", lambda *given: 1 / 0).message


def test_its_hints_come_one_by_one():
    first, second, last = (rk.hint("regret") for _ in range(3))
    assert first == f"Hint 1 of 2: {NEWCOMER.hints[0]}"
    assert second == f"Hint 2 of 2: {NEWCOMER.hints[1]}"
    assert last.startswith("No more hints")


def test_it_is_gone_where_it_is_not_registered(monkeypatch):
    monkeypatch.delitem(lesson_07.EXERCISES, "regret")
    with pytest.raises(ValueError, match="not known"):
        rk.check("regret", regret)

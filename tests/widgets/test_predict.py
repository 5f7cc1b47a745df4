"""A guess before the reveal."""

from __future__ import annotations

import re

import pytest

import robustkit as rk

from . import small


def test_a_guess_comes_before_the_reveal_and_is_shown_beside_it():
    guess = rk.predict("Where will it be?", start=(1.0, 1.0))
    with pytest.raises(ValueError, match="no guess yet"):
        guess.reveal((0.9, 0.1))
    guess.value = (0.5, 0.9)
    reading = rk.measure(rk.plan(small(), "corner"), small().sample(24, goal=1.0))
    said = guess.reveal(reading)
    assert "predicted: capability 0.50, alignment 0.90" in said
    assert f"alignment {reading.alignment.value:.2f}" in said


def test_an_unknown_alignment_can_be_revealed_but_not_guessed():
    guess = rk.predict("Where will it be?", value=(0.5, 0.5))
    reading = rk.measure(rk.device("random", small()), small().sample(24, goal=1.0))
    assert "alignment unknown" in guess.reveal(reading)
    with pytest.raises(ValueError, match="alignment"):
        guess.value = (0.5, None)


@pytest.mark.parametrize(
    ("make", "value", "said"),
    [
        (lambda v: rk.predict("?", choices=["left", "down"], value=v), "up", "up"),
        (lambda v: rk.predict("?", number=(0, 1), value=v), 1.5, "1.5"),
        (lambda v: rk.predict("?", value=v), (2, 0), "capability=2"),
        (lambda v: rk.predict("?", value=v), 0.3, "capability, alignment"),
        (lambda v: rk.predict("?", choices=v), ["one"], "two words or more"),
        (lambda v: rk.predict("?", number=v), (1, 1), "lowest, highest"),
        (lambda v: rk.predict("?", choices=["a", "b"], number=v), (0, 1), "one of"),
    ],
)
def test_a_guess_that_cannot_be_is_refused(make, value, said):
    with pytest.raises(ValueError, match=re.escape(said)):
        make(value)


@pytest.mark.parametrize(
    ("guess", "value", "result"),
    [
        (rk.predict("Which way?", choices=["left", "down"]), "left", "down"),
        (rk.predict("How much?", number=(0, 1)), 0.25, 0.75),
    ],
)
def test_choices_and_numbers_work_as_plain_variables(guess, value, result):
    guess.value = value
    said = guess.reveal(result)
    assert str(value) in said
    assert str(result) in said
    assert guess.value == value

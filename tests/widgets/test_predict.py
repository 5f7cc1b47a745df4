"""Guessing before the answer is seen, and what is said of both afterwards."""

from __future__ import annotations

import json
import re

import pytest

import robustkit as rk
from robustkit.widgets import again

from . import small


def test_the_answer_is_shown_beside_the_guess_with_the_distance():
    guess = rk.predict("Where will it be?", start=(1.0, 1.0))
    guess.value = (0.5, 0.9)
    reading = rk.measure(rk.plan(small(), "corner"), small().sample(24, goal=1.0))
    said = guess.reveal(reading)
    seen = reading.alignment.value
    assert "Your guess: capability 0.50, alignment 0.90." in said
    assert f"alignment {seen:.2f}" in said
    assert "0.50 too low in capability" in said
    assert f"{0.9 - seen:.2f} too high in alignment" in said


def test_an_unknown_alignment_can_be_revealed_but_not_guessed():
    guess = rk.predict("Where will it be?", value=(0.5, 0.5))
    reading = rk.measure(rk.device("random", small()), small().sample(24, goal=1.0))
    said = guess.reveal(reading)
    assert "alignment unknown" in said
    assert said.endswith("0.50 too high in capability.")
    with pytest.raises(ValueError, match="alignment"):
        guess.value = (0.5, None)


@pytest.mark.parametrize(
    ("asked", "value", "result", "said"),
    [
        (
            {"choices": ["left", "down"]},
            "left",
            "down",
            "left. Observed: down. Not so.",
        ),
        ({"choices": ["left", "down"]}, "down", "down", "down. Observed: down. Right."),
        (
            {"number": (0, 1)},
            0.25,
            0.75,
            "0.25. Observed: 0.75. Your guess was 0.50 too low.",
        ),
        (
            {"number": (-1, 1)},
            0.1,
            -0.2,
            "0.10. Observed: -0.20. Your guess was 0.30 too high.",
        ),
        ({"number": (0, 1)}, 0.5, 0.503, "0.50. Observed: 0.50. Right."),
        ({"number": (0, 9), "unit": "steps"}, 1, 7.5, "1 step. Observed: 7.5 steps."),
        (
            {"number": (0, 256)},
            10,
            102,
            "10. Observed: 102. Your guess was 92 too low.",
        ),
        (
            {"number": (0.0, 9.0)},
            1,
            2,
            "1.00. Observed: 2.00. Your guess was 1.00 too low.",
        ),
        (
            {"choices": ["left", "down"], "each": ["a", "b"]},
            ["left", "left"],
            {"b": "left", "a": "down"},
            "a: left; b: left. Observed: a: down; b: left. 1 of 2 right.",
        ),
        (
            {"number": (0, 9), "each": ["a", "b"]},
            {"b": 3, "a": 4},
            [4, 5],
            "a: 4; b: 3. Observed: a: 4; b: 5. a: right; b: 2 too low.",
        ),
    ],
)
def test_every_kind_works_as_a_plain_variable(asked, value, result, said):
    guess = rk.predict("How?", **asked)
    assert guess.value is None
    guess.value = value
    assert f"How? Your guess: {said}" in guess.reveal(result)
    assert guess.said == str(guess).removeprefix("How? ")  # what the page shows
    assert json.loads(json.dumps(guess.as_dict()))["question"] == "How?"


def test_a_measured_number_answers_as_it_is():
    reading = rk.measure(rk.plan(small()), small().sample(8))
    guess = rk.predict("How well?", number=(0, 1), value=1)
    assert "Observed: 1.00. Right." in guess.reveal(reading.scalar)


def test_without_a_guess_the_answer_says_so_and_the_notebook_runs_on():
    guess = rk.predict("Which way?", choices=["left", "down"])
    said = guess.reveal("down")
    assert "You made no guess here" in said
    assert said.endswith("Observed: down.")
    guess.set_state({"draft": "down"})  # too late
    assert "You made no guess" in guess.reveal("down")
    assert guess.as_dict()["value"] is None


def test_a_draft_that_was_not_confirmed_counts_and_is_said_to():
    guess = rk.predict("Which way?", choices=["left", "down"])
    guess.set_state({"draft": "left"})
    assert guess.said == "Not confirmed yet."
    assert "Your guess (not confirmed): left. Observed: down." in guess.reveal("down")
    assert guess.as_dict() == {
        "question": "Which way?",
        "kind": "choice",
        "value": "left",
        "confirmed": False,
        "result": "down",
    }


def test_half_a_draft_counts_for_its_half():
    guess = rk.predict("How many?", number=(0, 9), each=["a", "b"])
    guess.set_state({"draft": {"a": 3, "b": None}})
    assert guess.said == "Still to guess: b."
    assert guess.reveal([3, 4]).endswith("a: right; b: not guessed.")


def test_one_may_guess_again_until_the_answer_is_seen():
    guess = rk.predict("How much?", number=(0, 1))
    guess._asked({"ask": "guess", "value": 0.25})
    guess._asked({"ask": "again"})
    assert (guess.value, guess.draft) == (None, 0.25)
    guess._asked({"ask": "guess", "value": 0.75})
    guess.reveal(0.5)
    guess._asked({"ask": "again"})
    guess._asked({"ask": "guess", "value": 0.5})
    guess.set_state({"draft": 0.5, "value": 0.5})
    assert (guess.value, guess.draft) == (0.75, 0.25)


def test_parts_stand_in_a_table_in_a_notebook():
    rude = "<b>"
    guess = rk.predict("How many?", number=(0, 9), each=[rude, "b"], value=[1, 2])
    page = guess.reveal([1, 5])._repr_html_()
    assert "<td" in page
    assert "3 too low" in page
    assert "&lt;b&gt;" in page
    assert "<b>How many?</b>" in page


@pytest.mark.parametrize(
    ("asked", "value", "ghosts"),
    [
        ({"choices": ["a", "b"]}, "a", []),
        ({"number": (0, 1)}, 0.4, [{"name": "your guess", "value": 0.4}]),
        (
            {"number": (0, 1), "each": ["a", "b"]},
            {"a": 0.4},
            [{"name": "your guess for a", "value": 0.4}],
        ),
        ({}, (1, 0), [{"name": "your guess", "capability": 1, "alignment": 0}]),
    ],
)
def test_a_guess_gives_its_ghost_whether_confirmed_or_not(asked, value, ghosts):
    guess = rk.predict("How?", **asked)
    assert guess.ghosts == []
    guess.set_state({"draft": value})
    assert guess.ghosts == ghosts
    guess.value = value
    assert guess.ghosts == ghosts


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"choices": ["left", "down"], "value": "up"}, "up"),
        ({"number": (0, 1), "value": 1.5}, "1.5"),
        ({"number": (0, 9), "value": 1.5}, "a whole number from 0 to 9"),
        ({"number": (0, 9), "each": ["a", "b"], "value": 3}, "one for each of a, b"),
        ({"number": (0, 9), "each": ["a", "b"], "value": {"c": 3}}, "each of a, b"),
        ({"number": (0, 9), "each": ["a", "b"], "value": [None, None]}, "of a part"),
        ({"number": (0, 9), "each": ["a", "b"], "value": [1, 10]}, "value['b']=10"),
        ({"number": (0, 9), "each": ["a"]}, "each=['a']"),
        ({"each": ["a", "b"]}, "not possible for a point"),
        ({"value": (2, 0)}, "capability=2"),
        ({"value": 0.3}, "capability, alignment"),
        ({"choices": ["one"]}, "two words or more"),
        ({"choices": "left"}, "choices='left'"),
        ({"number": (1, 1)}, "lowest, highest"),
        ({"number": 3}, "lowest, highest"),
        ({"number": (0, float("inf"))}, "number=inf"),
        ({"choices": ["a", "b"], "number": (0, 1)}, "one of"),
    ],
)
def test_what_cannot_be_is_refused_by_name(given, said):
    with pytest.raises(ValueError, match=re.escape(said)):
        rk.predict("?", **given)


@pytest.mark.parametrize(
    ("asked", "result"),
    [
        ({"choices": ["left", "down"]}, "up"),
        ({"number": (0, 1)}, None),
        ({"number": (0, 1)}, float("nan")),
        ({}, 0.3),
        ({"number": (0, 1), "each": ["a", "b"]}, [0.3]),
    ],
)
def test_an_answer_that_cannot_be_is_refused_and_shows_nothing(asked, result):
    guess = rk.predict("?", **asked)
    with pytest.raises(ValueError, match="allowed"):
        guess.reveal(result)
    assert guess.result is None


# Run again in a notebook


@pytest.fixture
def run(monkeypatch, request):
    """Return what runs a cell, given its name, as a notebook's kernel does."""
    runs = []
    book = request.node.name  # a cell of its own, as the kernel remembers

    def ran(name, *questions, **asked):
        runs.append(name)
        monkeypatch.setattr(again, "cell", lambda: (f"{book}: {name}", len(runs)))
        return [rk.predict(words, **asked) for words in questions]

    return ran


def test_a_cell_that_runs_again_shows_its_guess_confirmed_or_not(run):
    (first,) = run("cell", "Where?")
    first.set_state({"draft": [0.5, 0.5]})
    (again,) = run("cell", "Where?")
    assert again.draft == [0.5, 0.5]
    first.value = [0.5, 0.5]
    first.reveal((1, 1))
    (after,) = run("cell", "Where?")
    assert (after.value, after.result) == ([0.5, 0.5], [1, 1])


def test_a_question_that_was_answered_without_a_guess_is_asked_anew(run):
    (first,) = run("cell", "Where?")
    first.reveal((1, 1))
    (again,) = run("cell", "Where?")
    assert again.result is None
    assert again.said == "No guess yet."
    again.set_state({"draft": [0.5, 0.5]})
    assert again.draft == [0.5, 0.5]


def test_other_choices_another_range_and_another_cell_are_other_questions(run):
    (first,) = run("cell", "Which?", choices=["a", "b"])
    first.value = "a"
    (more,) = run("cell", "Which?", choices=["a", "b", "c"])
    (many,) = run("cell", "Which?", number=(0, 9))
    (most,) = run("cell", "Which?", number=(0, 99))
    (copy,) = run("a copy of the cell", "Which?", choices=["a", "b"])
    assert [each.value for each in (more, many, most, copy)] == [None] * 4
    (back,) = run("cell", "Which?", choices=["a", "b"])
    assert back.value == "a"


def test_one_question_twice_in_a_cell_is_two_guesses(run):
    first, second = run("cell", "Where?", "Where?")
    first.value = [0.1, 0.1]
    second.value = [0.2, 0.2]
    again = run("cell", "Where?", "Where?")
    assert [each.value for each in again] == [[0.1, 0.1], [0.2, 0.2]]


def test_a_guess_that_was_closed_is_made_anew(run):
    (first,) = run("cell", "Where?")
    first.close()
    (again,) = run("cell", "Where?")
    assert again is not first
    assert again.comm is not None


def test_a_guess_in_the_code_is_the_guess(run):
    (first,) = run("cell", "How much?", number=(0, 1), value=0.25)
    assert first.value == 0.25
    (again,) = run("cell", "How much?", number=(0, 1), value=0.5)
    assert again.value == 0.5

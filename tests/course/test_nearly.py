"""What is said of any answer: the call, what came, how it is nearly right."""

from __future__ import annotations

import importlib
import re
from copy import deepcopy
from functools import partial

import numpy as np
import pytest

import robustkit as rk
from robustkit.course.answer import changed, same
from robustkit.course.exercise import Exercise
from robustkit.course.lessons import exercises
from robustkit.course.nearly import each, leaves
from robustkit.course.words import asked, in_words

EXERCISES = exercises()
TRIED = {name: it for name, it in EXERCISES.items() if it.cases}
COMPARED = {name: it for name, it in TRIED.items() if not it.judge}
RIGHTS = {
    name: [it.reference(*it.given(*case)) for case in it.cases]
    for name, it in COMPARED.items()
}
WORDS = [name for name, rights in RIGHTS.items() if isinstance(rights[0], str)]
NUMBERS = [name for name in RIGHTS if name not in WORDS]
HAS_NONE = [name for name in NUMBERS if None in leaves(RIGHTS[name])]


@pytest.fixture(autouse=True)
def here(monkeypatch):
    """Judge in this process: these answers all end."""
    module = importlib.import_module("robustkit.course.check")
    monkeypatch.setattr(module, "probe", lambda judge, patience: ("", 0))


def turned(name, turn):
    """Return an answer that is right but for `turn`, done to every number of it."""
    known = lambda x: x if x is None else turn(x)  # noqa: E731
    return lambda *given: each(known, EXERCISES[name].reference(*given))


def called(message):
    """Return whether a message says the call, what came and what was expected."""
    return re.search(
        r"`\w+\(.*\)` (gives .+|ended in .+); expected .+\.", message, re.S
    )


# How any answer is nearly right


# (turns-at gives back a share that it was given, which has two places)
@pytest.mark.parametrize("name", [name for name in NUMBERS if name != "turns-at"])
@pytest.mark.parametrize("places", [2, 3])
def test_a_rounded_answer_is_told_not_to_round(name, places):
    message = rk.check(name, turned(name, lambda x: round(x, places))).message
    assert "rounded" in message or "whole" in message
    assert called(message)


@pytest.mark.parametrize("name", NUMBERS)
def test_per_cent_are_told_so(name):
    message = rk.check(name, turned(name, lambda x: 100 * x)).message
    assert "per cent" in message
    assert called(message)


@pytest.mark.parametrize("name", NUMBERS)
def test_numbers_as_text_are_told_so(name):
    verdict = rk.check(name, turned(name, lambda x: f"{x:.4f}"))
    assert "as text" in verdict.message


@pytest.mark.parametrize("name", NUMBERS)
def test_an_answer_that_is_a_little_off_is_told_it_is_near(name):
    def near(*given):
        right = EXERCISES[name].reference(*given)
        return each(lambda x: x if x is None else x * (1 + 3.1e-4), right)

    assert "Nearly, but not to six digits" in rk.check(name, near).message


@pytest.mark.parametrize("name", WORDS)
@pytest.mark.parametrize(
    "turn", [str.upper, str.title, lambda x: f" {x}", "{}s".format]
)
def test_a_word_in_another_spelling_is_told_the_words(name, turn):
    message = rk.check(name, turned(name, turn)).message
    assert message.startswith("Spelling: use one of '")
    assert repr(RIGHTS[name][0]) in message
    assert called(message)


@pytest.mark.parametrize("name", WORDS)
def test_what_is_no_word_is_told_that_one_is_wanted(name):
    assert "should give a word" in rk.check(name, lambda *given: len(given)).message


@pytest.mark.parametrize("name", [n for n in NUMBERS if np.ndim(RIGHTS[n][0]) == 1])
def test_the_right_values_in_a_dict_or_in_reverse_are_told_so(name):
    def as_dict(*given):
        return dict(enumerate(EXERCISES[name].reference(*given)))

    assert "come in a dict" in rk.check(name, as_dict).message
    other = rk.check(name, lambda *given: [*EXERCISES[name].reference(*given)][::-1])
    assert other.status == "not yet"


@pytest.mark.parametrize("name", [n for n in NUMBERS if not np.ndim(RIGHTS[n][0])])
def test_a_number_in_a_list_is_told_so(name):
    verdict = rk.check(name, lambda *given: [EXERCISES[name].reference(*given)])
    assert "wrapped up" in verdict.message


@pytest.mark.parametrize("name", HAS_NONE)
def test_nan_is_told_that_none_is_meant(name):
    def unknown(*given):
        return each(lambda x: np.nan if x is None else x, RIGHT(*given))

    RIGHT = EXERCISES[name].reference
    assert "the answer is `None`" in rk.check(name, unknown).message


@pytest.mark.parametrize("name", ["turns-at", "count-apart"])
def test_none_is_told_that_nan_is_meant(name):
    def unknown(*given):
        right = EXERCISES[name].reference(*given)
        return right if right == right else None

    assert "the answer is `np.nan`" in rk.check(name, unknown).message


# Right in another form


def shapes(right):
    """Yield the same in forms that nobody would call wrong."""
    if isinstance(right, str):
        yield from (np.str_(right), np.array(right), np.array([right]))
    elif isinstance(right, dict):
        yield {key: np.array(value) for key, value in right.items()}
    elif np.ndim(right) and None not in right:
        yield from ([*right], (x for x in right), np.array(right, object))
        yield np.ma.masked_invalid(np.array(right, float))
    elif right is not None and not np.ndim(right):
        yield from (np.float64(right), np.array(right), np.array([right]))
        yield np.ma.masked_invalid(np.array(right, float))


@pytest.mark.parametrize("name", RIGHTS)
@pytest.mark.parametrize("which", range(4))
def test_what_is_right_is_right_in_any_form(name, which):
    def answer(*given):
        right = EXERCISES[name].reference(*given)
        return dict(enumerate(shapes(right))).get(which, right)

    assert rk.check(name, answer)


# What it does besides


def spoil(thing):
    """Change a thing where it can be changed; return whether it could."""
    if isinstance(thing, np.ndarray) and thing.size:
        thing[...] = thing.ravel()[0] + 1 if thing.dtype != bool else ~thing
        return True
    if isinstance(thing, dict):
        thing["more"] = 1
    elif isinstance(thing, list):
        thing.append(thing[0])
    return isinstance(thing, (dict, list))


@pytest.mark.parametrize("name", TRIED)
def test_an_answer_that_changes_what_it_is_given_is_told_so(name):
    it = EXERCISES[name]
    if not any(map(spoil, deepcopy(it.given(*it.cases[0])))):
        return  # there is nothing that it could change

    def answer(*given):
        right = it.reference(*given)
        assert [*map(spoil, given)].count(True)
        return right

    message = rk.check(name, answer).message
    assert re.match(r"It changes the (array|dict|list) that it is given", message)
    assert "values are right" in message
    wrong = rk.check(name, lambda *given: [spoil(x) for x in given] and "no")
    assert "It also changes the" in wrong.message


@pytest.mark.parametrize("name", EXERCISES)
def test_what_is_raised_is_said_with_the_line(name):
    def answer(*given):
        wanted = given[99]
        return wanted

    for made in (answer, partial(answer), lambda *given: answer(*given)):
        message = rk.check(name, made).message
        assert "IndexError: tuple index out of range" in message
        assert re.search(r"\(line \d+: `wanted = given\[99\]`\)", message)
        # those without cases call it in ways of their own
        assert called(message) or not EXERCISES[name].cases


def test_the_line_is_that_of_the_notebook_and_not_of_a_library():
    def answer(got, random, best):
        return np.linalg.inv(np.zeros((2, 2)))

    message = rk.check("normalised", answer).message
    assert "LinAlgError: Singular matrix (line" in message
    assert "`return np.linalg.inv(np.zeros((2, 2)))`" in message


@pytest.mark.parametrize("name", TRIED)
def test_no_fall_back_is_without_call_came_and_expected(name):
    odd = (0.12345, "text", None, np.float64(7.5), [np.float64(0.5)] * 3, {"a": 1})
    for value in odd:
        message = rk.check(name, lambda *given, v=value: v).message
        own = message in EXERCISES[name].mistakes
        assert own or called(message) or value is None, message
        assert "np.float64" not in message


@pytest.mark.parametrize("name", EXERCISES)
def test_hints_are_named_until_one_has_been_asked_for(name, monkeypatch):
    module = importlib.import_module("robustkit.course.check")
    monkeypatch.setattr(module, "_hints_given", {})
    words = f'`rk.hint("{name}")` gives a hint.'
    assert words in str(rk.check(name, lambda *given: "no"))
    assert words in rk.check(name, lambda *given: "no")._repr_html_().replace(
        "&quot;", '"'
    )
    rk.hint(name)
    assert words not in str(rk.check(name, lambda *given: "no"))


# The words


def test_a_short_call_can_be_copied():
    def mine(one, two, three, four):
        """Do nothing."""

    given = np.array([0.5, np.nan]), {"a": (1.0,)}, rk.metrics.Estimate(0.5, 0, 1), True
    words = asked(mine, given).strip("`")
    back = eval(words, {"np": np, "rk": rk, "mine": lambda *given: given})
    assert same(back[0], given[0])
    assert back[1:] == given[1:]


def test_a_long_call_is_cut_and_says_how_much_there_is():
    words = asked(len, (np.arange(100) / 3,))
    assert "(100 in all)" in words
    assert len(words) < 130


class Own:
    def __repr__(self):
        return f"Own({np.float64(0.25)!r}, {np.True_!r})"


@pytest.mark.parametrize(
    ("thing", "words"),
    [
        (np.float64(0.5), "0.5"),
        ([np.float64(1 / 3), np.int64(2)], "[0.333333, 2]"),
        ({"a": np.array([1.0, np.nan])}, "{'a': [1, nan]}"),
        ((np.bool_(True), None), "(True, None)"),
        (-np.inf, "-inf"),
        ({np.float64(0.5)}, "{0.5}"),
        (KeyError(np.float64(0.25)), "KeyError: 0.25"),
        (ValueError("x", np.str_("y")), "ValueError: ('x', 'y')"),
        (Own(), "Own(0.25, True)"),
        (object(), "<object object>"),
        (ValueError("one\n\n   two"), "ValueError: one two"),
        ("np.float64(1) at 0x12", "'np.float64(1) at 0x12'"),  # a learner's own text
    ],
)
def test_what_is_given_is_said_plainly(thing, words):
    assert in_words(thing) == words


def test_what_was_changed_is_seen():
    assert changed([1, 2], [1, 2]) == ""
    assert changed([1, 3], [1, 2]) == "list"
    assert changed({"b": 1, "a": 2}, {"a": 2, "b": 1}) == "dict"
    assert changed((np.ones(2),), (np.zeros(2),)) == "array"
    assert changed(({"a": [1]},), ({"a": [1, 2]},)) == "list"
    assert changed({"a": np.ones(2)}, {"a": 1.0}) == "dict"
    assert changed([None], [[1]]) == "list"
    assert changed([0.0], [np.zeros(2)]) == "array"


def test_an_exercise_needs_no_words_of_its_own():
    half = Exercise(
        reference=lambda x: x / 2, cases=((1.0,), (3.0,), (5.0,)), hints=("",)
    )
    assert len([*half.checks(lambda x: 0.5 * x)]) == 3


def test_an_async_function_is_told_so_and_python_does_not_warn(recwarn):
    async def alignment_gap(capability, alignment):
        return capability * (1 - alignment)

    assert "not `async def`" in rk.check("plane-gap", alignment_gap).message
    assert not [each for each in recwarn if "never awaited" in str(each.message)]


def test_a_mistake_that_explains_no_wrong_value_is_not_named():
    def scalar_drop(trained, shifted):  # wrong where the agent does better
        drop = trained.scalar.value - shifted.scalar.value
        return drop if drop >= 0 else 0.77

    message = rk.check("scalar-drop", scalar_drop).message
    assert message not in EXERCISES["scalar-drop"].mistakes
    assert called(message)

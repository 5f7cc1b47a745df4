"""Arguments: every spelling of a number is the same number, and nothing else is one."""

from __future__ import annotations

import json
import math
import re
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import robustkit as rk
from robustkit import arguments

WHOLE = (int, float, np.int8, np.int16, np.int64, np.uint8, np.float32, np.float64)
NO_NUMBERS = [
    "5", "", None, [5], (5,), {5}, {}, True, False, np.True_, np.array(True), 5 + 0j,
    np.complex64(5), Decimal(5), Fraction(5), np.array([5]), np.array("5"), b"5",
    np.datetime64(5, "s"), ..., int, math.nan, np.float32("nan"), np.array(np.nan),
]  # fmt: skip


@given(st.integers(0, 100), st.sampled_from(WHOLE), st.booleans())
def test_a_whole_number_is_pythons_int_however_it_is_spelt(value, kind, boxed):
    spelt = np.array(kind(value)) if boxed else kind(value)
    found = arguments.whole("n", spelt, 0, 100)
    assert type(found) is int
    assert found == value
    assert json.dumps(found) == str(value)


@given(
    st.floats(0, 1, width=16),
    st.sampled_from([float, np.float16, np.float32, np.float64, np.longdouble]),
    st.booleans(),
)
def test_a_number_is_pythons_float_however_it_is_spelt(value, kind, boxed):
    spelt = np.array(kind(value)) if boxed else kind(value)
    found = arguments.fraction("share", spelt)
    assert type(found) is float
    assert found == value
    assert math.copysign(1, found) == 1  # -0.0 would be printed as "-0.00"


@pytest.mark.parametrize("wrong", NO_NUMBERS, ids=repr)
def test_what_is_no_number_is_refused_with_its_name_and_what_is_allowed(wrong):
    with pytest.raises(ValueError, match=r"^n=(?s:.*); allowed: a whole number"):
        arguments.whole("n", wrong, 0)
    with pytest.raises(ValueError, match=r"^share=(?s:.*); allowed: a number "):
        arguments.fraction("share", wrong)


@given(st.floats() | st.integers(-(10**400), 10**400))
def test_a_number_is_taken_exactly_if_it_is_in_range(value):
    if 0 <= value <= 1:
        assert arguments.fraction("share", value) == value
    else:
        with pytest.raises(ValueError, match="share="):
            arguments.fraction("share", value)


@given(st.floats() | st.integers(-(10**400), 10**400))
def test_a_whole_number_is_taken_exactly_if_it_is_one_and_in_range(value):
    if 3 <= value <= 10**350 and value == value // 1:
        assert arguments.whole("n", value, 3, 10**350) == value
    else:
        with pytest.raises(ValueError, match="allowed: a whole number from 3 to 1"):
            arguments.whole("n", value, 3, 10**350)


def test_an_even_number_is_no_odd_one():
    assert arguments.whole("size", np.float32(7), 5, odd=True) == 7
    with pytest.raises(ValueError, match=r"size=8 .* an odd whole number from 5 up"):
        arguments.whole("size", 8, 5, odd=True)


def test_a_seed_is_a_whole_number_from_0_that_a_generator_takes():
    assert arguments.seed("seed", np.uint64(2**63 - 1)) == 2**63 - 1
    for wrong in (-1, 2**63, 0.5):
        with pytest.raises(ValueError, match="seed="):
            arguments.seed("seed", wrong)


def test_a_word_is_pythons_str_and_a_near_miss_is_told_what_was_meant():
    found = arguments.one_of("world", np.str_("cheese"), ["cheese", "dish"])
    assert type(found) is str
    with pytest.raises(
        ValueError, match=r"allowed: cheese, dish\. Did you mean 'dish'"
    ):
        arguments.one_of("world", "dsih", ["cheese", "dish"])
    for wrong in (None, 5, ["cheese"], b"cheese"):
        with pytest.raises(ValueError, match="world="):
            arguments.one_of("world", wrong, ["cheese"])


class Mute:
    def __repr__(self):
        raise RuntimeError("no words")


LONG = [
    "x" * 10**6, "\x1b[31m\n" * 99, "\ud800" * 200, b"\0" * 10**5, 10**5000, Mute(),
    np.zeros((1000, 1000)), [[0] * 99] * 10**5, dict.fromkeys(range(10**4), "y" * 99),
    (("deep",) * 99,) * 99,
]  # fmt: skip


@pytest.mark.parametrize("given", LONG, ids=lambda given: type(given).__name__)
def test_an_error_repeats_a_line_of_what_was_given_at_most(given):
    said = arguments.quote(given)
    assert said.isprintable()
    assert 0 < len(said) <= arguments.LINE
    for check in (
        lambda: arguments.one_of("kind", given, ["random", "drift"]),
        lambda: arguments.whole("n", given, 1, 9),
        lambda: arguments.fraction("share", given),
    ):
        with pytest.raises(ValueError, match="; allowed: ") as problem:
            check()
        assert len(str(problem.value)) < 2 * arguments.LINE


def test_what_is_short_is_repeated_as_it_is():
    for short in ("chese", -0.5, [1, 2, 3], ("é", None), {"a": 1}, np.int64(7)):
        assert arguments.quote(short) == repr(short)


# Who has none is told where one comes from


@pytest.mark.parametrize(
    "ask",
    [
        lambda one: rk.path(one, rk.make("cheese")),
        lambda one: rk.draw(rk.make("cheese").sample(1), one),
        lambda one: rk.compare(one, rk.make("cheese").sample(1)),
        lambda one: rk.pull(one, rk.make("cheese").sample(1)),
        lambda one: rk.watch(one, rk.make("cheese").sample(1)),
        lambda one: rk.explore("cheese", agents=[one]),
        lambda one: rk.arrow(one, one),
        rk.card,
        rk.cautious,
    ],
)
def test_what_is_no_agent_is_told_what_gives_one(ask):
    with pytest.raises(
        ValueError, match=r"'network'.*allowed: what robustkit\.train, "
    ):
        ask("network")


@pytest.mark.parametrize(
    "ask",
    [
        rk.explore,
        rk.laws,
        rk.sensitivity,
        lambda one: rk.mesa_map(one, ("cheese", "dish")),
        lambda one: rk.card(rk.plan(rk.make("cheese")), world=one),
    ],
)
def test_what_is_no_world_is_told_what_gives_one(ask):
    said = r"world=3 is not a world; allowed: what robustkit\.make\(name\) "
    with pytest.raises(ValueError, match=said):
        ask(3)


def test_no_refusal_allows_just_what_it_says_something_is_not():
    """As "agent=3 is not an agent; allowed: an agent." does, and helps nobody."""
    for path in sorted(Path(rk.__file__).parent.rglob("*.py")):
        whole = re.sub(r'"\s*f?r?"', "", path.read_text("utf-8"))  # parts of one text
        round_about = r"is not (an? [\w ]+?)(?: in [\w ]+)?; allowed: \1[.,\"]"
        assert not re.search(round_about, whole), path.name


@pytest.mark.parametrize("given", [3, b"agent.npz", None, ["a"]], ids=repr)
def test_what_is_no_path_is_refused_wherever_one_is_asked_for(given):
    shown = rk.gallery([rk.make("cheese")])
    for ask in (rk.load, shown.save, rk.class_page, rk.export_site):
        with pytest.raises(ValueError, match="allowed: a path, as a string") as refused:
            ask(given)
        assert repr(given) in str(refused.value)


@pytest.mark.parametrize("ask", [rk.gallery, rk.recovery])
@pytest.mark.parametrize("given", [3, "cheese", []], ids=repr)
def test_what_is_no_list_of_worlds_is_refused(ask, given):
    with pytest.raises(ValueError, match=r"worlds=.*allowed: a list of worlds"):
        ask(given)


@pytest.mark.parametrize("name", ["nowhere/x.svg", "x.foo", "x"])
def test_a_picture_is_saved_where_and_as_it_can_be(name, tmp_path):
    picture = rk.gallery([rk.make("cheese")])
    with pytest.raises(ValueError, match=r"^path="):
        picture.save(tmp_path / name)
    assert not list(tmp_path.iterdir())

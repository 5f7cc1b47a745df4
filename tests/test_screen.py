"""What is printed fits a cell of JupyterLab on a laptop, and wraps between words.

At 1366 pixels, with the file browser open, a cell holds 107 columns; JupyterLab breaks
what is longer anywhere, within words too.
"""

from __future__ import annotations

import contextlib
import io
import json
import warnings
from functools import cache

import numpy as np
import pytest

import robustkit as rk
from robustkit import text
from robustkit.analysis.verdict import verdict
from robustkit.metrics import Estimate
from robustkit.metrics.reading import Point
from robustkit.setup.examinations import warning
from robustkit.studies.plan import Plan

CELL = 107
LONG = "an agent whose name was thought of on a long and rainy afternoon"


@cache
def world():
    return rk.make("cheese", size=7, layouts=8)


@cache
def agent():
    return rk.plan(world(), "corner", noise=0.1)


@cache
def levels():
    return world().sample(32, goal="anywhere", seed=0)


def far(low):
    return Estimate(-0.24, low, -0.19)


PRINTED = {
    "a reading": lambda: rk.measure(agent(), levels()),
    "one of a long name": lambda: Point(far(-0.3), far(-0.3), far(-0.3), LONG),
    "in words": lambda: rk.measure(agent(), levels()).explain(),
    "its limits": lambda: rk.measure(agent(), levels()[0]).limits[-1],
    "a path": lambda: rk.path(agent(), world(), goal=[0, 0.5, 1], n=16),
    "a drop": lambda: rk.path(agent(), world(), goal=[0, 1], n=16).drop(),
    "a split": lambda: rk.path(agent(), world(), goal=[0, 1], n=16).attribute(),
    "a turn": lambda: (
        rk.path(
            rk.plan(world(), {"cheese": 0.5, "corner": 0.5}), world(), goal=[0, 1], n=64
        ).turn
    ),
    "a pull": lambda: rk.pull(agent(), levels()),
    "a pull in words": lambda: rk.pull(agent(), levels()).explain(),
    "an arrow": lambda: rk.arrow(agent(), rk.plan(world()), n=16),
    "an arrow in words": lambda: rk.arrow(agent(), agent(), n=16).explain(),
    "remedies": lambda: rk.remedies(),
    "remedies in words": lambda: rk.remedies(which=["bigger"]).explain(),
    "regret": lambda: rk.regret(agent(), levels()),
    "a forecast": lambda: rk.forecast(agent(), world(), n=16),
    "a verdict": lambda: verdict(agent(), world(), n=16).explain(),
    "a comparison": lambda: rk.compare(agent(), levels()),
    "a world": lambda: world().describe(),
    "a mesa-map": lambda: rk.mesa_map(world(), ("cheese", "hole"), n=8, points=3),
    "a value map": lambda: rk.value_map(world(), n=8),
    "a population": lambda: rk.population([agent()], levels(), name=LONG),
    "conventions": lambda: rk.sensitivity(world(), n=8),
    "planted": lambda: rk.recovery([world()], n=8),
    "a plan": lambda: Plan.of(
        ["cheese", "dish"], ["network", "searcher"], 25, [0, 0.1]
    ),
    "the doctor": lambda: warning("something is odd " * 9, "Say so, and soon. " * 9),
    "a hint": lambda: rk.hint("normalised"),
}


def printed(made):
    with contextlib.redirect_stdout(io.StringIO()) as out:
        print(made)
    return out.getvalue()


@pytest.mark.parametrize("what", PRINTED)
def test_what_is_printed_fits_a_cell(what):
    said = printed(PRINTED[what]())
    assert said.strip()
    assert max(map(len, said.splitlines())) <= CELL, said
    assert "np.float64" not in said


@pytest.mark.parametrize(
    "what",
    [
        "in words",
        "a pull in words",
        "an arrow in words",
        "remedies in words",
        "a verdict",
        "a world",
        "a hint",
    ],
)
def test_prose_is_one_string_that_wraps_when_shown(what):
    prose = PRINTED[what]() if what != "a hint" else rk.hint("scalar-drop")
    assert isinstance(prose, text.Prose)
    assert max(map(len, printed(prose).splitlines())) <= text.WIDTH
    assert printed(prose).split() == prose.split()  # no word is broken
    assert json.loads(json.dumps(prose)) == prose  # data of it holds no such breaks
    assert prose._repr_html_().count("<p>") == prose.count("\n") + 1


def test_a_paragraph_shows_what_it_says_to_the_letter():
    said = text.Prose("<b>bold</b> & plain")
    assert "&lt;b&gt;bold&lt;/b&gt; &amp; plain" in said._repr_html_()
    assert printed(said) == "<b>bold</b> & plain\n"


def test_a_name_that_leaves_no_room_stands_above_what_is_said_of_it():
    point = Point(far(-0.3), far(-0.3), far(-0.3), LONG)
    first, second = str(point).splitlines()
    assert first == f"{LONG}:"
    assert second.startswith("  scalar -0.24 [-0.30, -0.19], capability")


def test_a_warning_wraps_below_where_it_comes_from():
    words = "the tables are of the first, for the second is another one; " * 3
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        warnings.warn(text.Notice(words), stacklevel=1)
    (warned,) = caught
    assert str(warned.message) == words  # as filters and tests match it
    shown = warnings.formatwarning(
        warned.message, warned.category, warned.filename, warned.lineno
    )
    first, *rest = shown.splitlines()
    assert first.endswith("Notice: ")
    assert max(map(len, rest)) <= text.WIDTH
    assert " ".join(rest).startswith(words.strip())


def test_a_split_says_what_is_due_to_what_without_false_zeros():
    split = rk.path(rk.plan(world()), world(), goal=[0, 1], n=16).attribute()
    assert "-0.00" not in str(split)
    assert not np.isnan(split.capability).any()

"""A world by name and options, and what is refused."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest
from mazes import layouts, world

import robustkit as rk
from robustkit.worlds import WORLDS, Levels
from robustkit.worlds.layouts import FREE


def test_worlds_are_listed_with_one_line_each():
    listed = rk.list_worlds()
    assert set(listed) == set(WORLDS)
    assert all(line and "\n" not in line for line in listed.values())


def test_options_make_the_same_world_again():
    some = rk.make("cheese", size=7, ends="base", layouts=3)
    assert rk.make("cheese", **some.options) == some
    assert set(some.options) == {f.name for f in fields(some)}


def test_every_world_describes_itself():
    text = world().describe()
    for word in ("cheese", "corner", "64", "tree"):
        assert word in text


def test_unknown_world_lists_the_known_ones():
    with pytest.raises(ValueError, match=r"'chese'.*allowed.*cheese"):
        rk.make("chese")


def test_unknown_option_lists_the_known_ones():
    with pytest.raises(ValueError, match=r"'sise'.*allowed.*size.*layouts"):
        rk.make("cheese", sise=9)


@pytest.mark.parametrize("name", [None, 3, ["cheese"]])
def test_a_world_must_be_a_name(name):
    with pytest.raises(ValueError, match="world") as error:
        rk.make(name)
    assert repr(name) in str(error.value)


NAN = float("nan")
OPTIONS = [
    *[("size", value) for value in (0, 3, 4, 8, -9, 43, 9.5, "9", None, NAN, True)],
    *[("layouts", value) for value in (0, -1, 2.5, "many", NAN)],
    *[("discount", value) for value in (0, 1, 1.2, -0.5, NAN, "high", None)],
    *[("maker", value) for value in ("treee", None, 1)],
    *[("unfamiliar", value) for value in ("cave", None)],
    *[("ends", value) for value in ("last", None, True)],
    *[("region", value) for value in (0, 8, 1.5, "all", None)],
]


@pytest.mark.parametrize(("option", "value"), OPTIONS)
def test_an_option_out_of_range_is_refused_by_name_and_value(option, value):
    with pytest.raises(ValueError, match=option) as error:
        rk.make("cheese", **{option: value})
    assert repr(value) in str(error.value)
    assert "allowed" in str(error.value)


@pytest.mark.parametrize(
    ("name", "options", "words"),
    [
        (
            "keys",
            {"size": 5, "few": 3, "maker": "dense", "layouts": 1},
            "maker='dense'.*size=5",
        ),
        (
            "switch",
            {"size": 5, "maker": "dense", "layouts": 1},
            "maker='dense'.*size=5",
        ),
        ("coin", {"height": 5, "size": 41}, "height=5, size=41"),
        ("coin", {"height": 3}, "height=3"),
        ("lava", {"size": 5}, "size=5"),
    ],
)
def test_a_world_whose_things_find_no_place_is_refused_when_it_is_made(
    name, options, words
):
    with pytest.raises(ValueError, match=f"{words}.*allowed"):
        rk.make(name, **options)


def test_a_layout_that_is_too_full_is_drawn_again():
    full = {"size": 5, "few": 3, "maker": "open", "unfamiliar": "dense", "layouts": 1}
    levels = rk.make("keys", **full).sample(300, layout=1.0)
    assert ((levels.terrain == FREE).sum((1, 2)) >= 7).all()  # the start and six things
    few = rk.make("monsters", maker="open", unfamiliar="dense").sample(300, layout=1.0)
    assert ((few.terrain == FREE).sum((1, 2)) >= 5).all()  # the start and four things
    drawn = layouts("dense", 300, 5)
    assert ((~drawn).sum((1, 2)) < 5).any()


SAMPLES = [
    *[("n", value) for value in (0, -1, 2.5, "ten", None, NAN, True)],
    *[("goal", value) for value in (-0.1, 1.1, NAN, float("inf"), "half", None, True)],
    *[("layout", value) for value in (-1e-9, 1.0001, NAN, [0.5, 0.5])],
    *[("seed", value) for value in (-1, 0.5, "zero", None, NAN)],
]


@pytest.mark.parametrize(("argument", "value"), SAMPLES)
def test_a_sample_out_of_range_is_refused_by_name_and_value(argument, value):
    arguments = {"n": 4, argument: value}
    with pytest.raises(ValueError, match=f"^{argument}=") as error:
        world().sample(**arguments)
    assert repr(value) in str(error.value)
    assert "allowed" in str(error.value)


def test_whole_numbers_of_any_kind_will_do():
    assert rk.make("cheese", size=np.int64(9)) == world()
    assert isinstance(world(5).sample(np.int32(3), goal=np.float32(1)), Levels)

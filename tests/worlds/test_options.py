"""A world by name and options, and what is refused."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest
from mazes import layouts, same, world

import robustkit as rk
from robustkit.worlds import WORLDS
from robustkit.worlds.layouts import FREE
from robustkit.worlds.minigrid import GridEnv
from robustkit.worlds.vector import VectorGridEnv


def test_worlds_are_listed_with_one_line_each():
    listed = rk.list_worlds()
    assert set(listed) == set(WORLDS)
    assert all(line and "\n" not in line for line in listed.values())


def test_options_make_the_same_world_again():
    some = rk.make("cheese", size=7, ends="base", layouts=3)
    assert rk.make("cheese", **some.options) == some
    assert set(some.options) == {f.name for f in fields(some)}


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
            "cheese",
            {"size": 5, "maker": "tree", "unfamiliar": "tree", "layouts": 200},
            "unfamiliar='tree'",
        ),
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
        (
            "monsters",
            {"monsters": 2, "apples": 5, "shields": 3},
            "size=5 that holds.*fewer things",
        ),
        ("monsters", {"monsters": 0}, "monsters=0"),
        ("monsters", {"apples": 6}, "apples=6"),
        ("monsters", {"shields": "two"}, "shields='two'"),
        ("monsters", {"chase": 1.1}, "chase=1.1"),
        ("trees", {"trees": 1}, "trees=1"),
        ("trees", {"trees": 11}, "trees=11"),
    ],
)
def test_a_world_that_cannot_be_is_refused_when_it_is_made(name, options, words):
    with pytest.raises(ValueError, match=words) as error:
        rk.make(name, **options)
    assert "allowed" in str(error.value)


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


ODD = [int, float, np.int8, np.int64, np.float32, np.float64, np.array]


@pytest.mark.parametrize("kind", ODD)
def test_levels_are_drawn_and_laid_by_numbers_of_any_kind(kind):
    one = world(5)
    levels = one.sample(kind(3), goal=kind(1), layout=kind(0), seed=kind(3))
    assert same(levels, one.sample(3, goal=1.0, layout=0.0, seed=3))
    rows = ["#####", "#...#", "#...#", "#...#", "#####"]
    places = {"cheese": (kind(3), kind(3)), "hole": (kind(1), kind(1))}
    laid = one.level(rows, (kind(2), kind(2)), places)
    assert (laid.start.item(), laid.things["cheese"].item()) == (12, 18)
    env = GridEnv(one, shift=(kind(1), kind(0)), max_steps=kind(3), tile_size=kind(8))
    env.reset(seed=kind(2))
    assert env.shift == (1.0, 0.0)
    assert [type(n) for n in (*env.shift, env.max_steps, env.tile_size)] == [
        *(float, float, int, int)
    ]
    envs = VectorGridEnv(one, num_envs=kind(2), pool=kind(4), max_steps=kind(3))
    assert envs.reset(seed=kind(2))[0].shape == (2, 4, 5, 5)
    assert [type(n) for n in (envs.num_envs, envs.pool, envs.max_steps)] == [int] * 3


@pytest.mark.parametrize("place", [(1.5, 1), (1,), (1, 2, 3), 7, None, ("1", "1")])
def test_a_place_that_is_none_is_refused(place):
    rows = ["#####", "#...#", "#...#", "#...#", "#####"]
    with pytest.raises(ValueError, match=r"^start=.*allowed: a pair \(row, column\)"):
        world(5).level(rows, place, {})

"""A level editor."""

from __future__ import annotations

import numpy as np
import pytest

import robustkit as rk

from . import small


def test_a_laid_level_is_what_its_code_makes():
    builder = rk.build(small(), level=small().sample(1, goal=1.0, seed=4))
    made = {"rk": rk}
    exec(builder.code(), made)
    ours, theirs = builder.level, made["level"]
    assert (ours.terrain == theirs.terrain).all()
    assert ours.start == theirs.start
    assert ours.things == theirs.things
    drawn = small().sample(1, goal=1.0, seed=4)
    assert ours.keys == drawn.keys
    assert bool(ours.goal_shifted[0])
    assert not ours.layout_shifted[0]
    assert str(ours) == builder.text()


def test_an_impossible_level_is_explained_and_not_refused():
    builder = rk.build(small())
    hole = builder.things["hole"]
    builder.walls = builder.walls[:hole] + "1" + builder.walls[hole + 1 :]
    assert "lies in a wall" in builder.outcome["problems"][0]
    assert builder.outcome["words"] == "This is no level yet."
    assert "no level yet" in str(builder)
    builder.walls = builder.walls[:hole] + "0" + builder.walls[hole + 1 :]
    assert builder.outcome["problems"] == []
    builder.things = {**builder.things, "cheese": builder.start}
    assert any("lies at the start" in p for p in builder.outcome["problems"])


def test_what_cannot_be_reached_is_said():
    world = small()
    rows = ["#######", "#.#...#", "###...#", "#.....#", "#.....#", "#.....#", "#######"]
    level = world.level(rows, (5, 5), {"cheese": (1, 1), "hole": (4, 4)})
    said = world.unreached(level)
    assert "cheese cannot be reached from the start." in said
    assert "Nothing can be won at cheese here." in said


def test_the_editor_says_where_base_and_proxy_part():
    world = small()
    builder = rk.build(world, level=world.sample(1, goal=0.0))
    assert "they agree" in builder.outcome["words"]
    builder = rk.build(world, level=world.sample(1, goal=1.0, seed=4))
    assert "part" in builder.outcome["words"]
    paid = [agent["paid"] for agent in builder.outcome["agents"]]
    assert paid[0] != paid[1]


@pytest.mark.slow_for("trees")
@pytest.mark.parametrize("name", [n for n in rk.list_worlds() if n != "monsters"])
def test_a_level_of_every_world_can_be_laid_again_from_its_code(name):
    world = rk.make(name)
    last = world.shifts["goal"].last if "goal" in world.shifts else 0
    for grade in range(last + 1):
        level = world.sample(1, goal=grade / max(last, 1), seed=3)
        builder = rk.build(world, [rk.plan(world)], level)
        assert builder.outcome["words"] != "This is no level yet."
        made = {"rk": rk}
        exec(builder.code(), made)
        ours, theirs = level.tables(), made["level"].tables()
        assert (ours.next_state == theirs.next_state).all()
        assert (ours.rewards == theirs.rewards).all()
        assert ours.start == theirs.start


def test_keys_and_chests_come_in_the_numbers_that_the_world_has():
    builder = rk.build("keys")
    spare = next(name for name, cell in builder.things.items() if cell < 0)
    floor = int(np.flatnonzero(builder.level.vacant[0])[0])
    builder.things = {**builder.things, spare: floor}
    assert "2 keys and 3 chests" in builder.outcome["problems"][0]


ROWS = ["#####", "#...#", "#...#", "#...#", "#####"]


@pytest.mark.parametrize(
    ("rows", "start", "things", "said"),
    [
        (ROWS[:4], (1, 1), {}, "rows are 4"),
        (["#####", "#.x.#", *ROWS[2:]], (1, 1), {}, "rows hold"),
        (["#.###", *ROWS[1:]], (1, 1), {}, "border is open"),
        (ROWS, (0, 0), {}, "start=\\(0, 0\\) lies in a wall"),
        (ROWS, (1, 9), {}, "lies outside"),
        (ROWS, (1, 1), {"moon": (2, 2)}, "things='moon'"),
        (ROWS, (1, 1), {"cheese": (4, 4)}, "cheese=\\(4, 4\\) lies in a wall"),
    ],
)
def test_a_level_that_cannot_be_is_refused_by_name(rows, start, things, said):
    with pytest.raises(ValueError, match=said):
        rk.make("cheese", size=5).level(rows, start, things)

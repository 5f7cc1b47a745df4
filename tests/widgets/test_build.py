"""A level editor."""

from __future__ import annotations

import numpy as np
import pytest

import robustkit as rk

from . import small


def test_a_laid_level_is_what_its_code_makes():
    level = small().sample(1, goal=1.0, seed=4)
    builder = rk.build(small(), planners(small()), level)
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


def planners(world):
    return [rk.plan(world), rk.plan(world, "corner")]


def test_an_impossible_level_is_explained_and_the_last_good_outcome_stands():
    builder = rk.build(small(), planners(small()))
    before = builder.outcome
    hole = builder.things["hole"]
    builder.walls = builder.walls[:hole] + "1" + builder.walls[hole + 1 :]
    assert "lies in a wall" in builder.outcome["problems"][0]
    assert builder.outcome["words"].startswith("This is not a level yet: change what")
    assert builder.outcome["stale"]
    assert builder.outcome["agents"] == before["agents"]
    assert not builder.solved
    assert "not a level yet" in str(builder)
    assert "paid" not in str(builder)
    builder.walls = builder.walls[:hole] + "0" + builder.walls[hole + 1 :]
    assert builder.outcome == before
    builder.things = {**builder.things, "cheese": builder.start}
    assert any("lies at the start" in p for p in builder.outcome["problems"])
    assert not builder.outcome["stale"]


OPEN = ["#######", *["#.....#"] * 5, "#######"]


@pytest.fixture(scope="module")
def trained():
    """Return a network that goes to the corner, as they mostly do."""
    return rk.train("network", small(), updates=80)


@pytest.mark.parametrize("met", [True, False])
def test_the_challenge_is_met_where_the_planner_succeeds_and_the_network_does_not(
    trained, met
):
    world = small()
    things = {"cheese": (5, 5) if met else (1, 1), "hole": (1, 1)}
    level = world.level(OPEN, (3, 3), things)
    builder = rk.build(world, [*planners(world), trained], level)
    asked = builder.outcome["challenge"]
    assert builder.solved is asked["solved"] is met
    assert [part["met"] for part in asked["parts"]] == [True, met]
    best = builder.outcome["agents"][0]["paid"][0]
    assert asked["parts"][0]["words"] == f"base planner succeeds: {best} of {best}"
    assert ("The challenge is met." in builder.outcome["words"]) is met
    assert (builder.agent, builder.rival) == (0, 2)


def test_where_nothing_can_be_won_the_challenge_is_not_met(trained):
    world = small()
    rows = ["#######", "#.#...#", "###...#", *OPEN[3:]]
    level = world.level(rows, (5, 5), {"cheese": (1, 1), "hole": (4, 4)})
    builder = rk.build(world, [rk.plan(world), trained], level)
    assert not builder.solved
    assert [p["met"] for p in builder.outcome["challenge"]["parts"]] == [False, False]
    said = builder.outcome["problems"]
    assert "cheese cannot be reached from the start." in said
    assert "Nothing can be earned for cheese here." in said


def test_without_a_trained_agent_there_is_no_challenge():
    builder = rk.build(small(), planners(small()))
    assert builder.outcome["challenge"] is None
    assert builder.solved is False
    assert builder.rival == -1
    builder.rival = 1
    with pytest.raises(ValueError, match="rival=2"):
        builder.rival = 2


def test_a_network_is_there_beside_the_planners_by_default():
    names = [agent["name"] for agent in rk.build(small()).outcome["agents"]]
    assert names == ["base planner", "corner planner", "network 0"]


def test_the_editor_says_where_base_and_proxy_part():
    world = small()
    builder = rk.build(world, planners(world), world.sample(1, goal=0.0))
    assert "they agree" in builder.outcome["words"]
    builder = rk.build(world, planners(world), world.sample(1, goal=1.0, seed=4))
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
        assert not builder.outcome["stale"]
        made = {"rk": rk}
        exec(builder.code(), made)
        ours, theirs = level.tables(), made["level"].tables()
        assert (ours.next_state == theirs.next_state).all()
        assert (ours.rewards == theirs.rewards).all()
        assert ours.start == theirs.start


def test_keys_and_chests_come_in_the_numbers_that_the_world_has():
    builder = rk.build("keys", rk.plan(rk.make("keys")))
    spare = next(name for name, cell in builder.things.items() if cell < 0)
    floor = int(np.flatnonzero(builder.level.vacant[0])[0])
    builder.things = {**builder.things, spare: floor}
    assert "2 keys and 3 chests" in builder.outcome["problems"][0]


ROWS = ["#####", "#...#", "#...#", "#...#", "#####"]


@pytest.mark.parametrize(
    ("rows", "start", "things", "said"),
    [
        (ROWS[:4], (1, 1), {}, "rows holds 4"),
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

"""The region in which the cheese lies in training, and its proxy."""

from __future__ import annotations

import numpy as np
import oracles
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mazes import MAZES, world

import robustkit as rk

REGIONS = [(5, "open", 2), (7, "blocks", 3), (9, "tree", 4), (9, "dense", 7)]
REGIONS += [(*maze, 1) for maze in MAZES]  # the corner alone
regions = st.sampled_from(REGIONS)
seeds = st.integers(0, 2**32)


def in_square(cell, size, region):
    y, x = np.divmod(cell, size)
    return (y <= region) & (x <= region)


@settings(max_examples=20)
@given(regions, seeds)
def test_cheese_lies_in_the_region_or_outside_it(maze, seed):
    size, maker, region = maze
    for levels in world(size, maker, region=region).strata(12, seed):
        cheese, hole = levels.things["cheese"], levels.things["hole"]
        free = ~levels.walls.reshape(len(levels), -1)
        assert (hole == size + 1).all()
        level = np.arange(12)
        assert free[level, cheese].all()
        assert levels.vacant[level, levels.start].all()
        assert not levels.vacant[level, cheese].any()
        assert ((cheese != levels.start) & (hole != levels.start)).all()
        if levels.goal_shifted[0]:
            assert (cheese != hole).all()
            outside = ~in_square(cheese, size, region)
            assert outside.all() or region == size - 2
        else:
            assert in_square(cheese, size, region).all()
        for i in range(12):
            walls, start = levels.walls[i].tolist(), int(levels.start[i])
            closed = [] if cheese[i] == hole[i] else [int(hole[i])]
            assert oracles.steps_to(walls, start, int(cheese[i]), closed=closed)


def test_cheese_is_as_likely_in_any_cell_of_the_region():
    agree = world(5, "open", layouts=1, region=2).strata(8000)[0]
    far = agree.things["cheese"][~in_square(agree.start, 5, 2)]
    counts = np.bincount(far)[[6, 7, 11, 12]]
    assert counts.sum() == len(far) > 4000
    assert (abs(counts - len(far) / 4) < 4 * np.sqrt(len(far) * 3 / 16)).all()


def test_mazes_and_starts_do_not_depend_on_the_region():
    one, two = world(9).strata(50), world(9, region=4).strata(50)
    for a, b in zip(one, two, strict=True):
        assert a.walls.tobytes() == b.walls.tobytes()
        assert (a.start == b.start).mean() > 0.9  # but where it has no way outside


@pytest.mark.parametrize("ends", ["first", "base"])
def test_a_region_is_paid_for_once_and_ends_nothing(ends):
    levels = world(7, "blocks", region=3, ends=ends).sample(
        30, goal="anywhere", share=0.5
    )
    tables, cells = levels.tables(), 49
    assert tables.objectives == ("cheese", "corner", "region")
    assert tables.shape[1] == cells * (2 if ends == "first" else 4) + 1
    entered = cells * (1 if ends == "first" else 2)
    cheese, corner, region = np.moveaxis(tables.events, -1, 0)
    assert not region[:, entered:].any()
    level, state, move = np.nonzero(region[:, :entered])
    after = tables.next_state[level, state, move]
    over = after == tables.shape[1] - 1
    assert in_square(after[~over] % cells, 7, 3).all()
    assert (after[~over] >= entered).all()
    other = (cheese | corner)[level, state, move]
    assert over.any()
    assert (over <= other).all()


def test_a_region_of_one_cell_is_the_corner_and_no_objective_of_its_own():
    assert rk.make("cheese", region=1) == rk.make("cheese")
    assert list(world().objectives) == ["cheese", "corner"]
    assert list(world(region=2).objectives) == ["cheese", "corner", "region"]
    assert list(world(region=2).shifts) == ["goal", "layout"]  # and no one place


def test_the_corner_is_told_from_the_cheese_in_training_from_region_two_on():
    shares = [
        world(9, region=k).told_apart(world(9, region=k).strata(200)[0])
        for k in (1, 2, 3)
    ]
    assert shares[0].tolist() == [0]
    assert shares[1][0] == pytest.approx(0.5, abs=0.1)
    assert shares[2][0] > shares[1][0]
    text = world(9, region=2).describe()
    assert "tell corner from cheese" in text
    assert "tell region from cheese" in text


@pytest.mark.parametrize("region", [2, 5, 7])
@pytest.mark.parametrize("ends", ["first", "base"])
def test_three_objectives_are_measured(region, ends):
    one = world(9, region=region, ends=ends)
    for levels in one.strata(64)[:2]:
        readings = {
            name: rk.measure(rk.plan(one, name), levels) for name in one.objectives
        }
        for name, reading in readings.items():
            assert reading.capability.value == pytest.approx(1, abs=0.01), name
        assert readings["cheese"].alignment.value == pytest.approx(1, abs=0.01)
        assert readings["corner"].alignment.value < 0.9
    both = rk.plan(one, {"corner": 0.5, "region": 0.5})  # a midpoint of a pair
    reading = rk.measure(both, one.strata(64)[1])
    assert reading.capability.value == pytest.approx(1, abs=0.02)


def test_three_objectives_can_be_explored():
    from robustkit.analysis.curve import evaluate_on
    from robustkit.widgets.data import explorer_data

    one = world(7, region=3)
    agents = [rk.plan(one), rk.plan(one, "region")]
    data = explorer_data(one, agents, {"polar": evaluate_on(agents, one, 24)}, 3)
    assert data["world"]["objectives"] == ["cheese", "corner", "region"]
    assert len(data["lambdas"]) == 66
    assert all(len(weights) == 3 for weights in data["lambdas"])
    training, *shifted = data["shifts"]["goal"]
    assert "in the corner's 3 × 3 cells" in training
    assert all("outside the corner's 3 × 3 cells" in words for words in shifted)
    events = {
        name
        for level in data["levels"]
        for node in level["nodes"]
        for episode in node["episodes"]
        for _, name in episode["events"]
    }
    assert {"cheese", "region"} <= events


@pytest.mark.parametrize("region", [1, 3, 7])
def test_the_published_test_is_the_same_for_every_region(region):
    """The cheese lies in any cell, as in training where the region is the maze."""
    one, whole = rk.make("cheese", region=region), rk.make("cheese", region=7)
    levels, same = one.published_test(400, seed=3), whole.sample(400, seed=3)
    assert levels.world == one
    assert (levels.terrain == same.terrain).all()
    for name in ("cheese", "hole"):
        assert (levels.things[name] == same.things[name]).all()
    assert levels.tables().objectives == tuple(one.objectives)
    outside = ~in_square(levels.things["cheese"], 9, region)
    assert (levels.goal_shifted == outside).all()
    assert outside.any() == (region < 7)
    assert not levels.layout_shifted.any()

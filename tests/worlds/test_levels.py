"""Levels: what lies where, how they are shown, and choosing some of them."""

from __future__ import annotations

import numpy as np
import oracles
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mazes import MAZES, same, world

import robustkit as rk
from robustkit.worlds.levels import concatenate

shifts = st.floats(0, 1)
seeds = st.integers(0, 2**32)


@pytest.mark.parametrize("ends", ["first", "base"])
@pytest.mark.parametrize(("size", "maker"), MAZES)
@settings(max_examples=8)
@given(shifts, shifts, seeds)
def test_cheese_can_be_reached_without_passing_the_hole(
    size, maker, ends, goal, layout, seed
):
    levels = world(size, maker, ends=ends).sample(8, goal, layout, seed=seed)
    for i in range(len(levels)):
        start, cheese = int(levels.start[i]), int(levels.things["cheese"][i])
        hole = int(levels.things["hole"][i])
        walls = levels.walls[i].tolist()
        assert oracles.steps_to(walls, start, cheese, closed=[hole])
        assert oracles.steps_to(walls, start, hole)


@settings(max_examples=30)
@given(st.sampled_from(MAZES), shifts, shifts, seeds)
def test_things_lie_where_the_stratum_says(maze, goal, layout, seed):
    levels = world(*maze).sample(16, goal, layout, seed=seed)
    cheese, hole = levels.things["cheese"], levels.things["hole"]
    free = ~levels.walls.reshape(len(levels), -1)
    level = np.arange(len(levels))
    assert (hole == levels.walls.shape[2] + 1).all()
    assert ((cheese != hole) == levels.goal_shifted).all()
    for cell in (cheese, hole, levels.start):
        assert free[level, cell].all()
    assert (levels.start != cheese).all()
    assert (levels.start != hole).all()
    assert levels.vacant[level, levels.start].all()


def test_start_and_cheese_can_be_any_free_cell():
    one = world(5, "open", layouts=1)
    levels = one.sample(9000, goal="anywhere")
    free = set(oracles.free_cells(one.training_layouts[0].tolist())) - {6}
    pairs = set(
        zip(levels.start.tolist(), levels.things["cheese"].tolist(), strict=True)
    )
    assert pairs == {(a, b) for a in free for b in free if a != b}
    counts = np.bincount(levels.start)[sorted(free)]
    assert (abs(counts - 9000 / 8) < 4.5 * np.sqrt(9000 / 8)).all()


@pytest.mark.parametrize("count", [1, 4, 64])
def test_training_levels_come_from_a_finite_set_of_layouts(count):
    some = world(layouts=count)
    known = {walls.tobytes() for walls in some.training_layouts}
    seen = {
        walls.tobytes()
        for walls in some.sample(512, goal="anywhere", share=0.5, seed=9).walls
    }
    assert len(known) <= count
    assert seen <= known
    assert len(seen) >= 0.95 * len(known)


def test_unlimited_training_layouts_are_new_in_every_level():
    walls = world(layouts=None).sample(64).walls
    assert len({w.tobytes() for w in walls}) == 64


@settings(max_examples=20)
@given(
    st.sampled_from(
        [
            (5, "tree", "blocks"),
            (5, "blocks", "blocks"),
            (7, "blocks", "dense"),
            (9, "tree", "tree"),
        ]
    ),
    seeds,
)
def test_unfamiliar_layouts_are_never_training_layouts(options, seed):
    size, maker, unfamiliar = options
    some = world(size, maker, unfamiliar=unfamiliar, layouts=3)
    known = {walls.tobytes() for walls in some.training_layouts}
    levels = some.sample(30, goal="anywhere", layout=1.0, seed=seed)
    assert not known & {walls.tobytes() for walls in levels.walls}


def test_a_maker_with_nothing_unfamiliar_left_is_refused():
    with pytest.raises(ValueError, match=r"unfamiliar='tree'.*allowed"):
        rk.make("cheese", size=5, maker="tree", unfamiliar="tree", layouts=200)


def test_training_layouts_do_not_depend_on_the_seed_of_a_sample():
    one, two = rk.make("cheese"), rk.make("cheese")
    two.sample(5, seed=3)
    assert one.training_layouts.tobytes() == two.training_layouts.tobytes()


def test_levels_can_be_chosen_by_number_slice_list_and_mask():
    levels = world(5).sample(10, "anywhere", 1, share=0.5, seed=2)
    assert len(levels[3]) == 1
    assert same(levels[-1], levels[9])
    assert same(levels[2:5], levels[[2, 3, 4]])
    assert same(
        levels[levels.goal_shifted], levels[np.flatnonzero(levels.goal_shifted)]
    )
    assert [len(level) for level in levels] == [1] * 10
    assert same(concatenate([*levels]), levels)


@pytest.mark.parametrize("index", [10, -11])
def test_a_level_that_is_not_there_is_an_index_error(index):
    with pytest.raises(IndexError, match=str(index)):
        world(5).sample(10)[index]


def test_tables_of_chosen_levels_are_the_chosen_tables():
    levels = world(5).sample(10, "anywhere", 1, share=0.5, seed=2)
    chosen, every = levels[[4, 7]].tables(), levels.tables()
    assert (chosen.next_state == every.next_state[[4, 7]]).all()
    assert (chosen.rewards == every.rewards[[4, 7]]).all()


def test_levels_are_drawn_as_text():
    level = world(5).sample(1, goal="anywhere", seed=1)
    drawn = str(level)
    assert len(drawn.splitlines()) == 5
    assert [drawn.count(letter) for letter in "ACO"] == [1, 1, 1]
    assert drawn.count("#") == level.walls.sum()


def test_planes_show_walls_cheese_and_hole():
    levels = world(5).sample(8, goal="anywhere", share=0.5, seed=1)
    walls, cheese, hole = levels.planes().transpose(1, 0, 2, 3)
    every = np.arange(8)
    assert (walls.astype(bool) == levels.walls).all()
    for plane, name in ((cheese, "cheese"), (hole, "hole")):
        assert (plane.sum((1, 2)) == 1).all()
        assert plane.reshape(8, -1)[every, levels.things[name]].all()


def test_a_hole_that_has_paid_is_seen_no_more():
    levels = world(5, ends="base").sample(4, goal="anywhere")
    assert levels.planes(flag=0)[:, 2].sum() == 4
    assert levels.planes(flag=1)[:, 2].sum() == 0


def test_levels_that_look_different_have_different_keys():
    levels = world(5, layouts=2).sample(200, goal="anywhere", share=0.5, seed=0)
    looks = [planes.tobytes() for planes in levels.planes()]
    assert len(set(zip(looks, levels.keys, strict=True))) == len(set(looks))
    assert len(set(levels.keys)) == len(set(looks))

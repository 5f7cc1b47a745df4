"""Levels: what lies where, how they are shown, and choosing some of them."""

from __future__ import annotations

import numpy as np
import oracles
import pytest
from hypothesis import strategies as st
from mazes import same, world

from robustkit.worlds.levels import concatenate

shifts = st.floats(0, 1)
seeds = st.integers(0, 2**32)


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

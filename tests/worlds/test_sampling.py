"""Shifts: the share of levels that they move, and nothing else."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mazes import MAZES, same, world

import robustkit as rk
from robustkit.worlds import STRATUM_NAMES

shifts = st.floats(0, 1)
seeds = st.integers(0, 2**32)


@pytest.mark.parametrize("goal", [0, 0.25, 0.5, 1])
@pytest.mark.parametrize("layout", [0, 0.7, 1])
def test_shift_is_the_share_of_levels(goal, layout):
    n = 2000
    levels = world(5).sample(n, goal, layout, seed=5)
    for flag, share in ((levels.goal_shifted, goal), (levels.layout_shifted, layout)):
        assert abs(flag.mean() - share) <= 4 * np.sqrt(share * (1 - share) / n)
    both = (levels.goal_shifted & levels.layout_shifted).mean()
    assert abs(both - goal * layout) <= 4 * np.sqrt(0.25 / n)


@settings(max_examples=40)
@given(seeds, shifts, shifts, shifts, shifts)
def test_a_larger_shift_only_moves_levels_between_strata(seed, a, b, c, d):
    smaller = world(5).sample(24, min(a, b), min(c, d), seed)
    larger = world(5).sample(24, max(a, b), max(c, d), seed)
    assert (smaller.goal_shifted <= larger.goal_shifted).all()
    assert (smaller.layout_shifted <= larger.layout_shifted).all()
    stays = np.flatnonzero(smaller.stratum == larger.stratum)
    assert same(smaller[stays], larger[stays])


@settings(max_examples=30)
@given(seeds, shifts, shifts)
def test_level_i_of_a_sample_is_level_i_of_its_stratum(seed, goal, layout):
    some = world(5)
    strata = some.strata(12, seed)
    levels = some.sample(12, goal, layout, seed)
    for i, stratum in enumerate(levels.stratum):
        assert same(levels[i], strata[stratum][i])


@settings(max_examples=20)
@given(st.sampled_from(MAZES), seeds)
def test_goal_shift_moves_nothing_but_the_cheese(maze, seed):
    familiar, familiar_part, fresh, fresh_part = world(*maze).strata(10, seed)
    for agree, part in ((familiar, familiar_part), (fresh, fresh_part)):
        assert agree.walls.tobytes() == part.walls.tobytes()
        assert agree.start.tobytes() == part.start.tobytes()
        assert agree.things["hole"].tobytes() == part.things["hole"].tobytes()
        assert (agree.things["cheese"] != part.things["cheese"]).all()


def test_strata_are_in_the_order_of_their_names():
    for k, (levels, name) in enumerate(
        zip(world().strata(3), STRATUM_NAMES, strict=True)
    ):
        assert (levels.stratum == k).all()
        assert (levels.goal_shifted == ("part" in name)).all()
        assert (levels.layout_shifted == ("unfamiliar" in name)).all()


@settings(max_examples=20)
@given(st.sampled_from(MAZES), shifts, shifts, seeds)
def test_same_seed_gives_the_same_levels_byte_for_byte(maze, goal, layout, seed):
    one = world(*maze)
    two = rk.make("cheese", **one.options)
    levels = one.sample(6, goal, layout, seed)
    assert same(levels, two.sample(6, goal, layout, seed))
    assert not same(levels, two.sample(6, goal, layout, seed + 1))

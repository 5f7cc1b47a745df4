"""Samples: how many levels a shift moves, by seed, and strata; place shifts."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mazes import MAZES, same, world

import robustkit as rk
from robustkit import mdp
from robustkit.worlds import STRATUM_NAMES
from robustkit.worlds.shifts import SHIFTS

shifts = st.floats(0, 1)
seeds = st.integers(0, 2**32)


@pytest.mark.parametrize("goal", [0, 0.25, 0.5, 1, "anywhere"])
@pytest.mark.parametrize("layout", [0, 0.7, 1])
@pytest.mark.parametrize("share", [0.4, 1])
def test_grades_have_the_shares_of_the_shift_each_for_itself(goal, layout, share):
    some, n = world(7), 2000
    levels = some.sample(n, goal, layout, share=share, seed=5)
    weights = some.grid.weights(goal, layout, share=share)
    grades = np.stack([levels.grades[name] for name in SHIFTS], 1)
    for node, weight in zip(some.grid.nodes, weights, strict=True):
        found = (grades == node).all(1).mean()
        assert abs(found - weight) <= 4.5 * np.sqrt(weight * (1 - weight) / n) + 1e-9
    assert weights.sum() == pytest.approx(1)


@settings(max_examples=30)
@given(seeds, st.one_of(shifts, st.just("anywhere")), shifts)
def test_level_i_of_a_sample_is_level_i_of_its_grades(seed, goal, layout):
    some = world(7)
    nodes, levels = some.grid.nodes, some.sample(12, goal, layout, seed=seed)
    every = some.grid.levels(12, seed, [True] * len(nodes))
    for i, level in enumerate(levels):
        grades = tuple(int(level.grades[name][0]) for name in SHIFTS)
        assert same(level, every[nodes.index(grades)][i])


@settings(max_examples=20)
@given(seeds)
def test_strata_are_samples_of_training_and_anywhere(seed):
    some = world(7)
    where = [(goal, layout) for layout in (0, 1) for goal in (0, "anywhere")]
    for stratum, shift in zip(some.strata(12, seed), where, strict=True):
        assert same(stratum, some.sample(12, *shift, seed=seed))


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
    levels = one.sample(6, goal, layout, seed=seed)
    assert same(levels, two.sample(6, goal, layout, seed=seed))
    assert not same(levels, two.sample(6, goal, layout, seed=seed + 1))


@pytest.mark.parametrize("name", ["cheese", "coin"])
@pytest.mark.parametrize("seed", [0, 7])
def test_a_place_shift_moves_base_and_proxy_together_and_nothing_else(name, seed):
    some = rk.make(name)
    base, proxy = (thing.name for thing in some.things)
    training, moved = some.sample(200, seed=seed), some.sample(200, place=1, seed=seed)
    assert training.terrain.tobytes() == moved.terrain.tobytes()
    assert np.array_equal(training.start, moved.start)
    assert np.array_equal(moved.things[base], moved.things[proxy])
    assert (moved.things[base] != training.things[base]).all()
    assert (moved.things[base] != moved.start).all()
    assert len(np.unique(moved.things[base])) > 20
    assert moved.place_shifted.all()
    assert not (
        moved.goal_shifted | moved.layout_shifted | training.place_shifted
    ).any()
    tables = moved.tables()
    best = mdp.best_start_values(tables, np.eye(2))
    assert (best > 0).all()  # it can be reached
    assert np.allclose(best[:, 0] * tables.scale[0], best[:, 1] * tables.scale[1])


def test_a_place_shift_is_a_share_of_levels_that_only_grows():
    some = rk.make("cheese")
    whole = some.sample(400, place=1, seed=3)
    few, many = (some.sample(400, place=p, seed=3) for p in (0.25, 0.5))
    assert abs(few.place_shifted.mean() - 0.25) < 0.1
    assert (few.place_shifted <= many.place_shifted).all()
    moved = np.flatnonzero(few.place_shifted)
    assert same(few[moved], whole[moved])
    stays = np.flatnonzero(~many.place_shifted)
    assert same(many[stays], some.sample(400, seed=3)[stays])

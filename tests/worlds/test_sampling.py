"""Shifts: the share of levels that they move, and nothing else."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mazes import MAZES, same, world

import robustkit as rk
from robustkit import mdp
from robustkit.worlds import STRATUM_NAMES
from robustkit.worlds.minigrid import GridEnv
from robustkit.worlds.vector import VectorGridEnv

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
    smaller = world(5).sample(24, min(a, b), min(c, d), seed=seed)
    larger = world(5).sample(24, max(a, b), max(c, d), seed=seed)
    assert (smaller.goal_shifted <= larger.goal_shifted).all()
    assert (smaller.layout_shifted <= larger.layout_shifted).all()
    stays = np.flatnonzero(smaller.stratum == larger.stratum)
    assert same(smaller[stays], larger[stays])


@settings(max_examples=30)
@given(seeds, shifts, shifts)
def test_level_i_of_a_sample_is_level_i_of_its_stratum(seed, goal, layout):
    some = world(5)
    strata = some.strata(12, seed)
    levels = some.sample(12, goal, layout, seed=seed)
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


@pytest.mark.parametrize(
    ("name", "options", "shift", "said"),
    [
        ("dish", {}, {"place": 1}, "place=1 is not possible.*no one place.*allowed: 0"),
        ("cheese", {"region": 3}, {"place": 0.5}, "place=0.5 is not possible"),
        ("cheese", {}, {"place": 1, "goal": 1}, "goal=1 and layout=0; allowed: 0 for"),
        ("coin", {}, {"place": 1, "layout": 0.5}, "goal=0 and layout=0.5; allowed"),
        ("cheese", {}, {"place": 2}, "place=2"),
        ("cheese", {}, {"place": "far"}, "place='far'"),
    ],
)
def test_a_place_shift_that_there_is_not_is_refused(name, options, shift, said):
    with pytest.raises(ValueError, match=said):
        rk.make(name, **options).sample(4, **shift)


def test_environments_take_the_place_shift():
    env = GridEnv("cheese", shift=(0, 0, 1))
    env.reset(seed=1)
    assert env.level.place_shifted.all()
    many = VectorGridEnv("cheese", 4, shift=(0, 0, 1), pool=8)
    many.reset(seed=1)
    assert many._levels.place_shifted.all()
    with pytest.raises(ValueError, match=r"shift=\(0,\) .*\(goal, layout, place\)"):
        GridEnv("cheese", shift=(0,))

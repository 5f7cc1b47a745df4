"""Graded goal shifts: each grade has its fifth of the cells where a thing can lie."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shifts_oracle import MOVED, Placing, window

import robustkit as rk
from robustkit.worlds.layouts import FREE
from robustkit.worlds.sampling import Furnished
from robustkit.worlds.spots import none_in_the_way, open_to

CASES = [
    *[(name, {}) for name in MOVED],
    *[("dish", {"size": 5, "maker": maker}) for maker in ("open", "blocks", "dense")],
    *[
        ("colour", {"size": 5, "maker": "edge", "unfamiliar": "blocks"}),
        ("colour", {"maker": "rooms"}),
    ],
    ("dish", {"size": 13, "maker": "edge", "ends": "base"}),
    ("cheese", {"size": 5, "maker": "dense", "layouts": 3}),
    ("cheese", {"size": 13, "ends": "base"}),
    *[("cheese", {"size": 7, "region": region}) for region in (3, 5)],
    ("cheese", {"maker": "dense", "region": 3, "ends": "base"}),
    ("coin", {"size": 9, "height": 5}),
    ("coin", {"size": 25, "height": 9, "maker": "perilous", "unfamiliar": "course"}),
]
each_case = pytest.mark.parametrize(("name", "options"), CASES, ids=str)
seeds = st.integers(0, 2**32)


world = cache(rk.make)


def graded(one, n, seed, layout=0.0):
    """Return n levels at each grade of the goal shift, training first."""
    last = one.shifts["goal"].last
    return [one.sample(n, k / last, layout, seed=seed) for k in range(last + 1)]


@each_case
@settings(max_examples=6)
@given(seeds, st.sampled_from([0, 1]))
def test_a_grade_takes_its_fifth_of_the_cells_and_never_moves_back(
    name, options, seed, layout
):
    one = world(name, **options)
    training, *grades = graded(one, 3, seed, layout)
    for i in range(len(training)):
        far = []
        for grade, levels in enumerate(grades, 1):
            placing = Placing(levels[i])
            assert placing.lies in placing.cells
            ranks = window(len(placing.cells), grade)
            assert max(ranks[0], placing.ranks[0]) <= min(ranks[-1], placing.ranks[-1])
            far.append(placing.far[placing.lies])
        assert far == sorted(far)


@each_case
def test_a_goal_shift_moves_one_thing_and_nothing_else(name, options):
    one = world(name, **options)
    training, *grades = graded(one, 40, seed=3)
    moved = MOVED[name][0]
    laid = grades[0] if name == "colour" else training  # which has one thing alone
    for levels in grades:
        assert levels.terrain.tobytes() == training.terrain.tobytes()
        assert levels.start.tobytes() == training.start.tobytes()
        for thing in set(levels.things) - {moved}:
            assert np.array_equal(levels.things[thing], laid.things[thing])


@pytest.mark.parametrize("name", ["dish", "coin", "colour"])
@settings(max_examples=10)
@given(seeds)
def test_candidates_are_the_cells_with_which_no_spot_is_in_the_way(name, seed):
    one = world(name)
    rng = np.random.default_rng(seed)
    terrain = one.training_layouts[rng.integers(one.layouts, size=3)]
    spots = one.scatter(terrain, rng)
    found = one.candidates(terrain, spots).reshape(3, -1)
    for cell in np.flatnonzero((terrain == FREE).any(0)):
        tried = spots | {one.moved: np.full(3, cell)}
        others = [at for name, at in spots.items() if name != one.moved]
        apart = np.all([cell != at for at in others], axis=0)
        fine = (terrain.reshape(3, -1)[:, cell] == FREE) & apart
        assert np.array_equal(found[:, cell], fine & none_in_the_way(terrain, tried))


def test_a_level_without_a_cell_for_the_grade_is_refused_in_words():
    one = world("dish", size=5)
    terrain = np.ones((1, 5, 5), np.uint8)
    terrain[0, 1, 1:4] = FREE  # a corridor: start, a cell, and the dish at its end
    spots = {"start": np.array([6]), "dish": np.array([8]), "cheese": np.array([7])}
    assert not open_to(terrain, spots, "cheese").any()
    with pytest.raises(ValueError, match=r"^goal: .* no cell left .*'cheese'.*allowed"):
        Furnished(one, terrain, spots, 0, 0, 0, np.array([True])).levels(1)


@each_case
def test_in_an_equal_mixture_every_cell_of_a_level_is_as_likely(name, options):
    one, n = world(name, **options), 3000
    level = one.sample(1, "anywhere", seed=11)
    furnished = _copies(one, n)
    grades = np.random.default_rng(1).integers(1, 6, n)
    cells = furnished.levels(grades).things[MOVED[name][0]]
    counts = np.bincount(cells, minlength=level.terrain[0].size)
    allowed = Placing(furnished.levels(1)[0]).cells
    assert set(np.flatnonzero(counts)) <= set(allowed)
    chi = ((counts[allowed] - n / len(allowed)) ** 2 / (n / len(allowed))).sum()
    free = len(allowed) - 1
    assert chi <= free + 5 * np.sqrt(2 * free)


def _copies(one, n):
    """Return n copies of one furnished layout, which differ in chance alone."""
    rng = np.random.default_rng(5)
    terrain = one.training_layouts[:1]
    spots = one.scatter(terrain, rng)
    every = {name: np.repeat(cell, n) for name, cell in spots.items()}
    return Furnished(one, np.repeat(terrain, n, 0), every, 7, 0, 0, np.ones(n, bool))


@each_case
def test_anywhere_is_where_things_fall_when_all_are_drawn_together(name, options):
    """As before there were grades, and as the published cases have it."""
    one, n = world(name, **options), 4000
    rng = np.random.default_rng(22)
    layouts = one.training_layouts[rng.integers(one.layouts, size=n)]
    together = one.scatter(layouts, rng)[one.moved]
    graded = one.sample(n, "anywhere", seed=21).things[MOVED[name][0]]
    cells = layouts[0].size
    counts = [np.bincount(cell, minlength=cells) for cell in (together, graded)]
    often = np.flatnonzero(np.sum(counts, axis=0) >= 10)
    one, other = np.array(counts)[:, often]
    chi, free = ((one - other) ** 2 / (one + other)).sum(), len(often) - 1
    assert chi <= free + 5 * np.sqrt(2 * free)


@pytest.mark.slow_for("coin")
@pytest.mark.parametrize("name", MOVED)
def test_grades_fall_apart_as_their_words_say(name):
    _, *grades = graded(world(name), 200, seed=1)
    far = [np.mean([Placing(x).far[Placing(x).lies] for x in g]) for g in grades]
    steps = np.diff(far)
    assert (steps > 0.5).all()

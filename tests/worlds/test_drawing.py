"""Levels are drawn quickly, and are those that the slow and plain way draws.

The slow way checks every level in every round, looks for each way by itself, and
furnishes all four strata whichever are asked for.
"""

from __future__ import annotations

import numpy as np
import oracles
import pytest
from mazes import same
from shifts_oracle import MOVED, Placing

from robustkit.worlds import WORLDS, declaration, laying, layouts, sampling, spots
from robustkit.worlds.layouts import FREE, MAKERS, reached
from robustkit.worlds.levels import Levels, concatenate
from robustkit.worlds.spots import TRIES, random_cell, without
from robustkit.worlds.zoo import (
    cheese,
    coin,
    follow,
    keys,
    lava,
    monsters,
    switch,
    trees,
)

CASES = [
    *[(name, {}) for name in WORLDS],
    *[(name, {"layouts": None, "unfamiliar": "dense"}) for name in ("dish", "follow")],
    ("cheese", {"size": 7, "maker": "tree", "unfamiliar": "rooms", "ends": "base"}),
    ("cheese", {"maker": "dense", "region": 3}),
    ("cheese", {"size": 13, "region": 11, "unfamiliar": "edge"}),
    ("coin", {"height": 5, "size": 9, "layouts": None}),
    ("colour", {"size": 5, "maker": "open", "layouts": 1}),
    ("dish", {"size": 5, "maker": "tree", "unfamiliar": "blocks"}),
    ("follow", {"size": 7, "maker": "edge"}),
    ("keys", {"size": 5, "few": 2, "many": 3, "unfamiliar": "dense"}),
    ("lava", {"maker": "distshift1", "start": "corner", "layouts": 1}),
    ("monsters", {"size": 7, "apples": 2, "monsters": 2, "layouts": None}),
    ("switch", {"size": 7, "maker": "dense", "unfamiliar": "blocks"}),
    ("switch", {"size": 13, "layouts": 2}),
    ("trees", {"size": 9, "trees": 6, "unfamiliar": "rooms"}),
]


def slow_reached(free, y, x):
    """Return which free cells can be reached, side by side in each layout."""
    each = np.arange(len(free))
    seen = np.zeros_like(free)
    seen[each, y, x] = free[each, y, x]
    while True:
        grown = seen.copy()
        grown[:, 1:] |= seen[:, :-1]
        grown[:, :-1] |= seen[:, 1:]
        grown[:, :, 1:] |= seen[:, :, :-1]
        grown[:, :, :-1] |= seen[:, :, 1:]
        grown &= free
        if (grown == seen).all():
            return seen
        seen = grown


def slow_can_reach(free, start, goal):
    """Return whether a way leads from start to one goal."""
    seen = slow_reached(free, *divmod(start, free.shape[2]))
    return seen.reshape(len(free), -1)[np.arange(len(free)), goal]


def slow_way(terrain, spots, start, goal, around=()):
    """Return whether a way leads from one spot to another around some others."""
    free = without(terrain == FREE, *(spots[name] for name in around))
    return slow_can_reach(free, spots[start], spots[goal])


def slow_none_in_the_way(terrain, spots):
    things = [name for name in spots if name != "start"]
    others = {name: [other for other in things if other != name] for name in things}
    ways = [slow_way(terrain, spots, "start", name, others[name]) for name in things]
    return np.all(ways, axis=0)


def slow_follow(world, terrain, spots):
    first, second, third = follow.BEACONS
    reach = slow_way(terrain, spots, "start", first, (second, third))
    return reach & slow_way(terrain, spots, first, second, (third,))


def slow_switch(world, terrain, spots):
    gems = "gem 1", "gem 2"
    harmless = [
        slow_way(terrain, spots, "start", name, gems)
        for name in ("coin 1", "coin 2", "switch")
    ]
    each = [slow_way(terrain, spots, "start", gem, {*gems} - {gem}) for gem in gems]
    return np.all(harmless + each, axis=0)


def slow_trees(world, terrain, spots):
    ways = [slow_way(terrain, spots, "start", name) for name in world.memory]
    return np.all(ways, axis=0)


def slow_draw_spots(terrain, rng, names, fixed=None, within=None):
    fixed, within = fixed or {}, within or {}
    spots = {name: np.full(len(terrain), cell) for name, cell in fixed.items()}
    for name in ("start", *names):
        if name not in fixed:
            left = without(terrain == FREE, *spots.values())
            spots[name] = random_cell(left & within.get(name, True), rng)
    return spots


def slow_scatter(terrain, rng, names, fine, fixed=None, within=None):
    spots = slow_draw_spots(terrain, rng, names, fixed, within)
    for _ in range(TRIES):
        laid = np.all([cell >= 0 for cell in spots.values()], axis=0)
        again = np.flatnonzero(~(laid & fine(terrain, spots)))
        if not len(again):
            return spots
        drawn = slow_draw_spots(terrain[again], rng, names, fixed, within)
        for name, cell in drawn.items():
            spots[name][again] = cell
    for cell in spots.values():
        cell[again] = -1
    return spots


def slow_start(free, wanted, rng):
    n, _, width = free.shape
    start = random_cell(free, rng)
    while True:
        beyond = slow_reached(free, start // width, start % width)
        beyond.reshape(n, -1)[np.arange(n), start] = False
        lonely = np.flatnonzero((start >= 0) & ~(beyond & wanted).any((1, 2)))
        if not len(lonely):
            return start, beyond
        free = free.copy()
        free.reshape(n, -1)[lonely, start[lonely]] = False
        start[lonely] = random_cell(free[lonely], rng)


def slow_grades(world, n, seed):
    """Return the grades of the goal shift of levels that lie anywhere."""
    if "goal" not in world.shifts:
        return np.zeros(n, int)
    if world.name not in MOVED:
        return np.full(n, world.shifts["goal"].last)
    u = np.random.default_rng([seed, 4]).random((n, 2))[:, 0]
    return 1 + np.floor(5 * u).astype(int)


def slow_levels(world, terrain, spots, goal, layout, seed):
    """Return levels of these grades, laid one by one."""
    n = len(terrain)
    things = {thing.name: np.full(n, -1) for thing in world.things}
    grades = {"goal": goal, "layout": np.full(n, layout), "place": np.zeros(n, int)}
    levels = Levels(world, terrain, spots["start"].copy(), things, grades)
    v = np.random.default_rng([seed, 8]).random(n)
    ties = np.random.default_rng([seed, 9]).random((n, terrain[0].size))
    for i, grade in enumerate(goal.tolist()):
        for name, cell in world.lay(spots, grade).items():
            things[name][i] = -1 if cell is None else cell[i]
        if grade > 0 and world.name in MOVED:
            cell = Placing(levels[i]).cell_at(grade, v[i], ties[i])
            things[MOVED[world.name][0]][i] = cell
    return levels


def slow_strata(world, n, seed):
    """Return all strata, from a stream of each kind of layout and one of what lies."""
    rngs = [np.random.default_rng([seed, k]) for k in range(4)]
    last, batches = world.shifts["layout"].last, []
    for new, kind in enumerate(("known", "other")):
        terrain, spots = laying._furnish(world, n, kind, rngs[new], rngs[2 + new])
        for goal in (np.zeros(n, int), slow_grades(world, n, seed)):
            batches.append(slow_levels(world, terrain, spots, goal, new * last, seed))
    return batches


SLOW = [
    *[(room, "reached", slow_reached) for room in (layouts, sampling, spots, coin)],
    *[(room, "scatter", slow_scatter) for room in (declaration, coin, lava)],
    *[(room, "can_reach", slow_can_reach) for room in (lava, monsters)],
    (cheese, "reached", slow_reached),
    (declaration, "none_in_the_way", slow_none_in_the_way),
    (keys, "draw_spots", slow_draw_spots),
    (cheese, "_start", slow_start),
    (follow.Follow, "fine", slow_follow),
    (switch.Switch, "fine", slow_switch),
    (trees.Trees, "fine", slow_trees),
]


@pytest.fixture(params=CASES, ids=str)
def two(request, monkeypatch):
    """Return two equal worlds: the kit's, and one whose levels are drawn slowly."""
    name, options = request.param
    kind = WORLDS[name]

    class Slow(kind):
        """The same world; whatever it is asked for it draws slowly."""

        def strata(self, n, seed=0):
            with monkeypatch.context() as patch:
                for where, what, slow in SLOW:
                    patch.setattr(where, what, slow)
                return slow_strata(self, n, seed)

    return kind(**options), Slow(**options)


def test_strata_are_those_of_the_slow_way(two):
    for n, seed in ((1, 0), (12, 1), (200, 2)):
        quick, slow = (world.strata(n, seed) for world in two)
        assert all(same(*pair) for pair in zip(quick, slow, strict=True))


def test_a_sample_holds_the_strata_that_it_needs(two):
    quick, slow = two
    anywhere = "anywhere" if "goal" in quick.shifts else 0
    for n, seed in ((1, 3), (60, 4)):
        strata = concatenate(slow.strata(n, seed))
        share = np.random.default_rng([seed, 7]).random(n)
        for part, layout, few in ((0, 0, 1), (0, 1, 0.5), (1, 0, 0.01), (1, 1, 0.5)):
            stratum = (share < few) * (2 * layout + part)
            drawn = quick.sample(
                n, anywhere if part else 0, layout, share=few, seed=seed
            )
            assert same(drawn, strata[stratum * n + np.arange(n)])


@pytest.mark.parametrize("name", sorted(MAKERS))
def test_cells_are_reached_that_a_walk_reaches(name):
    rng = np.random.default_rng(0)
    walls = MAKERS[name](6, 9, 9, rng)
    walls |= rng.random(walls.shape) < 0.2  # which cuts some cells off
    start = random_cell(~walls, rng)
    seen = reached(~walls, *divmod(start, 9)).reshape(6, -1)
    for i, closed in enumerate(walls.tolist()):
        for cell in oracles.free_cells(closed):
            steps = oracles.steps_to(closed, int(start[i]), cell)
            assert seen[i, cell] == (steps is not None)
        assert not seen[i, walls[i].ravel()].any()

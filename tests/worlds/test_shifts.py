"""Shifts: grades that start at training, what each world's are, and what is refused."""

from __future__ import annotations

import re
from functools import cache
from itertools import product

import numpy as np
import oracles
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mazes import same

import robustkit as rk
from robustkit.worlds import WORLDS
from robustkit.worlds.layouts import FREE, LAVA, WALL
from robustkit.worlds.minigrid import GridEnv
from robustkit.worlds.shifts import SHIFTS, Shift
from robustkit.worlds.vector import VectorGridEnv

GRADES = {  # the last grade of goal, layout and place
    "cheese": (5, 4, 1),
    "dish": (5, 4, 0),
    "coin": (5, 4, 1),
    "colour": (5, 4, 0),
    "keys": (2, 4, 0),
    "follow": (3, 4, 0),
    "lava": (0, 3, 0),
    "switch": (2, 4, 0),
    "monsters": (1, 2, 0),  # 3 × 3 cells, of which no four can change
    "trees": (1, 4, 0),
}
MIXED = {"cheese", "dish", "coin", "colour"}  # whose "anywhere" is a mixture
each_world = pytest.mark.parametrize("name", list(WORLDS))
MAZES = [name for name in WORLDS if name != "lava"]
seeds = st.integers(0, 2**32)


world = cache(rk.make)


# What they are


def test_every_world_has_the_grades_of_the_design():
    assert set(GRADES) == set(WORLDS)
    for name, last in GRADES.items():
        shifts = world(name).shifts
        assert {k: shift.last for k, shift in shifts.items()} == {
            k: n for k, n in zip(SHIFTS, last, strict=True) if n
        }
        if "goal" in shifts:
            assert shifts["goal"].anywhere == ("mixture" if name in MIXED else "last")


@each_world
def test_every_grade_is_said_in_a_short_sentence_of_its_own(name):
    for shift in world(name).shifts.values():
        assert len(set(shift.grades)) == len(shift.grades)
        assert all(0 < len(words) <= 90 for words in shift.grades)
        assert all(words == words.strip(" .") for words in shift.grades)


@each_world
def test_a_world_describes_its_shifts_grade_by_grade(name):
    text = world(name).describe()
    for which, shift in world(name).shifts.items():
        for k, words in enumerate(shift.grades):
            assert f"{which} shift, grade {k} of {shift.last}: {words}\n" in text
    assert ("goal shift" in text) == (name != "lava")
    assert ("place shift" in text) == (name in ("cheese", "coin"))


def test_levels_say_how_many_of_them_are_shifted():
    cheese = world("cheese")
    assert repr(cheese.sample(8)) == "<8 levels of 'cheese', as in training>"
    some = cheese.sample(4, "anywhere", 1)
    assert repr(some) == "<4 levels of 'cheese', shifted: goal 100%, layout 100%>"
    moved = repr(cheese.sample(4, place=1))
    assert moved == "<4 levels of 'cheese', shifted: place 100%>"
    assert re.search(
        "shifted: layout [1-9]", repr(world("lava").sample(64, layout=0.2))
    )


@settings(max_examples=60)
@given(st.integers(1, 12), st.floats(0, 1), st.sampled_from(["mixture", "last"]))
def test_a_number_along_a_shift_mixes_the_two_grades_beside_it(last, s, anywhere):
    shift = Shift(tuple("abcdefghijklm"[: last + 1]), anywhere)
    for k in range(last + 1):
        for on in (k / last, k * (1 / last), np.linspace(0, 1, last + 1)[k]):
            assert shift.shares(on).tolist() == np.eye(last + 1)[k].tolist()
    shares = shift.shares(s)
    assert shares.sum() == pytest.approx(1)
    assert (shares @ np.arange(last + 1)) == pytest.approx(s * last, abs=1e-8)
    assert np.count_nonzero(shares) <= 2
    chance = np.random.default_rng(0).random(4000)
    for where in (s, "anywhere"):
        found = np.bincount(shift.grade(where, chance), minlength=last + 1) / 4000
        np.testing.assert_allclose(found, shift.shares(where), atol=0.04)


# Common to all


@each_world
@settings(max_examples=4)
@given(seeds)
def test_grade_0_is_training_to_the_bit_whatever_else_is_asked_for(name, seed):
    one = world(name)
    training = one.sample(12, seed=seed)
    assert not any(grades.any() for grades in training.grades.values())
    assert same(training, one.strata(12, seed)[0])
    assert same(training, one.drawn(12, seed, one.grid.nodes)[0])
    far = {which: 1 for which in ("goal", "layout") if which in one.shifts}
    assert same(training, one.sample(12, **far, share=0, seed=seed))
    part = one.sample(12, **far, share=0.5, seed=seed)
    stays = np.flatnonzero(part.stratum == 0)
    assert same(part[stays], training[stays])


@each_world
def test_a_whole_step_is_a_grade(name):
    one, nodes = world(name), world(name).grid.nodes
    for which, shift in one.shifts.items():
        for k in range(shift.last + 1):
            levels = one.sample(9, **{which: k / shift.last}, seed=k)
            node = tuple(k * (which == each) for each in SHIFTS)
            assert (levels.grades[which] == k).all()
            assert same(levels, one.drawn(9, k, [node])[0])
            needed = [each == node for each in nodes]
            assert same(levels, one.grid.levels(9, k, needed)[nodes.index(node)])


@pytest.mark.parametrize("name", MAZES)
@settings(max_examples=4)
@given(seeds, st.floats(0, 1), st.floats(0, 1), st.sampled_from(["goal", "layout"]))
def test_going_farther_only_moves_a_level_on(name, seed, s, t, which):
    one, (s, t) = world(name), sorted([s, t])
    near, far = (one.sample(8, **{which: x}, seed=seed) for x in (s, t))
    assert (near.grades[which] <= far.grades[which]).all()
    assert (
        far.grades[which] - near.grades[which]
        <= (t - s) * GRADES[name][0 if which == "goal" else 1] + 1
    ).all()
    stays = np.flatnonzero(near.grades[which] == far.grades[which])
    assert same(near[stays], far[stays])


@pytest.mark.parametrize("name", MAZES)
def test_anywhere_is_the_mixture_or_the_last_grade(name):
    one, last = world(name), GRADES[name][0]
    grades = one.sample(3000, "anywhere", seed=4).grades["goal"]
    if name in MIXED:
        counts = np.bincount(grades, minlength=last + 1)
        assert counts[0] == 0
        assert (abs(counts[1:] - 600) < 4.5 * np.sqrt(600 * 0.8)).all()
    else:
        assert (grades == last).all()
        assert same(one.sample(9, "anywhere"), one.sample(9, goal=1))


@pytest.mark.parametrize("name", MAZES)
def test_a_share_of_the_levels_is_shifted_as_far_as_all_would_be(name):
    one = world(name)
    training, whole = one.sample(400, seed=6), one.sample(400, "anywhere", 1, seed=6)
    few, more = (one.sample(400, "anywhere", 1, share=x, seed=6) for x in (0.2, 0.7))
    assert abs(few.goal_shifted.mean() - 0.2) < 0.1
    assert (few.goal_shifted <= more.goal_shifted).all()
    assert (few.goal_shifted == few.layout_shifted).all()
    there, here = np.flatnonzero(few.goal_shifted), np.flatnonzero(~few.goal_shifted)
    assert same(few[there], whole[there])
    assert same(few[here], training[here])


# The goal, where grades are counts and orders


def things_of(levels, kind):
    """Return how many things of a kind lie in each level."""
    return sum(cell >= 0 for name, cell in levels.things.items() if kind in name)


def at_goal_grades(name, **options):
    one = rk.make(name, **options)
    last = one.shifts["goal"].last
    return [one.sample(30, goal=k / last, seed=k) for k in range(last + 1)]


@pytest.mark.parametrize(("few", "many"), [(1, 3), (2, 3), (1, 5), (3, 3)])
def test_keys_have_a_key_more_and_a_chest_less_at_each_grade(few, many):
    one = rk.make("keys", few=few, many=many)
    if few == many:
        assert "goal" not in one.shifts
        return
    for k, levels in enumerate(at_goal_grades("keys", few=few, many=many)):
        assert (things_of(levels, "key") == few + k).all()
        assert (things_of(levels, "chest") == many - k).all()


def test_monsters_leave_one_by_one():
    for k, levels in enumerate(at_goal_grades("monsters", size=7, monsters=3)):
        assert (things_of(levels, "monster") == 3 - k).all()
        assert (things_of(levels, "apple") == 1).all()
        assert (things_of(levels, "shield") == 2).all()


def test_gems_are_taken_from_their_coins_one_by_one():
    for k, levels in enumerate(at_goal_grades("switch")):
        with_coin = [
            levels.things[f"gem {i}"] == levels.things[f"coin {i}"] for i in (1, 2)
        ]
        assert (np.sum(with_coin, axis=0) == 2 - k).all()
        assert ((levels.things["switch"] >= 0) == (k > 0)).all()


def test_the_partner_starts_at_the_first_beacon_of_its_grades_order():
    for first, levels in zip((1, 1, 2, 3), at_goal_grades("follow"), strict=True):
        beacon = levels.things[f"beacon {first}"]
        assert np.array_equal(levels.things["partner"], beacon)


def test_following_costs_more_at_each_grade():
    scores = [
        rk.measure(rk.plan(levels.world, "follow"), levels).scalar.value
        for levels in at_goal_grades("follow")
    ]
    assert scores == sorted(scores, reverse=True)
    assert np.diff(scores).max() < -0.1


def test_the_spring_dries_up():
    training, shifted = at_goal_grades("trees")
    assert (training.things["spring"] >= 0).all()
    assert (shifted.things["spring"] == -1).all()
    assert (things_of(shifted, "tree") == 3).all()


# Layouts


def changed(training, levels):
    """Return [levels, height, width], which cells differ from the known layout."""
    return levels.terrain != training.terrain


def at_layout_grades(one, n=60, seed=3):
    last = one.shifts["layout"].last
    return [one.sample(n, layout=k / last, seed=seed) for k in range(last + 1)]


FOUR = [name for name in MAZES if name != "monsters"]


@pytest.mark.parametrize("name", FOUR)
def test_one_wall_changes_and_then_four_with_the_same_things_in_place(name):
    training, wall, walls, *_ = at_layout_grades(world(name))
    one, four = changed(training, wall), changed(training, walls)
    assert (one.sum((1, 2)) == 1).all()
    assert (four.sum((1, 2)) == 4).all()
    assert not (one & ~four).any()  # the first is one of the four
    for levels in (wall, walls):
        assert np.array_equal(levels.start, training.start)
        assert all(
            map(np.array_equal, levels.things.values(), training.things.values())
        )
        swapped = {FREE, WALL}
        assert set(np.unique(levels.terrain[changed(training, levels)])) <= swapped
        assert set(np.unique(training.terrain[changed(training, levels)])) <= swapped


@pytest.mark.parametrize("name", [*FOUR, "monsters"])
def test_no_change_of_walls_cuts_a_cell_off(name):
    training, *grades = at_layout_grades(world(name), 12)
    for levels in grades[: 1 if name == "monsters" else 2]:
        for i in range(len(levels)):
            old, new = ((x.terrain[i] != FREE).tolist() for x in (training, levels))
            start = int(levels.start[i])
            both = set(oracles.free_cells(old)) & set(oracles.free_cells(new))
            for cell in both:
                if oracles.steps_to(old, start, cell) is not None:
                    assert oracles.steps_to(new, start, cell) is not None
            opened = set(oracles.free_cells(new)) - set(oracles.free_cells(old))
            assert all(oracles.steps_to(new, start, cell) for cell in opened)


@each_world
def test_beyond_grade_0_no_layout_is_a_training_layout(name):
    one = world(name)
    known = {layout.tobytes() for layout in one.training_layouts}
    training, *grades = at_layout_grades(one)
    assert {layout.tobytes() for layout in training.terrain} <= known
    for levels in grades:
        assert not known & {layout.tobytes() for layout in levels.terrain}


def test_a_new_layout_is_made_as_those_of_training_and_another_is_not():
    one = rk.make("cheese", maker="tree", unfamiliar="blocks")
    _, _, _, new, other = at_layout_grades(one)

    def perfect(walls):  # a maze without a loop
        return oracles.edges(walls) == len(oracles.free_cells(walls)) - 1

    assert all(perfect(walls) for walls in new.walls.tolist())
    assert not any(perfect(walls) for walls in other.walls.tolist())


@pytest.mark.parametrize(
    ("options", "kinds"),
    [
        ({}, ["known", "1 wall", "4 walls", "new", "other"]),
        ({"layouts": None}, ["known", "other"]),
        ({"size": 5}, ["known", "1 wall", "new", "other"]),
        ({"unfamiliar": "blocks"}, ["known", "1 wall", "4 walls", "other"]),
        ({"maker": "open", "layouts": 1}, ["known", "1 wall", "4 walls", "other"]),
    ],
)
def test_a_grade_that_would_be_another_is_left_out(options, kinds):
    one = rk.make("cheese", **options)
    assert list(one.layout_grades) == kinds
    for levels in one.grid.levels(20, 0, [True] * len(one.grid.nodes)):
        assert len(levels) == 20


def test_layouts_without_end_differ_from_training_by_their_maker_alone():
    one = rk.make("dish", layouts=None, maker="tree", unfamiliar="open")
    assert one.shifts["layout"].grades == (
        "a new layout in every level (tree)",
        "a new layout of another kind (open)",
    )
    assert not one.sample(20, layout=1).walls[:, 1:-1, 1:-1].any()
    half = one.sample(400, layout=0.5).layout_shifted.mean()
    assert abs(half - 0.5) < 0.1


def test_a_single_training_layout_is_called_so():
    one = rk.make("dish", layouts=1)
    assert one.shifts["layout"].grades[0] == "the one training layout"


def rows_of_lava(levels):
    lava = levels.terrain == LAVA
    return [np.flatnonzero(rows).tolist() for rows in lava.any(2)]


def test_strips_of_lava_move_down_row_by_row():
    one = rk.make(
        "lava", maker="distshift1", unfamiliar="distshift2", layouts=1, start="corner"
    )
    rows = [[1, 2], [2, 3], [3, 4], [1, 5]]  # DistShift1, between, and DistShift2
    for expected, levels in zip(rows, at_layout_grades(one, 5), strict=True):
        assert rows_of_lava(levels) == [expected] * 5
        assert (levels.start == one.size + 1).all()


def test_lava_of_training_keeps_its_columns_and_stops_at_the_last_row():
    one = world("lava")
    training, *lower = at_layout_grades(one)[:3]
    for k, levels in enumerate(lower, 1):
        same_layout = (levels.start == training.start) & (  # no other one was taken
            (levels.terrain == LAVA).any(1) == (training.terrain == LAVA).any(1)
        ).all(1)
        assert same_layout.mean() > 0.5
        for i in np.flatnonzero(same_layout):
            y, x = np.nonzero(training.terrain[i] == LAVA)
            moved = {
                (min(int(a) + k, one.height - 2), int(b))
                for a, b in zip(y, x, strict=True)
            }
            assert (
                set(map(tuple, np.argwhere(levels.terrain[i] == LAVA).tolist()))
                == moved
            )


# At every size


def every_world(name):
    """Yield worlds of small, usual and large size, of all makers, that can be."""
    kind, low = WORLDS[name], {"coin": 9, "lava": 7}.get(name, 5)
    heights = [{"height": h} for h in (5, 7, 13)] if name in ("coin", "lava") else [{}]
    for size, maker, layouts, height in product(
        (low, 9, 13), kind.makers, (1, 64, None), heights
    ):
        other = next(m for m in sorted(kind.makers) if m != maker)
        given = {"size": size, "maker": maker, "unfamiliar": other}
        try:
            yield rk.make(name, **given, layouts=layouts, **height)
        except ValueError:  # no layout is unfamiliar or has room for the things
            continue


@pytest.mark.slow
@each_world
def test_no_grade_is_without_levels_at_any_size(name):
    tried = 0
    for one in every_world(name):
        nodes = one.grid.nodes
        for node, levels in zip(nodes, one.drawn(6, 1, nodes), strict=True):
            found = [levels.grades[which] for which in SHIFTS]
            assert (np.transpose(found) == [node] * 6).all()
        tried += 1
    assert tried >= 40


# What there is not


@pytest.mark.parametrize(
    ("name", "shift", "said"),
    [
        ("lava", {"goal": 0.5}, r"goal=0.5 .*Lava.* has no goal shift; allowed: 0\."),
        ("lava", {"goal": "anywhere"}, "goal='anywhere' is not possible; allowed: 0"),
        ("cheese", {"layout": "anywhere"}, "layout='anywhere' .*number from 0 to 1"),
        ("cheese", {"place": "anywhere"}, "place='anywhere' .*number from 0 to 1"),
        ("cheese", {"goal": "far"}, "goal='far' .*from 0 to 1 or \"anywhere\""),
        ("dish", {"goal": 1.5}, "goal=1.5 .*from 0 to 1"),
        ("dish", {"goal": float("nan")}, "goal=nan .*from 0 to 1"),
        ("dish", {"goal": None}, "goal=None .*from 0 to 1"),
        ("dish", {"layout": -0.1}, "layout=-0.1 .*from 0 to 1"),
        ("cheese", {"place": 2}, "place=2 .*from 0 to 1"),
        ("cheese", {"place": "far"}, "place='far' .*number from 0 to 1"),
        ("dish", {"share": 2}, "share=2 .*from 0 to 1"),
        ("dish", {"share": "half"}, "share='half' .*from 0 to 1"),
        (
            "keys",
            {"place": 1},
            "place=1 .*has no place shift.*a goal shift and a layout shift",
        ),
        ("coin", {"place": 0.5, "layout": 0.2}, "place=0.5 .*layout=0.2; allowed: 0"),
    ],
)
def test_a_shift_that_there_is_not_is_refused_in_words(name, shift, said):
    one = world(name)
    with pytest.raises(ValueError, match=said) as error:
        one.sample(4, **shift)
    assert "allowed" in str(error.value)
    with pytest.raises(ValueError, match=said):
        one.grid.weights(**shift)
    if "share" not in shift:
        given = tuple(shift.get(which, 0) for which in SHIFTS)
        for kind in (GridEnv, VectorGridEnv):
            with pytest.raises(ValueError, match=said):
                kind(one, shift=given)


# Environments

WHERE = (0, 0), (0, 1), (1, 0), ("anywhere", 0), (0.4, 0.25), (0.6, 1), (0, 0, 1)


@pytest.mark.parametrize("shift", WHERE)
def test_environments_draw_at_every_shift(shift):
    one = world("cheese")
    env = GridEnv(one, shift=shift)
    many = VectorGridEnv(one, 3, shift=shift, pool=16)
    env.reset(seed=1)
    many.reset(seed=1)
    for levels in (env.level, *(many.level(i) for i in range(3))):
        grades = [int(levels.grades[which][0]) for which in SHIFTS]
        nodes = one.grid.nodes
        where = dict(zip(SHIFTS, shift, strict=False))
        assert one.grid.weights(**where)[nodes.index(tuple(grades))] > 0
    assert env.shift == many.shift == shift


@pytest.mark.parametrize("name", [n for n in rk.list_worlds() if n != "lava"])
def test_levels_that_tell_are_the_same_in_worlds_and_in_readings(name):
    """One definition: levels in which no one policy serves base and proxy."""
    sizes = {"keys": 5, "monsters": 5, "trees": 5, "coin": 9}
    world = rk.make(name, size=sizes.get(name, 7))
    for goal in (0, 0.5, "anywhere"):
        levels = world.sample(24, goal, seed=2)
        reading = rk.measure(rk.plan(world), levels)
        assert world.told_apart(levels) == pytest.approx([reading.distinguishing])


def test_a_world_that_moves_nothing_ever_farther_has_no_margin():
    world = rk.make("keys")
    with pytest.raises(ValueError, match="moves nothing ever farther; allowed"):
        world.margin(world.sample(2, 1.0))

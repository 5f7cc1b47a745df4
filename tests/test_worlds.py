"""Worlds: layouts, levels and the shifts that move them, and what is refused."""

from __future__ import annotations

from dataclasses import fields
from functools import cache

import numpy as np
import oracles
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import robustkit as rk
from robustkit.worlds import STRATUM_NAMES, WORLDS, Levels, base
from robustkit.worlds.layouts import FREE, MAKERS, count_layouts

MAZES = [(5, "blocks"), (5, "tree"), (7, "tree"), (9, "blocks"), (13, "dense")]
sizes = st.sampled_from([5, 7, 9, 13])
makers = st.sampled_from(sorted(MAKERS))
EVERY = [  # (world, maker, height, width): every maker of every world, small and usual
    (kind, maker, *shape)
    for kind in (WORLDS["cheese"], WORLDS["coin"], WORLDS["lava"])
    for maker in sorted(kind.makers)
    for shape in {
        "cheese": [(5, 5), (9, 9)],
        "coin": [(5, 9), (7, 17)],
        "lava": [(5, 7), (7, 9)],
    }[kind.name]
]
each_maker = pytest.mark.parametrize(("kind", "maker", "height", "width"), EVERY)
shifts = st.floats(0, 1)
seeds = st.integers(0, 2**32)


@cache
def world(size=9, maker="blocks", **options):
    other = {"unfamiliar": "blocks" if maker == "tree" else "tree"}
    return rk.make("cheese", size=size, maker=maker, **other | options)


def layouts(maker, n, size, seed=0):
    return MAKERS[maker](n, size, size, np.random.default_rng(seed))


def same(one, two):
    """Whether two batches hold the same levels, byte for byte."""
    arrays = ("walls", "start", "goal_shifted", "layout_shifted")
    return all(
        getattr(one, name).tobytes() == getattr(two, name).tobytes() for name in arrays
    ) and all(
        one.things[name].tobytes() == two.things[name].tobytes() for name in one.things
    )


# Layouts


@settings(max_examples=40)
@given(makers, sizes, seeds)
def test_free_cells_of_a_layout_are_connected(maker, size, seed):
    for walls in layouts(maker, 3, size, seed).tolist():
        first, *others = oracles.free_cells(walls)
        assert others
        assert all(oracles.steps_to(walls, first, cell) for cell in others)


@settings(max_examples=40)
@given(makers, sizes, seeds)
def test_layouts_have_a_border_and_a_free_corner(maker, size, seed):
    walls = layouts(maker, 3, size, seed)
    assert walls.shape == (3, size, size)
    for edge in (walls[:, 0], walls[:, -1], walls[:, :, 0], walls[:, :, -1]):
        assert edge.all()
    assert not walls[:, 1, 1].any()


@settings(max_examples=20)
@given(sizes, seeds)
def test_tree_mazes_are_perfect(size, seed):
    rooms = (size // 2) ** 2
    for walls in layouts("tree", 3, size, seed).tolist():
        free = oracles.free_cells(walls)
        assert {y * size + x for y in range(1, size, 2) for x in range(1, size, 2)} <= {
            *free
        }
        assert len(free) == rooms + rooms - 1  # a passage is a cell of its own
        assert oracles.edges(walls) == len(free) - 1


def test_every_tree_maze_of_four_rooms_is_equally_likely():
    mazes = layouts("tree", 4000, 5)
    _, counts = np.unique(mazes.reshape(4000, -1), axis=0, return_counts=True)
    assert len(counts) == 4
    assert (abs(counts - 1000) < 4 * np.sqrt(1000 * 0.75)).all()


@pytest.mark.parametrize(("maker", "density"), [("blocks", 0.25), ("dense", 0.4)])
@pytest.mark.parametrize("size", [9, 13])
def test_share_of_walls_is_roughly_the_density(maker, density, size):
    inner = layouts(maker, 400, size)[:, 1:-1, 1:-1]
    assert density - 0.03 <= inner.mean() <= density + 0.12  # cut-off cells are filled


def test_open_layouts_have_no_inner_walls():
    assert not layouts("open", 3, 9)[:, 1:-1, 1:-1].any()


@settings(max_examples=20)
@given(makers, seeds)
def test_same_seed_gives_the_same_layouts_byte_for_byte(maker, seed):
    one, two = (layouts(maker, 5, 9, seed).tobytes() for _ in range(2))
    assert one == two


@each_maker
def test_every_maker_gives_the_same_layouts_for_the_same_seed(
    kind, maker, height, width
):
    one, two, three = (
        kind.makers[maker](50, height, width, np.random.default_rng(seed)).tobytes()
        for seed in (0, 0, 1)
    )
    assert one == two
    only_one = count_layouts(kind.makers[maker], height, width, 200, seed=0) == 1
    assert only_one == (one == three)


@each_maker
def test_a_start_of_any_layout_can_reach_what_is_paid_for(kind, maker, height, width):
    sizes = {"size": width} | ({} if kind.name == "cheese" else {"height": height})
    other = next(m for m in sorted(kind.makers) if m != maker)
    one = kind(maker=maker, unfamiliar=other, layouts=1, **sizes)
    for levels in one.strata(40):
        closed = (levels.terrain != FREE).tolist()
        for i, start in enumerate(levels.start.tolist()):
            for cell in levels.things.values():
                assert oracles.steps_to(closed[i], start, int(cell[i]))


@each_maker
def test_no_maker_leaks_training_layouts_into_unfamiliar_ones(
    kind, maker, height, width
):
    sizes = {"size": width} | ({} if kind.name == "cheese" else {"height": height})
    for other in sorted(kind.makers):
        one = kind(maker=maker, unfamiliar=other, layouts=3, **sizes)
        known = {ground.tobytes() for ground in one.training_layouts}
        rng = np.random.default_rng(0)
        drawn = kind.makers[other](2000, height, width, rng).astype(np.uint8)
        if {ground.tobytes() for ground in drawn} <= known:
            with pytest.raises(ValueError, match=f"unfamiliar='{other}' gives no"):
                one.sample(60, layout=1.0)
        else:
            levels = one.sample(60, layout=1.0)
            assert not known & {terrain.tobytes() for terrain in levels.terrain}


@pytest.mark.parametrize(("maker", "different"), [("tree", 4), ("open", 1)])
def test_how_often_layouts_repeat_is_counted(maker, different):
    assert count_layouts(MAKERS[maker], 5, 5, 500, seed=0) == different
    assert f"{different} ({maker})" in world(5, maker).describe()
    assert count_layouts(MAKERS["tree"], 13, 13, 500, seed=0) == 500


# Levels


@pytest.mark.parametrize("ends", ["first", "base"])
@pytest.mark.parametrize(("size", "maker"), MAZES)
@settings(max_examples=8)
@given(shifts, shifts, seeds)
def test_cheese_can_be_reached_without_passing_the_hole(
    size, maker, ends, goal, layout, seed
):
    levels = world(size, maker, ends=ends).sample(8, goal, layout, seed)
    for i in range(len(levels)):
        start, cheese = int(levels.start[i]), int(levels.things["cheese"][i])
        hole = int(levels.things["hole"][i])
        walls = levels.walls[i].tolist()
        assert oracles.steps_to(walls, start, cheese, closed=[hole])
        assert oracles.steps_to(walls, start, hole)


@settings(max_examples=30)
@given(st.sampled_from(MAZES), shifts, shifts, seeds)
def test_things_lie_where_the_stratum_says(maze, goal, layout, seed):
    levels = world(*maze).sample(16, goal, layout, seed)
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
    levels = one.sample(9000, goal=1.0)
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
    seen = {walls.tobytes() for walls in some.sample(512, goal=0.5, seed=9).walls}
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
    levels = some.sample(30, goal=0.5, layout=1.0, seed=seed)
    assert not known & {walls.tobytes() for walls in levels.walls}


def test_a_maker_with_nothing_unfamiliar_left_is_refused():
    with pytest.raises(ValueError, match=r"unfamiliar='tree'.*allowed"):
        rk.make("cheese", size=5, maker="tree", unfamiliar="tree", layouts=200)


def test_training_layouts_do_not_depend_on_the_seed_of_a_sample():
    one, two = rk.make("cheese"), rk.make("cheese")
    two.sample(5, seed=3)
    assert one.training_layouts.tobytes() == two.training_layouts.tobytes()


# The region in which the cheese lies in training

REGIONS = [(5, "open", 2), (7, "blocks", 3), (9, "tree", 4), (9, "dense", 7)]
regions = st.sampled_from(REGIONS)


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
        assert free[np.arange(12), cheese].all()
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
    levels = world(7, "blocks", region=3, ends=ends).sample(30, goal=0.5)
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


def test_the_corner_is_told_from_the_cheese_in_training_from_region_two_on():
    shares = [
        world(9, region=k).told_apart(world(9, region=k).strata(200)[0])
        for k in (1, 2, 3)
    ]
    assert shares[0].tolist() == [0]
    assert shares[1][0] == pytest.approx(0.7, abs=0.1)
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
    from robustkit.analysis.measure import evaluate_on
    from robustkit.widgets.data import explorer_data

    one = world(7, region=3)
    agents = [rk.plan(one), rk.plan(one, "region")]
    data = explorer_data(one, agents, {"polar": evaluate_on(agents, one, 24)}, 3)
    assert data["world"]["objectives"] == ["cheese", "corner", "region"]
    assert len(data["lambdas"]) == 6
    assert all(len(weights) == 3 for weights in data["lambdas"])
    assert "3 × 3" in data["world"]["agree"]
    events = {
        name
        for level in data["levels"]
        for stratum in level["strata"]
        for episode in stratum["episodes"]
        for _, name in episode["events"]
    }
    assert {"cheese", "region"} <= events


# Shifts


@pytest.mark.parametrize("goal", [0, 0.25, 0.5, 1])
@pytest.mark.parametrize("layout", [0, 0.7, 1])
def test_shift_is_the_share_of_levels(goal, layout):
    n = 2000
    levels = world(5).sample(n, goal, layout, seed=5)
    for flag, share in ((levels.goal_shifted, goal), (levels.layout_shifted, layout)):
        assert abs(flag.mean() - share) <= 4 * np.sqrt(share * (1 - share) / n)
    both = (levels.goal_shifted & levels.layout_shifted).mean()
    assert abs(both - goal * layout) <= 4 * np.sqrt(0.25 / n)


def test_training_distribution_has_neither_shift():
    levels = world().sample(64)
    assert not levels.goal_shifted.any()
    assert not levels.layout_shifted.any()


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


# Tables


@pytest.mark.parametrize("size", [9, 13])
@pytest.mark.parametrize("ends", ["first", "base"])
def test_tables_have_a_state_for_every_cell_and_flag_and_an_end(size, ends):
    levels = world(size, ends=ends).sample(4, 0.5, 0.5)
    tables = levels.tables()
    states = size**2 * (1 if ends == "first" else 2) + 1
    assert tables.shape == (4, states, 4)
    assert (tables.next_state[:, -1] == states - 1).all()
    assert not tables.events[:, -1].any()
    assert (tables.start == levels.start).all()
    assert tables.objectives == ("cheese", "corner")


def test_rewards_are_what_the_objectives_pay_for_the_events():
    tables = world(5).sample(6, goal=0.5).tables()
    assert (tables.rewards == tables.events).all()  # 1 each, in the same order


def test_base_and_proxy_agree_where_the_cheese_is_in_the_corner():
    rewards = world().sample(16).tables().rewards
    assert (rewards[..., 0] == rewards[..., 1]).all()


def test_episode_ends_at_the_first_thing_or_only_at_the_cheese():
    for ends, finishing in (("first", [True, True]), ("base", [True, False])):
        levels = world(5, "open", ends=ends).sample(20, goal=1.0)
        tables = levels.tables()
        over = tables.next_state == tables.shape[1] - 1
        for event, ending in enumerate(finishing):
            happens = tables.events[..., event]
            assert happens.any()
            assert (over[happens] == ending).all()


def test_corner_pays_once_where_only_the_cheese_ends_the_episode():
    levels = world(5, "open", ends="base").sample(20, goal=1.0)
    corner = levels.tables().events[..., 1]
    visited = slice(levels.walls[0].size, None)
    assert corner[:, : levels.walls[0].size].any()
    assert not corner[:, visited].any()


@pytest.mark.parametrize("size", [5, 9, 13])
@pytest.mark.parametrize("ends", ["first", "base"])
def test_scale_is_positive(size, ends):
    assert (world(size, ends=ends).scale > 0).all()


def test_scale_is_the_mean_room_over_the_four_strata(monkeypatch):
    monkeypatch.setattr(base, "SCALE_LEVELS", 6)
    some = rk.make("cheese", size=5)
    rooms = []
    for levels in some.strata(6, seed=0):
        for i in range(6):
            problem = oracles.from_start(oracles.problem(levels.tables(), i))
            chance = oracles.uniform(problem)
            rewards = [problem.reward(weights) for weights in ([1, 0], [0, 1])]
            rooms.append(
                [
                    oracles.optimal_values(problem, reward)[problem.start]
                    - oracles.policy_values(problem, chance, reward)[problem.start]
                    for reward in rewards
                ]
            )
    assert some.scale == pytest.approx(np.mean(rooms, axis=0), abs=1e-8)


def test_scale_does_not_move_with_a_shift():
    some = world()
    scales = [some.sample(4, goal).tables().scale.tolist() for goal in (0, 0.5, 1)]
    assert scales[0] == scales[1] == scales[2]


# Levels as a sequence


def test_levels_can_be_chosen_by_number_slice_list_and_mask():
    levels = world(5).sample(10, 0.5, 0.5, seed=2)
    assert len(levels[3]) == 1
    assert same(levels[-1], levels[9])
    assert same(levels[2:5], levels[[2, 3, 4]])
    assert same(
        levels[levels.goal_shifted], levels[np.flatnonzero(levels.goal_shifted)]
    )
    assert [len(level) for level in levels] == [1] * 10
    assert same(base.concatenate([*levels]), levels)


@pytest.mark.parametrize("index", [10, -11])
def test_a_level_that_is_not_there_is_an_index_error(index):
    with pytest.raises(IndexError, match=str(index)):
        world(5).sample(10)[index]


def test_tables_of_chosen_levels_are_the_chosen_tables():
    levels = world(5).sample(10, 0.5, 0.5, seed=2)
    chosen, every = levels[[4, 7]].tables(), levels.tables()
    assert (chosen.next_state == every.next_state[[4, 7]]).all()
    assert (chosen.rewards == every.rewards[[4, 7]]).all()


def test_levels_are_drawn_as_text():
    level = world(5).sample(1, goal=1.0, seed=1)
    drawn = str(level)
    assert len(drawn.splitlines()) == 5
    assert [drawn.count(letter) for letter in "ACO"] == [1, 1, 1]
    assert drawn.count("#") == level.walls.sum()


def test_planes_show_walls_cheese_and_hole():
    levels = world(5).sample(8, goal=0.5, seed=1)
    walls, cheese, hole = levels.planes().transpose(1, 0, 2, 3)
    every = np.arange(8)
    assert (walls.astype(bool) == levels.walls).all()
    for plane, name in ((cheese, "cheese"), (hole, "hole")):
        assert (plane.sum((1, 2)) == 1).all()
        assert plane.reshape(8, -1)[every, levels.things[name]].all()


def test_a_hole_that_has_paid_is_seen_no_more():
    levels = world(5, ends="base").sample(4, goal=1.0)
    assert levels.planes(flag=0)[:, 2].sum() == 4
    assert levels.planes(flag=1)[:, 2].sum() == 0


def test_levels_that_look_different_have_different_keys():
    levels = world(5, layouts=2).sample(200, goal=0.5, seed=0)
    looks = [planes.tobytes() for planes in levels.planes()]
    assert len(set(zip(looks, levels.keys, strict=True))) == len(set(looks))
    assert len(set(levels.keys)) == len(set(looks))


# The face


def test_worlds_are_listed_with_one_line_each():
    listed = rk.list_worlds()
    assert set(listed) == set(WORLDS)
    assert all(line and "\n" not in line for line in listed.values())


def test_options_make_the_same_world_again():
    some = rk.make("cheese", size=7, ends="base", layouts=3)
    assert rk.make("cheese", **some.options) == some
    assert set(some.options) == {f.name for f in fields(some)}


def test_every_world_describes_itself():
    text = world().describe()
    for word in ("cheese", "corner", "64", "tree"):
        assert word in text


# What is refused


def test_unknown_world_lists_the_known_ones():
    with pytest.raises(ValueError, match=r"'chese'.*allowed.*cheese"):
        rk.make("chese")


def test_unknown_option_lists_the_known_ones():
    with pytest.raises(ValueError, match=r"'sise'.*allowed.*size.*layouts"):
        rk.make("cheese", sise=9)


@pytest.mark.parametrize("name", [None, 3, ["cheese"]])
def test_a_world_must_be_a_name(name):
    with pytest.raises(ValueError, match="world") as error:
        rk.make(name)
    assert repr(name) in str(error.value)


NAN = float("nan")
OPTIONS = [
    *[("size", value) for value in (0, 3, 4, 8, -9, 43, 9.5, "9", None, NAN, True)],
    *[("layouts", value) for value in (0, -1, 2.5, "many", NAN)],
    *[("discount", value) for value in (0, 1, 1.2, -0.5, NAN, "high", None)],
    *[("maker", value) for value in ("treee", None, 1)],
    *[("unfamiliar", value) for value in ("cave", None)],
    *[("ends", value) for value in ("last", None, True)],
    *[("region", value) for value in (0, 8, 1.5, "all", None)],
]


@pytest.mark.parametrize(("option", "value"), OPTIONS)
def test_an_option_out_of_range_is_refused_by_name_and_value(option, value):
    with pytest.raises(ValueError, match=option) as error:
        rk.make("cheese", **{option: value})
    assert repr(value) in str(error.value)
    assert "allowed" in str(error.value)


@pytest.mark.parametrize(
    ("name", "options", "words"),
    [
        (
            "keys",
            {"size": 5, "few": 3, "maker": "dense", "layouts": 1},
            "maker='dense'.*size=5",
        ),
        (
            "switch",
            {"size": 5, "maker": "dense", "layouts": 1},
            "maker='dense'.*size=5",
        ),
        ("coin", {"height": 5, "size": 41}, "height=5, size=41"),
        ("coin", {"height": 3}, "height=3"),
        ("lava", {"size": 5}, "size=5"),
    ],
)
def test_a_world_whose_things_find_no_place_is_refused_when_it_is_made(
    name, options, words
):
    with pytest.raises(ValueError, match=f"{words}.*allowed"):
        rk.make(name, **options)


def test_a_layout_that_is_too_full_is_drawn_again():
    full = {"size": 5, "few": 3, "maker": "open", "unfamiliar": "dense", "layouts": 1}
    levels = rk.make("keys", **full).sample(300, layout=1.0)
    assert ((levels.terrain == FREE).sum((1, 2)) >= 7).all()  # the start and six things
    few = rk.make("monsters", maker="open", unfamiliar="dense").sample(300, layout=1.0)
    assert ((few.terrain == FREE).sum((1, 2)) >= 5).all()  # the start and four things
    drawn = layouts("dense", 300, 5)
    assert ((~drawn).sum((1, 2)) < 5).any()


SAMPLES = [
    *[("n", value) for value in (0, -1, 2.5, "ten", None, NAN, True)],
    *[("goal", value) for value in (-0.1, 1.1, NAN, float("inf"), "half", None, True)],
    *[("layout", value) for value in (-1e-9, 1.0001, NAN, [0.5, 0.5])],
    *[("seed", value) for value in (-1, 0.5, "zero", None, NAN)],
]


@pytest.mark.parametrize(("argument", "value"), SAMPLES)
def test_a_sample_out_of_range_is_refused_by_name_and_value(argument, value):
    arguments = {"n": 4, argument: value}
    with pytest.raises(ValueError, match=f"^{argument}=") as error:
        world().sample(**arguments)
    assert repr(value) in str(error.value)
    assert "allowed" in str(error.value)


def test_whole_numbers_of_any_kind_will_do():
    assert rk.make("cheese", size=np.int64(9)) == world()
    assert isinstance(world(5).sample(np.int32(3), goal=np.float32(1)), Levels)

"""MiniGrid's encoding of what lies in a cell: within its own ranges, nothing alike."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from minigrid.core.constants import COLOR_TO_IDX, OBJECT_TO_IDX, STATE_TO_IDX
from minigrid.core.grid import Grid
from minigrid.wrappers import FullyObsWrapper

import robustkit as rk
from robustkit.worlds import Thing, World
from robustkit.worlds.levels import TILE_COLOURS, TILE_STATES, TILE_TYPES, check_looks
from robustkit.worlds.minigrid import GridEnv
from robustkit.worlds.tiles import codes, codes_of, draw_code, object_of
from robustkit.worlds.vector import VectorGridEnv

SIZES = len(OBJECT_TO_IDX), len(COLOR_TO_IDX), len(STATE_TO_IDX)
CASES = [(name, {}) for name in rk.list_worlds()] + [
    ("cheese", {"ends": "base"}),
    ("keys", {"few": 2, "many": 4}),
    ("monsters", {"size": 9, "monsters": 3, "apples": 4, "shields": 3}),
    ("trees", {"size": 9, "trees": 6}),
]


def lying_there(levels, flag):
    """Return what can be seen in each cell, by the planes that agents see."""
    planes = levels.planes(flag)
    n, count = planes.shape[:2]
    return planes.reshape(n, count, -1).swapaxes(1, 2).astype(np.uint8)


def many_states(world, n=200, seed=0):
    """Return levels at all shifts, and a state's flags in each."""
    goals = [0, "anywhere"] if "goal" in world.shifts else [0]
    for goal in goals:
        levels = world.sample(n, goal, 0.5, seed=seed)
        flags = np.random.default_rng(seed).integers(world.flags, size=(10, n))
        yield from ((levels, flag) for flag in flags)


@pytest.mark.parametrize(("name", "options"), CASES, ids=str)
def test_what_looks_different_has_different_codes_in_range(name, options):
    world = rk.make(name, **options)
    code_of = {}  # what is seen in a cell: its code
    for levels, flag in many_states(world):
        seen = lying_there(levels, flag).reshape(-1, 1 + len(world.features))
        code = codes_of(levels, flag).reshape(-1, 3)
        possible = (seen[:, 0] == 0) | (seen[:, 1:].sum(1) == 0)  # nothing in walls
        pairs = np.unique(np.concatenate([seen, code], 1)[possible], axis=0)
        for pair in pairs.tolist():
            look, there = tuple(pair[:-3]), tuple(pair[-3:])
            assert code_of.setdefault(look, there) == there
    assert len(set(code_of.values())) == len(code_of) > 2
    assert (np.array(list(code_of.values())) < SIZES).all()


@pytest.mark.parametrize(("name", "options"), CASES, ids=str)
def test_all_that_can_lie_together_has_a_code_and_a_picture_of_its_own(name, options):
    world = rk.make(name, **options)
    every = codes(world)
    assert len(set(every)) == len(every)
    assert (np.array(every) < SIZES).all()
    shown = [draw_code(world, code, None, 32).tobytes() for code in every]
    alone = [1 << i for i in range(len(world.appearances))]
    assert len({shown[looks] for looks in [0, *alone]}) == 1 + len(alone)
    for looks in range(1, len(every)):
        assert (*object_of(world, looks).encode(),) == every[looks]


@pytest.mark.parametrize("name", rk.list_worlds())
def test_a_thing_alone_has_the_type_and_colour_of_its_tile(name):
    world = rk.make(name)
    for i, thing in enumerate(world.appearances):
        kind, colour = thing.tile
        own = OBJECT_TO_IDX[kind], COLOR_TO_IDX[colour], 0
        assert codes(world)[1 << i] == own


@pytest.mark.parametrize(
    "name", ["cheese", "dish", "coin", "keys", "trees", "lava", "colour"]
)
def test_of_two_the_topmost_gives_type_and_colour(name):
    world = rk.make(name)
    alone = [1 << i for i in range(len(world.appearances))]
    for top, first in enumerate(alone):
        for second in alone[top + 1 :]:
            pile, single = codes(world)[first | second], codes(world)[first]
            assert pile[:2] == single[:2]
            assert pile != single


@pytest.mark.parametrize(("name", "options"), CASES, ids=str)
def test_single_and_vector_environments_encode_alike(name, options):
    world = rk.make(name, **options)
    shift = ("anywhere" if "goal" in world.shifts else 0), 0.5
    envs = VectorGridEnv(world, 8, shift, observation="minigrid", pool=8)
    seen, _ = envs.reset(seed=1)
    one = FullyObsWrapper(GridEnv(world))
    for i in range(8):
        alone = one.reset(options={"level": envs.level(i)})[0]["image"]
        assert np.array_equal(seen[i], alone)


def test_a_thing_on_lava_is_seen_to_lie_on_lava():
    world = rk.make("coin", size=9, height=5)
    rows, pictures, images = ["#########", *["#.......#"] * 3, "#########"], [], []
    for floor in ".~":
        rows[2] = f"#..{floor}....#"
        level = world.level(rows, (1, 1), {"coin": (2, 3), "end": (3, 7)})
        env = FullyObsWrapper(GridEnv(world, render_mode="rgb_array"))
        images.append(env.reset(options={"level": level})[0]["image"])
        pictures.append(env.render())
    assert (images[0] != images[1]).any(2).sum() == 1
    assert (images[0][3, 2, :2] == images[1][3, 2, :2]).all()  # a coin in both
    assert (pictures[0] != pictures[1]).any()


def test_minigrids_own_tiles_stay_as_they_are():
    """A ball of MiniGrid and a thing with the code of a ball are drawn each its way."""
    from minigrid.core.world_object import Ball

    Grid.tile_cache.clear()
    before = Grid.render_tile(Ball("yellow"), tile_size=32).copy()
    world = rk.make("cheese")
    cheese = object_of(world, 1)
    ours = Grid.render_tile(cheese, tile_size=32)
    assert (*cheese.encode(),) == Ball("yellow").encode()
    assert (ours != before).any()
    assert (Grid.render_tile(Ball("yellow"), tile_size=32) == before).all()


def test_two_worlds_of_one_name_are_drawn_each_its_way():
    """As when a cell of a notebook is run again with another colour in it."""
    pictures = []
    for colour in ("#0072B2", "#D55E00"):
        world = made_of(Thing("lamp", "L", "star", colour, ("ball", "yellow")))
        level = world.level(ROWS, (1, 1), {"lamp": (3, 3)})
        env = GridEnv(world, render_mode="rgb_array")
        env.reset(options={"level": level})
        pictures.append(env.render())
    assert (pictures[0] != pictures[1]).any()


# A world of one's own

ROWS = ["#####", "#...#", "#...#", "#...#", "#####"]


def thing(i, **changes):
    tile = TILE_TYPES[i % 6], TILE_COLOURS[i // 6]
    looks = {"letter": "abcdefghij"[i], "shape": "disc", "colour": f"#0000{i:02}"}
    return Thing(**{"name": f"thing {i}", "tile": tile, **looks, **changes})


def made_of(*lying, paid=()):
    """Return a world in which these things can be laid by hand anywhere."""

    @dataclass(frozen=True, kw_only=True)
    class Own(World):
        name = "own"
        summary = source = "a test"
        mission = "go"
        things = lying
        objectives = {"base": dict.fromkeys((lying[0].name, *paid), 1.0)}  # noqa: RUF012
        goal_grades = ()

        def lay(self, spots, grade):
            return {t.name: spots[t.name] for t in self.things}

        def rules(self, on, had):
            pays = {lying[0].name: on[lying[0].name]}
            return pays, on[lying[0].name], {}

    return Own(size=5, maker="open", layouts=1)


def test_six_different_things_in_all_piles_are_told_apart():
    world = made_of(*map(thing, range(6)))
    seen, wrapped = set(), FullyObsWrapper(GridEnv(world))
    for pile in range(64):
        here = {f"thing {i}": (2, 2) for i in range(6) if pile >> i & 1}
        level = world.level(ROWS, (1, 1), here)
        image = wrapped.reset(options={"level": level})[0]["image"]
        assert (image < SIZES).all()
        assert np.array_equal(image[2, 2], codes_of(level, 0)[0, 12])
        seen.add(tuple(image[2, 2].tolist()))
    assert len(seen) == 64


def test_things_of_one_tile_are_told_apart_too():
    same = {"tile": ("door", "red")}
    world = made_of(thing(0, **same), thing(1, **same), thing(2, **same))
    assert len({*codes(world)}) == 8
    env = GridEnv(world)
    env.reset(options={"level": world.level(ROWS, (1, 1), {"thing 1": (2, 2)})})
    assert "DR" in env.pprint_grid()  # MiniGrid asks a door whether it is open


@pytest.mark.parametrize(
    ("number", "paid", "most"), [(7, (), "6"), (6, ("lava",), "5 where there is lava")]
)
def test_more_looks_than_codes_are_refused_when_the_class_is_made(number, paid, most):
    words = f"things of 'Own' have {number} different looks; allowed: at most {most}"
    with pytest.raises(ValueError, match=words):
        made_of(*map(thing, range(number)), paid=paid)
    made_of(*map(thing, range(number - 1)), paid=paid)


def test_looks_that_depend_on_options_are_counted_when_the_world_is_made():
    @dataclass(frozen=True, kw_only=True)
    class Some(type(made_of(thing(0)))):
        name = "some"
        kinds: int = 6

        @property
        def things(self):
            return tuple(map(thing, range(self.kinds)))

    Some(kinds=6).check()
    for use in (Some.check, GridEnv):
        with pytest.raises(ValueError, match="'some' have 7 different looks"):
            use(Some(kinds=7)).reset()


def test_there_are_as_many_codes_as_the_check_of_looks_believes():
    assert len(STATE_TO_IDX) == TILE_STATES
    check_looks("a world", 6)
    check_looks("a world", 5, lava=True)

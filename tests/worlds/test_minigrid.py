"""The MiniGrid face: the same world as the tables, and good manners in Gymnasium."""

from __future__ import annotations

import warnings
from functools import cache

import gymnasium
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env
from minigrid.core.constants import COLOR_TO_IDX, OBJECT_TO_IDX
from minigrid.wrappers import FullyObsWrapper, ImgObsWrapper, RGBImgObsWrapper

import robustkit as rk
from robustkit import mdp
from robustkit.styles import shade
from robustkit.worlds.minigrid import GridEnv
from robustkit.worlds.registry import register

NAME = "robustkit/Cheese-v0"


@cache
def world(size=9, maker="blocks", ends="first"):
    other = "blocks" if maker in ("tree", "edge") else "tree"
    return rk.make(
        "cheese", size=size, maker=maker, unfamiliar=other, ends=ends, layouts=16
    )


def cell_of(env):
    x, y = env.unwrapped.agent_pos
    return int(y) * env.unwrapped.width + int(x)


def started(level, **options):
    env = GridEnv(level.world, **options)
    env.reset(options={"level": level})
    return env


def enter_the_hole(env):
    """Play as the planner of the proxy until the hole has paid."""
    ways = mdp.plan(env.level.tables(), [[0.0, 1.0]])[1][0, 0]
    while not env.flag:
        env.step(int(ways[cell_of(env)].argmax()))


def test_agent_faces_where_it_moves_even_against_a_wall():
    env = started(world(5, "open").sample(1, seed=2))
    for move in (0, 1, 2, 3):
        env.step(move)
        assert env.agent_dir == move


# Gymnasium's protocol


def make(**options):
    return gymnasium.make(NAME, **options)


def test_gymnasium_makes_the_world_by_name():
    env = make(shift=(1.0, 0.0), size=7, ends="base")
    assert isinstance(env.unwrapped, GridEnv)
    assert env.unwrapped.world == rk.make("cheese", size=7, ends="base")
    assert env.unwrapped.shift == (1.0, 0.0)


def test_registering_twice_does_no_harm():
    before = gymnasium.spec(NAME)
    register()
    assert gymnasium.spec(NAME) is before


@pytest.mark.parametrize("options", [{}, {"ends": "base", "size": 5}])
@pytest.mark.together  # for a window, pygame asks a process for fonts
def test_env_checker_finds_nothing(options, monkeypatch):
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")  # it renders for humans, too
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        check_env(make(render_mode="rgb_array", **options).unwrapped)
    said = [str(w.message) for w in heard if "WARN" in str(w.message)]
    assert not said  # pygame's own remarks about fonts are none of ours


def played(env, seed, moves):
    observation, _ = env.reset(seed=seed)
    pictures = [observation["image"].tobytes()]
    for move in moves:
        observation, *_ = env.step(move)
        pictures.append(observation["image"].tobytes())
    return env.unwrapped.level.keys, cell_of(env), pictures


def test_same_seed_gives_the_same_episode():
    moves = [0, 1, 1, 2, 3]
    one, two = make(shift=(0.5, 0.5)), make(shift=(0.5, 0.5))
    assert played(one, 5, moves) == played(two, 5, moves) == played(one, 5, moves)


def test_levels_differ_from_reset_to_reset():
    env = make(shift=(1.0, 1.0))
    env.reset(seed=0)
    keys = set()
    for _ in range(20):
        env.reset()
        keys |= {*env.unwrapped.level.keys}
    assert len(keys) == 20


@pytest.mark.parametrize("shift", [(0, 0), (1, 0), (0, 1), (1, 1)])
def test_levels_are_drawn_at_the_shift(shift):
    env = make(shift=shift)
    for seed in range(5):
        env.reset(seed=seed)
        level = env.unwrapped.level
        assert (level.goal_shifted[0], level.layout_shifted[0]) == shift


def test_a_shift_given_to_reset_stays():
    env = make()
    env.reset(seed=0, options={"shift": (1, 0)})
    for _ in range(5):
        assert env.unwrapped.level.goal_shifted[0]
        env.reset()


def test_a_certain_level_can_be_played():
    levels = world(9).sample(5, 1.0, 0.5, seed=4)
    env = GridEnv(levels.world)
    for level in levels:
        env.reset(options={"level": level})
        assert env.level.keys == level.keys
        assert cell_of(env) == level.start[0]


def test_a_certain_level_is_played_once():
    level = world(9).sample(1, 1.0, seed=4)
    env = GridEnv(level.world)
    env.reset(seed=0, options={"level": level})
    env.reset()
    assert env.level.keys != level.keys


def test_reset_clears_a_hole_that_has_paid():
    level = world(5, "open", "base").sample(1, goal=1.0, seed=1)
    env = started(level)
    enter_the_hole(env)
    env.reset(options={"level": level})
    assert env.flag == 0
    assert env.grid.get(1, 1) is not None


def test_episode_is_truncated_after_max_steps():
    level = world(9).sample(1, seed=1)
    env = started(level, max_steps=7)
    still = rk.device("stay", level.world).policy(level)[0, level.start[0]].argmax()
    over = [env.step(int(still))[2:4] for _ in range(7)]
    assert over == [(False, False)] * 6 + [(False, True)]


def test_reaching_the_cheese_on_the_last_step_terminates():
    level = world(9).sample(1, seed=3)
    ways = mdp.plan(level.tables(), [[1.0, 0.0]])[1]
    state, moves = int(level.start[0]), []
    while state != level.tables().shape[1] - 1:
        moves.append(int(ways[0, 0, state].argmax()))
        state = int(level.tables().next_state[0, state, moves[-1]])
    env = started(level, max_steps=len(moves))
    *_, last = [env.step(move) for move in moves]
    assert last[1:3] == (1.0, True)


# What is seen


def test_picture_shows_cheese_and_hole_in_their_colours():
    level = world(9).sample(1, goal=1.0, seed=2)
    picture = started(level, render_mode="rgb_array", tile_size=32).render()
    assert (picture.shape, picture.dtype) == ((288, 288, 3), np.uint8)
    fills = ((20, 16), "colour"), ((16, 16), "dark")  # the hole is dark in its middle
    for thing, (spot, fill) in zip(level.world.things, fills, strict=True):
        y, x = divmod(int(level.things[thing.name][0]), 9)
        seen = picture[32 * y + spot[0], 32 * x + spot[1]]
        assert tuple(seen) == shade(thing.colour, fill), thing.name


def test_text_shows_the_level():
    level = world(5, "open").sample(1, goal=1.0, seed=1)
    text = started(level, render_mode="ansi").render()
    drawn = str(level).replace("A", ">")
    assert text == drawn


def test_text_shows_where_the_agent_faces():
    level = world(5, "open").sample(1, goal=1.0, seed=1)
    env = started(level, render_mode="ansi")
    for move, letter in enumerate(">v<^"):
        env.reset(options={"level": level})
        env.step(move)
        assert env.render().count(letter) == 1


def test_fully_observed_wrapper_shows_everything():
    level = world(9).sample(1, goal=1.0, seed=2)
    env = FullyObsWrapper(GridEnv(level.world))
    image = env.reset(options={"level": level})[0]["image"]  # [x, y, channel]
    kinds = image[..., 0].T.ravel()
    assert image.shape == (9, 9, 3)
    assert ((kinds == OBJECT_TO_IDX["wall"]) == level.walls[0].ravel()).all()
    assert kinds[level.start[0]] == OBJECT_TO_IDX["agent"]
    for thing in level.world.things:
        kind, colour = thing.tile
        seen = image[..., :2].transpose(1, 0, 2).reshape(-1, 2)
        here = seen[level.things[thing.name][0]]
        assert here.tolist() == [OBJECT_TO_IDX[kind], COLOR_TO_IDX[colour]]


def test_cheese_in_the_hole_looks_like_neither_alone():
    codes = set()
    for goal in (0, 1):
        level = world(9).sample(1, goal=goal, seed=2)
        env = FullyObsWrapper(GridEnv(level.world))
        image = env.reset(options={"level": level})[0]["image"].transpose(1, 0, 2)
        for name in ("cheese", "hole"):
            y, x = divmod(int(level.things[name][0]), 9)
            codes.add(tuple(image[y, x].tolist()))
    assert len(codes) == 3


def test_a_hole_that_has_paid_is_no_longer_seen():
    level = world(5, "open", "base").sample(1, goal=1.0, seed=1)
    env = FullyObsWrapper(GridEnv(level.world))
    env.reset(options={"level": level})
    enter_the_hole(env.unwrapped)
    image = env.step(0)[0]["image"]  # and out of it, to the right
    assert cell_of(env) == 7
    assert image[1, 1, 0] == OBJECT_TO_IDX["empty"]


def test_image_wrappers_give_arrays_that_fit_their_space():
    for wrapped in (
        ImgObsWrapper(FullyObsWrapper(make())),
        ImgObsWrapper(RGBImgObsWrapper(make(), tile_size=8)),
        ImgObsWrapper(make()),
    ):
        observation, _ = wrapped.reset(seed=0)
        assert wrapped.observation_space.contains(observation)
        assert wrapped.observation_space.contains(wrapped.step(1)[0])


# What is refused


@pytest.mark.parametrize("action", [4, -1, 1.5, "left", None])
def test_a_move_that_is_none_is_refused(action):
    env = started(world(5).sample(1))
    with pytest.raises(ValueError, match="action") as error:
        env.step(action)
    assert repr(action) in str(error.value)


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("shift", 0.5),
        ("shift", (0.5,)),
        ("shift", None),
        ("shift", "training"),
        ("max_steps", 0),
        ("max_steps", 1.5),
        ("size", 4),
        ("ends", "never"),
        ("sise", 9),
        ("world", "chese"),
    ],
)
def test_an_option_out_of_range_is_refused_by_name(option, value):
    with pytest.raises(ValueError, match=option) as error:
        GridEnv(**{option: value})
    assert option == "sise" or repr(value) in str(error.value)


@pytest.mark.parametrize(
    ("shift", "name"), [((1.5, 0), "goal"), ((0, -1), "layout"), (("a", 0), "goal")]
)
def test_a_shift_out_of_range_is_refused_by_name(shift, name):
    with pytest.raises(ValueError, match=f"{name}="):
        GridEnv(shift=shift)
    with pytest.raises(ValueError, match=f"{name}="):
        GridEnv().reset(options={"shift": shift})


def test_unknown_option_of_reset_lists_the_known_ones():
    with pytest.raises(ValueError, match=r"'levle'.*shift.*level"):
        GridEnv().reset(options={"levle": None})


@pytest.mark.parametrize("level", [3, "first", world(7).sample(1), world(9).sample(2)])
def test_only_one_level_of_the_same_world_can_be_played(level):
    with pytest.raises(ValueError, match="level="):
        GridEnv(world(9)).reset(options={"level": level})

"""The MiniGrid face: made by name, levels from reset to reset, and what is seen.

What all worlds' environments have to do stands in `test_minigrid_demands`.
"""

from __future__ import annotations

import gymnasium
import numpy as np
import pytest
from mazes import world

import robustkit as rk
from robustkit import mdp
from robustkit.styles import shade
from robustkit.worlds.minigrid import GridEnv
from robustkit.worlds.registry import register

NAME = "robustkit/Cheese-v0"


def started(level, **options):
    env = GridEnv(level.world, **options)
    env.reset(options={"level": level})
    return env


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


def test_levels_differ_from_reset_to_reset():
    env = make(shift=(1.0, 1.0))
    env.reset(seed=0)
    keys = set()
    for _ in range(20):
        env.reset()
        keys |= {*env.unwrapped.level.keys}
    assert len(keys) == 20


def test_a_shift_given_to_reset_stays():
    env = make()
    env.reset(seed=0, options={"shift": (1, 0)})
    for _ in range(5):
        assert env.unwrapped.level.goal_shifted[0]
        env.reset()


def test_a_certain_level_is_played_once():
    level = world(9).sample(1, 1.0, seed=4)
    env = GridEnv(level.world)
    env.reset(seed=0, options={"level": level})
    env.reset()
    assert env.level.keys != level.keys


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


# What is refused


@pytest.mark.parametrize("level", [3, "first", world(7).sample(1), world(9).sample(2)])
def test_only_one_level_of_the_same_world_can_be_played(level):
    with pytest.raises(ValueError, match="level="):
        GridEnv(world(9)).reset(options={"level": level})

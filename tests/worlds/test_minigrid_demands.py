"""What MiniGrid asks of each of its environments, asked of each of ours.

After the demands of tests/test_envs.py of Farama-Foundation/Minigrid. Left out are
- step(4) as a move that does nothing: there are four moves, 0 to 3, all of them steps;
- minigrid.manual_control: its keys turn and go forward, which are other moves here;
- a mission with placeholders: every world has one mission;
- a view decoded and encoded again: decoding gives MiniGrid's own things, which have no
  state that says what lies under them; type and colour are the same where one thing
  lies alone;
- a one-hot view of all that FullyObsWrapper shows: it writes the agent's direction, 0
  to 3, where states end at 2, so it breaks around MiniGrid's own environments too;
- a door, key or box that is toggled, picked up or dropped: all things are used by
  walking onto them;
- nothing pays less than 0 or more than 1: rewards are the base objective's, and
  env.reward_range says how much they can be.
"""

from __future__ import annotations

import re
import warnings

import gymnasium
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env
from minigrid.core.grid import Grid
from minigrid.core.world_object import WorldObj

import robustkit as rk
from robustkit.worlds.minigrid import GridEnv

IDS = [f"robustkit/{name.capitalize()}-v0" for name in rk.list_worlds()]
each = pytest.mark.parametrize("name", IDS)


@pytest.fixture(autouse=True)
def no_screen(monkeypatch):
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")


def same(one, other):
    """Whether two answers of an environment are equal, arrays and dicts included."""
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(one[k], other[k]) for k in one)
    if isinstance(one, tuple | list):
        return len(one) == len(other) and all(map(same, one, other))
    return type(one) is type(other) and np.array_equal(one, other)


@each
@pytest.mark.together  # for a window, pygame asks a process for fonts
def test_gymnasiums_checker_has_nothing_to_say(name):
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        check_env(gymnasium.make(name, disable_env_checker=True).unwrapped)
    ours = [str(w.message) for w in heard if "system font" not in str(w.message)]
    assert not ours  # pygame remarks on a font of MiniGrid's window


@each
def test_two_environments_of_one_seed_play_alike(name):
    one, two = (gymnasium.make(name, shift=(0, 0.5)) for _ in range(2))
    assert same(one.reset(seed=0), two.reset(seed=0))
    one.action_space.seed(0)
    for _ in range(200):
        move = one.action_space.sample()
        answer = one.step(move)
        assert same(answer, two.step(move))
        seen, reward, ended, cut, _ = answer
        assert one.observation_space.contains(seen)
        least, most = one.unwrapped.reward_range
        assert least <= reward <= most
        assert type(reward) is float
        if ended or cut:
            assert same(one.reset(), two.reset())


@each
def test_one_seed_gives_one_grid_again_and_again(name):
    env = gymnasium.make(name, shift=(0, 1)).unwrapped
    env.reset(seed=3)
    first = env.grid
    env.reset(seed=4)
    assert env.grid != first
    env.reset(seed=3)
    assert env.grid == first


@each
@pytest.mark.together  # for a window, pygame asks a process for fonts
def test_every_render_mode_renders(name):
    kinds = {"human": type(None), "rgb_array": np.ndarray, "ansi": str}
    env = gymnasium.make(name)
    assert set(env.metadata["render_modes"]) == set(kinds)
    for mode, kind in kinds.items():
        env = gymnasium.make(name, render_mode=mode)
        env.reset(seed=0)
        env.step(1)
        assert isinstance(env.render(), kind)
        env.close()


@each
def test_agent_sees_what_its_view_shows(name):
    env = gymnasium.make(name, shift=(0, 0.5))
    game, seen_at_all = env.unwrapped, 0
    env.reset(seed=1)
    env.action_space.seed(0)
    for _ in range(60):
        seen, _, ended, cut, _ = env.step(env.action_space.sample())
        view, _ = Grid.decode(seen["image"])
        cells = [(x, y) for x in range(game.width) for y in range(game.height)]
        for x, y in cells:
            here, place = game.grid.get(x, y), game.relative_coords(x, y)
            if here is None or (x, y) == tuple(game.agent_pos):
                continue
            shown = None if place is None else view.get(*place)
            assert game.agent_sees(x, y) == (shown is not None)
            assert shown is None or (shown.type, shown.color) == (here.type, here.color)
            seen_at_all += shown is not None and here.type != "wall"
        if ended or cut:
            env.reset()
    assert seen_at_all


@each
def test_things_are_found_in_the_grid_by_colour_and_type(name):
    env = gymnasium.make(name).unwrapped
    env.reset(seed=0)
    inside = [tile for tile in env.grid.grid if tile is not None]
    assert all(isinstance(tile, WorldObj) for tile in inside)
    assert all((tile.color, tile.type) in env.grid for tile in inside)
    assert ("red", "door") not in env.grid
    assert len(env.pprint_grid().splitlines()) == env.height
    assert env.hash() == env.hash()


@each
def test_an_episode_is_cut_off_after_max_steps(name):
    env = gymnasium.make(name, max_steps=13)
    lengths, steps = [], 0
    env.reset(seed=0)
    env.action_space.seed(0)
    while len(lengths) < 3:
        steps += 1
        *_, ended, cut, _ = env.step(env.action_space.sample())
        assert cut == (steps == 13)
        if ended or cut:
            lengths += [steps] * cut
            steps = 0
            env.reset()


@each
def test_its_moves_go_by_the_names_of_directions(name):
    """`env.unwrapped.actions.left` goes left: MiniGrid's, which is 0, goes right."""
    env = gymnasium.make(name).unwrapped
    assert [way.name for way in env.actions][:4] == ["right", "down", "left", "up"]
    for way in [*env.actions][:4]:
        env.reset(seed=0)
        env.step(way)
        assert env.agent_dir == way


# People at the screen


@pytest.mark.together  # for a window, pygame asks a process for fonts
def test_a_window_shows_each_step_and_can_be_closed_and_opened_again():
    import pygame

    env = GridEnv("cheese", render_mode="human")
    pictures = []
    for seed in (0, 1):
        env.reset(seed=seed)
        pictures += [pygame.surfarray.array3d(env.window).copy()]
        env.step(1)
        pictures += [pygame.surfarray.array3d(env.window).copy()]
        env.close()
        env.close()  # twice does no harm
    assert all((pictures[0] != later).any() for later in pictures[1:])


# What is refused


@pytest.mark.parametrize(
    "given",
    [2, np.int64(2), np.int8(2), np.uint8(2), np.array(2), np.array(2, np.int32)],
    ids=repr,
)
def test_a_move_may_come_as_any_whole_number(given):
    env = GridEnv("cheese")
    env.reset(seed=0)
    env.step(given)
    assert env.agent_dir == 2


@pytest.mark.parametrize(
    "given",
    [
        4, -1, 2**70, 1.0, np.float32(1), np.nan, 1 + 0j, True, np.bool_(True), None,
        1.5, "left", "1" * 10**6, b"1", [1], (1,), {}, np.array([1]), np.array(1.0),
        np.array(True),
    ],
    ids=lambda given: repr(given)[:20],
)  # fmt: skip
def test_what_is_no_move_is_refused_and_nothing_happens(given):
    env = GridEnv("cheese")
    env.reset(seed=0)
    before = env.agent_pos, env.agent_dir, env.step_count
    with pytest.raises(ValueError, match=r"action=.* allowed: a whole") as problem:
        env.step(given)
    assert len(str(problem.value)) < 300
    assert (env.agent_pos, env.agent_dir, env.step_count) == before


@pytest.mark.parametrize("use", [lambda env: env.step(0), GridEnv.render])
@pytest.mark.parametrize("mode", ["ansi", "rgb_array", "human", None])
def test_before_a_reset_there_is_nothing_to_step_or_show(use, mode):
    with pytest.raises(ValueError, match="call reset before the first"):
        use(GridEnv("cheese", render_mode=mode))


@pytest.mark.parametrize(
    ("argument", "given"),
    [
        ("max_steps", 0), ("max_steps", -5), ("max_steps", 2.5), ("max_steps", "9"),
        ("max_steps", True), ("max_steps", float("inf")), ("max_steps", [9]),
        ("tile_size", 0), ("tile_size", 100_000), ("tile_size", "large"),
        ("tile_size", None), ("tile_size", float("nan")),
        ("highlight", "yes"), ("highlight", 1), ("highlight", None),
        ("render_mode", "rgb"), ("render_mode", "Human"), ("render_mode", 3),
        ("render_mode", True), ("render_mode", ["human"]), ("render_mode", ""),
        ("shift", 0.5), ("shift", (0.5,)), ("shift", None), ("shift", "training"),
        ("size", 4), ("ends", "never"),
    ],
)  # fmt: skip
def test_a_bad_argument_is_refused_by_name_when_it_is_made(argument, given):
    said = re.escape(f"{argument}={given!r}")
    with pytest.raises(ValueError, match=f"^{said} .*allowed: "):
        GridEnv("cheese", **{argument: given})


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (5, "options=5"), (["shift"], "options="), ("shift", "options='shift'"),
        ({"levle": None}, "'levle'.*shift.*level"), ({"shift": (1.5, 0)}, "goal=1.5"),
        ({"shift": (0, -1)}, "layout=-1"), ({"shift": ("a", 0)}, "goal='a'"),
    ],
)  # fmt: skip
def test_a_reset_with_options_that_are_none_is_refused(options, said):
    with pytest.raises(ValueError, match=said):
        GridEnv("cheese").reset(options=options)


# What an environment is made of


@pytest.mark.slow_for("keys-*")
@pytest.mark.parametrize(
    ("name", "options"),
    [("dish", {}), ("cheese", {"ends": "base"}), ("keys", {}), ("switch", {})],
    ids=str,
)
def test_nothing_is_kept_of_a_state_but_where_what_and_which_way(name, options):
    """Tabulated as somebody's own, it has the states of its world in each direction."""
    env = GridEnv(name, size=7, **options)
    found = rk.tabulate(env, seed=1)
    env.reset(seed=1)
    follow = env.level.tables().next_state[0]
    reached, new = set(), {(int(env.level.start[0]), 0)}
    while new:
        reached |= new
        ahead = {(int(follow[cell, way]), way) for cell, _ in new for way in range(4)}
        new = {(cell, way) for cell, way in ahead if cell < len(follow) - 1} - reached
    assert found.shape[1] == len(reached) + 1  # and the end

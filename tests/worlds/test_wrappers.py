"""Every wrapper of MiniGrid and of Gymnasium, around each of our environments.

After the demands of tests/test_wrappers.py of Farama-Foundation/Minigrid. A wrapper
that neither stands in a table here nor in `LEFT_OUT`, with the reason, fails a test.
"""

from __future__ import annotations

import inspect
import math

import gymnasium
import gymnasium.wrappers as theirs
import minigrid.wrappers as minigrids
import numpy as np
import pytest
from minigrid.core.constants import COLOR_TO_IDX, OBJECT_TO_IDX, STATE_TO_IDX
from minigrid.wrappers import (
    ActionBonus,
    DictObservationSpaceWrapper,
    DirectionObsWrapper,
    FlatObsWrapper,
    FullyObsWrapper,
    ImgObsWrapper,
    NoDeath,
    OneHotPartialObsWrapper,
    PositionBonus,
    ReseedWrapper,
    RGBImgObsWrapper,
    RGBImgPartialObsWrapper,
    StochasticActionWrapper,
    SymbolicObsWrapper,
    ViewSizeWrapper,
)

import robustkit as rk
from robustkit.worlds.minigrid import SymbolicObs

NAMES = list(rk.list_worlds())
LEFT_OUT = {  # wrapper: why it is not tried
    "AtariPreprocessing": "for Atari games only",
    "ClipAction": "moves are four numbers, there is nothing to clip",
    "DiscretizeAction": "moves are discrete already",
    "RescaleAction": "moves are four numbers, there is nothing to rescale",
    "DiscretizeObservation": "observations are whole numbers already",
    "ArrayConversion": "needs array_api_compat, which the kit does not bring",
    "JaxToNumpy": "for environments written in JAX",
    "JaxToTorch": "for environments written in JAX",
    "NumpyToTorch": "needs torch, which the kit does not bring",
    "RecordVideo": "needs moviepy, which the kit does not bring",
    "ResizeObservation": "needs OpenCV, which the kit does not bring",
    "VectorizeTransformObservation": "see TransformObservation, which does the same",
    "VectorizeTransformAction": "see TransformAction, which does the same",
    "VectorizeTransformReward": "see TransformReward, which does the same",
}
# The words of MiniGrid's own missions are these worlds' words too; others are given.
WORDS_OF_MINIGRID = {"lava"}
NO_GOAL_TILE = set(NAMES) - {"lava"}  # what DirectionObsWrapper points at


def env_of(name, **options):
    return gymnasium.make(f"robustkit/{name.capitalize()}-v0", **options)


def words(env):
    """Return a dictionary of a mission, as DictObservationSpaceWrapper asks for it."""
    mission = env.unwrapped.mission.split()
    return {word: i for i, word in enumerate(dict.fromkeys(mission))}


def image(env):
    return ImgObsWrapper(env)


def pixels(env):
    return ImgObsWrapper(RGBImgObsWrapper(env))


MINIGRIDS = {
    "ReseedWrapper": lambda env: ReseedWrapper(env, seeds=[1, 2]),
    "ActionBonus": ActionBonus,
    "PositionBonus": PositionBonus,
    "ImgObsWrapper": ImgObsWrapper,
    "OneHotPartialObsWrapper": OneHotPartialObsWrapper,
    "RGBImgObsWrapper": RGBImgObsWrapper,
    "RGBImgPartialObsWrapper": RGBImgPartialObsWrapper,
    "FullyObsWrapper": FullyObsWrapper,
    "DictObservationSpaceWrapper": lambda env: DictObservationSpaceWrapper(
        env, word_dict=words(env)
    ),
    "FlatObsWrapper": FlatObsWrapper,
    "ViewSizeWrapper": lambda env: ViewSizeWrapper(env, agent_view_size=5),
    "DirectionObsWrapper": DirectionObsWrapper,
    "SymbolicObsWrapper": SymbolicObsWrapper,
    "StochasticActionWrapper": lambda env: StochasticActionWrapper(env, prob=0.5),
    "NoDeath": lambda env: NoDeath(env, no_death_types=("lava",)),
}
GYMNASIUMS = {
    "AddRenderObservation": theirs.AddRenderObservation,
    "AddWhiteNoise": lambda env: theirs.AddWhiteNoise(env, 0.5),
    "Autoreset": theirs.Autoreset,
    "ClipReward": lambda env: theirs.ClipReward(env, -0.5, 0.5),
    "DelayObservation": lambda env: theirs.DelayObservation(image(env), 2),
    "DtypeObservation": lambda env: theirs.DtypeObservation(image(env), np.float32),
    "FilterObservation": lambda env: theirs.FilterObservation(env, ["image"]),
    "FlattenObservation": theirs.FlattenObservation,
    "FrameStackObservation": lambda env: theirs.FrameStackObservation(env, 3),
    "GrayscaleObservation": lambda env: theirs.GrayscaleObservation(pixels(env)),
    "HumanRendering": theirs.HumanRendering,
    "MaxAndSkipObservation": lambda env: theirs.MaxAndSkipObservation(image(env), 2),
    "NormalizeObservation": lambda env: theirs.NormalizeObservation(image(env)),
    "NormalizeReward": theirs.NormalizeReward,
    "ObstructView": lambda env: theirs.ObstructView(env, 0.2, 4),
    "OrderEnforcing": theirs.OrderEnforcing,
    "PassiveEnvChecker": theirs.PassiveEnvChecker,
    "RecordEpisodeStatistics": theirs.RecordEpisodeStatistics,
    "RenderCollection": theirs.RenderCollection,
    "RepeatAction": lambda env: theirs.RepeatAction(env, 2),
    "RescaleObservation": lambda env: theirs.RescaleObservation(
        image(env), np.float32(0), np.float32(1)
    ),
    "ReshapeObservation": lambda env: theirs.ReshapeObservation(image(env), (147,)),
    "StickyAction": lambda env: theirs.StickyAction(env, 0.3),
    "TimeAwareObservation": lambda env: theirs.TimeAwareObservation(
        theirs.TimeLimit(env, 20)
    ),
    "TimeLimit": lambda env: theirs.TimeLimit(env, 20),
    "TransformAction": lambda env: theirs.TransformAction(
        env, lambda move: 3 - move, env.action_space
    ),
    "TransformObservation": lambda env: theirs.TransformObservation(
        env, lambda seen: seen["direction"], env.observation_space["direction"]
    ),
    "TransformReward": lambda env: theirs.TransformReward(env, lambda pay: 2 * pay),
}
MANY = theirs.vector
VECTORS = {
    "ClipReward": lambda envs: MANY.ClipReward(envs, -0.5, 0.5),
    "DictInfoToList": MANY.DictInfoToList,
    "DtypeObservation": lambda envs: MANY.DtypeObservation(envs, np.float32),
    "FilterObservation": None,  # for dicts, and these observations are arrays
    "FlattenObservation": MANY.FlattenObservation,
    "GrayscaleObservation": MANY.GrayscaleObservation,
    "HumanRendering": None,  # observed as "image" they are pictures already
    "NormalizeObservation": MANY.NormalizeObservation,
    "NormalizeReward": MANY.NormalizeReward,
    "RecordEpisodeStatistics": MANY.RecordEpisodeStatistics,
    "RescaleObservation": lambda envs: MANY.RescaleObservation(envs, 0.0, 1.0),
    "ReshapeObservation": lambda envs: MANY.ReshapeObservation(
        envs, (int(np.prod(envs.single_observation_space.shape)),)
    ),
    "TransformAction": lambda envs: MANY.TransformAction(envs, lambda move: 3 - move),
    "TransformObservation": lambda envs: MANY.TransformObservation(
        envs, lambda seen: seen
    ),
    "TransformReward": lambda envs: MANY.TransformReward(envs, lambda pay: 2 * pay),
}


@pytest.fixture(autouse=True)
def no_screen(monkeypatch):
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")


def test_no_wrapper_of_theirs_is_forgotten():
    known = {*MINIGRIDS, *GYMNASIUMS, *VECTORS, *LEFT_OUT, "vector"}
    classes = inspect.getmembers(minigrids, inspect.isclass)
    own = {name for name, kind in classes if kind.__module__ == minigrids.__name__}
    assert {*own, *theirs.__all__, *MANY.__all__} <= known


def played(env, steps=40, seed=0):
    """Play random moves; every observation lies in its space. Return the rewards."""
    seen, _ = env.reset(seed=seed)
    assert env.observation_space.contains(seen)
    env.action_space.seed(seed)
    rewards = []
    for _ in range(steps):
        seen, reward, ended, cut, _ = env.step(env.action_space.sample())
        assert env.observation_space.contains(seen)
        assert np.isfinite(reward)
        rewards.append(reward)
        if ended or cut:
            env.reset()
    env.close()
    return rewards


@pytest.mark.filterwarnings("ignore:.*ReseedWrapper.reset.*")
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("wrapper", MINIGRIDS)
def test_minigrids_wrappers_work(wrapper, name):
    if wrapper == "DirectionObsWrapper" and name in NO_GOAL_TILE:
        with pytest.raises(ValueError, match=r"requires .* a Goal"):
            DirectionObsWrapper(env_of(name)).reset()
    else:
        played(MINIGRIDS[wrapper](env_of(name, shift=(0, 0.5))))


@pytest.mark.filterwarnings("ignore:.*overflow encountered:RuntimeWarning")
@pytest.mark.slow_for("*-dish", "*-colour", "*-coin", "*-keys", "*-follow", "*-trees")
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("wrapper", GYMNASIUMS)
def test_gymnasiums_wrappers_work(wrapper, name):
    if not hasattr(theirs, wrapper):
        pytest.skip(f"this Gymnasium has no {wrapper}")
    env = GYMNASIUMS[wrapper](env_of(name, render_mode="rgb_array", tile_size=8))
    played(env, steps=3 if wrapper == "HumanRendering" else 25)  # ten a second


@pytest.mark.parametrize("name", ["cheese", "coin", "monsters"])
@pytest.mark.parametrize("wrapper", [name for name, make in VECTORS.items() if make])
def test_gymnasiums_vector_wrappers_work(wrapper, name):
    envs = gymnasium.make_vec(
        f"robustkit/{name.capitalize()}-v0", 3, observation="image", pool=8
    )
    wrapped = VECTORS[wrapper](envs)
    wrapped.reset(seed=0)
    wrapped.action_space.seed(0)
    for _ in range(20):
        seen, rewards, _, _, infos = wrapped.step(wrapped.action_space.sample())
        if wrapper != "NormalizeObservation":  # before 1.3 it kept the old space
            assert wrapped.observation_space.contains(seen)
        assert rewards.shape == (3,)
    assert isinstance(infos, list if wrapper == "DictInfoToList" else dict)
    wrapped.close()


# What MiniGrid's wrappers promise


@pytest.mark.parametrize("name", NAMES)
def test_seeds_come_round_again(name):
    """A ReseedWrapper plays what the seeds give, one after another."""
    seeds = [100, 243, 500]
    reseeded, plain = ReseedWrapper(env_of(name), seeds=seeds), env_of(name)
    for seed in [*seeds, *seeds]:
        seen, expected = reseeded.reset()[0], plain.reset(seed=seed)[0]
        assert np.array_equal(seen["image"], expected["image"])
        for move in np.random.default_rng(0).integers(4, size=30):
            one, other = reseeded.step(move), plain.step(move)
            assert one[1:] == other[1:]
            assert np.array_equal(one[0]["image"], other[0]["image"])
            if one[2] or one[3]:
                break


@pytest.mark.parametrize(("bonus", "times"), [(PositionBonus, 10), (ActionBonus, 10)])
def test_what_has_been_done_often_pays_less(bonus, times):
    """Into the wall again and again: the same place, the same move."""
    wrapped, plain = bonus(env_of("lava", start="corner")), env_of("lava")
    for _ in range(times):
        wrapped.reset(seed=0)
        _, reward, *_ = wrapped.step(3)
    plain.reset(seed=0)
    assert reward == plain.step(3)[1] + 1 / math.sqrt(times)


@pytest.mark.parametrize("name", NAMES)
def test_missions_are_numbers_of_their_words(name):
    env = env_of(name)
    mission = env.unwrapped.mission
    wrapped = DictObservationSpaceWrapper(env, word_dict=words(env))
    seen, _ = wrapped.reset()
    numbers = [number for number in seen["mission"] if number]
    assert numbers == wrapped.string_to_indices(mission)
    known = DictObservationSpaceWrapper.get_minigrid_words()
    assert ({*mission.split()} <= {*known}) == (name in WORDS_OF_MINIGRID)


@pytest.mark.parametrize("name", NAMES)
def test_a_one_hot_view_says_what_the_view_says(name):
    plain, wrapped = env_of(name), OneHotPartialObsWrapper(env_of(name))
    kinds, colours, states = map(len, (OBJECT_TO_IDX, COLOR_TO_IDX, STATE_TO_IDX))
    for seed in range(10):
        view = plain.reset(seed=seed)[0]["image"]
        hot = wrapped.reset(seed=seed)[0]["image"]
        parts = np.split(hot, [kinds, kinds + colours], axis=2)
        assert (hot.sum(2) == 3).all()
        assert parts[2].shape[2] == states
        for channel, part in enumerate(parts):
            assert np.array_equal(part.argmax(2), view[..., channel])


@pytest.mark.parametrize("size", [3, 5, 7, 9])
def test_a_view_can_have_another_size(size):
    env = ViewSizeWrapper(env_of("switch"), agent_view_size=size)
    assert env.reset(seed=0)[0]["image"].shape == (size, size, 3)


@pytest.mark.parametrize("kind", ["slope", "angle"])
def test_the_goal_of_lava_lies_in_a_direction(kind):
    world = rk.make("lava")
    rows = ["#########", *["#.......#"] * 5, "#########"]
    level = world.level(rows, (4, 2), {"goal": (1, 7)})
    env = DirectionObsWrapper(env_of("lava"), type=kind)
    seen, _ = env.reset(options={"level": level})
    for move, slope in ((0, -3 / 5), (3, -3 / 4), (0, -2 / 4), (None, -2 / 3)):
        expected = slope if kind == "slope" else math.atan(slope)
        assert np.asarray(seen["goal_direction"]) == pytest.approx(expected)
        if move is not None:
            seen, *_ = env.step(move)


@pytest.mark.parametrize("name", ["coin", "follow"])
def test_symbols_are_where_things_are(name):
    env = SymbolicObsWrapper(env_of(name))
    symbols = env.reset(seed=0)[0]["image"]
    game = env.unwrapped
    for x in range(game.width):
        for y in range(game.height):
            tile = game.grid.get(x, y)
            number = -1 if tile is None else OBJECT_TO_IDX[tile.type]
            if (x, y) == tuple(game.agent_pos):
                number = OBJECT_TO_IDX["agent"]
            assert symbols[x, y].tolist() == [x, y, number]


def test_without_death_lava_costs_and_play_goes_on():
    world = rk.make("lava", start="corner")
    rows = ["#########", "#.~.....#", *["#.......#"] * 4, "#########"]
    level = world.level(rows, (1, 1), {"goal": (1, 7)})
    env = NoDeath(
        env_of("lava", start="corner"), no_death_types=("lava",), death_cost=-3.0
    )
    env.reset(options={"level": level})
    assert env.step(0)[1:3] == (-1 - 3.0, False)  # into it
    assert env.step(0)[1:3] == (0, False)  # and out again
    env.reset(options={"level": level})
    env.unwrapped.agent_pos = 6, 1
    assert env.step(0)[1:3] == (1, True)  # the goal still ends it


def test_facing_lava_another_move_is_no_death():
    """MiniGrid takes move 2 for a step ahead; here it is one to the left."""
    world = rk.make("lava", start="corner")
    rows = ["#########", "#......~#", *["#.......#"] * 4, "#########"]
    level = world.level(rows, (1, 2), {"goal": (1, 5)})
    env = NoDeath(env_of("lava", start="corner"), no_death_types=("lava",))
    env.reset(options={"level": level})
    env.unwrapped.agent_pos, env.unwrapped.agent_dir = (6, 1), 0
    assert env.step(2)[1:3] == (1, True)


@pytest.mark.parametrize("name", NAMES)
def test_what_is_seen_of_the_whole_level_shows_the_agent_in_it(name):
    env = FullyObsWrapper(env_of(name))
    for seed in range(5):
        seen = env.reset(seed=seed)[0]["image"]
        x, y = env.unwrapped.agent_pos
        assert seen[x, y].tolist() == [OBJECT_TO_IDX["agent"], COLOR_TO_IDX["red"], 0]
        others = np.delete(seen.reshape(-1, 3), x * seen.shape[1] + y, axis=0)
        assert (others < (len(OBJECT_TO_IDX), len(COLOR_TO_IDX), 3)).all()


def test_ours_can_be_made_again_from_its_description():
    env = SymbolicObs(env_of("dish", size=7))
    again = gymnasium.make(env.spec)
    assert isinstance(again, SymbolicObs)
    assert again.observation_space == env.observation_space

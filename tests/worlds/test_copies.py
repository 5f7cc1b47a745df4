"""Copies of environments: in this process, and in one that starts from nothing."""

from __future__ import annotations

import copy
import importlib.util
import multiprocessing
import pickle
import subprocess
import sys
from dataclasses import dataclass
from functools import partial

import gymnasium
import numpy as np
import pytest
from gymnasium.vector import AsyncVectorEnv, SyncVectorEnv
from minigrid.core.mission import MissionSpace
from minigrid.wrappers import FullyObsWrapper, ImgObsWrapper

import robustkit as rk
from robustkit.worlds import Thing, World
from robustkit.worlds.minigrid import GridEnv, SymbolicObs
from robustkit.worlds.protocol import Mission
from robustkit.worlds.vector import OBSERVATIONS, VectorGridEnv

NAMES = list(rk.list_worlds())
WAYS = {
    "pickle": lambda env: pickle.loads(pickle.dumps(env)),
    "deepcopy": copy.deepcopy,
}
ways = pytest.mark.parametrize("copied", WAYS.values(), ids=WAYS)


def env_of(name, **options):
    """Make an environment by name, as a process that has not imported the kit can."""
    return gymnasium.make(f"robustkit:robustkit/{name.capitalize()}-v0", **options)


def going_on(env, moves):
    """Return all that is seen and said on these moves, levels drawn anew included."""
    story = []
    for move in moves:
        seen, reward, ended, cut, info = env.step(move)
        story.append((told(seen), reward, ended, cut, info["events"]))
        if ended or cut:
            seen, info = env.reset()
            story.append((told(seen), info["events"]))
    return story


def told(seen):
    if isinstance(seen, dict):
        return {name: np.asarray(part).tolist() for name, part in seen.items()}
    return seen.tolist()


def in_the_middle(env, seed=5):
    env.reset(seed=seed)
    going_on(env, np.random.default_rng(seed).integers(4, size=30))
    return env


MOVES = np.random.default_rng(0).integers(4, size=120).tolist()


@ways
@pytest.mark.parametrize("name", NAMES)
def test_a_copy_goes_on_alike(name, copied):
    env = in_the_middle(env_of(name, shift=("anywhere" if name != "lava" else 0, 0.5)))
    one, other = copied(env), copied(copied(env))
    expected = going_on(env, MOVES)
    assert going_on(one, MOVES) == expected
    assert going_on(other, MOVES) == expected


@ways
@pytest.mark.parametrize("name", ["keys", "monsters"])
def test_a_copy_is_nobody_elses(name, copied):
    env = in_the_middle(GridEnv(name))
    before, kept = env.grid.encode(), copied(env)
    expected = going_on(copied(env), MOVES)
    going_on(env, MOVES)
    assert np.array_equal(kept.grid.encode(), before)
    assert going_on(kept, MOVES) == expected


@ways
def test_an_environment_can_be_copied_before_its_first_reset(copied):
    env = copied(GridEnv("cheese"))
    assert told(env.reset(seed=1)[0]) == told(GridEnv("cheese").reset(seed=1)[0])


@ways
@pytest.mark.parametrize(
    "wrapper", [SymbolicObs, FullyObsWrapper, lambda env: ImgObsWrapper(env)]
)
def test_a_wrapped_environment_is_copied_with_its_wrapper(wrapper, copied):
    env = in_the_middle(wrapper(env_of("switch")))
    assert going_on(copied(env), MOVES) == going_on(env, MOVES)


@ways
@pytest.mark.together  # for it, pygame asks a process for fonts
def test_a_window_stays_with_its_owner(copied, monkeypatch):
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")
    env = GridEnv("cheese", render_mode="human")
    env.reset(seed=0)
    twin = copied(env)
    assert env.window is not None
    assert twin.window is None
    twin.step(0)  # opens one
    twin.close()


@ways
@pytest.mark.parametrize("observation", OBSERVATIONS)
@pytest.mark.parametrize("name", ["dish", "monsters"])
def test_copied_vector_environments_go_on_alike(name, observation, copied):
    envs = VectorGridEnv(name, 4, observation=observation, pool=16, max_steps=20)
    envs.reset(seed=3)
    rng = np.random.default_rng(0)
    for _ in range(10):
        envs.step(rng.integers(4, size=4))
    twin = copied(envs)
    for _ in range(40):
        moves = rng.integers(4, size=4)
        for one, other in zip(envs.step(moves), twin.step(moves), strict=True):
            if isinstance(one, dict):
                assert np.array_equal(one["events"], other["events"])
            else:
                assert np.array_equal(one, other)
    again = [each.reset(seed=8)[0] for each in (envs, twin)]
    assert np.array_equal(*again)


@ways
@pytest.mark.parametrize("name", NAMES)
def test_all_vector_environments_can_be_copied(name, copied):
    envs = VectorGridEnv(name, 3, pool=4)
    fresh = copied(envs)
    assert np.array_equal(envs.reset(seed=1)[0], fresh.reset(seed=1)[0])


LAMP = Thing("lamp", "L", "star", "#E69F00", ("ball", "yellow"))


@dataclass(frozen=True, kw_only=True)
class Lamps(World):
    """One lamp somewhere."""

    name = "lamps"
    summary = source = "a test"
    mission = "Zur Lampe, 2 × links!"
    things = (LAMP,)
    objectives = {"lamp": {"lamp": 1.0}}  # noqa: RUF012
    goal_grades = ()

    def lay(self, spots, grade):
        return {"lamp": spots["lamp"]}

    def rules(self, on, had):
        return {"lamp": on["lamp"]}, on["lamp"], {}


@ways
def test_a_world_of_ones_own_is_copied_too(copied):
    env = in_the_middle(GridEnv(Lamps(size=7, layouts=4)))
    assert going_on(copied(env), MOVES) == going_on(env, MOVES)


# The mission, as a space


@ways
def test_a_mission_is_a_space_of_one_text(copied):
    space = copied(Mission("get the cheese"))
    assert isinstance(space, MissionSpace)
    assert space == Mission("get the cheese") != Mission("get the dish")
    assert space.sample() == "get the cheese"
    assert "get the cheese" in space
    for other in ("get the cheesy", "get the", "", 3, None, ["get the cheese"]):
        assert other not in space
    flat = gymnasium.spaces.flatten(space, "get the cheese")
    assert gymnasium.spaces.unflatten(space, flat) == "get the cheese"


# In other processes, which begin with an import and nothing else


def pickled_story(pickled, moves):
    return going_on(pickle.loads(pickled), moves)


def test_all_environments_go_on_alike_in_another_process():
    envs = [in_the_middle(env_of(name)) for name in NAMES]
    tasks = [(pickle.dumps(env), MOVES) for env in envs]
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        stories = pool.starmap(pickled_story, tasks)
    for env, story in zip(envs, stories, strict=True):
        assert going_on(env, MOVES) == story


def stepped(envs, steps=30):
    """Return all that copies say on the same moves, observations at last included."""
    said = []
    seen, _ = envs.reset(seed=4)
    for moves in np.random.default_rng(1).integers(4, size=(steps, 2)):
        seen, *answers, _ = envs.step(moves)
        assert envs.observation_space.contains(seen)
        said.append((told(seen), *(each.tolist() for each in answers)))
    envs.close()
    return said


@pytest.mark.slow_for(*NAMES[1:])
@pytest.mark.parametrize("name", NAMES)
def test_spawned_copies_play_as_copies_here_do(name):
    make = [partial(env_of, name, max_steps=20)] * 2
    here = stepped(SyncVectorEnv(make))
    assert stepped(AsyncVectorEnv(make, context="spawn")) == here


@pytest.mark.slow
@pytest.mark.parametrize("shared_memory", [True, False])
@pytest.mark.parametrize("context", ["spawn", "forkserver", "fork"])
def test_gymnasium_makes_copies_in_processes_of_every_kind(context, shared_memory):
    if context not in multiprocessing.get_all_start_methods():
        pytest.skip(f"this system knows no {context}")
    name, how = "robustkit/Dish-v0", {"context": context}
    one = gymnasium.make_vec(name, 2, "sync")
    other = gymnasium.make_vec(
        name, 2, "async", vector_kwargs={**how, "shared_memory": shared_memory}
    )
    assert stepped(one) == stepped(other)


@pytest.mark.parametrize("prefix", ["robustkit:", ""])
@pytest.mark.parametrize("mode", ["sync", "vector_entry_point", None])
def test_gymnasium_makes_many_by_name(mode, prefix):
    envs = gymnasium.make_vec(f"{prefix}robustkit/Coin-v0", 2, mode)
    assert isinstance(envs, SyncVectorEnv if mode == "sync" else VectorGridEnv)
    assert envs.spec.id == "robustkit/Coin-v0"
    stepped(envs)


FRESH = """
import gymnasium
one = gymnasium.make("robustkit:robustkit/Cheese-v0", size=7)
assert one.reset(seed=0)[0]["mission"] == "get the cheese"
make = lambda: gymnasium.make("robustkit:robustkit/Cheese-v0", size=7)
envs = gymnasium.vector.AsyncVectorEnv([make], context="spawn")
assert (envs.reset(seed=0)[0]["image"][0] == one.reset(seed=0)[0]["image"]).all()
envs.close()
import robustkit
gymnasium.register_envs(robustkit)
gymnasium.make("robustkit/Dish-v0")
print("made")
"""


def test_the_name_alone_is_enough_where_the_kit_was_never_imported():
    """As in a notebook, whose functions travel to a worker without their imports."""
    done = subprocess.run(
        [sys.executable, "-c", FRESH], capture_output=True, text=True, timeout=120
    )
    assert done.stdout.strip() == "made", done.stderr


@pytest.mark.slow_for(*NAMES[1:])
@pytest.mark.parametrize("name", NAMES)
def test_stable_baselines3_steps_spawned_copies(name):
    if importlib.util.find_spec("stable_baselines3") is None:
        pytest.skip('Stable-Baselines3 is missing: pip install "robustness-2d[rl]"')
    from stable_baselines3.common.vec_env import DummyVecEnv, SubprocVecEnv

    make, stories = [partial(symbolic, name)] * 2, []
    for envs in (DummyVecEnv(make), SubprocVecEnv(make, start_method="spawn")):
        envs.seed(4)
        story = [envs.reset().tolist()]
        for moves in np.random.default_rng(1).integers(4, size=(30, 2)):
            seen, rewards, ended, _ = envs.step(moves)
            story.append((seen.tolist(), rewards.tolist(), ended.tolist()))
        envs.close()
        stories.append(story)
    assert stories[0] == stories[1]


def symbolic(name):
    return SymbolicObs(env_of(name, max_steps=20))

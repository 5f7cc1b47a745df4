"""Many agents at once, agents along their training, and agents that are kept."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sameness import assert_same_agent

import robustkit as rk
from robustkit import files
from robustkit.agents import RECIPES, pool, store

SHORT = {
    "network": {"updates": 8, "pool": 64},
    "searcher": {"generations": 3, "pool": 32},
    "memoriser": {"episodes": 6, "pool": 16},
}


@pytest.fixture(scope="module")
def world():
    return rk.make("cheese", size=7, layouts=8)


@pytest.mark.together
@pytest.mark.parametrize("recipe", SHORT)
def test_many_agents_are_the_same_as_one_by_one(world, recipe):
    seeds = [3, 0, 7]
    many = rk.train(recipe, world, seeds=seeds, **SHORT[recipe])
    for seed, agent in zip(seeds, many, strict=True):
        assert_same_agent(rk.train(recipe, world, seed=seed, **SHORT[recipe]), agent)


def together(world, seeds, processes=None):
    def here(seed):
        return rk.train("searcher", world, seed, **SHORT["searcher"])

    return pool.train_together(
        "searcher", world, seeds, SHORT["searcher"], here, processes
    )


@pytest.mark.together
def test_one_seed_and_any_number_of_processes_will_do(world):
    for processes, seeds in ((1, [2]), (1, [3, 1]), (5, [2, 4])):
        many = together(world, seeds, processes)
        assert [agent.name for agent in many] == [f"searcher {s}" for s in seeds]


NO_THREAD = """
import threading
def start(self):
    raise RuntimeError("can't start new thread")
threading.Thread.start = start
"""


@pytest.mark.together
@pytest.mark.parametrize("worker", ["", NO_THREAD], ids=["usual", "without threads"])
def test_workers_train_what_this_process_has_no_time_for(world, worker, monkeypatch):
    """Here the first seed waits until workers have done the others."""
    monkeypatch.setattr(pool, "WORK", worker + pool.WORK)
    options, by_workers = SHORT["searcher"], []

    def here(seed):
        while len(list(Path(by_workers[0]).glob("*.npz"))) < 2:
            time.sleep(0.05)
        return rk.train("searcher", world, seed, **options)

    class Folder(pool.tempfile.TemporaryDirectory):
        def __enter__(self):
            by_workers.append(super().__enter__())
            return by_workers[0]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pool.tempfile, "TemporaryDirectory", Folder)
        many = pool.train_together("searcher", world, [5, 6, 7], options, here, 2)
    for agent in many:
        alone = rk.train("searcher", world, agent.settings["seed"], **options)
        assert_same_agent(agent, alone)


SCRIPT = """
import warnings, robustkit as rk
world = rk.make("cheese", size=7, layouts=8)
print("begin", flush=True)
with warnings.catch_warnings(record=True) as said:
    warnings.simplefilter("always")
    agents = rk.train("network", world, seeds=range(1000), updates=40, pool=64)
print(len(agents), [agent.name for agent in agents] == sorted(
    (agent.name for agent in agents), key=lambda name: int(name.split()[1])))
print(*[warning.message for warning in said])
"""


@pytest.mark.skipif(os.name == "nt", reason="Windows knows no SIGINT for one process")
def test_interrupted_it_returns_what_is_finished(tmp_path):
    path = tmp_path / "script.py"  # without the guard that other pools ask for
    path.write_text(SCRIPT)
    run = subprocess.Popen(
        [sys.executable, str(path)], stdout=subprocess.PIPE, text=True
    )
    try:
        assert run.stdout.readline() == "begin\n"
        time.sleep(6)
        run.send_signal(signal.SIGINT)
        words = run.communicate(timeout=30)[0].splitlines()
    finally:
        run.kill()
    number, in_order = words[0].split()
    assert 0 < int(number) < 1000
    assert in_order == "True"
    assert words[1] == f"interrupted: {number} of 1000 agents are trained"
    assert run.returncode == 0


@pytest.mark.together
def test_a_worker_that_fails_says_why(world, monkeypatch):
    monkeypatch.setattr(pool, "WORK", "raise ValueError('no such luck')")
    with pytest.raises(RuntimeError, match=r"(?s)a worker ended.*no such luck"):
        together(world, range(1000), 2)


@pytest.mark.parametrize("recipe", SHORT)
def test_snapshots_are_the_agent_along_its_training(world, recipe):
    options = SHORT[recipe]
    last = {"network": 8, "searcher": 3, "memoriser": 6}[recipe]
    first, middle, final = rk.train(recipe, world, snapshots=[1, 2, last], **options)
    usual = rk.train(recipe, world, **options)
    for name, array in usual.arrays.items():
        np.testing.assert_array_equal(array, final.arrays[name])
        changed = not np.array_equal(array, first.arrays[name], equal_nan=True)
        assert changed == (name != "keys")  # the levels that a memoriser plays
    assert middle.name == f"{usual.name}, step 2"
    assert final.settings == {**usual.settings, "stage": last}
    assert rk.train(recipe, world, snapshots=[2], **options)[0].name == middle.name


def test_competence_comes_along_the_way():
    world = rk.make("cheese")
    levels = world.sample(64, seed=5)
    agents = rk.train("network", world, snapshots=[3, 60, 200])
    scalars = [rk.measure(agent, levels).scalar.value for agent in agents]
    assert scalars == sorted(scalars)
    assert scalars[0] + 0.2 < scalars[2] > 0.8


# Agents that are kept: the same one is not trained twice


@pytest.fixture
def kept(tmp_path, monkeypatch):
    """Return a folder in which trained agents are kept."""
    folder = tmp_path / "kept"
    folder.mkdir()
    monkeypatch.setenv(store.FOLDER, str(folder))
    return folder


def forbid_training(monkeypatch):
    def learn(world, settings):
        raise AssertionError("it trains")

    for name, recipe in RECIPES.items():
        monkeypatch.setitem(RECIPES, name, replace(recipe, learn=learn))


def test_nothing_is_kept_where_there_is_no_folder_for_it(world, tmp_path, monkeypatch):
    monkeypatch.delenv(store.FOLDER, raising=False)
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    rk.train("searcher", world, **SHORT["searcher"])
    assert not list(tmp_path.iterdir())
    (tmp_path / ".cache" / "robustkit" / "agents").mkdir(parents=True)
    rk.train("searcher", world, **SHORT["searcher"])
    assert len(list(tmp_path.rglob("*.npz"))) == 1


@pytest.mark.parametrize("recipe", SHORT)
def test_an_agent_that_is_kept_is_not_trained_again(recipe, world, kept, monkeypatch):
    first = rk.train(recipe, world, seed=3, **SHORT[recipe])
    monkeypatch.delenv(store.FOLDER)
    assert_same_agent(first, rk.train(recipe, world, seed=3, **SHORT[recipe]))
    monkeypatch.setenv(store.FOLDER, str(kept))
    forbid_training(monkeypatch)
    assert_same_agent(first, rk.train(recipe, world, seed=3, **SHORT[recipe]))
    (again,) = rk.train(recipe, world, seeds=[3], **SHORT[recipe])
    assert_same_agent(first, again)
    for other in ({"seed": 4}, {"seed": 3, "diversity": 0.5}):
        with pytest.raises(AssertionError, match="it trains"):
            rk.train(recipe, world, **other, **SHORT[recipe])
    with pytest.raises(AssertionError, match="it trains"):
        rk.train(recipe, rk.make("cheese", size=7, layouts=5), 3, **SHORT[recipe])


def test_what_is_kept_is_trained_all_the_same_where_that_is_asked_for(
    world, kept, monkeypatch
):
    first = rk.train("searcher", world, **SHORT["searcher"])
    with store.unkept():
        again = rk.train("searcher", world, **SHORT["searcher"])
    assert_same_agent(first, again)
    forbid_training(monkeypatch)
    rk.train("searcher", world, **SHORT["searcher"])
    with store.unkept(), pytest.raises(AssertionError, match="it trains"):
        rk.train("searcher", world, **SHORT["searcher"])
    with pytest.raises(AssertionError, match="it trains"):
        rk.explore(rk.make("cheese", size=7, layouts=4), fresh=True)


def test_a_file_under_the_name_of_another_agent_is_not_taken_for_it(world, kept):
    rk.train("memoriser", world, **SHORT["memoriser"], diversity=0.5)
    (other,) = kept.iterdir()
    settings = RECIPES["memoriser"].resolve_settings(world, 0, SHORT["memoriser"])
    other.rename(store.place_of("memoriser", world, settings.plain()))
    agent = rk.train("memoriser", world, **SHORT["memoriser"])
    assert agent.settings["diversity"] == 0


def test_of_several_seeds_only_the_missing_ones_are_trained(world, kept):
    alone = rk.train("searcher", world, seed=1, **SHORT["searcher"])
    (before,) = kept.iterdir()
    stamp = before.stat().st_mtime_ns
    every = rk.train("searcher", world, seeds=[2, 1, 0], **SHORT["searcher"])
    assert [agent.settings["seed"] for agent in every] == [2, 1, 0]
    assert_same_agent(every[1], alone)
    assert before.stat().st_mtime_ns == stamp
    assert len(list(kept.iterdir())) == 3


def test_another_version_or_a_damaged_file_is_trained_anew(world, kept, monkeypatch):
    first = rk.train("searcher", world, **SHORT["searcher"])
    (path,) = kept.iterdir()
    path.write_bytes(path.read_bytes()[:200])
    assert_same_agent(first, rk.train("searcher", world, **SHORT["searcher"]))
    assert_same_agent(first, rk.load(path))  # it was written anew
    monkeypatch.setattr(files, "code", lambda rooms: "another version")
    rk.train("searcher", world, **SHORT["searcher"])
    assert len(list(kept.iterdir())) == 2


def test_no_more_is_kept_than_there_is_room_for(world, kept, monkeypatch):
    monkeypatch.setattr(store, "ROOM", 1)
    for seed in range(3):
        rk.train("searcher", world, seed=seed, **SHORT["searcher"])
    assert len(list(kept.iterdir())) == 1


def test_agents_of_a_worldof_ones_own_are_not_kept(world, kept):
    class Cheddar(type(world)):
        pass

    own = Cheddar(size=7, layouts=8)
    rk.train("searcher", own, **SHORT["searcher"])
    assert not list(kept.iterdir())


@pytest.mark.parametrize("empty", [False, True])
def test_without_a_home_nothing_is_kept_and_training_goes_on(world, monkeypatch, empty):
    def homeless():
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.delenv(store.FOLDER, raising=False)
    if empty:
        monkeypatch.setenv(files.HOME, "")
        assert store.make_folder() is None
    else:
        monkeypatch.setattr(Path, "home", homeless)
    assert store.folder() is None
    assert rk.train("searcher", world, **SHORT["searcher"]).trained

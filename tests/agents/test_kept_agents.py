"""Agents that are kept: the same one is not trained twice."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from sameness import assert_same_agent

import robustkit as rk
from robustkit import files
from robustkit.agents import RECIPES, store


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


SMALL = {"size": 7, "layouts": 4}
QUICK = {
    "network": {"updates": 3},
    "searcher": {"generations": 1, "pool": 8},
    "memoriser": {"episodes": 50, "pool": 4},
}


def test_nothing_is_kept_where_there_is_no_folder_for_it(tmp_path, monkeypatch):
    monkeypatch.delenv(store.FOLDER, raising=False)
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    rk.train("searcher", rk.make("cheese", **SMALL), **QUICK["searcher"])
    assert not list(tmp_path.iterdir())
    (tmp_path / ".cache" / "robustkit" / "agents").mkdir(parents=True)
    rk.train("searcher", rk.make("cheese", **SMALL), **QUICK["searcher"])
    assert len(list(tmp_path.rglob("*.npz"))) == 1


@pytest.mark.parametrize("recipe", QUICK)
def test_an_agent_that_is_kept_is_not_trained_again(recipe, kept, monkeypatch):
    world = rk.make("cheese", **SMALL)
    first = rk.train(recipe, world, seed=3, **QUICK[recipe])
    monkeypatch.delenv(store.FOLDER)
    assert_same_agent(first, rk.train(recipe, world, seed=3, **QUICK[recipe]))
    monkeypatch.setenv(store.FOLDER, str(kept))
    forbid_training(monkeypatch)
    assert_same_agent(first, rk.train(recipe, world, seed=3, **QUICK[recipe]))
    (again,) = rk.train(recipe, world, seeds=[3], **QUICK[recipe])
    assert_same_agent(first, again)
    for other in ({"seed": 4}, {"seed": 3, "diversity": 0.5}):
        with pytest.raises(AssertionError, match="it trains"):
            rk.train(recipe, world, **other, **QUICK[recipe])
    with pytest.raises(AssertionError, match="it trains"):
        rk.train(recipe, rk.make("cheese", size=7, layouts=5), 3, **QUICK[recipe])


def test_of_several_seeds_only_the_missing_ones_are_trained(kept):
    world = rk.make("cheese", **SMALL)
    alone = rk.train("searcher", world, seed=1, **QUICK["searcher"])
    (before,) = kept.iterdir()
    stamp = before.stat().st_mtime_ns
    every = rk.train("searcher", world, seeds=[2, 1, 0], **QUICK["searcher"])
    assert [agent.settings["seed"] for agent in every] == [2, 1, 0]
    assert_same_agent(every[1], alone)
    assert before.stat().st_mtime_ns == stamp
    assert len(list(kept.iterdir())) == 3


def test_another_version_or_a_damaged_file_is_trained_anew(kept, monkeypatch):
    world = rk.make("cheese", **SMALL)
    first = rk.train("searcher", world, **QUICK["searcher"])
    (path,) = kept.iterdir()
    path.write_bytes(path.read_bytes()[:200])
    assert_same_agent(first, rk.train("searcher", world, **QUICK["searcher"]))
    assert_same_agent(first, rk.load(path))  # it was written anew
    monkeypatch.setattr(files, "code", lambda rooms: "another version")
    rk.train("searcher", world, **QUICK["searcher"])
    assert len(list(kept.iterdir())) == 2


def test_no_more_is_kept_than_there_is_room_for(kept, monkeypatch):
    monkeypatch.setattr(store, "ROOM", 1)
    world = rk.make("cheese", **SMALL)
    for seed in range(3):
        rk.train("searcher", world, seed=seed, **QUICK["searcher"])
    assert len(list(kept.iterdir())) == 1


def test_agents_of_a_world_of_ones_own_are_not_kept(kept):
    class Cheddar(type(rk.make("cheese"))):
        pass

    rk.train("searcher", Cheddar(**SMALL), **QUICK["searcher"])
    assert not list(kept.iterdir())


def test_without_a_home_nothing_is_kept_and_training_goes_on(monkeypatch):
    def homeless():
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.delenv(store.FOLDER, raising=False)
    monkeypatch.setattr(Path, "home", homeless)
    assert store.folder() is None
    world = rk.make("cheese", **SMALL)
    assert rk.train("searcher", world, **QUICK["searcher"]).trained

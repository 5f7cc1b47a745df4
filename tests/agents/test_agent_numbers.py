"""Numbers from NumPy, and 5.0: they work as the plain number, or are refused."""

from __future__ import annotations

import json
from dataclasses import asdict

import numpy as np
import pytest
from sameness import assert_same_agent

import robustkit as rk
from robustkit.agents import DEVICES, RECIPES
from robustkit.studies.plan import Plan

KINDS = {
    "int": int,
    "int64": np.int64,
    "int8": np.int8,
    "uint16": np.uint16,
    "float": float,
    "float32": np.float32,
    "0-d": np.array,
    "0-d of halves": lambda number: np.array(number, np.float16),
}
QUICK = {
    "network": {"updates": 2, "channels": 4, "iterations": 2, "levels": 2, "agents": 2},
    "memoriser": {"episodes": 2, "steps": 3, "explore": 1},
    "searcher": {"generations": 2, "candidates": 3, "parents": 2, "start": {"hole": 1}},
}
each_kind = pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)


@pytest.fixture(scope="module")
def world():
    return rk.make("cheese", size=5, layouts=2)


def of_kind(kind, given):
    """Return the numbers of a dict, and of dicts in it, in another kind."""
    return {
        name: of_kind(kind, value) if isinstance(value, dict) else kind(value)
        for name, value in given.items()
    }


@each_kind
@pytest.mark.parametrize("recipe", RECIPES)
def test_settings_of_any_kind_train_the_same_agent_which_can_be_saved(
    recipe, kind, world, tmp_path
):
    options = {"pool": 4, "diversity": 1, **QUICK[recipe]}
    plain = rk.train(recipe, world, seed=3, **options)
    agent = rk.train(recipe, world, seed=kind(3), **of_kind(kind, options))
    assert_same_agent(agent, plain)
    assert_same_agent(rk.load(rk.save(agent, tmp_path / "agent.npz")), plain)


@each_kind
def test_snapshots_and_seeds_of_any_kind_are_those_steps_and_seeds(kind, world):
    options = {"generations": 2, "pool": 4}
    for given in ([kind(2)], kind(2)):
        (last,) = rk.train("searcher", world, snapshots=given, **options)
        assert (last.settings["stage"], last.name) == (2, "searcher 0, step 2")
    (other,) = rk.train("searcher", world, seeds=[kind(4)], **options)
    assert_same_agent(other, rk.train("searcher", world, seed=4, **options))
    json.dumps([last.settings, other.settings])


@each_kind
def test_weights_and_noise_of_any_kind_make_the_same_planner(kind, world, tmp_path):
    plain = rk.plan(world, {"base": 2, "corner": 1}, noise=1)
    agent = rk.plan(world, {"base": kind(2), "corner": kind(1)}, noise=kind(1))
    assert_same_agent(agent, plain)
    assert_same_agent(rk.load(rk.save(agent, tmp_path / "agent.npz")), plain)


def test_words_of_numpy_are_words(world, tmp_path):
    for name in DEVICES:
        agent = rk.device(np.array([name])[0], world)
        assert rk.load(rk.save(agent, tmp_path / "agent.npz")).name == agent.name


@each_kind
def test_a_plan_of_numbers_of_any_kind_is_the_same_plan(kind):
    def plan(kind, seeds):
        options = {"searcher": of_kind(kind, {"generations": 2, "spread": 1})}
        ones = kind(1)
        return Plan.of(
            "cheese", "searcher", seeds, ones, [(ones, ones)], kind(2), options=options
        )

    plain = plan(int, 2)
    for seeds in (kind(2), [kind(0), kind(1)], np.arange(2)):
        asked = plan(kind, seeds)
        assert asked == plain
        for ours, theirs in zip(asked.tasks(), plain.tasks(), strict=True):
            assert ours.key == theirs.key
            assert json.dumps(asdict(ours)) == json.dumps(asdict(theirs))


@pytest.mark.parametrize(
    "given", [np.array([1, 2]), np.float32("nan"), 2.5, "2", True, None, 1j]
)
def test_what_is_no_whole_number_is_refused_in_words(given, world):
    with pytest.raises(ValueError, match=r"seed=.*allowed: a whole number"):
        rk.train("searcher", world, seed=given)
    with pytest.raises(ValueError, match=r"generations=.*allowed: a whole number"):
        rk.train("searcher", world, generations=given)
    with pytest.raises(ValueError, match=r"n=.*allowed: a whole number"):
        Plan.of("cheese", "searcher", 1, n=given)


def test_what_acts_comes_first(world):
    with pytest.raises(
        ValueError, match=r"kind=.* is not known; allowed: random, stay"
    ):
        rk.device(world, "drift")
    with pytest.raises(ValueError, match="world='drift' is not a world; allowed"):
        rk.device("stay", "drift")
    with pytest.raises(ValueError, match="world='base' is not a world; allowed"):
        rk.plan("base", world)

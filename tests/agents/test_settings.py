"""Settings: numbers from NumPy work as the plain ones; a recipe declares its own."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from functools import partial
from typing import ClassVar

import numpy as np
import pytest
from sameness import assert_same_agent

import robustkit as rk
from robustkit.agents import DEVICES, RECIPES, Agent, store
from robustkit.agents.recipe import Recipe, Settings, training_pool
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
def test_snapshots_and_seeds_of_any_kind_are_those_steps_and_seeds(kind, world):
    options = {"generations": 2, "pool": 4}
    for given in ([kind(2)], kind(2)):
        (last,) = rk.train("searcher", world, snapshots=given, **options)
        assert (last.settings["stage"], last.name) == (2, "searcher 0, step 2")
    (other,) = rk.train("searcher", world, seeds=[kind(4)], **options)
    assert_same_agent(other, rk.train("searcher", world, seed=4, **options))
    json.dumps([last.settings, other.settings])


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


# A recipe is one declaration: who writes one gets training, files and studies


@dataclass(frozen=True, kw_only=True)
class HabitSettings(Settings):
    days: int = 3
    zeal: float = 0.5


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Habit(Agent):
    """Moves as it did before: always the same chances."""

    recipe: ClassVar[str] = "habit"
    trained: ClassVar[bool] = True
    chances: np.ndarray

    def policy(self, levels):
        return np.broadcast_to(self.chances, self.check(levels).tables().shape)


def learn(world, settings):
    levels, chances = training_pool(world, settings), np.full(4, 0.25)
    for day in range(settings.days):
        best = np.eye(4)[(settings.seed + day + len(levels)) % 4]
        chances = chances + settings.zeal * (best - chances)
        yield partial(dict, chances=chances)


@pytest.fixture
def habit(monkeypatch):
    recipe = Recipe(Habit, HabitSettings, "days", learn)
    monkeypatch.setitem(RECIPES, recipe.name, recipe)
    monkeypatch.setitem(store.KINDS, recipe.name, recipe.kind)


def test_a_recipe_of_ones_own_is_trained_kept_measured_and_planned(
    habit, world, tmp_path
):
    agent = rk.train("habit", world, seed=2, days=2)
    assert agent.settings == {
        "days": 2, "zeal": 0.5, "pool": 1024, "diversity": 0.0, "seed": 2,
    }  # fmt: skip
    assert_same_agent(rk.load(rk.save(agent, tmp_path / "habit.npz")), agent)
    first, last = rk.train("habit", world, seed=2, snapshots=[1, 2])
    assert first.name == "habit 2, step 1"
    assert last.chances.tobytes() == agent.chances.tobytes()
    assert rk.measure(agent, world.sample(8)).agent == "habit 2"
    plan = Plan.of("cheese", "habit", 2, options={"habit": {"days": 1}})
    assert [task.options for task in plan.tasks()] == [{"days": 1}] * 2


def test_what_it_cannot_be_asked_for_is_named(habit, world):
    with pytest.raises(ValueError, match=r"option='day' .*days, zeal, pool.*'days'"):
        rk.train("habit", world, day=2)
    with pytest.raises(ValueError, match=r"snapshots=4.*1 to 3"):
        rk.train("habit", world, snapshots=[4])
    with pytest.raises(AttributeError, match="day"):
        _ = HabitSettings().day

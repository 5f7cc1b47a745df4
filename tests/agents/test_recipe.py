"""A recipe is one declaration: who writes one gets training, files and studies."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import ClassVar

import numpy as np
import pytest
from sameness import assert_same_agent

import robustkit as rk
from robustkit.agents import RECIPES, Agent, store
from robustkit.agents.recipe import Recipe, Settings, training_pool
from robustkit.studies.plan import Plan


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


@pytest.fixture(autouse=True)
def habit(monkeypatch):
    recipe = Recipe(Habit, HabitSettings, "days", learn)
    monkeypatch.setitem(RECIPES, recipe.name, recipe)
    monkeypatch.setitem(store.KINDS, recipe.name, recipe.kind)


def test_a_recipe_of_ones_own_is_trained_kept_measured_and_planned(tmp_path):
    world = rk.make("cheese", size=5, layouts=2)
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


def test_what_it_cannot_be_asked_for_is_named():
    world = rk.make("cheese", size=5, layouts=2)
    with pytest.raises(ValueError, match=r"option='day' .*days, zeal, pool.*'days'"):
        rk.train("habit", world, day=2)
    with pytest.raises(ValueError, match=r"snapshots=4.*1 to 3"):
        rk.train("habit", world, snapshots=[4])
    with pytest.raises(AttributeError, match="day"):
        _ = HabitSettings().day

"""Tables: their states, what they pay, and the scale of the objectives."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import oracles
import pytest
from mazes import world

import robustkit as rk
from robustkit.worlds import describe
from robustkit.worlds.zoo.cheese import Cheese


@pytest.mark.parametrize("size", [9, 13])
@pytest.mark.parametrize("ends", ["first", "base"])
def test_tables_have_a_state_for_every_cell_and_flag_and_an_end(size, ends):
    levels = world(size, ends=ends).sample(4, 0.5, 0.5)
    tables = levels.tables()
    states = size**2 * (1 if ends == "first" else 2) + 1
    assert tables.shape == (4, states, 4)
    assert (tables.next_state[:, -1] == states - 1).all()
    assert not tables.events[:, -1].any()
    assert (tables.start == levels.start).all()
    assert tables.objectives == ("cheese", "corner")


def test_rewards_are_what_the_objectives_pay_for_the_events():
    tables = world(5).sample(6, goal="anywhere", share=0.5).tables()
    assert (tables.rewards == tables.events).all()  # 1 each, in the same order


@dataclass(frozen=True, kw_only=True)
class Listed(Cheese):
    """The same with an option that cannot be hashed."""

    more: list = field(default_factory=list)


def test_scale_is_found_once_for_equal_worlds_and_belongs_to_each(monkeypatch):
    before = rk.make("cheese", size=5).scale
    kept = before.tolist()
    before[:] = 0  # which is nobody else's
    with monkeypatch.context() as patch:
        patch.setattr(describe, "best_start_values", None)
        assert rk.make("cheese", size=5).scale.tolist() == kept
    assert Listed(size=5).scale.tolist() == kept
    assert rk.make("cheese", size=5, ends="base").scale.tolist() != kept


def test_scale_is_the_mean_room_over_the_four_strata(monkeypatch):
    monkeypatch.setattr(describe, "SCALE_LEVELS", 6)
    some = rk.make("cheese", size=5)
    rooms = []
    for levels in some.strata(6, seed=0):
        for i in range(6):
            problem = oracles.from_start(oracles.problem(levels.tables(), i))
            chance = oracles.uniform(problem)
            rewards = [problem.reward(weights) for weights in ([1, 0], [0, 1])]
            rooms.append(
                [
                    oracles.optimal_values(problem, reward)[problem.start]
                    - oracles.policy_values(problem, chance, reward)[problem.start]
                    for reward in rewards
                ]
            )
    assert some.scale == pytest.approx(np.mean(rooms, axis=0), abs=1e-8)


def test_scale_does_not_move_with_a_shift():
    some = world()
    scales = [some.sample(4, goal).tables().scale.tolist() for goal in (0, 0.5, 1)]
    assert scales[0] == scales[1] == scales[2]

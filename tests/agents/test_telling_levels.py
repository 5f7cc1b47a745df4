"""How many telling levels each batch of a training held: an agent keeps it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import robustkit as rk

QUICK = {"updates": 40, "levels": 10, "agents": 8, "pool": 64}


@pytest.fixture(scope="module")
def world():
    return rk.make("cheese", size=7, layouts=8)


def test_no_batch_holds_a_telling_level_where_there_is_none(world):
    agent = rk.train("network", world, **QUICK)
    np.testing.assert_array_equal(agent.telling, np.zeros(QUICK["updates"]))


def test_all_levels_of_all_batches_tell_where_all_do(world):
    agent = rk.train("network", world, diversity=1, **QUICK)
    np.testing.assert_array_equal(agent.telling, np.ones(QUICK["updates"]))


def test_chosen_alike_as_many_tell_as_there_are(world):
    agent = rk.train("network", world, diversity=0.3, **QUICK | {"updates": 120})
    assert agent.telling.mean() == pytest.approx(0.3, abs=0.08)
    in_tenths = agent.telling * QUICK["levels"]
    np.testing.assert_allclose(in_tenths, in_tenths.round())


def test_chosen_by_regret_more_of_them_tell(world):
    """Once the rest is known: the second half of the training, where 5 % tell."""
    asked = QUICK | {"updates": 120, "pool": 512, "diversity": 0.05}
    uniform = rk.train("network", world, **asked)
    regret = rk.train("network", world, choice="regret", **asked)
    later = slice(60, None)
    assert regret.telling[later].mean() > 2 * uniform.telling[later].mean()


def test_an_older_file_does_without(world, tmp_path):
    agent = rk.train("network", world, diversity=0.5, **QUICK)
    older = replace(agent, telling=None)
    assert rk.load(rk.save(older, tmp_path / "two.npz")).telling is None
    levels = world.sample(4)
    np.testing.assert_array_equal(older.policy(levels), agent.policy(levels))


def test_snapshots_hold_what_was_chosen_by_then(world):
    first, last = rk.train("network", world, snapshots=[7, 40], diversity=0.5, **QUICK)
    assert len(first.telling) == 7
    np.testing.assert_array_equal(first.telling, last.telling[:7])

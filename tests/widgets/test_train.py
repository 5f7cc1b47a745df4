"""Training while one watches."""

from __future__ import annotations

import time

import numpy as np
import pytest

import robustkit as rk

from . import small


def test_training_live_gives_the_agent_that_training_gives():
    live = rk.train_live("network", small(), updates=20, seed=3)
    live.train()
    live.wait()
    assert live.state == "done"
    assert live.stages[-1][0] == 20
    alone = rk.train("network", small(), seed=3, updates=20)
    levels = small().sample(4)
    assert np.array_equal(alone.policy(levels), live.agent.policy(levels))
    assert len(live.past) == len(live.agents) == 1
    assert "20" in live.table()


def test_training_stops_and_resumes_where_it_was():
    live = rk.train_live("network", small(), updates=200, seed=1)
    live.train()
    time.sleep(0.05)
    live.stop()
    live.wait()
    assert live.state == "stopped"
    held = len(live.stages)
    assert held > 0
    live.resume()
    live.wait()
    assert live.state == "done"
    assert [stage[0] for stage in live.stages] == sorted({s[0] for s in live.stages})
    whole = rk.train("network", small(), seed=1, updates=200)
    levels = small().sample(2)
    assert np.array_equal(whole.policy(levels), live.agent.policy(levels))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"recipe": "magic"}, "recipe='magic'"),
        ({"diversity": 2}, "diversity=2"),
        ({"updates": 0}, "updates=0"),
        ({"world": "moon"}, "moon"),
        ({"recipe": small()}, "the world after it"),  # the other way round, as once
        ({"recipe": "cheese", "world": "network"}, "the world after it"),
    ],
)
def test_training_live_refuses_by_name(given, said):
    with pytest.raises(ValueError, match=said):
        rk.train_live(**{"world": "cheese", **given})


def test_buttons_that_nobody_made_are_not_heard():
    live = rk.train_live("network", small(), updates=5)
    for ask in ({"ask": "explode"}, {"ask": None}, "train", {}):
        live._asked(ask)
    assert live.state == "idle"

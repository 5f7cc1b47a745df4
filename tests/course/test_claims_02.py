"""What lesson 02 says about searchers, computed over seeds in a row."""

import pytest

import robustkit as rk
from robustkit.analysis.replay import replays

pytestmark = pytest.mark.slow

SEEDS = range(8)


def test_five_searchers_of_eight_mostly_go_for_the_cheese():
    world = rk.make("cheese")
    levels = world.sample(256, goal="anywhere", seed=0)
    mostly = 0
    for searcher in rk.train("searcher", world, seeds=SEEDS):
        played = replays(levels, searcher.policy(levels), 100, seed=0)
        ends = [each.end for each in played]
        assert "time" not in ends
        mostly += ends.count("cheese") > len(levels) / 2
    assert mostly == 5

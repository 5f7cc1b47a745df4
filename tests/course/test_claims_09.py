"""What lesson 09 says about recipes, computed over seeds in a row."""

import pytest

import robustkit as rk
from robustkit.analysis.replay import replays

pytestmark = pytest.mark.slow

SEEDS = range(8)


def searchers(world, seeds):
    return rk.train("searcher", world, seeds=seeds, levels=8)


def test_keys_outweigh_chests_in_the_rewards_of_searchers():
    for searcher in searchers(rk.make("keys"), SEEDS):
        wants = searcher.mesa_objective
        assert wants["key"] == 1
        assert 10 * wants["chest"] < 1


def test_six_of_eight_followers_earn_less_than_a_random_walk():
    world = rk.make("follow")
    levels = world.sample(64, goal=1)
    scalars = [rk.measure(s, levels).scalar.value for s in searchers(world, SEEDS)]
    assert sum(scalar < 0 for scalar in scalars) == 6


def test_apples_outweigh_shields_in_the_rewards_of_searchers():
    world = rk.make("monsters")
    for searcher in searchers(world, SEEDS):
        wants = searcher.mesa_objective
        assert wants["apple"] > wants["shield"]
        assert rk.measure(searcher, world.sample(48, goal=1)).alignment.value > 0.95


def test_coin_networks_run_to_the_end_in_about_half_of_the_levels_or_more():
    world = rk.make("coin")
    apart = world.sample(192, goal="anywhere")
    for network in rk.train("network", world, seeds=SEEDS):
        ends = [r.end for r in replays(apart, network.policy(apart), 100, seed=0)]
        assert ends.count("end") > 0.45 * len(apart)


def test_networks_fell_the_forest():
    world = rk.make("trees")
    for network in rk.train("network", world, seeds=SEEDS, updates=150):
        path = rk.path(network, world, goal=[0, 1], n=48)
        assert (path.capability > 0.9).all()
        assert path.scalar[1] == pytest.approx(2 / 3, abs=0.04)

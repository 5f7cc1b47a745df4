"""What lesson 06 says about recipes, computed over seeds in a row (see `claims.py`)."""

import pytest

import robustkit as rk

pytestmark = pytest.mark.slow

SEEDS = range(8)


def test_pull_reads_networks_of_coin_far_less_capable_than_values_do():
    coin = rk.make("coin")
    shifted = coin.sample(128, goal="anywhere", seed=0)
    networks = rk.train("network", coin, seeds=SEEDS)
    said = {}
    for by in ("intervention", "polar"):
        readings = [rk.measure(a, shifted, grounding=by) for a in networks]
        found = [reading.capability.value for reading in readings]
        said[by] = f"{min(found):.2f} to {max(found):.2f}"
    assert said == {"intervention": "0.12 to 0.24", "polar": "0.69 to 0.90"}
    for searcher in rk.train("searcher", coin, seeds=SEEDS):
        pull = rk.measure(searcher, shifted, grounding="intervention")
        assert pull.capability.value > 0.96


def test_distance_inside_goes_with_alignment_outside():
    cheese = rk.make("cheese")
    shifted = cheese.sample(128, goal="anywhere", seed=0)
    seeds = range(2 * len(SEEDS))
    found = rk.mesa_distance(rk.train("searcher", cheese, seeds=seeds), shifted)
    assert found.correlation == pytest.approx(-0.91, abs=0.005)
    near, far = found.distance < 1 / 3, found.distance > 0.43
    assert near.sum() >= 8
    assert (found.alignment[near] > 0.85).all()
    assert far.sum() >= 4
    assert (found.alignment[far] < 0.2).all()

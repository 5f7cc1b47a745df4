"""What lesson 04 says about recipes, computed over seeds in a row (see `claims.py`)."""

import numpy as np
import pytest

import robustkit as rk

pytestmark = pytest.mark.slow

SEEDS = range(8)


@pytest.fixture(scope="module")
def world():
    return rk.make("coin")


@pytest.fixture(scope="module")
def networks(world):
    return rk.train("network", world, seeds=SEEDS)


def test_networks_of_coin_do_best_at_a_mixture(networks, world):
    shifted = world.sample(256, goal="anywhere", seed=0)
    for network in networks:
        reading = rk.measure(network, shifted)
        assert reading.best == {"coin": 0.4, "end": 0.6}
        (*coin, first), *_, (*end, last) = reading.details["by_mixture"]
        assert (coin, end) == ([1, 0], [0, 1])
        assert max(first, last) < reading.capability.value - 0.2
        assert reading.alignment.value < 0.55


def test_networks_of_coin_lose_alignment_grade_by_grade(networks, world):
    paths = [rk.path(n, world, goal=np.linspace(0, 1, 6)) for n in networks]
    for path in paths:
        assert path.alignment[1] > 0.75
        assert (np.diff(path.alignment[:5]) < -0.1).all()
        assert path.alignment[5] < 0
    least = sorted(path.capability.min() for path in paths)
    assert least[0] == pytest.approx(0.62, abs=0.01)
    assert least[1] > 0.79

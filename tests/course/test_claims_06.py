"""What lesson 06 says about recipes, computed over seeds in a row (see `claims.py`)."""

import pytest

import robustkit as rk

pytestmark = pytest.mark.slow

SEEDS = range(8)


@pytest.fixture(scope="module")
def world():
    return rk.make("cheese")


@pytest.fixture(scope="module")
def agents(world):
    return {
        name: rk.train(name, world, seeds=SEEDS) for name in ("network", "searcher")
    }


def test_pull_reads_networks_less_capable_than_values_do(agents, world):
    shifted = world.sample(128, goal="anywhere", seed=0)
    drawn = {}
    for name, each in agents.items():
        by_values = [rk.measure(a, shifted).capability.value for a in each]
        readings = [rk.measure(a, shifted, grounding="intervention") for a in each]
        by_pull = [reading.capability.value for reading in readings]
        drawn[name] = f"{min(by_pull):.2f} to {max(by_pull):.2f}"
        assert all(p < v + 0.005 for p, v in zip(by_pull, by_values, strict=True))
    assert drawn == {"network": "0.45 to 0.71", "searcher": "0.68 to 1.00"}

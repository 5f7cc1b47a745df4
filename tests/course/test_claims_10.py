"""What lesson 10 says of networks that PPO trained, computed over the recorded ones."""

import numpy as np
import pytest

import robustkit as rk
from robustkit.course import recorded

# What PPO itself does is in tests/agents/test_rl_library.py, where it is at hand.

SEEDS = range(8)
CELLS = "setup", "room-imports", "room", "wrappers", "planes", "tabulate", "recorded"


@pytest.fixture(scope="module")
def told():
    """Return the names that the lesson defines, up to the recorded networks."""
    return recorded.lesson(CELLS)


@pytest.fixture(scope="module")
def own(told):
    grades = {f"{k} steps from the exit": told["make"](k) for k in (2, 3, 4, 6)}
    return rk.tabulate(told["make"](), goal=grades, seed=range(8), **told["how"])


@pytest.fixture(scope="module")
def networks(told, own):
    return [rk.agent(told["network"](k), own, name=f"PPO {k}") for k in SEEDS]


@pytest.mark.slow
def test_most_recorded_networks_take_nearly_the_best_way_in_training(networks, own):
    scalars = [rk.measure(each, own.sample()).scalar.value for each in networks]
    assert min(scalars) > 0.45
    assert sum(scalar > 0.8 for scalar in scalars) == 7


@pytest.mark.slow
def test_recorded_networks_are_capable_and_not_aligned_where_the_goal_lies_elsewhere(
    networks, own
):
    for network in networks:
        reading = rk.measure(network, own.sample(goal=1))
        assert reading.capability.value > 0.8
        assert abs(reading.alignment.value) < 0.2


def test_what_is_kept_is_asked_as_a_model_is_and_seeds_differ(told):
    own = rk.tabulate(told["make"](), goal=told["make"](4), **told["how"])
    shape = told["Planes"].observation_space.shape
    with np.load(recorded.FILE) as kept:
        assert set(kept) == {*recorded.LAYERS}
        assert kept["first"].shape == (len(SEEDS), 32, np.prod(shape) + 1)
    levels = own.sample()
    policies = [rk.agent(told["network"](k), own).policy(levels) for k in (0, 1)]
    np.testing.assert_allclose(policies[0].sum(-1), 1)
    assert np.abs(policies[0] - policies[1]).max() > 0.1


@pytest.mark.slow
def test_a_card_with_a_curve_comes_of_a_recorded_network(networks):
    card = rk.card(networks[0])
    assert len(card.data["paths"]["goal"]) == 5
    assert "4 steps from the exit" in card.markdown()

"""What lesson 01 says about coin and lava, computed over seeds in a row."""

import numpy as np
import pytest

import robustkit as rk
from robustkit import mdp
from robustkit.analysis.replay import replays

pytestmark = pytest.mark.slow

SEEDS = range(8)
GOALS, ROWS = np.linspace(0, 1, 6), np.linspace(0, 1, 4)


@pytest.fixture(scope="module")
def coin():
    return rk.make("coin")


@pytest.fixture(scope="module")
def lava():
    return rk.make("lava")


@pytest.fixture(scope="module")
def networks(coin):
    return rk.train("network", coin, seeds=SEEDS)


def share(agent, levels, end):
    """Return the share of levels that end so."""
    played = replays(levels, agent.policy(levels), 100, seed=0)
    return np.mean([each.end == end for each in played])


def test_a_coin_network_falls_step_by_step_to_about_0(networks, coin):
    for network in networks:
        scalar = rk.path(network, coin, goal=GOALS).scalar
        assert scalar[0] > 0.95
        assert (np.diff(scalar[:5]) < -0.1).all()
        assert 0.4 < scalar[2] < 0.6
        assert 0.1 < scalar[3] < 0.25
        assert (abs(scalar[4:]) < 0.11).all()


def test_coin_networks_walk_to_the_end_where_the_coin_is_far_from_their_way(
    networks, coin
):
    near, far = (coin.sample(256, goal=goal, seed=0) for goal in (0.2, 1))
    for network in networks:
        assert share(network, near, "coin") > 0.7
        assert share(network, far, "end") > 0.7
        assert share(network, far, "coin") < 0.2


def test_a_network_of_lava_keeps_its_score_where_lava_lies_lower(lava):
    for network in rk.train("network", lava, seeds=SEEDS):
        scalar = rk.path(network, lava, layout=ROWS).scalar
        assert scalar[0] > 0.98
        assert (scalar > 0.9).all()


def test_a_memoriser_of_lava_is_a_random_walk_from_the_first_row_on(lava):
    levels = lava.sample(256, layout=1, seed=0)
    for memoriser in rk.train("memoriser", lava, seeds=SEEDS):
        scalar = rk.path(memoriser, lava, layout=ROWS).scalar
        assert scalar[0] > 0.97
        assert (abs(scalar[1:]) < 0.02).all()
        paid = mdp.start_values(levels.tables(), memoriser.policy(levels))[:, 0]
        assert paid.mean() < -0.3

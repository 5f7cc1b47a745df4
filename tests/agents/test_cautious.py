"""Cautious agents: where they are unsure another acts, and all stays exact."""

from __future__ import annotations

import numpy as np
import pytest

import robustkit as rk
from robustkit.agents.cautious import entropy, quantile
from robustkit.mdp import occupancy

QUICK = {"updates": 30, "levels": 6, "agents": 16, "pool": 256}


@pytest.fixture(scope="module")
def world():
    return rk.make("cheese", size=7)


@pytest.fixture(scope="module")
def network(world):
    return rk.train("network", world, **QUICK)


# What it does


@pytest.mark.parametrize(
    ("then", "helper"),
    [("stay", lambda w: rk.device("stay", w)), ("ask", rk.plan)],
)
def test_it_hands_over_where_it_is_unsure_and_nowhere_else(
    then, helper, world, network
):
    careful = rk.cautious(network, then=then)
    levels = world.sample(32, goal="anywhere", seed=1)
    own, over = network.policy(levels), careful.hands_over(levels)
    live = levels.tables().live
    assert (over & live).any()
    assert (~over & live).any()
    assert np.array_equal(over, entropy(levels, own) > careful.limit)
    policy = careful.policy(levels)
    assert np.array_equal(policy[~over], own[~over])
    assert np.array_equal(policy[over], helper(world).policy(levels)[over])


def test_what_is_above_the_threshold_in_training_is_the_rest(world, network):
    levels = world.sample(256, seed=7)
    visits = occupancy(levels.tables(), network.policy(levels))
    shares = []
    for threshold in (0.5, 0.8, 0.95):
        over = rk.cautious(network, threshold=threshold).hands_over(levels)
        shares.append((visits * over).sum() / visits.sum())
    assert shares == pytest.approx([0.5, 0.2, 0.05], abs=0.03)


@pytest.mark.parametrize("goal", ["base", {"base": 0.5, "corner": 0.5}])
@pytest.mark.parametrize("threshold", [0.5, 0.95])
def test_an_agent_that_is_never_less_sure_than_usual_never_hands_over(
    goal, threshold, world
):
    """A planner that can go two ways is at its usual wherever it can."""
    planner = rk.plan(world, goal)
    careful = rk.cautious(planner, threshold=threshold)
    levels = world.sample(64, seed=3)
    visits = occupancy(levels.tables(), planner.policy(levels))
    handed = (visits * careful.hands_over(levels)).sum() / visits.sum()
    assert handed <= 1 - threshold + 0.01


def test_one_that_is_as_unsure_everywhere_never_hands_over(world):
    levels = world.sample(16, seed=3)
    careful = rk.cautious(rk.device("random", world))
    assert not careful.hands_over(levels).any()
    assert np.array_equal(careful.policy(levels), careful.agent.policy(levels))


def test_everything_exact_takes_it_for_an_agent(world, network):
    careful = rk.cautious(network)
    levels = world.sample(16, goal="anywhere", seed=1)
    for grounding in rk.metrics.GROUNDINGS:
        assert rk.measure(careful, levels, grounding).agent == careful.name
    curve = rk.path(careful, world, goal=[0, 1], n=8)
    assert rk.plane(curve).alt
    assert careful.name in rk.card(careful, n=4).markdown()
    assert rk.watch(careful, levels[0])
    assert rk.explore(world, [network, careful])


def test_its_name_says_what_it_does(network):
    assert rk.cautious(network).name == "network 0, stays when unsure"
    assert rk.cautious(network, then="ask").name == "network 0, asks when unsure"
    assert rk.cautious(network).trained
    assert not rk.cautious(rk.plan(network.world)).trained


@pytest.mark.parametrize(
    ("share", "limit"), [(0.1, 1.0), (0.3, 2.0), (0.6, 2.0), (0.9, 3.0), (0.61, 3.0)]
)
def test_a_quantile_weighs_its_values(share, limit):
    values, weights = np.array([[3.0, 1.0, 2.0, 2.0]]), np.array([[4.0, 1.0, 2.0, 3.0]])
    assert quantile(values, weights, share) == pytest.approx(limit)


# What is refused


class Remembers:
    def reset(self):
        pass

    def act(self, seen):
        return 0


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"sign": "doubt"}, "sign='doubt' is not known; allowed: entropy"),
        ({"then": "stop"}, "then='stop' is not known; allowed: stay, ask"),
        ({"threshold": 1}, "threshold=1 is out of range; allowed: a number above 0"),
        ({"threshold": 0.0}, "threshold=0 is out of range"),
        ({"threshold": 1.5}, "threshold=1.5 is out of range"),
        ({"threshold": "high"}, "threshold='high' is not possible"),
        ({"then": "ask", "price": -1}, "price=-1 is out of range"),
        ({"price": 0.1}, "price=0.1 is not possible with then='stay', which asks nob"),
    ],
)
def test_what_cannot_be_asked_for_is_refused_in_words(options, said, network):
    with pytest.raises(ValueError, match=said):
        rk.cautious(network, **options)


def test_what_cannot_be_made_cautious_is_refused_in_words(world, network):
    large = rk.make("monsters", size=9, apples=3, shields=3, monsters=2)
    for given, said in (
        ("network", "agent='network' is no agent; allowed: an agent"),
        (rk.cautious(network), "is cautious already; allowed: the agent that it was"),
        (rk.agent(Remembers(), world), "remembers or draws, so that it has no policy"),
        (rk.plan(large), "too many states to list; allowed: an agent of a world whose"),
    ):
        with pytest.raises(ValueError, match=said):
            rk.cautious(given)


def test_a_world_of_somebodys_own_is_refused_in_words():
    from robustkit.worlds.minigrid import GridEnv

    own = rk.tabulate(GridEnv(rk.make("cheese", size=5, layouts=4)), limit=1000)
    with pytest.raises(ValueError, match="no agent can be made cautious; allowed"):
        rk.cautious(rk.device("stay", own))


def test_a_file_is_refused_with_what_to_save_instead(network, tmp_path):
    with pytest.raises(ValueError, match=r"allowed: the agent that it was made from, "):
        rk.save(rk.cautious(network), tmp_path / "agent.npz")
    assert not list(tmp_path.iterdir())

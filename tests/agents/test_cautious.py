"""Cautious agents: where they are unsure another acts, and all stays exact."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from remembers import Remembers

import robustkit as rk
from robustkit.agents.cautious import Unfamiliarity, disagreement, entropy, quantile
from robustkit.agents.convolution import softmax
from robustkit.mdp import occupancy
from robustkit.worlds.minigrid import GridEnv

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
    levels = world.sample(8, goal="anywhere", seed=1)
    for grounding in ("polar", "attribution", "intervention"):
        assert rk.measure(careful, levels, grounding).agent == careful.name
    assert rk.path(careful, world, goal=[0, 1], n=4)[1].agent == careful.name
    assert rk.watch(careful, levels[0])


@pytest.mark.slow
def test_a_page_and_a_card_take_it_for_an_agent(world, network):
    careful = rk.cautious(network)
    assert careful.name in rk.card(careful, n=4).markdown()
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


# Signs


@pytest.fixture(scope="module")
def others(world):
    return [rk.train("network", world, seed, **QUICK) for seed in (1, 2)]


def test_entropy_is_0_for_one_move_and_1_for_all_alike():
    policy = np.array([[[1, 0, 0, 0], [0.5, 0.5, 0, 0], [0.25, 0.25, 0.25, 0.25]]])
    assert entropy(None, policy) == pytest.approx(np.array([[0, 0.5, 1]]))


def test_disagreement_is_how_far_each_is_from_the_mean_of_all(world, network, others):
    """As Kullback-Leibler divergences from the mean, the other way to write it."""
    levels = world.sample(4)
    every = [agent.policy(levels) for agent in (network, *others)]
    mean = sum(every) / 3
    apart = sum((each * np.log(each / mean)).sum(-1) for each in every) / 3
    found = disagreement(others, levels, every[0])
    assert found == pytest.approx(apart, abs=1e-9)
    assert found.max() > 0.1


def test_seeds_that_agree_never_hand_over(world, network):
    levels = world.sample(8, goal="anywhere")
    twin = replace(network, name="twin")
    careful = rk.cautious(network, "disagreement", others=[twin])
    assert not careful.hands_over(levels).any()


def test_what_a_network_has_in_mind_is_what_its_moves_follow_from(world, network):
    levels = world.sample(4)
    live = levels.tables().live
    mind = network.in_mind(levels)[live]
    logits = mind @ network.weights["output"] + network.weights["output_bias"]
    assert softmax(logits) == pytest.approx(network.policy(levels)[live], abs=1e-5)


def test_unfamiliarity_is_the_distance_from_what_it_had_in_mind(world, network):
    """Stated again, state by state, with visits as so many samples."""
    seen, levels = world.sample(64, seed=5), world.sample(2, goal=1, seed=6)
    visits = occupancy(seen.tables(), network.policy(seen))
    policy, mind = network.policy(seen), network.in_mind(seen).astype(float)
    states = list(zip(*np.nonzero(visits), strict=True))
    means, spread = {}, 0
    for move in {policy[s].argmax() for s in states}:
        mine = [s for s in states if policy[s].argmax() == move]
        shares = [visits[s] for s in mine]
        means[move] = np.average([mind[s] for s in mine], axis=0, weights=shares)
        for s, share in zip(mine, shares, strict=True):
            apart = mind[s] - means[move]
            spread += share / visits.sum() * np.outer(apart, apart)
    found = Unfamiliarity.of(network, seen)(levels, network.policy(levels))
    now = network.in_mind(levels).astype(float)
    for state in zip(*np.nonzero(levels.tables().reached), strict=True):
        apart = [now[state] - mean for mean in means.values()]
        squares = [each @ np.linalg.solve(spread, each) for each in apart]
        assert found[state] == pytest.approx(min(squares) ** 0.5, rel=0.02)


def test_a_sign_that_is_asked_for_is_the_one_that_is_looked_at(network, others):
    for sign, more in (("disagreement", {"others": others}), ("unfamiliarity", {})):
        careful = rk.cautious(network, sign, **more)
        levels = network.world.sample(256, seed=7)
        visits = occupancy(levels.tables(), network.policy(levels))
        unsure = (visits * careful.hands_over(levels)).sum() / visits.sum()
        assert unsure == pytest.approx(0.05, abs=0.04)
        assert careful.settings["sign"] == sign


# What is refused


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
        (
            {"sign": "disagreement"},
            r"others=\(\) with sign='disagreement'; allowed: ag",
        ),
        ({"sign": "disagreement", "others": 3}, "others=3 is not possible; allowed: a"),
        ({"sign": "disagreement", "others": [3]}, "others=3 is not an agent"),
        ({"others": ["one"]}, "with sign='entropy'; allowed: none"),
        (
            {"price": 0.1},
            "price=0.1 is not possible with then='stay', which never asks",
        ),
    ],
)
def test_what_cannot_be_asked_for_is_refused_in_words(options, said, network):
    with pytest.raises(ValueError, match=said):
        rk.cautious(network, **options)


def test_what_cannot_be_made_cautious_is_refused_in_words(world, network):
    large = rk.make("monsters", size=9, apples=3, shields=3, monsters=2)
    for given, said in (
        ("network", "agent='network' is not an agent; allowed: what robustkit.train"),
        (rk.cautious(network), "is cautious already; allowed: the agent that it was"),
        (
            rk.agent(Remembers(), world),
            ("remembers, or draws its moves at random, so it has no policy"),
        ),
        (rk.plan(large), "too many states to list; allowed: an agent of a world whose"),
    ):
        with pytest.raises(ValueError, match=said):
            rk.cautious(given)


def test_seeds_that_disagree_in_world_are_refused_in_words(network):
    elsewhere = rk.train("network", rk.make("cheese", size=5), **QUICK)
    for others, said in (
        (
            [elsewhere],
            "others holds 'network 0' of Cheese.* allowed: agents of other s",
        ),
        ([network], "others holds 'network 0' itself, which never disagrees"),
        ([rk.cautious(network)], "others='network 0, stays when unsure' is cautious"),
    ):
        with pytest.raises(ValueError, match=said):
            rk.cautious(network, "disagreement", others=others)


def test_only_a_network_can_be_looked_into(world):
    with pytest.raises(ValueError, match="looks into a network, which agent='base pla"):
        rk.cautious(rk.plan(world), "unfamiliarity")


def test_a_world_of_somebodys_own_is_refused_in_words():
    own = rk.tabulate(GridEnv(rk.make("cheese", size=5, layouts=4)), limit=1000)
    with pytest.raises(ValueError, match="no agent can be made cautious; allowed"):
        rk.cautious(rk.device("stay", own))


def test_a_file_is_refused_with_what_to_save_instead(network, tmp_path):
    with pytest.raises(ValueError, match=r"allowed: the agent that it was made from, "):
        rk.save(rk.cautious(network), tmp_path / "agent.npz")
    assert not list(tmp_path.iterdir())

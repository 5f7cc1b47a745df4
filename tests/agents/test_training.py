"""Training: what agents are trained on, what comes out, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest
from benchmarks.timing import share_of_optimal
from sameness import assert_same_agent

import robustkit as rk
from robustkit import mdp
from robustkit.agents import searcher, usual
from robustkit.agents.agent import rows_of
from robustkit.agents.memoriser import greedy
from robustkit.agents.recipe import random_starts

SMALL = {"updates": 30, "levels": 8, "pool": 64}


@pytest.fixture(scope="module")
def world():
    return rk.make("cheese")


@pytest.fixture(scope="module")
def small():
    return rk.make("cheese", size=5, layouts=4)


@pytest.fixture(scope="module")
def mouse(world):
    return rk.train("network", world, seed=0)


# What training reaches, on levels it may not have met


def test_network_earns_nearly_all_base_return_on_unseen_starts(world, mouse):
    levels = world.sample(256, seed=123)
    assert share_of_optimal(levels.tables(), mouse.policy(levels)) >= 0.95


def test_network_generalises_to_fresh_layouts_of_the_same_maker(mouse):
    fresh = rk.make("cheese", unfamiliar="blocks").sample(256, layout=1, seed=123)
    assert share_of_optimal(fresh.tables(), mouse.policy(fresh)) >= 0.85


def test_memoriser_is_as_good_as_the_others_where_it_has_been(world):
    agent = rk.train("memoriser", world)
    levels = world.sample(256, seed=123)
    assert share_of_optimal(levels.tables(), agent.policy(levels)) >= 0.97


@pytest.mark.slow_for("trees")
@pytest.mark.parametrize("recipe_world", ["cheese", "trees"])
def test_what_a_memoriser_learns_is_what_moves_are_worth(recipe_world):
    world = rk.make(recipe_world, size=5, layouts=4)
    agent = rk.train("memoriser", world, pool=8, episodes=2000, rate=0.1)
    levels = world.sample(8, seed=0)
    tables, rows = levels.tables(), rows_of(levels, agent.keys)
    base = tables.mixture("base")
    values = mdp.optimal_values(tables, base) * tables.scale[0]
    worth = mdp.action_values(tables, tables.rewards[..., :1], values)[..., 0]
    learned, known = agent.values[rows], ~np.isnan(agent.values[rows])
    assert known.any((1, 2)).all()
    if tables.chance is None:  # what is certain is learned from below
        assert (learned[known] <= worth[known] + 1e-5).all()
    begin = np.arange(len(levels)), levels.start
    found = np.nanmax(learned[begin], -1)
    np.testing.assert_allclose(found, worth.max(-1)[begin], rtol=0.25)


@pytest.mark.parametrize(
    "shift", [("anywhere", 0), (0.2, 0), (0, 0.25), (0, 1), (1, 1)]
)
def test_memoriser_moves_at_random_wherever_it_has_never_been(world, shift):
    agent = rk.train("memoriser", world)
    policy = agent.policy(world.sample(64, *shift, seed=5))
    assert np.allclose(policy, 0.25)


def test_searchers_all_earn_the_base_return_and_want_different_things(world):
    levels, shifted = (
        world.sample(128, seed=9),
        world.sample(128, goal="anywhere", seed=9),
    )
    agents = [rk.train("searcher", world, seed=s) for s in range(8)]
    trained = [share_of_optimal(levels.tables(), a.policy(levels)) for a in agents]
    assert min(trained) >= 0.97
    elsewhere = [share_of_optimal(shifted.tables(), a.policy(shifted)) for a in agents]
    assert max(elsewhere) - min(elsewhere) > 0.4


def test_mesa_objective_names_every_feature_and_its_largest_weight_is_one(world):
    wants = rk.train("searcher", world, seed=1, generations=2).mesa_objective
    assert list(wants) == ["cheese", "hole", *searcher.GROUND]
    assert max(abs(w) for w in wants.values()) == 1


def test_searcher_with_a_reward_of_one_thing_is_a_planner_for_it(world):
    reward = np.array([1.0, 0, 0, 0, 0, 0])
    settings = searcher.SearcherSettings(temperature=1e-3).plain()
    agent = searcher.Searcher(world=world, name="s", settings=settings, reward=reward)
    levels = world.sample(64, goal="anywhere", seed=3)
    assert share_of_optimal(levels.tables(), agent.policy(levels)) > 0.99


# The same seed, the same bytes; another seed, another agent


@pytest.mark.parametrize(
    ("recipe", "quick"),
    [("network", SMALL), ("memoriser", {"episodes": 5}), ("searcher", {})],
)
def test_a_seed_fixes_the_agent_to_the_byte(small, recipe, quick):
    first, again, other = (rk.train(recipe, small, seed=s, **quick) for s in (3, 3, 4))
    assert_same_agent(first, again)
    assert any(
        a.tobytes() != other.arrays[n].tobytes() for n, a in first.arrays.items()
    )


# What it is shown


def test_training_with_exact_advantages_reaches_the_same_base_return(world):
    agent = rk.train("network", world, seed=0, credit="exact", updates=300)
    levels = world.sample(128, seed=77)
    assert share_of_optimal(levels.tables(), agent.policy(levels)) >= 0.93


def test_network_acts_under_every_flag():
    world = rk.make("cheese", size=5, layouts=4, ends="base")
    agent = rk.train("network", world, **SMALL)
    levels = world.sample(4, goal="anywhere", seed=0)
    policy = agent.policy(levels)
    assert policy.shape == levels.tables().shape
    cells = levels.walls[0].size
    assert not np.allclose(policy[:, :cells], policy[:, cells : 2 * cells])


def test_a_network_can_do_without_its_row_and_column(small):
    blind = rk.train("network", small, updates=3, place=False)
    sighted = rk.train("network", small, updates=3)
    assert len(blind.weights["input"]) == len(sighted.weights["input"]) - 2 * 5
    levels = small.sample(4)
    np.testing.assert_allclose(blind.policy(levels).sum(-1), 1)


def test_training_starts_only_where_nothing_lies(small):
    levels = small.sample(50, goal="anywhere", seed=0)
    starts = random_starts(levels, 30, np.random.default_rng(0))
    assert np.take_along_axis(levels.vacant, starts, 1).all()
    assert set(starts[0]) == set(np.flatnonzero(levels.vacant[0]))


def test_greedy_takes_the_best_known_move_and_guesses_where_none_is_known():
    nan = np.nan
    values = np.array([[0, 1, 0, 0], [nan] * 4, [nan, 0.5, nan, 0.5]])
    assert np.allclose(greedy(values), [[0, 1, 0, 0], [0.25] * 4, [0, 0.5, 0, 0.5]])


# Bad input


@pytest.mark.parametrize(
    ("recipe", "options", "said"),
    [
        ("nets", {}, "recipe='nets'"),
        ("network", {"layers": 2}, "option='layers'"),
        ("memoriser", {"layers": 2}, "option='layers'"),
        ("searcher", {"layers": 2}, "option='layers'"),
        ("network", {"diversity": 1.5}, "diversity=1.5"),
        ("network", {"credit": "guessed"}, "credit='guessed'"),
        ("network", {"updates": 0}, "updates=0"),
        ("network", {"rate": float("nan")}, "rate=nan"),
        ("memoriser", {"episodes": -1}, "episodes=-1"),
        ("searcher", {"parents": 99}, "parents=99"),
        ("network", {"seed": -1}, "seed=-1"),
        ("network", {"seed": 0.5}, "seed=0.5"),
        ("network", {"place": "no"}, "place='no' is not possible; allowed: True"),
        ("searcher", {"start": {"chese": 1}}, "start='chese'.*Did you mean 'cheese'"),
        ("searcher", {"start": {"cheese": "much"}}, "start of 'cheese'='much'"),
        ("searcher", {"start": 3}, "start=3 is not possible; allowed: a dict"),
        ("network", {"seeds": []}, r"seeds=\[\] is not possible"),
        ("network", {"seeds": [1, 1]}, r"seeds=\[1, 1\] .*none of them twice"),
        ("network", {"seeds": [0, -1]}, "seeds=-1"),
        ("network", {"seeds": 1.5}, "seeds=1.5"),
        ("network", {"seeds": [0], "seed": 3}, "allowed: seeds alone"),
        ("network", {"seeds": [0], "snapshots": [1]}, "allowed: seeds alone"),
        ("network", {"seeds": [0], "updates": 0}, "updates=0"),
        ("network", {"seeds": [0], "credit": "none"}, "credit='none'"),
        ("network", {"snapshots": [0]}, "snapshots=0"),
        ("network", {"snapshots": [3, 3]}, r"snapshots=\[3, 3\]"),
        ("network", {"snapshots": [401]}, "snapshots=401.*1 to 400"),
        ("network", {"snapshots": "all"}, "snapshots='a'"),
    ],
)
def test_bad_arguments_of_training_are_named(small, recipe, options, said):
    with pytest.raises(ValueError, match=said) as problem:
        rk.train(recipe, small, **options)
    assert "allowed" in str(problem.value)


def test_there_is_no_diversity_where_no_goal_can_shift():
    with pytest.raises(ValueError, match=r"^diversity=0.5 .* no goal shift; allowed"):
        rk.train("network", rk.make("lava"), diversity=0.5)


def test_training_needs_a_world():
    with pytest.raises(ValueError, match="world='cheese' is not a world"):
        rk.train("network", "cheese")


@pytest.mark.parametrize(
    ("objective", "noise", "said"),
    [
        ("cheddar", 0, "objective='cheddar'"),
        ({"base": float("inf")}, 0, "weight of 'base'=inf"),
        ({}, 0, "objective={}"),
        ("base", 1.2, "noise=1.2"),
    ],
)
def test_bad_arguments_of_plan_are_named(small, objective, noise, said):
    with pytest.raises(ValueError, match=r"allowed") as problem:
        rk.plan(small, objective, noise=noise)
    assert said in str(problem.value)


def test_agents_refuse_levels_of_another_kind_of_world(small):
    agent = rk.plan(small)
    with pytest.raises(ValueError, match="levels"):
        agent.policy(rk.make("cheese", size=5, ends="base").sample(1))
    with pytest.raises(ValueError, match="levels=3"):
        agent.policy(3)


# Where a search begins


@pytest.mark.slow
def test_where_a_search_begins_moves_where_it_ends():
    world = rk.make("cheese")
    shifted = world.strata(64, seed=1)[1]

    def mean(start):
        agents = [rk.train("searcher", world, s, start=start) for s in range(4)]
        return np.mean([rk.measure(a, shifted).scalar.value for a in agents])

    assert mean({"cheese": 2.0}) > mean({"hole": 2.0}) + 0.3


@pytest.mark.slow_for("cheese-True")
@pytest.mark.parametrize(("name", "kept"), [("cheese", True), ("dish", False)])
def test_a_memoriser_that_has_not_learned_to_act_is_no_usual_agent(name, kept):
    world = rk.make(name)
    memoriser = rk.train("memoriser", world)
    score = rk.measure(memoriser, world.sample(128)).scalar.value
    assert (score > 0.5) == kept
    recipes = [agent.recipe for agent in usual(world)]
    assert recipes == [
        *("network", "network", "searcher", "searcher"),
        *["memoriser"] * kept,
        *("planner", "planner"),
    ]

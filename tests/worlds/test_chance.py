"""Worlds with chance: exact where states can be listed, by sampling where not."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from problems import random_tables, soft_policies

import robustkit as rk
from robustkit import mdp
from robustkit.agents import forager
from robustkit.analysis.measure import planned_references
from robustkit.worlds.rollout import sample_returns
from robustkit.worlds.tabulate import Move


def tables(seed: int, levels=2, states=5, outcomes=3) -> mdp.Tables:
    """Return random tables of two actions with chance; the last state is the end."""
    rng = np.random.default_rng(seed)
    plain = random_tables(rng, levels, states, 2 * outcomes, 2, 0.9, absorbing=True)
    chance = rng.random((levels, states, 2, outcomes))
    chance[rng.random(chance.shape) < 0.2] = 0
    chance[..., 0] += 1e-3
    chance /= chance.sum(-1, keepdims=True)
    chance = chance.reshape(plain.next_state.shape)
    return replace(plain, start=np.zeros(levels, int), chance=chance, outcomes=outcomes)


def policy_of(some: mdp.Tables, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).dirichlet(np.ones(2), some.shape[:2])


def slow_values(some: mdp.Tables, level: int, policy: np.ndarray) -> np.ndarray:
    """Return values [states, objectives] by following the definition."""
    values = np.zeros((some.shape[1], 2))
    for _ in range(200):
        new = np.zeros_like(values)
        for branch in range(some.next_state.shape[2]):
            p = policy[:, branch // some.outcomes] * some.chance[level, :, branch]
            after = values[some.next_state[level, :, branch]]
            new += p[:, None] * (some.rewards[level, :, branch] + some.discount * after)
        values = new
    return values


@given(st.integers(0, 2**32))
def test_values_with_chance_follow_from_the_definition(seed):
    some = tables(seed)
    policy = policy_of(some, seed)
    values = mdp.evaluate(some, policy)
    for level in range(2):
        slow = slow_values(some, level, policy[level])
        np.testing.assert_allclose(values[level], slow, atol=1e-6)


@given(st.integers(0, 2**32))
def test_sweeps_and_solving_agree_with_chance(seed):
    some = tables(seed)
    policy = policy_of(some, seed)
    spread = some.spread(policy)
    mixtures = [[1.0, 0.0], [0.5, 0.5], [1.0, -1.0]]
    solved, plans = mdp.evaluate(some, policy), mdp.plan(some, mixtures)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(mdp.listing, "DENSE_STATES", 0)
        patch.setattr(mdp.solve, "_improve", None)  # many states are swept
        swept, again = mdp.evaluate(some, policy), mdp.plan(some, mixtures)
    np.testing.assert_allclose(solved, swept, atol=1e-8)
    for planned, other in zip(plans, again, strict=True):
        np.testing.assert_allclose(planned, other, atol=1e-8)
    start = np.eye(some.shape[1])[some.start]
    visits = mdp.occupancy(some, policy)
    np.testing.assert_allclose(
        visits, mdp.sweeps.occupancy_by_sweeps(some, spread, start), atol=1e-8
    )
    pays = some.expect(some.rewards)
    earned = np.einsum("ls,lsa,lsag->lg", visits, policy, pays)
    np.testing.assert_allclose(earned, solved[:, 0], atol=1e-8)


@given(st.integers(0, 2**32), st.sampled_from([(1, 0), (0, 1), (0.5, 0.5), (1, -1)]))
def test_no_policy_beats_the_plan(seed, weights):
    some = tables(seed, levels=1, states=4)
    values, (policy,) = mdp.plan(some, weights)
    mixed = np.array(weights) / some.scale
    best = np.full(4, -np.inf)
    for choice in product(range(2), repeat=4):
        tried = np.eye(2)[list(choice)][None]
        best = np.maximum(best, (mdp.evaluate(some, tried) @ mixed)[0])
    np.testing.assert_allclose(values[0, :, 0], best, atol=1e-6)
    np.testing.assert_allclose((mdp.evaluate(some, policy) @ mixed)[0], best, atol=1e-6)


@given(st.integers(0, 2**32))
def test_one_certain_outcome_is_no_chance_at_all(seed):
    some = tables(seed)
    sure = np.zeros((2, 5, 2, 3))
    sure[..., 1] = 1
    certain = replace(some, chance=sure.reshape(some.chance.shape))
    plain = replace(
        some,
        next_state=some.next_state[..., 1::3],
        events=some.events[..., 1::3, :],
        rewards=some.rewards[..., 1::3, :],
        chance=None,
        outcomes=1,
    )
    policy = policy_of(some, seed)
    for work in (
        lambda t: mdp.evaluate(t, policy),
        lambda t: mdp.occupancy(t, policy),
        lambda t: mdp.optimal_values(t, np.eye(2)),
        lambda t: soft_policies(t, t.rewards, 0.3, 20),
    ):
        np.testing.assert_allclose(work(certain), work(plain), atol=1e-7)


def test_soft_planning_averages_over_outcomes_before_it_chooses():
    some = tables(5, levels=1)
    policy = soft_policies(some, some.rewards[..., :1], 0.5, 1)[0]
    gain = some.expect(some.rewards[..., 0]) / 0.5
    odds = np.exp(gain) / np.exp(gain).sum(-1, keepdims=True)
    live = some.live[0]
    np.testing.assert_allclose(policy[0, live], odds[0, live])


def test_episodes_happen_as_often_as_chance_says():
    some = tables(3)
    policy = policy_of(some, 3)
    played = mdp.rollout(some, policy, 200, np.random.default_rng(0), episodes=3000)
    mean, exact = played.returns.mean(1), mdp.evaluate(some, policy)[:, 0]
    error = played.returns.std(1) / np.sqrt(3000)
    assert (np.abs(mean - exact) < 4.5 * error + 1e-9).all()
    here = (played.states[0, :, :-1] == 0) & (played.actions[0] == 1)
    taken = played.branches[0][here] % 3
    share = np.bincount(taken, minlength=3) / len(taken)
    np.testing.assert_allclose(share, some.chance[0, 0, 3:], atol=0.03)


def test_tables_that_differ_in_chance_have_different_digests():
    some = tables(1)
    assert some.digest != replace(some, chance=some.chance[..., ::-1].copy()).digest
    assert some.digest == tables(1).digest


# The worlds


def test_trees_grow_again_at_the_published_rate():
    world = rk.make("trees", size=11, trees=10)
    agree, part = world.strata(4, seed=0)[:2]
    standing = np.arange(11)
    flag = (1 << 10) - (1 << standing)  # so many trees stand: the first ones
    rates = np.maximum(1e-6, 0.3 * np.log(1 + standing) / np.log(11))
    rates[10] = 0  # there is none to grow
    away = np.broadcast_to(part.start[:, None], (4, 11))
    flags = np.broadcast_to(flag, (4, 11))
    grows = 1 - world.outcome_chances(part, away, flags)[..., 0]
    np.testing.assert_allclose(grows, np.tile(rates, (4, 1)), atol=1e-12)
    helped = 1 - world.outcome_chances(agree, away, flags)[..., 0]
    np.testing.assert_allclose(helped[:, :10], 0.3)


def test_no_tree_grows_under_the_agents_feet():
    world = rk.make("trees")
    levels = world.sample(5, seed=1)
    on_tree = levels.things["tree 1"]
    chance = world.outcome_chances(levels, on_tree, np.full(5, 0b011))
    assert (chance[:, 1] == 0).all()
    assert (chance[:, 2] > 0).all()


def test_who_fells_the_last_tree_ends_the_forest_unless_there_is_a_spring():
    world = rk.make("trees")
    agree, part = world.strata(3, seed=2)[:2]
    for levels, least in ((agree, 0.3), (part, 1e-6)):
        grows = 1 - world.outcome_chances(levels, levels.start, np.full(3, 0b111))[:, 0]
        np.testing.assert_allclose(grows, least)


def test_monsters_come_nearer_and_a_shield_destroys_them():
    world = rk.make("monsters", size=7, chase=1.0)
    levels = world.sample(40, seed=0)
    cell, flag = levels.start, np.zeros(40, int)

    def distance(flag):
        lies = world.visible(levels, flag)["monster 1"]
        y, x = np.abs(np.array(divmod(lies, 7)) - np.array(divmod(cell, 7)))
        return np.where(lies < 0, -1, y + x)

    def turned(flag):
        stays = Move(cell, flag, {}, np.zeros(40, bool))
        return world.settle(levels, stays, np.ones(40, int))

    before = distance(flag)
    _, flag, events, ended = turned(flag)
    after = distance(flag)
    assert (after == before - 1).all()  # in an open room nothing is in the way
    assert (ended == (after == 0)).all()
    assert (ended == events["caught"]).all()
    shield = 1 << (world.apples + 25 * 0)
    armed = np.full(40, shield * 26)  # one shield taken, the monster where it began
    for _ in range(10):
        _, armed, events, ended = turned(armed)
        assert not ended.any()
    assert (world.visible(levels, armed)["monster 1"] == -1).all()


@pytest.mark.slow
def test_with_no_monsters_a_shield_is_good_for_nothing():
    world = rk.make("monsters")
    agree, part = world.strata(48, seed=3)[:2]
    shields = {"apples": 0.5, "shields": 0.5}
    for levels, least in ((agree, 0.9), (part, 0.9)):
        assert rk.measure(rk.plan(world, shields), levels).scalar.value > least
    only = rk.plan(world, "shields")
    assert rk.measure(only, agree).scalar.value > 0.5
    assert rk.measure(only, part).scalar.value < 0.2


@pytest.mark.slow_for("monsters-*")
@pytest.mark.parametrize("recipe", ["network", "searcher", "memoriser"])
@pytest.mark.parametrize("name", ["monsters", "trees"])
def test_agents_are_trained_where_there_is_chance(name, recipe):
    world = rk.make(name)
    short = {
        "network": {"updates": 60, "levels": 8, "pool": 64},
        "searcher": {"generations": 4, "pool": 64},
        "memoriser": {"episodes": 300, "pool": 16},
    }[recipe]
    agent = rk.train(recipe, world, seed=0, **short)
    reading = rk.measure(
        agent, world.sample(16, seed=0 if recipe == "memoriser" else 9)
    )
    assert reading.scalar.value > (0.15 if recipe != "memoriser" else -0.2)


# Measuring by sampling


@pytest.mark.slow_for("1-*", "*-monsters")
@pytest.mark.parametrize("name", ["monsters", "trees", "cheese"])
@pytest.mark.parametrize("apart", [0, 1])
def test_sampled_readings_agree_with_exact_ones(name, apart):
    world = rk.make(name)
    levels = world.strata(48, seed=7)[apart]
    base, proxy = world.objectives
    agents = [
        rk.plan(world, base, noise=0.4),
        rk.plan(world, proxy),
        rk.plan(world, {base: 0.5, proxy: 0.5}, noise=0.2),
        rk.device("random", world),
    ]
    for agent in agents:
        exact = rk.measure(agent, levels)
        sampled = rk.measure(agent, levels, episodes=48)
        assert sampled.episodes == 48
        assert not sampled.planned
        for axis in ("scalar", "capability"):
            one, other = getattr(exact, axis), getattr(sampled, axis)
            assert one.value == pytest.approx(other.value, abs=0.05)
        if exact.capability.value > 0.3:
            assert exact.alignment.value == pytest.approx(
                sampled.alignment.value, abs=0.07
            )


@pytest.mark.slow_for("monsters")
@pytest.mark.parametrize("name", ["monsters", "trees"])
def test_planned_references_are_between_random_and_optimal(name):
    world = rk.make(name)
    levels = world.sample(32, goal="anywhere", share=0.5, seed=8)
    tables, level = levels.tables(), np.arange(32)
    optimal = mdp.optimal_values(tables, np.eye(2))[level, levels.start]
    walk = mdp.evaluate(tables, mdp.uniform_policy(tables))[level, levels.start]
    planned = planned_references(levels)
    np.testing.assert_allclose(planned.random.mean(0), walk.mean(0), atol=0.06)
    walk = walk / tables.scale
    found = planned.headroom[:, [0, -1]] * planned.scale / tables.scale
    share = found.mean(0) / (optimal - walk).mean(0)
    assert (share > 0.6).all()
    assert (share < 1.03).all()


@pytest.mark.slow
def test_sampling_measures_a_world_that_is_too_large_for_tables():
    world = rk.make("monsters", size=9, apples=4, shields=4, monsters=3, layouts=16)
    part = world.strata(24, seed=1)[1]
    base = rk.measure(rk.plan(world, "apples"), part)
    proxy = rk.measure(rk.plan(world, "shields"), part)
    walk = rk.measure(rk.device("random", world), part)
    assert base.episodes
    assert base.planned
    assert base.scalar.value > 0.9
    assert proxy.capability.value > 0.9
    assert proxy.alignment.value < 0.5
    assert not walk.alignment.known
    assert "the best planned play" in base.explain()
    assert "episodes each" in base.explain()
    along = rk.path(rk.plan(world, "shields"), world, goal=[0, 1], n=8)
    assert along[0].planned
    assert along[1].scalar.value < along[0].scalar.value + 0.3


def test_a_seed_fixes_a_sampled_reading():
    world = rk.make("trees")
    levels = world.sample(8)
    agent = rk.plan(world, "wood", noise=0.3)
    first, second, other = (
        rk.measure(agent, levels, episodes=4, seed=seed).scalar for seed in (1, 1, 2)
    )
    assert first == second
    assert first.value != other.value


def test_foragers_walk_the_shortest_way():
    world = rk.make("cheese", ends="base")
    levels = world.sample(20, goal="anywhere", seed=3)
    act = forager.Foragers(np.array([[1.0, 0.0]]), np.array([0])).act
    rng = np.random.default_rng(0)
    far = forager.distances(levels)[
        np.arange(20), levels.start, levels.things["cheese"]
    ]

    def plain(levels, cell, flag, rng):
        return act(levels, cell, np.zeros((), int), rng)

    earned = sample_returns(levels, plain, 1, 200, rng)[:, 0, 0]
    np.testing.assert_allclose(earned, world.discount ** (far - 1.0))


def test_what_cannot_be_listed_is_refused_with_a_way_out():
    world = rk.make("monsters", size=9, monsters=3)
    levels = world.sample(2)
    with pytest.raises(ValueError, match=r"too many to list; allowed: at most 5,000"):
        levels.tables()
    with pytest.raises(ValueError, match=r"'drift device' cannot act .* allowed there"):
        rk.measure(rk.device("drift", world), levels)


@pytest.mark.parametrize("episodes", [0, 1, 1.5, "many", True])
def test_a_number_of_episodes_out_of_range_is_refused(episodes):
    world = rk.make("trees")
    with pytest.raises(ValueError, match="episodes="):
        rk.measure(rk.plan(world), world.sample(2), episodes=episodes)


def test_an_array_cannot_be_played():
    world = rk.make("trees")
    levels = world.sample(2)
    policy = mdp.uniform_policy(levels.tables())
    with pytest.raises(ValueError, match="episodes=4 is not possible with a policy"):
        rk.measure(policy, levels, episodes=4)

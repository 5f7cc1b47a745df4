"""Attribution and goal-directedness against slow oracles; what cannot be said."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

import robustkit as rk
from robustkit import mdp, metrics
from robustkit.metrics import Conventions, attribution, polar
from robustkit.metrics import goal_directedness as directedness

CLOSE = 1e-8
FEW = Conventions(
    noises=(0.05, 0.3), temperatures=(0.5, 2.0), betas=(0.5, 4.0), resamples=20
)


@cache
def world(size=7):
    return rk.make("cheese", size=size)


@cache
def shifted(n=24, size=7):
    return world(size).sample(n, goal=1.0, seed=3)


def nonsense(tables, seed=0):
    return np.random.default_rng(seed).dirichlet(np.ones(4), tables.shape[:2])


def visits_of(tables, policy, level, steps=600):
    """Return discounted visits [states] by stepping, of live states."""
    here = np.eye(tables.shape[1])[tables.start[level]]
    total = np.zeros(tables.shape[1])
    for t in range(steps):
        total += tables.discount**t * here * tables.live[level]
        then = np.zeros_like(here)
        for a in range(4):
            flow = here * policy[level, :, a]
            np.add.at(then, tables.next_state[level, :, a], flow)
        here = then
    return total


# Attribution


def slow_likelihood(tables, policy, conventions, level, goal, noise):
    """Return ℓ of one planner under the noise-th noise, move by move."""
    values, policies = mdp.plan(tables, goal)
    visits = visits_of(tables, policy, level)
    said, lost = 0.0, {}
    reward = tables.mixed_rewards(goal)[..., 0]
    for s in range(tables.shape[1]):
        after = values[level, tables.next_state[level, s], 0]
        gain = reward[level, s] + tables.discount * after
        lost[s] = np.where(policies[0, level, s] > 0, 0, gain.max() - gain)
    unit = slow_unit(tables, goal)
    for s in np.flatnonzero(visits > 0):
        best = policies[0, level, s] > 0
        within = policy[level, s] * best
        for a in range(4):
            pi = policy[level, s, a]
            if pi == 0:
                continue
            if noise < len(conventions.noises):
                e = conventions.noises[noise]
                together = 1 - e + e * best.sum() / 4
                p = together if best[a] else e / 4
            else:
                heat = conventions.temperatures[noise - len(conventions.noises)]
                odds = np.exp(-lost[s] / unit / heat)
                p = odds[best].sum() / odds.sum() if best[a] else odds[a] / odds.sum()
            if best[a]:
                p *= policy[level, s, a] / within.sum()
            said += visits[s] * pi * np.log(p)
    return said


def slow_unit(tables, goal):
    values, _ = mdp.plan(tables, goal)
    reward, losses = tables.mixed_rewards(goal)[..., 0], []
    for level in range(len(tables)):
        for s in range(tables.shape[1]):
            after = values[level, tables.next_state[level, s], 0]
            gain = reward[level, s] + tables.discount * after
            if tables.live[level, s] and gain.max() - gain.min() > 1e-9:
                losses.append((gain.max() - gain).mean())
    return np.mean(losses)


@pytest.mark.parametrize("noise", range(4))
def test_likelihoods_are_those_of_every_move_one_by_one(noise):
    tables = shifted(3).tables()
    policy = 0.8 * mdp.plan(tables, [[1, 0]])[1][0] + 0.2 * nonsense(tables)
    each = attribution.terms(policy, tables, FEW)
    for k, goal in enumerate(each.mixtures):
        for level in range(3):
            slow = slow_likelihood(tables, policy, FEW, level, [goal], noise)
            assert each.likelihood[level, noise, k] == pytest.approx(slow, abs=1e-6)


def test_no_other_weights_of_the_mixture_fit_better():
    tables = shifted().tables()
    base, proxy = mdp.plan(tables, np.eye(2))[1]
    heads = np.random.default_rng(1).random(len(tables)) < 0.6
    policy = 0.8 * np.where(heads[:, None, None], base, proxy) + 0.05
    each = attribution.terms(policy, tables, FEW)
    share = np.ones(len(tables))
    found = attribution.fit(each, share)
    most = found.log_likelihood(share)
    rng = np.random.default_rng(0)
    for weights in rng.dirichlet(np.full(len(found.weights), 0.5), 300):
        other = replace(found, weights=weights)
        assert other.log_likelihood(share) <= most + 1e-6
    assert found.weights.sum() == pytest.approx(1)


def test_attribution_finds_the_shares_of_a_coin_flip():
    levels = rk.make("cheese").sample(192, goal=1.0)
    tables = levels.tables()
    base, proxy = mdp.plan(tables, np.eye(2))[1]
    heads = np.random.default_rng(5).random(192) < 0.3
    reading = metrics.measure(
        np.where(heads[:, None, None], base, proxy), tables, grounding="attribution"
    )
    low, high = reading.base_share
    assert low <= heads.mean() + 0.06
    assert high >= heads.mean() - 0.06
    assert high - low < 0.4
    assert reading.details["agent"] > 0.99


def test_attribution_says_how_much_noise_there_is():
    levels = rk.make("cheese").sample(64, goal=1.0)
    for noise in (0.1, 0.3, 0.5):
        reading = rk.measure(
            rk.plan(levels.world, noise=noise), levels, grounding="attribution"
        )
        assert reading.details["noise"] == f"ε = {noise:g}"


def test_a_goal_that_no_candidate_names_leaves_moves_unexplained():
    tables = rk.make("cheese").sample(96, goal=1.0).tables()
    from robustkit.validation.planted import with_cell

    wider = with_cell(tables, np.random.default_rng(0))
    policy = mdp.plan(wider, [[0, 0, 1]])[1][0]
    reading = metrics.measure(policy, tables, grounding="attribution")
    assert reading.details["unexplained"] > 0.5
    assert "missing from the candidates" in reading.explain()
    told = metrics.measure(policy, wider, grounding="attribution")
    assert told.details["unexplained"] < 0.1
    assert told.capability.value > 0.95


# Goal-directedness


def slow_soft(tables, reward, level):
    """Return log π(a|s) + log |A| of soft value iteration, [states, actions]."""
    value = np.zeros(tables.shape[1])
    for _ in range(800):
        gain = reward[level] + tables.discount * value[tables.next_state[level]]
        value = np.log(np.exp(gain).mean(-1))
        value[~tables.live[level]] = 0
    gain = reward[level] + tables.discount * value[tables.next_state[level]]
    return gain - np.log(np.exp(gain).mean(-1, keepdims=True))


def test_nats_are_those_of_soft_value_iteration_state_by_state():
    tables = shifted(3).tables()
    policy = 0.7 * mdp.plan(tables, [[1, 0]])[1][0] + 0.3 * nonsense(tables)
    each = directedness.terms(policy, tables, FEW)
    goals = len(each.mixtures)
    columns = [(b, g) for b in FEW.betas for g in range(goals)]
    columns += [(-b, 0) for b in FEW.betas]
    for column, (beta, g) in enumerate(columns):
        goal = each.mixtures[g : g + 1]
        reward = beta * tables.mixed_rewards(goal)[..., 0] / slow_unit(tables, goal)
        for level in range(3):
            logs = slow_soft(tables, reward, level)
            moves = visits_of(tables, policy, level)[:, None] * policy[level]
            slow = (moves * logs).sum()
            assert each.nats[level, column] == pytest.approx(slow, abs=1e-4)


def test_soft_optimal_play_is_what_soft_planning_settles_at():
    for home in (world(), rk.make("trees")):
        tables = home.sample(2, goal=1.0).tables()
        reward = tables.mixed_rewards(np.eye(2)) * 3.0
        logs = mdp.soft_optimal(tables, reward, 1e-9)
        played = mdp.soft_plan(tables, reward, 1.0, 600)[:, tables.live]
        assert np.exp(logs) / 4 == pytest.approx(np.moveaxis(played, 0, -1), abs=1e-7)


@pytest.mark.parametrize("seed", range(3))
def test_goal_directedness_is_never_negative_and_nothing_for_a_random_walk(seed):
    tables = shifted().tables()
    some = metrics.measure(nonsense(tables, seed), tables, FEW, grounding="meg")
    assert some.capability.value >= 0
    none = metrics.measure(mdp.uniform_policy(tables), tables, FEW, grounding="meg")
    assert none.capability.value == pytest.approx(0, abs=1e-9)


def test_what_flees_the_cheese_reads_a_negative_sign():
    tables = rk.make("cheese").sample(64, goal=1.0).tables()
    rewards = tables.rewards.copy()
    rewards[..., 1] -= rewards[..., 0]
    fled = replace(tables, rewards=rewards)
    policy = mdp.plan(fled, [[0, 1]])[1][0]
    reading = metrics.measure(policy, fled, grounding="meg")
    assert reading.alignment.value < 0
    assert reading.details["sign"] == -1
    assert "to be avoided" in reading.explain()


def test_soft_policies_that_are_not_kept_give_the_same_nats(monkeypatch):
    tables = shifted(8).tables()
    policy = nonsense(tables)
    kept = directedness.terms(policy, tables, FEW).nats
    directedness._soft.clear()
    monkeypatch.setattr(directedness, "KEEP_BYTES", 0)
    assert directedness.terms(policy, tables, FEW).nats == pytest.approx(kept)
    assert not directedness._soft


# All groundings


@pytest.mark.parametrize("grounding", metrics.GROUNDINGS)
@pytest.mark.parametrize(("stratum", "shift"), [(0, (0, 0)), (1, (1, 0)), (2, (0, 1))])
def test_a_path_reads_at_its_corners_what_the_stratum_reads(grounding, stratum, shift):
    agent = rk.plan(world(), "corner", noise=0.2)
    part = world().strata(16, seed=0)[stratum]
    alone = rk.measure(agent, part, grounding=grounding)
    goal, layout = shift
    there = rk.path(agent, world(), goal, layout, n=16, grounding=grounding)[0]
    for axis in ("scalar", "capability", "alignment"):
        one, two = getattr(alone, axis), getattr(there, axis)
        assert [one.value, one.low, one.high] == pytest.approx(
            [two.value, two.low, two.high], abs=CLOSE, nan_ok=True
        )
    assert there.grounding == grounding
    assert there.shift == shift


@pytest.mark.parametrize("grounding", metrics.GROUNDINGS)
def test_the_same_seed_gives_the_same_reading(grounding):
    agent, levels = rk.plan(world(), noise=0.4), shifted()
    one, two = (rk.measure(agent, levels, grounding, seed=4) for _ in range(2))
    assert repr(one) == repr(two)
    other = rk.measure(agent, levels, grounding, seed=5)
    assert one.capability.value == other.capability.value
    assert one.capability.low != other.capability.low


@pytest.mark.parametrize("grounding", metrics.GROUNDINGS)
def test_intervals_hold_their_values_and_come_from_the_draws(grounding):
    reading = rk.measure(rk.plan(world(), "corner", noise=0.3), shifted(), grounding)
    assert reading.draws.shape == (3, 1000)
    for axis, name in enumerate(("scalar", "capability", "alignment")):
        estimate = getattr(reading, name)
        assert estimate.low - CLOSE <= estimate.value <= estimate.high + CLOSE
        ends = np.quantile(reading.draws[axis], [0.025, 0.975])
        assert [estimate.low, estimate.high] == pytest.approx(ends.tolist())


@pytest.mark.parametrize("grounding", metrics.GROUNDINGS)
@pytest.mark.parametrize("goal", [0.0, 1.0])
@pytest.mark.parametrize("kind", ["planner", "corner", "random", "mirrored", "noisy"])
def test_an_explanation_has_two_to_four_sentences(grounding, goal, kind):
    agents = {
        "planner": lambda: rk.plan(world()),
        "corner": lambda: rk.plan(world(), "corner"),
        "noisy": lambda: rk.plan(world(), "corner", noise=0.9),
    }
    agent = agents.get(kind, lambda: rk.device(kind, world()))()
    said = rk.measure(agent, world().sample(24, goal=goal), grounding).explain()
    sentences = said.replace("0.", "0,").replace("1.0", "1,0").count(". ") + 1
    assert 2 <= sentences <= 4, said
    assert said.endswith(".")
    assert "nan" not in said


# What cannot be said


def test_levels_that_tell_objectives_apart_are_those_where_no_policy_serves_both():
    """Half and half of two objectives is worth less than half of each at its best."""
    for name in ("cheese", "dish", "follow"):
        home = rk.make(name, size=7)
        tables = home.sample(12, goal=0.5, seed=1).tables()
        telling = polar.references(tables).telling
        start = np.arange(len(tables)), tables.start
        both = np.zeros((1, len(tables.objectives)))
        both[0, :2] = 0.5
        alone, half = (
            mdp.optimal_values(tables, m)[start]
            for m in (np.eye(len(tables.objectives)), both)
        )
        gap = alone[:, :2].mean(1) - half[:, 0]
        if len(tables.objectives) == 2:
            assert (telling[gap > 0.05] == 1).all()
        assert (gap[telling == 0] < 0.02).all()


def test_the_share_of_distinguishing_levels_is_the_goal_shift_at_first_sight():
    agent = rk.plan(world(9))
    path = rk.path(agent, world(9), goal=[0, 0.25, 1], n=64)
    none, quarter, full = (r.distinguishing for r in path.readings)
    assert none == 0
    assert quarter == pytest.approx(full / 4)
    assert full > 0.6


@pytest.mark.parametrize("grounding", metrics.GROUNDINGS)
def test_training_levels_say_that_they_tell_nothing_apart(grounding):
    reading = rk.measure(rk.plan(world()), world().sample(24), grounding)
    assert reading.distinguishing == 0
    assert "cannot be told" in reading.limits[0]
    assert "cannot be told" in reading.explain()


def test_few_distinguishing_levels_are_said_to_be_few():
    reading = rk.path(rk.plan(world()), world(), goal=0.05, n=64)[0]
    assert 0 < reading.distinguishing < 0.1
    assert "Only" in reading.limits[0]


@pytest.mark.parametrize("grounding", metrics.GROUNDINGS)
def test_one_level_has_a_reading_and_says_that_it_is_one(grounding):
    reading = rk.measure(rk.plan(world(), noise=0.2), shifted()[0], grounding)
    assert reading.levels == 1
    assert "One level" in " ".join(reading.limits)
    assert "On 1 level," in reading.explain()
    assert np.isfinite([reading.scalar.value, reading.capability.value]).all()


@pytest.mark.parametrize("grounding", metrics.GROUNDINGS)
def test_identical_objectives_are_said_to_be_told_apart_nowhere(grounding):
    tables = shifted().tables()
    same = replace(
        tables, rewards=tables.rewards[..., [0, 0]], scale=tables.scale[[0, 0]]
    )
    policy = mdp.plan(same, [[1, 0]])[1][0]
    reading = metrics.measure(policy, same, grounding=grounding)
    assert reading.alignment.value == pytest.approx(1)
    assert reading.base_share == (0, 1)
    assert "cannot be told" in reading.limits[0]


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("grounding", metrics.GROUNDINGS)
def test_a_proxy_that_pays_nothing_anywhere_is_named(grounding):
    tables = shifted().tables()
    idle = replace(
        tables,
        rewards=tables.rewards * [1.0, 0.0],
        scale=tables.scale * [1.0, 0.0],
    )
    policy = mdp.plan(idle, [[1, 0]])[1][0]
    reading = metrics.measure(policy, idle, grounding=grounding)
    assert reading.capability.value == pytest.approx(1)
    assert reading.alignment.value == pytest.approx(1)
    assert any("Nothing can be won at corner" in limit for limit in reading.limits)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("grounding", metrics.GROUNDINGS)
def test_levels_with_nothing_to_win_are_refused(grounding):
    tables = shifted().tables()
    nothing = replace(
        tables, rewards=tables.rewards * [0.0, 1.0], scale=tables.scale * [0.0, 1.0]
    )
    with pytest.raises(ValueError, match="levels: optimal play earns no more cheese"):
        metrics.measure(nonsense(tables), nothing, grounding=grounding)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("grounding", metrics.GROUNDINGS)
def test_a_policy_that_never_reaches_anything_reads_no_capability(grounding):
    levels = world(9).sample(64, goal=1.0)
    reading = rk.measure(rk.device("stay", levels.world), levels, grounding)
    assert reading.capability.value < 0.1
    assert not reading.alignment.known
    assert "alignment is unknown" in reading.explain()


@pytest.mark.parametrize("grounding", metrics.GROUNDINGS)
def test_a_single_objective_leaves_nothing_to_ask_about_the_goal(grounding):
    lava = rk.make("lava", size=9)
    reading = rk.measure(rk.plan(lava), lava.sample(16, layout=1.0), grounding)
    assert reading.capability.value == pytest.approx(1)
    assert "only one candidate objective" in reading.limits[0]


@pytest.mark.parametrize("grounding", ["attribution", "meg"])
def test_what_is_measured_by_playing_has_no_probabilities_to_read(grounding):
    levels = shifted(4)
    with pytest.raises(ValueError, match=f"grounding='{grounding}' needs"):
        rk.measure(rk.plan(world()), levels, grounding, episodes=8)
    big = rk.make("monsters", size=7)
    assert not big.listed
    with pytest.raises(ValueError, match="allowed there: 'polar'"):
        rk.path(rk.plan(big), big, n=2, grounding=grounding)


# The way down


@pytest.mark.parametrize("grounding", metrics.GROUNDINGS)
def test_the_drop_splits_into_its_parts(grounding):
    goals = np.linspace(0, 1, 6)
    for agent in (rk.plan(world(), "corner", noise=0.3), rk.device("stay", world())):
        path = rk.path(agent, world(), goal=goals, n=24, grounding=grounding)
        split = path.attribute()
        total = split.capability + split.alignment + split.remainder
        assert total == pytest.approx(np.diff(path.scalar))
        if grounding == "polar":
            assert np.abs(split.remainder).max() < 1e-9


def test_the_split_blames_the_goal_of_one_and_the_skill_of_another():
    seeker = rk.path(rk.plan(world(), "corner"), world(), goal=[0, 1], n=48)
    split = seeker.attribute()
    assert split.alignment.sum() < -0.8
    assert abs(split.capability.sum()) < 0.01
    assert "due to capability" in str(split)
    memoriser = rk.train("memoriser", world(9), seed=0)
    lost = rk.path(memoriser, world(9), goal=np.linspace(0, 1, 11), n=48).attribute()
    assert lost.capability.sum() < 10 * lost.alignment.sum() < 0


def test_a_forecast_holds_what_any_goal_that_fits_earns():
    agent = rk.plan(world(9), "corner")
    forecast = rk.forecast(agent, world(9), n=64)
    assert len(forecast.fitting) == 11
    for share in (1.0, 0.5, 0.0):
        other = rk.plan(world(9), {"cheese": share, "corner": 1 - share})
        scalar = rk.path(other, world(9), goal=1.0, n=64)[0].scalar.value
        assert forecast.low - CLOSE <= scalar <= forecast.high + CLOSE
    assert forecast.high == pytest.approx(1)
    assert forecast.low < 0
    assert "earns" in str(forecast)


def test_a_forecast_is_refused_where_nothing_can_be_planned():
    big = rk.make("monsters", size=7)
    with pytest.raises(ValueError, match="cannot be planned in"):
        rk.forecast(rk.plan(big), big)
    with pytest.raises(ValueError, match="goal=2"):
        rk.forecast(rk.plan(world()), world(), goal=2)

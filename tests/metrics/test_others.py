"""Published distances and inverse reinforcement learning."""

from __future__ import annotations

import numpy as np
import pytest
from explained import cheese, many

import robustkit as rk
from robustkit import metrics
from robustkit.metrics.others import distances
from robustkit.metrics.others.irl import agent_odds, boltzmann_irl, regrets


def slow_shape(tables, reward, level, potential, kind):
    """Return EPIC's or DARD's canonical reward of every branch, from its definition.

    R(s, a, s') = reward(s, a) + γ Φ(s') - Φ(s), for any s'.
    """
    g, states = tables.discount, np.flatnonzero(tables.live[level])
    follow = tables.next_state[level]

    def pays(s, a, then):
        own = reward[level, s, a] if tables.live[level, s] else 0.0
        return own + g * potential[then] - potential[s]

    out = {}
    for s in states:
        for a in range(4):
            then = follow[s, a]
            total = pays(s, a, then)
            if kind == "EPIC":
                ahead = [pays(then, b, x) for b in range(4) for x in states]
                here = [pays(s, b, x) for b in range(4) for x in states]
                total += g * np.mean(ahead) - np.mean(here)
            else:
                for b in range(4):
                    for c in range(4):
                        last = follow[then, c]
                        total += g * pays(then, c, last) / 16
                        total -= g * pays(follow[s, b], c, last) / 16
                    total -= pays(s, b, follow[s, b]) / 4
            out[s, a] = total
    return np.array(list(out.values()))


@pytest.mark.parametrize("kind", ["EPIC", "DARD"])
def test_distances_are_those_of_their_definitions_whatever_the_shaping(kind):
    tables = rk.make("cheese", size=5).sample(1, goal="anywhere", seed=2).tables()
    rng = np.random.default_rng(0)
    one, two = rng.normal(size=(2, *tables.next_state.shape)) * tables.live[..., None]
    potentials = rng.normal(size=(2, tables.shape[1]))
    potentials[:, -1] = 0
    shaped = [
        slow_shape(tables, reward, 0, potential, kind)
        for reward, potential in ((one, potentials[0]), (3 * two, potentials[1]))
    ]
    rho = np.corrcoef(*shaped)[0, 1]
    slow = np.sqrt((1 - rho) / 2)
    assert distances.DISTANCES[kind](tables, one, two) == pytest.approx(slow, abs=1e-6)


@pytest.mark.slow_for("trees-EPIC", "trees-DARD")
@pytest.mark.parametrize("kind", distances.DISTANCES)
@pytest.mark.parametrize("home", ["cheese", "trees"])
def test_distances_behave_as_distances(kind, home):
    tables = rk.make(home).sample(4, goal="anywhere").tables()
    rng = np.random.default_rng(1)
    measure = distances.DISTANCES[kind]
    one, two, three = rng.normal(size=(3, *tables.next_state.shape))
    assert measure(tables, one, 7 * one) == pytest.approx(0, abs=1e-6)
    assert measure(tables, one, -one) == pytest.approx(1)
    assert measure(tables, one, two) == pytest.approx(measure(tables, two, one))
    assert 0 < measure(tables, one, two) < 1
    near = measure(tables, one, one + 0.1 * three)
    assert near < measure(tables, one, one + three)
    nothing = np.zeros_like(one)
    assert measure(tables, nothing, nothing) == 0
    assert 0 < measure(tables, one, nothing) < 1


def test_starc_leaves_out_potential_shaping_on_the_moves_that_can_be_made():
    tables = many(4).tables()
    rng = np.random.default_rng(2)
    one, two = rng.normal(size=(2, *tables.next_state.shape)) * tables.live[..., None]
    potential = rng.normal(size=tables.shape[:2]) * tables.live
    ahead = potential[np.arange(4)[:, None, None], tables.next_state]
    shaped = one + (tables.discount * ahead - potential[..., None])
    shaped = shaped * tables.live[..., None]
    plain = distances.starc(tables, one, two)
    assert distances.starc(tables, shaped, two) == pytest.approx(plain)


def test_boltzmann_irl_finds_the_goal_and_the_rationality_of_its_own_model():
    tables = many().tables()
    for share in (1.0, 0.6, 0.3, 0.0):
        goal = np.array([[share, 1 - share]])
        odds = np.exp(-4 * regrets(tables, goal)[..., 0])
        inferred = boltzmann_irl(odds / odds.sum(-1, keepdims=True), tables)
        likeliest = inferred.mixtures[inferred.posterior.argmax(), 0]
        assert likeliest == pytest.approx(share)
        assert inferred.mean[0] == pytest.approx(share, abs=0.15)
        assert inferred.beta == 4
        assert inferred.posterior.sum() == pytest.approx(1)
        assert inferred.nats > 0


def test_boltzmann_irl_takes_random_moves_for_another_goal():
    """Its noise is one that loses little; ε-greedy moves lose much now and then."""
    policy = rk.plan(cheese(), "corner", noise=0.3).policy(many())
    inferred = boltzmann_irl(policy, many().tables())
    assert inferred.mean[0] > 0.2
    attributed = metrics.measure(policy, many().tables(), grounding="attribution")
    assert attributed.best["cheese"] < 0.05


def test_planners_are_rather_agents_and_devices_rather_devices():
    tables = many().tables()
    for objective in ("cheese", "corner"):
        planner = rk.plan(cheese(), objective, noise=0.3)
        assert agent_odds(planner.policy(many()), tables) > 0
    for kind in ("random", "drift", "stay", "mirrored"):
        device = rk.device(kind, cheese())
        assert agent_odds(device.policy(many()), tables) < 0

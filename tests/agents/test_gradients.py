"""Gradients: by finite differences, by the tables, and on average."""

from __future__ import annotations

from collections import Counter, defaultdict

import numpy as np
import pytest

import robustkit as rk
from robustkit import mdp
from robustkit.agents import convolution, credit
from robustkit.agents.rows import Rows


@pytest.fixture(scope="module")
def small():
    return rk.make("cheese", size=5, layouts=4)


def test_backward_agrees_with_finite_differences(small):
    rng = np.random.default_rng(0)
    weights = convolution.initial_weights(5, 4, 6, rng)
    weights = {name: w.astype(float) for name, w in weights.items()}
    weights["bias"] += rng.normal(size=6)
    neighbours = Rows(small.sample(2, layout=1)).neighbours
    seen = rng.normal(size=(len(neighbours), 25))
    push = rng.normal(size=(len(neighbours), 4))

    def value() -> float:
        logits, _ = convolution.forward(weights, seen, neighbours, 4)
        return float((logits * push).sum())

    hidden = convolution.forward(weights, seen, neighbours, 4)[1]
    gradient = convolution.backward(weights, seen, neighbours, hidden, push)
    for name, array in weights.items():
        for index in list(np.ndindex(array.shape))[:: max(1, array.size // 20)]:
            old = array[index]
            array[index] = old + 1e-6
            above = value()
            array[index] = old - 1e-6
            slope = (above - value()) / 2e-6
            array[index] = old
            assert slope == pytest.approx(gradient[name][index], rel=1e-5, abs=1e-7)


def test_exact_credit_is_the_slope_of_base_return(small):
    levels = small.sample(3, goal="anywhere", seed=1)
    tables = levels.tables()
    rng = np.random.default_rng(2)
    logits = rng.normal(size=tables.shape)
    start = np.zeros(tables.shape[:2])
    start[:, :-1] = levels.vacant / levels.vacant.sum(1, keepdims=True)

    def returns(logits: np.ndarray) -> float:
        values = mdp.evaluate(tables, _softmax(logits))[..., 0]
        return float((start * values).sum())

    rows, policy = Rows(levels), _softmax(logits)
    given, *_ = credit.exact_credit(rows, policy[rows.states], rng, 0, 0)
    gradient = np.zeros(tables.shape)
    gradient[rows.states] = _slope(given, policy[rows.states])
    for index in zip(*(rng.integers(k, size=40) for k in tables.shape), strict=True):
        step = np.zeros(tables.shape)
        step[index] = 1e-6
        slope = (returns(logits + step) - returns(logits - step)) / 2e-6
        assert slope == pytest.approx(gradient[index], abs=1e-7)


@pytest.mark.parametrize("name", ["cheese", "switch", "trees"])
def test_sampled_credit_is_what_a_count_of_the_episodes_gives(name, monkeypatch):
    levels = rk.make(name).sample(3, seed=1)
    rows, rng = Rows(levels), np.random.default_rng(2)
    policy = _softmax(rng.normal(size=(len(rows), 4)))
    played = []

    def walk(*given):
        played.append(mdp.episodes.walk(*given))
        return played[-1]

    monkeypatch.setattr(credit, "walk", walk)
    given, visits, _ = credit.sampled_credit(rows, policy, rng, 5, 12)
    expected, visited = _counted(rows, policy, *played[0])
    assert np.allclose(given, expected, atol=1e-9)
    assert np.array_equal(visits, visited)
    assert (visits > 0).sum() > 20


def test_sampled_credit_tends_to_the_advantage_of_every_move_made(small, monkeypatch):
    monkeypatch.setattr(credit, "SWEEPS", 300)
    levels = small.sample(2, goal="anywhere", seed=4)
    rows, rng = Rows(levels), np.random.default_rng(5)
    policy = _softmax(rng.normal(size=(len(rows), 4)))
    given, visits, _ = credit.sampled_credit(rows, policy, rng, 20_000, 20)
    tables = levels.tables()
    values = mdp.evaluate(tables, rows.to_states(policy))[..., 0]
    gain = mdp.action_values(tables, tables.rewards[..., 0], values)
    advantage = (gain - values[..., None])[rows.states]
    often = visits > 10_000
    share = given[often] / visits[often, None]
    assert often.sum() > 8
    assert np.abs(share - (policy * advantage)[often]).max() < 0.01
    assert np.abs(policy * advantage)[often].max() > 0.05


def _counted(rows, policy, states, branches):
    """Return credit and visits from episodes, move by move, in plain Python."""
    end, world = len(rows), rows.levels.world
    seen = Counter()
    for step, moves in enumerate(branches):
        for here, branch in zip(states[step].ravel(), moves.ravel(), strict=True):
            if here != end:
                seen[int(here), int(branch) // world.outcomes, int(branch)] += 1
    of_move, moves_of = Counter(), defaultdict(set)
    for (here, move, _), times in seen.items():
        of_move[here, move] += times
        moves_of[here].add(move)
    value = dict.fromkeys(moves_of, 0.0)

    def gain(here, branch):
        after = int(rows.follow[here, branch])
        paid = rows.turns.reward[here, branch]
        return paid + world.discount * value.get(after, 0.0)

    for _ in range(credit.SWEEPS):
        new = dict.fromkeys(value, 0.0)
        for (here, move, branch), times in seen.items():
            odds = policy[here, move] / sum(policy[here, m] for m in moves_of[here])
            new[here] += odds * times / of_move[here, move] * gain(here, branch)
        value = new
    given, visits = np.zeros(policy.shape), np.zeros(len(policy))
    for (here, move, branch), times in seen.items():
        given[here, move] += times * (gain(here, branch) - value[here])
        visits[here] += times
    return given, visits


def _softmax(logits: np.ndarray) -> np.ndarray:
    odds = np.exp(logits)
    return odds / odds.sum(-1, keepdims=True)


def _slope(given: np.ndarray, policy: np.ndarray) -> np.ndarray:
    return given - policy * given.sum(-1, keepdims=True)

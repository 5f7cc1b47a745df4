"""Gradients: by finite differences, by the tables, and on average."""

from __future__ import annotations

import numpy as np
import pytest

import robustkit as rk
from robustkit import mdp
from robustkit.agents import convolution, credit


def test_backward_agrees_with_finite_differences():
    rng = np.random.default_rng(0)
    weights = convolution.initial_weights(5, 4, 6, rng)
    weights = {name: w.astype(float) for name, w in weights.items()}
    weights["bias"] += rng.normal(size=6)
    seen, push = rng.normal(size=(2, 5, 6, 5)), rng.normal(size=(2, 3, 4, 4))

    def value() -> float:
        return float((convolution.forward(weights, seen, 4)[0] * push).sum())

    tape = convolution.forward(weights, seen, 4)[1]
    gradient = convolution.backward(weights, tape, push)
    for name, array in weights.items():
        for index in list(np.ndindex(array.shape))[:: max(1, array.size // 20)]:
            old = array[index]
            array[index] = old + 1e-6
            above = value()
            array[index] = old - 1e-6
            slope = (above - value()) / 2e-6
            array[index] = old
            assert slope == pytest.approx(gradient[name][index], rel=1e-5, abs=1e-7)


@pytest.fixture(scope="module")
def small():
    return rk.make("cheese", size=5, layouts=4)


def test_exact_credit_is_the_slope_of_base_return(small):
    levels = small.sample(3, goal=1, seed=1)
    tables = levels.tables()
    rng = np.random.default_rng(2)
    logits = rng.normal(size=tables.shape)
    start = np.zeros(tables.shape[:2])
    start[:, :-1] = levels.vacant / levels.vacant.sum(1, keepdims=True)

    def returns(logits: np.ndarray) -> float:
        values = mdp.evaluate(tables, _softmax(logits))[..., 0]
        return float((start * values).sum())

    policy = _softmax(logits)
    given, _ = credit.exact_credit(levels, policy, rng, 0, 0)
    gradient = _slope(given, policy)
    for index in zip(*(rng.integers(k, size=40) for k in tables.shape), strict=True):
        step = np.zeros(tables.shape)
        step[index] = 1e-6
        slope = (returns(logits + step) - returns(logits - step)) / 2e-6
        assert slope == pytest.approx(gradient[index], abs=1e-7)


def test_sampled_credit_is_right_on_average(small):
    levels = small.sample(2, goal=1, seed=4)
    tables = levels.tables()
    rng = np.random.default_rng(5)
    policy = _softmax(rng.normal(size=tables.shape))
    draws = np.stack([
        _slope(credit.sampled_credit(levels, policy, rng, 4, 6)[0], policy)
        for _ in range(4000)
    ])  # fmt: skip
    expected = 4 * _slope(_expected_credit(levels, policy, 6), policy)
    error = draws.std(0) / np.sqrt(len(draws))
    off = np.abs(draws.mean(0) - expected) / np.maximum(error, 1e-9)
    assert off[error > 0].max() < 4.5
    assert np.allclose(expected[error == 0], 0)


def _softmax(logits: np.ndarray) -> np.ndarray:
    odds = np.exp(logits)
    return odds / odds.sum(-1, keepdims=True)


def _slope(given: np.ndarray, policy: np.ndarray) -> np.ndarray:
    return given - policy * given.sum(-1, keepdims=True)


def _expected_credit(levels, policy: np.ndarray, horizon: int) -> np.ndarray:
    """Return Σ_t P(s_t = s) π(a|s) Q(s, a, horizon - t), by dynamic programming."""
    tables = levels.tables()
    total = np.zeros(tables.shape)
    for level in range(len(tables)):
        follow, pay = tables.next_state[level], tables.rewards[level, ..., 0]
        worth = [np.zeros(tables.shape[1])]
        for _ in range(horizon):
            gain = pay + tables.discount * worth[-1][follow]
            worth.append((policy[level] * gain).sum(-1))
        here = np.zeros(tables.shape[1])
        here[:-1] = levels.vacant[level] / levels.vacant[level].sum()
        for left in range(horizon, 0, -1):
            gain = pay + tables.discount * worth[left - 1][follow]
            flow = (here * tables.live[level])[:, None] * policy[level]
            total[level] += flow * gain
            here = np.bincount(follow.ravel(), flow.ravel(), minlength=len(here))
    return total

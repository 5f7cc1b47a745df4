"""Small Markov decision processes to be tried, and policies in them."""

from __future__ import annotations

from functools import cache

import numpy as np
import oracles
from hypothesis import strategies as st

import robustkit as rk
from robustkit import mdp
from robustkit.mdp import Tables

CLOSE = 1e-6


@cache
def world(size=5, ends="first"):
    return rk.make("cheese", size=size, ends=ends, layouts=8)


def halfway(name, n, seed):
    """Return levels half-way along the shifts of goal and layout that a world has."""
    one = rk.make(name)
    where = {shift: 0.5 for shift in ("goal", "layout") if shift in one.shifts}
    return one.sample(n, **where, seed=seed)


def random_tables(rng, levels, states, actions, objectives, discount, absorbing):
    """Return random MDPs; rewards are whole numbers, so that moves are often tied."""
    next_state = rng.integers(states, size=(levels, states, actions)).astype(np.int32)
    events = rng.random((levels, states, actions, 3)) < 0.3
    if absorbing:
        next_state[:, -1], events[:, -1] = states - 1, False
    pays = rng.integers(-2, 3, (3, objectives)).astype(float)
    return Tables(
        next_state,
        events,
        events @ pays,
        rng.integers(states, size=levels),
        tuple(f"objective {g}" for g in range(objectives)),
        ("a", "b", "c"),
        discount,
        rng.uniform(0.5, 2, objectives),
    )


@st.composite
def small_tables(draw):
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    return random_tables(
        rng,
        draw(st.integers(1, 3)),
        draw(st.integers(2, 6)),
        draw(st.integers(1, 4)),
        draw(st.integers(1, 3)),
        draw(st.sampled_from([0.5, 0.8, 0.9])),
        draw(st.booleans()),
    )


@st.composite
def level_tables(draw):
    """Tables of two levels of a small world, at any shift."""
    size, ends = draw(st.sampled_from([(5, "first"), (5, "base"), (7, "first")]))
    goal = draw(st.sampled_from([0, 0.5, "anywhere", 1]))
    layout = draw(st.sampled_from([0, 1]))
    seed = draw(st.integers(0, 1000))
    return world(size, ends).sample(2, goal, layout, seed=seed).tables()


some_tables = st.one_of(small_tables(), level_tables())
seeds = st.integers(0, 2**32)


def random_policy(tables, seed):
    """Return a policy with all kinds of probabilities, 0 and 1 among them."""
    rng = np.random.default_rng(seed)
    drawn = rng.random(tables.shape) ** 3 * (rng.random(tables.shape) < 0.7)
    drawn[..., 0] += drawn.sum(-1) == 0
    return drawn / drawn.sum(-1, keepdims=True)


def as_dict(policy, level):
    return dict(enumerate(policy[level].tolist()))


def one_objective(count, g):
    return [float(g == h) for h in range(count)]


def slow_values(tables, policy):
    """[levels, states, objectives]."""
    count = len(tables.objectives)
    values = np.zeros((*tables.shape[:2], count))
    for level in range(len(tables)):
        problem = oracles.problem(tables, level)
        for g in range(count):
            reward = problem.reward(one_objective(count, g))
            found = oracles.policy_values(problem, as_dict(policy, level), reward)
            values[level, :, g] = [found[s] for s in problem.states]
    return values


def soft_policies(tables, reward, temperature, sweeps):
    """Return soft plans [columns, levels, states, actions]; at random where not live.

    reward: [levels, states, branches, columns].
    """
    rows = mdp.Sweep.of(tables, tables.live)
    pay = rows.expect(reward[tables.live])
    found = mdp.soft_plan(rows, pay, temperature, sweeps)
    return rows.table(found, 1 / tables.shape[2])


def corridor(length, discount):
    """Return a row of cells; the move right out of the last but one pays 1 and ends."""
    here = np.arange(length)
    right = np.minimum(here + 1, length - 1)
    left = np.where(here == length - 1, here, np.maximum(here - 1, 0))
    next_state = np.stack([right, left], 1)[None].astype(np.int32)
    events = np.zeros((1, length, 2, 1), bool)
    events[0, length - 2, 0, 0] = True
    return Tables(
        next_state,
        events,
        events.astype(float),
        np.array([0]),
        ("goal",),
        ("goal",),
        discount,
        np.ones(1),
    )

"""Levels, policies and slow visits for the groundings that read moves."""

from __future__ import annotations

from functools import cache

import numpy as np

import robustkit as rk
from robustkit import mdp
from robustkit.metrics import Conventions

CLOSE = 1e-8
FEW = Conventions(
    noises=(0.05, 0.3), temperatures=(0.5, 2.0), betas=(0.5, 4.0), resamples=20
)


@cache
def world(size=7):
    return rk.make("cheese", size=size)


@cache
def shifted(n=24, size=7):
    return world(size).sample(n, goal="anywhere", seed=3)


@cache
def cheese():
    return rk.make("cheese")


@cache
def many(n=96):
    return cheese().sample(n, goal="anywhere", seed=1)


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

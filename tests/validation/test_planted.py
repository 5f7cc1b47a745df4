"""Objectives added for planted agents."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

import robustkit as rk
from robustkit import mdp
from robustkit.validation.planted import with_cell


@cache
def cheese():
    return rk.make("cheese")


@cache
def shifted(n=96):
    return cheese().sample(n, goal=1.0, seed=1)


def test_an_objective_added_for_a_cell_is_worth_as_much_as_the_others():
    tables = shifted(16).tables()
    wider = with_cell(tables, np.random.default_rng(0))
    best = mdp.at_start(wider, mdp.optimal_values(wider, [[0, 0, 1]]))[:, 0]
    best *= wider.scale[2]
    random = mdp.start_values(wider, mdp.uniform_policy(wider))[:, 2]
    assert (best - random).mean() == pytest.approx(wider.scale[2])

"""Mixtures, and policies that are none."""

from __future__ import annotations

import numpy as np
import pytest
from problems import (
    world,
)

from robustkit import mdp


def test_mixtures_are_read_by_name():
    tables = world().sample(1).tables()
    assert tables.mixture("base").tolist() == [1, 0]
    assert tables.mixture("corner").tolist() == [0, 1]
    assert tables.mixture({"base": 0.25, "corner": 0.75}).tolist() == [0.25, 0.75]


@pytest.mark.parametrize("weights", ["chese", {"chese": 1.0}])
def test_unknown_objective_lists_the_known_ones(weights):
    tables = world().sample(1).tables()
    with pytest.raises(ValueError, match=r"chese.*cheese.*corner"):
        tables.mixture(weights)


@pytest.mark.parametrize("weight", [float("nan"), float("inf"), "much", None])
def test_a_weight_must_be_a_number(weight):
    tables = world().sample(1).tables()
    with pytest.raises(ValueError, match=str(weight)):
        tables.mixture({"cheese": weight})


def with_value(value):
    def change(policy):
        policy[0, 0, 0] = value

    return change


BROKEN = {
    "NaN": (with_value(np.nan), "nan"),
    "infinite": (with_value(np.inf), "inf"),
    "negative": (with_value(-0.25), "-0.25"),
    "sum": (with_value(0.5), "1.25"),
    "a little off": (with_value(0.25 + 1e-5), "1.00001"),
}


@pytest.mark.parametrize("use", ["evaluate", "occupancy", "rollout", "check_policy"])
@pytest.mark.parametrize("kind", BROKEN)
def test_a_policy_that_is_none_is_refused_by_name_and_value(use, kind):
    tables = world().sample(2).tables()
    policy = mdp.uniform_policy(tables)
    breaks, value = BROKEN[kind]
    breaks(policy)
    uses = {
        "evaluate": lambda: mdp.evaluate(tables, policy),
        "occupancy": lambda: mdp.occupancy(tables, policy),
        "rollout": lambda: mdp.rollout(tables, policy, 3, np.random.default_rng(0)),
        "check_policy": lambda: mdp.check_policy(policy, tables),
    }
    with pytest.raises(ValueError, match="policy") as error:
        uses[use]()
    assert value in str(error.value).lower()


@pytest.mark.parametrize("shape", [(2, 26), (1, 26, 4), (2, 25, 4), (2, 26, 3), (0,)])
def test_a_policy_of_the_wrong_shape_is_refused_with_its_shape(shape):
    tables = world().sample(2).tables()
    with pytest.raises(ValueError, match="policy") as error:
        mdp.evaluate(tables, np.full(shape, 0.25))
    assert str(shape) in str(error.value)
    assert "(2, 26, 4)" in str(error.value)


@pytest.mark.parametrize("given_", ["left", None, [[["a"]]], [[1, 2], [3]]])
def test_a_policy_that_holds_no_numbers_is_refused(given_):
    tables = world().sample(2).tables()
    with pytest.raises(ValueError, match="policy"):
        mdp.evaluate(tables, given_)


def test_rounding_does_not_make_a_policy_none():
    tables = world().sample(2).tables()
    policy = mdp.uniform_policy(tables) + 1e-8
    assert mdp.check_policy(policy.astype(np.float32), tables).dtype == np.float64

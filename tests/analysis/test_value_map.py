"""What capability is worth, for every goal."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import robustkit as rk


def test_more_competence_earns_more_for_the_base_goal_and_less_for_harm():
    found = rk.value_map(rk.make("switch"), n=24, points=4)
    assert (np.diff(found.scores[-1]) > 0).all()
    assert found.scores[-1, -1] == pytest.approx(1)
    assert (np.diff(found.scores[0]) < 0).all()
    assert found.scores[:, 0] == pytest.approx(0, abs=1e-9)
    assert 0 < found.turning < 1
    picture = found.figure()
    assert "more competence earns less" in picture.alt
    assert picture.table == found.table()


def test_a_value_map_holds_what_planners_read():
    world = rk.make("cheese")
    found = rk.value_map(world, n=24, points=3)
    levels = world.sample(24, goal=1.0)
    half = rk.plan(world, {"cheese": 0.5, "corner": 0.5}, noise=0.5)
    assert found.scores[1, 1] == pytest.approx(rk.measure(half, levels).scalar.value)


def test_a_value_map_is_a_table_too():
    found = replace(
        rk.value_map(rk.make("dish"), n=4, points=2),
        scores=np.array([[0.0, -0.001], [-0.0, 0.996]]),
    )
    assert found.table().splitlines() == [
        "share of base  competence  0.00   1.00",
        "         0.00              0.00   0.00",
        "         1.00              0.00   1.00",
    ]


@pytest.mark.parametrize(
    ("name", "change", "said"),
    [
        ("lava", {}, "with a proxy"),
        ("cheese", {"proxy": "moon"}, "proxy='moon'"),
        ("cheese", {"points": 1}, "points=1"),
        ("cheese", {"goal": -1}, "goal=-1"),
    ],
)
def test_a_value_map_of_what_has_none_is_refused(name, change, said):
    with pytest.raises(ValueError, match=said):
        rk.value_map(rk.make(name), **change)

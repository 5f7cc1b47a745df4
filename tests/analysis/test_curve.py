"""What a drop along a curve is due to, and what training leaves open of it."""

from __future__ import annotations

import numpy as np
import pytest
from explained import CLOSE, world

import robustkit as rk
from robustkit import metrics


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

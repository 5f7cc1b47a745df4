"""What training behaviour leaves open."""

from __future__ import annotations

import pytest
from explained import CLOSE, world

import robustkit as rk


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

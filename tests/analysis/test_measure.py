"""What cannot be measured is refused; what a drop is due to; what training leaves."""

from __future__ import annotations

import numpy as np
import pytest
from explained import CLOSE
from explained import world as large
from problems import world

import robustkit as rk
from robustkit import metrics


def levels_of(n):
    return world(5).sample(4)[:n]


@pytest.mark.parametrize(
    ("name", "change"),
    [
        (r"'polr'.*allowed: polar.*Did you mean", {"grounding": "polr"}),
        ("seed", {"seed": -1}),
        ("seed", {"seed": 0.5}),
        ("levels", {"levels": "all"}),
        ("levels", {"levels": levels_of(0)}),
        ("levels", {"levels": levels_of(4).tables()}),
    ],
)
def test_what_cannot_be_measured_is_refused_by_name(name, change):
    arguments = {"agent": rk.plan(world(5)), "levels": levels_of(4)} | change
    with pytest.raises(ValueError, match=name):
        rk.measure(**arguments)


@pytest.mark.parametrize(
    ("policy", "said"),
    [
        (np.full((4, 26, 4), np.nan), "nan"),
        (np.full((4, 26, 4), 0.3), "1.2"),
        (np.full((3, 26, 4), 0.25), "(3, 26, 4)"),
        (np.full((4, 26, 4), -0.25), "-0.25"),
    ],
)
def test_a_policy_that_is_none_is_refused_by_value(policy, said):
    with pytest.raises(ValueError, match="policy") as error:
        rk.measure(policy, levels_of(4))
    assert said in str(error.value).lower()


@pytest.mark.parametrize("agent", ["network", None, 3])
def test_what_is_no_agent_is_refused(agent):
    with pytest.raises(ValueError, match=r"policy|agent"):
        rk.measure(agent, levels_of(4))
    with pytest.raises(ValueError, match="agent"):
        rk.path(agent, world(5), goal=[0, 1], n=4)


def test_levels_of_another_world_are_refused():
    with pytest.raises(ValueError, match="levels are of"):
        rk.measure(rk.plan(world(5)), world(5, "base").sample(4))


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("goal", {"goal": [0, 1.5]}),
        ("goal", {"goal": float("nan")}),
        ("goal", {"goal": []}),
        ("goal", {"goal": [[0, 1]]}),
        ("goal", {"goal": "half"}),
        ("layout", {"layout": [-0.1]}),
        ("layout", {"layout": [0.1, 0.2, 0.3]}),
        ("n", {"n": 0}),
        ("n", {"n": 2.5}),
        ("seed", {"seed": -1}),
        ("world", {"world": "cheese"}),
    ],
)
def test_a_path_out_of_range_is_refused_by_name(name, change):
    arguments = {"agent": rk.plan(world(5)), "world": world(5), "goal": [0, 1]}
    with pytest.raises(ValueError, match=name):
        rk.path(**arguments | change)


# What is a number


def test_numbers_of_numpy_are_as_good_as_pythons():
    made = metrics.Conventions(
        resamples=np.int64(50),
        points=5.0,
        rho=np.float32(0.25),
        noises=(np.array(0.5),),
    )
    plain = metrics.Conventions(resamples=50, points=5, rho=0.25, noises=(0.5,))
    assert repr(made) == repr(plain)
    agent = rk.plan(world(5), noise=0.5)

    def said(seed, count, half):
        yield str(rk.measure(agent, levels_of(4), seed=seed, episodes=count))
        yield str(rk.path(agent, world(5), goal=half, n=count, seed=seed)[0])
        yield str(rk.forecast(agent, world(5), goal=half, n=count, seed=seed))
        yield str(rk.population([agent], levels_of(4), seed=seed))

    ours = said(np.int8(2), np.array(4), np.float32(0.5))
    assert list(ours) == list(said(2, 4, 0.5))


# Curves and forecasts


@pytest.mark.parametrize("grounding", metrics.GROUNDINGS)
def test_the_drop_splits_into_its_parts(grounding):
    goals = np.linspace(0, 1, 6)
    for agent in (rk.plan(large(), "corner", noise=0.3), rk.device("stay", large())):
        path = rk.path(agent, large(), goal=goals, n=24, grounding=grounding)
        split = path.attribute()
        total = split.capability + split.alignment + split.remainder
        assert total == pytest.approx(np.diff(path.scalar))
        if grounding == "polar":
            assert np.abs(split.remainder).max() < 1e-9


def test_the_split_blames_the_goal_of_one_and_the_skill_of_another():
    seeker = rk.path(rk.plan(large(), "corner"), large(), goal=[0, "anywhere"], n=48)
    split = seeker.attribute()
    assert split.alignment.sum() < -0.8
    assert abs(split.capability.sum()) < 0.01
    assert "due to capability" in str(split)
    memoriser = rk.train("memoriser", large(9), seed=0)
    ever_more = {"goal": "anywhere", "share": np.linspace(0, 1, 11)}
    lost = rk.path(memoriser, large(9), **ever_more, n=48).attribute()
    assert lost.capability.sum() < 10 * lost.alignment.sum() < 0


def test_a_forecast_holds_what_any_goal_that_fits_earns():
    agent = rk.plan(large(9), "corner")
    forecast = rk.forecast(agent, large(9), n=64)
    assert len(forecast.fitting) == 11
    for share in (1.0, 0.5, 0.0):
        other = rk.plan(large(9), {"cheese": share, "corner": 1 - share})
        scalar = rk.path(other, large(9), goal="anywhere", n=64)[0].scalar.value
        assert forecast.low - CLOSE <= scalar <= forecast.high + CLOSE
    assert forecast.high == pytest.approx(1)
    assert forecast.low < 0
    assert "earns" in str(forecast)


def test_a_forecast_is_refused_where_nothing_can_be_planned():
    big = rk.make("monsters", size=7)
    with pytest.raises(ValueError, match="cannot be planned in"):
        rk.forecast(rk.plan(big), big)
    with pytest.raises(ValueError, match="goal=2"):
        rk.forecast(rk.plan(large()), large(), goal=2)

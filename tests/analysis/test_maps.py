"""Maps: what competence is worth by goal, and what rewards of two things score."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import robustkit as rk
from robustkit.agents.searcher import Searcher, SearcherSettings


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
    levels = world.sample(24, goal="anywhere")
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


@pytest.fixture(scope="module")
def wishes():
    return rk.mesa_map(rk.make("cheese"), ("cheese", "hole"), points=7, n=32)


def test_a_map_holds_what_searchers_with_such_rewards_score(wishes):
    world, names = wishes.world, ["cheese", "hole"]
    agree, part = world.strata(32)[:2]
    known = list(rk.train("searcher", world, generations=1).mesa_objective)
    for up, across in ((6, 6), (1, 5), (5, 1), (3, 3)):
        reward = np.zeros(len(known))
        reward[known.index(names[0])] = wishes.weights[across]
        reward[known.index(names[1])] = wishes.weights[up]
        agent = Searcher(
            world=world, name="one", settings=SearcherSettings().plain(), reward=reward
        )
        for levels, scores in ((agree, wishes.training), (part, wishes.shifted)):
            scalar = rk.measure(agent, levels).scalar.value
            assert scores[up, across] == pytest.approx(scalar, abs=1e-6)


def test_in_training_only_the_sum_of_both_weights_counts(wishes):
    sums = wishes.weights + wishes.weights[:, None]
    for value in np.unique(sums.round(9)):
        alike = wishes.training[np.isclose(sums, value)]
        assert np.ptp(alike) < 0.02
    assert wishes.training[sums > 1].min() > 0.95
    assert wishes.training[sums < -0.5].max() < 0.05


def test_what_training_cannot_tell_apart_comes_apart_after_the_shift(wishes):
    shifted = wishes.shifted[wishes.same]
    assert shifted.max() > 0.9
    assert shifted.min() < 0.1
    assert f"{wishes.same.mean():.0%} of these rewards" in str(wishes)


def test_a_map_is_drawn_with_searchers_on_it(wishes):
    stages = rk.train("searcher", wishes.world, generations=3, snapshots=[1, 3])
    across, up = wishes.place(stages[1])
    assert (across, up) == (
        stages[1].mesa_objective["cheese"],
        stages[1].mesa_objective["hole"],
    )
    picture = wishes.figure([stages])
    assert picture.alt == f"Rewards for cheese and hole. {wishes}."
    assert picture.legends[0].get_texts()[0].get_text() == "searcher 0"
    assert picture.png().startswith(b"\x89PNG")
    trail = picture.axes[0].lines[0]
    assert trail.get_xdata()[-1] == across


@pytest.mark.parametrize(
    ("features", "points", "said"),
    [
        (("cheese", "dish"), 7, "feature='dish'"),
        (("cheese", "cheese"), 7, "features=.*allowed: two of cheese, hole"),
        (("cheese",), 7, "features="),
        (("cheese", "hole"), 4, "points=4.*odd"),
    ],
)
def test_a_bad_map_is_named(features, points, said):
    with pytest.raises(ValueError, match=said):
        rk.mesa_map(rk.make("cheese"), features, points)

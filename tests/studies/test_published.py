"""The published studies again: conditions, seeds, what comes out."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import robustkit as rk
from robustkit.agents import RECIPES
from robustkit.figures.picture import Picture
from robustkit.metrics.population import rank_correlation
from robustkit.studies.cases import STUDIES, Case, vary
from robustkit.studies.found import OUTCOMES, mean_over_seeds
from robustkit.studies.published import reached


@pytest.fixture(scope="module")
def study():
    """Run a small study by the same way as the large ones."""
    small = rk.make("cheese", size=7, layouts=8)
    conditions = {
        f"{x:g}": (small, "searcher", {"diversity": x, "generations": 5})
        for x in (0.0, 0.5)
    }
    plan = vary("share", conditions, 3)
    case = Case("What does diversity do?", "nobody", "nothing", plan)
    STUDIES["small"] = lambda: case
    yield rk.reproduce("small")
    del STUDIES["small"]


def test_a_study_holds_an_agent_for_each_condition_and_seed(study):
    assert study.labels == ["0", "0.5"]
    assert study.seeds == [0, 1, 2]
    assert study.training.shape == study.alignment.shape == (2, 3)
    assert study.reached.shape == (2, 3, len(OUTCOMES))
    np.testing.assert_allclose(study.reached.sum(-1), 1)
    for row, share in zip(study.agents, (0.0, 0.5), strict=True):
        assert [agent.settings["seed"] for agent in row] == [0, 1, 2]
        assert {agent.settings["diversity"] for agent in row} == {share}


def test_a_study_measures_what_measure_measures(study):
    agent = study.agents[1][2]
    n = study.case.plan.n
    (reading,) = rk.path(agent, agent.world, goal="anywhere", n=n)
    assert study.scalar[1, 2] == pytest.approx(reading.scalar.value)
    assert study.capability[1, 2] == pytest.approx(reading.capability.value)
    assert study.alignment[1, 2] == pytest.approx(reading.alignment.value)


def test_training_is_measured_where_an_agent_was_trained(study):
    """Half of the levels of the second condition have the cheese anywhere."""
    agent = study.agents[1][0]
    where = {"goal": "anywhere", "share": 0.5}
    (reading,) = rk.path(agent, agent.world, **where, n=study.case.plan.n)
    assert study.training[1, 0] == pytest.approx(reading.scalar.value)


def test_a_case_of_a_world_without_a_goal_shift_is_refused():
    with pytest.raises(ValueError, match="'lava' cannot be measured at: goal='anywh"):
        vary("recipe", {"one": (rk.make("lava"), "network", {})}, 3)


def test_corner_size_is_measured_on_the_published_test(monkeypatch):
    """The cheese anywhere in the maze, whatever the region in training."""
    honest = STUDIES["corner_size"]()
    assert honest.test is not None
    one = {"2": (rk.make("cheese", size=7, region=2), "searcher", {"generations": 2})}
    case = Case("?", "", "", vary("region", one, 2), test=honest.test)
    monkeypatch.setitem(STUDIES, "small", lambda: case)
    found = rk.reproduce("small", seeds=1)
    agent = found.agents[0][0]
    levels = agent.world.published_test(case.plan.n)
    assert found.scalar[0, 0] == rk.measure(agent, levels).scalar.value
    # Where a random walk is at 0 and the optimum at 1: theirs earned .158 and .882.
    first, last = [0.13, 0.19, 0.26, 0.34, 0.461, 0.517], [0.678, 0.675, 0.691]
    scaled = (np.array([*first, 0.634, 0.658, *last]) - 0.158) / 0.724
    assert [y for _, y in honest.shape] == pytest.approx(scaled.tolist())


@pytest.mark.slow
def test_levels_that_tell_the_objectives_apart_help(study):
    assert study.scalar[1].mean() > 0.9
    assert study.scalar[1].mean() > study.scalar[0].mean()


def test_a_study_as_text_and_as_a_picture(study):
    lines = str(study).splitlines()
    assert lines[0] == "by share"
    assert lines[1].split()[:2] == ["training", "scalar"]
    assert lines[2].startswith("0 ")
    assert f"{study.scalar[1].mean():.2f} [" in lines[3]
    assert "3 seeds each; published: nothing" in lines[4]
    assert max(map(len, lines)) <= 107  # of a cell of JupyterLab on a laptop
    plane = study.plane()
    assert plane.table.splitlines()[1].startswith("share")
    assert "share: 0 (" in plane.alt
    picture = study.figure()
    assert isinstance(picture, Picture)
    assert picture.table == str(study)
    assert f"0.5: {study.alignment[1].mean():.2f}" in picture.alt
    assert "What does diversity do? After nobody" in picture.alt
    assert len(picture.axes) == 3
    assert picture.png().startswith(b"\x89PNG")


def test_intervals_over_seeds_hold_the_mean_and_leave_out_what_is_unknown():
    values = np.array([[0.1, 0.5, 0.9], [0.3, np.nan, 0.3], [np.nan] * 3])
    middle, low, high = mean_over_seeds(values).T
    np.testing.assert_allclose(middle[:2], [0.5, 0.3])
    assert low[0] < 0.5 < high[0]
    assert low[0] >= 0.1
    assert high[0] <= 0.9
    np.testing.assert_allclose([low[1], high[1]], 0.3)
    assert np.isnan([middle[2], low[2], high[2]]).all()


def test_an_interval_over_seeds_covers_the_truth_about_as_often_as_it_says():
    rng = np.random.default_rng(0)
    _, low, high = mean_over_seeds(rng.normal(0.4, 0.1, (400, 30))).T
    covered = ((low < 0.4) & (high > 0.4)).mean()
    assert 0.9 < covered < 0.98


def test_agents_that_did_not_learn_are_named(study):
    training = study.training.copy()
    training[1, 0] = 0.3
    failing = replace(study, training=training)
    assert failing.failed == [("0.5", 0)]
    assert "did not learn (training below 0.8): 0.5 (seed 0)" in str(failing)


def test_wishes_go_with_alignment(study):
    lines = study.wishes().splitlines()[1:]
    found = {line[:16].strip(): float(line[16:]) for line in lines}
    assert set(found) == set(study.agents[0][0].mesa_objective)
    assert all(-1 <= value <= 1 for value in found.values())


def test_ranks_correlate():
    one = np.array([1.0, 2.0, 5.0, 9.0])
    assert rank_correlation(one, one**3) == pytest.approx(1)
    assert rank_correlation(one, -one) == pytest.approx(-1)
    tied = np.array([3.0, 3.0, 3.0, 9.0])  # as the largest weights of searchers are
    mean = np.corrcoef([1, 2, 3, 4], [2, 2, 2, 4])[0, 1]
    assert rank_correlation(one, tied) == pytest.approx(mean)
    assert np.isnan(rank_correlation(one, np.ones(4)))


@pytest.mark.parametrize(
    ("wants", "expected"), [("cheese", (1, 0, 0)), ("corner", (0, 1, 0))]
)
def test_planners_reach_what_they_want(wants, expected):
    world = rk.make("cheese")
    levels = world.strata(64, seed=2)[1]
    shares = reached(rk.plan(world, wants), levels)
    np.testing.assert_allclose(shares, expected, atol=0.35)
    assert np.argmax(shares) == np.argmax(expected)
    assert np.isnan(reached(rk.plan(rk.make("lava")), rk.make("lava").sample(2))).all()


def test_every_study_says_what_it_varies_and_can_be_run():
    published = {name: case for name, case in STUDIES.items() if name != "small"}
    assert len(published) == 9
    for make_case in published.values():
        case = make_case()
        assert case.question.endswith("?")
        assert case.published
        assert len(case.plan.seeds) >= 6
        assert case.question in case.title
        for condition in case.plan.conditions.values():
            world = rk.make(condition.world, **condition.world_options)
            recipe = RECIPES[condition.recipe]
            assert recipe.resolve_settings(world, 0, condition.training).seed == 0


def test_stages_of_one_training_are_the_conditions(monkeypatch):
    one = rk.make("cheese", size=7, layouts=4), "searcher", {"generations": 4}
    plan = vary("generations", {"": one}, 8)
    case = Case("When?", "nobody", "never", plan, stages=(1, 4))
    monkeypatch.setitem(STUDIES, "small", lambda: case)
    study = rk.reproduce("small", seeds=[0, 5])
    assert study.labels == ["1", "4"]
    assert [agent.name for agent in study.agents[1]] == [
        "searcher 0, step 4",
        "searcher 5, step 4",
    ]


def test_an_unknown_study_is_named():
    with pytest.raises(ValueError, match=r"study='lotery'.*Did you mean 'lottery'"):
        rk.reproduce("lotery")

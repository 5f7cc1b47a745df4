"""Ways of choosing levels, side by side: what the study of regret shows."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import robustkit as rk
from robustkit.agents import choice
from robustkit.agents.rows import Rows
from robustkit.analysis.curve import evaluate_on
from robustkit.figures.shares import by_share
from robustkit.studies.cases import STUDIES, Case, side_by_side, vary
from robustkit.studies.choosing import Choosing
from robustkit.studies.found import mean_over_seeds

ROWS, SHARES = ("uniform", "regret"), (0.0, 0.2)
QUICK = {"updates": 30, "levels": 4, "agents": 16, "pool": 64}


@pytest.fixture(scope="module")
def study():
    """Run a small study by the same way as the large one."""
    worlds = {
        rk.make("cheese", size=7, layouts=8): QUICK,
        rk.make("dish", size=7, layouts=8): QUICK,
    }
    plan = replace(vary("share", side_by_side(worlds, ROWS, SHARES), 2), n=32)
    case = Case("Does it help?", "nobody", "nothing", plan, rows=ROWS)
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(STUDIES, "small", lambda: case)
        yield rk.reproduce("small")


def test_every_world_row_and_share_has_its_place(study):
    assert isinstance(study, Choosing)
    assert (study.worlds, study.shares) == (["cheese", "dish"], [0.0, 0.2])
    found = study.by_row(study.alignment)
    assert found.shape == (2, 2, 2, 2)
    np.testing.assert_array_equal(found.reshape(8, 2), study.alignment)
    row = 0
    for world in study.worlds:
        for how in ROWS:
            for share in SHARES:
                for seed, agent in enumerate(study.agents[row]):
                    asked = agent.settings
                    assert agent.world.name == world
                    assert (asked["choice"], asked["diversity"]) == (how, share)
                    assert asked["seed"] == seed
                row += 1


def test_what_is_gained_is_paired_by_seed(study):
    first, second = study.by_row(study.capability)[1]
    expected = mean_over_seeds(second - first)
    np.testing.assert_allclose(study.gain("capability")[1], expected)


def test_the_worst_level_is_the_one_with_most_regret(study):
    agent = study.agents[3][1]
    where = {"goal": "anywhere"}
    (found,) = evaluate_on([agent], agent.world, study.case.plan.n, places=[where])
    lost = [
        (each.base_headroom - each.improvement).max()
        for each in found.evidence
        if each is not None
    ]
    assert study.regret[3, 1] == pytest.approx(max(lost) / agent.world.scale[0])
    assert (study.regret > 0).all()


def test_the_table_says_it_by_world_share_and_row(study):
    lines = str(study).splitlines()
    assert lines[0] == "by share, goal shifted anywhere"
    where = lines.index("dish")
    head, *block = lines[where + 1 : where + 8]
    assert head.split()[:4] == ["share", "levels", "telling", "alignment"]
    assert [line.split()[:2] for line in block[:2]] == [["0", row] for row in ROWS]
    assert block[3].split()[:3] == ["0.2", "uniform", f"{study.telling[5].mean():.3f}"]
    mean = study.capability[7].mean()
    assert f"{mean:.2f}" in block[4]
    assert block[5].split()[0] == "gain"
    assert "Published: nothing." in " ".join(lines)
    assert max(map(len, lines)) <= 107  # of a cell of JupyterLab on a laptop


def test_telling_levels_are_counted_over_the_whole_training(study):
    np.testing.assert_array_equal(study.telling[[0, 2, 4, 6]], 0)
    agent = study.agents[3][0]
    assert study.telling[3, 0] == agent.telling.mean() > 0


def test_the_figure_has_a_panel_for_each_world(study):
    picture = study.figure()
    assert [axes.get_title() for axes in picture.axes] == ["cheese", "dish"]
    assert picture.table == str(study)
    mean = study.alignment[3].mean()
    assert "Mean alignment in cheese, regret: 0 %: " in picture.alt
    assert f"20 %: {mean:.2f}." in picture.alt or np.isnan(mean)
    assert "Mean capability in dish, uniform" in picture.alt
    at, ticks = picture.axes[0].get_xticks(), picture.axes[0].get_xticklabels()
    assert [tick.get_text() for tick in ticks] == ["0 %", "20 %"]
    assert at[0] < at[1] == np.log10(0.2)


def test_every_way_of_choosing_has_a_marker_of_its_own():
    count = len(choice.CHOICES)
    values, means = np.zeros((1, count, 2, 2)), np.zeros((1, count, 2, 3))
    each = by_share(
        ["cheese"], choice.CHOICES, SHARES, {"A": values}, {"A": means}, "share", ""
    )
    lines = each.legends[0].get_lines()
    assert len({line.get_marker() for line in lines}) == count == 4


def test_the_plane_is_of_one_world(study):
    picture = study.plane("dish")
    assert "uniform: 0 % (" in picture.alt
    assert study.plane().alt != picture.alt
    with pytest.raises(ValueError, match="world='keys' is not known; allowed: cheese"):
        study.plane("keys")


def test_the_study_of_regret_is_as_published():
    case = STUDIES["regret"]()
    plan = case.plan
    assert case.rows == ROWS
    assert len(plan.seeds) == 10
    assert len(plan.conditions) == 3 * 2 * 6
    shares = sorted({c.diversity for c in plan.conditions.values()})
    assert shares == [0, 0.001, 0.003, 0.01, 0.03, 0.1]
    assert {c.world for c in plan.conditions.values()} == {"cheese", "dish", "keys"}


# What the study is said to show, over its ten seeds. All 360 networks would take five
# minutes: two shares stand for the six.


def over_ten_seeds(world, shares):
    """Return what the study finds in one of its worlds, at some of its shares."""
    case = STUDIES["regret"]()
    some = {
        label: condition
        for label, condition in case.plan.conditions.items()
        if condition.world == world and condition.diversity in shares
    }
    fewer = replace(case, plan=replace(case.plan, conditions=some))
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(STUDIES, "some", lambda: fewer)
        return rk.reproduce("some")


def standing_out(world, seed, **options):
    """Return how often a telling level has more regret than one of training does.

    Of a network that has met none of them, a hundred updates into its training.
    """
    (agent,) = rk.train("network", world, seed, snapshots=[100], **options)

    def regret(levels):
        rows = Rows(levels)
        return choice.regret(None, None, rows, agent.policy(levels)[rows.states], None)

    telling, training = (world.sample(64, goal=g, seed=9) for g in ("anywhere", 0))
    return np.mean(regret(telling)[:, None] > regret(training))


@pytest.mark.slow
def test_in_cheese_regret_finds_the_goal_where_few_levels_tell_and_costs_capability():
    study = over_ten_seeds("cheese", (0.003, 0.01))
    uniform, regret = study.by_row(study.alignment)[0]
    assert uniform[0].max() < 0.2
    assert sum(regret[0] > 0.85) >= 6
    assert np.median(uniform[1]) < 0.5
    assert regret[1].min() > 0.9
    _, low, _ = study.gain("alignment")[0].T
    assert (low > 0).all()
    # The price, where agents of uniform levels walk to the corner as well as ever.
    assert study.gain("capability")[0, 0, 2] < -0.2
    assert study.means("capability")[0, 1, 1, 0] < 0.7
    telling = study.by_row(study.telling.mean(-1))[0]
    assert (telling[1] > 5 * telling[0]).all()


@pytest.mark.slow
def test_in_dish_regret_helps_at_little_cost():
    study = over_ten_seeds("dish", (0.01,))
    assert study.gain("alignment")[0, 0, 1] > 0.1
    assert study.gain("capability")[0, 0, 1] > -0.1
    assert study.gain("scalar")[0, 0, 1] > 0


@pytest.mark.slow
def test_in_keys_a_tenth_of_telling_levels_moves_nothing():
    study = over_ten_seeds("keys", (0.0, 0.1))
    means = study.means("alignment")[0, :, :, 0]
    assert ((means > 0.55) & (means < 0.8)).all()
    assert abs(study.gain("alignment")[0, :, 0]).max() < 0.1


@pytest.mark.slow
def test_telling_levels_stand_out_in_cheese_less_in_dish_and_least_in_keys():
    seeds, half = range(8), {"updates": 200}
    cheese = [standing_out(rk.make("cheese"), seed) for seed in seeds]
    dish = [standing_out(rk.make("dish"), seed) for seed in seeds]
    keys = [standing_out(rk.make("keys", size=7), seed, **half) for seed in seeds]
    assert min(cheese) > 0.99
    assert 0.93 < min(dish) < max(dish) < 0.98
    assert max(keys) < 0.93
    assert np.mean(keys) == pytest.approx(0.856, abs=0.005)

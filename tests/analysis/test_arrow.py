"""Arrows: what changes from agents before a remedy to those after it."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from remembers import Remembers

import robustkit as rk
from robustkit.figures.backdrop import LANE
from robustkit.metrics.paired import mean_change
from robustkit.styles import styles

CHEESE = rk.make("cheese", size=7, layouts=8)
MANY = rk.make("monsters", size=7)  # states, too many to list
N = 16


@cache
def planners():
    """Return four that slip, after the corner and after the cheese."""
    noises = 0.0, 0.1, 0.2, 0.3
    before = [rk.plan(CHEESE, "corner", noise=x) for x in noises]
    return before, [rk.plan(CHEESE, noise=x) for x in noises]


@cache
def found():
    return rk.arrow(*planners(), n=N)


def test_an_arrow_goes_from_training_by_every_grade_to_anywhere():
    goals = [move.goal for move in found().moves]
    assert goals == [0, 0.2, 0.4, 0.6, 0.8, 1, "anywhere"]


@pytest.mark.parametrize("axis", ["scalar", "capability", "alignment"])
def test_its_ends_are_the_means_of_what_path_reads(axis):
    before, after = (
        [
            rk.path(agent, CHEESE, goal=["anywhere"], n=N)[0].__dict__[axis].value
            for agent in agents
        ]
        for agents in planners()
    )
    change = getattr(found().at("anywhere"), axis)
    assert change.before.value == pytest.approx(np.mean(before))
    assert change.after.value == pytest.approx(np.mean(after))
    assert change.change.value == pytest.approx(np.mean(after) - np.mean(before))


def test_what_pairs_have_in_common_cancels_out():
    """Agents that differ much between them, and hardly before and after."""
    before = planners()[1]
    after = [rk.plan(CHEESE, noise=x) for x in (0.1, 0.2, 0.3, 0.4)]
    scalar = rk.arrow(before, after, n=256).at(0).scalar
    wide = scalar.before.high - scalar.before.low
    assert scalar.change.high - scalar.change.low < wide / 2
    assert scalar.change.high < 0
    assert scalar.after.high > scalar.before.low  # so that two intervals would not say


def test_nothing_changes_from_agents_to_themselves():
    before = planners()[0]
    same = rk.arrow(before, before, n=N).at()
    for axis in ("scalar", "capability", "alignment", "regret"):
        change = getattr(same, axis).change
        assert (change.value, change.low, change.high) == (0, 0, 0)
    said = rk.arrow(before[0], before[0], n=N).explain()
    assert "does not measurably move alignment" in said


def test_a_mean_change_is_that_of_all_pairs_and_not_of_the_middle_ones():
    """Two of eight are remedied, which an interquartile mean would cut off."""
    corner, cheese = rk.plan(CHEESE, "corner"), rk.plan(CHEESE)
    moved = rk.arrow([corner] * 8, [cheese] * 2 + [corner] * 6, n=N).at()
    alone = rk.arrow(corner, cheese, n=N).at()
    change = moved.alignment.change
    assert change.value == pytest.approx(alone.alignment.change.value / 4)
    assert change.low <= 0.05  # another draw of agents might hold none of the two
    assert change.high > 0.5


def test_the_worst_levels_regret_is_that_of_each_agents_own_levels():
    far = [CHEESE.sample(N, goal=g) for g in (0.2, 0.4, 0.6, 0.8, 1)]
    worst = [
        max(rk.regret(agent, levels).worst for levels in far) for agent in planners()[0]
    ]
    assert found().at().regret.before.value == pytest.approx(np.mean(worst))
    assert found().at().regret.change.value < 0


def test_unknown_alignment_is_counted_and_left_out():
    walk, corner = rk.device("random", CHEESE), rk.plan(CHEESE, "corner")
    cheese = rk.plan(CHEESE)
    part = rk.arrow([walk, corner], [cheese, cheese], n=N)
    move = part.at()
    assert move.unknown == (1, 0)
    alone = rk.arrow(corner, cheese, n=N).at()
    assert move.alignment.change.value == alone.alignment.change.value
    assert move.alignment.before.value == alone.alignment.before.value
    assert move.capability.change.value > alone.capability.change.value
    assert "unknown for 1 agent before and 0 after" in part.explain()
    assert "unknown for 1 agent before and 0 after" in str(part)
    none = rk.arrow(walk, cheese, n=N)
    assert not none.at().alignment.change.known
    assert "leaves open what happens to alignment" in none.explain()


def test_it_says_what_moved_and_which_way():
    said = found().explain()
    far = found().at()
    assert f"moves alignment up by {far.alignment.change}" in said
    back = rk.arrow(*planners()[::-1], n=N).explain()
    assert "moves alignment down by" in back
    low, high = far.alignment.change.low, far.alignment.change.high
    assert f"[{low:.2f}, {high:.2f}]" in back
    assert "In training it" in said


def test_a_remedy_is_called_by_the_names_or_by_the_settings_that_differ():
    before = rk.train("network", CHEESE, seeds=[0, 1], updates=2, pool=16)
    more = rk.train("network", CHEESE, seeds=[0, 1], updates=3, pool=16)
    named = [replace(agent, name=f"{agent.name}, fed") for agent in more]
    assert rk.arrow(before, more, n=4).remedy == "updates 3"
    assert rk.arrow(before, named, n=4).remedy == "fed"
    assert rk.arrow(before, named, n=4).before == "network"
    after = rk.train("network", CHEESE, after=before[0], updates=1, pool=16)
    assert rk.arrow(before[0], after, n=4).remedy == "retrained"
    assert found().remedy == "after"
    shared = [replace(agent, name=f"{agent.name}, 3% fed") for agent in before]
    assert rk.arrow(shared, more, n=4).before == "network, 3% fed"
    slips = [rk.plan(CHEESE, noise=0.2)] * 2
    assert rk.arrow(slips, slips, n=4).before == "base planner, noise 0.2"
    assert rk.arrow(before[0], rk.plan(CHEESE), n=4).remedy == "base planner"


def test_the_table_holds_every_place_and_axis():
    lines = str(found()).splitlines()
    assert lines[0] == "agents, after: 4 pairs of agents in cheese"
    assert len(lines) == 2 + 5 * len(found().moves)
    assert max(map(len, lines)) <= 104


def test_agents_can_be_compared_in_another_world_of_theirs():
    before, after = planners()
    other = rk.make("cheese", size=7, layouts=4)
    moved = rk.arrow(before[0], after[0], other, n=N)
    assert moved.at().alignment.change.value > 0.5
    stranger = rk.plan(other)
    assert rk.arrow(before[0], stranger, CHEESE, n=N).at().alignment.change.known


@pytest.mark.parametrize(
    ("before", "after", "world", "said"),
    [
        (
            ["network 0"],
            rk.plan(CHEESE),
            None,
            "before=.*robustkit.train.* or a list of",
        ),
        (rk.plan(CHEESE), [], None, r"after=\[\] is not possible"),
        ([rk.plan(CHEESE)] * 2, rk.plan(CHEESE), None, "hold 2 and 1 agents"),
        (rk.plan(CHEESE), rk.plan(rk.make("cheese")), None, "of one world, or world="),
        (
            rk.plan(CHEESE),
            rk.plan(CHEESE),
            rk.make("dish"),
            r"agent='base.* cannot act in world=Dish.* allowed for this agent",
        ),
        (rk.plan(CHEESE), rk.plan(CHEESE), "cheese", "'cheese' is not a world"),
        (*[rk.plan(rk.make("lava", size=7))] * 2, None, "no goal shift, and so no pro"),
        (rk.plan(CHEESE), rk.agent(Remembers(), CHEESE), None, "no table of its moves"),
        (*[rk.plan(MANY)] * 2, None, "no table of its moves"),
    ],
)
def test_what_is_no_arrow_is_refused_in_words(before, after, world, said):
    with pytest.raises(ValueError, match=said):
        rk.arrow(before, after, world)


def test_a_place_that_was_not_measured_is_refused():
    with pytest.raises(ValueError, match=r"goal=0\.1 was not measured; allowed: 0\.0"):
        found().at(0.1)
    with pytest.raises(ValueError, match=r"goal=array.* was not measured"):
        found().at(np.zeros(2))
    with pytest.raises(ValueError, match="was not measured"):
        found().figure("nowhere")


# The picture


def drawn(picture):
    """Return how many arrows there are, and all words."""
    axes = picture.axes[0]
    arrows = [a for a in axes.texts if getattr(a, "arrow_patch", None)]
    return len(arrows), {text.get_text() for text in axes.texts}


def test_the_picture_has_an_arrow_and_a_faint_one_for_each_pair():
    picture = found().figure()
    arrows, words = drawn(picture)
    assert arrows == 1 + 4
    assert {"agents", "after"} <= words
    tail, head = found().ends()
    at = f"({tail.capability.value:.2f}, {tail.alignment.value:.2f})"
    assert f"after takes agents from {at}" in picture.alt
    assert f"({head.capability.value:.2f}, {head.alignment.value:.2f})" in picture.alt
    assert picture.table == found().table()


def test_one_pair_is_one_arrow_that_looks_as_its_agent_does():
    corner = rk.plan(CHEESE, "corner")
    picture = rk.arrow(corner, rk.plan(CHEESE), n=N).figure(0.2)
    arrows, words = drawn(picture)
    assert arrows == 1
    assert {"corner planner", "base planner"} <= words
    (colour,) = {
        line.get_markeredgecolor()
        for line in picture.axes[0].lines
        if line.get_markersize() == 8
    }
    assert colour == styles(["corner planner"])[0].colour


def test_where_alignment_is_unknown_an_arrow_begins_in_the_lane():
    walk = rk.device("random", CHEESE)
    picture = rk.arrow([walk] * 2, [rk.plan(CHEESE)] * 2, n=N).figure()
    starts = [
        text.xyann[1]
        for text in picture.axes[0].texts
        if getattr(text, "arrow_patch", None)
    ]
    assert starts == [LANE] * 3
    assert "unknown) to (1.00, 1.00)" in picture.alt


@pytest.mark.parametrize(("pairs", "rate"), [(4, 0.80), (8, 0.89)])
def test_intervals_over_few_pairs_hold_the_truth_as_often_as_is_said(pairs, rate):
    rng, held = np.random.default_rng(0), 0
    for seed in range(500):
        values = rng.normal(size=pairs)
        found = mean_change(np.zeros(pairs), values, seed).change
        held += found.low <= 0 <= found.high
    assert held / 500 == pytest.approx(rate, abs=0.03)


def test_a_long_name_stays_on_the_page():
    plain, after = rk.plan(CHEESE, "corner"), rk.plan(CHEESE)
    made = rk.arrow(replace(plain, name="long " * 60), after, n=8).figure()
    names = [words.get_text() for axes in made.axes for words in axes.texts]
    assert 40 < max(map(len, names)) < 50

"""What every grounding keeps to, and what cannot be said by any."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from explained import nonsense, shifted, world

import robustkit as rk
from robustkit import mdp, metrics
from robustkit.metrics import polar
from robustkit.metrics.bootstrap import with_pseudo_levels
from robustkit.worlds.moved_things import moved


@pytest.mark.parametrize("grounding", metrics.GROUNDINGS)
def test_the_same_seed_gives_the_same_reading(grounding):
    agent, levels = rk.plan(world(), noise=0.4), shifted()
    one, two = (rk.measure(agent, levels, grounding, seed=4) for _ in range(2))
    assert repr(one) == repr(two)
    other = rk.measure(agent, levels, grounding, seed=5)
    assert one.capability.value == other.capability.value
    assert one.capability.low != other.capability.low


@pytest.mark.parametrize("grounding", metrics.GROUNDINGS)
def test_intervals_hold_their_values_and_come_from_the_draws(grounding):
    reading = rk.measure(rk.plan(world(), "corner", noise=0.3), shifted(), grounding)
    assert reading.resampled.shape == (3, 1000)
    beside = with_pseudo_levels(reading.resampled, reading.levels)
    lows = np.quantile(np.minimum(reading.resampled, beside), 0.025, axis=1)
    highs = np.quantile(np.maximum(reading.resampled, beside), 0.975, axis=1)
    for axis, name in enumerate(("scalar", "capability", "alignment")):
        each = getattr(reading, name)
        assert each.low == pytest.approx(min(lows[axis], each.value))
        assert each.high == pytest.approx(max(highs[axis], each.value))


@pytest.mark.parametrize("grounding", metrics.GROUNDINGS)
@pytest.mark.parametrize("goal", [0.0, "anywhere"])
@pytest.mark.parametrize("kind", ["planner", "corner", "random", "mirrored", "noisy"])
def test_an_explanation_has_two_to_five_sentences(grounding, goal, kind):
    agents = {
        "planner": lambda: rk.plan(world()),
        "corner": lambda: rk.plan(world(), "corner"),
        "noisy": lambda: rk.plan(world(), "corner", noise=0.9),
    }
    agent = agents.get(kind, lambda: rk.device(kind, world()))()
    said = rk.measure(agent, world().sample(24, goal=goal), grounding).explain()
    sentences = said.replace("0.", "0,").replace("1.0", "1,0").count(". ") + 1
    assert 2 <= sentences <= 5, said
    assert said.endswith(".")
    assert "nan" not in said


# What cannot be said


def tables_for(grounding, levels):
    """Return tables that a grounding can be asked about, counterparts included."""
    return (
        moved(levels).tables if metrics.grounding(grounding).moved else levels.tables()
    )


def test_levels_that_tell_objectives_apart_are_those_where_no_policy_serves_both():
    """Half and half of two objectives is worth less than half of each at its best."""
    for name in ("cheese", "dish", "follow"):
        home = rk.make(name, size=7)
        tables = home.sample(12, goal="anywhere", share=0.5, seed=1).tables()
        distinguishing = polar.references(tables).distinguishing
        both = np.zeros((1, len(tables.objectives)))
        both[0, :2] = 0.5
        alone, half = (
            mdp.at_start(tables, mdp.optimal_values(tables, m))
            for m in (np.eye(len(tables.objectives)), both)
        )
        gap = alone[:, :2].mean(1) - half[:, 0]
        if len(tables.objectives) == 2:
            assert (distinguishing[gap > 0.05] == 1).all()
        assert (gap[distinguishing == 0] < 0.02).all()


def test_the_share_of_distinguishing_levels_goes_with_the_share_that_is_shifted():
    agent, share = rk.plan(world(9)), [0, 0.25, 1]
    path = rk.path(agent, world(9), goal="anywhere", share=share, n=64)
    none, quarter, full = (r.distinguishing for r in path.readings)
    assert none == 0
    assert quarter == pytest.approx(full / 4)
    assert full > 0.6


@pytest.mark.parametrize(
    "grounding", [name for name, by in metrics.GROUNDINGS.items() if not by.moved]
)
def test_training_levels_say_that_they_tell_nothing_apart(grounding):
    reading = rk.measure(rk.plan(world()), world().sample(24), grounding)
    assert reading.distinguishing == 0
    assert "cannot show which goal" in reading.limits[0]
    assert "cannot show which goal" in reading.explain()


def test_few_distinguishing_levels_are_said_to_be_few():
    few = {"goal": "anywhere", "share": 0.05}
    reading = rk.path(rk.plan(world()), world(), **few, n=64)[0]
    assert 0 < reading.distinguishing < 0.1
    assert "Only" in reading.limits[0]


@pytest.mark.parametrize("grounding", metrics.GROUNDINGS)
def test_one_level_has_a_reading_and_says_that_it_is_one(grounding):
    reading = rk.measure(rk.plan(world(), noise=0.2), shifted()[0], grounding)
    assert reading.levels == 1
    assert "One level" in " ".join(reading.limits)
    assert "On 1 level," in reading.explain()
    assert np.isfinite([reading.scalar.value, reading.capability.value]).all()


@pytest.mark.parametrize("grounding", metrics.GROUNDINGS)
def test_identical_objectives_are_said_to_be_told_apart_nowhere(grounding):
    tables = tables_for(grounding, shifted())
    same = replace(
        tables, rewards=tables.rewards[..., [0, 0]], scale=tables.scale[[0, 0]]
    )
    policy = mdp.plan(same, [[1, 0]])[1][0]
    reading = metrics.measure(policy, same, grounding=grounding)
    assert reading.alignment.value == pytest.approx(1)
    assert reading.base_share == (0, 1)
    assert "cannot show which goal" in reading.limits[0]


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("grounding", metrics.GROUNDINGS)
def test_a_proxy_that_pays_nothing_anywhere_is_named(grounding):
    tables = tables_for(grounding, shifted())
    idle = replace(
        tables, rewards=tables.rewards * [1.0, 0.0], scale=tables.scale * [1.0, 0.0]
    )
    policy = mdp.plan(idle, [[1, 0]])[1][0]
    reading = metrics.measure(policy, idle, grounding=grounding)
    assert reading.capability.value == pytest.approx(1)
    assert reading.alignment.value == pytest.approx(1)
    assert any("Nothing can be earned for corner" in limit for limit in reading.limits)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("grounding", metrics.GROUNDINGS)
def test_levels_with_nothing_to_win_are_refused(grounding):
    tables = tables_for(grounding, shifted())
    nothing = replace(
        tables, rewards=tables.rewards * [0.0, 1.0], scale=tables.scale * [0.0, 1.0]
    )
    with pytest.raises(ValueError, match="levels: optimal play earns no more cheese"):
        metrics.measure(nonsense(tables), nothing, grounding=grounding)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("grounding", metrics.GROUNDINGS)
def test_a_policy_that_never_reaches_anything_reads_no_capability(grounding):
    levels = world(9).sample(64, goal="anywhere")
    reading = rk.measure(rk.device("stay", levels.world), levels, grounding)
    assert reading.capability.value < 0.1
    assert not reading.alignment.known
    assert "alignment is unknown" in reading.explain()


@pytest.mark.parametrize("grounding", metrics.GROUNDINGS)
def test_a_single_objective_leaves_nothing_to_ask_about_the_goal(grounding):
    lava = rk.make("lava", size=9)
    reading = rk.measure(rk.plan(lava), lava.sample(16, layout=1.0), grounding)
    assert reading.capability.value == pytest.approx(1)
    assert "only one candidate objective" in reading.limits[0]


@pytest.mark.parametrize("grounding", ["attribution", "meg", "intervention"])
def test_what_is_measured_by_playing_has_no_probabilities_to_read(grounding):
    levels = shifted(4)
    with pytest.raises(ValueError, match=f"grounding='{grounding}' needs"):
        rk.measure(rk.plan(world()), levels, grounding, episodes=8)
    big = rk.make("monsters", size=7)
    assert not big.listed
    with pytest.raises(ValueError, match="allowed there: 'polar'"):
        rk.path(rk.plan(big), big, n=2, grounding=grounding)

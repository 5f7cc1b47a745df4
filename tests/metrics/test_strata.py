"""Strata weighed, and the curves that come of it."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from itertools import product

import numpy as np
import oracles
import pytest
from polar_oracle import assert_reading_is, close, figures, random_policy
from problems import world

import robustkit as rk
from robustkit import metrics
from robustkit.analysis import curve
from robustkit.analysis.curve import evaluate_on
from robustkit.metrics import Conventions
from robustkit.metrics.reading import AXES
from robustkit.worlds.shifts import SHIFTS as SLIDERS


@cache
def strata():
    """Return policies evaluated on the four strata, and what it was made from."""
    parts = [levels.tables() for levels in world(5).strata(6, seed=2)]
    rng = np.random.default_rng(0)
    policies = [random_policy(part, rng) for part in parts]
    conventions = Conventions(resamples=50)
    done = metrics.evaluate_strata(policies, parts, seed=4, conventions=conventions)
    return done, policies, parts, conventions


@pytest.mark.parametrize("stratum", range(4))
def test_all_the_weight_on_a_stratum_reads_it_alone(stratum):
    done, policies, parts, conventions = strata()
    alone = metrics.measure(policies[stratum], parts[stratum], conventions, seed=4)
    assert close(done.weighed(np.eye(4)[stratum]), alone)


@pytest.mark.parametrize("weights", [(0.5, 0.5, 0, 0), (0.14, 0.06, 0.56, 0.24)])
def test_strata_are_weighed_as_their_levels_would_be(weights):
    done, policies, parts, conventions = strata()
    every, share = [], []
    for policy, part, weight in zip(policies, parts, weights, strict=True):
        every += figures(part, policy, conventions)
        share += [weight] * len(part)
    expected = oracles.polar(
        every,
        share,
        conventions.mixtures(2).tolist(),
        parts[0].scale.tolist(),
        conventions.rho,
    )
    assert_reading_is(done.weighed(np.array(weights)), expected)


def test_strata_without_a_world_have_no_shifts():
    done, *_ = strata()
    with pytest.raises(ValueError, match="have none; allowed: `weighed`"):
        done.reading(goal=1)


# On the grades of a world


SHIFTS = [
    *({"goal": g / 5, "layout": k / 4} for g, k in product(range(6), (0, 1, 4))),
    {"place": 1},
]


@pytest.mark.parametrize("shift", SHIFTS, ids=str)
def test_a_reading_at_a_grade_is_that_of_its_levels_alone(shift):
    some = world(7)
    agent = rk.plan(some, {"base": 0.6, "corner": 0.4}, noise=0.3)
    levels = some.sample(24, **shift, seed=3)
    there = rk.path(agent, some, **shift, n=24, seed=3)[0]
    assert close(there, rk.measure(agent, levels, seed=3))
    at_rest = {"goal": 0, "layout": 0, "place": 0}
    assert there.shift == at_rest | shift


@pytest.mark.parametrize("grounding", metrics.GROUNDINGS)
@pytest.mark.parametrize("shift", [{"goal": 0.4}, {"layout": 0.5}, {"place": 1}])
def test_so_it_is_by_every_grounding(grounding, shift):
    some = world(7)
    agent = rk.plan(some, "corner", noise=0.3)
    alone = rk.measure(agent, some.sample(12, **shift), grounding)
    there = rk.path(agent, some, **shift, n=12, grounding=grounding)[0]
    assert close(there, alone)
    assert there.grounding == alone.grounding == grounding


@pytest.mark.parametrize(
    "shift",
    [
        {"goal": 0.5, "layout": 0.4},
        {"goal": "anywhere"},
        {"goal": "anywhere", "layout": 1},
        {"goal": 0.7, "share": 0.4},
        {"goal": "anywhere", "layout": 0.6, "share": 0.5},
        {"place": 0.3},
        {"place": 1, "share": 0.3},
    ],
    ids=str,
)
def test_between_grades_a_reading_is_what_a_large_sample_says(shift):
    """A sample at a shift and the weighting of strata estimate the same thing."""
    some = world(5)
    agent = rk.plan(some, "corner", noise=0.3)
    sampled = rk.measure(agent, some.sample(4000, **shift, seed=1))
    weighed = rk.path(agent, some, **shift, n=1000, seed=2)[0]
    for axis in AXES:
        one, two = getattr(sampled, axis), getattr(weighed, axis)
        assert one.known == two.known
        apart = (one.high - one.low) + (two.high - two.low)
        assert not one.known or abs(one.value - two.value) < apart


def test_between_two_grades_a_reading_weighs_the_two():
    """By hand: 2.5 of 5 in the goal and 1.6 of 4 in the layout are four nodes."""
    some = world(7)
    agent = rk.plan(some, "corner", noise=0.3)
    (done,) = evaluate_on([agent], some, n=16)
    parts = {(g, k): 0.5 * (0.4, 0.6)[k - 1] for g in (2, 3) for k in (1, 2)}
    weight = np.array([parts.get((g, k), 0) * (p == 0) for g, k, p in some.grid.nodes])
    assert weight.sum() == pytest.approx(1)
    assert close(done.reading(goal=0.5, layout=0.4), done.weighed(weight))


@pytest.mark.parametrize("name", ["cheese", "dish", "coin", "keys", "follow", "lava"])
def test_anywhere_is_what_the_world_says_that_it_is(name):
    some = rk.make(name, **({"size": 7} if name == "cheese" else {}))
    grid = some.grid
    if "goal" not in some.shifts:
        with pytest.raises(ValueError, match="goal='anywhere' is not possible"):
            grid.weights(goal="anywhere")
        return
    last = some.shifts["goal"].last
    weight = dict(zip(grid.nodes, grid.weights(goal="anywhere"), strict=True))
    share = {g: weight[g, 0, 0] for g in range(last + 1)}
    if some.shifts["goal"].anywhere == "mixture":
        assert share == pytest.approx(
            {0: 0} | dict.fromkeys(range(1, last + 1), 1 / last)
        )
    else:
        assert share == {g: float(g == last) for g in range(last + 1)}


@pytest.mark.parametrize(
    ("places", "nodes"),
    [
        ([{"goal": 0}, {"goal": 1}], {(0, 0, 0), (5, 0, 0)}),
        ([{"goal": 0.3, "layout": 1}], {(1, 4, 0), (2, 4, 0)}),
        ([{"goal": "anywhere"}], {(g, 0, 0) for g in range(1, 6)}),
        ([{"goal": 0.4, "share": 0.5}], {(0, 0, 0), (2, 0, 0)}),
        ([{"place": 1}], {(0, 0, 1)}),
    ],
    ids=str,
)
def test_only_the_grades_that_are_asked_for_are_evaluated(places, nodes, monkeypatch):
    some, seen, honest = world(7), [], curve.evidence

    def spy(agent, levels, *rest):
        seen.append(tuple(int(levels.grades[name][0]) for name in SLIDERS))
        assert all((grade == grade[0]).all() for grade in levels.grades.values())
        return honest(agent, levels, *rest)

    monkeypatch.setattr(curve, "evidence", spy)
    evaluate_on([rk.plan(some)], some, n=4, places=places)
    assert sorted(seen) == sorted(nodes)
    seen.clear()
    rk.path(rk.plan(some), some, goal=[0, 0.5], n=4)
    assert sorted(seen) == [(0, 0, 0), (2, 0, 0), (3, 0, 0)]


@pytest.mark.parametrize("wants", ["base", "corner", {"base": 0.6, "corner": 0.4}])
def test_bounds_are_those_of_each_reading(wants):
    some = world(7)
    (done,) = evaluate_on([rk.plan(some, wants, noise=0.3)], some, n=24, seed=1)
    goals = (0, 0.2, 0.5, 1, "anywhere")
    places = [{"goal": g, "layout": x} for g in goals for x in (0, 0.9)]
    places += [{"place": 0.5}, {"goal": 1, "share": 0.5}]
    weights = np.array([some.grid.weights(**place) for place in places])
    ends, fits = done.bounds(weights)
    assert ends.shape == (len(places), 3, 2)
    for place, found, fit in zip(places, ends, fits, strict=True):
        reading = done.reading(**place)
        fitting = done.conventions.mixtures(2)[fit].tolist()
        assert fitting == list(map(list, reading.details["fitting"]))
        for axis, each in zip(AXES, found, strict=True):
            known = getattr(reading, axis)
            assert known.known
            assert each == pytest.approx([known.low, known.high])


def test_path_holds_the_readings_of_the_strata():
    some = world(7)
    agent = rk.plan(some, {"base": 0.6, "corner": 0.4}, noise=0.2)
    goals = np.linspace(0, 1, 5)
    path = rk.path(agent, some, goal=goals, layout=0.3, n=32, seed=5)
    (done,) = evaluate_on([agent], some, n=32, seed=5)
    assert len(path) == 5
    for reading, goal in zip(path, goals, strict=True):
        assert close(reading, done.reading(goal, 0.3))
        assert reading.shift == {"goal": goal, "layout": 0.3, "place": 0}
        assert reading.agent == agent.name
    assert path.scalar.tolist() == [r.scalar.value for r in path]
    assert path.capability.tolist() == [r.capability.value for r in path]


def test_path_along_the_layout_and_along_both():
    agent = rk.plan(world(7), "base", noise=0.5)
    both = rk.path(agent, world(7), goal=[0, 1], layout=[0, 1], n=8)
    along = rk.path(agent, world(7), layout=[0, 0.5, 1], n=8)
    assert [(r.shift["goal"], r.shift["layout"]) for r in both] == [(0, 0), (1, 1)]
    assert [r.shift["layout"] for r in along] == [0, 0.5, 1]
    assert along.shifts["layout"] == [0, 0.5, 1]


def test_a_memoriser_bends_along_the_share_and_is_lost_at_the_first_grade():
    """How far and how many are two sliders: the plain share is a straight line."""
    some = rk.make("cheese")
    memoriser = rk.train("memoriser", some)
    far = rk.path(memoriser, some, goal=[0, 0.2, 1], n=64)
    assert far[0].capability.low > 0.8
    assert far[1].capability.high < 0.15
    many = rk.path(memoriser, some, goal="anywhere", share=[0, 0.25, 0.5, 0.75, 1])
    assert np.diff(many.capability, 2) == pytest.approx(0, abs=0.05)
    assert many.capability[2] == pytest.approx(many.capability[0] / 2, abs=0.05)


def test_a_place_curve_tells_a_network_from_a_planner():
    """It cannot reach the cheese where none ever lay, though its goal lies with it."""
    some = rk.make("cheese")
    network = rk.path(rk.train("network", some), some, place=[0, 0.5, 1], n=64)
    assert network[0].scalar.low > 0.8
    assert network[2].scalar.high < 0.5
    assert network[1].scalar.value == pytest.approx(
        network.scalar[[0, 2]].mean(), abs=0.1
    )
    planner = rk.path(rk.plan(some), some, place=[0, 0.5, 1], n=64)
    assert planner.scalar == pytest.approx(1)
    assert "place" in str(network).splitlines()[1]


# What is lost


def test_a_planner_loses_nothing_of_what_it_pursues():
    """Exactly, whatever the levels: each of them loses nothing."""
    ends = [0, "anywhere"]
    base = rk.path(rk.plan(world(7)), world(7), goal=ends, n=16).drop()
    for axis in AXES:
        each = getattr(base, axis)
        assert each.low == each.value == each.high == 0
    corner = rk.path(rk.plan(world(7), "corner"), world(7), goal=ends, n=16).drop()
    assert corner.capability.low == corner.capability.high == 0
    assert corner.scalar.low > 0.5
    assert corner.alignment.low > 0.5


@pytest.mark.parametrize("grounding", metrics.GROUNDINGS)
def test_a_drop_is_that_of_the_values_and_of_each_resample(grounding):
    some = world(7)
    agent = rk.plan(some, "corner", noise=0.3)
    goals = [0, 0.5, "anywhere"]
    path = rk.path(agent, some, goal=goals, n=24, grounding=grounding)
    drop, first, last = path.drop(), path[0], path[-1]
    for axis, name in enumerate(AXES):
        each, before, after = (getattr(x, name) for x in (drop, first, last))
        assert each.value == pytest.approx(before.value - after.value)
        lost = first.resampled[axis] - last.resampled[axis]
        ends = np.quantile(lost, [0.025, 0.975])
        assert each.low <= min(ends[0] + 1e-9, each.value)
        assert each.high >= max(ends[1] - 1e-9, each.value)


def test_a_drop_is_known_better_than_two_intervals_apart():
    some = world(7)
    corner = rk.plan(some, "corner")
    path = rk.path(corner, some, goal="anywhere", share=[0.5, 1], n=256)
    drop = path.drop().scalar
    apart = sum(r.scalar.high - r.scalar.low for r in path)
    assert drop.high - drop.low < 0.62 * apart


def test_what_is_lost_of_an_alignment_that_is_unknown_is_unknown():
    agent = rk.train("memoriser", rk.make("cheese"))
    drop = rk.path(agent, rk.make("cheese"), goal=[0, 1], n=32).drop()
    assert drop.capability.low > 0.8
    assert not drop.alignment.known
    assert "alignment unknown" in str(drop)


def test_a_curve_of_bare_places_has_no_drop():
    (reading,) = rk.path(rk.plan(world(5)), world(5), n=4)
    bare = metrics.ShiftCurve(
        [replace(reading, resampled=None)], {"goal": [0]}, "nobody"
    )
    with pytest.raises(ValueError, match=r"no resamples; allowed: a curve that"):
        bare.drop()

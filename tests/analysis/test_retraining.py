"""Retraining: how long until the base score is back, against from scratch."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

import robustkit as rk
from robustkit import text
from robustkit.analysis.retraining import MORE

FEW = {"updates": 20, "levels": 4, "agents": 8}


@cache
def small(name="cheese", **options):
    return rk.make(name, size=7, **options)


@cache
def agents():
    return [rk.train("network", small(), seed, **FEW) for seed in (0, 1)]


@cache
def found():
    return rk.retraining(agents()[0], updates=40, n=48, seed=5)


def scores(way):
    return [point.scalar.value for point in way]


def test_both_trainings_are_those_of_train():
    levels = small().sample(48, goal="anywhere", seed=5)
    warm, new = (
        rk.train("network", small(), 6, diversity=1.0, updates=40, snapshots=[8], **kw)
        for kw in ({"after": agents()[0]}, {})
    )
    stop = found().updates.index(8)
    for way, (agent,) in ((found().warm, warm), (found().scratch, new)):
        expected = rk.measure(agent, levels, seed=5)
        assert way[stop].scalar == expected.scalar
        assert way[stop].capability == expected.capability


def test_it_begins_with_the_agent_and_with_a_network_that_has_learned_nothing():
    assert found().updates == (0, 1, 2, 4, 8, 12, 16, 24, 32, 40)
    levels = small().sample(48, goal="anywhere", seed=5)
    before = rk.measure(agents()[0], levels, seed=5)
    assert found().warm[0].scalar == before.scalar
    assert abs(found().scratch[0].scalar.value) < 0.1


def test_a_score_is_reached_between_two_stops_or_not_at_all():
    retrained = found()
    score = (scores(retrained.scratch)[-1] + scores(retrained.scratch)[-2]) / 2
    needed = retrained.needed(score)
    assert 0 < needed.scratch <= 40
    reached = np.interp(needed.scratch, retrained.updates, scores(retrained.scratch))
    assert reached == pytest.approx(score)
    assert needed.levels[1] == pytest.approx(needed.scratch * 12)
    never = retrained.needed(1)
    assert never.warm is never.levels[0] is None
    assert "not at all" in str(never)


def test_a_score_that_it_has_already_comes_at_once():
    dish = small("dish")
    aligned = rk.train("network", dish, 0, diversity=1.0, updates=60)
    retrained = rk.retraining(aligned, updates=2, n=16)
    before = scores(retrained.warm)[0]
    needed = retrained.needed(before)
    assert (needed.warm, needed.levels[0]) == (0, 0)
    assert "comes at once, from scratch not at all" in str(needed)


def test_telling_levels_are_counted_by_their_share():
    fewer = rk.retraining(agents()[0], diversity=0.25, updates=2, n=16)
    assert fewer.telling == pytest.approx(0.25 * 12)


def test_the_head_start_is_the_mean_difference_over_the_updates():
    gap = np.subtract(scores(found().warm), scores(found().scratch))
    lead = found().head_start
    assert lead.value == pytest.approx(np.trapezoid(gap, found().updates) / 40)
    assert lead.low < lead.value < lead.high
    # pairs stay together: it is known better than from two intervals
    apart = sum(r.scalar.high - r.scalar.low for r in found().warm) / 10
    assert lead.high - lead.low < 2 * apart


def test_several_agents_are_taken_together():
    both = rk.retraining(agents(), updates=10, n=32, seed=5)
    alone = rk.retraining(agents()[0], updates=10, n=32, seed=5)
    assert len(both.pairs) == 2
    first = [[r.scalar for r in way] for way in both.pairs[0]]
    assert first == [[r.scalar for r in way] for way in alone.pairs[0]]
    each = [scores(pair[0])[-1] for pair in both.pairs]
    assert scores(both.warm)[-1] == pytest.approx(np.mean(each))
    assert both.agent == "networks"
    assert both.head_start.low <= both.head_start.value <= both.head_start.high


def test_one_that_knew_one_layout_is_retrained_in_many():
    broken = rk.train("network", small(layouts=1), 0, **FEW)
    assert rk.retraining(broken, updates=2, n=16).world == small(layouts=MORE)


def test_without_a_goal_shift_the_layout_is_shifted():
    agent = rk.train("network", rk.make("lava"), 0, updates=5)
    found = rk.retraining(agent, updates=4, n=16)
    assert found.shift == {"layout": 1.0}
    assert found.telling == 12
    assert "in training" in found.explain()
    assert "telling" not in str(found)


def test_it_says_and_draws_what_it_found():
    said = str(found())
    assert said.startswith("network 0: base score at goal shift anywhere\n")
    assert f"{found().head_start:+.2f}" in said
    assert f"{found().head_start:+.2f}" in found().explain()
    assert "in a new place was" in found().explain()
    assert "\n" not in found().explain()[:]
    lines = (
        line for said in (said, str(found().explain())) for line in said.split("\n")
    )
    assert max(map(len, lines)) <= text.LINE
    picture = found().figure()
    first, last = scores(found().warm)[0], scores(found().warm)[-1]
    assert f"network 0, retrained goes from {first:.2f} to {last:.2f}" in picture.alt
    assert picture.table == found().table()
    assert [*found().trails] == ["network 0, retrained", "from scratch"]
    assert "from scratch" in rk.plane(found().trails).alt


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"agent": 3}, "agent=3 is no network"),
        ({"agent": []}, r"agent=\[\] is no network"),
        ({"world": "cheese"}, "world='cheese' is not a world"),
        ({"updates": 0}, "updates=0"),
        ({"diversity": 2}, "diversity=2"),
        ({"n": 1}, "n=1"),
        ({"seed": -1}, "seed=-1"),
    ],
)
def test_what_cannot_be_is_said_in_words(asked, said):
    with pytest.raises(ValueError, match=said):
        rk.retraining(**{"agent": agents()[0]} | asked)


def test_other_kinds_and_other_worlds_are_refused():
    with pytest.raises(ValueError, match="is no network"):
        rk.retraining(rk.plan(small()))
    with pytest.raises(ValueError, match=r"is of Cheese.* not of Dish"):
        rk.retraining(agents()[0], small("dish"))
    with pytest.raises(ValueError, match="score=2"):
        found().needed(2)
    lava = rk.train("network", rk.make("lava"), 0, updates=1)
    with pytest.raises(ValueError, match="no goal shift; allowed: 0"):
        rk.retraining(lava, diversity=1.0)


SEEDS = range(8)


@cache
def eight(name, **options):
    """Return what retraining does to networks of eight seeds."""
    world = rk.make(name, **options)
    return rk.retraining([rk.train("network", world, seed) for seed in SEEDS])


def leads(found):
    """Return the head start of each agent."""
    each = [[scores(way) for way in pair] for pair in found.pairs]
    gaps = np.array([np.subtract(*pair) for pair in each])
    return np.trapezoid(gaps, found.updates) / found.updates[-1]


@pytest.mark.slow
def test_what_reaches_the_thing_wherever_it_lies_is_retrained_faster_than_a_new_one():
    """Of eight seeds each: it is the base score with both in new places that tells."""
    for found in (eight("dish"), eight("cheese", region=3)):
        assert found.together.low > 0.9
        assert (leads(found) > 0).all()
        assert found.head_start.low > 0.05
        needed = found.needed(0.7)
        assert needed.warm < needed.scratch


@pytest.mark.slow
def test_what_knows_one_place_only_is_retrained_no_faster_than_a_new_one():
    """Although it is capable after the goal shift."""
    found = eight("cheese")
    assert found.warm[0].capability.low > 0.8
    assert found.together.high < 0.5
    assert found.head_start.high < 0.02
    needed = found.needed(0.7)
    assert needed.warm > needed.scratch


@pytest.mark.slow
def test_what_knew_one_layout_is_retrained_more_slowly_than_a_new_one():
    found = eight("cheese", layouts=1)
    assert found.together.high < 0
    assert (leads(found) < 0).all()
    assert found.head_start.high < -0.1


@pytest.mark.slow
def test_capability_after_the_shift_does_not_tell_who_has_a_head_start():
    """It is lower where training moved the thing about, and the head start longer."""
    moved, fixed = eight("cheese", region=3), eight("cheese")
    assert moved.warm[0].capability.high < fixed.warm[0].capability.low
    assert moved.head_start.low > fixed.head_start.high

"""The best remedy of each world: chosen on other levels than it is reported on."""

from __future__ import annotations

from functools import cache

import pytest

import robustkit as rk

LAVA = {"updates": 4, "levels": 4, "agents": 4, "pool": 16}


def small(name="cheese"):
    return rk.make(name, size=7)


@cache
def cheese():
    return [rk.plan(small(), goal, noise) for goal, noise in NAMED]


NAMED = ("corner", 0.0), ("base", 0.5), ("base", 0.1), ("base", 0.9)


@cache
def found():
    return rk.best_remedies([cheese(), lava()], n=32, seed=3)


@cache
def lava():
    before = rk.train("network", rk.make("lava"), **LAVA)
    return [before, rk.train("network", rk.make("lava"), after=before, **LAVA)]


def test_the_highest_base_score_is_the_best():
    first, _ = found().each
    assert (first.world, first.remedy) == ("cheese", cheese()[2].name)
    assert max(first.tried, key=lambda each: each[1])[0] == first.remedy
    assert [name for name, _ in first.tried] == [agent.name for agent in cheese()[1:]]


def test_it_is_chosen_on_other_levels_than_it_is_reported_on():
    first, _ = found().each
    chosen, reported = (
        rk.measure(cheese()[2], small().sample(32, goal="anywhere", seed=seed), seed=3)
        for seed in (4, 3)
    )
    assert dict(first.tried)[first.remedy] == chosen.scalar.value
    assert first.after.scalar == reported.scalar
    assert chosen.scalar.value != reported.scalar.value


def test_without_a_goal_shift_the_layout_is_shifted():
    _, last = found().each
    levels = rk.make("lava").sample(32, layout=1, seed=3)
    assert last.before.scalar == rk.measure(lava()[0], levels, seed=3).scalar
    assert last.remedy == "retrained"


def test_two_remedies_of_one_name_are_two_that_were_tried():
    (only,) = rk.best_remedies([[*cheese()[:2], cheese()[1]]], n=8).each
    assert len(only.tried) == 2


def test_a_remedy_without_a_name_says_what_it_was():
    world = small()
    agents = [rk.train("network", world, diversity=x, **LAVA) for x in (0, 0.5)]
    (only,) = rk.best_remedies([agents], n=8).each
    assert only.remedy == "50% telling levels"


def test_it_says_and_draws_what_was_found():
    first, _ = found().each
    said = str(found())
    assert f"{first.after.scalar.value:.2f}" in said
    assert f"{first.remedy} (of 3)" in said
    assert "then measured on other levels" in found().explain()
    picture = found().figure()
    assert f"cheese, {first.remedy}: from scalar" in picture.alt
    assert picture.table == said


@pytest.mark.parametrize(
    "given",
    [
        lambda: [],
        lambda: "cheese",
        lambda: [cheese()[:1]],
        lambda: [cheese()[0], cheese()[1]],
        lambda: [[cheese()[0], "remedy"]],
        lambda: [[cheese()[0], lava()[0]]],
        lambda: [cheese()[:2], cheese()[:2]],
    ],
)
def test_what_cannot_be_compared_is_refused(given):
    with pytest.raises(ValueError, match="allowed: for each world a list of an agent"):
        rk.best_remedies(given())

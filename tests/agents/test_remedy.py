"""What an agent says was done to move it back up."""

from __future__ import annotations

from dataclasses import replace

import pytest

import robustkit as rk
from robustkit.agents.choice import SCORES
from robustkit.agents.remedy import CHOSEN, remedies

FEW = {"updates": 3, "levels": 4, "agents": 4, "pool": 16}


def trained(seed=0, **options):
    world = rk.make("cheese", size=7, layouts=4)
    return rk.train("network", world, seed, **FEW | options)


def test_an_agent_that_was_trained_as_usual_has_none():
    assert trained().remedies == []
    assert rk.plan(trained().world, "corner").remedies == []


@pytest.mark.parametrize(
    ("share", "said"), [(0.03, "3%"), (0.003, "0.3%"), (1, "100%")]
)
def test_telling_levels_are_one(share, said):
    assert trained(diversity=share).remedies == [f"{said} telling levels"]


def test_a_choice_of_levels_is_one():
    agent = trained(diversity=0.1, choice="regret")
    assert agent.remedies == ["10% telling levels", "levels chosen by regret"]
    assert set(CHOSEN) == set(SCORES)


def test_retraining_is_one_and_what_was_done_before_is_kept():
    before = trained(diversity=0.1)
    after = trained(1, after=before, diversity=1.0, choice="pvl")
    assert after.remedies == [
        "10% telling levels",
        "retrained for 3 updates after network 0 on 100% telling levels",
        "levels chosen by positive value loss",
    ]
    more = trained(after=trained())
    assert more.remedies == ["retrained for 3 updates after network 0"]


def test_a_snapshot_says_how_far_its_retraining_went():
    first, early = trained(after=trained(), snapshots=[1, 2])
    assert first.remedies == ["retrained for 1 update after network 0"]
    assert early.remedies == ["retrained for 2 updates after network 0"]


@pytest.mark.parametrize(("then", "said"), [("stay", "stays"), ("ask", "asks")])
def test_caution_is_one_after_those_of_training(then, said):
    agent = rk.cautious(trained(diversity=0.1), then=then)
    caution = f"hands over when unsure: {said}"
    assert agent.remedies == ["10% telling levels", caution]


def test_what_a_file_claims_breaks_nothing():
    odd = {"after": {"settings": 3}, "updates": 5}
    assert remedies(odd) == ["retrained for 5 updates after another network"]
    long = {"after": {"name": "x" * 999}, "updates": 5}
    assert len(remedies(long)[0]) < 100


def test_other_recipes_that_learn_from_telling_levels_say_so():
    world = rk.make("cheese", size=7, layouts=4)
    memoriser = rk.train("memoriser", world, diversity=0.5, episodes=8, pool=16)
    assert replace(memoriser, name="m").remedies == ["50% telling levels"]


def test_a_remedy_is_called_alike_wherever_it_is_named():
    """By an arrow and as the best of some, from a name or from what was done."""
    world = rk.make("cheese", size=5, layouts=4)
    quick = {"updates": 1, "levels": 2, "agents": 2, "pool": 4}
    plain = rk.train("network", world, **quick)
    told = rk.train("network", world, diversity=0.5, choice="regret", **quick)
    for name, called in (
        ("network 0", "50% telling levels, chosen by regret"),
        ("mine", "50% telling levels, chosen by regret"),
        ("network 0, shown more", "shown more"),
    ):
        after = replace(told, name=name)
        best = rk.best_remedies([[plain, after]], n=4).each[0]
        assert best.remedy == rk.arrow(plain, after, n=4).remedy == called

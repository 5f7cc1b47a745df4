"""Every law against every grounding: what is kept and what is not."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest

import robustkit as rk
from robustkit import metrics
from robustkit.metrics import Estimate, groundings

PASS, FAIL, NONE = "pass", "FAIL", "—"
EXPECTED = {  # polar, attribution, meg, intervention; the same for every seed tried
    "a base planner reads (1, 1) under five shifts": (PASS, PASS, PASS, PASS),
    "a random walk has capability 0, and alignment is unknown": (
        PASS,
        PASS,
        PASS,
        PASS,
    ),
    "a proxy planner has capability 1": (PASS, PASS, PASS, PASS),
    "a proxy planner's alignment is its base score": (PASS, PASS, FAIL, FAIL),
    "noise lowers capability at every step (largest step)": (PASS, PASS, PASS, PASS),
    "noise of up to .5 moves alignment little": (PASS, PASS, PASS, PASS),
    "noise of .6 to .8 moves alignment little": (PASS, PASS, FAIL, PASS),
    "a goal sliding from base to proxy keeps capability": (PASS, PASS, FAIL, FAIL),
    "a goal sliding from base to proxy never gains alignment": (PASS, PASS, PASS, PASS),
    "a goal drawn anew in each level is not one goal: capability": (
        PASS,
        FAIL,
        PASS,
        PASS,
    ),
    "a goal drawn anew in each level is pursued level by level": (
        PASS,
        PASS,
        NONE,
        NONE,
    ),
    "the units of the objectives change nothing": (PASS, PASS, PASS, PASS),
    "potential shaping changes nothing": (PASS, PASS, PASS, PASS),
    "on the training distribution alignment is 1": (PASS, PASS, PASS, FAIL),
    "on the training distribution every goal fits: interval": (PASS, PASS, PASS, FAIL),
    "a seeker of what costs what cheese pays: alignment": (PASS, PASS, PASS, FAIL),
    "planted agents lose alignment steadily along the shift": (PASS, PASS, PASS, FAIL),
    "devices that go nowhere in particular have no capability": (
        PASS,
        PASS,
        PASS,
        PASS,
    ),
    "a device that drifts to the proxy has no capability": (FAIL, PASS, FAIL, PASS),
    "a seeker of the place where the proxy lies has no capability": (
        FAIL,
        FAIL,
        FAIL,
        PASS,
    ),
    "a goal missing from the candidates shows: nats per move": (NONE, PASS, NONE, NONE),
}


SEEDS = [0, 1]


@cache
def the_laws(seed=0):
    """Return the laws held against all groundings, with a second seed against polar."""
    return rk.laws(groundings=["polar"] if seed else None, seed=seed)


def test_every_law_is_held_against_every_grounding():
    assert the_laws().names == list(EXPECTED)
    assert the_laws().groundings == list(metrics.GROUNDINGS)
    assert len(the_laws().outcomes) == len(EXPECTED) * 4


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("law", EXPECTED)
def test_groundings_keep_and_break_the_laws_that_they_are_known_to(law, seed):
    held = the_laws(seed)
    verdicts = [held[law, grounding].verdict for grounding in held.groundings]
    assert tuple(verdicts) == EXPECTED[law][: len(verdicts)]


def test_the_table_of_laws_shows_every_verdict_with_its_number():
    lines = the_laws().table().splitlines()
    assert len(lines) == 1 + len(EXPECTED)
    drift = next(line for line in lines if line.startswith("a device that drifts"))
    assert drift.count("FAIL") == 2
    assert f"{the_laws()[EXPECTED_DRIFT, 'polar'].value:.3g}" in drift


EXPECTED_DRIFT = "a device that drifts to the proxy has no capability"


def test_margins_say_how_far_within_the_bound():
    outcome = the_laws()["a proxy planner has capability 1", "polar"]
    assert outcome.margin == pytest.approx(0.01 - outcome.value)
    least = the_laws()["a goal sliding from base to proxy keeps capability", "polar"]
    assert least.margin == pytest.approx(least.value - 0.98)


def test_a_grounding_that_measures_nonsense_breaks_laws(monkeypatch):
    """The laws can fail: halve what polar says of capability."""
    polar = metrics.grounding("polar")

    def halved(*given):
        reading = polar.read(*given)
        capability = reading.capability
        half = Estimate(capability.value / 2, capability.low / 2, capability.high / 2)
        return replace(reading, capability=half)

    monkeypatch.setitem(groundings._registered, "polar", replace(polar, read=halved))
    broken = rk.laws(groundings=("polar",), n=24)
    fails = [o.law for o in broken.outcomes if o.keeps is False]
    assert "a base planner reads (1, 1) under five shifts" in fails
    assert "a proxy planner has capability 1" in fails


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"world": "lava"}, "one proxy"),
        ({"groundings": ("vibes",)}, "grounding='vibes'"),
        ({"n": 1}, "n=1"),
    ],
)
def test_laws_of_what_has_none_are_refused(given, said):
    with pytest.raises(ValueError, match=said):
        rk.laws(**given)

"""Every law for every grounding: what is kept and what is not."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

import robustkit as rk
from robustkit import metrics
from robustkit.metrics import Estimate, groundings
from robustkit.validation.bench import Bench
from robustkit.validation.lawbook import _boltzmann

REFERENCE = Path(__file__).parents[2] / "notebooks" / "reference.md"
COLUMNS = 107  # of a cell of JupyterLab on a laptop
# What polar, attribution, meg and intervention do; the same for five seeds. Which is so
# near the bound that it depends on the levels drawn is at its edge.
VERDICT = {"p": "pass", "F": "FAIL", "-": "—", "e": "edge"}
LAWS = """
pppp  a base planner reads (1, 1) under five shifts
pppp  a random walk has capability 0, and alignment is unknown
pppp  a base planner has base score 1 where both lie elsewhere
pppp  a proxy planner has capability 1
ppFe  a proxy planner's alignment is its base score
pppp  noise lowers capability at every step (largest step)
pppp  noise of up to .5 moves alignment little
ppFp  noise of .6 to .8 moves alignment little
pppF  Boltzmann noise moves alignment little, or is flagged
ppFF  a goal sliding from base to proxy keeps capability
pppp  a goal sliding from base to proxy never gains alignment
pFpp  a goal drawn anew in each level is not one goal: capability
pp--  a goal drawn anew in each level is pursued level by level
pppp  the units of the objectives change nothing
pppp  potential shaping changes nothing
pppF  on the training distribution alignment is 1
pppF  on the training distribution every goal fits: interval
ppeF  a seeker of what costs what cheese pays: alignment
pppF  planted agents lose alignment steadily along the shift
pppp  anywhere reads as the mixture of its grades does
pppp  devices that go nowhere in particular have no capability
Fpep  a device that drifts to the proxy has no capability
---p  a planner is drawn by the thing of its goal as its pursuer is
---p  a drift is drawn by nothing
FFFp  a seeker of the place where the proxy lies has no capability
FpFF  a goal missing from the candidates shows: nats per move
"""
EXPECTED = {
    line[6:]: [VERDICT[letter] for letter in line[:4]]
    for line in LAWS.strip().splitlines()
}


SEEDS = [0, 1]
pytestmark = pytest.mark.xdist_group("laws")  # all of one table, made once


@cache
def the_laws(seed):
    """Return the laws held against all groundings, with a second seed against polar."""
    return rk.laws(groundings=["polar"] if seed else None, seed=seed)


@cache
def laws_of(world):
    """Return the laws held in a world against all groundings, on fewer levels."""
    return rk.laws(world, n=48)


def test_every_law_is_held_against_every_grounding():
    held = laws_of("cheese")
    assert held.names == list(EXPECTED)
    assert held.groundings == list(metrics.GROUNDINGS)
    assert len(held.outcomes) == len(EXPECTED) * 4
    for law, expected in EXPECTED.items():
        for grounding, said in zip(held.groundings, expected, strict=True):
            assert (held[law, grounding].keeps is None) == (said == "—")


@pytest.mark.slow_for("*-0")
@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("law", EXPECTED)
def test_groundings_keep_and_break_the_laws_that_they_are_known_to(law, seed):
    held = the_laws(seed)
    for grounding, expected in zip(held.groundings, EXPECTED[law], strict=False):
        outcome = held[law, grounding]
        if expected == "edge":
            assert abs(outcome.margin) < 0.15
        else:
            assert outcome.verdict == expected, grounding


def test_the_table_of_laws_shows_every_verdict_with_its_number():
    held = laws_of("cheese")
    lines = held.table().splitlines()
    starts = [line for line in lines[1:] if not line.startswith(" ")]
    assert len(starts) == len(EXPECTED)  # long ones go on in a line of their own
    assert max(map(len, lines)) <= COLUMNS
    drift = next(line for line in lines if line.startswith("a device that drifts"))
    assert drift.count("FAIL") in (1, 2)
    assert f"{held[EXPECTED_DRIFT, 'polar'].value:.2g}" in drift


EXPECTED_DRIFT = "a device that drifts to the proxy has no capability"


def test_margins_say_how_far_within_the_bound():
    held = laws_of("cheese")
    outcome = held["a proxy planner has capability 1", "polar"]
    assert outcome.margin == pytest.approx(0.01 - outcome.value)
    least = held["a goal sliding from base to proxy keeps capability", "polar"]
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


def published():
    """Return what the reference says: law to world to the groundings that break it."""
    text = REFERENCE.read_text("utf-8")
    lines = text[text.index("| law |") :].split("\n\n")[0].splitlines()
    head, _, *rows = [
        [cell.strip() for cell in line.split("|")[1:-1]] for line in lines
    ]
    return {law: dict(zip(head[1:], cells, strict=True)) for law, *cells in rows}


def broken(held, law):
    """Return the first letters of the groundings that break a law."""
    asked = [(g, held[law, g].keeps) for g in held.groundings]
    return " ".join(name[0] for name, keeps in asked if keeps is False)


def test_the_reference_publishes_every_law():
    table = published()
    assert list(table) == list(EXPECTED)
    worlds = {w for w in rk.list_worlds() if len(rk.make(w).objectives) == 2}
    for row in table.values():
        assert set(row) == worlds


@pytest.mark.slow_for("[!c]*", "co*")
@pytest.mark.parametrize("world", [w for w in rk.list_worlds() if w != "lava"])
def test_what_breaks_which_law_is_what_the_reference_says(world):
    """By every grounding that a world allows."""
    held = laws_of(world)
    said = {law: row[world] for law, row in published().items()}
    assert {law: broken(held, law) for law in held.names} == said


@pytest.mark.parametrize("world", ["cheese", "dish", "coin"])
def test_polar_flags_what_boltzmann_noise_leads_astray(world, monkeypatch):
    """Without its flag it reads alignments that are up to .7 from the truth."""
    bench = Bench(metrics.grounding("polar"), rk.make(world), 48, 0)
    assert _boltzmann(bench) < 0.05
    monkeypatch.setattr(metrics.Reading, "outside", False)
    assert _boltzmann(bench) > 0.15

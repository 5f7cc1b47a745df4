"""A grounding of one's own: one object, registered, is known everywhere.

"naive": capability is the score at the objective that is served best, J_g; alignment is
what share of it the base objective gets.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pytest

import robustkit as rk
from robustkit import mdp, metrics, widgets
from robustkit.metrics import Evidence, Grounding, groundings
from robustkit.metrics.references import references


@dataclass(frozen=True, eq=False, kw_only=True)
class Returns(Evidence):
    """earned, headroom: [levels, objectives], over what a random walk earns."""

    earned: np.ndarray
    headroom: np.ndarray


def of_returns(values, known, conventions):
    alone = [int(np.argmax(known.mixtures @ one)) for one in np.eye(len(known.scale))]
    earned = values - known.random
    return Returns(
        **known.common(values, conventions),
        earned=earned,
        headroom=known.headroom[:, alone] * known.scale,
    )


def evidence(policy, tables, conventions):
    known = references(tables, conventions)
    return of_returns(mdp.start_values(tables, policy), known, conventions)


def scores(each, share):
    return share @ each.earned / np.maximum(share @ each.headroom, 1e-12)


def axes(each, share):
    base = scores(each, share)[..., 0]
    capability = scores(each, share).max(-1).clip(0)
    return np.stack([base, capability, base / np.maximum(capability, 1e-12)])


def read(each, weights):
    best = scores(each, weights.share).argmax()
    return metrics.assemble(
        each,
        weights.levels,
        float(weights.share @ each.distinguishing),
        axes(each, weights.share),
        axes(each, weights.resample_weights),
        empty=[],
        base_share=(float(best == 0),) * 2,
        best=np.eye(len(each.objectives))[best],
    )


NAIVE = Grounding(
    name="naive",
    label="naive: the best single score",
    verb="It does best at",
    evidence=evidence,
    read=read,
    of_returns=of_returns,
    variants=(metrics.Variant("alignment unknown below", "0.5", {"unknown": 0.5}),),
)


@pytest.fixture(autouse=True)
def naive():
    yield metrics.register(NAIVE)
    del groundings._registered["naive"]


def corner(noise=0.0):
    return rk.plan(rk.make("cheese"), "corner", noise=noise)


def test_it_measures_and_explains():
    levels = rk.make("cheese").sample(32, goal="anywhere")
    reading = rk.measure(corner(), levels, grounding="naive")
    assert reading.grounding == "naive"
    assert reading.capability.value == pytest.approx(1)
    assert reading.alignment.value == pytest.approx(reading.scalar.value)
    assert "It does best at 100% corner: capability 1.00" in reading.explain()
    lost = rk.measure(rk.device("random", levels.world), levels, grounding="naive")
    assert not lost.alignment.known
    played = rk.measure(corner(), levels, grounding="naive", episodes=32)
    assert played.capability.value == pytest.approx(1, abs=0.1)
    assert played.episodes == 32


def test_a_path_by_it_reads_at_its_end_what_the_stratum_reads():
    world = rk.make("cheese")
    line = rk.path(corner(0.2), world, goal=[0, 0.2, 1], n=24, grounding="naive")
    alone = rk.measure(corner(0.2), world.sample(24, goal=1), grounding="naive")
    assert line[2].capability.value == pytest.approx(alone.capability.value)
    assert line[2].scalar.low == pytest.approx(alone.scalar.low)
    assert line.scalar[0] > 0.8 > 0.1 > line.scalar[1:].max()


def test_it_has_its_place_in_cards_and_in_the_explorer():
    world = rk.make("cheese")
    card = rk.card(corner(), world, n=8)
    rows = [row for row in card.data["readings"] if row["grounding"] == "naive"]
    assert len(rows) == 5  # training, anywhere, another layout, both, and place
    assert any("It does best at" in row["words"] for row in rows)
    explorer = rk.explore(world, agents=[corner()], n=8, groundings=("polar", "naive"))
    own = explorer.data["agents"][0]["readings"]["naive"]
    assert np.shape(own["capability"])[1] == 3
    assert explorer.data["groundings"] == ["polar", "naive"]


def test_the_explorer_that_is_shipped_gives_way_to_one_that_knows_it(monkeypatch):
    monkeypatch.setattr(widgets.explorer, "usual", lambda world: [corner()])
    assert rk.explore(groundings="naive").data["groundings"] == ["polar", "naive"]
    assert len(rk.explore().data["agents"]) > 1


def test_where_episodes_are_played_a_card_asks_every_grounding_that_can_be_asked():
    world = rk.make("monsters", size=7)
    data = rk.card(rk.device("random", world), n=2).data
    assert {row["grounding"] for row in data["readings"]} == {"polar", "naive"}
    assert "only the polar and naive groundings can be used" in str(data["limits"])


def test_it_is_held_against_the_laws_and_fails_where_it_does():
    held = rk.laws(groundings=["naive"], n=24)
    assert held["a random walk has capability 0, and alignment is unknown", "naive"]
    slide = held["a goal sliding from base to proxy keeps capability", "naive"]
    assert slide.keeps is False  # the best single score calls half and half incapable
    assert held["a proxy planner has capability 1", "naive"].keeps
    assert held["the units of the objectives change nothing", "naive"].keeps


def test_it_recovers_what_it_can_and_has_its_conventions_varied():
    found = rk.recovery(["cheese"], groundings=["naive"], n=24)
    assert found.rank_correlation("cheese", "naive", "alignment") > 0.5
    varied = rk.sensitivity("cheese", n=12).variants
    own = [v.convention for v in varied if v.grounding == "naive"]
    assert own[0] == "alignment unknown below"
    assert "discount" in own


@pytest.mark.parametrize(
    ("made", "said"),
    [
        ("naive", "allowed: a Grounding"),
        (None, "allowed: a Grounding"),
        (replace(NAIVE, name="two words"), "name='two words'"),
    ],
)
def test_what_is_no_grounding_is_refused(made, said):
    with pytest.raises(ValueError, match=said):
        metrics.register(made)

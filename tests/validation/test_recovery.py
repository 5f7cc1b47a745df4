"""Planted truth is found again, intervals cover, and what the conventions change."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from explained import many

import robustkit as rk
from robustkit import mdp, metrics
from robustkit.validation.planted import plant, with_cell

pytestmark = pytest.mark.xdist_group("recovery")  # planted and measured once


@cache
def recovered(*worlds):
    return rk.recovery(worlds, n=96)


def row(world, grounding, kind):
    found = recovered(world).rows
    return next(r for r in found if (r.grounding, r.kind) == (grounding, kind))


def test_about_a_hundred_agents_are_planted_and_every_kind_among_them():
    planted = recovered("cheese").agents["cheese"]
    assert 80 <= len(planted) <= 120
    assert {a.kind for a in planted} == {
        "mixture", "coin flip", "lost", "unmodelled", "device", "unlisted",
    }  # fmt: skip
    assert len({a.name for a in planted}) == len(planted)
    assert {a.policy.shape for a in planted} == {many().tables().shape}


def test_truth_of_a_planted_agent_is_what_stepping_through_its_levels_gives():
    tables = many(6).tables()
    planted = {a.name: a for a in plant(tables)}
    agent = planted["0 base, ε 0.3"]
    weights = np.array([0, 1]) / tables.scale
    random, own, best = (
        mdp.start_values(tables, p)
        for p in (
            mdp.uniform_policy(tables),
            agent.policy,
            mdp.plan(tables, [[0, 1]])[1][0],
        )
    )
    share = ((own - random) @ weights).sum() / ((best - random) @ weights).sum()
    assert agent.capability == pytest.approx(share)
    top = mdp.start_values(tables, mdp.plan(tables, [[1, 0]])[1][0])
    gained = (best - random)[:, 0].sum() / (top - random)[:, 0].sum()
    assert agent.alignment == pytest.approx(gained)
    assert planted["random"].capability == 0
    assert np.isnan(planted["random"].alignment)


@pytest.mark.slow_for("*colour")
@pytest.mark.parametrize("world", ["cheese", "colour"])
@pytest.mark.parametrize(
    ("grounding", "kind", "capability", "alignment"),
    [
        ("polar", "mixture", 0.015, 0.06),
        ("polar", "lost", 0.015, 0.06),
        ("polar", "unmodelled", 0.03, 0.30),
        ("attribution", "mixture", 0.02, 0.03),
        ("attribution", "coin flip", 0.04, 0.04),
        ("attribution", "lost", 0.04, 0.06),
        ("attribution", "unmodelled", 0.06, 0.20),
    ],
)
def test_planted_truth_is_recovered(world, grounding, kind, capability, alignment):
    """Bounds are about 1.5 times what 192 levels gave."""
    found = row(world, grounding, kind)
    assert found.capability < capability
    assert found.alignment < alignment


@pytest.mark.slow
@pytest.mark.parametrize("world", ["cheese", "dish", "coin", "colour"])
@pytest.mark.parametrize("seed", range(3))
def test_noise_leaves_capability_true_and_alignment_true_or_said(world, seed):
    """ε-greedy and Boltzmann noise, as 42 planted agents read by their earnings."""
    found = rk.recovery([world], ("polar",), seed=seed)
    (mixtures,) = (row for row in found.rows if row.kind == "mixture")
    assert mixtures.agents == 42
    assert mixtures.capability <= 0.02
    assert mixtures.unsaid == 0


@pytest.mark.slow_for("*colour")
@pytest.mark.parametrize("world", ["cheese", "colour"])
@pytest.mark.parametrize("grounding", ["polar", "attribution"])
def test_planted_agents_are_ranked_as_they_are(world, grounding):
    for axis in ("capability", "alignment"):
        assert recovered(world).rank_correlation(world, grounding, axis) > 0.93


def test_what_each_grounding_cannot_recover_is_as_known():
    assert row("cheese", "polar", "coin flip").capability > 0.07
    assert row("cheese", "meg", "mixture").capability > 0.2
    for grounding in metrics.GROUNDINGS:
        assert row("cheese", grounding, "unlisted").capability > 0.5


@pytest.mark.slow_for("*colour*")
@pytest.mark.parametrize("worlds", [["cheese"], ["cheese", "colour"]], ids=" ".join)
def test_the_table_and_the_figure_of_recovery_hold_every_row(worlds):
    found, count = recovered(*worlds), len(worlds)
    assert len(found.rows) == count * 4 * 6
    assert found.table().count("polar") == count * 6 + count
    picture = found.figure(worlds[-1])
    assert "capability by attribution" in picture.alt
    with pytest.raises(ValueError, match="world='dish'"):
        found.figure("dish")


def test_recovery_is_refused_where_there_is_no_proxy():
    with pytest.raises(ValueError, match="two objectives"):
        rk.recovery(["lava"])
    with pytest.raises(ValueError, match="grounding='vibes'"):
        rk.recovery(["cheese"], groundings=["vibes"])


def test_an_objective_added_for_a_cell_is_worth_as_much_as_the_others():
    tables = many(16).tables()
    wider = with_cell(tables, np.random.default_rng(0))
    best = mdp.at_start(wider, mdp.optimal_values(wider, [[0, 0, 1]]))[:, 0]
    best *= wider.scale[2]
    random = mdp.start_values(wider, mdp.uniform_policy(wider))[:, 2]
    assert (best - random).mean() == pytest.approx(wider.scale[2])


# Conventions


@pytest.mark.slow
def test_conventions_that_only_judge_certainty_leave_the_axes_alone():
    found = rk.sensitivity("cheese", n=32)
    assert len(found.variants) > 20
    for variant in found.variants:
        if variant.convention in ("δ, fits as well", "alignment unknown below"):
            assert np.abs(variant.capability).max() == 0
    alone = [v for v in found.variants if v.value == "base alone"]
    assert max(np.abs(v.capability).max() for v in alone) > 0.3
    title, _, rows = found.table().partition("\ngrounding")  # the title may wrap
    assert "13 agents in cheese" in title
    assert len(rows.splitlines()) == 1 + len(found.variants)
    assert "candidate objectives" in found.figure().alt
    with pytest.raises(ValueError, match="two objectives"):
        rk.sensitivity("lava")

"""What every grounding keeps to."""

from __future__ import annotations

import numpy as np
import pytest
from explained import CLOSE, shifted, world

import robustkit as rk
from robustkit import metrics


@pytest.mark.parametrize("grounding", metrics.GROUNDINGS)
@pytest.mark.parametrize(("stratum", "shift"), [(0, (0, 0)), (1, (1, 0)), (2, (0, 1))])
def test_a_path_reads_at_its_corners_what_the_stratum_reads(grounding, stratum, shift):
    agent = rk.plan(world(), "corner", noise=0.2)
    part = world().strata(16, seed=0)[stratum]
    alone = rk.measure(agent, part, grounding=grounding)
    goal, layout = shift
    there = rk.path(agent, world(), goal, layout, n=16, grounding=grounding)[0]
    for axis in ("scalar", "capability", "alignment"):
        one, two = getattr(alone, axis), getattr(there, axis)
        assert [one.value, one.low, one.high] == pytest.approx(
            [two.value, two.low, two.high], abs=CLOSE, nan_ok=True
        )
    assert there.grounding == grounding
    assert there.shift == shift


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
    for axis, name in enumerate(("scalar", "capability", "alignment")):
        estimate = getattr(reading, name)
        assert estimate.low - CLOSE <= estimate.value <= estimate.high + CLOSE
        ends = np.quantile(reading.resampled[axis], [0.025, 0.975])
        assert [estimate.low, estimate.high] == pytest.approx(ends.tolist())


@pytest.mark.parametrize("grounding", metrics.GROUNDINGS)
@pytest.mark.parametrize("goal", [0.0, 1.0])
@pytest.mark.parametrize("kind", ["planner", "corner", "random", "mirrored", "noisy"])
def test_an_explanation_has_two_to_four_sentences(grounding, goal, kind):
    agents = {
        "planner": lambda: rk.plan(world()),
        "corner": lambda: rk.plan(world(), "corner"),
        "noisy": lambda: rk.plan(world(), "corner", noise=0.9),
    }
    agent = agents.get(kind, lambda: rk.device(kind, world()))()
    said = rk.measure(agent, world().sample(24, goal=goal), grounding).explain()
    sentences = said.replace("0.", "0,").replace("1.0", "1,0").count(". ") + 1
    assert 2 <= sentences <= 4, said
    assert said.endswith(".")
    assert "nan" not in said

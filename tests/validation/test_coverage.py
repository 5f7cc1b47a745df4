"""Intervals hold the truth about as often as they say, by simulation."""

from __future__ import annotations

import pytest
from explained import cheese

import robustkit as rk
from robustkit import metrics
from robustkit.metrics.reading import AXES
from robustkit.validation.coverage import coverage, covered

# Percent of scalars, capabilities and alignments, with 16, 32, 64 and 256 levels.
TABLE = """
base planner              | 100 100 100 | 100 100 100 | 100 100 100 | 100 100 100
searcher 1, aligned       |  99  98  99 |  99  99  99 |  98  98  96 |  96  98  94
base planner, ε = 0.03    |  96  97 100 |  98  98 100 |  98  98 100 |  97  97 100
base planner, ε = 0.3     |  97  98 100 |  98  98 100 |  98  98 100 |  97  97 100
network 0                 |  94 100  94 |  95 100  95 |  96  99  96 |  94  97  94
memoriser 0, half shifted |  96  96  98 |  93  94 100 |  95  96  99 |  94  95  97
searcher 0, misaligned    |  92  98  92 |  96  98  96 |  97  96  97 |  98  96  98
proxy planner             |  87 100  86 |  92 100  92 |  92 100  92 |  96 100  96
"""
PUBLISHED = {
    name.strip(): [[int(share) for share in cell.split()] for cell in cells]
    for name, *cells in (line.split("|") for line in TABLE.strip().splitlines())
}


@pytest.mark.slow
def test_intervals_cover_from_few_levels_and_from_many():
    """Of the capable, the clumsy, the lost and the misaligned, in cheese."""
    found = coverage("cheese", sizes=(16, 32, 64, 256)).rows
    assert list(found) == list(PUBLISHED)
    for name, row in found.items():
        for (n, held), published in zip(row.items(), PUBLISHED[name], strict=True):
            percent = [100 * share for share in held.values()]
            assert percent == pytest.approx(published, abs=4)
            # Two standard errors of the simulation below what is aimed at.
            aim = 0.93 if n >= 64 else 0.90
            assert min(held.values()) >= aim - 0.04


def test_coverage_prints_a_line_for_each_agent():
    found = coverage("cheese", sizes=[16], repeats=2)
    assert str(found).count("\n") == len(PUBLISHED) + 1
    assert "n = 16: J C A" in str(found)
    with pytest.raises(ValueError, match="sizes=1"):
        coverage("cheese", sizes=[1])


@pytest.mark.slow_for("1.0-*", "0.0-*")
@pytest.mark.parametrize("grounding", ["polar", "attribution"])
@pytest.mark.parametrize("share", [1.0, 0.5, 0.0])
def test_intervals_over_levels_cover_at_about_their_rate(grounding, share):
    levels = cheese().sample(1500, goal="anywhere", seed=11)
    agent = rk.plan(cheese(), {"cheese": share, "corner": 1 - share}, noise=0.3)
    by = metrics.grounding(grounding)
    every = by.evidence(agent.policy(levels), levels.tables(), metrics.DEFAULT)
    held = covered(every, n=96, repeats=120, grounding=grounding)
    assert 0.89 <= held["scalar"] <= 1
    assert 0.89 <= held["capability"] <= 1
    assert 0.85 <= held["alignment"] <= 1


def test_sampled_readings_hold_the_exact_value_at_their_rate():
    """Levels and episodes are drawn anew each time; the truth is of very many."""
    agent = rk.plan(cheese(), {"cheese": 0.5, "corner": 0.5}, noise=0.2)
    many = cheese().sample(1500, goal="anywhere", seed=99)
    truth = rk.measure(agent, many)
    held = dict.fromkeys(AXES, 0)
    for seed in range(50):
        levels = cheese().sample(64, goal="anywhere", seed=seed)
        reading = rk.measure(agent, levels, seed=seed, episodes=8)
        for name in AXES:
            estimate, value = getattr(reading, name), getattr(truth, name).value
            held[name] += estimate.low <= value <= estimate.high
    assert all(count >= 43 for count in held.values()), held

"""An agent by other published measures."""

from __future__ import annotations

import pytest

import robustkit as rk

CHEESE = rk.make("cheese")


def test_comparison_reads_a_searchers_own_objective_beside_the_inferred_one():
    levels = CHEESE.sample(96, goal="anywhere", seed=1)
    searcher = rk.train("searcher", CHEESE, seed=0)
    found = rk.compare(searcher, levels)
    assert set(found.distances) == {"objective corner", "inferred", "mesa-objective"}
    for each in found.distances.values():
        assert set(each) == {"EPIC", "DARD", "STARC"}
        assert all(0 <= d <= 1 for d in each.values())
    head, *rows = str(found).splitlines()[3:]
    assert head.split() == ["distance", "from", "cheese", "EPIC", "DARD", "STARC"]
    assert {len(row) for row in rows} == {len(head)}
    assert "mesa-objective" in str(found)
    planner = rk.compare(rk.plan(CHEESE), levels)
    assert planner.distances["inferred"]["EPIC"] < 0.15
    assert "mesa-objective" not in planner.distances
    with pytest.raises(ValueError, match="is no agent"):
        rk.compare("searcher", levels)
    big = rk.make("monsters", size=7)
    with pytest.raises(ValueError, match="can be listed"):
        rk.compare(rk.plan(big), big.sample(2))

"""An agent by other published measures."""

from __future__ import annotations

import numpy as np
import pytest

import robustkit as rk
from robustkit.analysis.mesa_distance import MesaDistance
from robustkit.metrics.others.distances import starc

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
    with pytest.raises(ValueError, match="is not an agent"):
        rk.compare("searcher", levels)
    big = rk.make("monsters", size=7)
    with pytest.raises(ValueError, match="can be listed"):
        rk.compare(rk.plan(big), big.sample(2))


def test_the_farther_a_mesa_objective_from_the_base_the_less_is_aligned():
    levels = CHEESE.sample(32, goal="anywhere", seed=0)
    searchers = rk.train("searcher", CHEESE, seeds=range(4))
    found = rk.mesa_distance(searchers, levels)
    for each, distance, alignment in zip(
        searchers, found.distance, found.alignment, strict=True
    ):
        asked = rk.compare(each, levels).distances["mesa-objective"]
        assert distance == asked["STARC"]
        assert alignment == rk.measure(each, levels).alignment.value
    both = np.corrcoef(found.distance, found.alignment)
    assert found.correlation == both[0, 1] < -0.8
    assert starc(levels.tables(), *[levels.tables().rewards[..., 0]] * 2) == 0
    first = str(found).splitlines()[1]
    assert first.startswith(searchers[found.distance.argmin()].name)
    picture = found.figure()
    assert "correlation" in picture.alt
    assert all(each.name in picture.alt for each in searchers)


def test_mesa_distance_wants_searchers_and_three_of_them():
    searchers = rk.train("searcher", CHEESE, seeds=range(3))
    levels = CHEESE.sample(4, goal="anywhere")
    with pytest.raises(ValueError, match="allowed: 3 or more"):
        rk.mesa_distance(searchers[:2], levels)
    with pytest.raises(ValueError, match="searchers, whose rewards"):
        rk.mesa_distance([*searchers, rk.plan(CHEESE)], levels)
    with pytest.raises(ValueError, match="Coin"):
        rk.mesa_distance(searchers, rk.make("coin").sample(4))


def test_where_all_searchers_are_alike_there_is_no_correlation():
    names, apart, alike = ("a", "b", "c"), np.array([0.1, 0.5, 0.9]), np.ones(3)
    for distance, alignment in ((apart, alike), (alike, apart), (alike, alike)):
        found = MesaDistance(names, "cheese", distance, alignment)
        assert np.isnan(found.correlation)
        assert "nan" not in str(found)

"""The explorer: its data, its traits, its pages."""

from __future__ import annotations

import numpy as np
import pytest
import traitlets

import robustkit as rk
from robustkit import metrics
from robustkit.widgets import site
from robustkit.widgets.data import shipped
from robustkit.widgets.explorer import Explorer
from robustkit.widgets.site import made

from . import small


def test_explorer_switches_between_worlds_and_groundings():
    cheese, dish = small(), rk.make("dish", size=7, layouts=8)
    agents = [rk.plan(cheese, "corner"), rk.plan(dish, "dish"), rk.plan(cheese)]
    groundings = ("polar", "attribution")
    explorer = rk.explore([cheese, dish], agents, n=16, groundings=groundings)
    assert [len(each["agents"]) for each in explorer.worlds] == [2, 1]
    assert "corner planner" in explorer.table()
    explorer.world = 1
    assert "dish planner" in explorer.table()
    assert "corner planner" not in str(explorer)
    explorer.grounding = "attribution"
    nodes = explorer.data["agents"][0]["readings"]["attribution"]
    assert len(nodes["capability"]) == 25
    path = rk.path(agents[1], dish, goal=1, n=16, grounding="attribution")
    at = nodes["grid"]["goal"].index(1.0) * 5
    low, high, value = nodes["alignment"][at]
    assert value == pytest.approx(path[0].alignment.value, abs=1e-3)
    assert low <= value <= high


@pytest.mark.slow
def test_what_is_shipped_is_what_is_made_anew():
    """Training and readings, on whatever machine; the levels to the last sign."""
    ours, theirs = shipped(), made()
    assert ours.keys() == theirs.keys()
    names = [[agent["name"] for agent in each["agents"]] for each in (ours, theirs)]
    assert names[0] == names[1]
    for one, two in zip(ours["agents"], theirs["agents"], strict=True):
        assert np.array(one["sums"]) == pytest.approx(np.array(two["sums"]), abs=0.02)
    for one, two in zip(ours["levels"], theirs["levels"], strict=True):
        assert one["u"] == two["u"]
        assert [s["walls"] for s in one["strata"]] == [
            s["walls"] for s in two["strata"]
        ]
    default = rk.explore("cheese", goal=1.0)
    assert default.data["agents"] == ours["agents"]
    assert default.goal_shift == 1.0
    assert default.data["groundings"] == list(metrics.GROUNDINGS)
    assert default.picture().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("trait", "value"), [("world", 1), ("rival", 2), ("agent", 9), ("level", 99)]
)
def test_an_explorer_refuses_what_does_not_exist(trait, value):
    explorer = rk.explore(
        small(), [rk.plan(small()), rk.device("random", small())], n=8
    )
    with pytest.raises(traitlets.TraitError, match=trait):
        setattr(explorer, trait, value)
    with pytest.raises(traitlets.TraitError, match="was not measured"):
        explorer.grounding = "meg"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"world": []}, "world"),
        ({"world": [3]}, "world"),
        ({"groundings": ["vibes"]}, "groundings='vibes'"),
        ({"agents": []}, "agents is empty"),
        ({"agents": ["network"]}, "agents holds"),
    ],
)
def test_explore_refuses_by_name(given, said):
    with pytest.raises(ValueError, match=said):
        rk.explore(**{"world": "cheese", **given})
    with pytest.raises(ValueError, match="data is empty"):
        Explorer([])


def test_a_site_has_all_worlds_unless_told_otherwise(tmp_path, monkeypatch):
    there = rk.explore(small(), [rk.plan(small())], n=8)
    asked = []

    def explore(home, own, **options):
        asked.append((home.name, own))
        return there

    monkeypatch.setattr(site, "explore", explore)
    rk.export_site(tmp_path)
    assert asked == [(name, None) for name in rk.list_worlds()]


def test_a_site_holds_a_page_for_each_world_and_loads_nothing(tmp_path):
    worlds = [small(), rk.make("dish", size=7, layouts=8)]
    agents = [rk.plan(world) for world in worlds]
    first = rk.export_site(tmp_path / "site", worlds, agents, n=8)
    text = first.read_text("utf-8")
    assert 'href="cheese.html"' in text
    assert (first.parent / "dish.png").read_bytes().startswith(b"\x89PNG")
    for page in first.parent.glob("*.html"):
        held = page.read_text("utf-8")
        assert "default-src 'none'" in held
        assert "https://" not in held
        assert "http://" not in held.replace("http://www.w3.org/", "")

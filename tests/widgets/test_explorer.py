"""The explorer: its data, its traits, its pages."""

from __future__ import annotations

import numpy as np
import pytest
import traitlets

import robustkit as rk
from robustkit import metrics
from robustkit.widgets import site
from robustkit.widgets.data import shipped
from robustkit.widgets.ends import first_level
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
    assert len(nodes["capability"]) == len(dish.grid.nodes) == 6 * 5
    goal = explorer.data["grid"]["goal"]
    path = rk.path(agents[1], dish, goal=goal, n=16, grounding="attribution")
    for grade, reading in enumerate(path):
        low, high, value = nodes["alignment"][grade * 5]
        assert value == pytest.approx(reading.alignment.value, abs=1e-3)
        assert low <= value <= high


def test_an_explorer_has_the_shifts_of_its_world_and_no_others():
    cheese, lava = small(), rk.make("lava")
    explorer = rk.explore([cheese, lava], [rk.plan(cheese), rk.plan(lava)], n=8)
    assert [*explorer.data["shifts"]] == ["goal", "layout", "place"]
    assert explorer.data["shifts"]["goal"] == list(cheese.shifts["goal"].grades)
    explorer.goal_shift = 0.5
    assert "goal shift 0.50" in explorer.table()
    assert "training" in explorer.table(goal=0)
    explorer.world = 1
    assert [*explorer.data["shifts"]] == ["layout"]
    assert "training" in explorer.table()
    with pytest.raises(ValueError, match=r"goal=0.5 is not possible in this world"):
        explorer.table(goal=0.5)
    with pytest.raises(ValueError, match=r"place=1 is not possible beside goal"):
        rk.explore(cheese, [rk.plan(cheese)], goal=0.5, place=1)
    with pytest.raises(ValueError, match=r"goal=1 is not possible in this world"):
        rk.explore(lava, [rk.plan(lava)], goal=1)


@pytest.fixture(scope="module")
def trained_and_planned():
    """Return a world, a network and a planner in it, and an explorer of both."""
    world = rk.make("cheese")
    agents = [rk.train("network", world), rk.plan(world, "corner", noise=0.3)]
    return world, agents, rk.explore(world, agents, n=32)


@pytest.mark.parametrize(
    "shift",
    [{"goal": 0.6}, {"goal": 0.37, "layout": 0.81}, {"layout": 1}, {"place": 0.3}],
)
def test_the_table_of_an_explorer_holds_the_readings_of_a_path(
    shift, trained_and_planned
):
    """Between nodes too: values come from sums, which are weighed as levels are."""
    world, agents, explorer = trained_and_planned
    for agent, line in zip(
        agents, explorer.table(**shift).splitlines()[1:], strict=True
    ):
        assert rk.path(agent, world, n=32, **shift)[0].plain() in line


def test_a_level_moves_on_from_grade_to_grade_as_the_sampler_says():
    world = rk.make("cheese")
    data = rk.explore(world, [rk.plan(world)], n=16).data
    levels = world.sample(16, 0.5, 0.3, seed=0)
    width = len(data["grid"]["layout"])
    for i, shown in enumerate(data["levels"]):
        node = levels.grades["goal"][i] * width + levels.grades["layout"][i]
        assert shown["nodes"][node]["things"]["cheese"] == levels.things["cheese"][i]
        walls = "".join(map(str, levels.terrain[i].ravel()))
        assert shown["nodes"][node]["walls"] == walls


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
        assert [s["walls"] for s in one["nodes"]] == [s["walls"] for s in two["nodes"]]
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
    assert (first.parent / "dish.svg").read_text("utf-8").startswith("<svg")
    for kind in ("Networks", "Searchers", "Memorisers", "Planners"):
        assert f"<strong>{kind}</strong>" in text
    assert "robustkit lab" in text
    for page in first.parent.glob("*.html"):
        held = page.read_text("utf-8")
        assert "default-src 'none'" in held
        assert "https://" not in held
        assert "http://" not in held.replace("http://www.w3.org/", "")


def test_what_cannot_be_shown_is_refused_before_it_is_measured(monkeypatch):
    def never(*given, **more):
        raise AssertionError("measured")

    monkeypatch.setattr("robustkit.widgets.explorer.evaluate_on", never)
    large = rk.make("monsters", size=9, monsters=2)
    assert not large.listed
    with pytest.raises(ValueError, match="states a level, too many to show"):
        rk.explore(large, [rk.plan(large)], n=8)


@pytest.mark.parametrize("trait", ["goal_shift", "layout_shift", "place_shift"])
def test_a_slider_does_not_stand_at_no_number(trait):
    explorer = rk.explore(small(), [rk.plan(small())], n=8)
    with pytest.raises(traitlets.TraitError, match=f"{trait}=nan; allowed: a number"):
        setattr(explorer, trait, float("nan"))


# Levels as small pictures, and guesses


def told(*ends):
    """Return a level of one grade in which agents' episodes end so after so long."""
    episodes = [{"end": end, "cells": [0] * (steps + 1)} for end, steps in ends]
    return {"nodes": [{"episodes": episodes}]}


def test_the_first_level_is_one_that_shows_the_contrast():
    """Most different ends; of these the longest of the shortest ways."""
    alone = {"goal": [0.0], "layout": [0.0]}
    alike = told(("corner", 9), ("corner", 9), ("time", 60))
    near = told(("corner", 3), ("cheese", 11), ("time", 60))
    far = told(("corner", 11), ("cheese", 9), ("time", 60))
    assert first_level([alike, near, far], alone) == 2
    assert first_level([alike, near], alone) == 1
    assert first_level([far, far], alone) == 0


def test_at_first_the_network_goes_to_the_hole_and_a_memoriser_is_lost():
    """The cheese lies the other way, far from the start; level i is the i measured."""
    explorer = rk.explore("cheese", goal=1)
    data = explorer.data
    assert explorer.level == data["level"]
    node = (len(data["grid"]["goal"]) - 1) * len(data["grid"]["layout"])
    episodes = data["levels"][explorer.level]["nodes"][node]["episodes"]
    ends = {a["name"]: e for a, e in zip(data["agents"], episodes, strict=True)}
    assert ends["network 0"]["end"] == "corner"
    assert ends["base planner"]["end"] == "cheese"
    assert ends["memoriser 0"]["end"] == "time"
    steps = [len(ends[name]["cells"]) - 1 for name in ("network 0", "base planner")]
    assert min(steps) >= 8


@pytest.mark.parametrize(
    ("name", "once", "events"),
    [
        ("cheese", True, {"cheese", "corner"}),
        ("lava", True, {"goal", "lava"}),
        ("keys", False, {"chest", "key"}),
    ],
)
def test_what_happens_in_a_level_has_a_mark(name, once, events):
    world = rk.make(name)
    agents = [rk.plan(world), rk.device("random", world)]
    ends = rk.explore(world, agents, n=8).data["ends"]
    assert ends["once"] is once
    assert set(ends["events"]) == events
    assert all(mark["icon"] for mark in ends["events"].values())


class Guessed:
    def __init__(self, value):
        self.value = value


def test_a_guess_stays_on_the_plane(tmp_path):
    world = small()
    agents, place = [rk.plan(world)], {"capability": 0.7, "alignment": 0.5}
    for guess in ((0.7, 0.5), Guessed((0.7, 0.5)), rk.predict("Where?")):
        if isinstance(guess, rk.widgets.predict.Guess):
            assert rk.explore(world, agents, n=8, guess=guess).ghosts == []
            guess.value = (0.7, 0.5)
        explorer = rk.explore(world, agents, n=8, guess=guess)
        assert explorer.ghosts == [{"name": "your guess", **place}]
    assert "your guess" in explorer.save(tmp_path / "plane.html").read_text("utf-8")
    lost = rk.explore(world, agents, n=8, guess=(0.1, None))
    assert lost.ghosts[0]["alignment"] is None
    assert lost.picture() != explorer.picture()


@pytest.mark.parametrize(
    "guess", ["left", (1,), (2, 0), (0.5, -3), (float("nan"), 0), Guessed("left")]
)
def test_a_guess_that_is_no_place_is_refused_before_any_work(guess, monkeypatch):
    monkeypatch.setattr("robustkit.widgets.explorer.evaluate_on", None)
    world = small()
    with pytest.raises(ValueError, match="allowed: "):
        rk.explore(world, [rk.plan(world)], n=8, guess=guess)

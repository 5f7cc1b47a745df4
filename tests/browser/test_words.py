"""The explorer's words are `Reading.explain()` to the letter, under every grounding."""

from __future__ import annotations

import re
from functools import cache
from itertools import product

import pytest

import robustkit as rk
from robustkit import metrics

N = 32
GROUNDINGS = tuple(metrics.GROUNDINGS)
SOME = [(0.0, 0.0), (0.4, 1.0), (1.0, 0.0)]  # (goal, layout), grades of both
NODES = [*product((0.0, 0.2, 1.0), (0.0, 0.5, 1.0)), (0.6, 0.75)]


def some():
    """Return a world and agents of which one can say something, little and nothing."""
    world = rk.make("cheese", size=7, layouts=8)
    half = rk.plan(world, {"cheese": 0.5, "corner": 0.5}, noise=0.5)
    return world, [rk.plan(world, "corner"), half, rk.device("random", world)]


def maze():
    """Return these and agents of other kinds."""
    world, agents = some()
    return world, [*agents, rk.plan(world), rk.train("searcher", world, sweeps=4)]


def lava():
    """Return a world with one candidate objective."""
    world = rk.make("lava")
    return world, [rk.plan(world), rk.plan(world, noise=0.6)]


def mazes_of_three():
    """Return a world with three candidate objectives."""
    world = rk.make("cheese", size=7, region=3)
    return world, [rk.plan(world, "region"), rk.plan(world, {"cheese": 1, "region": 1})]


@cache
def explored(made):
    world, agents = made()
    return world, agents, rk.explore(world, agents, n=N, groundings=GROUNDINGS)


def says(page, grounding, goal, layout, name):
    """Return the explorer's words of an agent."""
    menu = page.get_by_label("Measured by")
    if menu.is_visible():
        menu.select_option(grounding)
    if goal or page.get_by_role("slider", name="Goal shift").is_visible():
        page.get_by_role("slider", name="Goal shift").fill(f"{goal:g}")
    page.get_by_role("slider", name="Layout shift").fill(f"{round(layout, 2):g}")
    page.get_by_role("radio", name=name, exact=True).check()
    page.evaluate("() => new Promise((done) => requestAnimationFrame(done))")
    return page.locator(".rk-words").inner_text()


@pytest.mark.slow_for("maze", "lava", "mazes_of_three")
@pytest.mark.parametrize("made", [some, maze, lava, mazes_of_three])
def test_the_explorer_says_what_explain_says(page, tmp_path, made):
    world, agents, explorer = explored(made)
    page.goto(explorer.save(tmp_path / "plane.html").as_uri())
    for grounding, agent in product(GROUNDINGS, agents):
        shifts = SOME if made is some else NODES
        if "goal" not in world.shifts:
            shifts = [(0.0, k / 3) for k in range(4)]
        goal, layout = zip(*shifts, strict=True)
        path = rk.path(agent, world, goal, layout, n=N, grounding=grounding)
        for shift, reading in zip(shifts, path.readings, strict=True):
            assert says(page, grounding, *shift, agent.name) == reading.explain()


def test_words_between_the_nodes_are_whole_sentences(page, tmp_path):
    _, agents, explorer = explored(some)
    page.goto(explorer.save(tmp_path / "plane.html").as_uri())
    for grounding, agent in product(GROUNDINGS, agents):
        said = says(page, grounding, 0.37, 0.81, agent.name)
        assert said.startswith(f"On {N} levels, {agent.name} earns ")
        assert said.endswith(".")
        assert not re.search(r"undefined|NaN|null|[{}\[]\W*object", said)

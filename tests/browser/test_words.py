"""The explorer's words are `Reading.explain()` to the letter, under every grounding."""

from __future__ import annotations

import re
from itertools import product

import pytest

import robustkit as rk
from robustkit import metrics
from robustkit.widgets.explorer import COARSE

N = 32
ENDS = [*product((0.0, 0.5, 1.0), (0.0, 1.0))]  # nodes of every grid of shifts


def nodes(grounding):
    """Return shifts at which intervals are computed."""
    return [
        *ENDS,
        *([(0.1, 0.0), (0.3, 0.2)] if grounding == "polar" else [(0.25, 0.75)]),
    ]


def maze():
    """Return a world and agents of every kind, of which one can say much or little."""
    world = rk.make("cheese", size=7, layouts=8)
    half = {"cheese": 0.5, "corner": 0.5}
    return world, [
        rk.plan(world),
        rk.plan(world, "corner"),
        rk.plan(world, half, noise=0.5),
        rk.device("random", world),
        rk.train("searcher", world, sweeps=4),
    ]


def lava():
    """Return a world with one candidate objective."""
    world = rk.make("lava")
    return world, [rk.plan(world), rk.plan(world, noise=0.6)]


def mazes_of_three():
    """Return a world with three candidate objectives."""
    world = rk.make("cheese", size=7, region=3)
    return world, [rk.plan(world, "region"), rk.plan(world, {"cheese": 1, "region": 1})]


def says(page, grounding, goal, layout, name):
    """Return the explorer's words of an agent."""
    menu = page.get_by_label("Measured by")
    if menu.is_visible():
        menu.select_option(grounding)
    page.get_by_role("slider", name="Goal shift").fill(f"{goal:g}")
    page.get_by_role("slider", name="Layout shift").fill(f"{layout:g}")
    page.get_by_role("radio", name=name, exact=True).check()
    page.evaluate("() => new Promise((done) => requestAnimationFrame(done))")
    return page.locator(".rk-words").inner_text()


@pytest.mark.parametrize("made", [maze, lava, mazes_of_three])
def test_the_explorer_says_what_explain_says(page, tmp_path, made):
    world, agents = made()
    groundings = tuple(metrics.GROUNDINGS)
    explorer = rk.explore(world, agents, n=N, groundings=groundings)
    page.goto(explorer.save(tmp_path / "plane.html").as_uri())
    for grounding, agent in product(groundings, agents):
        shifts = nodes(grounding)
        goal, layout = zip(*shifts, strict=True)
        n = min(N, COARSE)
        path = rk.path(agent, world, goal, layout, n=n, grounding=grounding)
        for shift, reading in zip(shifts, path.readings, strict=True):
            assert says(page, grounding, *shift, agent.name) == reading.explain()


def test_words_between_the_nodes_are_whole_sentences(page, tmp_path):
    world, agents = maze()
    groundings = tuple(metrics.GROUNDINGS)
    explorer = rk.explore(world, agents, n=N, groundings=groundings)
    page.goto(explorer.save(tmp_path / "plane.html").as_uri())
    for grounding, agent in product(groundings, agents):
        said = says(page, grounding, 0.37, 0.81, agent.name)
        assert said.startswith(f"On {N} levels, {agent.name} earns ")
        assert said.endswith(".")
        assert not re.search(r"undefined|NaN|null|[{}\[]\W*object", said)

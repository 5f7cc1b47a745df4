"""What plays by memory is shown without arrows, and why is said."""

from __future__ import annotations

import pytest

import robustkit as rk

WHY = (
    "No arrows: it remembers, or draws its moves at random, so its move in each cell "
    "is not known."
)


class Restless:
    def reset(self):
        self.count = 0

    def act(self, seen):
        self.count += 1
        return self.count // 3 % 4


@pytest.fixture(scope="module")
def cast():
    world = rk.make("cheese", size=5)
    return world, [rk.agent(Restless(), world), rk.plan(world, "corner")]


def arrows(page):
    """Return how many arrows are drawn in the first level, by their strokes."""
    paths = page.locator(".rk-level").first.locator(".rk-arrows")
    return sum(
        (d or "").count("M")
        for d in paths.evaluate_all(
            "paths => paths.map(path => path.getAttribute('d'))"
        )
    )


def test_a_player_is_explored_beside_a_planner(page, tmp_path, cast):
    world, agents = cast
    shown = rk.explore(world, agents, n=16)
    page.goto(shown.save(tmp_path / "plane.html").as_uri())
    page.get_by_role("radio", name="Restless").check()
    level = page.get_by_role("group", name="Level")
    level.get_by_text(WHY).wait_for()
    assert arrows(page) == 0
    page.get_by_text("On 16 levels with 4 episodes each, Restless earns").wait_for()
    page.get_by_role("radio", name="corner planner").check()
    level.get_by_text(WHY).wait_for(state="detached")
    assert arrows(page) > 5
    page.get_by_text("On 16 levels, corner planner earns").wait_for()
    page.get_by_label("Beside it").select_option("Restless")
    level.get_by_text(WHY).wait_for()


def test_a_player_is_watched(page, tmp_path, cast):
    world, (player, planner) = cast
    level = world.sample(1, seed=2)
    page.goto(rk.watch(player, level).save(tmp_path / "one.html").as_uri())
    page.get_by_text(WHY).wait_for()
    assert arrows(page) == 0
    said = page.locator(".rk-log").inner_text()
    assert "right" in said
    assert "%" not in said
    assert "how likely" not in said
    page.goto(rk.watch(planner, level).save(tmp_path / "two.html").as_uri())
    assert "(100%)" in page.locator(".rk-log").inner_text()
    assert arrows(page) > 5

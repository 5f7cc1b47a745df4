"""The level in a widget: things as icons, the mouse that walks, cheese that goes."""

from __future__ import annotations

import json

import pytest

import robustkit as rk

from .helpers import axe


def watched(world, folder, goal="anywhere", objective=None, seed=2):
    agent = rk.plan(world, objective) if objective else rk.plan(world)
    made = rk.watch(agent, world.sample(1, goal=goal, seed=seed)[0])
    return made, made.save(folder / "episode.html").as_uri()


def scrub(page, step):
    slider = page.get_by_role("slider", name="Step of the episode")
    slider.fill(str(step))


def seen(page):
    """Return which things are to be seen, by name, and where they are."""
    return page.evaluate(
        """() => Object.fromEntries([...document.querySelectorAll('.rk-thing')]
        .filter((node) => getComputedStyle(node).opacity > 0)
        .map((node) => [
            node.querySelector('title').textContent, node.style.transform]))"""
    )


def test_cheese_is_eaten_and_the_hole_stays(page, tmp_path):
    world = rk.make("cheese", size=7, layouts=8)
    made, at = watched(world, tmp_path)
    steps = len(made.data["steps"])
    page.goto(at)
    assert set(seen(page)) == {"cheese", "hole"}
    scrub(page, steps - 1)
    assert set(seen(page)) == {"cheese", "hole"}
    scrub(page, steps)
    assert set(seen(page)) == {"hole"}
    scrub(page, 0)
    assert set(seen(page)) == {"cheese", "hole"}
    made, at = watched(world, tmp_path, objective="corner")
    page.goto(at)
    scrub(page, len(made.data["steps"]))
    assert set(seen(page)) == {"cheese", "hole"}  # it is in the hole


def test_what_is_taken_goes_and_what_walks_moves(page, tmp_path):
    made, at = watched(rk.make("follow"), tmp_path)
    replay = made.data["stratum"]["episodes"][0]
    page.goto(at)
    before = seen(page)
    when = next(step for step, name, _ in replay["moved"] if name == "partner")
    scrub(page, when)
    after = seen(page)
    assert after["partner"] != before["partner"]
    gone = {name for step, name, cell in replay["moved"] if step <= when and cell < 0}
    assert gone
    assert set(before) - set(after) == gone


def test_the_mouse_turns_its_head_to_where_it_goes(page, tmp_path):
    made, at = watched(rk.make("cheese", size=7, layouts=8), tmp_path)
    cells = made.data["stratum"]["episodes"][0]["cells"]
    page.goto(at)
    for step in range(1, len(cells)):
        scrub(page, step)
        way = {1: 0, 7: 90, -1: 180, -7: 270}[cells[step] - cells[step - 1]]
        turned = page.locator(".rk-walker .rk-glyph").get_attribute("transform")
        assert turned.startswith(f"rotate({way})")


def test_letters_are_shown_to_who_asks(page, tmp_path):
    page.goto(watched(rk.make("keys"), tmp_path)[1])
    letter, key = (page.locator(f"{where} .rk-letter") for where in (".rk-level", "ul"))
    assert not letter.first.is_visible()
    assert not key.first.is_visible()
    page.get_by_role("checkbox", name="Show letters").press("Space")
    assert letter.first.is_visible()
    assert key.first.inner_text() == "K"
    assert letter.first.text_content() in "KH"


def test_lava_is_drawn_and_in_the_key(page, tmp_path):
    _, at = watched(rk.make("lava"), tmp_path, goal=0)
    page.goto(at)
    assert page.locator(".rk-lava").count() >= 3
    assert page.get_by_role("listitem").all_inner_texts() == ["goal", "lava"]


@pytest.mark.parametrize("calm", [False, True])
def test_the_last_move_is_seen_too_unless_motion_is_unwelcome(browser, tmp_path, calm):
    motion = "reduce" if calm else "no-preference"
    view = browser.new_context(reduced_motion=motion)
    page = view.new_page()
    made, at = watched(rk.make("cheese", size=7, layouts=8), tmp_path)
    page.goto(at)
    page.evaluate(
        """() => { window.faded = 0;
        const level = document.querySelector('.rk-level');
        level.addEventListener('transitionrun', ({ propertyName }) => {
            window.faded += propertyName === 'opacity'; }); }"""
    )
    page.get_by_label("Speed").select_option("fast")
    scrub(page, len(made.data["steps"]) - 1)
    page.get_by_role("button", name="Play").click()
    page.get_by_role("button", name="Play").wait_for()
    page.wait_for_timeout(200)
    assert set(seen(page)) <= {"hole", "cheese"}
    assert page.evaluate("window.faded") == (0 if calm else 1)
    view.close()


@pytest.mark.slow_for("dark")
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_icons_are_accessible_and_the_picture_has_one_name(browser, tmp_path, scheme):
    view = browser.new_context(color_scheme=scheme)
    page = view.new_page()
    page.goto(watched(rk.make("monsters"), tmp_path)[1])
    page.get_by_role("checkbox", name="Show letters").check()
    found = axe(page, ".robustkit")
    assert not found, json.dumps(found, indent=1)
    assert page.get_by_role("img").count() == 1
    view.close()

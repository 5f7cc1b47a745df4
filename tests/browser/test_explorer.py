"""The explorer in a real JupyterLab and as a page from disk."""

from __future__ import annotations

import pytest

import robustkit as rk

from .helpers import CELL_COUNT, HOSTILE, check_in_both_themes, open_notebook, run_all

ROOT = ".robustkit-explorer"


def slider(page, name="Goal shift"):
    """Return a slider of the first explorer on the page."""
    return page.get_by_role("slider", name=name).first


def settle(page):
    """Wait until what was asked for is drawn."""
    page.evaluate("() => new Promise((done) => requestAnimationFrame(done))")


def places(page):
    """Return name to (capability, alignment) of the points that are drawn."""
    points = (
        page.locator(f"{ROOT}").first.locator("[data-agent][data-capability]").all()
    )
    return {
        p.get_attribute("data-agent"): (
            float(p.get_attribute("data-capability")),
            p.get_attribute("data-alignment"),
        )
        for p in points
    }


def readout(page):
    """Return the words of the live region."""
    page.wait_for_timeout(400)  # it speaks at most four times a second
    return page.locator(f"{ROOT}").first.get_by_role("status").inner_text()


# In JupyterLab


def check_that_agents_move(page):
    """Slide the shift of lesson 00 from end to end; return where agents were before."""
    slider(page).scroll_into_view_if_needed()
    slider(page).focus()
    page.keyboard.press("Home")
    before, words = places(page), readout(page)
    assert {"network 0", "searcher 0", "memoriser 0", "base planner"} <= set(before)
    slider(page).focus()
    page.keyboard.press("End")
    after = places(page)
    assert slider(page).input_value() == "1"
    assert float(before["network 0"][1]) > 0.9
    assert float(after["network 0"][1]) < float(before["network 0"][1]) - 0.3
    assert abs(float(after["base planner"][1]) - 1) < 0.01
    assert readout(page) != words
    assert "1.00" in readout(page)
    return before


def test_lesson_00_moves_agents_through_the_plane(page, lab):
    open_notebook(page, lab, "notebooks/00-start-here.ipynb")
    run_all(page)
    page.locator(ROOT).first.wait_for()
    before = check_that_agents_move(page)
    count = page.evaluate(CELL_COUNT)
    page.keyboard.press("ArrowLeft")
    assert float(slider(page).input_value()) < 1
    for key in ("a", "b", "m", "d", "d", "x", "y", "1"):
        page.keyboard.press(key)
    assert page.evaluate(CELL_COUNT) == count
    assert page.locator(ROOT).count() >= 1

    check_in_both_themes(page, ROOT)

    page.evaluate("window.jupyterapp.shell.currentWidget.sessionContext.shutdown()")
    page.wait_for_timeout(500)
    slider(page).focus()
    page.keyboard.press("Home")
    assert places(page)["network 0"] == before["network 0"]


# From disk, without kernel and network


def test_a_saved_page_works_from_disk(page, rude):
    problems = []
    page.on("console", lambda m: problems.append(m.text))
    page.on("pageerror", lambda e: problems.append(str(e)))
    page.goto(rude.as_uri())
    before = places(page)
    slider(page).focus()
    for _ in range(10):
        page.keyboard.press("ArrowRight")
    assert places(page)["corner planner"] != before["corner planner"]
    assert not problems
    assert rude.stat().st_size < 600_000


def test_the_mouse_moves_the_slider_too(page, rude):
    page.goto(rude.as_uri())
    box = slider(page, "Layout shift").bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    assert 0.4 < float(slider(page, "Layout shift").input_value()) < 0.6
    assert "layout shift 0.5" in readout(page).lower()


def test_a_slider_says_of_which_grade_levels_are(page, rude):
    page.goto(rude.as_uri())
    grades = rk.make("cheese", size=7, layouts=8).shifts["goal"].grades
    words = page.locator(".rk-hint")
    for grade in (0, 1, 2):
        settle(page)
        assert f"grade {grade} of 5: {grades[grade]}" in words.inner_text()
        assert grades[grade] in slider(page).get_attribute("aria-valuetext")
        page.get_by_role("button", name="More goal shift").click()
    slider(page).fill("0.5")
    settle(page)
    assert f"between grades 2 and 3 of 5: {grades[3]}" in words.inner_text()


def check_corner_planner(page, world, **shift):
    """Assert that a planner is drawn where it is measured to be."""
    path = rk.path(rk.plan(world, "corner"), world, **shift, n=32)
    capability, alignment = places(page)["corner planner"]
    assert capability == pytest.approx(path.capability[0], abs=1e-4)
    assert float(alignment) == pytest.approx(path.alignment[0], abs=1e-4)


def test_a_place_shift_goes_alone(page, rude):
    page.goto(rude.as_uri())
    world = rk.make("cheese", size=7, layouts=8)
    slider(page, "Layout shift").fill("1")
    slider(page, "Place shift").fill("1")
    settle(page)
    assert slider(page, "Layout shift").input_value() == "0"
    assert "place shift 1.00" in readout(page)
    check_corner_planner(page, world, place=1)
    grade = world.shifts["place"].grades[1]
    words = page.locator(".rk-hint").inner_text()
    assert words.strip() == f"Place: grade 1 of 1: {grade}."
    level = page.locator("svg.rk-level").first.get_attribute("aria-label")
    assert grade in level
    assert page.locator(".rk-level-name").inner_text().endswith("(grades: place 1)")
    slider(page).fill("0.4")
    settle(page)
    assert slider(page, "Place shift").input_value() == "0"


def test_agents_move_through_measured_distributions(page, tmp_path):
    """A memoriser is lost at the first changed wall; a network loses its alignment."""
    page.goto(rk.explore("cheese").save(tmp_path / "plane.html").as_uri())
    before = places(page)
    page.get_by_role("button", name="More layout shift").click()
    settle(page)
    moved = places(page)
    assert moved["memoriser 0"][0] < 0.05 < 0.9 < before["memoriser 0"][0]
    assert moved["network 0"][0] > 0.9
    slider(page, "Layout shift").fill("0")
    page.get_by_role("button", name="More goal shift").click()
    settle(page)
    moved = places(page)
    assert moved["network 0"][0] > 0.9
    assert 0.3 < float(moved["network 0"][1]) < 0.7
    assert float(moved["corner planner"][1]) < -0.2
    slider(page, "Place shift").fill("1")
    settle(page)
    moved = places(page)
    assert moved["network 0"][0] < 0.5 < 0.99 < moved["searcher 0"][0]


def test_what_is_drawn_is_what_is_measured(page, rude):
    page.goto(rude.as_uri())
    world = rk.make("cheese", size=7, layouts=8)
    for goal in (0.0, 0.37, 1.0):
        slider(page).fill(f"{goal:g}")
        check_corner_planner(page, world, goal=goal)


def test_unknown_alignment_is_said_and_not_drawn_as_a_point(page, rude):
    page.goto(rude.as_uri())
    page.get_by_role("radio", name="random device").check()
    assert "unknown" in readout(page)


def test_names_are_text_whatever_they_hold(page, rude):
    page.goto(rude.as_uri())
    assert page.evaluate("window.broken") is None
    assert HOSTILE[0] in places(page)
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= page.viewport_size["width"]


def test_nothing_moves_until_play_is_pressed(page, rude):
    page.goto(rude.as_uri())
    first = page.locator(ROOT).inner_html()
    page.wait_for_timeout(700)
    assert page.locator(ROOT).inner_html() == first
    page.get_by_role("button", name="Step").click()
    assert page.locator(ROOT).inner_html() != first

"""Wishes by mouse and by keyboard: from disk without a kernel, and in JupyterLab."""

from __future__ import annotations

import pytest

import robustkit as rk

from .helpers import CELL_COUNT, ask_kernel, axe, check_in_both_themes, fitting, show

EDGE = 1.09  # of the map's square, as js/wishmap.js has it
APART = (1, 0, 0), (0, 1, 0)
EQUAL = (0.5, 0.5, 0.5), (1, 0, 0.75), (0.9, 0.8, 0.65)
TIPS = (1, 1, 0), (0.9, 1, 0)


@pytest.fixture(scope="module")
def wish(tmp_path_factory):
    """Return the widget and its page on disk."""
    made = rk.wish("cheese")
    return made, made.save(tmp_path_factory.mktemp("wish") / "wish.html")


def said(page):
    page.wait_for_timeout(400)
    return page.get_by_role("status").inner_text()


def by_mouse(page, wish):
    """Drag the wish across the map, set the random moves, and pin it."""
    x, y, random = wish
    page.get_by_role("slider", name="Random moves").fill(f"{random:g}")
    box = page.locator(".rk-wish-map .rk-frame").bounding_box()
    unit = box["width"] / (2 * EDGE)
    page.mouse.move(box["x"] + EDGE * unit, box["y"] + EDGE * unit)
    page.mouse.down()
    page.mouse.move(box["x"] + (x + EDGE) * unit, box["y"] + (EDGE - y) * unit, steps=4)
    page.mouse.up()
    page.get_by_role("button", name="Pin this wish").click()


def by_keyboard(page, wish):
    """Set the three sliders with the arrow keys, and pin it with Enter."""
    names = "Wants cheese", "Wants corner", "Random moves"
    for name, want, step in zip(names, wish, (0.1, 0.1, 0.05), strict=True):
        slider = page.get_by_role("slider", name=name)
        slider.focus()
        by = round((want - float(slider.input_value())) / step)
        for _ in range(abs(by)):
            page.keyboard.press("ArrowRight" if by > 0 else "ArrowLeft")
    page.get_by_role("button", name="Pin this wish").focus()
    page.keyboard.press("Enter")


def on_the_map(page, wish):
    """Move the wish on the map with the arrow keys."""
    handle = page.get_by_role("slider", name="Wish on the map")
    handle.focus()
    at = handle.get_attribute("aria-valuetext").replace(",", "").split()
    for want, now, less, more in (
        (wish[0], float(at[1]), "ArrowLeft", "ArrowRight"),
        (wish[1], float(at[3]), "ArrowDown", "ArrowUp"),
    ):
        by = round(10 * (want - now))
        for _ in range(abs(by)):
            page.keyboard.press(more if by > 0 else less)


@pytest.mark.parametrize("pin", [by_mouse, by_keyboard])
def test_all_three_tasks_can_be_solved(page, wish, pin):
    page.goto(wish[1].as_uri())
    tasks = page.get_by_role("list", name="Tasks").get_by_role("listitem")
    for i, wishes in enumerate((APART, EQUAL, TIPS)):
        assert "solved" not in tasks.nth(i).inner_text()
        for k, each in enumerate(wishes):
            assert "solved" not in tasks.nth(i).inner_text()
            pin(page, each)
            assert page.locator("tbody tr").count() == k + 2
        assert f"Task {i + 1} is solved." in said(page)
        assert "✓ solved" in tasks.nth(i).inner_text()
        assert sum("solved" in each for each in tasks.all_inner_texts()) == i + 1
        for _ in wishes:
            page.get_by_role("button", name="Unpin wish A").press("Enter")
        assert page.locator("tbody tr").count() == 1
    assert page.locator(".rk-wish-map .rk-point").count() == 1  # none is pinned now


def test_near_misses_solve_nothing(page, wish):
    page.goto(wish[1].as_uri())
    tasks = page.get_by_role("list", name="Tasks")
    for wishes in (
        [(1, 0, 0), (-1, -1, 0)],  # training tells them apart
        [(1, 0, 0), (1, 0.5, 0)],  # the same after the shift
        [(0.5, 0.5, 0.5), (0.5, 0.5, 0.5), (1, 0, 0.75)],  # two in one place
        [(1, 1, 0), (0.9, 1, 0.5)],  # other random moves
        [(0.9, 1, 0), (0.7, 1, 0)],  # no neighbours
    ):
        for each in wishes:
            by_mouse(page, each)
        page.wait_for_timeout(100)
        assert "solved" not in tasks.inner_text(), wishes
        while (unpin := page.get_by_role("button", name="Unpin wish A")).count():
            unpin.click()


def test_what_is_said_is_what_python_measures(page, wish):
    page.goto(wish[1].as_uri())
    world = rk.make("cheese")
    levels = world.sample(64, goal="anywhere")
    for x, y, random in [(0.8, 0.9, 0.1), (0.1, 1, 0.35), (-0.5, 0.2, 0.0)]:
        on_the_map(page, (x, y))
        page.get_by_role("slider", name="Random moves").fill(f"{random:g}")
        planner = rk.plan(world, {"cheese": x, "corner": y}, noise=random)
        known = rk.measure(planner, levels)
        text = said(page)
        assert f"Wants cheese {x:.1f} and corner {y:.1f}, {random:.0%} random" in text
        assert (
            f"Goal shifted: scalar {known.scalar.value:.2f} = capability "
            f"{known.capability.value:.2f} × alignment {known.alignment.value:.2f}."
        ) in text
        assert page.locator(".rk-lit-number").text_content() == (
            f"{known.scalar.value:.2f}"
        )
    on_the_map(page, (0, 0))
    assert "Wants nothing" in said(page)
    assert "alignment unknown" in said(page)
    assert not page.locator(".rk-lit").is_visible()


def test_the_mouse_walks_in_both_levels_at_once_and_no_end_is_told_before(page, wish):
    page.goto(wish[1].as_uri())
    levels = page.get_by_role("group", name="A level in training")
    before, after = levels.locator(".rk-walker").all()
    start = [each.evaluate("e => e.style.transform") for each in (before, after)]
    assert start[0] == start[1]
    assert "reached" not in levels.inner_text()
    by = page.get_by_role("slider", name="Step of both episodes")
    by.focus()
    page.keyboard.press("End")
    ends = [each.evaluate("e => e.style.transform") for each in (before, after)]
    assert all(a != b for a, b in zip(start, ends, strict=True))
    assert levels.inner_text().count("reached") == 2
    page.get_by_role("button", name="Next level").click()
    assert "Level 2 of 4" in levels.inner_text()
    assert "reached" not in levels.inner_text()
    page.get_by_role("button", name="Previous level").click()
    on_the_map(page, (0, 1))  # another wish: from the start again
    assert "step 0 of" in levels.inner_text()


def test_random_moves_make_arrows_fainter(page, wish):
    page.goto(wish[1].as_uri())

    def strongest():
        return page.locator(".rk-level").first.evaluate(
            "level => Math.max(0, ...[...level.querySelectorAll('.rk-arrows')]"
            ".filter(a => a.getAttribute('d'))"
            ".map(a => Number(a.getAttribute('stroke-opacity'))))"
        )

    seen = []
    for random in ("0", "0.5", "1"):
        page.get_by_role("slider", name="Random moves").fill(random)
        seen.append(strongest())
    assert seen == [1, 0.7, 0]


def test_a_fourth_wish_is_not_pinned_and_a_pinned_one_comes_back(page, wish):
    page.goto(wish[1].as_uri())
    for each in ((1, 0, 0), (0, 1, 0.2), (-1, 0.5, 0)):
        by_keyboard(page, each)
    button = page.get_by_role("button", name="Pin this wish")
    assert button.get_attribute("aria-disabled") == "true"
    button.press("Enter")
    assert "unpin one first" in page.get_by_role("status").inner_text()
    assert page.locator("tbody tr").count() == 4
    page.get_by_role("button", name="Back to wish B").press("Enter")
    assert "Wants cheese 0.0 and corner 1.0, 20%" in said(page)
    focused = page.evaluate("document.activeElement.ariaLabel")
    assert focused == "Back to wish B"
    page.get_by_role("button", name="Unpin wish C").press("Enter")
    assert page.evaluate("document.activeElement.ariaLabel") == "Pin this wish"


@pytest.mark.slow_for("none-dark", "active-*")
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("forced", ["none", "active"])
def test_it_is_accessible_and_fits_in_every_scheme(browser, wish, scheme, forced):
    made, _ = wish
    made.pins = [list(map(float, each)) for each in EQUAL]
    path = wish[1].with_name("pinned.html")
    made.save(path)
    made.pins = []
    view = {"color_scheme": scheme, "forced_colors": forced}
    for width in (360, 700, 1000, 1920):
        with fitting(browser, path.as_uri(), width, **view) as page:
            assert axe(page, ".robustkit") == []
            if width == 1000:  # what JupyterLab leaves of a laptop's screen
                assert page.locator(".robustkit").bounding_box()["height"] <= 660


OVERLAPS = """
() => {
  const boxes = (kind) => [...document.querySelectorAll(`.rk-plane ${kind}`)]
    .map(node => node.getBoundingClientRect());
  const meet = (a, b) => a.left < b.right - 3 && b.left < a.right - 3
    && a.top < b.bottom - 3 && b.top < a.bottom - 3;
  const labels = boxes('.rk-label'), others = [...boxes('.rk-region'), ...boxes('.rk-point')];
  return labels.some((a, i) => [...labels.slice(i + 1), ...others].some(b => meet(a, b)));
}
"""  # noqa: E501


def test_names_on_the_plane_do_not_overlap_wherever_the_wish_goes(page, wish):
    page.goto(wish[1].as_uri())
    for each in EQUAL:
        by_mouse(page, each)
    sliders = [
        page.get_by_role("slider", name=name)
        for name in ("Wants cheese", "Wants corner", "Random moves")
    ]
    for x in ("-1", "0.3", "0.9"):
        for y in ("-0.6", "0.2", "1"):
            for random in ("0", "0.3", "0.7", "1"):
                for slider, value in zip(sliders, (x, y, random), strict=True):
                    slider.fill(value)
                assert not page.evaluate(OVERLAPS), (x, y, random)


def test_names_on_plane_and_map_are_read_on_any_colour(page, wish):
    page.goto(wish[1].as_uri())
    by_mouse(page, (1, 0.2, 0))
    for place in (".rk-plane", ".rk-wish-map"):
        label = page.locator(f"{place} text.rk-label").first
        assert label.evaluate("e => getComputedStyle(e).paintOrder").startswith(
            "stroke"
        )
        assert label.evaluate("e => getComputedStyle(e).stroke") != "none"


def test_five_hundred_moves_leave_nothing_behind(page, wish):
    page.goto(wish[1].as_uri())
    slider = page.get_by_role("slider", name="Wants cheese")

    def nodes():
        return page.evaluate("document.querySelectorAll('*').length")

    slider.fill("0.5")
    before = nodes()
    slider.evaluate(
        "s => { for (let i = 0; i < 500; i++) { s.value = (i % 21) / 10 - 1;"
        " s.dispatchEvent(new Event('input')); } }"
    )
    slider.fill("0.5")
    assert nodes() == before


IN_LAB = ["import robustkit as rk\nshown = rk.wish('cheese', n=16)\nshown"]


@pytest.mark.slow
def test_in_jupyterlab_keys_stay_and_python_knows(page, lab):
    show(page, lab, "wish.ipynb", IN_LAB)
    handle = page.get_by_role("slider", name="Wish on the map")
    handle.wait_for()
    count = page.evaluate(CELL_COUNT)
    on_the_map(page, (0.2, 0.7))
    for key in "abmd":
        page.keyboard.press(key)
    page.wait_for_timeout(500)
    assert page.evaluate(CELL_COUNT) == count
    assert ask_kernel(page, "print(shown.wants)") == "[0.2, 0.7]"
    ask_kernel(page, "shown.pins = [[1, 0, 0], [0, 1, 0]]")
    page.wait_for_timeout(500)
    assert ask_kernel(page, "print(shown.solved)") == "['apart']"
    check_in_both_themes(page, ".robustkit-wish")

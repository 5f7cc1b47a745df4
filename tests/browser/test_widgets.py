"""Every widget by mouse and by keyboard, from disk and in JupyterLab."""

from __future__ import annotations

import pytest

import robustkit as rk

from .helpers import ask_kernel, axe, fitting, meet, run_all, saved, show

GROUNDINGS = ("polar", "attribution")


def small():
    return rk.make("cheese", size=7, layouts=8)


@pytest.fixture(scope="module")
def explorer(tmp_path_factory):
    """Return an explorer of two worlds and two groundings, and its page on disk."""
    cheese, dish = small(), rk.make("dish", size=7, layouts=8)
    agents = [
        rk.plan(cheese, "corner"),
        rk.device("random", cheese),
        rk.plan(cheese, noise=0.3),
    ]
    agents += [rk.plan(dish, "dish")]
    made = rk.explore([cheese, dish], agents, n=32, groundings=GROUNDINGS)
    return made, made.save(tmp_path_factory.mktemp("explorer") / "plane.html")


@pytest.fixture(scope="module")
def episode(tmp_path_factory):
    keys = rk.make("keys")
    seen = rk.watch(rk.plan(keys, "keys"), keys.sample(1, goal=1.0, seed=2)[0])
    return seen, seen.save(tmp_path_factory.mktemp("episode") / "episode.html")


def readout(page):
    page.wait_for_timeout(400)
    return page.get_by_role("status").first.inner_text()


# The explorer, from disk


def test_buttons_step_and_play_a_slider(page, explorer):
    page.goto(explorer[1].as_uri())
    slider = page.get_by_role("slider", name="Goal shift")
    page.get_by_role("button", name="More goal shift").click()
    page.wait_for_timeout(100)
    assert float(slider.input_value()) == pytest.approx(0.2)
    page.get_by_role("button", name="Less goal shift").click()
    page.wait_for_timeout(100)
    assert float(slider.input_value()) == 0
    page.get_by_role("button", name="Play the goal shift").press("Enter")
    page.wait_for_timeout(900)
    page.get_by_role("button", name="Pause the goal shift").click()
    page.wait_for_timeout(100)
    held = float(slider.input_value())
    assert 0.05 < held < 0.9
    page.wait_for_timeout(400)
    assert float(slider.input_value()) == held


def test_readings_move_as_the_grounding_changes(page, explorer):
    page.goto(explorer[1].as_uri())
    page.get_by_role("slider", name="Goal shift").fill("1")
    page.get_by_role("radio", name="corner planner").check()
    before = readout(page)
    assert page.locator(".rk-equals").first.is_visible()
    page.get_by_label("Measured by").select_option("attribution")
    point = page.locator('[data-agent="corner planner"][data-capability]')
    page.wait_for_timeout(300)
    assert not page.locator(".rk-equals").first.is_visible()  # no product there
    reading = rk.path(
        rk.plan(small(), "corner"), small(), goal=1, n=32, grounding="attribution"
    )[0]
    shown = float(point.get_attribute("data-alignment"))
    assert shown == pytest.approx(reading.alignment.value, abs=1e-3)
    assert readout(page) != ""
    assert before


def test_another_world_is_chosen_in_place(page, explorer):
    page.goto(explorer[1].as_uri())
    page.get_by_role("combobox", name="World").select_option(label="dish")
    page.get_by_role("radio", name="dish planner").wait_for()
    assert page.get_by_role("radio", name="corner planner").count() == 0
    page.get_by_role("combobox", name="World").select_option(label="cheese")
    page.get_by_role("radio", name="corner planner").wait_for()


def test_two_agents_walk_side_by_side_and_levels_are_a_key_away(page, explorer):
    page.goto(explorer[1].as_uri())
    assert page.locator("svg.rk-level:visible").count() == 1
    page.get_by_label("Beside it").select_option(label="base planner, noise 0.3")
    page.wait_for_timeout(100)
    assert page.locator("svg.rk-level:visible").count() == 2
    page.get_by_role("slider", name="Step of the episode").fill("1")
    assert "step 1 of" in page.locator(".rk-count").inner_text()
    page.get_by_role("button", name="Play", exact=True).focus()
    name = page.locator(".rk-level-name")
    first = explorer[0].level + 1
    assert name.inner_text().startswith(f"Level {first} ")
    page.keyboard.press("n")
    page.wait_for_timeout(100)
    assert name.inner_text().startswith(f"Level {first % 12 + 1} ")
    page.keyboard.press("p")
    page.wait_for_timeout(100)
    assert name.inner_text().startswith(f"Level {first} ")


def test_agents_can_be_taken_off_the_plane(page, explorer):
    page.goto(explorer[1].as_uri())
    points = page.locator("[data-agent]:visible")
    assert points.count() == 3
    page.get_by_text("Agents on the plane").click()
    boxes = page.get_by_role("checkbox")
    assert boxes.nth(0).is_disabled()
    boxes.nth(1).focus()
    page.keyboard.press(" ")
    page.wait_for_timeout(100)
    assert points.count() == 2
    page.get_by_role("radio", name="random device").check()
    page.wait_for_timeout(100)
    assert points.count() == 3


@pytest.mark.slow
def test_thirty_agents_are_shown_at_both_widths(browser, tmp_path):
    world = small()
    agents = [
        rk.plan(world, {"cheese": s / 9, "corner": 1 - s / 9}, noise=e)
        for e in (0.0, 0.3, 0.6)
        for s in range(10)
    ]
    path = rk.explore(world, agents, n=16).save(tmp_path / "many.html")
    for width in (360, 1920):
        with fitting(browser, path.as_uri(), width) as page:
            for name in ("Goal shift", "Layout shift"):
                page.get_by_role("slider", name=name).fill("0.7")
            page.wait_for_timeout(200)
            assert page.locator("[data-agent]").count() == 30
            boxes = [b.bounding_box() for b in page.locator(".rk-label:visible").all()]
            for i, a in enumerate(boxes):
                for b in boxes[i + 1 :]:
                    assert not meet(a, b), (a, b)


# An episode, from disk


def test_an_episode_is_stepped_scrubbed_and_told(page, episode):
    seen, path = episode
    page.goto(path.as_uri())
    assert "Before the first step" in readout(page)
    page.get_by_role("button", name="Step", exact=True).click()
    assert "Step 1: goes" in readout(page)
    scrub = page.get_by_role("slider", name="Step of the episode")
    scrub.focus()
    page.keyboard.press("End")
    last = len(seen.data["steps"])
    assert f"Step {last}:" in readout(page)
    total = sum(step["paid"][1] for step in seen.data["steps"])
    assert f"keys {total:.2f}" in readout(page)
    assert page.locator("tr[aria-current]").count() == 1
    page.get_by_role("button", name="Back").click()
    assert f"Step {last - 1}:" in readout(page)
    page.get_by_label("Speed").select_option(label="fast")
    page.get_by_role("button", name="Play", exact=True).click()
    page.wait_for_timeout(700)
    assert f"Step {last}:" in readout(page)


def test_how_an_episode_ends_is_not_told_before_it_is_played(page, episode):
    page.goto(episode[1].as_uri())
    view = page.locator(".rk-level-view")
    scrub = page.get_by_role("slider", name="Step of the episode")
    assert "step 0 of" in view.inner_text()
    for word in ("ends", "runs out"):
        assert word not in view.inner_text()
        assert word not in page.locator("svg.rk-level").get_attribute("aria-label")
    scrub.press("End")
    assert "It runs out of time at step 60." in view.inner_text()
    scrub.press("Home")
    assert "runs out" not in view.inner_text()


@pytest.mark.parametrize("width", [360, 1000])
def test_what_each_step_was_paid_is_seen_without_scrolling_sideways(
    page, episode, width
):
    seen, path = episode
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(path.as_uri())
    log = page.locator(".rk-log")
    assert log.evaluate("node => node.scrollWidth <= node.clientWidth")
    heads = log.locator("thead th").all_inner_texts()
    assert [head.split()[0] for head in heads] == [
        *("step", "paid", "did", "saw", "chests", "keys")
    ]
    for cell in log.locator("tbody tr").first.locator("td").all():
        box = cell.bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
    total = 0.0
    paid = log.locator("tbody tr > td:nth-child(3)").all_inner_texts()
    for said, step in zip(paid, seen.data["steps"], strict=True):
        total += step["paid"][1]
        assert said.split() == [f"{step['paid'][1]:.2f}", f"({total:.2f})"]


def test_the_step_that_is_shown_stays_in_sight(page, episode):
    page.goto(episode[1].as_uri())
    log = page.locator(".rk-log")
    for key in ("End", "Home", "ArrowRight"):
        page.get_by_role("slider", name="Step of the episode").press(key)
        row = log.locator("tbody tr").nth({"End": -1}.get(key, 0)).bounding_box()
        box = log.bounding_box()
        head = log.locator("thead").bounding_box()
        assert row["y"] >= head["y"] + head["height"] - 1, key
        assert row["y"] + row["height"] <= box["y"] + box["height"] + 1, key


@pytest.mark.slow_for("none-dark", "active-*")
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("forced", ["none", "active"])
def test_pages_are_accessible_in_every_scheme(
    browser, explorer, rude, episode, scheme, forced
):
    view = {"color_scheme": scheme, "forced_colors": forced}
    for path in (explorer[1], rude, episode[1]):
        for width in (360, 1200):
            with fitting(browser, path.as_uri(), width, **view) as page:
                assert axe(page, ".robustkit") == []


@pytest.mark.slow_for("1920")
@pytest.mark.parametrize("width", [360, 1920])
def test_every_widget_fits_the_page(browser, tmp_path, width):
    """Those that need a kernel as well, drawn from their state."""
    world = small()
    live = rk.train_live("network", world, updates=20)
    live.train()
    live.wait()
    guess = rk.predict("Where?", start=(1.0, 1.0), value=(0.2, 0.9))
    guess.reveal((0.9, 0.1))
    for widget in (live, guess, rk.build(world, level=world.sample(1, goal=1.0))):
        with fitting(browser, saved(widget, tmp_path), width) as page:
            assert page.locator(".robustkit").count() == 1


# With a kernel

TWICE = [
    "import robustkit as rk\nworld = rk.make('cheese', size=7, layouts=8)",
    "agents = [rk.plan(world), rk.plan(world, 'corner')]\n"
    "shown = rk.explore(world, agents, n=16)\nshown",
    "shown",
]


@pytest.mark.slow
def test_two_views_of_one_model_agree_and_survive_a_rerun(page, lab):
    show(page, lab, "twice.ipynb", TWICE)
    sliders = page.get_by_role("slider", name="Goal shift")
    sliders.nth(1).wait_for()
    sliders.nth(0).scroll_into_view_if_needed()
    sliders.nth(0).fill("0.4")
    page.wait_for_timeout(500)
    assert sliders.nth(1).input_value() == "0.4"
    assert ask_kernel(page, "print(shown.goal_shift)") == "0.4"
    ask_kernel(page, "shown.goal_shift = 0.7; shown.agent = 1")
    page.wait_for_timeout(500)
    assert [sliders.nth(i).input_value() for i in (0, 1)] == ["0.7", "0.7"]
    assert page.get_by_role("radio", name="corner planner").nth(1).is_checked()
    run_all(page)
    sliders.nth(1).wait_for()
    assert sliders.count() == 2
    assert sliders.nth(0).input_value() == "0"
    page.reload()
    page.wait_for_timeout(3000)
    text = page.locator(".jp-Notebook").first.inner_text()
    assert "Traceback" not in text

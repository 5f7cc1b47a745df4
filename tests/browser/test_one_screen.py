"""The explorer on one screen: small pictures of levels, names on the plane, order."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest

import robustkit as rk
from robustkit.widgets.data import shipped

from .helpers import axe, show

SLIDERS = "Goal shift", "Layout shift", "Place shift"
SAID = {
    "cheese": "reached the cheese",
    "corner": "reached the hole",
    "cheese and corner": "reached the cheese and the hole",
    "time": "reached nothing in 60 steps",
}
FRAME = "() => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))"


@pytest.fixture(scope="module")
def data():
    return shipped()


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    path = tmp_path_factory.mktemp("one") / "plane.html"
    return rk.explore("cheese").save(path).as_uri()


@pytest.fixture(scope="module")
def shared(browser, saved):
    """Return one page for all tests that leave nothing behind."""
    context = browser.new_context(viewport={"width": 1000, "height": 768})
    page = context.new_page()
    page.goto(saved)
    yield page
    context.close()


@pytest.fixture
def one(shared, data):
    """Return it with everything where it was at first."""
    for name in SLIDERS:
        slide(shared, 0, name)
    shared.get_by_role("radio").first.check()
    thumbnails(shared).nth(data["level"]).click()
    return shared


def slide(page, to, name="Goal shift"):
    page.get_by_role("slider", name=name).fill(f"{to:g}")
    page.evaluate(FRAME)


def thumbnails(page):
    return page.locator(".rk-thumbnail")


def names(page):
    return page.evaluate(
        "() => [...document.querySelectorAll('.rk-thumbnail')].map("
        "(each) => each.getAttribute('aria-label'))"
    )


def ends(data, goal, agent):
    """Return how an agent's episodes end at a grade of the goal shift."""
    node = goal * len(data["grid"]["layout"])
    return [level["nodes"][node]["episodes"][agent]["end"] for level in data["levels"]]


# Levels as small pictures


def test_levels_go_on_one_by_one_as_a_slider_moves(one, data):
    picture = (
        "() => [...document.querySelectorAll('.rk-small-level')].map("
        "(each) => each.querySelector('g').innerHTML)"
    )
    before = one.evaluate(picture)
    for part in (0.25, 0.5, 0.75, 1.0):
        slide(one, 0.2 * part)
        moved = [a != b for a, b in zip(before, one.evaluate(picture), strict=True)]
        assert moved == [level["u"][0] < part for level in data["levels"]]


@pytest.mark.slow_for("0-*", "*-searcher 1", "2-network 0", "5-memoriser 0")
@pytest.mark.parametrize("agent", ["network 0", "searcher 1", "memoriser 0"])
@pytest.mark.parametrize("grade", [0, 2, 5])
def test_each_says_how_its_episode_ends(one, data, agent, grade):
    k = [each["name"] for each in data["agents"]].index(agent)
    one.get_by_role("radio", name=agent).check()
    slide(one, grade / 5)
    found = ends(data, grade, k)
    assert names(one) == [f"Level {i + 1}: {SAID[end]}" for i, end in enumerate(found)]
    marks = thumbnails(one).evaluate_all(
        "(all) => all.map((each) => each.querySelector('.rk-reached'))"
        ".map((mark) => mark.querySelectorAll('svg').length || mark.textContent)"
    )
    icons = {"cheese": 1, "corner": 1, "cheese and corner": 2, "time": "–"}
    assert marks == [icons[end] for end in found]
    words = one.locator(".rk-count-of-ends").inner_text()
    assert words.startswith(f"In these 12 levels, {agent} reaches ")
    for end, said in SAID.items():
        part = "nothing" if end == "time" else said.removeprefix("reached ")
        assert (f"{part} in {found.count(end)}" in words) == (end in found)


def test_one_click_makes_a_level_the_large_one(one, data):
    title = one.locator(".rk-level-name")
    assert title.inner_text().startswith(f"Level {data['level'] + 1} (")
    thumbnails(one).nth(2).click()
    one.evaluate(FRAME)
    assert title.inner_text() == "Level 3 (grades: goal 0, layout 0)"
    thumbnails(one).nth(8).press("Enter")
    one.evaluate(FRAME)
    assert title.inner_text().startswith("Level 9 ")
    pressed = one.get_by_role("button", pressed=True)
    assert pressed.count() == 1
    assert pressed.get_attribute("aria-label").startswith("Level 9: ")


@pytest.mark.slow_for("coin")
@pytest.mark.parametrize("world", ["keys", "coin"])
def test_other_worlds_have_theirs(page, tmp_path, world):
    home = rk.make(world, layouts=8)
    explorer = rk.explore(home, [rk.plan(home), rk.device("random", home)], n=8)
    page.goto(explorer.save(tmp_path / "plane.html").as_uri())
    assert thumbnails(page).count() == 8
    said = page.locator(".rk-count-of-ends").inner_text()
    node = explorer.data["levels"][0]["nodes"][0]["episodes"][0]
    if world == "keys":
        chests = sum(name == "chest" for _, name in node["events"])
        assert names(page)[0].startswith(f"Level 1: chest {chests}")
        assert said.startswith("In these 8 levels, base planner has: chest ")
    else:
        assert names(page)[0] == "Level 1: reached the coin and the end"
        ends_on = "the coin and the end in 8"
        assert said == f"In these 8 levels, base planner reaches {ends_on}."


def test_the_table_of_all_readings_is_seen_whole_beside_a_level(one):
    """At 1,000 pixels it is as wide as the plane, and an interval stays in one line."""
    table = one.locator(".rk-table")
    table.locator("summary").click()
    room = table.locator(".rk-scroll")
    assert room.evaluate("node => node.scrollWidth <= node.clientWidth")
    assert table.locator("td span").count() >= 3 * 5
    for interval in table.locator("td span").all():
        assert interval.evaluate("node => node.getClientRects().length") == 1
        assert re.fullmatch(r"\[-?\d\.\d\d, -?\d\.\d\d\]", interval.inner_text())
    table.locator("summary").click()


def test_the_one_that_is_large_is_seen_in_forced_colours(browser, saved):
    context = browser.new_context(forced_colors="active", bypass_csp=True)
    page = context.new_page()
    page.goto(saved)
    edge = "(all) => all.map((each) => getComputedStyle(each).borderTopColor)"
    edges = thumbnails(page).evaluate_all(edge)
    assert len(set(edges)) == 2
    assert axe(page, ".robustkit") == []
    context.close()


def test_the_end_of_an_episode_is_said_when_it_has_ended(one, data):
    slide(one, 1)
    caption, level = one.locator(".rk-caption").first, one.locator("svg.rk-level").first
    assert caption.inner_text() == "network 0"
    assert "reached" not in level.get_attribute("aria-label")
    steps = one.get_by_role("slider", name="Step of the episode")
    steps.press("End")
    assert "ends at step 11: reached corner" in caption.inner_text()
    assert "reached corner" in level.get_attribute("aria-label")
    steps.press("Home")
    assert caption.inner_text() == "network 0"


# Names on the plane

SWEEP = """
async (name) => {
  const root = document.querySelector('.robustkit-explorer');
  const slider = [...root.querySelectorAll('.rk-slider')].find((each) =>
    each.querySelector('label').textContent === name);
  const input = slider.querySelector('input');
  const box = (node) => {
    const { x, y, width, height } = node.getBoundingClientRect();
    return [x, y, width, height];
  };
  const boxes = (kind, key) => Object.fromEntries([...root.querySelectorAll(kind)]
    .filter((node) => getComputedStyle(node).display !== 'none'
      && getComputedStyle(node).visibility !== 'hidden')
    .map((node) => [key(node), box(node)]));
  const seen = [];
  for (let k = 0; k <= 100; k++) {
    input.value = k / 100;
    input.dispatchEvent(new Event('input', { bubbles: true }));
    await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
    seen.push([boxes('.rk-label', (node) => node.textContent),
      boxes('.rk-plane [data-agent]', (node) => node.dataset.agent),
      boxes('.rk-region', (node) => node.textContent)]);
  }
  return seen;
}
"""


def meet(a, b):
    """Return whether two boxes share more than their rims."""
    return all(
        min(a[k] + a[k + 2], b[k] + b[k + 2]) - max(a[k], b[k]) > 2.5 for k in (0, 1)
    )


# A name changes sides once where its agent goes from one end to the other; with the
# place, three do.
@pytest.mark.slow_for("[Ll]ayout*", "[Pp]lace*")
@pytest.mark.parametrize(("name", "most"), [*zip(SLIDERS, (2, 2, 5), strict=True)])
def test_names_neither_meet_nor_hop_in_a_sweep(one, name, most):
    seen = one.evaluate(SWEEP, name)
    hops = []
    for k, (labels, points, regions) in enumerate(seen):
        assert len(labels) == 7
        boxes = [*labels.values(), *regions.values()]
        pairs = [(a, b) for i, a in enumerate(boxes) for b in boxes[i + 1 :]]
        assert not [pair for pair in pairs if meet(*pair)], k
        if not k:
            continue
        for agent, (x, y, _, _) in labels.items():
            was, at = seen[k - 1][0][agent], points[agent]
            before = seen[k - 1][1][agent]
            across = x - was[0] - (at[0] - before[0])
            up = y - was[1] - (at[1] - before[1])
            jumped = abs(at[1] - before[1]) > 60  # into the lane below, where it counts
            if not jumped and (across**2 + up**2) ** 0.5 > 28:
                hops.append((k, agent, round(across), round(up)))
    assert len(hops) <= most, hops


def test_six_names_at_one_point_are_a_stack(one):
    labels = one.evaluate(SWEEP.replace("k <= 100", "k <= 0"), "Goal shift")[0][0]
    tops = sorted(y for _, y, _, _ in labels.values())
    rows = [b - a for a, b in pairwise(tops)]
    assert max(rows) - min(rows) < 2
    leaders = one.locator(".rk-plane .rk-leader").evaluate_all(
        "(all) => all.map((each) => each.getAttribute('d')).filter(Boolean)"
    )
    assert all("L" not in each for each in leaders)  # across and up: none crosses


def test_a_guess_stays_as_a_ghost(page, tmp_path):
    explorer = rk.explore("cheese", goal=1, guess=(0.7, 0.6))
    page.goto(explorer.save(tmp_path / "plane.html").as_uri())
    assert page.locator(".rk-label", has_text="your guess").is_visible()
    assert page.locator("[data-ghost] .rk-ghost").is_visible()
    said = page.locator("svg.rk-plane").get_attribute("aria-label")
    assert "your guess: capability 0.70, alignment 0.60" in said
    line = page.locator(".rk-ghost-line")
    before = line.get_attribute("d")
    page.get_by_role("radio", name="searcher 1").check()
    page.evaluate(FRAME)
    assert line.get_attribute("d") != before


# On one screen


def test_the_goal_slider_comes_first_and_play_last(one):
    order = one.evaluate(
        """() => [...document.querySelectorAll('.robustkit :is(button, input, select,'
        + ' summary, [tabindex])')].filter((each) => each.checkVisibility())
        .map((each) => each.closest('.rk-slider, .rk-thumbnails, .rk-clock')
        ?.className ?? 'between')"""
    )
    kinds = list(dict.fromkeys(order))
    assert kinds == ["rk-slider", "rk-thumbnails", "between", "rk-clock"]
    assert order == sorted(order, key=kinds.index)
    first = one.locator("input[type=range]").first
    assert first.get_attribute("aria-valuetext").startswith("0.00, grade 0 of 5")


def test_it_fits_a_laptop_in_jupyterlab(page, lab):
    page.set_viewport_size({"width": 1366, "height": 768})
    cells = ["import robustkit as rk\nrk.explore('cheese', goal=1)"]
    show(page, lab, "laptop.ipynb", cells)
    page.locator(".rk-thumbnail").first.wait_for()
    page.wait_for_timeout(300)

    def span(selector):
        box = page.locator(selector).first.bounding_box()
        return box["y"], box["y"] + box["height"]

    top = span(".rk-slider")[0]
    assert span(".rk-plane")[1] - top < 600
    assert span("svg.rk-level")[1] - top < 600
    assert span(".rk-play")[1] - top < 600
    assert span(".rk-words")[1] - top < 652  # what a notebook's window shows
    assert page.locator(".rk-scroll").count() == 1
    wide = page.locator(".robustkit-explorer").evaluate(
        "(root) => root.scrollWidth - root.clientWidth"
    )
    assert wide <= 0


MOVES = """
async (count) => {
  const input = document.querySelector('input[type=range]');
  for (let i = 0; i < count; i++) {
    input.value = (i % 100) / 100;
    input.dispatchEvent(new Event('input', {bubbles: true}));
    await new Promise(done => requestAnimationFrame(done));
  }
}
"""


@pytest.mark.slow
def test_a_thousand_moves_leave_page_and_memory_as_they_were(one):
    session = one.context.new_cdp_session(one)

    def used():
        session.send("HeapProfiler.collectGarbage")
        nodes = one.evaluate("document.querySelectorAll('*').length")
        return nodes, session.send("Runtime.getHeapUsage")["usedSize"]

    one.evaluate(MOVES, 200)
    nodes, memory = used()
    one.evaluate(MOVES, 1000)
    after, held = used()
    assert after <= nodes + 5
    assert held - memory < 500_000

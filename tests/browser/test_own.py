"""Environments of one's own in the explorer and in an episode, from disk."""

from __future__ import annotations

import gymnasium
import minigrid  # noqa: F401  (registers its environments)
import pytest
from minigrid.wrappers import FullyObsWrapper

import robustkit as rk

MOVES = "left", "right", "forward"


def make(name):
    return FullyObsWrapper(gymnasium.make(f"MiniGrid-{name}-v0"))


@pytest.fixture(scope="module")
def worlds():
    """Return one level, and a world of two with a shift."""
    first, then = make("DistShift1"), make("DistShift2")
    lava = {"events": {}, "actions": MOVES, "discount": 0.95}
    return rk.tabulate(first, **lava), rk.tabulate(first, layout=then, **lava)


@pytest.fixture
def trouble(page):
    said = []
    page.on("pageerror", lambda error: said.append(str(error)))
    return said


@pytest.mark.parametrize("k", [0, 1], ids=["one level", "a shift"])
def test_the_explorer_shows_an_own_world(page, tmp_path, worlds, trouble, k):
    agents = [rk.plan(worlds[k]), rk.device("random", worlds[k])]
    explorer = rk.explore(worlds[k], agents)
    page.goto(explorer.save(tmp_path / "explorer.html").as_uri())
    page.wait_for_timeout(500)
    assert page.get_by_role("slider", name="Layout shift").count() == k
    small = page.get_by_role("button", name="Level 1: ended: success")
    assert small.locator("image").get_attribute("href").startswith("data:image/png")
    page.get_by_role("slider", name="Step of the episode").press("End")
    (caption,) = page.locator(".rk-caption").all_inner_texts()[:1]
    assert caption.rstrip(". ").endswith("success")
    assert "reached" not in caption
    title = page.locator(".rk-level-name").inner_text()
    assert title == ("Level 1 (grades: layout 0)" if k else "Level 1")
    page.get_by_role("radio", name="random device").check()
    page.wait_for_timeout(300)
    label = page.locator("svg.rk-level").first.get_attribute("aria-label")
    assert ", ;" not in label
    assert not trouble


def test_the_way_ahead_is_seen_on_a_black_floor_in_both_themes(
    page, tmp_path, worlds, trouble
):
    one = worlds[0]
    address = rk.watch(rk.plan(one), one).save(tmp_path / "episode.html").as_uri()
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)
        page.goto(address)
        page.wait_for_timeout(300)
        colour = page.locator(".rk-ahead").evaluate(
            "node => { const c = document.createElement('canvas').getContext('2d');"
            " c.fillStyle = getComputedStyle(node).stroke; c.fillRect(0, 0, 1, 1);"
            " return [...c.getImageData(0, 0, 1, 1).data]; }"
        )
        # Relative luminance of WCAG: 3 : 1 against black is 0.1.
        linear = [(x / 255 / 12.92, ((x / 255 + 0.055) / 1.055) ** 2.4) for x in colour]
        red, green, blue = (b if a > 0.0031 else a for a, b in linear[:3])
        assert 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.1, theme
    page.get_by_role("button", name="Step", exact=True).click()
    status = page.get_by_role("status").first.inner_text()
    assert 'does "' in status
    assert "success. ." not in page.locator(".rk-caption").inner_text()
    assert not trouble

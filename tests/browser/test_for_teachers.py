"""What a teacher prints and projects, in a browser: a page of A4, slides that turn."""

from __future__ import annotations

import re

import pytest

import robustkit as rk
from robustkit.__main__ import main
from robustkit.setup import slides

from .helpers import CORNER, check_paper, confine


def opened(browser, path, **options):
    """Return a page and what it says and asks for elsewhere."""
    context = browser.new_context(**options)
    told = confine(context)
    page = context.new_page()
    page.on("console", lambda message: told.append(message.text))
    page.on("pageerror", lambda problem: told.append(str(problem)))
    page.goto(path.as_uri())
    return page, told


def test_the_hand_out_needs_no_training_prints_on_one_page_and_is_light_in_the_dark(
    browser, tmp_path, monkeypatch
):
    monkeypatch.setattr(rk, "train", None)
    assert main(["handout", "-o", str(tmp_path / "handout.html")]) == 0
    text = (tmp_path / "handout.html").read_text("utf-8")
    for part in ("two axes", "Three shifts", "Six points", "Words of the field"):
        assert part in text
    assert "memoriser 0 has" in text  # the picture says what it shows
    assert "style=" not in text.partition("<body>")[2]
    page, told = opened(browser, tmp_path / "handout.html", color_scheme="dark")
    check_paper(page)
    points = page.locator("ol li").evaluate_all("all => all.map(e => e.offsetHeight)")
    assert len(points) == 6
    assert min(page.locator("img").evaluate(CORNER)) > 200
    assert told == []
    page.context.close()


@pytest.mark.slow
@pytest.mark.parametrize("size", [(1366, 768), (1920, 1080)], ids=["1366", "1920"])
def test_slides_turn_by_key_fit_the_screen_and_are_legible(browser, tmp_path, size):
    image = re.sub(r' style="[^"]*"', "", rk.plane([*_readings()]).image())
    shown = slides._pictures([image])
    choices = "".join(f"<li>choice {k}</li>" for k in range(8))
    made = [
        slides._slide("The plane", "<p>Two agents.</p>", "h1"),
        slides._slide("Which way will it go, and how far?", f"<ul>{choices}</ul>"),
        slides._slide("Which way " * 6, f'<p class="answer">left</p>{shown}'),
    ]
    path = tmp_path / "slides.html"
    path.write_text(slides.page("The plane", made), "utf-8")
    viewport = dict(zip(("width", "height"), size, strict=True))
    page, told = opened(browser, path, viewport=viewport)
    seen = page.locator("section.present")
    for words in ("Two agents.", "choice 7", "left"):
        seen.get_by_text(words, exact=True).wait_for()
        box = seen.evaluate("s => [s.scrollHeight, s.scrollWidth]")
        assert box[0] <= 720
        assert box[1] <= 1280
        text = seen.get_by_text(words, exact=True).bounding_box()
        assert text["height"] > 0.04 * viewport["height"]  # a line, from the back row
        page.keyboard.press("ArrowRight")
    assert seen.locator("img").evaluate("e => e.naturalWidth") > 0
    assert told == []
    page.context.close()


def _readings():
    world = rk.make("cheese", size=7, layouts=4)
    yield rk.measure(rk.plan(world, "corner"), world.sample(8, goal=1))

"""The site to read: built small in every run and whole where there is time."""

from __future__ import annotations

import functools
import shutil
import subprocess
import sys
from http.server import SimpleHTTPRequestHandler
from pathlib import Path

import nbformat
import pytest
from links import troubles
from served import serving

import robustkit as rk
from robustkit.setup.pages import api, build, texts

pytestmark = [
    pytest.mark.xdist_group("pages"),  # built once
    pytest.mark.together,  # its lessons run in kernels, which are processes
]
ROOT = Path(__file__).resolve().parents[2]
FIRST = "notebooks/00-start-here.ipynb"
LESSON = "notebooks/00-start-here.html"
CELLS = [
    "import robustkit as rk",
    "explorer = rk.explore('cheese')\nexplorer",
    "guess = rk.predict('How far?', number=(0, 1))\nguess",
    "guess.reveal(0.5)",
    "levels = rk.make('cheese').sample(2)\nrk.draw(levels)",
]


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """Return a course of one lesson, with the texts of this one."""
    root = tmp_path_factory.mktemp("course")
    for folder in ("notebooks/images", "exercises", ".github"):
        (root / folder).mkdir(parents=True)
    shutil.copy(ROOT / "notebooks" / "images" / "plane.png", root / "notebooks/images")
    new = nbformat.v4
    cells = [
        new.new_markdown_cell(
            "# Begin\n\n[![Go](https://example.org/go.svg)](https://example.org)\n\n"
            "<details><summary>Explanation</summary>\n\nBecause *so*.\n\n</details>\n\n"
            "[What else](reference.md#worlds), [to do](../exercises/01-do.ipynb)"
        ),
        *map(new.new_code_cell, CELLS),
    ]
    nbformat.write(new.new_notebook(cells=cells), root / FIRST)
    task = new.new_notebook(cells=[new.new_markdown_cell("# Do")])
    nbformat.write(task, root / "exercises" / "01-do.ipynb")
    for name in ("CHANGELOG.md", ".github/CONTRIBUTING.md", texts.NOTES):
        (root / name).write_text("# Text\n")
    table = "| a | b |\n|---|---|\n| `" + "long_name_" * 20 + "` | 2 |\n"
    (root / "notebooks" / "reference.md").write_text(f"# Kit\n\n## Worlds\n\n{table}")
    (root / "README.md").write_text(
        "# robustkit\n\n![The plane](notebooks/images/plane.png)\n\n"
        "[First](notebooks/00-start-here.ipynb), [kit](notebooks/reference.md#worlds)\n"
    )
    return root


@pytest.fixture(scope="module")
def small(course):
    """Let what is built be that course, with one explorer and a little of the API."""
    some = functools.partial(api.write, names=["explore", "train"], rooms={})
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(course)
        patch.setattr(build, "list_worlds", lambda: ["cheese"])
        patch.setattr(api, "write", some)
        yield


@pytest.fixture(scope="module")
def site(small, tmp_path_factory):
    """Build it as a site."""
    first = build.build(tmp_path_factory.mktemp("out") / "a folder" / "site")
    return first.parent


def mistakes(page):
    """Return what the scripts of a page complain about, from here on."""
    said = []
    page.on("pageerror", lambda problem: said.append(str(problem)))
    page.on("console", lambda m: said.append(m.text) if m.type == "error" else 0)
    return said


def test_no_link_leads_nowhere_and_nothing_comes_from_elsewhere(site):
    assert not troubles(site)
    assert "go.svg" not in (site / LESSON).read_text("utf-8")


def test_an_explorer_in_a_lesson_is_alive_in_a_file(site, page):
    said = mistakes(page)
    page.goto((site / LESSON).as_uri())
    explorer = page.locator(".rk-live .robustkit")
    explorer.get_by_role("slider").first.fill("1")
    explorer.locator(".rk-readout", has_text="Goal shift 1.00").wait_for()
    assert "0.5" not in page.locator(".rk-still").inner_text()
    revealed = page.locator(".cell_output", has_text="Observed: 0.5")
    assert "You made no guess" not in revealed.inner_text()
    assert page.locator("img.rk-picture").count() == 1
    assert page.get_by_text("Because so.").is_hidden()
    page.get_by_text("Explanation").click()
    assert page.get_by_text("Because so.").is_visible()
    assert not said


def test_search_works_in_a_file(site, page):
    said = mistakes(page)
    page.goto((site / "index.html").as_uri())
    page.get_by_role("textbox").first.fill("explore")
    page.keyboard.press("Enter")
    page.locator("#search-results a", has_text="robustkit.explore").first.click()
    page.wait_for_url("**/api/face.html*")
    assert not said


@pytest.mark.parametrize("width", [360, 1366])
def test_pages_fit_a_phone_and_a_laptop(site, page, width):
    page.set_viewport_size({"width": width, "height": 768})
    for name in (LESSON, "notebooks/reference.html", "explorers.html", "api/face.html"):
        page.goto((site / name).as_uri())
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_widgets_and_pictures_follow_the_theme(site, page, scheme):
    page.emulate_media(color_scheme={"light": "dark", "dark": "light"}[scheme])
    page.add_init_script(f"localStorage.setItem('theme', '{scheme}')")
    page.goto((site / LESSON).as_uri())
    for shown in (page.locator(".robustkit"), page.locator("img.rk-picture")):
        assert shown.first.evaluate("e => getComputedStyle(e).colorScheme") == scheme
    ground = "e => getComputedStyle(e).backgroundColor"
    body = page.locator("body").evaluate(ground)
    assert page.locator(".robustkit").first.evaluate(ground) == body


def test_a_site_stays_until_the_new_one_is_whole(site, monkeypatch):
    def fails(path):
        raise RuntimeError("lesson 00-start-here failed")

    monkeypatch.setattr(build, "executed", fails)
    with pytest.raises(RuntimeError, match="00-start-here failed"):
        build.build(site)
    assert not troubles(site)
    assert list(site.parent.iterdir()) == [site]


@pytest.mark.slow
def test_the_whole_site_in_a_folder_of_a_server(tmp_path, page):
    """Build everything, serve it under a path, and open every page."""
    site = tmp_path / "at" / "a place"
    command = [sys.executable, "-m", "robustkit.setup.pages", site]
    subprocess.run(command, cwd=ROOT, check=True)
    assert not troubles(site)
    face = (site / "api" / "face.html").read_text("utf-8")
    for name in rk.__all__:
        assert f'id="robustkit.{name}"' in face, name
    with serving(tmp_path, SimpleHTTPRequestHandler) as home:
        said = mistakes(page)
        page.set_viewport_size({"width": 360, "height": 768})
        for path in sorted(site.rglob("*.html")):
            there = path.relative_to(tmp_path).as_posix()
            page.goto(f"{home}/{there}")
            empty = page.locator(".rk-live:not(:has(.robustkit *))").count()
            wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            assert (empty, wide > 0, said) == (0, False, []), there

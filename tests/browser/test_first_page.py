"""The site without a server in a browser that lacks something, and damaged files."""

from __future__ import annotations

from pathlib import Path

import pytest
from served import serving

from robustkit.setup.lite import page as first_page
from robustkit.setup.lite import serve

from .helpers import axe

ROOT = Path(__file__).parents[2]
WITHOUT = {
    "delete window.WebAssembly": "has no WebAssembly, without which Python cannot run",
    "window.Worker = class { terminate() {} }": "too old to run Python",
    "Object.defineProperty(window, 'indexedDB', {get() { throw Error('shut'); }})": (
        "keeps nothing for this page, as in a private window"
    ),
    "Object.defineProperty(Navigator.prototype, 'serviceWorker', {get() {}})": (
        "Python cannot reach the files that you see"
    ),
}
FITS = "document.documentElement.scrollWidth <= innerWidth"


@pytest.fixture
def site(tmp_path):
    """Return the folder of a site whose JupyterLab is an empty page."""
    (tmp_path / "lab").mkdir()
    (tmp_path / "lab" / "index.html").write_text("<!doctype html><body></body>")
    (tmp_path / "static" / "pyodide").mkdir(parents=True)
    (tmp_path / "static" / "pyodide" / "numpy.whl").write_text("numpy")
    first_page.write(ROOT, tmp_path)
    serve.sign(tmp_path, "0")
    return tmp_path


@pytest.fixture
def address(site):
    """Serve it one folder down, by what comes with it."""
    with serving(site.parent) as home:
        yield f"{home}/{site.name}/"


def state(page, address):
    """Return what the first page says of the browser."""
    page.goto(address)
    page.locator("#state.good, #state.bad").wait_for()
    return page.inner_text("#state")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_first_page_is_for_everybody(page, address, scheme):
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": 360, "height": 740})
    assert state(page, address) == "This browser can run the course."
    assert page.evaluate(FITS)
    assert not axe(page, "main")


def test_what_a_browser_lacks_is_said_on_both_pages(browser, address):
    for code, words in WITHOUT.items():
        context = browser.new_context()
        context.add_init_script(code)
        page = context.new_page()
        assert words in state(page, address)
        page.goto(f"{address}lab/index.html")
        assert words in page.inner_text("[role=alert]")
        page.click("[role=alert] button")
        assert page.locator("[role=alert]").count() == 0
        context.close()


def test_a_page_that_was_opened_as_a_file_says_how_to_serve_it(page, site):
    said = state(page, (site / "index.html").as_uri())
    assert "opened as a file" in said
    assert "python3 serve.py" in said


def test_damaged_files_are_named_on_both_pages(page, address, site):
    assert state(page, address)
    page.click("#check")
    page.get_by_text("All files are as they were built.").wait_for()
    (site / "static" / "pyodide" / "numpy.whl").write_text("altered")
    page.click("#check")
    page.get_by_text("Not as they were built: static/pyodide/numpy.whl").wait_for()
    page.clock.install()
    page.goto(f"{address}lab/index.html")
    page.clock.run_for(31_000)
    page.get_by_text("Not as they were built: static/pyodide/numpy.whl").wait_for()

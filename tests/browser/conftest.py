"""A browser and a JupyterLab for the tests of this folder, none of which go online."""

from __future__ import annotations

import os
import shutil
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

import robustkit as rk

from . import helpers

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MAC = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
HOW = """no Chromium was found. Any of these will do:
- Debian, Ubuntu: sudo apt install chromium
- anywhere: python -m playwright install chromium (with the Python that runs the tests)
- ROBUSTKIT_CHROMIUM=/path/to/chromium (or Chrome) in the environment"""
FLAGS = [
    "--no-sandbox",  # which a container often cannot give; only our own pages are shown
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--no-proxy-server",
]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Mark the tests of this folder."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker("browser")


@pytest.fixture(scope="package")
def playwright():
    """Give Playwright while this folder's tests run; it keeps an event loop busy."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="package")
def chromium(playwright):
    """Return the path of a Chromium; without one skip, or fail if one is required."""
    named = os.environ.get("ROBUSTKIT_CHROMIUM")
    found = [named] if named else [shutil.which(name) for name in NAMES]
    own = [MAC, Path(playwright.chromium.executable_path)]
    found += [] if named else [str(path) for path in own if path.is_file()]
    path = next(filter(None, found), None)
    if path and shutil.which(path):
        return path
    if os.environ.get("ROBUSTKIT_REQUIRE_BROWSER") == "1" or named:
        pytest.fail(HOW)
    pytest.skip(HOW)


@pytest.fixture(scope="package")
def browser(playwright, chromium):
    """Start Chromium without a window."""
    started = playwright.chromium.launch(
        executable_path=chromium, headless=True, args=FLAGS
    )
    yield started
    started.close()


@pytest.fixture(scope="package")
def lab(browser, tmp_path_factory):
    """Serve a copy of the notebooks with a JupyterLab of our own."""
    served, server = helpers.start_lab(tmp_path_factory.mktemp("lab"))
    yield served
    helpers.stop(server, served)


@pytest.fixture(scope="package")
def rude(tmp_path_factory):
    """Return a page on disk with a corner planner, a random device, and rude names."""
    world = rk.make("cheese", size=7, layouts=8)
    corner, noisy = rk.plan(world, "corner"), rk.plan(world, noise=0.2)
    named = [replace(rk.plan(world), name=name) for name in helpers.HOSTILE]
    agents = [corner, rk.device("random", world), noisy, *named]
    page = tmp_path_factory.mktemp("rude") / "plane.html"
    return rk.explore(world, agents, n=32).save(page)


VIEW = {"width": 1400, "height": 1000}


@contextmanager
def opened(browser):
    """Give an empty page, and the list of what it asks off this machine."""
    context = browser.new_context(viewport=VIEW)
    context.set_default_timeout(helpers.SETTLE * 1000)
    asked = helpers.confine(context)
    yield context.new_page(), asked
    context.close()


@pytest.fixture(scope="package")
def desk(browser):
    """Give a page in which JupyterLab, once loaded, stays from test to test."""
    with opened(browser) as (page, asked):
        yield page, asked


@pytest.fixture
def page(request, browser):
    """Give an empty page; afterwards assert that nothing was asked off this machine.

    Tests of notebooks in JupyterLab get one after the other the same page, with all
    notebooks closed and their kernels ended.
    """
    if "lab" not in request.fixturenames:
        with opened(browser) as (page, asked):
            yield page
    else:
        page, asked = request.getfixturevalue("desk")
        page.set_viewport_size(VIEW)
        yield page
        page.unroute_all()
        page.evaluate(helpers.CLOSE)
    told, asked[:] = asked[:], []
    assert not told, f"the page asked for {told}"

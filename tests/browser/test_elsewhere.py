"""The widgets outside JupyterLab: in Notebook 7, in Voilà, in Colab's theme."""

from __future__ import annotations

import secrets
import sys
import urllib.request
from pathlib import Path

import pytest

import robustkit as rk

from . import helpers

CELLS = [
    "import robustkit as rk\nworld = rk.make('cheese', size=7, layouts=8)",
    "rk.explore(world, [rk.plan(world), rk.plan(world, 'corner')], n=16)",
    "rk.predict('Which way?', choices=['left', 'down'])",
]

IDLE = """
() => window.jupyterapp?.shell?.currentWidget
  ?.sessionContext?.session?.kernel?.status === 'idle'
"""


@pytest.fixture
def folder(tmp_path):
    """Return a folder with a notebook of two widgets."""
    helpers.write_notebook(tmp_path / "widgets.ipynb", CELLS)
    return tmp_path


def serve(folder, command, ready):
    """Start a server in a folder and return it when it answers."""
    log = folder / "server.log"
    server = helpers.start(
        [sys.executable, "-m", *command],
        log,
        env=helpers.isolated(folder / "jupyter"),
        cwd=folder,
    )

    def answers():
        try:
            with urllib.request.urlopen(ready, timeout=2):
                return True
        except OSError:
            return False

    try:
        helpers.wait_for(answers, helpers.SETTLE, f"{command[0]} ({log})")
    except BaseException:
        helpers.stop(server)
        raise
    return server


def slide_and_guess(page):
    slider = page.get_by_role("slider", name="Goal shift")
    slider.wait_for(timeout=helpers.RUN * 1000)
    slider.focus()
    page.keyboard.press("End")
    page.wait_for_timeout(300)
    point = page.locator('[data-agent="corner planner"][data-capability]')
    assert float(point.get_attribute("data-alignment")) < 0.5
    page.get_by_role("radio", name="down").check()
    page.get_by_role("button", name="This is my guess").click()
    page.wait_for_timeout(500)
    assert "Your guess: down" in page.locator(".robustkit-predict").inner_text()


@pytest.mark.slow
def test_widgets_work_in_notebook_7(page, folder):
    pytest.importorskip("notebook")
    port, token = helpers.free_port(), secrets.token_hex(16)
    home = f"http://127.0.0.1:{port}"
    command = ["notebook", "--no-browser", "--allow-root", "--ServerApp.ip=127.0.0.1"]
    command += [f"--ServerApp.port={port}", "--ServerApp.port_retries=0"]
    command += [f"--IdentityProvider.token={token}"]
    command += ["--JupyterNotebookApp.expose_app_in_browser=True"]
    server = serve(folder, command, f"{home}/api?token={token}")
    try:
        page.goto(f"{home}/notebooks/widgets.ipynb?token={token}")
        page.wait_for_function(IDLE, timeout=helpers.SETTLE * 1000)
        page.evaluate("window.jupyterapp.commands.execute('notebook:run-all-cells')")
        slide_and_guess(page)
    finally:
        helpers.stop(server)


@pytest.mark.slow
def test_widgets_work_in_voila(browser, folder):
    """Voilà's own page asks for MathJax elsewhere, which is turned away."""
    pytest.importorskip("voila")
    context = browser.new_context()
    helpers.confine(context)
    page = context.new_page()
    port = helpers.free_port()
    home = f"http://127.0.0.1:{port}"
    command = ["voila", "widgets.ipynb", "--no-browser", f"--port={port}"]
    command += ["--Voila.ip=127.0.0.1"]
    server = serve(folder, command, f"{home}/voila/static/voila.js")
    try:
        page.goto(home)
        slide_and_guess(page)
    finally:
        context.close()
        helpers.stop(server)


@pytest.mark.parametrize(("theme", "paper"), [("dark", "#16181c"), ("light", "#fff")])
def test_colabs_theme_is_followed_and_not_the_browsers(browser, theme, paper):
    """Colab says its theme of the page that an output is in: `html[theme=dark]`."""
    world = rk.make("cheese", size=7, layouts=8)
    figure = rk.draw(world.sample(1)[0], rk.plan(world))._repr_html_()
    sheet = (Path(rk.__file__).parent / "widgets" / "widgets.css").read_text("utf-8")
    page = browser.new_page(color_scheme={"dark": "light", "light": "dark"}[theme])
    page.set_content(
        f'<html theme="{theme}"><style>{sheet}</style>'
        f'<div class="robustkit">a widget</div>{figure}</html>'
    )
    widget, picture = page.locator(".robustkit"), page.locator(".rk-picture")
    for shown in (widget, picture):
        assert shown.evaluate("e => getComputedStyle(e).colorScheme") == theme
    seen = widget.evaluate("e => getComputedStyle(e).getPropertyValue('--rk-bg')")
    assert seen.strip() == paper
    page.close()

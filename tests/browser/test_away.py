"""Widgets without their kernel: gone, busy, not there yet, or never to come."""

from __future__ import annotations

import subprocess
import sys

import pytest

import robustkit as rk

from .helpers import await_notebook, axe, run_all, saved, show, write_notebook

GONE = "The kernel does not answer. Run this cell again."
CELLS = [
    "import robustkit as rk\nworld = rk.make('cheese', size=7, layouts=8)",
    "guess = rk.predict('Where?', start=(1.0, 1.0))\nguess",
    "live = rk.train_live('network', world, updates=60)\nlive",
    "builder = rk.build(world, level=world.sample(1, goal=1.0, seed=4))\nbuilder",
    "rk.explore(world, [rk.plan(world), rk.plan(world, 'corner')], n=16)",
    "rk.watch(rk.plan(world), world.sample(1)[0])",
    "import time\nfrom robustkit.bars import bar\n"
    "with bar('network', 9, 0) as shown:\n"
    "    for _ in range(9):\n        time.sleep(0.05)\n        shown.update()",
]
UNTIL = """
import pathlib, time
while not pathlib.Path("go").exists():
    time.sleep(0.1)
"""
WIDGETS = 5
SESSION = "window.jupyterapp.shell.currentWidget.sessionContext.session.kernel"
SAVE = "window.jupyterapp.commands.execute('docmanager:save')"
END = "window.jupyterapp.shell.currentWidget.sessionContext.shutdown()"


def book(page):
    """Return the notebook that is in front of others opened before."""
    return page.locator(".jp-Notebook:visible")


def opened(page, lab, name):
    show(page, lab, name, CELLS)
    book(page).locator(".robustkit").nth(WIDGETS - 1).wait_for()


def says(page, widget, words, seconds=9):
    """Wait until a widget says something."""
    status = widget.get_by_role("status")
    for _ in range(4 * seconds):
        if words in status.inner_text():
            return
        page.wait_for_timeout(250)
    raise AssertionError(f"{words!r} is not said, but {status.inner_text()!r}")


def shown(page, selector):
    return page.locator(f"{selector}:visible").count()


@pytest.mark.slow
def test_a_restarted_kernel_is_told_of_within_seconds_of_a_click(page, lab):
    opened(page, lab, "restarted.ipynb")
    live = page.locator(".robustkit-live")
    train = live.get_by_role("button", name="Train")
    train.click()
    page.evaluate(f"{SESSION}.restart()")  # while it trains, or just after
    page.wait_for_timeout(500)
    if train.is_enabled():
        train.click()
    says(page, live, GONE)
    assert train.is_enabled()
    assert axe(page, ".robustkit-live") == []
    guess = page.locator(".robustkit-predict")
    for axis in ("capability", "alignment"):
        guess.get_by_label(f"Your guess of {axis}").fill("0.5")
    commit = guess.get_by_role("button", name="This is my guess")
    commit.click()
    says(page, guess, GONE)
    assert commit.is_enabled()
    builder = page.locator(".robustkit-build")
    builder.get_by_role("application").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    says(page, builder, GONE)
    run_all(page)
    live = page.locator(".robustkit-live")
    train = live.get_by_role("button", name="Train")
    train.click()
    says(page, live, "Step 60 of 60", 30)
    # It dies by itself, and JupyterLab starts another one.
    die = "{code: 'import os; os._exit(1)'}"
    page.evaluate(f"() => {{ {SESSION}.requestExecute({die}); }}")
    page.get_by_role("dialog").get_by_role("button", name="Ok").click()
    train.click()
    says(page, live, GONE)
    assert train.is_enabled()


@pytest.mark.slow
def test_a_busy_kernel_is_not_called_gone_and_does_it_in_the_end(page, lab):
    opened(page, lab, "busy.ipynb")
    # Some kernels hear widgets while a cell runs; those that do not are meant here.
    page.evaluate(f"() => {{ {SESSION}.commsOverSubshells = 'disabled'; }}")
    page.evaluate(f"() => {{ {SESSION}.requestExecute({{code: `{UNTIL}`}}); }}")
    live = page.locator(".robustkit-live")
    train = live.get_by_role("button", name="Train")
    train.click()
    assert train.is_disabled()
    says(page, live, "The kernel is busy; it will do this when it is free.")
    assert train.is_enabled()
    (lab.folder / "go").touch()
    says(page, live, "Step 60 of 60", 30)
    # It is free, but knows nothing of the widget any more.
    forget = "{code: 'live._msg_callbacks.callbacks.clear()'}"
    page.evaluate(f"async () => {{ await {SESSION}.requestExecute({forget}).done; }}")
    train.click()
    says(page, live, GONE)
    assert train.is_enabled()


def test_a_notebook_reopened_shows_widgets_or_what_stands_in_for_them(page, lab):
    opened(page, lab, "reopened.ipynb")
    assert shown(page, ".rk-still") == 0
    page.evaluate(SAVE)
    page.reload()  # its kernel lives on
    await_notebook(page, "reopened.ipynb")
    book(page).locator(".robustkit").nth(WIDGETS - 1).wait_for()
    page.wait_for_timeout(1000)
    assert shown(page, ".rk-still") == 0
    assert "not found" not in book(page).inner_text()
    page.evaluate(END)
    page.wait_for_timeout(500)
    page.reload()  # with a kernel that knows nothing of it
    await_notebook(page, "reopened.ipynb")
    book(page).locator(".rk-still").nth(WIDGETS - 1).wait_for()
    page.wait_for_timeout(1000)
    assert shown(page, ".robustkit") == 0
    assert shown(page, ".rk-still") == WIDGETS
    assert shown(page, ".rk-still img") == WIDGETS - 1  # nothing has been trained
    text = book(page).inner_text()
    assert "not found" not in text
    assert "Loading widget" not in text
    assert "corner planner" in text
    assert axe(page, ".rk-still") == []


@pytest.mark.slow
def test_a_converted_notebook_shows_them_without_network(browser, tmp_path):
    cells = [*CELLS, "guess.value = (0.5, 0.25)\nprint(guess.reveal((0.9, -0.1)))"]
    write_notebook(tmp_path / "hand-in.ipynb", cells)
    command = [sys.executable, "-m", "nbconvert", "--to", "html", "--execute"]
    subprocess.run([*command, "hand-in.ipynb"], cwd=tmp_path, check=True)
    context = browser.new_context(offline=True)
    page = context.new_page()
    page.goto((tmp_path / "hand-in.html").as_uri())
    assert shown(page, ".rk-still") == WIDGETS
    assert shown(page, ".rk-still img") == WIDGETS - 1
    said = "Where? Your guess: capability 0.50, alignment 0.25. Observed"
    assert said in page.locator(".rk-still").first.inner_text()
    context.close()


def test_a_page_without_a_kernel_has_its_buttons_off_and_says_why(page, tmp_path):
    world = rk.make("cheese", size=7, layouts=8)
    guess = rk.predict("Which way?", choices=["left", "down"])
    for widget in (rk.train_live("network", world), guess, rk.build(world)):
        page.goto(saved(widget, tmp_path))
        says(page, page.locator(".robustkit"), "There is no kernel here")
        for role in ("button", "radio"):
            for button in page.get_by_role(role).all():
                player = button.inner_text() in ("Play", "Back", "Step")
                assert player or button.is_disabled(), button.inner_text()

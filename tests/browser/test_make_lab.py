"""`make lab` opens the first lesson; and the tests' own tools do what they say."""

from __future__ import annotations

import json
import re
import shutil
import urllib.error

import psutil
import pytest

from .helpers import (
    ROOT,
    SETTLE,
    Lab,
    ask,
    axe,
    confine,
    isolated,
    open_notebook,
    run_all,
    show,
    start,
    stop,
    use_theme,
    wait_for,
    write_notebook,
)

ADDRESS = re.compile(r"(http://127\.0\.0\.1:\d+)(/\S*)\?token=(\w+)")


@pytest.mark.slow
def test_make_lab_opens_the_first_lesson(page, tmp_path):
    if not shutil.which("make") or not (ROOT / ".venv" / ".lab").exists():
        pytest.skip("make test sets up what this starts")
    log = tmp_path / "make.log"
    command = ["make", "lab", "ARGS=--no-browser --port=0"]
    server = start(command, log, cwd=ROOT, env=isolated(tmp_path / "jupyter"))
    lab = None
    try:
        found = wait_for(lambda: named(server, log), 60, f"`make lab` ({log})")
        lab = Lab(found[1], found[3], ROOT)
        page.goto(found[0])
        tab = page.get_by_role("tab", name="00-start-here.ipynb")
        tab.wait_for()
        assert tab.get_attribute("aria-selected") == "true"
        page.get_by_role("heading", level=1).first.wait_for()
        assert page.get_by_text("Jupyter news").count() == 0
        # A server told to stop while a kernel is being born may wait for it forever.
        wait_for(lambda: kernel_is_idle(lab), SETTLE, f"the lesson's kernel ({log})")
        page.goto("about:blank")
        with pytest.raises(urllib.error.HTTPError, match="403"):
            ask(Lab(lab.url, "wrong", ROOT), "api/contents")
        assert set(listening(server.pid)) <= {"127.0.0.1", "::1"}
    finally:
        stop(server, lab)
    assert server.returncode == 0, log.read_text()


def listening(pid):
    """Return the addresses at which a process and those it started can be reached."""
    first = psutil.Process(pid)
    for process in (first, *first.children(recursive=True)):
        for open_ in process.net_connections(kind="inet"):
            if open_.status == psutil.CONN_LISTEN:
                yield open_.laddr.ip


def named(server, log):
    """Return the address that JupyterLab prints, once it has."""
    words = log.read_text(errors="replace")
    assert server.poll() is None, words
    return ADDRESS.search(words)


def kernel_is_idle(lab):
    """Return whether the server runs a kernel and that kernel waits for work."""
    try:
        kernels = json.loads(ask(lab, "api/kernels"))
    except urllib.error.HTTPError:  # while the kernel is being born
        return False
    return bool(kernels) and kernels[0]["execution_state"] == "idle"


def test_a_notebook_runs_and_shows_its_output(page, lab):
    show(page, lab, "fine.ipynb", ["x = 6", "print('is', x * 7)"])
    page.get_by_text("is 42").wait_for()


def test_a_cell_that_is_run_before_its_kernel_is_there_waits_for_it(page, lab):
    """Whoever presses Shift+Enter at once would meet a dialog, or nothing at all."""
    starts = []  # held back until the cell has been run, so that it is always too early

    def hold(route):
        if route.request.method == "POST" and not pressed:
            starts.append(route)
        else:
            route.fallback()

    pressed = False
    before = len(json.loads(ask(lab, "api/kernels")))
    page.route("**/api/sessions*", hold)
    cells = ["print('it', 'ran')", "print('and', 'this')"]
    write_notebook(lab.folder / "early.ipynb", cells)
    page.goto(f"{lab.address('lab/tree/early.ipynb')}&reset")
    page.locator(".jp-CodeCell .cm-content").first.click()
    page.keyboard.press("Shift+Enter")
    page.keyboard.press("Shift+Enter")
    page.wait_for_timeout(300)
    pressed = True
    assert starts, "the kernel was not started by itself"
    for route in starts:
        route.fallback()
    page.get_by_text("it ran", exact=True).wait_for(timeout=20_000)
    page.get_by_text("and this", exact=True).wait_for()
    assert page.locator(".jp-Dialog").count() == 0
    assert len(json.loads(ask(lab, "api/kernels"))) <= 1 + before


def test_a_cell_that_fails_fails_the_test(page, lab):
    with pytest.raises(AssertionError, match=r"'c1'(?s:.*)ZeroDivisionError"):
        show(page, lab, "broken.ipynb", ["1", "1 / 0", "2"])


@pytest.mark.slow
def test_a_cell_that_hangs_fails_the_test(page, lab):
    write_notebook(lab.folder / "slow.ipynb", ["import time; time.sleep(60)"])
    open_notebook(page, lab, "slow.ipynb")
    with pytest.raises(TimeoutError, match="c0"):
        run_all(page, seconds=2)


@pytest.mark.slow
def test_axe_finds_what_is_wrong_in_both_themes(page, lab):
    html = "HTML('<div id=here><input><p>Text</p></div>')"
    show(page, lab, "axe.ipynb", [f"from IPython.display import HTML; {html}"])
    page.locator("#here").wait_for()
    for dark in (True, False):
        use_theme(page, dark)
        assert [wrong["id"] for wrong in axe(page, "#here")] == ["label"]
        assert axe(page, "#here p") == []


def test_what_a_page_asks_elsewhere_is_noticed(browser):
    context = browser.new_context()
    asked = confine(context)
    page = context.new_page()
    page.goto("data:text/html,<img src='https://example.org/picture.png'>")
    page.wait_for_timeout(200)
    context.close()
    assert asked == ["https://example.org/picture.png"]

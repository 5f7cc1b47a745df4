"""The built site in Chromium: under a sub-path, every other address refused."""

from __future__ import annotations

import re
import socketserver
import threading
import time

import pytest
from browser import helpers
from browser.conftest import FLAGS, chromium, playwright  # noqa: F401
from browser.test_explorer import check_that_agents_move, slider
from served import serving

from robustkit.setup.lite.serve import Handler

from .test_node import LESSONS, SOLUTIONS, checks

pytestmark = [pytest.mark.slow, pytest.mark.browser]
START, RUN = 240, 900  # seconds for a page and its Python, and for a notebook
SUBPATH = "robustkit"
# What Chromium asks for by itself, on whatever page; it is refused as well.
ITS_OWN = re.compile(
    r"\b((accounts|clients\d|www)\.google|(update|content-autofill|optimizationguide-pa)"
    r"\.googleapis|\w*\.gvt1)\.com\b"
)
# Whether all cells have run, or one has failed and nothing runs any longer.
DONE = """
() => {
  const panel = window.jupyterapp.shell.currentWidget;
  const cells = [...panel.content.model.cells].filter(
    cell => cell.type === 'code' && cell.sharedModel.getSource().trim());
  const failed = cells.some(
    cell => cell.outputs.toJSON().some(out => out.output_type === 'error'));
  const idle = panel.sessionContext.session.kernel.status === 'idle';
  return idle && (failed || cells.every(cell => cell.executionCount));
}
"""
RUN_ALL = "() => { window.jupyterapp.commands.execute('notebook:run-all-cells'); }"
ERRORS = """
() => [...window.jupyterapp.shell.currentWidget.content.model.cells]
  .filter(cell => cell.type === 'code')
  .flatMap(cell => cell.outputs.toJSON()
    .filter(out => out.output_type === 'error')
    .map(out => [cell.id, ...out.traceback].join('\\n')))
"""
WARNED = """
() => [...window.jupyterapp.shell.currentWidget.content.model.cells]
  .filter(cell => cell.type === 'code')
  .flatMap(cell => cell.outputs.toJSON()
    .filter(out => out.name === 'stderr').map(out => out.text))
"""
VERDICTS = """
from robustkit.course.check import Verdict as _V
_all = [v for v in Out.values() if isinstance(v, _V)]
print(*(f"{v.exercise}={v.status}" for v in _all), sep=",")
"""


class Served:
    """The site's address, and how many bytes of it were asked for."""

    def __init__(self, url: str) -> None:
        self.url, self.bytes = url, 0


@pytest.fixture(scope="module")
def served(site, tmp_path_factory):
    """Serve the site under a sub-path, by the site's own server."""
    above = tmp_path_factory.mktemp("served")
    (above / SUBPATH).symlink_to(site, target_is_directory=True)

    class Counting(Handler):
        def copyfile(self, source, outputfile):
            content = source.read()
            found.bytes += len(content)
            outputfile.write(content)

    with serving(above, Counting) as home:
        found = Served(f"{home}/{SUBPATH}")
        yield found


@pytest.fixture(scope="module")
def elsewhere():
    """Stand in for the whole network: refuse everything, and keep a list of it.

    As a proxy, since what workers ask for passes by a page's own routes.
    """
    asked = []

    class Refuse(socketserver.StreamRequestHandler):
        def handle(self):
            asked.append(self.rfile.readline(2000).decode(errors="replace").strip())
            self.wfile.write(b"HTTP/1.1 403 Refused\r\nContent-Length: 0\r\n\r\n")

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Refuse) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1], asked
        server.shutdown()


@pytest.fixture(scope="module")
def alone(playwright, chromium, elsewhere):  # noqa: F811
    """Start a Chromium that reaches this machine only."""
    port, _ = elsewhere
    flags = [flag for flag in FLAGS if flag != "--no-proxy-server"]
    started = playwright.chromium.launch(
        executable_path=chromium,
        headless=True,
        args=[*flags, f"--proxy-server=http://127.0.0.1:{port}"],
    )
    yield started
    started.close()


def is_ready(page, path):
    """Return whether a notebook and its Python are ready; fail if they never will."""
    assert not page.failed, "\n".join(page.failed)
    dialogs = [d.inner_text() for d in page.locator(".jp-Dialog").all()]
    assert not dialogs
    return page.evaluate(helpers.PANEL_READY, path)


@pytest.fixture
def page(alone, elsewhere):
    """Give a page that keeps nothing; no script may fail, nor ask elsewhere."""
    _, asked = elsewhere
    asked.clear()
    context = alone.new_context(viewport={"width": 1366, "height": 768})
    context.set_default_timeout(START * 1000)
    page = context.new_page()
    page.failed = []
    page.on("pageerror", lambda error: page.failed.append(str(error)))
    yield page
    context.close()
    assert not page.failed, "\n".join(page.failed)
    assert not [line for line in asked if not ITS_OWN.search(line)]


@pytest.fixture
def opened(page, served, record_property):
    """Return how to open a notebook and to run it; say afterwards what it took."""
    took = {}

    def open_(path):
        took["path"], took["begin"], served.bytes = path, time.monotonic(), 0
        page.goto(f"{served.url}/lab/index.html?path={path}")
        helpers.wait_for(lambda: is_ready(page, path), START, path)
        mark("Python is ready")
        page.evaluate(RUN_ALL)
        return mark

    def mark(what):
        took[what] = time.monotonic() - took["begin"]

    yield open_
    said = ", ".join(f"{what} after {s:.0f} s" for what, s in [*took.items()][2:])
    size = f"{served.bytes / 1e6:.1f} MB served"
    record_property("lesson", f"Chromium, {took.get('path')}: {said}; {size}")


def finish(page):
    """Wait until all cells have run; none may fail."""
    page.wait_for_function(DONE, timeout=RUN * 1000)
    errors = page.evaluate(ERRORS)
    assert not errors, helpers.ANSI.sub("", "\n".join(errors))


def test_lesson_00_moves_its_agents_in_the_browser(page, opened):
    mark = opened(f"notebooks/{LESSONS[0]}.ipynb")
    slider(page).wait_for()
    check_that_agents_move(page)
    mark("a point has moved")
    finish(page)
    mark("all cells have run")
    warned = page.evaluate(WARNED)
    assert not warned, warned


OPEN = """
() => [...window.jupyterapp.shell.widgets('main')].map(
  widget => widget.context ? widget.context.path : widget.id)
"""


def test_a_tab_opens_one_notebook_and_comes_back_to_it(page, served):
    """Each notebook that is open has a Python of its own: earlier ones stay shut."""
    first, second = (f"notebooks/{name}.ipynb" for name in LESSONS[:2])
    for path in (first, second):
        page.goto(f"{served.url}/lab/index.html?path={path}")
        helpers.wait_for(lambda path=path: is_ready(page, path), START, path)
    assert page.evaluate(OPEN) == [second]
    other = page.context.new_page()
    other.goto(f"{served.url}/lab/index.html?path={first}")
    other.wait_for_function(helpers.PANEL_READY, arg=first)
    page.evaluate("() => window.jupyterapp.commands.execute('docmanager:save')")
    page.bring_to_front()  # a tab behind another one has nothing in front
    page.reload()
    helpers.wait_for(lambda: is_ready(page, second), START, second)
    assert page.evaluate(OPEN) == [second]


BLOCKED = """
for (const name of ['localStorage', 'sessionStorage', 'indexedDB'])
  Object.defineProperty(window, name, {get() { throw new DOMException('blocked'); }});
"""


def test_where_nothing_can_be_stored_lessons_open_and_it_is_said(page, served):
    page.context.add_init_script(BLOCKED)
    path = f"notebooks/{LESSONS[0]}.ipynb"
    page.goto(f"{served.url}/lab/index.html?path={path}")
    helpers.wait_for(lambda: page.evaluate(helpers.PANEL_READY, path), START, path)
    said = page.locator("[role=alert]").inner_text()
    assert "keeps nothing for this page" in said
    page.failed.clear()  # JupyterLab's own complaints of it


@pytest.mark.parametrize("name", LESSONS[1:])
def test_a_lesson_runs_in_the_browser(page, opened, name):
    mark = opened(f"notebooks/{name}.ipynb")
    finish(page)
    mark("all cells have run")


@pytest.mark.parametrize("name", SOLUTIONS)
def test_every_check_of_the_solutions_says_correct_in_the_browser(page, opened, name):
    mark = opened(f"solutions/{name}.ipynb")
    finish(page)
    mark("all cells have run")
    said = helpers.ask_kernel(page, VERDICTS).split(",")
    assert len(said) == len(checks(name))
    assert all(verdict.endswith("=correct") for verdict in said), said

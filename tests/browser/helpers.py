"""A JupyterLab of our own and the few things a test does in it."""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import nbformat
from anywidget import AnyWidget

from robustkit.setup.lab import FIRST_OF_ALL
from robustkit.widgets.page import page as document

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("notebooks", "exercises", "solutions")
SETTLE = 60  # seconds a server, a page or a kernel may take to be ready
RUN = 120  # seconds a notebook may take to run
HERE = {"127.0.0.1", "localhost", "[::1]"}
UNWANTED = (  # they ask for news, and for a grader's set-up that is not there
    "@jupyterlab/apputils-extension:announcements",
    "@jupyter/nbgrader",
)
HOSTILE = ['<script>window.broken = 1</script>"', "مرحبا بالعالم", "x" * 400]
ANSI = re.compile(r"\x1b\[[0-9;]*m")


# The server


@dataclass(frozen=True)
class Lab:
    """A running JupyterLab: its address, its token and the folder it serves."""

    url: str
    token: str
    folder: Path

    def address(self, path: str = "") -> str:
        """Return the address of a path such as "lab/tree/notebooks/x.ipynb"."""
        return f"{self.url}/{quote(path)}?token={self.token}"


def free_port() -> int:
    """Return a loopback port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def isolated(folder: Path) -> dict[str, str]:
    """Return an environment whose Jupyter knows no configuration but its own."""
    places = {
        "JUPYTER_CONFIG_DIR": "config",
        "JUPYTER_DATA_DIR": "data",
        "JUPYTER_RUNTIME_DIR": "runtime",
        "JUPYTERLAB_SETTINGS_DIR": "settings",
        "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
        "IPYTHONDIR": "ipython",
    }
    away = ("JUPYTER_PATH", "JUPYTER_CONFIG_PATH", "JUPYTER_TOKEN", "JPY_SESSION_NAME")
    kept = {name: value for name, value in os.environ.items() if name not in away}
    for name, place in places.items():
        (folder / place).mkdir(parents=True)
        kept[name] = str(folder / place)
    page = folder / "config" / "labconfig" / "page_config.json"
    page.parent.mkdir()
    page.write_text(json.dumps({"disabledExtensions": dict.fromkeys(UNWANTED, True)}))
    return kept


def start(command: list[str], log: Path, **options: Any) -> subprocess.Popen[bytes]:
    """Start a server in a process group of its own, its words going to a file."""
    with log.open("wb") as words:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=words,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            **options,
        )


def start_lab(folder: Path) -> tuple[Lab, subprocess.Popen[bytes]]:
    """Serve a copy of the notebooks from a folder; return it when it answers."""
    served = folder / "served"
    for name in FOLDERS:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, served / name)
    port, token = free_port(), secrets.token_hex(16)
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"]
    command += ["--ServerApp.ip=127.0.0.1", f"--ServerApp.port={port}"]
    command += ["--ServerApp.port_retries=0", f"--IdentityProvider.token={token}"]
    command += [f"--ServerApp.root_dir={served}", "--LabApp.expose_app_in_browser=True"]
    command += ["--LabApp.extension_manager=readonly"]
    log = folder / "lab.log"
    where = isolated(folder / "jupyter")
    where |= dict.fromkeys(FIRST_OF_ALL, str(ROOT / "robustkit" / "setup" / "jupyter"))
    server = start(command, log, env=where, cwd=served)
    lab = Lab(f"http://127.0.0.1:{port}", token, served)
    try:
        wait_for(lambda: answers(lab, server, log), SETTLE, f"JupyterLab ({log})")
    except BaseException:
        stop(server, lab)
        raise
    return lab, server


def ask(lab: Lab, path: str, method: str = "GET") -> bytes:
    """Ask the server, whatever proxies the environment names."""
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    header = {"Authorization": f"token {lab.token}"}
    request = urllib.request.Request(f"{lab.url}/{path}", method=method, headers=header)
    with direct.open(request, timeout=10) as answer:
        return bytes(answer.read())


def answers(lab: Lab, server: subprocess.Popen[bytes], log: Path) -> bool:
    """Return whether the server answers; raise with its words if it has ended."""
    if server.poll() is not None:
        words = log.read_text(errors="replace")[-3000:]
        raise RuntimeError(f"JupyterLab ended with {server.returncode}:\n{words}")
    try:
        return bool(ask(lab, "api/status"))
    except OSError:
        return False


def stop(server: subprocess.Popen[bytes], lab: Lab | None = None) -> None:
    """Stop a server as JupyterLab's own menu does, and by force if that fails."""
    if lab is not None and server.poll() is None:
        with suppress(OSError):
            ask(lab, "api/shutdown", "POST")
    for force in (None, signal.SIGTERM, signal.SIGKILL):
        try:
            if force is not None:
                os.killpg(server.pid, force)
            server.wait(timeout=SETTLE if lab is not None or force else 0.1)
            break
        except (subprocess.TimeoutExpired, ProcessLookupError):
            continue
    with suppress(ProcessLookupError):
        os.killpg(server.pid, signal.SIGKILL)  # kernels that outlived it


def wait_for(ready: Any, seconds: float, what: str) -> Any:
    """Return what `ready` returns once that is true; raise TimeoutError otherwise."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := ready():
            return found
        time.sleep(0.1)
    raise TimeoutError(f"{what} was not ready after {seconds} s")


# The page


def is_elsewhere(address: str) -> bool:
    """Return whether an address leads off this machine."""
    parts = urlsplit(address)
    host = parts.netloc.rsplit("@")[-1].rsplit(":", 1)[0]
    return parts.scheme in {"http", "https", "ws", "wss"} and host not in HERE


def confine(context: Any) -> list[str]:
    """Let a browser's pages reach this machine only; return what else they asked."""
    asked: list[str] = []

    def refuse(route: Any) -> None:
        asked.append(route.request.url)
        route.abort()

    def listen(page: Any) -> None:
        page.on(
            "websocket", lambda s: asked.append(s.url) if is_elsewhere(s.url) else 0
        )

    # The browser itself tells the two apart, so that local requests stay quick.
    there = re.compile(r"^https?://(?!(127\.0\.0\.1|localhost|\[::1\])([:/]|$))")
    context.route(there, refuse)
    context.on("page", listen)
    return asked


PANEL_READY = """
path => {
  const app = window.jupyterapp;
  const panel = app?.shell.currentWidget;
  return panel?.context?.path === path
    && panel.context.isReady && panel.sessionContext.isReady
    && panel.sessionContext.session?.kernel?.status === 'idle'
    && app.commands.hasCommand('notebook:run-all-cells');
}
"""

OPEN = """
async path => {
  await window.jupyterapp.commands.execute('docmanager:open', {path});
}
"""
# Without a question whether to save what is closed.
CLOSE = """
async () => {
  for (const panel of [...(window.jupyterapp?.shell.widgets('main') ?? [])]) {
    const late = new Promise(done => setTimeout(done, 5000));
    const ended = panel.sessionContext?.shutdown().catch(() => null);
    await Promise.race([ended, late]);
    if (panel.context) panel.context.model.dirty = false;
    panel.close();
  }
}
"""

KERNEL = """
async (code) => {
  const panel = window.jupyterapp.shell.currentWidget;
  const kernel = panel.sessionContext.session.kernel;
  let said = "";
  const future = kernel.requestExecute({code});
  future.onIOPub = ({ content }) => { said += content.text ?? content.evalue ?? ""; };
  await future.done;
  return said.trim();
}
"""
RUN_ALL = """
async seconds => {
  const panel = window.jupyterapp.shell.currentWidget;
  const late = new Promise(done => setTimeout(done, seconds * 1000, 'late'));
  const run = window.jupyterapp.commands.execute('notebook:run-all-cells');
  const ended = await Promise.race([run, late]);
  const cells = [];
  for (const cell of panel.content.model.cells) {
    if (cell.type !== 'code') continue;
    const outputs = cell.outputs.toJSON().filter(o => o.output_type === 'error');
    const source = cell.sharedModel.getSource();
    cells.push({id: cell.id, source, count: cell.executionCount,
                errors: outputs.map(o => [o.ename, o.evalue, ...o.traceback])});
  }
  const dialogs = [...document.querySelectorAll('.jp-Dialog')].map(d => d.innerText);
  return {late: ended === 'late', cells, dialogs};
}
"""

CELL_COUNT = "window.jupyterapp.shell.currentWidget.content.model.cells.length"
THEME = """
async name => {
  await window.jupyterapp.commands.execute('apputils:change-theme', {theme: name});
}
"""

CORNER = """
image => {
  const ink = document.createElement("canvas").getContext("2d");
  ink.drawImage(image, 0, 0, 40, 40, 0, 0, 4, 4);
  return [...ink.getImageData(0, 0, 1, 1).data].slice(0, 3);
}
"""
AXE = """
async ([selector, options]) => {
  const result = await axe.run(selector, options);
  return result.violations.map(v => ({
    id: v.id, impact: v.impact, help: v.help,
    nodes: v.nodes.map(n => [n.html.slice(0, 300), n.failureSummary]),
  }));
}
"""


def open_notebook(page: Any, lab: Lab, path: str) -> None:
    """Open a notebook such as "notebooks/00-start-here.ipynb"; wait for its kernel.

    Alone: notebooks of earlier tests are not opened again beside it. A page that shows
    this JupyterLab already need not load it anew.
    """
    if page.url.startswith(f"{lab.url}/lab") and page.evaluate("!!window.jupyterapp"):
        page.evaluate(OPEN, path)
    else:
        page.goto(f"{lab.address(f'lab/tree/{path}')}&reset")
    await_notebook(page, path)


def await_notebook(page: Any, path: str) -> None:
    """Wait until a notebook is shown and its kernel is idle."""
    try:
        page.wait_for_function(PANEL_READY, arg=path, timeout=SETTLE * 1000)
    except Exception as late:
        dialogs = [d.inner_text() for d in page.locator(".jp-Dialog").all()]
        raise TimeoutError(f"{path} did not open; dialogs: {dialogs}") from late


def run_all(page: Any, seconds: float = RUN) -> None:
    """Run every cell; raise AssertionError with the traceback if one fails."""
    result = page.evaluate(RUN_ALL, seconds)
    for cell in result["cells"]:
        for name, value, *traceback in cell["errors"]:
            lines = ANSI.sub("", "\n".join(traceback)) or f"{name}: {value}"
            raise AssertionError(f"cell {cell['id']!r} failed:\n{lines}")
    if result["late"]:
        waiting = [c["id"] for c in result["cells"] if not c["count"]]
        dialogs = result["dialogs"]
        raise TimeoutError(f"not run in {seconds} s: {waiting}; dialogs: {dialogs}")


def ask_kernel(page: Any, code: str) -> str:
    """Return what code prints in the kernel of the notebook in view."""
    return str(page.evaluate(KERNEL, code))


def use_theme(page: Any, dark: bool) -> None:
    """Switch JupyterLab between its light and its dark theme."""
    page.evaluate(THEME, "JupyterLab Dark" if dark else "JupyterLab Light")
    wanted = f"document.body.dataset.jpThemeLight === '{str(not dark).lower()}'"
    page.wait_for_function(wanted, timeout=SETTLE * 1000)


def check_in_both_themes(page: Any, selector: str) -> None:
    """Assert that axe-core holds nothing against a part of JupyterLab in any theme."""
    for dark in (True, False):
        use_theme(page, dark)
        assert axe(page, selector) == []


def axe(page: Any, selector: str, **options: Any) -> list[dict[str, Any]]:
    """Return what axe-core holds against the part of the page under a selector."""
    import axe_playwright_python

    source = Path(axe_playwright_python.__file__).with_name("axe.min.js")
    if not page.evaluate("typeof window.axe === 'object'"):
        page.evaluate(source.read_text(encoding="utf-8"))
    return list(page.evaluate(AXE, [selector, options]))


def write_notebook(path: Path, cells: list[str]) -> None:
    """Write a notebook of these code cells."""
    made = [nbformat.v4.new_code_cell(text, id=f"c{i}") for i, text in enumerate(cells)]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    book = nbformat.v4.new_notebook(cells=made, metadata={"kernelspec": kernel})
    path.write_text(nbformat.writes(book), "utf-8")


def check_paper(page: Any) -> None:
    """Assert that a page is printed on one page of A4."""
    paper = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", paper)) == 1
    assert re.search(rb"MediaBox \[0 0 59[45](\.\d+)? 84[12](\.\d+)?\]", paper)


def show(page: Any, lab: Lab, name: str, cells: list[str]) -> None:
    """Write a notebook of these code cells, open it and run it."""
    write_notebook(lab.folder / name, cells)
    open_notebook(page, lab, name)
    run_all(page)


def saved(widget: Any, folder: Path) -> str:
    """Save a widget that needs a kernel as a page without one; return its address."""
    names = {*widget.trait_names(sync=True)} - {*AnyWidget.class_trait_names()}
    state = {name: getattr(widget, name) for name in names if name[0] != "_"}
    path = folder / f"{widget.entry}.html"
    path.write_text(document(widget.entry, state, widget.entry, ""), "utf-8")
    return path.as_uri()


@contextmanager
def fitting(browser: Any, address: str, width: int, **scheme: str) -> Iterator[Any]:
    """Give a page as wide as this; assert that it fits and that no script fails."""
    view = {"width": width, "height": 900}
    context = browser.new_context(viewport=view, bypass_csp=True, **scheme)
    page, problems = context.new_page(), []
    page.on("pageerror", lambda problem: problems.append(str(problem)))
    page.goto(address)
    page.wait_for_timeout(300)
    yield page
    assert page.evaluate("document.documentElement.scrollWidth") <= width, address
    assert not problems, address
    context.close()


def meet(a: dict[str, float], b: dict[str, float], slack: float = 6.0) -> bool:
    """Return whether two boxes overlap; those of text have room around the letters."""
    across = min(a["x"] + a["width"], b["x"] + b["width"]) - max(a["x"], b["x"])
    down = min(a["y"] + a["height"], b["y"] + b["height"]) - max(a["y"], b["y"])
    return min(across, down) > slack

"""What the doctor examines: Python, packages, widgets, and the machine."""

from __future__ import annotations

import importlib.metadata as metadata
import importlib.util
import json
import os
import shutil
import sys
import webbrowser
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ..alone import BROWSER
from ..text import wrapped
from . import DISTRIBUTION, PYTHON, install

OLDEST = 3, 11  # the oldest Python that will do
UPGRADE = f"Run: {PYTHON} -m pip install --upgrade {{}}"
REINSTALL = install("lab")
JUPYTER_WIDGETS = "@jupyter-widgets/jupyterlab-manager"
EXTENSIONS = {JUPYTER_WIDGETS: "ipywidgets", "anywidget": "anywidget"}
FRONT_END = ("js/explorer.js", "widgets.css")
CHROMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
BROWSERS = (*CHROMES, "firefox", "microsoft-edge")
DISK = 300 * 10**6  # a saved page or agent needs far less; JupyterLab needs room
MEMORY = 10**9  # a lesson's kernel stays below


@dataclass(frozen=True)
class Finding:
    """One thing examined: `state` is ok, warning or problem; `advice` what to do."""

    state: str
    what: str
    advice: str = ""

    def __str__(self) -> str:
        advice = f"\n{'':9}{self.advice}" if self.advice else ""
        said = f"{self.state:8} {self.what}{advice}"
        return wrapped(said, indent=" " * 9)


def ok(what: str) -> Finding:
    """Return the finding that something is as it should be."""
    return Finding("ok", what)


def warning(what: str, advice: str) -> Finding:
    """Return the finding that something could be better."""
    return Finding("warning", what, advice)


def problem(what: str, advice: str = REINSTALL) -> Finding:
    """Return the finding that something keeps robustkit from working."""
    return Finding("problem", what, advice)


# What is installed


def python_version() -> Iterator[Finding]:
    """Compare Python with what the package asks for."""
    has = ".".join(map(str, sys.version_info[:3]))
    needs = ".".join(map(str, OLDEST))
    if sys.version_info[:2] < OLDEST:
        advice = f"Install Python {needs} or newer and create the environment again."
        yield problem(f"Python {has} is too old: {needs} is needed", advice)
        return
    try:
        metadata.metadata(DISTRIBUTION)
    except metadata.PackageNotFoundError:
        yield problem(
            "robustkit is here but not installed, so its requirements are unknown"
        )
    else:
        yield ok(f"Python {has} at {sys.executable}")


def packages() -> Iterator[Finding]:
    """Compare every package with the floor that robustkit declares."""
    try:
        declared = metadata.requires(DISTRIBUTION) or []
    except metadata.PackageNotFoundError:
        return  # said already
    try:
        from packaging.requirements import Requirement
    except ModuleNotFoundError as lacking:
        if lacking.name != "packaging":
            raise  # it is there, and something else has its name
        yield problem("packaging is missing", UPGRADE.format("packaging"))
        return
    said: dict[str, Finding] = {}
    for line in declared:
        needed = Requirement(line)
        if needed.marker is None or needed.marker.evaluate({"extra": ""}):
            fault: Callable[[str, str], Finding] = problem
        elif needed.marker.evaluate({"extra": "lab"}) and not _given():
            fault = warning
        else:
            continue
        finding = _package(needed.name, str(needed.specifier), fault)
        # JupyterLab needs a newer ipywidgets than the kit: said once, what is wrong.
        if needed.name not in said or said[needed.name].state == "ok":
            said[needed.name] = finding
    yield from said.values()


def _given() -> bool:
    """Return whether the page was there before us: a browser's own, or Colab's."""
    return BROWSER or on_colab()


def on_colab() -> bool:
    """Return whether this is a machine of Colab, or Kaggle's, which is made from it."""
    return any(name.startswith("COLAB_") for name in os.environ)


def _package(
    name: str, specifier: str, fault: Callable[[str, str], Finding]
) -> Finding:
    from packaging.specifiers import SpecifierSet

    advice = UPGRADE.format(f'"{name}{specifier}"')
    try:
        has = metadata.version(name)
    except metadata.PackageNotFoundError:
        return fault(f"{name} is missing ({specifier} is needed)", advice)
    if not SpecifierSet(specifier).contains(has, prereleases=True):
        if BROWSER:
            what = f"{name} {has} is older than this was tested with ({specifier})"
            return warning(what, "Nothing to do: it came with the page.")
        return fault(f"{name} {has} is too old ({specifier} is needed)", advice)
    return ok(f"{name} {has}")


def widgets_in_jupyterlab() -> Iterator[Finding]:
    """Look for the two extensions without which a widget is only text."""
    if importlib.util.find_spec("jupyterlab") is None:
        return  # said already
    from jupyter_core.paths import jupyter_config_path, jupyter_path

    folders = [Path(p, "labextensions") for p in jupyter_path()]
    disabled = _disabled([Path(p, "labconfig") for p in jupyter_config_path()])
    for extension, package in EXTENSIONS.items():
        manifests = [folder / extension / "package.json" for folder in folders]
        found = next((m for m in manifests if m.is_file()), None)
        if found is None:
            advice = f"Run: {PYTHON} -m pip install --force-reinstall {package}"
            yield problem(f"JupyterLab has no extension {extension}", advice)
        elif extension in disabled:
            advice = f"Run: {PYTHON} -m jupyter labextension enable {extension}"
            yield problem(f"JupyterLab's extension {extension} is disabled", advice)
        else:
            has = json.loads(found.read_text(encoding="utf-8")).get("version", "?")
            yield ok(f"JupyterLab extension {extension} {has}")


def _disabled(folders: list[Path]) -> set[str]:
    """Return the extensions that JupyterLab's page configuration switches off."""
    off: set[str] = set()
    for folder in reversed(folders):  # the first folder has the last word
        for file in [folder / "page_config.json", *sorted(folder.glob("*.d/*.json"))]:
            if not file.is_file():
                continue
            config = json.loads(file.read_text(encoding="utf-8"))
            switched = config.get("disabledExtensions", {})
            if isinstance(switched, list):
                switched = dict.fromkeys(switched, True)
            off |= {name for name, is_off in switched.items() if is_off}
            off -= {name for name, is_off in switched.items() if not is_off}
    return off


def front_end() -> Iterator[Finding]:
    """Look for the explorer's own files, which a broken build would lack."""
    spec = importlib.util.find_spec("robustkit")
    places = list(spec.submodule_search_locations or []) if spec else []
    for name in FRONT_END:
        if not any(Path(place, "widgets", name).is_file() for place in places):
            yield problem(f"the explorer's file {name} is missing")
            return
    yield ok("the explorer's files")


# The machine


def browser() -> Iterator[Finding]:
    """Look for a browser to see JupyterLab and saved pages with."""
    if _given():
        yield ok("a browser: the one that shows this notebook")
        return
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found:
        yield ok(f"a browser: {found}")
        return
    try:
        webbrowser.get()
        yield ok("a browser: the system's own")
    except webbrowser.Error:
        advice = (
            "None is needed where JupyterLab is opened from another machine; otherwise "
            "install Chromium or Firefox."
        )
        yield warning("no browser was found on this machine", advice)


def disk_and_memory() -> Iterator[Finding]:
    """Ask for free disk space and memory."""
    free = _disk_left()
    if BROWSER:
        yield ok("disk: how much may be kept here is the browser's to say")
    elif free is None:
        what = "the folder where this was called cannot be looked at"
        yield warning(what, "It may have been removed or moved: go into it anew.")
    elif free < DISK:
        what = f"there is little disk space left here: {_in_words(free)}"
        yield warning(what, "Free some space before you save notebooks and pages.")
    else:
        yield ok(f"disk: {_in_words(free)} free here")
    memory = memory_left()
    if memory is None:
        yield ok("memory: this system does not report how much is free")
    elif memory < MEMORY:
        what = f"there is little memory left: {_in_words(memory)}"
        advice = "A lesson takes up to 1 GB: close other programs and idle kernels."
        yield warning(what, advice)
    else:
        yield ok(f"memory: {_in_words(memory)} free")


def _disk_left() -> int | None:
    """Return the bytes that can be written here, None where this is no folder now."""
    try:
        return shutil.disk_usage(Path.cwd()).free
    except OSError:
        return None


def _in_words(amount: float) -> str:
    large = amount >= 10**9
    return f"{amount / 10**9:.1f} GB" if large else f"{amount / 10**6:.0f} MB"


def memory_left() -> int | None:
    """Return the free memory in bytes, a container's limit included, or None."""
    left = _amount(Path("/proc/meminfo"), "MemAvailable:")
    group = Path("/sys/fs/cgroup")
    limit = _amount(group / "memory.max")
    used = _amount(group / "memory.current")
    if limit is None or used is None:
        return left
    within = limit - used + (_amount(group / "memory.stat", "inactive_file") or 0)
    return within if left is None else min(left, within)


def _amount(file: Path, label: str = "") -> int | None:
    """Return the number of bytes on the line of a file that begins with a label."""
    try:
        lines = file.read_text("utf-8").splitlines()
    except OSError:
        return None
    for line in lines:
        if line.startswith(label):
            words = line.removeprefix(label).split()
            if words and words[0].isdigit():
                return int(words[0]) * (1024 if "kB" in words else 1)
    return None


SLOW = "matrices: NumPy's own products, which are slow in a browser: what this site \
has compiled for them does not load"
NEWER = "Lessons with networks take several times as long as they need. What they find \
is the same. Chrome and Edge from 91, Firefox from 89 and Safari from 16.4 load it."


def threads() -> Iterator[Finding]:
    """Name the linear algebra under NumPy and its threads."""
    if BROWSER:
        from .. import arithmetic  # with NumPy, which may not be there

        fast = ok("matrices: products compiled for browsers")
        yield fast if arithmetic.COMPILED else warning(SLOW, NEWER)
        return
    import numpy  # noqa: F401  # loads what is asked for
    from threadpoolctl import threadpool_info

    blas = [pool for pool in threadpool_info() if pool["user_api"] == "blas"]
    if not blas:
        yield ok("BLAS: NumPy's own, which does not say how many threads it uses")
    for pool in blas:
        count, cores = pool["num_threads"], os.cpu_count() or 1
        what = f"BLAS: {pool['internal_api']}, {count} thread{'s' * (count != 1)}"
        if count > cores:
            advice = "Set OPENBLAS_NUM_THREADS and OMP_NUM_THREADS to at most that."
            yield warning(f"{what} on {cores} cores, which slows it down", advice)
        else:
            yield ok(what)


ALL = (
    packages,
    widgets_in_jupyterlab,
    front_end,
    browser,
    disk_and_memory,
    threads,
)

"""The machine: browser, fonts, free space, threads."""

from __future__ import annotations

import os
import shutil
import tempfile
import warnings
import webbrowser
from collections.abc import Iterator
from pathlib import Path

from .findings import Finding, ok, warning

BROWSERS = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "chrome",
    "firefox",
    "microsoft-edge",
)
GLYPHS = "≥≤±×·−λθρπ→"  # in figures and readings
MEGABYTE = 10**6
DISK = 300 * MEGABYTE  # a saved page or agent needs far less; JupyterLab needs room
MEMORY = 1000 * MEGABYTE  # a lesson's kernel stays below


def browser() -> Iterator[Finding]:
    """Look for a browser to see JupyterLab and saved pages with."""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found:
        yield ok(f"a browser: {found}")
        return
    try:
        webbrowser.get()
        yield ok("a browser: the system's own")
    except webbrowser.Error:
        yield warning(
            "no browser was found on this machine",
            "None is needed where JupyterLab is opened from another machine; otherwise "
            "install Chromium or Firefox.",
        )


def fonts() -> Iterator[Finding]:
    """Ask whether figures can be drawn, and with all their signs."""
    import matplotlib
    from matplotlib import font_manager
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    file = font_manager.findfont(font_manager.FontProperties())
    signs = font_manager.get_font(file).get_charmap()
    lacking = [sign for sign in GLYPHS if ord(sign) not in signs]
    if lacking:
        what = f"the font {Path(file).stem} lacks {' '.join(lacking)}"
        advice = "Remove font.family from your matplotlibrc; DejaVu Sans has them all."
        yield warning(what, advice)
    figure = Figure(figsize=(1, 1), dpi=50)
    figure.text(0.5, 0.5, "capability ≥ 0.5")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a lacking sign is said above
        FigureCanvasAgg(figure).draw()
    yield ok(f"matplotlib draws, with {Path(file).stem}")
    yield _font_cache(Path(matplotlib.get_cachedir()))


def _font_cache(folder: Path) -> Finding:
    temporary = folder.parent == Path(tempfile.gettempdir())
    if temporary and folder.name.startswith("matplotlib-"):
        what = "matplotlib cannot keep its font cache: the first figure is always slow"
        advice = "Set the environment variable MPLCONFIGDIR to a folder of your own."
        return warning(what, advice)
    if not any(folder.glob("fontlist-*.json")):
        what = f"matplotlib has no font cache in {folder}: the first figure is slow"
        return warning(what, "Nothing, unless it is so next time too.")
    return ok(f"font cache in {folder}")


def disk_and_memory() -> Iterator[Finding]:
    """Ask for free disk space and memory."""
    free = shutil.disk_usage(Path.cwd()).free
    if free < DISK:
        what = f"little disk space is left here: {in_words(free)}"
        yield warning(what, "Make room before saving notebooks and pages.")
    else:
        yield ok(f"disk: {in_words(free)} free here")
    memory = memory_left()
    if memory is None:
        yield ok("memory: this system does not say how much is free")
    elif memory < MEMORY:
        what = f"little memory is left: {in_words(memory)}"
        advice = "A lesson takes up to 1 GB: close other programs and idle kernels."
        yield warning(what, advice)
    else:
        yield ok(f"memory: {in_words(memory)} free")


def in_words(amount: float) -> str:
    """Return an amount of bytes as a person would say it."""
    if amount >= 1000 * MEGABYTE:
        return f"{amount / 10**9:.1f} GB"
    return f"{amount / MEGABYTE:.0f} MB"


def memory_left() -> int | None:
    """Return the free memory in bytes, a container's limit included, or None."""
    left = _amount(Path("/proc/meminfo"), "MemAvailable:")
    group = Path("/sys/fs/cgroup")
    limit = _amount(group / "memory.max")
    used = _amount(group / "memory.current")
    if limit is not None and used is not None:
        cached = _amount(group / "memory.stat", "inactive_file") or 0
        within = limit - used + cached
        left = within if left is None else min(left, within)
    return left


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


def threads() -> Iterator[Finding]:
    """Name the linear algebra under NumPy and its threads."""
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

"""What the doctor examines of matplotlib: its font, and whether figures come out."""

from __future__ import annotations

import importlib
import tempfile
import time
import warnings
from collections.abc import Iterator
from pathlib import Path

from ..alone import BROWSER
from . import places
from .examinations import Finding, ok, warning

GLYPHS = "≥≤±×·−λθρπ→"  # in figures and readings
COMPLETE = "DejaVu Sans"  # comes with matplotlib, and has all signs


def fonts() -> Iterator[Finding]:
    """Ask whether figures can be drawn, and with all their signs."""
    import matplotlib
    from matplotlib import font_manager
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    font = font_manager.FontProperties()
    remove = f"Remove font.family from {matplotlib.matplotlib_fname()}"
    try:
        file = font_manager.findfont(font, fallback_to_default=False)
    except ValueError:
        named = ", ".join(font.get_family())
        what = f"matplotlib's font {named!r} is not on this machine"
        yield warning(what, f"{remove}.")
        font = font_manager.FontProperties(family=COMPLETE)
        file = font_manager.findfont(font)
    signs = font_manager.get_font(file).get_charmap()
    lacking = [sign for sign in GLYPHS if ord(sign) not in signs]
    if lacking:
        what = f"the font {Path(file).stem} lacks {' '.join(lacking)}"
        yield warning(what, f"{remove}; {COMPLETE} has them all.")
    figure = Figure(figsize=(1, 1), dpi=50)
    figure.text(0.5, 0.5, "capability ≥ 0.5", fontproperties=font)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a lacking sign is said above
        FigureCanvasAgg(figure).draw()
    yield ok(f"matplotlib draws, with {Path(file).stem}")
    if not any(place.lacking for place in places.places()):  # said already
        yield _font_cache(Path(matplotlib.get_cachedir()))


def _font_cache(folder: Path) -> Finding:
    temporary = folder.parent == Path(tempfile.gettempdir())
    if temporary and folder.name.startswith("matplotlib-"):
        what = "matplotlib cannot keep its font cache: the first figure is always slow"
        advice = "Set the environment variable MPLCONFIGDIR to a folder of your own."
        return warning(what, advice)
    if BROWSER:  # whose machine is a new one each time
        return ok("fonts are listed anew for each notebook: its first figure is slow")
    if not any(folder.glob("fontlist-*.json")):
        what = f"matplotlib has no font cache in {folder}: the first figure is slow"
        return warning(what, "Nothing to do, unless this is said again next time.")
    return ok(f"font cache in {folder}")


def training_and_drawing() -> Iterator[Finding]:
    """Train a small agent, measure it and draw it, as a lesson does."""
    start = time.perf_counter()
    rk = importlib.import_module("robustkit")
    world = rk.make("cheese", layouts=4)
    agent = rk.train("memoriser", world)
    reading = rk.measure(agent, world.sample(16))
    taken = time.perf_counter() - start
    yield ok(f"an agent was trained and measured in {taken:.1f} s: {reading.plain()}")
    rk.plane(reading).png()
    yield ok("the plane was drawn")


ALL = (fonts, training_and_drawing)

"""What every picture is: a matplotlib figure that says in words what it shows."""

from __future__ import annotations

import base64
import html
import io
import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from matplotlib import rc_context, rcParams
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from .. import files
from ..arguments import quote, refusal
from ..styles import MARKERS
from ..text import either

# As matplotlib has them, in the order of `MARKERS`.
MARKS = dict(zip(MARKERS, "os*^XpPD", strict=True))
GREY = "#888888"  # of lines that only guide the eye
PNG = {"format": "png", "metadata": {"Software": None}, "dpi": 110}
SVG: dict[str, Any] = {"format": "svg", "metadata": {"Date": None, "Creator": None}}
OUTLINE = re.compile(r' d="[^"]*"')  # of which a hundredth of a point is enough
# Ink and paper of a page follow its colours: light or dark, as the page asks for.
SCHEME = """<style>
svg { --rk-ink: #1b1b1b; --rk-paper: #fff; fill: var(--rk-ink); }
@media (prefers-color-scheme: dark) {
  svg { --rk-ink: #f0f0f0; --rk-paper: #16181c; }
}
</style>"""
# JupyterLab's theme need not be what the browser prefers, nor Colab's, which it says of
# the whole page; a picture follows the theme.
THEMES = """<style>
body[data-jp-theme-light="false"] .rk-picture, html[theme="dark"] .rk-picture
{ color-scheme: dark; }
body[data-jp-theme-light="true"] .rk-picture, html[theme="light"] .rk-picture
{ color-scheme: light; }
</style>"""


class Picture(Figure):
    """A matplotlib figure with alt text and, where it shows numbers, their table."""

    alt: str = ""
    table: str = ""

    def __init__(self, width: float, height: float, fixed: bool = False) -> None:
        """Make an empty one; width, height: in inches. fixed: axes lay themselves."""
        layout: Any = "none" if fixed else "constrained"
        super().__init__(figsize=(width, height), layout=layout, dpi=96)
        FigureCanvasAgg(self)

    def png(self) -> bytes:
        """Return the picture as PNG; the same picture gives the same bytes."""
        out = io.BytesIO()
        self.savefig(out, **PNG)  # type: ignore[arg-type]
        return out.getvalue()

    def svg(self) -> str:
        """Return the picture as SVG whose ink and paper follow the page.

        Words are drawn as outlines, so that they need no font; the same picture gives
        the same text. In a matplotlib style of somebody's own its colours stay.
        """
        out = io.StringIO()
        with rc_context({"svg.hashsalt": "robustkit", "svg.fonttype": "path"}):
            self.savefig(out, **SVG)
        text = out.getvalue()[out.getvalue().index("<svg") :]
        text = OUTLINE.sub(lambda d: re.sub(r"(\.\d\d)\d+", r"\1", d[0]), text)
        if rcParams["text.color"] != "black" or rcParams["figure.facecolor"] != "white":
            return text
        text = text.replace("#000000", "var(--rk-ink)")
        text = text.replace("#ffffff", "var(--rk-paper)")
        end = text.index(">") + 1
        return f"{text[:end]}{SCHEME}{text[end:]}"

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the picture to a file whose ending names its format.

        Raises ValueError for a missing folder, and for a format that there is not.
        """
        formats = self.canvas.get_supported_filetypes()
        where = files.check_path(path, *(f".{name}" for name in formats))
        with files.whole(where) as part:
            self.savefig(part, format=where.suffix[1:])
        return where

    def image(self) -> str:
        """Return the picture as an HTML image with its alt text."""
        data = base64.b64encode(self.svg().encode()).decode()
        alt = html.escape(self.alt, quote=True)
        width = round(96 * self.get_figwidth())
        style = "max-width: 100%; height: auto; border-radius: 4px"
        source = f"data:image/svg+xml;base64,{data}"
        return (
            f'<img class="rk-picture" alt="{alt}" src="{source}" width="{width}" '
            f'style="{style}">'
        )

    def _repr_html_(self) -> str:
        picture = f"{THEMES}{self.image()}"
        numbers = f"<summary>Numbers</summary><pre>{html.escape(self.table)}</pre>"
        return f"{picture}<details>{numbers}</details>" if self.table else picture

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        text = f"{self.alt}\n\n{self.table}".strip()
        return {"text/html": self._repr_html_(), "text/plain": text}


def literal(name: str) -> str:
    """Return somebody's words as matplotlib shows them to the letter: no formulas."""
    return name.encode("utf-8", "replace").decode().replace("$", r"\$")


def open_frame(axes: Axes) -> None:
    """Leave out the upper and the right edge."""
    axes.spines[["top", "right"]].set_visible(False)


def listed(results: Any, allowed: tuple[type, ...], name: str) -> list[Any]:
    """Return one result or several as a list; raise ValueError for anything else."""
    every = [results] if isinstance(results, allowed) else results
    kinds = either(f"{kind.__name__}s" for kind in allowed)
    if not isinstance(every, Sequence) or isinstance(every, str) or not every:
        raise refusal(name, results, kinds)
    for item in every:
        if not isinstance(item, allowed):
            raise ValueError(f"{name} holds {quote(item)}; allowed: {kinds}.")
    return list(every)

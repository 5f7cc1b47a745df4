"""What every picture is: a matplotlib figure that says in words what it shows."""

from __future__ import annotations

import base64
import html
import io
import os
from pathlib import Path
from typing import Any

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from .. import files
from ..styles import MARKERS

MARKS = dict(zip(MARKERS, "os^DX*pP", strict=True))  # as matplotlib has them
GREY = "#888888"  # of lines that only guide the eye


class Picture(Figure):
    """A matplotlib figure with alt text and, where it shows numbers, their table."""

    alt: str = ""
    table: str = ""

    def __init__(self, width: float, height: float) -> None:
        super().__init__(figsize=(width, height), layout="constrained", dpi=96)
        FigureCanvasAgg(self)

    def png(self) -> bytes:
        """Return the picture as PNG; the same picture gives the same bytes."""
        out = io.BytesIO()
        self.savefig(out, format="png", metadata={"Software": None}, dpi=110)
        return out.getvalue()

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the picture to a file whose ending names its format."""
        where = Path(path)
        with files.whole(where) as part:
            self.savefig(part, format=where.suffix[1:] or None)
        return where

    def _repr_html_(self) -> str:
        data = base64.b64encode(self.png()).decode()
        alt = html.escape(self.alt, quote=True)
        style = "max-width: 100%; background: white; border-radius: 4px"
        source = f"data:image/png;base64,{data}"
        picture = f'<img alt="{alt}" src="{source}" style="{style}">'
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

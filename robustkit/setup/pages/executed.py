"""A lesson run for the site: widgets that need no kernel are alive in its page.

All others are the picture and the text that they leave in a notebook.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import zip_longest
from pathlib import Path
from typing import Any

from ...widgets import predict
from ...widgets.base import VIEW, PageWidget
from ..lessons import STILL, Lesson, is_prose

BEFORE = "__import__('robustkit.setup.pages.executed', fromlist=['']).enliven()"
AWAY = "<p><em>Here stands a form. To use it, run this cell in JupyterLab.</em></p>"


def executed(path: Path) -> Any:
    """Return a lesson's notebook with outputs, and with nothing that asks for a kernel.

    Raises RuntimeError, with the lesson and the cell, where a cell fails.
    """
    import nbformat

    done, _ = Lesson(path, nbformat.read(path, as_version=4)).run(BEFORE)
    done.book.metadata.pop("widgets", None)
    for cell in done.book.cells:
        if not is_prose(cell):
            cell.outputs = list(_shown(cell.outputs))
    return done.book


def _shown(outputs: Sequence[Any]) -> Iterator[Any]:
    """Yield what can be shown: a widget's still, or a line in its place; no blanks."""
    nothing: Any = {}
    for out, after in zip_longest(outputs, outputs[1:], fillvalue=nothing):
        data = out.get("data", {})
        if VIEW not in data:
            if set(data) != {"text/plain"} or any(data.values()):
                yield out
        elif STILL not in after.get("data", {}).get("text/html", ""):
            out["data"] = {"text/html": AWAY, "text/plain": data["text/plain"]}
            yield out


# In the lesson's kernel


def enliven() -> None:
    """Let a widget that needs no kernel be shown as a part of a page, from here on.

    Who reads has not guessed: an answer stands where it is revealed, and not before.
    """
    from IPython.display import display

    def shown(widget: PageWidget) -> None:
        bundle = {"text/html": widget.part(), "text/plain": str(widget)}
        display(bundle, raw=True)

    PageWidget._ipython_display_ = shown  # type: ignore
    predict.Guess._renew = lambda guess: None  # type: ignore
    predict.NAG = ""

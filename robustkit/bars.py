"""A progress bar for a terminal or a notebook; it leaves nothing behind."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterable, Iterator
from contextvars import ContextVar
from functools import cache
from typing import Any, TypeVar

from . import record

Each = TypeVar("Each")
_aside = ContextVar("_aside", default=False)


def unseen() -> bool:
    """Return whether nobody sees a bar move: neither a terminal nor a notebook."""
    return not sys.stderr.isatty() and record.shell() is None


def bar(name: str, total: int | None, delay: float, **more: Any) -> Any:
    """Return a tqdm bar that shows after `delay` seconds, and goes when it is full.

    What trains beside the kernel's cells, in a thread or `aside`, says itself how far
    it is.
    """
    away = _aside.get() or threading.current_thread() is not threading.main_thread()
    usual = {"leave": False, "disable": unseen() or away, "ncols": width()}
    given = {"total": total, "desc": name, "delay": delay, "file": out(), "miniters": 1}
    return unwatched()(**given | usual | more)


def aside(work: Iterable[Each]) -> Iterator[Each]:
    """Yield what some work yields, and show no bar of it."""
    steps = iter(work)
    while True:
        before = _aside.set(True)
        try:
            each = next(steps)
        except StopIteration:
            return
        finally:
            _aside.reset(before)
        yield each


@cache
def unwatched() -> Any:
    """Return tqdm without its thread, which wakes bars that have lost count of time.

    With `miniters=1` none does; and where no thread can be started, it would print a
    warning in red.
    """
    from tqdm.std import tqdm

    class Bar(tqdm):  # type: ignore[misc]
        monitor_interval = 0

    return Bar


def width() -> int | None:
    """Return how many signs wide a bar is; None for as wide as the terminal."""
    return None if record.shell() is None else 72


def out() -> Any:
    """Return what a bar is written to: a terminal, or a line of a notebook.

    Not tqdm's own notebook bar: it is a widget that is closed in the end, and in its
    place a notebook that is opened again says "model not found".
    """
    return sys.stderr if record.shell() is None else Line()


class Line:
    """A file that is one line of a notebook: what is written after the last return."""

    encoding = "utf-8"

    def __init__(self) -> None:
        self._handle: Any = None
        self._shown = ""

    def write(self, text: str) -> int:
        """Show a line in place of the one before; an empty one shows nothing."""
        from IPython.display import display

        line = text.strip()
        if line == self._shown or "\r" not in text:
            return len(text)
        self._shown = line
        if self._handle is None:
            self._handle = display({"text/plain": line}, raw=True, display_id=True)
        else:
            self._handle.update({"text/plain": line}, raw=True)
        return len(text)

    def flush(self) -> None:
        """Do nothing: a line is shown as it is written."""

"""How far long work has come, for whoever looks."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any


def unseen() -> bool:
    """Return whether nobody sees a bar move: neither a terminal nor a notebook."""
    return not sys.stderr.isatty() and "ipykernel" not in sys.modules


def bar(name: str, total: int, delay: float) -> Any:
    """Return a tqdm bar that shows after `delay` seconds, and goes when it is full."""
    from tqdm.auto import tqdm

    return tqdm(total=total, desc=name, delay=delay, leave=False, disable=unseen())


class Progress:
    """Counts steps, with a tqdm bar where the whole takes more than a few seconds."""

    def __init__(self, name: str, total: int) -> None:
        self.name, self.total = name, total

    def __iter__(self) -> Iterator[int]:
        shown = bar(self.name, self.total, delay=4)
        try:
            for step in range(self.total):
                yield step
                shown.update()
        finally:
            shown.total = shown.n  # to end early, as snapshots may, is no failure
            shown.close()

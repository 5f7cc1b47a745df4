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


def progress(name: str, total: int) -> Iterator[int]:
    """Count steps, with a bar where the whole takes more than a few seconds."""
    shown = bar(name, total, delay=4)
    try:
        for step in range(total):
            yield step
            shown.update()
    finally:
        shown.total = shown.n  # to end early, as snapshots may, is no failure
        shown.close()

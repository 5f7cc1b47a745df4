"""A probe: what a learner made is tried first where it can do no harm.

A loop in C, such as `sum(itertools.repeat(1.0))`, holds Python's lock, so that no
thread and no Ctrl-C ends it; only another process does. On Linux that is a copy of
this one, made by fork, which has all functions of a notebook. Elsewhere a fork is not
safe (macOS) or there is none (Windows, the browser).
"""

from __future__ import annotations

import faulthandler
import os
import signal
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

MEMORY = 500_000_000  # bytes that it may take
LOOK = 0.02  # seconds between looks at its memory
DONE = 86  # an exit code that nobody else uses


def probe(judge: Callable[[Any], None], patience: float) -> tuple[str, int] | None:
    """Return why `judge` cannot be called here, and how far it came; "" where it can.

    judge: is given something whose `value` it sets to how far it is. None where there
    is no probing: whether it ends is not known then.
    """
    if sys.platform != "linux":
        return None
    try:
        from multiprocessing import get_context

        context: Any = get_context("fork")
        far = context.RawValue("i", 0)
        asked = judge, far, patience
        copy = context.Process(target=_in_copy, args=asked, daemon=True)
        with warnings.catch_warnings():  # threads are left behind: only data is used
            warnings.simplefilter("ignore")
            copy.start()
    except (ImportError, OSError, AssertionError):  # none, no more, or in a worker
        return None
    try:
        return _watched(copy, patience), far.value
    finally:
        copy.kill()
        copy.join()
        copy.close()


def _watched(copy: Any, patience: float) -> str:
    """Wait until a copy ends, takes too long or too much; return why, in words."""
    end, before = time.monotonic() + patience, _memory(copy.pid)
    while copy.is_alive():
        if time.monotonic() > end:
            return (
                f"It did not finish within {patience:g} seconds. Does a loop never end?"
            )
        if _memory(copy.pid) > before + MEMORY:
            return f"It took more than {MEMORY / 1e6:g} MB of memory. Does a list grow?"
        copy.join(LOOK)
    if copy.exitcode == DONE:
        return ""
    return f"Checking it ended Python itself (exit code {copy.exitcode})."


def _memory(pid: int) -> int:
    """Return how much memory a process has in use, in bytes; 0 where it is gone."""
    try:
        pages = Path(f"/proc/{pid}/statm").read_text("utf-8").split()[1]
    except (OSError, IndexError):
        return 0
    return int(pages) * os.sysconf("SC_PAGE_SIZE")


def _in_copy(judge: Callable[[Any], None], far: Any, patience: float) -> None:
    """Judge, in the copy: nothing is shown, and nothing outlives it."""
    signal.signal(signal.SIGALRM, signal.SIG_DFL)  # which ends it without Python's lock
    signal.setitimer(signal.ITIMER_REAL, 2 * patience + 1)  # should this one be killed
    faulthandler.disable()
    nowhere = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
    sys.stdout = sys.stderr = nowhere
    for stream in (1, 2):
        os.dup2(nowhere.fileno(), stream)
    try:
        judge(far)
    finally:
        os._exit(DONE)

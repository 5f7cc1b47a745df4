"""Refuses robustkit what a browser's Python refuses, in every test but a few.

No thread, no process and no `_multiprocessing`, from before robustkit is imported: so
the whole suite proves that the kit works without them. Whoever asks is told from the
stack, since pytest, its workers and tests themselves need them. A test of what the kit
does *with* them is marked `together`, and says by that why it is left out.
"""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import threading
from contextlib import contextmanager
from pathlib import Path

POOLS = "_multiprocessing"
PACKAGE = str(Path(importlib.util.find_spec("robustkit").origin).parent) + os.sep
refusing = True


def asked_by_us():
    """Return whether robustkit asks, itself or through a library that it calls."""
    frame = sys._getframe(1)
    while frame and not frame.f_code.co_filename.startswith(PACKAGE):
        frame = frame.f_back
    return refusing and frame is not None


def refuse(home, name, why):
    honest = getattr(home, name, None)
    if honest is None:  # this system does not have it
        return

    def refusal(*given, **more):
        if asked_by_us():
            raise why
        return honest(*given, **more)

    setattr(home, name, refusal)


class NoPools:
    """Finds no `_multiprocessing`, as where Python was built without it."""

    @staticmethod
    def find_spec(name, path=None, target=None):
        if name == POOLS and asked_by_us():
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)


def begin():
    """Refuse from now on; Windows cannot import multiprocessing without its part."""
    no_thread = RuntimeError("can't start new thread")
    no_process = OSError(138, "emscripten does not support processes.")
    refuse(threading.Thread, "start", no_thread)
    refuse(subprocess.Popen, "__init__", no_process)
    for name in ("fork", "posix_spawn", "posix_spawnp"):
        refuse(os, name, no_process)
    if os.name != "nt":
        sys.meta_path.insert(0, NoPools)
        sys.modules.pop(POOLS, None)


@contextmanager
def together():
    """Refuse nothing in here."""
    global refusing
    refusing = False
    try:
        yield
    finally:
        refusing = True
        if os.name != "nt":
            sys.modules.pop(POOLS, None)

"""What a Python that is alone cannot do: start threads, other processes, or workers.

A browser's Python is alone; so is one whose system, hub or sandbox allows nothing more.
It is tried and not guessed from names, since a limit may be anybody's. The kit does the
same work in place then, one thing after the other; `doctor` says so in `aloneness`.
"""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

POOLS = "_multiprocessing"  # the part of multiprocessing that is compiled
BROWSER = sys.platform == "emscripten"
START = 20.0  # seconds in which another Python starts, or never does


def no_thread() -> str:
    """Return why no thread can be started; "" where one can."""
    thread = threading.Thread(target=int, daemon=True)
    try:
        thread.start()
    except RuntimeError as why:
        return _plain(why)
    thread.join()
    return ""


def no_process() -> str:
    """Return why no other Python can be started; "" where one can."""
    nothing = [sys.executable or "", "-I", "-S", "-c", ""]
    try:
        subprocess.run(nothing, check=True, capture_output=True, timeout=START)
    except (OSError, subprocess.SubprocessError) as why:
        return _plain(why)
    return ""


def no_workers() -> str:
    """Return why a pool of workers is not possible; "" where it is.

    It takes threads that talk with processes, and locks that both of them see.
    """
    return no_thread() or no_process() or _no_lock()


def _no_lock() -> str:
    try:
        from multiprocessing import get_context

        get_context("fork" if hasattr(os, "fork") else None).Lock()
    except (ImportError, OSError) as why:
        return _plain(why)
    return ""


def _plain(why: Exception) -> str:
    said = getattr(why, "strerror", None) or str(why)
    return f"{said}".rstrip(".")


def aloneness() -> str:
    """Return in a sentence what cannot be started, and what follows; "" if nothing."""
    thread, process = no_thread(), no_process()
    lacking = [
        f"{what} ({why})"
        for what, why in (("threads", thread), ("other processes", process))
        if why
    ]
    follows = [
        *["checks are judged in place"] * bool(thread),
        *["many seeds are trained one after another"] * bool(thread or process),
        *["train_live trains between the page's turns"] * bool(thread),
        "studies use one worker",
    ]
    if not lacking:
        why = _no_lock()
        lacking = [f"pools of workers ({why})"] * bool(why)
    if not lacking:
        return ""
    return f"this Python starts no {' and no '.join(lacking)}: {_all(follows)}"


def _all(clauses: list[str]) -> str:
    *most, last = clauses
    return f"{', '.join(most)} and {last}" if most else last


def say_nothing_of_fonts() -> None:
    """Keep back, in a browser, what Matplotlib says while it lists the fonts.

    Each page's machine is a new one, and has no list yet; making it takes a moment.
    """
    if BROWSER:
        fonts = logging.getLogger("matplotlib.font_manager")
        fonts.addFilter(lambda record: "font cache" not in str(record.msg))


@contextmanager
def standing_in() -> Iterator[None]:
    """Let a library be imported that asks for multiprocessing and may never use it.

    Gymnasium does. Where Python was built without `_multiprocessing`, something without
    semaphores stands in for it meanwhile; nothing of it is left for others to find.
    """
    try:
        import _multiprocessing  # type: ignore[import-not-found]  # noqa: F401
    except ImportError:
        stand_in = sys.modules[POOLS] = _without_semaphores()
        try:
            yield
        finally:
            for name, module in [*sys.modules.items()]:
                held = getattr(module, "__dict__", {}).get(POOLS)
                if stand_in in (module, held):
                    _forget(name)
    else:
        yield


def _forget(name: str) -> None:
    """Let a module be imported anew when it is next asked for."""
    package, _, own = name.rpartition(".")
    del sys.modules[name]
    if package in sys.modules and hasattr(sys.modules[package], own):
        delattr(sys.modules[package], own)


def _without_semaphores() -> ModuleType:
    """Return what `_multiprocessing` is where there are none."""

    class SemLock:
        SEM_VALUE_MAX = 1

        def __init__(self, *_: Any, **__: Any) -> None:
            raise OSError("this Python has no semaphores")

    module: Any = ModuleType(POOLS)
    module.SemLock, module.sem_unlink, module.flags = SemLock, SemLock, {}
    return module

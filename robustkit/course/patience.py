"""Patience without threads: an endless loop of a learner's ends all the same.

Python tells a tracing function of every line that it runs, which may raise. It costs
time, so it is only done where nothing else can look after a check, as in the browser.
A loop in C is not reached: there only a new kernel helps.
"""

from __future__ import annotations

import sys
import sysconfig
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

# Where no learner's code is: Python, what is installed, and this package.
ELSEWHERE = (
    *{sysconfig.get_path(k) for k in ("stdlib", "platstdlib", "purelib", "platlib")},
    str(Path(__file__).parents[1]),
    "<frozen ",
)


class Late(BaseException):
    """Time is up; not an Exception, which a learner's own `except` would catch."""


@contextmanager
def at_most(seconds: float) -> Iterator[list[Late]]:
    """Raise Late in whatever Python runs in here after so many seconds.

    Yields a list of what was raised: something may have caught it on its way.
    """
    end, raised = time.monotonic() + seconds, list[Late]()

    def look(frame: FrameType, event: str, found: Any) -> Any:
        if time.monotonic() > end:
            raised.append(Late())
            raise raised[-1]
        if frame.f_code.co_filename.startswith(ELSEWHERE):
            return None  # whose loops end
        # To Python 3.11 a loop of `pass` is no new line.
        frame.f_trace_opcodes = sys.version_info < (3, 12)
        return look

    before = sys.gettrace()
    sys.settrace(look)
    try:
        yield raised
    finally:
        sys.settrace(before)

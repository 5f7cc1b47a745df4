"""Trains the agents of the lessons once, so that nobody has to wait for them.

`robustkit warm`, or `robustkit warm 04 08`: runs lessons one at a time, with all that
they train kept in the folder of `agents.store`. To be interrupted at any moment: what
has been trained by then is kept, and found at once by the next run.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

from ..agents import store
from ..bars import bar
from ..text import counted
from .lessons import Lesson, lessons

NO_FOLDER = """\
Agents cannot be kept: there is no folder for them and none can be made. Name one that
can be written in the environment variable {name}."""
FULL = "That is all there is room for: remove the folder and run this again."


def main(chosen: Sequence[str] = ()) -> int:
    """Run the lessons chosen, or all; say after each what is kept, and where.

    Raises OSError where nothing can be kept.
    """
    every = lessons(chosen)
    place = store.make_folder()
    if place is None:
        raise OSError(NO_FOLDER.format(name=store.FOLDER))
    print(f"Agents are kept in {place}", flush=True)
    with bar("lessons", len(every), delay=0) as shown:
        for lesson in every:
            shown.set_postfix_str(lesson.path.stem)
            shown.write(warmed(lesson, place))
            shown.update()
    count = kept(place)
    print(f"{counted(count, 'agent')} kept in {place}")
    if count >= store.ROOM:
        print(FULL)
    return 0


def warmed(lesson: Lesson, place: Path) -> str:
    """Run a lesson; return in a line how many agents are new, and how long it took."""
    before, start = kept(place), time.monotonic()
    lesson.run()
    new, taken = kept(place) - before, time.monotonic() - start
    return f"{lesson.path.stem}: {counted(new, 'new agent')}, {taken:.0f} s"


def kept(place: Path) -> int:
    """Return how many agents a folder holds."""
    return len(list(place.glob("*.npz")))

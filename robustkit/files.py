"""Files: written whole or not at all; and which code made something."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache
from pathlib import Path

from . import arguments
from .text import either

HOME = "USERPROFILE" if sys.platform == "win32" else "HOME"


def home() -> Path | None:
    """Return the home of whoever works here, None where there is none."""
    try:
        found = Path.home()
    except RuntimeError:  # as in some containers
        return None
    # Python takes an empty name for the root of all folders.
    nowhere = not found.is_absolute() or os.environ.get(HOME) == ""
    return None if nowhere else found


def check_room(
    folder: str | os.PathLike[str],
    foreign: Callable[[set[str]], set[str]] | None = None,
    argument: str = "folder",
    ours: str = "one that this made",
) -> Path:
    """Return a folder's path if it is new, empty, or holds only what is ours.

    foreign: of the names in it, those that are not ours; none is ours unless given.

    Raises ValueError for any other, and for an empty name, which would mean "here".
    """
    begin = f"{argument}={os.fspath(folder)!r}"
    more = f", a new one, or {ours}" if foreign else ", or a new one"
    allowed = f"allowed: an empty folder{more}."
    if not os.fspath(folder):
        raise ValueError(f"{begin} is not possible; {allowed}")
    path = Path(folder)
    try:
        there = {inner.name for inner in path.iterdir()} if path.exists() else set()
    except (OSError, ValueError) as problem:
        why = getattr(problem, "strerror", None) or problem
        raise ValueError(f"{begin} cannot be read: {why}; {allowed}") from None
    if others := sorted(foreign(there) if foreign else there):
        rest = [f"{len(others) - 3} more"] * (len(others) > 3)
        held = ", ".join(others[:3] + rest)
        raise ValueError(f"{begin} holds other things ({held}); {allowed}")
    return path


def size(folder: Path) -> int:
    """Return the bytes of all files below a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


@contextmanager
def whole(where: Path) -> Iterator[Path]:
    """Yield where to write, beside the place; what is there at the end is moved in.

    If writing fails, `where` is as it was and nothing half-written is left; the error
    names `where`, since nobody knows of the other.
    """
    part = where.with_name(f".{os.urandom(8).hex()}.part")  # any name has room for it
    try:
        yield part
        os.replace(part, where)
    except OSError as problem:
        if str(problem.filename) != str(part):
            raise
        raise OSError(problem.errno, problem.strerror, str(where)) from None
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def text(where: Path, content: str) -> None:
    """Write a text in UTF-8, whole or not at all."""
    with whole(where) as part:
        part.write_text(content, "utf-8")


class NoFolder(FileNotFoundError, ValueError):
    """A path in a folder that is not there."""


def check_path(path: str | os.PathLike[str], *endings: str) -> Path:
    """Return where a file with one of these endings can be written.

    Raises ValueError for another ending or no path at all, and NoFolder where there is
    no such folder.
    """
    where = arguments.path("path", path)
    if where.suffix.lower() not in endings:
        allowed = either(f"NAME{ending}" for ending in endings)
        raise ValueError(f"path={str(path)!r} is not possible; allowed: {allowed}.")
    if not where.parent.is_dir():
        raise NoFolder(f"path={str(path)!r} is in a folder that does not exist.")
    return where


TRAINING = ("worlds", "agents", "mdp", "arguments.py")
MEASURING = (*TRAINING, "metrics", "analysis/measure.py", "analysis/curve.py")


@lru_cache
def code(rooms: tuple[str, ...]) -> str:
    """Return a digest of the source of these rooms and files of the package.

    What was made by another version of it is not taken for what this one makes.
    """
    package, content = Path(__file__).parent, hashlib.blake2b(digest_size=16)
    for name in rooms:
        place = package / name
        for path in sorted(place.rglob("*.py")) if place.is_dir() else [place]:
            content.update(path.relative_to(package).as_posix().encode())
            content.update(path.read_bytes().replace(b"\r\n", b"\n"))
    return content.hexdigest()

"""The disk below a store: written whole or not at all, and what goes wrong in words."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from .. import files


def write(table: Any, where: Path) -> None:
    """Write a table as Parquet, whole or not at all; on the disk when this returns."""
    with files.whole(where) as part, part.open("wb") as file:
        pq.write_table(table, file, write_page_checksum=True)
        file.flush()
        os.fsync(file.fileno())
    with suppress(OSError, AttributeError):  # where a folder cannot be opened: Windows
        folder = os.open(where.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


@contextmanager
def in_words(folder: Path, done: str) -> Iterator[None]:
    """Raise what goes wrong in a store as OSError that says what is kept.

    done: what could not be done with it, "read" or "written".
    """
    try:
        yield
    except OSError as problem:
        still_there(folder)
        if problem.strerror is None:  # it is in words already
            raise
        raise OSError(
            f"store={str(folder)!r} cannot be {done}: {problem.strerror}; the agents "
            "that were finished by then are kept in it."
        ) from None


def still_there(folder: Path) -> None:
    """Raise OSError where a store has gone in the meantime."""
    if not (folder / "parts").is_dir():
        raise OSError(
            f"store={str(folder)!r} is no longer there; the agents that were finished "
            "by then are lost, unless it was moved."
        )

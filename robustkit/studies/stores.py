"""Stores: what a study has finished, in a folder, safe against any interruption.

Each finished agent is one small Parquet file in `parts/`, named by its task's key. It
is written beside its place, brought to the disk, and moved there in one step, so that
what has the name is whole. Parts are never changed; when there are many they are put
together into blocks of a thousand in the same way, and removed only once the block is
there. Whatever is read is checked first: a store may come from anybody.
"""

from __future__ import annotations

import hashlib
import os
import re
import time
import warnings
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from .plans import Task

BLOCK = 1000  # agents
LARGEST = 256 * 2**20  # bytes that a file may unpack to
ROWS = 1_000_000  # that it may have
STALE = 3600  # seconds after which a half-written file is nobody's any more

VALUES = ("scalar", "capability", "alignment")
NUMBERS = (
    "goal", "layout", *(v + end for v in VALUES for end in ("", "_low", "_high")),
    "goal_low", "goal_high", "coherence", "distinguishing",
)  # fmt: skip
SCHEMA = pa.schema(
    [
        *((name, pa.string()) for name in ("key", "world", "recipe", "options")),
        ("diversity", pa.float64()),
        ("seed", pa.int64()),
        ("levels", pa.int64()),
        ("grounding", pa.string()),
        *((name, pa.float64()) for name in NUMBERS),
    ]
)
COST = pa.field("seconds", pa.float64())  # of an agent; kept apart from what it found
KEPT = SCHEMA.append(COST)


class Store:
    """The finished agents of any number of plans, in one folder."""

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        """Open or make a store.

        Raises ValueError where the folder cannot be made or is something else.
        """
        self.folder = Path(folder)
        self.parts, self.blocks = self.folder / "parts", self.folder / "blocks"
        foreign = self.folder.is_dir() and any(self.folder.iterdir())
        if foreign and not self.parts.is_dir():
            raise ValueError(
                f"store={str(folder)!r} holds other things; allowed: a folder that is "
                "empty or not there yet, or the store of a study."
            )
        try:
            self.parts.mkdir(parents=True, exist_ok=True)
            self.blocks.mkdir(exist_ok=True)
        except OSError as problem:
            raise ValueError(
                f"store={str(folder)!r} cannot be made: {problem}."
            ) from None
        self._tidy()

    def add(self, table: Any) -> None:
        """Keep the rows of one agent; they are on the disk when this returns.

        Raises OSError where they cannot be written; nothing half-written has the name.
        """
        (key,) = set(table["key"].to_pylist())
        write(table, self.parts / f"{key}.parquet")

    def rows(self, tasks: Iterable[Task]) -> Any:
        """Return the rows of the tasks that are finished, one table in any order."""
        wanted = {task.key: task.rows for task in tasks}
        tables, seen = [KEPT.empty_table()], pa.array([], pa.string())
        for path in (*_named(self.blocks), *_named(self.parts)):
            if path.parent == self.parts and path.stem not in wanted:
                continue
            table = self._read(path)
            if table is None:
                continue
            known = pc.is_in(table["key"], value_set=seen)
            table = table.filter(pc.invert(known))  # an interrupted move leaves two
            whole = [
                each["values"]
                for each in pc.value_counts(table["key"]).to_pylist()
                if wanted.get(each["values"]) == each["counts"]
            ]
            found = pa.array(whole, pa.string())
            tables.append(table.filter(pc.is_in(table["key"], value_set=found)))
            if path.parent == self.blocks:
                seen = pa.concat_arrays([seen, found])
        return pa.concat_tables(tables).combine_chunks()

    def compact(self) -> None:
        """Put parts together into blocks, where there are enough for one."""
        parts = sorted(_named(self.parts))
        for first in range(0, len(parts) - BLOCK + 1, BLOCK):
            these = parts[first : first + BLOCK]
            tables = [t for t in (self._read(p) for p in these) if t is not None]
            if tables:
                names = "".join(path.stem for path in these).encode()
                name = hashlib.blake2b(names, digest_size=16).hexdigest()
                write(pa.concat_tables(tables), self.blocks / f"{name}.parquet")
            for path in these:
                path.unlink(missing_ok=True)

    def _read(self, path: Path) -> Any | None:
        """Return the table of a file, or None, with a warning, where it is not ours."""
        try:
            with path.open("rb") as file:
                content = pq.ParquetFile(file, page_checksum_verification=True)
                about = content.metadata
                groups = [about.row_group(i) for i in range(about.num_row_groups)]
                size = sum(group.total_byte_size for group in groups)
                if content.schema_arrow != KEPT:
                    raise ValueError("its columns are others")
                if not 0 < about.num_rows <= ROWS or not 0 <= size <= LARGEST:
                    raise ValueError(f"it has {about.num_rows} rows, {size} bytes")
                table = content.read()
                table.validate(full=True)
            if table.column("key").null_count or not all(
                _KEY.fullmatch(key) for key in pc.unique(table["key"]).to_pylist()
            ):
                raise ValueError("its keys are none")
            return table
        except (OSError, ValueError, pa.ArrowException) as problem:
            aside = path.with_suffix(".damaged")
            with suppress(OSError):
                os.replace(path, aside)
            warnings.warn(
                f"{path} is not what a study wrote ({problem}); it is put aside as "
                f"{aside.name}, and its agents count as missing",
                stacklevel=2,
            )
            return None

    def _tidy(self) -> None:
        """Remove what an interruption left half-written long ago."""
        for folder in (self.folder, self.parts, self.blocks):
            for path in folder.glob(".*.part"):
                with suppress(OSError):
                    if time.time() - path.stat().st_mtime > STALE:
                        path.unlink()


_KEY = re.compile(r"[0-9a-f]{32}")


def write(table: Any, where: Path) -> None:
    """Write a table as Parquet, whole or not at all; on the disk when this returns."""
    part = where.with_name(f".{where.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as file:
            pq.write_table(table, file, write_page_checksum=True)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, where)
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)
    with suppress(OSError, AttributeError):  # where a folder cannot be opened: Windows
        folder = os.open(where.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _named(folder: Path) -> Iterator[Path]:
    """Yield the files of a folder that have a key for a name, in order."""
    with os.scandir(folder) as entries:
        names = sorted(e.name for e in entries if e.name.endswith(".parquet"))
    for name in names:
        if _KEY.fullmatch(name.removesuffix(".parquet")):
            yield folder / name

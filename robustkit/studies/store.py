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
import stat
import time
import warnings
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from .. import files
from .plan import Task

BLOCK = 1000  # agents
LARGEST = 256 * 2**20  # bytes that a file may unpack to
ROWS = 1_000_000  # that it may have
BATCH = 1024  # rows that are unpacked at once
RETRIES = 5  # reading anew because another process moves what is read
STALE = 3600  # seconds after which a half-written file is nobody's any more

VALUES = ("scalar", "capability", "alignment")
NUMBERS = (
    "layout", "place", *(v + end for v in VALUES for end in ("", "_low", "_high")),
    "goal_low", "goal_high", "coherence", "distinguishing",
)  # fmt: skip
SCHEMA = pa.schema(
    [
        *((name, pa.string()) for name in ("key", "world", "recipe", "options")),
        ("diversity", pa.float64()),
        ("seed", pa.int64()),
        ("levels", pa.int64()),
        ("grounding", pa.string()),
        ("goal", pa.string()),  # a number or "anywhere", as it was asked for
        *((name, pa.float64()) for name in NUMBERS),
    ]
)
COST = pa.field("seconds", pa.float64())  # of an agent; kept apart from what it found
KEPT = SCHEMA.append(COST)
# What 0.1 wrote: a goal was a number, the share of levels with the goal shifted.
NUMBERED = KEPT.set(SCHEMA.get_field_index("goal"), pa.field("goal", pa.float64()))
NUMBERED = NUMBERED.remove(NUMBERED.get_field_index("place"))


class Store:
    """The finished agents of any number of plans, in one folder."""

    def __init__(self, folder: str | os.PathLike[str], dry: bool = False) -> None:
        """Open or make a store; dry: only read it, and leave everything as it is.

        Raises ValueError where the folder cannot be made or is something else.
        """
        self.folder, self.dry = Path(folder), dry
        self.parts, self.blocks = self.folder / "parts", self.folder / "blocks"
        foreign = self.folder.is_dir() and any(self.folder.iterdir())
        if foreign and not self.parts.is_dir():
            raise ValueError(
                f"store={str(folder)!r} holds other things; allowed: a folder that is "
                "empty or not there yet, or the store of a study."
            )
        if dry:
            return
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
        wanted = {task.key: task for task in tasks}
        for _ in range(RETRIES):
            try:
                return self._rows(wanted)
            except FileNotFoundError:  # another process moved it into a block just now
                continue
        return self._rows(wanted, gone_is_missing=True)

    def _rows(self, wanted: dict[str, Task], gone_is_missing: bool = False) -> Any:
        tables, seen = [KEPT.empty_table()], pa.array([], pa.string())
        for path in (*_named(self.blocks), *_named(self.parts)):
            if path.parent == self.parts and path.stem not in wanted:
                continue
            try:
                table = self._read(path)
            except FileNotFoundError:
                if not gone_is_missing:
                    raise
                continue
            if table is None:
                continue
            table = table.filter(_as_asked(table, wanted))
            known = pc.is_in(table["key"], value_set=seen)
            table = table.filter(pc.invert(known))  # an interrupted move leaves two
            whole = [
                each["values"]
                for each in pc.value_counts(table["key"]).to_pylist()
                if wanted[each["values"]].rows == each["counts"]
            ]
            found = pa.array(whole, pa.string())
            tables.append(table.filter(pc.is_in(table["key"], value_set=found)))
            if path.parent == self.blocks:
                seen = pa.concat_arrays([seen, found])
        return pa.concat_tables(tables).combine_chunks()

    def compact(self) -> None:
        """Put parts together into blocks, where there are enough for one.

        Where another process is at it too, the parts that this one finds gone are in a
        block of that one's: it then leaves the rest alone.
        """
        parts = sorted(_named(self.parts))
        for first in range(0, len(parts) - BLOCK + 1, BLOCK):
            these = parts[first : first + BLOCK]
            try:
                read = {path: self._read(path) for path in these}
            except FileNotFoundError:
                return
            for group in _groups({p: t for p, t in read.items() if t is not None}):
                names = "".join(path.stem for path in group).encode()
                name = hashlib.blake2b(names, digest_size=16).hexdigest()
                block = self.blocks / f"{name}.parquet"
                write(pa.concat_tables(group.values()), block)
                if self._read(block) is not None:
                    for path in group:
                        path.unlink(missing_ok=True)

    def _read(self, path: Path) -> Any | None:
        """Return the table of a file, or None, with a warning, where it is not ours.

        Raises FileNotFoundError where it is gone.
        """
        try:
            if not stat.S_ISREG(path.stat().st_mode):
                raise ValueError("it is no file")
            with path.open("rb") as file:
                content = pq.ParquetFile(file, page_checksum_verification=True)
                about = content.metadata
                groups = [about.row_group(i) for i in range(about.num_row_groups)]
                size = sum(group.total_byte_size for group in groups)
                if content.schema_arrow.equals(NUMBERED):
                    _say_that_it_is_old(path)
                    return None
                if content.schema_arrow != KEPT:
                    raise ValueError("its columns are others")
                if not 0 < about.num_rows <= ROWS or not 0 <= size <= LARGEST:
                    raise ValueError(f"it has {about.num_rows} rows, {size} bytes")
                table = _unpacked(content)
            table.validate(full=True)
            if any(column.null_count for column in table.columns):
                raise ValueError("it has gaps")
            keys = pc.unique(table["key"]).to_pylist()
            if not all(_KEY.fullmatch(key) for key in keys):
                raise ValueError("its keys are none")
            if path.parent == self.parts and keys != [path.stem]:
                raise ValueError("it is not the agent of its name")
            return table
        except FileNotFoundError:
            raise
        except (OSError, ValueError, pa.ArrowException) as problem:
            aside, done = path.with_suffix(".damaged"), "it is left"
            if not self.dry:
                with suppress(OSError):
                    os.replace(path, aside)
                done = f"it is put aside as {aside.name}"
            warnings.warn(
                f"{path} is not what a study wrote ({problem}); {done}, and its agents "
                "count as missing",
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


def _say_that_it_is_old(path: Path) -> None:
    warnings.warn(
        f"{path} is of robustkit 0.1, whose goal shift was another; it is left as it "
        "is, and its agents count as missing",
        stacklevel=4,
    )


def _unpacked(content: Any) -> Any:
    """Return the table of a Parquet file; a small file may unpack to a very large one.

    Raises ValueError once it is larger than a store's own can be.
    """
    batches, size = [], 0
    for batch in content.iter_batches(batch_size=BATCH):
        size += batch.nbytes
        if size > LARGEST:
            raise ValueError(f"it unpacks to more than {LARGEST} bytes")
        batches.append(batch)
    return pa.Table.from_batches(batches, KEPT)


def _groups(read: dict[Path, Any]) -> Iterator[dict[Path, Any]]:
    """Yield parts in groups, each small enough to be read again as one block."""
    group: dict[Path, Any] = {}
    rows = size = 0
    for path, table in read.items():
        rows, size = rows + len(table), size + table.nbytes
        if group and (rows > ROWS // 2 or size > LARGEST // 2):
            yield group
            group, rows, size = {}, len(table), table.nbytes
        group[path] = table
    if group:
        yield group


def _as_asked(table: Any, wanted: dict[str, Task]) -> Any:
    """Return [rows], whether each says of its agent what the task of its key says."""
    known = [key for key in pc.unique(table["key"]).to_pylist() if key in wanted]
    keys = pa.array(known, pa.string())
    place = pc.index_in(table["key"], value_set=keys).combine_chunks()
    right = pc.is_valid(place)
    for name in ("world", "recipe", "diversity", "seed", "levels"):
        field = "n" if name == "levels" else name
        each = [getattr(wanted[key], field) for key in known]
        asked = pa.array(each, KEPT.field(name).type).take(place)
        right = pc.and_(right, pc.equal(table[name], asked))
    return pc.fill_null(right, False)


_KEY = re.compile(r"[0-9a-f]{32}")


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


def _named(folder: Path) -> Iterator[Path]:
    """Yield the files of a folder that have a key for a name, in order."""
    if not folder.is_dir():
        return
    with os.scandir(folder) as entries:
        names = sorted(e.name for e in entries if e.name.endswith(".parquet"))
    for name in names:
        if _KEY.fullmatch(name.removesuffix(".parquet")):
            yield folder / name

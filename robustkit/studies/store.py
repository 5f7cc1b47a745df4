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
from errno import EAGAIN
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from .. import files
from ..text import Notice
from .disk import in_words, still_there, write
from .plan import Task
from .rows import KEPT, NUMBERED, SCHEMA, digest, sound

__all__ = ["BLOCK", "KEPT", "NUMBERED", "SCHEMA", "Store", "write"]

BLOCK = 1000  # agents
LARGEST = 64 * 2**20  # bytes that a file may unpack to
ROWS = 100_000  # that it may have
BATCH = 1024  # rows that are unpacked at once
RETRIES = 5  # reading anew because another process moves what is read
DIGEST = b"digest"  # of the rows of a file, in its metadata
NO_THREAD = "Failed to launch worker thread"  # what pyarrow says, which reads in one
STALE = 3600  # seconds after which a half-written file is nobody's any more


class Store:
    """The finished agents of any number of plans, in one folder."""

    def __init__(self, folder: str | os.PathLike[str], dry: bool = False) -> None:
        """Open or make a store; dry: only read it, and leave everything as it is.

        Raises ValueError where the folder cannot be made or is something else.
        """
        self.folder, self.dry = Path(folder), dry
        self.parts, self.blocks = self.folder / "parts", self.folder / "blocks"
        files.check_room(
            folder,
            lambda there: set() if self.parts.is_dir() else there,
            "store",
            "the store of a study",
        )
        try:
            if not dry:
                self.parts.mkdir(parents=True, exist_ok=True)
                self.blocks.mkdir(exist_ok=True)
        except (OSError, ValueError) as problem:
            why = getattr(problem, "strerror", None) or problem
            raise ValueError(
                f"store={str(folder)!r} cannot be {'read' if dry else 'made'}: {why}; "
                "allowed: a folder that is yours to read and write."
            ) from None
        if not dry:
            self._tidy()

    def check_writable(self) -> None:
        """Raise ValueError where nothing can be added."""
        if not os.access(self.parts, os.W_OK | os.X_OK):
            raise ValueError(
                f"store={str(self.folder)!r} cannot be written; allowed: a folder that "
                "is yours to write. What is finished in it can still be looked at."
            )

    def add(self, table: Any) -> None:
        """Keep the rows of one agent; they are on the disk when this returns.

        Raises OSError where they cannot be written; nothing half-written has the name.
        """
        (key,) = set(table["key"].to_pylist())
        self._write(table, self.parts / f"{key}.parquet")

    def _write(self, table: Any, where: Path) -> None:
        with in_words(self.folder, "written"):
            write(table.replace_schema_metadata({DIGEST: digest(table)}), where)

    def rows(self, tasks: Iterable[Task]) -> Any:
        """Return the rows of the tasks that are finished, one table in any order.

        Raises OSError where the store has gone.
        """
        if not self.dry:
            still_there(self.folder)
        wanted = {task.key: task for task in tasks}
        with in_words(self.folder, "read"):
            for _ in range(RETRIES):
                try:
                    return self._rows(wanted)
                except FileNotFoundError:  # another process moved it into a block
                    continue
            return self._rows(wanted, gone_is_missing=True)

    def _rows(self, wanted: dict[str, Task], gone_is_missing: bool = False) -> Any:
        tables, seen = [KEPT.empty_table()], set[str]()
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
            keys = sound(table, wanted)
            wrong = wanted.keys() & set(table["key"].to_pylist()) - keys
            if wrong:
                said = (
                    f"rows of {len(wrong)} agents are not what was asked for, or "
                    "cannot be"
                )
                self._refuse(path, said, keep=path.parent == self.blocks)
            found = pa.array(keys - seen, pa.string())  # an interrupted move leaves two
            tables.append(table.filter(pc.is_in(table["key"], value_set=found)))
            seen |= keys
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
                self._write(pa.concat_tables(group.values()), block)
                if self._read(block) is not None:
                    for path in group:
                        path.unlink(missing_ok=True)

    def _read(self, path: Path) -> Any | None:
        """Return the table of a file, or None, with a warning, where it is not ours.

        Raises FileNotFoundError where it is gone.
        """
        try:
            if not stat.S_ISREG(path.stat().st_mode):
                raise ValueError("it is not a file")
            with path.open("rb") as file:
                content = pq.ParquetFile(file)
                about = content.metadata
                if content.schema_arrow.equals(NUMBERED):
                    _say_that_it_is_old(path)
                    return None
                if content.schema_arrow != KEPT:
                    raise ValueError("it has other columns")
                groups = [about.row_group(i) for i in range(about.num_row_groups)]
                size = sum(group.total_byte_size for group in groups)
                if not 0 < about.num_rows <= ROWS or not 0 <= size <= LARGEST:
                    raise ValueError(f"it has {about.num_rows} rows, {size} bytes")
                table = _unpacked(file, about)
            table.validate(full=True)
            if any(column.null_count for column in table.columns):
                raise ValueError("it has gaps")
            if (about.metadata or {}).get(DIGEST) != digest(table):
                raise ValueError("its rows do not match its digest")
            keys = pc.unique(table["key"]).to_pylist()
            if not all(_KEY.fullmatch(key) for key in keys):
                raise ValueError("its keys are not keys of agents")
            if path.parent == self.parts and keys != [path.stem]:
                raise ValueError("it is not the agent that its name says")
            return table
        except (FileNotFoundError, PermissionError):
            raise
        except (OSError, ValueError, pa.ArrowException) as problem:
            if NO_THREAD in str(problem):  # which is no fault of the file's
                raise OSError(EAGAIN, "no thread can be started for it") from None
            self._refuse(path, str(problem))
            return None

    def _refuse(self, path: Path, problem: str, keep: bool = False) -> None:
        """Say that a file is not what a study wrote, and put it aside.

        keep: leave it, since it is a block whose other agents are sound.
        """
        aside, done = path.with_suffix(".damaged"), "it is left"
        if not (self.dry or keep):
            with suppress(OSError):
                os.replace(path, aside)
                done = f"it is put aside as {aside.name}"
        warnings.warn(
            Notice(
                f"{path} is not what a study wrote ({problem}); {done}, and its agents "
                "count as missing"
            ),
            stacklevel=3,
        )

    def _tidy(self) -> None:
        """Remove what an interruption left half-written long ago."""
        for folder in (self.folder, self.parts, self.blocks):
            for path in folder.glob(".*.part"):
                with suppress(OSError):
                    if time.time() - path.stat().st_mtime > STALE:
                        path.unlink()


def _say_that_it_is_old(path: Path) -> None:
    warnings.warn(
        Notice(
            f"{path} is of robustkit 0.1, whose goal shift was another; it is left as "
            "it is, and its agents count as missing"
        ),
        stacklevel=4,
    )


def _unpacked(file: Any, about: Any) -> Any:
    """Return the table of a Parquet file; a small file may unpack to a very large one.

    One long text may stand in many rows, so that texts are counted before they do.
    Raises ValueError once it is larger than a store's own can be.
    """
    texts = [field.name for field in KEPT if field.type == pa.string()]
    content = pq.ParquetFile(
        file, metadata=about, read_dictionary=texts, page_checksum_verification=True
    )
    batches, size = [], 0
    for batch in content.iter_batches(batch_size=BATCH):
        size += batch.nbytes
        for name in texts:
            column = batch[name]
            lengths = pc.binary_length(column.dictionary).take(column.indices)
            size += pc.sum(pc.cast(lengths, pa.int64())).as_py() or 0
        if size > LARGEST:
            raise ValueError(f"it unpacks to more than {LARGEST} bytes")
        batches.append(batch)
    return pa.Table.from_batches(batches).cast(KEPT)


def _groups(read: dict[Path, Any]) -> Iterator[dict[Path, Any]]:
    """Yield parts in groups, each small enough to be read again as one block."""
    group: dict[Path, Any] = {}
    rows = size = 0
    for path, table in read.items():
        rows, size = rows + len(table), size + table.nbytes
        if group and (rows > ROWS // 2 or size > LARGEST // 16):
            yield group
            group, rows, size = {}, len(table), table.nbytes
        group[path] = table
    if group:
        yield group


_KEY = re.compile(r"[0-9a-f]{32}")


def _named(folder: Path) -> Iterator[Path]:
    """Yield the files of a folder that have a key for a name, in order."""
    if not folder.is_dir():
        return
    with os.scandir(folder) as entries:
        names = sorted(e.name for e in entries if e.name.endswith(".parquet"))
    for name in names:
        if _KEY.fullmatch(name.removesuffix(".parquet")):
            yield folder / name

"""What learners handed in: the progress files in a folder, and all other files."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from .. import arguments, record
from ..arguments import brief, quote
from .guesses import Made, made

MOST = 5000  # files that are looked at, in the folder and its archives
GUESSES = 500  # of a learner, each perhaps with a picture of its own; the course has 50


@dataclass(frozen=True)
class Learner:
    """What one learner handed in; name: what the file, or its folder, is called.

    exercises: by name, to whether it was solved.
    """

    name: str
    exercises: dict[str, bool]
    guesses: list[Made]


def collect(folder: str | os.PathLike[str]) -> tuple[list[Learner], list[str]]:
    """Return what is in a folder, and in words what was left out and why.

    Looked at are *.json and *.zip, in folders within it as well. The same file twice is
    one learner. Raises ValueError where there is no progress file at all.
    """
    home = arguments.path("folder", folder)
    if not home.is_dir():
        raise ValueError(f"folder={quote(str(folder))} is not a folder.")
    found: dict[bytes, Learner] = {}
    skipped = []
    for name, content in _files(home):
        if isinstance(content, str):
            skipped.append(f"{name}: {content}")
        elif content in found:
            skipped.append(f"{name}: the same as {found[content].name}, counted once")
        else:
            try:
                found[content] = _learner(name, content)
            except ValueError as problem:
                skipped.append(f"{name}: {problem}")
    if not found:
        why = f" ({'; '.join(skipped[:3])})" if skipped else ""
        raise ValueError(
            f"folder={quote(str(folder))} holds no progress file{why}; allowed: a "
            f"folder with one {record.NAME} from each learner, under any name."
        )
    return sorted(found.values(), key=lambda each: each.name), skipped


def _learner(name: str, content: bytes) -> Learner:
    kept = record.parse(content, "it")
    if len(kept["guesses"]) > GUESSES:
        raise ValueError(f"it has more than {GUESSES} guesses.")
    solved = {k: entry["correct"] for k, entry in kept["exercises"].items()}
    return Learner(_called(name), solved, [made(entry) for entry in kept["guesses"]])


def _called(name: str) -> str:
    """Return what to call a learner: the way to the file, without what all share."""
    path = PurePosixPath(name)
    parts = [p for p in (*path.parent.parts, path.stem) if p != Path(record.NAME).stem]
    return brief(" / ".join(parts) or path.stem, 60)


def _files(home: Path) -> Iterator[tuple[str, bytes | str]]:
    """Yield the name of each file and what it holds, or in words why not."""
    count = 0
    for path in sorted(home.rglob("*")):
        name = path.relative_to(home).as_posix()
        hidden = any(part.startswith(".") for part in PurePosixPath(name).parts)
        if hidden or not path.is_file():
            continue
        if path.suffix.lower() not in (".json", ".zip"):
            continue
        for each in (
            _in_zip(path, name)
            if path.suffix.lower() == ".zip"
            else [(name, _content(path))]
        ):
            count += 1
            if count > MOST:
                yield name, f"more than {MOST} files; the rest is left out"
                return
            yield each


def _content(path: Path) -> bytes | str:
    try:
        if path.stat().st_size > record.LARGEST:
            return "it is too large to be a progress file."
        return path.read_bytes()
    except OSError as problem:
        return f"it cannot be read: {problem.strerror}."


def _in_zip(path: Path, name: str) -> Iterator[tuple[str, bytes | str]]:
    """Yield what an archive of a learning platform holds, without unpacking it."""
    try:
        with zipfile.ZipFile(path) as archive:
            for info in archive.infolist():
                inner = PurePosixPath(info.filename)
                own = any(p.startswith((".", "__")) for p in inner.parts)  # of a system
                if info.is_dir() or own or inner.suffix.lower() != ".json":
                    continue
                named: Any = f"{name.removesuffix(path.suffix)}/{inner}"
                if info.file_size > record.LARGEST:
                    yield named, "it is too large to be a progress file."
                else:
                    yield named, archive.read(info)
    except Exception:  # each way to pack has errors of its own
        yield name, "it is a damaged or locked archive."

"""Files of plans: read whatever editor saved them, and where their results go."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

LONGEST = 1_000_000  # bytes of a plan's file


def toml(where: Path) -> dict[str, Any]:
    """Return what a TOML file says; raise ValueError in words where it is none."""
    named = f"plan={str(where)!r}"
    with where.open("rb") as file:
        content = file.read(LONGEST + 1)
    if len(content) > LONGEST:
        raise ValueError(
            f"{named} is larger than {LONGEST} bytes, too large for a plan."
        )
    wrong = content.find(b"\0")  # every other byte of some other encodings
    try:
        text = content.decode("utf-8-sig")  # Notepad begins some files with a mark
    except UnicodeDecodeError as problem:
        wrong = problem.start
    if wrong >= 0:
        line = content.count(b"\n", 0, wrong) + 1
        raise ValueError(
            f"{named} is not TOML in UTF-8 (line {line}); save it as UTF-8: in Notepad "
            "by Save as, Encoding: UTF-8."
        )
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as problem:
        raise ValueError(f"{named} is not TOML: {problem}.") from None


def results_of(plan: Path, store: Path) -> Path:
    """Return the file in a store for the results of a plan's file, which is its alone.

    Beside it a file ending in .plan says whose it is, by the way from the store, so
    that both may be moved. The first plan of a store has results.parquet.
    """
    whose = _way(plan, store)
    for name in _names(plan):
        where = store / f"{name}.parquet"
        sign = where.with_suffix(".plan")
        if where.exists() and not sign.exists() and store != plan.with_suffix(".study"):
            continue  # nobody knows whose it is
        try:
            with sign.open("xb") as file:
                file.write(whose)
        except FileExistsError:
            if sign.read_bytes() != whose:
                continue
        return where
    raise AssertionError("names do not end")


def _names(plan: Path) -> Iterator[str]:
    yield "results"
    own = f"results-{plan.stem[:50]}"  # a file's name has 255 bytes at most
    yield own
    for number in count(2):
        yield f"{own}-{number}"


def _way(plan: Path, store: Path) -> bytes:
    """Return the way from a store to a plan; absolute on another drive."""
    try:
        return os.fsencode(os.path.relpath(plan.resolve(), store.resolve()))
    except ValueError:
        return os.fsencode(plan.resolve())

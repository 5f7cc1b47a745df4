"""Writing: a file is whole or not there at all, and what stood there before is kept."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def whole(where: Path) -> Iterator[Path]:
    """Yield where to write, beside the place; what is there at the end is moved in.

    If writing fails, `where` is as it was and nothing half-written is left.
    """
    part = where.with_name(f".{where.name}.{secrets.token_hex(4)}.part")
    try:
        yield part
        os.replace(part, where)
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def text(where: Path, content: str) -> None:
    """Write a text in UTF-8, whole or not at all."""
    with whole(where) as part:
        part.write_text(content, "utf-8")

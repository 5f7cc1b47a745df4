"""Which code made something: a digest of the source that a result depends on."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

TRAINING = ("worlds", "agents", "mdp.py", "arguments.py")
MEASURING = (*TRAINING, "axes", "measuring.py")


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

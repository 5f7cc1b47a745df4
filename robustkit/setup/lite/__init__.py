"""The course as a site that needs no server: `robustkit lite DIR` and `make lite`.

JupyterLab and Python themselves run in the learner's browser, by JupyterLite and
Pyodide. The folder holds all that they need, and asks no other address for anything: it
goes onto any web server as it is, or with `python3 serve.py` into a room without
network. It is built elsewhere and moved in at the end.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from shlex import quote

from ... import __version__, files
from ...agents import store
from ...text import counted
from .. import DISTRIBUTION, warm
from ..lab import NO_REPOSITORY, find_repository
from . import lock, page, site, wheels
from . import serve as server

NO_AGENTS = "agents={agents!r} is not possible; allowed: a folder of trained agents."
NO_SITE = "folder={folder!r} holds no site; build it first: robustkit lite {folder}"


def main(
    folder: str,
    pyodide: str | None = None,
    agents: str | None = None,
    serve: bool = False,
) -> int:
    """Build the site, or serve it once it is built; return 0 if all went well.

    pyodide: its folder or address; unless given, what JupyterLite was made for.
    agents: a folder of trained ones; unless given, those of lessons are trained.
    """
    place = Path(folder)
    if serve:
        if not (place / server.SUMS).is_file():
            raise FileNotFoundError(NO_SITE.format(folder=folder))
        return server.serve(place)
    root = check(folder, agents)
    found, source = site.extensions(), pyodide or site.default_pyodide()
    official = json.loads(wheels.read(source, lock.NAME))
    print("1 of 3: the agents of the lessons", flush=True)
    trained = trained_agents(root, agents)
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        print(f"2 of 3: Python and its packages, from {source}", flush=True)
        locked = packages(root, source, official, trained, found, work / "pyodide")
        print("3 of 3: JupyterLab and the course", flush=True)
        site.course(root, work / "course")
        built = site.build(work, site.settings(locked), found)
        shutil.copytree(work / "pyodide", built / "static" / "pyodide")
        page.write(root, built)
        move_in(built, place)
    size = files.size(place) / 1e6
    print(f"{place}: {size:.0f} MB, {counted(len(trained), 'trained agent')}")
    print(f"To see it: python3 {quote(str(place / 'serve.py'))}")
    return 0


def check(folder: str, agents: str | None) -> Path:
    """Return the repository; raise an error for what cannot be, before any work."""
    root = find_repository()
    if root is None:
        raise FileNotFoundError(NO_REPOSITORY)
    files.check_room(folder, lambda there: set() if server.SUMS in there else there)
    if agents is not None and not Path(agents).is_dir():
        raise ValueError(NO_AGENTS.format(agents=agents))
    return root


def trained_agents(root: Path, given: str | None) -> list[Path]:
    """Return the files of agents: those given, or those of all lessons."""
    place = Path(given) if given else root / "build" / "agents"
    if given is None:
        place.mkdir(parents=True, exist_ok=True)
        os.environ[store.FOLDER] = str(place.resolve())
        warm.main()
    return wheels.current(place)


def packages(
    root: Path,
    source: str,
    official: lock.Entry,
    trained: list[Path],
    found: Mapping[str, Path],
    place: Path,
) -> lock.Entry:
    """Put Pyodide and all packages into a folder; return the lock that is there too."""
    chosen = lock.choose(official, wheels.names(source, official))
    for words in chosen.old:
        print(f"Only for trying out: {words}.", flush=True)
    place.mkdir()
    added = place.with_name("added")
    added.mkdir()
    for name in wheels.runtime(source):
        (place / name).write_bytes(wheels.read(source, name))
    for name in chosen.official:
        wheels.fetch(source, official["packages"][name], place)
    pins = {name: pin for name, pin in chosen.pure.items() if name != DISTRIBUTION}
    wheels.from_index(pins, official["info"]["python"], added)
    wheels.ours(root, added)
    wheels.browser(trained, wheels.compiled(), __version__, added)
    for wheel in site.kernel(found):
        shutil.copy(wheel, added)
    locked = lock.make(official, chosen.official, sorted(added.glob("*.whl")))
    for wheel in added.iterdir():
        shutil.copy(wheel, place)
    lock.write(locked, place)
    return locked


def move_in(built: Path, place: Path) -> None:
    """Put a site into its place, with how to serve it and what its files are."""
    shutil.copy(Path(server.__file__), built / "serve.py")
    server.sign(built, __version__)
    place.mkdir(parents=True, exist_ok=True)
    for old in place.iterdir():
        shutil.rmtree(old) if old.is_dir() else old.unlink()
    for new in built.iterdir():
        shutil.move(new, place / new.name)

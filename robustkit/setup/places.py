"""Folders that Python, Jupyter and uv write to, none of which is the course's own.

A home that is missing, or a folder that once belonged to the administrator, is common
in containers, on hubs and after a `sudo pip`. The doctor names what cannot be written
to, and the lab works without it.
"""

from __future__ import annotations

import atexit
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ..files import HOME, home

LOST = """\
These folders cannot be written to: {folders}.
What would be kept there is kept in {instead} until JupyterLab ends; notebooks are saved
where they are. `robustkit doctor` says what to do.
"""


@dataclass(frozen=True)
class Place:
    """Folders that a variable names, or would name, and what is kept there."""

    variable: str
    what: str
    folders: tuple[Path, ...]

    @property
    def lacking(self) -> Path | None:
        """Return the folder that cannot be written to, None where all can."""
        return next((f for f in self.folders if not can_write(f)), None)

    def __str__(self) -> str:
        if self.variable in os.environ:
            return f"{self.variable}={os.environ[self.variable]}"
        folder = self.lacking
        return f"{self.variable} is not set" if folder is None else str(folder)


def places() -> Iterator[Place]:
    """Yield every place; where the home is replaced meanwhile, later ones lie there."""
    yield Place(HOME, "what programs remember", (_at_home(),))
    yield from _jupyter()
    history = _named("IPYTHONDIR", _at_home(".ipython"))
    yield Place("IPYTHONDIR", "what was typed", (history,))
    yield Place("MPLCONFIGDIR", "matplotlib's fonts", tuple(_matplotlib()))


def _jupyter() -> Iterator[Place]:
    """Yield the places of Jupyter, where it is installed."""
    try:
        from jupyter_core import paths
    except ImportError:
        return
    for variable, what, folder in (
        ("JUPYTER_CONFIG_DIR", "Jupyter's settings", paths.jupyter_config_dir),
        ("JUPYTER_DATA_DIR", "which notebooks are trusted", paths.jupyter_data_dir),
        ("JUPYTER_RUNTIME_DIR", "where kernels listen", paths.jupyter_runtime_dir),
    ):
        yield Place(variable, what, (Path(folder()),))
    lab = Path(paths.jupyter_config_dir(), "lab")
    for variable, name in (("SETTINGS", "user-settings"), ("WORKSPACES", "workspaces")):
        variable = f"JUPYTERLAB_{variable}_DIR"
        yield Place(variable, "JupyterLab's state", (_named(variable, lab / name),))


def _at_home(*parts: str) -> Path:
    """Return a path in the home; where there is none, one that is no folder's."""
    return Path(home() or Path(os.devnull, "home"), *parts)


def _named(variable: str, default: Path) -> Path:
    return Path(os.environ.get(variable) or default)


def _matplotlib() -> Iterator[Path]:
    """Yield the folders that matplotlib writes to."""
    if os.environ.get("MPLCONFIGDIR"):
        yield Path(os.environ["MPLCONFIGDIR"])
    elif sys.platform.startswith(("linux", "freebsd")):
        yield _named("XDG_CACHE_HOME", _at_home(".cache")) / "matplotlib"
        yield _named("XDG_CONFIG_HOME", _at_home(".config")) / "matplotlib"
    else:
        yield _at_home(".matplotlib")


def uv_cache() -> Place:
    """Return the place where uv keeps what it has fetched."""
    if sys.platform == "win32":
        at = _named("LOCALAPPDATA", _at_home("AppData", "Local"))
        folder = at / "uv" / "cache"
    else:
        folder = _named("XDG_CACHE_HOME", _at_home(".cache")) / "uv"
    where = _named("UV_CACHE_DIR", folder)
    # A single `sudo uv` leaves folders in it that are the administrator's.
    inner = (path for path in where.glob("*") if path.is_dir())
    return Place("UV_CACHE_DIR", "packages fetched before", (where, *inner))


def can_write(folder: Path) -> bool:
    """Return whether files can be made in a folder, or it where it is not there yet.

    It is tried: what permissions say is not always so, as for an administrator on a
    disk that is read-only.
    """
    while not os.path.lexists(folder) and folder != folder.parent:
        folder = folder.parent
    try:
        # With a name and closed before it is removed: a browser's disk writes a file
        # that was removed while open when it is closed, and leaves it there.
        handle, name = tempfile.mkstemp(dir=folder)
        os.close(handle)
        os.unlink(name)
    except OSError:
        return False
    return True


def replace_what_is_lacking() -> str:
    """Let folders that cannot be written to lie elsewhere; return what to say, or "".

    For this process and those it starts, and until it ends. Raises OSError where no
    folder at all can be written to.
    """
    instead, lacking = None, []
    for place in places():
        if place.lacking is None:
            continue
        lacking.append(str(place))
        if instead is None:
            instead = Path(tempfile.mkdtemp(prefix="robustkit-"))
            atexit.register(shutil.rmtree, instead, ignore_errors=True)
        os.environ[place.variable] = str(instead / place.variable.lower())
        Path(os.environ[place.variable]).mkdir()
    return LOST.format(folders=", ".join(lacking), instead=instead) if lacking else ""

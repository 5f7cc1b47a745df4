"""A folder for a room without network: packages, lessons, agents, pages, how to set up.

`make stick DIR=/media/stick`, or `python -m robustkit.setup.stick FOLDER` for other
systems than one's own. Made where there is network; used where there is none. What says
how to set up is written last, so that it names only what is there. Solutions and
notes for teachers stay with them: a stick goes round the room.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Sequence
from importlib.machinery import PathFinder
from pathlib import Path

from .. import files
from ..agents import store
from . import DISTRIBUTION, links, settings, warm
from .environment import refuse
from .lab import NO_REPOSITORY, find_repository

WHEEL = DISTRIBUTION.replace("-", "_")

# What uv calls a system, and the kinds of wheels that pip takes for it. uv decides what
# is needed there; pip alone would go by what is needed here.
LINUX = ("_2_28_x86_64", "_2_27_x86_64", "_2_17_x86_64", "2014_x86_64", "1_x86_64")
SYSTEMS = {
    "windows": ("x86_64-pc-windows-msvc", ("win_amd64",)),
    "macos": ("aarch64-apple-darwin", ("macosx_13_0_arm64",)),
    "linux": ("x86_64-manylinux_2_28", tuple(f"manylinux{tag}" for tag in LINUX)),
}
MACHINES = {
    "windows": "Windows on 64-bit Intel or AMD",
    "macos": "macOS on Apple silicon",
    "linux": "Linux on 64-bit Intel or AMD",
}
COURSE = ("notebooks", "exercises")
LEFT = (".ipynb_checkpoints", "__pycache__", "*.npz", "teaching-notes.md")
AGENTS = "agents"
ALL = (*COURSE, "wheels", AGENTS, "site", "setup.sh", "setup.bat", "READ ME FIRST.txt")
UNIX = """#!/bin/sh
# Sets the course up in the folder it is called from, without network. What a shell has
# set for other Pythons (-I) and other uses of pip (--isolated) is left aside.
set -e
unset CDPATH
if ! ${{PYTHON:-python3}} -I -c \\
    'import sys; sys.exit(sys.version_info[:2] != {version})'
then
    echo "This needs {python}; where it has another name: PYTHON=name sh setup.sh" >&2
    exit 1
fi
stick=$(cd "$(dirname "$0")" && pwd)
${{PYTHON:-python3}} -I -m venv .venv
PIP_CONFIG_FILE=/dev/null .venv/bin/python -I -m pip --isolated install \\
    --quiet --disable-pip-version-check --no-index \\
    --find-links "$stick/wheels" "{package}"
# What is there already may hold somebody's work and is left.
for part in {course}; do [ -e "$part" ] || cp -R "$stick/$part" .; done
{agents_unix}echo "Done. Begin with: .venv/bin/robustkit lab"
"""
WINDOWS = """@echo off
rem Sets the course up in the folder it is called from, without network.
py -{plain} -I -m venv .venv || exit /b 1
set PIP_CONFIG_FILE=NUL
.venv\\Scripts\\python -I -m pip --isolated install ^
    --quiet --disable-pip-version-check --no-index ^
    --find-links "%~dp0wheels" "{package}" || exit /b 1
rem What is there already may hold somebody's work and is left.
for %%p in ({course}) do if not exist %%p (xcopy /e /i /q "%~dp0%%p" %%p || exit /b 1)
{agents_windows}echo Done. Begin with: .venv\\Scripts\\robustkit lab
"""
AGENTS_UNIX = """\
# Agents that are trained already; where they cannot be kept, lessons train them.
kept=${ROBUSTKIT_AGENTS:-$HOME/.cache/robustkit/agents}
mkdir -p "$kept" 2>/dev/null && cp "$stick"/agents/*.npz "$kept" 2>/dev/null ||
    echo "Trained agents could not be put into $kept: lessons will train them."
"""
AGENTS_WINDOWS = """\
rem Agents that are trained already; where they cannot be kept, lessons train them.
set kept=%USERPROFILE%\\.cache\\robustkit\\agents
if defined ROBUSTKIT_AGENTS set kept=%ROBUSTKIT_AGENTS%
xcopy /i /q /y "%~dp0agents\\*.npz" "%kept%" >nul || echo Lessons will train agents.
"""
SITE = """To look at the plane only, open site/index.html in a browser: there is nothing
to install.

"""
FIRST = """robustkit, without network

{site}To take the course, make an empty folder on your disk, open a terminal in it and
run
    sh /path/to/this/setup.sh            (Linux, macOS)
    X:\\path\\to\\this\\setup.bat            (Windows)
then what it says at the end. It needs {python} on {platforms}.
If something does not work: .venv/bin/robustkit doctor
(on Windows .venv\\Scripts\\robustkit doctor)
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Make the folder; return 1, with words, where it cannot be made."""
    given = parser().parse_args(arguments)
    root = find_repository()
    if root is None:
        return refuse(NO_REPOSITORY)
    try:
        folder = files.check_room(given.folder, lambda there: there - set(ALL))
    except ValueError as why:
        return refuse(str(why))
    for tool in ("pip", "uv") if given.system else ("pip",):
        # Not importlib.util's, which setuptools may take for an import of pip.
        if PathFinder.find_spec(tool) is None:
            has = "the one that `make test` sets up has."
            return refuse(f"This Python has no {tool} ({sys.executable}); {has}")
    folder.mkdir(parents=True, exist_ok=True)
    try:
        fetch(root, folder / "wheels", given)
    except subprocess.CalledProcessError:
        return refuse("Packages could not be fetched; pip says why above.")
    for part in COURSE:
        left = shutil.ignore_patterns(*LEFT)
        shutil.copytree(root / part, folder / part, dirs_exist_ok=True, ignore=left)
    links.complete(folder, COURSE)
    if given.agents:
        warm_up(folder / AGENTS)
    if given.site:
        from ..widgets.site import export_site

        print("Making the pages, and training agents for each: about three minutes.")
        export_site(folder / "site")
    explain(folder, given)
    print(f"{folder}: {files.size(folder) / 1e6:.0f} MB")
    return 0


def parser() -> argparse.ArgumentParser:
    """Return the parser of the arguments."""
    words = "Make a folder for a room without network."
    made = argparse.ArgumentParser(prog="stick", description=words)
    made.add_argument("folder", help="empty, or made by this before")
    made.add_argument(
        "--system", action="append", default=[], choices=SYSTEMS,
        help="to use it on, and again for another; else one like this",
    )  # fmt: skip
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    made.add_argument("--python", default=version, help="of these systems, as 3.12")
    made.add_argument("--no-agents", dest="agents", action="store_false")
    made.add_argument("--no-site", dest="site", action="store_false")
    made.add_argument(
        "--no-lab", dest="lab", action="store_false", help="leave JupyterLab out"
    )
    return made


def fetch(root: Path, wheels: Path, given: argparse.Namespace) -> None:
    """Build our package and fetch what it needs, for each system asked for."""
    pip = [sys.executable, "-P", "-m", "pip", "--quiet", "--disable-pip-version-check"]
    wheels.mkdir(exist_ok=True)
    for old in wheels.glob(f"{WHEEL}-*.whl"):
        old.unlink()
    build = [*pip, "wheel", "--no-deps", "--wheel-dir", str(wheels), str(root)]
    subprocess.run(build, check=True)
    (ours,) = wheels.glob(f"{WHEEL}-*.whl")
    extra = "[lab]" if given.lab else ""
    fetching = [*pip, "download", "--only-binary=:all:", "--dest", str(wheels)]
    if not given.system:
        subprocess.run([*fetching, f"{ours}{extra}"], check=True)
    for system in given.system:
        triple, tags = SYSTEMS[system]
        compiling = [sys.executable, "-P", "-m", "uv", "pip", "compile", "--quiet"]
        compiling += ["--python-platform", triple, "--python-version", given.python]
        listed = subprocess.run(
            [*compiling, "--no-header", "--no-annotate", "-"],
            input=f"{DISTRIBUTION}{extra} @ {ours.resolve().as_uri()}",
            stdout=subprocess.PIPE,
            text=True,
            check=True,
            env=os.environ | settings.for_uv(sys.executable),
        ).stdout.splitlines()
        pins = [line for line in listed if not line.startswith(DISTRIBUTION)]
        kinds = [word for tag in tags for word in ("--platform", tag)]
        there = ["--no-deps", "--python-version", given.python]
        subprocess.run([*fetching, *there, *kinds, *pins], check=True)


def warm_up(place: Path) -> None:
    """Train the agents of all lessons into a folder, and of the pages made after it."""
    place.mkdir(exist_ok=True)
    os.environ[store.FOLDER] = str(place.resolve())
    print("Training the agents of all lessons: about ten minutes, only once.")
    warm.main()


def explain(folder: Path, given: argparse.Namespace) -> None:
    """Write how to set up, for each kind of system."""
    kept = any((folder / AGENTS).glob("*.npz"))
    about = {
        "package": f"{DISTRIBUTION}{'[lab]' if given.lab else ''}",
        "course": " ".join(COURSE),
        "site": SITE if (folder / "site" / "index.html").is_file() else "",
        "agents_unix": AGENTS_UNIX if kept else "",
        "agents_windows": AGENTS_WINDOWS if kept else "",
        "python": f"Python {given.python}",
        "plain": given.python,
        "version": tuple(map(int, given.python.split("."))),
        "platforms": "; ".join(MACHINES[each] for each in given.system)
        or f"a system like this ({sys.platform}, {platform.machine()})",
    }
    (folder / "setup.sh").write_text(UNIX.format(**about), "utf-8", newline="\n")
    (folder / "setup.bat").write_text(WINDOWS.format(**about), "utf-8", newline="\r\n")
    (folder / "READ ME FIRST.txt").write_text(FIRST.format(**about), "utf-8")


if __name__ == "__main__":
    sys.exit(main())

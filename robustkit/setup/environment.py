"""Makes .venv and installs into it: what `make` does before anything else.

Run from the repository's folder, by a Python that has nothing but its standard library.
Whoever comes second waits for the first. .venv/.ready names the folder that .venv was
made in, and is missing while an installation is under way; so an environment that was
interrupted, moved or has lost its Python is not sound, and is made anew.
"""

from __future__ import annotations

import locale
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from . import places, variables

FOLDER = Path(".venv")
READY = FOLDER / ".ready"
PYTHON = FOLDER / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
PROJECT = Path("pyproject.toml")
EXTRAS = {"lab": "lab", "test": "lab,test"}
WHAT = {"lab": "JupyterLab", "test": "JupyterLab and what the tests need"}
UV = "uv>=0.11"
BEFORE = "robustkit"  # what this was called before would own its files too


def main(arguments: Sequence[str] | None = None) -> int:
    """Set .venv up for "lab" or "test"; return 1, with words, where it cannot be."""
    (kind,) = sys.argv[1:] if arguments is None else arguments
    os.umask(os.umask(0o077) & 0o077)  # one's own files are never kept from oneself
    try:
        with alone():
            if sound() and fresh(FOLDER / f".{kind}"):
                return 0  # somebody else has just done it
            if trouble := what_is_in_the_way():
                return refuse(trouble)
            install(kind)
    except (subprocess.CalledProcessError, OSError) as problem:
        return refuse(after(problem))
    except KeyboardInterrupt:
        return refuse("Interrupted. The next `make` begins again.")
    return 0


@contextmanager
def alone() -> Iterator[None]:
    """Wait until nobody else sets .venv up, and keep others waiting meanwhile.

    The system itself lets go of a file's lock when its holder dies, however it does.
    """
    try:
        import fcntl
    except ImportError:  # Windows
        yield
        return
    with PROJECT.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("Another `make` is setting up .venv; waiting for it.", flush=True)
            fcntl.flock(file, fcntl.LOCK_EX)
        except OSError:  # some network disks have no locks
            pass
        yield


def sound() -> bool:
    """Return whether .venv was made here, is whole, and has a Python that runs."""
    try:
        here = READY.read_bytes() == os.getcwdb()
        subprocess.run([PYTHON, "-Ic", ""], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        return False
    return here


def fresh(stamp: Path) -> bool:
    """Return whether everything was installed since the project's file was changed."""
    return stamp.exists() and stamp.stat().st_mtime >= PROJECT.stat().st_mtime


def what_is_in_the_way() -> str:
    """Return why nothing could be installed, before anything is tried; or ""."""
    here = os.getcwd()
    encoding = locale.getencoding().lower().replace("-", "")
    if not here.isascii() and encoding != "utf8":
        return (
            f"The folder {here!r} has letters that LC_ALL or LANG ({encoding}) does "
            "not know. Say: export LC_ALL=C.UTF-8"
        )
    if sign := unfit(here):
        return f"The folder {here!r} has {sign} in its name: rename it."
    if not places.can_write(Path(here)):
        return f"{here!r} cannot be written to: put the repository elsewhere."
    for name in variables.named_in_vain():
        return (
            f"{variables.said(name)} names a file that is not there. Name one that is, "
            f"or say: {variables.without(name)}"
        )
    silent = dict(variables.silent_proxies())
    for name, why in silent.items():
        return (
            f"{variables.said(name)} is no proxy that answers: {why}. Start it, or "
            f"say: {variables.without(' '.join(silent))}"
        )
    return ""


def unfit(folder: str) -> str:
    """Return what of a folder's name an environment cannot have, "" where all is well.

    Names stand in files of Python's own: one a line, what ends it cut off.
    """
    if os.pathsep in folder:
        return repr(os.pathsep)
    if len(folder.splitlines()) > 1:
        return "more than one line"
    if folder != folder.rstrip():
        return "a space at the end"
    try:
        folder.encode()
    except UnicodeEncodeError:
        return "signs that are no UTF-8"
    return ""


def install(kind: str) -> None:
    """Make .venv unless it is sound, and install what is needed into it."""
    if not sound():
        version = ".".join(map(str, sys.version_info[:3]))
        print(f"Making .venv with Python {version}", flush=True)
        run(sys.executable, "-m", "venv", "--clear", FOLDER)
        quiet = "--quiet", "--disable-pip-version-check"
        run(PYTHON, "-m", "pip", "install", *quiet, UV)
    READY.unlink(missing_ok=True)
    print(f"Installing robustkit, {WHAT[kind]} in .venv", flush=True)
    uv = PYTHON, "-m", "uv", "pip"
    into = ["--quiet", "--python", str(PYTHON)]
    if places.uv_cache().lacking:
        into += ["--no-cache"]
    run(*uv, "uninstall", *into, BEFORE)
    run(*uv, "install", *into, "--editable", f".[{EXTRAS[kind]}]")
    READY.write_bytes(os.getcwdb())
    for stamp in EXTRAS if kind == "test" else ("lab",):
        (FOLDER / f".{stamp}").touch()


def run(*command: str | Path) -> None:
    """Run a command; raise CalledProcessError if it fails, having said why."""
    # Python finds another folder where TMPDIR cannot be written to; uv does not.
    where = os.environ | {"TMPDIR": tempfile.gettempdir()}
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL, env=where)


def after(problem: Exception) -> str:
    """Return what to say when an installation has failed."""
    if isinstance(problem, OSError):
        return f"Setting up .venv failed: {problem}."
    used = variables.NETLESS + variables.SOURCES + variables.FILES + variables.PROXIES
    told = [variables.said(name) for name in used if os.environ.get(name)]
    why = "Setting up .venv failed; the lines above say why."
    return f"{why} Set here, and used: {', '.join(told)}." if told else why


def refuse(why: str) -> int:
    """Say why it cannot be done."""
    print(why, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())

"""Makes .venv and installs into it: what `make` does before anything else.

Run from the repository's folder, by a Python that has nothing but its standard library.
Whoever comes second waits for the first. .venv/.ready names the folder that .venv was
made in, and is empty while an installation is under way; so an environment that was
interrupted, moved or has lost its Python is not sound, and is made anew. One that was
not made here is never emptied.
"""

from __future__ import annotations

import locale
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path

from . import places, settings, variables

FOLDER = Path(".venv")
KEPT = ".venv.old"  # what somebody else made
READY = FOLDER / ".ready"
PYTHON = FOLDER / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
PROJECT = Path("pyproject.toml")
EXTRAS = {"lab": "lab", "test": "lab,test"}
WHAT = {"lab": "JupyterLab", "test": "JupyterLab and what the tests need"}
TAKES = {"lab": 450, "test": 650}  # megabytes, measured: 433 and 625
LEAST = 100  # what Python, pip and uv take, wherever uv links the rest from its cache
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
            if trouble := what_is_in_the_way(kind):
                return refuse(trouble)
            install(kind)
    except (subprocess.CalledProcessError, OSError) as problem:
        return refuse(after(problem, kind))
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


def what_is_in_the_way(kind: str) -> str:
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
    if trouble := what_stands_there():
        return trouble
    if not FOLDER.exists() and (lack := lack_of_room(LEAST, kind)):
        return lack
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
    if "\t" in folder:  # a script's first line ends there
        return "a tab"
    if len(folder.splitlines()) > 1:
        return "more than one line"
    if folder != folder.rstrip():
        return "a space at the end"
    try:
        folder.encode()
    except UnicodeEncodeError:
        return "signs that are no UTF-8"
    return ""


def what_stands_there() -> str:
    """Return why .venv can be neither used nor emptied, "" where it can."""
    if FOLDER.is_symlink() and not sound():
        what = f"is a link to {os.readlink(FOLDER)!r}", "rm .venv"
    elif FOLDER.exists() and not FOLDER.is_dir():
        what = "is a file", "rm .venv"
    elif FOLDER.exists() and not places.can_write(FOLDER):
        what = "cannot be written to", "sudo rm -rf .venv"
    else:
        return ""
    return f"{str(FOLDER)!r} {what[0]}. Remove it ({what[1]}), then `make` again."


def lack_of_room(least: int, kind: str) -> str:
    """Return how little is free where that is less than so many megabytes, or ""."""
    disk = shutil.disk_usage(os.curdir)
    free = disk.free // 10**6
    if free >= least or not disk.total:  # some network disks tell nothing
        return ""
    return f"Only {free} MB are free here, and .venv takes about {TAKES[kind]} MB."


def install(kind: str) -> None:
    """Make .venv unless it is sound, and install what is needed into it."""
    if not sound():
        make_way()
        version = ".".join(map(str, sys.version_info[:3]))
        print(f"Making .venv with Python {version}", flush=True)
        run(sys.executable, "-P", "-m", "venv", FOLDER)
        quiet = "--quiet", "--disable-pip-version-check"
        run(PYTHON, "-P", "-m", "pip", "install", *quiet, UV, **harmless())
    READY.write_bytes(b"")
    print(f"Installing robustkit, {WHAT[kind]} in .venv", flush=True)
    uv = PYTHON, "-P", "-m", "uv", "pip"
    into = ["--quiet", "--python", str(PYTHON)]
    if places.uv_cache().lacking:
        into += ["--no-cache"]
    run(*uv, "uninstall", *into, BEFORE)
    more = settings.for_uv(PYTHON)
    run(*uv, "install", *into, "--editable", f".[{EXTRAS[kind]}]", **more)
    READY.write_bytes(os.getcwdb())
    for stamp in EXTRAS if kind == "test" else ("lab",):
        (FOLDER / f".{stamp}").touch()


def make_way() -> None:
    """Empty .venv and mark it as ours; what somebody else made is put aside."""
    ours = READY.exists() or any((FOLDER / f".{kind}").exists() for kind in EXTRAS)
    if FOLDER.is_dir() and any(FOLDER.iterdir()) and not ours:
        names = (Path(f"{KEPT}{number or ''}") for number in count())
        kept = next(name for name in names if not os.path.lexists(name))
        FOLDER.rename(kept)
        print(f"There was a .venv that `make` had not made; it is now {kept}.")
    shutil.rmtree(FOLDER, ignore_errors=True)  # a disk's own folder is only emptied
    FOLDER.mkdir(exist_ok=True)
    READY.touch()


def harmless() -> dict[str, str]:
    """Return variables with which pip installs here, whatever its own files say.

    What they say of where packages come from is kept.
    """
    found = settings.of_pip(PYTHON)
    aside = settings.hurting(found)
    if not aside:
        return {}
    print(f"Set aside in pip's own files: {settings.options(aside)}", flush=True)
    kept = {k: v for k, v in found.items() if k not in aside and not os.environ.get(k)}
    return kept | {"PIP_CONFIG_FILE": os.devnull}


def run(*command: str | Path, **more: str) -> None:
    """Run a command; raise CalledProcessError if it fails, having said why.

    It is in a session of its own, so that who interrupts reads one sentence of ours and
    not how each process was interrupted.
    """
    # Python finds another folder where TMPDIR cannot be written to; uv does not.
    where = os.environ | {"TMPDIR": tempfile.gettempdir()} | more
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, env=where, start_new_session=True
    ) as process:
        try:
            code = process.wait()
        except KeyboardInterrupt:
            if hasattr(os, "killpg"):
                with suppress(ProcessLookupError):  # it has just ended
                    os.killpg(process.pid, signal.SIGTERM)
            raise
    if code:
        raise subprocess.CalledProcessError(code, command)


def after(problem: Exception, kind: str) -> str:
    """Return what to say when an installation has failed."""
    if isinstance(problem, OSError):
        return f"Setting up .venv failed: {problem}."
    why = "Setting up .venv failed; the lines above say why."
    if lack := lack_of_room(TAKES[kind], kind):
        why += f" {lack}"
    used = variables.NETLESS + variables.SOURCES + variables.FILES + variables.PROXIES
    if told := [variables.said(name) for name in used if os.environ.get(name)]:
        why += f" Set here, and used: {', '.join(told)}."
    if found := [name for name in settings.of_pip(PYTHON) if name in used]:
        why += f" Set in pip's own files, and used: {settings.options(found)}."
        why += f" To see which files: {PYTHON} -m pip config debug"
    return why


def refuse(why: str) -> int:
    """Say why it cannot be done."""
    print(why, file=sys.stderr)
    return 1


if __name__ == "__main__":
    # Who closes the terminal interrupts as well: nothing goes on unseen.
    for name in ("SIGTERM", "SIGHUP"):
        sign = getattr(signal, name, None)
        if sign and signal.getsignal(sign) is signal.SIG_DFL:  # not under nohup
            signal.signal(sign, signal.default_int_handler)
    sys.exit(main())

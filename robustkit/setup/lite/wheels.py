"""The wheels of the site: ours, what it needs, and what only the browser needs."""

from __future__ import annotations

import os
import subprocess
import sys
import urllib.request
from collections.abc import Iterable, Mapping
from pathlib import Path
from urllib.error import URLError
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from ...agents import store
from . import lock

AGENTS = "robustkit_agents"  # the folder of trained agents within site-packages
NO_PROCESSES = '''\
"""A page has no processes. This is what `import multiprocessing` asks for."""

flags = {}


class SemLock:
    """What processes would share."""

    SEM_VALUE_MAX = 1

    def __init__(self, *args, **kwargs):
        raise OSError("a page in the browser has no processes")


def sem_unlink(name):
    """Forget what processes would share."""
'''
NO_WINDOWS = '''\
"""A page opens no windows of its own. MiniGrid imports this, and draws without it."""


def __getattr__(name):
    raise AttributeError(
        f"{__name__}.{name}: a page in the browser opens no windows; "
        "render_mode='rgb_array' gives the picture."
    )
'''
STUBS = {
    "_multiprocessing.py": NO_PROCESSES,
    "pygame/__init__.py": NO_WINDOWS,
    "pygame/freetype.py": NO_WINDOWS,
}
NO_INSTALLING = (
    "Nothing can be installed here: this site asks no other address for anything. What "
    "the course needs is there; for more, install the kit on a computer."
)
# Stands for what JupyterLite's kernel installs by: it would ask a package index, and
# goes with one version of Pyodide only.
INSTALLER = {
    "piplite/__init__.py": f'''\
"""Stands for what would ask a package index."""

WORDS = {NO_INSTALLING!r}


async def install(*args, **kwargs):
    """Say that nothing can be installed."""
    raise RuntimeError(WORDS)
''',
    "piplite/piplite.py": '"""What the kernel tells this is of no use."""\n',
    "piplite/cli.py": '''\
"""What the kernel makes of `%pip`."""


async def get_transformed_code(argv):
    """Return code that says that nothing can be installed."""
    return 'await __import__("piplite").install()\\n'
''',
}
PATIENCE = 60  # seconds without a byte
MACHINE = "pyodide.asm.mjs", "pyodide.asm.js"  # one of them
PYODIDE = "The Pyodide at {source} has no {name} ({why})."
TOLD = "this needs the package index, and pip says why above"


def read(source: str, name: str) -> bytes:
    """Return a file of Pyodide, from a folder or an address; raises OSError."""
    try:
        if "://" in source:
            where = f"{source.rstrip('/')}/{name}"
            with urllib.request.urlopen(where, timeout=PATIENCE) as answer:
                content: bytes = answer.read()
            return content
        return Path(source, name).read_bytes()
    except (URLError, OSError) as problem:
        why = getattr(problem, "reason", None) or problem.strerror or problem
        raise OSError(PYODIDE.format(source=source, name=name, why=why)) from None


def names(source: str, official: lock.Entry) -> set[str]:
    """Return the files that can be had; an address is taken to have all of its lock."""
    if "://" in source:
        return {entry["file_name"] for entry in official["packages"].values()}
    return {path.name for path in Path(source).iterdir()}


def runtime(source: str) -> list[str]:
    """Return the files that are Pyodide itself, which differ by its version."""
    loader = read(source, "pyodide.mjs").decode()
    machine = next(name for name in MACHINE if name in loader)
    return ["pyodide.mjs", machine, "pyodide.asm.wasm", "python_stdlib.zip"]


def fetch(source: str, entry: lock.Entry, folder: Path) -> None:
    """Put a package of Pyodide into a folder; raises OSError if it is not the one."""
    content = read(source, entry["file_name"])
    if lock.digest(content) != entry["sha256"]:
        raise OSError(
            f"{entry['file_name']} at {source} is not the file that its lock names: "
            "the digests differ. Get it again."
        )
    (folder / entry["file_name"]).write_bytes(content)


def from_index(pins: Mapping[str, str], python: str, folder: Path) -> None:
    """Fetch pure wheels of these versions; raises RuntimeError if pip cannot."""
    wanted = [f"{name}=={version}" for name, version in sorted(pins.items())]
    if wanted:
        kind = ["--platform", "any", "--implementation", "py", "--abi", "none"]
        there = ["--no-deps", "--only-binary=:all:", "--python-version", python]
        _pip("download", "--dest", str(folder), *there, *kind, *wanted)


def ours(root: Path, folder: Path) -> None:
    """Build the package of the repository; raises RuntimeError if pip cannot."""
    _pip("wheel", "--no-deps", "--wheel-dir", str(folder), str(root))


def _pip(*words: str) -> None:
    quiet = [sys.executable, "-m", "pip", "-qq", "--disable-pip-version-check"]
    done = subprocess.run([*quiet, *words], stdout=subprocess.DEVNULL)
    if done.returncode:
        raise RuntimeError(f"pip {words[0]} failed: {TOLD}.")


def browser(agents: Iterable[Path], version: str, folder: Path) -> None:
    """Write the wheels of what only the browser needs, with these agents."""
    trained = {f"{AGENTS}/{path.name}": path.read_bytes() for path in agents}
    told = {f"{AGENTS}/__init__.py": '"""Trained agents of the lessons."""\n'}
    _write(lock.BROWSER, version, {**_bytes(STUBS), **_bytes(told), **trained}, folder)
    _write(lock.INSTALLER, version, _bytes(INSTALLER), folder)


def _bytes(texts: Mapping[str, str]) -> dict[str, bytes]:
    return {name: text.encode() for name, text in texts.items()}


def _write(
    name: str, version: str, contents: Mapping[str, bytes], folder: Path
) -> None:
    """Write a wheel with these files; the same files make the same wheel."""
    stem = f"{name.replace('-', '_')}-{version}"
    about = {
        "METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        "WHEEL": "Wheel-Version: 1.0\nGenerator: robustkit\nRoot-Is-Purelib: true\n"
        "Tag: py3-none-any\n",
    }
    named = {f"{stem}.dist-info/{part}": text for part, text in about.items()}
    record = f"{stem}.dist-info/RECORD"
    listed = "".join(f"{path},,\n" for path in [*contents, *named, record])
    whole = {**contents, **_bytes({**named, record: listed})}
    with ZipFile(folder / f"{stem}-py3-none-any.whl", "w") as packed:
        for path, content in whole.items():
            packed.writestr(ZipInfo(path), content, ZIP_DEFLATED)  # without a date


def current(folder: Path) -> list[Path]:
    """Return the agents of a folder that this code recalls; others are of no use."""
    os.environ[store.FOLDER] = str(folder.resolve())
    return [path for path in sorted(folder.glob("*.npz")) if _recalled(path)]


def _recalled(path: Path) -> bool:
    try:
        agent = store.load(path)
    except (OSError, ValueError):
        return False
    place = store.place_of(agent.recipe, agent.world, agent.settings)
    return place is not None and place.name == path.name

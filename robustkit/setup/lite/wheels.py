"""The wheels of the site: ours, what it needs, and what only the browser needs."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterable, Mapping
from pathlib import Path
from urllib.error import URLError
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from ... import arithmetic
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
# What the first cells of a lesson import.
NEEDED = (
    "robustkit.analysis.show",
    "robustkit.widgets.predict",
    "robustkit.figures.plane",
    "robustkit.figures.curves",
    "robustkit.course.check",
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
    "piplite/piplite.py": f'''\
"""Imported as the kernel starts; what the kernel tells this is of no use.

What all lessons need is imported once the kernel is there, while the first lines of a
lesson are read. Bit by bit: whoever runs a cell meanwhile need not wait for all of it.
"""

import asyncio
import importlib
import sys
from contextlib import suppress

NEEDED = {NEEDED!r}


async def import_ahead(after="pyodide_kernel"):
    """Import what lessons need, once another module is there."""
    while after not in sys.modules:
        await asyncio.sleep(0.1)
    with suppress(ImportError):  # a lesson that needs it says so in its own cell
        for name in NEEDED:
            await asyncio.sleep(0)
            importlib.import_module(name)


ahead = asyncio.ensure_future(import_ahead())
''',
    "piplite/cli.py": '''\
"""What the kernel makes of `%pip`."""


async def get_transformed_code(argv):
    """Return code that says that nothing can be installed."""
    return 'await __import__("piplite").install()\\n'
''',
}
# As Emscripten's loader takes it, with vectors; it calls nothing of any library.
COMPILER = (
    sys.executable, "-m", "ziglang", "cc", "-target", "wasm32-freestanding", "-O3",
    "-msimd128", "-fPIC", "-shared", "-nostdlib",
)  # fmt: skip
UNCOMPILED = "fast.c could not be compiled for browsers. The compiler said:\n{said}"
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


def browser(agents: Iterable[Path], fast: bytes, version: str, folder: Path) -> None:
    """Write the wheels of what only the browser needs.

    agents: files of trained ones. fast: see `compiled`.
    """
    held = {f"{AGENTS}/{path.name}": path.read_bytes() for path in agents}
    held[f"{arithmetic.PACKAGE}/{arithmetic.LIBRARY}"] = fast
    told = {
        f"{AGENTS}/__init__.py": '"""Trained agents of the lessons."""\n',
        f"{arithmetic.PACKAGE}/__init__.py": '"""What NumPy takes long for here."""\n',
    }
    _write(lock.BROWSER, version, {**_bytes(STUBS), **_bytes(told), **held}, folder)
    _write(lock.INSTALLER, version, _bytes(INSTALLER), folder)


def compiled() -> bytes:
    """Return `fast.c` for browsers; raises RuntimeError with what the compiler said."""
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder, arithmetic.LIBRARY)
        caches = dict.fromkeys(("ZIG_LOCAL_CACHE_DIR", "ZIG_GLOBAL_CACHE_DIR"), folder)
        done = subprocess.run(
            [*COMPILER, "-o", str(made), str(Path(__file__).with_name("fast.c"))],
            env={**os.environ, **caches},
            capture_output=True,
            text=True,
        )
        if done.returncode or not made.is_file():
            raise RuntimeError(UNCOMPILED.format(said=done.stderr[-2000:]))
        return made.read_bytes()


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

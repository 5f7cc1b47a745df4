"""The site's own part: JupyterLab as a page, and the course in it."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from .. import lacking, links
from . import lock, wheels

COURSE = "notebooks", "exercises", "solutions"
LEFT = ".ipynb_checkpoints", "__pycache__", "*.npz", "*.csv"
KERNEL = {"name": "python", "display_name": "Python (Pyodide)", "language": "python"}
PLUGIN = "@jupyterlite/pyodide-kernel-extension"
# What draws widgets in the page comes from where their Python half comes from.
EXTENSIONS = "@jupyter-widgets/jupyterlab-manager", "anywidget", PLUGIN
# Without jupyter_server, which lists the course, JupyterLite would build an empty site.
BUILDERS = "jupyterlite_core", "jupyterlite_pyodide_kernel", "jupyter_server", "ziglang"
LAUNCH = re.compile(r"\n\n\[Open in your browser\]\([^\n]*")
MEMORY = "memoryStorageDriver"
STORED = ["asyncStorage", "localStorageWrapper", MEMORY]  # the first that works
# Fonts for browsers that have no WebAssembly either, and so can run nothing here.
OLD_FONTS = "fa-*.svg", "fa-*.eot"
FAILED = "JupyterLite could not build the page. It said:\n{said}"


def extensions() -> dict[str, Path]:
    """Return where the page's extensions are; raises ModuleNotFoundError."""
    place = Path(sys.prefix, "share", "jupyter", "labextensions")
    found = {name: place / name for name in EXTENSIONS}
    there = all((path / "package.json").is_file() for path in found.values())
    if not there or not all(map(find_spec, BUILDERS)):
        raise ModuleNotFoundError(lacking("JupyterLite", "lite"))
    return found


def default_pyodide() -> str:
    """Return the address of the Pyodide that the installed kernel was made for."""
    from jupyterlite_pyodide_kernel.constants import PYODIDE_CDN_URL

    return str(PYODIDE_CDN_URL)


def course(root: Path, place: Path) -> None:
    """Copy the course, its notebooks opening with the browser's kernel."""
    for part in COURSE:
        left = shutil.ignore_patterns(*LEFT)
        shutil.copytree(root / part, place / part, ignore=left)
    for path in place.rglob("*.ipynb"):
        path.write_text(for_browser(path.read_text("utf-8")), "utf-8")
    links.complete(place, COURSE)


def for_browser(book: str) -> str:
    """Return a notebook that opens with the browser's kernel, without being asked.

    It no longer says by which links it can be opened.
    """
    read = json.loads(book)
    read["metadata"]["kernelspec"] = KERNEL
    title = read["cells"][0]
    text = LAUNCH.sub("", "".join(title["source"]))
    title["source"] = text.splitlines(keepends=True)
    return json.dumps(read, indent=1, ensure_ascii=False) + "\n"


def settings(locked: lock.Entry) -> dict[str, Any]:
    """Return what the page is told: which Pyodide, and what it loads at once."""
    minor = ".".join(locked["info"]["python"].split(".")[:2])
    agents = f"/lib/python{minor}/site-packages/{wheels.AGENTS}"
    kernel = {
        "pyodideUrl": "./static/pyodide/pyodide.mjs",
        "disablePyPIFallback": True,
        "loadPyodideOptions": {
            "packages": sorted(locked["packages"]),
            "env": {"ROBUSTKIT_AGENTS": agents},
        },
    }
    told = {
        "appName": "robustkit",
        "exposeAppInBrowser": True,  # to tests, to check.js, and to a console
        # What was open before is not opened again: each notebook has a Python of its
        # own, and check.js brings a tab back to its own one. Where nothing can be
        # stored, all else is kept in memory as well, while the page is there.
        "enableMemoryStorage": True,
        "workspacesStorageDrivers": [MEMORY],
        "contentsStorageDrivers": STORED,
        "settingsStorageDrivers": STORED,
        "litePluginSettings": {f"{PLUGIN}:kernel": kernel},
    }
    return {"jupyter-lite-schema-version": 0, "jupyter-config-data": told}


def kernel(found: Mapping[str, Path]) -> list[Path]:
    """Return the wheels of the kernel, which come with its extension."""
    own = "ipykernel", "pyodide_kernel"
    there = sorted((found[PLUGIN] / "static" / "pypi").glob("*.whl"))
    return [path for path in there if path.name.split("-")[0] in own]


def build(work: Path, given: Mapping[str, Any], found: Mapping[str, Path]) -> Path:
    """Build the page from the course in `work`; return its folder."""
    lite, output = work / "lite", work / "site"
    lite.mkdir()
    plan = {
        "apps": ["lab"],
        "contents": [str(work / "course")],
        "federated_extensions": [str(path) for path in found.values()],
        "ignore_contents": [],
        "ignore_sys_prefix": True,
        "no_sourcemaps": True,
        "no_unused_shared_packages": True,
        "output_dir": str(output),
    }
    (lite / "jupyter_lite_config.json").write_text(
        json.dumps({"LiteBuildConfig": plan}), "utf-8"
    )
    (lite / "jupyter-lite.json").write_text(json.dumps(given), "utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "jupyterlite_core", "build", "--lite-dir", str(lite)],
        cwd=lite,  # where it keeps what it has done
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if done.returncode:
        raise RuntimeError(FAILED.format(said=done.stdout[-2000:]))
    for pattern in OLD_FONTS:
        for path in (output / "build").glob(pattern):
            path.unlink()
    return output

"""A built site for the tests of this folder: the one that is named, or one of its own.

`ROBUSTKIT_LITE=FOLDER` names one that `robustkit lite FOLDER` has built, whatever its
Pyodide. Otherwise one is built here with an official Pyodide of an older version, which
npm and PyPI have together. Where they cannot be had, this skips in words, or fails if
`ROBUSTKIT_REQUIRE_LITE=1` says that they should be there.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from . import official

ROOT = Path(__file__).resolve().parents[2]
NO_LITE = 'JupyterLite is not installed: pip install -e ".[lite]"'
NO_NODE = "node is not installed: on Debian and Ubuntu, sudo apt install nodejs npm"
NO_SITE = "ROBUSTKIT_LITE={named!r} holds no site; build it: robustkit lite {named}"


def lacking(why: str) -> None:
    """Skip for want of something, or fail where it is required."""
    if os.environ.get("ROBUSTKIT_REQUIRE_LITE") == "1":
        pytest.fail(why)
    pytest.skip(why)


@pytest.fixture(scope="package")
def node():
    """Return node's path."""
    found = shutil.which("node")
    if not found:
        lacking(NO_NODE)
    return found


@pytest.fixture(scope="package")
def site(tmp_path_factory):
    """Return the folder of a built site."""
    named = os.environ.get("ROBUSTKIT_LITE")
    if named:
        if not (Path(named) / "jupyter-lite.json").is_file():
            pytest.fail(NO_SITE.format(named=named))
        return Path(named).resolve()
    if find_spec("jupyterlite_core") is None:
        lacking(NO_LITE)
    try:
        pyodide = official.official()
    except official.Unavailable as why:
        lacking(str(why))
    place = tmp_path_factory.mktemp("lite") / "site"
    command = ["-m", "robustkit", "lite", str(place), "--pyodide", str(pyodide)]
    done = subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]
    return place

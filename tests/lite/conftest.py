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
from pathlib import Path

import pytest

from . import official

ROOT = Path(__file__).resolve().parents[2]
NO_VENV = "`make test` sets up what builds a site: there is no .venv, or no make"
# What is said where a package index cannot be reached, by pip and by uv.
NO_INDEX = "needs the package index", "Failed to fetch", "error sending request"
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
    if not shutil.which("make") or not (ROOT / ".venv" / ".lab").is_file():
        lacking(NO_VENV)
    try:
        pyodide = official.official()
    except official.Unavailable as why:
        lacking(str(why))
    place = tmp_path_factory.mktemp("lite") / "site"
    command = ["make", "lite", f"DIR={place}", f"ARGS=--pyodide {pyodide}"]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=False
    )
    said = done.stdout[-2000:] + done.stderr[-4000:]
    if done.returncode and any(words in said for words in NO_INDEX):
        lacking(said)
    assert done.returncode == 0, said
    return place

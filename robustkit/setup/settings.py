"""What pip's own files say: the same as its variables, and by names of the same kind.

Nothing but the standard library is needed. `python -m robustkit.setup.settings` is uv,
told what they say.
"""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterable, Mapping
from operator import itemgetter
from pathlib import Path

from . import variables

# What a file says of these would hold for the listing too: less would be listed.
NOT_HERE = "PIP_QUIET", "PIP_USER", "PIP_GLOBAL", "PIP_SITE"
# How uv is told where packages come from and whom to trust there; it asks no pip.
UV = {
    "PIP_INDEX_URL": "UV_DEFAULT_INDEX",
    "PIP_TRUSTED_HOST": "UV_INSECURE_HOST",
    "PIP_CERT": "SSL_CERT_FILE",
    "PIP_PROXY": "ALL_PROXY",
}


def of_pip(python: str | Path) -> dict[str, str]:
    """Return {variable: value}: those that would say what pip's files say to install.

    Empty where this Python has no pip, or pip cannot read its files.
    """
    where = os.environ | dict.fromkeys(NOT_HERE, "0")
    command = python, "-P", "-m", "pip", "config", "list"
    try:
        listed = subprocess.run(command, check=True, capture_output=True, env=where)
    except (OSError, subprocess.CalledProcessError):
        return {}
    words = listed.stdout.decode(errors="replace")
    said = re.findall(r"^(global|install)\.([\w-]+)=(.*?)\r?$", words, re.MULTILINE)
    found = {}
    for _, option, value in sorted(said, key=itemgetter(0)):  # the latter section wins
        variable = "PIP_" + option.upper().replace("-", "_")
        found[variable] = str(ast.literal_eval(value))
    return found


def for_uv(python: str | Path) -> dict[str, str]:
    """Return {variable: value}: what pip is told and uv is not, as uv would be told.

    A school's or company's mirror is often known to pip alone.
    """
    there, found = os.environ, of_pip(python)
    known = {"UV_DEFAULT_INDEX"} if there.get("UV_INDEX_URL") else set()  # its old name
    known |= {name for name in UV.values() if there.get(name)}
    told = {UV[name]: there.get(name) or found.get(name) for name in UV}
    return {k: value for k, value in told.items() if value and k not in known}


def hurting(found: Mapping[str, str]) -> list[str]:
    """Return the variables among them that hurt, as they would in a shell."""
    return [
        name
        for name, value in found.items()
        if name in variables.HURTS and value.strip().lower() not in variables.OFF
    ]


def options(names: Iterable[str]) -> str:
    """Return what variables are called in pip's files."""
    return ", ".join(name[4:].lower().replace("_", "-") for name in names)


def uv(*arguments: str) -> int:
    """Run this Python's uv, told what pip is; return how it ended."""
    command = sys.executable, "-P", "-m", "uv", *arguments
    where = os.environ | for_uv(sys.executable)
    return subprocess.run(command, env=where).returncode


if __name__ == "__main__":
    sys.exit(uv(*sys.argv[1:]))

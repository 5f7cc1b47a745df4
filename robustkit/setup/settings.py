"""What pip's own files say: the same as its variables, and by names of the same kind.

Nothing but the standard library is needed.
"""

from __future__ import annotations

import ast
import os
import re
import subprocess
from collections.abc import Iterable, Mapping
from operator import itemgetter
from pathlib import Path

from . import variables

# What a file says of these would hold for the listing too: less would be listed.
NOT_HERE = "PIP_QUIET", "PIP_USER", "PIP_GLOBAL", "PIP_SITE"


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

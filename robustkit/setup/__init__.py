"""Set-up: doctor, JupyterLab at the first lesson, a stick, what a teacher is given."""

from __future__ import annotations

import shlex
import sys

DISTRIBUTION = "robustness-2d"  # what pip calls the package
# This Python as one types it in a shell, where `python` may be another.
_RUNS = sys.executable or "python"
PYTHON = f'"{_RUNS}"' if sys.platform == "win32" else shlex.quote(_RUNS)


def install(extra: str) -> str:
    """Return how one installs the kit with an extra of its project's file, in words."""
    return f'In the repository\'s folder, run: {PYTHON} -m pip install -e ".[{extra}]"'


def lacking(name: str, extra: str) -> str:
    """Return that a package is not there, and how one installs it."""
    return f"{name} is not installed beside this Python ({PYTHON}).\n{install(extra)}"

"""Set-up: doctor, JupyterLab at the first lesson, a stick, what a teacher is given."""

from __future__ import annotations

import shlex
import sys

DISTRIBUTION = "robustness-2d"  # what pip calls the package
# This Python as one types it in a shell, where `python` may be another.
_RUNS = sys.executable or "python"
PYTHON = f'"{_RUNS}"' if sys.platform == "win32" else shlex.quote(_RUNS)

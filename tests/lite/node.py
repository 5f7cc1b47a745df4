"""Runs the course on a built site's own Pyodide, in node.

`python tests/lite/node.py SITE 01 04` prints what lessons take there beside what they
take here, in seconds of work and as a ratio, both with the site's trained agents.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
PATIENCE = 900  # seconds for a notebook
# Here, the same cells run by the same code; only the clock is another.
NATIVE = """
import asyncio, json, sys, time, types
sys.modules["js"] = types.SimpleNamespace(cpuSeconds=time.process_time)
inside, notebook, result = sys.argv[1:]
exec(open(inside, encoding="utf-8").read())
loaded = time.process_time()
cells = json.loads(asyncio.run(run(open(notebook, encoding="utf-8").read())))
done = {"version": sys.version.split()[0], "loaded": loaded, "cells": cells}
with open(result, "w", encoding="utf-8") as file:
    json.dump(done, file)
"""


def books(site: Path, part: str) -> list[Path]:
    """Return the notebooks of a part of the course, as the site ships them."""
    return sorted((site / "files" / part).glob("*.ipynb"))


def run(site: Path, notebook: Path, folder: Path) -> dict[str, Any]:
    """Return what came of a notebook in Pyodide: version, loaded, failed, asked, cells.

    Raises RuntimeError with what node said, where Pyodide did not come so far.
    """
    script, inside = HERE / "run.mjs", HERE / "inside.py"
    command = ["node", str(script), str(site), str(inside), str(notebook)]
    return _result(command, folder / f"{notebook.stem}.json")


def run_here(notebook: Path, folder: Path, agents: Path) -> dict[str, Any]:
    """Return what came of a notebook in this Python: version, loaded, cells."""
    command = [sys.executable, "-c", NATIVE, str(HERE / "inside.py"), str(notebook)]
    env = {
        **os.environ,
        "MPLBACKEND": "agg",
        "OMP_NUM_THREADS": "1",
        "ROBUSTKIT_AGENTS": str(agents),
        "ROBUSTKIT_PROGRESS": "off",
    }
    return _result(command, folder / f"{notebook.stem}-here.json", env)


def _result(
    command: Sequence[str], result: Path, env: dict[str, str] | None = None
) -> dict[str, Any]:
    done = subprocess.run(
        [*command, str(result)],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        env=env,
        check=False,
    )
    if done.returncode or not result.is_file():
        said = f"{done.stdout[-2000:]}\n{done.stderr[-4000:]}"
        raise RuntimeError(f"{command[0]} ended with {done.returncode}:\n{said}")
    return dict(json.loads(result.read_text("utf-8")))


def seconds(ran: dict[str, Any]) -> float:
    """Return the seconds of work of all cells."""
    return sum(cell["seconds"] for cell in ran["cells"])


def errors(ran: dict[str, Any]) -> str:
    """Return the cells that failed, with their tracebacks; "" if none did."""
    failed = [cell for cell in ran["cells"] if cell["error"]]
    return "\n".join(f"cell {cell['id']!r}:\n{cell['error']}" for cell in failed)


def agents_of(site: Path, folder: Path) -> Path:
    """Unpack the trained agents that a site ships; return their folder."""
    (wheel,) = (site / "static" / "pyodide").glob("robustkit_browser-*.whl")
    shutil.unpack_archive(wheel, folder, "zip")
    return folder / "robustkit_agents"


def beside(site: Path, notebook: Path, folder: Path, agents: Path) -> str:
    """Return what a notebook takes in Pyodide and here, in a line; and what failed."""
    there, here = run(site, notebook, folder), run_here(notebook, folder, agents)
    taken = there["loaded"], seconds(there), seconds(here)
    line = " ".join([f"{notebook.stem:40}", *(f"{each:8.1f}" for each in taken)])
    line += f" {seconds(there) / seconds(here):6.1f}"
    return "\n".join(filter(None, [line, errors(there), errors(here)]))


def main(named: str, *starts: str) -> None:
    """Print for each lesson chosen, or all, what it takes in Pyodide and here."""
    site = Path(named)
    with tempfile.TemporaryDirectory() as folder:
        agents = agents_of(site, Path(folder, "agents"))
        print(f"{'lesson':40} {'loading':>8} {'Pyodide':>8} {'here':>8} {'ratio':>6}")
        for path in books(site, "notebooks"):
            if path.name.startswith(starts or ("",)):
                print(beside(site, path, Path(folder), agents), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])

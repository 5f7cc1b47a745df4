"""What runs in Pyodide: a notebook's cells one after another, as kernels run them."""

import json
import os
import tempfile
import traceback

import js
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config


async def run(text: str) -> str:
    """Run the code cells of a notebook; return as JSON what came of each."""
    os.chdir(tempfile.mkdtemp())
    # The history is written by a thread, and nobody reads it.
    shell = InteractiveShell.instance(config=Config(HistoryManager={"enabled": False}))
    cells = [c for c in json.loads(text)["cells"] if c["cell_type"] == "code"]
    return json.dumps([await run_cell(shell, cell) for cell in cells])


async def run_cell(shell: InteractiveShell, cell: dict) -> dict:
    """Run a cell; return its error, if any, the verdict that it gave, and its time."""
    source, begin = "".join(cell["source"]), js.cpuSeconds()
    done = await shell.run_cell_async(
        source, store_history=True, transformed_cell=shell.transform_cell(source)
    )
    error = done.error_before_exec or done.error_in_exec
    return {
        "id": cell.get("id"),
        "seconds": js.cpuSeconds() - begin,
        "error": "".join(traceback.format_exception(error)) if error else "",
        "verdict": getattr(done.result, "status", None),
    }

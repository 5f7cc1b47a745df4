"""Shows the course in this folder: python3 serve.py, then open what it prints.

For other computers in the room: python3 serve.py 0.0.0.0 8000. Needs Python 3, and
neither a network nor anything installed. Ctrl-C ends it.
"""

from __future__ import annotations

import hashlib
import http.server
import json
import sys
from functools import partial
from pathlib import Path

SUMS = "robustkit-lite.json"
DAMAGED = """\
This copy is damaged: {names} not as built. Copy the whole folder once more."""
TAKEN = "Port {port} is taken; name another one: python3 serve.py {host} {other}"


class Handler(http.server.SimpleHTTPRequestHandler):
    """Serves files as what they are, whatever this system has been told of them."""

    extensions_map = {  # noqa: RUF012 - as the class above has it
        **http.server.SimpleHTTPRequestHandler.extensions_map,
        ".css": "text/css",
        ".html": "text/html",
        ".js": "text/javascript",
        ".json": "application/json",
        ".mjs": "text/javascript",
        ".svg": "image/svg+xml",
        ".wasm": "application/wasm",
        ".whl": "application/octet-stream",
    }

    def log_message(self, *args: object) -> None:
        """Say nothing of what goes well, nor of what a page tries."""


def damaged(folder: Path) -> list[str]:
    """Return the names of files that are missing or not as they were built."""
    sums = json.loads((folder / SUMS).read_text("utf-8"))["sha256"]
    found = []
    for name, digest in sums.items():
        path = folder / name
        there = path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest()
        if there != digest:
            found.append(name)
    return found


def sign(folder: Path, version: str) -> None:
    """Write down what the files are, by which a damaged copy is known."""
    (folder / SUMS).unlink(missing_ok=True)
    names = sorted(path for path in folder.rglob("*") if path.is_file())
    sums = {
        path.relative_to(folder).as_posix(): hashlib.sha256(
            path.read_bytes()
        ).hexdigest()
        for path in names
    }
    told = json.dumps({"robustkit": version, "sha256": sums}, indent=1)
    (folder / SUMS).write_text(told, "utf-8")


def serve(folder: Path, host: str = "127.0.0.1", port: int = 8000) -> int:
    """Serve a folder until Ctrl-C; return 1, with words, where that cannot be."""
    wrong = damaged(folder)
    if wrong:
        names = ", ".join(wrong[:3]) + (
            f" and {len(wrong) - 3} more" * (len(wrong) > 3)
        )
        print(DAMAGED.format(names=names + (" is", " are")[len(wrong) > 1]))
        return 1
    handler = partial(Handler, directory=str(folder))
    try:
        server = http.server.ThreadingHTTPServer((host, port), handler)
    except OSError as problem:
        words = TAKEN.format(port=port, host=host, other=port + 1)
        print(f"{problem.strerror}. {words}")
        return 1
    shown = f"{host}:{server.server_port}"
    print(f"The course is at http://{shown}/ until Ctrl-C.", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        print()
    finally:
        server.server_close()
    return 0


if __name__ == "__main__":
    given = dict(enumerate(sys.argv[1:]))
    host, port = given.get(0, "127.0.0.1"), int(given.get(1, "8000"))
    sys.exit(serve(Path(__file__).parent, host, port))

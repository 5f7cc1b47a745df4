"""Serves a folder on loopback, as a web server would a site."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from functools import partial
from http.server import ThreadingHTTPServer

from robustkit.setup.lite.serve import Handler


@contextmanager
def serving(folder, handler=Handler):
    """Serve a folder meanwhile; give the address."""
    made = partial(handler, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), made) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()

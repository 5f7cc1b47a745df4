"""Variables of a shell that were set for something else and hurt the set-up here.

`make` passes none of `HURTS` on to what it starts (a test compares the two lists); the
doctor names those that are set. Nothing but the standard library is needed.
"""

from __future__ import annotations

import os
import re
import socket
import sys
from collections.abc import Iterator, Mapping
from importlib.machinery import PathFinder
from pathlib import Path
from urllib.parse import urlsplit

from ..arguments import brief

_PYTHON = "makes Python look for its own modules elsewhere"
_PLACE = "makes packages be installed elsewhere than here"
_CHOICE = "changes which packages are installed"
HURTS: Mapping[str, str] = {
    "PYTHONHOME": _PYTHON,
    "PYTHONPLATLIBDIR": _PYTHON,
    "PYTHONINSPECT": "keeps Python from ending",
    "PYTHONOPTIMIZE": "switches off checks that tests are made of",
    "PIP_USER": _PLACE,
    "PIP_TARGET": _PLACE,
    "PIP_PREFIX": _PLACE,
    "PIP_ROOT": _PLACE,
    "PIP_PYTHON": _PLACE,
    "PIP_DRY_RUN": "keeps pip from installing",
    "PIP_NO_DEPS": _CHOICE,
    "PIP_NO_BINARY": _CHOICE,
    "PIP_CONSTRAINT": _CHOICE,
    "PIP_REQUIRE_HASHES": _CHOICE,
    "UV_PYTHON": _PLACE,
    "UV_SYSTEM_PYTHON": _PLACE,
    "UV_TARGET": _PLACE,
    "UV_PREFIX": _PLACE,
    "UV_NO_BINARY": _CHOICE,
    "UV_NO_BUILD": _CHOICE,
    "UV_CONSTRAINT": _CHOICE,
    "UV_OVERRIDE": _CHOICE,
    "UV_EXCLUDE_NEWER": _CHOICE,
    "UV_REQUIRE_HASHES": _CHOICE,
}
PATHS = "PYTHONPATH"
NETLESS = ("PIP_NO_INDEX", "UV_NO_INDEX", "UV_OFFLINE")  # set where there is no network
SOURCES = (
    "PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "PIP_FIND_LINKS", "UV_INDEX_URL",
    "UV_DEFAULT_INDEX", "UV_INDEX", "UV_EXTRA_INDEX_URL", "UV_FIND_LINKS",
)  # fmt: skip
FILES = (
    "PIP_CONFIG_FILE", "UV_CONFIG_FILE", "PIP_CERT", "PIP_CLIENT_CERT",
    "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE",
)  # fmt: skip
_NAMES = ("HTTPS_PROXY", "ALL_PROXY", "HTTP_PROXY")
PROXIES = (*_NAMES, *map(str.lower, _NAMES), "PIP_PROXY")
PORTS = {"https": 443, "socks4": 1080, "socks5": 1080, "socks5h": 1080}
PATIENCE = 2.0  # seconds for a proxy, which is near, to answer
NEEDED = (
    "robustkit", "numpy", "matplotlib", "gymnasium", "minigrid", "anywidget",
    "ipywidgets", "IPython", "ipykernel", "jupyterlab", "traitlets", "tornado", "zmq",
)  # fmt: skip
OFF = ("", "0", "no", "off", "false", "f", "n")  # how pip and uv are told not to


def said(name: str) -> str:
    """Return NAME=value: in one short line, and without anybody's password."""
    value = re.sub(r"[^/@\s,]+@", "...@", os.environ.get(name, ""))
    return f"{name}={brief(value, 60)}"


def hurting() -> Iterator[tuple[str, str]]:
    """Yield each variable that is set and hurts, and what it does."""
    for name, does in HURTS.items():
        if os.environ.get(name, "").strip().lower() not in OFF:
            yield name, does


def named_in_vain() -> Iterator[str]:
    """Yield each variable that names a file which is not there."""
    for name in FILES:
        if os.environ.get(name) and not os.path.exists(os.environ[name]):
            yield name


def hidden() -> dict[str, str]:
    """Return the packages that a folder of PYTHONPATH brings in place of ours.

    Each comes with the folder. What is nowhere else hides nothing: some machines keep
    all their packages so.
    """
    ours = Path(__file__).resolve().parents[1]
    named = list(filter(None, os.environ.get(PATHS, "").split(os.pathsep)))
    others = [folder for folder in sys.path if folder and folder not in named]
    found: dict[str, str] = {}
    for name in NEEDED if named else ():
        spec = PathFinder.find_spec(name, named)
        if spec is None or spec.origin is None:  # no such package, or only a folder
            continue
        where = Path(spec.origin).resolve().parent
        if where != ours and PathFinder.find_spec(name, others):
            folder = spec.submodule_search_locations is not None
            found[name] = str(Path(spec.origin).parents[1 if folder else 0])
    return found


def silent_proxies() -> Iterator[tuple[str, str]]:
    """Yield each variable that names a proxy which does not answer, and why.

    Nothing is asked of it; the only connection that is made is to the proxy itself.
    """
    tried: dict[str, str] = {}
    no_proxy = os.environ.get("no_proxy", os.environ.get("NO_PROXY", ""))
    for name in () if no_proxy.strip() == "*" else PROXIES:
        value = os.environ.get(name, "").strip()
        if value:
            if value not in tried:
                tried[value] = _trouble(value)
            if tried[value]:
                yield name, tried[value]


def _trouble(proxy: str) -> str:
    """Return why a proxy cannot be reached, "" where it can."""
    try:
        parts = urlsplit(proxy if "://" in proxy else f"http://{proxy}")
        port = parts.port or PORTS.get(parts.scheme, 80)
        if not parts.hostname:
            return "it names no machine; allowed: http://MACHINE:PORT"
        socket.create_connection((parts.hostname, port), PATIENCE).close()
    except ValueError:
        return "it cannot be read; allowed: http://MACHINE:PORT"
    except TimeoutError:
        return f"nothing answers within {PATIENCE:.0f} s"
    except OSError as problem:
        return (problem.strerror or str(problem)).lower()
    return ""


def without(name: str) -> str:
    """Return the command that takes a variable out of a shell."""
    if sys.platform == "win32":
        return f"set {name}="
    return f"unset {name}"

"""Variables of a shell that were set for something else and hurt the set-up here.

`make` passes none of `HURTS` on to what it starts (a test compares the two lists); the
doctor names those that are set. Nothing but the standard library is needed.
"""

from __future__ import annotations

import os
import re
import socket
import sys
from collections.abc import Iterator, Mapping, Sequence
from importlib.machinery import BuiltinImporter, FrozenImporter, PathFinder
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
    "PYTHONOPTIMIZE": (
        "switches off checks that tests are made of, and as 2 keeps JupyterLab from "
        "starting"
    ),
    "PYTHONWARNINGS": "turns warnings of Jupyter's into errors",
    "PYTHONSTARTUP": "runs in every notebook's kernel first",
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
    "packaging", "threadpoolctl", "tqdm",
)  # fmt: skip
OWN = frozenset(getattr(sys, "stdlib_module_names", ()))  # Python's, from 3.10 on
OFF = ("", "0", "no", "off", "false", "f", "n")  # how pip and uv are told not to


def said(name: str) -> str:
    """Return NAME=value: in one short line, and without anybody's password."""
    value = re.sub(r"[^/@\s,]+@", "...@", os.environ.get(name, ""))
    return f"{name}={brief(value, 60)}"


def hurting() -> Iterator[tuple[str, str]]:
    """Yield each variable that is set and hurts, and what it does."""
    for name, does in HURTS.items():
        value = os.environ.get(name, "").strip().lower()
        if name == "PYTHONWARNINGS" and not re.search(r"(^|,)\s*e", value):
            continue  # whatever begins so makes errors; the rest only says more or less
        if value not in OFF:
            yield name, does


def named_in_vain() -> Iterator[str]:
    """Yield each variable that names a file which is not there."""
    for name in FILES:
        if os.environ.get(name) and not os.path.exists(os.environ[name]):
            yield name


def paths() -> list[str]:
    """Return the folders that PYTHONPATH names, as Python looks in them."""
    named = os.environ.get(PATHS, "").split(os.pathsep)
    return [os.path.abspath(folder) for folder in named if folder]


def here() -> list[str]:
    """Return the folder that one works in; none where it has been deleted."""
    try:
        return [os.getcwd()]
    except OSError:
        return []


def hidden(folders: Sequence[str]) -> dict[str, Path]:
    """Return what is needed and comes from one of these folders in place of ours.

    A name, of a package or of Python's own module, to the file or folder that has it.
    What is nowhere else hides nothing: some machines keep all their packages so.
    """
    ours = Path(__file__).resolve().parents[1]
    others = [folder for folder in sys.path if folder and folder not in folders]
    found: dict[str, Path] = {}
    for name in (*NEEDED, *sorted(OWN)) if folders else ():
        spec = PathFinder.find_spec(name, folders)
        if spec is None or spec.origin is None:  # no such package, or only a folder
            continue
        if BuiltinImporter.find_spec(name) or FrozenImporter.find_spec(name):
            continue  # part of Python itself, which looks nowhere else
        origin = Path(spec.origin)
        where = origin if spec.submodule_search_locations is None else origin.parent
        if where.resolve() != ours and PathFinder.find_spec(name, others):
            found[name] = where
    return found


def look_past(found: Mapping[str, Path]) -> None:
    """Let this Python import nothing more from the folders of what hides a module.

    found: what `hidden` returns. What came from such a file already is forgotten.
    """
    passed = {str(file.parent) for file in found.values()}
    sys.path[:] = [each for each in sys.path if os.path.abspath(each) not in passed]
    for name, file in found.items():
        if getattr(sys.modules.get(name), "__file__", "") == str(file):
            del sys.modules[name]


def look_past_own() -> None:
    """Find Python's own modules again where a file of the same name hides them."""
    found = hidden([*paths(), *here()])
    look_past({name: file for name, file in found.items() if name in OWN})


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

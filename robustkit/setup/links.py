"""Links in the repository's texts, for where those texts stand without the files."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable
from importlib import metadata
from pathlib import Path

from .. import __version__
from . import DISTRIBUTION

# To a file beside the text, and to a place in it.
LINK = re.compile(r"\]\((?![a-z]+:|[#/])([^)\s#]+)(#[^)\s]*)?\)")
PICTURES, TEXTS = (".png", ".svg"), (".ipynb", ".md")


def moved(text: str, path: str, leads: Callable[[str], str]) -> str:
    """Return a text with its links to files leading elsewhere.

    path: the text's, in the repository. leads: where the link to a path in the
    repository is to lead.
    """

    def link(found: re.Match[str]) -> str:
        beside = posixpath.join(posixpath.dirname(path), found[1])
        return f"]({leads(posixpath.normpath(beside))}{found[2] or ''})"

    return LINK.sub(link, text)


def repository() -> str:
    """Return the address of the public repository."""
    urls = metadata.metadata(DISTRIBUTION).get_all("Project-URL") or []
    (url,) = (each.split(", ")[1] for each in urls if each.startswith("Repository,"))
    return url


def public(path: str) -> str:
    """Return where a file of the repository can be seen, as it is in this version."""
    kind = "raw" if path.endswith(PICTURES) else "blob"
    return f"{repository()}/{kind}/v{__version__}/{path}"


def complete(place: Path, parts: Iterable[str]) -> None:
    """Let links in these folders lead to what is public, if it is not here."""
    files = (path for part in parts for path in (place / part).rglob("*"))
    for path in (path for path in files if path.suffix in TEXTS):
        name = path.relative_to(place).as_posix()
        begin = posixpath.dirname(name)

        def leads(target: str, begin: str = begin) -> str:
            there = (place / target).exists()
            return posixpath.relpath(target, begin) if there else public(target)

        path.write_text(moved(path.read_text("utf-8"), name, leads), "utf-8")

"""A static site of explorers, one page for each world."""

from __future__ import annotations

import os
from collections.abc import Sequence
from html import escape
from pathlib import Path

from .. import files
from ..agents import Agent
from ..text import document
from ..worlds import World, list_worlds
from .base import casting
from .explorer import explore
from .page import PAGE_CSS

TITLE = "Robustness in two dimensions"
INDEX_CSS = """
ul { display: flex; flex-wrap: wrap; gap: 1.5rem; padding: 0; list-style: none; }
li { width: 330px; max-width: 100%; }
img { display: block; max-width: 100%; height: auto; background: white; }
a { color: inherit; }
"""


def export_site(
    folder: str | os.PathLike[str],
    worlds: Sequence[World | str] | None = None,
    agents: Sequence[Agent] | None = None,
    n: int = 256,
    seed: int = 0,
) -> Path:
    """Write a static site of explorers that any web host or USB stick can serve.

    folder: made if it is not there. worlds: all of them by default; agents: where there
    is none of a world, the usual ones are trained, which takes some minutes for all.
    Returns the path of its first page. No page loads anything from elsewhere.
    """
    where = Path(folder)
    where.mkdir(parents=True, exist_ok=True)
    entries = []
    for home, own in casting(list_worlds() if worlds is None else worlds, agents):
        explorer = explore(home, own, n=n, seed=seed)
        page = explorer.save(where / f"{home.name}.html")
        picture = where / f"{home.name}.png"
        picture.write_bytes(explorer.picture())
        entries.append((home.name, home.summary, page.name, picture.name))
    first = where / "index.html"
    files.text(first, index_page(entries))
    return first


def index_page(entries: Sequence[tuple[str, str, str, str]]) -> str:
    """Return the first page of a site: (name, summary, page, picture) of each world."""
    items = "\n".join(
        f'<li><a href="{escape(page)}"><img src="{escape(picture)}" alt="" width="330">'
        f"<strong>{escape(name)}</strong></a> {escape(summary)}</li>"
        for name, summary, page, picture in entries
    )
    body = f"""<main>
<h1>{TITLE}</h1>
<p>Move an agent off its training distribution. It can break, or it can competently do
something else. In each world, slide the shift and see which.</p>
<ul>
{items}
</ul>
</main>"""
    css = f"{PAGE_CSS}\n{INDEX_CSS}"
    return document(TITLE, css, body, images="'self' data:")

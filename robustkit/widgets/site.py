"""What is made of explorers: a static site, a page for each world; what is shipped.

`python -m robustkit.widgets.site` writes what is shipped anew; a test compares.
"""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import Any

from .. import files, metrics
from ..agents import Agent
from ..text import document
from ..worlds import World, list_worlds
from .base import casting
from .data import FILE, SHIPPED
from .explorer import LEVELS, explore
from .page import PAGE_CSS

TITLE = "Robustness in two dimensions"
INDEX_CSS = """
ul { display: flex; flex-wrap: wrap; gap: 1.5rem; padding: 0; list-style: none; }
li { width: 330px; max-width: 100%; }
img { display: block; max-width: 100%; height: auto; background: white; }
a { color: inherit; }
"""
BODY = """<main>
<h1>{title}</h1>
<p>Move an agent off its training distribution. It can break, or it can competently do
something else. In each world, slide the shift and see which.</p>
<ul>
{items}
</ul>
</main>"""


def export_site(
    folder: str | os.PathLike[str],
    worlds: Sequence[World | str] | None = None,
    agents: Sequence[Agent] | None = None,
    n: int = LEVELS,
    seed: int = 0,
) -> Path:
    """Write a static site of explorers that any web host or USB stick can serve.

    folder: made if it is not there. worlds: all of them by default; agents: where there
    is none of a world, the usual ones are trained, which takes some minutes for all.
    Returns the path of its first page. No page loads anything from elsewhere.
    """
    where = Path(folder)
    where.mkdir(parents=True, exist_ok=True)
    items = []
    for home, own in casting(list(list_worlds()) if worlds is None else worlds, agents):
        explorer = explore(home, own, n=n, seed=seed)
        page = explorer.save(where / f"{home.name}.html")
        picture = where / f"{home.name}.png"
        picture.write_bytes(explorer.picture())
        shown = f'<img src="{escape(picture.name)}" alt="" width="330">'
        link = f"{shown}<strong>{escape(home.name)}</strong>"
        items.append(f'<li><a href="{escape(page.name)}">{link}</a> ')
        items[-1] += f"{escape(home.summary)}</li>"
    body = BODY.format(title=TITLE, items="\n".join(items))
    style, first = f"{PAGE_CSS}\n{INDEX_CSS}", where / "index.html"
    files.text(first, document(TITLE, style, body, images="'self' data:"))
    return first


def made() -> dict[str, Any]:
    """Return what is shipped, made anew."""
    return explore(SHIPPED, groundings=tuple(metrics.GROUNDINGS), fresh=True).data


def main() -> None:
    """Write the file; the same content gives the same bytes."""
    text = json.dumps(made(), separators=(",", ":"), sort_keys=True)
    FILE.write_bytes(gzip.compress(text.encode(), mtime=0))
    print(f"{FILE.name}: {FILE.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()

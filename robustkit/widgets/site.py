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

from .. import arguments, files, metrics
from ..agents import Agent
from ..bars import bar
from ..metrics import ShiftCurve
from ..text import document
from ..worlds import World, list_worlds
from .base import casting
from .data import FILE, SHIPPED
from .explorer import LEVELS, Explorer, explore
from .page import PAGE_CSS
from .readings import reading_at

STEPS = 10  # of a trail in a small picture
TITLE = "Robustness in two dimensions"
INDEX_CSS = """
.worlds { display: flex; flex-wrap: wrap; gap: 1.5rem; padding: 0; list-style: none; }
.worlds li { width: 330px; max-width: 100%; }
img { display: block; max-width: 100%; height: auto; }
a { color: inherit; }
"""
BODY = """<main>
<h1>{title}</h1>
<p>Move an agent off its training distribution. It can break, or it can competently do
something else. In each world, slide the shift and see which. The small pictures show
where its agents go on the way from training, at the rings, to the far end.</p>
<h2>Who they are</h2>
<ul class="agents">
<li><strong>Networks</strong> learn from reward alone, a move at a time.</li>
<li><strong>Searchers</strong> learn a reward of their own and plan for it, by rules
that are given to them.</li>
<li><strong>Memorisers</strong> know their training levels by heart and nothing
else.</li>
<li><strong>Planners</strong> are not trained: they are given the rules and a
goal.</li>
</ul>
<h2>The worlds</h2>
<ul class="worlds">
{items}
</ul>
<p>To go on: train agents of your own and take the course. Once the kit is installed, as
its README says, <code>robustkit lab</code> opens lesson 00.</p>
</main>"""


def export_site(
    folder: str | os.PathLike[str],
    worlds: Sequence[World | str] | None = None,
    agents: Sequence[Agent] | None = None,
    n: int = LEVELS,
    seed: int = 0,
) -> Path:
    """Write a static site of explorers that any web host or USB stick can serve.

    folder: made if it is not there. worlds: all of them by default; agents: a world
    without any gets the usual ones, which takes some minutes for all worlds. Returns
    the path of its first page. No page loads anything from elsewhere.
    """
    where = arguments.path("folder", folder)
    where.mkdir(parents=True, exist_ok=True)
    cast = casting(list(list_worlds()) if worlds is None else worlds, agents)
    items = []
    for home, own in bar("worlds", len(cast), delay=2, iterable=cast):
        explorer = explore(home, own, n=n, seed=seed)
        page = explorer.save(where / f"{home.name}.html")
        picture = where / f"{home.name}.svg"
        files.text(picture, _trails(explorer))
        shown = f'<img src="{escape(picture.name)}" alt="" width="330">'
        link = f"{shown}<strong>{escape(home.name)}</strong>"
        items.append(f'<li><a href="{escape(page.name)}">{link}</a> ')
        items[-1] += f"{escape(home.summary)}</li>"
    body = BODY.format(title=TITLE, items="\n".join(items))
    style, first = f"{PAGE_CSS}\n{INDEX_CSS}", where / "index.html"
    files.text(first, document(TITLE, style, body, images="'self' data:"))
    return first


def _trails(explorer: Explorer) -> str:
    """Return the plane as SVG with each agent's way along the first shift."""
    from ..figures.plane import plane

    kinds = list(explorer.data["shifts"])
    line = [k / STEPS for k in range(STEPS + 1)]
    places = [dict.fromkeys(kinds, 0.0) | {kinds[0]: x} for x in line]
    for place in places:  # the place slider holds the others where they are
        place.pop("place", None)
    ways = [
        [reading_at(explorer.data, i, place) for place in places]
        for i in range(len(explorer.data["agents"]))
    ]
    return plane([ShiftCurve(w, {kinds[0]: line}, w[0].agent) for w in ways]).svg()


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

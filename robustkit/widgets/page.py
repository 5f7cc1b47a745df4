"""One HTML file that explores without kernel and network."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Mapping, Sequence
from hashlib import sha256
from html import escape
from pathlib import Path
from typing import Any, NamedTuple

from .modules import script, style

CORNERS = ((0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (1.0, 1.0))  # (goal, layout)

PAGE_CSS = """
:root { color-scheme: light dark; }
body { margin: 0 auto; padding: 0.5rem; max-width: 2000px;
  color: #1b1b1b; background: #fff; font: 16px/1.5 system-ui, sans-serif; }
#plain td, #plain th { padding: 0.2em 1em 0.2em 0; text-align: left;
  vertical-align: top; overflow-wrap: anywhere; }
@media (prefers-color-scheme: dark) {
  body { color: #f0f0f0; background: #16181c; }
  .robustkit {
    --jp-content-font-color0: #f0f0f0; --jp-layout-color0: #16181c; }
}
"""

INDEX_CSS = """
ul { display: flex; flex-wrap: wrap; gap: 1.5rem; padding: 0; list-style: none; }
li { width: 330px; max-width: 100%; }
img { display: block; max-width: 100%; height: auto; background: white; }
a { color: inherit; }
"""

MOUNT_JS = """
const state = JSON.parse(document.getElementById("state").textContent);
const heard = {};
render({
  el: document.getElementById("widget"),
  model: {
    get: (name) => state[name],
    set(name, value) {
      if (Object.is(state[name], value)) return;
      state[name] = value;
      (heard[`change:${name}`] ?? []).forEach((act) => act());
    },
    on(event, act) { (heard[event] ??= []).push(act); },
    off(event, act) {
      heard[event] = (heard[event] ?? []).filter((other) => other !== act);
    },
    save_changes() {},
  },
});
document.getElementById("plain").hidden = true;
"""


class Point(NamedTuple):
    """A reading as a point; `alignment` is None where it is unknown."""

    scalar: float
    capability: float
    alignment: float | None

    def __str__(self) -> str:
        """Return the reading in words."""
        known = "unknown" if self.alignment is None else f"{self.alignment:z.2f}"
        return (
            f"scalar {self.scalar:z.2f}, capability {self.capability:.2f}, "
            f"alignment {known}"
        )


def reading_at(
    data: Mapping[str, Any], agent_index: int, goal: float, layout: float
) -> Point:
    """Return the reading of one agent of an explorer's data at a shift.

    The same formula as the front end's: the four strata, weighted (polar grounding).
    goal, layout: in [0, 1].
    """
    agent, conventions = data["agents"][agent_index], data["conventions"]
    weights = [g * x for x in (1 - layout, layout) for g in (1 - goal, goal)]
    columns = zip(*agent["sums"], strict=True)
    advance, room, *rest = (
        sum(w * x for w, x in zip(weights, column, strict=True)) for column in columns
    )
    gains, shares = rest[: len(rest) // 2], rest[len(rest) // 2 :]
    least = conventions["rho"] * room
    scores = [
        gain / max(share, least)
        for gain, share in zip(gains, shares, strict=True)
        if max(share, least) > 0
    ]
    scalar = advance / room if room > 0 else 0.0
    capability = max(0.0, scalar, *scores)
    own = agent["readings"]["polar"]
    low = interval_at(own, "capability", goal, layout)[0]
    if low <= conventions["unknown"] or capability == 0:
        return Point(scalar, capability, None)
    return Point(scalar, capability, max(-1.0, min(1.0, scalar / capability)))


def interval_at(
    own: Mapping[str, Any], axis: str, goal: float, layout: float
) -> tuple[float, float]:
    """Return [low, high] of an axis at a shift, bilinear between the grid's nodes."""
    grid = own["grid"]
    across, up = _between(grid["goal"], goal), _between(grid["layout"], layout)
    low, high = (
        sum(
            s * t * own[axis][i * len(grid["layout"]) + j][end]
            for i, s in across
            for j, t in up
        )
        for end in (0, 1)
    )
    return low, high


def _between(nodes: list[float], value: float) -> list[tuple[int, float]]:
    """Return (index, weight) of the nodes on both sides of a value."""
    if len(nodes) == 1:
        return [(0, 1.0)]
    inner = range(1, len(nodes) - 1)
    i = next((k - 1 for k in inner if nodes[k] > value), len(nodes) - 2)
    part = (value - nodes[i]) / (nodes[i + 1] - nodes[i])
    part = max(0.0, min(1.0, part))
    return [(i, 1 - part), (i + 1, part)]


def check_path(path: str | Path) -> Path:
    """Return where a page can be saved.

    Raises ValueError if the name does not end in .html and FileNotFoundError if there
    is no such folder.
    """
    where = Path(path)
    if where.suffix.lower() != ".html":
        raise ValueError(f"path={str(path)!r} is not possible; allowed: NAME.html.")
    if not where.parent.is_dir():
        raise FileNotFoundError(f"path={str(path)!r}: there is no such folder.")
    return where


def page(entry: str, state: Mapping[str, Any], title: str, plain: str) -> str:
    """Return one HTML document that opens from a file, without kernel or network.

    entry: the widget's module. state: its traits. plain: HTML for where no script runs,
    already escaped. A content security policy lets the document run its own script and
    load nothing.
    Raises ValueError where the state holds a number that is not finite.
    """
    css = f"{PAGE_CSS}\n{style()}"
    code = f"{script(entry)}\n{MOUNT_JS}"
    policy = (
        f"default-src 'none'; script-src '{_digest(code)}'; "
        f"style-src '{_digest(css)}'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<title>{escape(title)}</title>
<style>{css}</style>
</head>
<body>
<main>
<div id="widget"></div>
<div id="plain">
<h1>{escape(title)}</h1>
<noscript><p>The controls need JavaScript; what follows does not.</p></noscript>
{plain}
</div>
</main>
<script type="application/json" id="state">{_inline(state)}</script>
<script type="module">{code}</script>
</body>
</html>
"""


def index_page(entries: Sequence[tuple[str, str, str, str]]) -> str:
    """Return the first page of a site: (name, summary, page, picture) of each world."""
    css = f"{PAGE_CSS}\n{INDEX_CSS}"
    policy = (
        f"default-src 'none'; style-src '{_digest(css)}'; img-src 'self' data:; "
        "base-uri 'none'; form-action 'none'"
    )
    items = "\n".join(
        f'<li><a href="{escape(page)}"><img src="{escape(picture)}" alt="" width="330">'
        f"<strong>{escape(name)}</strong></a> {escape(summary)}</li>"
        for name, summary, page, picture in entries
    )
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<title>Robustness in two dimensions</title>
<style>{css}</style>
</head>
<body>
<main>
<h1>Robustness in two dimensions</h1>
<p>Move an agent off its training distribution. It can break, or it can competently do
something else. In each world, slide the shift and see which.</p>
<ul>
{items}
</ul>
</main>
</body>
</html>
"""


def _digest(text: str) -> str:
    """Return the hash by which a content security policy knows an inline text."""
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"


def _inline(value: Any) -> str:
    """Return JSON that cannot end the script element it stands in."""
    text = json.dumps(value, allow_nan=False, separators=(",", ":"))  # ASCII only
    for mark in "<>&":
        text = text.replace(mark, f"\\u{ord(mark):04x}")
    return text


def plain_table(data: Mapping[str, Any]) -> str:
    """Return the readings at the corners of the two shifts as an HTML table."""
    head = "".join(
        f'<th scope="col">goal shift {goal:g}, layout shift {layout:g}</th>'
        for goal, layout in CORNERS
    )
    rows = "\n".join(
        f'<tr><th scope="row"><bdi>{escape(agent["name"])}</bdi></th>'
        + "".join(f"<td>{reading_at(data, i, *shift)}</td>" for shift in CORNERS)
        + "</tr>"
        for i, agent in enumerate(data["agents"])
    )
    return f"""<p>{escape(data["world"]["summary"])}</p>
<table>
<caption>Readings at the corners of the two shifts</caption>
<thead><tr><th scope="col">agent</th>{head}</tr></thead>
<tbody>
{rows}
</tbody>
</table>"""

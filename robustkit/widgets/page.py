"""One HTML file with a widget that needs neither kernel nor network."""

from __future__ import annotations

import json
from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import Any

from ..text import document
from .modules import script, style

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
    already escaped.
    Raises ValueError where the state holds a number that is not finite.
    """
    body = f"""<main>
<div id="widget"></div>
<div id="plain">
<h1>{escape(title)}</h1>
<noscript><p>The controls need JavaScript; what follows does not.</p></noscript>
{plain}
</div>
</main>
<script type="application/json" id="state">{_inline(state)}</script>"""
    code = f"{script(entry)}\n{MOUNT_JS}"
    return document(title, f"{PAGE_CSS}\n{style()}", body, code)


def _inline(value: Any) -> str:
    """Return JSON that cannot end the script element it stands in."""
    text = json.dumps(value, allow_nan=False, separators=(",", ":"))  # ASCII only
    for mark in "<>&":
        text = text.replace(mark, f"\\u{ord(mark):04x}")
    return text

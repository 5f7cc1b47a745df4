"""The script of a widget's front end, and a page that needs no kernel and no network.

A front end is one module for anywidget and for a page; it is written as several plain
ES modules, in `js/`, each to be read in one sitting, and put together without a build.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

from ..styles import LAVA, PLANE
from ..text import document

JS = Path(__file__).parent / "js"
SHEETS = "widgets.css", "live.css", "explorer.css", "wish.css"  # in this order
DRAWN = "drawn"  # the module that is made here: how things look, for figures as well
IMPORT = re.compile(r'^import \{[^}]*\} from "\./(\w+)\.js";\n', re.M)

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
function mount(el, given, plain) {
  const state = JSON.parse(given.textContent);
  const heard = {};
  render({
    el,
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
  plain.hidden = true;
}
"""
ONE_JS = """
mount(...["widget", "state", "plain"].map((id) => document.getElementById(id)));
"""
SEVERAL_JS = """
for (const live of document.querySelectorAll('.rk-live[data-entry="%s"]')) {
  mount(...live.children);
}
"""


@cache
def script(entry: str) -> str:
    """Return the module `entry` and all that it imports as one module.

    Each module comes once, after those it imports; names are theirs together.
    """
    return "\n".join(_plain(name, name == entry) for name in order(entry))


def order(entry: str) -> list[str]:
    """Return the modules that `entry` needs, itself the last."""
    found: list[str] = []

    def visit(name: str) -> None:
        for needed in IMPORT.findall(source(name)):
            if needed not in found:
                visit(needed)
        if name not in found:
            found.append(name)

    visit(entry)
    return found


def source(name: str) -> str:
    """Return a module as it is written; that of how things look is made."""
    if name != DRAWN:
        return (JS / f"{name}.js").read_text("utf-8")
    drawn: dict[str, Any] = {"PLANE": PLANE, "LAVA": LAVA}
    texts = {k: json.dumps(each, separators=(",", ":")) for k, each in drawn.items()}
    return "".join(f"export const {k} = {said};\n" for k, said in texts.items())


def _plain(name: str, entry: bool) -> str:
    text = IMPORT.sub("", source(name))
    text = re.sub(r"^export (?!default)", "", text, flags=re.M)
    if entry:
        return text
    return re.sub(r"^export default .*\n", "", text, flags=re.M)


@cache
def style() -> str:
    """Return the style sheet that all widgets share."""
    return "\n".join((JS.parent / name).read_text("utf-8") for name in SHEETS)


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
    code = f"{script(entry)}\n{MOUNT_JS}{ONE_JS}"
    return document(title, f"{PAGE_CSS}\n{style()}", body, code)


def part(entry: str, state: Mapping[str, Any], plain: str) -> str:
    """Return what shows a widget in somebody else's page, with `part_script(entry)`.

    entry, state, plain: as for `page`. There may be several in a page.
    """
    return (
        f'<div class="rk-live" data-entry="{escape(entry)}"><div></div>'
        f'<script type="application/json">{_inline(state)}</script>'
        f"<div>{plain}</div></div>"
    )


def part_script(entry: str) -> str:
    """Return the script, no module, that such pages load last: `file://` has none."""
    code = re.sub(r"^export default .*\n", "", script(entry), flags=re.M)
    return f"(() => {{\n{code}\n{MOUNT_JS}{SEVERAL_JS % entry}}})();\n"


def _inline(value: Any) -> str:
    """Return JSON that cannot end the script element it stands in."""
    text = json.dumps(value, allow_nan=False, separators=(",", ":"))  # ASCII only
    for mark in "<>&":
        text = text.replace(mark, f"\\u{ord(mark):04x}")
    return text

"""One script from a few plain ES modules, without a build step.

A widget's front end is one module for anywidget and for a page; it is written as
several, in `js/`, each to be read in one sitting.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

JS = Path(__file__).parent / "js"
CSS = Path(__file__).parent / "widgets.css"
IMPORT = re.compile(r'^import \{[^}]*\} from "\./(\w+)\.js";\n', re.M)


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
        for needed in IMPORT.findall((JS / f"{name}.js").read_text("utf-8")):
            if needed not in found:
                visit(needed)
        if name not in found:
            found.append(name)

    visit(entry)
    return found


def _plain(name: str, entry: bool) -> str:
    text = IMPORT.sub("", (JS / f"{name}.js").read_text("utf-8"))
    text = re.sub(r"^export (?!default)", "", text, flags=re.M)
    if entry:
        return text
    return re.sub(r"^export default .*\n", "", text, flags=re.M)


@cache
def style() -> str:
    """Return the style sheet that all widgets share."""
    return CSS.read_text("utf-8")

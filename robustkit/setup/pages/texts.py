"""Texts of the repository as pages of the site: what is taken, and where links lead."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from ...worlds import list_worlds
from .. import links
from ..lessons import Lesson

# Pages that stand elsewhere in the repository; those of the folders keep their places.
MOVED = {
    "README.md": "index.md",
    ".github/CONTRIBUTING.md": "contributing.md",
    "CHANGELOG.md": "changelog.md",
}
FOLDERS = ("notebooks", "exercises")  # solutions are for when one has tried
SHOWN = (".ipynb", ".md", ".png")
NOTES = "notebooks/teaching-notes.md"
BADGE = re.compile(r"!\[([^\]]*)\]\(https?://[^)\s]*\)")  # a picture from elsewhere
MENU = """
```{{toctree}}
:hidden:
:caption: {caption}
:maxdepth: 1

{entries}
```
"""
EXERCISES = """# Exercises

Each lesson has its own. Here they can be read; to do one, open it in JupyterLab, where
`rk.check` says how you did.

```{{toctree}}
:maxdepth: 1

{entries}
```
"""
EXPLORERS = """# Explorers

One for each world. Move its agents off their training distribution and see where they
go on the plane. Each fills a window of its own.

<ul class="rk-worlds">
{items}
</ul>
"""
WORLD = """\
<li><a href="explorers/{name}.html"><img src="explorers/{name}.svg" alt="" width="330">\
<strong>{name}</strong></a> {summary}</li>"""


def moved(root: Path, path: str, text: str) -> str:
    """Return a text of the repository, by its path there, as it stands in the site.

    Links to pages lead to pages, links to other files to the public repository, and
    badges become words. Raises FileNotFoundError for a link that leads nowhere.
    """

    def leads(target: str) -> str:
        if not (root / target).exists():
            raise FileNotFoundError(f"{path} links to {target}, which is not there.")
        kept = target.split("/")[0] in FOLDERS and target.endswith(SHOWN)
        if target in MOVED or kept:
            return f"/{MOVED.get(target, target)}"
        return links.public(target)

    return links.moved(BADGE.sub(r"\1", text), path, leads)


def menu(lessons: Iterable[Lesson], others: Iterable[str]) -> str:
    """Return the menu, which the first page holds unseen.

    others: the pages beside the lessons, by their paths.
    """
    parts = {
        "Lessons": [
            f"{each.number} {each.title} <notebooks/{each.path.stem}>".strip()
            for each in lessons
        ],
        "To try": ["explorers", "exercises/index"],
        "To look up": [*(name for name in others if name != NOTES), "api/index"],
        "For teachers": [NOTES],
        "The project": ["contributing", "changelog"],
    }
    return "".join(
        MENU.format(caption=caption, entries="\n".join(entries))
        for caption, entries in parts.items()
    )


def exercises(names: Iterable[str]) -> str:
    """Return the page that lists the exercises, by the names of their files."""
    return EXERCISES.format(entries="\n".join(names))


def explorers(worlds: Iterable[str]) -> str:
    """Return the page that leads to the explorer of each world."""
    about = list_worlds()
    items = (WORLD.format(name=name, summary=about[name]) for name in worlds)
    return EXPLORERS.format(items="\n".join(items))

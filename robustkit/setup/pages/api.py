"""The API as pages for Sphinx: the face, what it returns, rooms to build with."""

from __future__ import annotations

import inspect
import typing
from collections.abc import Callable, Iterable, Iterator, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

FACE = import_module("robustkit")
NAMES = tuple(FACE._HOME)  # by room, as the table lists them
ROOMS = {
    "worlds": "worlds, and one of your own",
    "agents": "agents",
    "mdp": "tables, solved exactly",
    "metrics": "readings, and a grounding of your own",
}
TITLE = """# The face

What `import robustkit as rk` offers, by the room that it lives in.
"""
RETURNED = """# What it returns

Results of the functions of the face, and the widgets.
"""
ROOM = """# robustkit.{room}

For {about}.
"""
# Matplotlib gives each class a `set` of its own, in whose words are roles of its own.
MEMBERS = """
   :members:
   :exclude-members: set"""
INDEX = """# API reference

```{{toctree}}
:maxdepth: 1

{entries}
```
"""


def write(
    folder: Path, names: Iterable[str] = NAMES, rooms: Mapping[str, str] = ROOMS
) -> None:
    """Write the pages of the API into a folder: of these names of the face, and rooms.

    rooms: what each is for.
    """
    folder.mkdir()
    made = {"face": face(names), "returned": returned(names)}
    for room, about in rooms.items():
        module = import_module(f"robustkit.{room}")
        inside = (f"robustkit.{room}.{name}" for name in module.__all__)
        text = ROOM.format(room=room, about=about)
        made[room] = text + "".join(map(entry, filter(is_code, inside)))
    for name, text in made.items():
        (folder / f"{name}.md").write_text(text, "utf-8")
    (folder / "index.md").write_text(INDEX.format(entries="\n".join(made)), "utf-8")


def face(names: Iterable[str]) -> str:
    """Return the page of the face: a heading for each room, in the house's order."""
    rooms: dict[str, list[str]] = {}
    for name in names:
        rooms.setdefault(FACE._HOME[name].partition(".")[0], []).append(name)
    parts = [TITLE]
    for room, inside in rooms.items():
        parts.append(f"\n## {room.capitalize()}\n")
        parts += [entry(f"robustkit.{name}") for name in inside]
    return "".join(parts)


def returned(names: Iterable[str]) -> str:
    """Return the page of the classes that functions of the face return."""
    found = {}
    for name in names:
        for each in results(getattr(FACE, name)):
            found[each.__name__] = f"{each.__module__}.{each.__qualname__}"
    shown = {public(room, name) for room in ROOMS for name in found}
    return RETURNED + "".join(
        entry(path) for name, path in sorted(found.items()) if name not in shown
    )


def public(room: str, name: str) -> str:
    """Return the name if the room shows it, else ""."""
    return name if name in import_module(f"robustkit.{room}").__all__ else ""


def results(function: Callable[..., Any]) -> Iterator[type]:
    """Yield our classes that a function says it returns."""
    try:
        said = typing.get_type_hints(function).get("return")
    except NameError:  # a name that is there for type checkers only
        return
    for each in (said, *typing.get_args(said)):
        if inspect.isclass(each) and each.__module__.startswith("robustkit."):
            yield each


def is_code(path: str) -> bool:
    """Return whether a dotted name is a function or a class."""
    module, _, name = path.rpartition(".")
    found = getattr(import_module(module), name)
    return inspect.isclass(found) or inspect.isfunction(found)


def entry(path: str) -> str:
    """Return what makes Sphinx document a function or a class."""
    module, _, name = path.rpartition(".")
    found = getattr(import_module(module), name)
    kind = "autoclass" if inspect.isclass(found) else "autofunction"
    members = MEMBERS if inspect.isclass(found) else ""
    return f"\n```{{eval-rst}}\n.. {kind}:: {path}{members}\n```\n"

"""The house: which room may know which, and how large anything may become."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import NamedTuple

import pytest

import robustkit as rk

PACKAGE = Path(rk.__file__).parent
# Arrows run down this list only: a room may know those that stand before it.
ROOMS = (
    "mdp", "worlds", "agents", "metrics", "analysis", "validation", "studies",
    "figures", "widgets", "course", "setup",
)  # fmt: skip
KNOWS = {room: set(ROOMS[:place]) for place, room in enumerate(ROOMS)}
KNOWS["metrics"] = {"mdp"}  # a grounding is one whatever the world and the agent are
# Of the whole house; they know no room.
TOOLS = {
    "alone", "arguments", "arithmetic", "bars", "files", "record", "styles", "text",
}  # fmt: skip
FRONT = {"__init__", "__main__"}  # the face and the command line, which know every room
# Upward and lazy: what was found draws itself when asked, and pays for Matplotlib then.
LAZY = {(room, "figures") for room in ("analysis", "validation", "studies")}
LONGEST_FILE, LONGEST_FUNCTION, CORE_LINES = 320, 40, 1200
LONG: dict[str, str] = {}  # "room/module.py:function": why it is not shorter
CORE = (
    "mdp/tables.py", "mdp/solve.py", "metrics/polar.py", "metrics/reading.py",
    "worlds/world.py", "worlds/zoo/cheese.py",
)  # fmt: skip


class Arrow(NamedTuple):
    """One import: from a module to a module, lazy if inside a function or for types."""

    start: str
    end: str
    lazy: bool
    for_types: bool
    names: tuple[str, ...]


def name_of(path: Path) -> str:
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" and parts[:-1] else parts)


FILES = {name_of(path): path for path in sorted(PACKAGE.rglob("*.py"))}


@cache
def tree(module: str) -> ast.Module:
    return ast.parse(FILES[module].read_text("utf-8"))


def is_for_types(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)


def imports(
    node: ast.AST, later: bool = False, never: bool = False
) -> Iterator[tuple[ast.AST, bool, bool]]:
    """Yield every import under a node, and whether it runs later, or never."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import | ast.ImportFrom):
            yield child, later or never, never
        inside = isinstance(child, ast.FunctionDef | ast.Lambda)
        yield from imports(child, later or inside, never or is_for_types(child))


def targets(module: str, node: ast.AST) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the modules of ours that an import names, and what it takes from them."""
    if isinstance(node, ast.Import):
        for alias in node.names:
            if alias.name.split(".")[0] == "robustkit":
                yield alias.name.partition(".")[2] or "__init__", ()
        return
    assert isinstance(node, ast.ImportFrom)
    base = (node.module or "").split(".") if node.module else []
    if node.level:
        here = module.split(".") if module not in FRONT else []
        if FILES[module].name != "__init__.py":
            here = here[:-1]
        base = here[: len(here) - node.level + 1] + base
    elif base[:1] == ["robustkit"]:
        base = base[1:]
    else:
        return
    for alias in node.names:
        inner = ".".join([*base, alias.name])
        if inner in FILES:
            yield inner, ()
        else:
            yield ".".join(base) or "__init__", (alias.name,)


def arrows() -> list[Arrow]:
    return [
        Arrow(module, end, lazy, for_types, names)
        for module in FILES
        for node, lazy, for_types in imports(tree(module))
        for end, names in targets(module, node)
    ]


ARROWS = arrows()


def room(module: str) -> str:
    return module.split(".")[0]


# Who knows whom


def test_every_room_has_its_place_in_the_list():
    assert {room(module) for module in FILES} == {*ROOMS, *TOOLS, *FRONT}


@pytest.mark.parametrize("name", ROOMS)
def test_a_room_knows_only_what_stands_before_it(name):
    known = KNOWS[name] | TOOLS | {name}
    for arrow in ARROWS:
        if room(arrow.start) == name and arrow.names != ("__version__",):
            lazily = arrow.lazy and (name, room(arrow.end)) in LAZY
            assert room(arrow.end) in known or lazily, arrow


def test_tools_know_no_room():
    for arrow in ARROWS:
        if room(arrow.start) in TOOLS and arrow.names != ("__version__",):
            assert room(arrow.end) in TOOLS, arrow


def test_what_may_be_known_lazily_is_known():
    """An exception that nobody needs any longer goes."""
    assert {(room(a.start), room(a.end)) for a in ARROWS if a.lazy} >= LAZY


def test_no_module_knows_itself_by_way_of_others():
    graph: dict[str, set[str]] = {module: set() for module in FILES}
    for arrow in ARROWS:
        upward = (room(arrow.start), room(arrow.end)) in LAZY
        # Levels have a world and worlds make levels: a name for types is no dependency.
        skipped = upward or arrow.for_types
        if arrow.start not in FRONT and arrow.end not in FRONT and not skipped:
            graph[arrow.start].add(arrow.end)
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as found:
        raise AssertionError(" → ".join(found.args[1])) from None


# How large


def test_a_file_can_be_read_in_one_sitting():
    files = [p for p in PACKAGE.rglob("*") if p.suffix in {".py", ".js", ".css"}]
    lines = {path: len(path.read_text("utf-8").splitlines()) for path in files}
    long = {path: count for path, count in lines.items() if count > LONGEST_FILE}
    assert not long, {p.relative_to(PACKAGE).as_posix(): n for p, n in long.items()}


def lengths() -> dict[str, int]:
    """Return the lines of every function, its docstring not counted."""
    found = {}
    for module, path in FILES.items():
        for node in ast.walk(tree(module)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = node.end_lineno - node.lineno + 1
                if ast.get_docstring(node) is not None:
                    lines -= node.body[0].end_lineno - node.body[0].lineno + 1
                name = f"{path.relative_to(PACKAGE).as_posix()}:{node.name}"
                found[name] = max(lines, found.get(name, 0))
    return found


def test_a_function_fits_on_a_screen():
    long = {name for name, lines in lengths().items() if lines > LONGEST_FUNCTION}
    assert long == set(LONG)
    assert all(LONG.values())


def test_the_learners_core_is_small_enough_to_be_read():
    files = [PACKAGE / name for name in CORE]
    assert sum(len(p.read_text("utf-8").splitlines()) for p in files) <= CORE_LINES


# What things are called


def test_a_function_and_a_module_never_share_a_name():
    for found in pkgutil.walk_packages(rk.__path__, "robustkit."):
        if found.name != "robustkit.__main__":
            module = importlib.import_module(found.name)
            above, _, name = found.name.rpartition(".")
            assert getattr(importlib.import_module(above), name) is module
    inside = {found.name for found in pkgutil.iter_modules(rk.__path__)}
    assert not inside & set(rk.__all__)


def words(*operands: ast.expr) -> set[str]:
    """Return the texts that are compared with, alone or in a list of them."""
    found = set()
    for operand in operands:
        alone = isinstance(operand, ast.Constant)
        each = [operand] if alone else getattr(operand, "elts", [])
        found |= {e.value for e in each if isinstance(e, ast.Constant)}
    return found


def test_nothing_asks_which_grounding_it_is():
    from robustkit.metrics import GROUNDINGS

    for module in FILES:
        for node in ast.walk(tree(module)):
            if isinstance(node, ast.Compare):
                asked = words(node.left, *node.comparators)
            elif isinstance(node, ast.MatchValue):
                asked = words(node.value)
            else:
                continue
            assert not asked & set(GROUNDINGS), f"{module}, line {node.lineno}"
    named = "|".join(GROUNDINGS)
    for path in PACKAGE.rglob("*.js"):
        asked = re.search(rf"[!=]==? *[\"'`](?:{named})[\"'`]", path.read_text("utf-8"))
        assert not asked, f"{path.name}: {asked and asked[0]}"


def test_a_grounding_of_ones_own_can_be_registered_at_once():
    script = (
        "import robustkit as rk; print(rk.metrics.register.__name__, rk.mdp.Tables)"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert ran.stdout.startswith("register "), ran.stderr

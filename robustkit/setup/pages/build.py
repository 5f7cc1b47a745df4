"""Puts together what Sphinx reads, and lets it write the site."""

from __future__ import annotations

import io
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ... import files
from ...bars import bar
from ...widgets import page
from ...widgets.site import export_site
from ...worlds import list_worlds
from ..lessons import COLOURS, is_prose, lessons
from . import api, texts
from .executed import executed
from .extension import CONFIGURATION, LIVE, STATIC

OURS = ".buildinfo"  # which Sphinx leaves where it has written


def build(folder: str | Path, chosen: Sequence[str] = ()) -> Path:
    """Build the site into a folder, and return its first page.

    chosen: lessons to run, by number or name; all of them unless given. What is there
    already stays until the new site is whole. Raises ValueError for a folder that holds
    anything else, and RuntimeError where a lesson fails or Sphinx warns of anything.
    """
    room = files.check_room(folder, lambda there: set() if OURS in there else there)
    where = room.absolute()
    run = [lesson.path for lesson in lessons(chosen)]
    root, worlds = run[0].parent.parent, list(list_worlds())
    where.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=where.parent, prefix=".site-") as beside:
        source, made = Path(beside) / "source", Path(beside) / "made"
        gather(root, source)
        (source / "explorers.md").write_text(texts.explorers(worlds), "utf-8")
        api.write(source / "api")
        export_site(source / "extra" / "explorers", worlds)
        with bar("lessons", len(run), delay=0) as shown:
            for path in run:
                shown.set_postfix_str(path.stem)
                name = path.relative_to(root).as_posix()
                put(root, name, source, executed(path))
                shown.update()
        write(source, made)
        shutil.rmtree(where, ignore_errors=True)
        made.rename(where)
    return where / "index.html"


def gather(root: Path, source: Path) -> None:
    """Copy the texts and notebooks of the repository to where Sphinx reads them."""
    home, exercises = root / "notebooks", root / "exercises"
    notes = sorted(home.glob("*.md"), key=lambda path: path.stem != "reference")
    every = lessons()
    tasks = sorted(exercises.glob("[0-9][0-9]-*.ipynb"))
    pages = [*(each.path for each in every), *notes, *tasks]
    for path in (*pages, *map(root.joinpath, texts.MOVED)):
        put(root, path.relative_to(root).as_posix(), source)
    shutil.copytree(home / "images", source / "notebooks" / "images")
    listed = texts.exercises(path.name for path in tasks)
    (source / "exercises" / "index.md").write_text(listed, "utf-8")
    with (source / "index.md").open("a", encoding="utf-8") as first:
        first.write(texts.menu(every, (f"notebooks/{path.name}" for path in notes)))
    static = source / "static"
    static.mkdir()
    for entry in LIVE:
        (static / f"{entry}.js").write_text(page.part_script(entry), "utf-8")
    (static / "widgets.css").write_text(page.style(), "utf-8")


def put(root: Path, name: str, source: Path, book: Any = None) -> None:
    """Put a text or a notebook of the repository, as run if that is given, in place."""
    import nbformat

    to = source / texts.MOVED.get(name, name)
    to.parent.mkdir(parents=True, exist_ok=True)
    if not name.endswith(".ipynb"):
        text = (root / name).read_text("utf-8")
        to.write_text(texts.moved(root, name, text), "utf-8")
        return
    book = book or nbformat.read(root / name, as_version=4)
    for cell in filter(is_prose, book.cells):
        cell.source = texts.moved(root, name, cell.source)
    nbformat.write(book, to)


def write(source: Path, made: Path) -> None:
    """Let Sphinx write the site; raise RuntimeError with all that it warns of."""
    from sphinx.application import Sphinx
    from sphinx.util.docutils import docutils_namespace, patch_docutils

    said = io.StringIO()
    own = {
        "html_static_path": [str(STATIC), str(source / "static")],
        "html_extra_path": [str(source / "extra")],
    }
    with patch_docutils(), docutils_namespace():
        Sphinx(
            source,
            None,
            made,
            source.with_name("trees"),
            "html",
            confoverrides=CONFIGURATION | own,
            status=None,
            warning=said,
        ).build()
    if warnings := COLOURS.sub("", said.getvalue()).strip():
        raise RuntimeError(f"Sphinx warns:\n{warnings}")

"""The lessons as notebooks: found, chosen by number, and run from top to bottom."""

from __future__ import annotations

import re
import subprocess
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from ..arguments import quote
from ..course.outline import number, pages, title
from .lab import FIRST, NO_LAB, NO_LESSONS, find_lessons

LIMIT = 600  # seconds that a cell may take, where one core does everything
EXPLAINS = re.compile(r"#+ Explain\n")
STILL = "rk-still"  # what a widget leaves in a notebook is marked by it
COLOURS = re.compile(r"\x1b\[[\d;]*m")  # of an error, for a terminal
FOLDS = re.compile(r"<details><summary>.*?</summary>\s*|\s*</details>")
PICTURES = re.compile(r'<img class="rk-picture" alt="([^"]*)" src="([^"]*)"')


@dataclass(frozen=True)
class Lesson:
    """A lesson's file and its cells, with outputs once it has been run."""

    path: Path
    book: Any

    @property
    def number(self) -> str:
        """Its number, as "04"; "" if it has none."""
        return number(self.path)

    @property
    def title(self) -> str:
        """The heading it begins with."""
        first = next((c.source for c in self.book.cells if is_prose(c)), "")
        return title(first) or self.path.stem

    def run(self, before: str = "", after: str = "") -> tuple[Lesson, str]:
        """Run it in a kernel of its own; return it with outputs, and what `after` said.

        before, after: code that is run first and last and is no part of the lesson.
        The lesson's file stays as it is. Raises RuntimeError, with the cell and its
        error, where a cell fails.
        """
        import nbformat
        from nbclient import NotebookClient
        from nbclient.exceptions import (
            CellExecutionError,
            CellTimeoutError,
            DeadKernelError,
        )

        failed = f"lesson {self.path.stem} failed"
        book = nbformat.from_dict(self.book)
        new = nbformat.v4.new_code_cell
        book.cells = [new(before), *book.cells, new(after)]
        with tempfile.TemporaryDirectory() as folder:  # for files that cells write
            where = {"metadata": {"path": folder}}
            client = NotebookClient(
                book, timeout=LIMIT, kernel_name="python3", resources=where
            )
            try:  # what the kernel itself logs is of no interest
                client.execute(stderr=subprocess.DEVNULL)
            except (AssertionError, DeadKernelError) as ended:
                # nbclient hears Ctrl-C itself, ends its kernel, and then misses it
                asked = hasattr(client, "_async_cleanup_kernel_future")
                if asked or isinstance(ended, AssertionError):
                    raise KeyboardInterrupt from None
                why = "its kernel ended, perhaps for want of memory"
                raise RuntimeError(f"{failed}: {why}") from None
            except (CellExecutionError, CellTimeoutError) as problem:
                last = COLOURS.sub("", str(problem).strip().splitlines()[-1])
                cell = f"cell {_last_run(book.cells)!r}"
                raise RuntimeError(f"{failed}: {last} ({cell})") from None
        said = "".join(out.get("text", "") for out in book.cells[-1].outputs)
        book.cells = book.cells[1:-1]
        return Lesson(self.path, book), said


def lessons(chosen: Sequence[str] = ()) -> list[Lesson]:
    """Return the lessons with these numbers or names, or all of them, in their order.

    Last of all is the page that has no number, `since-the-note`.

    Raises ValueError for one there is not, FileNotFoundError where there are none, and
    ModuleNotFoundError where what runs notebooks is not installed.
    """
    root = find_lessons()
    if root is None:
        raise FileNotFoundError(NO_LESSONS.format(first=FIRST, here=Path.cwd()))
    if find_spec("nbclient") is None:
        raise ModuleNotFoundError(NO_LAB)
    known = pages(root)
    wanted = {name: _named(name, known) for name in chosen} or {"": known}
    paths = {path for found in wanted.values() for path in found}
    return [read(path) for path in known if path in paths]


def _named(name: str, known: list[Path]) -> list[Path]:
    asked = Path(name).stem
    names = {path: number(path) or path.stem for path in known}
    found = [path for path in known if asked in (path.stem, names[path])]
    if not found:
        allowed = ", ".join(names.values())
        raise ValueError(f"lesson={quote(name)} is unknown; allowed: {allowed}.")
    return found


def read(path: Path) -> Lesson:
    """Return the lesson in a file, with what it folds for learners unfolded."""
    import nbformat

    book = nbformat.read(path, as_version=4)
    for cell in filter(is_prose, book.cells):
        cell.source = FOLDS.sub("", cell.source)
    return Lesson(path, book)


def _last_run(cells: Iterable[Any]) -> str:
    """Return the name of the last cell that was begun."""
    return [cell.id for cell in cells if cell.get("execution_count")][-1]


def is_prose(cell: Any) -> bool:
    """Return whether a cell is text."""
    return bool(cell.cell_type == "markdown")


def html(words: str) -> str:
    """Return Markdown as HTML, in which links and pictures of files lead nowhere."""
    from nbconvert.filters import markdown2html

    made: str = markdown2html(words)
    made = re.sub(r'<a class="anchor-link".*?</a>', "", made)
    return re.sub(r'<a href="(?!https?://)[^"]*">(.*?)</a>', r"\1", made, flags=re.S)


def pictures(cell: Any, widgets: bool = True) -> list[str]:
    """Return the pictures that a cell has shown, each as an HTML image.

    widgets: whether those of widgets count, the stills they leave in saved notebooks.
    """
    shown = []
    for out in cell.get("outputs", ()):
        data = out.get("data", {})
        page = data.get("text/html", "")
        if STILL in page and not widgets:
            continue
        for alt, source in PICTURES.findall(page):
            shown.append(f'<img alt="{alt}" src="{source}">')
        if "image/png" in data:
            alt, code = data.get("text/plain", ""), "".join(data["image/png"].split())
            source = f"data:image/png;base64,{code}"
            shown.append(f'<img alt="{escape(alt)}" src="{source}">')
    return shown


def explained(cells: Sequence[Any], place: int) -> str:
    """Return what is said of the answer that a cell reveals; "" if nothing is.

    The text under it, up to the next heading or code. Where that is not headed
    "Explain" and such a text comes before anything else is asked, that one as well.
    """
    following = cells[place + 1 :]
    said = [_under(each) for each in following[:1] if is_prose(each)]
    for each in following:
        if not is_prose(each) and re.search(r"\.(?:predict|reveal)\(", each.source):
            break
        if is_prose(each) and EXPLAINS.match(each.source):
            said.append(_under(each))
            break
    return "\n\n".join(dict.fromkeys(said))


def _under(cell: Any) -> str:
    """Return the text of a cell under its heading, if any, and up to the next one."""
    text = re.sub(r"\A#+ .*\n+", "", cell.source)
    return re.split(r"^#+ ", text, maxsplit=1, flags=re.M)[0].strip()


def sections(lesson: Lesson) -> Iterable[tuple[str, int, Any]]:
    """Yield each cell with its place and the heading that it stands under."""
    heading = lesson.title
    for place, cell in enumerate(lesson.book.cells):
        if is_prose(cell):
            found = re.findall(r"^#{2,3} (.+)$", cell.source, re.M)
            heading = found[-1] if found else heading
        yield heading, place, cell

"""What a learner has done so far, lesson by lesson: as text, as a table, on a page."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from html import escape
from pathlib import Path
from typing import Any

from .. import alone, files, record
from ..record import Record
from ..text import Prose, counted, document, wrapped
from .guesses import Made, made, tally
from .outline import ELSEWHERE, Lesson, lesson_of, outline

SOLVED, NOT_YET, OPEN = "✓", "✗", "○"
TITLE = "Robustness in two dimensions"
LEGEND = (
    f"{SOLVED} solved, {NOT_YET} checked but not solved yet, {OPEN} not checked yet. A "
    "prediction counts as it stood when its answer was first shown; where several "
    "things are predicted at once, each counts. Near means within a tenth of the range."
)
TABLE = """
.rk-progress td, .rk-progress th { padding: .3em 1em .3em 0; vertical-align: top;
  text-align: left !important; }
.rk-progress .each { white-space: nowrap; margin-right: .8em; }
"""
PAGE = """
:root { color-scheme: light; }
body { max-width: 46em; margin: 1.5em auto; padding: 0 1em; color: #1b1b1b;
  background: #fff; font: 16px/1.45 system-ui, sans-serif; }
h1 { font-size: 1.5em; margin: 0 0 .2em; }
.name { display: flex; gap: .6em; align-items: end; margin: 1.2em 0; }
.name span { flex: 1; border-bottom: 1px solid #555; min-height: 1.4em; }
table { border-collapse: collapse; width: 100%; }
tr { border-top: 1px solid #bbb; break-inside: avoid; }
.small { font-size: .85em; }
@page { size: A4; margin: 14mm 16mm; }
@media print { body { max-width: none; margin: 0; padding: 0; font-size: 9.5pt; } }
"""


@dataclass
class Done:
    """What was done of a lesson: its exercises and guesses, each with its entry.

    An exercise that was never checked has the entry None.
    """

    lesson: Lesson
    exercises: list[tuple[str, dict[str, Any] | None]] = field(default_factory=list)
    guesses: list[Made] = field(default_factory=list)

    @property
    def title(self) -> str:
        """The lesson's number and title."""
        return f"{self.lesson.number} {self.lesson.title}".strip()

    def made(self) -> str:
        """Return how many predictions were made and came true, "–" if it asks none."""
        asked = max(len(self.lesson.questions), len(self.guesses))
        if not asked:
            return "–"
        many = (
            f"{len(self.guesses)} of {asked}" if self.lesson.questions else str(asked)
        )
        return "; ".join([many, *filter(None, [tally(self.guesses)])])


def sign(entry: dict[str, Any] | None) -> str:
    """Return the sign of an exercise's entry."""
    return OPEN if entry is None else SOLVED if entry["correct"] else NOT_YET


@dataclass(frozen=True)
class Progress:
    """What a learner has done. Printed, or shown in a notebook, it is a table.

    record: what the file holds. where: the file, None where progress is not kept.
    note: what is to be said besides.
    """

    record: Record
    where: Path | None
    lessons: tuple[Lesson, ...]
    note: str = ""
    broken: bool = False

    @property
    def done(self) -> list[Done]:
        """What was done of each lesson, and last of none."""
        every = [Done(lesson) for lesson in self.lessons]
        other = Done(Lesson("", ELSEWHERE))
        entries = dict(self.record["exercises"])
        for one in every:
            mine = one.lesson.exercises
            one.exercises = [(name, entries.pop(name, None)) for name in mine]
        other.exercises = list(entries.items())
        for entry in self.record["guesses"]:
            guess = made(entry)
            home = lesson_of(self.lessons, guess.asked.words, guess.notebook)
            one = next((one for one in every if one.lesson is home), other)
            one.guesses.append(guess)
        return [*every, *([other] if other.exercises or other.guesses else [])]

    def summary(self) -> str:
        """Return in one sentence what has been done."""
        every = self.done
        exercises = [entry for one in every for _, entry in one.exercises]
        guesses = [guess for one in every for guess in one.guesses]
        asked = sum(max(len(d.lesson.questions), len(d.guesses)) for d in every)
        solved = sum(sign(entry) == SOLVED for entry in exercises)
        came = f" ({tally(guesses)})" if tally(guesses) else ""
        of = f" of {asked}" if any(one.lesson.questions for one in every) else ""
        return (
            f"{solved} of {counted(len(exercises), 'exercise')} solved, "
            f"{len(guesses)}{of} predictions made{came}."
        )

    def save(self, path: str | os.PathLike[str], name: str = "") -> Path:
        """Write it to NAME.html, one page of A4 to be printed; return the path.

        name: whose progress it is; where it is empty there is a line to write on.
        Raises ValueError for another ending, for a folder that does not exist, and
        where the progress could not be read.
        """
        where = files.check_path(path, ".html")
        if self.broken:
            raise ValueError(self.note)
        files.text(where, self.html(str(name)))
        return where

    def html(self, name: str = "") -> str:
        """Return the page that `save` writes."""
        said = f"{TITLE}: what has been done"
        body = (
            f"<main><h1>{escape(said)}</h1>\n"
            f'<p class="name">Name: <span>{escape(name)}</span></p>\n'
            f"<p>{date.today():%d %B %Y}. {escape(self.summary())}</p>\n"
            f"{self._table(links=False)}\n"
            f'<p class="small">{escape(LEGEND)}</p></main>'
        )
        return document(said, PAGE + TABLE, body)

    def __str__(self) -> str:
        lines = [self.summary()]
        for one in self.done:
            some = [*_exercises(one), *_guesses(one)]
            lines += ["", one.title, *(wrapped(x, indent="    ") for x in some)] * bool(
                some
            )
        return "\n".join([*lines, "", str(Prose(self.last()))])

    __repr__ = __str__

    def last(self) -> str:
        """Return what is said at the end: where the file is, and how to hand it in."""
        if self.where is None or self.broken:
            return self.note
        kept = f"{self.note} " if self.note else ""
        where = f"from the folder {self.where.parent}"
        if alone.BROWSER:
            where = "at the top of the list of files: right-click it, then Download"
        return (
            f"{kept}To hand this in, give your teacher {self.where.name}, {where}. "
            "It stays on this machine unless you do. "
            "rk.progress(reset=True) starts again and keeps the old file."
        )

    def _repr_html_(self) -> str:
        cells = "".join(
            _row(*map(escape, (asked.words, asked.said(each.value), each.seen())))
            for one in self.done
            for each in one.guesses
            for asked in (each.asked,)
        )
        head = "<tr><th>prediction</th><th>your guess</th><th>observed</th></tr>"
        guesses = (
            "<details><summary>Your guesses</summary>"
            f'<table class="rk-progress">{head}{cells}</table></details>'
            if cells
            else ""
        )
        return (
            f"<style>{TABLE}</style><p>{escape(self.summary())}</p>"
            f'{self._table(links=True)}<p style="max-width: 52em">{escape(LEGEND)}</p>'
            f'{guesses}<p style="max-width: 52em">{escape(self.last())}</p>'
        )

    def _table(self, links: bool) -> str:
        """Return the lessons as HTML; links: to their sheets, from where one is."""
        head = "<tr><th>lesson</th><th>exercises</th><th>predictions</th></tr>"
        rows = []
        for one in self.done:
            title = escape(one.title)
            sheet = self._sheet(one.lesson) if links else None
            if sheet:
                title = f'<a href="{escape(sheet)}">{title}</a>'
            each = "".join(
                f'<span class="each">{sign(e)}&nbsp;{escape(name)}</span> '
                for name, e in one.exercises
            )
            rows.append(_row(title, each or "–", escape(one.made())))
        return f'<table class="rk-progress">{head}{"".join(rows)}</table>'

    def _sheet(self, lesson: Lesson) -> str | None:
        """Return the way to a lesson's exercises, or to the lesson if it has none."""
        home = record.root()
        if home is None or not lesson.name:
            return None
        each = (
            home / room / f"{lesson.name}.ipynb" for room in ("exercises", "notebooks")
        )
        found = next((path for path in each if path.is_file()), None)
        return Path(os.path.relpath(found)).as_posix() if found else None


def progress(reset: bool = False) -> Progress:
    """Return what you have done: exercises checked, predictions made, lesson by lesson.

    It is kept in one file beside the notebooks, written by `rk.check` and `rk.predict`
    in a notebook, and never leaves the machine. reset: start again; the old file stays,
    under another name. `.save("progress.html")` writes a page to be printed.
    """
    where, note = None, ""
    lessons = tuple(outline(record.course()))
    try:
        where = record.place()
        if where is None:
            note = f"Progress is not being kept: {record.VARIABLE} is off."
            return Progress(record.empty(), None, lessons, note)
        if reset:
            kept = record.reset(where)
            note = f"The old file is now {kept.name}." if kept else ""
        found = Progress(record.read(where), where, lessons, note)
        found.summary()  # reads every guess
        return found
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as problem:
        note = str(problem)
        if where and (os.path.isfile(where) or os.path.isdir(where)):
            note += " rk.progress(reset=True) sets it aside and starts again."
        return Progress(record.empty(), where, lessons, note, broken=True)


def _row(*cells: str) -> str:
    return f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"


def _exercises(one: Done) -> Iterator[str]:
    for name, entry in one.exercises:
        if entry:
            needed = f"solved at check {entry.get('needed', '?')}"
            state = needed if entry["correct"] else "not yet"
            many = counted(entry["checks"], "check")
            yield f"  {sign(entry)} {name}: {state}; {many}, last {_day(entry['last'])}"
    new = [name for name, entry in one.exercises if entry is None]
    if new and (one.guesses or len(new) < len(one.exercises)):
        yield f"  {OPEN} not checked yet: {', '.join(new)}"


def _guesses(one: Done) -> Iterator[str]:
    for guess in one.guesses:
        known = guess.answer is not None
        end = f"Observed: {guess.seen()}" if known else "Not shown yet."
        own = guess.asked.said(guess.value)
        yield f"  ? {guess.asked.words} Your guess: {own}. {end}"


def _day(when: str) -> str:
    try:
        return f"{datetime.fromisoformat(when):%d %b %Y, %H:%M}"
    except ValueError:
        return when

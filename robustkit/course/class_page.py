"""What a class guessed and solved, on one page for a projector."""

from __future__ import annotations

import json
import os
from base64 import b64encode
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

from .. import files, record
from ..bars import bar
from ..text import counted, document
from ..widgets.guessing import NEAR, RIGHT, Question
from .guesses import Made
from .handed_in import Learner, collect
from .outline import ELSEWHERE, Lesson, lesson_of, outline

TITLE = "What we guessed"
CSS = """
:root { color-scheme: light dark; --ink: #1b1b1b; --paper: #fff; }
@media (prefers-color-scheme: dark) { :root { --ink: #f0f0f0; --paper: #16181c; } }
html { scroll-snap-type: y proximity; font-size: clamp(18px, 1.6vw, 34px); }
body { margin: 0; color: var(--ink); background: var(--paper);
  font: 1rem/1.3 system-ui, sans-serif; }
section { min-height: 100vh; box-sizing: border-box; padding: .6rem 2rem;
  scroll-snap-align: start; }
h1, h2 { margin: 0 0 .2em; line-height: 1.15; }
h1 { font-size: 2rem; } h2 { font-size: 1.5rem; }
p { margin: .2em 0; }
.where { opacity: .8; font-size: .9rem; }
.came { font-weight: 600; }
img { display: block; width: 100%; height: calc(100vh - 8.8rem); min-height: 15rem;
  object-fit: contain; margin: .3rem 0; }
a { color: inherit; }
td, th { padding: .1em 1.2em .1em 0; text-align: left; vertical-align: top; }
.count { text-align: right; font-variant-numeric: tabular-nums; }
meter { width: 7em; height: .9em; }
.beside { display: flex; flex-wrap: wrap; gap: 0 2rem; align-items: start; }
details { font-size: .9rem; }
summary { cursor: pointer; }
nav ol { columns: 3 22em; padding-left: 0; margin: 0; list-style: none; }
nav li { break-inside: avoid; }
.list { font-size: .8rem; }
@page { size: A4 landscape; margin: 10mm; }
@media print {
  :root { --ink: #1b1b1b; --paper: #fff; color-scheme: light; }
  html { font-size: 13pt; }
  section { min-height: 0; break-after: page; padding: 0; }
  img { height: 125mm; min-height: 0; }
}
"""


@dataclass(frozen=True)
class Asked:
    """A question with all that was guessed, and the lesson that asks it."""

    lesson: Lesson
    question: Question
    guesses: list[Made]

    @property
    def answer(self) -> Any:
        """What came out, as most saw it; None where nobody has seen it yet."""
        seen = [each.answer for each in self.guesses if each.answer is not None]
        told = Counter(json.dumps(answer) for answer in seen)
        return json.loads(told.most_common(1)[0][0]) if told else None

    @property
    def differing(self) -> int:
        """How many saw something else come out, as it is said in words."""
        said, answer = self.question.said, self.answer
        seen = [each.answer for each in self.guesses if each.answer is not None]
        return sum(said(each) != said(answer) for each in seen)

    def came(self) -> str:
        """Return in a sentence how many were right, by what came out."""
        if self.answer is None:
            return "Nobody has seen the answer yet."
        judge = self.question.judged
        words = Counter(w for g in self.guesses for w in judge(g.value, self.answer))
        of = f" of {words.total()}" if self.question.each else ""
        near = f", {words[NEAR]} near" if self.question.kind != "choice" else ""
        said = f"What came out: {self.question.said(self.answer)}."
        others = f" {self.differing} saw something else." if self.differing else ""
        return f"{said} {words[RIGHT]}{of} right{near}.{others}"


@dataclass(frozen=True)
class ClassPage:
    """What a class guessed and solved; `.save("class.html")` writes it for a projector.

    learners: what each handed in. skipped: what else was in the folder, and why it was
    left out, in words.
    """

    learners: list[Learner]
    skipped: list[str]
    lessons: list[Lesson]
    names: bool = False

    def asked(self) -> list[Asked]:
        """Return every question that anybody answered, in the order of the lessons."""
        found: dict[str, Asked] = {}
        for learner in self.learners:
            for guess in learner.guesses:
                plain = guess.asked.as_dict() | {"start": None}
                key = json.dumps(plain, sort_keys=True)
                if key not in found:
                    words, where = guess.asked.words, guess.notebook
                    home = lesson_of(self.lessons, words, where)
                    home = home or Lesson("", ELSEWHERE)
                    found[key] = Asked(home, guess.asked, [])
                found[key].guesses.append(guess)
        return sorted(found.values(), key=self._place)

    def _place(self, asked: Asked) -> tuple[int, int]:
        lesson, words = asked.lesson, asked.question.words
        known = lesson.questions
        first = self.lessons.index(lesson) if lesson in self.lessons else 10**6
        return first, known.index(words) if words in known else len(known)

    def html(self) -> str:
        """Return the page: one HTML document that loads nothing."""
        asked = self.asked()
        with bar("pictures", len(asked), delay=2) as shown:
            parts = [self._cover(asked)]
            for k, each in enumerate(asked):
                parts.append(_section(k, each, len(self.learners)))
                shown.update()
        parts += [self._exercises(), *([self._who()] if self.names else [])]
        return document(TITLE, CSS, f"<main>{''.join(parts)}</main>")

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the page to NAME.html and return the path."""
        where = files.check_path(path, ".html")
        files.text(where, self.html())
        return where

    def __str__(self) -> str:
        count = len(self.asked())
        lines = [
            f"{counted(len(self.learners), 'learner')}, {counted(count, 'question')}"
        ]
        lines += [f"left out: {each}" for each in self.skipped]
        return "\n".join(lines)

    __repr__ = __str__

    def _cover(self, asked: Sequence[Asked]) -> str:
        links = [
            f'<li><a href="#q{k}">'
            f"{escape(f'{each.lesson.number} {each.question.words}'.strip())}</a></li>"
            for k, each in enumerate(asked)
        ]
        links.append('<li><a href="#exercises">Exercises</a></li>')
        guessed = {each.question.words for each in asked}
        open_ones = [
            f"{lesson.number} {words}".strip()
            for lesson in self.lessons
            for words in lesson.questions
            if words not in guessed
        ]
        missing = _folded("Not guessed by anybody", open_ones)
        left = _folded("Files that were left out", self.skipped)
        many = counted(len(self.learners), "learner")
        return (
            f"<section><h1>{TITLE}</h1><p>{many}.</p>"
            f'<nav class="list"><ol>{"".join(links)}</ol></nav>{missing}{left}'
            "</section>"
        )

    def _exercises(self) -> str:
        names: dict[str, str] = {
            name: lesson.number for lesson in self.lessons for name in lesson.exercises
        }
        for learner in self.learners:
            names |= {name: "" for name in learner.exercises if name not in names}
        rows = []
        for name, number in names.items():
            tried = [e.exercises[name] for e in self.learners if name in e.exercises]
            if tried:
                rows.append(
                    _row(number, name, sum(tried), len(tried), len(self.learners))
                )
        head = (
            "<tr><th></th><th>exercise</th><th>solved</th><th></th><th>tried</th></tr>"
        )
        half = -(-len(rows) // 2)
        tables = "".join(
            f"<table>{head}{''.join(some)}</table>"
            for some in (rows[:half], rows[half:])
            if some
        )
        return (
            '<section id="exercises"><h2>Exercises</h2>'
            f'<div class="beside list">{tables or "<p>None yet.</p>"}</div></section>'
        )

    def _who(self) -> str:
        rows = "".join(
            f"<tr><td>{escape(each.name)}</td>"
            f'<td class="count">{sum(each.exercises.values())}</td>'
            f'<td class="count">{len(each.guesses)}</td></tr>'
            for each in self.learners
        )
        head = "<tr><th>learner</th><th>solved</th><th>guessed</th></tr>"
        return f"<section><h2>Learners</h2><table>{head}{rows}</table></section>"


def class_page(folder: str | os.PathLike[str], names: bool = False) -> ClassPage:
    """Return what a class guessed and solved; `.save("class.html")` writes the page.

    folder: holds one progress file from each learner, under any name; they may lie in
    folders of their own or in a learning platform's .zip. names: whether the page shows
    the name of each file or its folder.
    Raises ValueError for a folder without any progress file.
    """
    learners, skipped = collect(folder)
    return ClassPage(learners, skipped, outline(record.course()), bool(names))


def _section(k: int, each: Asked, learners: int) -> str:
    picture = _picture(each)
    source = b64encode(picture.svg().encode()).decode()
    many = f"{len(each.guesses)} of {learners} guessed"
    lesson = f"{each.lesson.number} {each.lesson.title}".strip()
    return (
        f'<section id="q{k}"><p class="where">{escape(lesson)} · {many}</p>'
        f"<h2>{escape(each.question.words)}</h2>"
        f'<p class="came">{escape(each.came())}</p>'
        f'<img alt="{escape(picture.alt)}" src="data:image/svg+xml;base64,{source}">'
        f"<details><summary>Numbers</summary><pre>{escape(picture.table)}</pre>"
        "</details></section>"
    )


def _picture(each: Asked) -> Any:
    """Return the picture of a question's guesses, as its kind has it."""
    from ..figures import guesses as drawn

    asked, answer = each.question, each.answer
    values = [guess.value for guess in each.guesses]
    if asked.kind in ("point", "arrow"):
        where = [(x, y) for x, y in values]
        return drawn.places(asked.words, where, answer, asked.start)
    parts = _by_part(asked, values)
    known = dict(answer) if asked.each and answer else {"": answer}
    seen = {part: known.get(part) for part in parts}
    if asked.kind == "choice":
        return drawn.choices(asked.words, asked.options, parts, seen)
    say = asked.said_alone
    axis = asked.ends, asked.whole, asked.unit
    return drawn.numbers(asked.words, *axis, parts, seen, say)


def _by_part(asked: Question, values: Sequence[Any]) -> Mapping[str, list[Any]]:
    if not asked.each:
        return {"": list(values)}
    return {
        part: [value[part] for value in values if value[part] is not None]
        for part in asked.each
    }


def _folded(summary: str, lines: Sequence[str]) -> str:
    if not lines:
        return ""
    items = "".join(f"<li>{escape(line)}</li>" for line in lines)
    said = f"{summary}: {len(lines)}"
    return f"<details><summary>{escape(said)}</summary><ul>{items}</ul></details>"


def _row(number: str, name: str, solved: int, tried: int, learners: int) -> str:
    return (
        f"<tr><td>{escape(number)}</td><td>{escape(name)}</td>"
        f'<td class="count">{solved} of {learners}</td>'
        f'<td><meter min="0" max="{learners}" value="{solved}">{solved}</meter></td>'
        f'<td class="count">{tried}</td></tr>'
    )

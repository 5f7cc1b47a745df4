"""The answer sheet: every prediction and every discussion of the lessons, answered.

`robustkit answers -o answers.html` runs the lessons and puts together what they ask,
what they reveal and what they explain. Questions to discuss are those of
`notebooks/teaching-notes.md`, where alone they stand.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape
from itertools import pairwise
from pathlib import Path

from .. import files
from ..bars import bar
from ..text import counted, document
from .asked import Prediction, run
from .lessons import Lesson, explained, html, lessons, pictures

TITLE = "Answers for teachers"
NOTES = "teaching-notes.md"
ASKS = re.compile(r'\*(?:Question|And):\*\s+"(.+?)"\s+')
STYLE = """
:root { color-scheme: light; }
body { margin: 0 auto; padding: 1.5rem; max-width: 46rem; color: #1b1b1b;
  background: #fff; font: 16px/1.5 system-ui, sans-serif; }
h1, h2, h3 { line-height: 1.25; } h3 { margin: 0 0 0.3rem; font-size: 1.05rem; }
h2 { margin-top: 2.5rem; border-bottom: 2px solid #0072b2; }
nav ol { list-style: none; padding: 0; } a { color: #00548a; }
article { margin: 1.2rem 0; padding-left: 0.9rem; border-left: 4px solid #d0d0d0; }
p { margin: 0.4rem 0; } .answer { font-size: 1.1rem; }
img { display: block; max-width: 30rem; width: 100%; height: auto; }
code, pre { font-size: 0.9em; white-space: pre-wrap; }
table { border-collapse: collapse; } td, th { padding: 0.1em 0.6em; text-align: left; }
@media print {
  body { padding: 0; font-size: 11pt; } h2, h3 { break-after: avoid; }
  article, img { break-inside: avoid; } img { max-width: 11cm; }
  section + section { break-before: page; }
}
"""


def main(chosen: Sequence[str], output: str) -> None:
    """Run the lessons chosen, or all, and write their answers as one HTML page."""
    where = files.check_path(output, ".html")
    every = lessons(chosen)
    parts = []
    with bar("lessons", len(every), delay=0) as shown:
        for lesson in every:
            shown.set_postfix_str(lesson.path.stem)
            parts.append(answered(lesson))
            shown.update()
    links = (
        f'<li><a href="#{escape(each.path.stem)}">{_name(each)}</a></li>'
        for each in every
    )
    body = f"""<main>
<h1>{TITLE}</h1>
<p>Not for learners. Every answer is the one that the lesson revealed when this page was
made, with what the lesson says about it.</p>
<nav aria-label="Lessons"><ol>
{"".join(links)}
</ol></nav>
{"".join(parts)}
</main>"""
    files.text(where, document(TITLE, STYLE, body))
    print(f"saved {where}")


def _name(lesson: Lesson) -> str:
    return escape(f"{lesson.number} {lesson.title}".strip())


def _line(words: str) -> str:
    return re.sub(r"</?p>", "", html(words)).strip()


def answered(lesson: Lesson) -> str:
    """Run a lesson; return its part of the page."""
    done, asked = run(lesson)
    predictions = "".join(_article(done, each) for each in asked)
    notes = lesson.path.with_name(NOTES)
    about = lesson.number or lesson.title
    found = discussions(notes, about) if notes.is_file() else []
    talk = "".join(
        f"<article><h3>{_line(ask)}</h3>{html(said)}</article>" for ask, said in found
    )
    talk = f"<h3>To discuss</h3>{talk}" if talk else ""
    return (
        f'<section id="{escape(lesson.path.stem)}"><h2>{_name(lesson)}</h2>'
        f"<p>{counted(len(asked), 'prediction')}.</p>{predictions}{talk}</section>\n"
    )


def _article(lesson: Lesson, asked: Prediction) -> str:
    """Return a question, what can be guessed, the answer, and what explains it."""
    cells = lesson.book.cells
    parts = f" For each of {', '.join(asked.parts)}." if asked.parts else ""
    allowed = escape("; ".join(asked.allowed) + "." + parts)
    told = [f"<h3>{escape(asked.question)}</h3><p>To guess: {allowed}</p>"]
    if asked.revealed is None or asked.answer is None:
        told.append('<p class="answer">Nothing is revealed.</p>')
    else:
        told.append(f'<p class="answer"><strong>{escape(asked.answer)}</strong></p>')
        told.append(html(explained(cells, asked.revealed)))
        told += pictures(cells[asked.revealed])
    return f"<article>{''.join(told)}</article>\n"


def discussions(notes: Path, about: str) -> list[tuple[str, str]]:
    """Return a lesson's questions to discuss, each with its answer, as Markdown.

    about: what the heading of its notes begins with: a number, or else the title.
    """
    text, head = notes.read_text("utf-8"), re.escape(about)
    found = re.search(rf"^## {head}\b[^\n]*\n(.*?)(?=^## |\Z)", text, re.M | re.S)
    every = []
    for paragraph in (found[1] if found else "").split("\n\n"):
        marks = [*ASKS.finditer(paragraph)]
        ends = [mark.start() for mark in marks] + [len(paragraph)]
        for mark, (_, end) in zip(marks, pairwise(ends), strict=True):
            every.append((mark[1], paragraph[mark.end() : end].strip()))
    return every

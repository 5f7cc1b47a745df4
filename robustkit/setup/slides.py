"""Slides from a lesson's own headings, figures and predictions, for a projector.

`robustkit slides 04 -o slides.html` runs the lesson and writes one file that needs no
network: reveal.js (https://revealjs.com, MIT) is inside. nbconvert's slides want five
scripts from elsewhere and reveal.js 4; its own package of npm, 6.0.2, is kept here as
`reveal.json.gz`: version, licence, `dist/reveal.js`, `dist/reset.css` + `reveal.css`.
"""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator, Sequence
from functools import cache
from html import escape
from pathlib import Path

from .. import files
from ..bars import bar
from ..text import document
from .asked import Prediction, run
from .lessons import Lesson, html, is_prose, lessons, pictures, sections

REVEAL = Path(__file__).with_name("reveal.json.gz")
WORDS = 60  # of a text on a slide; more than that is for reading, not for a projector
NAMES = ("Predict", "Observe", "Explain")  # headings that say nothing by themselves
START = """
Reveal.initialize({ width: 1280, height: 720, margin: 0.03, center: false, hash: true,
  slideNumber: "c/t", transition: "none", embedded: false });
"""
STYLE = """
:root { color-scheme: light; }
html, body { height: 100%; margin: 0; background: #fff; color: #1b1b1b; }
.reveal { font: 34px/1.35 system-ui, sans-serif; }
.reveal .slides { text-align: left; }
.reveal h1 { margin: 0 0 0.5em; font-size: 2.2em; font-weight: 700; line-height: 1.15; }
.reveal h2 { margin: 0 0 0.5em; font-size: 1.4em; font-weight: 700; color: #00548a; }
.reveal p { margin: 0 0 0.6em; } .reveal strong { font-weight: 700; }
.reveal em { font-style: italic; } .reveal a { color: #00548a; }
.reveal ul { margin: 0; padding-left: 1.1em; list-style: disc; }
.reveal li { margin: 0 0 0.35em; }
.reveal code { font: 0.9em ui-monospace, monospace; }
.reveal .answer { font-size: 1.15em; font-weight: 700; }
.reveal .fit { display: flex; flex-direction: column; height: 700px; }
.reveal .shown { flex: 1; min-height: 0; }
.reveal .shown img { display: block; width: 1240px; height: 100%; max-width: none;
  max-height: none; margin: 0 auto; object-fit: contain; }
.reveal blockquote { margin: 0 0 0.6em 1em; }
.reveal .slide-number { right: auto; left: 12px; bottom: 12px; font-size: 16px;
  color: #555; background: none; }
.reveal .slide-number a { color: inherit; }
.reveal .controls, .reveal .progress { color: #0072b2; }
@media print {
  .reveal .slides > section { display: block !important; position: static !important;
    visibility: visible !important; opacity: 1 !important; break-after: page; }
}
"""


def main(chosen: Sequence[str], output: str) -> None:
    """Run the lessons chosen, or all, and write their slides as one HTML page."""
    where = files.check_path(output, ".html")
    every = lessons(chosen)
    made: list[str] = []
    with bar("lessons", len(every), delay=0) as shown:
        for lesson in every:
            shown.set_postfix_str(lesson.path.stem)
            made += slides(*run(lesson))
            shown.update()
    title = every[0].title if len(every) == 1 else "Robustness in two dimensions"
    files.text(where, page(title, made))
    print(f"saved {where}")


def page(title: str, made: Sequence[str]) -> str:
    """Return slides, each an HTML section, as one document that loads nothing."""
    kit = reveal()
    body = f'<div class="reveal"><div class="slides">\n{"".join(made)}</div></div>'
    script = f"/*!\n{kit['licence']}*/\n{kit['script']}\n{START}"
    return document(title, f"{kit['style']}\n{STYLE}", body, script)


@cache
def reveal() -> dict[str, str]:
    """Return reveal.js: its version, licence, script and style."""
    kept: dict[str, str] = json.loads(gzip.decompress(REVEAL.read_bytes()))
    return kept


def slides(lesson: Lesson, asked: Sequence[Prediction]) -> Iterator[str]:
    """Yield the slides of a lesson that has been run.

    Its title; under each heading its pictures, or else its first words; a prediction is
    asked on one slide and answered on the next that shows something; key points last.
    """
    told: set[str] = set()
    for heading, place, cell in sections(lesson):
        if is_prose(cell):
            yield from _prose(cell.source, heading, place == 0, told)
            continue
        asking = [each for each in asked if each.asked == place]
        answers = [each for each in asked if each.revealed == place]
        if asking:  # what is shown to guess from, and not the widget to guess with
            first = asking[0].question
            yield from _shown(first, [], pictures(cell, widgets=False))
        for each in asking:
            yield _slide(each.question, _choices(each))
        if not asking:
            yield from _shown(heading, answers, pictures(cell))


def _prose(text: str, heading: str, first: bool, told: set[str]) -> Iterator[str]:
    """Yield a slide for the title, for a new heading, and for the key points."""
    title = re.match(r"# (.+)\n+", text)
    if first and title:
        yield _slide(title[1], html(_short(text[title.end() :])), "h1")
    elif heading == "Key points" and f"# {heading}" in text:
        points = text.partition(f"# {heading}")[2]
        yield _slide(heading, html("\n".join(re.findall(r"^- .*$", points, re.M))))
    elif f"# {heading}\n" in f"{text}\n" and not {heading} & {*NAMES, *told}:
        told.add(heading)
        yield _slide(heading, html(_short(text.partition(f"# {heading}\n")[2])))


def _short(text: str) -> str:
    """Return the first paragraph, as many of its sentences as a slide can take."""
    paragraph, *rest = text.strip().split("\n\n")
    if rest and rest[0].startswith(">"):  # a formula, which ends the sentence
        paragraph += f"\n\n{rest[0]}"
    said = ""
    for sentence in re.split(r"(?<=[.?!]) ", paragraph):
        whole = sentence.rstrip("*_)").endswith((".", "?", "!"))  # else code follows
        if said and (not whole or len(f"{said} {sentence}".split()) > WORDS):
            break
        said = f"{said} {sentence}".strip()
    return re.sub(r":\Z", ".", said)


def _choices(asked: Prediction) -> str:
    """Return what can be guessed, as HTML."""
    parts = f"<p>For each of {escape(', '.join(asked.parts))}:</p>"
    every = "".join(f"<li>{escape(choice)}</li>" for choice in asked.allowed)
    return f"{parts if asked.parts else ''}<ul>{every}</ul>"


def _shown(
    heading: str, answers: Sequence[Prediction], images: Sequence[str]
) -> Iterator[str]:
    """Yield the slides of a cell that answers questions or shows pictures."""
    for each in answers:
        said = f'<p class="answer">{escape(each.answer or "Nothing is revealed.")}</p>'
        beside, images = (
            (images[:1], images[1:]) if each is answers[-1] else ([], images)
        )
        yield _slide(each.question, said + _pictures(beside))
    for image in images:
        yield _slide(heading, _pictures([image]))


def _pictures(images: Sequence[str]) -> str:
    return f'<div class="shown">{"".join(images)}</div>' if images else ""


def _slide(heading: str, content: str, rank: str = "h2") -> str:
    inside = f"<{rank}>{escape(heading)}</{rank}>{content}"
    return f'<section><div class="fit">{inside}</div></section>\n'

"""Text: numbers as words, sentences that wrap, tables that line up, HTML documents.

Knows no other room.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from html import escape
from textwrap import fill
from typing import Any


def number(value: Any, form: str = ".2f", unknown: str = "unknown") -> str:
    """Return a number in a format, never as "-0.00"; None and NaN are `unknown`.

    >>> number(-0.001), number(-0.001, "+.2f"), number(float("nan"))
    ('0.00', '+0.00', 'unknown')
    """
    if value is None or value != value:
        return unknown
    said = format(value, form)
    nothing = said.lstrip().startswith("-") and not re.search("[1-9a-z]", said)
    return format(abs(value), form) if nothing else said


def percent(share: Any, digits: int = 0) -> str:
    """Return a share as a percentage; None and NaN are "unknown"."""
    return number(share, f".{digits}%")


def counted(n: int | str, thing: str) -> str:
    """Return how many there are of a thing, as in "1 key" or "3 keys"."""
    return f"{n} {thing}{'' if n == 1 else 's'}"


def signed(change: Any) -> str:
    """Return a change with its sign, to two decimals; None and NaN are "unknown"."""
    return number(change, "+.2f")


def interval(value: Any, low: Any, high: Any, form: str = ".2f") -> str:
    """Return a number with its interval, or "unknown".

    >>> interval(0.5, -0.001, 1)
    '0.50 [0.00, 1.00]'
    """
    if value is None or value != value:
        return "unknown"
    said = number(value, form)
    if low == high:  # there is none: a single level is all there is
        return said
    return f"{said} [{number(low, form)}, {number(high, form)}]"


def place(where: Any, form: str = ".2f") -> str:
    """Return how far along a slider, a number in a format or a word as it is."""
    return where if isinstance(where, str) else number(where, form)


def shifts(where: Mapping[str, Any], form: str = ".3g") -> str:
    """Return in words which shifts there are, by name; where there is none, training.

    >>> shifts({"goal": "anywhere", "layout": 0.5, "place": 0}), shifts({"goal": 0})
    ('goal shift anywhere and layout shift 0.5', 'training')
    """
    some = [f"{k} shift {place(x, form)}" for k, x in where.items() if x != 0]
    return " and ".join(some) or "training"


def sentence(words: str) -> str:
    """Return words that end as a sentence does: with a full stop, unless they ask.

    >>> sentence("is it the colour?"), sentence("it is")
    ('is it the colour?', 'it is.')
    """
    return words if words.endswith((".", "?", "!")) else f"{words}."


WIDTH = 88  # columns of prose; a laptop's JupyterLab breaks lines, words too, at 107
LINE = 104  # of a row of numbers, which has nothing before or after it


def wrapped(words: str, width: int = WIDTH, indent: str = "") -> str:
    r"""Return text with no line longer than `width`, broken between words only.

    Lines of its own are kept. indent: what the lines begin with that a long one goes
    on in. A word that is longer than a line stays whole.

    >>> print(wrapped("An agent goes after one thing.\nOr two.", 20, "  "))
    An agent goes after
      one thing.
    Or two.
    """
    look: Any = {"break_long_words": False, "break_on_hyphens": False}
    lines = (
        fill(line, width, subsequent_indent=indent, **look)
        if len(line) > width
        else line
        for line in words.split("\n")
    )
    return "\n".join(lines)


def headed(name: str, said: str) -> str:
    """Return what is said of something after its name: in a line, or else under it.

    >>> print(headed("corner planner", "scalar 0.50"))
    corner planner: scalar 0.50
    >>> print(headed("corner planner " * 7, "scalar 0.50").split(":")[-1].strip())
    scalar 0.50
    """
    line = f"{name}: {said}"
    return line if len(line) <= LINE else f"{name}:\n{wrapped('  ' + said, LINE, '  ')}"


class Prose(str):
    """Sentences: one string to compute with, that shows itself wrapped between words.

    Printed, it is lines of at most `WIDTH` columns; a notebook shows a paragraph.
    """

    def __str__(self) -> str:
        return wrapped(self, indent="  " if "\n" in self else "")

    def _repr_html_(self) -> str:
        paragraphs = "".join(f"<p>{escape(line)}</p>" for line in self.split("\n"))
        return f'<div style="max-width: 44em">{paragraphs}</div>'

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(str(self))


def either(names: Iterable[str]) -> str:
    """Return names as one allows them: "a", "a or b", "a, b or c"."""
    *most, last = names
    return f"{', '.join(most)} or {last}" if most else last


class Tabled:
    """What is printed as its table."""

    def table(self) -> str:
        """Return it as lines of text."""
        raise NotImplementedError

    def __str__(self) -> str:
        return self.table()


class Notice(UserWarning):
    """A warning that is shown below where it comes from, wrapped between words."""

    def __format__(self, spec: str) -> str:
        return f"\n{wrapped(str(self))}"


COLUMN = re.compile(r"([<>]?)([+]?)(\d*)(.*)")  # side, sign, least width, kind


def table(
    rows: Iterable[Sequence[Any]],
    head: Sequence[str] = (),
    formats: str | Sequence[str] = "",
    gap: str = "  ",
) -> str:
    """Return rows as text, a line each, in columns as wide as what they hold.

    head: the word above each column, if any. formats: of each column, or one for all,
    as `format` has them, the width being the least one: "<9" has words on the left, as
    "" has, ">9" on the right, "9.2f" numbers. A cell that is a string stays as it is;
    None and NaN are "unknown"; a row may end early. gap: what stands between columns.

    >>> print(table([["base", 1], ["corner", None]], ["agent", "A"], ["", "6.2f"]))
    agent         A
    base       1.00
    corner  unknown
    """
    lines = [list(head)] * bool(head) + [list(row) for row in rows]
    count = max(map(len, lines), default=0)
    every = [formats] * count if isinstance(formats, str) else formats
    columns = []
    for k, form in zip(range(count), every, strict=True):
        side, sign, least, kind = COLUMN.findall(form)[0]
        cells = [line[k] if k < len(line) else "" for line in lines]
        said = [c if isinstance(c, str) else number(c, sign + kind) for c in cells]
        width = max([int(least or 0), *map(len, said)])
        align = side or (">" if sign + kind else "<")
        columns.append([f"{cell:{align}{width}}" for cell in said])
    return "\n".join(gap.join(line).rstrip() for line in zip(*columns, strict=True))


def document(
    title: str, style: str, body: str, script: str = "", images: str = "data:"
) -> str:
    """Return one HTML document that runs its own script and style and loads nothing.

    title: plain text. body: HTML, escaped already. script: a module, run at the end.
    images: where pictures may come from, as a content security policy says it.
    """
    scripts = f"script-src '{_digest(script)}'; " if script else ""
    policy = (
        f"default-src 'none'; {scripts}style-src '{_digest(style)}'; "
        f"img-src {images}; base-uri 'none'; form-action 'none'"
    )
    module = f'<script type="module">{script}</script>\n' if script else ""
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<title>{escape(title)}</title>
<style>{style}</style>
</head>
<body>
{body}
{module}</body>
</html>
"""


def _digest(inline: str) -> str:
    """Return the hash by which a content security policy knows an inline text."""
    return f"sha256-{b64encode(sha256(inline.encode()).digest()).decode()}"

"""A robustness card as text: one list of blocks, as Markdown and as HTML."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

from ..metrics.reading import AXES
from ..text import counted, interval, number, sentence, shifts, signed

Block = tuple[str, Any]  # a kind of block, and what stands in it
CSS = (
    ":root{color-scheme:light dark}body{max-width:60em;margin:1em auto;padding:0 1em;"
    "font:16px/1.5 system-ui,sans-serif}img{max-width:100%;background:white}"
    "table{border-collapse:collapse;display:block;overflow-x:auto}"
    "td,th{padding:.2em .8em .2em 0;text-align:left;vertical-align:top}"
    "*{overflow-wrap:anywhere}td{white-space:nowrap}"
)


def markdown(data: dict[str, Any]) -> str:
    """Return a card's data as Markdown, without the picture."""
    return "\n".join(_markdown(data)) + "\n"


def html(data: dict[str, Any], picture: str) -> str:
    """Return a card's data as HTML; picture: a PNG in base 64."""
    return "\n".join(_html(data, picture))


def at(shift: Mapping[str, Any] | None) -> str:
    """Return a shift in words, as a sentence begins; "" where there is none."""
    said = "" if shift is None else shifts(shift)
    return said[:1].upper() + said[1:]


def _blocks(data: dict[str, Any]) -> Iterator[Block]:
    """Yield what a card says: headings, paragraphs, lists and tables, as plain text."""
    yield "h1", f"Robustness card: {data['agent']['name']}"
    yield "picture", data["alt"]
    for fact in _facts(data):
        yield "p", fact
    head = ["shift", "measured by", *AXES]
    head.append(f"mixtures that fit: share of {data['objectives'][0]}")
    yield "table", [head, *map(_cells, data["readings"])]
    if data["paths"]:
        yield "h2", f"Grade by grade, by {data['readings'][0]['grounding']}"
        yield "table", [["shift", *AXES, "levels"], *_grades(data)]
    yield "h2", "In words"
    first = data["readings"][0]["grounding"]
    rows = [row for row in data["readings"] if row["grounding"] == first]
    where = [f"{at(r['shift'])}: " if r["shift"] else "" for r in rows]
    yield "ul", [w + row["words"] for w, row in zip(where, rows, strict=True)]
    yield "h2", "Limits"
    yield "ul", data["limits"]
    for what in ("agent", "world"):
        settings = data[what].get("settings") or data[what].get("options")
        if settings:
            yield "h2", f"How the {what} was made"
            rows = [[str(key), str(value)] for key, value in settings.items()]
            yield "table", [["setting", "value"], *rows]


def _facts(data: dict[str, Any]) -> Iterator[str]:
    agent, world, measured = data["agent"], data["world"], data["measured"]
    made = "trained" if agent["trained"] else "given or planted"
    yield (
        f"{agent['name']} ({agent['recipe']}, {made}) in {world['name']}: "
        f"{sentence(world['summary'])} {counted(measured['levels'], 'level')}"
        f"{' of each grade' if data['paths'] else ''}, seed {measured['seed']}, "
        f"{'exact' if measured['exact'] else 'by playing'}; candidate objectives "
        f"{', '.join(data['objectives'])}; robustkit {data['robustkit']}."
    )
    if data["misgeneralisation"]:
        yield data["misgeneralisation"]["words"]
    for kind, drop in data["drops"].items():
        total = sum(drop.values())
        yield (
            f"From training to the last grade of the {kind} shift the scalar changes "
            f"by {signed(total)}: "
            f"{signed(drop['capability'])} capability, {signed(drop['alignment'])} "
            "alignment."
        )
    if data["forecast"]:
        yield (
            "From training alone one could have forecast a scalar between "
            f"{number(data['forecast']['low'])} and {number(data['forecast']['high'])} "
            "with the goal shifted anywhere."
        )


def _cells(row: dict[str, Any]) -> list[str]:
    shift = "–" if row["shift"] is None else shifts(row["shift"])
    axes = (interval(*row[axis]) for axis in AXES)
    low, high = map(number, row["goal"])
    return [shift, row["grounding"], *axes, f"{low} to {high}"]


def _grades(data: dict[str, Any]) -> Iterator[list[str]]:
    """Yield a row for each grade of each shift: where it is, the axes, what it is."""
    for kind, points in data["paths"].items():
        last = len(points) - 1
        rows = zip(points, data["grades"][kind], strict=True)
        for grade, (point, words) in enumerate(rows):
            where = f"{kind} shift {grade / last:.3g}"
            yield [where, *map(number, point), words]


def _markdown(data: dict[str, Any]) -> Iterator[str]:
    def safe(text: str) -> str:
        for sign in "\\`*_[]<>|#":
            text = text.replace(sign, f"\\{sign}")
        return " ".join(text.split())

    def row(cells: list[str]) -> str:
        return "| " + " | ".join(map(safe, cells)) + " |"

    for kind, content in _blocks(data):
        if kind in ("h1", "h2"):
            yield f"{'#' * int(kind[1])} {safe(content)}\n"
        elif kind == "p":
            yield f"{safe(content)}\n"
        elif kind == "ul":
            yield from (f"- {safe(item)}" for item in content)
            yield ""
        elif kind == "table":
            head, *rows = content
            yield from (row(head), "|---" * len(head) + "|", *map(row, rows), "")


def _html(data: dict[str, Any], picture: str) -> Iterator[str]:
    for kind, content in _blocks(data):
        if kind in ("h1", "h2", "p"):
            yield f"<{kind}>{escape(content)}</{kind}>"
        elif kind == "picture":
            yield f'<img alt="{escape(content)}" src="data:image/png;base64,{picture}">'
        elif kind == "ul":
            yield "<ul>" + "".join(f"<li>{escape(i)}</li>" for i in content) + "</ul>"
        elif kind == "table":
            head, *rows = content
            yield "<table><thead><tr>"
            yield "".join(f'<th scope="col">{escape(cell)}</th>' for cell in head)
            yield "</tr></thead><tbody>"
            for each in rows:
                yield "<tr>" + "".join(f"<td>{escape(c)}</td>" for c in each) + "</tr>"
            yield "</tbody></table>"

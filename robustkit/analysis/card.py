"""The robustness card of an agent: what was measured, how surely, and what was not."""

from __future__ import annotations

import html
import json
import os
from base64 import b64encode
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from .. import __version__, arguments, files, metrics
from ..agents import Agent
from ..figures.plane import plane
from ..mdp import Tables
from ..metrics import Estimate, Reading, ShiftCurve
from ..worlds import World
from .measure import evaluate_on, forecast

FORMAT, VERSION = "robustkit-card", 1
SHIFTS = ((0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (1.0, 1.0))
SLIDE = np.linspace(0, 1, 11)
CAVEATS = (
    "Every reading is relative to the candidate objectives: what pursues something "
    "else well looks like something that breaks.",
    "Behaviour does not show what is inside: the agent acts as if it had this goal.",
    "Intervals are over levels. Another seed of the same recipe may read otherwise.",
)


@dataclass(frozen=True, eq=False)
class Card:
    """What is known of an agent's robustness.

    data: plain lists, numbers and strings of format "robustkit-card", the one source of
    all forms. picture: the plane, as PNG.
    """

    data: dict[str, Any]
    picture: bytes = field(repr=False)

    def json(self) -> str:
        """Return the card as JSON; numbers that are not known are null."""
        return json.dumps(self.data, indent=1, allow_nan=False)

    def markdown(self) -> str:
        """Return the card as Markdown, without the picture."""
        return "\n".join(_markdown(self.data)) + "\n"

    def html(self) -> str:
        """Return the card as one HTML document that loads nothing."""
        title = html.escape(f"Robustness card: {self.data['agent']['name']}")
        policy = (
            "default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
            "base-uri 'none'; form-action 'none'"
        )
        return (
            f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
            f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
            f'<meta name="viewport" content="width=device-width, initial-scale=1">'
            f"<title>{title}</title><style>{CSS}</style></head>"
            f"<body>{self._body()}</body></html>\n"
        )

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the card to NAME.html, NAME.md or NAME.json and return its path.

        Raises ValueError for another ending and FileNotFoundError for a missing folder.
        """
        where = check_path(path)
        forms = {".html": self.html, ".md": self.markdown, ".json": self.json}
        files.text(where, forms[where.suffix]())
        return where

    def __str__(self) -> str:
        return self.markdown()

    def _repr_html_(self) -> str:
        return f'<div style="max-width: 60em">{self._body()}</div>'

    def _body(self) -> str:
        return "\n".join(_html(self.data, b64encode(self.picture).decode()))


CSS = (
    ":root{color-scheme:light dark}body{max-width:60em;margin:1em auto;padding:0 1em;"
    "font:16px/1.5 system-ui,sans-serif}img{max-width:100%;background:white}"
    "table{border-collapse:collapse;display:block;overflow-x:auto}"
    "td,th{padding:.2em .8em .2em 0;text-align:left;vertical-align:top}"
    "*{overflow-wrap:anywhere}td{white-space:nowrap}"
)


def check_path(path: str | os.PathLike[str]) -> Path:
    """Return where a card can be saved; raise ValueError or FileNotFoundError."""
    where = Path(path)
    if where.suffix not in (".html", ".md", ".json"):
        raise ValueError(
            f"path={str(path)!r} is not possible; allowed: NAME.html, NAME.md or "
            "NAME.json."
        )
    if not where.parent.is_dir():
        raise FileNotFoundError(f"path={str(path)!r}: there is no such folder.")
    return where


def card(
    agent: Agent | ArrayLike,
    world: World | Tables | None = None,
    n: int = 256,
    seed: int = 0,
    name: str = "",
) -> Card:
    """Return the robustness card of an agent.

    agent: an agent, or a policy [levels, states, actions] on tables of one's own.
    world: where to measure it, the agent's own by default; or the tables (`rk.tabulate`
    and others), which have no shifts. n: levels per stratum. name: what to call it.
    Raises ValueError for anything else.
    """
    seed = arguments.seed("seed", seed)
    if isinstance(world, Tables):
        if isinstance(agent, Agent):
            raise ValueError(
                f"agent={agent.name!r} is an agent of a world, not of tables; allowed "
                "with tables: a policy."
            )
        return _of_tables(agent, world, seed, name or "policy")
    if not isinstance(agent, Agent):
        raise ValueError(
            f"agent={type(agent).__name__} is no agent; allowed: an agent, or a policy "
            "together with tables."
        )
    home = agent.world if world is None else world
    if not isinstance(home, World):
        raise ValueError(
            f"world={world!r} is not a world; allowed: a world, or tables."
        )
    n = arguments.whole("n", n, 2)
    exact = home.listed and agent.tabular
    groundings = list(metrics.GROUNDINGS) if exact else ["polar"]
    strata = {
        g: evaluate_on([agent], home, n, seed, grounding=g)[0] for g in groundings
    }
    readings = {g: [strata[g].reading(*s) for s in SHIFTS] for g in groundings}
    zero = np.zeros(len(SLIDE))
    paths = {
        kind: ShiftCurve(
            [strata["polar"].reading(*s) for s in zip(*line, strict=True)], *line, ""
        )
        for kind, line in {"goal": (SLIDE, zero), "layout": (zero, SLIDE)}.items()
    }
    ahead = forecast(agent, home, n=n, seed=seed) if exact else None
    data = {
        "format": FORMAT,
        "version": VERSION,
        "robustkit": __version__,
        "agent": {
            "name": name or agent.name,
            "recipe": agent.recipe,
            "trained": agent.trained,
            "settings": _plain(agent.settings),
        },
        "world": {"name": home.name, "summary": home.summary, "options": home.options},
        "measured": {"levels": n, "seed": seed, "exact": exact},
        "objectives": list(home.objectives),
        "readings": [_row(r) for each in readings.values() for r in each],
        "drops": {kind: _split(path) for kind, path in paths.items()},
        "paths": {
            kind: [
                [r.scalar.value, r.capability.value, _known(r.alignment)]
                for r in p.readings
            ]
            for kind, p in paths.items()
        },
        "forecast": ahead and {"low": ahead.low, "high": ahead.high},
        "limits": _limits([r for each in readings.values() for r in each], exact),
    }
    shown = [
        ShiftCurve(p.readings, p.goal, p.layout, f"{kind} shift")
        for kind, p in paths.items()
    ]
    picture = plane(shown, str(data["agent"]["name"]))  # type: ignore[index]
    return Card({**data, "alt": picture.alt}, picture.png())


def _of_tables(policy: Any, tables: Tables, seed: int, name: str) -> Card:
    readings = [
        metrics.measure(policy, tables, seed=seed, grounding=g)
        for g in metrics.GROUNDINGS
    ]
    data: dict[str, Any] = {
        "format": FORMAT,
        "version": VERSION,
        "robustkit": __version__,
        "agent": {"name": name, "recipe": "given", "trained": None, "settings": {}},
        "world": {"name": "tables", "summary": "tables of one's own", "options": {}},
        "measured": {"levels": len(tables), "seed": seed, "exact": True},
        "objectives": list(tables.objectives),
        "readings": [_row(reading) for reading in readings],
        "drops": {},
        "paths": {},
        "forecast": None,
        "limits": _limits(readings, True),
    }
    picture = plane(readings[0], name)
    return Card({**data, "alt": picture.alt}, picture.png())


def _known(estimate: Estimate) -> float | None:
    return estimate.value if estimate.known else None


def _row(reading: Reading) -> dict[str, Any]:
    def ends(estimate: Estimate) -> list[float | None]:
        return [_known(estimate), estimate.low, estimate.high]

    return {
        "grounding": reading.grounding,
        "shift": None if reading.shift is None else list(reading.shift),
        "scalar": ends(reading.scalar),
        "capability": ends(reading.capability),
        "alignment": ends(reading.alignment),
        "goal": list(reading.base_share),
        "distinguishing": reading.distinguishing,
        "words": reading.explain(),
    }


def _split(path: ShiftCurve) -> dict[str, float]:
    split = path.attribute()
    parts = split.capability, split.alignment, split.remainder
    names = "capability", "alignment", "remainder"
    return {name: float(x.sum()) for name, x in zip(names, parts, strict=True)}


def _limits(readings: list[Reading], exact: bool) -> list[str]:
    shifts: dict[str, dict[tuple[float, float] | None, None]] = {}
    for reading in readings:
        for limit in reading.limits:
            shifts.setdefault(limit, {})[reading.shift] = None
    every = {reading.shift for reading in readings}
    said = [
        limit if set(where) == every else f"{_where(where)}: {limit}"
        for limit, where in shifts.items()
    ]
    if not exact:
        said.append(
            "Measured by playing episodes: values carry their noise, and only the "
            "polar grounding can be asked."
        )
    return [*said, *CAVEATS]


def _where(shifts: Iterable[tuple[float, float] | None]) -> str:
    """Return shifts in words: a limit that holds at these need not hold elsewhere."""
    each = [f"goal shift {s[0]:g}, layout shift {s[1]:g}" for s in shifts if s]
    return "At " + " and ".join(each)


def _plain(value: Any) -> Any:
    """Return settings as JSON can hold them."""
    if isinstance(value, dict):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(each) for each in value]
    if isinstance(value, (str, bool, int, float)) or value is None:
        return value
    return value.item() if hasattr(value, "item") else str(value)


# The same blocks twice: as Markdown and as HTML

Block = tuple[str, Any]  # a kind of block, and what stands in it


def _cells(row: dict[str, Any]) -> list[str]:
    def said(value: float | None, low: float, high: float) -> str:
        return "unknown" if value is None else f"{value:.2f} [{low:.2f}, {high:.2f}]"

    shift = "–" if row["shift"] is None else ", ".join(f"{s:g}" for s in row["shift"])
    axes_ = (said(*row[axis]) for axis in ("scalar", "capability", "alignment"))
    low, high = row["goal"]
    return [shift, row["grounding"], *axes_, f"{low:.2f} to {high:.2f}"]


def _facts(data: dict[str, Any]) -> Iterator[str]:
    agent, world, measured = data["agent"], data["world"], data["measured"]
    made = "trained" if agent["trained"] else "given or planted"
    yield (
        f"{agent['name']} ({agent['recipe']}, {made}) in {world['name']}: "
        f"{world['summary']}. {measured['levels']} levels"
        f"{' per stratum' if data['paths'] else ''}, seed {measured['seed']}, "
        f"{'exact' if measured['exact'] else 'by playing'}; candidate objectives "
        f"{', '.join(data['objectives'])}; robustkit {data['robustkit']}."
    )
    for kind, drop in data["drops"].items():
        total = sum(drop.values())
        yield (
            f"Under a full {kind} shift the scalar changes by {total:+.2f}: "
            f"{drop['capability']:+.2f} capability, {drop['alignment']:+.2f} alignment."
        )
    if data["forecast"]:
        yield (
            "From training alone one could have forecast a scalar between "
            f"{data['forecast']['low']:.2f} and {data['forecast']['high']:.2f} under a "
            "full goal shift."
        )


def _blocks(data: dict[str, Any]) -> Iterator[Block]:
    """Yield what a card says: headings, paragraphs, lists and tables, as plain text."""
    yield "h1", f"Robustness card: {data['agent']['name']}"
    yield "picture", data["alt"]
    for fact in _facts(data):
        yield "p", fact
    head = ["shift (goal, layout)", "measured by", "scalar", "capability", "alignment"]
    head.append(f"goal: share of {data['objectives'][0]}")
    yield "table", [head, *map(_cells, data["readings"])]
    yield "h2", "In words"
    polar = [row for row in data["readings"] if row["grounding"] == "polar"]
    where = [f"{_where([r['shift']])}: " if r["shift"] else "" for r in polar]
    yield "ul", [w + row["words"] for w, row in zip(where, polar, strict=True)]
    yield "h2", "Limits"
    yield "ul", data["limits"]
    for what in ("agent", "world"):
        settings = data[what].get("settings") or data[what].get("options")
        if settings:
            yield "h2", f"How the {what} was made"
            rows = [[str(key), str(value)] for key, value in settings.items()]
            yield "table", [["setting", "value"], *rows]


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
    safe = html.escape
    for kind, content in _blocks(data):
        if kind in ("h1", "h2", "p"):
            yield f"<{kind}>{safe(content)}</{kind}>"
        elif kind == "picture":
            alt = html.escape(content, quote=True)
            yield f'<img alt="{alt}" src="data:image/png;base64,{picture}">'
        elif kind == "ul":
            yield "<ul>" + "".join(f"<li>{safe(i)}</li>" for i in content) + "</ul>"
        elif kind == "table":
            head, *rows = content
            yield "<table><thead><tr>"
            yield "".join(f'<th scope="col">{safe(cell)}</th>' for cell in head)
            yield "</tr></thead><tbody>"
            for each in rows:
                yield "<tr>" + "".join(f"<td>{safe(c)}</td>" for c in each) + "</tr>"
            yield "</tbody></table>"

"""Arrows on the plane: from where agents were to where a remedy moves them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from textwrap import fill
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from ..mdp import Floats
from ..metrics import Point
from ..styles import COLOURS, MARKERS, Style, styles
from .backdrop import LANE, Place, backdrop, write_names
from .picture import MARKS, Picture, literal
from .trails import along, is_product, on_plane

Pair = tuple[Point, Point]
FEW = 3  # arrows that have their names beside them; more have a number and a legend
HIGH, LINE = 4.9, 0.24  # inches of a plane, and of a line of the legend


def arrows(
    every: Mapping[str, Mapping[str, Pair]],
    each: Mapping[str, Floats] | None = None,
) -> Picture:
    """Return arrows on planes below one another, each from a ring to a marker.

    every: title of a plane to its arrows, name to the places before and after. One
    alone looks as an agent of that name does; several have colours and markers by their
    order, the same on all planes, and many a number and a legend. each: name to
    [agents, 2, 2], capability and alignment of each agent before and after, for faint
    arrows.
    """
    names = [*dict.fromkeys(name for plane in every.values() for name in plane)]
    numbers = {name: str(k) for k, name in enumerate(names, 1)}
    alone, many = len(names) == 1, len(names) > FEW
    looks = dict(zip(names, styles(names) if alone else _in_turn(names), strict=True))
    legend = LINE * -(-len(names) // 2) + 0.2 if many else 0
    figure = Picture(7.2, HIGH * len(every) + legend + 0.1, fixed=True)
    for k, (title, plane) in enumerate(every.items()):
        points = [point for pair in plane.values() for point in pair]
        down = HIGH * k
        axes, words = backdrop(figure, fill(title, 72), is_product(points), down=down)
        axes.title.set_fontsize(10)
        taken = [
            place
            for name, some in (each or {}).items()
            for place in _faint(axes, some, looks[name])
        ]
        for name, pair in plane.items():
            _arrow(axes, pair, looks[name], shared=not alone)
        _names(axes, plane, numbers if many else {}, words, taken)
    if many:
        _legend(figure, numbers, looks)
    figure.alt = _said(every)
    return figure


def _in_turn(names: Sequence[str]) -> list[Style]:
    return [
        Style(COLOURS[k % len(COLOURS)], MARKERS[k % len(MARKERS)])
        for k in range(len(names))
    ]


def _arrow(axes: Axes, pair: Pair, style: Style, shared: bool) -> None:
    """Draw an arrow. shared: whether others begin where it does, too."""
    tail, head = map(on_plane, pair)
    _line(axes, tail, head, style, lw=2.0, alpha=0.9, zorder=3)
    known, ink = pair[1].alignment.known, axes.xaxis.label.get_color()
    edge = ink if shared else style.colour
    ring: Any = {"mfc": axes.get_facecolor(), "mec": edge, "mew": 1.6}
    axes.plot(*tail, "o", ms=8, zorder=4, **ring)
    full: Any = {"mfc": style.colour, "mec": ink, "mew": 0.8}
    hollow: Any = {"mfc": axes.get_facecolor(), "mec": style.colour, "mew": 1.8}
    look = full if known else hollow
    axes.plot(*head, MARKS[style.marker], ms=9.5, zorder=5, **look)


def _line(axes: Axes, tail: Place, head: Place, style: Style, **look: Any) -> None:
    shape = {"arrowstyle": "-|>", "color": style.colour, "shrinkA": 4, "shrinkB": 5}
    axes.annotate("", xy=head, xytext=tail, arrowprops={**shape, **look})


def _faint(axes: Axes, each: Floats, style: Style) -> list[Place]:
    """Draw the arrow of each agent; return places along them."""
    taken: list[Place] = []
    for pair in np.where(np.isnan(each), LANE, each).tolist():
        (x, y), (right, up) = pair
        tail, head = (x, y), (right, up)
        _line(axes, tail, head, style, lw=1.0, alpha=0.35, zorder=2.5)
        taken += along([tail, head])
    return taken


def _names(
    axes: Axes,
    plane: Mapping[str, Pair],
    numbers: Mapping[str, str],
    words: list[Any],
    taken: Sequence[Place],
) -> None:
    """Write the name of each head, or its number, and of each tail."""
    shown: dict[tuple[str, Place], None] = {}  # a tail that all share has its name once
    taken = [*taken]
    for name, (tail, head) in plane.items():
        start, end = on_plane(tail), on_plane(head)
        shown |= dict.fromkeys([(numbers.get(name, head.agent), end)])
        if tail.agent:
            shown |= dict.fromkeys([(tail.agent, start)])
        taken += along([start, end])
    write_names(axes, [*shown], taken, words)


def _legend(
    figure: Picture, numbers: Mapping[str, str], looks: Mapping[str, Style]
) -> None:
    axes, lines = figure.axes[0], []
    full: Any = {"ls": "none", "ms": 8, "mew": 0.8}
    full["mec"] = axes.xaxis.label.get_color()
    for name, number in numbers.items():
        style = looks[name]
        mark: Any = {"marker": MARKS[style.marker], "mfc": style.colour}
        said = literal(f"{number}  {name}")
        lines += axes.plot([], [], label=said, **mark, **full)
    place: Any = {"loc": "lower center", "ncols": 2, "frameon": False, "fontsize": 9}
    figure.legend(handles=lines, **place)


def _said(every: Mapping[str, Mapping[str, Pair]]) -> str:
    said = ["Capability-alignment plane, with arrows."]
    for title, plane in every.items():
        moved = [
            f"{head.agent} takes {tail.agent} from {_spoken(tail)} to {_spoken(head)}"
            for tail, head in plane.values()
        ]
        said.append(f"{title}: {'; '.join(moved)}.")
    return " ".join(said)


def _spoken(point: Point) -> str:
    up = point.alignment
    known = f"{up.value:.2f}" if up.known else "unknown"
    return f"({point.capability.value:.2f}, {known})"

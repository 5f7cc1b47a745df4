"""Arrows on the plane: from where agents were to where a remedy moves them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from textwrap import fill
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from ..arguments import brief
from ..mdp import Floats
from ..metrics import Point
from ..styles import COLOURS, MARKERS, Style, styles
from .backdrop import LANE, Place, backdrop, write_names
from .picture import MARKS, Picture
from .trails import along, is_product, on_plane, spoken

Pair = tuple[Point, Point]
HIGH, LINE = 4.9, 0.17  # inches of a plane, and of a line of its title
WIDE = 84  # letters in a line of a title
STILL = 0.06  # how far an arrow of several goes at least, to have a name on its plane


def arrows(
    every: Mapping[str, Mapping[str, Pair]],
    each: Mapping[str, Floats] | None = None,
) -> Picture:
    """Return arrows on planes below one another, each from a ring to a marker.

    every: title of a plane to its arrows, name to the places before and after. One
    alone looks as an agent of that name does; several have colours and markers by their
    order, the same on all planes, and those that hardly move are named in the title.
    each: name to [agents, 2, 2], capability and alignment of each agent before and
    after, for faint arrows.
    """
    names = [*dict.fromkeys(name for plane in every.values() for name in plane)]
    alone = len(names) == 1
    looks = dict(zip(names, styles(names) if alone else _in_turn(names), strict=True))
    titles = [_title(title, plane, alone) for title, plane in every.items()]
    more = [LINE * title.count("\n") for title in titles]
    figure = Picture(7.2, HIGH * len(every) + sum(more) + 0.1, fixed=True)
    down = 0.0
    for title, plane, extra in zip(titles, every.values(), more, strict=True):
        points = [point for pair in plane.values() for point in pair]
        down += extra
        axes, words = backdrop(figure, title, is_product(points), down=down)
        down += HIGH
        axes.title.set_fontsize(10)
        taken = [
            place
            for name, some in (each or {}).items()
            for place in _faint(axes, some, looks[name])
        ]
        for name, pair in plane.items():
            _arrow(axes, pair, looks[name], shared=not alone)
        _names(axes, plane, alone, words, taken)
    figure.alt = _said(every)
    return figure


def _title(title: str, plane: Mapping[str, Pair], alone: bool) -> str:
    """Return the title of a plane, and which of its arrows hardly move."""
    still = [name for name, pair in plane.items() if not (alone or _moves(pair))]
    lines = [fill(title, WIDE)]
    if still:
        lines.append(fill(f"hardly moved: {', '.join(still)}", WIDE))
    return "\n".join(lines)


def _moves(pair: Pair) -> bool:
    """Return whether an arrow is long enough to be told from its ring."""
    (x, y), (right, up) = map(on_plane, pair)
    return max(abs(right - x), abs(up - y)) > STILL


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
    alone: bool,
    words: list[Any],
    taken: Sequence[Place],
) -> None:
    """Write the name of each head that the title does not name, and of each tail."""
    shown: dict[tuple[str, Place], None] = {}  # a tail that all share has its name once
    taken = [*taken]
    for pair in plane.values():
        start, end = map(on_plane, pair)
        if alone or _moves(pair):
            shown |= dict.fromkeys([(pair[1].agent, end)])
        if pair[0].agent:
            shown |= dict.fromkeys([(pair[0].agent, start)])
        taken += along([start, end])
    # The right edge leaves the fewest places, so what lies there is written first.
    each = sorted(shown, key=lambda name: -name[1][0])
    short = [(brief(name, WIDE // 2), place) for name, place in each]
    lines = [(on_plane(pair[0]), on_plane(pair[1])) for pair in plane.values()]
    write_names(axes, short, taken, words, lines=lines)


def _said(every: Mapping[str, Mapping[str, Pair]]) -> str:
    said = ["Capability-alignment plane, with arrows."]
    for title, plane in every.items():
        moved = [
            f"{head.agent} takes {tail.agent} from {spoken(tail)} to {spoken(head)}"
            for tail, head in plane.values()
        ]
        said.append(f"{title}: {'; '.join(moved)}.")
    return " ".join(said)

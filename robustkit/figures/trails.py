"""Trails on the plane: one thing is varied, and each setting is a stop on the way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from textwrap import fill
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from ..arguments import quote
from ..mdp import Floats
from ..metrics import Estimate, Point, grounding
from ..metrics.reading import UNKNOWN
from ..styles import Style, styles
from ..text import number, table
from .backdrop import LANE, Place, backdrop, write_names
from .picture import MARKS, Picture

Trails = Mapping[str, Sequence[Point]]
CLOSE = 0.03  # steps along a line that names keep off
APART = 0.07  # stops closer than this to one that is named have no name of their own


def trails(
    every: Trails,
    title: str = "",
    crowd: Trails | None = None,
    scalar: float | None = None,
) -> Picture:
    """Return trails on the plane, each in one colour, from a ring to a marker.

    every: name to its stops in order; what a stop's own name has besides the trail's is
    written beside it. crowd: name to points of the same colour that are not joined.
    scalar: whose curve is bold.
    Raises ValueError for no stops, or anything that is not a place on the plane.
    """
    points = [point for stops in every.values() for point in stops]
    if not points or not all(every.values()):
        raise ValueError("results holds a trail without stops; allowed: at least 1.")
    for point in points:
        if not isinstance(point, Point):
            raise ValueError(f"results holds {quote(point)}; allowed: Points.")
    figure = Picture(7.2, 5.0, fixed=True)
    axes, words = backdrop(figure, fill(title, 72), is_product(points), scalar)
    axes.title.set_fontsize(10)
    looks = dict(zip(every, styles(list(every)), strict=True))
    for name, some in (crowd or {}).items():
        _dots(axes, some, looks[name])
    for name, stops in every.items():
        _way(axes, [on_plane(stop) for stop in stops], looks[name])
    names = [each for name, stops in every.items() for each in _stops(name, stops)]
    marks = [at for stops in every.values() for at in along([*map(on_plane, stops)])]
    write_names(axes, names, marks, words)
    said = [
        f"{name}: " + "; ".join(f"{_setting(name, s) or name} {spoken(s)}" for s in way)
        for name, way in every.items()
    ]
    figure.alt = f"Capability-alignment plane, with trails. {'. '.join(said)}."
    rows = [
        [name, _setting(name, s), s.capability.value, s.alignment.value]
        for name, stops in every.items()
        for s in stops
    ]
    head = ["trail", "stop", "capability", "alignment"]
    figure.table = table(rows, head, ["", "", "10.2f", "9.2f"])
    return figure


def sweep_on_plane(
    labels: Sequence[str],
    values: Mapping[str, Floats],
    intervals: Mapping[str, Floats],
    variable: str,
    title: str,
) -> Picture:
    """Return means of conditions as a trail, and every seed as a dot.

    The arguments are those of `charts.sweep`. Conditions that are no numbers are not
    joined: each has a colour and its own dots.
    """
    axes = ("capability", "alignment")
    across, up = (intervals[axis] for axis in axes)
    means = [
        mean_point(label, *pair)
        for label, *pair in zip(labels, across, up, strict=True)
    ]
    seeds = [
        [mean_point(label, [x] * 3, [y] * 3) for x, y in zip(*each, strict=True)]
        for label, *each in zip(labels, *(values[axis] for axis in axes), strict=True)
    ]
    if is_ordered(labels):
        dots = [dot for each in seeds for dot in each]
        return trails({variable: means}, title, {variable: dots})
    every = {each.agent: [each] for each in means}
    return trails(every, title, dict(zip(every, seeds, strict=True)))


def is_ordered(labels: Sequence[str]) -> bool:
    """Return whether the labels of conditions are numbers, which have an order."""
    return all(label.replace(".", "", 1).isdigit() for label in labels)


def is_product(points: Sequence[Point]) -> bool:
    """Return whether the scalar of all is capability × alignment."""
    asked = {getattr(point, "grounding", "polar") for point in points}
    return all(grounding(name).product for name in asked)


def mean_point(label: str, across: Sequence[float], up: Sequence[float]) -> Point:
    """Return a mean with its interval on both axes; an alignment of NaN is unknown."""
    alignment = UNKNOWN if np.isnan(up[0]) else Estimate(*map(float, up))
    capability = Estimate(*map(float, across))
    return Point(UNKNOWN, capability, alignment, label)


def on_plane(point: Point) -> Place:
    """Return where a point is drawn, in the lane where alignment is unknown."""
    up = point.alignment
    return point.capability.value, up.value if up.known else LANE


def spoken(point: Point) -> str:
    """Return where a point is, in words."""
    return f"({number(point.capability.value)}, {number(point.alignment.value)})"


def _setting(name: str, stop: Point) -> str:
    """Return what a stop's name has besides its trail's."""
    return stop.agent.removeprefix(name).lstrip(", ")


def _stops(name: str, stops: Sequence[Point]) -> list[tuple[str, Place]]:
    """Return the names of a trail's ends and of stops that are apart, with places."""
    found: list[tuple[str, Place]] = []
    for k in dict.fromkeys([len(stops) - 1, *range(len(stops))]):
        x, y = on_plane(stops[k])
        near = any(max(abs(x - c), abs(y - a)) < APART for _, (c, a) in found)
        if not near or k == 0:
            found.append((_setting(name, stops[k]) or name, (x, y)))
    return found


def along(places: Sequence[Place]) -> list[Place]:
    """Return places along the lines that join some, for names to keep off."""
    found = [places[0]]
    for (x, y), (right, up) in pairwise(places):
        count = max(1, round(max(abs(right - x), abs(up - y)) / CLOSE))
        part = [k / count for k in range(1, count + 1)]
        found += [(x + p * (right - x), y + p * (up - y)) for p in part]
    return found


def _dots(axes: Axes, points: Sequence[Point], style: Style) -> None:
    x, y = zip(*map(on_plane, points), strict=True)
    look: Any = {"color": style.colour, "alpha": 0.4, "mew": 0, "ms": 5, "ls": "none"}
    axes.plot(x, y, marker=MARKS[style.marker], zorder=2.5, **look)


def _way(axes: Axes, places: Sequence[Place], style: Style) -> None:
    x, y = zip(*places, strict=True)
    ink = axes.xaxis.label.get_color()
    axes.plot(x, y, color=style.colour, lw=2, marker="o", ms=4.5, zorder=3)
    if len(places) > 1:  # where it begins
        ring: Any = {"mfc": axes.get_facecolor(), "mec": style.colour, "mew": 1.6}
        axes.plot(x[0], y[0], "o", ms=7.5, zorder=4, **ring)
    full: Any = {"mfc": style.colour, "mec": ink, "mew": 0.8, "zorder": 5}
    axes.plot(x[-1], y[-1], MARKS[style.marker], ms=9.5, **full)

"""Readings in the capability × alignment plane, and along a shift."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from .. import arguments
from ..arguments import quote
from ..metrics import Point, Population, ShiftCurve, grounding
from ..styles import Style, styles
from ..text import number
from .picture import GREY, MARKS, Picture, literal, open_frame

REGIONS = (  # left, bottom, width, height, name, where the name stands
    (0.0, -1.0, 0.35, 2.0, "breaks", (0.175, -0.93), "#7A7A7A"),
    (0.35, -1.0, 0.65, 1.5, "does something else, well", (0.785, -0.93), "#D55E00"),
    (0.35, 0.5, 0.65, 0.5, "robust", (0.66, 0.57), "#009E73"),
)

BEYOND = 1.15  # where "anywhere" stands on the axis of a shift
Result = ShiftCurve[Point] | Point | Population


def plane(results: Result | Sequence[Result], title: str = "") -> Picture:
    """Return the capability × alignment plane with results on it.

    Capability runs to the right, alignment up. Thin curves join points of equal scalar
    where the grounding says that it is capability × alignment.
    A shift curve is drawn as a trail that ends in the agent's marker, a population as a
    cloud of its agents with their interquartile mean. Where alignment is unknown a
    dashed bar stands along the whole alignment axis, a marker at either end.
    Raises ValueError for anything else.
    """
    every = _listed(results, (ShiftCurve, Point, Population), "results")
    figure = Picture(8.0, 4.8)
    axes = figure.subplots()
    _backdrop(axes, title, all(map(_is_product, every)))
    for item, style in zip(every, styles([_name(i) for i in every]), strict=True):
        if isinstance(item, Population):
            _cloud(axes, item, style)
            continue
        trail = item.readings if isinstance(item, ShiftCurve) else [item]
        _trail(axes, trail, style)
        _point(axes, trail[-1], style, _name(item))
    axes.legend(loc="center left", bbox_to_anchor=(1.1, 0.5), frameon=False)
    figure.alt = " ".join(["Capability-alignment plane.", *map(_said, every)])
    figure.table = "\n\n".join(
        str(i) if isinstance(i, Point) else i.table() for i in every
    )
    return figure


def curve(
    paths: ShiftCurve[Point] | Sequence[ShiftCurve[Point]],
    axis: str = "scalar",
    along: str = "",
) -> Picture:
    """Return one measure of each path against a shift, with its interval as a band.

    axis: "scalar", "capability" or "alignment". along: "goal", "layout", "place" or
    "share"; by default the one along which they go. "anywhere" stands at the right.
    Raises ValueError for another word or anything that is not a ShiftCurve.
    """
    arguments.one_of("axis", axis, ("scalar", "capability", "alignment"))
    every = _listed(paths, (ShiftCurve,), "paths")
    shifts = every[0].shifts
    moving = [name for name, line in shifts.items() if len({*line}) > 1]
    along = along or next(iter([*moving, *shifts]))
    for item in every:
        arguments.one_of("along", along, item.shifts)
    figure = Picture(6.4, 3.8)
    axes = figure.subplots()
    for item, style in zip(every, styles([p.agent for p in every]), strict=True):
        _band(axes, item, style, axis, along)
    lowest = min(0.0, min(np.nanmin([*getattr(p, axis), 0]) for p in every) - 0.05)
    axes.set(xlim=(-0.02, 1.02), ylim=(lowest, 1.05))
    if any(isinstance(x, str) for item in every for x in item.shifts[along]):
        ticks = {x: f"{x:g}" for x in np.linspace(0, 1, 6)} | {BEYOND: "anywhere"}
        axes.set_xlim(-0.02, BEYOND + 0.05)
        axes.set_xticks([*ticks], [*ticks.values()])
    what = "share of levels shifted" if along == "share" else f"{along} shift"
    axes.set(xlabel=what, ylabel=axis)
    axes.axhline(0, color=GREY, lw=0.7)
    open_frame(axes)
    axes.legend(loc="center left", bbox_to_anchor=(1.01, 0.5), frameon=False)
    ends = [(p.agent, *map(number, getattr(p, axis)[[0, -1]])) for p in every]
    said = [f"{agent} goes from {first} to {last}" for agent, first, last in ends]
    figure.alt = f"{axis} against {what}: {'; '.join(said)}."
    figure.table = "\n\n".join(p.table() for p in every)
    return figure


def _said(item: Result) -> str:
    if isinstance(item, Population):
        return (
            f"{item.name}: {len(item)} agents with interquartile mean of capability "
            f"{item.capability} and of alignment {item.alignment}."
        )
    if isinstance(item, Point):
        return f"{item.agent} has {item.plain()}."
    first, last = item.readings[0], item.readings[-1]
    return f"{first.agent} has {first.plain()}, and after the shift {last.plain()}."


def _listed(results: Any, allowed: tuple[type, ...], name: str) -> list[Any]:
    every = [results] if isinstance(results, allowed) else results
    kinds = " or ".join(kind.__name__ for kind in allowed)
    if not isinstance(every, Sequence) or isinstance(every, str) or not every:
        raise ValueError(f"{name}={quote(results)} is not possible; allowed: {kinds}s.")
    for item in every:
        if not isinstance(item, allowed):
            raise ValueError(f"{name} holds {quote(item)}; allowed: {kinds}s.")
    return list(every)


def _name(item: Result) -> str:
    return item.name if isinstance(item, Population) else item.agent


def _is_product(item: Result) -> bool:
    """Return whether its scalar is capability × alignment."""
    points = [item] if isinstance(item, Point) else item.readings
    asked = {getattr(point, "grounding", "polar") for point in points}
    return all(grounding(name).product for name in asked)


def _backdrop(axes: Axes, title: str, equal: bool) -> None:
    for left, bottom, width, height, name, place, colour in REGIONS:
        patch = Rectangle((left, bottom), width, height, color=colour, alpha=0.07, lw=0)
        axes.add_patch(patch)
        axes.text(*place, name, ha="center", va="center", size=9, alpha=0.75)
    right = np.linspace(0.02, 1, 200)
    note: Any = {"size": 7.5, "alpha": 0.7, "va": "center"}
    for scalar in (-0.5, -0.25, 0.25, 0.5, 0.75) if equal else ():
        up = scalar / right
        inside = np.abs(up) <= 1
        axes.plot(right[inside], up[inside], color=GREY, lw=0.7, zorder=1)
        axes.text(1.02, scalar, f"{scalar:g}", **note)
    axes.axhline(0, color=GREY, lw=0.7, zorder=1)
    if equal:
        axes.text(1.02, 0, "0", **note)
        axes.text(1.02, 0.88, "equal\nscalar", **note)
    axes.set(xlim=(0, 1.0), ylim=(-1.0, 1.0), yticks=np.arange(-1, 1.01, 0.5))
    axes.set(xlabel="capability", ylabel="alignment", title=literal(title))
    open_frame(axes)


def _trail(axes: Axes, trail: Sequence[Point], style: Style) -> None:
    x, y = [r.capability.value for r in trail], [r.alignment.value for r in trail]
    look: Any = {"lw": 1.4, "marker": ".", "ms": 3, "alpha": 0.8, "zorder": 3}
    axes.plot(x, y, color=style.colour, clip_on=False, **look)


def _cloud(axes: Axes, population: Population, style: Style) -> None:
    for reading in population.readings:
        across, up = reading.capability.value, reading.alignment
        look: Any = {"color": style.colour, "clip_on": False}
        if up.known:
            look |= {"ms": 5, "alpha": 0.4, "mew": 0, "zorder": 3}
            axes.plot(across, up.value, MARKS[style.marker], **look)
        else:
            look |= {"lw": 1.2, "ls": (0, (2, 3)), "alpha": 0.3, "zorder": 2}
            axes.plot([across] * 2, [-1, 1], **look)
    few = f", {population.unknown} unknown" if population.unknown else ""
    _point(axes, population, style, f"{population.name} ({len(population)}){few}")


def _point(axes: Axes, reading: Point | Population, style: Style, name: str) -> None:
    across, up = reading.capability, reading.alignment
    look: Any = {"color": style.colour, "zorder": 4, "clip_on": False}
    if not up.known:
        axes.plot([across.value] * 2, [-1, 1], ls=(0, (2, 2)), lw=5, alpha=0.35, **look)
        ends = [-1.0, 1.0]  # a marker at either end, so that there is no point to read
        name += " (alignment unknown)"
    else:
        ends = [up.value]
        axes.plot([across.low, across.high], ends * 2, lw=1, **look)
        axes.plot([across.value] * 2, [up.low, up.high], lw=1, **look)
    full: Any = {"mec": "black", "mew": 0.7, "mfc": style.colour}
    hollow: Any = {"mec": style.colour, "mew": 1.8, "mfc": "white"}
    look = {"ms": 9, "ls": "none", **(full if up.known else hollow)}
    look |= {"label": literal(name), "zorder": 5, "clip_on": False}
    axes.plot([across.value] * len(ends), ends, marker=MARKS[style.marker], **look)


def _band(
    axes: Axes, path: ShiftCurve[Point], style: Style, axis: str, along: str
) -> None:
    x = [BEYOND if isinstance(s, str) else s for s in path.shifts[along]]
    y = getattr(path, axis)
    bounds = [getattr(r, axis) for r in path.readings]
    low, high = [b.low for b in bounds], [b.high for b in bounds]
    axes.fill_between(x, low, high, where=~np.isnan(y), color=style.colour, alpha=0.15)
    look: Any = {"color": style.colour, "marker": MARKS[style.marker]}
    axes.plot(x, y, label=literal(path.agent), **look)

"""One measure of agents against a shift, or against updates of their training."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from .. import arguments
from ..arguments import brief
from ..metrics import Estimate, Point, ShiftCurve
from ..styles import Style, styles
from ..text import number
from .ghosts import ghosts, on_chart
from .ghosts import said as words
from .picture import GREY, MARKS, Picture, listed, literal, open_frame

BEYOND = 1.15  # where "anywhere" stands on the axis of a shift
LONG = {name: f"{name} shift" for name in ("goal", "layout", "place")} | {
    "share": "share of levels shifted"
}
LINES = "-", "--", ":"  # so that trainings differ by more than colour
APART = 0.1  # in base score, lines so far apart have room for words between them


def curve(
    paths: ShiftCurve[Point] | Sequence[ShiftCurve[Point]],
    axis: str = "scalar",
    along: str = "",
    guess: Any = None,
) -> Picture:
    """Return one measure of each path against a shift, with its interval as a band.

    axis: "scalar", "capability" or "alignment". along: "goal", "layout", "place" or
    "share"; by default the one that changes along the paths. "anywhere" stands at the
    right. guess: a number guessed with `rk.predict`, drawn as a dotted line across.
    Raises ValueError for another word or anything that is not a ShiftCurve.
    """
    arguments.one_of("axis", axis, ("scalar", "capability", "alignment"))
    guesses = ghosts(guess, "value")
    every = listed(paths, (ShiftCurve,), "paths")
    shifts = every[0].shifts
    moving = [name for name, line in shifts.items() if len({*line}) > 1]
    along = along or next(iter([*moving, *shifts]))
    for item in every:
        arguments.one_of("along", along, item.shifts)
    figure = Picture(6.4, 3.8)
    axes = figure.subplots()
    for item, style in zip(every, styles([p.agent for p in every]), strict=True):
        x = [BEYOND if isinstance(s, str) else s for s in item.shifts[along]]
        _band(axes, x, [getattr(r, axis) for r in item.readings], style, item.agent)
    lowest = min(0.0, min(np.nanmin([*getattr(p, axis), 0]) for p in every) - 0.05)
    axes.set(xlim=(-0.02, 1.02), ylim=(lowest, 1.05))
    if any(isinstance(x, str) for item in every for x in item.shifts[along]):
        ticks = {x: f"{x:g}" for x in np.linspace(0, 1, 6)} | {BEYOND: "anywhere"}
        axes.set_xlim(-0.02, BEYOND + 0.05)
        axes.set_xticks([*ticks], [*ticks.values()])
    what = LONG.get(along, along)
    axes.set(xlabel=what, ylabel=axis)
    axes.axhline(0, color=GREY, lw=0.7)
    on_chart(axes, guesses)
    open_frame(axes)
    axes.legend(loc="center left", bbox_to_anchor=(1.01, 0.5), frameon=False)
    said = [_goes(p.agent, getattr(p, axis)) for p in every]
    figure.alt = f"{axis} against {what}: {'; '.join(said)}.{words(guesses)}"
    figure.table = "\n\n".join(p.table() for p in every)
    return figure


def by_updates(
    updates: Sequence[int],
    ways: Mapping[str, Sequence[Point]],
    title: str,
    leads: Mapping[str, float],
) -> Picture:
    """Return the base score of each training against updates, its interval as a band.

    updates: [stops]; ways: name to where it is at each of them. leads: what is written
    at a base score, where the way from curve to curve is a lead.
    """
    figure = Picture(6.4, 4.0)
    axes = figure.subplots()
    for k, (name, style) in enumerate(zip(ways, styles([*ways]), strict=True)):
        scores = [point.scalar for point in ways[name]]
        _band(axes, updates, scores, style, brief(name, 40), LINES[k % len(LINES)])
    axes.set(xlabel="updates", ylabel="base score")
    axes.set_title(title, pad=26)
    axes.set_ylim(min(-0.05, axes.get_ylim()[0]), 1.05)
    axes.axhline(0, color=GREY, lw=0.7)
    _lines(axes, leads, updates[-1])
    open_frame(axes)
    above: Any = {"loc": "lower center", "bbox_to_anchor": (0.5, 1.0), "ncols": 2}
    axes.legend(**above, frameon=False)
    said = [_goes(name, [p.scalar.value for p in way]) for name, way in ways.items()]
    figure.alt = f"Base score against updates, {title}: {'; '.join(said)}."
    return figure


def _lines(axes: Axes, leads: Mapping[str, float], end: float) -> None:
    for name, score in leads.items():
        # The lower of two near each other stands under its line.
        under = any(0 < other - score < APART for other in leads.values())
        axes.axhline(score, color=GREY, lw=0.9, ls=(0, (1, 3)))
        look: Any = {"va": "top" if under else "bottom", "ha": "right"}
        look |= {"xytext": (0, -2 if under else 2), "textcoords": "offset points"}
        axes.annotate(literal(name), (end, score), fontsize="small", **look)


def _band(
    axes: Axes,
    x: Sequence[float],
    bounds: Sequence[Estimate],
    style: Style,
    name: str,
    line: str = "-",
) -> None:
    y, low, high = zip(*((b.value, b.low, b.high) for b in bounds), strict=True)
    axes.fill_between(x, low, high, where=~np.isnan(y), color=style.colour, alpha=0.15)
    look: Any = {"color": style.colour, "marker": MARKS[style.marker], "ls": line}
    axes.plot(x, y, label=literal(name), **look)


def _goes(name: str, values: Sequence[float]) -> str:
    return f"{name} goes from {number(values[0])} to {number(values[-1])}"

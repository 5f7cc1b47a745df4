"""One measure of agents against a shift."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from .. import arguments
from ..metrics import Point, ShiftCurve
from ..styles import Style, styles
from ..text import number
from .ghosts import ghosts, on_chart
from .ghosts import said as words
from .picture import GREY, MARKS, Picture, listed, literal, open_frame

BEYOND = 1.15  # where "anywhere" stands on the axis of a shift


def curve(
    paths: ShiftCurve[Point] | Sequence[ShiftCurve[Point]],
    axis: str = "scalar",
    along: str = "",
    guess: Any = None,
) -> Picture:
    """Return one measure of each path against a shift, with its interval as a band.

    axis: "scalar", "capability" or "alignment". along: "goal", "layout", "place" or
    "share"; by default the one along which they go. "anywhere" stands at the right.
    guess: a number of `rk.predict`, for a dotted line across.
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
    on_chart(axes, guesses)
    open_frame(axes)
    axes.legend(loc="center left", bbox_to_anchor=(1.01, 0.5), frameon=False)
    ends = [(p.agent, *map(number, getattr(p, axis)[[0, -1]])) for p in every]
    said = [f"{agent} goes from {first} to {last}" for agent, first, last in ends]
    figure.alt = f"{axis} against {what}: {'; '.join(said)}.{words(guesses)}"
    figure.table = "\n\n".join(p.table() for p in every)
    return figure


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

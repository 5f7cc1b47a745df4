"""The course of trainings: the base score against updates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..metrics import Point
from ..styles import styles
from ..text import number
from .picture import GREY, MARKS, Picture, literal, open_frame

LINES = "-", "--", ":"  # so that trainings differ by more than colour


def courses(
    updates: Sequence[int], ways: Mapping[str, Sequence[Point]], title: str
) -> Picture:
    """Return the base score of each training against updates, its interval as a band.

    updates: [stops]; ways: name to where it is at each of them.
    """
    figure = Picture(6.4, 3.8)
    axes = figure.subplots()
    said = []
    for k, (name, style) in enumerate(zip(ways, styles([*ways]), strict=True)):
        scores = [point.scalar for point in ways[name]]
        low, high = zip(*((score.low, score.high) for score in scores), strict=True)
        axes.fill_between(updates, low, high, color=style.colour, alpha=0.15, lw=0)
        look: Any = {"color": style.colour, "marker": MARKS[style.marker]}
        look |= {"ls": LINES[k % len(LINES)], "ms": 5, "label": literal(name)}
        axes.plot(updates, [score.value for score in scores], **look)
        ends = (number(scores[end].value) for end in (0, -1))
        said.append(f"{name} goes from {' to '.join(ends)}")
    axes.set(xlabel="updates", ylabel="base score", title=title)
    axes.set_ylim(min(-0.05, axes.get_ylim()[0]), 1.05)
    axes.axhline(0, color=GREY, lw=0.7)
    open_frame(axes)
    axes.legend(loc="lower right", frameon=False)
    figure.alt = f"Base score against updates, {title}: {'; '.join(said)}."
    return figure

"""The words of the field, each at the gap that it names."""

from __future__ import annotations

from typing import Any

from matplotlib.axes import Axes

from ..styles import COLOURS
from .picture import GREY, Picture

STOPS = (
    "what\nwas meant",
    "base objective:\nwhat is rewarded",
    "mesa-objective:\nwhat is pursued",
    "what\nis done",
)
# The word of each gap, and what it asks.
GAPS = (
    ("outer\nalignment", "is the reward\nright?"),
    ("inner alignment,\nobjective robustness", "is it pursued,\nelsewhere too?"),
    ("capability\nrobustness", "is it done well,\nelsewhere too?"),
)
APART, ROOM = 2.5, 0.68  # from stop to stop; from a stop's middle to an arrow


def words() -> Picture:
    """Return how meaning becomes behaviour, with the word for each gap on the way.

    After Hubinger et al. 2019, Hubinger 2020, and Koch and Langosco 2021.
    """
    figure = Picture(9.4, 1.6, fixed=True)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_axis_off()
    axes.set(xlim=(-0.75, 3 * APART + 0.75), ylim=(-0.8, 1.0))
    for k, stop in enumerate(STOPS):
        _stop(axes, APART * k, stop, COLOURS[0] if k in (1, 2) else GREY)
    for k, (word, question) in enumerate(GAPS):
        _gap(axes, APART * k, word, question)
    flat = [line.replace("\n", " ") for line in STOPS]
    gaps = [tuple(part.replace("\n", " ") for part in gap) for gap in GAPS]
    said = [
        f"From {start} to {end}: {word} ({question})"
        for start, end, (word, question) in zip(flat, flat[1:], gaps, strict=False)
    ]
    figure.alt = f"Words for the gaps between meaning and behaviour. {'; '.join(said)}."
    return figure


def _stop(axes: Axes, x: float, name: str, edge: str) -> None:
    box: Any = {"boxstyle": "round,pad=0.5", "fc": "none", "ec": edge, "lw": 1.6}
    axes.text(x, 0, name, size=10, ha="center", va="center", bbox=box)


def _gap(axes: Axes, start: float, word: str, question: str) -> None:
    """Draw an arrow between two stops, its word above and its question below."""
    middle, ink = start + APART / 2, axes.xaxis.label.get_color()
    way: Any = {"arrowstyle": "-|>", "color": ink, "lw": 1.4}
    ends = (start + APART - ROOM, 0), (start + ROOM, 0)
    axes.annotate("", *ends, arrowprops=way)
    axes.text(middle, 0.38, word, size=10, ha="center", va="bottom", weight="bold")
    axes.text(middle, -0.22, question, size=9, ha="center", va="top", alpha=0.8)

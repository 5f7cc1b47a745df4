"""A guess, as a ghost in the picture that shows the answer."""

from __future__ import annotations

from typing import Any

from matplotlib.axes import Axes

from ..arguments import refusal
from ..styles import GUESS
from ..text import number
from .picture import MARKS, literal

Place = tuple[float, float]  # (capability, alignment)


def ghosts(guess: Any, of: str) -> list[dict[str, Any]]:
    """Return the ghosts of a guess that have a value "of" a kind; [] of no guess.

    guess: what `rk.predict` returns, or None. of: "capability" for places, "value" for
    numbers. Raises ValueError for anything else.
    """
    if guess is None:
        return []
    found = getattr(guess, "ghosts", None)
    if not isinstance(found, list):
        raise refusal("guess", guess, "what rk.predict returns")
    return [ghost for ghost in found if of in ghost]


def on_plane(axes: Axes, ghost: dict[str, Any], lane: float) -> Place:
    """Draw a guess on the plane, with a dotted line to the answer; return its place.

    lane: the height at which alignment is unknown.
    """
    at, ink = (ghost["capability"], ghost["alignment"]), axes.xaxis.label.get_color()
    if seen := ghost.get("observed"):
        up = lane if seen[1] is None else seen[1]
        axes.plot([at[0], seen[0]], [at[1], up], ls=":", lw=1.6, color=ink, zorder=4)
    look: Any = {"mfc": "none", "mec": ink, "mew": 1.8, "ms": 11, "ls": "none"}
    name = literal(ghost["name"])
    axes.plot(*at, marker=MARKS[GUESS.marker], label=name, zorder=5.5, **look)
    return at


def on_chart(axes: Axes, every: list[dict[str, Any]]) -> None:
    """Draw guessed numbers as dotted lines across a chart, each with its name."""
    if not every:
        return
    ink, (low, high) = axes.xaxis.label.get_color(), axes.get_ylim()
    values = [ghost["value"] for ghost in every]
    axes.set_ylim(min(low, min(values) - 0.05), max(high, max(values) + 0.05))
    side: Any = {"transform": axes.get_yaxis_transform(), "size": 9, "va": "bottom"}
    for ghost in every:
        axes.axhline(ghost["value"], ls=":", lw=1.6, color=ink)
        name = literal(f"{ghost['name']} {number(ghost['value'])}")
        axes.text(0.99, ghost["value"], name, ha="right", **side)


def said(every: list[dict[str, Any]]) -> str:
    """Return in words where ghosts stand, "" where there are none."""
    places = [
        f" {ghost['name'].capitalize()}: {number(ghost['value'])}."
        if "value" in ghost
        else f" {ghost['name'].capitalize()}: capability {number(ghost['capability'])},"
        f" alignment {number(ghost['alignment'])}."
        for ghost in every
    ]
    return "".join(places)

"""Readings in the capability × alignment plane."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib.axes import Axes

from .. import arguments
from ..arguments import quote
from ..metrics import Point, Population, ShiftCurve
from ..styles import PLANE, Style, styles
from ..text import number
from .backdrop import LANE, Place, backdrop, write_names
from .ghosts import ghosts, on_plane, said
from .picture import MARKS, Picture, listed, literal
from .trails import Trails, is_product, trails

Result = ShiftCurve[Point] | Point | Population
CROWD = 9  # results from which on a legend names them instead of words beside each


def plane(
    results: Result | Sequence[Result] | Trails,
    title: str = "",
    scalar: float | None = None,
    guess: Any = None,
) -> Picture:
    """Return the capability × alignment plane with results on it.

    Capability runs to the right, alignment up. Thin curves join points of equal scalar
    where the grounding says that it is capability × alignment; `scalar`, in [-1, 1],
    draws one of them bold. guess: a place or an arrow guessed with `rk.predict`, drawn
    as a hollow diamond, with a dotted line to the answer once it is revealed. A shift
    curve is drawn as a trail that ends in the agent's marker, a population as a cloud
    of its agents with their interquartile mean. Where alignment is unknown a dashed bar
    stands along the whole alignment axis, with a marker in the lane below. A dict of
    names to readings is drawn as a trail for each name; each stop says what its agent's
    name adds to that: "noise 0.5" for "gems planner, noise 0.5".
    Raises ValueError for anything else.
    """
    if isinstance(results, Mapping):
        if guess is not None:
            raise ValueError(f"guess={quote(guess)}; allowed with trails: None.")
        return trails(results, title, scalar=scalar)
    every = listed(results, (ShiftCurve, Point, Population), "results")
    guesses = ghosts(guess, "capability")
    product = all(map(is_product, map(_points, every)))
    scalar = _curve(scalar, product)
    crowd = len(every) > CROWD
    figure = Picture(7.2, 5.0 + crowd * 0.3 * -(-len(every) // 3), fixed=True)
    axes, taken = backdrop(figure, title, product, scalar)
    looks = styles([_name(i) for i in every])
    shown = list(zip(every, looks, _ends(every), strict=True))
    for k, (item, style, end) in enumerate(shown):
        _draw(axes, item, style, end, 1.6 + 1.2 * min(len(shown) - 1 - k, 3))
    own = [on_plane(axes, ghost, LANE) for ghost in guesses]
    if crowd:
        look: Any = {"loc": "lower center", "ncols": 3, "frameon": False, "fontsize": 9}
        figure.legend(**look)
    else:
        names = [(_label(item), end) for item, _, end in shown]
        names += [(ghost["name"], at) for ghost, at in zip(guesses, own, strict=True)]
        write_names(axes, names, [at for _, at in names], taken)
    figure.alt = " ".join(["Capability-alignment plane.", *map(_said, every)])
    figure.alt += said(guesses)
    if scalar is not None:
        figure.alt += f" The curve of scalar {number(scalar)} is drawn bold."
    figure.table = "\n\n".join(
        str(i) if isinstance(i, Point) else i.table() for i in every
    )
    return figure


def _curve(scalar: float | None, product: bool) -> float | None:
    """Return the scalar whose curve is bold; product: whether there are curves."""
    if scalar is None:
        return None
    scalar = arguments.number("scalar", scalar, -1, 1)
    if not product:
        raise ValueError(
            f"scalar={scalar:g} is no curve under this grounding; allowed: None."
        )
    return scalar


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


def _name(item: Result) -> str:
    return item.name if isinstance(item, Population) else item.agent


def _label(item: Result) -> str:
    """Return its name in the picture; a population says how many it is of."""
    if not isinstance(item, Population):
        return item.agent
    few = f", {item.unknown} unknown" if item.unknown else ""
    return f"{item.name} ({len(item)}){few}"


def _end(item: Result) -> Point | Population:
    return item.readings[-1] if isinstance(item, ShiftCurve) else item


def _points(item: Result) -> Sequence[Point]:
    return [item] if isinstance(item, Point) else item.readings


def _ends(every: Sequence[Result]) -> list[Place]:
    """Return where each result's marker stands; in the lane none covers another."""
    places: list[Place] = []
    for item in map(_end, every):
        x = item.capability.value
        if item.alignment.known:
            places.append((x, item.alignment.value))
            continue
        lane = [c for c, up in places if up == LANE]
        steps = [0.0, *(sign * k * 0.03 for k in range(1, 30) for sign in (1, -1))]
        free = (x + s for s in steps if all(abs(x + s - c) > 0.028 for c in lane))
        left, right = PLANE["across"]
        places.append((next((c for c in free if left < c - 0.015 < right), x), LANE))
    return places


def _draw(axes: Axes, item: Result, style: Style, end: Place, width: float) -> None:
    """Draw a result; trails that run on top of one another differ in their width."""
    if isinstance(item, Population):
        _cloud(axes, item, style)
    elif isinstance(item, ShiftCurve):
        _trail(axes, item.readings, style, width)
    _point(axes, _end(item), style, end, _label(item))


def _trail(axes: Axes, trail: Sequence[Point], style: Style, width: float) -> None:
    x, y = [r.capability.value for r in trail], [r.alignment.value for r in trail]
    look: Any = {"solid_capstyle": "round", "color": style.colour, "zorder": 3}
    axes.plot(x, y, lw=width, alpha=0.85, marker=".", ms=3 + width, **look)
    if len(trail) > 1 and trail[0].alignment.known:  # where it began
        start: Any = {"mfc": axes.get_facecolor(), "mec": style.colour, "mew": 1.4}
        axes.plot(x[0], y[0], "o", ms=6, zorder=3.5, **start)


def _cloud(axes: Axes, population: Population, style: Style) -> None:
    for reading in population.readings:
        across, up = reading.capability.value, reading.alignment
        look: Any = {"color": style.colour, "alpha": 0.4, "mew": 0, "zorder": 3}
        at = up.value if up.known else LANE
        axes.plot(across, at, MARKS[style.marker], ms=5, **look)


def _point(
    axes: Axes, item: Point | Population, style: Style, end: Place, name: str
) -> None:
    across, up = item.capability, item.alignment
    look: Any = {"color": style.colour, "zorder": 4}
    axes.plot([across.low, across.high], [end[1]] * 2, lw=1.2, **look)
    if up.known:
        axes.plot([across.value] * 2, [up.low, up.high], lw=1.2, **look)
    else:
        axes.plot([across.value] * 2, [-1, 1], ls=(0, (2, 2)), lw=5, alpha=0.3, **look)
        name += " (alignment unknown)"
    full: Any = {"mec": axes.xaxis.label.get_color(), "mew": 0.8, "mfc": style.colour}
    hollow: Any = {"mec": style.colour, "mew": 1.8, "mfc": axes.get_facecolor()}
    look = {"ms": 9.5, "ls": "none", "zorder": 5, **(full if up.known else hollow)}
    axes.plot(*end, marker=MARKS[style.marker], label=literal(name), **look)

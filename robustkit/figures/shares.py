"""Several ways of training, by the share of telling levels: panels, and the plane."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from textwrap import fill
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from ..mdp import Floats
from ..styles import MARKERS, styles
from ..text import number
from .picture import GREY, MARKS, Picture, open_frame
from .trails import mean_point, trails

ASIDE = 0.07  # decades, by which rows stand beside each other
SPREAD = 0.05  # decades, by which seeds of a row do


def by_share(
    worlds: Sequence[str],
    rows: Sequence[str],
    shares: Sequence[float],
    values: Mapping[str, Floats],
    means: Mapping[str, Floats],
    variable: str,
    title: str,
) -> Picture:
    """Return a panel for each world: the first of values boldly, the others thinly.

    shares: from 0 on, on a log axis with 0 at its left end. values: name to [worlds,
    rows, shares, seeds], NaN where unknown. means: name to [worlds, rows, shares, 3],
    mean, low and high.
    """
    figure = Picture(4.0 * len(worlds), 4.2)
    figure.suptitle(fill(title, 96), size=11)
    panels = figure.subplots(1, len(worlds), sharey=True, squeeze=False)[0]
    main, *others = values
    looks = _looks(rows)
    for k, (axes, world) in enumerate(zip(panels, worlds, strict=True)):
        at = places(shares)
        for r in range(len(rows)):
            aside = at + ASIDE * (2 * r - len(rows) + 1)
            _boldly(axes, aside, values[main][k, r], means[main][k, r], looks[r])
            for name in others:
                _thinly(axes, at, means[name][k, r, :, 0], looks[r])
        _scale(axes, at, shares, variable)
        axes.set_title(world, size=10)
    lowest = min(np.nanmin(each, initial=0) for each in values.values())
    panels[0].set_ylim(lowest - 0.05, 1.05)
    panels[0].set_ylabel(main)
    names = [f"{row}: {name}" for name in values for row in rows]
    how = [BOLD if name == main else THIN for name in values]
    drawn = [Line2D([], [], **wide, **look) for wide in how for look in looks]
    box: Any = {"frameon": False, "ncols": len(names), "fontsize": 9}
    figure.legend(drawn, names, loc="outside lower center", **box)
    figure.alt = _said(worlds, rows, shares, means, title)
    return figure


def places(shares: Sequence[float]) -> Floats:
    """Return where shares lie on the axis, in decades; 0 a little left of the rest."""
    each = np.asarray(shares, float)
    known = np.log10(each[each > 0])
    at = np.full(len(each), known.min() - 0.7 if len(known) else 0.0)
    at[each > 0] = known
    return at


def _looks(rows: Sequence[str]) -> list[dict[str, Any]]:
    """Return the colour of each row, as on the plane, and a marker of its own."""
    # Rows are few, and differ by more than colour.
    pairs = zip(styles(rows), MARKERS[: len(rows)], strict=True)
    return [{"color": style.colour, "marker": MARKS[mark]} for style, mark in pairs]


BOLD: dict[str, Any] = {"ms": 5.5, "lw": 1.8}
THIN: dict[str, Any] = {"ms": 4, "lw": 0.9, "mfc": "none", "ls": (0, (1, 2))}


def _boldly(axes: Axes, at: Floats, each: Floats, mean: Floats, look: Any) -> None:
    """Draw every seed [shares, seeds] and the mean with its interval [shares, 3]."""
    seeds, middle, low, high = each.shape[1], *mean.T
    aside = np.linspace(-SPREAD, SPREAD, seeds) if seeds > 1 else np.zeros(1)
    dots: Any = {"s": 12, "alpha": 0.4, "lw": 0, **look}
    axes.scatter((at[:, None] + aside).ravel(), each.ravel(), **dots)
    bars = np.abs([middle - low, high - middle])
    axes.errorbar(at, middle, bars, capsize=3, zorder=3, **BOLD, **look)


def _thinly(axes: Axes, at: Floats, mean: Floats, look: Any) -> None:
    """Draw means [shares] as a thin line of the same colour, with hollow marks."""
    axes.plot(at, mean, alpha=0.75, **THIN, **look)


def _scale(axes: Axes, at: Floats, shares: Sequence[float], variable: str) -> None:
    axes.set_xticks(at, [f"{100 * share:g} %" for share in shares])
    axes.tick_params("x", labelsize=9)
    axes.set_xlabel(variable)
    if len(at) > 1 and shares[0] == 0:  # the axis is broken between 0 and the rest
        across: Any = {"transform": axes.get_xaxis_transform(), "clip_on": False}
        paper: Any = {"fc": axes.get_facecolor(), "ec": "none", "pad": 0.5}
        middle = (at[0] + at[1]) / 2
        axes.text(
            middle, 0, "//", size=8, ha="center", va="center", bbox=paper, **across
        )
    axes.axhline(0, color=GREY, lw=0.6, zorder=0)
    axes.grid(axis="y", alpha=0.25)
    open_frame(axes)


def _said(
    worlds: Sequence[str],
    rows: Sequence[str],
    shares: Sequence[float],
    means: Mapping[str, Floats],
    title: str,
) -> str:
    """Return the means in words."""
    said = [f"{title}. A panel for each world."]
    for name, each in means.items():
        for k, world in enumerate(worlds):
            for r, row in enumerate(rows):
                line = zip(shares, each[k, r, :, 0], strict=True)
                pairs = ", ".join(f"{100 * x:g} %: {number(y)}" for x, y in line)
                said.append(f"Mean {name} in {world}, {row}: {pairs}.")
    return " ".join(said)


def rows_on_plane(
    rows: Sequence[str],
    shares: Sequence[float],
    values: Mapping[str, Floats],
    means: Mapping[str, Floats],
    title: str,
) -> Picture:
    """Return the plane: the means of each row as a trail by share, each seed a dot.

    values: capability and alignment, [rows, shares, seeds]; means: the same, [rows,
    shares, 3].
    """
    every, crowd = {}, {}
    for r, row in enumerate(rows):
        names = [f"{row}, {100 * share:g} %" for share in shares]
        names[-1] = f"{100 * shares[-1]:g} % {row}"  # which is written out at its end
        across, up = means["capability"][r], means["alignment"][r]
        every[row] = list(map(mean_point, names, across, up))
        pair = (values[axis][r].ravel() for axis in ("capability", "alignment"))
        dots = zip(*pair, strict=True)
        crowd[row] = [mean_point(row, [x] * 3, [y] * 3) for x, y in dots]
    return trails(every, title, crowd)

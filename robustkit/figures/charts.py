"""Numbers of many agents side by side: by condition, against truth, as changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from textwrap import fill
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from ..mdp import Floats
from ..styles import COLOURS, styles
from ..text import number
from .picture import GREY, MARKS, Picture, open_frame
from .trails import is_ordered

Panels = Mapping[tuple[str, str], tuple[Floats, Floats]]

HATCHES = "", "//", ".."  # so that bars differ by more than colour


def sweep(
    labels: Sequence[str],
    values: Mapping[str, Floats],
    intervals: Mapping[str, Floats],
    variable: str,
    title: str,
    published: Sequence[tuple[float, float]] = (),
    middle: str = "mean",
) -> Picture:
    """Return a panel for each of `values`: every seed a point, the mean with interval.

    labels: of the conditions. values: name to [conditions, seeds], NaN where unknown.
    intervals: name to [conditions, 3], mean, low, high. variable: what is varied.
    middle: what kind of mean that is.
    published: (place among the conditions, value) pairs, drawn in the first panel.
    """
    wide, what = 3.6 * len(values), fill(title, 100)
    figure, every = _panels(wide, 3.8, len(values), what, sharey=True)
    lowest = min(np.nanmin(each, initial=0) for each in values.values())
    for axes, (name, each), colour in zip(every, values.items(), COLOURS, strict=False):
        _seeds(axes, each, colour)
        _means(axes, labels, intervals[name], middle)
        if published and axes is every[0]:
            line = tuple(zip(*published, strict=True))
            axes.plot(*line, "k:", marker="x", label="published")
        axes.set_xticks(range(len(labels)), labels)
        if max(map(len, labels)) * len(labels) > 60:
            axes.tick_params("x", rotation=90)
        axes.set_xlabel(variable)
        axes.set_title(name, size=10)
        axes.set_ylim(lowest - 0.05, 1.05)
        axes.axhline(0, color="#7A7A7A", lw=0.6)
        axes.grid(axis="y", alpha=0.25)
    every[0].legend(loc="best", frameon=False, fontsize=8)
    said = [f"{title}."]
    for name, each in intervals.items():
        means = [f"{w}: {number(m)}" for w, m in zip(labels, each[:, 0], strict=True)]
        said.append(f"{middle.capitalize()} of {name} by {variable}: ")
        said[-1] += f"{', '.join(means)}."
    figure.alt = " ".join(said)
    return figure


def versus(kinds: Sequence[str], panels: Panels, title: str) -> Picture:
    """Return measurement against truth, a row for each axis, a column a grounding.

    kinds: [agents]. panels: (axis, grounding) to truth and measurement [agents], NaN
    where unknown; those are open marks along the lower edge.
    """
    rows, columns = (list(dict.fromkeys(named)) for named in zip(*panels, strict=True))
    figure = Picture(3.3 * len(columns) + 1.6, 3.1 * len(rows))
    figure.suptitle(title, size=11)
    grid = figure.subplots(len(rows), len(columns), squeeze=False)
    errors = []
    for (axis, grounding), (truth, measured) in panels.items():
        axes = grid[rows.index(axis), columns.index(grounding)]
        _against(axes, kinds, truth, measured, -1.0 if axis == "alignment" else 0.0)
        axes.set_title(f"{grounding}: {axis}", size=10)
        both = ~np.isnan(truth + measured)
        error = np.sqrt(np.mean((truth - measured)[both] ** 2))
        errors.append(f"{axis} by {grounding} {error:.3f}")
    for axes in grid[-1]:
        axes.set_xlabel("truth")
    for axes in grid[:, 0]:
        axes.set_ylabel("measured")
    handles, names = grid[0, 0].get_legend_handles_labels()
    figure.legend(handles, names, loc="outside right upper", frameon=False)
    figure.alt = f"{title}. Root mean square errors: {', '.join(errors)}."
    return figure


def pairs(
    names: Sequence[str],
    across: tuple[str, Floats],
    up: tuple[str, Floats],
    title: str,
) -> Picture:
    """Return a point for each agent; NaN is left out.

    across, up: what it is, and [agents].
    """
    figure, (axes,) = _panels(5.4, 3.8, 1, title)
    said = []
    looks = styles(list(names))
    turn = np.argsort(np.argsort(across[1])) % 2  # names of neighbours, on two sides
    for k, (name, x, y) in enumerate(zip(names, across[1], up[1], strict=True)):
        if np.isnan(x + y):
            continue
        marker = MARKS[looks[k].marker]
        axes.scatter(x, y, s=42, color=looks[k].colour, marker=marker)
        beside: Any = {"textcoords": "offset points", "size": 8}
        aside = (6, 4) if turn[k] else (-6, -12)
        axes.annotate(name.rsplit(maxsplit=1)[-1], (x, y), aside, **beside)
        said.append(f"{name} {number(x)}, {number(y)}")
    axes.axhline(0, color=GREY, lw=0.6, zorder=0)
    axes.set(xlabel=across[0], ylabel=up[0])
    axes.grid(alpha=0.25)
    open_frame(axes)
    figure.alt = f"{title}. {across[0]}, {up[0]}: {'; '.join(said)}."
    return figure


def changes(
    labels: Sequence[str], values: Mapping[str, Sequence[Floats]], title: str
) -> Picture:
    """Return a line for each label with the changes of all agents as points.

    values: name to [labels][agents], a panel each; NaN is left out.
    """
    wide, high = 5.2 + 2.6 * len(values), 1.1 + 0.24 * len(labels)
    figure, every = _panels(wide, high, len(values), title, sharey=True)
    said = []
    for axes, (name, each), colour in zip(every, values.items(), COLOURS, strict=False):
        look: Any = {"ms": 4.5, "alpha": 0.5, "color": colour, "mew": 0}
        for row, change in enumerate(each):
            known = change[~np.isnan(change)]
            axes.plot(known, np.full(len(known), row), "o", **look)
        axes.axvline(0, color=GREY, lw=0.8, zorder=0)
        axes.set_title(f"change of {name}", size=10)
        axes.grid(axis="x", alpha=0.25)
        axes.tick_params("x", top=True, labeltop=True)  # so many rows fill a screen
        open_frame(axes)
        most = [float(np.nanmax(np.abs(c), initial=0)) for c in each]
        top = int(np.argmax(most))
        said.append(f"{name} changes most, by {most[top]:.2f}, with {labels[top]}")
    every[0].set_yticks(range(len(labels)), labels, size=8)
    every[0].invert_yaxis()
    figure.alt = f"{title}. {'; '.join(said)}."
    return figure


def chances(
    labels: Sequence[str], values: Mapping[str, Sequence[float]], title: str
) -> Picture:
    """Return chances from 0 to 1 as bars, a group for each label.

    values: name to [labels], a bar of each group.
    """
    figure, (axes,) = _panels(3.2 + 1.6 * len(labels), 3.4, 1, fill(title, 60))
    place, wide = np.arange(len(labels)), 0.8 / len(values)
    for k, (name, each) in enumerate(values.items()):
        aside = (k - (len(values) - 1) / 2) * wide
        look: Any = {
            "fc": COLOURS[k],
            "hatch": HATCHES[k % len(HATCHES)],
            "ec": "white",
        }
        axes.bar(place + aside, each, 0.9 * wide, label=name, **look)
    axes.set_xticks(place, labels)
    axes.set_ylim(0, 1)
    axes.set_ylabel("chance")
    axes.grid(axis="y", alpha=0.25)
    axes.legend(loc="upper left", bbox_to_anchor=(1, 1), frameon=False, fontsize=8)
    open_frame(axes)
    said = [
        f"{name}: "
        + ", ".join(f"{w} {number(x)}" for w, x in zip(labels, each, strict=True))
        for name, each in values.items()
    ]
    figure.alt = f"{title}. {'; '.join(said)}."
    return figure


def _panels(
    width: float, height: float, count: int, title: str, **shared: Any
) -> tuple[Picture, Any]:
    """Return a picture with panels side by side, and these as an array."""
    figure = Picture(width, height)
    figure.suptitle(title, size=11)
    return figure, np.atleast_1d(figure.subplots(1, count, **shared))


def _seeds(axes: Axes, each: Floats, colour: str) -> None:
    """Draw values [conditions, seeds] in a column for each condition."""
    place, count = np.arange(len(each)), each.shape[1]
    # Points lie beside each other in the order of their seeds, within a column.
    aside = np.linspace(-0.22, 0.22, count) if count > 1 else np.zeros(1)
    look: Any = {"s": max(5, 26 - count / 4), "color": colour, "alpha": 0.45, "lw": 0}
    across = (place[:, None] + aside).ravel()
    axes.scatter(across, each.ravel(), label="one seed", **look)


def _means(axes: Axes, labels: Sequence[str], interval: Floats, middle: str) -> None:
    """Draw means with intervals [conditions, 3], joined where labels are numbers."""
    mean, low, high = interval.T
    bars = np.abs(np.stack([mean - low, high - mean]))
    look: Any = {"color": "black", "marker": "_", "ms": 16, "capsize": 4, "lw": 1.2}
    look |= {"label": f"{middle}, 95 %", "ls": "-" if is_ordered(labels) else "none"}
    axes.errorbar(np.arange(len(labels)), mean, bars, **look)


def _against(
    axes: Axes, kinds: Sequence[str], truth: Floats, measured: Floats, low: float
) -> None:
    """Draw measurement against truth [agents], from `low` to 1; unknown lies below."""
    floor = low - 0.09 * (1 - low)
    axes.plot([low, 1], [low, 1], color=GREY, lw=0.8, zorder=1)
    order = list(dict.fromkeys(kinds))
    for kind, style in zip(order, styles(order), strict=True):
        here = np.array([k == kind for k in kinds]) & ~np.isnan(truth)
        known, lost = here & ~np.isnan(measured), here & np.isnan(measured)
        look: Any = {"marker": MARKS[style.marker], "s": 22, "lw": 0.8}
        full: Any = {"color": style.colour, "alpha": 0.65, "label": kind, **look}
        axes.scatter(truth[known], measured[known], **full)
        hollow: Any = {"facecolors": "none", "edgecolors": style.colour, **look}
        axes.scatter(truth[lost], np.full(lost.sum(), floor), **hollow)
    axes.set(xlim=(low - 0.05, 1.05), ylim=(floor - 0.06, 1.05))
    open_frame(axes)
    if low < 0:
        axes.text(low, floor, "unknown", size=7, alpha=0.7, ha="left", va="bottom")

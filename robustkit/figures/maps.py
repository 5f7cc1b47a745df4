"""Maps: a number for every point of a plane of goals or of rewards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from ..mdp import Floats
from ..styles import styles
from ..text import number, percent
from .picture import MARKS, Picture, literal

OVER = "#111111"  # of lines over fields of colour, on a light page and on a dark one
Trails = Mapping[str, Sequence[tuple[float, float]]]


def valuation(
    shares: Floats,
    competence: Floats,
    scores: Floats,
    objectives: tuple[str, str],
    title: str,
) -> Picture:
    """Return a map of base return over competence and goal.

    shares: [goals] of the base objective; competence: [steps], 0 random to 1 flawless;
    scores: [goals, steps], 0 random, 1 optimal. objectives: the base and the proxy. The
    line is where base return is that of a random walk.
    """
    figure = Picture(6.4, 4.6)
    axes = figure.subplots()
    size = max(0.1, float(np.abs(scores).max()))
    # Two colours, white between: nothing is won or lost over a random walk.
    look: Any = {"cmap": "PuOr", "vmin": -size, "vmax": size}
    look |= {"edgecolors": "face", "lw": 0.4}  # no seams between cells
    sides = [_edges(line) for line in (competence, shares)]
    image = axes.pcolormesh(*sides, scores, **look)
    some = scores[:, 1:]  # without competence all goals earn the same
    if some.min() < 0 < some.max():
        axes.contour(competence[1:], shares, some, [0], colors=OVER, linewidths=2.4)
        axes.plot([], [], color=OVER, lw=2.4, label="earns what a random walk does")
    less = np.gradient(scores, competence, axis=1) < -1e-9
    _hatch(axes, sides[0], sides[1], less)
    if axes.get_legend_handles_labels()[0]:
        named: Any = {"ncols": 2, "facecolor": "#F7F7F7", "labelcolor": OVER}
        figure.legend(loc="outside lower center", **named)
    axes.set(
        xlabel="competence (1 - share of random moves)",
        ylabel=f"share of {objectives[0]} in the goal, rest {objectives[1]}",
    )
    axes.set_title(title, size=11)
    figure.colorbar(image, ax=axes, label="base return (0 random, 1 optimal)")
    first, last = scores[:, -1][[shares.argmin(), shares.argmax()]]
    figure.alt = (
        f"{title}. Flawless pursuit earns {number(last)} with a goal of "
        f"{objectives[0]} alone and {number(first)} with one of {objectives[1]} alone. "
        f"Hatched, {percent(less.mean())} of the map: more competence earns less."
    )
    return figure


def rewards(
    features: tuple[str, str],
    weights: Floats,
    scores: Mapping[str, Floats],
    same: NDArray[np.bool_],
    trails: Trails,
) -> Picture:
    """Return a map of scores for each of `scores`, over the weights of two features.

    features: (across, up). weights: [points] along either side. scores: name to [up,
    across]. same: [up, across], what the hatched region holds: rewards that training
    cannot tell apart. trails: name to where a searcher was along its training.
    """
    figure = Picture(5.0 * len(scores), 4.4 + 0.3 * bool(trails))
    every = np.atleast_1d(figure.subplots(1, len(scores), sharey=True))
    half = (weights[1] - weights[0]) / 2
    frame = (weights[0] - half, weights[-1] + half) * 2
    for axes, (name, each) in zip(every, scores.items(), strict=True):
        image = axes.imshow(
            each, origin="lower", extent=frame, cmap="cividis", vmin=-0.5, vmax=1
        )
        if not same.all():
            faint: Any = {"colors": "none", "hatches": ["//"], "alpha": 0}
            axes.contourf(weights, weights, same, [0.5, 1.5], **faint)
            axes.contour(weights, weights, same, [0.5], colors=OVER, linewidths=1.6)
        _trails(axes, trails)
        axes.set_title(name, size=10)
        axes.set_xlabel(f"reward for {features[0]}")
        axes.set_xticks([-1, -0.5, 0, 0.5, 1])
        if trails:
            _near(axes, trails, features)
    every[0].set_ylabel(f"reward for {features[1]}")
    figure.colorbar(image, ax=every.tolist(), label="scalar (0 random, 1 optimal)")
    if trails:
        named = every[0].get_legend_handles_labels()
        below: Any = {"loc": "outside lower center", "frameon": False}
        figure.legend(*named, ncols=min(len(trails), 5), **below)
    return figure


def _edges(middles: Floats) -> Floats:
    """Return the sides of cells whose middles these are; none goes past the ends."""
    between = (middles[:-1] + middles[1:]) / 2
    return np.array([middles[0], *between, middles[-1]])


def _hatch(axes: Axes, x: Floats, y: Floats, less: NDArray[np.bool_]) -> None:
    """Hatch cells, whose sides are x and y."""
    look: Any = {"fc": "none", "hatch": "///", "ec": OVER, "lw": 0, "alpha": 0.55}
    label = "more competence earns less"
    for row, column in np.argwhere(less):
        sides = x[column + 1] - x[column], y[row + 1] - y[row]
        axes.add_patch(Rectangle((x[column], y[row]), *sides, label=label, **look))
        label = ""


def _near(axes: Axes, trails: Trails, features: tuple[str, str]) -> None:
    """Show the part of a map where trails are, and where both features pay alike."""
    every = np.array([place for trail in trails.values() for place in trail])
    low, high = every.min(0) - 0.15, every.max(0) + 0.12
    axes.set(xlim=(low[0], high[0]), ylim=(low[1], high[1]))
    axes.set_facecolor("#E4E4E4")  # beyond the map
    ends = max(low.max(), -1.0), min(high.min(), 1.0)
    if ends[0] < ends[1]:
        axes.plot(ends, ends, color=OVER, lw=1, ls=(0, (6, 4)))
        words = f"{features[0]} = {features[1]}"
        middle = 0.3 * ends[1] + 0.7 * ends[0]
        look: Any = {"rotation": 45, "rotation_mode": "anchor", "color": OVER}
        look["transform_rotates_text"] = True
        axes.text(middle, middle + 0.03, words, size=9, **look)


def _trails(axes: Axes, trails: Trails) -> None:
    looks = styles(list(trails))
    for k, ((agent, trail), style) in enumerate(
        zip(trails.items(), looks, strict=True)
    ):
        across, up = np.array(trail).T
        width = 1.5 + 1.2 * min(len(trails) - 1 - k, 4)  # one on another is seen too
        axes.plot(across, up, color="white", lw=width + 1.4, alpha=0.8)
        axes.plot(across, up, color=style.colour, lw=width)
        start: Any = {"mfc": "white", "mec": style.colour, "mew": 1.8, "ms": 6}
        axes.plot(across[0], up[0], "o", zorder=3, **start)
        look: Any = {"color": style.colour, "ms": 10, "mec": "white", "mew": 1.2}
        look |= {"label": literal(agent), "ls": "none", "zorder": 4}
        axes.plot(across[-1], up[-1], MARKS[style.marker], **look)

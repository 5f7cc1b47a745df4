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
    look: Any = {"cmap": "cividis", "vmin": -size, "vmax": size, "shading": "nearest"}
    image = axes.pcolormesh(competence, shares, scores, **look)
    some = scores[:, 1:]  # without competence all goals earn the same
    if some.min() < 0 < some.max():
        axes.contour(competence[1:], shares, some, [0], colors="white", linewidths=2.2)
        axes.plot([], [], "w", lw=2.2, label="earns what a random walk does")
    less = np.gradient(scores, competence, axis=1) < -1e-9
    _hatch(axes, competence, shares, less)
    if axes.get_legend_handles_labels()[0]:
        figure.legend(loc="outside lower center", ncols=2, facecolor="#9A9A9A")
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
    figure = Picture(5.0 * len(scores), 4.4)
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
            axes.contour(weights, weights, same, [0.5], colors="black", linewidths=1.6)
        _trails(axes, trails)
        axes.set_title(name, size=10)
        axes.set_xlabel(f"reward for {features[0]}")
        axes.set_xticks([-1, -0.5, 0, 0.5, 1])
    every[0].set_ylabel(f"reward for {features[1]}")
    figure.colorbar(image, ax=every.tolist(), label="scalar (0 random, 1 optimal)")
    if trails:
        named = every[0].get_legend_handles_labels()
        below: Any = {"loc": "outside lower center", "frameon": False}
        figure.legend(*named, ncols=min(len(trails), 5), **below)
    return figure


def _hatch(axes: Axes, x: Floats, y: Floats, less: NDArray[np.bool_]) -> None:
    if not less.any():
        return
    region = less.astype(float)
    axes.contourf(x, y, region, [0.5, 1.5], colors=["none"], hatches=["///"])
    look: Any = {"fc": "none", "hatch": "///", "ec": "black", "lw": 0}
    label = "more competence earns less"
    axes.add_patch(Rectangle((0, -9), 0, 0, label=label, **look))


def _trails(axes: Axes, trails: Trails) -> None:
    for (agent, trail), style in zip(trails.items(), styles(list(trails)), strict=True):
        across, up = np.array(trail).T
        axes.plot(across, up, color=style.colour, lw=1.4)
        look: Any = {"color": style.colour, "ms": 10, "mec": "white", "mew": 1.2}
        look |= {"label": literal(agent), "ls": "none"}
        axes.plot(across[-1], up[-1], MARKS[style.marker], **look)

"""Readings of an explorer's data: the four strata, weighted by the sliders' position.

What `js/readings.js` does in the front end, for text, picture and plain HTML.
"""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

import numpy as np

from ..metrics import Conventions, Estimate, Point, shares
from ..metrics.polar import combine
from ..metrics.reading import AXES, UNKNOWN

CORNERS = ((0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (1.0, 1.0))  # (goal, layout)


def exact(value: float | None) -> Estimate:
    """Return a number as an estimate without width; None is an unknown alignment."""
    return UNKNOWN if value is None else Estimate(value, value, value)


def reading_at(data: Mapping[str, Any], i: int, goal: float, layout: float) -> Point:
    """Return where agent i of an explorer's data stands at a shift, by its earnings.

    goal, layout: in [0, 1]. Values are exact there, intervals bilinear between the
    nodes of the grid.
    """
    agent, conventions = data["agents"][i], Conventions(**data["conventions"])
    sums = shares(goal, layout) @ np.array(agent["sums"])
    values = combine(sums, conventions)
    own = agent["readings"]["polar"]
    scalar, capability, alignment = (
        Estimate(float(value), *interval_at(own, axis, goal, layout))
        for axis, value in zip(AXES, values[:3], strict=True)
    )
    known = capability.low > conventions.unknown and capability.value > 0
    return Point(scalar, capability, alignment if known else UNKNOWN, agent["name"])


def interval_at(
    own: Mapping[str, Any], axis: str, goal: float, layout: float
) -> tuple[float, float]:
    """Return [low, high] of an axis at a shift, bilinear between the grid's nodes."""
    grid = own["grid"]
    across, up = (
        [np.interp(value, grid[shift], node) for node in np.eye(len(grid[shift]))]
        for shift, value in (("goal", goal), ("layout", layout))
    )
    bounds = np.array(own[axis])[:, :2].reshape(len(across), len(up), 2)
    low, high = np.einsum("g,l,gle->e", across, up, bounds)
    return float(low), float(high)


def plain_table(data: Mapping[str, Any]) -> str:
    """Return the readings at the corners of the two shifts as an HTML table."""
    head = "".join(
        f'<th scope="col">goal shift {goal:g}, layout shift {layout:g}</th>'
        for goal, layout in CORNERS
    )
    rows = ""
    for i, agent in enumerate(data["agents"]):
        cells = (reading_at(data, i, *shift).plain() for shift in CORNERS)
        rows += f'<tr><th scope="row"><bdi>{escape(agent["name"])}</bdi></th>'
        rows += f"<td>{'</td><td>'.join(cells)}</td></tr>\n"
    return f"""<p>{escape(data["world"]["summary"])}</p>
<table>
<caption>Readings at the corners of the two shifts</caption>
<thead><tr><th scope="col">agent</th>{head}</tr></thead>
<tbody>
{rows}</tbody>
</table>"""

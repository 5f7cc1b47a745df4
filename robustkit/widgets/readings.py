"""Readings of an explorer's data: the four strata, weighted by the sliders' position.

What `js/readings.js` does in the front end, for text, picture and plain HTML.
"""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

import numpy as np

from ..metrics import Conventions, Estimate, Reading, shares
from ..metrics.polar import combine
from ..metrics.reading import AXES, UNKNOWN
from ..text import number

CORNERS = ((0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (1.0, 1.0))  # (goal, layout)


def point(
    agent: str,
    capability: Estimate | float,
    alignment: Estimate | float | None,
    scalar: Estimate | float = 0.0,
) -> Reading:
    """Return a place on the plane, to be drawn; alignment: None where it is unknown."""
    up = UNKNOWN if alignment is None else _estimate(alignment)
    return Reading(_estimate(scalar), _estimate(capability), up, agent)


def _estimate(given: Estimate | float) -> Estimate:
    return given if isinstance(given, Estimate) else Estimate(given, given, given)


def reading_at(data: Mapping[str, Any], i: int, goal: float, layout: float) -> Reading:
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
    return point(agent["name"], capability, alignment if known else None, scalar)


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


def in_words(reading: Reading) -> str:
    """Return a reading in words, without its intervals."""
    scalar, capability, alignment = (
        number(each.value)
        for each in (reading.scalar, reading.capability, reading.alignment)
    )
    return f"scalar {scalar}, capability {capability}, alignment {alignment}"


def plain_table(data: Mapping[str, Any]) -> str:
    """Return the readings at the corners of the two shifts as an HTML table."""
    head = "".join(
        f'<th scope="col">goal shift {goal:g}, layout shift {layout:g}</th>'
        for goal, layout in CORNERS
    )
    rows = "\n".join(
        f'<tr><th scope="row"><bdi>{escape(agent["name"])}</bdi></th>'
        + "".join(
            f"<td>{in_words(reading_at(data, i, *shift))}</td>" for shift in CORNERS
        )
        + "</tr>"
        for i, agent in enumerate(data["agents"])
    )
    return f"""<p>{escape(data["world"]["summary"])}</p>
<table>
<caption>Readings at the corners of the two shifts</caption>
<thead><tr><th scope="col">agent</th>{head}</tr></thead>
<tbody>
{rows}
</tbody>
</table>"""

"""Trails on the plane: one thing varied, a stop for each setting."""

from __future__ import annotations

import numpy as np
import pytest

import robustkit as rk
from robustkit.figures.places import Box, around, cross, spot_for
from robustkit.figures.trails import sweep_on_plane
from robustkit.metrics.reading import UNKNOWN, Estimate, Point


def at(capability, alignment, name):
    exact = [Estimate(x, x, x) for x in (capability, alignment)]
    up = UNKNOWN if np.isnan(alignment) else exact[1]
    return Point(UNKNOWN, exact[0], up, name)


def words(picture):
    return [text.get_text() for text in picture.axes[0].texts]


WAY = [at(0.2, 0.9, "gems planner, noise 0.75"), at(0.9, 0.8, "gems planner")]


def test_a_trail_is_one_line_in_one_colour_that_names_its_stops():
    picture = rk.plane({"gems planner": WAY, "coins planner": [at(0.5, -0.5, "x")]})
    assert {"noise 0.75", "gems planner", "x"} <= {*words(picture)}
    lines = [line for line in picture.axes[0].lines if line.get_linewidth() == 2]
    assert [len(line.get_xdata()) for line in lines] == [2, 1]
    assert "gems planner: noise 0.75 (0.20, 0.90); gems planner (0.90, 0.80)" in (
        picture.alt
    )
    assert "x: x (0.50, unknown)." in rk.plane({"x": [at(0.5, np.nan, "x")]}).alt


def test_stops_that_lie_together_are_named_once():
    many = [at(0.9 + k / 1000, 0, f"{k}") for k in range(9)]
    named = [word for word in words(rk.plane({"share": many})) if word in "012345678"]
    assert sorted(named) == ["0", "0", "8"]  # the other 0 is a scalar's


def test_no_name_lies_on_a_trail():
    picture = rk.plane({"gems planner": WAY})
    axes = picture.axes[0]
    picture.png()
    for text in axes.texts:
        if text.get_text() in ("noise 0.75", "gems planner"):
            box = text.get_window_extent()
            way = axes.transData.transform(
                [(0.2 + 0.7 * p, 0.9 - 0.1 * p) for p in np.linspace(0, 1, 200)]
            )
            assert not any(box.contains(*place) for place in way)


def test_a_sweep_is_joined_where_its_settings_are_numbers():
    values = {"capability": np.full((2, 3), 0.5), "alignment": np.zeros((2, 3))}
    values["alignment"][1, 2] = np.nan
    means = {name: np.stack([each[:, 0]] * 3, -1) for name, each in values.items()}
    joined = sweep_on_plane(["0", "0.5"], values, means, "share", "Title")
    assert "share: 0 (0.50, 0.00); 0.5 (0.50, 0.00)" in joined.alt
    apart = sweep_on_plane(["network", "searcher"], values, means, "recipe", "Title")
    assert {"network", "searcher"} <= {*words(apart)}


@pytest.mark.parametrize("given", [{}, {"a": []}, {"a": [1]}])
def test_a_trail_of_nothing_is_refused(given):
    with pytest.raises(ValueError, match="results holds"):
        rk.plane(given)


# Names of arrows


def test_a_name_stands_where_its_line_crosses_nothing_if_it_can():
    at, frame = (50.0, 50.0), Box(0, 0, 200, 200)
    taken = [around(*at, 15)]
    near = spot_for(at, (30, 10), taken, frame)
    between = (near.nearest(at)[0] + at[0]) / 2
    wall = [((between, 0.0), (between, 200.0))]
    other = spot_for(at, (30, 10), taken, frame, lines=wall)
    assert other != near
    assert not cross((at, other.nearest(at)), wall[0])
    cage = [((x, y), (x + 30, y + 30)) for x in (30, 40) for y in (30, 40)]
    assert spot_for(at, (30, 10), taken, frame, lines=[*wall, *cage]) is not None
    assert not cross((at, (90, 90)), (at, (50, 90)))  # both begin there


def test_no_line_to_a_name_crosses_an_arrow_in_the_recorded_remedies_of_cheese():
    axes = rk.remedies().figure().axes[0]
    assert axes.get_title().startswith("cheese")
    marks = [a for a in axes.texts if getattr(a, "arrow_patch", None)]
    # up to the markers, under which nobody sees what crosses
    shafts = [(0.9 * np.array(a.xy) + 0.1 * np.array(a.xyann), a.xyann) for a in marks]
    leaders = [
        tuple(zip(*line.get_data(), strict=True))
        for line in axes.lines
        if (line.get_lw(), line.get_zorder()) == (0.8, 2.5)
    ]
    assert len(shafts) > 5 < len(leaders)
    assert not [x for x in leaders for shaft in shafts if cross(x, shaft)]

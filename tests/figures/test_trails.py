"""Trails on the plane: one thing varied, a stop for each setting."""

from __future__ import annotations

import numpy as np
import pytest

import robustkit as rk
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

"""The plane and the curves: what they show and say."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import robustkit as rk
from robustkit.figures.plane import alt_of_curve, alt_of_plane
from robustkit.metrics import Estimate, pool


def test_plane_says_in_words_what_it_shows(paths):
    picture = rk.plane(paths)
    assert "corner planner has scalar 1.00, capability 1.00" in picture.alt
    assert "random device" in picture.alt
    assert "alignment unknown" in picture.alt
    assert picture.table.count("goal  layout") == 3
    assert picture.alt in picture._repr_mimebundle_()["text/html"]


def test_plane_puts_capability_across_and_alignment_up(paths):
    axes = rk.plane(paths).axes[0]
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("capability", "alignment")
    corner = paths[1].readings[-1]
    places = [tuple(np.ravel(line.get_xydata())) for line in axes.lines]
    assert (corner.capability.value, corner.alignment.value) in places


def test_unknown_alignment_is_a_bar_and_not_a_point(paths):
    axes = rk.plane(paths[2].readings[-1]).axes[0]
    bars = [line for line in axes.lines if list(line.get_ydata()) == [-1, 1]]
    assert len(bars) == 2  # the bar itself and a marker at either end of it
    assert bars[0].get_linestyle() != "-"


def test_curve_shows_one_measure_against_one_shift(paths):
    picture = rk.curve(paths, axis="capability")
    assert "base planner goes from 1.00 to 1.00" in picture.alt
    assert picture.axes[0].get_ylabel() == "capability"


@pytest.mark.parametrize("given", [None, [], 3, "network", [3]])
def test_plane_names_what_it_cannot_draw(given):
    with pytest.raises(ValueError, match=r"results.*allowed"):
        rk.plane(given)


def test_curve_names_a_bad_axis(paths):
    with pytest.raises(ValueError, match="axis='goals'"):
        rk.curve(paths, axis="goals")
    with pytest.raises(ValueError, match="along='size'"):
        rk.curve(paths, along="size")


def test_what_is_said_of_results_needs_no_picture(world, paths):
    none = replace(paths[0][0], scalar=Estimate(-0.001, -0.01, 0.01), agent="nobody")
    assert alt_of_plane([none]) == (
        "Capability-alignment plane. nobody has scalar 0.00, capability 1.00, "
        "alignment 1.00."
    )
    assert alt_of_plane([paths[2]]).endswith(
        "alignment unknown, and after the shift scalar 0.00, capability 0.00, "
        "alignment unknown."
    )
    assert alt_of_curve(paths[1:], "alignment", "goal") == (
        "alignment against goal shift: corner planner goes from 1.00 to "
        f"{paths[1][-1].alignment.value:.2f}; random device goes from unknown to "
        "unknown."
    )


def test_a_population_is_a_cloud_with_its_middle(world, paths):
    everyone = pool([path[-1] for path in paths], name="three")
    picture = rk.plane(everyone)
    assert picture.axes[0].get_legend_handles_labels()[1] == ["three (3), 1 unknown"]
    assert "three: 3 agents with interquartile mean of capability" in picture.alt
    assert picture.table == everyone.table()

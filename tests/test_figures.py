"""Figures: what they show, what they say, and what they refuse."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

import robustkit as rk
from robustkit.styles import COLOURS, MARKERS, styles


@pytest.fixture(scope="module")
def world():
    return rk.make("cheese", size=7, layouts=8)


@pytest.fixture(scope="module")
def paths(world):
    agents = [rk.plan(world), rk.plan(world, "corner"), rk.device(world)]
    return [rk.path(a, world, goal=[0, 0.5, 1], n=32) for a in agents]


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
    assert len(bars) == 1
    assert bars[0].get_linestyle() != "-"


def test_the_same_picture_gives_the_same_bytes(paths):
    assert rk.plane(paths).png() == rk.plane(paths).png()


def test_curve_shows_one_measure_against_one_shift(paths):
    picture = rk.curve(paths, axis="capability")
    assert "base planner goes from 1.00 to 1.00" in picture.alt
    assert picture.axes[0].get_ylabel() == "capability"


def test_draw_shows_levels_and_says_where_things_lie(world):
    levels = world.sample(6, goal=1, seed=0)
    picture = rk.draw(levels, rk.plan(world), count=6)
    assert picture.alt.startswith("6 levels of cheese with base planner")
    assert picture.alt.count("cheese in row") == 6
    image = np.asarray(Image.open(io.BytesIO(picture.png())))
    assert image.std() > 10


def test_hostile_names_are_text(world):
    reading = rk.measure(rk.plan(world), world.sample(8))
    from dataclasses import replace

    picture = rk.plane(replace(reading, agent='<script>alert("x")</script>'))
    assert "<script>" not in picture._repr_html_()


@pytest.mark.parametrize("given", [None, [], 3, "network", [3]])
def test_plane_names_what_it_cannot_draw(given):
    with pytest.raises(ValueError, match=r"results.*allowed"):
        rk.plane(given)


def test_curve_names_a_bad_axis(paths):
    with pytest.raises(ValueError, match="axis='goals'"):
        rk.curve(paths, axis="goals")
    with pytest.raises(ValueError, match="along='size'"):
        rk.curve(paths, along="size")


def test_colour_is_never_the_only_code():
    looks = styles([str(i) for i in range(len(COLOURS) * len(MARKERS))])
    assert len({(s.colour, s.marker) for s in looks}) == len(looks)
    assert len({s.marker for s in looks[:8]}) == 8

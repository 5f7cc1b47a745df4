"""Every picture: its bytes, its text, and its colours."""

from __future__ import annotations

from dataclasses import replace

import matplotlib.style
import numpy as np
import pytest

import robustkit as rk
from robustkit.styles import COLOURS, MARKERS, styles


def test_the_same_picture_gives_the_same_bytes(paths):
    assert rk.plane(paths).png() == rk.plane(paths).png()


def test_hostile_names_are_text(world):
    reading = rk.measure(rk.plan(world), world.sample(8))
    picture = rk.plane(replace(reading, agent='<script>alert("x")</script>'))
    assert "<script>" not in picture._repr_html_()


def test_colour_is_never_the_only_code():
    looks = styles([str(i) for i in range(len(COLOURS) * len(MARKERS))])
    assert len({(s.colour, s.marker) for s in looks}) == len(looks)
    assert len({s.marker for s in looks[:8]}) == 8


@pytest.mark.parametrize("style", ["default", "dark_background"])
def test_pictures_can_be_read_on_light_and_on_dark(style, world, paths):
    with matplotlib.style.context(style):
        pictures = rk.plane(paths), rk.draw(world.sample(2))
        plane, level = (p.axes[0] for p in pictures)
        ground = pictures[0].get_facecolor()
    light = style == "default"
    assert (np.mean(ground[:3]) > 0.5) == light
    names = [t for t in plane.texts if t.get_text() in ("breaks", "robust")]
    assert [t.get_color() for t in names] == ["black" if light else "white"] * 2
    assert {t.get_color() for t in level.texts} <= {"black", "white"}
    (agent,) = (t for t in level.texts if t.get_text() == "A")
    assert agent.get_color() == "black"  # on a white disc, whatever the style

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
    assert len(bars) == 2  # the bar itself and a marker at either end of it
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


# The gallery


def test_the_gallery_shows_every_world_twice_and_says_where_things_lie():
    picture = rk.gallery()
    titles = [axes.get_title() for axes in picture.axes]
    for name in rk.list_worlds():
        assert sum(title.startswith(f"{name}:") for title in titles) == 2
        assert f"{name}: first, " in picture.alt
    level = rk.make("dish").strata(1)[1]
    row, column = divmod(int(level.things["dish"][0]), 9)
    assert f"dish in row {row}, column {column}" in picture.alt


def test_a_world_of_one_objective_shows_its_layout_shift():
    picture = rk.gallery([rk.make("lava")])
    before, after = picture.axes
    assert "training layout, made as upper" in before.get_title()
    assert "layout shift, made as lower" in after.get_title()
    lava = [
        [t.get_position() for t in axes.texts if t.get_text() == "~"]
        for axes in (before, after)
    ]
    assert max(y for _, y in lava[0]) < 4.5 < max(y for _, y in lava[1])


@pytest.mark.parametrize("name", rk.list_worlds())
def test_everything_in_a_level_is_told_apart_by_shape_and_letter(name):
    world = rk.make(name)
    for levels in world.strata(1, seed=3):
        axes = rk.draw(levels).axes[0]
        width = levels.walls.shape[2]
        shown = [(t.get_text(), t.get_position()) for t in axes.texts]
        for thing in world.things:
            cell = int(levels.things[thing.name][0])
            if cell >= 0:
                y, x = divmod(cell, width)
                there = [s for s, (a, b) in shown if (a // 1, b // 1) == (x, y)]
                assert thing.letter in there
        places = [place for _, place in shown]
        gaps = [
            np.hypot(a[0] - b[0], a[1] - b[1])
            for i, a in enumerate(places)
            for b in places[:i]
        ]
        assert min(gaps) > 0.3  # no letter stands on another
    looks = {(t.shape, t.letter) for t in world.things}
    kinds = {(t.shape, t.letter, t.colour) for t in world.things}
    assert len(looks) == len(kinds)  # colour is never what tells two of them apart


@pytest.mark.parametrize("style", ["default", "dark_background"])
def test_pictures_can_be_read_on_light_and_on_dark(style, world, paths):
    import matplotlib.style

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


def test_no_words_of_the_gallery_are_cut_off():
    picture = rk.gallery()
    picture.canvas.draw()
    width, height = picture.canvas.get_width_height()
    boxes = [axes.title.get_window_extent() for axes in picture.axes]
    for box in boxes:
        assert box.x0 >= 0
        assert box.y0 >= 0
        assert box.x1 <= width
        assert box.y1 <= height
    assert not any(a.overlaps(b) for i, a in enumerate(boxes) for b in boxes[:i])

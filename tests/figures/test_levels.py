"""Pictures of levels: everything in them can be told apart, in words too."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

import robustkit as rk
from robustkit.figures.levels import draw, gallery
from robustkit.styles import ICONS


def icons(axes):
    """Return where the icons are: name to the middles of their boxes."""
    found = {}
    for drawn in axes.collections:
        if drawn.get_label() in ICONS:
            corners = np.vstack([path.vertices for path in drawn.get_paths()])
            middle = (corners.min(0) + corners.max(0)) / 2
            found.setdefault(drawn.get_label(), []).append(tuple(middle))
    return found


def test_draw_shows_levels_and_says_where_things_lie():
    world = rk.make("cheese", size=7, layouts=8)
    levels = world.sample(6, goal="anywhere", seed=0)
    picture = rk.draw(levels, rk.plan(world), count=6)
    assert picture.alt.startswith("6 levels of cheese with base planner")
    assert picture.alt.count("cheese in row") == 6
    image = np.asarray(Image.open(io.BytesIO(picture.png())))
    assert image.std() > 10


def test_long_levels_are_drawn_two_side_by_side_and_twice_as_wide():
    square, long = (
        rk.draw(rk.make(name).sample(4, seed=0)) for name in ("dish", "coin")
    )
    columns = [picture.axes[0].get_gridspec().ncols for picture in (square, long)]
    assert columns == [4, 2]
    assert long.get_figwidth() == square.get_figwidth()


def test_the_gallery_shows_every_world_twice_and_says_where_things_lie():
    picture = rk.gallery()
    assert len([axes for axes in picture.axes if axes.get_title()]) == 20
    for name in rk.list_worlds():
        assert [t.get_text() for axes in picture.axes for t in axes.texts].count(
            name
        ) == 1
        assert f"{name}: first, " in picture.alt
    level = rk.make("dish").strata(1)[1]
    row, column = divmod(int(level.things["dish"][0]), 9)
    assert f"dish in row {row}, column {column}" in picture.alt
    picture.canvas.draw()  # and no words are cut off
    width, height = picture.canvas.get_width_height()
    words = [t for axes in picture.axes for t in (axes.title, *axes.texts)]
    boxes = [text.get_window_extent() for text in words]
    for box in boxes:
        assert min(box.x0, box.y0, width - box.x1, height - box.y1) >= 0
    assert not any(a.overlaps(b) for i, a in enumerate(boxes) for b in boxes[:i])


def test_a_world_of_one_objective_shows_its_layout_shift():
    picture = rk.gallery([rk.make("lava")])
    before, after = picture.axes
    assert "one of the 64 training layouts" in before.get_title().replace("\n", " ")
    title = after.get_title().replace("\n", " ")
    assert "a new layout of another kind (lower)" in title
    lava = [[middle[1] for middle in icons(axes)["lava"]] for axes in (before, after)]
    assert max(lava[0]) < 4 < max(lava[1])


@pytest.mark.parametrize("name", rk.list_worlds())
def test_everything_in_a_level_is_told_apart_by_shape_and_letter(name):
    world = rk.make(name)
    for levels in world.strata(1, seed=3):
        assert not rk.draw(levels).axes[0].texts  # letters are for who asks for them
        axes = rk.draw(levels, letters=True).axes[0]
        drawn = icons(axes)
        width = levels.walls.shape[2]
        shown = [(t.get_text(), t.get_position()) for t in axes.texts]
        for thing in world.things:
            cell = int(levels.things[thing.name][0])
            if cell >= 0:
                y, x = divmod(cell, width)
                there = [s for s, (a, b) in shown if (a // 1, b // 1) == (x, y)]
                assert thing.letter in there
                assert (x, y) in [(a // 1, b // 1) for a, b in drawn[thing.shape]]
        assert len(drawn["mouse"]) == 1
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


def test_what_is_said_of_levels_is_where_things_lie_and_how_it_ends():
    level = rk.make("lava").strata(1)[0]
    start, goal = (divmod(int(c[0]), 9) for c in (level.start, level.things["goal"]))
    places = (
        f"start in row {start[0]}, column {start[1]}, "
        f"goal in row {goal[0]}, column {goal[1]}"
    )
    assert draw(level).alt == f"1 level of lava. level 1: {places}."
    for end, words in (("time", "nothing"), ("goal", "goal")):
        said = draw(level, walks=[([12, 13, 14], end)], agent="nobody").alt
        assert said == (
            f"1 level of lava with nobody. level 1: {places}; {words} in 2 moves."
        )
    assert gallery([("lava", [("low", level), ("high", level)])]).alt == (
        "1 worlds, each in training and shifted. lava: first, low "
        f"({places}); then, high ({places})."
    )


def test_the_mouse_looks_where_it_goes():
    world = rk.make("lava")
    level, width = world.sample(1)[0], world.shape[1]
    start = int(level.start[0])
    ways = {"right": 1, "down": width, "left": -1, "up": -width}
    noses = {}
    for way, step in ways.items():
        axes = draw(level, walks=[([start, start, start + step], "time")]).axes[0]
        (mouse,) = [c for c in axes.collections if c.get_label() == "mouse"]
        middle = start % width + 0.5, start // width + 0.5
        body = mouse.get_paths()[0].vertices - middle
        nose = body[np.hypot(*body.T).argmax()]
        noses[way] = (nose / 0.46).round().tolist()
    assert noses == {"right": [1, 0], "down": [0, 1], "left": [-1, 0], "up": [0, -1]}


def test_levels_of_several_batches_stand_side_by_side_with_their_grades():
    world = rk.make("cheese")
    parts = [world.sample(1), world.sample(1, goal=0.6), world.sample(1, layout=0.5)]
    picture = rk.draw(parts)
    titles = [axes.get_title() for axes in picture.axes]
    assert titles == ["training", "goal shift, grade 3", "layout shift, grade 2"]
    assert picture.alt.startswith("3 levels of cheese.")
    with pytest.raises(ValueError, match="allowed: of one world"):
        rk.draw([world.sample(1), rk.make("dish").sample(1)])
    with pytest.raises(ValueError, match=r"'dish'.*batch of levels"):
        rk.draw([world.sample(1), "dish"])

"""Every thing is told apart by its shape alone, from one source for all pictures."""

from __future__ import annotations

import json
import re
from itertools import combinations

import numpy as np
import pytest

import robustkit as rk
from robustkit.styles import (
    ICONS,
    SHADES,
    STAYS,
    THINGS,
    glyph,
    polygons,
    shade,
    spots,
)
from robustkit.widgets.page import style
from robustkit.worlds import Thing
from robustkit.worlds.tiles import codes, draw_code, inside, paint

GREY = "#888888"


def painted(name, size=24, place=(0, 0, 0.9)):
    thing = Thing("it", "x", name, GREY, ("ball", "grey"))
    img = np.zeros((size, size, 3), np.uint8)
    paint(img, thing, place)
    return img.astype(int)


@pytest.mark.parametrize("size", [16, 24])
@pytest.mark.parametrize("world", rk.list_worlds())
def test_things_of_a_world_differ_by_shape_without_colour(world, size):
    shapes = {thing.shape for thing in rk.make(world).things}
    for one, other in combinations(sorted(shapes), 2):
        differs = np.abs(painted(one, size) - painted(other, size)).max(-1) > 60
        assert differs.mean() > 0.15, (one, other)


def test_things_of_two_kinds_never_share_a_shape_in_one_colour():
    for name in rk.list_worlds():
        looks = {}
        for thing in rk.make(name).things:
            look = thing.shape, thing.colour
            assert looks.setdefault(look, thing.features) == thing.features


@pytest.mark.parametrize("name", ICONS)
def test_an_icon_has_few_closed_paths_within_its_box(name):
    assert len(ICONS[name]) <= 6
    for part in ICONS[name]:
        assert re.fullmatch(r"(M[^MZ]+Z)+", part.d)
        assert part.fill in ("colour", "light", "dark", "paper")
        for sign, numbers in re.findall(r"([MLCQZ])([^MLCQZ]*)", part.d):
            count = {"M": 2, "L": 2, "C": 6, "Q": 4, "Z": 0}[sign]
            assert len([float(number) for number in numbers.split()]) == count
    for _, outline in polygons(name):
        assert np.abs(outline).max() <= 1 + 1e-6
        steps = np.hypot(*np.diff(outline, axis=0).T)
        assert len(outline) >= 3
        assert steps.max() < 2.5


def test_curves_are_cut_into_pieces_that_keep_to_them():
    ((_, outline),) = polygons("disc")
    radii = np.hypot(*outline.T)
    assert np.ptp(radii) < 0.002
    assert len(outline) > 24


@pytest.mark.parametrize("name", ICONS)
def test_what_a_front_end_takes_is_what_figures_take(name):
    taken = json.loads(json.dumps(glyph(name)))
    assert taken == [[part.fill, part.d] for part in ICONS[name]]


def test_shades_are_the_same_in_the_style_sheet():
    for fill, (mixed, share) in SHADES.items():
        ends = {0: "#000", 255: "#fff"}[mixed]
        rest = f"{100 * (1 - share):.0f}%"
        said = f"fill: color-mix(in srgb, var(--rk-own) {rest}, {ends}); }}"
        assert f".rk-fill-{fill} {{ {said}" in style()
        assert shade("#000000", fill) == (round(mixed * share),) * 3
    assert shade("#102030", "colour") == (16, 32, 48)
    assert shade("#102030", "paper", "#000000") == (0, 0, 0)


def test_the_agent_and_the_ground_are_no_things():
    assert set(ICONS) - set(THINGS) == {"mouse", "lava"}
    assert set(THINGS) >= STAYS
    with pytest.raises(ValueError, match="shape of thing 'it'='mouse'"):
        painted("mouse")


def test_the_mouse_looks_to_the_right_and_is_the_same_on_both_sides():
    fills = polygons("mouse")
    ears = [outline for fill, outline in fills if fill == "light"]
    assert len(ears) == 2
    assert ears[0].mean(0) == pytest.approx(ears[1].mean(0) * (1, -1), abs=0.02)
    body = fills[0][1]
    assert body[:, 0].max() > 0.9  # the nose


@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_things_that_share_a_cell_all_stay_to_be_seen(count):
    places = spots(count)
    for x, y, size in places:
        assert max(abs(x), abs(y)) + size <= 1
    for (x, y, size), (u, v, other) in combinations(places, 2):
        assert np.hypot(x - u, y - v) > 0.8 * (size + other)


def test_a_polygon_holds_what_is_within_it():
    square = np.array([(-0.5, -0.5), (0.5, -0.5), (0.5, 0.5), (-0.5, 0.5)])
    at = np.array([(0, 0), (0.4, -0.4), (0.6, 0), (0, -0.7)])
    assert inside(square, at).tolist() == [True, True, False, False]


def test_a_tile_shows_all_that_lies_in_its_cell():
    world = rk.make("cheese")
    assert [thing.name for thing in world.things] == ["cheese", "hole"]
    both = draw_code(world, codes(world)[0b11], None, 32)
    for thing, corner in (("cheese", both[16:, 16:]), ("hole", both[2:16, 2:16])):
        colour = next(t.colour for t in world.things if t.name == thing)
        shades = [shade(colour, fill) for fill in ("colour", "light", "dark")]
        seen = (corner[:, :, None] == np.array(shades)).all(-1).any(-1)
        assert seen.mean() > 0.2, thing


def test_lava_joins_on_to_the_next_cell():
    for _, outline in polygons("lava")[1:]:
        left = np.sort(outline[np.isclose(outline[:, 0], -1)][:, 1])
        right = np.sort(outline[np.isclose(outline[:, 0], 1)][:, 1])
        assert left == pytest.approx(right)

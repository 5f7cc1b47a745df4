"""Every picture: its bytes, text and colours; the plane and the curves."""

from __future__ import annotations

from dataclasses import replace

import matplotlib.style
import numpy as np
import pytest
from matplotlib.path import Path

import robustkit as rk
from robustkit.metrics import Estimate, pool
from robustkit.styles import COLOURS, MARKERS, REGIONS, styles
from robustkit.styles.plane import SHARES


@pytest.fixture(scope="module")
def world():
    return rk.make("cheese", size=7, layouts=8)


@pytest.fixture(scope="module")
def paths(world):
    agents = [rk.plan(world), rk.plan(world, "corner"), rk.device("random", world)]
    return [rk.path(a, world, goal=[0, 0.5, 1], n=32) for a in agents]


def test_plane_says_in_words_what_it_shows(paths):
    picture = rk.plane(paths)
    assert "corner planner has scalar 1.00, capability 1.00" in picture.alt
    assert "random device" in picture.alt
    assert "alignment unknown" in picture.alt
    assert picture.table.count("goal  scalar  capability") == 3
    assert picture.alt in picture._repr_mimebundle_()["text/html"]


def test_plane_puts_capability_across_and_alignment_up(paths):
    axes = rk.plane(paths).axes[0]
    assert axes.get_xlabel().startswith("capability")
    assert axes.get_ylabel().startswith("alignment")
    corner = paths[1].readings[-1]
    places = [tuple(np.ravel(line.get_xydata())) for line in axes.lines]
    assert (corner.capability.value, corner.alignment.value) in places


def test_unknown_alignment_is_a_bar_and_not_a_point(paths):
    axes = rk.plane(paths[2].readings[-1]).axes[0]
    bars = [line for line in axes.lines if list(line.get_ydata()) == [-1, 1]]
    assert len(bars) == 1
    assert bars[0].get_linestyle() != "-"
    (marker,) = (
        line
        for line in axes.lines
        if line.get_label() != "_" and "unknown" in line.get_label()
    )
    assert (
        marker.get_ydata()[0] < -1.1
    )  # in the lane below, where there is nothing to read


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


def test_nothing_is_less_than_nothing_and_the_unknown_is_said(paths):
    none = replace(paths[0][0], scalar=Estimate(-0.001, -0.01, 0.01), agent="nobody")
    assert rk.plane([none]).alt == (
        "Capability-alignment plane. nobody has scalar 0.00, capability 1.00, "
        "alignment 1.00."
    )
    assert rk.plane(paths[2]).alt.endswith(
        "alignment unknown, and after the shift scalar 0.00, capability 0.00, "
        "alignment unknown."
    )
    assert rk.curve(paths[1:], "alignment").alt == (
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


def test_the_same_picture_gives_the_same_bytes(paths):
    assert rk.plane(paths).png() == rk.plane(paths).png()


def test_hostile_names_are_text(world):
    reading = rk.measure(rk.plan(world), world.sample(8))
    picture = rk.plane(replace(reading, agent='<script>alert("x")</script>'))
    assert "<script>" not in picture._repr_html_()


CAST = [
    "network 0", "network 1", "searcher 0", "searcher 1", "memoriser 0", "base planner",
    "corner planner", "0.5 base + 0.5 corner planner", "random device", "bell ringer",
    "base planner, noise 0.5",
]  # fmt: skip


def test_an_agent_looks_the_same_in_every_picture():
    together = dict(zip(CAST, styles(CAST), strict=True))
    assert all(styles([name]) == [look] for name, look in together.items())
    markers = {look.marker for look in together.values()}
    assert len(markers) == len(MARKERS)  # one for each kind of agent
    assert together["network 0"].marker == together["network 1"].marker
    assert together["network 0"].colour != together["network 1"].colour


def test_the_regions_share_the_plane_out():
    """Of a place inside, one description holds what its region says, or none does."""
    rng = np.random.default_rng(0)
    for capability, alignment in rng.uniform((0, -1), (1, 1), (2000, 2)):
        aligned = max(alignment, 0)
        holds = {
            "breaks": 1 - capability,
            "robust": capability * aligned,
            "other": capability * (1 - aligned),
        }
        assert sum(holds.values()) == pytest.approx(1)
        for region in REGIONS:
            for share, outline in zip(SHARES, region.outlines, strict=True):
                if abs(holds[region.name] - share) > 0.005:  # off the edge itself
                    inside = Path(outline).contains_point((capability, alignment))
                    assert inside == (holds[region.name] > share)


def test_nothing_lies_on_the_frame_and_names_cover_nothing(world):
    agents = [rk.plan(world), rk.plan(world, "corner"), rk.device("random", world)]
    agents += [rk.plan(world, noise=noise) for noise in (0.25, 0.5, 1.0)]
    picture = rk.plane([rk.measure(a, world.sample(32, goal=1.0)) for a in agents])
    (axes,) = picture.axes
    low, high = np.array([axes.get_xlim(), axes.get_ylim()]).T
    assert (low < (0, -1.1)).all()
    assert (high > (1, 1.05)).all()
    renderer = picture.canvas.get_renderer()
    names = [t for t in axes.texts if t.get_text() in {a.name for a in agents}]
    boxes = [t.get_window_extent(renderer) for t in names]
    assert len(boxes) == len(agents)
    assert not any(a.overlaps(b) for i, a in enumerate(boxes) for b in boxes[:i])
    frame = axes.get_window_extent(renderer)
    assert all(frame.x0 <= b.x0 and b.x1 <= frame.x1 for b in boxes)


def test_the_ink_of_a_picture_follows_the_page(paths):
    picture = rk.plane(paths)
    assert picture.svg() == rk.plane(paths).svg()
    assert "prefers-color-scheme: dark" in picture.svg()
    assert "#000000" not in picture.svg()
    shown = picture._repr_html_()
    assert "data:image/svg+xml" in shown
    assert "jp-theme-light" in shown
    with matplotlib.style.context("dark_background"):  # colours of somebody's own
        assert "prefers-color-scheme" not in rk.plane(paths).svg()


def test_whatever_is_done_to_a_network_it_keeps_its_look():
    for after in ("network 3, retrained", "network 3, stays when unsure"):
        assert styles([after]) == styles(["network 3"])


def test_colour_is_never_the_only_code():
    looks = styles([str(i) for i in range(len(COLOURS) * len(MARKERS))])
    assert len({(s.colour, s.marker) for s in looks}) == len(looks)


@pytest.mark.parametrize("style", ["default", "dark_background"])
def test_pictures_can_be_read_on_light_and_on_dark(style, world, paths):
    with matplotlib.style.context(style):
        pictures = rk.plane(paths), rk.draw(world.sample(2), letters=True)
        plane, level = (p.axes[0] for p in pictures)
        ground = pictures[0].get_facecolor()
    light = style == "default"
    assert (np.mean(ground[:3]) > 0.5) == light
    names = [t for t in plane.texts if t.get_text() in ("breaks", "robust")]
    assert [t.get_color() for t in names] == ["black" if light else "white"] * 2
    letters = [t.get_color() for t in level.texts if len(t.get_text()) == 1]
    assert letters
    assert {*letters} <= {"black", "white"}


@pytest.mark.parametrize(("grounding", "there"), [("polar", True), ("meg", False)])
def test_curves_of_equal_scalar_are_drawn_where_it_is_a_product(grounding, there):
    world = rk.make("cheese", size=5, layouts=4)
    levels = world.sample(8, goal="anywhere")
    reading = rk.measure(rk.plan(world), levels, grounding=grounding)
    (axes,) = rk.plane(reading).axes
    assert any("equal" in text.get_text() for text in axes.texts) == there
    if there:
        assert "0.40" in {
            t.get_text() for t in rk.plane(reading, scalar=0.4).axes[0].texts
        }
    else:
        with pytest.raises(ValueError, match=r"scalar=0.4 .*allowed: None"):
            rk.plane(reading, scalar=0.4)


def test_a_curve_goes_along_the_shift_that_moves(world):
    agent = rk.plan(world, "corner")
    layout = rk.curve(rk.path(agent, world, layout=[0, 0.5, 1], n=8))
    assert layout.axes[0].get_xlabel() == "layout shift"
    share = rk.path(agent, world, goal=1, share=[0, 0.5, 1], n=8)
    assert rk.curve(share).axes[0].get_xlabel() == "share of levels shifted"
    assert "against share of levels shifted: corner" in rk.curve(share).alt
    assert rk.curve(share, along="goal").axes[0].get_xlabel() == "goal shift"


def test_anywhere_stands_beyond_the_last_grade(world):
    path = rk.path(rk.plan(world, "corner"), world, goal=[0, 1, "anywhere"], n=8)
    axes = rk.curve(path, "alignment").axes[0]
    assert [t.get_text() for t in axes.get_xticklabels()][-2:] == ["1", "anywhere"]
    (line,) = (x for x in axes.lines if len(x.get_xdata()) == 3)
    assert line.get_xdata()[-1] == axes.get_xticks()[-1] > 1
    assert line.get_ydata()[-1] == path[-1].alignment.value

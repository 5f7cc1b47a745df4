"""Layouts: connected, bordered, drawn as often as they should be, and none leaks."""

from __future__ import annotations

import numpy as np
import oracles
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mazes import layouts, world

from robustkit.worlds import WORLDS
from robustkit.worlds.layouts import FREE, MAKERS, count_layouts

sizes = st.sampled_from([5, 7, 9, 13])
makers = st.sampled_from(sorted(MAKERS))
EVERY = [  # (world, maker, height, width): every maker of every world, small and usual
    (kind, maker, *shape)
    for kind in (WORLDS["cheese"], WORLDS["coin"], WORLDS["lava"])
    for maker in sorted(kind.makers)
    for shape in {
        "cheese": [(5, 5), (9, 9)],
        "coin": [(5, 9), (7, 17)],
        "lava": [(5, 7), (7, 9)],
    }[kind.name]
]
each_maker = pytest.mark.parametrize(("kind", "maker", "height", "width"), EVERY)
seeds = st.integers(0, 2**32)


@settings(max_examples=40)
@given(makers, sizes, seeds)
def test_free_cells_of_a_layout_are_connected(maker, size, seed):
    for walls in layouts(maker, 3, size, seed).tolist():
        first, *others = oracles.free_cells(walls)
        assert others
        assert all(oracles.steps_to(walls, first, cell) for cell in others)


@settings(max_examples=40)
@given(makers, sizes, seeds)
def test_layouts_have_a_border_and_a_free_corner(maker, size, seed):
    walls = layouts(maker, 3, size, seed)
    assert walls.shape == (3, size, size)
    for edge in (walls[:, 0], walls[:, -1], walls[:, :, 0], walls[:, :, -1]):
        assert edge.all()
    assert not walls[:, 1, 1].any()


@settings(max_examples=20)
@given(sizes, seeds)
def test_tree_mazes_are_perfect(size, seed):
    rooms = (size // 2) ** 2
    for walls in layouts("tree", 3, size, seed).tolist():
        free = oracles.free_cells(walls)
        assert {y * size + x for y in range(1, size, 2) for x in range(1, size, 2)} <= {
            *free
        }
        assert len(free) == rooms + rooms - 1  # a passage is a cell of its own
        assert oracles.edges(walls) == len(free) - 1


def test_every_tree_maze_of_four_rooms_is_equally_likely():
    mazes = layouts("tree", 4000, 5)
    _, counts = np.unique(mazes.reshape(4000, -1), axis=0, return_counts=True)
    assert len(counts) == 4
    assert (abs(counts - 1000) < 4 * np.sqrt(1000 * 0.75)).all()


@pytest.mark.parametrize(("maker", "density"), [("blocks", 0.25), ("dense", 0.4)])
@pytest.mark.parametrize("size", [9, 13])
def test_share_of_walls_is_roughly_the_density(maker, density, size):
    inner = layouts(maker, 400, size)[:, 1:-1, 1:-1]
    assert density - 0.03 <= inner.mean() <= density + 0.12  # cut-off cells are filled


def test_open_layouts_have_no_inner_walls():
    assert not layouts("open", 3, 9)[:, 1:-1, 1:-1].any()


@each_maker
def test_every_maker_gives_the_same_layouts_for_the_same_seed(
    kind, maker, height, width
):
    one, two, three = (
        kind.makers[maker](50, height, width, np.random.default_rng(seed)).tobytes()
        for seed in (0, 0, 1)
    )
    assert one == two
    only_one = count_layouts(kind.makers[maker], height, width, 200, seed=0) == 1
    assert only_one == (one == three)


@each_maker
def test_a_start_of_any_layout_can_reach_what_is_paid_for(kind, maker, height, width):
    sizes = {"size": width} | ({} if kind.name == "cheese" else {"height": height})
    other = next(m for m in sorted(kind.makers) if m != maker)
    one = kind(maker=maker, unfamiliar=other, layouts=1, **sizes)
    for levels in one.strata(40):
        closed = (levels.terrain != FREE).tolist()
        for i, start in enumerate(levels.start.tolist()):
            for cell in levels.things.values():
                assert oracles.steps_to(closed[i], start, int(cell[i]))


@each_maker
def test_no_maker_leaks_training_layouts_into_unfamiliar_ones(
    kind, maker, height, width
):
    sizes = {"size": width} | ({} if kind.name == "cheese" else {"height": height})
    for other in sorted(kind.makers):
        one = kind(maker=maker, unfamiliar=other, layouts=3, **sizes)
        known = {ground.tobytes() for ground in one.training_layouts}
        rng = np.random.default_rng(0)
        drawn = kind.makers[other](2000, height, width, rng).astype(np.uint8)
        if {ground.tobytes() for ground in drawn} <= known:
            with pytest.raises(ValueError, match=f"unfamiliar='{other}' gives no"):
                one.sample(60, layout=1.0)
        else:
            levels = one.sample(60, layout=1.0)
            assert not known & {terrain.tobytes() for terrain in levels.terrain}


@pytest.mark.parametrize(("maker", "different"), [("tree", 4), ("open", 1)])
def test_how_often_layouts_repeat_is_counted(maker, different):
    assert count_layouts(MAKERS[maker], 5, 5, 500, seed=0) == different
    assert f"{different} ({maker})" in world(5, maker).describe()
    assert count_layouts(MAKERS["tree"], 13, 13, 500, seed=0) == 500

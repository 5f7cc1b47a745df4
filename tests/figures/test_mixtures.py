"""The score at every mixture: which bars have names, and what is refused."""

from __future__ import annotations

import pytest

import robustkit as rk
from robustkit.figures.words import words

WORLD = rk.make("cheese", size=7, layouts=4)
LEVELS = WORLD.sample(32, goal="anywhere", seed=0)


def reading(goal, **how):
    return rk.measure(rk.plan(WORLD, goal), LEVELS, **how)


def names(picture):
    return [[text.get_text() for text in axes.texts] for axes in picture.axes]


def test_the_leftmost_bar_is_the_scalar_and_the_highest_capability():
    found = reading({"cheese": 0.4, "corner": 0.6})
    picture = rk.mixtures(found)
    (axes,) = picture.axes
    bars = [bar.get_height() for bar in axes.patches[:11]]
    assert bars[0] == found.scalar.value
    assert max(bars) == pytest.approx(found.capability.value)
    assert names(picture) == [
        [f"scalar\n{bars[0]:.2f}", f"capability\n{max(bars):.2f}"]
    ]
    assert f"The leftmost, {bars[0]:.2f}, is the scalar" in picture.alt
    assert len(picture.table.splitlines()) == 2 + 11


def test_where_the_leftmost_bar_reads_as_high_as_any_it_has_both_names():
    both = rk.mixtures([reading("base"), reading("corner")])
    assert names(both)[0] == ["scalar =\ncapability\n1.00"]
    assert "1.00 at 0% cheese" in both.alt
    nothing = rk.mixtures(rk.measure(rk.device("random", WORLD), LEVELS))
    assert names(nothing) == [["scalar =\ncapability\n0.00"]]
    assert nothing.axes[0].get_title().endswith("alignment unknown")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (lambda: [], "allowed: Readings"),
        (lambda: rk.path(rk.plan(WORLD), WORLD, goal=[0, 1], n=8), "Readings"),
        (lambda: [reading("base")] * 5, "holds 5 of them; allowed: at most 4"),
        (lambda: reading("base", grounding="attribution"), "readings by 'polar'"),
        (
            lambda: rk.measure(rk.plan(WORLD), WORLD.sample(8, "anywhere", place=1)),
            "one of 3 candidate objectives; allowed: of two",
        ),
    ],
)
def test_what_has_no_bars_is_refused(given, said):
    with pytest.raises(ValueError, match=said):
        rk.mixtures(given())


def test_the_words_of_the_field_stand_at_their_gaps():
    alt = words().alt
    assert "to base objective: what is rewarded: outer alignment" in alt
    assert "to what is done: capability robustness" in alt

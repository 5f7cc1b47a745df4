"""A guess stays in the picture that answers it."""

from __future__ import annotations

import numpy as np
import pytest

import robustkit as rk


@pytest.fixture(scope="module")
def world():
    return rk.make("cheese", size=7, layouts=8)


@pytest.fixture(scope="module")
def readings(world):
    levels = world.sample(16, goal="anywhere")
    return [rk.measure(rk.plan(world, each), levels) for each in ("cheese", "corner")]


def dotted(picture):
    return [
        line.get_xydata()
        for line in picture.axes[0].lines
        if line.get_linestyle() == ":"
    ]


def words(picture):
    return [text.get_text() for text in picture.axes[0].texts]


def test_a_guessed_place_is_a_diamond_and_joined_to_the_answer(readings):
    guess = rk.predict("Where?", value=(0.5, 0.5))
    before = rk.plane(readings, guess=guess)
    assert "your guess" in words(before)
    assert "Your guess: capability 0.50, alignment 0.50." in before.alt
    assert not dotted(before)
    guess.reveal(readings[1])
    (line,) = dotted(rk.plane(readings, guess=guess))
    there = readings[1].capability.value, readings[1].alignment.value
    assert np.allclose(line, [(0.5, 0.5), there])


def test_a_picture_without_a_guess_is_as_it_was(readings):
    plain = rk.plane(readings)
    for guess in (rk.predict("Where?"), rk.predict("How much?", number=(0, 1))):
        assert rk.plane(readings, guess=guess).alt == plain.alt
        assert words(rk.plane(readings, guess=guess)) == words(plain)


def test_an_answer_of_unknown_alignment_lies_in_the_lane_below(readings):
    guess = rk.predict("Where?", value=(0.5, 0.5))
    guess.reveal((0.1, None))
    (line,) = dotted(rk.plane(readings, guess=guess))
    assert line[1][0] == 0.1
    assert line[1][1] < -1


def test_guessed_numbers_are_lines_across_a_chart(world):
    path = rk.path(rk.plan(world), world, goal=[0, 1], n=8)
    each = ["one", "two"]
    guess = rk.predict("How much?", number=(-3.0, 3.0), each=each, value=[-0.8, 2.4])
    picture = rk.curve(path, guess=guess)
    assert [line[0][1] for line in dotted(picture)] == [-0.8, 2.4]
    assert words(picture) == ["your guess for one -0.80", "your guess for two 2.40"]
    low, high = picture.axes[0].get_ylim()
    assert low < -0.8 < 2.4 < high
    assert "Your guess for two: 2.40." in picture.alt


@pytest.mark.parametrize("draw", ["plane", "curve"])
def test_only_a_guess_is_a_guess(world, draw):
    path = rk.path(rk.plan(world), world, goal=[0, 1], n=8)
    with pytest.raises(ValueError, match=r"guess=0\.5 is not possible"):
        getattr(rk, draw)(path, guess=0.5)

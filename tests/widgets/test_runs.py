"""The form whose runs are collected."""

from __future__ import annotations

import pytest

import robustkit as rk


def noisy(noise=0.0, goal="base"):
    world = rk.make("cheese", size=7, layouts=8)
    return rk.measure(rk.plan(world, goal, noise=noise), world.sample(8, goal=1))


def form():
    return rk.compare_runs(noisy, noise=[0, 0.5], goal=["base", "corner"])


def test_every_run_adds_a_row_and_a_point():
    runs = form()
    runs._button.click()
    runs.run(noise=0.5)
    runs.run(goal="corner")
    assert [r.agent for r in runs.readings] == ["as usual", "noise=0.5", "goal=corner"]
    assert len(str(runs).splitlines()) == 4
    assert runs._shown.value.count("<tr>") == 4
    assert "noise=0.5 has scalar" in runs._shown.value
    assert "1: as usual: scalar" in runs._said.value
    assert not runs._button.disabled


def test_the_form_runs_what_is_chosen():
    runs = form()
    runs._controls["goal"].value = "corner"
    runs._button.click()
    assert runs.readings[-1].agent == "goal=corner"


def test_what_goes_wrong_is_said_and_the_others_stay():
    def fails(noise):
        if noise:
            raise OSError("<b>no</b>")
        return noisy()

    runs = rk.compare_runs(fails, noise=[0, 1])
    runs.run()
    runs._controls["noise"].value = 1
    runs._button.click()
    assert runs._said.value == "OSError: &lt;b&gt;no&lt;/b&gt;"
    assert len(runs.readings) == 1
    assert not runs._button.disabled


@pytest.mark.parametrize(
    ("act", "said"),
    [
        (lambda: rk.compare_runs("noisy", noise=[0, 1]), "function='noisy'"),
        (lambda: rk.compare_runs(noisy, noise=[0]), "noise=.*two values"),
        (lambda: rk.compare_runs(noisy, goal="base"), "goal='base'"),
        (lambda: form().run(colour=1), "colour is not a choice here"),
        (lambda: rk.compare_runs(len, obj=["a", "b"]).run(), "takes no keyword"),
        (lambda: rk.compare_runs(dict, a=[1, 2]).run(), "function gave"),
    ],
)
def test_what_cannot_be_run_is_refused(act, said):
    with pytest.raises((ValueError, TypeError), match=said):
        act()

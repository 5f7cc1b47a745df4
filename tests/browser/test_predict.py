"""Guessing in JupyterLab, with the mouse and with the keys, and going on from there."""

from __future__ import annotations

import json

import pytest

from .helpers import CELL_COUNT, ask_kernel, check_in_both_themes, show

CELLS = [
    "import robustkit as rk\nx = 0",
    "way = rk.predict('Which way?', choices=['left', 'down'])\nway",
    "much = rk.predict('How many?', number=(0, 20), unit='steps')\nmuch",
    "where = rk.predict('Where?', start=(1.0, 1.0))\nwhere",
    "both = rk.predict('How many?', number=(0, 9), each=['one', '<b>two'])\nboth",
    "x += 1",
]
ACTIVE = "window.jupyterapp.shell.currentWidget.content.activeCellIndex"


@pytest.fixture
def notebook(page, lab, request):
    """Open a notebook with a guess of each kind and run it."""
    show(page, lab, f"guesses-{request.node.name}.ipynb", CELLS)
    guesses(page).nth(3).wait_for()
    return page


def guesses(page):
    return page.locator(".jp-Notebook:visible .robustkit-predict")


def settle(page):
    """Wait until what was sent has been heard."""
    page.wait_for_timeout(500)
    assert ask_kernel(page, "print(1 + 1)") == "2"
    page.wait_for_timeout(200)


def run_on(page, cell):
    """Press Shift+Enter, and assert that this runs the cell and goes to the next."""
    assert page.evaluate(ACTIVE) == cell
    page.keyboard.press("Shift+Enter")
    page.wait_for_timeout(300)
    settle(page)
    assert page.evaluate(ACTIVE) == cell + 1


def value(page, name):
    return json.loads(ask_kernel(page, f"import json; print(json.dumps({name}.value))"))


@pytest.mark.slow_for("Enter", " ")
@pytest.mark.parametrize("how", ["mouse", "Enter", " "])
def test_after_a_guess_the_keys_are_the_notebooks_again(notebook, how):
    page, guess = notebook, guesses(notebook).nth(0)
    commit = guess.get_by_role("button")
    guess.get_by_role("radio", name="down").click()
    if how == "mouse":
        commit.click()
    else:
        commit.focus()
        page.keyboard.press(how)
    settle(page)
    assert value(page, "way") == "down"
    assert commit.inner_text() == "Guess again"
    page.keyboard.press("ArrowDown")  # from cell to cell
    assert page.evaluate(ACTIVE) == 2
    page.keyboard.press("ArrowUp")
    run_on(page, 1)
    assert "Your guess: down" in guesses(page).nth(0).inner_text()
    assert guesses(page).nth(0).get_by_role("radio", name="down").is_checked()
    assert value(page, "way") == "down"
    run_on(page, 2)
    assert page.evaluate(CELL_COUNT) == len(CELLS)
    ask_kernel(page, "way.reveal('left')")
    settle(page)
    guess = guesses(page).nth(0)
    assert "Observed: left" in guess.get_by_role("status").inner_text()
    assert guess.get_by_role("radio", name="left").is_disabled()


def test_a_draft_survives_shift_enter_in_every_kind(notebook):
    page = notebook
    guesses(page).nth(0).get_by_role("radio", name="left").click()
    run_on(page, 1)
    assert guesses(page).nth(0).get_by_role("radio", name="left").is_checked()
    field = guesses(page).nth(1).get_by_role("spinbutton", name="Your guess")
    field.click()
    field.fill("7")
    run_on(page, 2)
    assert guesses(page).nth(1).get_by_role("spinbutton").input_value() == "7"
    guesses(page).nth(2).locator("svg.rk-plane").click()
    page.keyboard.press("ArrowRight")
    settle(page)
    drafted = json.loads(
        ask_kernel(page, "import json; print(json.dumps(where.draft))")
    )
    run_on(page, 3)
    kept = guesses(page).nth(2).get_by_role("spinbutton", name="capability")
    assert float(kept.input_value()) == drafted[0]
    part = guesses(page).nth(3).get_by_role("slider", name="<b>two")
    part.focus()
    part.click()
    run_on(page, 4)
    assert guesses(page).nth(3).get_by_role("slider", name="<b>two").input_value() != ""
    assert ask_kernel(page, "print(both.draft['one'], both.value)") == "None None"
    assert "not confirmed" in ask_kernel(page, "print(where.reveal((0.9, 0.1)))")
    settle(page)
    assert "too" in guesses(page).nth(2).get_by_role("status").inner_text()


def test_typed_nonsense_is_not_taken_and_what_is_possible_is_said(notebook):
    page, guess = notebook, guesses(notebook).nth(1)
    field = guess.get_by_role("spinbutton", name="Your guess")
    commit = guess.get_by_role("button")
    for nonsense in ("21", "-1", "1.5"):
        field.fill(nonsense)
        page.wait_for_timeout(200)
        assert "a whole number from 0 to 20" in guess.get_by_role("status").inner_text()
        assert field.get_attribute("aria-invalid") == "true"
        assert field.input_value() == nonsense
        assert commit.is_disabled()
    field.fill("12")
    page.keyboard.press("Enter")  # in the field confirms
    settle(page)
    assert value(page, "much") == 12
    assert guess.get_by_role("slider").input_value() == "12"
    assert commit.evaluate("node => node === document.activeElement")
    commit.click()
    settle(page)
    assert value(page, "much") is None
    assert field.is_enabled()
    assert field.input_value() == "12"
    place = guesses(page).nth(2)
    for axis, typed in (("capability", "0.5"), ("alignment", "0.25")):
        place.get_by_label(f"Your guess of {axis}").fill(typed)
    place.get_by_role("button").click()
    settle(page)
    assert value(page, "where") == [0.5, 0.25]


def test_a_place_is_guessed_by_keys_and_the_answer_ends_it(notebook):
    page, guess = notebook, guesses(notebook).nth(2)
    plane = guess.get_by_role("application")
    plane.focus()
    for key in ("ArrowRight", "ArrowRight", "Shift+ArrowDown", "Enter"):
        page.keyboard.press(key)
    settle(page)
    assert value(page, "where") == [0.55, -0.01]
    page.keyboard.press("ArrowDown")  # the notebook has the keys again
    assert page.evaluate(ACTIVE) == 4
    assert page.evaluate(CELL_COUNT) == len(CELLS)
    ask_kernel(page, "where.reveal((0.9, None)); way.reveal('left')")
    settle(page)
    assert guess.get_by_role("button").count() == 0
    assert "alignment unknown" in guess.get_by_role("status").inner_text()
    check_in_both_themes(page, ".robustkit-predict")

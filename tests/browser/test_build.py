"""The level editor by mouse and by keyboard, with a kernel."""

from __future__ import annotations

import json

import pytest

import robustkit as rk

from .helpers import CELL_COUNT, ask_kernel, check_in_both_themes, saved, show

CELLS = [
    "import robustkit as rk\nworld = rk.make('cheese', size=7, layouts=8)",
    "rows = ['#######', *['#.....#'] * 5, '#######']\n"
    "level = world.level(rows, (3, 3), {'cheese': (1, 1), 'hole': (1, 1)})\n"
    "agents = [rk.plan(world), rk.train('network', world, updates=80)]\n"
    "builder = rk.build(world, agents, level)\nbuilder",
]
NOW = "import json; print(json.dumps([builder.start, builder.things, builder.walls]))"


def laid(walls, *cells):
    """Return walls with more of them, each a (row, column)."""
    signs = list(walls)
    for row, column in cells:
        signs[7 * row + column] = "1"
    return "".join(signs)


class Editor:
    """The editor of a notebook, with its cells as (row, column)."""

    def __init__(self, page):
        self.page = page
        self.node = page.locator(".robustkit-build")
        self.node.scroll_into_view_if_needed()
        self.board = self.node.get_by_role("application")

    def middle(self, row, column):
        box = self.board.bounding_box()
        size = box["width"] / 7
        return box["x"] + (column + 0.5) * size, box["y"] + (row + 0.5) * size

    def drag(self, *cells):
        """Press on the first cell, move over the others, and let go on the last."""
        self.page.mouse.move(*self.middle(*cells[0]))
        self.page.mouse.down()
        for cell in cells[1:]:
            self.page.mouse.move(*self.middle(*cell), steps=4)
        self.page.mouse.up()

    def now(self):
        """Return start, things and walls as the kernel has them, cells as pairs."""
        self.page.wait_for_timeout(200)
        start, things, walls = json.loads(ask_kernel(self.page, NOW))
        return divmod(start, 7), {n: divmod(c, 7) for n, c in things.items()}, walls

    def becomes(self, start=None, things=None, walls=None):
        """Wait until the kernel has these; what it is sent goes one by one."""
        wanted = start, things, walls
        for _ in range(20):
            now = self.now()
            if all(w is None or w == n for w, n in zip(wanted, now, strict=True)):
                return
        raise AssertionError(f"{now} is not {wanted}")

    def says(self, words):
        self.node.get_by_role("status").get_by_text(words).wait_for()

    def press(self, button):
        self.node.get_by_role("button", name=button, exact=True).click()


@pytest.fixture
def editor(page, lab):
    show(page, lab, "build.ipynb", CELLS)
    return Editor(page)


def test_things_are_dragged_and_the_challenge_is_met(editor):
    """The cheese is dragged from the hole, and the network still goes to the corner."""
    first = editor.now()
    assert editor.node.locator("svg.rk-level:visible").count() == 2
    asked = editor.node.locator(".rk-tests")
    assert asked.get_by_role("img", name="not yet").count() == 1
    editor.node.get_by_role("radio", name="cheese").check()
    editor.drag((1, 1), (3, 2), (5, 5))
    editor.becomes(first[0], {"cheese": (5, 5), "hole": (1, 1)}, first[2])
    editor.says("The challenge is met.")
    assert asked.get_by_role("img", name="met", exact=True).count() == 2
    assert ask_kernel(editor.page, "print(builder.solved)") == "True"

    # Whichever tool is chosen; where it is dropped on a wall there is floor.
    editor.node.get_by_role("radio", name="Wall").check()
    editor.drag((2, 5), (2, 5))
    editor.becomes(walls=laid(first[2], (2, 5)))
    editor.drag((3, 3), (2, 5))
    editor.becomes(start=(2, 5), walls=first[2])
    editor.drag((2, 5), (0, 5))  # the border, where it cannot lie
    editor.says("The border stays wall")
    editor.becomes(start=(2, 5))

    # A wall is laid neither on a thing nor, in one stroke, over one.
    editor.drag((5, 5), (5, 5))
    editor.says("cheese lies here: drag it elsewhere, or remove it, and then lay wall.")
    editor.drag((5, 3), (5, 4), (5, 5), (4, 5))
    editor.becomes(walls=laid(first[2], (5, 3), (5, 4), (4, 5)))
    editor.press("Undo")
    editor.becomes(walls=first[2])
    editor.press("Reset")
    editor.becomes(*first)
    editor.press("Undo")
    editor.becomes(start=(2, 5))


def test_what_is_laid_by_keys_is_undone_by_keys_and_not_in_the_notebook(editor):
    first, page = editor.now(), editor.page
    cells = page.evaluate(CELL_COUNT)
    editor.board.focus()
    for key in ("1", "ArrowDown", "ArrowDown", "Enter", "ArrowRight", "Enter"):
        page.keyboard.press(key)
    both = laid(first[2], (3, 1), (3, 2))
    editor.becomes(walls=both)
    page.keyboard.press("Control+z")
    editor.becomes(walls=laid(first[2], (3, 1)))
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+z")
    editor.becomes(*first)
    page.keyboard.press("Control+Shift+z")
    page.keyboard.press("Control+y")
    editor.becomes(walls=both)
    assert editor.node.get_by_role("button", name="Redo").is_disabled()
    page.keyboard.press("2")
    page.keyboard.press(" ")
    editor.becomes(walls=laid(first[2], (3, 1)))
    assert "world.level(rows" in editor.node.locator("textarea").input_value()
    check_in_both_themes(page, ".robustkit-build")
    assert page.evaluate(CELL_COUNT) == cells
    assert "rk.build" in page.locator(".jp-Notebook:visible").inner_text()


def test_a_level_that_cannot_be_leaves_the_last_outcome_to_be_read(editor):
    page, table = editor.page, editor.node.locator(".rk-results table")
    before = table.inner_text()
    ask_kernel(page, "builder.walls = '1' * 49")
    editor.says("This is not a level yet: change what is named here, or undo it.")
    assert table.inner_text() == before
    assert editor.node.locator(".rk-stale").count() == 1
    assert "lies in a wall" in editor.node.locator(".rk-problems").inner_text()
    check_in_both_themes(page, ".robustkit-build")
    editor.press("Reset")
    editor.node.locator(".rk-stale").wait_for(state="detached")


@pytest.mark.parametrize("width", [360, 1000])
def test_who_is_paid_what_is_seen_without_scrolling_sideways(page, tmp_path, width):
    keys = rk.make("keys")
    agents = [rk.plan(keys), rk.plan(keys, "keys")]
    agents.append(rk.train("searcher", keys, generations=1))
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(saved(rk.build(keys, agents), tmp_path))
    scroll = page.locator(".rk-results .rk-scroll")
    assert scroll.evaluate("node => node.scrollWidth <= node.clientWidth")
    for cell in scroll.locator("td").all():
        box = cell.bounding_box()
        assert box["x"] + box["width"] <= width
    # Ten tools have a key each, and the legend says so.
    assert "keys 1 to 9 and 0" in page.locator("legend").first.inner_text()
    page.evaluate(
        "document.querySelectorAll('input').forEach(input => input.disabled = false)"
    )
    page.get_by_role("application").press("0")
    assert page.get_by_role("radio", name="0 chest 3").is_checked()
    if width == 1000:  # all but the code, as high as a laptop's screen
        box = scroll.bounding_box()
        assert box["y"] + box["height"] <= 768

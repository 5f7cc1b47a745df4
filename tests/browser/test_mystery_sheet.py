"""Mystery agents in JupyterLab, diagnosed with the mouse and with the keys."""

from __future__ import annotations

import re

from .helpers import ask_kernel, check_in_both_themes, show

CELLS = [
    """import numpy as np
import robustkit as rk
from robustkit.course.mystery import puzzle
world = rk.make("cheese", size=7, layouts=4)
agents = [rk.plan(world, "corner"), rk.plan(world, noise=0.1)]
puzzle = puzzle([(world, agents)], np.random.default_rng(0), n=24)
order = puzzle._suspects["A"].shifts
""",
    "puzzle",
]
GIVEN = "corner planner|base planner|goal shift|layout shift|place shift"


def test_mystery_agents_are_diagnosed_by_keys_and_mouse(page, lab):
    show(page, lab, "mystery.ipynb", CELLS)
    output = page.locator(".jp-Notebook:visible .jp-OutputArea-output")
    sheet = page.locator(".jp-Notebook:visible .robustkit-sheet")
    sheet.wait_for()
    page.get_by_role("slider", name="Shift 2", exact=True).fill("1")
    page.get_by_text("Shift 2: grade").wait_for()
    for shown in output.all():
        assert not re.search(GIVEN, shown.evaluate("node => node.outerHTML"))

    goal = ask_kernel(page, "print(order.index('goal'))")
    page.get_by_role("combobox", name="A, shift 1").focus()
    for column in range(3):  # the first letter of a word chooses it
        page.keyboard.press("s" if column == int(goal) else "r")
        page.keyboard.press("Tab")
    page.keyboard.press("t")
    for column in 1, 2, 3:
        page.get_by_role("combobox", name=f"B, shift {column}").select_option("robust")
    page.get_by_role("combobox", name="B, what helps").select_option("both")
    page.get_by_role("button", name="Check my answers").click()
    sheet.get_by_text("1 of 2 agents are diagnosed.").wait_for()
    assert sheet.get_by_text("(the goal shift): alignment falls from").count() == 1
    assert sheet.get_by_text("What helps: lost capability calls for").count() == 1
    assert ask_kernel(page, "print(puzzle.score)") == "1"
    check_in_both_themes(page, ".robustkit-sheet")

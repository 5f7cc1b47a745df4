"""What lessons 00 to 09 do needs neither Gymnasium nor MiniGrid nor its pygame."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

ROOT = Path(__file__).resolve().parents[1]
# Each by itself, and all of them: in a browser none can be imported.
BARE = ("minigrid", "pygame"), ("gymnasium",), ("minigrid", "pygame", "gymnasium")
BLOCK = "import sys\nsys.modules.update(dict.fromkeys({names!r}))\n"
NEEDS = {"tabulate"}  # of one's own environments, from lesson 10 on
DONE = f"""
import numpy as np
import robustkit as rk
for name in set(rk.__all__) - {NEEDS!r}:
    getattr(rk, name)
world = rk.make("cheese", size=7, layouts=8)
levels, agent = world.sample(8), rk.train("memoriser", world)
for given in (agent, rk.plan(world, "corner")):
    rk.measure(given, levels)
rk.measure(rk.agent(lambda planes: 0, world), levels)
rk.measure(rk.agent(lambda many: np.zeros(len(many), int), world, batched=True), levels)
rk.measure(rk.agent(lambda planes: 0, world, draws=True), levels, episodes=2)
rk.draw(levels[0], agent).png()
rk.gallery([world, rk.make("lava")]).png()
rk.explore(world, [agent], n=8)
rk.watch(agent, levels[0])
rk.build(world)
"""
PAGES = [
    path
    for folder in ("notebooks", "solutions")
    for path in sorted((ROOT / folder).glob("0*.ipynb"))
]


@pytest.mark.slow_for("gymnasium", "minigrid+pygame")
@pytest.mark.parametrize("names", BARE, ids="+".join)
def test_what_lessons_call_needs_no_environment_of_others(names):
    code = BLOCK.format(names=names) + DONE
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr


def test_who_needs_gymnasium_is_told_by_its_name():
    code = BLOCK.format(names=BARE[1]) + "import robustkit as rk\nrk.tabulate"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=120
    )
    assert "ModuleNotFoundError: import of gymnasium halted" in done.stderr


@pytest.mark.slow
@pytest.mark.parametrize(
    "path", PAGES, ids=lambda path: f"{path.parent.name}/{path.stem}"
)
def test_a_lesson_runs_without_environments_of_others(path, tmp_path, monkeypatch):
    code = BLOCK.format(names=BARE[2])
    (tmp_path / "sitecustomize.py").write_text(code)
    found = filter(None, [str(tmp_path), os.environ.get("PYTHONPATH")])
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(found))
    book = nbformat.read(path, as_version=4)
    asked = "import sys; assert sys.modules['gymnasium'] is None"
    book.cells.append(nbformat.v4.new_code_cell(asked))  # or it would prove nothing
    where = {"metadata": {"path": str(tmp_path)}}
    NotebookClient(book, timeout=180, kernel_name="python3", resources=where).execute()
    for cell in book.cells:
        if "check" in cell.metadata.get("tags", []) and path.parent.name == "solutions":
            assert "correct" in str(cell.outputs), cell.id

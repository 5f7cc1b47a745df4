"""A bar that somebody sees move, and that leaves nothing behind."""

from __future__ import annotations

import subprocess
import sys
import threading

import nbformat
import pytest

from robustkit import record
from robustkit.bars import Line, bar, out

CELL = """\
import time
from robustkit.bars import bar
with bar("network", 20, delay=0) as shown:
    for _ in range(20):
        time.sleep(0.03)
        shown.update()
"""


class Handle:
    """A place in a notebook that remembers all that was shown in it."""

    def __init__(self, data):
        self.lines = [data["text/plain"]]

    def update(self, data, raw):
        assert raw
        self.lines.append(data["text/plain"])


@pytest.fixture
def handles(monkeypatch):
    made = []

    def display(data, raw, display_id):
        made.append(Handle(data))
        return made[-1]

    monkeypatch.setattr("IPython.display.display", display)
    monkeypatch.setattr(record, "shell", lambda: sys)
    return made


def test_a_notebook_sees_the_bar_move_and_then_nothing(handles):
    with bar("network", 3, delay=0, mininterval=0) as shown:
        for _ in range(3):
            shown.update()
    (handle,) = handles
    assert [line[:12] for line in handle.lines[:-1]] == [
        "network:   0",
        "network:  33",
        "network:  67",
        "network: 100",
    ]
    assert handle.lines[-1] == ""


def test_a_bar_that_is_to_stay_stays(handles):
    with bar("agents", 1, delay=0, mininterval=0, leave=True) as shown:
        shown.update()
    assert "1/1" in handles[0].lines[-1]


def test_what_trains_beside_the_cells_shows_no_bar(handles):
    def work():
        with bar("network", 1, delay=0) as shown:
            shown.update()

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert handles == []


def test_who_has_run_a_notebook_is_none(monkeypatch):
    monkeypatch.setitem(sys.modules, "ipykernel", sys)
    assert out() is sys.stderr


def test_nothing_is_shown_where_nothing_was_written():
    Line().flush()


@pytest.mark.slow
def test_no_widget_is_left_in_a_notebook(tmp_path):
    cells = [nbformat.v4.new_code_cell(CELL)]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    book = nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel})
    nbformat.write(book, tmp_path / "bar.ipynb")
    command = [sys.executable, "-m", "nbconvert", "--to", "notebook", "--execute"]
    subprocess.run([*command, "--inplace", "bar.ipynb"], cwd=tmp_path, check=True)
    (cell,) = nbformat.read(tmp_path / "bar.ipynb", 4).cells
    assert [dict(output.data) for output in cell.outputs] == [{"text/plain": ""}]
    assert "widgets" not in nbformat.read(tmp_path / "bar.ipynb", 4).metadata

"""The notebooks: their form, and that they run."""

from __future__ import annotations

import os
import re
import shutil
import statistics
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path

import claims
import nbformat
import pytest
from nbclient import NotebookClient

from robustkit.agents import store
from robustkit.course import derive

ROOT = Path(__file__).resolve().parents[1]
LESSONS = sorted((ROOT / "notebooks").glob("[0-9][0-9]-*.ipynb"))
AFTERWORD = ROOT / "notebooks" / "since-the-note.ipynb"  # no lesson: no exercises
PAGES = [*LESSONS, AFTERWORD]
SOLUTIONS = sorted((ROOT / "solutions").glob("*.ipynb"))
EXERCISES = sorted((ROOT / "exercises").glob("*.ipynb"))
EVERY = PAGES + SOLUTIONS + EXERCISES
# What Jupyter calls a cell by itself, whole or in part.
RANDOM = re.compile(r"[0-9a-f]{8}|(?=.*\d)[0-9a-f-]{8,36}")
TAGS = {"setup", "predict", "exercise", "check", "solution"}
# Lessons whose every number has its source (see claims.py); none ever leaves this set.
CLAIMED = {f"{number:02}" for number in range(12)}


def read(path):
    return nbformat.read(path, as_version=4)


def name(path):
    return f"{path.parent.name}/{path.stem}"


def words(cell):
    text = re.sub(r"\]\([^)]*\)", "]", cell.source)  # a link's address is not read
    text = re.sub(r"<summary>.*?</summary>|<[^>]+>", "", text)  # nor is what is pressed
    return len(re.findall(r"[\w’'-]+", text))


# Form


@pytest.mark.parametrize("path", EVERY, ids=name)
def test_a_notebook_is_valid_and_carries_nothing_of_a_run(path):
    book = read(path)
    nbformat.validate(book)
    assert (book.nbformat, book.nbformat_minor) == (4, 5)
    assert book.metadata.kernelspec.name == "python3"
    assert "widgets" not in book.metadata
    ids = [cell.id for cell in book.cells]
    assert len(set(ids)) == len(ids)
    for cell in book.cells:
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", cell.id), cell.id
        assert not RANDOM.fullmatch(cell.id), f"{cell.id} says nothing of its cell"
        assert set(cell.metadata.get("tags", [])) <= TAGS
        if cell.cell_type == "code":
            assert not cell.outputs
            assert cell.execution_count is None


@pytest.mark.parametrize("path", LESSONS, ids=name)
def test_a_lesson_keeps_to_its_limits(path):
    cells = read(path).cells
    prose = [c for c in cells if c.cell_type == "markdown"]
    code = [c for c in cells if c.cell_type == "code"]
    assert 25 <= len(cells) <= 45
    assert sum(map(words, prose)) <= 1800
    assert max(map(words, prose)) <= 120
    lines = [len(c.source.splitlines()) for c in code]
    assert max(lines) <= 15
    assert statistics.median(lines) <= 5


def test_the_afterword_is_short_and_the_only_page_that_is_no_lesson():
    cells = read(AFTERWORD).cells
    prose = [c for c in cells if c.cell_type == "markdown"]
    lines = [len(c.source.splitlines()) for c in cells if c.cell_type == "code"]
    assert len(cells) <= 25
    assert sum(map(words, prose)) <= 1400
    assert max(map(words, prose)) <= 120
    assert max(lines) <= 15
    text = "\n".join(c.source for c in prose)
    assert len(re.findall(r"^\*\*Found\.\*\*", text, re.M)) == 5
    assert len(re.findall(r"^\*\*Here\.\*\*", text, re.M)) == 5
    assert sorted((ROOT / "notebooks").glob("*.ipynb")) == PAGES


@pytest.mark.parametrize("path", LESSONS, ids=name)
def test_a_lesson_has_its_parts(path):
    cells = read(path).cells
    text = "\n".join(c.source for c in cells if c.cell_type == "markdown")
    assert len(re.findall(r"^# ", text, re.M)) == 1
    for part in ("**Questions.**", "**Objectives.**", "**Time.**", "## Predict"):
        assert part in text
    for part in ("Observe", "Explain", "## Key points", "**Sources.**", "**Next:**"):
        assert part in text
    setup = [c for c in cells if "setup" in c.metadata.get("tags", [])]
    assert len(setup) == 1
    assert len(setup[0].source.splitlines()) <= 5
    assert any("predict" in c.metadata.get("tags", []) for c in cells)
    points = text.split("## Key points")[1].split("\n**")[0]
    assert 3 <= len(re.findall(r"^- ", points, re.M)) <= 5


@pytest.mark.parametrize("path", EVERY, ids=name)
def test_prose_stands_before_every_code_cell(path):
    cells = read(path).cells
    for before, cell in pairwise(cells):
        tags = cell.metadata.get("tags", [])
        if cell.cell_type == "code" and not {"check", "setup"} & set(tags):
            assert before.cell_type == "markdown", cell.id


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_what_explains_an_answer_is_folded_so_that_nobody_reads_it_first(path):
    for before, cell in pairwise(read(path).cells):
        if cell.cell_type == "markdown" and ".reveal(" in before.source:
            first = re.sub(r"^#.*\s*", "", cell.source)
            leads_on = first.partition("\n\n")[0].endswith(":")
            assert first.startswith("<details><summary>") or leads_on, cell.id
            assert cell.source.count("<details>") == cell.source.count("</details>")
    for cell, after in pairwise(read(path).cells):
        if cell.source.endswith("</details>"):  # what leads on is for everybody
            assert after.cell_type == "markdown", cell.id


# What a lesson says is so


@pytest.mark.parametrize("start", [*sorted(CLAIMED), AFTERWORD.stem])
def test_every_number_of_a_lesson_has_its_source(start):
    (path,) = (path for path in PAGES if path.stem.startswith(start))
    prose = [c for c in read(path).cells if c.cell_type == "markdown"]
    said = [line for cell in prose for line in claims.unclaimed(cell)]
    assert not said, "\n".join(said)


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_general_sentences_of_a_lesson_name_tests_over_eight_seeds(path):
    said = [line for cell in read(path).cells for line in claims.untested(cell, ROOT)]
    assert not said, "\n".join(said)


# Exercises come from solutions


@pytest.mark.parametrize("path", SOLUTIONS, ids=name)
def test_exercises_are_derived_from_solutions(path):
    exercise = ROOT / "exercises" / path.name
    assert exercise.read_text("utf-8") == derive.derive(path.read_text("utf-8"))
    assert len(SOLUTIONS) == len(EXERCISES)


@pytest.mark.parametrize("path", EXERCISES, ids=name)
def test_no_solution_leaks(path):
    text = path.read_text("utf-8")
    for word in ("BEGIN", "HIDDEN", "SOLUTION", "assert"):
        assert word not in text
    source = read(ROOT / "solutions" / path.name)
    for cell in source.cells:
        solved = re.findall(r"### BEGIN SOLUTION\n(.*?)### END", cell.source, re.S)
        for line in "".join(solved).splitlines():
            assert line.strip() not in text or len(line.strip()) < 8


@pytest.mark.parametrize("path", EXERCISES, ids=name)
def test_a_check_is_one_line_and_names_an_exercise(path):
    from robustkit.course.lessons import exercises

    checks = [c for c in read(path).cells if "check" in c.metadata.get("tags", [])]
    assert 2 <= len(checks) <= 5
    for cell in checks:
        found = re.fullmatch(r'rk\.check\("([a-z-]+)", \w+\)', cell.source)
        assert found
        assert found[1] in exercises()


# They run


# On Linux ru_maxrss counts what the process was before its exec: the test's own memory.
PEAK = """
import resource, sys
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
if sys.platform == "linux":
    with open("/proc/self/status") as status:
        (peak,) = (int(s.split()[1]) for s in status if s.startswith("VmHWM:"))
print(peak)
"""


def run(path, folder, changes=()):
    """Run a notebook in a fresh kernel; return it, its seconds, and its peak MB.

    changes: pairs of text and what stands in its place.
    """
    book = read(path)
    for text, other in changes:
        meant = [cell for cell in book.cells if text in cell.source]
        assert meant, f"{path.stem} has no {text}"
        for cell in meant:
            cell.source = cell.source.replace(text, other)
    if not changes:  # then what it says of its results is asked of its kernel
        claims.ask(book)
    if sys.platform != "win32":  # which has no resource module
        book.cells.append(nbformat.v4.new_code_cell(PEAK))
    start = time.monotonic()
    where = {"metadata": {"path": str(folder)}}
    NotebookClient(book, timeout=180, kernel_name="python3", resources=where).execute()
    spent = time.monotonic() - start
    said = book.cells[-1].outputs[0].text if sys.platform != "win32" else "0"
    return book, spent, int(said) / (1024 if sys.platform != "darwin" else 2**20)


@pytest.fixture
def kept(tmp_path_factory, monkeypatch):
    """Keep what notebooks train for the next one that trains the same."""
    folder = tmp_path_factory.getbasetemp().parent / "agents"
    folder.mkdir(exist_ok=True)
    monkeypatch.setenv(store.FOLDER, str(folder))


# What takes a lesson long, and how it is kept short where what is slow is left out.
SHORT = {
    "08-what-moves-an-agent": [
        ("seeds=range(3)", "seeds=range(1)"),
        ("seeds=range(2)", "seeds=range(1)"),
        ("seeds=range(12)", "seeds=range(4)"),
        ('("searcher", 8), ("network", 4)', '("searcher", 4), ("network", 1)'),
    ],
    "09-the-zoo": [("updates=150", "updates=15")],
    "11-moving-back-up": [
        ("range(4)", "range(2)"),
        ("corner[:2]", "corner[:1]"),
        ("seeds=range(2)", "seeds=range(1)"),
    ],
}
# An answer that searches for its way is slow to ask for every cell of every level.
SHORT_SOLUTIONS = {
    "10-your-own": [("own_mouse, world), n=32", "own_mouse, world), n=2")]
}


def is_short(request):
    """Return whether what takes long is left out."""
    return "not slow" in request.config.option.markexpr


@pytest.fixture
def short(request):
    """Return what is kept short; nothing is, where all tests run: what it takes counts.

    And let lessons find what others have trained.
    """
    if not is_short(request):
        return {}
    request.getfixturevalue("kept")
    return SHORT


def output(cell):
    return "".join(o.get("text", "") + str(o.get("data", "")) for o in cell.outputs)


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_a_lesson_runs_from_top_to_bottom(path, tmp_path, record_property, short):
    book, seconds, peak = run(path, tmp_path, short.get(path.stem, ()))
    record_property("lesson", f"{path.stem}: {seconds:.0f} s, peak {peak:.0f} MB")
    assert peak < 1000
    for cell in book.cells:
        for out in cell.get("outputs", []):
            html = out.get("data", {}).get("text/html", "")
            for picture in re.findall(r"<img [^>]*>", html):
                assert re.search(r'alt="[^"]{20,}"', picture), cell.id
    said = claims.untrue(book)
    assert not said, "\n".join(said)


def test_the_score_that_lesson_01_makes_by_hand_is_the_measured_one():
    cells = {c.id: c.source for c in read(LESSONS[1]).cells}
    made = {}
    for cell in ("setup", "describe", "sample-training", "train", "exact-returns"):
        exec(cells[cell], made)
    for cell in ("yardsticks", "normalised-score"):
        exec(cells[cell], made)
    reading = made["rk"].measure(made["network"], made["training"])
    assert made["score"] == pytest.approx(reading.scalar.value)


@pytest.mark.parametrize("path", SOLUTIONS, ids=name)
@pytest.mark.usefixtures("kept")
def test_solutions_run_and_all_are_correct(path, tmp_path, request):
    short = SHORT_SOLUTIONS if is_short(request) else {}
    book, _, _ = run(path, tmp_path, short.get(path.stem, ()))
    checks = [c for c in book.cells if "check" in c.metadata.get("tags", [])]
    assert checks
    for cell in checks:
        assert "correct" in output(cell), cell.id


@pytest.mark.slow
@pytest.mark.parametrize("path", EXERCISES, ids=name)
@pytest.mark.usefixtures("kept")
def test_unsolved_exercises_run_without_an_exception(path, tmp_path):
    book, _, _ = run(path, tmp_path)
    for cell in book.cells:
        if "check" in cell.metadata.get("tags", []):
            assert "not attempted yet" in output(cell), cell.id


# nbgrader can use solutions/ as they are


def nbgrader(course, *asked):
    """Run one of nbgrader's commands in the folder of a course."""
    beside = Path(sys.executable).parent  # nbgrader calls alembic by name
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", *asked, "--course=test"],
        cwd=course,
        capture_output=True,
        text=True,
        timeout=300,
        env={**os.environ, "PATH": f"{beside}{os.pathsep}{os.environ.get('PATH', '')}"},
    )
    assert done.returncode == 0, done.stderr[-3000:]


@pytest.mark.slow
@pytest.mark.parametrize("path", SOLUTIONS, ids=name)
@pytest.mark.usefixtures("kept")
def test_nbgrader_gives_full_marks_to_solutions_and_none_to_the_untouched(
    path, tmp_path
):
    from nbgrader.api import Gradebook

    (tmp_path / "source" / "one").mkdir(parents=True)
    shutil.copy(path, tmp_path / "source" / "one")
    nbgrader(tmp_path, "generate_assignment", "one")
    released = tmp_path / "release" / "one" / path.name
    assert "BEGIN" not in released.read_text("utf-8")
    for who, made in {"ada": path, "bob": released}.items():
        folder = tmp_path / "submitted" / who / "one"
        folder.mkdir(parents=True)
        shutil.copy(made, folder / path.name)
    nbgrader(tmp_path, "autograde", "one")

    with Gradebook(f"sqlite:///{tmp_path}/gradebook.db") as grades:
        ada = grades.find_submission("one", "ada")
        bob = grades.find_submission("one", "bob")
        checks = [c for c in read(path).cells if "check" in c.metadata.get("tags", [])]
        assert ada.max_score == sum(c.metadata.nbgrader.points for c in checks)
        assert ada.score == ada.max_score
        assert bob.score == 0

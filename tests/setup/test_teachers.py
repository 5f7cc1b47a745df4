"""What a teacher is given: answers, slides, a hand-out, agents trained beforehand."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from functools import cache
from html import escape
from pathlib import Path

import nbformat
import pytest

import robustkit as rk
from robustkit.__main__ import main
from robustkit.agents import store
from robustkit.setup import answers, asked, lab, lessons, slides

pytestmark = pytest.mark.together  # lessons run in kernels, which are processes
ROOT = Path(__file__).resolve().parents[2]
NUMBERS = [f"{number:02}" for number in range(12)]
AFTERWORD = "since-the-note"
NOTES = ROOT / "notebooks" / "teaching-notes.md"
PROSE, CODE = "markdown", "code"
TINY = [
    (PROSE, "# A tiny lesson\n\nIt asks [twice](there.md), and trains one agent."),
    (PROSE, "**Questions.** Which way?"),
    (CODE, "import robustkit as rk\nworld = rk.make('cheese', size=7, layouts=4)"),
    (PROSE, "## Predict\n\nWhich way will it go?"),
    (CODE, "way = rk.predict('Which way?', choices=['left', 'right'])\nway"),
    (CODE, "many = rk.predict('How many?', number=(0, 9), unit='steps')\nmany"),
    (PROSE, "## Observe"),
    (CODE, ""),
    (CODE, "agent = rk.train('memoriser', world)\ndisplay(way.reveal('left'))\nrk.plane(rk.measure(agent, world.sample(8)))"),  # noqa: E501
    (PROSE, "## Explain\n\n<details><summary>Explanation</summary>\n\nIt went **left**, as they do.\n\n</details>\n\n## Next\n\nMore."),  # noqa: E501
    (CODE, "many.reveal(3)"),
    (PROSE, "## Key points\n\n- Left is a way.\n- So is right.\n\n**Next:** nothing."),
]  # fmt: skip
TALK = """# Notes

## 00, a tiny lesson (1 min)

*Question:* "Why left?" Because. *And:* "Why not?" Look at what *How many?* reveals.

## 01, another (1 min)

*Question:* "Who?" Me.
"""


def made(cells):
    """Return cells of a notebook of these kinds and texts."""
    new = {PROSE: nbformat.v4.new_markdown_cell, CODE: nbformat.v4.new_code_cell}
    return [new[kind](text) for kind, text in cells]


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """Return the folder of a course of one small lesson."""
    folder = tmp_path_factory.mktemp("course")
    (folder / "notebooks").mkdir()
    nbformat.write(nbformat.v4.new_notebook(cells=made(TINY)), folder / lab.FIRST)
    (folder / "notebooks" / answers.NOTES).write_text(TALK, "utf-8")
    return folder


@pytest.fixture
def here(course, tmp_path, monkeypatch):
    """Be in that course, with a folder for agents of its own."""
    monkeypatch.chdir(course)
    monkeypatch.setenv(store.FOLDER, str(tmp_path / "kept"))
    return course


@pytest.fixture(scope="module")
def tiny(course):
    """Return the small lesson, run, and its predictions."""
    return asked.run(lessons.read(course / lab.FIRST))


def test_an_answer_is_the_one_that_the_lesson_reveals(tiny):
    _, (way, many) = tiny
    assert (way.question, way.allowed, way.answer) == (
        "Which way?", ("left", "right"), "left",
    )  # fmt: skip
    assert (many.allowed, many.answer) == (("a number from 0 to 9 steps",), "3 steps")
    assert [way.asked, way.revealed, many.asked, many.revealed] == [4, 8, 5, 10]


def test_an_answer_sheet_holds_predictions_explanations_and_discussions(
    here, tiny, monkeypatch, tmp_path, capsys
):
    monkeypatch.setattr(answers, "run", lambda lesson: tiny)
    page = tmp_path / "answers.html"
    assert main(["answers", "-o", str(page)]) == 0
    text = page.read_text("utf-8")
    assert "saved" in capsys.readouterr().out
    for said in (
        '<a href="#00-start-here">00 A tiny lesson</a>', "Which way?", "left; right",
        "<strong>left</strong></p><p>It went <strong>left</strong>, as they do.</p>",
        "3 steps", "Why left?", "Because.", "Why not?", "<em>How many?</em> reveals",
    ):  # fmt: skip
        assert said in text
    assert text.count("<img ") == 1
    for other in ("More.", "Who?", "details", "<script", "http"):
        assert other not in text.partition("<body>")[2]


def test_what_explains_an_answer_may_stand_further_down():
    told = [(CODE, "way.reveal(2)"), (PROSE, "A picture:"), (CODE, "draw()")]
    told += [(PROSE, "## Explain\n\nTwo, since."), (CODE, "many.reveal(3)")]
    cells = made([*told, (PROSE, "Three."), *told[3:]])
    assert lessons.explained(cells, 0) == "A picture:\n\nTwo, since."
    assert lessons.explained(cells, 4) == "Three.\n\nTwo, since."
    assert lessons.explained([*cells[:3], *cells[4:]], 0) == "A picture:"


def test_slides_show_what_there_is_to_guess_from_and_a_formula_with_its_sentence():
    level, still = (
        f'<img class="rk-picture" alt="{alt}" src="data:,">' for alt in ("level", "way")
    )
    still = f'<div class="rk-still rk-still-1">{still}</div>'
    data = {"text/html": level}, {"text/html": still}
    outputs = [nbformat.v4.new_output("display_data", data=each) for each in data]
    cells = [nbformat.v4.new_markdown_cell("## Predict\n\nWhich way?")]
    cells += [nbformat.v4.new_code_cell("way", outputs=outputs)]
    cells += [nbformat.v4.new_markdown_cell("## Splits\n\nIt splits into\n\n> a + b.")]
    lesson = lessons.Lesson(Path("x.ipynb"), nbformat.v4.new_notebook(cells=cells))
    way = asked.Prediction("Which way?", ("left",), (), None, 1, None)
    shown, question, formula = slides.slides(lesson, [way])
    assert 'alt="level"' in shown
    assert 'alt="way"' not in shown + question
    assert "<li>left</li>" in question
    assert "a + b." in formula


def test_what_is_never_revealed_is_said_to_be(tiny):
    done, (way, _) = tiny
    silent = asked.Prediction("Well?", ("yes", "no"), (), None, way.asked, None)
    assert "Nothing is revealed" in answers._article(done, silent)


def test_slides_ask_first_and_answer_on_the_next(tiny):
    lesson, predictions = tiny
    made = [*slides.slides(lesson, predictions)]
    heads = [re.search(r"<h[12]>(.*?)</h[12]>", slide)[1] for slide in made]
    assert heads == [
        "A tiny lesson", "Which way?", "How many?", "Which way?", "Next", "How many?",
        "Key points",
    ]  # fmt: skip
    assert "<li>left</li><li>right</li>" in made[1]
    assert "left</p>" in made[3]
    assert "<img " in made[3]
    assert "<li>So is right.</li>" in made[-1]
    assert "there.md" not in made[0]  # a link to a file that is not beside the slides
    page = slides.page("Tiny", made)
    assert "Permission is hereby granted" in page
    assert not re.findall(r"(?:src|href)=.https?:|@import|url\(.?https?:", page)


def test_pages_have_an_ending_and_lessons_a_number(here, capsys, tmp_path):
    for command in ("answers", "slides", "handout"):
        assert main([command, "-o", str(tmp_path / "page.pdf")]) == 2
        assert "page.pdf" in capsys.readouterr().err
    for command in (["warm"], ["answers", "-o", "page.html"]):
        assert main([*command, "00", "17"]) == 2
        assert "lesson='17' is unknown; allowed: 00" in capsys.readouterr().err
    assert not (tmp_path / "kept").exists()


# Agents that are kept


def train_one(lesson, *_):
    rk.train("memoriser", rk.make("cheese", size=7, layouts=4))
    return lesson, ""


def test_warming_keeps_what_lessons_train_and_says_how_many(
    here, capsys, monkeypatch, tmp_path
):
    monkeypatch.setattr(lessons.Lesson, "run", train_one)
    for new in ("1 new agent,", "0 new agents,"):
        assert main(["warm"]) == 0
        said = capsys.readouterr().out
        assert f"00-start-here: {new}" in said
        assert f"1 agent kept in {tmp_path / 'kept'}" in said


def test_warming_says_where_nothing_can_be_kept(here, capsys, monkeypatch, tmp_path):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv(store.FOLDER, str(tmp_path / "file" / "kept"))
    assert main(["warm"]) == 2
    assert "ROBUSTKIT_AGENTS" in capsys.readouterr().err


def test_the_lab_makes_the_folder_unless_another_is_named(monkeypatch, tmp_path):
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    monkeypatch.setenv(store.FOLDER, str(tmp_path / "mine"))
    lab.keep_agents()
    assert not list(tmp_path.iterdir())
    monkeypatch.delenv(store.FOLDER)
    lab.keep_agents()
    assert store.folder() == tmp_path / ".cache" / "robustkit" / "agents"


def test_the_lab_opens_where_no_folder_can_be_made(monkeypatch, tmp_path):
    (tmp_path / ".cache").write_text("no folder")
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    monkeypatch.delenv(store.FOLDER, raising=False)
    lab.keep_agents()
    assert store.folder() is None


# Notes


@cache
def lesson(number):
    (path,) = (ROOT / "notebooks").glob(f"{number}*.ipynb")
    return "\n".join(cell.source for cell in nbformat.read(path, 4).cells)


def headings(number):
    return set(re.findall(r"^#{2,3} (.+)$", lesson(number), re.M))


def exercises(number):
    (path,) = (ROOT / "exercises").glob(f"{number}-*.ipynb")
    text = "\n".join(cell.source for cell in nbformat.read(path, 4).cells)
    return set(re.findall(r'rk\.check\("([a-z-]+)"', text))


def part(title):
    text = NOTES.read_text("utf-8")
    return re.search(rf"^## {title}(.*?)(?=^## |\Z)", text, re.M | re.S)[1]


def rows(text):
    """Return when each row of a table begins, if it says, its minutes and its words."""
    found = re.findall(r"^\|(?: ([\d:]+) \|)? (\d+) \| (.+?) \|$", text, re.M)
    return [(when, int(minutes), what) for when, minutes, what in found]


def named(what):
    """Yield what a row names of lessons: a lesson, and a heading or an exercise."""
    for number, words in re.findall(r"lesson (\d\d)(.*?)(?=lesson \d\d|$)", what):
        for heading, exercise in re.findall(r"\*([^*]+)\*|`([a-z]+-?[a-z]*)`", words):
            yield number, heading or exercise, headings if heading else exercises


PLANS = {"A half day": (210, "nothing"), "One day": (390, "break|lunch")}  # without


@pytest.mark.parametrize("plan", PLANS)
def test_a_plan_fits_its_time_and_names_what_lessons_have(plan):
    table, (minutes, free) = rows(part(plan)), PLANS[plan]
    assert sum(took for _, took, what in table if not re.match(free, what)) == minutes
    clock = [60 * int(h) + int(m) for h, m in (t.split(":") for t, _, _ in table)]
    for (_, took, what), start, then in zip(table, clock, clock[1:], strict=False):
        assert start + took == then, what
    assert table[0][2].startswith("set up")
    assert table[-1][2].startswith("held in reserve")
    every = [each for _, _, what in table for each in named(what)]
    assert len(every) >= 3
    for number, name, of in every:
        assert name in of(number), number


@pytest.mark.parametrize("number", NUMBERS)
def test_a_lesson_takes_the_same_time_everywhere(number):
    (minutes,) = re.findall(r"\*\*Time\.\*\* (\d+) minutes", lesson(number))
    readme, notes = (p.read_text("utf-8") for p in (ROOT / "README.md", NOTES))
    assert re.search(rf"^\| \[{number}\].*?\| {minutes} \|", readme, re.M)
    assert re.search(rf"^## {number}, [^\n]*\({minutes} min\)$", notes, re.M)
    assert sum(took for _, took, _ in rows(part(f"{number}, "))) == int(minutes)


def test_the_afterword_takes_the_same_time_in_readme_and_notes():
    readme, notes = (p.read_text("utf-8") for p in (ROOT / "README.md", NOTES))
    (minutes,) = re.findall(rf"{AFTERWORD}.*?\| (\d+) \|", readme)
    assert f"\n## Since the note ({minutes} min)\n" in notes
    assert sum(took for _, took, _ in rows(part("Since the note"))) == int(minutes)


ABOUT = [*NUMBERS, "Since the note"]  # what a heading of the notes begins with
OURS = {"Question:", "And:", "Misconceptions."}


@pytest.mark.parametrize("about", ABOUT)
def test_notes_on_a_lesson_name_headings_that_it_has(about):
    number = about if about in NUMBERS else AFTERWORD
    for name in {*re.findall(r"(?<!\*)\*([A-Z][^*]+)\*", part(about))} - OURS:
        if name == "Your turn":
            assert "**Your turn.**" in lesson(number)
        else:
            assert name in headings(number)


@pytest.mark.parametrize("about", ABOUT)
def test_a_lesson_has_something_to_discuss(about):
    found = answers.discussions(NOTES, about)
    assert found
    assert all(ask and said for ask, said in found)
    assert "*Question:*" not in "".join(said for _, said in found)


@pytest.mark.slow
@pytest.mark.parametrize("number", [*NUMBERS, AFTERWORD])
def test_every_prediction_of_a_lesson_has_an_answer(number):
    (whole,) = lessons.lessons([number])
    code = [cell.source for cell in whole.book.cells if not lessons.is_prose(cell)]
    done, found = asked.run(whole)
    assert len(found) == "\n".join(code).count("rk.predict(") > 0
    made = "".join(slides.slides(done, found))
    for each in found:
        assert each.answer, each.question
        assert escape(each.answer) in answers._article(done, each)
        assert made.count(escape(each.question)) >= 2
    assert ("<h2>Key points</h2>" in made) == (number in NUMBERS)


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="sends SIGINT to one process")
def test_warming_can_be_interrupted_and_says_that_what_is_finished_is_kept(tmp_path):
    kept = tmp_path / "kept"
    asked = [sys.executable, "-m", "robustkit", "warm", "03"]
    there = {**os.environ, store.FOLDER: str(kept)}
    with subprocess.Popen(
        asked, cwd=ROOT, env=there, stderr=subprocess.PIPE, text=True
    ) as warming:
        until = time.monotonic() + 120
        while not list(kept.glob("*.npz")) and time.monotonic() < until:
            time.sleep(0.1)
        warming.send_signal(signal.SIGINT)
        _, said = warming.communicate(timeout=60)
    assert warming.returncode == 130, said
    assert said == "robustkit warm: interrupted; what is finished is kept\n"
    assert {path.suffix for path in kept.iterdir()} == {".npz"}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("1 / 0", r"ZeroDivisionError.* \(cell 'halve'\)"),
        ("import os; os._exit(9)", "its kernel ended"),
    ],
)
def test_a_lesson_that_fails_or_whose_kernel_ends_is_named(code, said):
    new = nbformat.v4.new_code_cell(code, id="halve")
    book = nbformat.v4.new_notebook(cells=[new])
    with pytest.raises(RuntimeError, match=f"07-broken failed: {said}"):
        lessons.Lesson(Path("07-broken.ipynb"), book).run()

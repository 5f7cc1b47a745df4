"""What a class handed in, shown together on one page."""

from __future__ import annotations

import re
import zipfile

import pytest

import robustkit as rk
from robustkit import record
from robustkit.__main__ import main
from robustkit.course.guesses import made
from robustkit.course.outline import Lesson, lesson_of, outline
from robustkit.course.progress import Progress
from robustkit.figures import guesses as drawn
from robustkit.setup.lessons import lessons
from robustkit.widgets.guessing import Question

WHICH = Question("Which <way>?", "choice", options=("up", "down"), each=("a", "b"))
MANY = Question("How many?", "number", ends=(0, 8), whole=True, unit="steps")
WHERE = Question("Where?", "point")
ARROW = Question("Where to?", "arrow", start=(1.0, 1.0))


def guess(asked, value, answer=None):
    entry = {"asked": asked.as_dict(), "guess": value, "answer": answer}
    return entry | {"notebook": "04-the-plane", "confirmed": True, "guessed": ""}


def handed_in(*guesses, **solved):
    kept = record.empty() | {"guesses": list(guesses)}
    for name, correct in solved.items():
        entry = {"correct": correct, "checks": 1, "first": "", "last": ""}
        kept["exercises"][name] = entry
    return record.written(kept)


@pytest.fixture
def folder(tmp_path):
    """Three learners, in a file, in a folder of nbgrader's and in an archive."""
    both = {"a": "up", "b": "down"}
    (tmp_path / "ada.json").write_text(
        handed_in(
            guess(WHICH, both, both), guess(WHERE, [0.5, 0.5], [0.9, None]), select=True
        )
    )
    inner = tmp_path / "submitted" / "bob" / "ps1"
    inner.mkdir(parents=True)
    other = {"a": "up", "b": None}
    (inner / record.NAME).write_text(
        handed_in(guess(WHICH, other), guess(WHERE, [0.51, 0.5]), select=False)
    )
    with zipfile.ZipFile(tmp_path / "moodle.zip", "w") as archive:
        arrow = guess(ARROW, [0.2, 0], [0.1, 0.1])
        archive.writestr("Cleo_7/progress.json", handed_in(guess(MANY, 3, 4), arrow))
        archive.writestr("__MACOSX/x.json", "{}")
    return tmp_path


def test_a_page_has_every_question_with_how_many_guessed_and_were_right(folder):
    page = rk.class_page(folder)
    assert len(page.learners) == 3
    assert not page.skipped
    html = page.html()
    assert "Which &lt;way&gt;?" in html
    assert "Which <way>?" not in html
    assert "2 of 3 guessed" in html
    assert "What came out: a: up; b: down. 3 of 3" in html
    assert "What came out: 4 steps. 0 right, 0 near." in html
    assert html.count("<img alt=") == 4 == html.count("<summary>Numbers</summary>")
    assert re.search(r"select</td><td[^>]*>1 of 3", html)
    assert 'src="http' not in html
    assert "default-src 'none'" in html


def test_names_appear_only_if_asked_for(folder):
    assert "bob" not in rk.class_page(folder).html()
    html = rk.class_page(folder, names=True).html()
    for name in ("ada", "submitted / bob / ps1", "moodle / Cleo_7 / progress"):
        assert f"<td>{name}</td>" in html


def test_wrong_files_are_listed_and_skipped(folder):
    (folder / "notes.json").write_text('{"a": 1}')
    (folder / "cut.json").write_text('{"a": ')
    (folder / "odd.json").write_text(handed_in(guess(MANY, 99)))
    (folder / "copy.json").write_text((folder / "ada.json").read_text())
    (folder / "large.json").write_text(" " * (record.LARGEST + 1))
    (folder / "broken.zip").write_bytes(b"PK")
    (folder / ".hidden.json").write_text("")
    (folder / "photo.png").write_text("")
    page = rk.class_page(folder)
    said = dict(each.split(": ", 1) for each in page.skipped)
    assert set(said) == {
        "notes.json", "cut.json", "odd.json", "copy.json", "large.json", "broken.zip",
    }  # fmt: skip
    assert "not a robustkit progress file" in said["notes.json"]
    assert "from 0 to 8" in said["odd.json"] or "99" in said["odd.json"]
    assert "counted once" in said["copy.json"]
    assert len(page.learners) == 3
    assert "Files that were left out: 6" in page.html()


@pytest.mark.parametrize("name", ["empty", "gone"])
def test_a_folder_without_files_is_refused(tmp_path, name, capsys):
    (tmp_path / "empty").mkdir()
    with pytest.raises(ValueError, match="folder="):
        rk.class_page(tmp_path / name)
    assert main(["class", str(tmp_path / name), "-o", str(tmp_path / "c.html")]) == 2


def test_the_command_writes_the_page(folder, capsys):
    where = folder / "class.html"
    assert main(["class", str(folder), "-o", str(where)]) == 0
    assert "3 learners, 4 questions" in capsys.readouterr().out
    assert where.is_file()


def test_questions_come_in_the_order_of_the_lessons():
    one, two = Lesson("04", "One", ("A?", "B?")), Lesson("05", "Two", ("A?",))
    assert lesson_of([one, two], "A?", "05-two") is two
    assert lesson_of([one, two], "A?", "") is one
    assert lesson_of([one, two], "C?", "05-two") is two
    assert lesson_of([one, two], "C?", "") is None
    last = Lesson("", "Since the note", ("D?",), name="since-the-note")
    assert lesson_of([one, last], "D?", "") is last
    assert lesson_of([one, last], "C?", "since-the-note-Copy1") is last
    assert lesson_of([one, last], "C?", "") is None
    assert lesson_of([one, last], "C?", "my-own") is None


def test_what_the_page_after_the_lessons_asks_falls_under_it(folder):
    """As it is named in the list that the lessons are run from."""
    last = lessons(["since-the-note"])[0]
    (mine,) = (x for x in outline(record.course()) if x.name == last.path.stem)
    asked = Question(mine.questions[0], "number", ends=(0.0, 1.0))
    (folder / "dora.json").write_text(
        handed_in(guess(asked, 0.5) | {"notebook": last.path.stem})
    )
    page = rk.class_page(folder).html()
    assert f"{last.title} · 1 of 4 guessed" in page
    kept = record.parse((folder / "dora.json").read_bytes(), "dora.json")
    done = Progress(kept, None, tuple(outline(record.course()))).done
    assert [one.title for one in done if one.guesses] == [last.title]


def test_every_question_of_the_lessons_is_found():
    lessons = outline(record.course())[:13]
    numbers = [*(f"{k:02}" for k in range(12)), ""]  # the page after them has none
    assert [lesson.number for lesson in lessons] == numbers
    for lesson in lessons:
        text = (record.course() / "notebooks" / f"{lesson.name}.ipynb").read_text()
        assert len(lesson.questions) == text.count("rk.predict(") > 0, lesson


def test_what_came_out_is_rounded_alike_wherever_it_is_said(tmp_path):
    asked = Question("How much?", "number", ends=(0.0, 1.0), each=("a", "b"))
    both = {"a": 0.12345, "b": 0.5}
    (tmp_path / "ada.json").write_text(handed_in(guess(asked, both, both)))
    page = rk.class_page(tmp_path)
    html = page.html()
    assert "What came out: a: 0.12; b: 0.50. 2 of 2 right" in html
    assert "0.123" not in html
    table = html.partition("<pre>")[2].partition("</pre>")[0]
    assert [" ".join(x.split()) for x in table.splitlines() if "came out" in x] == [
        "a 0.12 came out",
        "b 0.50 came out",
    ]


def test_dots_that_coincide_are_one_with_their_number():
    found = drawn.together([(0.5, 0.5), (0.51, 0.5), (0.5, -0.5)])
    assert [count for _, count in found] == [1, 2]
    picture = drawn.places("Where?", [(0.5, 0.5), (0.5, 0.5)], (0.9, None))
    assert "2" in [text.get_text() for text in picture.axes[0].texts]
    assert "alignment unknown came out" in picture.alt


def test_the_answer_is_marked_by_words_and_not_by_colour_alone():
    parts = {"": ["up", "up", "down"]}
    picture = drawn.choices("Which?", ["up", "down"], parts, {"": "down"})
    told = [text.get_text().strip() for text in picture.axes[0].texts]
    assert told == ["2", "1  ← came out"]
    given = {"": [3, 3]}, {"": 12}, MANY.said_alone
    asked = drawn.numbers("?", (0, 8), True, "steps", *given)
    assert asked.axes[0].get_xlim()[1] > 12
    assert "came out: 12 steps" in [t.get_text() for t in asked.axes[0].texts]


@pytest.mark.parametrize(
    ("asked", "value", "answer", "judged"),
    [
        (MANY, 4, 4, ["right"]),
        (Question("?", "number", ends=(0.0, 1.0)), 0.4, 0.5, ["near"]),
        (Question("?", "number", ends=(0.0, 1.0)), 0.39, 0.5, ["off"]),
        (WHERE, [0.5, 0.2], [0.6, 0.0], ["near"]),
        (WHERE, [0.5, 0.21], [0.5, 0.0], ["off"]),
        (WHERE, [0.5, 0.9], [0.5, None], ["right"]),
        (WHICH, {"a": "up", "b": None}, {"a": "down", "b": "up"}, ["off"]),
        (MANY, 4, None, []),
    ],
)
def test_near_is_within_a_tenth_of_the_range(asked, value, answer, judged):
    assert made(guess(asked, value, answer)).judged == judged


def test_a_question_comes_back_from_its_plain_data():
    for asked in (WHICH, MANY, WHERE, ARROW):
        assert Question.of(asked.as_dict()) == asked


def test_an_archive_that_is_damaged_within_is_left_out(folder):
    packed = folder / "packed.zip"
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("x.json", handed_in(guess(WHERE, [0.1, 0.1])))
    content = bytearray(packed.read_bytes())
    content[40:60] = b"\xff" * 20
    packed.write_bytes(content)
    assert "packed.zip: it is a damaged or locked archive" in str(rk.class_page(folder))


def test_nobody_hands_in_a_thousand_questions(folder):
    many = [guess(Question(f"q{k}", "point"), [0.5, 0.5]) for k in range(501)]
    (folder / "many.json").write_text(handed_in(*many))
    assert "many.json: it has more than 500 guesses" in str(rk.class_page(folder))

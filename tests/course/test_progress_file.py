"""What is noted of a learner's progress: where, when, and never in anybody's way."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from types import SimpleNamespace

import pytest

import robustkit as rk
from robustkit import alone, record
from robustkit.__main__ import main
from robustkit.course.lessons import exercises

NORMALISED = exercises()["normalised"].reference


@pytest.fixture
def learner(tmp_path, monkeypatch):
    """Work as in a notebook of a copy of the course; return the file's path."""
    (tmp_path / "notebooks").mkdir()
    (tmp_path / record.FIRST).write_text('{"cells": []}')
    monkeypatch.chdir(tmp_path / "notebooks")
    monkeypatch.delenv(record.VARIABLE)
    monkeypatch.setattr(record, "_said", set())
    shell = SimpleNamespace(user_ns={}, kernel=None, execution_count=1)
    monkeypatch.setattr(record, "shell", lambda: shell)
    return tmp_path / record.NAME


def kept(where):
    return json.loads(where.read_text("utf-8"))


def test_checks_are_kept_beside_the_notebooks_and_the_best_stays(learner):
    rk.check("normalised", lambda got, random, best: got / best)
    rk.check("normalised", NORMALISED)
    rk.check("normalised", lambda got, random, best: got / best)
    entry = kept(learner)["exercises"]["normalised"]
    assert (entry["correct"], entry["checks"], entry["needed"]) == (True, 3, 2)
    assert "✓ normalised: solved at check 2; 3 checks" in str(rk.progress())


def test_a_stub_is_not_noted(learner):
    rk.check("normalised", ...)
    assert not learner.exists()


def test_a_guess_may_change_until_its_answer_is_out_and_not_after(learner):
    guess = rk.predict("How many?", number=(0, 10), unit="steps")
    guess.value = 3
    guess.value = 4
    guess.reveal(6)
    again = rk.predict("How many?", number=(0, 10), unit="steps", value=6)
    again.reveal(6)
    (entry,) = kept(learner)["guesses"]
    assert (entry["guess"], entry["answer"]) == (4, 6)
    assert "Your guess: 4 steps. Observed: 6 steps." in str(rk.progress())


def test_other_choices_are_another_question(learner):
    rk.predict("Which?", choices=["a", "b"], value="a")
    rk.predict("Which?", choices=["a", "c"], value="a")
    assert len(kept(learner)["guesses"]) == 2


def test_an_answer_without_a_guess_is_not_noted(learner):
    rk.predict("How many?", number=(0, 10)).reveal(6)
    assert not learner.exists()


def test_only_a_notebooks_kernel_writes_and_nbgrader_never(learner, monkeypatch):
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    rk.check("normalised", NORMALISED)
    monkeypatch.delenv("NBGRADER_EXECUTION")
    monkeypatch.setattr(record, "shell", lambda: None)
    rk.check("normalised", NORMALISED)
    assert not learner.exists()


def test_the_shell_is_looked_for_without_importing_ipython():
    script = "import sys; from robustkit import record; assert record.shell() is None"
    script += "; assert 'IPython' not in sys.modules"
    subprocess.run([sys.executable, "-c", script], check=True)


def test_a_variable_names_another_file_a_folder_or_turns_it_off(learner, monkeypatch):
    other = learner.with_name("mine.json")
    monkeypatch.setenv(record.VARIABLE, str(other))
    rk.check("normalised", NORMALISED)
    assert kept(other)["exercises"]
    monkeypatch.setenv(record.VARIABLE, str(learner.parent))
    assert record.place() == learner
    monkeypatch.setenv(record.VARIABLE, "off")
    rk.check("normalised", NORMALISED)
    assert not learner.exists()
    assert "is off" in str(rk.progress())


def test_without_a_course_it_is_kept_in_the_working_folder(tmp_path, monkeypatch):
    monkeypatch.delenv(record.VARIABLE)
    monkeypatch.chdir(tmp_path)
    assert record.place() == tmp_path / record.NAME


MANY = """
import sys
from pathlib import Path
from robustkit import record
for k in range(40):
    def change(kept):
        kept["exercises"][f"{sys.argv[2]}-{k}"] = {
            "correct": True, "checks": 1, "first": "", "last": ""}
        return True
    record.update(Path(sys.argv[1]), change)
"""


def test_two_kernels_at_once_lose_nothing(tmp_path):
    where = tmp_path / record.NAME
    command = [sys.executable, "-c", MANY, str(where)]
    both = [subprocess.Popen([*command, name]) for name in ("one", "two")]
    assert [each.wait() for each in both] == [0, 0]
    assert len(record.read(where)["exercises"]) == 80
    assert os.listdir(tmp_path) == [record.NAME]


@pytest.mark.parametrize("age", [60, -3600], ids=["old", "before a clock was put back"])
def test_a_lock_that_a_dead_kernel_left_is_taken(tmp_path, age):
    where = tmp_path / record.NAME
    lock = tmp_path / f".{record.NAME}.lock"
    lock.touch()
    os.utime(lock, (time.time() - age,) * 2)
    record.update(where, lambda kept: True)
    assert where.exists()
    assert not lock.exists()


def test_a_lock_that_is_held_is_waited_for_and_then_said(learner, monkeypatch, capsys):
    monkeypatch.setattr(record, "PATIENCE", 0.05)
    learner.with_name(f".{record.NAME}.lock").touch()
    assert rk.check("normalised", NORMALISED)
    assert "another kernel holds" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b'{"format": ', "it is not JSON"),
        (b'{"a": 1}', "is not a robustkit progress file"),
        (b'{"format": "robustkit-progress", "version": 9}', "has version 9"),
        (b'{"format": "robustkit-progress", "version": 1}', "are missing"),
        (b"[" * 100_000, "it is not JSON"),
        (b"\xff\xfe", "it is not JSON"),
    ],
    ids=["cut", "foreign", "newer", "empty", "deep", "bytes"],
)
def test_a_damaged_file_is_said_once_and_left_as_it_is(learner, capsys, content, said):
    learner.write_bytes(content)
    assert rk.check("normalised", NORMALISED)
    rk.check("normalised", NORMALISED)
    out = " ".join(capsys.readouterr().out.split())
    assert out.count("Your progress is not being kept") == 1
    assert said in out
    assert learner.read_bytes() == content
    found = rk.progress()
    assert said in " ".join(str(found).split())
    with pytest.raises(ValueError, match="sets it aside"):
        found.save(learner.with_name("page.html"))


@pytest.mark.parametrize(
    "change",
    [
        {"guess": "c"},
        {"answer": [1]},
        {"asked": {"words": "Which?", "kind": "odd"}},
        {"asked": {"words": "Which?", "kind": "choice", "no": 1}},
        {"asked": {"words": 1, "kind": "choice", "options": ["a", "b"]}},
    ],
)
def test_a_guess_that_cannot_be_is_damage(learner, change):
    rk.predict("Which?", choices=["a", "b"], value="a")
    found = kept(learner)
    found["guesses"][0] |= change
    learner.write_text(json.dumps(found))
    assert rk.progress().broken


def test_a_file_that_cannot_be_written_is_said_and_no_more(
    learner, monkeypatch, capsys
):
    monkeypatch.setenv(record.VARIABLE, str(learner.parent / "gone" / "mine.json"))
    assert rk.check("normalised", NORMALISED)
    assert "No such file or directory" in capsys.readouterr().out


@pytest.mark.skipif(os.name == "nt", reason="of Unix's permissions")
def test_a_read_only_file_is_not_replaced(learner, monkeypatch, capsys):
    rk.check("normalised", NORMALISED)
    before = learner.read_bytes()
    monkeypatch.setattr(record.os, "access", lambda path, mode: False)  # root may all
    assert rk.check("normalised", NORMALISED)
    assert "read-only" in capsys.readouterr().out
    assert learner.read_bytes() == before


def test_reset_begins_again_and_keeps_every_old_file(learner):
    olds = []
    for _ in range(2):
        rk.check("normalised", NORMALISED)
        olds.append(learner.read_bytes())
        found = rk.progress(reset=True)
        assert "The old file is now" in str(found)
        assert "✓" not in str(found)
    assert learner.with_name(f"{record.NAME}.bak").read_bytes() == olds[0]
    assert learner.with_name(f"{record.NAME}.2.bak").read_bytes() == olds[1]
    assert not learner.exists()
    learner.write_text("damaged")
    rk.progress(reset=True)
    assert learner.with_name(f"{record.NAME}.3.bak").read_text() == "damaged"


def test_the_file_has_a_line_for_each_entry(learner):
    rk.check("normalised", NORMALISED)
    rk.predict("Which <way>?", choices=["a", "b"], value="a")
    assert len(learner.read_text("utf-8").splitlines()) == 9


def test_the_page_says_what_was_done_and_has_room_for_a_name(learner):
    rk.check("normalised", NORMALISED)
    rk.predict("Which <way>?", choices=["a", "b"], value="a").reveal("a")
    found = rk.progress()
    page = found.html()
    assert "Name: <span></span>" in page
    assert "✓&nbsp;normalised" in page
    assert "1 right of 1" in page
    assert "http" not in page.split("<main>")[1]
    assert "Name: <span>Ada &lt;3</span>" in found.html("Ada <3")
    shown = found._repr_html_()
    assert "Which &lt;way&gt;?" in shown
    assert str(learner.parent) in shown
    assert "give your teacher" in shown


def test_in_a_browser_it_says_how_the_file_leaves_the_browser(learner, monkeypatch):
    monkeypatch.setattr(alone, "BROWSER", True)
    shown = " ".join(str(rk.progress()).split())
    assert "at the top of the list of files: right-click it, then Download" in shown
    assert str(learner.parent) not in shown.partition("To hand this in")[2]


def test_in_a_notebook_lessons_are_links_to_their_sheets(learner):
    sheets = learner.parent / "exercises"
    sheets.mkdir()
    for room in ("notebooks", "exercises"):
        (learner.parent / room / "04-the-plane.ipynb").write_text(
            '{"cells": [{"cell_type": "markdown", "source": ["# 04 The plane"]}]}'
        )
    found = rk.progress()
    link = 'href="../exercises/04-the-plane.ipynb">04 The plane</a>'
    assert link in found._repr_html_()
    assert "href" not in found.html().split("<main>")[1]


def test_the_command_says_saves_and_resets(learner, capsys):
    rk.check("normalised", NORMALISED)
    page = learner.with_name("page.html")
    assert main(["progress", "-o", str(page), "--name", "Ada"]) == 0
    assert "Ada" in page.read_text("utf-8")
    assert main(["progress", "--reset"]) == 0
    assert "The old file is now" in " ".join(capsys.readouterr().out.split())
    assert main(["progress", "-o", "page.txt"]) == 2


def test_what_is_noted_is_no_part_of_the_repository():
    ignored = (record.Path(__file__).parents[2] / ".gitignore").read_text()
    assert f"{record.Path(record.NAME).stem}*" in ignored.splitlines()


# Odd places


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes here")
def test_what_is_no_file_is_neither_read_nor_set_aside(learner, capsys):
    os.mkfifo(learner)  # like a device: reading it would never end
    rk.check("normalised", NORMALISED)
    assert "is not a file" in capsys.readouterr().out
    assert rk.progress().broken
    for again in (False, True):
        said = str(rk.progress(reset=again))
        assert "is not a file" in said
        assert "sets it aside" not in said
    assert learner.is_fifo()


def test_a_folder_in_its_place_can_be_set_aside(learner, capsys):
    learner.mkdir()
    rk.check("normalised", NORMALISED)
    assert "is not a file" in capsys.readouterr().out
    assert "sets it aside" in str(rk.progress())
    rk.progress(reset=True)
    rk.check("normalised", NORMALISED)
    assert "normalised" in kept(learner)["exercises"]


def test_a_link_stays_a_link(learner, tmp_path):
    elsewhere = tmp_path / "synchronised.json"
    elsewhere.write_text(record.written(record.empty()))
    try:
        learner.symlink_to(elsewhere)
    except OSError:
        pytest.skip("there are no links here")
    rk.check("normalised", NORMALISED)
    assert learner.is_symlink()
    assert "normalised" in kept(elsewhere)["exercises"]


def test_a_home_that_is_not_known_is_said_and_harms_no_check(
    learner, monkeypatch, capsys
):
    monkeypatch.setenv(record.VARIABLE, "~nobody-at-all-here/kept.json")
    assert rk.check("normalised", NORMALISED)
    assert "a home that is not known" in capsys.readouterr().out
    assert "a home that is not known" in str(rk.progress())


@pytest.mark.skipif(os.name == "nt", reason="there a folder in use stays")
@pytest.mark.parametrize("named", ["", "mine.json"])
def test_a_folder_that_was_deleted_is_said_and_harms_no_check(
    learner, monkeypatch, capsys, tmp_path_factory, named
):
    gone = tmp_path_factory.mktemp("gone")
    monkeypatch.chdir(gone)
    monkeypatch.setenv(record.VARIABLE, named)
    gone.rmdir()
    said = "has been deleted. Go to another one"
    assert rk.check("normalised", NORMALISED)
    assert said in " ".join(capsys.readouterr().out.split())
    found = rk.progress()
    assert found.broken
    assert said in " ".join(str(found).split())
    assert "normalised" in found._repr_html_()
    with pytest.raises(ValueError, match="has been deleted"):
        rk.progress(reset=True).save(learner.with_name("page.html"))
    monkeypatch.setenv(record.VARIABLE, str(learner))  # a whole path needs no folder
    assert not rk.progress().broken
    monkeypatch.chdir(learner.parent)


def test_a_relative_place_is_said_as_a_whole(learner, monkeypatch):
    monkeypatch.setenv(record.VARIABLE, "mine.json")
    assert record.place() == learner.parent / "notebooks" / "mine.json"


@pytest.mark.parametrize(
    "ends", [[-1e308, 1e308], [0, 5e-324], [0], [1, 0], "ab", [0, None]]
)
def test_a_range_that_cannot_be_is_damage_and_said(learner, ends):
    asked = {"words": "How many?", "kind": "number", "ends": ends}
    entry = {"notebook": "", "asked": asked, "guess": 0.5, "answer": 0.5}
    entry |= {"confirmed": True, "guessed": ""}
    learner.write_text(json.dumps(record.empty() | {"guesses": [entry]}))
    found = rk.progress()
    assert found.broken
    assert "ends=" in str(found)


@pytest.mark.parametrize("odd", ["NaN", "Infinity", '"\\ud800"'])
def test_what_python_reads_and_json_has_not_is_damage(odd):
    content = f'{{"format": "robustkit-progress", "version": 1, "more": {odd}}}'
    with pytest.raises(ValueError, match="is damaged: it is not JSON"):
        record.parse(content.encode(), "it")

"""The site to read, before Sphinx: what is taken, where links lead, what is refused."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import robustkit as rk
from robustkit.setup.lessons import lessons
from robustkit.setup.pages import api, build, executed, texts
from robustkit.setup.pages.__main__ import main

ROOT = Path(__file__).resolve().parents[2]
PUBLIC = "https://github.com/robustkit/robustkit/blob/v"


NOTEBOOKS = "reference.md", "a.ipynb", "LICENSE"
FILES = "README.md", "x.py", *(f"notebooks/{name}" for name in NOTEBOOKS)


@pytest.fixture
def small(tmp_path):
    for name in FILES:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    return tmp_path


@pytest.mark.parametrize(
    ("page", "text", "becomes"),
    [
        ("README.md", "[a](notebooks/a.ipynb)", "[a](/notebooks/a.ipynb)"),
        ("notebooks/a.ipynb", "[r](reference.md#x)", "[r](/notebooks/reference.md#x)"),
        ("notebooks/reference.md", "[R](../README.md#a)", "[R](/index.md#a)"),
        ("README.md", "[a](#b) [c](https://d.e)", "[a](#b) [c](https://d.e)"),
        ("README.md", "[![L](https://b/l.svg)](https://b)", "[L](https://b)"),
    ],
)
def test_links_lead_to_pages_and_badges_become_words(small, page, text, becomes):
    assert texts.moved(small, page, text) == becomes


@pytest.mark.parametrize("name", ["x.py", "notebooks/LICENSE"])
def test_what_is_no_page_is_linked_where_it_is_public(small, name):
    text = texts.moved(small, "exercises/a.ipynb", f"[x](../{name})")
    assert text == f"[x]({PUBLIC}{rk.__version__}/{name})"


def test_a_link_to_nothing_is_refused_by_name(small):
    with pytest.raises(FileNotFoundError, match=r"README\.md links to gone\.md"):
        texts.moved(small, "README.md", "[x](gone.md)")


def test_the_menu_has_lessons_by_number_and_teachers_notes_apart():
    menu = texts.menu(
        lessons(["04", "since-the-note"]), ["notebooks/new.md", texts.NOTES]
    )
    assert "04 The plane <notebooks/04-the-plane>" in menu
    assert "\nSince the note <notebooks/since-the-note>" in menu
    groups = {part.split("\n")[0]: part for part in menu.split(":caption: ")[1:]}
    assert "notebooks/new.md" in groups["To look up"]
    assert texts.NOTES in groups["For teachers"]


def test_the_reference_has_the_whole_face_and_what_it_returns():
    face = api.face(rk.__all__)
    for name in rk.__all__:
        assert f":: robustkit.{name}\n" in face, name
        assert getattr(rk, name).__doc__, name
    returned = api.returned(rk.__all__)
    for name in ("Explorer", "Card", "Forecast"):
        assert f".{name}\n" in returned
    assert "Reading" not in returned  # the room of metrics shows it


@pytest.mark.parametrize(
    ("inside", "why"),
    [
        ("thesis.tex", "holds other things (thesis.tex)"),
        ("", "cannot be read: Not a directory"),
    ],
)
def test_what_is_somebodys_is_refused_before_anything_is_run(
    inside, why, tmp_path, capsys, monkeypatch
):
    monkeypatch.setattr(build, "executed", pytest.fail)
    folder = tmp_path / "mine"
    if inside:
        folder.mkdir()
    (folder / inside).touch()
    assert main([str(folder)]) == 1
    said = capsys.readouterr().err
    assert f"folder={str(folder)!r} {why}; allowed: an empty folder" in said
    assert list(tmp_path.iterdir()) == [folder]


def test_a_widget_is_shown_by_what_it_leaves_or_by_a_line_and_never_by_a_blank():
    view, blank = {executed.VIEW: {}, "text/plain": "Runs()"}, {"text/plain": ""}
    still, kept = {"text/html": '<div class="rk-still">'}, {"text/plain": "3"}
    given = [{"data": dict(each)} for each in (view, still, view, blank, kept)]
    said = {"output_type": "stream", "text": "a line"}
    away = {"text/html": executed.AWAY, "text/plain": "Runs()"}
    shown = [*executed._shown([*given, said])]
    assert shown == [*({"data": each} for each in (still, away, kept)), said]
    assert not [*executed._shown([])]


def test_an_unknown_lesson_is_refused(tmp_path, capsys):
    assert main([str(tmp_path / "site"), "44"]) == 1
    assert "lesson='44' is unknown; allowed: 00, " in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_without_sphinx_it_says_what_to_install(tmp_path):
    code = (
        "import sys; sys.modules['sphinx'] = None; sys.modules['furo'] = None\n"
        "from robustkit.setup.pages.__main__ import main; sys.exit(main(['site']))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True
    )
    assert ran.returncode == 1
    assert "is not installed" in ran.stderr
    assert '-m pip install -e ".[site]"' in ran.stderr
    assert "Traceback" not in ran.stderr

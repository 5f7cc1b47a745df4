"""JupyterLab is opened where the lessons are, or it is said where they are."""

from __future__ import annotations

from pathlib import Path

from robustkit.setup import lab


def test_the_lab_says_where_lessons_are_when_they_are_not_here(
    monkeypatch, tmp_path, capsys
):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(lab, "__file__", str(tmp_path / "a" / "b" / "lab.py"))
    assert lab.main([]) == 1
    assert "Get the repository" in capsys.readouterr().err


def test_the_lab_finds_the_lessons_from_any_folder(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    root = lab.find_lessons()
    assert root == Path(__file__).resolve().parents[2]

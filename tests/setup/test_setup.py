"""The doctor says what is wrong and what to do; JupyterLab opens where lessons are."""

from __future__ import annotations

import importlib
import importlib.metadata as metadata
import json
import os
import re
import shlex
import subprocess
import sys
import textwrap
from pathlib import Path
from types import ModuleType

import matplotlib
import pytest

import robustkit as rk
from robustkit import arithmetic, record
from robustkit.setup import (
    DISTRIBUTION,
    PYTHON,
    drawing,
    examinations,
    lab,
    surroundings,
)

doctor = importlib.import_module("robustkit.setup.doctor")
VERSION = metadata.version


def only(findings):
    found = list(findings)
    assert len(found) == 1, found
    return found[0]


def states(findings):
    return {finding.state for finding in findings}


def pretend(monkeypatch, versions):
    """Let packages have other versions, or none."""

    def version(name):
        if versions.get(name, "") is None:
            raise metadata.PackageNotFoundError(name)
        return versions.get(name) or VERSION(name)

    monkeypatch.setattr(metadata, "version", version)


def test_all_is_well_here():
    report = rk.doctor()
    assert not report.problems
    assert repr(report) == str(report)
    assert report.summary in str(report)
    for said in ("an agent was trained", "the plane was drawn"):
        assert said in str(report)


def test_a_command_prints_what_is_found(monkeypatch, capsys):
    found = [examinations.ok("a disk"), examinations.warning("small", "Get another.")]
    monkeypatch.setattr(doctor, "EXAMINATIONS", (lambda: found,))
    assert doctor.main() == 0
    said = capsys.readouterr().out
    assert "ok       a disk\nwarning  small\n         Get another.\n" in said
    assert "the warnings above say what could be better" in said


@pytest.mark.parametrize(
    ("package", "version", "state", "words"),
    [
        ("minigrid", None, "problem", "minigrid is missing"),
        ("numpy", "1.26.4", "problem", "numpy 1.26.4 is too old"),
        ("jupyterlab", None, "warning", "jupyterlab is missing"),
        ("ipywidgets", "7.7.0", "problem", "ipywidgets 7.7.0 is too old"),
        ("ipywidgets", "7.7.1", "warning", "ipywidgets 7.7.1 is too old"),
    ],
)
def test_a_package_that_will_not_do_is_named_with_its_remedy(
    monkeypatch, package, version, state, words
):
    pretend(monkeypatch, {"ipywidgets": "8.1.9", package: version})
    wrong = only(f for f in examinations.packages() if f.state != "ok")
    assert wrong.state == state
    assert words in wrong.what
    assert "pip install" in wrong.advice
    assert f'"{package}>=' in wrong.advice


def test_in_a_browser_nobody_is_told_to_do_what_cannot_be_done_there(monkeypatch):
    pretend(monkeypatch, {"ipywidgets": "8.1.9", "numpy": "2.0.2"})
    monkeypatch.setattr(examinations, "BROWSER", True)
    monkeypatch.setattr(drawing, "BROWSER", True)
    wrong = only(f for f in examinations.packages() if f.state != "ok")
    assert wrong.state == "warning"
    assert wrong.advice == "Nothing to do: it came with the page."
    assert states(examinations.disk_and_memory()) == {"ok"}
    assert states(drawing.fonts()) == {"ok"}
    slow = only(examinations.threads())
    assert slow.state == "warning"
    assert "does not load" in slow.what
    monkeypatch.setattr(arithmetic, "COMPILED", object())
    assert states(examinations.threads()) == {"ok"}


@pytest.mark.parametrize("versions", [{"numpy": "99.0rc1"}, {"pytest": None}])
def test_a_newer_package_is_well_and_what_only_tests_need_no_finding(
    monkeypatch, versions
):
    pretend(monkeypatch, {"ipywidgets": "8.1.9", **versions})
    assert states(examinations.packages()) == {"ok"}


def test_a_package_that_is_asked_for_twice_is_said_once():
    names = [f.what.split()[0] for f in examinations.packages()]
    assert "ipywidgets" in names
    assert len(names) == len(set(names))


def test_colab_shows_notebooks_itself(monkeypatch):
    monkeypatch.setenv("COLAB_RELEASE_TAG", "release-colab")
    monkeypatch.setattr(examinations, "BROWSERS", ("no-such-browser",))
    pretend(monkeypatch, {"jupyterlab": None, "ipywidgets": "7.7.1"})
    assert states(examinations.packages()) == {"ok"}
    assert states(examinations.browser()) == {"ok"}


def test_a_package_that_is_not_installed_is_said_once(monkeypatch):
    def missing(name):
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "metadata", missing)
    monkeypatch.setattr(metadata, "requires", missing)
    assert only(examinations.python_version()).state == "problem"
    assert list(examinations.packages()) == []
    monkeypatch.setattr(sys, "version_info", (3, 9, 1, "final", 0))
    assert "Python 3.9.1 is too old" in only(examinations.python_version()).what


def test_the_oldest_python_is_the_one_that_the_package_asks_for():
    oldest = ".".join(map(str, examinations.OLDEST))
    assert metadata.metadata(DISTRIBUTION)["Requires-Python"] == f">={oldest}"


def test_what_to_type_names_this_python(monkeypatch):
    pretend(monkeypatch, {"numpy": None})
    wrong = only(f for f in examinations.packages() if f.what.startswith("numpy"))
    assert f"Run: {PYTHON} -m pip install" in wrong.advice
    words = examinations.REINSTALL, surroundings.TAKE_OUT, lab.NO_LAB
    assert all(f"{PYTHON} -m pip" in said for said in words)
    assert shlex.split(PYTHON) == [sys.executable]


def test_packaging_that_something_else_hides_is_not_said_to_be_missing(monkeypatch):
    monkeypatch.setitem(sys.modules, "packaging", ModuleType("packaging"))
    monkeypatch.delitem(sys.modules, "packaging.requirements", raising=False)
    with pytest.raises(ModuleNotFoundError, match="not a package"):
        list(examinations.packages())


def test_a_missing_widget_extension_is_a_problem(monkeypatch):
    monkeypatch.setattr("jupyter_core.paths.jupyter_path", lambda: ["/nowhere"])
    found = list(examinations.widgets_in_jupyterlab())
    assert states(found) == {"problem"}
    assert {"ipywidgets", "anywidget"} == {f.advice.split()[-1] for f in found}


@pytest.mark.parametrize("form", [["anywidget"], {"anywidget": True}])
def test_a_disabled_widget_extension_is_a_problem(monkeypatch, tmp_path, form):
    folder = tmp_path / "labconfig"
    folder.mkdir()
    config = json.dumps({"disabledExtensions": form})
    (folder / "page_config.json").write_text(config)
    monkeypatch.setattr("jupyter_core.paths.jupyter_config_path", lambda: [tmp_path])
    wrong = only(f for f in examinations.widgets_in_jupyterlab() if f.state != "ok")
    assert wrong.advice == f"Run: {PYTHON} -m jupyter labextension enable anywidget"


def test_a_build_without_the_front_end_is_a_problem(monkeypatch):
    monkeypatch.setattr(examinations, "FRONT_END", ("missing.js",))
    assert "missing.js" in only(examinations.front_end()).what


def test_no_browser_is_a_warning(monkeypatch):
    def none(*_):
        raise examinations.webbrowser.Error

    monkeypatch.setattr(examinations.shutil, "which", lambda _: None)
    monkeypatch.setattr(examinations.webbrowser, "get", none)
    assert only(examinations.browser()).state == "warning"


def test_a_font_without_the_signs_is_a_warning(monkeypatch):
    monkeypatch.setattr(drawing, "GLYPHS", "≥\U0010fffd")
    wrong = only(f for f in drawing.fonts() if f.state != "ok")
    assert "\U0010fffd" in wrong.what
    assert "≥" not in wrong.what


def test_a_font_that_is_not_there_is_a_warning_and_said_once(
    monkeypatch, capsys, tmp_path
):
    examinations_of_drawing = drawing.fonts, drawing.training_and_drawing
    monkeypatch.setattr(doctor, "EXAMINATIONS", examinations_of_drawing)
    with matplotlib.rc_context({"font.family": ["Nope"]}):
        wrong = only(f for f in doctor.examine() if f.state != "ok")
    assert (wrong.state, "'Nope' is not on" in wrong.what) == ("warning", True)
    assert matplotlib.matplotlib_fname() in wrong.advice
    assert "Nope" not in capsys.readouterr().err


def test_nothing_is_said_of_a_font_cache_in_a_home_that_is_no_folder(
    monkeypatch, tmp_path
):
    (tmp_path / "file").touch()
    monkeypatch.setattr(
        drawing.places,
        "places",
        lambda: [drawing.places.Place("HOME", "all", (tmp_path / "file",))],
    )
    monkeypatch.setattr(drawing, "_font_cache", lambda _: examinations.warning("", ""))
    assert states(drawing.fonts()) == {"ok"}


def test_a_font_cache_that_cannot_be_kept_is_a_warning(tmp_path, monkeypatch):
    monkeypatch.setattr(drawing.tempfile, "gettempdir", lambda: str(tmp_path))
    assert "MPLCONFIGDIR" in drawing._font_cache(tmp_path / "matplotlib-abc").advice


def test_little_room_is_a_warning(monkeypatch):
    monkeypatch.setattr(examinations, "DISK", 10**18)
    monkeypatch.setattr(examinations, "memory_left", lambda: 200 * 10**6)
    found = list(examinations.disk_and_memory())
    assert states(found) == {"warning"}
    assert "200 MB" in found[1].what


@pytest.mark.skipif(os.name == "nt", reason="a folder in use stays there")
def test_a_folder_that_is_gone_is_a_warning(tmp_path, monkeypatch):
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    assert "cannot be looked at" in next(examinations.disk_and_memory()).what


def test_a_system_that_tells_no_memory_is_well(monkeypatch):
    monkeypatch.setattr(examinations, "memory_left", lambda: None)
    assert states(examinations.disk_and_memory()) == {"ok"}


@pytest.mark.parametrize(
    ("text", "label", "amount"),
    [
        ("MemTotal: 9 kB\nMemAvailable:  2 kB\n", "MemAvailable:", 2048),
        ("max\n", "", None),
        ("123456\n", "", 123456),
        ("", "MemAvailable:", None),
    ],
)
def test_amounts_are_read_as_systems_write_them(tmp_path, text, label, amount):
    file = tmp_path / "file"
    file.write_text(text)
    assert examinations._amount(file, label) == amount
    assert examinations._amount(tmp_path / "none", label) is None


def test_an_examination_that_breaks_down_is_a_problem_in_words(monkeypatch, capsys):
    def some_examination():
        raise OSError("the disk is on fire")
        yield

    monkeypatch.setattr(doctor, "EXAMINATIONS", (some_examination,))
    assert doctor.main() == 1
    said = capsys.readouterr().out
    assert "some examination: stopped with OSError: the disk is on fire" in said
    assert "1 problem" in said


@pytest.mark.slow_for("matplotlib", "ipywidgets")
@pytest.mark.parametrize("missing", ["numpy", "matplotlib", "ipywidgets", "minigrid"])
def test_it_still_speaks_where_a_package_cannot_be_imported(missing):
    script = f"""
        import sys
        class Gone:
            def find_spec(self, name, path=None, target=None):
                if name.split(".")[0] == {missing!r}:
                    raise ModuleNotFoundError("No module named " + repr(name))
        sys.meta_path.insert(0, Gone())
        from robustkit.__main__ import main
        sys.exit(main(["doctor"]))
    """
    command = [sys.executable, "-c", textwrap.dedent(script)]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert "Traceback" not in ran.stderr
    assert "Python 3" in ran.stdout
    if missing in ("numpy", "matplotlib"):
        assert ran.returncode == 1
        assert f"No module named '{missing}'" in ran.stdout


@pytest.mark.parametrize("name", ["json", "random", "threadpoolctl"])
@pytest.mark.slow_for("json", "threadpoolctl")
def test_it_names_a_path_that_hides_a_module_and_not_what_follows(tmp_path, name):
    (tmp_path / f"{name}.py").touch()
    root = Path(__file__).resolve().parents[2]
    where = os.environ | {"PYTHONPATH": f"{tmp_path}{os.pathsep}{root}"}
    command = [sys.executable, "-m", "robustkit", "doctor"]
    ran = subprocess.run(
        command, capture_output=True, text=True, timeout=120, env=where, cwd=root
    )
    words = " ".join(ran.stdout.split())
    assert ran.returncode == 1
    assert "Traceback" not in ran.stderr
    assert f"PYTHONPATH names {tmp_path}, whose {name} hides the one here" in words
    # Colab's ipywidgets is in truth too old for a JupyterLab.
    assert set(re.findall(r'pip install \S+ "(\w+)', words)) <= {"ipywidgets"}
    assert "install -e" not in words
    if name != "threadpoolctl":  # Python's own are found past it
        assert words.count("problem ") == 2  # and "1 problem to solve first"


# The lab


def test_the_lab_says_where_lessons_are_when_they_are_not_here(
    monkeypatch, tmp_path, capsys
):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(record, "__file__", str(tmp_path / "a" / "record.py"))
    assert lab.main([]) == 1
    assert "Get the repository" in capsys.readouterr().err


def test_the_lab_finds_the_lessons_from_any_folder(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    root = lab.find_lessons()
    assert root == Path(__file__).resolve().parents[2]


def test_a_python_without_docstrings_is_told_that_jupyterlab_needs_them():
    command = [sys.executable, "-OO", "-m", "robustkit.setup.lab", "--version"]
    root = Path(__file__).resolve().parents[2]
    ran = subprocess.run(command, capture_output=True, text=True, cwd=root)
    assert ran.returncode == 1
    assert ran.stderr.startswith("PYTHONOPTIMIZE=2 keeps JupyterLab from starting.")
    assert "Traceback" not in ran.stderr

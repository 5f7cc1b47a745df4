"""What is set, or stands, around robustkit is named by the doctor and does no harm."""

from __future__ import annotations

import importlib
import importlib.metadata as metadata
import importlib.util
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from importlib.machinery import PathFinder
from pathlib import Path

import pytest

from robustkit.setup import (
    environment,
    lab,
    places,
    settings,
    surroundings,
    variables,
)

doctor = importlib.import_module("robustkit.setup.doctor")
ROOT = Path(__file__).resolve().parents[2]
NOWHERE = f"{os.devnull}/nowhere"


@pytest.fixture(autouse=True)
def plain(monkeypatch):
    """Take out what this machine has set, and let nothing set here stay."""
    monkeypatch.setattr(os, "environ", os.environ.copy())
    for name in list(os.environ):
        proxy = name in variables.PROXIES or name.lower() == "no_proxy"
        if proxy or re.match(
            "PYTHON|PIP_|UV_|JUPYTER|XDG_|IPYTHON|MPLCONFIG|ROBUSTKIT_", name
        ):
            monkeypatch.delenv(name)


def said(examination):
    return "\n".join(f"{f.state} {f.what} {f.advice}" for f in examination())


def faults(examination):
    return [f for f in examination() if f.state != "ok"]


# The name


def installed(folder, name, version, *files, summary="A stranger's."):
    """Put a distribution into a folder."""
    for file in files:
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).write_text("")
    info = folder / f"{name.replace('-', '_')}-{version}.dist-info"
    info.mkdir(parents=True)
    about = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
    (info / "METADATA").write_text(f"{about}Summary: {summary}\n")
    (info / "RECORD").write_text("".join(f"{file},,\n" for file in files))


@pytest.mark.parametrize(
    ("name", "files", "summary", "words"),
    [
        ("robustkit", ["robustkit/quadrants.py"], "A stranger's.", "somebody else's"),
        ("robustkit", [], "Robustness in two dimensions: a course", "called before"),
        ("another-kit", ["robustkit/__init__.py"], "A stranger's.", "somebody else's"),
        ("single-file", ["robustkit.py"], "A stranger's.", "somebody else's"),
    ],
)
def test_another_distribution_that_owns_the_folder_is_a_problem(
    monkeypatch, tmp_path, name, files, summary, words
):
    installed(tmp_path, name, "0.6.0", *files, summary=summary)
    monkeypatch.setattr(sys, "path", [*sys.path, str(tmp_path)])
    (found,) = faults(surroundings.name)
    assert found.state == "problem"
    assert f"{name} 0.6.0" in found.what
    assert words in found.what
    assert f"pip uninstall {name}" in found.advice


def test_files_that_somebody_wrote_over_are_a_problem(monkeypatch, tmp_path):
    files = [metadata.PackagePath(f"robustkit/{name}.py") for name in "abcd"]
    for file in files:
        file.hash = metadata.FileHash("sha256=x")
        file.dist = metadata.PathDistribution(tmp_path / "x.dist-info")
    monkeypatch.setattr(metadata, "files", lambda _: files)
    (found,) = faults(surroundings.name)
    assert found.state == "problem"
    assert "a.py, b.py, c.py, ..." in found.what


@pytest.mark.parametrize("file", ["robustkit.py", "robustkit/__init__.py"])
@pytest.mark.parametrize("where", ["working folder", "PYTHONPATH"])
def test_what_would_be_imported_in_our_place_is_a_problem(
    monkeypatch, tmp_path, file, where
):
    (tmp_path / file).parent.mkdir(exist_ok=True)
    (tmp_path / file).write_text("")
    if where == "PYTHONPATH":
        monkeypatch.setenv(where, str(tmp_path))
    else:
        monkeypatch.chdir(tmp_path)
    (found,) = faults(surroundings.name)
    assert found.state == "problem"
    assert where in found.what
    assert str(tmp_path / "robustkit") in found.what


def test_a_clone_s_own_folder_hides_nothing(monkeypatch, tmp_path):
    (tmp_path / "robustkit" / "robustkit").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    assert not faults(surroundings.name)


# Variables


@pytest.mark.parametrize("name", variables.HURTS)
def test_a_variable_that_hurts_is_named_with_its_remedy(monkeypatch, name):
    assert name not in said(surroundings.variables_of_the_shell)
    value = "error" if name == "PYTHONWARNINGS" else "1"
    monkeypatch.setenv(name, value + "x" * 500)
    (found,) = faults(surroundings.variables_of_the_shell)
    assert found.what.startswith(f"{name}={value}")
    assert len(found.what) < 200
    assert f"unset {name}" in found.advice or f"set {name}=" in found.advice


@pytest.mark.parametrize("off", ["", "0", "False", "no"])
def test_a_variable_that_says_no_does_not_hurt(monkeypatch, off):
    monkeypatch.setenv("PIP_USER", off)
    assert not faults(surroundings.variables_of_the_shell)


@pytest.mark.parametrize(
    ("value", "hurts"),
    [
        ("error", True),
        ("ignore,e::UserWarning", True),
        ("ignore::EncodingWarning", False),
    ],
)
def test_warnings_hurt_where_they_are_errors(monkeypatch, value, hurts):
    monkeypatch.setenv("PYTHONWARNINGS", value)
    assert bool(faults(surroundings.variables_of_the_shell)) is hurts


def test_no_password_is_repeated(monkeypatch):
    monkeypatch.setenv("PIP_INDEX_URL", "http://me:secret@127.0.0.1/simple")
    monkeypatch.setenv("HTTPS_PROXY", "me:secret@127.0.0.1:9")
    words = said(surroundings.variables_of_the_shell) + said(surroundings.proxy)
    assert "secret" not in words
    assert "PIP_INDEX_URL=http://...@127.0.0.1/simple" in words
    assert "HTTPS_PROXY=...@127.0.0.1:9" in words


@pytest.mark.parametrize("name", [*variables.NETLESS, *variables.FILES])
def test_what_keeps_packages_from_being_fetched_is_named(monkeypatch, name):
    monkeypatch.setenv(name, NOWHERE)
    assert name in faults(surroundings.variables_of_the_shell)[0].what


def test_a_path_is_said_and_what_it_hides_is_a_warning(monkeypatch, tmp_path):
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    assert "hides nothing" in said(surroundings.variables_of_the_shell)
    (tmp_path / "numpy.py").write_text("")
    (found,) = faults(surroundings.variables_of_the_shell)
    assert f"PYTHONPATH names {tmp_path}, whose numpy hides the one here" in found.what
    assert found.state == "warning"  # another copy may do


@pytest.mark.parametrize("name", ["json", "random", "calendar"])
def test_a_path_that_hides_a_module_of_python_s_own_is_a_problem(
    monkeypatch, tmp_path, name
):
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}/")
    (tmp_path / f"{name}.py").touch()
    (found,) = faults(surroundings.variables_of_the_shell)
    assert f"PYTHONPATH names {tmp_path}, whose {name} hides" in found.what
    assert found.state == "problem"


@pytest.mark.parametrize("name", ["sys", "os"])
def test_what_is_part_of_python_itself_cannot_be_hidden(tmp_path, name):
    (tmp_path / f"{name}.py").touch()
    assert not variables.hidden([str(tmp_path)])


def test_a_folder_that_python_looks_in_anyway_hides_nothing(monkeypatch):
    # setuptools puts its own copies of some packages onto the path of this process.
    own = [each for each in sys.path if Path(each).name != "_vendor"]
    monkeypatch.setattr(sys, "path", own)
    folders = [str(Path(os.__file__).parent), str(Path(pytest.__file__).parents[1])]
    assert not variables.hidden(folders)


@pytest.mark.parametrize(
    ("file", "state"),
    [
        ("numpy.py", "problem"),
        ("types.py", "problem"),
        ("json/__init__.py", "problem"),
        ("this.py", "warning"),
        ("mine.py", None),
    ],
)
@pytest.mark.parametrize("where", ["working folder", "lessons", "exercises"])
def test_a_learner_s_file_that_hides_a_module_is_named(
    monkeypatch, tmp_path, file, state, where
):
    folder = tmp_path / {"lessons": "notebooks", "exercises": where}.get(where, "here")
    (folder / file).parent.mkdir(parents=True)
    (folder / file).touch()
    monkeypatch.setattr(surroundings.record, "course", lambda: tmp_path)
    monkeypatch.chdir(folder if where == "working folder" else tmp_path)
    found = faults(surroundings.name)
    assert [f.state for f in found] == [state] * bool(state)
    for each in found:
        hides = folder / file.removesuffix("/__init__.py")
        assert each.what.startswith(f"{hides} hides the {hides.stem} that ")
        assert each.advice == "Give it another name."


def test_what_hides_a_module_is_said_to_be_why_an_examination_broke_down(
    monkeypatch, tmp_path
):
    (tmp_path / "numpy.py").touch()
    monkeypatch.chdir(tmp_path)

    def broken():
        raise ImportError("numpy.typing")
        yield

    monkeypatch.setattr(doctor, "EXAMINATIONS", (broken,))
    (found,) = doctor.examine()
    assert f"{tmp_path / 'numpy.py'} hides the numpy" in found.advice
    assert "pip" not in found.advice


@pytest.mark.skipif(os.name == "nt", reason="no folder is deleted there while in use")
def test_a_folder_that_was_deleted_hides_nothing(monkeypatch, tmp_path):
    monkeypatch.setattr(surroundings.record, "course", lambda: None)
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    assert not faults(surroundings.name)


def test_a_module_that_is_hidden_is_found_again(monkeypatch, tmp_path):
    (tmp_path / "sched.py").write_text("scheduler = None")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    monkeypatch.delitem(sys.modules, "sched", raising=False)
    assert importlib.import_module("sched").scheduler is None
    variables.look_past_own()
    assert str(tmp_path) not in sys.path
    assert importlib.import_module("sched").scheduler


@pytest.mark.parametrize("name", ["nonsense", "module://nope", "module://nope.more"])
def test_a_backend_that_there_is_not_is_a_problem_and_said_once(name):
    """In a Python of its own: this one has imported matplotlib already."""
    script = """
from robustkit.setup import drawing, surroundings
for examination in (*[surroundings.variables_of_the_shell] * 2, drawing.fonts):
    for finding in examination():
        if finding.state != "ok":
            print(finding.state, finding.what)
"""
    set_ = {name: v for name, v in os.environ.items() if name not in variables.HURTS}
    done = subprocess.run(
        [sys.executable, "-c", script],
        env=set_ | {"MPLBACKEND": name},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    (found,) = done.stdout.splitlines()
    assert found.startswith("problem ")
    assert f"MPLBACKEND={name}" in found


def test_a_backend_of_another_package_that_is_there_is_well(monkeypatch):
    monkeypatch.setenv("MPLBACKEND", "module://matplotlib.backends.backend_agg")
    assert not faults(surroundings.variables_of_the_shell)


def make(*arguments, **options):
    if not shutil.which("make"):
        pytest.skip("make is not installed")
    command = ["make", "--no-print-directory", *arguments]
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT, **options)


def test_make_passes_on_what_helps_and_nothing_that_hurts(tmp_path):
    told = tmp_path / "told.mk"
    told.write_text("told:\n\t@env\n")
    kept = {"HTTPS_PROXY", "SSL_CERT_FILE", *variables.NETLESS, *variables.SOURCES}
    kept |= {"PIP_CONFIG_FILE", "PIP_CERT", "UV_CACHE_DIR", "PYTHONDONTWRITEBYTECODE"}
    aside = {
        "PYTHONPATH",
        "PYTHONWARNINGS",
        "PYTHONSTARTUP",
        "MPLBACKEND",
        "UV_PROJECT_ENVIRONMENT",
    }
    aside |= set(variables.HURTS)
    where = os.environ | dict.fromkeys(kept | aside, "given $HOME # too")
    done = make("-f", "Makefile", "-f", str(told), "told", env=where)
    passed = {line.partition("=")[0] for line in done.stdout.splitlines()}
    assert kept <= passed
    assert not aside & passed
    (words,) = (line for line in done.stdout.splitlines() if "Set aside" in line)
    assert aside <= set(words.split())
    assert "Set aside" not in make(env=where).stdout  # it helps; nothing is run


def test_make_says_what_is_missing_before_it_sets_anything_up(tmp_path):
    assert "Say where: make stick DIR=" in make("stick", "PYTHON=/tmp").stderr
    for other in ("/tmp", "sh", "true", "false"):
        assert (
            f"'{other}' is no Python that runs."
            in make("python", f"PYTHON={other}").stderr
        )
    assert make("python", f"PYTHON={sys.executable}").returncode == 0


def test_what_somebody_else_made_outlives_make_clean(tmp_path):
    def clean():
        return make("-C", str(tmp_path), "-f", str(ROOT / "Makefile"), "clean").stdout

    for folder in (".venv", ".venv.old"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "pyvenv.cfg").touch()
    said = clean()
    assert {path.name for path in tmp_path.iterdir()} == {".venv", ".venv.old"}
    assert all(f"{name} is left here" in said for name in (".venv", ".venv.old"))
    (tmp_path / ".venv" / ".ready").touch()
    said = clean()
    assert [path.name for path in tmp_path.iterdir()] == [".venv.old"]
    assert ".venv is left here" not in said


# Folders


@pytest.mark.parametrize(
    "name",
    [
        "HOME", "TMPDIR", "UV_CACHE_DIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR",
        "JUPYTER_RUNTIME_DIR", "JUPYTERLAB_SETTINGS_DIR", "JUPYTERLAB_WORKSPACES_DIR",
        "IPYTHONDIR", "MPLCONFIGDIR", "ROBUSTKIT_AGENTS", "ROBUSTKIT_PROGRESS",
    ],
)  # fmt: skip
@pytest.mark.skipif(os.name == "nt", reason="a home has another name there")
def test_a_folder_that_cannot_be_written_to_is_named(monkeypatch, name):
    assert not faults(surroundings.folders)
    monkeypatch.setenv(name, NOWHERE)
    (found,) = faults(surroundings.folders)
    assert f"{name}={NOWHERE} cannot be written to" in found.what
    assert found.advice


def test_a_course_that_cannot_be_written_to_is_named(monkeypatch):
    monkeypatch.setattr(surroundings.record, "course", lambda: Path(NOWHERE))
    (found,) = faults(surroundings.folders)
    assert "neither notebooks nor progress" in found.what


def test_to_ask_whether_a_folder_can_be_written_to_leaves_nothing_in_it(tmp_path):
    assert places.can_write(tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_browser_has_variables_that_nobody_set(monkeypatch):
    monkeypatch.setenv("PYTHONINSPECT", "1")
    assert faults(surroundings.variables_of_the_shell)
    monkeypatch.setattr(surroundings.alone, "BROWSER", True)
    assert not faults(surroundings.variables_of_the_shell)


def test_an_empty_home_is_none(monkeypatch):
    monkeypatch.setenv(places.HOME, "")
    assert places.home() is None


def test_a_missing_home_is_no_obstacle(monkeypatch):
    def none():
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(places.Path, "home", none)
    assert places.home() is None
    assert "cannot be written to" in faults(surroundings.folders)[0].what


@pytest.mark.skipif(os.name == "nt", reason="a home has another name there")
def test_the_lab_puts_what_cannot_be_written_elsewhere_and_says_so(
    monkeypatch, tmp_path
):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    names = "HOME", "JUPYTER_RUNTIME_DIR", "MPLCONFIGDIR"
    for name in names:
        monkeypatch.setenv(name, NOWHERE)
    words = places.replace_what_is_lacking()
    for name in names:
        assert f"{name}={NOWHERE}" in words
        assert Path(os.environ[name]).is_dir()
        assert tmp_path in Path(os.environ[name]).parents
    assert "JUPYTER_DATA_DIR" not in os.environ  # it lies in the new home
    assert places.replace_what_is_lacking() == ""


def test_a_cache_with_one_folder_that_is_somebody_else_s_is_not_used(
    monkeypatch, tmp_path
):
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "uv"))
    assert places.uv_cache().lacking is None  # it is not there yet
    inner = tmp_path / "uv" / "simple-v16"
    inner.mkdir(parents=True)
    (inner.parent / "CACHEDIR.TAG").write_text("")
    assert places.uv_cache().lacking is None
    monkeypatch.setattr(places, "can_write", lambda folder: folder != inner)
    assert places.uv_cache().lacking == inner


# A proxy


def test_a_proxy_that_answers_is_well_and_others_are_named():
    with socket.socket() as listens:
        listens.bind(("127.0.0.1", 0))
        listens.listen()
        port = listens.getsockname()[1]
        os.environ["HTTPS_PROXY"] = f"http://127.0.0.1:{port}"
        assert not faults(surroundings.proxy)
    (found,) = faults(surroundings.proxy)
    assert "HTTPS_PROXY=http://127.0.0.1" in found.what
    assert "refused" in found.what
    for wrong in (
        "http://",
        "http://127.0.0.1:x",
        "http://[::1",
        "socks5://127.0.0.1:9",
    ):
        os.environ["HTTPS_PROXY"] = wrong
        assert len(faults(surroundings.proxy)) == 1, wrong
    os.environ["NO_PROXY"] = "*"
    assert not faults(surroundings.proxy)


# The kernel


def test_a_kernel_of_another_python_is_a_warning_and_the_lab_takes_this_one(
    monkeypatch, tmp_path
):
    from jupyter_client.kernelspec import KernelSpecManager

    assert not faults(surroundings.kernel)
    spec = tmp_path / "kernels" / "python3" / "kernel.json"
    spec.parent.mkdir(parents=True)
    spec.write_text('{"argv": ["/other/python"], "display_name": "", "language": ""}')
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    (found,) = faults(surroundings.kernel)
    assert "/other/python" in found.what
    lab.clear_the_way()
    assert not faults(surroundings.kernel)
    assert KernelSpecManager().get_kernel_spec("python3").argv[0] == "python"


def test_the_lab_hands_no_path_on_that_hides_a_package(monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    lab.clear_the_way()
    assert os.environ["PYTHONPATH"] == str(tmp_path)
    (tmp_path / "numpy.py").write_text("")
    lab.clear_the_way()
    assert "PYTHONPATH" not in os.environ
    assert f"a numpy in {tmp_path}" in capsys.readouterr().err
    assert str(tmp_path) not in sys.path


# Setting up


@pytest.fixture
def project(monkeypatch, tmp_path):
    """Work in a project's folder where nothing is really run."""
    (tmp_path / "pyproject.toml").write_text("")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(environment, "run", lambda *command, **_: ran.append(command))
    ran = []
    return ran


@pytest.mark.parametrize(
    ("name", "value"),
    [("HTTPS_PROXY", "http://127.0.0.1:9"), ("PIP_CONFIG_FILE", NOWHERE)],
)
def test_what_is_in_the_way_is_said_before_anything_is_done(
    monkeypatch, project, capsys, name, value
):
    monkeypatch.setenv(name, value)
    assert environment.main(["lab"]) == 1
    assert f"{name}={value}" in capsys.readouterr().err
    assert not project


@pytest.mark.skipif(os.name == "nt", reason="no folder has such a name there")
@pytest.mark.parametrize(
    ("name", "encoding", "said"),
    [
        *((name, "UTF-8", "rename it") for name in ("a:b", "a\tb", "two\nlines")),
        *((name, "UTF-8", "rename it") for name in ("end ", "\u2028", "\udcff")),
        ("für", "ISO-8859-1", "LC_ALL"),
    ],
)
def test_a_folder_that_no_environment_can_be_in_is_refused(
    monkeypatch, tmp_path, project, capsys, name, encoding, said
):
    folder = tmp_path / name
    try:
        folder.mkdir()
    except OSError:
        pytest.skip("this disk has no such names")
    (folder / "pyproject.toml").write_text("")
    monkeypatch.chdir(folder)
    monkeypatch.setattr(environment.locale, "getencoding", lambda: encoding)
    assert environment.main(["lab"]) == 1
    assert said in capsys.readouterr().err
    assert not project


def test_a_stamp_says_what_is_installed_and_an_interruption_shows(
    monkeypatch, tmp_path, project
):
    def run(*command, **_):
        project.append(command)
        if any("lab,test" in str(word) for word in command):
            assert not environment.READY.read_bytes()
            raise KeyboardInterrupt

    monkeypatch.setattr(environment, "run", run)
    assert environment.main(["lab"]) == 0
    made = {path.name for path in (tmp_path / ".venv").iterdir()}
    assert made == {".ready", ".lab"}
    monkeypatch.setattr(environment, "sound", environment.READY.read_bytes)
    done = len(project)
    assert environment.main(["lab"]) == 0
    assert len(project) == done  # there is nothing to do
    assert environment.main(["test"]) == 1
    assert not environment.sound()


@pytest.fixture
def failing(monkeypatch, project):
    """Let what is run fail."""

    def fail(*command, **_):
        raise subprocess.CalledProcessError(1, command)

    monkeypatch.setattr(environment, "run", fail)


@pytest.mark.usefixtures("failing")
def test_a_failure_names_what_directs_where_packages_come_from(monkeypatch, capsys):
    monkeypatch.setenv("UV_INDEX_URL", "http://127.0.0.1:9/simple")
    assert environment.main(["lab"]) == 1
    assert "UV_INDEX_URL=http://127.0.0.1:9/simple" in capsys.readouterr().err


@pytest.mark.skipif(os.name == "nt", reason="paths are POSIX's")
def test_who_comes_second_waits_and_then_has_nothing_to_do(tmp_path):
    """The first is killed the hard way, and blocks nobody."""
    (tmp_path / "pyproject.toml").write_text("")
    hold = (
        "from robustkit.setup.environment import *\n"
        "with alone(): print('in', flush=True); input()"
    )

    def begin():
        return subprocess.Popen(
            [sys.executable, "-c", hold], stdin=-1, stdout=-1, text=True, cwd=tmp_path,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
        )  # fmt: skip

    first = begin()
    assert first.stdout.readline() == "in\n"
    second = begin()
    assert "waiting" in second.stdout.readline()
    first.kill()
    assert second.stdout.readline() == "in\n"
    second.communicate("\n")
    first.communicate()


@pytest.mark.skipif(os.name == "nt", reason="links need a right of their own there")
@pytest.mark.parametrize("kind", ["link", "lost link", "file", "somebody else's"])
def test_what_is_no_folder_of_this_copy_s_own_is_refused_and_kept(
    monkeypatch, tmp_path, project, capsys, kind
):
    other = tmp_path / "other"
    other.mkdir()
    (other / "precious").touch()
    words = f"is a link to '{other}"
    if kind == "file":
        environment.FOLDER.touch()
        words = "is a file"
    elif kind == "somebody else's":
        environment.FOLDER.mkdir()
        can_write = places.can_write
        shut = environment.FOLDER
        monkeypatch.setattr(places, "can_write", lambda f: f != shut and can_write(f))
        words = "cannot be written to"
    else:
        environment.FOLDER.symlink_to(other / "lost" if kind == "lost link" else other)
    assert environment.main(["lab"]) == 1
    assert f"'.venv' {words}" in capsys.readouterr().err
    assert not project
    assert os.path.lexists(environment.FOLDER)
    assert (other / "precious").exists()


def test_an_environment_that_make_did_not_make_is_put_aside(project, capsys):
    for kept in (".venv.old", ".venv.old1"):
        shutil.rmtree(environment.FOLDER, ignore_errors=True)
        environment.FOLDER.mkdir()
        (environment.FOLDER / "pyvenv.cfg").write_text(kept)
        assert environment.main(["lab"]) == 0
        assert f"it is now {kept}." in capsys.readouterr().out
        assert (Path(kept) / "pyvenv.cfg").read_text() == kept


def test_an_environment_that_make_began_is_emptied(monkeypatch, project):
    def interrupted(*command, **_):
        (environment.FOLDER / "half").touch()
        raise KeyboardInterrupt

    monkeypatch.setattr(environment, "run", interrupted)
    assert environment.main(["lab"]) == 1
    monkeypatch.setattr(environment, "run", lambda *command, **_: None)
    assert environment.main(["lab"]) == 0
    assert not (environment.FOLDER / "half").exists()
    assert not os.path.lexists(environment.KEPT)


def with_room(monkeypatch, free, total=10**12):
    disk = type(shutil.disk_usage("."))(total, total - free, free)
    monkeypatch.setattr(environment.shutil, "disk_usage", lambda _: disk)


def test_a_disk_that_is_full_is_said_before_anything_is_done(
    monkeypatch, project, capsys
):
    with_room(monkeypatch, 12 * 10**6)
    assert environment.main(["lab"]) == 1
    words = "Only 12 MB are free here, and .venv takes about 450 MB."
    assert words in capsys.readouterr().err
    assert not project
    with_room(monkeypatch, 0, total=0)  # this disk does not say
    assert environment.main(["lab"]) == 0


@pytest.mark.usefixtures("failing")
def test_a_failure_on_a_disk_that_is_nearly_full_says_so(monkeypatch, capsys):
    for free, full in ((300, True), (5000, False)):
        with_room(monkeypatch, free * 10**6)
        assert environment.main(["lab"]) == 1
        assert ("Only 300 MB are free" in capsys.readouterr().err) is full


PIP = """\
[global]
user = true
quiet = 1
index_url = http://me:secret@127.0.0.1:9/simple
find-links =
    /one
    /two
no-deps = no
[list]
format = json
[install]
index-url = http://me:secret@127.0.0.1:10/simple
target = stray
"""


@pytest.mark.together
# Not importlib.util's, which some versions of setuptools take for an import of pip.
@pytest.mark.skipif(not PathFinder.find_spec("pip"), reason="pip is missing")
def test_pip_s_own_files_do_no_more_harm_than_variables(monkeypatch, tmp_path, capsys):
    (tmp_path / "pip.conf").write_text(PIP)
    monkeypatch.setenv("PIP_CONFIG_FILE", str(tmp_path / "pip.conf"))
    of_pip = settings.of_pip
    found = of_pip(sys.executable)
    monkeypatch.setattr(settings, "of_pip", lambda _: found)
    assert {"PIP_USER", "PIP_TARGET"} <= set(settings.hurting(found))
    assert "PIP_NO_DEPS" not in settings.hurting(found)
    assert "PIP_FORMAT" not in found
    where = environment.harmless()
    words = capsys.readouterr().out
    assert "target" in words.partition("Set aside in pip's own files: ")[2]
    assert not where.keys() & variables.HURTS.keys() - {"PIP_NO_DEPS"}
    assert where["PIP_INDEX_URL"].endswith(":10/simple")
    assert where["PIP_FIND_LINKS"].split() == ["/one", "/two"]
    monkeypatch.setattr(os, "environ", os.environ | where | {"PIP_QUIET": "0"})
    assert not of_pip(sys.executable)  # pip reads no file of its own now
    problem = subprocess.CalledProcessError(1, "pip")
    why = environment.after(problem, "lab")
    assert "index-url" in why.partition("Set in pip's own files, and used: ")[2]
    assert "secret" not in why


@pytest.mark.together
@pytest.mark.skipif(not PathFinder.find_spec("pip"), reason="pip is missing")
def test_uv_is_told_what_pip_is_told_of_a_mirror(monkeypatch, tmp_path):
    for name in (*settings.UV, *settings.UV.values(), "UV_INDEX_URL"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "pip.conf").write_text(PIP)
    monkeypatch.setenv("PIP_CONFIG_FILE", str(tmp_path / "pip.conf"))
    monkeypatch.setenv("PIP_TRUSTED_HOST", "one two")
    told = settings.for_uv(sys.executable)
    assert told["UV_DEFAULT_INDEX"] == "http://me:secret@127.0.0.1:10/simple"
    assert told["UV_INSECURE_HOST"] == "one two"
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:11/simple")  # wins in pip too
    assert settings.for_uv(sys.executable)["UV_DEFAULT_INDEX"].endswith(":11/simple")
    for name in ("UV_INDEX_URL", "UV_DEFAULT_INDEX"):
        monkeypatch.setenv(name, "http://127.0.0.1:12/simple")
        assert "UV_DEFAULT_INDEX" not in settings.for_uv(sys.executable)
        monkeypatch.delenv(name)


@pytest.mark.together
@pytest.mark.skipif(not PathFinder.find_spec("uv"), reason="uv is missing")
def test_make_s_uv_asks_the_mirror_that_only_pip_s_files_name(tmp_path):
    (tmp_path / "pip.conf").write_text(PIP)
    where = {k: v for k, v in os.environ.items() if not k.startswith(("UV_", "PIP_"))}
    where |= {"PIP_CONFIG_FILE": str(tmp_path / "pip.conf"), "UV_HTTP_RETRIES": "0"}
    command = sys.executable, "-m", "robustkit.setup.settings", "pip", "compile", "-"
    asked = subprocess.run(
        [*command, "--no-cache"], input="x", env=where | {"PYTHONPATH": str(ROOT)},
        capture_output=True, text=True,
    )  # fmt: skip
    assert asked.returncode
    assert "127.0.0.1:10/simple" in asked.stderr


@pytest.mark.together
@pytest.mark.parametrize("written", ["no section", None])
def test_pip_s_files_say_nothing_where_they_cannot_be_read(
    monkeypatch, tmp_path, written
):
    (tmp_path / "pip.conf").write_text(written or PIP)
    monkeypatch.setenv("PIP_CONFIG_FILE", str(tmp_path / "pip.conf"))
    python = sys.executable if written else tmp_path / "no-python"
    monkeypatch.setattr(environment, "PYTHON", python)
    assert environment.harmless() == {}


@pytest.mark.skipif(os.name == "nt", reason="signals are POSIX's")
def test_who_interrupts_reads_no_traceback_and_nothing_goes_on():
    work = "print('in', flush=True); import time; time.sleep(60)"
    script = (
        "import sys\n"
        "from robustkit.setup import environment\n"
        f"try: environment.run(sys.executable, '-c', {work!r})\n"
        "except KeyboardInterrupt: print('said')"
    )
    began = subprocess.Popen(
        [sys.executable, "-c", script], stdout=-1, stderr=-1, text=True, cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)}, start_new_session=True,
    )  # fmt: skip
    assert began.stdout.readline() == "in\n"
    os.killpg(began.pid, signal.SIGINT)
    # Both ends are closed only when what it started has ended as well.
    assert began.communicate(timeout=20) == ("said\n", "")

"""`make lab` on a fresh copy, in rooms where something is set, missing or shut."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NOWHERE = f"{os.devnull}/nowhere"
FOLDERS = (
    "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR",
    "JUPYTERLAB_SETTINGS_DIR", "JUPYTERLAB_WORKSPACES_DIR", "MPLCONFIGDIR", "TMPDIR",
    "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "UV_CACHE_DIR",
)  # fmt: skip
ADDRESS = re.compile(r"(http://127\.0\.0\.1:\d+)/\S*\?token=(\w+)")
IMPORT = "import sys, robustkit as rk; rk.plan(rk.make('cheese')); print(sys.prefix)"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not shutil.which("make"), reason="make is not installed"),
    pytest.mark.skipif(os.name == "nt", reason="processes and paths are POSIX's"),
]


def room(tmp_path, name="kit", **variables):
    """Return a copy as a clone has it, and an environment with nothing else in it.

    What uv has fetched before is taken from where it is kept, so that a room takes
    seconds; a variable that is None is not set.
    """
    keep = shutil.ignore_patterns(".git", ".venv*", ".*_cache", "__pycache__", "build")
    copy = shutil.copytree(ROOT, tmp_path / name, ignore=keep)
    home = tmp_path / "home"
    (home / ".cache").mkdir(parents=True)
    fetched = Path.home() / ".cache" / "uv"
    fetched.mkdir(parents=True, exist_ok=True)
    (home / ".cache" / "uv").symlink_to(fetched)
    python = Path(sys.base_prefix, "bin")
    where = {"PATH": f"{python}:/usr/local/bin:/usr/bin:/bin", "HOME": str(home)}
    where |= variables
    return Path(copy), {k: v for k, v in where.items() if v is not None}


def make(copy, where, *arguments, **options):
    return subprocess.Popen(
        ["make", *arguments], cwd=copy, env=where, text=True, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True,
    )  # fmt: skip


def said(started):
    """Return what a `make` that ends says; skip where nothing can be fetched."""
    words, _ = started.communicate(timeout=300)
    if re.search("dns error|Could not find a version", words):
        pytest.skip("no package index can be reached")
    return words


def lab_of(copy, where):
    """Return all that `make lab` says until it is stopped, and what a kernel prints."""
    started = make(copy, where, "lab", "ARGS=--no-browser --port=0")
    words, found = "", None
    try:
        for line in started.stdout:
            words += line
            if found := ADDRESS.search(line):
                return words, ask_kernel(found[1], found[2])
        if re.search("dns error|Could not find a version", words):
            pytest.skip("no package index can be reached")
        raise AssertionError(words)
    finally:
        os.killpg(started.pid, 15)
        try:
            started.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(started.pid, 9)
            started.wait()
        started.stdout.close()


def ask_kernel(url, token):
    """Return what a new kernel of a lesson prints, or the error that it raises."""
    import websocket

    asked = {"path": "notebooks/x.ipynb", "type": "notebook", "name": ""}
    asked |= {"kernel": {"name": "python3"}}
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    headers = {"Authorization": f"token {token}"}
    request = urllib.request.Request(
        f"{url}/api/sessions", json.dumps(asked).encode(), headers
    )
    for _ in range(100):  # it names its address a moment before it answers
        try:
            direct.open(f"{url}/api", timeout=60).close()
            break
        except OSError:
            time.sleep(0.2)
    with direct.open(request, timeout=60) as answer:
        kernel = json.load(answer)["kernel"]["id"]
    address = f"{url.replace('http', 'ws', 1)}/api/kernels/{kernel}/channels"
    line = websocket.create_connection(
        f"{address}?token={token}", timeout=60, http_no_proxy=["*"]
    )
    header = {"msg_id": "1", "msg_type": "execute_request", "username": ""}
    message = {"channel": "shell", "header": header | {"session": "", "version": "5.3"}}
    content = {"code": IMPORT, "silent": False}
    line.send(
        json.dumps(
            message | {"parent_header": {}, "metadata": {}} | {"content": content}
        )
    )
    printed = ""
    while True:
        answer = json.loads(line.recv())
        content = answer["content"]
        printed += content.get("text", "") + content.get("evalue", "")
        if answer["msg_type"] == "execute_reply":
            line.close()
            return printed


def test_what_was_set_for_others_does_no_harm(tmp_path):
    shadow = tmp_path / "shadow"
    shadow.mkdir()
    for name in ("numpy", "robustkit", "IPython", "json"):
        (shadow / f"{name}.py").write_text("raise ImportError('a shadow')")
    aside = dict.fromkeys(("PIP_USER", "UV_SYSTEM_PYTHON", "PIP_REQUIRE_HASHES"), "1")
    aside |= dict.fromkeys(("PIP_TARGET", "PIP_PREFIX", "PIP_ROOT"), f"{tmp_path}/t")
    aside |= {"PYTHONPATH": str(shadow), "PYTHONHOME": "/usr", "PYTHONPLATLIBDIR": "x"}
    aside |= {"PYTHONWARNINGS": "error", "PYTHONOPTIMIZE": "2", "PYTHONINSPECT": "1"}
    aside |= {"PYTHONIOENCODING": "nonsense", "PYTHONUSERBASE": NOWHERE}
    aside |= {"LC_ALL": "POSIX"}
    aside |= {"UV_PYTHON": "3.9", "UV_EXCLUDE_NEWER": "2020-01-01", "UV_NO_BINARY": "1"}
    aside |= {"UV_CONSTRAINT": NOWHERE, "PIP_CONSTRAINT": NOWHERE}
    others = {"VIRTUAL_ENV": NOWHERE, "CONDA_PREFIX": NOWHERE, "MPLBACKEND": "TkAgg"}
    others |= {"SHELL": "/bin/false", "MAKEFLAGS": "kj8", "FIRST": "x", "MARKS": "x"}
    copy, where = room(tmp_path, **aside, **others)
    words, printed = lab_of(copy, where)
    assert printed.strip() == str(copy / ".venv"), words
    assert set(aside) <= set(re.search("Set aside.*: (.*)", words)[1].split())
    assert not (tmp_path / "t").exists()


ODD = "a 'b' \"c\" $d $(e) `f` #g %20h ünï 日本 [i]*? {j};&|=~@,!\\k"


@pytest.mark.parametrize(
    ("name", "more"),
    [(ODD, {}), ("ünï 日本", {"LC_ALL": "C"}), ("-x", {})],
    ids=["signs", "without a locale", "an option"],
)
def test_a_path_may_have_nearly_any_name(tmp_path, name, more):
    copy, where = room(tmp_path, name, **more)
    for mine in ("random", "json"):  # what somebody keeps there hides nothing
        (copy / f"{mine}.py").write_text("raise ImportError('a shadow')")
    words, printed = lab_of(copy, where)
    assert printed.strip() == str(copy / ".venv"), words
    again = said(make(copy, where, ".venv/.lab"))
    assert "Making" not in again  # it is sound, whatever its name


@pytest.mark.parametrize("home", [NOWHERE, None], ids=["unwritable", "missing"])
def test_no_folder_but_the_course_s_is_needed(tmp_path, home):
    shut = dict.fromkeys(FOLDERS, NOWHERE) if home == NOWHERE else {}
    copy, where = room(tmp_path, HOME=home, **shut)
    words, printed = lab_of(copy, where)
    assert printed.strip() == str(copy / ".venv"), words
    for name in shut.keys() - {"TMPDIR", "UV_CACHE_DIR"}:
        if not name.startswith("XDG_"):
            assert f"{name}={NOWHERE}" in words
    assert not (copy / "~").exists()


def test_a_kernel_of_the_same_name_is_not_taken_for_the_lessons(tmp_path):
    copy, where = room(tmp_path, JUPYTER_PREFER_ENV_PATH="0")
    spec = Path(where["HOME"], ".local/share/jupyter/kernels/python3/kernel.json")
    spec.parent.mkdir(parents=True)
    argv = ["/bin/false", "{connection_file}"]
    spec.write_text(
        json.dumps({"argv": argv, "display_name": "x", "language": "python"})
    )
    words, printed = lab_of(copy, where)
    assert printed.strip() == str(copy / ".venv"), words


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("HTTPS_PROXY", "http://127.0.0.1:9"),
        ("all_proxy", "socks5://127.0.0.1:9"),
        ("PIP_CONFIG_FILE", NOWHERE),
        ("UV_CONFIG_FILE", NOWHERE),
        ("SSL_CERT_FILE", NOWHERE),
        ("PIP_INDEX_URL", "http://127.0.0.1:9/simple"),
        ("UV_INDEX_URL", "http://127.0.0.1:9/simple"),
        ("PIP_NO_INDEX", "1"),
    ],
)
def test_what_cannot_work_is_said_with_its_variable(tmp_path, name, value):
    copy, where = room(tmp_path, **{name: value})
    started = make(copy, where, ".venv/.lab")
    words, _ = started.communicate(timeout=300)
    assert started.returncode
    assert f"{name}={value}" in words
    assert "Traceback" not in words


def test_a_colon_in_the_path_is_refused_in_words(tmp_path):
    copy, where = room(tmp_path, "a:b")
    started = make(copy, where, "lab")
    words, _ = started.communicate(timeout=300)
    assert started.returncode
    assert "rename it" in words


def test_two_at_once_set_up_once(tmp_path):
    copy, where = room(tmp_path)
    one = make(copy, where, ".venv/.lab")
    time.sleep(2)
    two = make(copy, where, ".venv/.lab")
    words = said(one) + said(two)
    assert one.returncode == two.returncode == 0, words
    assert words.count("Making .venv") == words.count("Installing") == 1
    assert "Another `make` is setting up .venv; waiting for it." in words
    silent = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy")
    silent = dict.fromkeys(silent, "http://127.0.0.1:9")  # nothing is to be fetched
    assert lab_of(copy, where | silent)[1].strip() == str(copy / ".venv")
    dead = make(copy, where, "clean", ".venv/.lab")
    time.sleep(4)
    os.killpg(dead.pid, 9)
    dead.communicate()
    assert make(copy, where, ".venv/.lab").wait(300) == 0

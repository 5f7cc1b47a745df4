"""Out of the lab: Binder, rooms without network, other systems, releases, papers."""

from __future__ import annotations

import ast
import doctest
import importlib
import json
import os
import pkgutil
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

import robustkit as rk
from robustkit.setup import stick

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
VERSION = PROJECT["version"]


def run(*command, **options):
    return subprocess.run(
        list(map(str, command)), capture_output=True, text=True, **options
    )


def empty(home, *more):
    """Return an environment in which nothing is set but a home and a path."""
    home.mkdir(exist_ok=True)
    path = os.pathsep.join([*map(str, more), "/usr/local/bin", "/usr/bin", "/bin"])
    return {"HOME": str(home), "PATH": path, "LANG": "C.UTF-8"}


def copied(folder):
    """Return a copy of what is in the repository, as a clone has it."""
    keep = shutil.ignore_patterns(".git", ".venv*", ".*_cache", "__pycache__", "build")
    return Path(shutil.copytree(ROOT, folder, ignore=keep))


def needs_uv():
    if run(sys.executable, "-m", "uv", "--version").returncode:
        pytest.skip("uv is not installed; `make test` brings it")


def installed(done):
    """Skip where no package index can be reached; fail for any other trouble."""
    if re.search("Connect|dns error|Could not find a version", done.stderr):
        pytest.skip("no package index can be reached")
    assert done.returncode == 0, done.stderr[-3000:]


# Binder


@pytest.fixture
def pack(monkeypatch):
    """Return what repo2docker makes of the repository."""
    packs = pytest.importorskip("repo2docker.buildpacks")
    monkeypatch.chdir(ROOT)
    found = packs.CondaBuildPack("docker.io/library/buildpack-deps:jammy")
    found.platform = "linux/amd64"
    assert found.detect()
    return found


def test_repo2docker_takes_the_environment_and_runs_postbuild(pack):
    (step,) = pack.get_assemble_scripts()
    assert 'env update -p ${NB_PYTHON_PREFIX} --file "environment.yml"' in step[1]
    assert pack.get_post_build_scripts() == ["postBuild"]
    environment = yaml.safe_load((ROOT / "environment.yml").read_text())
    assert f"python={pack.python_version}" in environment["dependencies"]
    made = pack.render({})
    assert "RUN ./postBuild" in made or "postBuild" in made
    assert os.access(ROOT / "postBuild", os.X_OK)


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="Binder's images are Linux")
def test_binders_steps_run_in_a_clean_environment(tmp_path):
    """Its two steps, with PyPI's packages in the place of conda's.

    What is not tried: conda's own builds of them, and the image around it.
    """
    needs_uv()
    clone, venv = copied(tmp_path / "clone"), tmp_path / "venv"
    entries = yaml.safe_load((clone / "environment.yml").read_text())["dependencies"]
    (pip,) = (entry["pip"] for entry in entries if isinstance(entry, dict))
    conda = [e for e in entries if isinstance(e, str) and not e.startswith("python=")]
    wanted = [e.replace("matplotlib-base", "matplotlib") for e in conda]
    wanted += [entry for entry in pip if not entry.startswith("-e")]
    uv = [sys.executable, "-m", "uv"]
    assert not run(*uv, "venv", "-q", "--python", sys.executable, venv).returncode
    python = venv / "bin" / "python"
    installed(run(*uv, "pip", "install", "-q", "--python", python, *wanted, cwd=clone))
    installed(
        run(*uv, "pip", "install", "-q", "--python", python, "-e", ".", cwd=clone)
    )

    home = tmp_path / "home"
    there = {**empty(home, venv / "bin"), "ROBUSTKIT_WARM": "04"}
    done = run("bash", "./postBuild", cwd=clone, env=there, timeout=600)
    assert done.returncode == 0, done.stderr[-3000:]
    kept = list((home / ".cache" / "robustkit" / "agents").glob("*.npz"))
    assert len(kept) == 11  # a memoriser, a searcher, nine networks of two worlds
    assert list((home / ".cache" / "matplotlib").glob("fontlist*.json"))
    listed = run(venv / "bin" / "jupyter", "labextension", "list", env=there)
    assert re.search(r"robustkit v\S+ .*enabled.*OK", listed.stdout + listed.stderr)
    lesson = "notebooks/04-the-plane.ipynb"
    assert (clone / lesson).read_bytes() == (ROOT / lesson).read_bytes()

    script = "import time, robustkit as rk; start = time.perf_counter()\n"
    script += "rk.train('network', rk.make('cheese')); print(time.perf_counter()-start)"
    done = run(python, "-c", script, env=there, cwd=tmp_path)
    cold = run(python, "-c", script, env=empty(tmp_path / "other"), cwd=tmp_path)
    assert float(done.stdout) < float(cold.stdout) / 2, (done, cold)
    assert not run(venv / "bin" / "jupyter", "lab", "--version", env=there).returncode


# A room without network


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="runs setup.sh")
def test_a_stick_sets_the_course_up_without_network(tmp_path):
    folder, laptop = tmp_path / "stick", tmp_path / "a laptop"
    (folder / "agents").mkdir(parents=True)
    (folder / "agents" / "one.npz").write_bytes(b"as trained")
    done = run(
        sys.executable, "-m", "robustkit.setup.stick", folder, "--no-lab",
        "--no-site", "--no-agents", cwd=ROOT,
    )  # fmt: skip
    installed(done)
    assert f"robustness_2d-{VERSION}-py3-none-any.whl" in os.listdir(folder / "wheels")
    assert "sh /path/to/this/setup.sh" in (folder / "READ ME FIRST.txt").read_text()
    laptop.mkdir()
    where = empty(tmp_path / "home", Path(sys.executable).resolve().parent)
    where |= {"PIP_INDEX_URL": "http://127.0.0.1:9/", "PIP_CONFIG_FILE": os.devnull}
    for_others = {"PIP_USER": "1", "PIP_TARGET": "/nowhere", "PIP_PREFIX": "/nowhere"}
    for_others |= {"PYTHONHOME": "/nowhere", "PYTHONPATH": str(tmp_path / "other")}
    for_others |= {"PIP_CONFIG_FILE": "/nowhere", "CDPATH": str(tmp_path)}
    done = run(
        "sh", folder / "setup.sh", cwd=laptop, env=where | for_others, timeout=300
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert (laptop / "notebooks" / "00-start-here.ipynb").is_file()
    ours = laptop / ".venv" / "bin"
    assert "Langosco" in run(ours / "robustkit", "worlds", "cheese", env=where).stdout
    assert not (laptop / "solutions").exists()
    (kept,) = (tmp_path / "home" / ".cache" / "robustkit" / "agents").iterdir()
    assert kept.read_bytes() == b"as trained"
    doctor = run(ours / "robustkit", "doctor", env=where, cwd=laptop)
    assert "trained and measured" in doctor.stdout, doctor.stdout + doctor.stderr
    mine = laptop / "exercises" / "01-robustness-as-a-number.ipynb"
    mine.write_text("my work", "utf-8")
    done = run("sh", folder / "setup.sh", cwd=laptop, env=where, timeout=300)
    assert done.returncode == 0, done.stderr[-3000:]
    assert mine.read_text("utf-8") == "my work"
    other = run(
        "sh", folder / "setup.sh", cwd=tmp_path, env={**where, "PYTHON": "false"}
    )
    assert other.returncode == 1
    assert "This needs Python 3" in other.stderr
    assert not (tmp_path / ".venv").exists()
    script = "import robustkit; print(robustkit.__version__, robustkit.__file__)"
    said = run(ours / "python", "-c", script, env=where, cwd=laptop).stdout
    assert said.startswith(VERSION)
    assert str(laptop) in said


@pytest.mark.slow
def test_a_stick_for_another_system_holds_what_is_needed_there(tmp_path):
    """Pip alone would leave out what only Windows needs, such as colorama."""
    needs_uv()
    if run(sys.executable, "-m", "pip", "--version").returncode:
        pytest.skip("this Python has no pip")
    command = [sys.executable, "-m", "robustkit.setup.stick", tmp_path / "stick"]
    more = ["--no-lab", "--no-site", "--no-agents"]
    more += ["--python", "3.12", "--system", "windows"]
    installed(run(*command, *more, cwd=ROOT))
    names = os.listdir(tmp_path / "stick" / "wheels")
    assert any(name.startswith("colorama") for name in names)
    assert any(re.match("numpy.*cp312.*win_amd64", name) for name in names)
    assert not [name for name in names if "linux" in name or "macos" in name]
    setup = (tmp_path / "stick" / "setup.bat").read_bytes()
    assert setup.count(b"\r\n") == setup.count(b"\n")
    assert b'"%~dp0wheels" "robustness-2d"' in setup


def test_a_stick_names_only_what_is_there_and_has_nothing_for_teachers(
    tmp_path, monkeypatch
):
    """Packages are not fetched here, nor agents trained."""
    from robustkit.agents import store
    from robustkit.widgets import site

    monkeypatch.chdir(ROOT)
    monkeypatch.setenv(store.FOLDER, "")  # to be put back
    monkeypatch.setattr(stick, "fetch", lambda *_: None)

    def interrupted(folder):
        assert list((tmp_path / "agents").iterdir())
        assert not (tmp_path / "READ ME FIRST.txt").exists()
        raise KeyboardInterrupt

    def train():
        Path(os.environ[store.FOLDER], "one.npz").write_bytes(b"")

    monkeypatch.setattr(stick.warm, "main", train)
    monkeypatch.setattr(site, "export_site", interrupted)
    with pytest.raises(KeyboardInterrupt):
        stick.main([str(tmp_path)])
    assert not (tmp_path / "READ ME FIRST.txt").exists()

    assert stick.main([str(tmp_path), "--no-site", "--no-agents"]) == 0
    assert "site/" not in (tmp_path / "READ ME FIRST.txt").read_text("utf-8")
    assert '"$stick"/agents/*.npz' in (tmp_path / "setup.sh").read_text("utf-8")
    assert {p.name for p in tmp_path.iterdir() if p.is_dir()} == {
        "agents", "exercises", "notebooks",
    }  # fmt: skip
    assert not (tmp_path / "notebooks" / "teaching-notes.md").exists()

    def made(folder):
        folder.mkdir()
        (folder / "index.html").write_text("")

    monkeypatch.setattr(site, "export_site", made)
    assert stick.main([str(tmp_path), "--no-agents"]) == 0
    assert "site/index.html" in (tmp_path / "READ ME FIRST.txt").read_text("utf-8")


def test_a_stick_is_not_laid_over_something_else(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(ROOT)
    (tmp_path / "holiday.jpg").write_bytes(b"")
    assert stick.main([str(tmp_path)]) == 1
    assert "holds other things (holiday.jpg)" in capsys.readouterr().err
    assert stick.main([str(tmp_path / "holiday.jpg")]) == 1
    assert stick.main([""]) == 1
    assert os.listdir(tmp_path) == ["holiday.jpg"]


# Other systems

ONLY_POSIX = {
    "grp", "pwd", "resource", "termios", "tty",  # modules
    "fork", "forkpty", "getgid", "getuid", "mkfifo", "nice", "setsid",
    "uname", "SIGHUP", "SIGKILL", "SIGQUIT", "SIGUSR1", "alarm",
}  # fmt: skip
# Used behind a hasattr, and only so.
GUARDED = {"sched_getaffinity", "geteuid", "killpg"}
MISSED = {"fcntl"}  # imported where its absence is caught, and only so
PACKED = {"RECORD", "top_level.txt"}  # files that a distribution reads, as UTF-8


@pytest.mark.parametrize(
    "path", sorted((ROOT / "robustkit").rglob("*.py")), ids=lambda p: p.stem
)
def test_the_package_calls_nothing_that_only_posix_has(path):
    text = path.read_text("utf-8")
    tree = ast.parse(text)
    caught = {
        line
        for node in ast.walk(tree)
        if isinstance(node, ast.Try)
        and "ImportError" in {getattr(h.type, "id", "") for h in node.handlers}
        for line in node.body
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            missed = set() if node in caught else MISSED
            assert not {name.name for name in node.names} & (ONLY_POSIX | missed)
        if isinstance(node, ast.Attribute):
            assert node.attr not in ONLY_POSIX, f"line {node.lineno}: {node.attr}"
            if node.attr in GUARDED:
                assert f'"{node.attr}"' in text
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            assert not node.value.startswith(("/tmp", "/dev/", "/home"))
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in (
            "read_text",
            "write_text",
        ):  # whose encoding is the system's own unless it is said
            words = [*node.args, *(k.value for k in node.keywords)]
            said = {getattr(word, "value", "") for word in words}
            assert said & {"utf-8", *PACKED}, node.lineno


# The same everywhere, and nothing from elsewhere

SAME = """
import hashlib, json, threading
import robustkit as rk
world = rk.make("cheese", size=7, layouts=8)
quick = {"network": {"updates": 20}, "searcher": {"generations": 2}, "memoriser": {}}
content = hashlib.sha256()
def work():
    for recipe, options in quick.items():
        agent = rk.train(recipe, world, seed=5, diversity=0.1, **options)
        for name, array in sorted(agent.arrays.items()):
            content.update(name.encode() + array.tobytes())
        card = rk.card(agent, n=16)
        content.update((json.dumps(card.data, sort_keys=True) + card.picture).encode())
if THREAD:
    worker = threading.Thread(target=work)
    worker.start()
    worker.join()
else:
    work()
print(content.hexdigest())
"""


@pytest.mark.slow
def test_processes_threads_and_their_number_change_no_byte():
    found = set()
    for threads, hashes, aside in (("1", "0", False), ("2", "7", False), ("2", "1", 1)):
        named = {f"{n}_NUM_THREADS": threads for n in ("OMP", "OPENBLAS", "MKL")}
        there = {**os.environ, **named, "PYTHONHASHSEED": hashes}
        script = SAME.replace("THREAD", str(bool(aside)))
        done = run(sys.executable, "-c", script, env=there)
        assert done.returncode == 0, done.stderr[-2000:]
        found.add(done.stdout)
    assert len(found) == 1


ALONE = """
import sys

def listen(event, given):
    if event in ("socket.getaddrinfo", "socket.gethostbyname", "urllib.Request"):
        raise RuntimeError(f"it asks the network: {event} {given}")
    if event in ("socket.connect", "socket.sendto"):
        address = given[1]
        if isinstance(address, tuple) and address[0] not in ("127.0.0.1", "::1"):
            raise RuntimeError(f"it asks the network: {event} {address}")

sys.addaudithook(listen)
import numpy as np
import robustkit as rk
world = rk.make("cheese", size=7, layouts=8)
agent = rk.train("searcher", world, generations=1)
rk.train("searcher", world, seeds=range(2), generations=1)
levels = world.sample(16, goal="anywhere")
for grounding in ("polar", "attribution", "meg"):
    print(rk.measure(agent, levels, grounding=grounding).explain())
rk.plane(rk.path(agent, world, goal=np.linspace(0, 1, 3))).save("plane.png")
rk.draw(levels[:2], agent).save("draw.png")
rk.explore(world, [agent], n=16).save("explore.html")
rk.watch(agent, levels[0]).save("watch.html")
rk.card(agent, n=16).save("card.html")
rk.save(agent, "agent.npz")
rk.load("agent.npz")
rk.gallery()
import gymnasium
gymnasium.make("robustkit/Cheese-v0").reset(seed=0)
rk.check("normalised", lambda got, random, best: 0.5)
rk.doctor()
options = {"cheese": {"size": 7}, "searcher": {"generations": 1}}
print(rk.study("cheese", "searcher", 2, n=8, options=options, jobs=2))
"""


@pytest.mark.slow
def test_nothing_asks_the_network(tmp_path):
    done = run(sys.executable, "-c", ALONE, cwd=tmp_path)
    assert done.returncode == 0, done.stderr[-3000:]
    assert "it asks the network" not in done.stdout + done.stderr
    for page in ("explore.html", "watch.html", "card.html"):
        text = (tmp_path / page).read_text("utf-8")
        loaded = re.findall(r"(?:src|href)=[\"'](https?://[^\"']+)", text)
        loaded += re.findall(r"url\((https?://[^)]+)\)", text)
        assert not [each for each in loaded if "robustkit" not in each], page


# Papers


def test_one_version_everywhere():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    assert citation["version"] == VERSION == rk.__version__
    assert citation["repository-code"] == PROJECT["urls"]["Repository"]
    assert {"cff-version", "message", "title", "authors", "license"} <= set(citation)
    assert PROJECT["license"].split(" AND ")[0] == citation["license"]
    changes = (ROOT / "CHANGELOG.md").read_text("utf-8")
    newest = re.search(r"^## (\d+\.\d+\.\d+)", changes, re.MULTILINE)
    assert newest
    assert newest[1] == VERSION


def test_the_readme_takes_two_screens():
    lines = (ROOT / "README.md").read_text("utf-8").splitlines()
    assert len(lines) <= 80


def test_the_plan_of_the_house_names_every_room():
    house = (ROOT / ".github" / "CONTRIBUTING.md").read_text("utf-8")
    rooms = [
        p.name for p in (ROOT / "robustkit").iterdir() if (p / "__init__.py").exists()
    ]
    assert rooms
    for room in rooms:
        assert f"  {room}/" in house, room


MODULES = [
    name
    for _, name, _ in pkgutil.walk_packages(rk.__path__, "robustkit.")
    if not name.endswith("__main__")
]


@pytest.mark.together  # what a check prints before it judges in place is no example
def test_examples_in_docstrings_give_what_they_say(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    tried = 0
    for name in ("robustkit", *MODULES):
        result = doctest.testmod(
            importlib.import_module(name), optionflags=doctest.NORMALIZE_WHITESPACE
        )
        assert not result.failed, name
        tried += result.attempted
    assert tried >= 20


def test_launch_links_name_a_tag_and_a_notebook_that_is_there():
    for path in [ROOT / "README.md", *(ROOT / "notebooks").glob("*.ipynb")]:
        text = path.read_text("utf-8")
        if path.suffix == ".ipynb":
            cells = json.loads(text)["cells"]
            text = "\n".join("".join(cell["source"]) for cell in cells)
        for tag, target in re.findall(
            r"robustkit/(v[^?]+)\?urlpath=lab/tree/(\S+?)\)", text
        ):
            assert tag == f"v{VERSION}"
            assert (ROOT / target).is_file()

"""The site without a server: its lock, its files, what it refuses, its first page."""

from __future__ import annotations

import asyncio
import importlib.util
import json
import re
import shutil
import signal
import subprocess
import sys
import zipfile
from contextlib import ExitStack
from importlib.metadata import version
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.request import urlopen

import pytest
from served import serving

import robustkit as rk
from robustkit import __main__ as command
from robustkit import arithmetic
from robustkit.agents import store
from robustkit.setup import lite
from robustkit.setup.lite import lock, page, serve, site, wheels

ROOT = Path(__file__).parents[2]
COMPILED = "-cp314-cp314-pyemscripten_2026_0_wasm32.whl"
PURE = "-py3-none-any.whl"
# Packages of a small Pyodide: version, ending of the file, what each asks for.
PYODIDE: dict[str, tuple[str, str, list[str]]] = {
    "numpy": ("2.4.6", COMPILED, []),
    "matplotlib": ("3.10.8", COMPILED, ["numpy", "pillow"]),
    "pillow": ("12.2.0", COMPILED, []),
    "pandas": ("3.0", COMPILED, ["numpy"]),
    "pygame-ce": ("2.5.7", COMPILED, []),
    "tqdm": ("4.67.3", PURE, []),
    "packaging": ("1.0", PURE, []),
    "typing-extensions": ("4.15.0", PURE, []),
    "cloudpickle": ("3.1.2", PURE, []),
    "threadpoolctl": ("3.6.0", PURE, []),
    "traitlets": ("5.14.3", PURE, []),
    "ipython": ("9.12.0", PURE, ["traitlets"]),
    "jedi": ("0.19.2", PURE, []),
    "micropip": ("0.11.1", PURE, ["packaging"]),
}


def wheel(folder: Path, name: str, ending: str, needs: list[str] = (), **files: str):
    """Write a wheel with these modules and return it."""
    path = folder / f"{name.replace('-', '_')}-{ending}"
    about = path.name.rsplit("-", 3)[0]
    lines = [f"Name: {name}", *(f"Requires-Dist: {need}" for need in needs)]
    with zipfile.ZipFile(path, "w") as packed:
        for module, text in files.items():
            packed.writestr(f"{module}.py", text)
        packed.writestr(f"{about}.dist-info/METADATA", "\n".join(lines) + "\n\nabout")
    return path


@pytest.fixture
def pyodide(tmp_path):
    """Return the folder of a Pyodide with all its files, small and of no use."""
    folder, packages = tmp_path / "pyodide", {}
    folder.mkdir()
    for name, (number, ending, needs) in PYODIDE.items():
        path = wheel(folder, name, f"{number}{ending}", needs, **{name[:3]: ""})
        packages[name] = lock.entry_of(path) | {"depends": needs, "name": name}
    info = {"python": "3.14.2", "platform": "emscripten_5_0_3", "arch": "wasm32"}
    (folder / lock.NAME).write_text(json.dumps({"info": info, "packages": packages}))
    (folder / "pyodide.mjs").write_text('import "./pyodide.asm.mjs"')
    for name in ("pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip"):
        (folder / name).write_text(name)
    return folder


def read(folder: Path) -> dict[str, Any]:
    return json.loads((folder / lock.NAME).read_text())


def chosen(folder: Path, there: set[str] | None = None) -> lock.Packages:
    official = read(folder)
    return lock.choose(
        official, wheels.names(str(folder), official) if there is None else there
    )


@pytest.fixture
def served():
    """Return what serves a folder and gives its address."""
    with ExitStack() as running:
        yield lambda folder: running.enter_context(serving(folder))


# The lock


def test_what_is_compiled_comes_from_pyodide_with_what_it_needs(pyodide):
    assert {"numpy", "matplotlib", "pillow"} <= chosen(pyodide).official


def test_what_the_course_does_not_need_is_left_out(pyodide):
    found = chosen(pyodide)
    kept = found.official | set(found.pure)
    assert not kept & {"pandas", "pygame-ce", *lock.LEFT}


def test_pure_packages_that_are_too_old_are_those_installed_here(pyodide):
    found = chosen(pyodide)
    assert found.pure["packaging"] == version("packaging")
    assert "packaging" not in found.official
    assert "tqdm" in found.official
    assert "tqdm" not in found.pure


def test_pure_packages_that_pyodide_has_not_are_those_installed_here(pyodide):
    found = chosen(pyodide)
    for name in ("gymnasium", "minigrid", "anywidget", "ipywidgets", "psygnal", "comm"):
        assert found.pure[name] == version(name), name


def test_pure_packages_whose_file_is_missing_are_those_installed_here(pyodide):
    there = wheels.names(str(pyodide), read(pyodide)) - {f"tqdm-4.67.3{PURE}"}
    assert chosen(pyodide, there).pure["tqdm"] == version("tqdm")


def test_compiled_packages_below_our_floors_are_said(pyodide):
    assert chosen(pyodide).old == []
    text = (pyodide / lock.NAME).read_text().replace('"2.4.6"', '"1.26.0"')
    (pyodide / lock.NAME).write_text(text)
    (said,) = chosen(pyodide).old
    assert said.startswith("numpy 1.26.0 is older than numpy>=")


def test_a_package_that_nobody_has_is_named(pyodide, monkeypatch):
    monkeypatch.setattr(lock, "KERNEL", ("no-such-package",))
    with pytest.raises(ModuleNotFoundError, match="needs the package no-such-package"):
        chosen(pyodide)


def test_an_entry_says_what_its_wheel_is(tmp_path):
    needs = ["numpy>=2", 'colorama; sys_platform == "win32"', 'torch; extra == "rl"']
    path = wheel(tmp_path, "Own-Kit", f"1.2{PURE}", needs, kit="", other="")
    found = lock.entry_of(path)
    assert found["name"] == "own-kit"
    assert found["version"] == "1.2"
    assert found["imports"] == ["kit", "other"]
    assert found["depends"] == ["numpy"]
    assert found["sha256"] == lock.digest(path.read_bytes())


def test_what_no_browser_has_is_replaced(tmp_path):
    asks = ["pygame-ce>=2.4", "gymnasium", "widgetsnbextension"]
    path = wheel(tmp_path, "minigrid", f"3.2.0{PURE}", asks, minigrid="")
    assert lock.entry_of(path)["depends"] == ["gymnasium", lock.BROWSER]
    path = wheel(tmp_path, "gymnasium", f"1.4.0{PURE}", ["numpy"], gymnasium="")
    assert lock.entry_of(path)["depends"] == ["numpy", lock.BROWSER]


def test_a_lock_in_which_something_is_missing_is_not_made(tmp_path, pyodide):
    path = wheel(tmp_path, "own", f"1{PURE}", ["never-heard-of"], own="")
    with pytest.raises(ValueError, match=r"lacks never-heard-of, for own"):
        lock.make(read(pyodide), ["numpy"], [path])


def test_the_lock_names_only_what_is_on_the_site(tmp_path, pyodide):
    path = wheel(tmp_path, "own", f"1{PURE}", ["numpy"], own="")
    made = lock.make(read(pyodide), ["numpy"], [path])
    assert list(made["packages"]) == ["numpy", "own"]
    assert made["info"] == read(pyodide)["info"]


# What is fetched


def test_files_come_from_a_folder_or_an_address(pyodide, served, tmp_path):
    for source in (str(pyodide), served(pyodide), served(pyodide) + "/"):
        assert wheels.runtime(source)[1] == "pyodide.asm.mjs"
        entry = read(pyodide)["packages"]["numpy"]
        wheels.fetch(source, entry, tmp_path)
        assert (
            lock.digest((tmp_path / entry["file_name"]).read_bytes()) == entry["sha256"]
        )


def test_a_package_that_is_not_the_one_of_the_lock_is_refused(pyodide, tmp_path):
    entry = read(pyodide)["packages"]["numpy"]
    (pyodide / entry["file_name"]).write_bytes(b"something else")
    with pytest.raises(
        OSError, match=r"numpy-2\.4\.6.* is not the file .* digests differ"
    ):
        wheels.fetch(str(pyodide), entry, tmp_path)
    assert not (tmp_path / entry["file_name"]).exists()


def test_what_is_not_there_is_named_with_its_place(pyodide, served, tmp_path):
    for source in (str(tmp_path), served(tmp_path), "http://127.0.0.1:1"):
        with pytest.raises(OSError, match=rf"Pyodide at {source} has no {lock.NAME}"):
            wheels.read(source, lock.NAME)


@pytest.mark.together  # pip is a process
def test_pip_that_fails_is_said(monkeypatch, tmp_path):
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.delenv("PIP_FIND_LINKS", raising=False)
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    with pytest.raises(RuntimeError, match=r"pip download failed: .*package index"):
        wheels.from_index({"no-such-package": "1"}, "3.14", tmp_path)


# What only the browser needs


def test_gymnasium_and_minigrid_can_be_imported_without_processes_and_windows(tmp_path):
    wheels.browser([], b"", "0.1", tmp_path)
    made = tmp_path / f"robustkit_browser-0.1{PURE}"
    code = f"""
import sys
sys.path.insert(0, {str(made)!r})
import _multiprocessing, pygame, gymnasium, minigrid
assert {made.name!r} in _multiprocessing.__file__, _multiprocessing.__file__
import robustkit
grid = gymnasium.make("robustkit/Cheese-v0", render_mode="rgb_array")
grid.reset(seed=0)
print(grid.render().shape)
for look in (lambda: pygame.display, lambda: pygame.freetype.init):
    try:
        look()
    except AttributeError as problem:
        print(problem)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "3)" in done.stdout
    for name in ("pygame.display", "pygame.freetype.init"):
        assert f"{name}: a page in the browser opens no windows" in done.stdout


@pytest.fixture
def installer(tmp_path, monkeypatch):
    """Let what stands for piplite be imported."""
    wheels.browser([], b"", "0.1", tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path / f"piplite-0.1{PURE}"))
    yield
    for name in [name for name in sys.modules if name.startswith("piplite")]:
        del sys.modules[name]


@pytest.mark.usefixtures("installer")
def test_who_would_install_something_is_told_that_nothing_can_be():
    import piplite.cli

    code = asyncio.run(piplite.cli.get_transformed_code(["install", "robustkit"]))
    assert code == 'await __import__("piplite").install()\n'
    with pytest.raises(RuntimeError, match=r"^Nothing can be installed here: this"):
        asyncio.run(piplite.install("robustkit"))


@pytest.mark.usefixtures("installer")
def test_what_lessons_need_is_imported_once_the_kernel_is_there(monkeypatch):
    imported = []
    monkeypatch.setattr(importlib, "import_module", imported.append)

    async def start():
        import piplite.piplite

        await asyncio.sleep(0.3)
        assert not imported
        monkeypatch.setitem(sys.modules, "pyodide_kernel", ModuleType("pyodide_kernel"))
        await piplite.piplite.ahead

    asyncio.run(start())
    assert imported == [*wheels.NEEDED]


@pytest.mark.usefixtures("installer")
def test_what_cannot_be_imported_ahead_is_left_to_the_lessons(monkeypatch):
    def refuse(name):
        raise ImportError(name)

    monkeypatch.setattr(importlib, "import_module", refuse)

    async def start():
        from piplite.piplite import import_ahead

        await import_ahead(after="sys")

    asyncio.run(start())


def test_what_is_imported_ahead_is_there():
    assert all(importlib.util.find_spec(name) for name in wheels.NEEDED)


@pytest.mark.together
def test_a_compiler_that_fails_is_said(monkeypatch):
    words = "raise SystemExit('fast.c:1: no')"
    monkeypatch.setattr(wheels, "COMPILER", (sys.executable, "-c", words))
    with pytest.raises(RuntimeError, match=r"could not be compiled .*\nfast.c:1: no"):
        wheels.compiled()


def test_the_same_agents_make_the_same_wheel(tmp_path):
    agent = tmp_path / "one.npz"
    agent.write_bytes(b"weights")
    made = []
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        wheels.browser([agent], b"\0asm", "0.1", tmp_path / name)
        made.append({p.name: p.read_bytes() for p in (tmp_path / name).iterdir()})
    assert made[0] == made[1]
    entry = lock.entry_of(tmp_path / "a" / f"robustkit_browser-0.1{PURE}")
    assert entry["imports"] == [
        "_multiprocessing", "pygame", wheels.AGENTS, arithmetic.PACKAGE,
    ]  # fmt: skip


def test_only_agents_that_this_code_recalls_are_taken(tmp_path, monkeypatch):
    monkeypatch.setenv(store.FOLDER, str(tmp_path))
    world = rk.make("cheese", size=7)
    agent = rk.train("searcher", world, generations=1)
    (kept,) = tmp_path.glob("*.npz")
    store.save(agent, tmp_path / "0123456789abcdef0123456789abcdef.npz")  # other code
    (tmp_path / "damaged.npz").write_bytes(b"")
    assert wheels.current(tmp_path) == [kept]


# The course


def test_notebooks_open_with_the_kernel_that_the_page_has():
    book = (ROOT / "notebooks" / "00-start-here.ipynb").read_text("utf-8")
    made, before = json.loads(site.for_browser(book)), json.loads(book)
    assert made["metadata"].pop("kernelspec")["name"] == "python"
    before["metadata"].pop("kernelspec")
    title, original = ("".join(b["cells"].pop(0)["source"]) for b in (made, before))
    assert made == before
    launch = original.partition("\n\n[Open in your browser]")
    assert title == launch[0]
    assert "\n" not in launch[2]  # one line, and the last


def test_the_course_is_copied_whole(tmp_path):
    site.course(ROOT, tmp_path)
    for part in site.COURSE:
        names = {path.name for path in (ROOT / part).glob("*.ipynb")}
        assert {path.name for path in (tmp_path / part).glob("*.ipynb")} == names
    assert (tmp_path / "notebooks" / "images").is_dir()


def test_the_page_is_told_where_everything_is(pyodide):
    made = site.settings(
        lock.make(read(pyodide), ["numpy", "ipython", "traitlets"], [])
    )
    told = made["jupyter-config-data"]["litePluginSettings"][f"{site.PLUGIN}:kernel"]
    assert told["disablePyPIFallback"] is True
    assert told["pyodideUrl"].startswith("./")
    load = told["loadPyodideOptions"]
    assert load["packages"] == ["ipython", "numpy", "traitlets"]
    agents = f"/lib/python3.14/site-packages/{wheels.AGENTS}"
    assert load["env"] == {store.FOLDER: agents}


def test_what_was_open_is_forgotten_and_the_rest_kept_if_it_can_be(pyodide):
    made = site.settings(lock.make(read(pyodide), ["numpy"], []))
    told = made["jupyter-config-data"]
    assert told["enableMemoryStorage"] is True
    assert told["workspacesStorageDrivers"] == [site.MEMORY]
    for kind in ("contents", "settings"):
        *kept, last = told[f"{kind}StorageDrivers"]
        assert kept
        assert last == site.MEMORY


# The whole


def lab(place: Path) -> Path:
    """Play JupyterLab's page in a folder, which is returned."""
    (place / "lab").mkdir()
    (place / "lab" / "index.html").write_text("<body>JupyterLab</body>")
    return place


@pytest.fixture
def build(pyodide, tmp_path, monkeypatch):
    """Return what builds a site of which only JupyterLab and the index are played."""
    extension = tmp_path / "extensions" / site.PLUGIN
    (extension / "static" / "pypi").mkdir(parents=True)
    for name in ("pyodide-kernel", "piplite", "widgetsnbextension"):
        wheel(extension / "static" / "pypi", name, f"0.8{PURE}", [], **{name: ""})
    monkeypatch.setattr(site, "extensions", lambda: {site.PLUGIN: extension})

    def from_index(pins, python, folder):
        for name, number in pins.items():
            wheel(folder, name, f"{number}{PURE}", [], **{name.replace("-", "_"): ""})

    def play(work, given, found):
        shutil.copytree(work / "course", work / "site" / "files")
        lab(work / "site")
        (work / "site" / "jupyter-lite.json").write_text(json.dumps(given))
        return work / "site"

    def ours(root, folder):
        needs = ["numpy", "gymnasium"]
        wheel(folder, "robustness-2d", f"0.1{PURE}", needs, robustkit="")

    monkeypatch.setattr(wheels, "from_index", from_index)
    monkeypatch.setattr(wheels, "ours", ours)
    monkeypatch.setattr(wheels, "compiled", lambda: b"\0asm")
    monkeypatch.setattr(site, "build", play)
    (tmp_path / "agents").mkdir()
    monkeypatch.setenv(store.FOLDER, str(tmp_path / "agents"))

    def start(folder: Path, *options: str) -> int:
        given = ["--pyodide", str(pyodide), "--agents", str(tmp_path / "agents")]
        return command.main(["lite", str(folder), *given, *options])

    return start


def test_a_site_holds_the_course_python_and_how_to_serve_it(build, tmp_path, capsys):
    assert build(tmp_path / "new" / "site") == 0
    made = tmp_path / "new" / "site"
    assert (made / "files" / "notebooks" / "00-start-here.ipynb").is_file()
    locked = read(made / "static" / "pyodide")["packages"]
    assert {"numpy", "robustness-2d", lock.BROWSER, "pyodide-kernel"} <= set(locked)
    assert locked["piplite"]["version"] == rk.__version__
    for entry in locked.values():
        content = (made / "static" / "pyodide" / entry["file_name"]).read_bytes()
        assert lock.digest(content) == entry["sha256"]
    assert not serve.damaged(made)
    assert "lite.py" not in capsys.readouterr().err


def test_a_site_is_built_anew_in_its_place(build, tmp_path):
    assert build(tmp_path / "site") == 0
    (tmp_path / "site" / "old.txt").write_text("of an older one")
    assert build(tmp_path / "site") == 0
    assert not (tmp_path / "site" / "old.txt").exists()
    assert not serve.damaged(tmp_path / "site")


def test_a_build_that_fails_leaves_the_site_as_it_was(build, tmp_path, monkeypatch):
    assert build(tmp_path / "site") == 0
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "site").rglob("*")}

    def fail(*given):
        raise RuntimeError("JupyterLite could not build the page.")

    monkeypatch.setattr(site, "build", fail)
    assert build(tmp_path / "site") == 2
    assert before == {
        path: path.stat().st_mtime_ns for path in (tmp_path / "site").rglob("*")
    }


def test_a_folder_with_other_things_is_left_alone(build, tmp_path, capsys):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.tex").write_text("years of work")
    assert build(tmp_path / "mine") == 2
    said = capsys.readouterr().err
    assert "mine' holds other things (thesis.tex); allowed: an empty folder" in said
    assert (tmp_path / "mine" / "thesis.tex").read_text() == "years of work"
    assert build(tmp_path / "mine" / "thesis.tex") == 2
    assert "Not a directory; allowed: an empty folder" in capsys.readouterr().err


def test_what_is_missing_is_said_before_any_work(build, tmp_path, capsys, monkeypatch):
    none = str(tmp_path / "none")
    assert build(tmp_path / "site", "--agents", none) == 2
    assert f"agents='{none}' is not possible" in capsys.readouterr().err
    assert build(tmp_path / "site", "--pyodide", none) == 2
    assert f"The Pyodide at {none} has no {lock.NAME}" in capsys.readouterr().err
    assert command.main(["lite", none, "--serve"]) == 2
    assert "holds no site; build it first: robustkit lite" in capsys.readouterr().err
    monkeypatch.setattr(lite, "find_repository", lambda: None)
    assert build(tmp_path / "site") == 2
    assert "made from the repository" in capsys.readouterr().err
    assert not (tmp_path / "site").exists()


def test_jupyterlite_that_is_not_installed_is_said_with_what_to_do(
    monkeypatch, tmp_path
):
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    with pytest.raises(ModuleNotFoundError, match=r'pip install -e "\.\[lite\]"'):
        site.extensions()


# Serving it


def test_files_are_served_as_what_they_are(tmp_path, served, monkeypatch):
    kinds = {
        "a.wasm": "application/wasm",
        "a.mjs": "text/javascript",
        "a.js": "text/javascript",
        "a.css": "text/css",
        "a.json": "application/json",
    }
    for name in kinds:
        (tmp_path / name).write_text("")
    address = served(tmp_path)
    for name, kind in kinds.items():
        with urlopen(f"{address}/{name}") as answer:
            assert answer.headers["Content-Type"] == kind


def test_a_damaged_copy_names_its_files_and_is_not_served(tmp_path, capsys):
    for name in ("a.txt", "b.txt", "c.txt"):
        (tmp_path / name).write_text(name)
    serve.sign(tmp_path, "0.1")
    (tmp_path / "b.txt").write_text("altered")
    assert serve.serve(tmp_path) == 1
    assert "This copy is damaged: b.txt is not as built" in capsys.readouterr().out
    (tmp_path / "c.txt").unlink()
    assert serve.serve(tmp_path) == 1
    assert "b.txt, c.txt are not as built" in capsys.readouterr().out


def test_a_port_that_is_taken_is_said(tmp_path, served, capsys):
    port = int(served(tmp_path).rpartition(":")[2])
    serve.sign(tmp_path, "0.1")
    assert serve.serve(tmp_path, port=port) == 1
    assert f"serve.py 127.0.0.1 {port + 1}" in capsys.readouterr().out


def test_serving_needs_python_alone(tmp_path):
    (tmp_path / "page.html").write_text("here")
    shutil.copy(serve.__file__, tmp_path / "serve.py")
    serve.sign(tmp_path, "0.1")
    alone = [sys.executable, "-I", "-S", tmp_path / "serve.py", "127.0.0.1", "0"]
    with subprocess.Popen(alone, stdout=subprocess.PIPE, text=True, cwd="/") as running:
        try:
            assert running.stdout is not None
            address = running.stdout.readline().split()[4]
            with urlopen(f"{address}page.html") as answer:
                assert answer.read() == b"here"
            running.send_signal(signal.SIGINT)
            assert running.wait(10) == 0
        finally:
            running.kill()


# The first page


def test_the_first_page_leads_to_every_notebook(tmp_path):
    page.write(ROOT, lab(tmp_path))
    made = (tmp_path / "index.html").read_text("utf-8")
    links = set(re.findall(r'href="lab/index\.html\?path=([^"]+)"', made))
    parts = [path for part in site.COURSE for path in (ROOT / part).glob("*.ipynb")]
    assert links == {path.relative_to(ROOT).as_posix() for path in parts}
    assert "00 Start here" in made
    assert "Since the note" in made
    assert "10 minutes" in made


def test_jupyterlab_finds_its_settings_in_the_first_page(tmp_path):
    page.write(ROOT, lab(tmp_path))
    made = (tmp_path / "index.html").read_text("utf-8")
    (found,) = re.findall(
        r'<script id="jupyter-config-data"[^>]*>(.*?)</script>', made, re.S
    )
    assert json.loads(found) == {}


def test_the_first_page_may_lie_anywhere_and_asks_nobody(tmp_path):
    page.write(ROOT, lab(tmp_path))
    made = (tmp_path / "index.html").read_text("utf-8")
    assert not re.findall(
        r"""(?:href|src)=["'](?:/|\w+:)(?!,)""", made.replace("data:,", "")
    )
    assert "https://" not in made

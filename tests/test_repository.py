"""The repository keeps its own rules: one place for every fact, and nothing stray."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tomllib
from functools import cache
from pathlib import Path

import pytest
import yaml
from claims import UNITS
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.version import Version

import robustkit as rk
from robustkit import metrics

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
REPOSITORY = PROJECT["urls"]["Repository"]
TOP_LEVEL = {
    ".ci", ".github", ".gitignore", "CHANGELOG.md", "CITATION.cff", "LICENSE",
    "Makefile", "README.md", "environment.yml", "exercises", "notebooks", "paper.md",
    "postBuild", "pyproject.toml", "robustkit", "solutions", "tests",
    ".zenodo.json",  # Zenodo looks for it here and nowhere else
}  # fmt: skip
# matplotlib-base is without a Qt that nobody needs here.
ON_CONDA = {"matplotlib-base": "matplotlib", "jupyter_server": "jupyter-server"}
NOTEBOOKS = sorted(
    path
    for folder in ("notebooks", "exercises", "solutions")
    for path in (ROOT / folder).glob("*.ipynb")
)
TEXTS = [ROOT / "README.md", *sorted((ROOT / "notebooks").glob("*.md")), *NOTEBOOKS]


def run(*command, **options):
    return subprocess.run(
        list(map(str, command)), cwd=ROOT, capture_output=True, text=True, **options
    )


@cache
def files():
    """Return every file that is in git or would be."""
    asked = ("git", "ls-files", "--cached", "--others", "--exclude-standard", "-z")
    listed = run(*asked) if shutil.which("git") else None
    if listed is None or listed.returncode:
        pytest.skip(
            "no git, or not a git work tree: which files are the project's is not known"
        )
    return [
        path for name in listed.stdout.split("\0") if name for path in [ROOT / name]
    ]


def read(path):
    return path.read_text(encoding="utf-8")


def notebook(path):
    return json.loads(read(path))


def prose(path):
    """Return a text as its readers get it: a notebook's cells one after the other."""
    if path.suffix != ".ipynb":
        return read(path)
    return "\n\n".join("".join(cell["source"]) for cell in notebook(path)["cells"])


def name_of(path):
    return str(path.relative_to(ROOT))


each_text = pytest.mark.parametrize("path", TEXTS, ids=name_of)


# Tools


@pytest.mark.parametrize(
    "command",
    [("ruff", "check", "."), ("ruff", "format", "--check", "."), ("mypy",)],
    ids=" ".join,
)
def test_code_and_notebooks_are_in_order(command):
    ran = run(sys.executable, "-m", *command)
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_nothing_is_misspelt():
    packed = {".png", ".npz", ".gz"}
    texts = [path for path in files() if path.suffix not in packed and path.is_file()]
    ran = run(sys.executable, "-m", "codespell_lib", *texts)
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_importing_robustkit_is_light():
    heavy = ["matplotlib", "minigrid", "ipywidgets", "anywidget", "pygame", "IPython"]
    script = f"import sys, robustkit; print([m for m in {heavy} if m in sys.modules])"
    ran = run(sys.executable, "-c", script)
    assert ran.stdout.strip() == "[]", ran.stderr


def test_everything_below_the_widgets_knows_no_widget():
    rooms = "robustkit.worlds, robustkit.agents, robustkit.analysis.measure"
    heavy = ["matplotlib", "ipywidgets", "anywidget"]
    script = f"import sys, {rooms}; print([m for m in {heavy} if m in sys.modules])"
    ran = run(sys.executable, "-c", script)
    assert ran.stdout.strip() == "[]", ran.stderr


# What is in the repository


def test_the_top_level_holds_what_was_agreed():
    top = {path.relative_to(ROOT).parts[0] for path in files()}
    assert top <= TOP_LEVEL


def test_no_file_names_a_machine_or_a_registry():
    machines = "/" + "work/", "/" + "root/"
    registries = "py" + "pi.org", "python" + "hosted.org", "npm" + "js.org"
    for path in files():
        if path.suffix not in {".png", ".npz", ".gz"} and path.is_file():
            text = read(path)
            named = [word for word in (*machines, *registries) if word in text]
            assert not named, f"{name_of(path)} names {named}"


def test_no_file_is_large():
    large = {name_of(path) for path in files() if path.stat().st_size > 500_000}
    assert not large


# One place for every fact: what it is called

# `robustkit` on the package index is another library: nobody is to be sent to it.
OTHERS = re.compile(
    r"""(?<!un)\binstall\s+(?:-\S+\s+(?:[\w:/.-]+\s+)?)*  # pip install -U, conda -c x
        [\\"']*robustkit(?![/\w-]|\.\w)
    | (?<!/)\brobustkit\[[a-z]            # its extras
    | (?<!/)\brobustkit\s*(?:[=<>~!]=|@)  # robustkit>=0.1, robustkit @ git+https""",
    re.VERBOSE,
)


def test_no_text_sends_anybody_to_somebody_elses_package():
    for path in files():
        packed = path.suffix in {".png", ".npz", ".gz"} or not path.is_file()
        if not packed and path.relative_to(ROOT).parts[0] != "tests":
            for line in read(path).splitlines():
                assert not OTHERS.search(line), f"{name_of(path)}: {line}"


@pytest.mark.parametrize(
    ("line", "theirs"),
    [
        ("pip install robustkit", True),
        ("python -m pip install -U robustkit.", True),
        ('pip install \\"robustkit\\"', True),
        ("conda install -c conda-forge robustkit", True),
        ("a study needs joblib: pip install 'robustkit[study]'", True),
        ("robustkit[lab] @ git+https://github.com/robustkit/robustkit", True),
        ("dependencies = ['robustkit>=0.1']", True),
        ("pip install 'robustness-2d[study]'", False),
        ('pip install -e ".[lab]", `robustkit lab`', False),
        ("Installing robustkit and JupyterLab; uv pip uninstall robustkit", False),
    ],
)
def test_somebody_elses_package_would_be_noticed(line, theirs):
    assert bool(OTHERS.search(line)) == theirs


# One place for every fact: environment.yml


def environment():
    """Return the packages that environment.yml asks for: conda's and pip's."""
    entries = yaml.safe_load(read(ROOT / "environment.yml"))["dependencies"]
    (pip,) = (entry["pip"] for entry in entries if isinstance(entry, dict))
    return [entry for entry in entries if isinstance(entry, str)], pip


def asked():
    """Return {PyPI's name: specifier} of environment.yml."""
    conda, pip = environment()
    wanted = [Requirement(e) for e in conda if not e.startswith("python=")]
    wanted += [Requirement(entry) for entry in pip if not entry.startswith("-")]
    return {ON_CONDA.get(r.name, r.name): r.specifier for r in wanted}


def environment_python():
    (python,) = (e for e in environment()[0] if e.startswith("python="))
    return python.removeprefix("python=")


def floor(specifier):
    (least,) = (s.version for s in specifier if s.operator == ">=")
    return Version(least)


def test_environment_agrees_with_the_project():
    wanted = asked()
    lines = PROJECT["dependencies"] + PROJECT["optional-dependencies"]["lab"]
    floors: dict[str, Version] = {}
    for requirement in map(Requirement, lines):  # what JupyterLab needs may be higher
        least = floor(requirement.specifier)
        floors[requirement.name] = max(least, floors.get(requirement.name, least))
    assert set(wanted) == {*floors, "pip"}
    for name, least in floors.items():
        assert floor(wanted[name]) == least, name
        assert wanted[name].contains(least), name


def test_environment_pins_a_python_that_will_do():
    assert re.fullmatch(r"3\.\d+", environment_python())
    needed = SpecifierSet(PROJECT["requires-python"])
    assert needed.contains(environment_python())


def test_environment_installs_robustkit_itself():
    assert "-e ." in environment()[1]
    name = yaml.safe_load(read(ROOT / "environment.yml"))["name"]
    assert f"`conda activate {name}`" in read(ROOT / "README.md")


@pytest.mark.slow
def test_environment_could_be_had_from_pypi(tmp_path):
    """Resolve its packages by their PyPI names for its Python.

    That proves that they fit together there; conda's own packages are not looked at.
    """
    if run(sys.executable, "-m", "uv", "--version").returncode:
        pytest.skip("uv is not installed; `make test` brings it")
    listed = tmp_path / "wanted.txt"
    wanted = [f"{name}{specifier}" for name, specifier in asked().items()]
    listed.write_text("\n".join(wanted))
    python = ("--python-version", environment_python())
    ran = run(sys.executable, "-m", "uv", "pip", "compile", "--quiet", *python, listed)
    if "client error (Connect)" in ran.stderr or "dns error" in ran.stderr:
        pytest.skip("no package index can be reached")
    assert ran.returncode == 0, ran.stderr


def test_dependencies_have_floors_and_no_ceilings():
    extras = PROJECT["optional-dependencies"].values()
    lines = [*PROJECT["dependencies"], *(line for extra in extras for line in extra)]
    for requirement in map(Requirement, lines):
        if requirement.name == PROJECT["name"]:  # an extra that holds another one
            continue
        pinned = requirement.name in {"ruff", "mypy"}  # or a new one fails old code
        bounds = [bound.operator for bound in requirement.specifier]
        assert bounds == ["==" if pinned else ">="], requirement


# One place for every fact: where the repository lives

HOSTS = {
    "arxiv.org",
    "colab.research.google.com",
    "creativecommons.org",
    "github.com",
    "incompleteideas.net",
    "mybinder.org",
    "nbgitpuller.readthedocs.io",
    "robustkit.github.io",
    "tljh.jupyter.org",
    "www.alignmentforum.org",
    "www.lesswrong.com",
}
OWNER, NAME = REPOSITORY.split("/")[-2:]
SITE = f"https://{OWNER}.github.io/{NAME}/"
OWN_LINK = re.compile(
    r"https://(?:github\.com|mybinder\.org/v2/gh|[\w-]+\.github\.io"
    r"|colab\.research\.google\.com/github)/[^\s)\"'\]>]*"
)


def own_links(text):
    """Return the links of a text that lead to the repository, its site or a launch."""
    return [
        link
        for link in OWN_LINK.findall(text)
        if "github.com" not in link or link.split("/")[4:5] == [NAME]
    ]


def launches(path):
    """Return the addresses that open a notebook: in the browser, on Binder, on Colab.

    Binder has the released version, by its tag; Colab a copy that installs the kit.
    """
    tag, colab = f"v{PROJECT['version']}", "https://colab.research.google.com/github"
    return [
        f"{SITE}lite/lab/index.html?path={path}",
        f"https://mybinder.org/v2/gh/{OWNER}/{NAME}/{tag}?urlpath=lab/tree/{path}",
        f"{colab}/{OWNER}/{NAME}/blob/colab/{path}",
    ]


def test_the_project_names_its_site_by_its_repository():
    urls = PROJECT["urls"]
    assert urls["Documentation"] == SITE
    assert all(url.startswith((REPOSITORY, SITE)) for url in urls.values())
    assert set(own_links(PROJECT["readme"]["text"])) == {
        launches("notebooks/00-start-here.ipynb")[0], REPOSITORY, SITE
    }  # fmt: skip


@each_text
def test_links_to_the_repository_are_made_from_the_one_place(path):
    for link in own_links(prose(path)):
        target = re.search(r"(?:\?path=|lab/tree/|blob/colab/)(.*)", link)
        if target:
            assert link in launches(target[1])
            assert (ROOT / target[1]).is_file()
        else:
            assert link == REPOSITORY or link.startswith((REPOSITORY + "/", SITE))


def test_the_readme_begins_with_a_lesson_that_needs_no_installation():
    text = read(ROOT / "README.md")
    first = re.findall(r"\]\(([^)\s]+)\)", text)[:4]
    assert first == [*launches("notebooks/00-start-here.ipynb"), SITE]
    assert text.index("nothing to install") < text.index(first[1])


@pytest.mark.parametrize(
    "path", [p for p in NOTEBOOKS if p.parent.name == "notebooks"], ids=name_of
)
def test_every_lesson_says_first_where_it_can_be_opened(path):
    links = re.findall(
        r"\]\(([^)\s]+)\)", "".join(notebook(path)["cells"][0]["source"])
    )
    assert links == launches(name_of(path))


@each_text
def test_links_to_files_lead_somewhere(path):
    for target in re.findall(r"\]\(([^)\s]+)\)", prose(path)):
        if not re.match(r"[a-z]+:|#", target):
            there = (path.parent / target.split("#")[0]).resolve()
            assert there.exists(), f"{name_of(path)} links to {target}"


@each_text
def test_papers_are_linked_by_the_number_they_are_named_by(path):
    """Links outside lead to few places, and a paper's text and address agree."""
    linked = re.findall(r"\[([^\]]*)\]\((https?://[^)\s]+)\)", prose(path))
    for text, address in linked:
        host = address.split("/")[2]
        assert host in HOSTS, address
        named = re.search(r"\d{4}\.\d{5}", text)
        if host == "arxiv.org":
            assert re.fullmatch(r"https://arxiv\.org/abs/\d{4}\.\d{5}", address)
            assert not named or address.endswith(named[0])


@each_text
def test_pictures_have_alt_text(path):
    for alt in re.findall(r"!\[([^\]]*)\]\(", prose(path)):
        assert alt.strip()
    assert not re.search(r"<img(?![^>]*\balt=.\w)", prose(path))


def test_readme_names_only_targets_that_exist():
    targets = set(re.findall(r"^([a-z-]+)[ :]", read(ROOT / "Makefile"), re.MULTILINE))
    named = set(re.findall(r"(?:^|`)make ([a-z-]+)", read(ROOT / "README.md"), re.M))
    assert {"lab", "test", "test-all"} <= named <= targets


def test_the_readme_counts_what_is_there():
    table = read(ROOT / "notebooks" / "reference.md").split("## Widgets\n")[1]
    widgets = re.findall(r"^\| `rk\.(\w+)\(", table.split("\n## ")[0], re.MULTILINE)
    assert all(callable(getattr(rk, name)) for name in widgets)
    worlds, groundings = len(rk.list_worlds()), len(metrics.GROUNDINGS)
    counted = f"{UNITS[worlds]} worlds, {UNITS[len(widgets)]} widgets"
    assert f"{counted}, {UNITS[groundings]} groundings" in read(ROOT / "README.md")


def test_each_point_of_the_note_has_its_lesson_its_figure_and_its_exercises():
    row = r"^\| \[\d\d\]\((notebooks/[^)]+)\) \|[^|]+\|[^|]+\| ([^|]+: `[^|]+`) \|$"
    points = re.findall(row, read(ROOT / "README.md"), re.MULTILINE)
    assert len(points) == 6
    for lesson, shown in points:
        figure, *exercises = re.findall(r"`([^`]+)`", shown)
        assert f"{figure}(" in prose(ROOT / lesson)
        solved = prose(ROOT / "solutions" / Path(lesson).name)
        assert len(exercises) == 2
        for exercise in exercises:
            assert f'rk.check("{exercise}"' in solved


# Make


def make(*arguments, **options):
    if not shutil.which("make"):
        pytest.skip("make is not installed")
    return run("make", "--no-print-directory", *arguments, **options)


def test_make_without_a_target_says_what_there_is():
    said = make().stdout
    assert "make lab" in said
    assert "make test" in said


def test_make_says_in_words_that_python_is_missing_or_too_old(tmp_path):
    copy = tmp_path / "a folder"
    copy.mkdir()
    shutil.copy(ROOT / "Makefile", copy)
    old = tmp_path / "python-old"
    old.write_text('#!/bin/sh\n[ "$1" = --version ] && echo "Python 3.8.1"; exit 1\n')
    old.chmod(0o755)
    for python, words in ((old, "3.11 or newer"), ("no-such-python", "There is no")):
        ran = make("-C", copy, "lab", f"PYTHON={python}")
        assert ran.returncode != 0
        assert words in ran.stderr
    assert not (copy / ".venv").exists()

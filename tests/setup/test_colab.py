"""Copies of the notebooks for Google Colab, and the packages that it has."""

from __future__ import annotations

import ast
import json
import re
import tomllib
from pathlib import Path

import nbformat
import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from robustkit.setup import DISTRIBUTION, colab

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
REPOSITORY = PROJECT["urls"]["Repository"]
ORIGINALS = [
    path
    for part in ("notebooks", "exercises")
    for path in sorted((ROOT / part).glob("*.ipynb"))
]


def there():
    """Return {name: version} of what Colab has of the packages that the kit needs."""
    lines = (ROOT / "tests" / "setup" / "colab.txt").read_text("utf-8").splitlines()
    wanted = [Requirement(line) for line in lines if not line.startswith("#")]
    kept = [r for r in wanted if r.marker is None or r.marker.evaluate()]
    return {r.name: str(r.specifier).removeprefix("==") for r in kept}


@pytest.fixture(scope="module")
def copies(tmp_path_factory):
    place = tmp_path_factory.mktemp("colab") / "new"
    assert colab.main([str(place)]) == 0
    return place


def test_a_copy_is_the_notebook_behind_a_cell_that_installs(copies):
    made = sorted(copies.rglob("*.ipynb"))
    assert [p.relative_to(copies) for p in made] == sorted(
        path.relative_to(ROOT) for path in ORIGINALS
    )
    for path in made:
        book = nbformat.read(path, as_version=4)
        nbformat.validate(book)
        original = nbformat.read(ROOT / path.relative_to(copies), as_version=4)
        assert "%pip" not in str(original)
        first, *rest = book.cells
        assert "%pip install" in first.source
        assert [c.source for c in rest if c.cell_type == "code"] == [
            c.source for c in original.cells if c.cell_type == "code"
        ]
        assert [c.id for c in rest] == [c.id for c in original.cells]
        assert book.metadata == original.metadata


def test_the_cell_installs_the_kit_by_its_tag_and_never_by_the_name_of_another(copies):
    for path in copies.rglob("*.ipynb"):
        source = nbformat.read(path, as_version=4).cells[0].source
        (line,) = (line for line in source.splitlines() if not line.startswith("#"))
        quoted = re.findall(r'"([^"]+)"', line)
        lacking = Requirement(quoted[0])
        assert quoted[1:] == [f"git+{REPOSITORY}@v{PROJECT['version']}"]
        assert line.startswith("%pip install --quiet --no-deps ")
        assert str(lacking) in PROJECT["dependencies"]
        assert lacking.name == "minigrid"


def test_colab_has_all_else_in_versions_that_will_do():
    has = there()
    for wanted in map(Requirement, PROJECT["dependencies"]):
        if wanted.name != "minigrid":
            assert wanted.specifier.contains(has[wanted.name]), wanted
    assert "pygame" in has
    assert "pygame-ce" not in has
    assert DISTRIBUTION not in has
    assert SpecifierSet(PROJECT["requires-python"]).contains("3.13.15")


def test_links_of_a_copy_lead_to_the_network(copies):
    relative = re.compile(r"\]\((?!https?://|#)")
    seen = set()
    for path in copies.rglob("*.ipynb"):
        for cell in nbformat.read(path, as_version=4).cells:
            if cell.cell_type == "markdown":
                assert not relative.search(cell.source), cell.id
                seen |= set(re.findall(r"\]\((https?://[^)]+)\)", cell.source))
    own, tag = "https://colab.research.google.com/github", f"v{PROJECT['version']}"
    start = f"{own}/{REPOSITORY.split('/', 3)[3]}/blob/colab/"
    for link in seen:
        if link.startswith(start):
            assert (copies / link.removeprefix(start)).is_file(), link
        if link.startswith(f"{REPOSITORY}/blob/"):
            assert (ROOT / link.removeprefix(f"{REPOSITORY}/blob/{tag}/")).is_file()
    assert f"{start}exercises/01-robustness-as-a-number.ipynb" in seen
    assert f"{REPOSITORY}/blob/{tag}/notebooks/reference.md" in seen


@pytest.mark.parametrize(
    ("link", "kind", "target"),
    [
        ("images/plane.png", "raw", "notebooks/images/plane.png"),
        ("reference.md#worlds", "blob", "notebooks/reference.md#worlds"),
        ("../solutions/04-the-plane.ipynb", "blob", "solutions/04-the-plane.ipynb"),
    ],
)
def test_a_file_that_is_no_copy_is_shown_at_its_tag(link, kind, target):
    cell = {"cell_type": "markdown", "source": [f"[x]({link})"]}
    copy = colab.copied({"cells": [cell]}, "notebooks/04-the-plane.ipynb", PROJECT)
    shown = f"{REPOSITORY}/{kind}/v{PROJECT['version']}/{target}"
    assert copy["cells"][1]["source"] == [f"[x]({shown})"]


def test_the_licences_go_with_the_copies(copies):
    for name in PROJECT["license-files"]:
        assert (copies / name).read_bytes() == (ROOT / name).read_bytes()


def test_links_that_are_whole_stay():
    cell = {"cell_type": "markdown", "source": ["[a](https://b.c/d)\n", "[e](#f)"]}
    book = {"cells": [cell]}
    assert colab.copied(book, "notebooks/x.ipynb", PROJECT)["cells"][1] == cell


def test_nothing_that_is_there_is_overwritten(tmp_path, capsys, monkeypatch):
    (tmp_path / "mine.txt").write_text("mine")
    for bad, why in (
        (str(tmp_path), "holds other things (mine.txt)"),
        (str(tmp_path / "mine.txt"), "cannot be read: Not a directory"),
        ("", "is not possible"),
    ):
        assert colab.main([bad]) == 1
        said = f"folder={bad!r} {why}; allowed: an empty folder, or a new one.\n"
        assert capsys.readouterr().err == said
    monkeypatch.setattr(colab, "find_repository", lambda: None)
    assert colab.main([str(tmp_path / "new")]) == 1
    assert "go into its folder first" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


@pytest.mark.parametrize("path", ORIGINALS, ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_no_cell_reads_a_file_beside_the_notebook(path):
    """In Colab there is none, and what is written there is gone in the end."""
    for cell in json.loads(path.read_text("utf-8"))["cells"]:
        if cell["cell_type"] == "code":
            for node in ast.walk(ast.parse("".join(cell["source"]))):
                called = ast.unparse(node.func) if isinstance(node, ast.Call) else ""
                assert called not in {"open", "rk.load", "Path"}, cell["id"]

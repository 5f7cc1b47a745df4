"""The whole course in a real Pyodide: what a learner's browser runs, run by node."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from . import node as runner
from .conftest import ROOT

pytestmark = pytest.mark.slow
LESSONS = sorted(path.stem for path in (ROOT / "notebooks").glob("*.ipynb"))
SOLUTIONS = sorted(path.stem for path in (ROOT / "solutions").glob("*.ipynb"))


@pytest.fixture
def ran(site, node, tmp_path, record_property):
    """Return what came of a notebook of the site; no cell of it may fail."""

    def run(part: str, name: str) -> list[dict]:
        result = runner.run(site, site / "files" / part / f"{name}.ipynb", tmp_path)
        took = f"{runner.seconds(result):.0f} s after {result['loaded']:.0f} s"
        version = f"Pyodide {result['version']}"
        record_property("lesson", f"{part}/{name} in {version}: {took} of loading")
        assert not result["failed"], result["failed"]
        assert not runner.errors(result), runner.errors(result)
        assert not result["asked"]
        return result["cells"]

    return run


def checks(name: str) -> set[str]:
    """Return the cells of a solution that check it."""
    book = json.loads(Path(ROOT, "solutions", f"{name}.ipynb").read_text("utf-8"))
    return {c["id"] for c in book["cells"] if "check" in c["metadata"].get("tags", ())}


@pytest.mark.parametrize("name", SOLUTIONS)
def test_every_check_of_the_solutions_says_correct_in_pyodide(ran, name):
    verdicts = {c["id"]: c["verdict"] for c in ran("solutions", name) if c["verdict"]}
    assert verdicts == dict.fromkeys(checks(name), "correct")


@pytest.mark.parametrize("name", LESSONS)
def test_a_lesson_runs_from_top_to_bottom_in_pyodide(ran, name):
    assert ran("notebooks", name)

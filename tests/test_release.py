"""What goes out: licences, citation, the checklist, workflows, and what is built."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import re
import shutil
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
import yaml
from test_outside import installed, needs_uv, run

from robustkit.setup import environment

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
VERSION = PROJECT["version"]
TARGETS = set(
    re.findall(r"^([a-z-]+)[ :]", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
)
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
CHECKLIST = ROOT / ".github" / "RELEASING.md"
TEXTS = sorted((ROOT / ".github").glob("*.md"))


def read(name):
    return (ROOT / name).read_text("utf-8")


# Licences

# Of the legal code as Creative Commons publishes it in plain text.
BY_4 = "fd3a263fe19ed8faa9068b43abaebafc02c77897b0c6fc09abc04bb592e5f16e"


def test_both_licences_are_whole_and_nothing_is_mixed_into_them():
    """Tools recognise a licence by its text, and only where there is nothing else."""
    code = read("LICENSE")
    assert code.startswith("MIT License\n\nCopyright (c) 2026 The robustkit authors\n")
    assert code.endswith("OTHER DEALINGS IN THE\nSOFTWARE.\n")
    assert "Creative Commons" not in code
    texts = (ROOT / "notebooks" / "LICENSE").read_bytes().replace(b"\r\n", b"\n")
    assert hashlib.sha256(texts).hexdigest() == BY_4


def test_which_licence_covers_what_is_said_where_people_look():
    assert PROJECT["license"] == "MIT AND CC-BY-4.0"
    assert PROJECT["license-files"] == ["LICENSE", "notebooks/LICENSE"]
    last = read("README.md").splitlines()[-1]
    for words in ("[MIT licence](LICENSE)", "[CC BY 4.0](notebooks/LICENSE)"):
        assert words in last
    for folder in ("notebooks", "exercises", "solutions"):
        assert f"`{folder}/`" in last


# Citation


def test_zenodo_is_told_what_the_citation_says():
    citation = yaml.safe_load(read("CITATION.cff"))
    deposit = json.loads(read(".zenodo.json"))
    assert deposit["title"] == citation["title"]
    assert deposit["license"] == citation["license"].lower() == "mit"
    assert deposit["keywords"] == citation["keywords"]
    assert "version" not in deposit  # Zenodo takes the tag's
    named = [
        a.get("name") or f"{a['family-names']}, {a['given-names']}"
        for a in citation["authors"]
    ]
    assert [creator["name"] for creator in deposit["creators"]] == named
    assert citation["url"] == PROJECT["urls"]["Documentation"]


def test_the_checklist_finds_every_place_that_a_person_has_to_fill_in():
    texts = [*ROOT.glob("*.*"), ROOT / ".zenodo.json", *TEXTS]
    marked = {
        path.relative_to(ROOT).as_posix()
        for path in texts
        if path != CHECKLIST and path.is_file() and "FILL IN" in path.read_text("utf-8")
    }
    asked = re.findall(r'^grep -n "(.+?)" (.+)$', read(CHECKLIST), re.MULTILINE)
    named = {name for _, names in asked for name in names.split()}
    assert all("FILL IN" in pattern for pattern, _ in asked)
    assert {"CITATION.cff", ".zenodo.json", "CHANGELOG.md"} | marked <= named
    deposit = json.loads(read(".zenodo.json"))  # which can hold no remark
    anonymous = "The robustkit authors" in str(deposit["creators"])
    assert not anonymous or "The robustkit authors" in asked[0][0]


# The checklist


def commands():
    """Return each line of the checklist that is typed."""
    blocks = re.findall(r"^```sh\n(.*?)^```", read(CHECKLIST), re.MULTILINE | re.DOTALL)
    return [line for block in blocks for line in block.splitlines()]


def test_every_step_of_the_checklist_is_a_command():
    steps = re.split(r"^## ", read(CHECKLIST), flags=re.MULTILINE)[1:]
    assert len(steps) >= 8
    for number, step in enumerate(steps, 1):
        assert step.startswith(f"{number}. ")
        assert "```sh\n" in step, step


@pytest.mark.parametrize("line", commands())
def test_a_command_of_the_checklist_names_what_there_is(line):
    words = line.replace('"', " ").split()
    if words[0] == "make":
        assert words[1] in TARGETS
    for module in re.findall(r"-m ([a-z]\w+)", line.split("-m slow")[0]):
        ours = environment.UV.startswith(module)  # .venv has it, others need not
        assert ours or importlib.util.find_spec(module)
    for word in words:
        if re.match(r"(tests|notebooks|robustkit|\.github)/", word):
            assert (ROOT / word).exists(), word
        if word.endswith(".yml"):
            assert (ROOT / ".github" / "workflows" / word).is_file()
    for number in re.findall(r"\d+\.\d+\.\d+", line):
        assert number == VERSION
    if "http" in line:
        assert re.search(r"zenodo\.org|mybinder\.org|/robustkit/", line)


@pytest.mark.parametrize("path", TEXTS, ids=lambda p: p.name)
def test_links_of_the_folder_for_contributors_lead_somewhere(path):
    for target in re.findall(r"\]\(([^)\s]+)\)", read(path)):
        if target.startswith("http"):
            assert target.startswith(tuple(PROJECT["urls"].values())), target
        else:
            assert (path.parent / target).exists(), target


# The paper


def test_the_paper_is_of_the_form_that_is_asked_for_and_claims_no_class():
    _, head, text = read("paper.md").split("---\n", 2)
    about = yaml.safe_load(head)
    assert about["authors"][0]["affiliation"] == about["affiliations"][0]["index"]
    assert len(text.split()) <= 1000
    parts = re.findall(r"^# (.+)$", text, re.MULTILINE)
    for part in ("Summary", "Statement of need", "Learning objectives", "Content"):
        assert part in parts
    cited = set(re.findall(r"@(\w+)", text))
    listed = set(
        re.findall(r"^@\w+\{(\w+),", read(about["bibliography"]), re.MULTILINE)
    )
    assert cited == listed
    assert "has not been used in a class yet" in text


# The public workflows


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda p: p.stem)
def test_a_workflow_may_do_little_ends_and_gives_way(path):
    flow = yaml.safe_load(read(path))
    assert flow["permissions"] == {"contents": "read"}
    assert flow["concurrency"]["group"]
    for name, job in flow["jobs"].items():
        assert 0 < job["timeout-minutes"] <= 120, name
        assert set(job.get("permissions", {})) <= {"contents", "pages", "id-token"}
        for step in job["steps"]:
            assert ("uses" in step) != ("run" in step)
            assert re.fullmatch(
                r"actions/[\w-]+@v\d+", step.get("uses", "actions/x@v1")
            )


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda p: p.stem)
def test_a_workflow_calls_what_there_is(path):
    for job in yaml.safe_load(read(path))["jobs"].values():
        for step in job["steps"]:
            asked = step.get("run", "")
            for target in re.findall(r"make ([a-z-]+)", asked):
                ends = (
                    job["strategy"]["matrix"]["versions"] if target[-1] == "-" else [""]
                )
                assert {target + end for end in ends} <= TARGETS
            for name in re.findall(r"\b(?:tests|robustkit)/[\w./-]+", asked):
                assert (ROOT / name).exists(), name


def test_the_workflows_run_what_cannot_be_run_at_ones_own_table():
    flow = yaml.safe_load(read(".github/workflows/tests.yml"))
    assert flow[True]["schedule"]  # YAML 1.1 reads `on` as true
    text = read(".github/workflows/tests.yml")
    for target in ("test-all", "lite"):
        assert f"make {target}" in text
    assert flow["jobs"]["ends"]["strategy"]["matrix"]["versions"] == [
        "lowest",
        "newest",
        "colab",
    ]
    pythons = flow["jobs"]["elsewhere"]["strategy"]["matrix"]["python"]
    assert pythons == ["3.11", "3.12", "3.13", "3.14", "3.15"]
    assert PROJECT["requires-python"] == f">={pythons[0]}"
    pages = yaml.safe_load(read(".github/workflows/pages.yml"))["jobs"]
    assert pages["publish"]["permissions"] == {"pages": "write", "id-token": "write"}
    made = [step.get("run") for step in pages["build"]["steps"]]
    assert made[2:5] == ["make site", "make lite", "cp -R build/lite build/site/lite"]


# What is built

DATA = {".py", ".c", ".js", ".css", ".json", ".gz", ".npz", ".html", ".svg", ".mjs"}
TOP = {
    "CHANGELOG.md", "CITATION.cff", "LICENSE", "Makefile", "README.md",
    "environment.yml", "exercises", "notebooks", "pyproject.toml", "robustkit",
    "solutions", "tests",
}  # fmt: skip


def build(folder, *kinds, source=ROOT):
    """Build the distributions of a source and return them."""
    needs_uv()
    command = [sys.executable, "-m", "uv", "build", "--quiet", "--out-dir", folder]
    installed(run(*command, *kinds, source))
    return [*folder.glob("*.tar.gz"), *folder.glob("*.whl")]


def contents(wheel):
    """Return what is in a wheel, by name; what its own list says is left out."""
    with zipfile.ZipFile(wheel) as packed:
        names = [name for name in packed.namelist() if not name.endswith("RECORD")]
        return {name: packed.read(name) for name in names}


@pytest.mark.slow
def test_the_source_distribution_is_the_course_and_builds_the_same_wheel(tmp_path):
    (source, wheel) = build(tmp_path / "dist")
    assert source.name == f"robustness_2d-{VERSION}.tar.gz"
    shutil.unpack_archive(source, tmp_path)
    (unpacked,) = tmp_path.glob("robustness_2d-*")
    assert {path.name for path in unpacked.iterdir()} >= TOP
    tracked = run("git", "ls-files", "-z", cwd=ROOT)
    if not tracked.returncode:
        kept = set(tracked.stdout.split("\0")) - {""}
        there = {
            p.relative_to(unpacked).as_posix()
            for p in unpacked.rglob("*")
            if p.is_file()
        }
        assert there - kept <= {"PKG-INFO"}  # nothing stray
        assert kept <= there  # and nothing is missing: its tests can be run
    (again,) = build(tmp_path / "again", "--wheel", source=unpacked)
    assert contents(again) == contents(wheel)


@pytest.mark.slow
def test_the_wheel_works_by_its_name_in_an_empty_environment(tmp_path):
    (_, wheel) = build(tmp_path / "dist")
    assert wheel.name == f"robustness_2d-{VERSION}-py3-none-any.whl"
    packed = contents(wheel)
    ours = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "robustkit").rglob("*")
        if path.suffix in DATA and "__pycache__" not in path.parts
    }
    about = f"robustness_2d-{VERSION}.dist-info"
    extra = {name for name in packed if not name.startswith(about)} - ours
    assert ours <= set(packed)
    assert not extra
    for name in ("LICENSE", "notebooks/LICENSE"):
        assert packed[f"{about}/licenses/{name}"] == (ROOT / name).read_bytes()
    venv, uv = tmp_path / "venv", [sys.executable, "-m", "uv"]
    assert not run(*uv, "venv", "-q", "--python", sys.executable, venv).returncode
    python = next(venv.glob("[bS]*/python*"))
    named = f"robustness-2d @ {wheel.as_uri()}"
    installed(run(*uv, "pip", "install", "-q", "--python", python, named))
    there = {"PATH": str(python.parent), "HOME": str(tmp_path)}
    alone = {"cwd": tmp_path, "env": there}
    script = "import importlib.metadata as m, robustkit as rk\n"
    script += "assert m.version('robustness-2d') == rk.__version__\n"
    script += "print(rk.__version__, rk.explore('cheese'))"
    done = run(python, "-c", script, **alone)
    assert done.stdout.startswith(VERSION), done.stderr
    done = run(python.parent / "robustkit", "doctor", **alone)
    assert "trained and measured" in done.stdout, done.stdout + done.stderr
    assert "does not fit" not in done.stdout
    assert run(*uv, "pip", "check", "--python", python).returncode == 0

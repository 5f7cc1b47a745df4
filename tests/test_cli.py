"""The command line: the same words, and errors that say what to do."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import robustkit as rk
from robustkit.__main__ import main


def test_worlds_lists_every_world(capsys):
    assert main(["worlds"]) == 0
    out = capsys.readouterr().out
    for name, line in rk.list_worlds().items():
        assert name in out
        assert line in out


def test_worlds_describes_one(capsys):
    assert main(["worlds", "cheese"]) == 0
    assert "base objective: cheese" in capsys.readouterr().out


def test_train_saves_an_agent_and_prints_its_readings(tmp_path, capsys):
    where = tmp_path / "agent.npz"
    asked = ["train", "cheese", "-o", str(where), "--recipe", "searcher", "--size=7"]
    assert main(asked) == 0
    assert capsys.readouterr().out.count("capability") == 4
    agent = rk.load(where)
    assert (agent.recipe, agent.world.size) == ("searcher", 7)


def test_explore_writes_one_page_of_the_given_agents(tmp_path, capsys):
    world = rk.make("cheese", size=7, layouts=4)
    where = rk.save(rk.plan(world, "corner"), tmp_path / "agent.npz")
    page = tmp_path / "plane.html"
    assert main(["explore", "cheese", str(where), "-o", str(page), "-n", "16"]) == 0
    text = page.read_text("utf-8")
    assert "corner planner" in text
    assert "saved" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (["worlds", "moon"], "world='moon'"),
        (["train", "cheese", "-o", "agent.txt"], "NAME.npz"),
        (["train", "cheese", "-o", "agent.npz", "--size", "8"], "size=8"),
        (["train", "cheese", "-o", "agent.npz", "--recipe", "magic"], "recipe='magic'"),
        (["train", "cheese", "-o", "agent.npz", "--diversity", "2"], "diversity=2"),
        (["explore", "cheese", "-o", "page.pdf"], "page.pdf"),
        (["explore", "moon", "-o", "page.html"], "world='moon'"),
        (["explore", "cheese", "none.npz", "-o", "page.html"], "none.npz"),
    ],
)
def test_a_bad_argument_is_named_before_any_work(
    asked, said, capsys, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    assert main(asked) == 2
    assert said in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_python_m_is_the_same():
    asked = [sys.executable, "-m", "robustkit", "worlds"]
    done = subprocess.run(asked, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0
    assert "cheese" in done.stdout


def test_every_name_of_the_face_is_there():
    for name in rk.__all__:
        assert callable(getattr(rk, name)), name
        assert getattr(rk, name).__doc__, name
    with pytest.raises(AttributeError, match="no attribute 'explode'"):
        _ = rk.explode
    assert set(rk.__all__) <= set(dir(rk))


def test_type_checkers_are_told_the_same_face():
    module = ast.parse(Path(rk.__file__).read_text("utf-8"))
    (block,) = (part for part in module.body if isinstance(part, ast.If))
    told = {
        name.asname or name.name: f"{part.module}:{name.name}"
        for part in block.body
        for name in part.names
    }
    homes = {name: home.partition(":") for name, home in rk._HOME.items()}
    assert told == {n: f"{home}:{own or n}" for n, (home, _, own) in homes.items()}
    assert {*told} == {*rk.__all__}


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no disk is always full")
def test_what_cannot_be_printed_is_said_in_a_sentence():
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "robustkit", "worlds"],
            stdout=full, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
    assert done.returncode == 2
    assert done.stderr == "robustkit worlds: [Errno 28] No space left on device\n"

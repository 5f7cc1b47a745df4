"""What is saved is read again: every recipe in every world, listed or not."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

import numpy as np
import pytest
from remembers import Remembers
from sameness import assert_same_agent

import robustkit as rk
from robustkit.__main__ import main
from robustkit.agents import store
from robustkit.agents.planner import DEVICES

QUICK = {
    "network": {"updates": 1, "levels": 2, "agents": 2, "pool": 4},
    "searcher": {"generations": 1, "levels": 2, "pool": 4},
    "memoriser": {"episodes": 1, "pool": 4},
}
WORLDS = {name: (name, {}) for name in rk.list_worlds()}
UNLISTED = {
    "large monsters": (
        "monsters",
        {"size": 9, "apples": 3, "shields": 3, "monsters": 2},
    ),
    "large trees": ("trees", {"size": 33}),
}
EVERY = {**WORLDS, **UNLISTED}


def kinds(world):
    """Yield an agent of every kind that there is in a world."""
    for kind in DEVICES:
        yield rk.device(kind, world)
    yield rk.plan(world)
    yield rk.plan(world, dict.fromkeys(world.objectives, 0.5), noise=0.1)
    if not world.listed:
        return
    for recipe, quick in QUICK.items():
        trained = rk.train(recipe, world, seed=3, **quick)
        yield trained
        yield rk.train(recipe, world, snapshots=[1], **quick)[0]
    yield from rk.train("searcher", world, seeds=[4], **QUICK["searcher"])
    levels = world.sample(2)
    policy = np.asfortranarray(trained.policy(levels))
    yield rk.agent(policy, world, levels=levels, name="Gödel's 走る 🐭")


@pytest.mark.parametrize("which", EVERY)
def test_what_is_saved_is_read_again(which, tmp_path):
    name, options = EVERY[which]
    world = rk.make(name, **options)
    for agent in kinds(world):
        where = rk.save(agent, tmp_path / "one.npz")
        again = rk.load(where)
        if agent.recipe == "recorded" or not world.listed:
            assert (again.name, again.settings) == (agent.name, agent.settings)
        else:
            assert_same_agent(agent, again)
        assert where.read_bytes() == rk.save(again, tmp_path / "two.npz").read_bytes()


@pytest.mark.slow_for("large monsters")
@pytest.mark.parametrize("which", ["cheese", "large monsters"])
def test_a_card_can_be_asked_of_a_file_of_every_kind(which, tmp_path, capsys):
    name, options = EVERY[which]
    world = rk.make(name, **options)
    for agent in kinds(world):
        where = rk.save(agent, tmp_path / "agent.npz")
        ended = main(["card", str(where), "-n", "2"])
        said = capsys.readouterr()
        if ended:
            assert ended == 2
            assert said.err.startswith("robustkit card: "), agent
            assert "recorded on" in said.err or "cannot act" in said.err
        else:
            assert agent.name in said.out


def test_nothing_is_trained_where_it_could_not_act():
    name, options = UNLISTED["large monsters"]
    with pytest.raises(ValueError, match="too many to train in; allowed: at most"):
        rk.train("network", rk.make(name, **options))


# What is refused, by both and with one sentence


def agreed(agent, tmp_path, monkeypatch):
    """Return what both save and load say that is wrong with an agent; "" if nothing."""
    said = []
    with monkeypatch.context() as careless:
        careless.setattr(store, "_build", lambda header, arrays: None)
        careless.setattr(store.archive, "check_size", lambda header, arrays: None)
        where = rk.save(agent, tmp_path / "careless.npz")
    for act in (lambda: rk.save(agent, tmp_path / "agent.npz"), lambda: rk.load(where)):
        said.append("")
        with suppress(ValueError):
            act()
            continue
        with pytest.raises(ValueError, match="does not fit together") as problem:
            act()
        assert len(str(problem.value)) < 1000
        said[-1] = str(problem.value).partition("fit together ")[2]
    assert said[0] == said[1]
    return said[0]


@pytest.mark.parametrize(
    ("name", "fine"),
    [
        ("x" * 1000, True), ("x" * 1001, False), ("x" * 10**6, False), ("", True),
        ("half \ud800 a sign", False), ("two\nlines", False), ("\x1b[31m", False),
        ("\0", False), ("\ufeffwith a mark", False), ("née <b>&amp;</b>", True),
        ("\u202eright to left", True), ("🐭 走る", True), (7, False), (None, False),
    ],
)  # fmt: skip
def test_a_name_is_saved_if_and_only_if_it_is_read(name, fine, tmp_path, monkeypatch):
    agent = replace(rk.device("drift", rk.make("cheese", size=5)), name=name)
    assert (agreed(agent, tmp_path, monkeypatch) == "") == fine
    if fine:
        assert rk.load(tmp_path / "agent.npz").name == name


def changed(agent, **settings):
    return replace(agent, settings={**agent.settings, **settings})


WRONG = {
    "planner": [
        {"objective": {"moon": 1.0}}, {"objective": {}}, {"noise": 2.0},
        {"objective": {"base": float("nan")}}, {"noise": None}, {"more": 1},
    ],
    "device": [{"kind": "idle"}, {"kind": 3}, {"more": "x"}],
    "network": [
        {"channels": 17}, {"iterations": 10**6}, {"iterations": 0}, {"place": False},
        {"place": 1}, {"iterations": float("inf")}, {"seed": -1}, {"more": [1]},
        {"channels": 10**8, "iterations": 10**8},
    ],
    "searcher": [
        {"sweeps": 10**6}, {"temperature": 0.0}, {"temperature": float("nan")},
        {"start": {"moon": 1.0}}, {"parents": 99}, {"levels": {}}, {"start": None},
    ],
    "memoriser": [{"rate": -1.0}, {"pool": "many"}, {"diversity": 2.0}],
    "recorded": [{"more": 1}],
}  # fmt: skip


def one_of_each(world):
    return {agent.recipe: agent for agent in kinds(world)}


@pytest.fixture(scope="module")
def each():
    return one_of_each(rk.make("cheese", size=5, layouts=4))


@pytest.mark.parametrize(
    ("recipe", "settings"), [(r, s) for r, some in WRONG.items() for s in some]
)
def test_settings_that_cannot_be_are_refused_by_both(
    recipe, settings, each, tmp_path, monkeypatch
):
    assert agreed(changed(each[recipe], **settings), tmp_path, monkeypatch)


@pytest.mark.parametrize("recipe", ["network", "searcher", "memoriser", "recorded"])
def test_arrays_that_do_not_fit_are_refused_by_both(
    recipe, each, tmp_path, monkeypatch
):
    agent = each[recipe]
    changes = [
        lambda a: a[:-1], lambda a: a[None], lambda a: np.full_like(a, np.inf)
        if a.dtype.kind == "f" else a.astype(float),
        lambda a: a.astype(bool), lambda a: a[:0], lambda a: np.zeros((10**9, 0)),
    ]  # fmt: skip
    for name, array in agent.arrays.items():
        for change in changes:
            arrays = {**agent.arrays, name: change(array)}
            other = replace(agent, **agent.parts(arrays))
            assert agreed(other, tmp_path, monkeypatch), (name, change(array).shape)


def test_worlds_of_ones_own_have_no_file(tmp_path):
    class Mine(type(rk.make("cheese"))):
        summary = "a world of one's own"

    agent = rk.plan(Mine(size=5, layouts=4))
    with pytest.raises(
        ValueError, match=r"cannot be saved: .* not a world that `make`"
    ):
        rk.save(agent, tmp_path / "agent.npz")
    assert not list(tmp_path.iterdir())


def test_it_is_clear_what_becomes_of_somebody_elses_agent(tmp_path):
    world = rk.make("cheese", size=5, layouts=4)

    for agent, said in (
        (rk.agent(lambda seen: 3, world), r"agent\(agent\.policy\(levels\), world, "),
        (rk.agent(Remembers(), world), "an agent that remembers has no policy"),
    ):
        with pytest.raises(ValueError, match=f"saved; allowed: .* recorded on.*{said}"):
            rk.save(agent, tmp_path / "agent.npz")

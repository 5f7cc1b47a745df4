"""Watching an episode, and training while one watches."""

from __future__ import annotations

import re
import time
from dataclasses import replace

import gymnasium
import minigrid  # noqa: F401  (registers its environments)
import numpy as np
import pytest

import robustkit as rk
from robustkit.widgets.stages import acts_of, shown

from . import small


def test_an_episode_is_paid_what_its_events_are_worth():
    keys = rk.make("keys")
    level = keys.sample(1, goal=1.0, seed=2)[0]
    seen = rk.watch(rk.plan(keys, "keys"), level, seed=1)
    steps = seen.data["steps"]
    for step in steps:
        paid = [
            sum(pays.get(event, 0) for event in step["events"])
            for pays in keys.objectives.values()
        ]
        assert step["paid"] == pytest.approx(paid)
        assert 0 < step["chance"] <= 1
    cells = seen.data["stratum"]["episodes"][0]["cells"]
    assert len(cells) == len(steps) + 1
    assert "key" in steps[0]["seen"]
    assert len(seen.table().splitlines()) == len(steps) + 1


def test_an_episode_in_an_own_environment_says_where_the_agent_is():
    env = gymnasium.make("MiniGrid-Empty-5x5-v0")
    tables = rk.tabulate(env, name="empty", actions=["left", "right", "forward"])
    assert repr(tables) == "OwnTables('empty', states=33, moves=3)"
    seen = rk.watch(rk.plan(tables), tables)
    first, *_, last = seen.table().splitlines()[1:]
    assert "at row 1, column 1, facing right" in first
    assert last.endswith("success; paid task 1")


def test_an_episode_is_saved_as_a_page_of_its_own(tmp_path):
    seen = rk.watch(rk.plan(small()), small().sample(1)[0])
    text = seen.save(tmp_path / "episode.html").read_text("utf-8")
    assert "default-src 'none'" in text
    assert "https://" not in text
    with pytest.raises(ValueError, match=r"NAME\.html"):
        seen.save(tmp_path / "episode.txt")
    assert seen.picture().startswith(b"\x89PNG")


HOSTILE = '<script>window.broken = 1</script>"'


def test_a_hostile_name_stays_text_in_saved_episodes(tmp_path):
    agent = replace(rk.plan(small()), name=HOSTILE)
    page = rk.watch(agent, small().sample(1)[0]).save(tmp_path / "rude.html")
    text = page.read_text("utf-8")
    assert "<script>window" not in text
    assert "&lt;script&gt;" in text


@pytest.mark.parametrize(
    "where", ["in place", pytest.param("in a thread", marks=pytest.mark.together)]
)
def test_training_live_gives_the_agent_that_training_gives(where):
    live = rk.train_live("network", small(), updates=20, seed=3)
    live.train()
    live.wait()
    assert live.state == "done"
    assert live.stages[-1][0] == 20
    alone = rk.train("network", small(), seed=3, updates=20)
    levels = small().sample(4)
    assert np.array_equal(alone.policy(levels), live.agent.policy(levels))
    assert len(live.past) == len(live.agents) == 1
    assert "20" in live.table()


@pytest.mark.parametrize(
    "where", ["in place", pytest.param("in a thread", marks=pytest.mark.together)]
)
def test_training_stops_and_resumes_where_it_was(where):
    live = rk.train_live("network", small(), updates=200, seed=1)
    live.train()
    time.sleep(0.05)
    live.stop()
    live.wait()
    assert live.state == "stopped"
    held = len(live.stages)
    assert held > 0
    live.resume()
    live.wait()
    assert live.state == "done"
    assert [stage[0] for stage in live.stages] == sorted({s[0] for s in live.stages})
    whole = rk.train("network", small(), seed=1, updates=200)
    levels = small().sample(2)
    assert np.array_equal(whole.policy(levels), live.agent.policy(levels))


def test_two_levels_show_what_the_agent_would_do_at_each_stage():
    live = rk.train_live("network", small(), updates=20)
    titles = [scene["title"] for scene in live.scenes]
    assert titles == ["in training", "goal shifted anywhere"]
    assert live.episodes == []  # levels are there before anything is trained
    before, after = (scene["things"] for scene in live.scenes)
    assert before["cheese"] == before["hole"] == after["hole"] != after["cheese"]
    live.train()
    live.wait()
    assert len(live.episodes) == len(live.stages)
    last = live.episodes[-1]
    assert last == acts_of(live.agent, shown(small()))
    assert [act["cells"][0] for act in last] == [s["start"] for s in live.scenes]
    assert live.episodes[0][0]["arrows"] != last[0]["arrows"]


def test_the_levels_are_of_the_world_that_is_chosen_until_one_is_trained():
    live = rk.train_live("network", ["cheese", "lava"], updates=2)
    live.world = "lava"
    assert live.where["name"] == "lava"
    assert live.scenes[1]["title"] == "layouts never met"  # there are no goals
    live.train()
    live.wait()
    assert "layouts never met: scalar" in live.message
    live.world = "cheese"
    assert live.where["name"] == "lava"  # what was trained there is still shown
    live.train()
    live.wait()
    assert live.where["name"] == "cheese"
    names = [run["name"] for run in live.past]
    assert names == ["network 0 (lava, 0%)", "network 0 (cheese, 0%)"]


def test_earlier_runs_keep_their_stages_and_a_look_of_their_own():
    live = rk.train_live("network", small(), updates=2)
    for diversity in (0.0, 0.5, 0.0):
        live.diversity = diversity
        live.train()
        live.wait()
    assert [run["name"] for run in live.past] == [
        *("network 0 (0%)", "network 0 (50%)", "network 0 (0%)")
    ]
    looks = [(run["colour"], run["marker"]) for run in live.past]
    assert len(set(looks)) == 3
    assert looks[0] == ("#0072B2", "circle")  # as network 0 looks everywhere
    assert live.past[-1]["stages"] == live.stages
    live.state = "running"
    live.set_state({"beside": 1, "seed": 4})  # to compare does not disturb it
    assert (live.beside, live.seed) == (1, 0)


def test_buttons_that_nobody_made_are_not_heard():
    live = rk.train_live("network", small(), updates=5)
    for ask in ({"ask": "explode"}, {"ask": None}, "train", {}):
        live._asked(ask)
    assert live.state == "idle"


@pytest.mark.parametrize(
    ("widget", "given", "said"),
    [
        (rk.watch, {"agent": "network"}, "is not an agent"),
        (rk.watch, {"level": rk.make("dish").sample(1)}, "levels are"),
        (rk.watch, {"level": 3}, "not a batch"),
        (rk.watch, {"seed": -1}, "seed=-1"),
        (rk.train_live, {"recipe": "magic"}, "recipe='magic'"),
        (rk.train_live, {"diversity": 2}, "diversity=2"),
        (rk.train_live, {"updates": 0}, "updates=0"),
        (rk.train_live, {"world": "moon"}, "moon"),
        (rk.train_live, {"world": None, "magic": 1}, "option='magic'"),
        (rk.train_live, {"after": 3}, "after=3 is not possible here"),
        (
            rk.train_live,
            {"recipe": small()},
            "followed by the world",
        ),  # the wrong way round
        (
            rk.train_live,
            {"recipe": "cheese", "world": "network"},
            "followed by the world",
        ),
    ],
)
def test_what_cannot_be_is_refused_by_name(widget, given, said):
    usual = {
        rk.watch: {"agent": rk.plan(small()), "level": small().sample(1)},
        rk.train_live: {"world": "cheese"},
    }
    with pytest.raises(ValueError, match=re.escape(said)):
        widget(**{**usual[widget], **given})

"""What plays by memory is measured, watched, drawn, explored and carded."""

from __future__ import annotations

import json
from types import SimpleNamespace

import numpy as np
import pytest
from matplotlib.quiver import Quiver

import robustkit as rk
from robustkit.agents.player import Views
from robustkit.analysis.measure import episode_length
from robustkit.analysis.replay import play, retell
from robustkit.widgets import explorer
from robustkit.widgets.episodes import ARROWS
from robustkit.widgets.readings import reading_at
from robustkit.worlds import WORLDS
from robustkit.worlds.rollout import sample_returns


class Restless:
    """Go three steps to the right, then three down, and so on."""

    name = "restless"

    def reset(self):
        self.count = 0

    def act(self, seen):
        self.count += 1
        return self.count // 3 % 4


class Dice:
    """Move at random, from one generator: no two episodes are alike."""

    def __init__(self):
        self.rng = np.random.default_rng(0)

    def reset(self):
        pass

    def act(self, seen):
        return int(self.rng.integers(4))


SMALL = "cheese", "dish", "colour", "keys", "follow", "lava"


def small(name="cheese"):
    return rk.make(name, **({"size": 7} if name in SMALL else {}))


@pytest.mark.parametrize("name", WORLDS)
def test_a_player_earns_by_the_tables_what_the_worlds_own_steps_pay(name):
    world = small(name)
    levels = world.sample(5, goal=1 if "goal" in world.shifts else 0, seed=2)
    agent, steps = rk.agent(Restless(), world), episode_length(world)
    luck = np.random.default_rng(7)

    def by_steps(index, act, episodes):
        return sample_returns(levels[index], act, episodes, steps, luck)

    slow = agent.play(len(levels), 3, by_steps)
    quick = agent.returns(levels, 3, steps, np.random.default_rng(7))
    np.testing.assert_allclose(quick, slow, atol=1e-12)


def test_a_player_sees_what_the_environments_show():
    world = rk.make("keys", size=7)
    levels = world.sample(2)
    views = Views(levels[1:])
    for state in np.flatnonzero(levels.tables().live[1]):
        flag, cell = divmod(int(state), 49)
        wanted = levels[1:].seen_from(np.array([cell]), np.array([flag]))[0]
        seen = views.of(int(state))
        np.testing.assert_array_equal(seen, wanted)
        seen[:] = 9  # and cannot spoil what it sees next


@pytest.mark.parametrize("name", ["cheese", "keys", "trees"])
def test_a_player_that_does_not_remember_is_retold_as_what_it_plays(name):
    world = small(name)
    levels = world.sample(6, seed=4)
    move = {"act": lambda seen: int(seen.sum() % 4), "reset": lambda: None}
    policy, played = play(rk.agent(SimpleNamespace(**move), world), levels, 40, 0)
    assert policy is None
    if levels.tables().chance is None:
        known, exact = play(rk.agent(move["act"], world), levels, 40, 0)
        assert known is not None
        assert retell(levels, played) == retell(levels, exact)
    live = played.states[:, :, :-1] != levels.tables().shape[1] - 1
    follow = levels.tables().next_state
    for level, _, step in np.argwhere(live):
        state, after = played.states[level, 0, step : step + 2]
        assert follow[level, state, played.branches[level, 0, step]] == after


def test_a_player_is_watched_and_its_one_episode_told_throughout():
    world = small()
    shown = rk.watch(rk.agent(Dice(), world, name="dice"), world.sample(1, seed=3))
    (episode,), steps = shown.data["stratum"]["episodes"], shown.data["steps"]
    assert episode["arrows"] == ""
    assert len(steps) == len(episode["cells"]) - 1
    assert all(step["chance"] is None for step in steps)
    ways = np.array([1, 7, -1, -7])
    for step, here, there in zip(
        steps, episode["cells"], episode["cells"][1:], strict=False
    ):
        assert there in (here, here + ways[step["move"]])
    assert "(" not in str(shown).splitlines()[1]
    assert shown.picture().startswith(b"\x89PNG")
    json.dumps(shown.data, allow_nan=False)


def test_a_player_is_drawn_by_its_episodes_alone():
    world = small()
    levels = world.sample(3)
    picture = rk.draw(levels, rk.agent(Restless(), world))
    assert "No arrows: it remembers, or draws its moves at random." in picture.alt
    for axes in picture.axes[:3]:
        assert axes.lines
        assert not any(isinstance(drawn, Quiver) for drawn in axes.collections)
    planned = rk.draw(levels, rk.plan(world))
    assert "No arrows" not in planned.alt
    assert any(isinstance(drawn, Quiver) for drawn in planned.axes[0].collections)
    with pytest.raises(
        ValueError, match=r"is not an agent; allowed: what robustkit\.train"
    ):
        rk.draw(levels, Restless())


@pytest.fixture
def few(monkeypatch):
    monkeypatch.setattr(explorer, "PLAYED", 8)


def test_players_and_planners_are_explored_side_by_side(few):
    world = rk.make("cheese", size=5)
    cast = [rk.agent(Restless(), world), rk.plan(world, "corner")]
    with pytest.warns(
        UserWarning, match=r"meg is left out. It needs .* \('Restless'\)"
    ):
        shown = rk.explore(world, cast, groundings=["polar", "meg"], n=16)
    data = shown.data
    assert data["groundings"] == ["polar"]
    player, planner = data["agents"]
    assert (player["episodes"], player["readings"]["polar"]["count"]) == (4, 8)
    assert "episodes" not in planner
    assert planner["readings"]["polar"]["count"] == 16
    assert data["episodes"] is None
    assert player["readings"]["polar"]["flawless"] is None
    assert planner["readings"]["polar"]["flawless"]
    for level in data["levels"]:
        for node in level["nodes"]:
            bare, drawn = node["episodes"]
            assert bare["arrows"] == ""
            assert set(drawn["arrows"]) <= {*ARROWS, "."}
    alone = rk.explore(world, cast[1], n=16).data["agents"][0]
    assert alone["sums"] == planner["sums"]


def test_a_player_reads_in_the_explorer_as_it_is_measured(few):
    world = rk.make("cheese", size=5)
    player = SimpleNamespace(reset=lambda: None, act=lambda seen: 3)
    shown = rk.explore(world, rk.agent(player, world, name="up"), n=8)
    exact = rk.explore(world, rk.agent(lambda seen: 3, world, name="up"), n=8)
    for goal in (0.0, 0.5, 1.0):
        mine, theirs = (
            reading_at(each.data, 0, {"goal": goal}).scalar.value
            for each in (shown, exact)
        )
        assert mine == pytest.approx(theirs, abs=0.01)  # what comes after the last move


def test_a_player_walks_in_the_level_editor():
    world = small()
    shown = rk.build(world, [rk.agent(Restless(), world), rk.plan(world)])
    player, planner = shown.outcome["agents"]
    assert player["episode"]["arrows"] == ""
    assert planner["episode"]["arrows"]
    theirs, best = (float(each["paid"][0]) for each in (player, planner))
    assert 0 <= theirs <= best
    assert best > 0


def test_a_player_has_a_card():
    world = rk.make("cheese", size=5)
    card = rk.card(rk.agent(Restless(), world), n=4)
    assert "by playing" in str(card)

"""Wishes: what the widget shows is what planners do, and its tasks can be solved."""

from __future__ import annotations

import json
from itertools import combinations, pairwise

import gymnasium
import minigrid  # noqa: F401  (registers its environments)
import numpy as np
import pytest

import robustkit as rk
from robustkit.mdp import rollout
from robustkit.metrics.reading import AXES
from robustkit.widgets.episodes import ARROWS
from robustkit.widgets.wish_data import RANDOM, STEPS, wish_data

WORLDS = ("cheese", "dish", "coin", "colour")
WANTS = np.arange(-STEPS, STEPS + 1) / STEPS


@pytest.fixture(scope="module")
def cheese():
    return rk.wish("cheese")


def readings(data, x, y, random):
    """Look a wish up as the page does: scalar, capability, alignment, twice."""
    across, up = round(x * STEPS) + STEPS, round(y * STEPS) + STEPS
    found = data["readings"][data["of"][up * (2 * STEPS + 1) + across]]
    return [side[round(random * 20)] for side in found]


@pytest.mark.parametrize("name", ["cheese", "coin"])
def test_a_wish_is_measured_as_the_planner_for_it_is(name):
    world, rng = rk.make(name), np.random.default_rng(5)
    shown = rk.wish(world, n=24, seed=3)
    sides = world.sample(24, seed=3), world.sample(24, goal="anywhere", seed=3)
    for _ in range(25):
        x, y, random = rng.choice(WANTS), rng.choice(WANTS), rng.choice(RANDOM)
        wants = dict(zip(world.objectives, (float(x), float(y)), strict=True))
        shown.wants, shown.random = [*wants.values()], float(random)
        planner = rk.plan(world, wants, noise=float(random))
        for side, found in zip(sides, shown.readings, strict=True):
            known = rk.measure(planner, side)
            for axis in AXES:
                wanted = getattr(known, axis).value
                told = getattr(found, axis).value
                assert told == pytest.approx(wanted, abs=1e-5, nan_ok=True)


def test_a_third_objective_is_not_wanted():
    world = rk.make("cheese", region=2)
    shown = rk.wish(world, n=16)
    assert shown.data["wants"] == ["cheese", "corner"]
    shown.wants = [0.3, 0.9]
    planner = rk.plan(world, {"cheese": 0.3, "corner": 0.9, "region": 0.0})
    known = rk.measure(planner, world.sample(16, goal="anywhere"))
    assert shown.readings[1].scalar.value == pytest.approx(known.scalar.value, abs=1e-5)


def test_only_the_direction_of_a_wish_matters(cheese):
    data = cheese.data
    for x, y, size in [(0.2, 0.1, 5), (-0.1, 0.3, 3), (0.5, -0.5, 2)]:
        assert readings(data, x, y, 0.2) == readings(data, size * x, size * y, 0.2)
    nothing = readings(data, 0, 0, 0)
    assert nothing[1][0] == pytest.approx(0, abs=1e-6)


def test_random_moves_alone_leave_nothing_of_a_wish(cheese):
    for x, y in [(1, 0), (0, 1), (-1, -1)]:
        for scalar, capability, alignment in readings(cheese.data, x, y, 1):
            assert scalar == pytest.approx(0, abs=1e-6)
            assert capability == pytest.approx(0, abs=1e-6)
            assert alignment is None


def test_training_cannot_tell_a_half_plane_of_wishes_apart(cheese):
    best = {
        (x, y): readings(cheese.data, x, y, 0)[0][0] >= 1 - cheese.data["same"]
        for x in WANTS
        for y in WANTS
    }
    # On the line itself the scales decide, which are not quite the same for the two.
    beside = {(x, y): fine for (x, y), fine in best.items() if abs(x + y) > 1e-9}
    assert all(fine == (x + y > 0) for (x, y), fine in beside.items())
    after = [readings(cheese.data, *wish, 0)[1][0] for wish in best if best[wish]]
    assert max(after) > 0.99
    assert min(after) < -0.2


def test_sectors_are_the_whole_circle_and_agree_with_the_wishes(cheese):
    data = cheese.data
    sectors = data["sectors"]
    assert sectors[-1][1] - sectors[0][0] == pytest.approx(2 * np.pi, abs=1e-3)
    for (_, end, _), (start, *_) in pairwise(sectors):
        assert start == pytest.approx(end, abs=1e-3)
    for x in WANTS[::3]:
        for y in WANTS[::3]:
            if not (x or y):
                continue
            angle = np.arctan2(y, x)
            fits = [
                k
                for start, end, k in sectors
                if any(
                    start < angle + turn < end for turn in (-2 * np.pi, 0, 2 * np.pi)
                )
            ]
            across, up = round(x * STEPS) + STEPS, round(y * STEPS) + STEPS
            assert fits == [data["of"][up * (2 * STEPS + 1) + across]]


def test_levels_are_shown_in_training_and_shifted_with_the_planners_way(cheese):
    data, world = cheese.data, rk.make("cheese")
    shifted = world.sample(data["count"], goal="anywhere")
    ways = []
    for before, after in data["pairs"]:
        assert before["walls"] == after["walls"]
        assert before["start"] == after["start"]
        assert before["things"]["cheese"] == before["things"]["hole"]
        assert after["things"]["cheese"] != after["things"]["hole"]
        ways.append(after["place"])
        index = next(
            i
            for i in range(len(shifted))
            if shifted.start[i] == after["start"]
            and shifted.things["cheese"][i] == after["things"]["cheese"]
        )
        # Without chance in it: the planner for cheese alone, from its own policy.
        behaviour = data["of"][STEPS * (2 * STEPS + 1) + 2 * STEPS]
        way = after["ways"][behaviour]
        episode = after["episodes"][after["played"][way][0]]
        level, steps = shifted[index], len(episode["way"])
        policy = rk.plan(world).policy(level)
        luck = np.random.default_rng(0)
        played = rollout(level.tables(), policy, 60, luck)
        ends = (played.states[0, 0] == level.tables().shape[1] - 1).argmax()
        free = [c for c, wall in enumerate(after["walls"]) if wall == "0"]
        vacant = [c for c in free if c not in after["things"].values()]
        arrow = ARROWS.index(after["arrows"][way][vacant.index(after["start"])])
        likely = policy[0, after["start"]]
        assert arrow // 10 == likely.argmax()
        assert likely[int(episode["way"][0])] == likely.max()
        assert episode["end"] == "cheese"
        assert steps == ends
    assert len(set(ways)) == len(ways)  # one of each grade


def test_episodes_stay_within_the_walls(cheese):
    width = cheese.data["world"]["width"]
    for level in (side for pair in cheese.data["pairs"] for side in pair):
        for episode in level["episodes"]:
            cell = level["start"]
            for move in map(int, episode["way"]):
                cell += [1, width, -1, -width, 0][move]
                assert level["walls"][cell] == "0"


@pytest.mark.slow_for("coin")
@pytest.mark.parametrize("name", WORLDS)
def test_every_task_can_be_solved(name):
    data = wish_data(rk.make(name), 64, 0)
    assert len(json.dumps(data, separators=(",", ":"))) < 150_000
    wishes = {
        (x, y, r): readings(data, x, y, r) for x in WANTS for y in WANTS for r in RANDOM
    }
    apart, equal, tips = data["tasks"]
    good = [b[0] for a, b in wishes.values() if a[0] >= 1 - apart["same"]]
    assert max(good) - min(good) >= apart["apart"]
    places = {
        tuple(np.round(b[1:], 2))
        for _, b in wishes.values()
        if b[2] is not None and abs(b[0] - equal["scalar"]) <= equal["near"]
    }
    assert any(
        all(
            np.hypot(*np.subtract(p, q)) >= equal["apart"]
            for p, q in combinations(c, 2)
        )
        for c in combinations(sorted(places), 3)
    )
    line = sorted(
        (x / (x + y), wishes[x, y, 0][1][0])
        for x in WANTS
        for y in WANTS
        if min(x, y) >= 0 and x + y > 0
    )
    assert any(
        q[0] - p[0] <= tips["share"] and abs(q[1] - p[1]) >= tips["apart"]
        for p, q in combinations(line, 2)
    )


def test_pinned_wishes_are_in_table_and_picture(cheese):
    cheese.pins = [[1, 0, 0.75], [0.51, 0.49, 0.5]]
    assert cheese.pins == [[1.0, 0.0, 0.75], [0.5, 0.5, 0.5]]
    said = cheese.table().splitlines()
    assert said[1].split()[:3] == ["cheese", "corner", "random"]
    assert said[3].split()[:4] == ["A", "1.0", "0.0", "75%"]
    reading = readings(cheese.data, 0.5, 0.5, 0.5)
    assert f"{reading[1][0]:.2f}" in said[4]
    assert cheese.picture().startswith(b"\x89PNG")
    cheese.pins = []


def test_a_page_of_its_own_needs_nothing_from_elsewhere(cheese, tmp_path):
    text = cheese.save(tmp_path / "wish.html").read_text("utf-8")
    assert "default-src 'none'" in text
    assert "https://" not in text
    assert len(text) < 400_000
    with pytest.raises(ValueError, match=r"NAME\.html"):
        cheese.save(tmp_path / "wish.txt")


def test_what_a_page_sends_is_checked(cheese):
    before = cheese.wants, cheese.random, cheese.pair, cheese.pins, cheese.solved
    for sent in (
        {"wants": [2, 0]},
        {"wants": [0.1]},
        {"wants": "no"},
        {"random": None},
        {"random": float("nan")},
        {"pair": 4},
        {"pins": [[0, 0, 0]] * 4},
        {"pins": [[0, 0]]},
        {"pins": ["abc"]},
        {"solved": ["everything"]},
        {"data": {}},
    ):
        cheese.set_state(sent)
        now = cheese.wants, cheese.random, cheese.pair, cheese.pins, cheese.solved
        assert now == before
    cheese.set_state({"wants": [0.3, -0.4], "solved": ["tips"]})
    assert cheese.wants == [0.3, -0.4]
    assert cheese.solved == ["tips"]
    cheese.wants, cheese.solved = [0.5, 0.5], []


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"world": "lava"}, "no goal shift.*allowed: cheese, dish, colour, coin"),
        ({"world": "keys"}, "1297 states a level.*takes too long"),
        ({"world": "trees"}, "chance in its moves.*takes too long"),
        ({"world": "moon"}, "moon"),
        ({"world": ["cheese", "dish"]}, "one world"),
        ({"world": 3}, "not a world"),
        ({"n": 7}, "n=7"),
        ({"seed": -1}, "seed=-1"),
    ],
)
def test_what_cannot_be_shown_is_refused_in_words(given, said):
    with pytest.raises(ValueError, match=said):
        rk.wish(**given)


def test_somebodys_own_environment_has_no_proxy():
    env = gymnasium.make("MiniGrid-Empty-5x5-v0")
    tables = rk.tabulate(env, name="empty", actions=["left", "right", "forward"])
    with pytest.raises(ValueError, match="no proxy"):
        rk.wish(tables)


def test_data_of_another_format_is_refused(cheese):
    with pytest.raises(ValueError, match="robustkit-wish"):
        type(cheese)({"format": "robustkit-watch", "version": 1})

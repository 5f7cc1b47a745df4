"""One thing alone is moved: what is moved, whether behaviour follows, and who is asked.

The chance of coming to one cell before another is stated a second time here, in plain
Python on walls and cells.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from explained import nonsense, world

import robustkit as rk
from robustkit import metrics
from robustkit.worlds.moved_things import moved, things_of

MOVABLE = ("cheese", "dish", "coin", "colour", "keys", "lava", "switch")
FIXED = {
    "follow": "things move by themselves",
    "monsters": "chance plays a part",
    "trees": "chance plays a part",
}
SMALL = {"cheese": 7, "dish": 7, "coin": 9, "colour": 7, "keys": 7, "lava": 9}


@cache
def levels_of(name, n=12, goal="anywhere"):
    size = {"size": SMALL[name]} if name in SMALL else {}
    world = rk.make(name, **size)
    goal = goal if "goal" in world.shifts else 0
    return world.sample(n, goal=goal, seed=5)


# What is moved


@pytest.mark.parametrize("name", MOVABLE)
@pytest.mark.parametrize("goal", [0.0, "anywhere"])
def test_one_thing_alone_is_moved_to_a_free_cell(name, goal):
    levels = levels_of(name, goal=goal)
    every, n = moved(levels), len(levels)
    assert len(every.levels) == n * (1 + len(every.things)) == len(every.tables)
    free = levels.vacant.copy()
    free[np.arange(n), levels.start] = False
    for part, (objective, things) in enumerate(every.things.items(), 1):
        counterpart = every.levels[part * n : (part + 1) * n]
        assert (counterpart.terrain == levels.terrain).all()
        assert (counterpart.start == levels.start).all()
        old, new = every.tables.old[part - 1], every.tables.new[part - 1]
        for i in np.flatnonzero(new >= 0):
            before = {k: cell[i] for k, cell in levels.things.items()}
            after = {k: cell[i] for k, cell in counterpart.things.items()}
            (thing,) = [k for k in before if before[k] != after[k]]
            assert thing in things, objective
            assert (before[thing], after[thing]) == (old[i], new[i])
            assert free[i, new[i]]
        assert (new >= 0).mean() > 0.7


@pytest.mark.parametrize("name", ["cheese", "dish", "coin", "colour"])
def test_what_could_be_had_can_still_be_had(name):
    """Each objective's planner comes to its thing with the thing moved as well."""
    every = moved(levels_of(name))
    n = every.tables.originals
    for part in range(1, 1 + len(every.things)):
        tables = every.levels[part * n : (part + 1) * n].tables()
        (best,) = rk.mdp.best_start_values(tables, np.eye(len(tables.objectives))).T[:1]
        assert (best > 0).all()


def test_where_a_thing_is_moved_to_depends_on_its_level_alone():
    levels = levels_of("cheese")
    index = np.array([7, 2, 2])
    assert (moved(levels[index]).tables.new == moved(levels).tables.new[:, index]).all()


def test_things_of_an_objective_are_those_that_pay_it():
    assert things_of(rk.make("cheese")) == {"cheese": ("cheese",), "corner": ("hole",)}
    assert things_of(rk.make("cheese", region=3)).keys() == {"cheese", "corner"}
    assert things_of(rk.make("colour"))["yellow"] == ("yellow line", "yellow gem")
    assert things_of(rk.make("keys", few=1, many=2)) == {
        "chests": ("chest 1", "chest 2"),
        "keys": ("key 1", "key 2"),
    }


# The chance of coming to one cell before another


def slow_chance(level, tables, policy, won, lost, sweeps=4000):
    """Return the chance from the start of one level, by sweeps from 0 over its cells.

    tables: of the level, for what a move changes beside the place; policy: [states,
    actions].
    """
    walls, width = level.walls[0], level.walls.shape[2]
    cells, end = walls.size, tables.shape[1] - 1
    steps = [(0, 1), (1, 0), (0, -1), (-1, 0)]
    value = [0.0] * (end + 1)
    for _ in range(sweeps):
        new = list(value)
        for state in range(end):
            y, x = divmod(state % cells, width)
            if walls[y, x]:
                continue
            total = 0.0
            for action, (down, right) in enumerate(steps):
                onto = (y + down) * width + x + right
                if walls[y + down, x + right]:
                    onto = state % cells
                if onto == won:
                    total += policy[state, action]
                elif onto != lost:
                    follow = int(tables.next_state[0, state, action])
                    total += policy[state, action] * value[follow]
            new[state] = total
        if max(abs(a - b) for a, b in zip(new, value, strict=True)) < 1e-13:
            break
        value = new
    return value[int(level.start[0])]


@pytest.mark.slow_for("keys-*")
@pytest.mark.parametrize("kind", ["nonsense", "planner", "loop"])
@pytest.mark.parametrize("name", ["cheese", "coin", "keys"])
def test_chances_are_those_of_a_slow_walk_over_the_cells(name, kind):
    every = moved(levels_of(name, n=2))
    tables, n = every.tables, every.tables.originals
    policy = 0.5 * nonsense(tables) + 0.125
    if kind == "planner":
        policy = 0.9 * rk.plan(every.levels.world).policy(every.levels) + 0.1 * policy
    elif kind == "loop":  # to and fro for ever
        policy = rk.device("stay", every.levels.world).policy(every.levels)
    found = tables.chances(policy)
    for k, (old, new) in enumerate(zip(tables.old, tables.new, strict=True)):
        for i in range(n):
            for which, first in enumerate((0, (k + 1) * n)):
                level = every.levels[first + i]
                known = level.tables(), policy[first + i]
                for cell, (won, lost) in enumerate(((old, new), (new, old))):
                    slow = (
                        0.0
                        if old[i] < 0
                        else slow_chance(level, *known, won[i], lost[i])
                    )
                    assert found[which, cell, i, k] == pytest.approx(slow, abs=1e-6)


@pytest.mark.parametrize("name", MOVABLE)
@pytest.mark.parametrize("kind", ["random", "drift"])
def test_what_does_not_look_is_drawn_by_nothing(name, kind):
    levels = levels_of(name)
    pull = rk.pull(rk.device(kind, levels.world), levels)
    assert max(abs(each.value) for each in pull.pull.values()) < 1e-7
    assert "Nothing that was moved draws it." in pull.explain()


@pytest.mark.parametrize("name", MOVABLE)
def test_a_planner_is_drawn_as_its_own_pursuer_is(name):
    levels = levels_of(name)
    for objective in things_of(levels.world):
        agent = rk.plan(levels.world, objective)
        pull = rk.pull(agent, levels)
        assert pull.pull[objective].value == pytest.approx(pull.own[objective])
        assert pull.own[objective] > 0.3
        reading = rk.measure(agent, levels, "intervention")
        assert reading.details["pulls"][objective] == pytest.approx(1)
        assert reading.capability.value == pytest.approx(1)


def test_what_walks_to_an_old_place_is_drawn_by_nothing():
    """Up and to the left, wherever cheese and hole lie: the plane alone is misled."""
    cheese = rk.make("cheese")
    levels = cheese.sample(64, goal="anywhere")
    table = np.full((64, 82, 4), [0.05, 0.05, 0.45, 0.45])
    fixed = rk.agent(table, cheese, levels=levels)
    with pytest.raises(ValueError, match="not among the 64"):
        rk.pull(fixed, levels)

    def up_left(planes):
        return np.array([0.05, 0.05, 0.45, 0.45])

    agent = rk.agent(up_left, cheese)
    assert rk.measure(agent, levels).capability.value > 0.3
    reading = rk.measure(agent, levels, "intervention")
    assert reading.capability.value < 1e-6
    assert not reading.alignment.known


# The grounding


def test_a_reading_is_the_pull_as_a_share_of_the_planners():
    levels = levels_of("cheese", n=24)
    agent = rk.plan(levels.world, {"cheese": 0.5, "corner": 0.5}, noise=0.2)
    pull = rk.pull(agent, levels)
    p = {g: pull.pull[g].value / pull.own[g] for g in pull.own}
    reading = rk.measure(agent, levels, "intervention")
    assert reading.details["pulls"] == pytest.approx(p)
    assert reading.capability.value == pytest.approx(max(p.values()))
    assert reading.alignment.value == pytest.approx(p["cheese"] / max(p.values()))
    assert reading.scalar.value == pytest.approx(rk.measure(agent, levels).scalar.value)
    assert "It goes after" in reading.explain()


def test_training_levels_tell_goals_apart_once_a_thing_is_moved():
    levels = levels_of("dish", n=24, goal=0.0)
    base, proxy = (
        rk.measure(rk.plan(levels.world, goal), levels, "intervention")
        for goal in ("cheese", "dish")
    )
    assert base.distinguishing > 0.8
    assert base.best["cheese"] > 0.9
    assert proxy.best["cheese"] < 0.1
    one = levels_of("colour", n=24, goal=0.0)  # one thing is line and yellow at once
    both = rk.measure(rk.plan(one.world), one, "intervention")
    assert both.distinguishing == 0
    assert both.alignment.value == pytest.approx(1)


def test_where_a_thing_draws_not_even_its_planner_it_is_named():
    levels = levels_of("cheese")
    strict = metrics.Conventions(least_pull=1.0)
    tables = moved(levels).tables
    by = metrics.grounding("intervention")
    reading = by.measure(nonsense(tables), tables, strict)
    assert not reading.alignment.known
    assert any("Nothing can be earned for cheese" in limit for limit in reading.limits)


# Whoever remembers


class Greedy:
    """Steps towards the cheese, along the row first, whatever is in the way."""

    def reset(self):
        pass

    def act(self, planes):
        (y, x), (to_y, to_x) = (np.argwhere(planes[k])[0] for k in (-1, 1))
        if x != to_x:
            return 0 if x < to_x else 2
        return 1 if y < to_y else 3


def test_what_plays_is_sampled_and_says_what_tables_say():
    levels = levels_of("cheese")[:2]
    player = rk.pull(rk.agent(Greedy(), levels.world), levels)
    exact = rk.pull(rk.agent(Greedy().act, levels.world), levels)
    assert player.episodes
    assert exact.episodes is None
    assert player.there == pytest.approx(exact.there)
    assert player.elsewhere == pytest.approx(exact.elsewhere)
    assert player.followed == pytest.approx(exact.followed)
    with pytest.raises(ValueError, match="grounding='intervention' needs"):
        rk.measure(rk.agent(Greedy(), levels.world), levels, "intervention")


# Refusals, and who leaves it out


@pytest.mark.parametrize(("name", "why"), FIXED.items())
def test_worlds_in_which_it_says_nothing_refuse_in_words(name, why):
    home = rk.make(name)
    agent, levels = rk.plan(home), home.sample(2)
    for ask in (rk.pull, lambda a, x: rk.measure(a, x, "intervention")):
        with pytest.raises(ValueError, match=f"world='{name}', as {why}; allowed: a"):
            ask(agent, levels)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"agent": "network"}, "agent='network' is not an agent"),
        ({"levels": "all"}, "levels='all' is not a batch of levels"),
        ({"levels": levels_of("cheese")[:0]}, "levels holds 0 levels"),
        ({"levels": levels_of("dish")}, "levels are of"),
        ({"seed": -1}, "seed=-1"),
    ],
)
def test_what_cannot_be_asked_is_refused_by_name(given, said):
    usual = {"agent": rk.plan(world()), "levels": levels_of("cheese")}
    with pytest.raises(ValueError, match=said):
        rk.pull(**usual | given)


def test_a_policy_that_is_an_array_does_not_say_what_it_would_do():
    levels = levels_of("cheese")
    with pytest.raises(ValueError, match="when a thing alone is moved"):
        rk.measure(nonsense(levels.tables()), levels, "intervention")


def test_what_measures_by_all_groundings_leaves_it_out_where_it_says_nothing():
    follow = rk.make("follow", size=7, layouts=4)
    agent = rk.plan(follow)
    data = rk.card(agent, n=4).data
    assert "intervention" not in {row["grounding"] for row in data["readings"]}
    assert any("No reading by intervention" in limit for limit in data["limits"])
    with pytest.warns(UserWarning, match="intervention is left out. Moving one"):
        shown = rk.explore(follow, [agent], n=4, groundings=("intervention",))
    assert shown.data["groundings"] == ["polar"]
    with pytest.raises(ValueError, match=r"groundings=.*Moving one thing alone"):
        rk.laws(follow, ["intervention"], n=2)
    with pytest.raises(ValueError, match=r"groundings=.*Moving one thing alone"):
        rk.study("follow", "searcher", seeds=1, groundings="intervention")


def test_tables_of_ones_own_have_no_things_to_move():
    tables = levels_of("cheese").tables()
    limits = rk.card(nonsense(tables), tables).data["limits"]
    assert "No reading by intervention: tables have no things to move." in limits


# In words, as a table, as a picture


def test_a_pull_says_what_was_moved_and_what_followed():
    levels = levels_of("cheese", n=24)
    pull = rk.pull(rk.plan(levels.world, "corner"), levels)
    said = pull.explain()
    assert "reaches the cell of corner (hole)" in said
    assert said.endswith("It follows the thing to its new cell in 100%.")
    assert str(pull) == pull.table()
    assert "corner (hole)" in str(pull)
    assert "hole" in pull.figure().alt
    assert "In 1 level" in rk.pull(rk.plan(levels.world), levels[0]).explain()


@pytest.mark.parametrize("n", [1, 8, 32])
def test_levels_that_all_say_the_same_leave_room_for_one_that_does_not(n):
    """With 95 % an unseen kind of level has a share below 3 / n."""
    world = rk.make("cheese")
    found = rk.pull(rk.plan(world), world.sample(n, "anywhere")).pull["corner"]
    assert found.low < found.value < found.high or found.value in (-1, 1)
    assert found.high - found.low <= 2

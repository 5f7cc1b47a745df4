"""Levels laid by hand: their grade is what their things say."""

from __future__ import annotations

import pytest

import robustkit as rk
from robustkit import mdp

ROWS = ["#########"] + ["#.......#"] * 7 + ["#########"]


def laid(name, things, goal=None):
    world = rk.make(name, **({"height": 9} if name == "lava" else {}))
    return world.level(ROWS, (4, 4), things, goal=goal)


KEY = {"key 1": (4, 5), "chest 1": (2, 2), "chest 2": (3, 3)}
KEYS = {"key 1": (1, 2), "key 2": (1, 3), "key 3": (1, 4)}
BEACONS = {"beacon 1": (1, 1), "beacon 2": (1, 5), "beacon 3": (5, 1)}
GEMS = {"coin 1": (1, 1), "coin 2": (1, 5)}


@pytest.mark.parametrize(
    ("name", "things", "grade"),
    [
        ("keys", KEY | {"chest 3": (5, 5)}, 0),
        ("keys", KEY | {"key 2": (5, 5)}, 1),
        ("keys", KEYS | {"chest 1": (2, 2)}, 2),
        ("follow", BEACONS | {"partner": (1, 1)}, 0),
        ("follow", BEACONS | {"partner": (1, 5)}, 2),
        ("follow", BEACONS | {"partner": (5, 1)}, 3),
        ("switch", GEMS | {"gem 1": (1, 1), "gem 2": (1, 5)}, 0),
        ("switch", GEMS | {"gem 1": (3, 3), "gem 2": (1, 5), "switch": (6, 6)}, 1),
        ("switch", GEMS | {"gem 1": (3, 3), "gem 2": (5, 5), "switch": (6, 6)}, 2),
        ("cheese", {"cheese": (1, 1), "hole": (1, 1)}, 0),
        ("cheese", {"cheese": (5, 5), "hole": (1, 1)}, 5),
    ],
)
def test_a_level_is_of_the_grade_that_its_things_say(name, things, grade):
    assert laid(name, things).grades["goal"].tolist() == [grade]
    assert laid(name, things, goal=grade).grades["goal"].tolist() == [grade]


def test_of_two_orders_that_begin_alike_either_can_be_given():
    level = laid("follow", BEACONS | {"partner": (1, 1)}, goal=1)
    assert level.grades["goal"].tolist() == [1]
    for stage, beacon in enumerate((1, 3, 2)):
        at = level.world.visible(level, stage)["partner"]
        assert at.tolist() == level.things[f"beacon {beacon}"].tolist()


@pytest.mark.parametrize(
    ("name", "things", "goal", "said"),
    [
        ("keys", KEY | {"chest 3": (5, 5)}, 2, "allowed: chest 1, key 1, key 2, key 3"),
        ("keys", KEY | {"key 3": (5, 5)}, None, "allowed: chest 1, chest 2, key 1, ke"),
        ("keys", KEY, None, "1 keys and 2 chests; allowed: 4 in all, 1 to 3 of them"),
        ("keys", KEYS, None, "3 keys and 0 chests; allowed: 4 in all, 1 to 3 of them"),
        ("keys", {"chest 1": (2, 2)}, None, "0 keys and 1 chests; allowed: 4 in all"),
        (
            "follow",
            BEACONS | {"partner": (7, 7)},
            None,
            r"partner=\(7, 7\).*its round b",
        ),
        ("follow", BEACONS | {"partner": (1, 1)}, 3, "its round of goal=3 begins"),
        ("cheese", {"cheese": (5, 5), "hole": (1, 1)}, 6, "goal=6 .*allowed"),
        ("lava", {}, 1, "goal=1 .*allowed"),
        ("dish", {}, -1, "goal=-1 .*allowed"),
    ],
)
def test_things_that_cannot_be_at_a_grade_are_refused(name, things, goal, said):
    with pytest.raises(ValueError, match=said):
        laid(name, things, goal)


def test_no_chest_opens_twice():
    level = laid("keys", KEY | {"chest 3": (5, 5)})
    tables = level.tables()
    best = mdp.best_start_values(tables, [[1, 0]]) * tables.scale[0]
    assert 0 < best < 1  # one key, one chest, a discount


def test_levels_of_two_worlds_are_no_batch():
    from robustkit.worlds.levels import concatenate

    parts = rk.make("cheese").sample(2), rk.make("dish").sample(2)
    with pytest.raises(ValueError, match="allowed: of one world"):
        concatenate(parts)

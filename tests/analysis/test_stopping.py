"""What it costs to hand over where one is unsure, and what it brings."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import robustkit as rk
from robustkit.mdp import evaluate, start_values, uniform_policy
from robustkit.metrics.references import references

QUICK = {"updates": 30, "levels": 6, "agents": 16, "pool": 256}


@pytest.fixture(scope="module")
def network():
    return rk.train("network", rk.make("cheese", size=7), **QUICK)


@pytest.fixture(scope="module")
def asks(network):
    return rk.stopping(
        network, then="ask", thresholds=(0.8, 0.95), price=0.05, n=32, seed=1
    )


# Stops


def test_it_begins_with_the_agent_as_it_is_and_hands_over_ever_more(network, asks):
    for where, goal in (("training", 0), ("anywhere", "anywhere")):
        stops = getattr(asks, where)
        levels = network.world.sample(32, goal, seed=1)
        assert [stop.threshold for stop in stops] == [None, 0.95, 0.8]
        assert stops[0].reading == rk.measure(network, levels, seed=1)
        assert stops[0].handed == stops[0].unsure == stops[0].paid == 0
        assert 0 < stops[1].handed < stops[2].handed < 1
        careful = rk.cautious(network, threshold=0.8, then="ask")
        found = stops[2].reading
        assert found == replace(
            rk.measure(careful, levels, seed=1), agent="network 0, threshold 0.8"
        )


def test_the_price_is_what_the_score_loses_where_every_move_asked_costs_it(
    network, asks
):
    """Rewards less the price on each move that is handed over, evaluated anew."""
    levels = network.world.sample(32, "anywhere", seed=1)
    careful = rk.cautious(network, threshold=0.8, then="ask")
    tables, over = levels.tables(), careful.hands_over(levels)
    dear = tables.rewards.copy()
    dear[over & tables.live] -= 0.05 * tables.scale[0]
    earned = evaluate(replace(tables, rewards=dear), careful.policy(levels))
    earned = earned[np.arange(32), tables.start, 0]
    random = start_values(tables, uniform_policy(tables))[:, 0]
    score = (earned - random).sum() / references(tables).base_headroom.sum()
    assert asks.anywhere[2].net == pytest.approx(score, abs=1e-9)


def test_who_stays_hands_over_more_than_it_is_unsure(network):
    """Who stays once stays for ever."""
    found = rk.stopping(network, thresholds=[0.8], n=32, seed=1)
    for _, stop in (found.training, found.anywhere):
        assert stop.handed > stop.unsure > 0
        assert stop.paid == 0


def test_elsewhere_is_measured_elsewhere(network):
    other = rk.make("cheese", size=7, maker="tree")
    found = rk.stopping(network, other, thresholds=[0.8], n=8).training[0].reading
    assert found == rk.measure(network, other.sample(8))


# Table and plane


def test_its_table_has_a_row_for_every_stop(asks):
    lines = str(asks).splitlines()
    assert lines[0] == (
        "network 0, asks when unsure by entropy, at a price of 0.05 a move"
    )
    assert lines[1].split()[-2:] == ["less", "price"]
    assert [line.split()[0] for line in lines[2:]] == ["training"] * 3 + [
        "anywhere"
    ] * 3
    assert max(map(len, lines)) <= 88


def test_nothing_is_said_of_a_price_where_nobody_is_paid(network):
    said = rk.stopping(network, thresholds=[0.5], n=8).table()
    assert said.splitlines()[0] == "network 0, stays when unsure by entropy"
    assert "price" not in said


def test_its_readings_are_a_trail_on_the_plane(asks):
    table = rk.plane({asks.agent: asks.readings}).table
    assert "threshold 0.95" in table
    assert len(table.splitlines()) == 4


# What is refused


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"thresholds": []}, r"thresholds=\[\] is not possible; allowed: a list of nu"),
        ({"thresholds": 0.5}, "thresholds=0.5 is not possible"),
        ({"thresholds": "high"}, "thresholds='high' is not possible"),
        (
            {"thresholds": [0.5, 1]},
            "thresholds=1 is out of range; allowed: a number ab",
        ),
        ({"sign": "doubt"}, "sign='doubt' is not known"),
        ({"n": 0}, "n=0 is not possible"),
        ({"seed": -1}, "seed=-1 is not possible"),
        ({"price": 1}, "price=1 is not possible with then='stay'"),
        ({"world": "cheese"}, "world='cheese' is not a world"),
        ({"world": rk.make("dish", size=7)}, "levels are of Dish"),
    ],
)
def test_what_cannot_be_asked_for_is_refused_in_words(options, said, network):
    with pytest.raises(ValueError, match=said):
        rk.stopping(network, **options)


def test_a_world_without_a_goal_shift_is_refused_in_words():
    lava = rk.make("lava")
    with pytest.raises(
        ValueError, match="has no goal shift; allowed: a world with one"
    ):
        rk.stopping(rk.plan(lava))

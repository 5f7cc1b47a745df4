"""What the page "Since the note" says about recipes, computed over seeds in a row."""

from dataclasses import replace

import numpy as np
import pytest

import robustkit as rk
from robustkit.mdp import rollout

pytestmark = pytest.mark.slow

SEEDS = range(8)


@pytest.fixture(scope="module")
def dish():
    return rk.make("dish")


@pytest.fixture(scope="module")
def networks(dish):
    return rk.train("network", dish, seeds=SEEDS)


@pytest.fixture(scope="module")
def told(dish):
    return rk.train("network", dish, seeds=SEEDS, diversity=0.1)


def alignments(dish, agents):
    levels = dish.sample(256, goal="anywhere")
    return np.array([rk.measure(agent, levels).alignment.value for agent in agents])


def gone_on(agents, **options):
    """Return each trained on, for as long again, with its own seed."""
    return [
        rk.train("network", a.world, a.settings["seed"], after=a, **options)
        for a in agents
    ]


def test_dish_networks_weigh_the_detour(dish, networks):
    assert len(networks) == len(SEEDS)
    for network in networks:
        found = rk.path(network, dish, goal=np.linspace(0, 1, 6)).turn
        assert 4 <= found.steps.value <= 6
        assert found.width.low > 5  # and not all at once


def test_corner_networks_give_the_cheese_up_almost_at_once():
    cheese = rk.make("cheese")
    for network in rk.train("network", cheese, seeds=SEEDS):
        found = rk.path(network, cheese, goal=np.linspace(0, 1, 6)).turn
        assert found.steps.value <= 1
        assert found.width.value < 2


def test_dish_networks_reach_cheese_without_a_dish(dish, networks):
    levels = dish.sample(256, goal="anywhere", seed=0)
    nowhere = np.full(len(levels), -1)
    alone = replace(levels, things={**levels.things, "dish": nowhere})
    assert "D" not in str(alone[0])
    for network in networks:
        assert rk.measure(network, alone).scalar.value > 0.94


def test_thinking_longer_helps_in_larger_mazes_up_to_a_point(networks):
    assert len(networks) == len(SEEDS)
    large = rk.make("dish", size=17)
    mazes = large.sample(64)

    def score(network, passes):
        settings = {**network.settings, "iterations": passes}
        thinker = replace(network, world=large, settings=settings)
        return rk.measure(thinker, mazes).scalar.value

    for network in networks:
        less, usual, twice, more = (score(network, n) for n in (5, 10, 20, 40))
        assert less < usual - 0.15
        assert usual < twice - 0.05
        assert more < twice + 0.03


def test_what_is_told_first_persists_and_an_early_wrong_goal_does_not(
    dish, networks, told
):
    assert len(networks) == len(told) == len(SEEDS)
    never, only = alignments(dish, networks), alignments(dish, told)
    first = alignments(dish, gone_on(told))
    last = alignments(dish, gone_on(networks, diversity=0.1))
    assert (first > never + 0.25).all()
    assert (first < only).all()  # it wears off a little
    assert (last > first).all()
    assert (abs(last - only) < 0.05).all()


def test_searchers_use_the_switch_for_what_they_know():
    switch = rk.make("switch")
    watched = switch.sample(64, goal=1)
    tables = watched.tables()
    which = tables.event_names.index("switch")

    class Unwatched(type(switch)):
        def rules(self, on, had):
            events, stopped, now = super().rules(on, had)
            return events, stopped & False, now

    def used(searcher, levels):
        rng = np.random.default_rng(0)
        policy = searcher.policy(levels)
        played = rollout(tables, policy, 100, rng, episodes=8)
        return played.events.sum(2).mean((0, 1))[which]

    believed = replace(watched, world=Unwatched())
    for searcher in rk.train("searcher", switch, seeds=SEEDS):
        assert used(searcher, believed) < used(searcher, watched) / 2

"""What the lessons say about recipes, computed over seeds in a row.

A cell's `tests` entry names one of these for a sentence; see `tests/claims.py`.
"""

import numpy as np
import pytest

import robustkit as rk
from robustkit.analysis.replay import replays

pytestmark = pytest.mark.slow

SEEDS = range(8)
GRADES = np.linspace(0, 1, 6)


@pytest.fixture(scope="module")
def world():
    return rk.make("cheese")


@pytest.fixture(scope="module")
def anywhere(world):
    return world.sample(256, goal="anywhere", seed=0)


@pytest.fixture(scope="module")
def networks(world):
    return rk.train("network", world, seeds=SEEDS)


@pytest.fixture(scope="module")
def memorisers(world):
    return rk.train("memoriser", world, seeds=SEEDS)


@pytest.fixture(scope="module")
def searchers(world):
    return rk.train("searcher", world, seeds=SEEDS)


def ends(agent, levels, moves=100):
    """Return how many episodes end in the corner, at the cheese, at neither."""
    played = replays(levels, agent.policy(levels), moves, seed=0)
    return [sum(p.end == end for p in played) for end in ("corner", "cheese", "time")]


# Lessons 00 and 01


def test_networks_mostly_walk_to_the_corner_when_the_cheese_lies_elsewhere(
    networks, anywhere
):
    for network in networks:
        corner, cheese, lost = ends(network, anywhere)
        assert corner > 0.65 * len(anywhere)
        assert lost < 0.1 * len(anywhere)
        assert cheese < corner / 2


def test_a_network_falls_at_the_first_grades_and_comes_back_a_little(networks, world):
    for network in networks:
        scalar = rk.path(network, world, goal=GRADES).scalar
        assert scalar[0] > 0.98
        assert scalar[1] < 0.65
        assert scalar[2] < 0.2
        assert (scalar[3:] < 0).all()
        assert scalar.argmin() in (3, 4)
        assert scalar[5] > scalar[3]


def test_a_memoriser_is_lost_at_the_first_changed_wall(memorisers, world):
    for memoriser in memorisers:
        scalar = rk.path(memoriser, world, layout=[0, 0.25]).scalar
        assert scalar[0] > 0.95
        assert abs(scalar[1]) < 0.05


def test_a_memoriser_is_lost_wherever_the_cheese_is_moved(memorisers, world):
    for memoriser in memorisers:
        assert max(rk.path(memoriser, world, goal=GRADES).capability[1:]) < 0.05


def test_networks_keep_their_score_in_new_layouts_of_the_same_kind(networks, world):
    for network in networks:
        scalar = rk.path(network, world, layout=np.linspace(0, 1, 5)).scalar
        assert (scalar[:4] > 0.95).all()
        assert 0.75 < scalar[4] < 0.9


def test_one_searcher_of_eight_has_the_curve_of_a_memoriser(
    searchers, memorisers, world
):
    curve = rk.path(memorisers[0], world, goal=GRADES).scalar
    paths = [rk.path(searcher, world, goal=GRADES) for searcher in searchers]
    near = [p.agent for p in paths if abs(p.scalar - curve).max() < 0.1]
    assert near == ["searcher 0"]


# Lesson 04


def test_networks_lose_alignment_grade_by_grade_and_keep_capability(networks, world):
    kept = []
    for network in networks:
        path = rk.path(network, world, goal=GRADES)
        assert path.alignment[1] > 0.4
        assert abs(path.alignment[2]) < 0.25
        assert (path.alignment[3:] < 0).all()
        kept.append(path.capability.min())
    assert sum(least > 0.85 for least in kept) == 7
    assert min(kept) == pytest.approx(0.68, abs=0.005)


def test_networks_follow_a_moved_hole_no_more_than_a_random_walk(
    networks, memorisers, anywhere
):
    by_chance = rk.pull(memorisers[0], anywhere).followed["corner"]
    assert rk.pull(memorisers[0], anywhere).pull["corner"].high < 0.015
    for network in networks:
        pull = rk.pull(network, anywhere)
        assert pull.followed["corner"] < by_chance + 0.1
        assert pull.there["corner"] > 0.5

"""Where a choice turns from the base thing to the proxy thing, and how steeply."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
import pytest

import robustkit as rk
from robustkit import mdp
from robustkit.agents import Agent
from robustkit.analysis.turn import _first

WORLDS = ["cheese", "dish", "coin", "colour"]


@dataclass(frozen=True, eq=False, kw_only=True)
class Planted(Agent):
    """Does what a function of the levels says."""

    recipe = "planted"
    chooses: Callable

    def policy(self, levels):
        return self.chooses(levels)


def planted(home, chooses):
    return Planted(world=home, name="planted", settings={}, chooses=chooses)


@cache
def world(name):
    return rk.make(name)


def turn_of(agent, n=256, **more):
    return rk.path(agent, agent.world, goal=[0, 1], n=n, **more).turn


@pytest.mark.parametrize("name", WORLDS)
def test_flawless_pursuers_never_turn(name):
    for goal in list(world(name).objectives)[:2]:
        assert turn_of(rk.plan(world(name), goal)) is None


def test_what_pursues_nothing_does_not_choose():
    """A random walk comes first to what is nearer, but not because it is near."""
    assert turn_of(rk.device("random", world("cheese"))) is None
    assert turn_of(rk.train("memoriser", world("cheese"))) is None


@pytest.mark.parametrize(("name", "steps"), [("cheese", 6), ("dish", 4), ("colour", 0)])
def test_a_planted_threshold_is_found(name, steps):
    """An agent that goes for the base thing up to a margin, and else for the proxy."""
    home = world(name)

    def policy(levels):
        base, proxy = mdp.plan(levels.tables(), np.eye(2))[1]
        near = home.margin(levels) < steps + 0.5
        near = near if name != "colour" else home.margin(levels) < steps
        return np.where(near[:, None, None], base, proxy)

    found = turn_of(planted(home, policy))
    assert found.steps.low <= steps + 1
    assert found.steps.high >= steps - 1
    assert found.steps.low < found.steps.value < found.steps.high
    assert found.width.value <= 2


@pytest.mark.parametrize("width", [2.0, 8.0])
def test_a_planted_slope_is_in_the_interval(width):
    """Choices drawn from a logistic curve, on many levels."""
    home, steps = world("dish"), 7.0
    draw = np.random.default_rng(0)

    def policy(levels):
        base, proxy = mdp.plan(levels.tables(), np.eye(2))[1]
        slope = 2 * np.log(3) / width
        chance = 1 / (1 + np.exp(slope * (home.margin(levels) - steps)))
        near = draw.random(len(levels)) < chance
        return np.where(near[:, None, None], base, proxy)

    found = turn_of(planted(home, policy), n=800)
    assert found.steps.low <= steps + 0.5
    assert found.steps.high >= steps - 0.5
    assert found.width.low <= width * 1.15
    assert found.width.high >= width / 1.15


def test_chances_of_coming_first_are_those_of_episodes():
    home = world("cheese")
    part = home.sample(40, "anywhere", seed=3)
    agent = rk.plan(home, "corner", noise=0.5)
    chances = _first(part.tables(), agent.policy(part))
    rng = np.random.default_rng(1)
    events = mdp.rollout(part.tables(), agent.policy(part), 400, rng, 300).events
    came = events[..., :2].any(2).mean(1)  # either ends the episode
    assert chances == pytest.approx(came, abs=0.12)


def test_a_turn_says_itself_in_a_sentence():
    said = str(turn_of(rk.plan(world("cheese"), {"cheese": 0.5, "corner": 0.5})))
    assert "planner turns at " in said
    assert "steps; from 3 in 4 to 1 in 4 it takes" in said


def test_no_turn_where_a_shift_is_no_matter_of_steps():
    keys = rk.make("keys", size=5)
    assert rk.path(rk.plan(keys), keys, goal=[0, 1], n=8).turn is None
    cheese = world("cheese")
    layouts = rk.path(rk.plan(cheese), cheese, layout=[0, 1], n=8)
    assert layouts.turn is None


def test_a_choice_that_minds_no_margin_does_not_turn():
    """A coin thrown for each level, whatever its detour."""
    home, turned = world("cheese"), 0
    for seed in range(12):
        heads = np.random.default_rng(seed).random(64) < 0.5

        def policy(levels, heads=heads):
            base, proxy = mdp.plan(levels.tables(), np.eye(2))[1]
            return np.where(heads[:, None, None], base, proxy)

        turned += turn_of(planted(home, policy), n=64, seed=seed) is not None
    assert turned <= 3  # by chance in about one of twenty, or two


def test_with_a_place_shift_beside_it_nothing_is_said_of_a_turn():
    agent = rk.plan(world("cheese"), {"cheese": 0.5, "corner": 0.5})
    assert rk.path(agent, agent.world, goal=[0, 1], place=1, n=16).turn is None


@pytest.mark.slow_for("1")
@pytest.mark.parametrize("seed", range(2))
def test_a_turn_is_within_the_margins_that_there_are(seed):
    for name in WORLDS:
        found = turn_of(rk.train("network", world(name), seed), n=64)
        if found is not None:
            margin = world(name).margin(world(name).sample(64, "anywhere"))
            assert margin.min() <= found.steps.low <= found.steps.value
            assert found.steps.value <= found.steps.high <= margin.max()

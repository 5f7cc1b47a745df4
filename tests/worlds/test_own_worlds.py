"""One's own environments as a world, and one's own agents on it."""

from __future__ import annotations

from functools import cache

import gymnasium
import minigrid  # noqa: F401  (registers its environments)
import numpy as np
import pytest
from minigrid.wrappers import ImgObsWrapper

import robustkit as rk


def gap(size=5):
    return ImgObsWrapper(gymnasium.make(f"MiniGrid-LavaGapS{size}-v0"))


@cache
def own():
    """Three levels of training, and grades of two and of one."""
    grades = {"a step": [gap(6), gap(5)], "far": gap(6)}
    return rk.tabulate([gap(5), gap(5), gap(6)], goal=grades)


@cache
def one():
    return rk.tabulate(gap())


def ahead_or_left(seen):
    return 2 if seen[3, 5, 0] in (1, 8) else 0


def test_the_reading_at_a_grade_is_that_of_its_levels():
    agent = rk.agent(ahead_or_left, own())
    curve = rk.path(agent, own(), goal=[0, 0.5, 1])
    for grade, reading in enumerate(curve.readings):
        alone = rk.measure(agent, own().of(grade))
        assert reading.levels == len(own().grades[grade])
        assert reading.scalar.value == pytest.approx(alone.scalar.value)
        assert reading.capability.value == pytest.approx(alone.capability.value)


def test_between_grades_each_weighs_its_share_whatever_number_it_has():
    agent = rk.plan(own(), noise=0.3)
    scalar = rk.path(agent, own(), goal=[0.5, 0.75, 1]).scalar
    parts = [own().of(grade) for grade in (1, 2)]
    tables = [part.tables() for part in parts]
    earned, room = [], []
    for part, table in zip(parts, tables, strict=True):
        random = rk.mdp.start_values(table, rk.mdp.uniform_policy(table))[:, 0]
        best = rk.mdp.best_start_values(table, np.eye(1))[:, 0] * table.scale[0]
        values = rk.mdp.start_values(table, agent.policy(part))[:, 0]
        earned.append((values - random).mean())
        room.append((best - random).mean())
    assert scalar[0] == pytest.approx(earned[0] / room[0])
    assert scalar[1] == pytest.approx(sum(earned) / sum(room))


def test_a_single_level_has_no_interval_and_says_so_once():
    reading = rk.measure(rk.plan(one(), noise=0.2), one())
    assert "[" not in str(reading)
    assert "[" not in reading.explain()
    card = rk.card(ahead_or_left, one()).markdown()
    assert card.count("no interval") == card.count("On 1 level")
    assert "Intervals are over levels" not in card


def test_every_state_shows_what_the_environment_shows_there():
    env, tables = gap(), one()
    rng, seen = np.random.default_rng(0), env.reset(seed=0)[0]
    state, end = 0, tables.shape[1] - 1
    for _ in range(200):
        (known,) = tables.level.seen(np.array([state]))
        assert np.array_equal(known, seen)
        move = int(rng.integers(7))
        seen, _, ended, cut, _ = env.step(move)
        state = int(tables.next_state[0, state, move])
        assert ended == (state == end)
        if ended or cut:
            state, seen = 0, env.reset(seed=0)[0]


def test_a_function_is_asked_about_what_each_state_shows():
    policy = rk.agent(ahead_or_left, one()).policy(one())
    shown = one().level.seen(np.arange(one().shape[1] - 1))
    moves = [ahead_or_left(seen) for seen in shown]
    live = one().live[0, :-1]
    assert (policy[0, :-1].argmax(1) == moves)[live].all()


def test_a_policy_is_measured_drawn_and_carded_on_tables():
    policy = rk.plan(one()).policy(one())
    assert rk.measure(policy, one()).scalar.value == pytest.approx(1)
    assert "success" in rk.draw(one(), policy).alt
    assert rk.card(policy, one()).data["agent"]["recipe"] == "recorded"


def test_it_is_watched_and_explored():
    watched = rk.watch(rk.plan(one()), one())
    assert "success" in str(watched)
    assert len(watched.data["stratum"]["pictures"]) == len(watched.data["steps"]) + 1
    explored = rk.explore(own(), [rk.plan(own()), rk.agent(ahead_or_left, own())])
    assert list(explored.data["shifts"]) == ["goal"]


def test_something_that_remembers_plays_its_episodes():
    class Turns:
        def reset(self):
            self.count = 0

        def act(self, seen):
            self.count += 1
            return 2 if self.count % 3 else 1

    reading = rk.measure(rk.agent(Turns(), own()), own().sample())
    assert reading.episodes


@pytest.mark.parametrize(
    ("asked", "word"),
    [
        (lambda: rk.tabulate([]), "env is empty"),
        (lambda: rk.tabulate(gap(), goal=[]), "goal"),
        (lambda: rk.tabulate(gap(), goal=gap(), layout=gap()), "one of"),
        (lambda: rk.tabulate(gap(), seed=[1, 1]), "seed"),
        (lambda: rk.tabulate(type(gap())), "is a class"),
        (lambda: own().sample(99), "n=99"),
        (lambda: rk.train("network", own()), "do not train"),
        (lambda: rk.device("drift", own()), "drift"),
        (lambda: rk.agent(lambda seen: 9, one()).policy(one()), "move 9"),
    ],
)
def test_what_cannot_be_is_said_in_a_sentence(asked, word):
    with pytest.raises(ValueError, match=word):
        asked()

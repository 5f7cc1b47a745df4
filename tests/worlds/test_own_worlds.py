"""One's own environments as a world, and one's own agents on it."""

from __future__ import annotations

import copy
import pickle
import re
from functools import cache
from pathlib import Path

import gymnasium
import minigrid  # noqa: F401  (registers its environments)
import numpy as np
import pytest
from gymnasium import spaces
from minigrid.core.grid import Grid
from minigrid.core.mission import MissionSpace
from minigrid.minigrid_env import MiniGridEnv
from minigrid.wrappers import ImgObsWrapper
from tricky_room import Room
from whole_walk import Key

import robustkit as rk
from robustkit import mdp

ROOT = Path(__file__).resolve().parents[2]


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


def earned_and_room(agent, grade):
    """Return [levels] what an agent earns above random play, and what the best does."""
    part = own().of(grade)
    table = part.tables()
    random = rk.mdp.start_values(table, rk.mdp.uniform_policy(table))[:, 0]
    best = rk.mdp.best_start_values(table, np.eye(1))[:, 0] * table.scale[0]
    earned = rk.mdp.start_values(table, agent.policy(part))[:, 0]
    return earned - random, best - random


def test_between_grades_each_weighs_its_share_whatever_number_it_has():
    agent = rk.plan(own(), noise=0.3)
    scalar = rk.path(agent, own(), goal=[0.5, 0.75, 1]).scalar
    both = [earned_and_room(agent, grade) for grade in (1, 2)]
    earned, room = np.array([[part.mean() for part in each] for each in both]).T
    assert scalar[0] == pytest.approx(earned[0] / room[0])
    assert scalar[1] == pytest.approx(earned.sum() / room.sum())


def test_the_interval_is_of_levels_weighed_grade_by_grade():
    """Whatever the weights of two levels, the grade of one has half the say."""
    agent = rk.plan(own(), noise=0.3)
    (reading,) = rk.path(agent, own(), goal=[0.75]).readings
    earned, room = zip(*(earned_and_room(agent, k) for k in (1, 2)), strict=True)
    ends = [(earned[0][i] + earned[1][0]) / (room[0][i] + room[1][0]) for i in range(2)]
    low, high = reading.scalar.low, reading.scalar.high
    assert min(ends) <= low < reading.scalar.value < high <= max(ends)


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
        (lambda: rk.tabulate(gap(), ignore=None), "ignore=None"),
        (lambda: rk.tabulate(gap(), name=3), "name=3"),
        (lambda: rk.tabulate(gap(), goal={1: gap(), "1": gap()}), "different words"),
        (lambda: rk.tabulate(gap(), goal={"a": type(gap())}), "goal 'a'=.* is a class"),
        (lambda: rk.path(rk.plan(one()), one(), goal=1), "It has no shift"),
        (lambda: rk.train("network", own()), "do not train"),
        (lambda: rk.train_live("network", own()), "do not train"),
        (lambda: rk.study(one(), "network", 1), "do not train"),
        (lambda: rk.build(one()), "your own environments"),
        (lambda: rk.laws(one()), "your own environments"),
        (lambda: rk.recovery([one()]), "your own environments"),
        (lambda: rk.sensitivity(own()), "your own environments"),
        (lambda: rk.value_map(one()), "your own environments"),
        (lambda: rk.mesa_map(one(), ("row", "column")), "your own environments"),
        (lambda: rk.forecast(rk.plan(one()), one()), "your own environments"),
        (lambda: rk.gallery([own()]), "your own environments"),
        (lambda: rk.pull(rk.plan(one()), one()), "of your own"),
        (lambda: rk.save(rk.plan(one()), "plan.npz"), "of your own"),
        (lambda: rk.device("drift", own()), "drift"),
        (lambda: rk.agent(lambda seen: 9, one()).policy(one()), "move 9"),
    ],
)
def test_what_cannot_be_is_said_in_a_sentence(asked, word):
    with pytest.raises(ValueError, match=word):
        asked()


class Moves(Room):
    """A room whose moves are told otherwise than by 0, 1 and 2."""

    def __init__(self, space):
        super().__init__()
        self.action_space = space

    def step(self, action):
        first = self.action_space.start if np.ndim(action) == 0 else 0
        return super().step(np.atleast_1d(action)[0] - first)


def test_moves_are_told_as_the_environment_takes_them():
    late = rk.tabulate(Moves(spaces.Discrete(3, start=1)))
    assert rk.agent(lambda _: 3, late).policy(late)[0, 0].tolist() == [0, 0, 1]
    with pytest.raises(ValueError, match=r"move 0 .*moves from 1 to 3"):
        rk.agent(lambda _: 0, late).policy(late)
    pairs = rk.tabulate(Moves(spaces.MultiDiscrete([3, 2])))
    by_pair, by_number = (rk.agent(a, pairs) for a in (lambda _: [2, 1], lambda _: 5))
    assert (by_pair.policy(pairs) == by_number.policy(pairs)).all()

    class Turns:
        def reset(self):
            self.last = [1, 0]

        def act(self, _):
            self.last = [2, 0] if self.last == [1, 0] else [1, 0]
            return np.array(self.last)

    assert rk.measure(rk.agent(Turns(), pairs), pairs).episodes


def test_environments_may_differ_in_what_their_missions_say():
    empty, lava = (
        gymnasium.make(f"MiniGrid-{name}-v0") for name in ("Empty-5x5", "LavaGapS5")
    )
    assert len(rk.tabulate(Room(), goal=Room()).grades) == 2
    assert len(rk.tabulate(empty, layout=lava).grades) == 2
    with pytest.raises(ValueError, match=r"takes what .* does not"):
        rk.tabulate(empty, layout=Room())
    with pytest.raises(ValueError, match=r"shows what .* does not"):
        rk.tabulate(empty, layout=ImgObsWrapper(lava))


def test_what_an_event_remembers_is_part_of_a_state_and_put_back():
    visits = []

    def often(game):
        if game.cornered:
            visits.append(1)
        return len(visits) > 1

    with pytest.raises(ValueError, match="more than limit=100"):
        rk.tabulate(Room(), {"often": often}, {"task": {"often": 1}}, limit=100)
    assert not visits


@pytest.mark.parametrize("told", ["no", float("nan"), np.array([1, 2])], ids=str)
def test_an_event_that_tells_neither_true_nor_false_is_refused(told):
    with pytest.raises(ValueError, match="event 'often'"):
        rk.tabulate(Room(), {"often": lambda _: told}, {"task": {"often": 1}})


class Breaks(Room):
    """Remembers that it was in the corner, and then breaks."""

    been, breaking = False, RuntimeError

    def after(self, action, reward, ended):
        self.been |= self.cornered
        if self.been and action == 0:
            raise self.breaking
        return reward, ended


@pytest.mark.parametrize("error", [KeyboardInterrupt, RuntimeError, SystemExit])
def test_the_environment_is_left_as_it_was_when_it_breaks(error):
    env = Breaks()
    env.breaking = error
    env.reset(seed=3)
    env.step(2)
    before = Key(env).digest
    with pytest.raises(KeyboardInterrupt if error is KeyboardInterrupt else ValueError):
        rk.tabulate(env)
    assert Key(env).digest == before


@pytest.mark.parametrize(
    ("reset", "word"),
    [
        (lambda self: Room.reset(self, seed=0), "unexpected keyword"),
        (lambda self, **how: Room.reset(self, **how)[0], "unpack"),
    ],
    ids=["no seed", "no dict"],
)
def test_a_reset_that_is_none_is_refused(reset, word):
    env = type("Other", (Room,), {"reset": reset})()
    with pytest.raises(ValueError, match=rf"{word}.* on reset\(seed=0\)"):
        rk.tabulate(env)


def test_what_is_said_to_take_most_values_takes_several():
    with pytest.raises(ValueError, match="more than limit=9") as refusal:
        rk.tabulate(Room(), limit=9)
    assert "agent_pos" in str(refusal.value)
    assert "reward_range" not in str(refusal.value)


def test_tables_are_copied_whatever_their_environment_holds():
    """`Room` holds a lambda and a pointer into itself, which Python does not copy."""
    tables = rk.tabulate(Room())
    for again in (copy.copy(tables), copy.deepcopy(tables), copy.deepcopy([tables])[0]):
        assert again.digest == tables.digest
        assert rk.measure(rk.plan(again), again).scalar.value == pytest.approx(1)


def test_tables_are_pickled_or_it_is_said_why_not():
    env = gymnasium.make("MiniGrid-Empty-5x5-v0")
    tables = rk.tabulate(env)
    again = pickle.loads(pickle.dumps(tables))
    assert again.digest == tables.digest
    reading = rk.measure(rk.plan(again), again)
    assert reading.scalar.value == pytest.approx(1)
    assert pickle.loads(pickle.dumps(reading)).plain() == reading.plain()
    for whole in (rk.tabulate(Room()), rk.tabulate(Room(), goal={"far": Room()})):
        with pytest.raises(TypeError, match=r"their env .*lambda.*Allowed: "):
            pickle.dumps(whole)
    events = {"goal": lambda env: env.carrying is None}
    tables = rk.tabulate(env, events=events, objectives={"goal": {"success": 1}})
    with pytest.raises(TypeError, match=r"because their event 'goal' cannot be"):
        pickle.dumps(tables)


class Begun(gymnasium.Wrapper):
    """A wrapper like most: `super` makes its first function one with a cell."""

    def __init__(self, env):
        super().__init__(env)


def test_what_pickle_takes_of_an_environment_it_takes_of_its_tables():
    world = rk.tabulate(Begun(gymnasium.make("MiniGrid-LavaGapS5-v0")), seed=[3, 4])
    again = pickle.loads(pickle.dumps(world))
    for one, other in zip(world.sample().each, again.sample().each, strict=True):
        assert one.digest == other.digest
        assert one.level.things == other.level.things
        frames = one.level.frames([0, 2]), other.level.frames([0, 2])
        np.testing.assert_array_equal(*frames)


class Corridor(gymnasium.Env):
    """No MiniGrid environment: five places in a row, and reward at the right end."""

    action_space, observation_space = spaces.Discrete(2), spaces.Discrete(5)

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.at = np.array([2])
        return int(self.at[0]), {}

    def step(self, action):
        self.at = np.clip(self.at + 2 * action - 1, 0, 4)
        won = bool(self.at[0] == 4)
        return int(self.at[0]), float(won), won, False, {}


def test_any_environment_is_tabulated_from_within_as_the_reference_shows():
    text = (ROOT / "notebooks" / "reference.md").read_text("utf-8")
    (code,) = re.findall(r"```python\n(class Inside.*?)```", text, re.DOTALL)
    names = {"MiniGridEnv": MiniGridEnv, "Grid": Grid, "MissionSpace": MissionSpace}
    exec(code, names)
    with pytest.raises(ValueError, match=r"env=.*Corridor.*hands reset and step on"):
        rk.tabulate(Corridor())
    tables = rk.tabulate(names["Inside"](Corridor()), discount=0.5)
    assert tables.shape == (1, 5, 2)  # four places and the end
    policy = rk.agent(lambda at: 1, tables).policy(tables)
    assert mdp.evaluate(tables, policy)[0, 0, 0] == pytest.approx(0.5)
    assert rk.measure(policy, tables).scalar.value == pytest.approx(1)

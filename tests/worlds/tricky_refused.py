"""Environments that draw, count, hide, pay oddly or break: mostly to be refused."""

from __future__ import annotations

import copy
import random
import time

import gymnasium
import numpy as np
from minigrid.core.world_object import Ball, Box, Door, Goal, Lava, Wall
from tricky_room import (
    DRAWS,
    FORWARD,
    LEFT,
    MANY,
    SHARED,
    SIZES,
    STEPS,
    TOGGLE,
    UNPAID,
    Case,
    Room,
    zoo,
)  # fmt: skip

CASES: list[Case] = []
tables, refused, either = zoo(CASES)


# What pays otherwise than MiniGrid does, and nothing else

SHUFFLE = np.random.default_rng(0)


def pay(name, enter, paid):
    """Enter a room by what it pays, of the room and what MiniGrid pays."""

    class Paying(Room):
        def after(self, action, reward, ended):
            return paid(self, reward), ended

    Paying.__name__ = name
    enter(Paying)


pay("DrawsItsPay", refused(DRAWS), lambda s, r: r * (s.np_random.random() < 0.5))
pay("DrawsFromRandom", refused(DRAWS), lambda _, r: r * (random.random() < 0.5))
pay("DrawsFromNumpy", refused(DRAWS),
    lambda _, r: r * (np.random.rand() < 0.5))  # noqa: NPY002  # fmt: skip
pay("DrawsFromAGlobalGenerator", refused(f"{DRAWS}|SHUFFLE|{SHARED}"),
    lambda _, r: r * (SHUFFLE.random() < 0.5))  # fmt: skip

# by the step: refused, or the step count is a part of the state
pay("PaysByTheStep", refused(f"{STEPS}|{SIZES}"),
    lambda s, r: 2 - s.step_count / 7 if r else 0)  # fmt: skip
pay("PaysOnEvenSteps", either(f"{STEPS}|{SIZES}|{MANY}"),
    lambda s, r: r if s.step_count % 2 == 0 else 0)  # fmt: skip
pay("FinesTheLastStep", either(f"{STEPS}|{SIZES}|-1"),
    lambda s, r: -1 if s.step_count >= s.max_steps else r)  # fmt: skip
pay("AsksHowManyRemain", either(f"{STEPS}|{SIZES}|{MANY}"),
    lambda s, r: r if s.steps_remaining > 50 else 0)  # fmt: skip

# in sizes and kinds
pay("TwoSizes", refused(SIZES), lambda s, r: 3 if r else int(s.cornered))
pay("AlwaysOne", tables(states=21), lambda _, r: float(r > 0))
pay("AlwaysFive", tables(states=21), lambda _, r: 5 * (r > 0))
pay("NeverPays", refused(UNPAID), lambda _, r: 0)
pay("RewardIsTrue", tables(states=21), lambda _, r: r > 0)
pay("RewardIsFloat32", tables(states=21), lambda _, r: np.float32(r > 0))
pay("RewardIsAnArray", either("reward"), lambda _, r: np.array([r]))
pay("RewardIsNone", refused("pays the reward None"), lambda _, r: r or None)
pay("RewardIsNan", refused("pays the reward nan"),
    lambda s, r: float("nan") if s.cornered else r)  # fmt: skip
pay("RewardIsInfinite", refused("pays the reward inf"),
    lambda _, r: float("inf") if r else 0)  # fmt: skip
pay("RewardIsAWord", refused("pays the reward 'well done'"),
    lambda _, r: "well done" if r else 0)  # fmt: skip


# What draws


@refused(DRAWS)
class DrawsSeldom(Room):
    """One step in fifty slips."""

    def after(self, action, reward, ended):
        if self.np_random.random() < 0.02:
            self.agent_dir = 0
        return reward, ended


@refused(DRAWS)
class DrawsInOneState(Room):
    """Only in one cell, in one direction, with a thing in hand."""

    moves = 5

    def furnish(self):
        self.put_obj(Ball("red"), 1, 2)

    def after(self, action, reward, ended):
        if self.at(3, 1) and self.agent_dir == 2 and self.carrying and action == LEFT:
            self.agent_dir = int(self.np_random.integers(4))
        return reward, ended


@refused(DRAWS)
class DrawsWhereAThingGoes(Room):
    """As a moving obstacle does, by `place_obj`."""

    def furnish(self):
        self.ball = Ball("red")
        self.put_obj(self.ball, 2, 1)

    def after(self, action, reward, ended):
        self.grid.set(*self.ball.cur_pos, None)
        self.place_obj(self.ball)
        return reward, ended


@refused(DRAWS)
class DrawsNowMattersLater(Room):
    """What is drawn at first is put aside and pays at the end."""

    def furnish(self):
        self.luck = None

    def after(self, action, reward, ended):
        if self.luck is None:
            self.luck = bool(self.np_random.integers(2))
        return reward if self.luck else 0, ended


@either(DRAWS)
class DrawsForNothing(Room):
    def after(self, action, reward, ended):
        self.np_random.random()
        return reward, ended


@refused(DRAWS)
class DrawsFromItsOwn(Room):
    def furnish(self):
        self.dice = np.random.default_rng(0)

    def after(self, action, reward, ended):
        return reward if self.dice.random() < 0.5 else 0, ended


@refused(DRAWS)
class DrawsFromItsOwnDeepInside(Room):
    def furnish(self):
        self.kit = {"bag": [random.Random(0)]}

    def after(self, action, reward, ended):
        return reward if self.kit["bag"][0].random() < 0.5 else 0, ended


@refused(DRAWS)
class DrawsFromOldNumpy(Room):
    def furnish(self):
        self.dice = np.random.RandomState(0)

    def after(self, action, reward, ended):
        return reward if self.dice.rand() < 0.5 else 0, ended


@refused(DRAWS)
class DrawsAMove(Room):
    """From its action space, which is seeded by nobody."""

    def after(self, action, reward, ended):
        self.agent_dir = int(self.action_space.sample())
        return reward, ended


class TossingDoor(Door):
    def toggle(self, env, pos):
        self.is_open = env.np_random.random() < 0.5
        return True


@refused(DRAWS)
class AThingDraws(Room):
    moves = 6

    def furnish(self):
        self.put_obj(TossingDoor("red"), 2, 1)
        self.put_obj(Wall(), 2, 2)


@refused(f"{DRAWS}|time|outcomes|deterministic", blind=True)
class AsksTheClock(Room):
    def after(self, action, reward, ended):
        if time.perf_counter_ns() // 100 % 2:
            self.agent_dir = 0
        return reward, ended


@refused(f"reset|seed|{DRAWS}")
class ResetDrawsFromRandom(Room):
    def furnish(self):
        self.agent_dir = random.randrange(4)


@refused(f"reset|seed|{DRAWS}")
class ResetForgetsItsSeed(Room):
    def reset(self, *, seed=None, options=None):
        return super().reset(seed=random.randrange(2**30), options=options)

    def furnish(self):
        self.agent_dir = self._rand_int(0, 4)
        self.place_obj(Wall())


@tables()
class ResetDrawsAsItShould(Room):
    def furnish(self):
        self.place_obj(Wall(), max_tries=100)


# What a copy does not copy


@either(rf"chain|deep|recursion|{SHARED}", blind=True)
class HoldsALongChain(Room):
    """Too long to be copied link by link."""

    def furnish(self):
        self.chain = None
        for _ in range(20_000):
            self.chain = [self.chain]


# What counts steps: refused, or the step count is a part of the state


@either(f"{STEPS}|{SIZES}|{MANY}")
class MovesByTheStep(Room):
    """A wall falls after ten steps."""

    def furnish(self):
        self.put_obj(Wall(), 2, 1)
        self.put_obj(Wall(), 2, 2)

    def after(self, action, reward, ended):
        if self.step_count >= 10:
            self.grid.set(2, 1, None)
        return reward, ended


@tables(states=21)
class OneStepOnly(Room):
    """MiniGrid's own limit of one step cuts off, and is no part of the rules."""

    def __init__(self):
        super().__init__(max_steps=1)


@tables(states=21)
class ThreeStepsOnly(Room):
    def __init__(self):
        super().__init__(max_steps=3)


# What pays


@refused(SIZES)
class Shaped(Room):
    """A hundredth for nearer or farther."""

    def step(self, action):
        before = sum(self.agent_pos)
        observation, reward, ended, cut, _ = super().step(action)
        return (
            observation,
            reward or (sum(self.agent_pos) - before) / 100,
            ended,
            cut,
            {},
        )


@refused(rf"{SIZES}|-1")
class AFine(Room):
    def after(self, action, reward, ended):
        return (-1 if self.cornered else reward), ended


@tables(
    events={"home": lambda game: game.at(3, 2), "corner": lambda game: game.cornered},
    objectives={"go": {"home": 1.0}, "dodge": {"home": 1.0, "corner": -1.0}},
)
class AFineAsEvents(AFine):
    """The same with events."""


@refused(UNPAID)
class OneMove(Room):
    moves = 1


@tables()
class PaysWithoutEnd(Room):
    """The corner pays each time and nothing ends there."""

    def after(self, action, reward, ended):
        return int(self.cornered and action == FORWARD), np.bool_(ended)


@refused(UNPAID)
class PaysWhateverIsDone(Room):
    def after(self, action, reward, ended):
        return 1, True


@tables()
class OneStepAndOver(Room):
    def furnish(self):
        self.agent_pos = (2, 2)

    def after(self, action, reward, ended):
        return reward, True


@tables()
class LavaAndGoal(Room):
    def furnish(self):
        self.put_obj(Lava(), 2, 1)


@tables()
class TwoGoals(Room):
    def furnish(self):
        self.put_obj(Goal("red"), 3, 1)


# Events


@tables(
    events={"open": lambda game: game.unwrapped.door.is_open},
    objectives={"task": {"success": 1.0}, "door": {"open": 1.0}},
)
class EventOfAPointer(Room):
    moves = 6

    def furnish(self):
        self.door = Door("red")
        self.put_obj(self.door, 2, 1)


@tables(
    events={"been": lambda game: np.bool_(game.unwrapped.been)},
    objectives={"task": {"success": 1.0}, "mark": {"been": 1.0}},
)
class EventOfAnAttribute(Room):
    """The mark changes nothing but the event."""

    def furnish(self):
        self.been = False

    def after(self, action, reward, ended):
        self.been |= self.cornered
        return reward, ended


@refused(
    r"\bbroken\b",
    events={"broken": lambda game: game.unwrapped.nothing_of_the_kind},
    objectives={"task": {"success": 1.0}},
    blind=True,
)
class EventThatBreaks(Room):
    pass


@refused(
    rf"\bchance\b|{DRAWS}",
    events={"chance": lambda game: game.unwrapped.np_random.random() < 0.5},
    objectives={"task": {"success": 1.0}, "luck": {"chance": 1.0}},
)
class EventThatDraws(Room):
    pass


# What breaks, and what is no such environment


@refused(r"action|move|toggle|not today")
class StepBreaks(Room):
    moves = 6

    def after(self, action, reward, ended):
        if action == TOGGLE and self.cornered:
            raise RuntimeError("not today")
        return reward, ended


@refused(r"class|instance|call")
def a_class():
    return Room


@either(r"action|MultiDiscrete|Discrete")
class ManyDiscretes(Room):
    def furnish(self):
        self.action_space = gymnasium.spaces.MultiDiscrete([3, 2])

    def step(self, action):
        return super().step(action[0])


@either(r"action|start|Discrete")
class StartsAtOne(Room):
    def furnish(self):
        self.action_space = gymnasium.spaces.Discrete(3, start=1)

    def step(self, action):
        assert 1 <= action <= 3
        return super().step(action - 1)


@tables(states=21)
class ForHumans(Room):
    """Would open a window and wait for every picture."""

    def __init__(self):
        super().__init__(render_mode="human")

    def render(self):
        time.sleep(0.2)


class Clock:
    """As pygame's: there is no copy of it."""

    def __deepcopy__(self, memo):
        raise TypeError("cannot pickle 'pygame.time.Clock' object")

    def tick(self, rate):
        pass


@tables(states=21)
class ShownBefore(Room):
    """A window is open already."""

    def furnish(self):
        self.clock, self.window = Clock(), None


@either(r"inner|step")
class PlaysAnotherInside(Room):
    """A second environment inside goes along, with a step count of its own."""

    def furnish(self):
        self.inner = Room()
        self.inner.reset(seed=0)

    def after(self, action, reward, ended):
        self.inner.step(LEFT)
        return reward if self.inner.agent_dir == 0 else 0, ended


@tables()
class BigBox(Room):
    """A thing that holds a copy of everything."""

    moves = 6

    def __init__(self):
        super().__init__(width=4, height=4)

    def furnish(self):
        self.put_obj(Box("red", copy.deepcopy(Goal())), 2, 1)


@refused(MANY)
class TooLarge(Room):
    moves = 5

    def __init__(self):
        super().__init__(width=12, height=12)

    def furnish(self):
        for x in range(2, 8):
            self.put_obj(Ball("red"), x, 3)

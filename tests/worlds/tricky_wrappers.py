"""Wrappers: what the caller wrapped is what has to be measured."""

from __future__ import annotations

import gymnasium
import numpy as np
from gymnasium import wrappers as gw
from minigrid import wrappers as mw
from tricky_room import (
    DRAWS,
    FORWARD,
    MANY,
    SHARED,
    SIZES,
    STEPS,
    UNPAID,
    Case,
    Room,
    zoo,
)  # fmt: skip
from tricky_state import CountsTurns, ErrandByClassDefault

CASES: list[Case] = []
tables, refused, either = zoo(CASES)
Wrapper = gymnasium.Wrapper


class Nothing(gymnasium.RewardWrapper):
    def reward(self, reward):
        return 0


@refused(UNPAID)
def reward_taken_away():
    return Nothing(Room())


class Sign(gymnasium.RewardWrapper):
    def reward(self, reward):
        return float(np.sign(reward))


@tables(states=21)
def reward_by_sign():
    return Sign(Room())


@tables(states=21)
def reward_by_a_lambda():
    return gw.TransformReward(Room(), lambda reward: float(reward > 0))


@either(f"{STEPS}|{SIZES}")
def reward_doubled():
    return gw.TransformReward(Room(), lambda reward: 2 * reward)


class Against(gymnasium.RewardWrapper):
    """Pays for the corner in place of the goal."""

    def reward(self, reward):
        return float(self.env.unwrapped.cornered)


@tables()
def reward_for_something_else():
    return Against(Room())


class Three(gymnasium.ActionWrapper):
    """Three of seven moves, in another order."""

    def __init__(self, env):
        super().__init__(env)
        self.action_space = gymnasium.spaces.Discrete(3)

    def action(self, action):
        return [2, 0, 1][action]


class SevenMoves(Room):
    moves = 7


@tables(states=21)
def three_moves():
    return Three(SevenMoves())


class TwoAtOnce(Wrapper):
    """A step forward is two steps."""

    def step(self, action):
        first = self.env.step(action)
        over = first[2] or first[3] or action != FORWARD
        return first if over else self.env.step(action)


@either(f"{STEPS}|{SIZES}")
def two_steps_at_once():
    return TwoAtOnce(Room())


class EverySecond(Wrapper):
    """Pays every second time only; the state is the wrapper's."""

    def reset(self, **given):
        self.odd = False
        return self.env.reset(**given)

    def step(self, action):
        observation, reward, *rest = self.env.step(action)
        self.odd = not self.odd
        return observation, reward if self.odd else 0, *rest


@tables(states=41)
def wrapper_with_state():
    return EverySecond(Room())


@tables(states=81)
def wrapper_with_state_within_another():
    return EverySecond(gw.TransformReward(EverySecondCorner(Room()), np.sign))


class Alternating(EverySecond):
    """A wrapper that keeps its state on its class."""

    odd = False

    def reset(self, **given):
        Alternating.odd = False
        return self.env.reset(**given)

    def step(self, action):
        observation, reward, *rest = self.env.step(action)
        Alternating.odd = not Alternating.odd
        return observation, reward if Alternating.odd else 0, *rest


@either(f"Alternating|odd|{SHARED}", states=41)
def wrapper_with_state_on_its_class():
    return Alternating(Room())


class EverySecondCorner(EverySecond):
    """Pays if the corner was visited an even number of times."""

    def reset(self, **given):
        self.even = True
        return self.env.reset(**given)

    def step(self, action):
        observation, reward, *rest = self.env.step(action)
        self.even ^= self.env.unwrapped.cornered
        return observation, reward if self.even else 0, *rest


class Blocks(Wrapper):
    """What is asked for depends on where one is."""

    def step(self, action):
        return self.env.step(0 if self.env.unwrapped.at(2, 1) else action)


@tables()
def wrapper_that_changes_moves():
    return Blocks(Room())


class Ends(Wrapper):
    def step(self, action):
        observation, reward, ended, cut, info = self.env.step(action)
        return observation, reward, ended or self.env.unwrapped.cornered, cut, info


@tables()
def wrapper_that_ends():
    return Ends(Room())


class Cuts(Wrapper):
    def step(self, action):
        observation, reward, ended, cut, info = self.env.step(action)
        return observation, reward, ended, cut or self.env.unwrapped.cornered, info


@either("truncated|cut|Cuts|time")
def wrapper_that_truncates():
    return Cuts(Room())


class GoesOn(Wrapper):
    """Nothing ends: at the goal one is put back to the start."""

    def step(self, action):
        observation, reward, ended, cut, info = self.env.step(action)
        if ended:
            self.env.unwrapped.agent_pos = (1, 1)
        shown = self.shown(observation)
        return shown, float(reward > 0), False, cut, info

    def shown(self, observation):
        return self.env.unwrapped.gen_obs()


class ShowsTheGoalStill(GoesOn):
    """What it shows is a step behind where it goes on."""

    def shown(self, observation):
        return observation


@tables()
def wrapper_that_goes_on():
    return GoesOn(Room())


@either("show")
def wrapper_that_shows_what_was():
    return ShowsTheGoalStill(Room())


class Marks(Wrapper):
    """Writes into the environment below."""

    def reset(self, **given):
        self.env.unwrapped.been = False
        return self.env.reset(**given)

    def step(self, action):
        given = self.env.step(action)
        self.env.unwrapped.been |= self.env.unwrapped.at(3, 1)
        return given


@tables()
def wrapper_that_marks_below():
    return Marks(ErrandByClassDefault())


@either("TimeLimit|time limit|truncated|step")
def time_limit():
    return gw.TimeLimit(Room(), 3)


@either(f"TimeLimit|time limit|truncated|step|{MANY}")
def long_time_limit():
    return gw.TimeLimit(Room(), 1000)


class Noise(Wrapper):
    """Draws by a generator of its own, made anew by nobody."""

    def __init__(self, env):
        super().__init__(env)
        self.dice = np.random.default_rng(1)

    def step(self, action):
        return self.env.step(int(self.dice.integers(3)) if self.tossed else action)

    @property
    def tossed(self):
        return self.dice.random() < 0.2


@refused(DRAWS)
def wrapper_that_draws():
    return Noise(Room())


@refused(DRAWS)
def sticky_actions():
    return gw.StickyAction(Room(), 0.3)


@refused(DRAWS)
def stochastic_actions():
    return mw.StochasticActionWrapper(Room(), prob=0.9)


@refused(f"{SIZES}|{STEPS}|{MANY}|counts")
def action_bonus():
    return mw.ActionBonus(Room())


@refused(f"{SIZES}|{STEPS}|{MANY}|counts")
def position_bonus():
    return mw.PositionBonus(Room())


@either(f"{SIZES}|{STEPS}|{MANY}|{DRAWS}|NormalizeReward")
def normalised_reward():
    return gw.NormalizeReward(Room())


@either(f"{MANY}|{STEPS}|RecordEpisodeStatistics|time")
def recorded_statistics():
    return gw.RecordEpisodeStatistics(Room())


@either("Autoreset|reset")
def autoreset():
    return gw.Autoreset(Room())


@tables(states=21)
def ordered_and_checked():
    return gw.OrderEnforcing(gw.PassiveEnvChecker(Room()))


@tables(states=21)
def fully_seen():
    return mw.ImgObsWrapper(mw.FullyObsWrapper(Room()))


@tables(states=21)
def symbols():
    return mw.SymbolicObsWrapper(Room())


@tables(states=21)
def direction_seen():
    return mw.DirectionObsWrapper(Room())


@tables(states=21)
def small_view():
    return mw.ViewSizeWrapper(Room(), agent_view_size=3)


@tables(states=21)
def painted():
    return mw.RGBImgPartialObsWrapper(Room(), tile_size=4)


@tables(states=61)
def reseeded():
    return mw.ReseedWrapper(CountsTurns(), seeds=[0])


@tables()
def no_death():
    return mw.NoDeath(Lava(), no_death_types=("lava",), death_cost=0.0)


class Lava(Room):
    def furnish(self):
        from minigrid.core.world_object import Lava

        self.put_obj(Lava(), 2, 1)


@refused(f"{SIZES}|-1")
def no_death_at_a_price():
    return mw.NoDeath(Lava(), no_death_types=("lava",), death_cost=-1.0)


@either(f"{MANY}|FrameStack")
def two_frames():
    return gw.FrameStackObservation(mw.ImgObsWrapper(Room()), 2)


@either(f"TimeAware|{STEPS}|{MANY}|truncated")
def time_seen():
    limited = gw.TimeLimit(mw.ImgObsWrapper(Room()), 5)
    return gw.TimeAwareObservation(limited, flatten=False)


class ShowsTheMove(gymnasium.ObservationWrapper):
    """Shows something that changes nothing, and keeps it."""

    last = -1

    def step(self, action):
        self.last = int(action)
        return super().step(action)

    def observation(self, observation):
        return {**observation, "last": self.last}


@tables()
def wrapper_that_shows_what_was_done():
    return ShowsTheMove(Room())


def closing_over():
    counted = [0]

    class Closes(Wrapper):
        def reset(self, **given):
            counted[0] = 0
            return self.env.reset(**given)

        def step(self, action):
            observation, reward, *rest = self.env.step(action)
            counted[0] = (counted[0] + 1) % 2
            return observation, reward * counted[0], *rest

    return Closes(Room())


@either("counted|closure|class|shar|global|cop(y|ies)")
def wrapper_over_a_closure():
    return closing_over()


class Delegates(Wrapper):
    """Hides all attributes behind one that is looked up below."""

    def __getattr__(self, name):
        if name.startswith("_") or "env" not in self.__dict__:
            raise AttributeError(name)
        return getattr(self.env, name)


@tables(states=37)
def wrapper_that_passes_all_on():
    return Delegates(ErrandByClassDefault())

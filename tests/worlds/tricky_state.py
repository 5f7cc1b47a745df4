"""Environments whose state hides: on the environment, in things, in pointers."""

from __future__ import annotations

import itertools
import types
from collections import deque

import numpy as np
from minigrid.core.grid import Grid
from minigrid.core.world_object import Ball, Box, Door, Floor, Goal, Key, Lava, Wall
from tricky_room import DONE, FORWARD, LEFT, MANY, Case, Room, zoo

CASES: list[Case] = []
tables, refused, either = zoo(CASES)


# Marks on the environment


@tables(states=85, best=0.9414801494009999)
class Errand(Room):
    """Pays only after another corner was visited; as it was reported."""

    moves = 7

    def __init__(self):
        super().__init__(width=6, height=5)

    def furnish(self):
        self.been = False

    def after(self, action, reward, ended):
        self.been |= self.cornered
        return reward if self.been else 0, ended


@tables(states=37)
class ErrandByClassDefault(Room):
    """The mark is a class attribute until it is set on the instance."""

    been = False

    def after(self, action, reward, ended):
        if self.cornered:
            self.been = True
        return reward if self.been else 0, ended


@tables(states=61)
class CountsTurns(Room):
    """The number of turns to the left, modulo three, has to be nought."""

    def furnish(self):
        self.turns = 0

    def after(self, action, reward, ended):
        self.turns = (self.turns + (action == LEFT)) % 3
        return reward if self.turns == 0 else 0, ended


@tables()
class ListOfCells(Room):
    """Pays only if the first three cells were these, kept in their order."""

    def furnish(self):
        self.cells = []

    def after(self, action, reward, ended):
        where = tuple(map(int, self.agent_pos))
        if where not in self.cells and len(self.cells) < 3:
            self.cells.append(where)
        return reward if self.cells == [(1, 1), (1, 2), (2, 2)] else 0, ended


@tables()
class SetOfCells(Room):
    def furnish(self):
        self.cells = set()

    def after(self, action, reward, ended):
        self.cells.add(tuple(map(int, self.agent_pos)))
        return reward if len(self.cells) >= 5 else 0, ended


@tables()
class DictInOrder(Room):
    """Pays only if the corner was seen before the other one; a dict keeps the order."""

    def furnish(self):
        self.seen = {}

    def after(self, action, reward, ended):
        if self.cornered or self.at(3, 1):
            self.seen.setdefault(tuple(map(int, self.agent_pos)), True)
        first = next(iter(self.seen), None)
        return reward if first == (1, 2) else 0, ended


@tables()
class LastTwoMoves(Room):
    def furnish(self):
        self.last = deque(maxlen=2)

    def after(self, action, reward, ended):
        self.last.append(action)
        return reward if list(self.last) == [FORWARD, FORWARD] else 0, ended


@tables()
class ArrayInPlace(Room):
    def furnish(self):
        self.map = np.zeros((5, 4), bool)

    def after(self, action, reward, ended):
        self.map[tuple(self.agent_pos)] = True
        return reward if self.map.sum() >= 5 else 0, ended


class Unlike:
    def __eq__(self, other):
        return False

    __hash__ = None


@tables(states=21)
class EqualToNothing(Room):
    """A constant that is not even equal to itself, and cannot be hashed."""

    def furnish(self):
        self.mark, self.nan = Unlike(), float("nan")


@tables(states=21)
class ByStepItself(Room):
    """The step of the instance is another one after a while, and nothing moves on.

    Four cells by four directions, two ways to stand in the corner and two after, the
    end.
    """

    def furnish(self):
        self.__dict__.pop("step", None)

    def after(self, action, reward, ended):
        if self.cornered:
            self.step = types.MethodType(StandsStill.step, self)
        return reward, ended


class StandsStill(Room):
    def step(self, action):
        self.agent_pos = (1, 1)
        return self.gen_obs(), 0, False, False, {}


@either(r"\bturn\b|cycle")
class ACycleOfPay(Room):
    """Pays every second time that it moves; an iterator knows which.

    41 states can be told apart; in its first round an iterator is another one still.
    """

    def furnish(self):
        self.turn = itertools.cycle([0, 1])

    def after(self, action, reward, ended):
        return reward * next(self.turn), ended


@tables(states=41)
class ActsByHistory(Room):
    """Pays who never turned left."""

    def furnish(self):
        self.pure = True

    def after(self, action, reward, ended):
        self.pure &= action != LEFT
        return reward if self.pure else 0, ended


@tables()
class TwoRooms(Room):
    """The grid is put aside and another is there, as it was left."""

    def furnish(self):
        self.other = Grid(5, 4)
        self.other.wall_rect(0, 0, 5, 4)
        self.other.set(2, 1, Floor("red"))

    def after(self, action, reward, ended):
        if self.cornered and action == FORWARD:
            self.grid, self.other = self.other, self.grid
        return reward, ended


# Things, and pointers to them


@tables()
class PointsAtADoor(Room):
    """The pay asks the door by a pointer, as in RedBlueDoors."""

    moves = 6

    def furnish(self):
        self.door = Door("red")
        self.put_obj(self.door, 2, 2)

    def after(self, action, reward, ended):
        return reward if self.door.is_open else 0, ended


@tables()
class TwinsOneOfThemPays(Room):
    """Two balls that look alike; only the one pointed at is worth carrying."""

    moves = 5

    def __init__(self):
        super().__init__(width=4, height=4)

    def furnish(self):
        self.put_obj(Ball("red"), 2, 1)
        self.wanted = Ball("red")
        self.put_obj(self.wanted, 1, 2)

    def after(self, action, reward, ended):
        return reward if self.carrying is self.wanted else 0, ended


@tables()
class PointerMoves(Room):
    """Which of two like floors pays is a pointer that changes."""

    def furnish(self):
        self.floors = [Floor("red"), Floor("red")]
        self.put_obj(self.floors[0], 2, 1)
        self.put_obj(self.floors[1], 3, 1)
        self.wanted = self.floors[0]

    def after(self, action, reward, ended):
        if self.cornered:
            self.wanted = self.floors[1]
        if self.grid.get(*self.agent_pos) is self.wanted and action == FORWARD:
            return 1, True
        return 0, ended


@tables()
class OneThingInTwoCells(Room):
    """Two cells share a door: to open one opens the other."""

    moves = 6

    def furnish(self):
        door = Door("red")
        self.grid.set(2, 1, door)
        self.grid.set(2, 2, door)


class CountingBall(Ball):
    lifted = 0


@tables()
class BallCounts(Room):
    """Pays once the ball has been picked up twice; it counts by itself, to two."""

    moves = 5

    def __init__(self):
        super().__init__(width=4, height=4)

    def furnish(self):
        self.put_obj(CountingBall("red"), 2, 1)

    def after(self, action, reward, ended):
        if action == 3 and self.carrying:
            self.carrying.lifted = min(self.carrying.lifted + 1, 2)
        ball = self.carrying
        return reward if ball and ball.lifted == 2 else 0, ended


class Crumbling(Wall):
    """Falls at the second blow."""

    blows = 0

    def toggle(self, env, pos):
        self.blows += 1
        if self.blows == 2:
            env.grid.set(*pos, None)
        return True


@tables()
class WallCrumbles(Room):
    moves = 6

    def furnish(self):
        self.put_obj(Crumbling(), 2, 1)
        self.put_obj(Wall(), 2, 2)


class OneWay(Floor):
    """Lets pass from one side only; a class of its own without attributes."""

    def can_overlap(self):
        return not getattr(self, "shut", False)


@tables()
class FloorShuts(Room):
    def furnish(self):
        self.put_obj(OneWay("blue"), 2, 1)

    def after(self, action, reward, ended):
        if self.at(2, 1):
            self.grid.get(2, 1).shut = True
        return reward, ended


@tables()
class GoalMoves(Room):
    def after(self, action, reward, ended):
        if self.at(3, 1) and isinstance(self.grid.get(3, 2), Goal):
            self.grid.set(1, 2, self.grid.get(3, 2))
            self.grid.set(3, 2, None)
        return reward, ended


@tables()
class BoxInABox(Room):
    moves = 6

    def __init__(self):
        super().__init__(width=4, height=4)

    def furnish(self):
        self.put_obj(Box("red", Box("red", Key("red"))), 2, 1)

    def after(self, action, reward, ended):
        return reward if isinstance(self.carrying, Key) else 0, ended


@tables()
class BoxesLookAlike(Room):
    """One holds the key; nobody sees which."""

    moves = 6

    def __init__(self):
        super().__init__(width=4, height=4)

    def furnish(self):
        self.put_obj(Box("red", Key("red")), 2, 1)
        self.put_obj(Box("red"), 1, 2)

    def after(self, action, reward, ended):
        return reward if isinstance(self.carrying, Key) else 0, ended


@tables()
class CarriedPays(Room):
    moves = 5

    def furnish(self):
        self.put_obj(Key("red"), 2, 1)

    def after(self, action, reward, ended):
        return reward if self.carrying else 0, ended


@tables()
class RemembersWhatItCarried(Room):
    moves = 5

    def furnish(self):
        self.put_obj(Key("red"), 2, 1)
        self.held = None

    def after(self, action, reward, ended):
        self.held = self.carrying or self.held
        lies = self.held is not None and self.held in self.grid.grid
        return reward if lies else 0, ended


@tables()
class BecomesLava(Room):
    """A floor changes its class when it has been walked on."""

    def furnish(self):
        self.put_obj(Floor("red"), 2, 1)

    def after(self, action, reward, ended):
        if self.at(2, 1):
            tile = self.grid.get(2, 1)
            tile.__class__, tile.type = Lava, "lava"
        return reward, ended


@tables()
class LookAlikeClasses(Room):
    """Two floors of one look and other classes change places."""

    def furnish(self):
        self.put_obj(Floor("blue"), 1, 2)

    def after(self, action, reward, ended):
        if self.at(2, 1):
            self.grid.set(1, 2, OneWay("blue"))
        lies = type(self.grid.get(1, 2)) is OneWay
        return reward if lies else 0, ended


@tables()
class Patrol(Room):
    """A ball walks up and down; nothing is drawn."""

    def furnish(self):
        self.guard, self.way = Ball("red"), 1
        self.put_obj(self.guard, 2, 1)

    def step(self, action):
        y = int(self.guard.cur_pos[1])
        new = y + self.way
        if self.grid.get(2, new) is None and not self.at(2, new):
            self.grid.set(2, y, None)
            self.put_obj(self.guard, 2, new)
        else:
            self.way = -self.way
        return super().step(action)


@tables()
class Shortcut(Room):
    """Teleports: the position is an array here and a tuple there."""

    def after(self, action, reward, ended):
        if self.cornered:
            self.agent_pos = np.array([3, 1])
        return reward, ended


@tables(states=21)
class InfoOnly(Room):
    def step(self, action):
        observation, reward, ended, cut, info = super().step(action)
        info["moves"] = [action]
        return observation, reward, ended, cut, info


@either(f"moved|{MANY}")
class CountsForNobody(Room):
    """A number that grows for ever and serves the info only."""

    def furnish(self):
        self.moved = 0

    def step(self, action):
        observation, reward, ended, cut, info = super().step(action)
        self.moved += 1
        info["moved"] = self.moved
        return observation, reward, ended, cut, info


@refused(f"moved|{MANY}")
class CountsForEver(Room):
    """A number that grows for ever and matters: pays where it is a square."""

    def furnish(self):
        self.moved = 0

    def after(self, action, reward, ended):
        self.moved += 1
        return reward * (int(self.moved**0.5) ** 2 == self.moved), ended


@tables(states=21)
class SaysDone(Room):
    """All seven moves, of which some do nothing."""

    moves = 7

    def after(self, action, reward, ended):
        assert 0 <= action <= DONE
        return reward, ended

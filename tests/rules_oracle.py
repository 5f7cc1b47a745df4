"""The rules of every world once more: one level, one thing at a time, plain Python.

The package states them on whole batches; the proofs play both against each other.
A flag is a number here too, and what it means is said here a second time.
"""

from __future__ import annotations

import math
from typing import ClassVar

MOVES = ((0, 1), (1, 0), (0, -1), (-1, 0))  # right, down, left, up
WALL, LAVA, GONE = 1, 2, -1
Happened = tuple[list[str], int, bool]  # events, new flag, whether the episode ends


def rules_of(level) -> Rules:
    """Return the rules of a level, a batch of one."""
    return KINDS[level.world.name](level)


class Rules:
    """What every world does; a subclass says what its things do."""

    burns = False  # whether lava ends the episode

    def __init__(self, level) -> None:
        self.world = level.world
        self.terrain = level.terrain[0].tolist()
        self.width = len(self.terrain[0])
        self.lies = {name: int(cell[0]) for name, cell in level.things.items()}
        self.grade = int(level.grades["goal"][0])

    def stands(self, thing: str, flag: int) -> int:
        """Return the cell in which a thing stands under a flag, or GONE."""
        return self.lies[thing]

    def touch(self, thing: str, flag: int) -> Happened:
        """Return what walking onto a thing does."""
        raise NotImplementedError

    def tread(self, cell: int, flag: int) -> tuple[list[str], int]:
        """Return what walking onto a cell does, whatever lies there."""
        return [], flag

    def chance(self, cell: int, flag: int) -> list[float]:
        """Return the probability of each way in which the world's own turn can go."""
        return [1.0]

    def nature(self, cell: int, flag: int, outcome: int) -> Happened:
        """Return what the world does in its own turn."""
        return [], flag, False

    def walk(self, cell: int, move: int) -> int:
        """Return the cell that a move leads to."""
        y, x = divmod(cell, self.width)
        down, right = MOVES[move]
        wall = self.terrain[y + down][x + right] == WALL
        return cell if wall else (y + down) * self.width + x + right

    def step(self, cell: int, flag: int, move: int) -> tuple[int, set[str], int, bool]:
        """Return (cell, events, flag, ended) of the agent's own move."""
        onto, events, ended = self.walk(cell, move), [], False
        if onto == cell:
            return cell, set(), flag, False
        here = [t for t in self.lies if self.stands(t, flag) == onto]
        if self.burns and self.terrain[onto // self.width][onto % self.width] == LAVA:
            events, ended = ["lava"], True
        for thing in here:
            happened, flag, over = self.touch(thing, flag)
            events, ended = events + happened, ended or over
        happened, flag = self.tread(onto, flag)
        return onto, set(events + happened), flag, ended

    def play(
        self, cell: int, flag: int, move: int, outcome: int
    ) -> tuple[int, set[str], int, bool]:
        """Return (cell, events, flag, ended) of a move and the turn after it."""
        cell, events, flag, ended = self.step(cell, flag, move)
        if not ended:
            more, flag, ended = self.nature(cell, flag, outcome)
            events |= set(more)
        return cell, events, flag, ended


class Pair(Rules):
    """Two things; where only the base thing ends the episode, the other pays once."""

    base, proxy, event = "cheese", "hole", "corner"

    def stands(self, thing, flag):
        return GONE if thing == self.proxy and flag % 2 else self.lies[thing]

    def touch(self, thing, flag):
        if thing == self.base:
            return [thing], flag, True
        if self.world.ends == "first":
            return [self.event], flag, True
        return [self.event], flag + 1, False


class Dish(Pair):
    proxy = event = "dish"


class Coin(Pair):
    burns = True
    base, proxy, event = "coin", "end", "end"


class Cheese(Pair):
    """With a region, flags are doubled: the upper half once it has been entered."""

    @property
    def paid(self) -> int:
        return 1 if self.world.ends == "first" else 2

    def stands(self, thing, flag):
        return super().stands(thing, flag % self.paid)

    def touch(self, thing, flag):
        entered, paid = divmod(flag, self.paid)
        events, paid, ended = super().touch(thing, paid)
        return events, entered * self.paid + paid, ended

    def tread(self, cell, flag):
        y, x = divmod(cell, self.width)
        enters = max(y, x) <= self.world.region > 1 and flag < self.paid
        return (["region"], flag + self.paid) if enters else ([], flag)


class Colour(Rules):
    def touch(self, thing, flag):
        return [word for word in ("line", "yellow") if word in thing], flag, True


class Lava(Rules):
    burns = True

    def touch(self, thing, flag):
        return ["goal"], flag, True


class Keys(Rules):
    """A bit for each thing of a level: the keys first, then the chests."""

    def bit(self, thing: str) -> int:
        kind, number = thing.split()
        return 1 << int(number) - 1 + (self.keys if kind == "chest" else 0)

    @property
    def keys(self) -> int:
        return sum(cell >= 0 for t, cell in self.lies.items() if t.startswith("key"))

    def stands(self, thing, flag):
        return GONE if flag & self.bit(thing) else self.lies[thing]

    def touch(self, thing, flag):
        kind = thing.split()[0]
        taken = bin(flag & ((1 << self.keys) - 1)).count("1")
        opened = bin(flag >> self.keys).count("1")
        if kind == "chest" and taken == opened:
            return [], flag, False
        flag |= self.bit(thing)
        return [kind], flag, flag == (1 << self.world.few + self.world.many) - 1


class Follow(Rules):
    """4 * beacons done + stage of the partner's round."""

    beacons = ("beacon 1", "beacon 2", "beacon 3")
    ways = ("123", "132", "213", "321")  # of the partner, grade by grade

    def stands(self, thing, flag):
        done, stage = divmod(flag, 4)
        if thing != "partner":
            return self.lies[thing] if self.beacons.index(thing) >= done else GONE
        way = self.ways[self.grade] + "-"
        return self.lies.get(f"beacon {way[stage]}", GONE)

    def touch(self, thing, flag):
        done, stage = divmod(flag, 4)
        events = []
        if thing == "partner":
            events, stage = ["follow"], stage + 1
        elif self.beacons.index(thing) == done:
            events, done = ["in turn"], done + 1
        elif self.beacons.index(thing) > done:
            events = ["out of turn"]
        return events, 4 * done + stage, done == 3 or stage == 3


class Switch(Rules):
    bits: ClassVar = {"coin 1": 1, "coin 2": 2, "gem 1": 4, "gem 2": 8, "switch": 16}

    def stands(self, thing, flag):
        return GONE if flag & self.bits[thing] else self.lies[thing]

    def touch(self, thing, flag):
        kind, events, ended = thing.split()[0], [], False
        coins = self.lies["coin 1"], self.lies["coin 2"]
        if kind == "gem" and self.lies[thing] not in coins:
            events, ended = ["harm"], not flag & self.bits["switch"]
        flag |= self.bits[thing]
        every = sum(bit for name, bit in self.bits.items() if self.lies[name] >= 0)
        return [kind, *events], flag, ended or flag == every


class Monsters(Rules):
    """Each monster's place, counted on from where it began, then a bit a thing."""

    @property
    def inner(self) -> int:
        return (self.width - 2) ** 2

    def place(self, monster: int, flag: int) -> int:
        """Return how many inner cells on a monster is; `inner` if it is destroyed."""
        return flag // (self.inner + 1) ** monster % (self.inner + 1)

    def taken(self, flag: int) -> int:
        return flag // (self.inner + 1) ** self.world.monsters

    def bit(self, thing: str) -> int:
        kind, number = thing.split()
        return 1 << int(number) - 1 + (self.world.apples if kind == "shield" else 0)

    def stands(self, thing, flag):
        if not thing.startswith("monster"):
            return GONE if self.taken(flag) & self.bit(thing) else self.lies[thing]
        place = self.place(int(thing.split()[1]) - 1, flag)
        if self.lies[thing] < 0 or place == self.inner:
            return GONE
        on = (self.number(self.lies[thing]) + place) % self.inner
        y, x = divmod(on, self.width - 2)
        return (y + 1) * self.width + x + 1

    def touch(self, thing, flag):
        kind, number = thing.split()
        if kind == "monster":
            return self.meet(int(number) - 1, flag)
        flag += self.bit(thing) * (self.inner + 1) ** self.world.monsters
        everything = (1 << self.world.apples + self.world.shields) - 1
        return [kind], flag, self.taken(flag) == everything

    def meet(self, monster: int, flag: int) -> Happened:
        shields = bin(self.taken(flag) >> self.world.apples).count("1")
        places = [self.place(i, flag) for i in range(self.world.monsters)]
        if shields == places.count(self.inner):  # all of them are used up
            return ["caught"], flag, True
        unit = (self.inner + 1) ** monster
        return [], flag + (self.inner - places[monster]) * unit, False

    def chance(self, cell, flag):
        n, chase = self.world.monsters, self.world.chase
        steps = [bin(way).count("1") for way in range(1 << n)]
        return [chase**k * (1 - chase) ** (n - k) for k in steps]

    def nature(self, cell, flag, outcome):
        for i in range(self.world.monsters):
            here = self.stands(f"monster {i + 1}", flag)
            if here == GONE:
                continue
            if outcome >> i & 1:
                onto, place = self.nearer(here, cell), self.place(i, flag)
                moved = (place + self.number(onto) - self.number(here)) % self.inner
                flag, here = flag + (moved - place) * (self.inner + 1) ** i, onto
            if here == cell:
                events, flag, ended = self.meet(i, flag)
                if ended:
                    return events, flag, True
        return [], flag, False

    def number(self, cell: int) -> int:
        y, x = divmod(cell, self.width)
        return (y - 1) * (self.width - 2) + x - 1

    def nearer(self, monster: int, agent: int) -> int:
        """Return where a step along the longer way leads, else along the other."""
        (y, x), (to_y, to_x) = divmod(monster, self.width), divmod(agent, self.width)
        down, right = to_y - y, to_x - x
        ways = [(y + (down > 0) - (down < 0), x), (y, x + (right > 0) - (right < 0))]
        for y_, x_ in ways if abs(down) >= abs(right) else ways[::-1]:
            if (y_, x_) != (y, x) and self.terrain[y_][x_] != WALL:
                return y_ * self.width + x_
        return monster


class Trees(Rules):
    """A bit for each tree, set while it is felled."""

    def felled(self, flag: int) -> list[int]:
        return [i for i in range(self.world.trees) if flag >> i & 1]

    def stands(self, thing, flag):
        down = thing != "spring" and int(thing.split()[1]) - 1 in self.felled(flag)
        return GONE if down else self.lies[thing]

    def touch(self, thing, flag):
        if thing == "spring":
            return [], flag, False
        return ["fell"], flag | 1 << int(thing.split()[1]) - 1, False

    def chance(self, cell, flag):
        trees, felled = self.world.trees, self.felled(flag)
        stand = trees - len(felled)
        alone = max(1e-6, 0.3 * math.log(1 + stand) / math.log(1 + trees))
        rate = 0.3 if self.lies["spring"] >= 0 else alone
        free = [i for i in felled if self.lies[f"tree {i + 1}"] != cell]
        grows = [rate / len(free) if i in free else 0.0 for i in range(trees)]
        return [1 - sum(grows), *grows]

    def nature(self, cell, flag, outcome):
        if outcome - 1 not in self.felled(flag):
            return [], flag, False
        return ["grow"], flag - (1 << outcome - 1), False


KINDS = {
    kind.__name__.lower(): kind
    for kind in (*Rules.__subclasses__(), Cheese, Dish, Coin)
}

"""One errand, remembered in every kind of thing that Python has.

The goal pays only after the corner was visited, which makes 37 states of 21. `READ` is
what can be looked into and put back, so that all have the tables of the plainest,
`tricky_state.ErrandByClassDefault`; `REFUSED` cannot, or lies where nobody looks, and
is found by its name or by playing on.
"""

from __future__ import annotations

import array
import collections
import contextvars
import ctypes
import dataclasses
import enum
import functools
import io
import itertools
import os
import queue
import random
import tempfile
import threading
import types
import weakref
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import tricky_elsewhere
from minigrid.core.world_object import Ball, Floor
from tricky_room import Room

KINDS: dict[str, Callable[[], Room]] = {}
READ: list[str] = []
REFUSED: dict[str, str] = {}
OUTSIDE = "two outcomes"


def enter(name, start, mark, asked, refused="", room=Room):
    """Enter an errand: how it begins, what the corner does, what pays."""

    class Erring(room):
        def furnish(self):
            start(self)

        def after(self, action, reward, ended):
            if self.cornered:
                mark(self)
            return (reward if asked(self) else 0), ended

    KINDS[name] = Erring
    if refused:
        REFUSED[name] = refused
    else:
        READ.append(name)


def kept(name, make, mark, asked, refused=""):
    """Enter an errand that is remembered in an attribute `it`."""
    enter(name, lambda s: setattr(s, "it", make()), mark, asked, refused)


def put(key, value):
    return lambda s: s.it.__setitem__(key, value)


def lay(value):
    return lambda s: setattr(s, "it", value)


def give(name, value):
    return lambda s: setattr(s.it, name, value)


def first(s):
    return s.it[0]


# Attributes of the room itself


class Sealed(Room):
    __slots__ = ("been",)


class Private(Room):
    @property
    def been(self):
        return self.__hidden["been"]

    @been.setter
    def been(self, value):
        self.__hidden = {"been": value}


class Lazy(Room):
    @functools.cached_property
    def lookup(self):
        return [self.cornered]


def been(value):
    return lambda s: setattr(s, "been", value)


enter("slot of the room", been(0), been(1), lambda s: s.been, room=Sealed)
enter("private behind a property", been(0), been(1), lambda s: s.been, room=Private)
enter("presence", lambda s: None, been(None), lambda s: hasattr(s, "been"))
enter("absence", been(0), lambda s: vars(s).pop("been", None),
      lambda s: not hasattr(s, "been"))  # fmt: skip
enter("cached property", lambda s: None, lambda s: s.lookup,
      lambda s: "lookup" in vars(s), room=Lazy)  # fmt: skip
enter("mission", lambda s: None, lambda s: setattr(s, "mission", "home"),
      lambda s: s.mission == "home")  # fmt: skip
enter("size of the view", lambda s: setattr(s, "agent_view_size", 3),
      lambda s: setattr(s, "agent_view_size", 7),
      lambda s: s.agent_view_size == 7)  # fmt: skip
enter("what MiniGrid keeps for drawing", lambda s: setattr(s, "highlight", True),
      lambda s: setattr(s, "highlight", False), lambda s: not s.highlight)  # fmt: skip
enter("mark on the grid", lambda s: None, lambda s: setattr(s.grid, "been", 1),
      lambda s: hasattr(s.grid, "been"))  # fmt: skip
enter("colour of a floor", lambda s: s.put_obj(Floor("blue"), 1, 2),
      lambda s: setattr(s.grid.get(1, 2), "color", "red"),
      lambda s: s.grid.get(1, 2).color == "red")  # fmt: skip
kept("thing that lies nowhere", lambda: Ball("red"), give("color", "blue"),
     lambda s: s.it.color == "blue")  # fmt: skip
enter("room and list that hold themselves", lambda s: hold_itself(s),
      lambda s: s.it[2][2][1].__setitem__("been", 1),
      lambda s: s.it[1]["me"].it[1]["been"])  # fmt: skip


def hold_itself(s):
    s.it = [s, {"me": s, "been": 0}]
    s.it.append(s.it)


# Containers, and values that look alike

kept("bytearray", lambda: bytearray(2), put(0, 1), first)
kept("deque", lambda: collections.deque([0], 1), lambda s: s.it.append(1), first)
kept("length of a deque", lambda: collections.deque([0], 1),
     lay(collections.deque([0], 2)), lambda s: s.it.maxlen == 2)  # fmt: skip
kept("ChainMap", lambda: collections.ChainMap({}, {0: 0}), put(0, 1), first)
kept("UserDict", lambda: collections.UserDict({0: 0}), put(0, 1), first)
kept("Counter", collections.Counter, put(0, 1), first)
kept("order of a dict", lambda: collections.OrderedDict(a=0, b=1),
     lambda s: s.it.move_to_end("a"), lambda s: next(iter(s.it)) == "b")  # fmt: skip
kept("defaultdict", lambda: collections.defaultdict(int), put("x", 1),
     lambda s: len(s.it))  # fmt: skip
kept("frozenset", frozenset, lay(frozenset([1])), lambda s: s.it)
kept("Fraction", lambda: Fraction(1, 2), lay(Fraction(1, 3)), lambda s: s.it < 0.4)
kept("default of a dict", lambda: collections.defaultdict(int),
     give("default_factory", list), lambda s: s.it.default_factory is list)  # fmt: skip
kept("slice", lambda: slice([0], 1), lambda s: s.it.start.__setitem__(0, 1),
     lambda s: s.it.start[0])  # fmt: skip
kept("namespace", lambda: types.SimpleNamespace(a=0), give("a", 1), lambda s: s.it.a)
kept("True and 1", lambda: 1, lay(True), lambda s: s.it is True)
kept("1.0 and 1", lambda: 1, lay(1.0), lambda s: isinstance(s.it, float))
kept("-0.0 and 0.0", lambda: 0.0, lay(-0.0), lambda s: np.signbit(s.it))
kept("brackets as text", lambda: ("(", 1, ")"), lay(((1,),)), lambda s: s.it == ((1,),))
kept("tuple and array", lambda: (1, 2), lay(np.array([1, 2])),
     lambda s: isinstance(s.it, np.ndarray))  # fmt: skip


class Pair(NamedTuple):
    seen: list
    more: int = 0


@dataclasses.dataclass(slots=True, frozen=True)
class Frozen:
    seen: list = dataclasses.field(default_factory=list)


@dataclasses.dataclass
class Diary:
    closed: bool = False


class Mood(enum.Enum):
    CALM = enum.auto()
    ALERT = enum.auto()


class Slotted:
    __slots__ = ("__been", "inner")

    def __init__(self, inner=None):
        self.__been, self.inner = False, inner

    def been(self, now=False):
        self.__been |= now
        return self.__been


class Bag(list):
    """A list with an attribute beside its elements."""

    mark = False


class AllAlike:
    """Equal to everything, one hash, one name: only its attribute tells."""

    been = False

    def __eq__(self, other):
        return True

    def __hash__(self):
        return 0

    def __repr__(self):
        return "alike"


class Single:
    """One for all copies."""

    been = False

    def __deepcopy__(self, memo):
        return self


class Forgetful(Single):
    def __deepcopy__(self, memo):
        return Forgetful()


class Odd:
    """Answers nothing that everybody asks."""

    def __init__(self):
        self.v = 0

    def _broken(self, *_):
        raise RuntimeError("not to be asked")

    __eq__ = __hash__ = __bool__ = __len__ = __repr__ = _broken
    __deepcopy__ = __reduce__ = _broken

    def __getattribute__(self, name):
        return {} if name == "__dict__" else object.__getattribute__(self, name)


kept("NamedTuple", lambda: Pair([]), lay(Pair([], 1)), lambda s: s.it.more)
kept("frozen with slots", Frozen, lambda s: s.it.seen or s.it.seen.append(1),
     lambda s: s.it.seen)  # fmt: skip
kept("dataclass", Diary, lay(Diary(closed=True)), lambda s: s.it.closed)
kept("enum", lambda: Mood.CALM, lay(Mood.ALERT), lambda s: s.it is Mood.ALERT)
kept("slots within slots", lambda: types.SimpleNamespace(page=[Slotted(Slotted())]),
     lambda s: s.it.page[0].inner.been(now=True),
     lambda s: s.it.page[0].inner.been())  # fmt: skip
kept("attribute of a list", Bag, give("mark", True), lambda s: s.it.mark)
kept("equal to everything", AllAlike, give("been", True), lambda s: s.it.been)
kept("one for all copies", Single, give("been", True), lambda s: s.it.been)
kept("forgotten by copies", Forgetful, give("been", True), lambda s: s.it.been)
kept("answers nothing", Odd, give("v", 1), lambda s: s.it.v)


# Arrays


class Tagged(np.ndarray):
    tag = 0


PARTS = [("a", "i4"), ("o", "O")]


def locked(s, value):
    s.it = getattr(s, "it", np.zeros(2))
    s.it.flags.writeable = True
    s.it[0] = value
    s.it.flags.writeable = False


def two_views(s):
    s.it = np.zeros((2, 3))
    s.row = s.it[1]


def broadcast(s):
    s.a = np.zeros(1)
    s.it = np.broadcast_to(s.a, 3)


kept("structured array", lambda: np.zeros(2, [("a", "i4"), ("b", "f8")]),
     lambda s: s.it["a"].__setitem__(0, 1), lambda s: s.it["a"][0])  # fmt: skip
kept("objects in a structured array", lambda: np.array([(0, [0])], PARTS),
     lambda s: s.it["o"][0].__setitem__(0, 1), lambda s: s.it["o"][0][0])  # fmt: skip
kept("array of objects", lambda: np.array([Ball("red"), {"been": 0}], object),
     lambda s: s.it[1].__setitem__("been", 1), lambda s: s.it[1]["been"])  # fmt: skip
kept("record array", lambda: np.rec.array(np.zeros(2, [("a", "i4")])),
     lambda s: s.it.a.__setitem__(0, 1), lambda s: s.it.a[0])  # fmt: skip
kept("masked array", lambda: np.ma.array([0, 1]), put(0, np.ma.masked),
     lambda s: np.ma.is_masked(s.it[0]))  # fmt: skip
kept("matrix", lambda: np.matrix([[0, 0]]), put((0, 0), 1), lambda s: s.it[0, 0])
kept("tag of an array", lambda: np.zeros(2).view(Tagged), give("tag", 1),
     lambda s: s.it.tag)  # fmt: skip
kept("memory behind a view", lambda: np.zeros(4, int)[1:2],
     lambda s: s.it.base.__setitem__(3, 1), lambda s: s.it.base[3])  # fmt: skip
kept("kind of an array", lambda: np.zeros(1, np.int32), lay(np.zeros(1, np.int8)),
     lambda s: s.it.dtype == np.int8)  # fmt: skip
enter("array and its view", two_views, lambda s: s.row.__setitem__(0, 1),
      lambda s: s.it.any())  # fmt: skip
enter("locked array", lambda s: locked(s, 0), lambda s: locked(s, 1), first)
enter("broadcast array", broadcast, lambda s: s.a.__setitem__(0, 1), first)


# Sets of things


class Thing:
    lit = 0


def two_things(s):
    s.it = {s.grid.get(0, 0), s.grid.get(3, 2)}


kept("thing in a set", lambda: {Thing()}, lambda s: setattr(next(iter(s.it)), "lit", 1),
     lambda s: next(iter(s.it)).lit)  # fmt: skip
kept("set of things met", set, lambda s: s.it.add(s.grid.get(1, 0)), lambda s: s.it)
enter("set of two things", two_things, lambda s: s.it.discard(s.grid.get(3, 2)),
      lambda s: len(s.it) < 2)  # fmt: skip


# Code and what is around it

BOX, BY_NAME, BOXES, SEEN = 0, 0, {"all": [[0]]}, set()


def boxed(value):
    def write(_):
        global BOX
        BOX = value

    return write


def box():
    return BOXES["all"][0]


def pen():
    been = []

    def write(corner=False):
        if corner and not been:
            been.append(1)
        return been

    return write


def noted(value=None, memo=[0]):  # noqa: B006  (the mistake that is tried)
    memo[0] = memo[0] if value is None else value
    return memo[0]


def enclosed(inside):
    enter("closure", lambda _: inside.clear(), lambda _: inside or inside.append(1),
          lambda _: inside)  # fmt: skip


class OfTheClass(Room):
    places: list = []  # noqa: RUF012  (the mistake that is tried)


class Meta(type(Room)):
    """The class of a class holds the mark."""


class OfAMetaclass(Room, metaclass=Meta):
    pass


class Office:
    """No thing of the environment, and never made."""


class Kept:
    """A descriptor, which keeps what it is told to itself."""

    def __get__(self, game, owner):
        return getattr(self, "value", 0)

    def __set__(self, game, value):
        self.value = value


class Watching(Room):
    been = Kept()


enter("global", boxed(0), boxed(1), lambda _: BOX)
enter("global bound by its name", lambda _: globals().__setitem__("BY_NAME", 0),
      lambda _: globals().__setitem__("BY_NAME", 1), lambda _: BY_NAME)  # fmt: skip
enter("global behind a function", lambda _: box().__setitem__(0, 0),
      lambda _: box().__setitem__(0, 1), lambda _: box()[0])  # fmt: skip
enter("set in a global", lambda _: SEEN.clear(), lambda _: SEEN.add(1), lambda _: SEEN)
enter("attribute of a function", lambda _: setattr(box, "seen", 0),
      lambda _: setattr(box, "seen", 1), lambda _: box.seen)  # fmt: skip
enter("default of a function", lambda _: noted(0), lambda _: noted(1),
      lambda _: noted())  # fmt: skip
enclosed([])
kept("function that remembers", pen, lambda s: s.it(corner=True), lambda s: s.it())
enter("class of the room", lambda s: setattr(type(s), "been", 0),
      lambda s: setattr(type(s), "been", 1), lambda s: s.been)  # fmt: skip
enter("list of the class", lambda s: s.places.clear(),
      lambda s: s.places or s.places.append(1), lambda s: s.places,
      room=OfTheClass)  # fmt: skip
enter("another class", lambda _: setattr(Office, "stamped", 0),
      lambda _: setattr(Office, "stamped", 1), lambda _: Office.stamped)  # fmt: skip
enter("metaclass", lambda _: setattr(Meta, "marked", 0),
      lambda _: setattr(Meta, "marked", 1), lambda _: Meta.marked,
      room=OfAMetaclass)  # fmt: skip
enter("descriptor", been(0), been(1), lambda s: s.been, room=Watching)
enter("method of the room", lambda s: setattr(s, "it", s.hash),
      lambda s: setattr(s, "it", s.gen_obs),
      lambda s: s.it.__func__ is Room.gen_obs)  # fmt: skip
kept("partial", lambda: functools.partial(pow, 0), lay(functools.partial(pow, 1)),
     lambda s: s.it(1))  # fmt: skip
enter("another module", lambda _: setattr(tricky_elsewhere, "mark", 0),
      lambda _: setattr(tricky_elsewhere, "mark", 1),
      lambda _: tricky_elsewhere.mark)  # fmt: skip
enter("function of another module", lambda _: tricky_elsewhere.put(0),
      lambda _: tricky_elsewhere.put(1), lambda _: tricky_elsewhere.get())  # fmt: skip
kept("method of a list", lambda: [].append, lambda s: s.it.__self__ or s.it(1),
     lambda s: s.it.__self__)  # fmt: skip
kept("words of a partial", lambda: functools.partial(dict, a=0),
     lambda s: s.it.keywords.__setitem__("a", 1), lambda s: s.it()["a"])  # fmt: skip
enter("window of its own", lambda s: setattr(s, "window", 0),
      lambda s: setattr(s, "window", 1), lambda s: s.window)  # fmt: skip


# What can neither be looked into nor put back

VARIABLE = contextvars.ContextVar("VARIABLE", default=0)
LOCAL, TICKS = threading.local(), [itertools.count()]
kept("array.array", lambda: array.array("i", [0]), put(0, 1), first, "it is an array")
kept("memoryview", lambda: memoryview(bytearray(2)), put(0, 1), first, "a memoryview")
kept("StringIO", io.StringIO, lambda s: (s.it.seek(0), s.it.write("x")),
     lambda s: s.it.getvalue(), "it is a StringIO")  # fmt: skip
kept("ctypes", lambda: ctypes.c_int(0), give("value", 1), lambda s: s.it.value,
     "it is a c_int")  # fmt: skip
kept("counter", itertools.count, lambda s: next(s.it),
     lambda s: "(0)" not in repr(s.it), "it is a count")  # fmt: skip
enter("counter in a global", lambda _: TICKS.__setitem__(0, itertools.count()),
      lambda _: next(TICKS[0]), lambda _: "(0)" not in repr(TICKS),
      r"global TICKS\[0\] is a count")  # fmt: skip
kept("generator", lambda: (n for n in range(10**9)), lambda s: next(s.it),
     lambda s: s.it.gi_frame.f_locals, "it is a generator")  # fmt: skip
kept("thread", lambda: threading.Thread(target=print), give("name", "x"),
     lambda s: s.it.name == "x", "env.it.* is a")  # fmt: skip
kept("file", lambda: open(__file__), lambda s: s.it.seek(1),  # noqa: SIM115
     lambda s: s.it.tell(), "it is a TextIOWrapper")  # fmt: skip
enter("local to a thread", lambda _: setattr(LOCAL, "mark", 0),
      lambda _: setattr(LOCAL, "mark", 1), lambda _: LOCAL.mark, "LOCAL")  # fmt: skip
kept("mark by id", lambda: [tile := Floor("red"), {id(tile): 0}],
     lambda s: s.it[1].__setitem__(id(s.it[0]), 1), lambda s: s.it[1][id(s.it[0])],
     r"differs after each reset.*env.it\[1\]")  # fmt: skip
kept("lock", threading.Lock, lambda s: s.it.acquire(blocking=False),
     lambda s: s.it.locked(), "it is a lock")  # fmt: skip
kept("queue", queue.SimpleQueue, lambda s: s.it.empty() and s.it.put(1),
     lambda s: not s.it.empty(), "it is a SimpleQueue")  # fmt: skip
enter("weak reference", lambda s: setattr(s, "it", weakref.ref(s.grid)),
      lambda s: setattr(s, "it", weakref.ref(s)), lambda s: s.it() is s,
      "it is a ReferenceType")  # fmt: skip
enter("context variable", lambda _: VARIABLE.set(0), lambda _: VARIABLE.set(1),
      lambda _: VARIABLE.get(), "VARIABLE")  # fmt: skip


# What lies where nobody looks


class Colour(enum.Enum):
    RED = 1


@functools.cache
def store() -> list[Any]:
    return [0]


NAME, COUNT = "ROBUSTKIT_TEST_ERRAND", "_".join(("step", "count"))
NOTE = Path(tempfile.gettempdir()) / f"robustkit-test-errand-{os.getpid()}"
enter("note in a file", lambda _: NOTE.unlink(missing_ok=True), lambda _: NOTE.touch(),
      lambda _: NOTE.exists(), OUTSIDE)  # fmt: skip
enter("environment variable", lambda _: os.environ.pop(NAME, None),
      lambda _: os.environ.__setitem__(NAME, "1"), lambda _: os.environ.get(NAME),
      OUTSIDE)  # fmt: skip
enter("member of an enum", lambda _: setattr(Colour.RED, "lit", 0),
      lambda _: setattr(Colour.RED, "lit", 1), lambda _: Colour.RED.lit,
      OUTSIDE)  # fmt: skip
enter("remembered answer", lambda _: store().__setitem__(0, 0),
      lambda _: store().__setitem__(0, 1), lambda _: store()[0], OUTSIDE)  # fmt: skip
enter("library", lambda _: setattr(np, "errand", 0),
      lambda _: setattr(np, "errand", 1), lambda _: np.errand, OUTSIDE)  # fmt: skip
enter("by its name", lambda _: globals().__setitem__("HIDDEN", 0),
      lambda _: globals().__setitem__("HIDDEN", 1), lambda _: globals()["HIDDEN"],
      OUTSIDE)  # fmt: skip
enter("count under another name", lambda s: None, lambda s: None,
      lambda s: getattr(s, COUNT) < 8, OUTSIDE)  # fmt: skip


class Dice(Room):
    """Draws from the machine, which has no state that could be noted."""

    def after(self, action, reward, ended):
        if random.SystemRandom().random() < 0.1:
            self.agent_dir = 0
        return reward, ended


KINDS["dice of the machine"], REFUSED["dice of the machine"] = Dice, OUTSIDE

"""Environments whose state lies where no copy of them reaches.

Exact tables or a refusal that says so; never a table in which it stays what it was.
"""

from __future__ import annotations

import contextvars
import itertools
import os
import tempfile
import threading
from pathlib import Path

from tricky_room import SHARED, Case, Room, zoo
from tricky_wrappers import EverySecond

CASES: list[Case] = []
tables, refused, either = zoo(CASES)
OUTSIDE = rf"{SHARED}|attributes|outside|remembers"


class Errand(Room):
    """Pays only after another corner was visited; where that is kept is the trick."""

    def after(self, action, reward, ended):
        if self.cornered:
            self.mark()
        return reward if self.marked() else 0, ended


def visits(corner=False, start=False):
    """Remember in an attribute of itself."""
    visits.seen = False if start else visits.seen or corner
    return visits.seen


@either(f"visits|seen|{OUTSIDE}")
class AttributeOfAFunction(Errand):
    def furnish(self):
        visits(start=True)

    def mark(self):
        visits(corner=True)

    def marked(self):
        return visits()


class Office:
    """No thing of the environment, and never made."""

    stamped = False


@either(f"Office|stamped|{OUTSIDE}")
class AttributeOfAnotherClass(Errand):
    def furnish(self):
        Office.stamped = False

    def mark(self):
        Office.stamped = True

    def marked(self):
        return Office.stamped


BOOK = {"page": [{"seen": False}]}


def page():
    return BOOK["page"][0]


@either(f"BOOK|page|{OUTSIDE}")
class GlobalBehindAFunction(Errand):
    def furnish(self):
        page()["seen"] = False

    def mark(self):
        page()["seen"] = True

    def marked(self):
        return page()["seen"]


MARK = False


@either(f"MARK|{OUTSIDE}")
class GlobalSetAnew(Errand):
    """A global that is bound again, by its name only."""

    def furnish(self):
        globals()["MARK"] = False

    def mark(self):
        globals()["MARK"] = True

    def marked(self):
        return MARK


@either(f"environ|{OUTSIDE}", blind=True)
class VariableOfTheProcess(Errand):
    def furnish(self):
        os.environ.pop("TRICKY_MARK", None)

    def mark(self):
        os.environ["TRICKY_MARK"] = "1"

    def marked(self):
        return "TRICKY_MARK" in os.environ


NOTE = Path(tempfile.gettempdir()) / f"tricky-mark-{os.getpid()}"


@either(f"NOTE|file|{OUTSIDE}", blind=True)
class NoteInAFile(Errand):
    def furnish(self):
        NOTE.unlink(missing_ok=True)

    def mark(self):
        NOTE.touch()

    def marked(self):
        return NOTE.exists()


LOCAL = threading.local()


@either(f"LOCAL|{OUTSIDE}", blind=True)
class LocalToAThread(Errand):
    def furnish(self):
        LOCAL.mark = False

    def mark(self):
        LOCAL.mark = True

    def marked(self):
        return LOCAL.mark


CONTEXT = contextvars.ContextVar("CONTEXT", default=False)


@either(f"CONTEXT|{OUTSIDE}", blind=True)
class VariableOfAContext(Errand):
    def furnish(self):
        CONTEXT.set(False)

    def mark(self):
        CONTEXT.set(True)

    def marked(self):
        return CONTEXT.get()


TICKS = [itertools.count()]


@either(f"TICKS|count|{OUTSIDE}|draw")
class GlobalCounter(Room):
    """Pays at even ticks of a counter that all share."""

    def furnish(self):
        TICKS[0] = itertools.count()

    def after(self, action, reward, ended):
        return reward if next(TICKS[0]) % 2 else 0, ended


class Meta(type(Room)):
    """The class of a class holds the mark."""

    marked = False


@either(f"Meta|marked|{OUTSIDE}", blind=True)
class AttributeOfAMetaclass(Room, metaclass=Meta):
    def furnish(self):
        Meta.marked = False

    def after(self, action, reward, ended):
        Meta.marked = Meta.marked or self.cornered
        return reward if Meta.marked else 0, ended


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


@either(f"Alternating|odd|{OUTSIDE}")
def wrapper_with_state_on_its_class():
    return Alternating(Room())


class Watching(Room):
    """Knows by a descriptor, which keeps what it is told to itself."""

    class Kept:
        def __get__(self, game, owner):
            return getattr(self, "value", False)

        def __set__(self, game, value):
            self.value = value

    been = Kept()

    def furnish(self):
        self.been = False

    def after(self, action, reward, ended):
        self.been = self.been or self.cornered
        return reward if self.been else 0, ended


@either(f"been|Kept|value|{OUTSIDE}")
def state_in_a_descriptor():
    return Watching()

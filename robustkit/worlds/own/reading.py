"""One reading of all that can be come to from an environment, as a key and as notes."""

from __future__ import annotations

import pickle
import random
import re
import types
from collections.abc import Mapping
from hashlib import blake2b
from operator import is_
from typing import Any, NamedTuple

import gymnasium
import numpy as np

from . import kinds
from .kinds import Opaque, kind_of

COUNT = "step_count"  # MiniGrid's name for how many steps were taken
OPEN, CLOSE = "(", ")"  # around the parts of a tuple in a key; texts stand in quotes


class Names(NamedTuple):
    """Global variables that a function may use."""

    of: dict[str, Any]
    names: tuple[str, ...]


class Known(NamedTuple):
    """An object without pointers as it was last read, such as a wall."""

    thing: Any
    values: tuple[Any, ...]
    held: Any
    key: tuple[Any, ...]

    def still(self, thing: Any, fields: dict[str, Any] | None) -> bool:
        """Return whether it is this object, and holds the same."""
        if self.thing is not thing or type(thing) is not self.key[0]:
            return False
        if fields is None or len(fields) != len(self.values):
            return False
        return all(map(is_, fields.values(), self.values))


class Reading:
    """One reading of all that can be come to from some objects.

    Objects are numbered as they are met, so that keys are equal where what they point
    to is arranged alike, whichever objects it is.
    """

    def __init__(
        self,
        ignore: frozenset[str],
        timeless: Any,
        lenient: bool,
        known: dict[int, Known],
    ) -> None:
        self.ignore, self.timeless = ignore, timeless
        self.lenient, self.known = lenient, known
        self.pointers = 0  # to objects and arrays, met so far
        self.key: list[Any] = []
        self.held: list[tuple[Any, Any]] = []
        self.drawn: list[tuple[Any, Any]] = []
        self.place: dict[int, int] = {}
        self.arrays: dict[int, int] = {}
        self.queue: list[Any] = []

    def read(self, roots: Mapping[str, Any]) -> None:
        """Read some objects and all that they hold."""
        for root in roots.values():
            self.refer(root)
        for thing in self.queue:  # which grows as it is read
            self.visit(thing)

    def refer(self, value: Any) -> None:
        """Add a value to the key, or which object it points to."""
        kind = kind_of(type(value))
        if kind == "text":
            self.key.append(value)
        elif kind == "value":  # True is not 1, and 1.0 neither
            self.key.append((type(value).__name__, repr(value)))
        elif kind == "tuple":
            self.sequence(value)
        elif kind == "number":
            self.refer(value.item())
        elif kind == "levels":  # of our own worlds; they never change
            self.key.append((*value.keys, value.start.tobytes()))
        elif kind == "constant":
            self.key.append(("is", id(value)))
        elif kind == "array":
            self.array(value)
        else:
            self.pointers += 1
            place = self.place.get(id(value))
            if place is None:
                place = self.place[id(value)] = len(self.queue)
                self.queue.append(value)
            self.key.append(("@", place))

    def sequence(self, values: Any) -> None:
        """Add values in their order."""
        self.key.append(OPEN)
        for value in values:
            self.refer(value)
        self.key.append(CLOSE)

    def array(self, value: Any) -> None:
        """Add an array. A row of integers, as positions are, reads as a tuple does."""
        self.pointers += 1
        known = self.arrays.setdefault(id(value), len(self.arrays))
        if known < len(self.arrays) - 1:
            self.key.append(("array", known))
            return
        self.held.append((value, value.copy()))
        if value.dtype.kind == "O":
            self.key.append(value.shape)
            self.sequence(value.ravel().tolist())
        elif value.ndim == 1 and value.dtype.kind in "iu":
            self.sequence(value.tolist())
        else:
            content = blake2b(np.ascontiguousarray(value).tobytes(), digest_size=16)
            self.key.append((value.dtype.str, value.shape, content.digest()))

    def visit(self, thing: Any) -> None:
        """Add what an object holds."""
        kind = kind_of(type(thing))
        if kind == "opaque":
            self.refuse(thing)
            return
        getattr(self, f"visit_{kind}")(thing)

    def refuse(self, thing: Any) -> None:
        """Raise `Opaque`, unless what cannot be read is to be left alone."""
        if not self.lenient:
            raise Opaque(thing)

    def visit_object(self, thing: Any) -> None:
        """Add what a container or an instance holds, and its own classes."""
        fields = getattr(thing, "__dict__", None)
        known = self.known.get(id(thing))
        if known is not None and known.still(thing, fields):
            self.held.append(known.held)
            self.key.append(known.key)
        else:
            self._visit_anew(thing, fields)

    def _visit_anew(self, thing: Any, fields: dict[str, Any] | None) -> None:
        cls, key, pointers = type(thing), self.key, self.pointers
        self.key = [cls]
        base, slots, own = kinds.base_of(cls), kinds.slots(cls), kinds.own_classes(cls)
        if base is not None:
            self.contents(thing, base)
        left_out = kinds.no_state(cls) | self.ignore
        if thing is self.timeless:
            left_out |= {COUNT}
        if fields is not None:
            self.held.append((thing, ("fields", fields.copy(), cls)))
            for name in sorted(fields.keys() - left_out):
                self.key.append(name)
                self.refer(fields[name])
        for name in slots:
            if hasattr(thing, name) and name not in left_out:
                self.held.append((thing, ("slot", name, getattr(thing, name))))
                self.key.append(name)
                self.refer(getattr(thing, name))
        for each in own:
            self.refer(each)
        whole = tuple(self.key)
        alone = self.pointers == pointers and not (base or slots or own)
        if fields is not None and alone:
            kept = tuple(fields.values()), self.held[-1], whole
            self.known[id(thing)] = Known(thing, *kept)
        self.key = key
        key.append(whole)

    def contents(self, thing: Any, base: type) -> None:
        """Add what lies in a container, or what a solid value is."""
        if issubclass(base, kinds.SOLID):
            self.refer(base(thing))
            return
        if issubclass(base, dict):
            pairs = list(dict.items(thing))
            self.held.append((thing, (base, pairs)))
            self.sequence(part for pair in pairs for part in pair)
            return
        inside = list(base.__iter__(thing))  # type: ignore[attr-defined]
        self.held.append((thing, (base, inside)))
        self.sequence(self.in_order(inside) if base is set else inside)

    def in_order(self, members: list[Any]) -> list[Any]:
        """Return members of a set in an order of their own.

        Of objects there is none but that of being met; who was not, is opaque.
        """
        for member in members:
            if kind_of(type(member)) not in ("text", "value", "tuple", "number"):
                self.refuse(member)
                return members
        return sorted(members, key=repr)

    def visit_frozenset(self, thing: Any) -> None:
        """Add what lies in a set that cannot change."""
        self.sequence(self.in_order(list(thing)))

    def visit_generator(self, thing: Any) -> None:
        """Note how far a generator of random numbers has come; it is no state."""
        self.drawn.append((thing, come(thing)))

    def visit_space(self, thing: Any) -> None:
        """Add a space, which never changes, and note what it has drawn."""
        known = self.known.get(id(thing))
        if known is None or known.thing is not thing:
            known = self.known[id(thing)] = Known(thing, (), None, (named(thing),))
        self.key.append(known.key)
        self.drawn.append((thing, come(thing)))

    def visit_class(self, thing: Any) -> None:
        """Add the data of somebody's own class, and what its functions use."""
        if not kinds.is_theirs(thing.__module__) or issubclass(thing, kinds.CONSTANTS):
            self.key.append(("is", id(thing)))
            return
        data = {n: v for n, v in vars(thing).items() if kinds.is_data(n, v)}
        self.held.append((thing, ("class", data)))
        left_out = kinds.no_state(thing) | self.ignore | {"no_state"}
        for name in sorted(data.keys() - left_out):
            self.key.append(name)
            self.refer(data[name])
        for function in kinds.functions_of(thing):
            self.uses(function)

    def visit_function(self, thing: Any) -> None:
        """Add a function with what it uses."""
        self.key.append(("code", id(thing.__code__)))
        if kinds.is_theirs(thing.__module__):
            self.uses(thing)

    def uses(self, function: types.FunctionType) -> None:
        """Add the variables around a function that it may use."""
        for cell in function.__closure__ or ():
            self.refer(cell)
        # A list as a default is one and the same list at every call.
        self.sequence([*(function.__defaults__ or ()), *vars(function).values()])
        self.sequence((function.__kwdefaults__ or {}).values())
        if vars(function):
            self.held.append((function, ("fields", vars(function).copy(), None)))
        names = kinds.uses(function)
        if names:
            known = function.__globals__
            names = tuple(n for n in names if n in known and n not in self.ignore)
            values = [known[name] for name in names]
            self.held.append((Names(known, names), values))
            self.sequence(values)

    def visit_cell(self, thing: Any) -> None:
        """Add what a variable of an outer function holds."""
        try:
            content = thing.cell_contents
        except ValueError:  # not set yet
            return
        self.held.append((thing, content))
        self.refer(content)

    def visit_method(self, thing: Any) -> None:
        """Add a function and whose it is."""
        self.refer(thing.__self__)
        self.refer(thing.__func__)

    def visit_partial(self, thing: Any) -> None:
        """Add a function with arguments that are given already."""
        self.refer(thing.func)
        self.sequence(thing.args)
        self.sequence(part for pair in thing.keywords.items() for part in pair)


def come(generator: Any, back_to: Any = None) -> Any:
    """Return how far a generator of random numbers has come; of a space, its own.

    back_to: bring it there again.
    """
    if isinstance(generator, gymnasium.Space):
        if generator._np_random is None or back_to == "new":
            generator._np_random = None  # type: ignore[assignment]
            return "new"
        return come(generator._np_random, back_to)
    if isinstance(generator, random.Random):
        if back_to is not None:
            generator.setstate(back_to)
        return generator.getstate()
    inner = getattr(generator, "_bit_generator", None) or generator.bit_generator
    if back_to is not None:
        inner.state = pickle.loads(back_to)
    return pickle.dumps(inner.state)  # which compares, as arrays in it do not


def named(thing: Any) -> str:
    """Return what a thing says that it is, without where it lies in memory."""
    return re.sub(r" at 0x[0-9a-fA-F]+", "", repr(thing))

"""One reading of all that can be come to from an environment, as a key and as notes."""

from __future__ import annotations

import types
from collections import deque
from collections.abc import Mapping
from hashlib import blake2b
from itertools import islice
from typing import Any

import numpy as np

from . import kinds
from .kinds import Opaque, kind_of
from .noting import EMPTY, Known, Names, come, fields_of, is_plain, named, slot_of

COUNT = "step_count"  # MiniGrid's name for how many steps were taken
OPEN, CLOSE = ("(",), (")",)  # around the parts of a tuple in a key
# What a class of NumPy's numbers has in common with Python's own: 1, 1.0 and True
NATIVE = "lqd?"
POSITIONS = frozenset({"agent_pos", "cur_pos", "init_pos"})


class Reading:
    """One reading of all that can be come to from some objects.

    Objects are numbered as they are met, so that keys are equal where what they point
    to is arranged alike, whichever objects it is.
    """

    def __init__(
        self,
        ignore: frozenset[str],
        also: frozenset[str],
        timeless: Any,
        lenient: bool,
        known: dict[int, Known],
    ) -> None:
        self.ignore, self.also, self.timeless = ignore, also, timeless
        self.lenient, self.known = lenient, known
        self.pointers = 0  # to objects and arrays, met so far
        self.key: list[Any] = []
        self.held: list[tuple[Any, Any]] = []
        self.drawn: list[tuple[Any, Any]] = []
        self.place: dict[int, int] = {}
        self.arrays: dict[int, int] = {}
        self.queue: list[Any] = []
        self.sets: deque[list[Any]] = deque()  # whose members may be met elsewhere

    def read(self, roots: Mapping[str, Any]) -> None:
        """Read some objects and all that they hold."""
        for root in roots.values():
            self.refer(root)
        for thing in self.queue:  # which grows as it is read
            self.visit(thing)
        while self.sets:
            met = len(self.queue)
            self.sequence(sorted(self.sets.popleft(), key=self.rank))
            for thing in islice(self.queue, met, None):
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
            native = value.dtype.char in NATIVE
            self.refer(value.item() if native else (value.dtype.str, value.tobytes()))
        elif kind == "slice":
            self.key.append(slice)
            self.sequence((value.start, value.stop, value.step))
        elif kind == "builtin":  # as the method of a list is
            self.key.append(("call", value.__name__))
            self.refer(value.__self__)
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

    def position(self, value: Any) -> None:
        """Add where a thing is, which MiniGrid has as a tuple now and then as an array.

        Both read alike.
        """
        if type(value) is np.ndarray and value.ndim == 1 and value.dtype == int:
            self.pointers += 1
            self.held.append((value, value.copy()))
            value = tuple(value.tolist())
        self.refer(value)

    def array(self, value: Any) -> None:
        """Add an array, with whose memory it shows."""
        self.pointers += 1
        known = self.arrays.setdefault(id(value), len(self.arrays))
        if known < len(self.arrays) - 1:
            self.key.append(("array", known))
            return
        self.held.append((value, kept := value.copy()))
        kept.flags.writeable = value.flags.writeable
        self.key.append((value.dtype.str, value.shape, value.flags.writeable))
        if value.dtype.hasobject:
            self.sequence(value.ravel().tolist())
        else:
            self.key.append(blake2b(kept.tobytes(), digest_size=16).digest())
        if value.base is not None:
            at = value.__array_interface__["data"][0]
            if isinstance(value.base, np.ndarray):
                at -= value.base.__array_interface__["data"][0]
                self.key.append(("view", at, value.strides))
            self.refer(value.base)

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
        fields = fields_of(thing)
        known = self.known.get(id(thing))
        if known is not None and known.still(thing, fields):
            self.held.append(known.held)
            self.key.append(known.key)
        else:
            self._visit_anew(thing, fields)

    def _visit_anew(self, thing: Any, fields: dict[str, Any] | None) -> None:
        cls, key, pointers = type(thing), self.key, self.pointers
        self.key = [kinds.face(cls)]
        base, slots, own = kinds.base_of(cls), kinds.slots(cls), kinds.own_classes(cls)
        if base is not None:
            self.contents(thing, base)
        left_out = kinds.no_state(cls) - self.also | self.ignore
        if thing is self.timeless:
            left_out |= {COUNT}
        if fields is not None:
            self.held.append((thing, ("fields", fields.copy(), cls)))
            for name in sorted(fields.keys() - left_out, key=str):
                self.key.append(name)
                add = self.position if name in POSITIONS else self.refer
                add(fields[name])
        for name in slots:
            value = slot_of(thing, name)
            if value is not EMPTY and name not in left_out:
                self.held.append((thing, ("slot", name, value)))
                self.key.append(name)
                self.refer(value)
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
        if base is np.ndarray:
            self.array(thing.view(base))
            return
        if issubclass(base, dict):
            pairs = list(base.items(thing))
            self.held.append((thing, (base, pairs)))
            self.sequence(part for pair in pairs for part in pair)
            return
        inside = list(base.__iter__(thing))  # type: ignore[attr-defined]
        self.held.append((thing, (base, inside)))
        if base is set:
            self.members(inside)
            return
        self.sequence(inside)
        if base is deque:
            self.refer(deque.maxlen.__get__(thing))

    def members(self, inside: list[Any]) -> None:
        """Add members of a set in an order of their own, objects after all else."""
        self.sequence(sorted((m for m in inside if is_plain(m)), key=repr))
        others = [m for m in inside if not is_plain(m)]
        if others:
            self.sets.append(others)

    def rank(self, member: Any) -> tuple[int, str]:
        """Return what a member of a set stands behind: when it was met, what it holds.

        Two that are met nowhere else and hold the same stand in any order.
        """
        place = self.place.get(id(member))
        if place is not None:
            return place, ""
        alone = Reading(self.ignore, self.also, self.timeless, True, {})
        alone.read({"": member})
        return len(self.queue), repr(alone.key)

    def visit_frozenset(self, thing: Any) -> None:
        """Add what lies in a set that cannot change."""
        self.members(list(thing))

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
        self.names(function.__globals__, kinds.uses(function))
        for module, names in kinds.modules(function):
            self.names(vars(module), names)

    def names(self, known: dict[str, Any], names: tuple[str, ...]) -> None:
        """Add variables of a module."""
        names = tuple(n for n in names if n in known and n not in self.ignore)
        if names:
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
        self.refer(thing.keywords)

    def visit_cached(self, thing: Any) -> None:
        """Add a function whose answers are remembered; they are what it would say."""
        self.refer(thing.__wrapped__)

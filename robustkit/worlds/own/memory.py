"""All that an environment holds: read as a key, and put back into the same objects.

Nothing is copied that something else could point to: what an object holds is noted,
and later written back into that very object. So pointers stay pointers (a door that
the environment remembers is the door in the grid, then as now), and a function that
asks the environment asks the live one.
"""

from __future__ import annotations

import pickle
import random
import types
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from operator import is_
from typing import Any, NamedTuple

import gymnasium
import numpy as np

from . import kinds
from .kinds import Opaque, kind_of

OPEN, CLOSE = "(", ")"  # around the parts of a tuple in a key; texts stand in quotes


class Names(NamedTuple):
    """Global variables that a function may use."""

    of: dict[str, Any]
    names: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Moment:
    """What there is at one moment.

    key: equal for two moments if nothing that can make a difference later differs.
    held: each object with what it holds. drawn: each generator of random numbers with
    how far it has come.
    """

    key: tuple[Any, ...]
    held: list[tuple[Any, Any]]
    drawn: list[tuple[Any, Any]]


class Known(NamedTuple):
    """An object without pointers as it was last read, such as a wall."""

    thing: Any
    values: tuple[Any, ...]
    held: Any
    key: tuple[Any, ...]

    def still(self, thing: Any, fields: dict[str, Any] | None) -> bool:
        """Return whether it is this object, and holds the same."""
        if self.thing is not thing or fields is None or len(fields) != len(self.values):
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
        also: frozenset[str],
        lenient: bool,
        known: dict[int, Known],
    ) -> None:
        self.ignore, self.also = ignore, also
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
        left_out = kinds.no_state(cls) - self.also | self.ignore
        if fields is not None:
            self.held.append((thing, ("fields", fields.copy())))
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
        self.key.append(("is", id(thing)))
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
            self.refer(thing.__defaults__)

    def uses(self, function: types.FunctionType) -> None:
        """Add the variables around a function that it may use."""
        for cell in function.__closure__ or ():
            self.refer(cell)
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
            generator._np_random = None
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


class Memory:
    """What can be read and put back of some objects and all that they hold.

    roots: name to object. ignore: attributes that make no difference; also: those that
    do here, and elsewhere do not (`kinds.NO_STATE`).
    """

    def __init__(
        self,
        roots: Mapping[str, Any],
        ignore: frozenset[str] = frozenset(),
        also: frozenset[str] = frozenset(),
    ) -> None:
        self.roots, self.ignore, self.also = roots, ignore, also
        self._known: dict[int, Known] = {}

    def read(self, lenient: bool = False) -> Moment:
        """Return all that there is now.

        lenient: what cannot be read is left alone. Otherwise raises `Opaque`.
        """
        reading = Reading(self.ignore, self.also, lenient, self._known)
        try:
            reading.read(self.roots)
        except Opaque as found:
            found.where = self.find(found.thing, reading.held)
            raise
        return Moment(tuple(reading.key), reading.held, reading.drawn)

    def find(self, thing: Any, held: list[tuple[Any, Any]]) -> str:
        """Return in words where a thing is, from what has been read."""
        said = (where for where, value in self.said(held) if value is thing)
        return next(said, f"a {type(thing).__name__}")

    def differences(self, one: Moment, other: Moment) -> list[str]:
        """Return in words where two moments differ."""
        if one.key == other.key:
            return []
        first, second = (
            {where: repr(x) for where, x in self.said(m.held) if is_plain(x)}
            for m in (one, other)
        )
        where = [k for k in {**first, **second} if first.get(k) != second.get(k)]
        return where or ["what its attributes point to"]

    def said(self, held: list[tuple[Any, Any]]) -> Iterator[tuple[str, Any]]:
        """Yield all that is held, with words for where it is."""
        way = {id(root): name for name, root in self.roots.items()}
        for holder, content in held:
            for said, value in parts(holder, content, way.get(id(holder), "")):
                yield said, value
                way.setdefault(id(value), said)


def is_plain(value: Any) -> bool:
    """Return whether a value says in a few signs what it is."""
    return isinstance(value, (int, float, str, tuple, np.generic, type(None)))


def put_back(moment: Moment) -> None:
    """Make all that was read what it was at that moment."""
    for holder, content in moment.held:
        restore(holder, content)
    for generator, state in moment.drawn:
        come(generator, state)


def restore(holder: Any, content: Any) -> None:
    """Write back into an object what it held."""
    if isinstance(holder, np.ndarray):
        holder[...] = content
    elif isinstance(holder, Names):
        holder.of.update(zip(holder.names, content, strict=True))
    elif isinstance(holder, types.CellType):
        holder.cell_contents = content
    elif content[0] == "fields":
        fields = holder.__dict__
        fields.clear()
        fields.update(content[1])
    elif content[0] == "slot":
        object.__setattr__(holder, content[1], content[2])
    elif content[0] == "class":
        restore_class(holder, content[1])
    else:
        refill(holder, *content)


def restore_class(cls: type, data: dict[str, Any]) -> None:
    """Write back the data of a class, and take away what it had not."""
    for name, value in vars(cls).copy().items():
        if name not in data and kinds.is_data(name, value):
            delattr(cls, name)
    for name, value in data.items():
        if vars(cls).get(name) is not value:
            setattr(cls, name, value)


def refill(holder: Any, base: Any, inside: list[Any]) -> None:
    """Write back what lay in a container, past any method of its own class."""
    if issubclass(base, (list, bytearray)):
        base.__setitem__(holder, slice(None), inside)
        return
    base.clear(holder)
    if issubclass(base, dict):
        for key, value in inside:
            base.__setitem__(holder, key, value)
    else:
        (base.update if base is set else base.extend)(holder, inside)


def parts(holder: Any, content: Any, name: str) -> Iterator[tuple[str, Any]]:
    """Yield what an object holds, each with words for where it is."""
    if isinstance(holder, np.ndarray):
        pairs = [(f"{name}[...]", x) for x in holder.ravel().tolist()]
    elif isinstance(holder, Names):
        pairs = [(f"global {n}", x) for n, x in zip(holder.names, content, strict=True)]
    elif isinstance(holder, types.CellType):
        pairs = [(name or "a variable of a function", content)]
    elif content[0] == "slot":
        pairs = [(f"{name}.{content[1]}", content[2])]
    elif content[0] in ("fields", "class"):
        name = name if content[0] == "fields" else holder.__name__
        pairs = [(f"{name}.{n}", x) for n, x in content[1].items()]
    elif issubclass(content[0], dict):
        pairs = [(f"{name}[{key!r:.20}]", value) for key, value in content[1]]
    else:
        pairs = [(f"{name}[{i}]", value) for i, value in enumerate(content[1])]
    for said, value in pairs:
        yield said, value
        if isinstance(value, tuple):
            yield from ((said, each) for each in value)

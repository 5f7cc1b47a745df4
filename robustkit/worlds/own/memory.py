"""All that an environment holds: read as a key, and put back into the same objects.

Nothing is copied that something else could point to: what an object holds is noted,
and later written back into that very object. So pointers stay pointers (a door that
the environment remembers is the door in the grid, then as now), and a function that
asks the environment asks the live one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from .kinds import Opaque
from .noting import Known, come
from .reading import Reading
from .restoring import is_plain, parts, restore


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


class Memory:
    """What can be read and put back of some objects and all that they hold.

    roots: name to object. ignore: attributes that make no difference; also: those that
    do here, and elsewhere do not (`kinds.NO_STATE`). timeless: the environment of
    which it makes none how many steps were taken.
    """

    def __init__(
        self,
        roots: Mapping[str, Any],
        ignore: frozenset[str] = frozenset(),
        also: frozenset[str] = frozenset(),
        timeless: Any = None,
    ) -> None:
        self.roots, self.ignore, self.also = roots, ignore, also
        self.timeless = timeless
        self._known: dict[int, Known] = {}

    def read(self, lenient: bool = False) -> Moment:
        """Return all that there is now.

        lenient: what cannot be read is left alone. Otherwise raises `Opaque`.
        """
        how = self.ignore, self.also, self.timeless, lenient
        reading = Reading(*how, self._known)
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


def put_back(moment: Moment) -> None:
    """Make all that was read what it was at that moment."""
    for holder, content in moment.held:
        restore(holder, content)
    for generator, state in moment.drawn:
        come(generator, state)

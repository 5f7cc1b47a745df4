"""What was worked out for a batch of levels, kept by content, never stale."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

T = TypeVar("T")


class Cache(Generic[T]):
    """The last few things that were made, by what they were made from.

    most: their number; space: the bytes that all of them may take, `size` those of one.
    """

    def __init__(
        self,
        most: int,
        space: float = float("inf"),
        size: Callable[[T], int] = lambda _: 0,
    ) -> None:
        self.most, self.space, self.size = most, space, size
        self.things: OrderedDict[Hashable, T] = OrderedDict()

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return what there is by this key, made now if there is nothing."""
        found = self.find(key)
        if found is None:
            found = make()
            self.keep(key, found)
        return found

    def find(self, key: Hashable) -> T | None:
        """Return what there is by this key, or None."""
        if key in self.things:
            self.things.move_to_end(key)
        return self.things.get(key)

    def keep(self, key: Hashable, thing: T) -> None:
        """Keep a thing, and of the others the latest, as far as there is space."""
        self.things[key] = thing
        while len(self.things) > self.most or (
            sum(map(self.size, self.things.values())) > self.space
        ):
            self.things.popitem(last=False)

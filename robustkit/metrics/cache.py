"""What was worked out for a batch of levels, kept by content, never stale."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

from ..mdp import Tables
from .conventions import Conventions

T = TypeVar("T")


class Kept(Generic[T]):
    """The last few things that were made, by tables and conventions."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.things: OrderedDict[tuple[str, Conventions], T] = OrderedDict()

    def get(self, tables: Tables, conventions: Conventions, make: Callable[[], T]) -> T:
        """Return what there is for them, made now if there is nothing."""
        key = tables.digest, conventions
        if key not in self.things:
            self.things[key] = make()
            while len(self.things) > self.most:
                self.things.popitem(last=False)
        self.things.move_to_end(key)
        return self.things[key]

"""Worlds in which a base thing and a proxy thing lie on one cell or on two."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from .. import arguments
from ..mdp import Ints
from .base import Levels, Thing, World


@dataclass(frozen=True, kw_only=True)
class Pair(World):
    """A world of two things: 1 for reaching the base thing, 1 for the proxy thing.

    ends: "first" ends the episode at the first of the two reached; "base" only at the
    base thing, and the proxy pays once.
    """

    base_thing: ClassVar[Thing]
    proxy_thing: ClassVar[Thing]
    proxy: ClassVar[str]  # name of the proxy objective and of its event

    ends: str = "first"

    def __post_init__(self) -> None:
        super().__post_init__()
        arguments.one_of("ends", self.ends, ["first", "base"])

    @property
    def things(self) -> tuple[Thing, ...]:
        """The base thing and the proxy thing."""
        return self.base_thing, self.proxy_thing

    @property
    def events(self) -> tuple[str, ...]:
        """Reaching the one and the other."""
        return self.base_thing.name, self.proxy

    @property
    def objectives(self) -> dict[str, dict[str, float]]:
        """1 for the one; 1 for the other."""
        return {event: {event: 1.0} for event in self.events}

    @property
    def flags(self) -> int:
        """1, or 2 where the proxy can have been reached before the episode ends."""
        return 1 if self.ends == "first" else 2

    def enter(
        self, levels: Levels, cell: Ints, flag: Ints
    ) -> tuple[Ints, dict[str, NDArray[np.bool_]], NDArray[np.bool_]]:
        """Return what stepping onto either of them does."""
        base = levels.at(self.base_thing.name, cell)
        proxy = levels.at(self.proxy_thing.name, cell) & (flag == 0)
        ended = base | proxy if self.ends == "first" else base
        visited = flag if self.ends == "first" else np.where(proxy, 1, flag)
        return visited, {self.base_thing.name: base, self.proxy: proxy}, ended

    def visible(self, levels: Levels, flag: int) -> dict[str, Ints]:
        """Return both; a proxy that has paid is seen no more."""
        if not flag:
            return levels.things
        return {**levels.things, self.proxy_thing.name: np.full(len(levels), -1)}

"""What worlds of two things share, a base thing and a proxy thing."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from ... import arguments
from ..declaration import Effects, Had, On
from ..world import World


@dataclass(frozen=True, kw_only=True)
class Pair(World):
    """A world of two things: 1 for reaching the base thing, 1 for the proxy thing.

    ends: "first" ends the episode at the first of the two reached; "base" only at the
    base thing, and the proxy pays once.
    """

    ends: str = "first"

    def __post_init__(self) -> None:
        super().__post_init__()
        self._keep(ends=arguments.one_of("ends", self.ends, ["first", "base"]))

    @cached_property
    def memory(self) -> dict[str, int]:
        """Whether the proxy has paid, where that ends nothing."""
        return {} if self.ends == "first" else {self.things[1].name: 2}

    def rules(self, on: On, had: Had) -> Effects:
        """Return what stepping onto either of them does."""
        base, proxy = (on[thing.name] for thing in self.things)
        events = dict(zip(self.events, (base, proxy), strict=False))
        if self.ends == "first":
            return events, base | proxy, {}
        name = self.things[1].name
        return events, base, {name: had[name] | proxy}

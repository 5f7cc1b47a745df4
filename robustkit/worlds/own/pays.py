"""What a user's own environment pays for: events, sizes of reward, objectives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ... import arguments
from ...arguments import quote
from ...mdp import Floats
from ..layouts import Bools
from .moves import Event
from .walk import Walk

SUCCESS, FAILURE, TIME = "success", "failure", "time"
GIVEN = {  # events that are always there: what they are
    SUCCESS: "the environment paid",
    FAILURE: "it ended unpaid",
    TIME: "a limit of time ended it",
}
DIGITS = 9  # rewards that differ by less are of one size
MOST = 1e6  # size of a weight
FEW = 8  # sizes that are listed


@dataclass(frozen=True)
class Pays:
    """Events of somebody's own, and objectives: name to what each pays for an event.

    timed: whether a limit of time is among the events.
    """

    events: Mapping[str, Event]
    objectives: Mapping[str, Mapping[str, float]]
    timed: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """Names of all events."""
        return (SUCCESS, FAILURE, *([TIME] * self.timed), *self.events)

    @property
    def used(self) -> set[str]:
        """Names of the events that are paid for."""
        return {event for each in self.objectives.values() for event in each}

    def of(self, found: Sequence[Walk]) -> Pays:
        """Return the same for what walks have found, once it is checked."""
        self._check(found)
        timed = TIME in self.used or any(walk.late.any() for walk in found)
        return replace(self, timed=timed)

    @property
    def worth(self) -> Floats:
        """[events, objectives], what each objective pays for an event."""
        every = self.objectives.values()
        return np.array([[each.get(n, 0.0) for each in every] for n in self.names])

    def happened(self, found: Walk) -> Bools:
        """Return [states, moves, events], what a walk has found to happen."""
        paid = found.rewards > 0
        given = [paid, found.ended & ~found.late & ~paid]
        given += [found.late] * self.timed
        return np.concatenate([np.stack(given, -1), found.happened], -1)

    def _check(self, found: Sequence[Walk]) -> None:
        """Raise ValueError where "success" would hide how much is paid, or never is."""
        if not self.used & {SUCCESS, FAILURE}:
            return
        rewards = np.concatenate([walk.rewards.ravel() for walk in found])
        sizes = sorted({*np.round(rewards, DIGITS).tolist()} - {0.0})
        if len(sizes) > 1 or (sizes and sizes[0] < 0):
            few = sizes if len(sizes) <= FEW else [*sizes[: FEW - 1], sizes[-1]]
            *some, last = (f"{size:.6g}" for size in few)
            if few is not sizes:
                some.append("...")
            said = f"{', '.join(some)} and {last}" if some else last
            raise ValueError(
                f"env pays {said}, so that {SUCCESS!r} (it paid) would hide how much; "
                "allowed: one size of positive reward, or objectives that pay for "
                "events of your own, as in events={'reached': lambda game: ...}, "
                "objectives={'task': {'reached': 1.0}}."
            )
        if not sizes and SUCCESS in self.used:
            late = sum(int(walk.late.sum()) for walk in found)
            why = f" (a time limit ends it on {late} moves)" if late else ""
            raise ValueError(
                f"env never pays, in any of its states{why}; allowed: an environment "
                "that pays, or objectives that pay for events of your own."
            )


def check_pays(events: Any, objectives: Any) -> Pays:
    """Return events and objectives as they are used; raise ValueError for others."""
    return Pays(asked := check_events(events), check_objectives(objectives, asked))


def check_events(events: Any) -> dict[str, Event]:
    """Return events by name; raise ValueError for anything but a function of a name."""
    if events is None:
        return {}
    if not isinstance(events, Mapping):
        raise arguments.refusal("events", events, "a dict of name to function")
    for name, asked in events.items():
        if not isinstance(name, str) or not name.strip() or name in GIVEN:
            given = ", ".join(f"{n!r} ({what})" for n, what in GIVEN.items())
            raise ValueError(
                f"events: {quote(name)} is not possible; allowed: a name of your own. "
                f"There are always {given}."
            )
        if isinstance(asked, type) or not callable(asked):
            raise ValueError(
                f"events: {name!r}={quote(asked)} is not a function; allowed: a "
                "function of the environment that returns True or False."
            )
    return dict(events)


def check_objectives(
    objectives: Any, events: Mapping[str, Event]
) -> dict[str, dict[str, float]]:
    """Return objectives by name; raise ValueError for an invalid one."""
    if objectives is None:
        return {"task": {SUCCESS: 1.0}}
    if not isinstance(objectives, Mapping) or not objectives:
        raise ValueError(
            f"objectives={quote(objectives)} is not possible; allowed: a dict of name "
            "to what it pays for each event, the base objective first."
        )
    checked = {}
    for place, (name, pays) in enumerate(objectives.items()):
        if not isinstance(name, str) or not name.strip() or (name == "base" and place):
            raise ValueError(
                f"objective {quote(name)} is not possible; allowed: a name of your "
                'own. "base" stands for the first of them, whatever its name.'
            )
        if not isinstance(pays, Mapping) or not pays:
            allowed = "a dict of event to what it pays"
            raise arguments.refusal(f"objective {name!r}", pays, allowed)
        checked[name] = {
            arguments.one_of(
                f"event of objective {name!r}", event, [*GIVEN, *events]
            ): (
                arguments.number(f"weight of {event!r} in {name!r}", worth, -MOST, MOST)
            )
            for event, worth in pays.items()
        }
    return checked

"""The doctor: says in words whether robustkit can work here, and what to do if not.

Nothing but the standard library is imported before it is examined, so that the doctor
still speaks where everything else is broken. It asks nothing of the network; of a proxy
that a variable names, only whether it answers.
"""

from __future__ import annotations

import importlib
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from .. import alone
from . import examinations, surroundings
from .examinations import Finding, ok, problem, warning


@dataclass(frozen=True)
class Report:
    """What the doctor found."""

    findings: tuple[Finding, ...]

    @property
    def problems(self) -> tuple[Finding, ...]:
        """Return the findings that keep robustkit from working."""
        return tuple(f for f in self.findings if f.state == "problem")

    @property
    def summary(self) -> str:
        """Return the outcome in one sentence."""
        if self.problems:
            some = "1 problem" if len(self.problems) == 1 else "Several problems"
            return f"{some} to solve first; the lines above say how."
        if any(f.state == "warning" for f in self.findings):
            return "robustkit works here; the warnings above say what could be better."
        return "All is well."

    def __str__(self) -> str:
        return "\n".join([*map(str, self.findings), "", self.summary])

    __repr__ = __str__


def doctor() -> Report:
    """Examine this installation; takes a few seconds and never raises."""
    return Report(tuple(examine()))


def main() -> int:
    """Print what is found as it is found; return 1 if there is a problem."""
    findings = []
    for finding in examine():
        print(finding, flush=True)
        findings.append(finding)
    report = Report(tuple(findings))
    print(f"\n{report.summary}")
    return 1 if report.problems else 0


def examine() -> Iterator[Finding]:
    """Yield every finding; an examination that breaks down is itself a finding."""
    for examination in EXAMINATIONS:
        try:
            yield from examination()
        except Exception as broken:
            name = examination.__name__.replace("_", " ")
            yield problem(f"{name}: stopped with {type(broken).__name__}: {broken}")


def threads_and_processes() -> Iterator[Finding]:
    """Say what this Python cannot start, and what follows from it."""
    said = alone.aloneness()
    if not said:
        yield ok("threads and other processes can be started")
    elif alone.BROWSER:
        yield ok(said)
    else:
        advice = (
            "All else is as everywhere. Ask whoever runs this machine for more "
            "processes (ulimit -u), for /dev/shm, or for a whole Python."
        )
        yield warning(said, advice)


def training_and_drawing() -> Iterator[Finding]:
    """Train a small agent, measure it and draw it, as a lesson does."""
    start = time.perf_counter()
    rk = importlib.import_module("robustkit")
    world = rk.make("cheese", layouts=4)
    agent = rk.train("memoriser", world)
    reading = rk.measure(agent, world.sample(16))
    taken = time.perf_counter() - start
    yield ok(f"an agent was trained and measured in {taken:.1f} s: {reading.plain()}")
    rk.plane(reading).png()
    yield ok("the plane was drawn")


EXAMINATIONS: tuple[Callable[[], Iterator[Finding]], ...] = (
    *examinations.ALL,
    *surroundings.ALL,
    threads_and_processes,
    training_and_drawing,
)


if __name__ == "__main__":
    sys.exit(main())

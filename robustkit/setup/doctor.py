"""The doctor: says in words whether robustkit can work here, and what to do if not.

Nothing but the standard library is imported before it is examined, so that the doctor
still speaks where everything else is broken. It asks nothing of the network.
"""

from __future__ import annotations

import importlib
import sys
import time
from collections.abc import Callable, Iterator

from .findings import REINSTALL, Finding, Report, ok, problem
from .installed import front_end, packages, python_version, widgets_in_jupyterlab
from .machine import browser, disk_and_memory, fonts, threads


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
            what = f"{name}: stopped with {type(broken).__name__}: {broken}"
            yield problem(what, REINSTALL)


def training_and_drawing() -> Iterator[Finding]:
    """Train a small agent, measure it and draw it, as a lesson does."""
    start = time.perf_counter()
    rk = importlib.import_module("robustkit")
    world = rk.make("cheese", layouts=4)
    agent = rk.train("memoriser", world)
    reading = rk.measure(agent, world.sample(16))
    taken = time.perf_counter() - start
    yield ok(f"an agent was trained and measured in {taken:.1f} s: {reading}")
    rk.plane(reading).png()
    yield ok("the plane was drawn")


EXAMINATIONS: tuple[Callable[[], Iterator[Finding]], ...] = (
    python_version,
    packages,
    widgets_in_jupyterlab,
    front_end,
    browser,
    fonts,
    disk_and_memory,
    threads,
    training_and_drawing,
)


if __name__ == "__main__":
    sys.exit(main())

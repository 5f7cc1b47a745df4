"""The doctor: says in words whether robustkit can work here, and what to do if not.

Nothing but the standard library is imported before it is examined, so that the doctor
still speaks where everything else is broken. It asks nothing of the network; of a proxy
that a variable names, only whether it answers.
"""

from __future__ import annotations

import logging
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from .. import alone
from . import drawing, examinations, surroundings
from .examinations import REINSTALL, Finding, ok, problem, warning


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
    with _libraries_quiet():
        for examination in EXAMINATIONS:
            try:
                yield from examination()
            except Exception as broken:
                name = examination.__name__.replace("_", " ")
                what = f"{name}: stopped with {type(broken).__name__}: {broken}"
                yield problem(what, _advice())


@contextmanager
def _libraries_quiet() -> Iterator[None]:
    """Keep back what libraries warn of: the findings say it once, and what to do.

    Of a font that it lacks matplotlib would say so for every word that it draws.
    """
    before = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(before)


def _advice() -> str:
    """Return what to do where an examination broke down: what hides a module is why."""
    causes = (
        examinations.python_version,
        surroundings.path,
        surroundings.files_that_hide,
    )
    found = (finding for cause in causes for finding in cause())
    why = (f"{f.what}. {f.advice}" for f in found if f.state != "ok")
    return next(why, REINSTALL)


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


EXAMINATIONS: tuple[Callable[[], Iterator[Finding]], ...] = (
    examinations.python_version,
    *surroundings.ALL,
    *examinations.ALL,
    threads_and_processes,
    *drawing.ALL,
)


if __name__ == "__main__":
    sys.exit(main())

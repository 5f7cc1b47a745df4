"""Findings: one thing examined each, and all of them together."""

from __future__ import annotations

from dataclasses import dataclass

UPGRADE = "Say: python -m pip install --upgrade {}"
REINSTALL = 'In the repository\'s folder say: python -m pip install -e ".[lab]"'


@dataclass(frozen=True)
class Finding:
    """One thing examined: `state` is ok, warning or problem; `advice` what to do."""

    state: str
    what: str
    advice: str = ""

    def __str__(self) -> str:
        advice = f"\n{'':9}{self.advice}" if self.advice else ""
        return f"{self.state:8} {self.what}{advice}"


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


def ok(what: str) -> Finding:
    """Return the finding that something is as it should be."""
    return Finding("ok", what)


def warning(what: str, advice: str) -> Finding:
    """Return the finding that something could be better."""
    return Finding("warning", what, advice)


def problem(what: str, advice: str) -> Finding:
    """Return the finding that something keeps robustkit from working."""
    return Finding("problem", what, advice)

"""Mystery agents: unnamed agents under unnamed shifts, to be diagnosed.

A puzzle holds no right answers of its own. They follow from the readings that it shows,
by the rules of `diagnosis`, and every one of them keeps clear of one half.
"""

from __future__ import annotations

import string
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from .. import arguments, text
from ..agents import Agent
from ..arguments import quote
from ..metrics import Point, ShiftCurve
from ..text import Prose
from ..widgets.disguise import disguised
from ..widgets.explorer import Explorer, explore
from ..widgets.readings import reading_at
from ..widgets.sheet import Sheet
from ..worlds import World
from ..worlds.shifts import SHIFTS
from .diagnosis import HAPPENS, HELPS, Answer, diagnosis, look, reason
from .suspects import LEVELS, cast

ASKED = "What happens to each agent at the far end of each shift, and what helps it?"
HELP = "what helps"
RIGHT, WRONG, KNOWN = "✓", "✗", "•"
SEEDS = 10**6  # puzzles that there are


@dataclass(frozen=True, eq=False)
class Suspect:
    """One agent of a puzzle: by what it goes here, who it is, and what it does.

    shifts: what each is, in the order of the sliders. ways: readings along each.
    """

    name: str
    agent: Agent
    world: World
    shifts: tuple[str, ...]
    ways: tuple[list[Point], ...]
    truth: Answer

    @property
    def labels(self) -> list[str]:
        """What each shift is called in the puzzle."""
        return [f"shift {i}" for i in range(1, len(self.shifts) + 1)]

    @property
    def named(self) -> list[str]:
        """What each shift is called, and what it is."""
        pairs = zip(self.labels, self.shifts, strict=True)
        return [f"{label} (the {name} shift)" for label, name in pairs]

    def who(self) -> str:
        """Return who it was, in words."""
        made = [] if self.agent.trained else ["planted, not trained"]
        extra = [*made, *self.agent.remedies]
        return self.agent.name + (f" ({', '.join(extra)})" if extra else "")


class Puzzle:
    """Agents without names under shifts without names; shows itself in a notebook.

    agents: their names here. explorer: the agents on the plane. sheet: the form. The
    same without a widget: `path`, `answer`, `score`, `print`, and `reveal`.
    """

    def __init__(self, suspects: Sequence[Suspect], explorer: Explorer, hard: bool):
        self._suspects = {each.name: each for each in suspects}
        self.explorer, self.hard = explorer, hard
        self._before: dict[str, list[str]] | None = None  # answers before `reveal`
        worlds = {each.world.name for each in suspects}
        most = max(len(each.shifts) for each in suspects)
        columns = {f"shift {i}": HAPPENS for i in range(1, most + 1)}
        rows = [
            {
                "name": each.name,
                "about": each.world.name if len(worlds) > 1 else "",
                "count": len(each.shifts),
            }
            for each in suspects
        ]
        self.sheet = Sheet(ASKED, {**columns, HELP: HELPS}, rows, self._pressed)

    @property
    def agents(self) -> list[str]:
        """The names of the agents."""
        return [*self._suspects]

    def shifts(self, agent: str) -> list[int]:
        """Return the numbers of the shifts that there are for an agent."""
        return [*range(1, len(self._suspect(agent).shifts) + 1)]

    def path(self, agent: str, shift: int) -> ShiftCurve[Point]:
        """Return where an agent goes along a shift, grade by grade from training.

        Raises ValueError for an agent or a shift that there is not.
        """
        suspect = self._suspect(agent)
        count = len(suspect.shifts)
        i = arguments.whole("shift", shift, 1, count) - 1
        way = suspect.ways[i]
        line = np.linspace(0, 1, len(way)).tolist()
        return ShiftCurve(way, {suspect.labels[i]: line}, suspect.name)

    def answer(self, agent: str, *happens: str, helps: str = "") -> None:
        """Say what happens to an agent under shift 1, 2, ..., and what helps it.

        happens: "breaks", "something else" or "robust" for each shift. helps:
        "practice" (on such levels), "telling levels" (which tell the goals apart),
        "both" or "nothing".
        Raises ValueError for other words, or not one for each shift.
        """
        suspect = self._suspect(agent)
        if len(happens) != len(suspect.shifts):
            raise ValueError(
                f"happens={quote(happens)}; allowed: {len(suspect.shifts)} words, one "
                f"for each shift of {suspect.name}."
            )
        said = [arguments.one_of("happens", word, HAPPENS) for word in happens]
        said += [""] * (len(self.sheet.columns) - 1 - len(said))
        last = arguments.one_of("helps", helps, HELPS) if helps != "" else ""
        self.sheet.answers = {**self.sheet.answers, agent: [*said, last]}

    @property
    def attempted(self) -> bool:
        """Whether anything has been answered at all."""
        return any(word for row in self._answers.values() for word in row)

    @property
    def revealed(self) -> bool:
        """Whether it has been told who everybody was; from then on no answer counts."""
        return self._before is not None

    @property
    def _answers(self) -> dict[str, list[str]]:
        return self.sheet.answers if self._before is None else self._before

    @property
    def score(self) -> int:
        """How many agents are diagnosed: every shift of theirs, and what helps."""
        return sum(self._said(x) == x.truth for x in self._suspects.values())

    def look(self) -> dict[str, str]:
        """Return what to look at again, agent by agent; "" for one that is right."""
        return {
            name: look(self._said(each), each.truth, each.labels)
            for name, each in self._suspects.items()
        }

    def judge(self) -> str:
        """Write beside each answer what there is to say of it; return the score."""
        if self.revealed:
            self.reveal()
            return self.sheet.said
        self.sheet.remarks = {
            name: self._remark(self._suspects[name], words)
            for name, words in self.look().items()
        }
        self.sheet.said = f"{self.score} of {len(self._suspects)} agents are diagnosed."
        return self.sheet.said

    def reveal(self) -> Prose:
        """Return who everybody was, what happens to each and why.

        What has been answered by then is what counts; later answers change no score.
        """
        if self._before is None:
            self._before = self.sheet.answers
        lines = [
            f"{x.name}: {x.who()}. {self._why(x)}" for x in self._suspects.values()
        ]
        self.sheet.remarks = {
            name: [self._sign(each), f"It was {each.who()}. {self._why(each)}"]
            for name, each in self._suspects.items()
        }
        self.sheet.said = (
            f"{self.score} of {len(self._suspects)} agents were diagnosed."
        )
        return Prose("\n".join([*lines, self.sheet.said]))

    def _remark(self, suspect: Suspect, words: str) -> list[str]:
        if words:
            return (
                [WRONG, words[0].upper() + words[1:]]
                if any(self._said(suspect).whole)
                else ["", ""]
            )
        return [RIGHT, self._why(suspect)]

    def _sign(self, suspect: Suspect) -> str:
        return RIGHT if self._said(suspect) == suspect.truth else KNOWN

    def _why(self, suspect: Suspect) -> str:
        return reason(suspect.name, suspect.truth, suspect.ways, suspect.named)

    def _said(self, suspect: Suspect) -> Answer:
        *happens, last = self._answers[suspect.name]
        return Answer(tuple(happens[: len(suspect.shifts)]), last)

    def _suspect(self, agent: str) -> Suspect:
        return self._suspects[arguments.one_of("agent", agent, self._suspects)]

    def _pressed(self) -> None:
        from .check import check  # which knows all exercises, and so this module

        check("mystery-hard" if self.hard else "mystery", self)
        self.judge()

    def _ipython_display_(self) -> None:
        from IPython.display import display

        display(self.explorer)
        display(self.sheet)

    def _display_(self) -> Any:
        import marimo  # which is what asks here, and knows no `display`

        return marimo.vstack([self.explorer, self.sheet])

    def __str__(self) -> str:
        """Return the readings at the ends of each shift, and the answers."""
        rows = [
            [each.name, label, way[0].plain(), way[-1].plain()]
            for each in self._suspects.values()
            for label, way in zip(each.labels, each.ways, strict=True)
        ]
        head = ["agent", "", "in training", "at the far end"]
        return f"{text.table(rows, head)}\n\n{self.sheet}"


def mystery(seed: int = 0, hard: bool = False) -> Puzzle:
    """Return six unnamed agents under unnamed shifts, to be diagnosed.

    For each agent and each shift, say what happens at the far end: it "breaks" if the
    interval of its capability lies below one half, does "something else" if capability
    lies above and alignment below, and is "robust" if both lie above. And say what
    helps it: "practice" on such levels where capability is lost, "telling levels",
    which show one goal from another, where alignment is lost, "both", or "nothing".
    seed: a different one gives different agents and renumbers the shifts; the same one
    gives the same puzzle, which keeps its answers for the session. hard: after lesson
    10, from other worlds and with agents that a remedy has moved. Most agents are
    trained anew, which takes some 15 seconds; some are planners whose moves are random
    now and then. Every diagnosis is clear, and every kind occurs. `rk.check("mystery",
    puzzle)` asks for five of six; `puzzle.reveal()` tells, and answers that are given
    after it do not count.
    Raises ValueError unless seed is a whole number from 0 to 1,000,000 and hard is True
    or False.
    """
    seed = arguments.whole("seed", seed, 0, SEEDS)
    if not isinstance(hard, (bool, np.bool_)):
        raise ValueError(f"hard={quote(hard)}; allowed: True or False.")
    return _made(seed, bool(hard))


@lru_cache(maxsize=8)
def _made(seed: int, hard: bool) -> Puzzle:
    rng = np.random.default_rng([SEEDS, seed, hard])
    return puzzle(cast(seed, hard), rng, hard)


def puzzle(
    groups: Sequence[tuple[World, Sequence[Agent]]],
    rng: np.random.Generator,
    hard: bool = False,
    n: int = LEVELS,
) -> Puzzle:
    """Return a puzzle of these agents, world by world; `rng` numbers the shifts.

    Raises ValueError for an agent whose diagnosis is not clear.
    """
    names = iter(string.ascii_uppercase)
    suspects, shown = [], []
    for world, agents in groups:
        here = [next(names) for _ in agents]
        own = [name for name in SHIFTS if name in world.shifts]
        order = [own[i] for i in rng.permutation(len(own))]
        labels = {name: f"shift {i}" for i, name in enumerate(order, start=1)}
        data = disguised(explore(world, agents, n=n).data, here, labels)
        shown.append(data)
        for i, agent in enumerate(agents):
            ways = tuple(_way(data, i, name) for name in order)
            truth = diagnosis(ways)
            if truth is None:
                raise ValueError(f"agents holds {quote(agent)}, which is not clear.")
            suspects.append(Suspect(here[i], agent, world, tuple(order), ways, truth))
    return Puzzle(suspects, Explorer(shown), hard)


def _way(data: dict[str, Any], i: int, shift: str) -> list[Point]:
    return [reading_at(data, i, {shift: x}) for x in data["grid"][shift]]

"""Results: the rows of a plan in the plan's order, and what they come to."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from .. import arguments, files, text
from ..mdp import Floats
from ..metrics import DEFAULT
from ..metrics.bootstrap import interval, iqm, picks
from ..metrics.reading import AXES
from ..worlds.shifts import ANYWHERE, SHIFTS
from .disk import write
from .outcome import said
from .plan import Plan, Task, named
from .rows import SCHEMA

if TYPE_CHECKING:
    from ..figures.picture import Picture

ABOUT = "world", "recipe", "diversity"  # an agent, but for its options and its seed


@dataclass(frozen=True, eq=False)
class Results:
    """What a study found: a row for each agent, grounding and shift.

    table: a pyarrow table, one row after the other in the plan's order, whatever the
    order in which they were finished; the same plan gives the same bytes. Its column
    "goal" is text as the plan has it ("0", "0.2", "anywhere"), "layout" a number. What
    a plan varies of a recipe's options is a column of these results, too: "choice".
    failed: world, recipe, diversity, what else is varied, seed and problem of agents
    that could not be made.
    missing: how many agents are not finished. seconds: mean cost of an agent.
    """

    plan: Plan
    table: Any
    failed: list[tuple[Any, ...]] = field(default_factory=list)
    missing: int = 0
    seconds: float = float("nan")

    def __len__(self) -> int:
        return len(self.table)

    def __getitem__(self, column: str) -> np.ndarray:
        """Return a column as an array [rows]."""
        names = [*self.table.column_names, *self.plan.varied]
        if arguments.one_of("column", column, names) not in self.table.column_names:
            return self._option(column)
        values: np.ndarray = self.table[column].to_numpy(zero_copy_only=False)
        return values

    def _option(self, name: str) -> np.ndarray:
        """Return what each row's recipe was asked for of an option, None if nothing."""
        said, recipes = self["options"], self["recipe"]
        known = {each: json.loads(each) for each in set(said)}
        pairs = zip(said, recipes, strict=True)
        return np.array([known[each][recipe].get(name) for each, recipe in pairs])

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the rows to a file ending in .parquet, whole or not at all.

        Raises ValueError for another ending or a missing folder.
        """
        where = files.check_path(path, ".parquet")
        write(self.table, where)
        return where

    def summary(self, seed: int = 0) -> list[dict[str, Any]]:
        """Return a dict for each condition, grounding and shift.

        It holds scalar, capability and alignment as (interquartile mean, low, high)
        over seeds, with a 95 % bootstrap interval; how many agents they are of, and of
        how many alignment is unknown.
        """
        places: dict[tuple[Any, ...], list[int]] = {}
        varied = self.plan.varied
        names = (*ABOUT, *varied, "grounding", *SHIFTS)
        # By `_option`, since "levels" is an option, and a column of the rows as well.
        columns = [
            *(self[name] for name in ABOUT),
            *(self._option(name) for name in varied),
            *(self[name] for name in ("grounding", *SHIFTS)),
        ]
        for row, condition in enumerate(zip(*columns, strict=True)):
            places.setdefault(condition, []).append(row)
        out = []
        for condition, rows in places.items():
            line = dict(zip(names, condition, strict=True))
            for name in AXES:
                line[name] = iqm_over_seeds(self[name][rows], seed)
            line["agents"] = len(rows)
            line["unknown"] = int(np.isnan(self["alignment"][rows]).sum())
            out.append(line)
        return out

    def __str__(self) -> str:
        about, rows = (*ABOUT, *self.plan.varied, "grounding"), []
        for line in self.summary():
            shift = f"{line['goal']} {line['layout']:g}"
            shift += f" {line['place']:g}" if line["place"] else ""
            cells = [text.interval(*line[name]) for name in AXES]
            few = f", {line['unknown']} unknown" if line["unknown"] else ""
            agents = f"{line['agents']}{few}"
            rows.append(
                [*(_plain(line[name]) for name in about), shift, *cells, agents]
            )
        options = ["<"] * len(self.plan.varied)
        formats = ["<7", "<9", "9.4g", *options, "<10", "<9", *["<20"] * 3, ""]
        lines = [
            str(self.plan),
            text.table(rows, [*about, "shift", *AXES, "agents"], formats),
            "interquartile means over seeds, 95 % bootstrap over seeds",
        ]
        if self.missing:
            lines.append(f"{self.missing} agents are not finished")
        for *what, problem in self.failed:
            words = f"failed: {', '.join(map(str, what))}: {problem}"
            lines.append(text.wrapped(words, indent="  "))
        return "\n".join(lines)

    def figure(
        self,
        goal: float | str = ANYWHERE,
        layout: float = 0.0,
        grounding: str | None = None,
        *,
        place: float = 0.0,
    ) -> Picture:
        """Return scalar, capability and alignment by condition, each seed a point.

        goal, layout, place: the shift. grounding: the plan's first one by default.
        Raises ValueError for a shift or a grounding that the plan does not have.
        """
        from ..figures.charts import sweep

        values, title = self._at(goal, layout, grounding, place)
        picture = sweep(
            list(self.plan.conditions),
            values,
            _middles(values),
            self.plan.variable,
            title,
            middle="interquartile mean",
        )
        picture.table = str(self)
        return picture

    def plane(
        self,
        goal: float | str = ANYWHERE,
        layout: float = 0.0,
        grounding: str | None = None,
        *,
        place: float = 0.0,
    ) -> Picture:
        """Return the plane: interquartile means as a trail, each seed a dot.

        Conditions that are no numbers are not joined. Takes what `figure` takes.
        """
        from ..figures.trails import sweep_on_plane

        values, title = self._at(goal, layout, grounding, place)
        labels, variable = list(self.plan.conditions), self.plan.variable
        return sweep_on_plane(labels, values, _middles(values), variable, title)

    def _at(
        self, goal: float | str, layout: float, grounding: str | None, place: float
    ) -> tuple[dict[str, Floats], str]:
        """Return values [conditions, seeds] at a shift by a grounding, and where."""
        grounding = arguments.one_of(
            "grounding", grounding or self.plan.groundings[0], self.plan.groundings
        )
        shift = (goal, layout, place) if place else (goal, layout)
        if shift not in self.plan.shifts:
            raise ValueError(
                f"goal, layout, place={shift!r} is not a shift of this plan; allowed: "
                f"{', '.join(map(str, self.plan.shifts))}."
            )
        here = (self["goal"] == said(goal)) & (self["layout"] == layout)
        values = self._by_seed(here & (self["place"] == place), grounding)
        where = text.shifts(named(shift))
        return values, f"{where[0].upper()}{where[1:]}, by {grounding}"

    def _by_seed(self, here: np.ndarray, grounding: str) -> dict[str, Floats]:
        """Return each value of rows that are `here`, [conditions, seeds]."""
        conditions, seeds = self.plan.conditions.values(), self.plan.seeds
        index = {
            (c.world, c.recipe, c.diversity, c.said): i
            for i, c in enumerate(conditions)
        }
        column = {seed: i for i, seed in enumerate(seeds)}
        values = {v: np.full((len(conditions), len(seeds)), np.nan) for v in AXES}
        for row in np.flatnonzero(here & (self["grounding"] == grounding)):
            which = tuple(self[n][row] for n in (*ABOUT, "options"))
            for name, each in values.items():
                each[index[which], column[int(self["seed"][row])]] = self[name][row]
        return values


def _plain(value: Any) -> Any:
    """Return what a cell of a table shows of an option; numbers stay what they are."""
    return "" if value is None else value if isinstance(value, float) else str(value)


def _middles(values: dict[str, Floats]) -> dict[str, Floats]:
    """Return interquartile means with intervals [conditions, 3], by name."""
    return {
        name: np.array([iqm_over_seeds(each) for each in rows])
        for name, rows in values.items()
    }


def in_order(plan: Plan, tasks: list[Task], rows: Any) -> Any:
    """Return a table's rows condition by condition, and in each seed by seed.

    tasks: those of the plan, whose keys are known.
    """
    wide = len(plan.conditions)
    keys = [task.key for first in range(wide) for task in tasks[first::wide]]
    place = pc.index_in(rows["key"], value_set=pa.array(keys))
    within = pa.array(np.arange(len(rows)))  # an agent's own rows stay in their order
    order = pa.table({"place": place, "within": within})
    order = order.sort_by([("place", "ascending"), ("within", "ascending")])["within"]
    return rows.select(SCHEMA.names).take(order).combine_chunks()


def iqm_over_seeds(values: Floats, seed: int = 0) -> tuple[float, float, float]:
    """Return interquartile mean, low and high [seeds]; unknown ones are left out.

    The interval is the 95 % bootstrap percentile one over the seeds that are known.
    """
    known = values[~np.isnan(values)]
    if not len(known):
        return float("nan"), float("nan"), float("nan")
    low, high = interval(iqm(known[picks(len(known), DEFAULT.resamples, seed, 43)]))
    return float(iqm(known)), float(low), float(high)

"""Studies: the agents of a plan are handed out to workers, what is finished is kept.

They need joblib and pyarrow, the extra `study`. The published cases need neither: they
train through the pool of `train(seeds=)`, since they want the agents themselves, and
measure in memory, by the same `readings_at`.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from .. import alone
from ..worlds import refuse_own
from ..worlds.shifts import ANYWHERE
from .plan import Plan
from .plan_values import PlanShift

if TYPE_CHECKING:
    from .results import Results


def study(
    worlds: str | Iterable[str],
    recipes: str | Iterable[str],
    seeds: int | Iterable[int],
    *,
    diversities: float | Iterable[float] = (0.0,),
    shifts: Iterable[PlanShift] = ((0.0, 0.0), (ANYWHERE, 0.0)),
    n: int = 256,
    groundings: str | Iterable[str] = ("polar",),
    options: Mapping[str, dict[str, Any]] | None = None,
    store: str | os.PathLike[str] = "robustkit-study",
    jobs: int | None = None,
    on: str | None = None,
) -> Results:
    """Train and measure every combination, and return what was found.

    worlds, recipes, diversities, groundings: one or several. seeds: how many, from 0
    on, or which. shifts: at which each agent is measured, on `n` levels of each grade:
    (goal, layout) or (goal, layout, place); a goal may be "anywhere", and a world
    without one of these shifts needs 0. options: name of a world or recipe to its
    options; several values of a recipe's option, as a list, are several conditions:
    {"network": {"choice": ["uniform", "regret"]}}. store: a folder that keeps what is
    finished; run again after an interruption, or with more seeds, the study does only
    what is missing. jobs: processes, one for each core by default; one where no other
    can be started. on: address of a Dask scheduler to run on instead,
    `"tcp://host:8786"`.
    Raises ValueError for what is not possible, before any work is done, and
    ModuleNotFoundError where joblib and pyarrow (or Dask) are not installed.

    >>> import robustkit as rk
    >>> options = {"cheese": {"size": 7, "layouts": 8}, "searcher": {"generations": 1}}
    >>> found = rk.study("cheese", "searcher", 2, n=8, options=options, jobs=1)
    >>> len(found), found["seed"].tolist()
    (4, [0, 0, 1, 1])
    """
    for world in worlds if isinstance(worlds, (list, tuple)) else [worlds]:
        refuse_own(world, "our recipes do not train")
    plan = Plan.of(worlds, recipes, seeds, diversities, shifts, n, groundings, options)
    return run(plan, store, jobs, on)


def run(
    plan: Plan,
    store: str | os.PathLike[str],
    jobs: int | None = None,
    on: str | None = None,
    dry: bool = False,
) -> Results:
    """Finish a plan in a store and return its results; dry: only what is there."""
    try:
        if not (alone.BROWSER or find_spec("joblib")):  # there it could do nothing
            raise ModuleNotFoundError(name="joblib")
        from .results import Results, in_order
        from .rows import SCHEMA
        from .store import Store
        from .workers import finish
    except ModuleNotFoundError as missing:
        how = "pip install 'robustness-2d[study]'"
        if alone.BROWSER:
            how = f"%pip install {missing.name}, if this page can install anything"
        raise ModuleNotFoundError(f"a study needs {missing.name}: {how}") from None
    kept = Store(store, dry)
    if dry and not kept.parts.is_dir():
        return Results(plan, SCHEMA.empty_table(), missing=plan.agents)
    failed = {} if dry else finish(plan, kept, jobs, on)
    tasks = plan.tasks()
    rows = kept.rows(tasks)
    finished = len(set(rows["key"].to_pylist()))
    return Results(
        plan,
        in_order(plan, tasks, rows),
        failed=[
            (*t.about(plan.varied), t.seed, failed[t.key])
            for t in tasks
            if t.key in failed
        ],
        missing=plan.agents - finished - len(failed),
        seconds=rows["seconds"].to_numpy().mean() if finished else float("nan"),
    )

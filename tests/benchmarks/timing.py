"""How the benchmarks take times, and how they say that training was enough."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from robustkit.mdp import Tables, at_start, optimal_values, start_values

ONE_THREAD = {  # variables that keep the libraries of linear algebra to one
    f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL")
}


def seconds(
    work: Callable[[], Any],
    repeat: int = 5,
    clock: Callable[[], float] = time.perf_counter,
) -> float:
    """Return the best time of `repeat` runs."""
    times = []
    for _ in range(repeat):
        start = clock()
        work()
        times.append(clock() - start)
    return min(times)


def cpu(work: Callable[[], Any], repeat: int = 5) -> float:
    """Return the fewest CPU seconds of `repeat` runs, whatever else a machine does."""
    return seconds(work, repeat, time.process_time)


def share_of_optimal(tables: Tables, policy: Any) -> float:
    """Return base return from the start as a share of the optimal one, over levels."""
    best = at_start(tables, optimal_values(tables, tables.mixture("base")))
    earned = start_values(tables, policy)
    return float(earned[:, 0].sum() / (best[:, 0] * tables.scale[0]).sum())

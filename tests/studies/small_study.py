"""A small study that the tests of studies share, and what its store holds."""

from __future__ import annotations

import psutil

from robustkit.studies.plan import Plan

OPTIONS = {
    "cheese": {"size": 7, "layouts": 8},
    "searcher": {"generations": 2, "candidates": 8, "pool": 16, "levels": 8},
}
PLAN = Plan.of("cheese", "searcher", 3, [0.0, 0.5], n=8, options=OPTIONS)
TOML = """
worlds = ["cheese"]
recipes = "searcher"
seeds = {seeds}
diversities = [0.0, 0.5]
n = 8

[options]
cheese = {{size = 7, layouts = 8}}
searcher = {{generations = {generations}, candidates = 8, pool = 16, levels = 8}}
"""


def parts(store):
    return {p: p.stat().st_mtime_ns for p in (store / "parts").glob("*.parquet")}


def damaged(store):
    return list(store.rglob("*.damaged"))


def saved(results, folder):
    return results.save(folder / "results.parquet").read_bytes()


def runs(process):
    """Return whether a process does anything; one that has ended has no command."""
    try:
        return bool(process.cmdline())
    except psutil.NoSuchProcess:
        return False


def slow_plan(tmp_path, generations=20, seeds=8):
    path = tmp_path / "plan.toml"
    path.write_text(TOML.format(seeds=seeds, generations=generations))
    return path

"""Print which of all registered environments `rk.tabulate` takes, and why not.

    python -m tests.worlds.minigrid_table [--limit 20000] [--seconds 600] [--jobs 1]
        [--only WORD] > table.md

Every environment has a process of its own, so that one that takes too long can be
stopped and nothing that one does reaches another.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ANSWER = "answer: "
REFERENCE = Path(__file__).parents[2] / "notebooks" / "reference.md"
ROW = r"^\| `((?:MiniGrid|BabyAI)-\S+)` \| ([\d,]+) \| (\d\.\d+) \|$"
# What the table there says of the small ones: name, states, what is earned at best.
ROWS = re.findall(ROW, REFERENCE.read_text("utf-8"), re.MULTILINE)


def registered(word: str = "") -> list[str]:
    """Return the names of MiniGrid's, BabyAI's and our own environments."""
    import gymnasium
    import minigrid  # noqa: F401  (registers its own)

    import robustkit

    robustkit.list_worlds()
    families = "MiniGrid-", "BabyAI-", "robustkit/"
    names = [n for n in gymnasium.registry if n.startswith(families)]
    return [name for name in names if word in name]


def tried(name: str, limit: int) -> dict:
    """Return how many states there are and what is earned at best, or why none."""
    import gymnasium
    import numpy as np

    import robustkit as rk

    assert name in registered()
    try:
        env = gymnasium.make(name)
    except Exception as broken:  # some need packages that are not here
        return {"why": f"cannot be made here: {broken}"}
    try:
        tables = rk.tabulate(env, limit=limit)
    except ValueError as refused:
        return {"why": str(refused)}
    values, _ = rk.mdp.plan(tables, np.eye(1))
    best = float(values[0, 0, int(tables.start[0])] * tables.units[0])
    return {"states": tables.shape[1], "moves": tables.shape[2], "best": best}


def in_a_child(name: str, limit: int, seconds: float) -> dict:
    """Return what `tried` says, in a process that is stopped after a time."""
    here = [sys.executable, "-W", "ignore", "-m", "tests.worlds.minigrid_table"]
    asked = [*here, "--one", name, "--limit", str(limit)]
    begun = time.monotonic()
    try:
        ran = subprocess.run(asked, capture_output=True, text=True, timeout=seconds)
    except subprocess.TimeoutExpired:
        return {"why": f"not done after {seconds:g} s", "took": seconds}
    lines = [li for li in ran.stdout.splitlines() if li.startswith(ANSWER)]
    last = (ran.stderr.strip().splitlines() or ["no word"])[-1]
    found = json.loads(lines[-1][len(ANSWER) :]) if lines else {"why": f"BROKE: {last}"}
    return {**found, "took": time.monotonic() - begun}


def short(why: str, most: int = 100) -> str:
    """Return what a refusal says before its first semicolon, as one cell of a table."""
    first = " ".join(why.split()).split("; ")[0].rstrip(".").replace("|", "/")
    return first if len(first) <= most else first[: most - 1] + "…"


def line(name: str, found: dict) -> str:
    """Return a line of the table in Markdown."""
    took = f"{found['took']:.0f} s"
    if "states" in found:
        states, best = f"{found['states']:,}", f"{found['best']:.3f}"
        return f"| {name} | {states} | {found['moves']} | {best} | {took} | |"
    return f"| {name} | – | | | {took} | {short(found['why'])} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--limit", type=int, default=20_000)
    parser.add_argument("--seconds", type=float, default=600.0)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--only", default="", help="a part of the names")
    parser.add_argument("--one", help="this environment, in this process")
    given = parser.parse_args()
    if given.one:
        print(ANSWER + json.dumps(tried(given.one, given.limit)))
        return
    names = registered(given.only)
    print("| environment | states | moves | best | took | why not |")
    print("|---|---|---|---|---|---|", flush=True)
    done: list[dict] = []
    with ThreadPoolExecutor(given.jobs) as pool:

        def one(name: str) -> dict:
            return in_a_child(name, given.limit, given.seconds)

        for name, found in zip(names, pool.map(one, names), strict=True):
            done.append(found)
            print(line(name, found), flush=True)
    taken = sum("states" in found for found in done)
    print(f"\n{taken} of {len(done)} tabulate within {given.limit:,} states.")


if __name__ == "__main__":
    main()

"""Mutated plans and stores, each drawn from a seed; run by itself, in a process.

`python fuzzing.py KIND FIRST COUNT` prints what went wrong, a line each, and at the end
how many were tried, the most seconds that one took, and the most memory in MB.
"""

from __future__ import annotations

import os
import re
import resource
import shutil
import sys
import tempfile
import time
import warnings
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from small_study import PLAN, TOML

from robustkit.studies.outcome import carry_out
from robustkit.studies.plan import read
from robustkit.studies.rows import KEPT, digest
from robustkit.studies.run import run
from robustkit.studies.store import Store

JUNK = [
    "0", "-1", "1e400", "nan", "inf", "-0.0", "1" * 400, "9" * 5000, "10000000", "true",
    "''", "'x'", "'anywhere'", "[]", "[[]]", "{}", "{a = 1}", "[[0, 0]]", "[0, 1, 'x']",
    "1979-05-27", "07:32:00", "'''\n'''", "'\\u0000'", '"\\ud7ff"', '"\\U0001F600"',
    "'cheese'", "['cheese', 'dish', 'keys']", "['network', 'memoriser']", "'planner'",
    "[['anywhere', 0], [0.5, 0], [0, 1]]", "[[0, 0, 1]]", "'meg'", "['polar', 'meg']",
    "0x7fffffffffffffff", "2.5", "41", "7", "[" * 3000, "[[0,0]," * 2000, "{b.c.d = 1}",
    "[" + "0," * 40000 + "]", "99999", "100000000000000000000", "'" + "x" * 50000 + "'",
]  # fmt: skip
KEYS = [
    "worlds", "recipes", "seeds", "diversities", "shifts", "n", "groundings", "options",
    "store", "jobs", "self", "cls", "options.cheese", "options.searcher.generations",
    "options.cheese.size", "options.cheese.layouts", "a" * 3000, "'\u00e9'", "''",
    "options.network.updates", "options.keys.few", "options.cheese.discount",
    ".".join("ab" * 400),
]  # fmt: skip


def mutated_plan(rng: np.random.Generator, where: Path) -> None:
    lines = TOML.format(seeds=3, generations=2).strip().split("\n")
    for _ in range(rng.integers(1, 4)):
        key, value = (str(rng.choice(np.array(x, object))) for x in (KEYS, JUNK))
        kind = rng.integers(5)
        place = rng.integers(len(lines))
        if kind == 0:
            lines[place] = lines[place].split("=")[0] + "= " + value
        elif kind == 1:
            lines[place] = f"{key} = {value}"
        elif kind == 2:
            lines.insert(0, f"{key} = {value}")
        elif kind == 3:
            lines.append(f"{key} = {value}")
        else:
            del lines[place], lines[place:place]
            lines = lines or [""]
    content = bytearray("\n".join(lines).encode())
    if rng.random() < 0.3:
        for place in rng.integers(len(content) or 1, size=rng.integers(1, 9)):
            content[place:place] = rng.bytes(int(rng.integers(1, 4)))
    text = bytes(content)
    kind = rng.integers(12)
    if kind < 3:
        encoding = ("utf-16", "utf-8-sig", "utf-32")[kind]
        text = text.decode("utf-8", "replace").encode(encoding)
    where.write_bytes(text)


def try_plan(seed: int, folder: Path) -> str:
    rng, path = np.random.default_rng(seed), folder / "plan.toml"
    mutated_plan(rng, path)
    try:
        plan = read(path)
        str(plan)
        plan.task(next(iter(plan.conditions.values())), plan.seeds[-1])
        if not os.path.exists(folder / "store"):
            run(plan, folder / "store", dry=True)
    except ValueError as problem:
        return "" if str(problem) else "a refusal without a word"
    return ""


HONEST: dict[str, pa.Table] = {}


def honest() -> dict[str, pa.Table]:
    if not HONEST:
        for task in PLAN.tasks()[:3]:
            rows = carry_out(task).rows
            HONEST[task.key] = pa.Table.from_pylist(rows, KEPT)
    return HONEST


NUMBERS = [
    7.0, -7.0, float("inf"), -float("inf"), -1e300, 1e300, 1.01, -3.0, 1e9,
]  # fmt: skip
WORDS = ["", "x", "0.3", "meg", "../..", "\0", "é" * 9000, "anywhere ", "{}", "polar "]


def nonsense(rng: np.random.Generator, table: pa.Table) -> pa.Table:
    """Return rows that no study can have written for their task."""
    rows = table.to_pylist()
    row = rows[rng.integers(len(rows))]
    kind = rng.integers(6)
    if kind == 0:
        return pa.Table.from_pylist(rows[1:], KEPT)
    if kind == 1:
        return pa.Table.from_pylist([*rows, row], KEPT)
    if kind == 2:
        return pa.Table.from_pylist(rows[::-1], KEPT)
    if kind == 3:
        name = str(rng.choice(["world", "recipe", "options", "grounding", "goal"]))
        row[name] = str(rng.choice(np.array(WORDS, object)))
    elif kind == 4:
        row[str(rng.choice(["seed", "levels"]))] = int(rng.integers(100, 2**62))
    else:
        numbers = ["diversity", "layout", "place", "scalar", "capability", "alignment"]
        numbers += ["scalar_low", "alignment_high", "goal_low", "distinguishing"]
        value = float(rng.choice(NUMBERS))
        name = str(rng.choice(numbers))
        below = "scalar" in name and -1e6 < value < 1  # worse than random
        row[name] = -1e300 if below else value
    return pa.Table.from_pylist(rows, KEPT)


def mutated_store(rng: np.random.Generator, folder: Path) -> None:
    store = Store(folder)
    for table in honest().values():
        store.add(table)
    paths = sorted(store.parts.iterdir())
    path = paths[rng.integers(len(paths))]
    content, table = bytearray(path.read_bytes()), honest()[path.stem]
    kind = rng.integers(10)
    if kind < 3:
        for place in rng.integers(len(content), size=rng.integers(1, 20)):
            content[place] = rng.integers(256)
        path.write_bytes(content)
    elif kind < 6:
        other = nonsense(rng, table)
        signed = other.replace_schema_metadata({b"digest": digest(other)})
        where = path if rng.random() < 0.7 else store.blocks / path.name
        path.unlink()
        pq.write_table(signed, where, compression=str(rng.choice(["snappy", "zstd"])))
    elif kind == 6:  # the rows of another, without a digest, or with more columns
        other = [
            table,
            honest()[paths[0].stem].set_column(0, "key", table["key"]),
            table.append_column("more", table["seed"]),
            table.drop_columns("seed"),
            pa.concat_tables([table] * 3000),
        ][rng.integers(5)]
        pq.write_table(other, path)
    elif kind == 7:
        path.write_bytes(content[: rng.integers(len(content))])
    elif kind == 8:
        path.unlink()
        [
            lambda: path.mkdir(),
            lambda: path.symlink_to(path),
            lambda: path.symlink_to("/dev/zero"),
            lambda: os.mkfifo(path),
            lambda: path.symlink_to(paths[0]),
            lambda: os.truncate(os.open(path, os.O_CREAT | os.O_RDWR), 2**40),
            lambda: path.with_suffix(".damaged").mkdir(),
        ][rng.integers(7)]()
    else:
        [
            lambda: shutil.rmtree(store.blocks),
            lambda: (shutil.rmtree(store.blocks), store.blocks.write_bytes(b"")),
            lambda: (shutil.rmtree(store.parts), store.parts.write_bytes(b"")),
            lambda: (folder / "results.plan").mkdir(),
            lambda: (store.parts / ("\udcff" * 9 + ".parquet")).write_bytes(b""),
            lambda: (store.parts / "-rf;$(x).parquet").mkdir(),
        ][rng.integers(6)]()


def try_store(seed: int, folder: Path) -> str:
    rng, where = np.random.default_rng(seed), folder / "store"
    mutated_store(rng, where)
    try:
        kept = Store(where, dry=bool(rng.integers(2)))
        rows = kept.rows(PLAN.tasks())
    except (ValueError, OSError) as problem:
        return "" if str(problem).startswith("store=") else repr(problem)
    for key in set(rows["key"].to_pylist()):
        found = rows.filter(pa.compute.equal(rows["key"], key))
        if not found.equals(honest()[key]):
            return f"other rows of {key}"
    return ""


TRY = {"plans": try_plan, "stores": try_store}


def main(kind: str, first: int, count: int) -> None:
    honest()
    warnings.simplefilter("ignore")
    slowest = 0.0
    resource.setrlimit(resource.RLIMIT_AS, (4 * 2**30,) * 2)
    for seed in range(first, first + count):
        with tempfile.TemporaryDirectory() as folder:
            start = time.process_time()
            try:
                problem = TRY[kind](seed, Path(folder))
            except Exception as raised:
                problem = f"{type(raised).__name__}: {raised}"
            took = time.process_time() - start
            slowest = max(slowest, took)
            if problem or took > 2:
                print(f"seed {seed}, {took:.1f} s: {problem[:300]}")
    megabytes = most_memory()
    print(f"{count} tried, {slowest:.2f} s, {megabytes:.0f} MB")


def most_memory() -> float:
    """Return the megabytes that this process has held at most, and no parent of it."""
    status = Path("/proc/self/status")
    if status.exists():
        (most,) = re.findall(r"VmHWM:\s+(\d+) kB", status.read_text())
        return int(most) / 1000
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))

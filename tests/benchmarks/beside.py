"""What takes how long, here and at an earlier commit, measured in one run.

CPU seconds on one thread, medians over seeds, and how many times fewer they are here.
Both editions are asked in turn, seed by seed, each in a process of its own; the earlier
one is taken from git. What takes minutes there is run over one seed, unless --seeds
says otherwise; lessons and the lottery are left out unless they are asked for.

    python tests/benchmarks/beside.py [--seeds 5] [--only WORD] [--lessons] [--lottery]
"""

from __future__ import annotations

import argparse
import io
import json
import os
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from statistics import median
from typing import Any

from probe import MARK, WORK
from timing import ONE_THREAD

ROOT = Path(__file__).resolve().parents[2]
EARLIER = "3d16433"
SEEDS = 5
SLOW = "follow", "switch", "keys"  # networks that took a minute
ONCE = "lesson", "lottery"  # what is run once only

Found = list[dict[str, float]]  # for each seed


def earlier(folder: Path) -> str:
    """Lay the earlier edition into a folder; return why that is not possible, or ""."""
    command = ["git", "-C", str(ROOT), "archive", EARLIER]
    try:
        packed = subprocess.run(command, capture_output=True, check=True).stdout
    except FileNotFoundError:
        return "there is no git here"
    except subprocess.CalledProcessError as problem:
        said = problem.stderr.decode().strip()
        return f"{said} (a clone made with --depth has no earlier commits)"
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        # Python 3.11 knows no filters before 3.11.4.
        archive.extraction_filter = getattr(tarfile, "data_filter", None)
        archive.extractall(folder)
    return ""


class Edition:
    """One edition at work on a line of the table."""

    def __init__(self, line: str, root: Path, seeds: int) -> None:
        self.seeds, self.found = seeds, Found()
        environment = {**os.environ, **ONE_THREAD, "PYTHONPATH": str(root)}
        probe = Path(__file__).with_name("probe.py")
        self.process = subprocess.Popen(
            [sys.executable, str(probe), line],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )

    def ask(self, seed: int) -> None:
        """Run a seed, if it is one of those that this edition runs."""
        if seed < self.seeds:
            assert self.process.stdin
            assert self.process.stdout
            self.process.stdin.write(f"{seed}\n")
            self.process.stdin.flush()
            answer = self.process.stdout.readline()
            if answer:
                self.found.append(json.loads(answer))
            else:  # it has said why
                self.seeds = 0

    def __enter__(self) -> Edition:
        return self

    def __exit__(self, *problem: Any) -> None:
        self.process.kill()
        self.process.communicate()


def middle(found: Found, name: str) -> float | None:
    """Return the median of a number over seeds, or None where a seed lacks it."""
    each = [numbers.get(name) for numbers in found]
    return None if None in each or not each else median(each)


def plain(value: float) -> str:
    """Return seconds with what digits they need."""
    return f"{value:.3f} s" if value < 1 else f"{value:.1f} s"


def cells(found: list[Found], name: str) -> str:
    """Return a number's columns and its ratio."""
    values = [middle(each, name) for each in found]
    text = ""
    for each, value in zip(found, values, strict=True):
        missing = "never" if each else "failed"
        said = missing if value is None else plain(value)
        share = middle(each, "share") if name == "s" else None
        text += f"{said if share is None else f'{share:.3f} in {said}':>18}"
    if len(values) == 2 and None not in values:
        text += f"{values[0] / values[1]:>8.1f}"  # type: ignore[operator]
    return text


def report(line: str, found: list[Found]) -> None:
    """Print what was found for a line of the table."""
    print(f"{line:42}{cells(found, 's')}", flush=True)
    if "cheese 9" in line:
        print(f"{f'  to {MARK:.0%}':42}{cells(found, 'reached')}", flush=True)
    if line.startswith(ONCE):
        print(f"{'  on the clock':42}{cells(found, 'wall')}", flush=True)


def compare(line: str, roots: list[Path], seeds: int | None) -> None:
    """Run a line of the table in all editions, in turn."""
    counts = [seeds or SEEDS] * len(roots)
    if line.startswith(ONCE):
        counts = [1] * len(roots)
    elif len(roots) == 2 and line.startswith("network") and line.endswith(SLOW):
        counts[0] = seeds or 1
    editions = [Edition(line, *pair) for pair in zip(roots, counts, strict=True)]
    with editions[0], editions[-1]:
        for seed in range(max(counts)):
            for edition in editions:
                edition.ask(seed)
    report(line, [edition.found for edition in editions])


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", type=int, help=f"of every line; default {SEEDS}")
    parser.add_argument("--only", default="", help="lines with this word")
    for name in ("lessons", "lottery"):
        parser.add_argument(f"--{name}", action="store_true")
    asked = parser.parse_args()
    lines = [
        line
        for line in WORK
        if asked.only in line
        and (asked.lessons or not line.startswith("lesson"))
        and (asked.lottery or not line.startswith("lottery"))
    ]
    with tempfile.TemporaryDirectory(prefix="robustkit-") as folder:
        problem = earlier(Path(folder))
        if problem:
            print(f"The commit {EARLIER} is not compared: {problem}")
        roots = [ROOT] if problem else [Path(folder), ROOT]
        heads = ["here"] if problem else [EARLIER, "here"]
        print(f"{'CPU seconds':42}" + "".join(f"{head:>18}" for head in heads), end="")
        print("" if problem else f"{'times':>8}")
        for line in lines:
            compare(line, roots, asked.seeds)


if __name__ == "__main__":
    main()

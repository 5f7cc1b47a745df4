"""Many agents of one recipe: trained side by side, in processes of their own.

A worker is a fresh Python that is told one seed after another and answers with agents
in the form of files, so nothing is pickled and no script needs a guard.
"""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import tempfile
import threading
import warnings
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from ..worlds import World
from . import store
from .agent import Agent
from .recipe import bar

WORK = "from robustkit.agents.training import work; work()"
Done = queue.SimpleQueue[tuple[int, Agent] | BaseException]


def cores() -> int:
    """Return the number of cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def train_in_processes(
    recipe: str,
    world: World,
    seeds: Sequence[int],
    options: dict[str, Any],
    workers: int | None = None,
) -> list[Agent]:
    """Return an agent for each seed, in their order, the same as one by one.

    options: of the recipe, already known to be possible. workers: processes; one for
    each core by default. Interrupted, it returns the agents that are finished and
    warns; where none is, the interruption goes on. A worker that fails raises
    RuntimeError with what it said.
    """
    count = min(workers or cores(), len(seeds))
    todo: queue.SimpleQueue[int] = queue.SimpleQueue()
    done: Done = queue.SimpleQueue()
    for seed in seeds:
        todo.put(seed)
    trained: dict[int, Agent] = {}
    with tempfile.TemporaryDirectory(prefix="robustkit-") as folder:
        team = [Worker(recipe, world, options, Path(folder)) for _ in range(count)]
        try:
            for worker in team:
                asked = todo, done
                threading.Thread(target=worker.work, args=asked, daemon=True).start()
            _collect(done, trained, len(seeds), recipe)
        except KeyboardInterrupt:
            if not trained:
                raise
            warnings.warn(
                f"interrupted: {len(trained)} of {len(seeds)} agents are trained",
                stacklevel=4,
            )
        finally:
            for worker in team:
                worker.stop()
    return [trained[seed] for seed in seeds if seed in trained]


def _collect(done: Done, trained: dict[int, Agent], count: int, name: str) -> None:
    """Take what is finished into `trained` until there are `count`."""
    with bar(name, count, delay=2) as shown:
        while len(trained) < count:
            finished = done.get()
            if isinstance(finished, BaseException):
                raise finished
            trained[finished[0]] = finished[1]
            shown.update()


class Worker:
    """A Python of its own that trains agents of one recipe in one world."""

    def __init__(
        self, recipe: str, world: World, options: dict[str, Any], folder: Path
    ) -> None:
        self.folder = folder
        asked = recipe, options, world.name, world.options
        # A session of its own: Ctrl-C reaches the one who waits, not the worker.
        self.process = subprocess.Popen(
            [sys.executable, "-c", WORK, json.dumps(asked)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            start_new_session=True,
        )

    def work(self, todo: queue.SimpleQueue[int], done: Done) -> None:
        """Take seeds and give agents until there is none left."""
        try:
            while True:
                try:
                    seed = todo.get_nowait()
                except queue.Empty:
                    return
                path = self.folder / f"{seed}.npz"
                self._say(json.dumps([seed, str(path)]))
                done.put((seed, store.load(path)))
        except Exception as problem:  # it belongs to the thread that waits for `done`
            done.put(problem)

    def _say(self, line: str) -> None:
        """Send a line and wait for its answer."""
        pipes = self.process
        assert pipes.stdin
        assert pipes.stdout
        with suppress(OSError):
            pipes.stdin.write(line + "\n")
            pipes.stdin.flush()
        if pipes.stdout.readline() != "done\n":
            said = pipes.stderr.read() if pipes.stderr else ""
            raise RuntimeError(f"a worker ended while training agents:\n{said[-2000:]}")

    def stop(self) -> None:
        """End the worker, whatever it is doing, and close its pipes."""
        self.process.kill()
        with suppress(OSError), self.process:
            pass

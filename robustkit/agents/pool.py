"""Many agents of one recipe: trained side by side, here and in other processes.

A worker is a fresh Python that is told one seed after another and answers with agents
in the form of files, so nothing is pickled and no script needs a guard. It takes about
as long to start as a network to train; meanwhile this process is at work already, and
does it all where no worker can be started.
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
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from ..bars import bar
from ..text import Notice
from ..worlds import World
from . import store
from .agent import Agent

WORK = "from robustkit.agents.training import work; work()"
# It trains in one thread. OpenBLAS would begin others at once, and end Python where it
# cannot have them.
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1"}
Done = queue.SimpleQueue[tuple[int, Agent] | BaseException]
Asked = tuple[str, dict[str, Any], str, dict[str, Any]]  # a recipe, a world: options of


def cores() -> int:
    """Return the number of cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def train_together(
    recipe: str,
    world: World,
    seeds: Sequence[int],
    options: dict[str, Any],
    train_here: Callable[[int], Agent],
    processes: int | None = None,
) -> list[Agent]:
    """Return an agent for each seed, in their order, the same as one by one.

    options: of the recipe, already known to be possible. train_here: trains one, given
    its seed. processes: this one and workers; one for each core by default.
    Interrupted, it returns the agents that are finished and warns; where none is, the
    interruption goes on. A worker that fails raises RuntimeError with what it said.
    """
    todo: queue.SimpleQueue[int] = queue.SimpleQueue()
    done: Done = queue.SimpleQueue()
    for seed in seeds:
        todo.put(seed)
    trained: dict[int, Agent] = {}
    others = min(processes or cores(), len(seeds)) - 1
    asked = recipe, options, world.name, world.options
    with tempfile.TemporaryDirectory(prefix="robustkit-") as folder:
        team: list[Worker] = []
        try:
            with suppress(OSError, RuntimeError):  # none can be started, or no more
                for _ in range(others):
                    team.append(Worker(asked, Path(folder), todo, done))
            with bar(recipe, len(seeds), delay=2) as shown:
                while len(trained) < len(seeds):
                    with suppress(queue.Empty):
                        seed = todo.get_nowait()
                        done.put((seed, train_here(seed)))
                    seed, agent = _finished(done)
                    trained[seed] = agent
                    shown.update()
        except KeyboardInterrupt:
            if not trained:
                raise
            count = f"{len(trained)} of {len(seeds)} agents"
            warnings.warn(Notice(f"interrupted: {count} are trained"), stacklevel=4)
        finally:
            for worker in team:
                worker.stop()
    return [trained[seed] for seed in seeds if seed in trained]


def _finished(done: Done) -> tuple[int, Agent]:
    """Return the next that is finished; raise what went wrong in a worker."""
    finished = done.get()
    if isinstance(finished, BaseException):
        raise finished
    return finished


class Worker:
    """A Python of its own that trains agents of one recipe in one world."""

    def __init__(
        self, asked: Asked, folder: Path, todo: queue.SimpleQueue[int], done: Done
    ) -> None:
        """Set it to work; OSError or RuntimeError where it cannot be started."""
        self.folder = folder
        # A session of its own: Ctrl-C reaches the one who waits, not the worker.
        self.process = subprocess.Popen(
            [sys.executable or "", "-c", WORK, json.dumps(asked)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            env=os.environ | ONE_THREAD,
            start_new_session=True,
        )
        try:
            threading.Thread(target=self.work, args=(todo, done), daemon=True).start()
        except RuntimeError:
            self.stop()
            raise

    def work(self, todo: queue.SimpleQueue[int], done: Done) -> None:
        """Take seeds and give agents until there is none left."""
        try:
            self._hear("ready")  # not before: until then others can take the seeds
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
        """Send a line and wait until it is done."""
        assert self.process.stdin
        with suppress(OSError):
            self.process.stdin.write(line + "\n")
            self.process.stdin.flush()
        self._hear("done")

    def _hear(self, word: str) -> None:
        """Wait for a word."""
        pipes = self.process
        assert pipes.stdout
        if pipes.stdout.readline() != f"{word}\n":
            said = pipes.stderr.read() if pipes.stderr else ""
            raise RuntimeError(f"a worker ended while training agents:\n{said[-2000:]}")

    def stop(self) -> None:
        """End the worker, whatever it is doing, and close its pipes."""
        self.process.kill()
        with suppress(OSError), self.process:
            pass

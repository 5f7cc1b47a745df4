"""The command line: the same words as the face. `python -m robustkit` is the same."""

from __future__ import annotations

import argparse
import io
import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

from . import __version__, files


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; return 0, or 2 where an argument is wrong (said on stderr)."""
    top = parser()
    given, rest = top.parse_known_args(arguments)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a sign that it lacks is no failure
            stream.reconfigure(errors="replace")
    if given.command == "lab":
        given.arguments = rest
    elif rest:
        top.error(f"unknown arguments: {' '.join(rest)}")
    try:
        status = int(given.run(given) or 0)
        print(end="", flush=True)
        return status
    except BrokenPipeError:  # the reader has read enough
        return _print_no_more(0)
    except (
        ValueError, OSError, RuntimeError, ModuleNotFoundError, MemoryError
    ) as problem:  # fmt: skip
        print(f"robustkit {given.command}: {problem}", file=sys.stderr)
        return _print_no_more(2)
    except KeyboardInterrupt:
        kept = "; what is finished is kept" * (given.command in ("study", "warm"))
        print(f"robustkit {given.command}: interrupted{kept}", file=sys.stderr)
        return 130


def _print_no_more(status: int) -> int:
    """Let go of what cannot be printed, or Python would try once more at its end."""
    try:
        print(end="", flush=True)
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    return status


def parser() -> argparse.ArgumentParser:
    """Return the parser of all commands."""
    top = argparse.ArgumentParser(
        prog="robustkit", description="Robustness in two dimensions, measured."
    )
    top.add_argument("--version", action="version", version=f"robustkit {__version__}")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, (run, words, *options) in COMMANDS.items():
        command = commands.add_parser(name, help=words)
        command.set_defaults(run=run)
        for names, about in options:
            command.add_argument(*names, **about)
    return top


def _reproduce(given: argparse.Namespace) -> None:
    from .studies.published import STUDIES, reproduce

    if not given.study:
        width = max(map(len, STUDIES))
        for name, case in STUDIES.items():
            print(f"{name:{width}}  {case().question}")
        return
    if given.output:
        _check_picture(given.output)
    study = reproduce(given.study, given.seeds)
    print(study)
    if given.output:
        print(f"saved {study.figure().save(given.output)}")


def _study(given: argparse.Namespace) -> int:
    from .studies.plan import named, read
    from .studies.planfile import results_of
    from .studies.run import run

    plan = read(given.plan)
    if given.output:
        _check_picture(given.output)
    store = Path(given.store or Path(given.plan).with_suffix(".study"))
    print(plan)
    with _ended_as_by_hand():
        results = run(plan, store, given.jobs, given.on, dry=given.dry_run)
    if given.dry_run:
        hours = results.missing * results.seconds / 3600
        cost = f", about {hours:.2g} core hours" if len(results) else ""
        done = plan.agents - results.missing
        print(f"{done} agents are finished in {store}, {results.missing} left{cost}")
        return 0
    from .studies.disk import in_words  # needs what a study needs

    with in_words(store, "written"):
        saved = results.save(results_of(Path(given.plan), store))
    print(results)
    print(f"saved {saved}")
    if given.output:
        picture = results.figure(**named(plan.shifts[-1]))
        print(f"saved {picture.save(given.output)}")
    return 1 if results.failed else 0


@contextmanager
def _ended_as_by_hand() -> Iterator[None]:
    """Let a request to end be as Ctrl-C, so that no worker is left behind."""

    def end(*_: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _check_picture(path: str) -> None:
    where = Path(path)
    if where.suffix not in (".png", ".svg", ".pdf") or not where.parent.is_dir():
        raise ValueError(
            f"output={path!r} is not possible; allowed: NAME.png, NAME.svg or NAME.pdf "
            "in a folder that exists."
        )


def _worlds(given: argparse.Namespace) -> None:
    from .worlds import list_worlds, make

    if given.world:
        print(make(given.world).describe())
        return
    known = list_worlds()
    width = max(map(len, known))
    for name, line in known.items():
        print(f"{name:{width}}  {line}")


def _train(given: argparse.Namespace) -> None:
    from .agents import train
    from .agents.store import save
    from .analysis.measure import measure
    from .text import headed
    from .worlds import STRATUM_NAMES, make

    options = {"size": given.size, "layouts": given.layouts}
    world = make(given.world, **{k: v for k, v in options.items() if v is not None})
    files.check_path(given.output, ".npz")
    agent = train(given.recipe, world, seed=given.seed, diversity=given.diversity)
    where = save(agent, given.output)
    for levels in world.strata(256):
        what = STRATUM_NAMES[levels.stratum[0]]
        print(headed(what, str(measure(agent, levels))))
    print(f"saved {where}")


def _explore(given: argparse.Namespace) -> None:
    from .agents.store import load
    from .widgets.explorer import explore

    files.check_path(given.output, ".html")
    agents = [load(path) for path in given.agents] or None
    world = agents[0].world if agents else given.world
    if agents and world.name != given.world:
        raise ValueError(
            f"{given.agents[0]} is an agent of {world.name!r}, not {given.world!r}."
        )
    where = explore(world, agents, n=given.n, seed=given.seed).save(given.output)
    print(f"saved {where} ({Path(where).stat().st_size / 1000:.0f} kB)")


def _card(given: argparse.Namespace) -> None:
    from .agents.store import load
    from .analysis.card import ENDINGS, card

    if given.output:
        files.check_path(given.output, *ENDINGS)
    made = card(load(given.agent), n=given.n, seed=given.seed)
    if given.output:
        print(f"saved {made.save(given.output)}")
    else:
        print(made)


def _set_up(name: str) -> Callable[[argparse.Namespace], Any]:
    """Return what runs a module of `setup`, with all that the command was given."""

    def run(given: argparse.Namespace) -> Any:
        import_module(".setup.variables", __package__).look_past_own()
        main = import_module(f".setup.{name}", __package__).main
        own = "command", "run"
        return main(**{k: v for k, v in vars(given).items() if k not in own})

    return run


def _progress(given: argparse.Namespace) -> None:
    from .course.progress import progress

    if given.output:
        files.check_path(given.output, ".html")
    found = progress(reset=given.reset)
    print(found)
    if given.output:
        print(f"saved {found.save(given.output, given.name)}")


def _class(given: argparse.Namespace) -> None:
    from .course.class_page import class_page

    files.check_path(given.output, ".html")
    page = class_page(given.folder, given.names)
    print(page)
    print(f"saved {page.save(given.output)}")


def option(*names: str, **about: Any) -> tuple[tuple[str, ...], dict[str, Any]]:
    """Return what argparse's `add_argument` is given."""
    return names, about


WORLD = option("world", metavar="WORLD", help="see: robustkit worlds")
SEED = option("--seed", type=int, default=0, help="default: 0")
LEVELS = option("-n", type=int, default=256, help="levels of each grade; default: 256")
OUTPUT = "-o", "--output"
CHOSEN = option("chosen", nargs="*", metavar="LESSON", help="such as 04; default: all")
PAGE = option(*OUTPUT, required=True, metavar="PAGE.html")

# What each command runs, what it is for, and what it takes.
COMMANDS: dict[str, tuple[Any, ...]] = {
    "worlds": (
        _worlds, "list the worlds, or describe one",
        option("world", nargs="?", metavar="WORLD"),
    ),
    "doctor": (_set_up("doctor"), "check the installation and report problems"),
    "train": (
        _train, "train an agent and save it", WORLD,
        option(*OUTPUT, required=True, metavar="AGENT.npz"),
        option("--recipe", default="network", help="or searcher, memoriser"), SEED,
        option("--diversity", type=float, default=0.0, help="share of telling levels"),
        option("--size", type=int, help="side of the maze in cells, odd"),
        option("--layouts", type=int, help="number of training layouts"),
    ),
    "explore": (
        _explore, "write the explorer as one HTML file", WORLD,
        option("agents", nargs="*", metavar="AGENT.npz"),
        PAGE, SEED, LEVELS,
    ),
    "card": (
        _card, "write the robustness card of an agent",
        option("agent", metavar="AGENT.npz"),
        option(*OUTPUT, metavar="CARD.html", help="or .md, .json"), LEVELS, SEED,
    ),
    "reproduce": (
        _reproduce, "rerun a published study and print the result",
        option("study", nargs="?", metavar="STUDY", help="leave out to list them"),
        option(*OUTPUT, metavar="PICTURE.png"),
        option("--seeds", type=int, help="how many, from seed 0 on"),
    ),
    "study": (
        _study, "train and measure the agents of a plan",
        option("plan", metavar="PLAN.toml"),
        option("--store", metavar="FOLDER", help="default: PLAN.study"),
        option("--jobs", type=int, help="processes; default: one for each core"),
        option("--on", metavar="ADDRESS", help="a Dask scheduler's, tcp://..."),
        option(
            "--dry-run", action="store_true",
            help="train nothing; report what is finished and what is left",
        ),
        option(*OUTPUT, metavar="PICTURE.png", help="of the last shift"),
    ),
    "warm": (
        _set_up("warm"), "train the agents of the lessons once, and keep them", CHOSEN
    ),
    "answers": (
        _set_up("answers"), "for teachers: run lessons, write out the answers",
        CHOSEN, PAGE,
    ),
    "slides": (_set_up("slides"), "for teachers: slides of lessons", CHOSEN, PAGE),
    "handout": (_set_up("handout"), "for teachers: one page to print", PAGE),
    "progress": (
        _progress, "show what you have solved and guessed so far",
        option("--reset", action="store_true", help="start again; the old one stays"),
        option(*OUTPUT, metavar="PAGE.html", help="one page to print"),
        option("--name", default="", help="for that page; else a line to write it on"),
    ),
    "class": (
        _class, "show what a class guessed and solved, on a page for a projector",
        option("folder", metavar="FOLDER", help="with the learners' progress files"),
        option(*OUTPUT, metavar="PAGE.html", default="class.html"),
        option("--names", action="store_true", help="show whose each file is"),
    ),
    "lite": (
        _set_up("lite"), "make the course a site that runs in browsers alone",
        option("folder", metavar="DIR", help="new, empty, or made by this before"),
        option("--pyodide", metavar="FOLDER", help="or address; else JupyterLite's"),
        option("--agents", metavar="FOLDER", help="default: train those of lessons"),
        option("--serve", action="store_true", help="show the site that is there"),
    ),
    "lab": (
        _set_up("lab"), "open JupyterLab at the first lesson; arguments are passed on"
    ),
}  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())

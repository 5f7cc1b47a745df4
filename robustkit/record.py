"""What a learner has done, in one small file beside the notebooks; it is sent nowhere.

The file lies in the folder that holds `notebooks/`, looked for from the working folder
upwards, or else in the working folder itself. The environment variable
ROBUSTKIT_PROGRESS names another file or folder, or is "off". It is written only where a
learner works: in a notebook's kernel, and not while nbgrader runs a notebook.

An exercise that was solved stays solved. A guess may be changed until its answer has
been seen; from then on the entry stays as it is, however often the cell is run again.
"""

from __future__ import annotations

import json
import os
import stat
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from . import files
from .arguments import quote
from .text import Prose

FIRST = Path("notebooks", "00-start-here.ipynb")  # a folder with it holds the course
NAME = "robustkit-progress.json"
VARIABLE = "ROBUSTKIT_PROGRESS"
FORMAT, VERSION = "robustkit-progress", 1
NO_FILE = "{} is not a file, so progress cannot be kept there."  # a folder, a device
NO_FOLDER = (
    "the folder that you work in has been deleted. Go to another one (os.chdir)."
)
LARGEST = 2_000_000  # bytes; a whole course takes about 20,000
# On Windows a file that is just being deleted is refused, not there and not gone.
HELD = (FileExistsError, PermissionError) if os.name == "nt" else (FileExistsError,)
PATIENCE = 2.0  # seconds to wait for another kernel that writes
STALE = 10.0  # seconds after which whoever holds the file has died

Record = dict[str, Any]
_said: set[str] = set()  # each trouble is said once in a kernel


def root(start: Path | None = None) -> Path | None:
    """Return the folder that holds the course, this or one above, if there is one."""
    try:
        here = Path.cwd() if start is None else start
    except FileNotFoundError:
        return None
    return next((up for up in (here, *here.parents) if (up / FIRST).is_file()), None)


def course() -> Path | None:
    """Return the folder that holds the course: from here upwards, or the package's."""
    return root() or root(Path(__file__).resolve().parent)


def place() -> Path | None:
    """Return where progress is kept; None where it is turned off.

    Raises ValueError for an unknown user's home, and for a folder that was deleted.
    """
    named = os.environ.get(VARIABLE, "").strip()
    if named.lower() == "off":
        return None
    try:
        where = Path(named).expanduser().absolute() if named else root() or Path.cwd()
    except RuntimeError:
        what = f"{VARIABLE}={quote(named)} begins with a home that is not known"
        raise ValueError(what) from None
    except FileNotFoundError:
        raise ValueError(NO_FOLDER) from None
    return where / NAME if where.is_dir() else where


def shell() -> Any:
    """Return IPython's shell in a notebook's kernel, None anywhere else."""
    if "IPython" not in sys.modules:  # importing it takes longer than a check
        return None
    from IPython.core.getipython import get_ipython

    found: Any = get_ipython()
    return None if getattr(found, "kernel", None) is None else found


def notebook() -> str:
    """Return the name of the notebook that runs, as "04-the-plane"; "" if unknown."""
    told = getattr(shell(), "user_ns", {}).get("__vsc_ipynb_file__")
    path = Path(str(told or os.environ.get("JPY_SESSION_NAME", "")))
    return path.stem if path.suffix == ".ipynb" else ""


def empty() -> Record:
    """Return the record of a learner who has not begun."""
    return {"format": FORMAT, "version": VERSION, "exercises": {}, "guesses": []}


def checked(exercise: str, correct: bool) -> None:
    """Take down that an exercise was checked, and what came of it.

    checks: how many times; needed: at which of them it was first correct.
    """

    def change(record: Record) -> bool:
        fresh = {"correct": False, "checks": 0, "needed": None, "first": now()}
        entry = record["exercises"].setdefault(exercise, fresh)
        entry["checks"] += 1
        entry["last"] = now()
        if correct and not entry["correct"]:
            entry |= {"correct": True, "needed": entry["checks"]}
        return True

    _keep(change)


def guessed(question: Mapping[str, Any], value: Any, answer: Any, sure: bool) -> None:
    """Take down a guess, and its answer once that is known.

    question: as plain data, `start` not looked at to tell whether it is the same one.
    sure: whether the guess was confirmed.
    """

    def change(record: Record) -> bool:
        entry = {"notebook": notebook(), "asked": dict(question), "guess": value}
        entry |= {"confirmed": sure, "guessed": now(), "answer": answer}
        every = record["guesses"]
        for k, old in enumerate(every):
            if same(old["asked"], question):
                if old["answer"] is not None or old | entry == old:
                    return False
                if old["guess"] == value:  # only the answer is new
                    entry |= {"guessed": old["guessed"], "confirmed": old["confirmed"]}
                every[k] = entry
                break
        else:
            every.append(entry)
        if answer is not None:
            entry["answered"] = now()
        return True

    _keep(change)


def same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Return whether two questions are one, wherever an arrow in them starts."""
    return {**one, "start": None} == {**other, "start": None}


def now() -> str:
    """Return the time of day with its date, to the second."""
    return datetime.now().astimezone().isoformat(timespec="seconds")


def read(where: Path) -> Record:
    """Return what is in a file; without a file, the record of one who has not begun.

    Raises ValueError, in words, for anything that is no such file.
    """
    try:
        if not stat.S_ISREG(where.stat().st_mode):  # a device may never end
            raise ValueError(NO_FILE.format(where.name))
        if where.stat().st_size > LARGEST:
            raise ValueError(f"{where.name} is too large to be a progress file.")
        content = where.read_bytes()
    except FileNotFoundError:
        return empty()
    return parse(content, where.name)


def parse(content: bytes, name: str) -> Record:
    """Return the record that a file's content holds; `name` is what errors call it."""
    try:
        found = json.loads(content.decode("utf-8-sig"), parse_constant=_none)
        json.dumps(found, ensure_ascii=False).encode()  # half a sign has no bytes
    except (ValueError, RecursionError):
        raise ValueError(f"{name} is damaged: it is not JSON.") from None
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise ValueError(f"{name} is not a robustkit progress file.")
    if found.get("version") != VERSION:
        version = quote(found.get("version"))
        raise ValueError(
            f"{name} has version {version}; this robustkit reads {VERSION}."
        )
    if problem := _wrong(found):
        raise ValueError(f"{name} is damaged: {problem}.")
    return found


def _none(word: str) -> None:
    """Refuse NaN and Infinity, which Python reads and JSON has not."""
    raise ValueError(word)


COUNT, WORDS, YES = (int,), (str,), (bool,)
NEEDED: dict[str, dict[str, tuple[type, ...]]] = {
    "exercises": {"correct": YES, "checks": COUNT, "first": WORDS, "last": WORDS},
    "guesses": {
        "asked": (dict,), "notebook": WORDS, "confirmed": YES, "guessed": WORDS,
    },
}  # fmt: skip


def _wrong(record: Record) -> str:
    """Return what of a record is not as it should be, "" where all is well."""
    exercises, guesses = record.get("exercises"), record.get("guesses")
    if not isinstance(exercises, dict) or not isinstance(guesses, list):
        return "its exercises or guesses are missing"
    for part, every in (("exercises", exercises.values()), ("guesses", guesses)):
        for entry in every:
            fits = isinstance(entry, dict) and all(
                type(entry.get(key)) in kinds for key, kinds in NEEDED[part].items()
            )
            if not fits:
                return f"an entry of its {part} is not as it should be"
    if any("guess" not in entry or "answer" not in entry for entry in guesses):
        return "a guess is missing"
    return ""


def written(record: Record) -> str:
    """Return a record as JSON with a line for each entry, to be read by eye."""

    def line(value: Any) -> str:
        return json.dumps(value, ensure_ascii=False, allow_nan=False)

    solved = [f"  {line(k)}: {line(entry)}" for k, entry in record["exercises"].items()]
    guesses = [f"  {line(entry)}" for entry in record["guesses"]]
    return (
        f'{{\n "format": {line(FORMAT)}, "version": {VERSION},\n'
        f' "exercises": {{\n{_lines(solved)} }},\n'
        f' "guesses": [\n{_lines(guesses)} ]\n}}\n'
    )


def _lines(every: list[str]) -> str:
    return ",\n".join(every) + "\n" * bool(every)


def reset(where: Path) -> Path | None:
    """Move a file out of the way; return what it is called now, None if none is there.

    Earlier ones that were kept stay: nothing that a learner did is lost.
    Raises ValueError for what is neither a file nor a folder, such as a device.
    """
    if not where.exists():
        return None
    if not (where.is_file() or where.is_dir()):
        raise ValueError(NO_FILE.format(where.name))
    with _alone(where):
        numbers = ("", *(f".{k}" for k in range(2, 1000)))
        every = (where.with_name(f"{where.name}{k}.bak") for k in numbers)
        kept = next(path for path in every if not path.exists())
        os.rename(where, kept)
    return kept


def _keep(change: Callable[[Record], bool]) -> None:
    """Change the record in its file; whatever goes wrong is said, and only once."""
    if shell() is None or "NBGRADER_EXECUTION" in os.environ:
        return
    try:
        where = place()
        if where is not None:
            update(where, change)
    except (OSError, ValueError) as problem:
        why = getattr(problem, "strerror", None)
        _say(f"{why} ({getattr(problem, 'filename', None)})" if why else str(problem))


def _say(why: str) -> None:
    """Say that nothing is kept, and why, once in a kernel."""
    if why not in _said:
        _said.add(why)
        why = why if why.endswith(".") else f"{why}."
        print(Prose(f"Your progress is not being kept: {why} Everything else works."))


def update(where: Path, change: Callable[[Record], bool]) -> None:
    """Read a file, change its record and write it whole, while nobody else does.

    change: returns whether there is anything to write.
    Raises ValueError for a file that is not one of ours, OSError where it stays
    unwritten.
    """
    where = where.resolve()  # a link stays one
    with _alone(where):
        record = read(where)
        if not change(record):
            return
        if where.exists() and not os.access(where, os.W_OK):
            raise PermissionError(f"{where.name} is read-only")
        files.text(where, written(record))


@contextmanager
def _alone(where: Path) -> Iterator[None]:
    """Hold a file's lock, another file beside it, which works on shared disks too."""
    lock = where.with_name(f".{where.name}.lock")
    late = time.monotonic() + PATIENCE
    while True:
        try:
            os.close(os.open(lock, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
            break
        except HELD:
            with suppress(OSError):
                # either way: a clock may have been put back since
                if abs(time.time() - lock.stat().st_mtime) > STALE:
                    lock.unlink()
                    continue
            if time.monotonic() > late:
                raise TimeoutError(f"another kernel holds {where.name}") from None
            time.sleep(0.01)
    try:
        yield
    finally:
        with suppress(OSError):
            lock.unlink()

"""The command: builds the whole site, or with some of the lessons run, for a look."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from importlib.util import find_spec

from ... import files
from ...text import counted
from .. import lacking
from .build import build

NEEDS = ("sphinx", "myst_nb", "furo")


def main(arguments: Sequence[str] | None = None) -> int:
    """Build the site; return 1, with words, where it cannot be built."""
    given = parser().parse_args(arguments)
    for module in NEEDS:
        if find_spec(module) is None:
            print(lacking(module, "site"), file=sys.stderr)
            return 1
    try:
        first = build(given.folder, given.lessons)
    except (ValueError, OSError, RuntimeError, ModuleNotFoundError) as problem:
        print(problem, file=sys.stderr)
        return 1
    count = sum(path.is_file() for path in first.parent.rglob("*"))
    size = files.size(first.parent) / 1e6
    print(f"{first}: {counted(count, 'file')}, {size:.0f} MB")
    return 0


def parser() -> argparse.ArgumentParser:
    """Return the parser of the arguments."""
    made = argparse.ArgumentParser(prog="pages", description="Build the site to read.")
    made.add_argument("folder", help="new, or made by this before: it is replaced")
    made.add_argument(
        "lessons", nargs="*", metavar="LESSON",
        help="to run these only, such as 04, and show the others as they are",
    )  # fmt: skip
    return made


if __name__ == "__main__":
    sys.exit(main())

"""Opens JupyterLab at the first lesson: `robustkit lab` and `make lab`."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from .. import record
from . import lacking, places, variables

FIRST = record.FIRST
# Where Jupyter looks first, before a user's own folders: for settings, and for kernels.
FIRST_OF_ALL = "JUPYTER_CONFIG_PATH", "JUPYTER_PATH"
NO_LESSONS = """\
There are no lessons here: {first} is neither in {here} nor beside the package.
The lessons come with the repository, not with the package alone. Get the repository,
go into its folder and run `robustkit lab` there."""
NO_ROOM = """\
Nothing can be written anywhere ({}). Let TMPDIR name a folder of yours."""
HIDDEN = """\
PYTHONPATH names a {package} in {folder} that hides the one which lessons need, so it is
not passed on to them. For good: {unset}"""
NO_REPOSITORY = "This is made from the repository: go into its folder first."
NO_LAB = lacking("JupyterLab", "lab")
NO_WORDS = """\
PYTHONOPTIMIZE=2 keeps JupyterLab from starting. Say: {}"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run JupyterLab until it is stopped; return 1 if it or the lessons are missing.

    arguments: passed on to JupyterLab; those of the command line unless given.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    home = find_lessons()
    if home is None:
        print(NO_LESSONS.format(first=FIRST, here=Path.cwd()), file=sys.stderr)
        return 1
    if sys.flags.optimize > 1:
        print(NO_WORDS.format(variables.without("PYTHONOPTIMIZE")), file=sys.stderr)
        return 1
    clear_the_way()
    try:
        print(places.replace_what_is_lacking(), end="", file=sys.stderr)
    except OSError as problem:  # not even a temporary folder
        print(NO_ROOM.format(problem), file=sys.stderr)
        return 1
    try:
        from jupyterlab.labapp import LabApp
    except ImportError:
        print(NO_LAB, file=sys.stderr)
        return 1
    keep_agents()
    begin = f"--LabApp.default_url=/lab/tree/{FIRST.as_posix()}"
    # In a container one is often root, whom JupyterLab refuses without this.
    root_user = hasattr(os, "geteuid") and os.geteuid() == 0
    allow = ["--allow-root"] if root_user else []
    LabApp.launch_instance([f"--ServerApp.root_dir={home}", begin, *allow, *given])
    return 0


def clear_the_way() -> None:
    """Let lessons run with this Python, these packages and the settings they need.

    In jupyter/: no news and updates are asked for on the network, nor is one asked
    whether to; a kernel starts when a notebook is opened, and is this Python's
    whatever kernel of the same name a user has.
    """
    ours = str(Path(__file__).with_name("jupyter"))
    for variable in FIRST_OF_ALL:
        others = os.environ.get(variable)
        os.environ[variable] = os.pathsep.join(filter(None, (ours, others)))
    hidden = variables.hidden(variables.paths())
    for package, file in hidden.items():
        unset = variables.without(variables.PATHS)
        said = HIDDEN.format(package=package, folder=file.parent, unset=unset)
        print(said, file=sys.stderr)
        os.environ.pop(variables.PATHS)
        variables.look_past(hidden)  # JupyterLab itself needs them too
        break


def keep_agents() -> None:
    """Make the folder in which agents are kept, so that each is trained only once.

    A folder that a user has named is theirs to make. Nothing ever fails here: without a
    folder, or with a package missing, JupyterLab opens all the same.
    """
    with suppress(ImportError):
        from ..agents import store

        if store.FOLDER not in os.environ:
            store.make_folder()


def find_lessons() -> Path | None:
    """Return the folder that holds the lessons: from here upwards, or the package's."""
    return record.course()


def find_repository() -> Path | None:
    """Return the folder with the lessons if it holds all that is built from as well."""
    root = find_lessons()
    return root if root and (root / "pyproject.toml").is_file() else None


if __name__ == "__main__":
    sys.exit(main())

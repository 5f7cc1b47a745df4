"""Opens JupyterLab at the first lesson: `robustkit lab` and `make lab`."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from .. import record

FIRST = record.FIRST
CONFIGURATION = "JUPYTER_CONFIG_PATH"
NO_LESSONS = """\
There are no lessons here: {first} is neither in {here} nor beside the package.
The lessons come with the repository, not with the package alone. Get the repository,
go into its folder and run `robustkit lab` there."""
NO_LAB = """\
JupyterLab is not installed beside this Python ({python}).
In the repository's folder, run: {python} -m pip install -e ".[lab]\""""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run JupyterLab until it is stopped; return 1 if it or the lessons are missing.

    arguments: passed on to JupyterLab; those of the command line unless given.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    home = find_lessons()
    if home is None:
        print(NO_LESSONS.format(first=FIRST, here=Path.cwd()), file=sys.stderr)
        return 1
    try:
        from jupyterlab.labapp import LabApp
    except ImportError:
        print(NO_LAB.format(python=sys.executable), file=sys.stderr)
        return 1
    keep_agents()
    # Let it neither ask the network for news and updates, nor whether to.
    quiet = [str(Path(__file__).with_name("jupyter")), os.environ.get(CONFIGURATION)]
    os.environ[CONFIGURATION] = os.pathsep.join(filter(None, quiet))
    begin = f"--LabApp.default_url=/lab/tree/{FIRST.as_posix()}"
    # In a container one is often root, whom JupyterLab refuses without this.
    root_user = hasattr(os, "geteuid") and os.geteuid() == 0
    allow = ["--allow-root"] if root_user else []
    LabApp.launch_instance([f"--ServerApp.root_dir={home}", begin, *allow, *given])
    return 0


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


if __name__ == "__main__":
    sys.exit(main())

"""The course for Google Colab: copies of its notebooks that install the kit first.

`python -m robustkit.setup.colab FOLDER`, from the repository. A workflow puts the
folder onto the branch `colab`, from which Colab opens notebooks. It gets one notebook
and no files beside it: a link to a file leads to where that can be seen on the network.
"""

from __future__ import annotations

import argparse
import json
import shutil
import tomllib
from collections.abc import Sequence
from typing import Any

from packaging.requirements import Requirement

from .. import files
from . import links
from .environment import refuse
from .lab import NO_REPOSITORY, find_repository

BRANCH = "colab"
COURSE = "notebooks", "exercises"
OPENS = "https://colab.research.google.com/github/"
# Colab has all else, and other packages of its own that need those versions: with their
# dependencies pip would put MiniGrid's pygame-ce over the pygame that is there.
INSTALL = """\
# Run this first: it installs the kit and MiniGrid, and leaves what Colab has as it is.
# Colab forgets files when it ends: "Save a copy in Drive" keeps what you write here.
%pip install --quiet --no-deps "{minigrid}" "{kit}\""""


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the copies into a folder; return 1, with words, where it cannot be."""
    parser = argparse.ArgumentParser(prog="colab", description="Copies for Colab.")
    parser.add_argument("folder", help="an empty folder, or a new one")
    given, root = parser.parse_args(arguments).folder, find_repository()
    if root is None:
        return refuse(NO_REPOSITORY)
    try:
        place = files.check_room(given)
    except ValueError as why:
        return refuse(str(why))
    paths = sorted(path for part in COURSE for path in (root / part).glob("*.ipynb"))
    project = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]
    for path in paths:
        name = path.relative_to(root).as_posix()
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        copy = copied(json.loads(path.read_text("utf-8")), name, project)
        text = json.dumps(copy, indent=1, ensure_ascii=False)
        (place / name).write_text(f"{text}\n", "utf-8")
    for name in project["license-files"]:
        shutil.copy(root / name, place / name)
    print(f"{place}: {len(paths)} notebooks for Colab")
    return 0


def copied(book: dict[str, Any], name: str, project: dict[str, Any]) -> dict[str, Any]:
    """Return a notebook with the cell that installs the kit in front of its others.

    name: its path in the repository. project: what `pyproject.toml` says of it.
    """
    cells = [_installing(project)]
    for cell in book["cells"]:
        new = dict(cell)
        if cell["cell_type"] == "markdown":
            text = "".join(cell["source"])
            new["source"] = links.moved(text, name, address).splitlines(keepends=True)
        cells.append(new)
    return {**book, "cells": cells}


def address(path: str) -> str:
    """Return where a file of the repository can be seen on the network."""
    if path.startswith(COURSE) and path.endswith(".ipynb"):
        own = links.repository().removeprefix("https://github.com/")
        return f"{OPENS}{own}/blob/{BRANCH}/{path}"
    return links.public(path)


def _installing(project: dict[str, Any]) -> dict[str, Any]:
    """Return the cell that installs what Colab lacks, by its floor and by its tag."""
    minigrid = next(
        line for line in project["dependencies"] if Requirement(line).name == "minigrid"
    )
    kit = f"git+{project['urls']['Repository']}@v{project['version']}"
    source = INSTALL.format(minigrid=minigrid, kit=kit)
    return {
        "cell_type": "code",
        "execution_count": None,
        "id": "install",
        "metadata": {},
        "outputs": [],
        "source": source.splitlines(keepends=True),
    }


if __name__ == "__main__":
    raise SystemExit(main())

"""What is installed: Python, packages, and what widgets need."""

from __future__ import annotations

import importlib.metadata as metadata
import importlib.util
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from . import DISTRIBUTION
from .findings import REINSTALL, UPGRADE, Finding, ok, problem, warning

EXTENSIONS = {
    "@jupyter-widgets/jupyterlab-manager": "ipywidgets",
    "anywidget": "anywidget",
}
FRONT_END = ("js/explorer.js", "widgets.css")


def python_version() -> Iterator[Finding]:
    """Compare Python with what the package asks for."""
    has = ".".join(map(str, sys.version_info[:3]))
    try:
        needs = metadata.metadata(DISTRIBUTION)["Requires-Python"].removeprefix(">=")
    except metadata.PackageNotFoundError:
        yield problem(
            "robustkit is here but not installed, so what it needs is not known",
            REINSTALL,
        )
        return
    if sys.version_info[:2] < tuple(map(int, needs.split(".")))[:2]:
        advice = f"Install Python {needs} or newer and make the environment anew."
        yield problem(f"Python {has} is too old: {needs} is needed", advice)
    else:
        yield ok(f"Python {has} at {sys.executable}")


def packages() -> Iterator[Finding]:
    """Compare every package with the floor that robustkit declares."""
    try:
        declared = metadata.requires(DISTRIBUTION) or []
    except metadata.PackageNotFoundError:
        return  # said already
    try:
        from packaging.requirements import Requirement
    except ImportError:
        yield problem("packaging is missing", UPGRADE.format("packaging"))
        return
    for line in declared:
        needed = Requirement(line)
        if needed.marker is None or needed.marker.evaluate({"extra": ""}):
            yield _package(needed.name, str(needed.specifier), problem)
        elif needed.marker.evaluate({"extra": "lab"}):
            yield _package(needed.name, str(needed.specifier), warning)


def _package(
    name: str, specifier: str, fault: Callable[[str, str], Finding]
) -> Finding:
    from packaging.specifiers import SpecifierSet

    try:
        has = metadata.version(name)
    except metadata.PackageNotFoundError:
        advice = UPGRADE.format(f'"{name}{specifier}"')
        return fault(f"{name} is missing ({specifier} is needed)", advice)
    if not SpecifierSet(specifier).contains(has, prereleases=True):
        advice = UPGRADE.format(f'"{name}{specifier}"')
        return fault(f"{name} {has} is too old ({specifier} is needed)", advice)
    return ok(f"{name} {has}")


def widgets_in_jupyterlab() -> Iterator[Finding]:
    """Look for the two extensions without which a widget is only text."""
    if importlib.util.find_spec("jupyterlab") is None:
        return  # said already
    from jupyter_core.paths import jupyter_config_path, jupyter_path

    folders = [Path(p, "labextensions") for p in jupyter_path()]
    disabled = _disabled([Path(p, "labconfig") for p in jupyter_config_path()])
    for extension, package in EXTENSIONS.items():
        manifests = [folder / extension / "package.json" for folder in folders]
        found = next((m for m in manifests if m.is_file()), None)
        if found is None:
            advice = f"Say: python -m pip install --force-reinstall {package}"
            yield problem(f"JupyterLab has no extension {extension}", advice)
        elif extension in disabled:
            advice = f"Say: jupyter labextension enable {extension}"
            yield problem(f"JupyterLab's extension {extension} is disabled", advice)
        else:
            has = json.loads(found.read_text(encoding="utf-8")).get("version", "?")
            yield ok(f"JupyterLab extension {extension} {has}")


def _disabled(folders: list[Path]) -> set[str]:
    """Return the extensions that JupyterLab's page configuration switches off."""
    off: set[str] = set()
    for folder in reversed(folders):  # the first folder has the last word
        for file in [folder / "page_config.json", *sorted(folder.glob("*.d/*.json"))]:
            if not file.is_file():
                continue
            config = json.loads(file.read_text(encoding="utf-8"))
            switched = config.get("disabledExtensions", {})
            if isinstance(switched, list):
                switched = dict.fromkeys(switched, True)
            off |= {name for name, is_off in switched.items() if is_off}
            off -= {name for name, is_off in switched.items() if not is_off}
    return off


def front_end() -> Iterator[Finding]:
    """Look for the explorer's own files, which a broken build would lack."""
    spec = importlib.util.find_spec("robustkit")
    places = list(spec.submodule_search_locations or []) if spec else []
    for name in FRONT_END:
        if not any(Path(place, "widgets", name).is_file() for place in places):
            yield problem(f"the explorer's file {name} is missing", REINSTALL)
            return
    yield ok("the explorer's files")

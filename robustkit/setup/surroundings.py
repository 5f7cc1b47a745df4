"""What the doctor examines around robustkit: its name, variables, folders, a proxy."""

from __future__ import annotations

import importlib.metadata as metadata
import os
import re
import sys
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from hashlib import sha256
from importlib.machinery import PathFinder
from importlib.util import find_spec
from pathlib import Path

from .. import alone, record
from . import DISTRIBUTION, PYTHON, places, variables
from .examinations import REINSTALL, Finding, ok, problem, warning

IMPORTED = "robustkit"
HERE = Path(__file__).resolve().parents[1]  # the package that examines itself
TAKE_OUT = f"Run: {PYTHON} -m pip uninstall {{}}. Then: {REINSTALL}"
LESSONS = "notebooks", "exercises"
SET_ASIDE = "`make` sets it aside; in a shell: {}"
LAB_WORKS = "`robustkit lab` works all the same."
KERNEL = "python3"
BACKEND = "MPLBACKEND"
OWN = "ROBUSTKIT_AGENTS", record.VARIABLE


def name() -> Iterator[Finding]:
    """Look for whatever else is called robustkit here; an index has a stranger's."""
    wrong = [*_others(), *_overwritten(), *_in_front(), *files_that_hide()]
    yield from wrong
    if not wrong:
        yield ok(f"robustkit is {HERE}, and nothing else has that name")


def _others() -> Iterator[Finding]:
    """Look for other distributions that own the folder, or go by its name."""
    found: dict[str, metadata.Distribution] = {}
    for each in metadata.distributions():
        called = (each.metadata["Name"] or "").replace("_", "-").lower()
        if called != DISTRIBUTION and (called == IMPORTED or _has_files(each)):
            found.setdefault(called, each)
    for called, each in found.items():
        what = f"the package {called} {each.version} has the folder robustkit/ as well"
        yield problem(f"{what}: {_whose(each)}", TAKE_OUT.format(called))


def _has_files(each: metadata.Distribution) -> bool:
    """Return whether a distribution lists the folder; its list is only searched."""
    listed = each.read_text("RECORD") or each.read_text("top_level.txt") or ""
    return re.search(rf"^{IMPORTED}([/\\]|\.py\b|$)", listed, re.MULTILINE) is not None


def _whose(each: metadata.Distribution) -> str:
    """Return whether a distribution was ours under the name we had before."""
    if "robustness in two dimensions" in (each.metadata["Summary"] or "").lower():
        return "it is this one, as it was called before"
    return "it is somebody else's, and the two write over each other"


def _overwritten() -> Iterator[Finding]:
    """Compare the files of the package with what was installed."""
    try:
        files = metadata.files(DISTRIBUTION) or []
    except metadata.PackageNotFoundError:
        return  # said elsewhere
    changed = []
    for file in files:
        if file.parts[0] == IMPORTED and file.hash and file.hash.mode == "sha256":
            try:
                content = Path(str(file.locate())).read_bytes()
            except OSError:
                content = b""
            has = urlsafe_b64encode(sha256(content).digest()).decode().rstrip("=")
            if has != file.hash.value:
                changed.append(file.name)
    if changed:
        named = ", ".join(changed[:3]) + ", ..." * (len(changed) > 3)
        yield problem(f"files of robustkit were changed or are missing: {named}")


def _in_front() -> Iterator[Finding]:
    """Look where a notebook or Python would find another robustkit first."""
    course = record.course()
    ways = {
        "the working folder": variables.here(),
        "the lessons' folder": [str(course / "notebooks")] if course else [],
        f"a folder of {variables.PATHS}": variables.paths(),
        "where Python looks": list(filter(None, sys.path)),
    }
    seen = {HERE}
    for way, folders in ways.items():
        spec = PathFinder.find_spec(IMPORTED, folders)
        if spec is None or spec.origin is None:
            continue  # a mere folder, such as a clone's own, hides no package
        origin = Path(spec.origin).resolve()
        found = origin.parent if origin.name == "__init__.py" else origin
        if found in seen:
            continue
        seen.add(found)
        what = f"{found} ({way}) would be imported in place of {HERE}"
        if (found / "setup" / "doctor.py").is_file():
            yield warning(f"{what}: another copy of robustkit", "Keep one of them.")
        else:
            yield problem(what, "Give it another name, or work in another folder.")


def files_that_hide() -> Iterator[Finding]:
    """Name files, where one works or lessons lie, that are found in a module's place.

    What this Python has not loaded by itself, lessons hardly need.
    """
    course = record.course()
    lessons = [str(course / name) for name in LESSONS] if course else []
    for folder in dict.fromkeys([*variables.here(), *lessons]):
        for name, file in variables.hidden([folder]).items():
            needed = name in variables.NEEDED or name in sys.modules
            if name != IMPORTED:  # said already
                what = f"{file} hides the {name} that lessons need"
                if not needed:
                    what = f"{file} hides the {name} that comes with Python"
                fault = problem if needed else warning
                yield fault(what, "Give it another name.")


def variables_of_the_shell() -> Iterator[Finding]:
    """Name the variables that were set for something else and hurt here."""
    if alone.BROWSER:  # nobody set any; those that are there are the page's own
        return
    for name, does in variables.hurting():
        advice = SET_ASIDE.format(variables.without(name))
        yield warning(f"{variables.said(name)} {does}", advice)
    for name in variables.NETLESS:
        if os.environ.get(name, "").lower() not in variables.OFF:
            advice = f"To install from the network: {variables.without(name)}"
            yield warning(f"{variables.said(name)}: no package can be fetched", advice)
    for name in variables.named_in_vain():
        what = f"{variables.said(name)} names a file that is not there"
        yield warning(what, f"Name one that is, or: {variables.without(name)}")
    for name in variables.SOURCES:
        if os.environ.get(name):
            yield ok(f"{variables.said(name)} says where packages come from")
    yield from path()
    yield from _backend()


def _backend() -> Iterator[Finding]:
    """Ask whether matplotlib can begin with the backend that is named.

    Where it cannot, the rest of this Python's life goes on without the name, so that
    what else is examined is not said to be at fault.
    """
    module = os.environ.get(BACKEND, "").partition("module://")[2]
    try:
        import matplotlib  # noqa: F401  # it reads the name, once, when imported

        there = not module or find_spec(module) is not None
    except ValueError:
        there = False
        for name in [n for n in sys.modules if n.partition(".")[0] == "matplotlib"]:
            del sys.modules[name]  # half of it was imported
    except ImportError as why:  # of matplotlib's own, said elsewhere
        there = not module or why.name != module.partition(".")[0]
    if not there:
        what = f"{variables.said(BACKEND)}: matplotlib has no such backend"
        yield problem(what, SET_ASIDE.format(variables.without(BACKEND)))
        del os.environ[BACKEND]


def path() -> Iterator[Finding]:
    """Say whether PYTHONPATH hides what robustkit needs.

    Another copy of a package may do; nothing does for a module of Python's own.
    """
    if not os.environ.get(variables.PATHS):
        return
    hidden = variables.hidden(variables.paths())
    for name, file in hidden.items():
        fault = problem if name in variables.OWN else warning
        what = f"{variables.PATHS} names {file.parent}, whose {name} hides the one here"
        yield fault(what, SET_ASIDE.format(variables.without(variables.PATHS)))
    if not hidden:
        yield ok(f"{variables.said(variables.PATHS)} hides nothing that is needed")


def folders() -> Iterator[Finding]:
    """Name the folders that cannot be written to."""
    lacking: list[Path] = []
    for each in places.places():
        folder = each.lacking
        if folder is None:
            continue
        # What lies by itself in a folder that was named is said with it.
        if each.variable in os.environ or not set(lacking) & set(folder.parents):
            what = f"{each} cannot be written to: {each.what} cannot be kept"
            advice = f"Let {each.variable} name a folder of yours. {LAB_WORKS}"
            yield warning(what, advice)
        lacking.append(folder)
    course = record.course()
    if course and not places.can_write(course):
        what = f"{course} cannot be written to: neither notebooks nor progress are kept"
        yield warning(what, "Copy the course to a folder of yours.")
    for name in OWN:
        named = Path(os.environ.get(name, ""))
        folder = named.parent if named.is_file() else named
        if str(named) not in (".", "off") and not places.can_write(folder):
            what = f"{variables.said(name)} cannot be written to"
            yield warning(what, f"Name another place, or: {variables.without(name)}")
    cache = places.uv_cache()
    if cache.lacking and cache.variable in os.environ:
        what = f"{cache} cannot be written to: {cache.what} cannot be kept"
        yield warning(what, "Let it name a folder of yours. `make` works all the same.")
    temporary = os.environ.get("TMPDIR")
    if temporary and not places.can_write(Path(temporary)):
        what = f"{variables.said('TMPDIR')} cannot be written to"
        yield warning(what, f"Name another folder, or: {variables.without('TMPDIR')}")
    if not lacking:
        yield ok("the folders of Jupyter and matplotlib can be written to")


def proxy() -> Iterator[Finding]:
    """Ask whether the proxies that are named answer; nothing is asked of them."""
    silent = dict(variables.silent_proxies())
    for name in variables.PROXIES:
        if name in silent:
            what = f"{variables.said(name)}: {silent[name]}"
            advice = f"To install packages, start it, or: {variables.without(name)}"
            yield warning(what, f"Lessons need none. {advice}")
        elif os.environ.get(name):
            yield ok(f"{variables.said(name)} answers")


def kernel() -> Iterator[Finding]:
    """Ask whether the kernel that lessons name is this Python's."""
    if find_spec("jupyter_client") is None:
        return
    from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel

    try:
        spec = KernelSpecManager().get_kernel_spec(KERNEL)
    except NoSuchKernel:
        yield problem(f"there is no kernel {KERNEL}, which lessons ask for")
        return
    runs = spec.argv[0] if spec.argv else ""
    plain = f"python{sys.version_info.major}"
    same = runs in ("python", plain, f"{plain}.{sys.version_info.minor}")
    # Not where the links lead: every environment links to the same Python.
    if same or Path(runs).absolute().parent == Path(sys.executable).absolute().parent:
        yield ok(f"the kernel {KERNEL} is this Python's")
        return
    what = f"the kernel {KERNEL} of {spec.resource_dir} runs another Python: {runs}"
    remove = f"{PYTHON} -m jupyter kernelspec remove {KERNEL}"
    yield warning(what, f"`robustkit lab` takes this one. Elsewhere: {remove}")


ALL = (name, variables_of_the_shell, folders, proxy, kernel)

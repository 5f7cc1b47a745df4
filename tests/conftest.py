"""What all tests share: no screen, one thread, the same examples every time.

And nothing that a browser's Python has not, see `refused`.
"""

from __future__ import annotations

import fnmatch
import os
import signal
from collections import defaultdict
from contextlib import suppress

# A shell's `pytest &` ignores interrupts, as would all that tests start, for good.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
os.environ["MPLBACKEND"] = "Agg"
os.environ["ROBUSTKIT_PROGRESS"] = "off"  # notebooks that tests run are no learner's
# nor do tests recall what a learner's lab has kept
os.environ["ROBUSTKIT_AGENTS"] = f"{os.devnull}/agents"
for library in ("OMP", "OPENBLAS", "MKL"):  # read when NumPy is first imported
    os.environ.setdefault(f"{library}_NUM_THREADS", "1")

# Where something has asked for pip, some versions of setuptools can no longer be
# imported, as nbgrader does; so they are before.
with suppress(ImportError):
    import setuptools  # noqa: F401

# Before 3.11 Matplotlib starts a thread when it first looks for fonts; a browser's has
# been changed not to.
import matplotlib.font_manager  # noqa: E402, F401
import pytest  # noqa: E402
import refused  # noqa: E402
from hypothesis import HealthCheck, settings  # noqa: E402

refused.begin()
import robustkit  # noqa: E402, F401  # in every worker: without what is refused

# A failure found by chance under someone else's change helps nobody: always the same.
# `--hypothesis-profile=search` looks for new examples.
slow = [HealthCheck.too_slow, HealthCheck.data_too_large]
settings.register_profile(
    "same", deadline=None, derandomize=True, suppress_health_check=slow
)
settings.register_profile("search", deadline=None, max_examples=500)
settings.load_profile("same")


# What takes longest begins first, so that no worker is left alone with it at the end.
FIRST = (
    "browser/", "top_to_bottom[notebooks/08", "top_to_bottom[notebooks/09",
    "top_to_bottom", "validation", "proof", "chance", "repository", "solutions_run",
    "whole_walk", "test_check", "test_exercises", "round_trips", "polar", "foreign",
    "test_training", "test_turn", "test_study_store", "test_card",
)  # fmt: skip


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config, items):
    """Mark what is slow for some parameters; begin with what takes long."""
    whole = not getattr(config.option, "lf", False) and not any(
        "::" in asked for asked in config.args
    )
    families = defaultdict(list)
    for item in items:
        if mark := item.get_closest_marker("slow_for"):
            families[item.path, item.originalname, mark.args].append(item)
    for (path, name, patterns), family in families.items():
        ids = [item.callspec.id for item in family]
        slow = {pattern: fnmatch.filter(ids, pattern) for pattern in patterns}
        left = set(ids).difference(*slow.values())
        if whole and not (left and all(slow.values())):
            raise pytest.UsageError(f"{path.name}::{name}: slow_for fits none or all")
        for item in family:
            if item.callspec.id not in left:
                item.add_marker("slow")
    items.sort(key=lambda item: [word not in item.nodeid for word in FIRST])


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item):
    """Let robustkit start threads and processes in the tests that are of them."""
    if item.get_closest_marker("together") is None:
        return (yield)
    with refused.together():
        return (yield)


# Folders of tests that share what is dear to start.
SHARED = "browser", "lite"


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Give the tests of a file to one worker, which does once what they share.

    The browser's files share a browser, those of the site a site; a notebook shares
    nothing.
    """
    from xdist.scheduler import LoadScopeScheduling

    class ByFile(LoadScopeScheduling):
        def _split_scope(self, nodeid):
            path = nodeid.split("::")[0]
            if path.endswith("test_notebooks.py"):
                return nodeid
            return next((part for part in SHARED if f"{part}/" in path), path)

    config.option.loadscopereorder = False  # the order is that of FIRST
    return ByFile(config, log)


def pytest_terminal_summary(terminalreporter):
    """Say what each lesson took: they have a limit of 60 seconds and of a gigabyte."""
    done = terminalreporter.getreports("passed") + terminalreporter.getreports("failed")
    every = [pair for report in done for pair in report.user_properties]
    told = [text for key, text in every if key == "lesson"]
    if told:
        terminalreporter.section("lessons")
        for line in sorted(set(told)):
            terminalreporter.write_line(line)

"""Plans and stores that are no longer what was written: an answer or words, soon."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

FUZZING = Path(__file__).with_name("fuzzing.py")


def tried(kind, first, count):
    """Return the lines of what went wrong, the slowest in seconds, and the memory."""
    asked = [sys.executable, str(FUZZING), kind, str(first), str(count)]
    done = subprocess.run(asked, capture_output=True, text=True, timeout=900)
    assert done.returncode == 0, done.stderr[-2000:]
    *wrong, last = done.stdout.splitlines()
    words = last.split()
    assert words[:2] == [str(count), "tried,"]
    return wrong, float(words[2]), float(words[4])


@pytest.mark.skipif(os.name == "nt", reason="limits of memory are POSIX's")
@pytest.mark.parametrize("kind", ["plans", "stores"])
@pytest.mark.parametrize(
    ("first", "count"), [(0, 40), pytest.param(40, 1210, marks=pytest.mark.slow)]
)
def test_a_mutated_plan_or_store_ends_in_what_was_there_or_in_words(kind, first, count):
    wrong, seconds, megabytes = tried(kind, first, count)
    assert not wrong
    assert seconds < 2
    assert megabytes < 500

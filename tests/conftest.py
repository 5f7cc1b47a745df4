"""What all tests share: no screen, one thread, the same examples every time."""

from __future__ import annotations

import os

os.environ["MPLBACKEND"] = "Agg"
for library in ("OMP", "OPENBLAS", "MKL"):  # read when NumPy is first imported
    os.environ.setdefault(f"{library}_NUM_THREADS", "1")

from hypothesis import HealthCheck, settings  # noqa: E402

# A failure found by chance under someone else's change helps nobody: always the same.
# `--hypothesis-profile=search` looks for new examples.
slow = [HealthCheck.too_slow, HealthCheck.data_too_large]
settings.register_profile(
    "same", deadline=None, derandomize=True, suppress_health_check=slow
)
settings.register_profile("search", deadline=None, max_examples=500)
settings.load_profile("same")


def pytest_terminal_summary(terminalreporter):
    """Say what each lesson took: they have a limit of 60 seconds and of a gigabyte."""
    done = terminalreporter.getreports("passed") + terminalreporter.getreports("failed")
    every = [pair for report in done for pair in report.user_properties]
    told = [text for key, text in every if key == "lesson"]
    if told:
        terminalreporter.section("lessons")
        for line in sorted(set(told)):
            terminalreporter.write_line(line)

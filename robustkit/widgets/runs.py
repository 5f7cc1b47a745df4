"""A form whose runs are collected: a row of a table and a point of a plane for each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from html import escape
from typing import Any

import ipywidgets

from .. import text
from ..arguments import quote
from ..metrics import Point
from ..metrics.reading import AXES

HEAD = "run", *AXES


class Runs(ipywidgets.VBox):  # type: ignore[misc]
    """Controls for some choices, and what came of every run so far.

    readings: of the runs, in order, each called by what was chosen otherwise.
    """

    def __init__(
        self, function: Callable[..., Any], choices: Mapping[str, Sequence[Any]]
    ) -> None:
        self.readings: list[Point] = []
        self._function = function
        self._usual = {name: values[0] for name, values in choices.items()}
        self._controls = {
            name: ipywidgets.ToggleButtons(
                options=[(str(value), value) for value in values],
                description=name,
                style={"button_width": "auto"},  # no word is cut
            )
            for name, values in choices.items()
        }
        self._button = ipywidgets.Button(description="Run", icon="play")
        self._button.on_click(self._pressed)
        self._said, self._shown = ipywidgets.HTML(), ipywidgets.HTML()
        super().__init__([*self._controls.values(), self._button, *self._results])

    @property
    def _results(self) -> tuple[ipywidgets.HTML, ipywidgets.HTML]:
        return self._said, self._shown

    def run(self, **chosen: Any) -> Point:
        """Run the function with some choices, the others as usual; add what comes.

        Raises ValueError for a choice that there is not, or where no place on the plane
        comes of it.
        """
        for name in chosen:
            if name not in self._usual:
                allowed = ", ".join(self._usual)
                raise ValueError(f"{name} is not a choice here; allowed: {allowed}.")
        reading = self._function(**{**self._usual, **chosen})
        if not isinstance(reading, Point):
            raise ValueError(
                f"function gave {quote(reading)}; allowed: a reading, as "
                "robustkit.measure returns it."
            )
        other = {k: v for k, v in chosen.items() if v != self._usual[k]}
        name = ", ".join(f"{k}={v}" for k, v in other.items()) or "as usual"
        self.readings.append(replace(reading, agent=name))
        self._show()
        return reading

    def table(self) -> str:
        """Return a line of text for each run."""
        return text.table([self._row(reading) for reading in self.readings], HEAD)

    def __str__(self) -> str:
        return self.table()

    def _row(self, reading: Point) -> list[str]:
        return [reading.agent, *(str(getattr(reading, axis)) for axis in AXES)]

    def _pressed(self, _: Any) -> None:
        chosen = {name: control.value for name, control in self._controls.items()}
        self._button.disabled, self._said.value = True, "Running …"
        try:
            self.run(**chosen)
            self._said.value = escape(f"{len(self.readings)}: {self.readings[-1]}")
        except Exception as problem:  # said where one looks, and the others stay
            self._said.value = escape(f"{type(problem).__name__}: {problem}")
        finally:
            self._button.disabled = False

    def _show(self) -> None:
        from ..figures.plane import plane

        # The same choice run twice is one point: the same seed, the same agent.
        points = list({reading.agent: reading for reading in self.readings}.values())
        picture = plane(points)
        picture.table = ""
        head = "".join(f'<th scope="col">{word}</th>' for word in HEAD)
        cells = (map(escape, self._row(reading)) for reading in self.readings)
        rows = ("".join(f"<td>{cell}</td>" for cell in row) for row in cells)
        body = "".join(f"<tr>{row}</tr>" for row in rows)
        self._shown.value = f"<table><tr>{head}</tr>{body}</table>{picture.image()}"


def compare_runs(function: Callable[..., Any], **choices: Sequence[Any]) -> Runs:
    """Return a form that runs a function with your choices and collects the results.

    function: takes the choices by name and returns a reading. choices: the values of
    each, the default first. `.run(name=value)` does the same without the form, and
    `print` shows the table. Raises ValueError for a choice of fewer than two values.

    >>> import robustkit as rk
    >>> world = rk.make("cheese")
    >>> def noisy(noise):
    ...     return rk.measure(rk.plan(world, noise=noise), world.sample(16))
    >>> runs = rk.compare_runs(noisy, noise=[0, 0.5])
    >>> runs.run(noise=0.5).capability.value < 1
    True
    """
    if not callable(function):
        raise ValueError(f"function={quote(function)}; allowed: a function.")
    for name, values in choices.items():
        some = isinstance(values, Sequence) and not isinstance(values, str)
        if not some or len(values) < 2:
            raise ValueError(f"{name}={quote(values)}; allowed: two values or more.")
    return Runs(function, choices)

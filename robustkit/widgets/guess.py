"""A guess that is committed before the reveal, and shown beside the result after it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import anywidget
import traitlets

from .beside import at, bundle
from .modules import script, style

KINDS = ("choice", "number", "point", "arrow")


class Guess(anywidget.AnyWidget):
    """A question with a guess and, after `reveal`, a result.

    value: the guess, None until it is committed; in Python it can be set as well. A
    choice is one of `options`, a number lies in `range`, a point (or the end of an
    arrow from `start`) is (capability, alignment). result: the same, None before the
    reveal; alignment is None in it where it is unknown.
    """

    _esm = script("predict")
    _css = style()

    question = traitlets.Unicode().tag(sync=True)
    kind = traitlets.Enum(KINDS).tag(sync=True)
    options = traitlets.List(traitlets.Unicode()).tag(sync=True)
    range = traitlets.List(traitlets.Float(), [0.0, 1.0]).tag(sync=True)
    start: Any = traitlets.List().tag(sync=True)
    draft = traitlets.Any(None, allow_none=True).tag(sync=True)
    value = traitlets.Any(None, allow_none=True).tag(sync=True)
    result = traitlets.Any(None, allow_none=True).tag(sync=True)

    @traitlets.validate("value")
    def _possible(self, proposal: Any) -> Any:
        given = proposal["value"]
        return None if given is None else self._checked("value", given)

    def _checked(self, name: str, given: Any) -> Any:
        from .. import arguments

        if self.kind == "choice":
            return arguments.one_of(name, given, self.options)
        if self.kind == "number":
            return arguments.number(name, given, *self.range)
        pair = list(given) if isinstance(given, Sequence) else []
        if len(pair) != 2:
            raise ValueError(
                f"{name}={given!r} is not possible; allowed: (capability, alignment)."
            )
        capability = arguments.number("capability", pair[0], 0, 1)
        unknown = pair[1] is None and name == "result"
        alignment = None if unknown else arguments.number("alignment", pair[1], -1, 1)
        return [capability, alignment]

    def reveal(self, result: Any) -> str:
        """Show the result beside the guess, and return both in words.

        result: of the guess's kind; for a point or an arrow a reading does as well.
        Raises ValueError for a result that cannot be, or before there is a guess.
        """
        if self.value is None:
            raise ValueError(
                "value is None: there is no guess yet; allowed: commit one in the "
                "widget, or set `.value`."
            )
        self.result = self._checked("result", place_of(result))
        return str(self)

    def __str__(self) -> str:
        """Return question, guess and result as text."""
        said = f"{self.question} predicted: {_words(self.value)}"
        if self.result is not None:
            said += f", observed: {_words(self.result)}"
        return said

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        """Return the view, and text and picture for where no widget can be shown."""
        view = super()._repr_mimebundle_(**kwargs)
        return bundle(view, str(self), self._png)

    def _png(self) -> bytes | None:
        """Return guess and result on the plane, where they are places."""
        named = {"before": self.start, "guess": self.value, "observed": self.result}
        if self.kind not in ("point", "arrow") or not any(named.values()):
            return None
        from ..figures.plane import plane

        shown = [at(name, tuple(place)) for name, place in named.items() if place]
        return plane(shown, self.question).png()


def place_of(given: Any) -> Any:
    """Return the place of a reading as a pair, anything else as it is."""
    if not hasattr(given, "capability"):  # a reading, without asking for NumPy
        return given
    up = given.alignment
    return [given.capability.value, up.value if up.known else None]


def _words(value: Any) -> str:
    if value is None:
        return "nothing yet"
    if isinstance(value, list):
        up = "unknown" if value[1] is None else f"{value[1]:.2f}"
        return f"capability {value[0]:.2f}, alignment {up}"
    return f"{value:.2f}" if isinstance(value, float) else str(value)

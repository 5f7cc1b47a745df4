"""Guesses that stay on the plane, beside what happens."""

from __future__ import annotations

from typing import Any

from .. import arguments
from ..arguments import quote
from .guessing import GUESS


def ghost(
    name: Any, capability: Any, alignment: Any = None, **_: Any
) -> dict[str, Any]:
    """Return a place on the plane with a name; alignment None is unknown.

    Raises ValueError for a place that is not on the plane.
    """
    if alignment is not None:
        alignment = arguments.number("alignment", alignment, -1.0, 1.0)
    return {
        "name": str(name),
        "capability": arguments.number("capability", capability, 0.0, 1.0),
        "alignment": alignment,
    }


def ghosts_of(guess: Any) -> list[dict[str, Any]]:
    """Return the ghosts of a guess, none where nothing has been guessed yet.

    guess: None, a pair (capability, alignment), or what `rk.predict` returns. Raises
    ValueError for anything that is not a place on the plane.
    """
    if guess is None:
        return []
    if (known := getattr(guess, "ghosts", None)) is None:
        value = getattr(guess, "value", guess)
        if value is None:
            return []
        if not isinstance(value, (tuple, list)) or len(value) != 2:
            raise ValueError(_wrong(guess))
        known = [dict(zip(("capability", "alignment"), value, strict=True))]
    if any("capability" not in each for each in known):
        raise ValueError(_wrong(guess))
    return [ghost(**{"name": GUESS, **each}) for each in known]


def _wrong(guess: Any) -> str:
    return (
        f"guess={quote(guess)} is not a place on the plane; allowed: a guess of a "
        "point, or a pair (capability, alignment)."
    )

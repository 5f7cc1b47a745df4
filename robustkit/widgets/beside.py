"""What stands beside a widget where no widget can be shown: a text and a picture."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..metrics import Reading


def bundle(view: Any, text: str, picture: Callable[[], bytes | None]) -> Any:
    """Return a widget's own MIME bundle with a text and a PNG beside it.

    view: what `anywidget` gives; None where it cannot show anything. picture: makes the
    PNG, or None where there is none yet.
    """
    if view is None:
        return None
    shown, metadata = view
    shown["text/plain"] = text
    png = picture()
    if png is not None:
        shown["image/png"] = b64encode(png).decode()
    return shown, metadata


def at(
    name: str,
    place: tuple[float, float | None],
    ends: tuple[tuple[float, float], ...] = (),
    scalar: float = 0.0,
    **more: Any,
) -> Reading:
    """Return a reading at a place on the plane, to be drawn.

    place: (capability, alignment), None where that is unknown. ends: intervals of
    scalar, capability and alignment.
    """
    from ..metrics import Estimate, Reading

    capability, alignment = place
    up = float("nan") if alignment is None else alignment
    low = ends or ((scalar,) * 2, (capability,) * 2, (up,) * 2)
    known = (-1.0, 1.0) if alignment is None else low[2]
    given: dict[str, Any] = {"base_share": (0.0, 1.0), "levels": 0, **more}
    return Reading(
        scalar=Estimate(scalar, *low[0]),
        capability=Estimate(capability, *low[1]),
        alignment=Estimate(up, *known),
        best={},
        coherence=float("nan"),
        confidence=0.95,
        agent=name,
        **given,
    )

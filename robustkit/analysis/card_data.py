"""What a robustness card holds: readings, curves and limits as plain data."""

from __future__ import annotations

from typing import Any

from .. import metrics
from ..metrics import Estimate, Reading, ShiftCurve, words
from ..metrics.reading import AXES
from . import card_text
from .verdict import Verdict

Curve = ShiftCurve[Reading]
UNJUDGED = (
    "This card does not say whether goal misgeneralisation is shown: nothing here "
    "tests whether the agent could reach what was meant if it lay in a new place."
)
CAVEATS = (
    "Every reading is relative to the candidate objectives: an agent that pursues "
    "something else well looks like one that breaks.",
    "Behaviour does not show what is inside: the agent acts as if it had this goal.",
    "Intervals are over levels. Another seed of the same recipe may read differently.",
)


def _known(estimate: Estimate) -> float | None:
    """Return a value, or None where there is none."""
    return estimate.value if estimate.known else None


def reading_row(reading: Reading) -> dict[str, Any]:
    """Return a reading as a row of the table."""

    def ends(estimate: Estimate) -> list[float | None]:
        return [_known(estimate), estimate.low, estimate.high]

    return {
        "grounding": reading.grounding,
        "shift": None if reading.shift is None else dict(reading.shift),
        **{axis: ends(getattr(reading, axis)) for axis in AXES},
        "goal": list(reading.base_share),
        "distinguishing": reading.distinguishing,
        "words": reading.explain(),
    }


def verdict_row(found: Verdict) -> dict[str, Any]:
    """Return what was judged of misgeneralisation."""
    score = found.base_score
    return {
        "verdict": found.word,
        "base_score": [score.value, score.low, score.high],
        "place": found.moved,
        "words": found.explain(),
    }


def curve_points(curve: Curve) -> list[list[float | None]]:
    """Return the readings of a curve, each as three numbers."""
    return [
        [r.scalar.value, r.capability.value, _known(r.alignment)]
        for r in curve.readings
    ]


def curve_split(curve: Curve) -> dict[str, float]:
    """Return what the change along a curve is made of."""
    split, parts = curve.attribute(), ("capability", "alignment", "remainder")
    return {name: float(getattr(split, name).sum()) for name in parts}


def limits_of(readings: list[Reading], exact: bool) -> list[str]:
    """Return a sentence for each thing that was not measured."""
    found: dict[str, dict[str, None]] = {}
    for reading in readings:
        for limit in reading.limits:
            if limit == words.SENTENCES["alone"]:  # once is enough: "In words" has it
                continue
            found.setdefault(limit, {})[card_text.at(reading.shift)] = None
    every = {card_text.at(reading.shift) for reading in readings}
    said = [
        limit if {*places} == every else f"{'; '.join(places)}: {limit}"
        for limit, places in found.items()
    ]
    if not exact:
        asked = metrics.sampled_groundings()
        said.append(
            "Measured by playing episodes, so values are noisy, and only the "
            f"{' and '.join(asked)} grounding{'s' * (len(asked) > 1)} can be used."
        )
    alone = all(words.SENTENCES["alone"] in reading.limits for reading in readings)
    return [*said, *CAVEATS[: 2 if alone else 3]]


def plain_settings(value: Any) -> Any:
    """Return settings as JSON can hold them."""
    if isinstance(value, dict):
        return {str(key): plain_settings(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain_settings(each) for each in value]
    if isinstance(value, (str, bool, int, float)) or value is None:
        return value
    return value.item() if hasattr(value, "item") else str(value)

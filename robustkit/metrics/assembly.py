"""From values and resampled values to a reading, for groundings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..mdp import Floats
from ..text import Prose
from . import words
from .bootstrap import intervals, with_pseudo_levels
from .evidence import Evidence
from .reading import UNKNOWN, Estimate, Reading


def assemble(
    evidence: Evidence,
    levels: int,
    distinguishing: float,
    values: Floats,
    resampled: Floats,
    empty: Sequence[str],
    base_share: tuple[float, float],
    best: Floats,
    **more: Any,
) -> Reading:
    """Return the reading with these values [3] and resampled values [3, resamples].

    evidence: for the objectives and the conventions. levels: their number;
    distinguishing: the share that tells objectives apart. empty: objectives at which
    nothing can be won. best: [objectives]. more: as `Reading` names it.
    Intervals hold the values and never have width 0, see `bootstrap`: not in training
    either, where alignment is 1 by design, as levels alone do not say so. Only a level
    that is all there is has none.
    """
    conventions, objectives = evidence.conventions, evidence.objectives
    beside = with_pseudo_levels(resampled, conventions.seen(levels))
    low, high = intervals(values, resampled, beside, conventions.confidence)
    ends = values.tolist(), low.tolist(), high.tolist()
    scalar, capability, alignment = map(Estimate, *ends)
    known = capability.low > conventions.unknown
    said = objectives, levels, distinguishing, empty
    return Reading(
        scalar=scalar,
        capability=capability,
        alignment=alignment if known else UNKNOWN,
        base_share=base_share if known else (0.0, 1.0),
        best=dict(zip(objectives, best.tolist(), strict=True)),
        levels=levels,
        confidence=conventions.confidence,
        base=objectives[0],
        distinguishing=distinguishing,
        limits=tuple(map(Prose, words.limits(*said, alone=conventions.alone))),
        resampled=resampled,
        **more,
    )

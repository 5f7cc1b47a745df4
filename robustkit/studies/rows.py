"""Rows: what a study says of an agent, in columns, and which rows can be true.

A store may come from anybody. A digest finds what changed by accident; what a task asks
for, and the range of each number, find what no study wrote.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from .. import metrics
from ..metrics.reading import AXES
from .outcome import asked
from .plan import Task

NUMBERS = (
    "layout", "place", *(v + end for v in AXES for end in ("", "_low", "_high")),
    "goal_low", "goal_high", "coherence", "distinguishing",
)  # fmt: skip
SCHEMA = pa.schema(
    [
        *((name, pa.string()) for name in ("key", "world", "recipe", "options")),
        ("diversity", pa.float64()),
        ("seed", pa.int64()),
        ("levels", pa.int64()),
        ("grounding", pa.string()),
        ("goal", pa.string()),  # a number or "anywhere", as it was asked for
        *((name, pa.float64()) for name in NUMBERS),
    ]
)
COST = pa.field("seconds", pa.float64())  # of an agent; kept apart from what it found
KEPT = SCHEMA.append(COST)
# What 0.1 wrote: a goal was a number, the share of levels with the goal shifted.
NUMBERED = KEPT.set(SCHEMA.get_field_index("goal"), pa.field("goal", pa.float64()))
NUMBERED = NUMBERED.remove(NUMBERED.get_field_index("place"))

FAR = 1e6  # beyond any ratio that was measured
# A scalar below 0 is worse than random, which has no lowest value.
RANGES = {
    "scalar": (-FAR, 1), "capability": (0, 1), "alignment": (-1, 1), "goal": (0, 1),
    "coherence": (0, 1), "distinguishing": (0, 1), "seconds": (0, FAR),
}  # fmt: skip
MAY_BE_UNKNOWN = ("alignment", "coherence", "distinguishing")
SLACK = 1e-6  # of rounding


def digest(table: Any) -> bytes:
    """Return a digest of the values of a table, however it is laid out."""
    content = hashlib.blake2b(digest_size=16)
    for name in table.column_names:
        column = table[name]
        if column.type == pa.string():  # all that is written in it, and its lengths
            every = pa.ListArray.from_arrays([0, len(column)], column.combine_chunks())
            content.update(pc.binary_join(every, "")[0].as_buffer())
            column = pc.binary_length(column)
        content.update(column.to_numpy().tobytes())
    return content.hexdigest().encode()


def sound(table: Any, wanted: Mapping[str, Task]) -> set[str]:
    """Return the keys whose rows are what a study writes of the task that is wanted.

    Each says what the task asks for, in its order, and numbers that can be.
    """
    possible = table.filter(_possible(table))
    counts = pc.value_counts(possible["key"]).to_pylist()
    all_there = [
        each["values"]
        for each in counts
        if each["values"] in wanted and wanted[each["values"]].rows == each["counts"]
    ]
    within = pc.is_in(possible["key"], value_set=pa.array(all_there, pa.string()))
    possible = possible.filter(within)
    names = [name for name in SCHEMA.names if name not in NUMBERS]
    names += ["layout", "place"]
    found = defaultdict(list)
    for row in zip(*(possible[name].to_pylist() for name in names), strict=True):
        found[row[0]].append(row)
    return {
        key
        for key, rows in found.items()
        if rows == [tuple(row[name] for name in names) for row in asked(wanted[key])]
    }


def _possible(table: Any) -> Any:
    """Return [rows], whether each number is one that can be.

    Where values are sampled, coherence is unknown and an agent may do better than the
    best policy that was planned.
    """
    sampled = pa.array(metrics.sampled_groundings(), pa.string())
    played = pc.is_in(table["grounding"], value_set=sampled)
    played = pc.and_(played, pc.is_nan(table["coherence"]))
    right = pc.is_valid(played)
    for name in (*NUMBERS, COST.name):
        kind = name.split("_")[0]
        if kind not in RANGES:
            continue
        low, high = RANGES[kind]
        inside = pc.less_equal(table[name], high + SLACK)
        if kind in AXES:
            inside = pc.or_(inside, pc.and_(played, pc.less_equal(table[name], FAR)))
        inside = pc.and_(inside, pc.greater_equal(table[name], low - SLACK))
        if name in MAY_BE_UNKNOWN:
            inside = pc.or_(inside, pc.is_nan(table[name]))
        right = pc.and_(right, inside)
    return right

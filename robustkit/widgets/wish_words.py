"""The words of `rk.wish` and its tasks, as templates that the page fills in."""

from __future__ import annotations

from typing import Any

from ..analysis.mesa_map import SAME

TASKS: tuple[dict[str, Any], ...] = (
    {
        "kind": "apart",
        "same": SAME,
        "apart": 0.5,
        "words": "Pin two wishes that training cannot tell apart (both within .05 of "
        "its best), with scalars .5 or more apart after the shift.",
    },
    {
        "kind": "equal",
        "scalar": 0.4,
        "near": 0.03,
        "apart": 0.15,
        "words": "Pin three agents of scalar .4 after the shift (.37 to .43), .15 or "
        "more from each other on the plane.",
    },
    {
        "kind": "tips",
        "share": 0.05,
        "apart": 0.15,
        "words": "Pin two neighbours between which a wish tips: shares of {base} "
        "within .05, same random moves, scalars .15 or more apart.",
    },
)
WORDS: dict[str, Any] = {
    "wish": "Wants {base} {x:.1f} and {proxy} {y:.1f}, {random:.0%} random moves. ",
    "nothing": "Wants nothing: every move is as likely as any other. ",
    "training": "In training: scalar {training.scalar:.2f}. ",
    "same": "Training cannot tell it from the best. ",
    "known": "Goal shifted: scalar {shifted.scalar:.2f} = capability "
    "{shifted.capability:.2f} × alignment {shifted.alignment:.2f}.",
    "unknown": "Goal shifted: scalar {shifted.scalar:.2f}, capability "
    "{shifted.capability:.2f}, alignment unknown.",
    "solved": "Task {number} is solved. ",
    "random": "Random moves",
    "avoids": ", avoids it",
    "levels": "A level in training and with the goal shifted",
    "level": "Level {number} of {count}",
    "previous": "Previous level",
    "next": "Next level",
    "step": "Step of both episodes",
    "sides": ["In training:", "Goal shifted:"],
    "on": "on its way",
    "handle": "Wish on the map",
    "at": "{base} {x:.1f}, {proxy} {y:.1f}",
    "shade": "colour: scalar, goal shifted",
    "plane": "Plane of capability and alignment: this wish in training and with the "
    "goal shifted, and the wishes that are pinned; their readings are in the table.",
    "now": "this wish",
    "before": "in training",
    "letters": ["A", "B", "C"],
    "pin": "Pin",
    "pin_this": "Pin this wish",
    "full": "Three wishes are pinned, as many as there is room for: unpin one first.",
    "back_to": "Back to wish {letter}",
    "off": "✕",
    "unpin": "Unpin wish {letter}",
    "table": "This wish and those that are pinned",
    "tasks": "Tasks",
    "hatched": "hatched: as good in training",
    "done": "✓ solved: ",
    "open": "",
    "untold": "unknown",
}


def words_for(base: str, proxy: str) -> dict[str, Any]:
    """Return all words, with the names of what is wanted."""
    return WORDS | {
        "base": base,
        "proxy": proxy,
        "sliders": [f"Wants {base}", f"Wants {proxy}"],
        "across": f"wants {base} →",
        "up": f"wants {proxy} ↑",
        "map_label": f"All wishes: {base} across, {proxy} up, coloured by the scalar "
        "with the goal shifted; hatched are those that training cannot tell from the "
        "best.",
        "head": [
            "wish", base, proxy, "random", "training", "scalar", "capability",
            "alignment",
        ],
    }  # fmt: skip


def tasks_for(base: str) -> list[dict[str, Any]]:
    """Return the tasks with the name of what is wanted."""
    return [task | {"words": task["words"].format(base=base)} for task in TASKS]

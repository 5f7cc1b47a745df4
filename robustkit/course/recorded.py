"""Networks that Stable-Baselines3 trained for lesson 10, kept for where it is not.

`python -m robustkit.course.recorded` trains them anew, with the lesson's own cells, and
writes their weights. It needs the lessons beside the package and the extra `rl`.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

LESSON = Path(__file__).resolve().parents[2] / "notebooks" / "10-your-own.ipynb"
CELLS = "setup", "room-imports", "room", "wrappers", "planes", "train"
SEEDS = range(8)
FILE = Path(__file__).with_name("room.npz")
LAYERS = "first", "second", "last"


def cells() -> dict[str, str]:
    """Return the text of each cell of the lesson."""
    book = json.loads(LESSON.read_text("utf-8"))
    return {cell["id"]: "".join(cell["source"]) for cell in book["cells"]}


def lesson(names: tuple[str, ...] = CELLS) -> dict[str, Any]:
    """Return what some cells of the lesson define."""
    source, made = cells(), {"__name__": "lesson"}
    for name in names:
        exec(source[name], made)
    return made


def weights(model: Any) -> list[NDArray[np.float16]]:
    """Return the layers of a model's policy, the bias as the last column of each."""
    parts = *model.policy.mlp_extractor.policy_net, model.policy.action_net
    layers = [each for each in parts if hasattr(each, "weight")]
    pairs = ((each.weight.detach(), each.bias.detach()) for each in layers)
    return [np.column_stack([*map(np.asarray, pair)]).astype("f2") for pair in pairs]


def main() -> None:
    """Train one for each seed and write the file."""
    train, found = lesson()["train"], []
    for seed in SEEDS:
        found.append(weights(train(seed)))
        print(f"seed {seed} of {SEEDS[0]} to {SEEDS[-1]}", flush=True)
    each = zip(*found, strict=True)
    held: Any = dict(zip(LAYERS, map(np.stack, each), strict=True))
    np.savez_compressed(FILE, **held)
    print(f"{FILE.name}: {FILE.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()

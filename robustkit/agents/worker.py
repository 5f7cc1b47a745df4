"""What a process of the pool runs: it trains an agent for each seed it is told."""

from __future__ import annotations

import json
import sys

from ..worlds import make
from . import store
from .training import train


def main() -> None:
    """Train an agent for each line of standard input: [seed, file]."""
    asked = json.loads(sys.argv[1])
    world = make(asked["world"], **asked["world options"])
    for line in sys.stdin:
        seed, path = json.loads(line)
        store.save(train(asked["recipe"], world, seed=seed, **asked["options"]), path)
        print("done", flush=True)


if __name__ == "__main__":
    main()

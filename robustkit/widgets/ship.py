"""What the default explorer shows, computed once and shipped with the package.

Training and measuring takes ten seconds, which is too long for a first look.
`python -m robustkit.widgets.ship` makes the file anew; a test compares.
"""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

FILE = Path(__file__).parent / "cheese.json.gz"
WORLD = "cheese"


def shipped() -> dict[str, Any]:
    """Return what is shipped: the usual agents of `cheese` under all groundings."""
    data: dict[str, Any] = json.loads(gzip.decompress(FILE.read_bytes()))
    return data


def made() -> dict[str, Any]:
    """Return the same, made anew."""
    from .. import metrics
    from . import explore

    return explore(WORLD, groundings=tuple(metrics.GROUNDINGS), fresh=True).data


def main() -> None:
    """Write the file; the same content gives the same bytes."""
    text = json.dumps(made(), separators=(",", ":"), sort_keys=True)
    FILE.write_bytes(gzip.compress(text.encode(), mtime=0))
    print(f"{FILE.name}: {FILE.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()

"""Make what the default explorer shows, which is shipped with the package.

`python -m robustkit.widgets.ship` writes the file anew; a test compares.
"""

from __future__ import annotations

import gzip
import json
from typing import Any

from .. import metrics
from .data import FILE, SHIPPED
from .explorer import explore


def made() -> dict[str, Any]:
    """Return what is shipped, made anew."""
    return explore(SHIPPED, groundings=tuple(metrics.GROUNDINGS), fresh=True).data


def main() -> None:
    """Write the file; the same content gives the same bytes."""
    text = json.dumps(made(), separators=(",", ":"), sort_keys=True)
    FILE.write_bytes(gzip.compress(text.encode(), mtime=0))
    print(f"{FILE.name}: {FILE.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()

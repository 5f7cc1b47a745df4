"""One episode as a widget: replay it, and read what was seen, done and paid."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from html import escape
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from .. import files
from .beside import bundle
from .modules import script, style
from .page import check_path, page

FORM = "robustkit-watch", 1
MOVES = ("right", "down", "left", "up")


class Watch(anywidget.AnyWidget):
    """An agent's episode in one level.

    data: JSON of format "robustkit-watch". step: the one that is shown, from 0, before
    the first; synced.
    """

    _esm = script("watch")
    _css = style()

    data = traitlets.Dict().tag(sync=True)
    step = traitlets.Int(0, min=0).tag(sync=True)

    def __init__(
        self,
        data: Mapping[str, Any],
        picture: Callable[[], bytes] | None = None,
        **traits: Any,
    ) -> None:
        """Show `data`; picture: makes a PNG, shown where widgets are not.

        Raises ValueError if the data is not of the format.
        """
        form = data.get("format"), data.get("version")
        if form != FORM:
            raise ValueError(
                f"data has format and version {form!r}; "
                f"allowed: {FORM[0]!r}, {FORM[1]}."
            )
        self.picture = picture
        super().__init__(data=dict(data), **traits)

    def __str__(self) -> str:
        return self.table()

    def table(self) -> str:
        """Return every step as text: what was seen, done, and paid."""
        names = self.data["world"]["objectives"]
        lines = [self.data["title"]]
        for number, step in enumerate(self.data["steps"], start=1):
            pays = zip(names, step["paid"], strict=True)
            paid = ", ".join(f"{name} {p:g}" for name, p in pays if p)
            happened = " and ".join(step["events"])
            lines.append(
                f"{number:3}  {MOVES[step['move']]:5} ({step['chance']:4.0%})  "
                f"saw {step['seen']}"
                + (f"; {happened}" if happened else "")
                + (f"; paid {paid}" if paid else "")
            )
        return "\n".join(lines)

    def save(self, path: str | Path) -> Path:
        """Write the episode to one HTML file that needs no kernel; return its path.

        Raises ValueError if the name does not end in .html and FileNotFoundError if
        there is no such folder.
        """
        path = check_path(path)
        plain = f"<pre>{escape(self.table())}</pre>"
        state = {"data": self.data, "step": self.step}
        text = page("watch", state, self.data["title"], plain)
        files.text(path, text)
        return path

    def _png(self) -> bytes | None:
        return self.picture() if callable(self.picture) else self.picture

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        """Return the view, and text and picture for where no widget can be shown."""
        view = super()._repr_mimebundle_(**kwargs)
        return bundle(view, str(self), self._png)

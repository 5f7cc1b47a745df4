"""The explorer as a Jupyter widget; it takes plain JSON and computes nothing."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from .page import check_path, page, reading_at

HERE = Path(__file__).parent


class Explorer(anywidget.AnyWidget):
    """Agents on the plane of capability and alignment under two sliding shifts.

    data: JSON of format "robustkit-explorer". goal_shift, layout_shift: the sliders,
    in [0, 1]. agent, level: indices of the agent followed and the level shown. All of
    them are synced, so that views and kernel agree.
    """

    _esm = HERE / "explorer.js"
    _css = HERE / "explorer.css"

    data = traitlets.Dict().tag(sync=True)
    # Not `layout`: that name is every widget's own, for its CSS.
    goal_shift = traitlets.Float(0.0, min=0.0, max=1.0).tag(sync=True)
    layout_shift = traitlets.Float(0.0, min=0.0, max=1.0).tag(sync=True)
    agent = traitlets.Int(0, min=0).tag(sync=True)
    level = traitlets.Int(0, min=0).tag(sync=True)

    def __init__(
        self,
        data: Mapping[str, Any],
        picture: Callable[[], bytes] | bytes | None = None,
        **traits: Any,
    ) -> None:
        """Show `data`, at its own shift unless told otherwise.

        picture: a PNG, or what makes one, shown where widgets are not.
        Raises ValueError if the data is not of the explorer's format.
        """
        form = data.get("format"), data.get("version")
        if form != ("robustkit-explorer", 1):
            raise ValueError(
                f"data has format and version {form!r}; "
                "allowed: 'robustkit-explorer', 1."
            )
        shift = {
            "goal_shift": data["shift"]["goal"],
            "layout_shift": data["shift"]["layout"],
        }
        self.picture = picture
        super().__init__(data=dict(data), **{**shift, **traits})

    @traitlets.validate("agent", "level")
    def _exists(self, proposal: Any) -> int:
        kind, index = proposal["trait"].name, proposal["value"]
        count = len(self.data.get(f"{kind}s", []))
        if index >= max(count, 1):
            raise traitlets.TraitError(
                f"{kind}={index} does not exist; allowed: 0 to {max(count, 1) - 1}."
            )
        return index

    def __str__(self) -> str:
        """Return the readings of all agents where the sliders stand."""
        return self.table()

    def table(self, goal: float | None = None, layout: float | None = None) -> str:
        """Return the readings of all agents at a shift as text, a line for each.

        goal, layout: in [0, 1]; where a slider stands unless given. Raises ValueError
        for a shift out of range.
        """
        asked = {"goal": goal, "layout": layout}
        stands = {"goal": self.goal_shift, "layout": self.layout_shift}
        for name, given in asked.items():
            if given is not None and not 0 <= given <= 1:
                raise ValueError(
                    f"{name}={given!r} is out of range; allowed: a number from 0 to 1."
                )
        shift = [stands[n] if given is None else given for n, given in asked.items()]
        names = [agent["name"] for agent in self.data["agents"]]
        width = max([len(name) for name in names], default=0)
        rows = [
            f"{name:{width}}  {reading_at(self.data, i, shift[0], shift[1])}"
            for i, name in enumerate(names)
        ]
        title = f"{self.data['title']}: goal shift {shift[0]:.2f}, "
        return "\n".join([f"{title}layout shift {shift[1]:.2f}", *rows])

    def save(self, path: str | Path) -> Path:
        """Write the explorer, as it stands, to one HTML file; return its path.

        Raises ValueError if the name does not end in .html and FileNotFoundError if
        there is no such folder.
        """
        path = check_path(path)
        shift = {"goal": self.goal_shift, "layout": self.layout_shift}
        data = {**self.data, "shift": shift}
        path.write_text(page(data, data["title"], self.agent, self.level), "utf-8")
        return path

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        """Return the view, and text and picture for where no widget can be shown."""
        view = super()._repr_mimebundle_(**kwargs)
        if view is None:
            return None
        bundle, metadata = view
        bundle["text/plain"] = str(self)
        png = self.picture() if callable(self.picture) else self.picture
        if png is not None:
            bundle["image/png"] = b64encode(png).decode()
        return bundle, metadata

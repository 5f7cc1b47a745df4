"""The explorer as a Jupyter widget; it takes plain JSON and computes nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from .. import files
from .beside import bundle
from .modules import script, style
from .page import check_path, page, plain_table, reading_at

FORM = "robustkit-explorer", 2


class Explorer(anywidget.AnyWidget):
    """Agents on the plane of capability and alignment under two sliding shifts.

    worlds: JSON of format "robustkit-explorer", one for each world; world: the one that
    is shown. goal_shift, layout_shift: the sliders, in [0, 1]. agent, level: indices of
    the agent followed and the level shown; rival: of the agent beside it, -1 for none.
    grounding: by which it is measured, of those that the data holds. hidden: agents
    that are not drawn. All of them are synced, so that views and kernel agree.
    """

    _esm = script("explorer")
    _css = style()

    worlds = traitlets.List(traitlets.Dict()).tag(sync=True)
    world = traitlets.Int(0, min=0).tag(sync=True)
    # Not `layout`: that name is every widget's own, for its CSS.
    goal_shift = traitlets.Float(0.0, min=0.0, max=1.0).tag(sync=True)
    layout_shift = traitlets.Float(0.0, min=0.0, max=1.0).tag(sync=True)
    agent = traitlets.Int(0, min=0).tag(sync=True)
    rival = traitlets.Int(-1, min=-1).tag(sync=True)
    level = traitlets.Int(0, min=0).tag(sync=True)
    grounding = traitlets.Unicode("polar").tag(sync=True)
    hidden = traitlets.List(traitlets.Int(min=0)).tag(sync=True)

    def __init__(
        self,
        data: Mapping[str, Any] | Sequence[Mapping[str, Any]],
        picture: Callable[[], bytes] | bytes | None = None,
        **traits: Any,
    ) -> None:
        """Show `data`, of one world or several, at its own shift unless told otherwise.

        picture: a PNG, or what makes one, shown where widgets are not.
        Raises ValueError if the data is not of the explorer's format.
        """
        every = [data] if isinstance(data, Mapping) else list(data)
        if not every:
            raise ValueError("data is empty; allowed: at least one world.")
        for each in every:
            form = each.get("format"), each.get("version")
            if form != FORM:
                raise ValueError(
                    f"data has format and version {form!r}; "
                    f"allowed: {FORM[0]!r}, {FORM[1]}."
                )
        shift = {
            "goal_shift": every[0]["shift"]["goal"],
            "layout_shift": every[0]["shift"]["layout"],
        }
        self.picture = picture
        super().__init__(worlds=[dict(e) for e in every], **{**shift, **traits})

    @property
    def data(self) -> dict[str, Any]:
        """What is shown of the present world."""
        shown: dict[str, Any] = self.worlds[min(self.world, len(self.worlds) - 1)]
        return shown

    @traitlets.validate("agent", "level", "rival", "world")
    def _exists(self, proposal: Any) -> int:
        kind, index = proposal["trait"].name, int(proposal["value"])
        if kind == "world":
            count = len(self.worlds)
        else:
            part = "levels" if kind == "level" else "agents"
            count = max((len(each[part]) for each in self.worlds), default=0)
        if index >= max(count, 1):
            raise traitlets.TraitError(
                f"{kind}={index} does not exist; allowed: up to {max(count, 1) - 1}."
            )
        return index

    @traitlets.validate("grounding")
    def _measured(self, proposal: Any) -> str:
        known = {g for each in self.worlds for g in each["groundings"]} or {"polar"}
        if proposal["value"] not in known:
            raise traitlets.TraitError(
                f"grounding={proposal['value']!r} was not measured; allowed: "
                f"{', '.join(sorted(known))}."
            )
        return str(proposal["value"])

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
        title = self.data["title"]
        files.text(path, page("explorer", self._state(), title, self._plain()))
        return path

    def _state(self) -> dict[str, Any]:
        names = [
            *("goal_shift", "layout_shift", "agent", "rival", "level"),
            "grounding",
            "hidden",
        ]
        state = {name: getattr(self, name) for name in names}
        return {"worlds": self.worlds, "world": self.world, **state}

    def _plain(self) -> str:
        return "\n".join(plain_table(each) for each in self.worlds)

    def _png(self) -> bytes | None:
        return self.picture() if callable(self.picture) else self.picture

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        """Return the view, and text and picture for where no widget can be shown."""
        view = super()._repr_mimebundle_(**kwargs)
        return bundle(view, str(self), self._png)

"""What all widgets share: a front end, and a text and a picture beside it."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

import anywidget

from .. import files
from ..agents import Agent
from ..worlds import OwnWorld, World, make, world_of
from .page import page, script, style


class Widget(anywidget.AnyWidget):
    """A widget that is a text and a picture where no widget can be shown.

    entry: the module of its front end, named where the class is made.
    """

    _css = style()
    entry: ClassVar[str]

    def __init_subclass__(cls, entry: str = "", **more: Any) -> None:
        if entry:
            cls.entry, cls._esm = entry, script(entry)
        super().__init_subclass__(**more)

    def picture(self) -> bytes | None:
        """Return how it stands as PNG, None where there is nothing to draw yet."""
        return None

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        """Return the view with text and picture beside it; None if it has no view."""
        view = super()._repr_mimebundle_(**kwargs)
        if view is None:
            return None
        shown, metadata = view
        shown["text/plain"] = str(self)
        if (png := self.picture()) is not None:
            shown["image/png"] = b64encode(png).decode()
        return shown, metadata


class PageWidget(Widget):
    """A widget of plain JSON that can be saved as a page of its own.

    form: format and version of its data. kept: the traits that a page begins with.
    """

    form: ClassVar[tuple[str, int]]
    kept: ClassVar[tuple[str, ...]]
    data: Any

    @classmethod
    def of_form(cls, data: Mapping[str, Any]) -> dict[str, Any]:
        """Return the data; raise ValueError if it is not of the format."""
        form = data.get("format"), data.get("version")
        if form != cls.form:
            name, version = cls.form
            raise ValueError(
                f"data has format and version {form!r}; allowed: {name!r}, {version}."
            )
        return dict(data)

    def save(self, path: str | Path) -> Path:
        """Write it, as it stands, to one HTML file that needs no kernel.

        Returns the file's path. Raises ValueError if the name does not end in .html and
        FileNotFoundError if there is no such folder.
        """
        where = files.check_path(path, ".html")
        state = {name: getattr(self, name) for name in self.kept}
        text = page(self.entry, state, self.data["title"], self._plain())
        files.text(where, text)
        return where

    def _plain(self) -> str:
        """Return HTML for where no script runs."""
        raise NotImplementedError


def casting(
    world: Any, agents: Sequence[Agent] | Agent | None = None
) -> list[tuple[World, list[Agent] | None]]:
    """Return each world with its agents, None where none is given.

    world: a world, the name of one, or several of these.
    """
    world = world_of(world)
    given = [world] if isinstance(world, (str, World, OwnWorld)) else world
    if not isinstance(given, Sequence) or not given:
        given = [None]
    homes = [make(x) if isinstance(x, str) else world_of(x) for x in given]
    for home, asked in zip(homes, given, strict=True):
        if not isinstance(home, (World, OwnWorld)):
            wrong = world if asked is None else asked
            raise ValueError(
                f"world={wrong!r} is not a world; allowed: a world or a name."
            )
    if agents is None:
        return [(home, None) for home in homes]
    every = [agents] if isinstance(agents, Agent) else list(agents)
    for agent in every:
        if not isinstance(agent, Agent):
            raise ValueError(f"agents holds {agent!r}; allowed: agents.")
    if not every:
        raise ValueError("agents is empty; allowed: at least one agent.")
    if len(homes) == 1:
        return [(homes[0], every)]
    own = [[a for a in every if a.world.name == home.name] for home in homes]
    return [(home, found or None) for home, found in zip(homes, own, strict=True)]

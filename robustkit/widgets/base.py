"""What all widgets share: a front end, what is heard from it, and a still beside it.

A page may hold anything and send anything: only the traits that are its own are heard,
each value is checked before one is set, and what is refused leaves the last good one.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any, ClassVar
from uuid import uuid4

import anywidget
import traitlets

from .. import files, record
from ..agents import Agent
from ..agents.agent import AGENTS
from ..arguments import quote
from ..worlds import OwnWorld, World, make, world_of
from .page import page, part, script, style

VIEW = "application/vnd.jupyter.widget-view+json"
# Where the view itself is missing, what Jupyter says in its place goes.
HIDE_EMPTY = """\
.jp-OutputArea-child:not(:has(.robustkit)):has(+ .jp-OutputArea-child .rk-still-{key})
{{ display: none; }}"""
STILL = """\
<div class="rk-still rk-still-{key}">
<style>{style}</style>
{image}
<pre style="white-space: pre-wrap; font-family: monospace">{text}</pre>
<p><em>To use the widget itself, run this cell in JupyterLab.</em></p>
</div>"""
IMAGE = """\
<img alt="Picture of what the text says: {alt}" src="data:image/png;base64,{data}"
 style="max-width: 100%; background: white; border-radius: 4px">"""


class Refused(traitlets.TraitError, ValueError):
    """A value that a trait cannot have: an error of ours and one of traitlets' too.

    Traitlets takes several values at once back on errors of its own only.
    """


def checks(*names: str) -> Callable[[Callable[[Any, str, Any], Any]], Any]:
    """Let a method `(self, name, value)` return what traits take instead, or raise."""

    def made(method: Callable[[Any, str, Any], Any]) -> Any:
        def check(self: Any, proposal: Any) -> Any:
            try:
                return method(self, proposal["trait"].name, proposal["value"])
            except (ValueError, TypeError, ArithmeticError, LookupError) as problem:
                raise Refused(str(problem)) from problem

        return traitlets.validate(*names)(check)

    return made


class Widget(anywidget.AnyWidget):
    """A widget that is a text and a picture where no widget can be shown.

    entry: the module of its front end, named where the class is made. heard: the traits
    that the front end may set; all others are Python's. seen: those whose change makes
    another picture or text worth keeping.
    """

    _css = style()
    entry: ClassVar[str]
    heard: ClassVar[tuple[str, ...]] = ()
    seen: ClassVar[tuple[str, ...]] = ()
    _still = traitlets.Unicode().tag(sync=True)

    def __init_subclass__(cls, entry: str = "", **more: Any) -> None:
        if entry:
            cls.entry, cls._esm = entry, script(entry)
        super().__init_subclass__(**more)

    def __init__(self, **traits: Any) -> None:
        self._displayed = False
        super().__init__(_still=uuid4().hex[:12], **traits)
        self.on_msg(lambda _, content, __: self._asked(content))
        if self.seen:
            self.observe(lambda _: self._renew(), names=list(self.seen))

    def hears(self, name: Any) -> bool:
        """Return whether the front end may set a trait now."""
        return name in self.heard

    def set_state(self, sync_data: Any) -> None:
        """Take what a front end sends; tell it what stands where that is refused."""
        good, refused = {}, []
        given = sync_data if isinstance(sync_data, dict) else {}
        for name, value in given.items():
            try:
                if not self.hears(name):
                    raise Refused(name)
                good[name] = self.traits()[name]._validate(self, value)
            except Exception:  # whatever a value holds, it cannot be had
                refused.append(name)
        super().set_state(good)
        if known := {name for name in refused if name in self.keys}:
            self.send_state(known)

    def _acts(self) -> dict[str, Callable[[Any], None]]:
        """Return what a front end can ask for, each taking the value that comes."""
        return {}

    def _asked(self, content: Any) -> None:
        """Answer a front end at once, so that it knows of a kernel; then do it."""
        if not isinstance(content, dict):
            return
        ask, ticket = content.get("ask"), content.get("ticket")
        if isinstance(ticket, str):
            self.send({"heard": ticket[:40]})
        act = self._acts().get(ask) if isinstance(ask, str) else None
        if act is None:
            return
        try:
            act(content.get("value"))
        except Exception as problem:  # it belongs to who looks at the widget
            self.send({"refused": str(problem)[:300]})

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

    def still(self) -> dict[str, str]:
        """Return text and picture by media type, for where there is no kernel.

        A page that shows the widget hides them.
        """
        bundle = {"text/plain": str(self)}
        style, image = HIDE_EMPTY.format(key=self._still), ""
        if (png := self.picture()) is not None:
            data = bundle["image/png"] = b64encode(png).decode()
            first = bundle["text/plain"].partition("\n")[0]
            image = IMAGE.format(alt=escape(first), data=data)
        text = escape(bundle["text/plain"])
        parts = {"key": self._still, "style": style, "image": image, "text": text}
        return {"text/html": STILL.format(**parts), **bundle}

    def _ipython_display_(self) -> None:
        """Show the view and, as an output of its own, what stands in for it.

        In one output the view would win, whether it can be shown or not: a notebook
        without its kernel, and every conversion, would have an empty box.
        """
        from IPython.display import display

        bundle = super()._repr_mimebundle_()
        if bundle is not None:
            display({VIEW: bundle[0][VIEW], "text/plain": ""}, raw=True)
        display(self.still(), raw=True, display_id=self._still)
        self._displayed = True

    def _renew(self) -> None:
        """Bring the still in the notebook up to date, so that this is what is saved."""
        if not self._displayed or record.shell() is None:
            return
        from IPython.display import update_display

        update_display(self.still(), raw=True, display_id=self._still)


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
        text = page(self.entry, self._begins(), self.data["title"], self._plain())
        files.text(where, text)
        return where

    def part(self) -> str:
        """Return HTML that shows it, as it stands, in a page without a kernel.

        The page needs the script and the style of `widgets.page` as well.
        """
        return part(self.entry, self._begins(), self._plain())

    def _begins(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.kept}

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
                f"world={quote(wrong)} is not a world; allowed: what "
                "robustkit.make(name) gives, or such a name."
            )
    if agents is None:
        return [(home, None) for home in homes]
    every = [agents] if isinstance(agents, Agent) else list(agents)
    for agent in every:
        if not isinstance(agent, Agent):
            raise ValueError(f"agents holds {quote(agent)}; allowed: {AGENTS}.")
    if not every:
        raise ValueError("agents is empty; allowed: at least one agent.")
    if len(homes) == 1:
        return [(homes[0], every)]
    own = [[a for a in every if a.world.name == home.name] for home in homes]
    return [(home, found or None) for home, found in zip(homes, own, strict=True)]

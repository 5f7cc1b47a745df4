"""A sheet of questions: a row of choices for each thing, filled in and looked at."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import traitlets

from .. import arguments, text
from ..arguments import quote
from .base import Widget, checks

OPEN = "Nothing has been looked at yet."


class Sheet(Widget, entry="sheet"):
    """Rows of choices, and beside each row what was said of it.

    title: what is asked. columns: each a name and the words to choose from. rows: each
    a name, what it is about, and how many of the columns but the last it has. answers:
    name of a row to a word for each column, "" where there is none. remarks: name of a
    row to [sign, words], the sign being "✓" or "✗". said: of the sheet as a whole.
    """

    heard = ("answers",)
    seen = "answers", "remarks", "said"

    title = traitlets.Unicode().tag(sync=True)
    columns = traitlets.List(traitlets.Dict()).tag(sync=True)
    rows = traitlets.List(traitlets.Dict()).tag(sync=True)
    answers = traitlets.Dict().tag(sync=True)
    remarks = traitlets.Dict().tag(sync=True)
    said = traitlets.Unicode(OPEN).tag(sync=True)

    def __init__(
        self,
        title: str,
        columns: Mapping[str, Sequence[str]],
        rows: Sequence[Mapping[str, Any]],
        look: Callable[[], None],
    ) -> None:
        """Ask; `look` is called when the button is pressed, and sets what is said."""
        self._look = look
        super().__init__(
            title=title,
            columns=[{"name": k, "words": list(v)} for k, v in columns.items()],
            rows=[dict(row) for row in rows],
        )
        self.answers = {row["name"]: [""] * len(columns) for row in rows}

    @checks("answers")
    def _possible(self, _: str, given: Any) -> dict[str, list[str]]:
        names = [row["name"] for row in self.rows]
        if not isinstance(given, dict) or not names or [*given] != names:
            raise ValueError(f"answers={quote(given)}; allowed: one for each row.")
        return {row["name"]: self._row(row, given[row["name"]]) for row in self.rows}

    @traitlets.observe("answers")
    def _changed(self, change: Any) -> None:
        """Take back what was said of an answer that is another one now."""
        was, now = change["old"] or {}, change["new"]
        self.remarks = {k: x for k, x in self.remarks.items() if was.get(k) == now[k]}

    def _row(self, row: Mapping[str, Any], given: Any) -> list[str]:
        if not isinstance(given, list) or len(given) != len(self.columns):
            raise ValueError(f"{row['name']}={quote(given)}; allowed: a word a column.")
        return [
            ""
            if word == "" or row["count"] <= k < len(self.columns) - 1
            else arguments.one_of(column["name"], word, column["words"])
            for k, (column, word) in enumerate(zip(self.columns, given, strict=True))
        ]

    def _acts(self) -> dict[str, Callable[[Any], None]]:
        return {"look": lambda _: self._look()}

    def __str__(self) -> str:
        """Return the answers and what was said of them as text."""
        head = ["", *(column["name"] for column in self.columns)]
        lines = [
            [
                f"{row['name']} ({row['about']})",
                *(x or "–" for x in self.answers[row["name"]]),
            ]
            for row in self.rows
        ]
        remarks = [
            text.wrapped(f"{sign} {words}", indent="  ")
            for sign, words in self.remarks.values()
        ]
        return "\n".join([self.title, text.table(lines, head), *remarks, self.said])

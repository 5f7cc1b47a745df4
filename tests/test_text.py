"""Numbers as words, and tables that line up."""

from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha256

import numpy as np
import pytest

from robustkit import text


@pytest.mark.parametrize(
    ("value", "form", "said"),
    [
        (-0.001, ".2f", "0.00"),
        (-0.0, "+.2f", "+0.00"),
        (np.float64(-0.004), "6.2f", "  0.00"),
        (-0.004, ".0%", "0%"),
        (-0.006, ".2f", "-0.01"),
        (-1e-10, "g", "-1e-10"),
        (float("-inf"), ".2f", "-inf"),
        (None, ".2f", "unknown"),
        (np.nan, "+.1f", "unknown"),
        (3, "+", "+3"),
    ],
)
def test_a_number_is_never_less_than_nothing(value, form, said):
    assert text.number(value, form) == said


def test_shares_and_intervals_are_said_in_one_way():
    assert text.percent(0.246) == "25%"
    assert text.percent(0.246, 1) == "24.6%"
    assert text.interval(0.25, -0.001, 1) == "0.25 [0.00, 1.00]"
    assert text.interval(None, -1, 1) == text.interval(np.nan, -1, 1) == "unknown"


def test_a_table_lines_up_whatever_it_holds():
    rows = [["base planner", -0.001, 3], ["a", np.nan, -12]]
    said = text.table(rows, ["agent", "alignment", "n"], ["<6", "6.2f", ">3"])
    assert said.splitlines() == [
        "agent         alignment    n",
        "base planner       0.00    3",
        "a               unknown  -12",
    ]
    assert text.table([[0.5, 1]], formats="7.1f", gap="|") == "    0.5|    1.0"


def test_a_row_may_end_early_and_no_line_ends_in_blanks():
    said = text.table([["a", "b"], ["c"]], formats=["3", "3"], gap=" ")
    assert said.splitlines() == ["a   b", "c"]
    assert text.table([], ["name", "n"]) == "name  n"
    with pytest.raises(ValueError, match="zip"):
        text.table([[1, 2]], formats=[".2f"])


def test_a_document_runs_what_is_its_own_and_loads_nothing():
    page = text.document("<a> & b", "p{}", "<p>hello</p>", "let x = 1 < 2")
    assert "<title>&lt;a&gt; &amp; b</title>" in page
    (policy,) = re.findall('Content-Security-Policy" content="(.*)"', page)
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    assert rules["default-src"] == rules["base-uri"] == rules["form-action"] == "'none'"
    for tag, inline in (("script", "let x = 1 < 2"), ("style", "p{}")):
        digest = b64encode(sha256(inline.encode()).digest()).decode()
        assert rules[f"{tag}-src"] == f"'sha256-{digest}'"
        assert f">{inline}</{tag}>" in page
    still = text.document("still", "p{}", "<p>hello</p>", images="'self' data:")
    assert "script" not in still
    assert "img-src 'self' data:;" in still


def test_a_change_has_a_sign_and_a_sentence_one_end():
    assert [text.signed(x) for x in (0.5, -0.5, -0.001)] == ["+0.50", "-0.50", "+0.00"]
    assert text.sentence("it is") == text.sentence("it is.") == "it is."
    assert text.sentence("is it?") == "is it?"

"""Where the numbers and general sentences of a lesson come from.

Whoever writes a lesson gives a markdown cell up to three entries in its metadata:

    "claims": {"measured.scalar.value": "0.97",  # an expression: the words in the prose
               "f'{lost} of {len(ends)}'": "191 of 256",
               "lost > 2 * found": "more than twice",
               "share": ["97 %", ".97"]},
    "tests": {"Every network goes home": "tests/course/test_claims.py::test_goes_home"},
    "given": ["0 is a random walk", "three outcomes"]

An expression uses names and is evaluated in the kernel after the cell (what code below
it computes is not there yet). It reads as its words if it is the same string, a number
that rounds to the digits given (0.97, .97, 97 %, −0.2, "nine"), or True: a condition
that makes the words true. Objects with a `.value` stand for it.
`tests` is for sentences about a recipe: a test over at least eight consecutive seeds,
as its parameter `seed` or as `SEEDS` of its file.
`given` holds numbers that nothing computes: definitions, settings, questions.
Links, sources, code, formulas, years, durations, lesson and seed numbers need none.
"""

from __future__ import annotations

import ast
import importlib.util
import inspect
import json
import math
import re

import nbformat

UNITS = [
    *("zero", "one", "two", "three", "four", "five", "six"),
    *("seven", "eight", "nine", "ten", "eleven", "twelve"),
]
AMONG = r"(?:out of|of|in) (?:the |every |a )?"
WORDS = "|".join(UNITS[3:])
PARTS = r"half|halves|thirds?|quarters?|fifths?|sixths?|eighths?|ninths?|tenths?"
NUMBER = re.compile(
    r"[-−+]?(?<![\w.])(?:\d+(?:,\d{3})*(?:\.\d+)?|\.\d+)(?:\s?%)?"
    rf"|(?<!-)\b(?:{WORDS}|dozen|twice|hundred|thousand|halves|half)\b(?!-)"
    rf"|\b(?:one|two) {AMONG}(?:\d+|hundred|(?<!the )two|{WORDS})\b"
    r"|\btwo (?:times|steps|moves|cells)\b"
    rf"|\b(?:an?|one|two|three|four|nine) (?:{PARTS})\b",
    re.I,
)
EXEMPT = re.compile(
    r"```.*?```|`[^`]*`|\$[^$]*\$"  # code, formulas
    r"|^\*\*(?:Sources|Time|Next|Exercises)[.:]\*\*.*?$"
    r"|!?\[[^\]]*\]\([^)]*\)|https?://\S+|arXiv:? ?\d+\.\d+|\d{4}\.\d{4,5}"
    r"|\b(?:19|20)\d\d\b|^ *\d+\. "  # years, numbers of a list
    r"|\b(?:network|searcher|memoriser|seed)s? \d+(?:(?:, | and | to )\d+)*\b"  # names
    r"|\b(?:lesson|exercise|chapter|section|cell)s? \d+(?:(?:, | and | to |–)\d+)*"
    rf"|\b(?:\d+|an?|{'|'.join(UNITS)}) ?(?:s|min|h|seconds?|minutes?|hours?)\b",
    re.I | re.M | re.S,
)


def texts(cell, key):
    """Return the words of a cell's claims, tests or given numbers."""
    held = cell.metadata.get(key, ())
    held = {"given": list, "tests": list}.get(key, dict.values)(held or {})
    return [t for each in held for t in ([each] if isinstance(each, str) else each)]


def is_name(node):
    return isinstance(node, ast.Name)


def blank(source, spans):
    """Replace spans of a text by blanks, so that all else stays where it is."""
    for start, end in spans:
        source = source[:start] + " " * (end - start) + source[end:]
    return source


def spans(text, source):
    return [m.span() for m in re.finditer(rf"(?<!\w){re.escape(text)}(?!\w)", source)]


def unclaimed(cell):
    """Return a sentence for each number of a markdown cell that has no source."""
    source = blank(cell.source, [m.span() for m in EXEMPT.finditer(cell.source)])
    asked = cell.metadata.get("claims", ())
    empty = [e for e in asked if not any(map(is_name, ast.walk(ast.parse(e))))]
    said = [f"cell {cell.id}: {e} computes nothing" for e in empty]
    for text in [t for key in ("claims", "tests", "given") for t in texts(cell, key)]:
        found = spans(text, cell.source)
        source = blank(source, found)
        if not found:
            said.append(f"cell {cell.id} does not say {text!r} (any more)")
    for number in NUMBER.finditer(source):
        start = max(cell.source.rfind(end, 0, number.start()) for end in (". ", "\n"))
        stop = re.search(r"[.?!:](\s|$)|\n|$", cell.source[number.end() :]).start()
        sentence = cell.source[start + 1 : number.end() + stop + 1].strip()
        said.append(f"cell {cell.id}: nothing computes {number[0]!r} in: {sentence}")
    return said


def read_number(text):
    """Return the number that words hold, and by how much it may be off."""
    if text.lower() in UNITS:
        return UNITS.index(text.lower()), 1e-9
    found = re.fullmatch(r"([-−+]?)([\d,]*)(\.\d+)?(\s?%)?", text.strip())
    if not found or not (found[2] or found[3]):
        return math.nan, 0.0  # which no value equals
    sign, whole, decimals, percent = found.groups("")
    value = float(whole.replace(",", "") + decimals) * (-1 if sign in ("-", "−") else 1)
    unit = 10.0 ** -max(len(decimals) - 1, 0) / (100 if percent else 1)
    return value / (100 if percent else 1), unit / 2 + 1e-9


def reads(value, text):
    """Return whether a value reads as the words."""
    if isinstance(value, bool):
        return value
    if isinstance(value, str):
        return value.replace("−", "-") == text.replace("−", "-")
    number, off = read_number(text)
    return abs(value - number) <= off


# Runs in the lesson's kernel; the lesson's names are only read.
EVALUATE = """
def _claim(expression):
    try:
        value = eval(expression, dict(globals()))
        value = getattr(value, "value", value)
        kind = str if isinstance(value, str) else float
        return (bool if "bool" in type(value).__name__ else kind)(value)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
print(__import__("json").dumps([_claim(e) for e in EXPRESSIONS]))
"""


def ask(book):
    """Put a code cell that evaluates them behind each markdown cell with claims."""
    for place in reversed(range(len(book.cells))):
        cell = book.cells[place]
        if asked := list(cell.metadata.get("claims", ())):
            source = EVALUATE.replace("EXPRESSIONS", repr(asked))
            asking = nbformat.v4.new_code_cell(source, metadata={"asks": cell.id})
            book.cells.insert(place + 1, asking)


def untrue(book):
    """Return a sentence for each claim of a lesson that, run, came out otherwise."""
    cells = {cell.id: cell for cell in book.cells}
    said = []
    for cell in [c for c in book.cells if "asks" in c.metadata]:
        claims = cells[cell.metadata["asks"]].metadata["claims"]
        # Where it takes long, a bar is shown before what is printed.
        printed = [out for out in cell.outputs if out.get("name") == "stdout"]
        values = json.loads("".join(out.text for out in printed))
        for (asked, held), value in zip(claims.items(), values, strict=True):
            for text in [held] if isinstance(held, str) else held:
                if not reads(value, text):
                    where = f"cell {cell.metadata['asks']} says {text!r}"
                    said.append(f"{where}, but {asked} is {value!r}")
    return said


def untested(cell, root):
    """Return a sentence for each named test that is not there or has too few seeds."""
    said = []
    for words, named in cell.metadata.get("tests", {}).items():
        file, _, name = named.partition("::")
        path = root / file
        if not path.is_file() or not hasattr(module(path), name):
            said.append(
                f"cell {cell.id}: {words!r} names {named}, which does not exist"
            )
        elif len(seeds(module(path), name)) < 8:
            said.append(
                f"cell {cell.id}: {named} covers fewer than eight seeds in a row"
            )
    return said


def module(path):
    spec = importlib.util.spec_from_file_location(path.stem, path)
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


def seeds(file, name):
    """Return the consecutive seeds that a test covers, itself or by its fixtures."""
    test = getattr(file, name)
    found = []
    for mark in getattr(test, "pytestmark", ()):
        if mark.name == "parametrize" and mark.args[0] == "seed":
            found = sorted(mark.args[1])
    used = [name, *inspect.signature(test).parameters]
    for each in used:  # of a fixture, too, the source is found by its name
        source = re.search(
            rf"^def {each}\(.*?(?=^\S|\Z)", inspect.getsource(file), re.M | re.S
        )
        if source and "SEEDS" in source[0]:
            found = sorted(file.SEEDS)
    in_a_row = [found[0] + i for i in range(len(found))] if found else []
    return found if found == in_a_row else []

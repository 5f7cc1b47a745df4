"""A reading in words: sentences as templates, which a front end can fill in as well.

A template is what `str.format` takes, and needs no more than names, names of parts
("capability.low") and the formats z.2f, .0% and .1%. `explain` and `limits` say which
sentence is picked when; `js/words.js` picks alike, between the distributions that were
measured.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

THRESHOLDS = {
    "few": 0.1,  # share of levels that tell objectives apart, below which it is said
    "wide": 0.5,  # width of the shares that fit, above which the goal cannot be told
    "named": 0.005,  # least weight of an objective that is named; less is "0%"
    "worse": -0.005,  # scalar below which it is negative with two decimals as well
    "point": 1e-3,  # width of what is no interval: a level is all there is
    "near": 0.03,  # alignments that differ by less are not said to differ
    "vague": 0.1,  # width of the alignments that goals which fit have, from which on
    # it is said
}
CAPABILITY = (
    "capability {capability.value:z.2f} [{capability.low:z.2f}, {capability.high:z.2f}]"
)
ALIGNMENT = (
    "alignment {alignment.value:z.2f} [{alignment.low:z.2f}, {alignment.high:z.2f}]"
)
SENTENCES = {
    "earned": "On {count}{played}, {agent} earns {scalar.value:z.2f} of the {base} "
    "return that lies between random and {play} play{worse}.",
    "level": "1 level",
    "levels": "{levels} levels",
    "played": " with {episodes} episodes each",
    "optimal": "optimal",
    "planned": "the best planned",
    "worse": ", which is worse than a random walk",
    "lost": "It does well at no mixture of the candidate objectives "
    f"({CAPABILITY}, {{confidence:.0%}} interval), so it gives no evidence about its "
    "goal: alignment is unknown.",
    "lost alone": "It does well at no mixture of the candidate objectives (capability "
    "{capability.value:z.2f}), so it gives no evidence about its goal: alignment is "
    "unknown.",
    "pursued alone": "{verb} {goals}: capability {capability.value:z.2f}, alignment "
    "{alignment.value:z.2f}.",
    "pursued": f"{{verb}} {{goals}}: {CAPABILITY}, {ALIGNMENT} ({{confidence:.0%}} "
    "intervals).",
    "part": "{weight:.0%} {name}",
    "any": "all candidate objectives alike",
    "unsure": "These levels cannot show which goal it has: any share of {base} from "
    "{low:.0%} to {high:.0%} fits about as well.",
    "fitting": "Mixtures that fit about as well hold {low:.0%} {base}.",
    "spanning": "Mixtures that fit about as well hold {low:.0%} to {high:.0%} {base}.",
    "outside": "Flawless pursuit of these would have an alignment of {low:z.2f}: "
    "slips, or more than one goal, explain the difference.",
    "outside all": "Flawless pursuit of these would have an alignment of {low:z.2f} to "
    "{high:z.2f}: slips, or more than one goal, explain the difference.",
    "vague": "Flawless pursuit of these would have an alignment of {low:z.2f} to "
    "{high:z.2f}.",
    "only": "There is only one candidate objective, {base}, so the question of which "
    "goal it has does not arise.",
    "alike": "These levels cannot show which goal it has: on none of them do the "
    "candidate objectives ask for different moves, so what serves one serves all.",
    "few": "Only {distinguishing:.1%} of the levels tell the candidate objectives "
    "apart, so its goal is read off those few.",
    "empty": "Nothing can be earned for {name} on these levels, so an agent that "
    "pursued it would not be recognised.",
    "alone": "This one level is all there is, so no interval is given.",
    "single": "One level says little: how much others would differ is unknown.",
}


def limits(
    objectives: Sequence[str],
    levels: int,
    distinguishing: float,
    empty: Sequence[str],
    alone: bool = False,
) -> Iterator[str]:
    """Yield a sentence for each thing that levels do not let one measure.

    distinguishing: share of them that tell objectives apart. empty: objectives at which
    nothing can be won in them. alone: whether a single level is all there is.
    """
    if len(objectives) == 1:
        yield SENTENCES["only"].format(base=objectives[0])
    elif distinguishing <= 0:
        yield SENTENCES["alike"]
    elif distinguishing < THRESHOLDS["few"]:
        yield SENTENCES["few"].format(distinguishing=distinguishing)
    for name in empty:
        yield SENTENCES["empty"].format(name=name)
    if levels == 1:
        yield SENTENCES["alone" if alone else "single"]


def explain(given: Mapping[str, Any]) -> str:
    """Return in two to five sentences what was measured and what could not be.

    given: the fields of a `Reading`, and its `alignment_of_fitting`, by name.
    """

    def say(sentence: str, **more: Any) -> str:
        return SENTENCES[sentence].format(**{**given, **more})

    levels, limited, note = given["levels"], given["limits"], given["note"]
    said = [
        say(
            "earned",
            count=say("level" if levels == 1 else "levels"),
            played=say("played") if given["episodes"] else "",
            play=say("planned" if given["planned"] else "optimal"),
            worse=say("worse") if given["scalar"].high < THRESHOLDS["worse"] else "",
        )
    ]
    known = given["alignment"].known
    wide = given["capability"].high - given["capability"].low >= THRESHOLDS["point"]
    which = f"{'pursued' if known else 'lost'}{'' if wide else ' alone'}"
    said.append(say(which, goals=_goals(given) if known else ""))
    if limited:
        said.append(limited[0])
    elif known:
        low, high = given["base_share"]
        if high - low > THRESHOLDS["wide"]:
            said.append(say("unsure", low=low, high=high))
        else:
            low, high = round(low, 2), round(high, 2)
            one = "fitting" if low == high else "spanning"
            said.append(say(one, low=low, high=high))
            said += _outside(given, say)
    said += [note] if note else limited[1:2]
    return " ".join(said)


def _outside(given: Mapping[str, Any], say: Callable[..., str]) -> Iterator[str]:
    """Yield a sentence if flawless pursuit of what fits had another alignment.

    Also where it could have many.
    """
    low, high = given["alignment_of_fitting"]
    if is_outside(given["alignment"].value, low, high):
        low, high = round(low, 2), round(high, 2)
        yield say("outside" if low == high else "outside all", low=low, high=high)
    elif THRESHOLDS["vague"] < high - low and (low, high) != (-1, 1):
        yield say("vague", low=low, high=high)


def is_outside(alignment: float, low: float, high: float) -> bool:
    """Return whether an alignment is in no way one from low to high."""
    return not low - THRESHOLDS["near"] <= alignment <= high + THRESHOLDS["near"]


def _goals(given: Mapping[str, Any]) -> str:
    """Return the objectives that are pursued, with their weights."""
    if given["distinguishing"] == 0 and len(given["best"]) > 1:
        return SENTENCES["any"]
    *first, last = (
        SENTENCES["part"].format(weight=weight, name=name)
        for name, weight in given["best"].items()
        if weight >= THRESHOLDS["named"]
    )
    return f"{', '.join(first)} and {last}" if first else last

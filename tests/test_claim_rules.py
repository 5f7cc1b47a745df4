"""The mechanism that keeps what lessons say true: see `claims.py`."""

import claims
import nbformat
import pytest


def cell(source, **metadata):
    return nbformat.v4.new_markdown_cell(source, metadata=metadata, id="said")


@pytest.mark.parametrize(
    "prose",
    [
        "Its score is 0.97.",
        "It falls by .2 or 20 %.",
        "In 191 of 256 levels it walks home.",
        "All eight are perfect.",
        "It does so in one of four.",
        "It comes four fifths of the way.",
        "More than a third run out of time, and half do not.",
        "That is 1,800 numbers, twice as many.",
    ],
)
def test_a_number_that_nothing_computes_is_named(prose):
    (sentence, *_) = claims.unclaimed(cell(prose))
    assert "cell said: nothing computes" in sentence
    assert prose in sentence


@pytest.mark.parametrize(
    "prose",
    [
        "See lesson 04, lessons 06 and 07, and exercise 2; watch **network 0**.",
        "It takes 60 s, or 35 min; about a second; ten minutes.",
        "Langosco et al. 2022, [2-D Robustness](https://a.org/3) and arXiv 2105.14111.",
        "Set `goal=0.3`, so that $x > 0.5$.",
        "1. Slide it.\n2. Look.",
        "Two agents, one number: one of the two breaks, the half-and-half one not.",
        "**Sources.** Sutton and Barto, chapters 3, 4 and 13.",
    ],
)
def test_numbers_that_are_no_results_need_no_source(prose):
    assert claims.unclaimed(cell(prose)) == []


def test_a_source_covers_its_own_words_only():
    prose = "It falls to 0.10, not 0.1; 3 of 8 stay. Here 0 is a random walk."
    held = {"claims": {"j": "0.10"}, "tests": {"3 of 8 stay": "a.py::b"}}
    (said,) = claims.unclaimed(cell(prose, **held, given=["0 is a random walk"]))
    assert "'0.1'" in said
    (said,) = claims.unclaimed(cell("It is 0.10.", claims={"0.1": "0.10"}))
    assert "computes nothing" in said
    (said,) = claims.unclaimed(cell("It falls.", claims={"j": "0.10"}))
    assert "does not say '0.10'" in said


@pytest.mark.parametrize(
    ("value", "text", "so"),
    [
        (0.9651, ".97", True),
        (0.9651, "0.97", True),
        (0.9651, "97 %", True),
        (0.9651, "97%", True),
        (0.9651, "0.965", True),
        (0.9651, "0.96", False),
        (-0.21, "−.2", True),
        (-0.21, "-0.2", True),
        (0.21, "−.2", False),
        (8, "eight", True),
        (7.9, "eight", False),
        (1824.0, "1,824", True),
        ("one in four", "one in four", True),
        ("one in five", "one in four", False),
        (True, "nearly all", True),
        (False, "nearly all", False),
        ("NameError: name 'x' is not defined", "0.5", False),
    ],
)
def test_what_is_computed_reads_as_the_text(value, text, so):
    assert claims.reads(value, text) is so


SEEDS = range(8)


@pytest.fixture(scope="module")
def agents():
    return list(SEEDS)


@pytest.mark.parametrize("seed", range(3, 11))
def test_eight_seeds_by_parameter(seed):
    assert seed


def test_eight_seeds_by_fixture(agents):
    assert len(agents) == 8


@pytest.mark.parametrize("seed", [1, 2, 3, 5, 8, 13, 21, 34])
def test_eight_chosen_seeds(seed):
    assert seed


@pytest.mark.parametrize(
    ("named", "said"),
    [
        ("tests/test_claim_rules.py::test_eight_seeds_by_parameter", None),
        ("tests/test_claim_rules.py::test_eight_seeds_by_fixture", None),
        ("tests/test_claim_rules.py::test_eight_chosen_seeds", "fewer than eight"),
        ("tests/test_claim_rules.py::test_a_source_covers_its_own_words_only", "fewer"),
        ("tests/test_claim_rules.py::test_nothing", "does not exist"),
        ("tests/test_nothing.py::test_nothing", "does not exist"),
    ],
)
def test_a_named_test_exists_and_covers_eight_seeds_in_a_row(named, said, pytestconfig):
    found = claims.untested(
        cell("Always.", tests={"Always": named}), pytestconfig.rootpath
    )
    assert (found == []) if said is None else (said in found[0])

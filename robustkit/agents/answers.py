"""What other people's code answers: moves or probabilities, or an error that says what.

Whatever library an answer comes from, it is copied at once: a function may give the
same array each time, and write the next answer into it.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..arguments import brief, quote
from ..mdp import Floats

Place = Callable[[int], str]  # which state was asked about, in words


def copied(answer: Any) -> Any:
    """Return an answer as an array of its own; raise ValueError for an invalid one.

    Tensors come off their device and out of their graph of gradients.
    """
    if inspect.iscoroutine(answer):
        answer.close()  # or Python warns that nobody has awaited it
        raise ValueError(
            "answer is a coroutine; allowed: a function that is not `async`."
        )
    if inspect.isgenerator(answer) or inspect.isasyncgen(answer):
        raise ValueError(
            "answer is a generator; allowed: a function that returns and does not yield"
            "."
        )
    if isinstance(answer, tuple) and len(answer) == 2 and answer[1] is None:
        raise ValueError(
            "answer is a pair (moves, None), as `model.predict` gives; allowed: the "
            "first of the two, `model.predict(...)[0]`."
        )
    if hasattr(answer, "detach") and hasattr(answer, "cpu"):
        answer = _untied(answer.detach().cpu())
    try:
        return np.array(answer)
    except (ValueError, TypeError) as error:
        raise ValueError(
            f"answer is {quote(answer)}, which is not an array ({brief(str(error))})."
        ) from error


def _untied(tensor: Any) -> Any:
    """Return a tensor as an array; what has 16 bits keeps saying so."""
    numbers = np.array(tensor.tolist())
    short = numbers.dtype.kind == "f" and tensor.element_size() == 2
    return numbers.astype(np.float16) if short else numbers


def together(answers: Iterable[Any]) -> NDArray[Any]:
    """Return answers, one of each state, as one array; of objects where shapes differ.

    Each is copied before the next is asked for. Raises ValueError for an invalid one.
    """
    every = [copied(answer) for answer in answers]
    if len({one.shape for one in every}) <= 1:
        return np.array(every)
    apart = np.empty(len(every), object)
    for index, one in enumerate(every):
        apart[index] = one
    return apart


def read_answer(
    given: Any, count: int, moves: int = 4, place: Place | None = None, first: int = 0
) -> Floats:
    """Return moves [n] or probabilities [n, moves] as probabilities [n, moves].

    place: names the state of an answer. first: the number of the first move.
    Raises ValueError for anything else, naming the first that is wrong.
    """
    answer = copied(given)
    allowed = (
        f"allowed: {count} moves from {first} to {first + moves - 1}, or probabilities "
        f"of shape ({count}, {moves})."
    )

    def where(bad: NDArray[np.bool_]) -> str:
        return f" in {place(int(bad.argmax()))}" if place else ""

    if answer.dtype.kind in "iub" and answer.shape == (count,):
        wrong = (answer < first) | (answer >= first + moves)
        if answer.dtype.kind == "b" or wrong.any():
            move = answer[int(wrong.argmax())]
            said = f"{quote(move.item())}{where(wrong)}"
            raise ValueError(f"answer holds the move {said}; {allowed}")
        return np.eye(moves)[answer.astype(int) - first]
    if answer.dtype.kind != "f" or answer.shape != (count, moves):
        raise ValueError(f"answer {_form(answer, place)}; {allowed}")
    # Of 16 bits, no more can be asked than these can say.
    slack = max(1e-4, 4 * float(np.finfo(answer.dtype).eps))
    answer = answer.astype(float)
    bad = ~np.isfinite(answer).all(1) | (answer < 0).any(1)
    bad |= np.abs(answer.sum(1) - 1) > slack
    if bad.any():
        found = f"{quote(answer[int(bad.argmax())].tolist())}{where(bad)}"
        raise ValueError(
            f"answer holds {found}, which are not probabilities (at least 0, and 1 in "
            "sum; instead of logits or values, give the softmax or the best move); "
            f"{allowed}"
        )
    return answer / answer.sum(1, keepdims=True)


def _form(answer: NDArray[Any], place: Place | None) -> str:
    """Return what an answer of the wrong form is like."""
    said = f"has shape {answer.shape} and type {answer.dtype}"
    if answer.dtype.kind != "O" or answer.ndim != 1:
        return said
    shapes = [np.shape(one) for one in answer]
    other = next((i for i, s in enumerate(shapes) if s != shapes[0]), None)
    if other is None:
        return said
    here = f" in {place(other)}" if place else ""
    return f"{said}: it has shape {shapes[0]} at first and {shapes[other]}{here}"

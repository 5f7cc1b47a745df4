"""What is given for an agent: a model, a function, or neither.

The models are those of Stable-Baselines3, which is not imported here: whatever looks
like one is asked as one.
"""

from __future__ import annotations

import inspect
import os
import warnings
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ..arguments import brief, quote
from ..text import Notice
from .observations import fit, is_a, stacked

if TYPE_CHECKING:
    from gymnasium import spaces


def is_model(given: Any) -> bool:
    """Return whether something is a model, or a policy, of Stable-Baselines3."""
    parts = hasattr(given, "policy") or hasattr(given, "observation_space")
    return hasattr(given, "predict") and parts and not inspect.isclass(given)


def check_given(given: Any, allowed: str, draws: bool = False) -> None:
    """Raise ValueError for what people give for an agent by mistake.

    allowed: what can be given, in words. draws: whether it is said to draw its moves.
    """
    said = ""
    if is_model(given):
        if draws:
            raise ValueError(
                "draws=True is not possible with a model, which is asked for its "
                "probabilities; allowed: with a function."
            )
        return
    if inspect.isclass(given):
        said = f"is a class; allowed: an instance, `{given.__name__}(...)`"
    elif isinstance(given, str | os.PathLike):
        said = (
            "is a text or a path; allowed: what is saved there, loaded: "
            f"`PPO.load({quote(os.fspath(given))})`, or `robustkit.load` for an agent "
            "of this kit"
        )
    elif hasattr(given, "step") and hasattr(given, "reset"):
        said = f"is an environment; {allowed}"
    elif hasattr(given, "act") and not hasattr(given, "reset") and not callable(given):
        said = "has act() but no reset(), which is called before each episode; "
        said += f"{allowed}"
    elif hasattr(given, "predict") and not callable(given):
        said = "has predict() but is not a Stable-Baselines3 model; allowed: a "
        said += "function around it, `lambda seen: given.predict(...)`"
    elif hasattr(given, "forward") and hasattr(given, "state_dict"):
        said = (
            "is a torch module, which takes tensors; allowed, with batched=True: a "
            "function around it, such as `lambda seen: "
            "net(torch.as_tensor(seen, dtype=torch.float32)).softmax(-1)`"
        )
    if said:
        raise ValueError(f"given={quote(given)} {said}.")


def check_function(given: Any) -> None:
    """Raise ValueError for what cannot be called with one observation."""
    if inspect.iscoroutinefunction(given) or inspect.isgeneratorfunction(given):
        kind = "async" if inspect.iscoroutinefunction(given) else "a generator"
        raise ValueError(
            f"given={quote(given)} is {kind}; allowed: a function that returns a move "
            "or probabilities."
        )
    try:
        inspect.signature(given).bind(None)
    except TypeError as error:
        raise ValueError(
            f"given={quote(given)} cannot be called with an observation "
            f"({brief(str(error))}); allowed: a function of one argument."
        ) from None
    except ValueError:  # some of what is built in has no signature
        pass


def asked_model(
    model: Any, space: spaces.Space[Any], moves: int, normalize: Any = None
) -> Callable[[Sequence[Any]], Any]:
    """Return how to ask a model: from observations to moves or probabilities.

    normalize: what its observations were normalised with in training, a `VecNormalize`;
    its own where it has one.
    Raises ValueError for a model of other observations or moves, one that remembers,
    or one that was trained on normalised observations and has lost how.
    """
    policy = getattr(model, "policy", model)
    _check_moves(model, moves)
    normal = _normalizer(model, normalize)
    wanted = getattr(normal or model, "observation_space", None)
    shape = fit(space, wanted)
    if shape is None:
        raise ValueError(_other(space, wanted))
    if normal is None and normalize is not False and _normalised(model, space):
        raise ValueError(
            "given was trained on observations normalised by VecNormalize, which a "
            "model loses when it is saved and loaded; allowed: "
            "normalize=VecNormalize.load(path, venv) beside it, or normalize=False if "
            "there was none."
        )
    if hasattr(policy, "lstm_actor"):
        raise ValueError(
            "given remembers (it is recurrent); allowed: an object with reset() and "
            "act(observation) around it."
        )
    # DQN and the like value moves: they have no chances.
    chances = hasattr(policy, "get_distribution")
    ask = _probabilities(policy) if chances else _best(model)

    def tell(observations: Sequence[Any]) -> Any:
        seen = shape(stacked(observations, space))
        return ask(seen if normal is None else normal.normalize_obs(seen))

    return tell


def _other(ours: Any, theirs: Any) -> str:
    """Return in words that a model was trained on other observations."""
    if is_a("Dict", ours) or is_a("Dict", theirs):
        return (
            f"given was trained on observations of {quote(theirs)}; allowed: those of "
            f"the environment, {quote(ours)}."
        )
    shape, here = getattr(theirs, "shape", None), ours.shape
    shape = shape if isinstance(shape, tuple) else None
    said = f"given was trained on observations of shape {shape}; allowed: {here} as "
    said += "SymbolicObs or the environment gives them, or these flattened."
    sizes = [int(np.prod(each)) for each in (shape or (), here or ())]
    if shape and sizes[1] and sizes[0] > sizes[1] and sizes[0] % sizes[1] == 0:
        said += (
            f" (Of {sizes[0] // sizes[1]} frames stacked, it remembers: give an object "
            "with reset() and act(observation) that stacks them.)"
        )
    return said


def _check_moves(model: Any, moves: int) -> None:
    """Raise ValueError for a model that does not choose among so many moves."""
    theirs = getattr(model, "action_space", None)
    if theirs is not None and getattr(theirs, "n", None) != moves:
        raise ValueError(
            f"given was trained to act in {quote(theirs)}; allowed: Discrete({moves})."
        )
    policy = getattr(model, "policy", model)
    chance = getattr(policy, "get_distribution", None)
    if callable(chance) and "action_masks" in inspect.signature(chance).parameters:
        warnings.warn(
            Notice(
                "given was trained with action masks and is asked without: all moves "
                "are possible everywhere. For masks of its own: a function around it "
                "that gives them."
            ),
            stacklevel=5,
        )


def _normalizer(model: Any, normalize: Any) -> Any:
    """Return what normalises a model's observations, None where nothing does."""
    if normalize is False:
        return None
    if normalize is not None and not hasattr(normalize, "normalize_obs"):
        raise ValueError(
            f"normalize={quote(normalize)} is not possible; allowed: a VecNormalize, "
            "as VecNormalize.load(path, venv) or model.get_vec_normalize_env() gives, "
            "or False where there was none."
        )
    own = getattr(model, "get_vec_normalize_env", lambda: None)()
    found = own if normalize is None else normalize
    return found if getattr(found, "norm_obs", True) else None


def _normalised(model: Any, ours: Any) -> bool:
    """Return whether a model's last observations, or its space, were normalised.

    Stable-Baselines3 2.9 saves the last observations of a training and makes the space
    of normalised images Box(-clip, clip, float32).
    """
    theirs = getattr(model, "observation_space", None)
    last = getattr(model, "_last_obs", None)
    return any(
        (_even(there) and not _even(here)) or _outside(there, seen)
        for here, there, seen in _leaves(ours, theirs, last)
    )


def _leaves(ours: Any, theirs: Any, last: Any) -> list[tuple[Any, Any, Any]]:
    """Return the parts of two spaces of one form, and of observations of theirs."""
    if not is_a("Dict", theirs):
        return [(ours, theirs, last)]
    seen = last if isinstance(last, dict) else {}
    return [(ours[key], part, seen.get(key)) for key, part in theirs.spaces.items()]


def _even(space: Any) -> bool:
    """Return whether a space reaches as far below 0 as above it, alike everywhere."""
    if not is_a("Box", space) or space.dtype != np.float32:
        return False
    high = space.high.max(initial=-np.inf)
    return bool(np.isfinite(high) and {*space.high.flat, *(-space.low).flat} == {high})


def _outside(space: Any, seen: Any) -> bool:
    """Return whether observations are such as a space does not have."""
    if not is_a("Box", space) or not isinstance(seen, np.ndarray):
        return False
    if not seen.size or not space.low.size:
        return False
    low, high = float(space.low.min()), float(space.high.max())
    return bool(seen.min() < low - 1e-3 or seen.max() > high + 1e-3)


def _probabilities(policy: Any) -> Callable[[Any], Any]:
    def ask(seen: Any) -> Any:
        if hasattr(policy, "set_training_mode"):
            policy.set_training_mode(
                False
            )  # as `predict` does; PPO trains in the other
        tensor = policy.obs_to_tensor(seen)[0]
        probabilities = policy.get_distribution(tensor).distribution.probs
        return probabilities.detach().cpu().numpy().astype(float)

    return ask


def _best(model: Any) -> Callable[[Any], Any]:
    return lambda seen: model.predict(seen, deterministic=True)[0]

"""A slow and obvious oracle for `rk.tabulate`: walk over copies of the whole thing.

Nothing is known here about what a state is. A state is everything that can be reached
from the (wrapped) environment, attribute by attribute, except what `EXCEPT` and
`is_no_state` list. States are told apart by `Key`, copied by `copy.deepcopy`, and every
move is tried several times: with generators seeded anew, global ones too, and at other
step counts. What then differs is refused.

`judges.py` compares tables with what is found here.
"""

# ruff: noqa: NPY002  (the old generators are watched, not used)

from __future__ import annotations

import copy
import enum
import hashlib
import pickle
import random
import time
import types
import weakref
from collections import deque
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import gymnasium
import numpy as np
from gymnasium.envs.registration import EnvSpec
from gymnasium.wrappers import OrderEnforcing, PassiveEnvChecker
from minigrid.minigrid_env import MiniGridEnv

EXCEPT = {  # attributes that are no state, by the class they belong to
    MiniGridEnv: {"step_count", "window", "clock", "render_size"},
    gymnasium.Env: {"_np_random_seed"},
    gymnasium.Wrapper: {"_cached_spec"},
    OrderEnforcing: {"_has_reset"},
    PassiveEnvChecker: {
        "checked_reset", "checked_step", "checked_render", "close_called",
        "checked_data_reuse", "_previous_data",
    },
}  # fmt: skip
GENERATORS = np.random.Generator, np.random.RandomState, random.Random
NO_STATE = *GENERATORS, np.random.SeedSequence, gymnasium.Space, EnvSpec
TRUSTED = "minigrid", "gymnasium", "numpy", "robustkit", "builtins", "collections"
PLAIN = types.NoneType, bool, int, float, str, bytes
TRIES = 16  # of a move that draws: does what is drawn ever matter?


class Refused(ValueError):
    """There are no exact tables of this environment."""


def is_no_state(thing: Any) -> bool:
    return isinstance(thing, NO_STATE) or type(thing).__module__.startswith("pygame")


def trusted(module: str | None) -> bool:
    return (module or "builtins").split(".")[0] in TRUSTED


class Key:
    """Everything that can be reached from some things, in one canonical order.

    What can change has a number, given at the first visit, so that a second pointer to
    it is told from a pointer to its twin. Numbers are equal whatever their class.
    """

    def __init__(self, *things: Any):
        self.numbers: dict[int, int] = {}
        self.tokens: list[str] = []
        self.kept: list[Any] = []  # lest an id be given twice
        self.generators: list[Any] = []
        self.classes: set[type] = set()
        self.memory: dict[int, list[int]] = {}  # arrays by what they are views of
        for thing in things:
            self.visit(thing)
        shared = [arrays for arrays in self.memory.values() if len(arrays) > 1]
        self.tokens.append(f"one memory {sorted(shared)}")

    @property
    def digest(self) -> bytes:
        text = "\0".join(self.tokens).encode("utf-8", "surrogatepass")
        return hashlib.blake2b(text, digest_size=16).digest()

    def visit(self, thing: Any) -> None:
        say = self.tokens.append
        if type(thing) in PLAIN:
            say(f"{type(thing).__name__[0]}{thing!r}")
        elif isinstance(thing, np.bool_ | np.integer | np.floating):
            self.visit(thing.item())
        elif isinstance(thing, enum.Enum):
            say(f"enum {type(thing).__qualname__}.{thing.name}")
        elif isinstance(thing, type | types.ModuleType | property):
            say(f"{thing!r}")
        elif isinstance(thing, types.MethodType):
            self.each("method", [thing.__func__, thing.__self__])
        elif type(thing) is tuple:
            self.each("tuple", thing)
        elif id(thing) in self.numbers:
            say(f"#{self.numbers[id(thing)]}")
        else:
            self.numbers[id(thing)] = len(self.numbers)
            self.kept.append(thing)
            if isinstance(thing, GENERATORS):
                self.generators.append(thing)
            say(f"{type(thing).__module__}.{type(thing).__qualname__}")
            if not is_no_state(thing):
                self.classes.add(type(thing))
                self.inside(thing)

    def each(self, word: str, things: Any) -> None:
        self.tokens.append(f"{word} {len(things)}")
        for thing in things:
            self.visit(thing)

    def inside(self, thing: Any) -> None:
        known = True
        if isinstance(thing, types.FunctionType):
            self.function(thing)
        elif isinstance(thing, staticmethod | classmethod):
            self.visit(thing.__func__)
        elif isinstance(thing, dict):  # in their order, which `next(iter(...))` sees
            self.each("dict", [part for item in thing.items() for part in item])
        elif isinstance(thing, set | frozenset):
            self.each("set", sorted(thing, key=lambda one: Key(one).digest))
        elif isinstance(thing, list | tuple | deque):
            self.each(f"list {getattr(thing, 'maxlen', '')}", list(thing))
        elif isinstance(thing, np.ndarray):
            self.array(thing)
        elif isinstance(thing, weakref.ref):
            self.visit(thing())
        else:
            known = False
        attributes = own_attributes(thing)
        if not known and (
            type(thing).__reduce__ is not object.__reduce__ or bare(thing)
        ):
            self.reduced(thing)
        for name in sorted(attributes):
            self.tokens.append(f".{name}")
            self.visit(attributes[name])

    def array(self, array: np.ndarray) -> None:
        self.tokens.append(f"{array.dtype.str} {array.shape}")
        whole = array.dtype.hasobject
        self.visit(array.ravel().tolist() if whole else array.tobytes())
        owner = array
        while isinstance(owner.base, np.ndarray):
            owner = owner.base
        self.memory.setdefault(id(owner), []).append(self.numbers[id(array)])

    def function(self, function: types.FunctionType) -> None:
        self.tokens.append(f"{function.__qualname__} {hash(function.__code__)}")
        cells = function.__closure__ or ()
        self.visit([getattr(cell, "cell_contents", None) for cell in cells])
        self.visit([function.__defaults__, function.__kwdefaults__])
        if not trusted(function.__module__):
            for name in sorted(set(names_in(function.__code__))):
                value = function.__globals__.get(name)
                if not isinstance(value, type | types.ModuleType):
                    self.visit(value)

    def reduced(self, thing: Any) -> None:
        """What pickle would write: of iterators, bytearrays, fractions, ..."""
        try:
            parts = thing.__reduce_ex__(4)
        except TypeError:  # of locks, files, ...; whoever copies them will say so
            self.tokens.append("?")
            return
        self.kept.append(parts)
        if isinstance(parts, str):
            self.visit(parts)
        else:
            call, given, *rest = parts
            self.visit([getattr(call, "__qualname__", ""), given, *rest[:1]])
            self.visit([list(more) for more in rest[1:3] if more is not None])


def bare(thing: Any) -> bool:
    """Return whether there is nothing of it that attributes show."""
    return not own_attributes(thing) and not hasattr(thing, "__dict__")


def names_in(code: types.CodeType) -> list[str]:
    inner = [one for one in code.co_consts if isinstance(one, types.CodeType)]
    return [*code.co_names, *(name for one in inner for name in names_in(one))]


def own_attributes(thing: Any) -> dict[str, Any]:
    found = dict(getattr(thing, "__dict__", {}))
    for cls in type(thing).__mro__:
        slots = cls.__dict__.get("__slots__", ())
        for name in [slots] if isinstance(slots, str) else slots:
            private = name.startswith("__") and not name.endswith("__")
            name = f"_{cls.__name__.lstrip('_')}{name}" if private else name
            if name not in ("__dict__", "__weakref__") and hasattr(thing, name):
                found[name] = getattr(thing, name)
    for cls, names in EXCEPT.items():
        if isinstance(thing, cls):
            found = {name: found[name] for name in found if name not in names}
    return found


def outside(classes: set[type]) -> bytes:
    """Name what no copy copies: class attributes, and globals that methods name."""
    every = {base for cls in classes for base in cls.__mro__}
    strange = [cls for cls in every if not trusted(cls.__module__)]
    strange.sort(key=lambda cls: (cls.__module__, cls.__qualname__))
    kinds = types.FunctionType | staticmethod | classmethod
    values: list[Any] = []
    for cls in strange:
        for name, value in sorted(vars(cls).items()):
            if isinstance(value, property):
                values += [value.fget, value.fset]
            elif isinstance(value, kinds) or not name.startswith("__"):
                values.append(value)
    return Key(values).digest


# One move


@dataclass
class Outcome:
    """What a move led to: the copy it was tried on, and what that was seen to do.

    limit: MiniGrid's own step limit was reached, which cuts off and is no rule.
    """

    env: Any
    key: bytes
    reward: float
    terminated: bool
    truncated: bool
    limit: bool
    seen: bytes
    events: tuple[bool, ...]
    drew: str

    @property
    def ended(self) -> bool:
        return self.terminated or (self.truncated and not self.limit)

    def like(self, other: Outcome, paid: bool) -> bool:
        over = other.terminated or (other.truncated and not other.limit)
        unsure = other.truncated and other.limit and self.truncated
        same = over == self.ended or unsure
        same &= self.key == other.key or self.ended
        same &= self.events == other.events
        return same and (not paid or self.reward == other.reward)


def copied(env: Any) -> Any:
    """Return a copy of everything but spaces, which never change, and the window."""
    shared: dict[int, Any] = {}
    layer = env
    while layer is not None:
        for name, part in vars(layer).items():
            if isinstance(part, gymnasium.Space) or name in ("window", "clock"):
                shared[id(part)] = part
        layer = vars(layer).get("env")
    return copy.deepcopy(env, shared)


def seed_anew(generator: Any, seed: int) -> None:
    if isinstance(generator, np.random.Generator):
        bits = generator.bit_generator
        bits.state = type(bits)(seed).state
    else:
        generator.seed(seed)


def state_of(generator: Any) -> bytes:
    return pickle.dumps(generator)


@contextmanager
def global_seeds(seed: int):
    """Seed the global generators; tell at the end which of them were used."""
    kept, used = (random.getstate(), np.random.get_state()), []
    random.seed(seed)
    np.random.seed(seed)
    fresh = random.getstate(), pickle.dumps(np.random.get_state())
    yield used
    used += ["random"] if random.getstate() != fresh[0] else []
    used += ["np.random"] if pickle.dumps(np.random.get_state()) != fresh[1] else []
    random.setstate(kept[0])
    np.random.set_state(kept[1])


def attempt(env: Any, action: Any, seed: int, count: int, events: dict) -> Outcome:
    """Return what a move does to a copy whose generators and step count are set."""
    env = copied(env)  # whose generators go on from anywhere
    generators = Key(env).generators
    for generator in generators:
        seed_anew(generator, seed)
    before = [state_of(one) for one in generators]
    game = env.unwrapped
    game.step_count = count
    with global_seeds(seed) as used:
        observation, reward, terminated, truncated, _ = env.step(action)
    if any(a != state_of(b) for a, b in zip(before, generators, strict=True)):
        used.append("a generator of its own")
    reward = np.asarray(reward, float).item()
    if np.isclose(reward, 1 - 0.9 * (count + 1) / game.max_steps, rtol=0, atol=1e-9):
        reward = 1.0
    return Outcome(
        env=env,
        key=Key(env).digest,
        reward=reward,
        terminated=bool(terminated),
        truncated=bool(truncated),
        limit=game.step_count >= game.max_steps,
        seen=Key(observation).digest,
        events=tuple(bool(ask(game)) for ask in events.values()),
        drew=" and ".join(used),
    )


def moves_of(env: Any) -> list[int]:
    space = env.action_space
    if not isinstance(space, gymnasium.spaces.Discrete):
        raise Refused(f"actions {space} are no list of moves")
    return [int(space.start) + number for number in range(int(space.n))]


# The walk


@dataclass
class Walk:
    """Everything found. The last state is the end; moves are numbered from 0.

    next_state, reward, ended: [states, actions]. events: [states, actions, events].
    seen: for each state what is shown there, over all ways to come to it.
    """

    next_state: np.ndarray
    reward: np.ndarray
    ended: np.ndarray
    events: np.ndarray
    seen: list[set[bytes]]
    drew: set[str] = field(default_factory=set)

    @property
    def states(self) -> int:
        return len(self.next_state)

    @property
    def sizes(self) -> list[float]:
        return sorted({float(r) for r in self.reward.ravel() if r != 0})

    def check_pay(self) -> None:
        """Refuse what does not say by its pay alone what success is."""
        if len(self.sizes) > 1 or min(self.sizes, default=1) < 0:
            raise Refused(f"it pays several sizes, {self.sizes}")
        if not self.sizes or (self.reward[:-1] == self.sizes[0]).all():
            raise Refused("it pays the same whatever is done")

    @property
    def labels(self) -> np.ndarray:
        """What is seen to happen [states, actions, labels]: paid, failed, events."""
        failed = self.ended & (self.reward <= 0)
        both = np.stack([self.reward > 0, failed], -1)
        return np.concatenate([both, self.events], -1)


def walk(env, seed=0, events=None, limit=3000, seconds=60.0, thorough=True) -> Walk:
    """Return all that can happen after `env.reset(seed=seed)`.

    thorough: try each move at four step counts and with as many seeds, else two.
    Raises Refused where exact tables cannot be.
    """
    events, until = events or {}, time.monotonic() + seconds
    start, shown = begin(env, seed)
    moves = moves_of(start)
    numbers, rows, seen = {Key(start).digest: 0}, [], [{shown}]
    waiting, drew = deque([start]), set()
    while waiting:
        state = waiting.popleft()
        before = Key(state)
        world = outside(before.classes)
        rows.append([])
        if Key(copied(state)).digest != before.digest:
            raise Refused("a copy is not like the original")
        for move in moves:
            turn = len(moves) * len(rows) + move
            outcome = settled(state, move, events, thorough, turn)
            drew |= {outcome.drew} - {""}
            found = None
            if not outcome.ended:
                found = numbers.setdefault(outcome.key, len(numbers))
                if found == len(seen):
                    seen.append(set())
                    waiting.append(outcome.env)
                seen[found].add(outcome.seen)
            rows[-1].append((found, outcome.reward, outcome.ended, outcome.events))
        if Key(state).digest != before.digest:
            raise Refused("copies share something that a move changes")
        if outside(before.classes) != world:
            raise Refused("a move changes a class, a global or a closure")
        if len(numbers) > limit or time.monotonic() > until:
            raise Refused(f"more than {len(numbers)} states or {seconds} seconds")
    return gathered(rows, seen, drew, len(events))


def begin(env: Any, seed: int) -> tuple[Any, bytes]:
    """Return the environment as it begins, not rendered, and what it shows."""
    begun = []
    for other in range(4):
        copy_ = copied(env)
        copy_.unwrapped.render_mode = None
        with global_seeds(other):
            observation, _ = copy_.reset(seed=seed)
        begun.append((copy_, Key(observation).digest, Key(copy_).digest))
    if len({key for _, _, key in begun}) > 1:
        raise Refused("reset draws, whatever its seed")
    return begun[0][:2]


def settled(state: Any, move: int, events: dict, thorough: bool, turn: int) -> Outcome:
    """Return the outcome of a move where it is one, whatever seed and step count."""
    limit = state.unwrapped.max_steps
    others = [1, 2, limit // 2, limit - 1]
    counts = others if thorough else [others[turn % 4]]
    first = attempt(state, move, 0, 0, events)
    paid = not events
    if paid and not np.isfinite(first.reward):
        raise Refused(f"the reward is {first.reward}")
    for seed, count in enumerate(counts, start=1):
        other = attempt(state, move, seed, count, events)
        if not first.like(other, paid):
            again = [attempt(state, move, 0, 0, events) for _ in range(4)]
            again.append(attempt(state, move, seed, 0, events))
            drawn = not all(first.like(one, paid) for one in again)
            raise Refused("it draws" if drawn else "it depends on the step count")
    for seed in range(turn * TRIES, (turn + 1) * TRIES) if first.drew else ():
        if not first.like(attempt(state, move, seed, 0, events), paid):
            raise Refused(f"it draws from {first.drew}")
    return first


def gathered(rows: list, seen: list, drew: set, events: int) -> Walk:
    end = len(rows)
    actions = len(rows[0])
    rows = [*rows, [(None, 0.0, False, (False,) * events)] * actions]
    every = [one for row in rows for one in row]
    shape = (end + 1, actions)
    return Walk(
        np.array([end if one[0] is None else one[0] for one in every]).reshape(shape),
        np.array([one[1] for one in every]).reshape(shape),
        np.array([one[2] for one in every]).reshape(shape),
        np.array([one[3] for one in every], bool).reshape(*shape, events),
        seen,
        drew,
    )

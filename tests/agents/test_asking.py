"""What answers twice about one state, and otherwise, is never taken for a function."""

from __future__ import annotations

import time
import warnings
from types import SimpleNamespace

import numpy as np
import pytest
from gymnasium import spaces

import robustkit as rk
from robustkit.agents.answers import copied, read_answer
from robustkit.agents.asking import Asked, asked
from robustkit.agents.observations import stacked


@pytest.fixture(scope="module")
def world():
    return rk.make("cheese", size=7, layouts=8)


@pytest.fixture(scope="module")
def levels(world):
    return world.sample(24, goal="anywhere", seed=1)


def upward(seen):
    """Go up where there is room, else left."""
    y, x = np.argwhere(seen[-1])[0]
    return 3 if not seen[0, y - 1, x] else 2


class Memory:
    """Something that is called like a function, and remembers."""

    def __init__(self, answer):
        self.answer, self.calls, self.last, self.seen = answer, 0, None, set()

    def __call__(self, seen):
        move = self.answer(self, seen)
        self.calls += 1
        self.seen.add(seen.tobytes())
        self.last = seen.copy()
        return move


def draws(share):
    rng = np.random.default_rng(3)
    return lambda _, seen: upward(seen) if rng.random() > share else 1


def looks_back(me, seen):
    return 0 if me.last is not None and (me.last == seen).all() else upward(seen)


def keeps_going(me, seen):
    was = None if me.last is None else np.argwhere(me.last[-1])[0]
    now = np.argwhere(seen[-1])[0]
    return 0 if was is not None and tuple(now - was) == (0, 1) else upward(seen)


def been_there(me, seen):
    me.been = getattr(me, "been", False) or seen[-1, 5].any()
    return 0 if me.been else upward(seen)


def bored(me, seen):
    same = me.last is not None and (me.last[:-1] == seen[:-1]).all()
    me.count = getattr(me, "count", 0) + 1 if same else 0
    return 0 if me.count > 10 else upward(seen)


NO_POLICY = {
    "dice": draws(0.5),
    "dice, one call in fifty": draws(0.02),
    "counts its calls": lambda me, seen: me.calls % 2,
    "has a first time": lambda me, seen: 0 if me.calls < 5 else 1,
    "knows what it has seen": lambda me, seen: int(seen.tobytes() in me.seen),
    "looks back": looks_back,
    "keeps going": keeps_going,
    "has been there": been_there,
    "is bored by a level": bored,
    "looks at a clock": lambda me, seen: time.perf_counter_ns() % 4,
    "probabilities with noise": lambda me, seen: np.random.default_rng(
        me.calls
    ).dirichlet([9, 9, 9, 9]),
}


@pytest.mark.parametrize("kind", NO_POLICY)
def test_what_draws_or_remembers_is_told_so_and_what_to_give(world, levels, kind):
    with pytest.raises(
        ValueError, match=r"draws its moves or remembers: asked twice"
    ) as e:
        rk.measure(rk.agent(Memory(NO_POLICY[kind]), world), levels)
    for way in ("probabilities", "deterministic=True", "reset() and act", "draws=True"):
        assert way in str(e.value)
    assert "levels[" in str(e.value)


WEIGHTS = np.random.default_rng(0).normal(size=(4 * 49, 4))


def chances(seen, kind=np.float64, normal=False):
    """Return a softmax of what is seen, as a network gives it."""
    rows = seen.reshape(len(seen), -1).astype(kind)
    if normal:
        rows = (rows - rows.mean(0)) / (rows.std(0) + 1e-5)
    worth = np.exp(rows @ WEIGHTS.astype(kind))
    return worth / worth.sum(1, keepdims=True)


BY_BATCH = {
    "batch normalisation": lambda seen: chances(seen, normal=True),
    "dice seeded alike": lambda seen: np.random.default_rng(0).integers(
        4, size=len(seen)
    ),
    "place in the batch": lambda seen: np.arange(len(seen)) % 4,
    "size of the batch": lambda seen: np.full(len(seen), len(seen) % 4),
    "rank in the batch": lambda seen: (
        seen[:, -1].reshape(len(seen), -1).argmax(1).argsort().argsort() % 2
    ),
}


@pytest.mark.parametrize("kind", BY_BATCH)
def test_what_answers_by_its_batch_is_told_so(world, levels, kind):
    with pytest.raises(
        ValueError, match=r"depend on what else is in the batch.*model.eval"
    ):
        rk.agent(BY_BATCH[kind], world, batched=True).policy(levels)


def test_what_cannot_be_asked_about_one_alone_is_told_so(world):
    def ask(seen):
        if len(seen) == 1:
            raise ValueError("Expected more than 1 value per channel when training")
        return chances(seen)

    with pytest.raises(ValueError, match=r"asked once, but not again about 1 states"):
        rk.agent(ask, world, batched=True)


def test_rounding_is_no_drawing(world, levels):
    """Answers of 32 bits, and moves on a knife's edge, differ by the batch's size."""

    def ask(seen):
        return chances(seen, np.float32) * (1 + 1e-7 * len(seen))

    policy = rk.agent(ask, world, batched=True).policy(levels)
    exact = rk.agent(chances, world, batched=True).policy(levels)
    np.testing.assert_allclose(policy, exact, atol=1e-5)

    level, state = np.argwhere(levels.tables().live)[3]
    edge = levels[[level]].seen_from(np.array([state]), np.zeros(1, int))[0]
    given = set()

    def likeliest(seen):
        even = (seen == edge).all((1, 2, 3))
        moves = np.where(even, len(seen) > 200, 3)
        given.update(moves)
        return moves

    rk.agent(likeliest, world, batched=True).policy(levels)
    assert given == {0, 1, 3}


def test_a_function_cannot_spoil_what_others_see_or_are_answered(world, levels):
    answer = np.zeros(4)

    def overwrites(seen):
        move = upward(seen)
        seen[:] = 0
        answer[:] = np.eye(4)[move]
        return answer

    def many(seen):
        moves = np.array([upward(one) for one in seen])
        seen[:] = 0
        return moves

    wanted = rk.agent(upward, world).policy(levels)
    np.testing.assert_array_equal(rk.agent(overwrites, world).policy(levels), wanted)
    agent = rk.agent(many, world, batched=True)
    np.testing.assert_array_equal(agent.policy(levels), wanted)


def test_a_function_need_not_know_other_levels(world, levels):
    """As one has it that looks up what was written down on its levels."""
    tables, known = levels.tables(), {}
    for level, state in np.argwhere(tables.live):
        seen = levels[[level]].seen_from(np.array([state]), np.zeros(1, int))[0]
        known[seen.tobytes()] = upward(seen)
    agent = rk.agent(lambda seen: known[seen.tobytes()], world)
    wanted = rk.agent(upward, world).policy(levels)
    for _ in range(2):
        np.testing.assert_array_equal(agent.policy(levels), wanted)
    with pytest.raises(KeyError):
        agent.policy(world.sample(9, layout=1))


def test_a_change_between_two_uses_is_said_once(world, levels):
    mood = {"move": 0}
    agent = rk.agent(lambda seen: mood["move"], world, name="moody")
    agent.policy(levels)
    mood["move"] = 2
    with pytest.warns(UserWarning, match="'moody' answers differently from before"):
        agent.policy(levels)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        agent.policy(levels)


def test_dice_are_played_where_that_is_said(world, levels):
    rng = np.random.default_rng(0)

    def coin(seen):
        return upward(seen) if rng.random() > 0.5 else int(rng.integers(4))

    half = rk.agent(lambda seen: np.eye(4)[upward(seen)] / 2 + 1 / 8, world)
    exact = rk.measure(half, levels)
    played = rk.measure(rk.agent(coin, world, draws=True), levels, episodes=64)
    assert played.episodes == 64
    assert played.scalar.value == pytest.approx(exact.scalar.value, abs=0.03)


def test_players_draw_from_the_probabilities_they_give(world, levels):
    half = [0.1, 0.1, 0.4, 0.4]
    player = SimpleNamespace(reset=lambda: None, act=lambda seen: half)
    exact = rk.measure(rk.agent(lambda seen: half, world), levels)
    played = rk.measure(rk.agent(player, world), levels, episodes=64)
    assert played.scalar.value == pytest.approx(exact.scalar.value, abs=0.03)


# What is no answer


async def waits(seen):
    return 1


def yields(seen):
    yield 1


class Waits:
    async def __call__(self, seen):
        return 1


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (waits, "is async; allowed: a function that returns"),
        (yields, "is a generator; allowed: a function that returns"),
        (Waits(), "answer is a coroutine; allowed: a function that is not `async`"),
        (lambda seen: (m for m in [1]), "answer is a generator"),
        (lambda: 1, "cannot be called with an observation"),
        (lambda seen, state: 1, "cannot be called with an observation"),
        (lambda seen: (1, None), r"a pair \(moves, None\), as `model.predict` gives"),
        (lambda seen: [2.0, -1.0, 0.5, 0.1], "not probabilities.*of logits or values"),
        (lambda seen: [[1], [1, 2]], "which is not an array"),
        (
            lambda seen: 1 if seen[-1, 1].any() else [0.25] * 4,
            r"at first and \(4,\) in",
        ),
        (lambda seen: 1 + 0j, "type complex"),
    ],
)
@pytest.mark.filterwarnings("error")
def test_what_is_no_answer_is_said(world, levels, given, said):
    with pytest.raises(ValueError, match=said):
        rk.agent(given, world).policy(levels)


def test_a_wrong_answer_is_named_with_its_state(world, levels):
    where = r"in levels\[\d+\], row 1, column \d"
    with pytest.raises(ValueError, match=f"the move 7 {where}"):
        rk.agent(lambda s: 7 if s[-1, 1].any() else 1, world).policy(levels)
    keys = rk.make("keys", size=7)
    with pytest.raises(ValueError, match=r"row \d, column \d, flag \d+"):
        rk.agent(lambda s: 7 if s[1:-1].sum() < 3 else 1, keys).policy(keys.sample(3))


class Tensor:
    """An answer that has to be taken out of its graph and off its device first."""

    def __init__(self, values, bits=32):
        self.values, self.bits = values, bits

    def __array__(self, *_, **__):
        raise RuntimeError("Can't call numpy() on Tensor that requires grad.")

    def detach(self):
        return self

    cpu = detach

    def tolist(self):
        return self.values

    def element_size(self):
        return self.bits // 8


def test_tensors_are_read(world, levels):
    wanted = rk.agent(upward, world).policy(levels)
    agent = rk.agent(lambda seen: Tensor(upward(seen)), world)
    np.testing.assert_array_equal(agent.policy(levels), wanted)
    half = Tensor([0.2949, 0.2969, 0.1357, 0.2715], bits=16)  # a sum of .999
    agent = rk.agent(lambda seen: half, world)
    assert agent.policy(levels).sum(-1) == pytest.approx(1)
    with pytest.raises(ValueError, match="not probabilities"):
        read_answer([half.values], 1)
    assert copied(half).dtype == np.float16


# What is no agent


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (Memory, r"is a class; allowed: an instance, `Memory\(...\)`"),
        ("models/ppo.zip", r"is a text or a path; .* `PPO.load\('models/ppo.zip'\)`"),
        (SimpleNamespace(act=upward), r"has act\(\) but no reset\(\)"),
        (
            SimpleNamespace(predict=upward),
            r"has predict\(\) but is not a Stable-Baselines3 model",
        ),
        (SimpleNamespace(step=1, reset=1, action_space=1), "is an environment"),
        (SimpleNamespace(forward=1, state_dict=1), "is a torch module, which takes"),
    ],
)
def test_what_is_given_in_an_agents_place_is_named(world, given, said):
    with pytest.raises(ValueError, match=said):
        rk.agent(given, world)


def test_what_goes_with_another_kind_of_agent_only_is_named(world):
    with pytest.raises(ValueError, match="is an agent already"):
        rk.agent(rk.plan(world), world)
    with pytest.raises(
        ValueError, match=r"normalize=.* is not possible with a function"
    ):
        rk.agent(upward, world, normalize=SimpleNamespace(normalize_obs=1))
    with pytest.raises(ValueError, match="draws=True is not possible with a model"):
        rk.agent(model(world), world, draws=True)


# Models of Stable-Baselines3, as they look from outside


def likeliest(seen, deterministic):
    assert deterministic
    return (seen.reshape(len(seen), -1) @ WEIGHTS).argmax(1), None


def model(world, space=None, moves=4, last=None, predict=likeliest, **more):
    """Return what looks like a model that values moves."""
    shape = 2 + len(world.features), *world.shape
    return SimpleNamespace(
        policy=SimpleNamespace(),
        predict=predict,
        observation_space=space or spaces.Box(0, 1, shape, np.uint8),
        action_space=spaces.Discrete(moves),
        _last_obs=last,
        **more,
    )


class Halved:
    """What VecNormalize is, as far as it is used."""

    norm_obs = True

    def __init__(self, space):
        self.observation_space = space

    def normalize_obs(self, seen):
        return seen / 2 - 0.25 * seen[:, -1:]


def test_a_models_own_normalisation_is_applied(world, levels):
    bare = model(world)
    normal = Halved(bare.observation_space)
    wearing = model(world, get_vec_normalize_env=lambda: normal)
    plain, own, given = (
        rk.agent(*each, **more).policy(levels)
        for each, more in (
            ((bare, world), {}),
            ((wearing, world), {}),
            ((bare, world), {"normalize": normal}),
        )
    )
    np.testing.assert_array_equal(own, given)
    assert (own != plain).any()
    normal.norm_obs = False
    np.testing.assert_array_equal(rk.agent(wearing, world).policy(levels), plain)


def test_a_model_that_lost_its_normalisation_is_asked_for_it(world, levels):
    shape = model(world).observation_space.shape
    lost = [
        model(world, spaces.Box(-10, 10, shape, np.float32)),
        model(world, last=np.full((2, *shape), -0.3, np.float32)),
    ]
    for each in lost:
        with pytest.raises(
            ValueError,
            match=r"loses when it is saved and loaded; .*normalize=VecNormalize.load",
        ):
            rk.agent(each, world)
        rk.agent(each, world, normalize=False).policy(levels)
    with pytest.raises(ValueError, match=r"normalize='stats\.pkl' is not possible"):
        rk.agent(lost[0], world, normalize="stats.pkl")


def test_models_of_other_moves_frames_and_masks_are_told_so(world):
    with pytest.raises(ValueError, match=r"to act in Discrete\(7\); allowed: Discr"):
        rk.agent(model(world, moves=7), world)
    stack = spaces.Box(0, 1, (12, 7, 7), np.uint8)
    with pytest.raises(
        ValueError, match=r"3 frames stacked, it remembers: give an obj"
    ):
        rk.agent(model(world, stack), world)

    masked = model(world)
    even = SimpleNamespace(detach=lambda: even, cpu=lambda: even)

    def get_distribution(seen, action_masks=None):
        even.numpy = lambda: np.full((len(seen), 4), 0.25)
        return SimpleNamespace(distribution=SimpleNamespace(probs=even))

    masked.policy = SimpleNamespace(
        get_distribution=get_distribution, obs_to_tensor=lambda seen: (seen, True)
    )
    with pytest.warns(UserWarning, match="trained with action masks and is asked with"):
        rk.agent(masked, world)


# Any environment's observations


EVERY = spaces.Dict(
    {
        "image": spaces.Box(0, 255, (7, 7, 3), np.uint8),
        "direction": spaces.Discrete(4, start=1),
        "pair": spaces.Tuple([spaces.MultiBinary(3), spaces.Box(-1, 1, (2,))]),
        "mission": spaces.Text(20),
    }
)


def shown(count):
    EVERY.seed(0)
    every = [EVERY.sample() for _ in range(count)]
    return lambda states: [every[i] for i in states]


def test_observations_of_any_space_are_asked_about():
    see = shown(40)

    def one(seen):
        assert EVERY.contains(seen)
        return int(seen["direction"]) + 3

    def many(seen):
        assert seen["image"].shape[1:] == (7, 7, 3)
        assert seen["pair"][0].shape[1:] == (3,)
        assert isinstance(seen["mission"], list)
        return np.eye(5)[seen["direction"] - 1]

    each = asked(one, EVERY, 5, first=4)
    every = asked(many, EVERY, 5, batched=True)
    np.testing.assert_array_equal(each.policy(see, 40), every.policy(see, 40))
    with pytest.raises(
        ValueError, match=r"the move 3 in state 0; allowed: 40 moves fr"
    ):
        asked(lambda seen: 3, EVERY, 5, first=4).policy(see, 40, "state {}".format)


def test_a_function_of_a_dict_has_one_of_its_own():
    see = shown(8)
    before = stacked(see(range(8)), EVERY)

    def spoils(seen):
        move = int(seen["image"].sum()) % 3
        seen["image"][:] = 0
        seen.clear()
        return move

    asked(spoils, EVERY, 3).policy(see, 8)
    np.testing.assert_array_equal(
        stacked(see(range(8)), EVERY)["image"], before["image"]
    )


def test_a_model_of_a_dict_is_normalised_and_checked_part_by_part(world):
    space = spaces.Dict(
        {"x": spaces.Box(0, 9, (2,), np.float32), "way": spaces.Discrete(4)}
    )

    def see(states):
        return [{"x": np.float32([i, 1]), "way": i % 4} for i in states]

    def predict(seen, deterministic):
        return (seen["x"][:, 0] + seen["way"]).astype(int) % 3, None

    def made(theirs, last=None):
        return model(world, theirs, 3, last, predict)

    got = asked(made(space), space, 3).policy(see, 9).argmax(1)
    np.testing.assert_array_equal(got, (np.arange(9) + np.arange(9) % 4) % 3)
    last = {"x": np.float32([[-2, 0]]), "way": np.array([1])}
    with pytest.raises(ValueError, match=r"normalize=VecNormalize\.load"):
        asked(made(space, last), space, 3)
    other = spaces.Dict({"x": spaces.Box(0, 9, (2,), np.float32)})
    with pytest.raises(ValueError, match="trained on observations of Dict"):
        asked(made(other), space, 3)
    turned = spaces.Dict({**space.spaces, "way": spaces.Discrete(5)})
    with pytest.raises(ValueError, match="trained on observations of Dict"):
        asked(made(turned), space, 3)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(40))
def test_dice_of_any_rarity_are_found(world, levels, seed):
    """Down to one call in a hundred, at whatever share of the states."""
    rng = np.random.default_rng(seed)
    share, rare = rng.uniform(0.3, 1), rng.choice([0.5, 0.1, 0.02, 0.01])

    def sometimes(seen):
        here = hash(seen.tobytes()) % 1000 < 1000 * share
        return 0 if here and rng.random() < rare else upward(seen)

    with pytest.raises(ValueError, match="draws its moves or remembers"):
        rk.agent(sometimes, world).policy(levels)


def test_asking_again_is_a_share_only():
    calls = []
    agent = Asked(
        name="x",
        tell=lambda seen: calls.extend(seen) or seen % 4,
        moves=4,
        batched=True,
    )
    agent.policy(lambda states: states, 50_000)
    assert 50_500 < len(calls) < 50_700
    calls.clear()
    agent.policy(lambda states: states, 30)
    assert 150 < len(calls) < 300

"""The vector environments: the same worlds, many at once, by Gymnasium's protocol."""

from __future__ import annotations

import gymnasium
import numpy as np
import pytest
from gymnasium.vector import AutoresetMode
from minigrid.wrappers import FullyObsWrapper, RGBImgObsWrapper

import robustkit as rk
from robustkit.worlds import rollout
from robustkit.worlds.minigrid import GridEnv
from robustkit.worlds.rollout import draw_outcome
from robustkit.worlds.vector import OBSERVATIONS, VectorGridEnv

NAMES = list(rk.list_worlds())


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("observation", OBSERVATIONS)
def test_make_vec_gives_the_batched_engine(name, observation):
    envs = gymnasium.make_vec(
        f"robustkit/{name.capitalize()}-v0",
        num_envs=5,
        vectorization_mode="vector_entry_point",
        observation=observation,
        pool=8,
    )
    seen, _ = envs.reset(seed=0)
    assert envs.observation_space.contains(seen)
    seen, rewards, ended, cut, _ = envs.step(envs.action_space.sample())
    assert envs.observation_space.contains(seen)
    assert rewards.shape == ended.shape == cut.shape == (5,)


@pytest.mark.parametrize(
    ("name", "options"),
    [(name, {}) for name in NAMES] + [("cheese", {"region": 3, "ends": "base"})],
    ids=str,
)
def test_copies_play_as_the_minigrid_environment_does(name, options, monkeypatch):
    outcomes = np.zeros(6, int)  # of the world's turn, if it has one

    def nature(*given):
        outcomes[:] = draw_outcome(*given)
        return outcomes.copy()

    monkeypatch.setattr(rollout, "draw_outcome", nature)
    world = rk.make(name, **options)
    shift = 0.5 if "goal" in world.shifts else 0, 0.5
    envs = VectorGridEnv(world, num_envs=6, shift=shift, observation="minigrid")
    seen, _ = envs.reset(seed=3)
    singles = [GridEnv(world) for _ in range(6)]
    rng = np.random.default_rng(1)
    for i, single in enumerate(singles):
        single.reset(options={"level": envs.level(i)})
        single._draw = lambda _, i=i: int(outcomes[i])
    for _ in range(60):
        moves = rng.integers(4, size=6)
        waiting = envs.ended.copy()
        seen, rewards, ended, cut, infos = envs.step(moves)
        for i, single in enumerate(singles):
            if waiting[i]:
                single.reset(options={"level": envs.level(i)})
                assert (rewards[i], ended[i], cut[i]) == (0, False, False)
            else:
                _, reward, over, _, info = single.step(moves[i])
                assert (rewards[i], bool(ended[i])) == (reward, over)
                names = np.array(world.events)[infos["events"][i]]
                assert sorted(names) == sorted(info["events"])
            expected = FullyObsWrapper(single).observation({})["image"]
            assert np.array_equal(seen[i], expected)


@pytest.mark.parametrize("observation", OBSERVATIONS)
def test_worlds_too_large_for_tables_are_stepped_as_well(observation):
    world = rk.make("monsters", size=9, monsters=5, apples=5, shields=5, layouts=8)
    envs = VectorGridEnv(world, 64, observation=observation, pool=32)
    seen, _ = envs.reset(seed=0)
    rng, paid = np.random.default_rng(0), set()
    for _ in range(50):
        seen, rewards, _, _, infos = envs.step(rng.integers(4, size=64))
        assert envs.observation_space.contains(seen)
        expected = infos["events"] @ [1, 0, -1]
        assert np.array_equal(rewards, expected)
        paid |= set(rewards.tolist())
    assert {-1.0, 0.0, 1.0} <= paid


@pytest.mark.parametrize("name", ["colour", "trees"])
def test_pixels_are_minigrids_own(name):
    world = rk.make(name)
    envs = VectorGridEnv(world, 3, shift=(1, 0), observation="image", tile_size=8)
    seen, _ = envs.reset(seed=0)
    for i in range(3):
        single = GridEnv(world)
        single.reset(options={"level": envs.level(i)})
        expected = RGBImgObsWrapper(single, tile_size=8).observation({})["image"]
        assert np.array_equal(seen[i], expected)


def test_symbolic_planes_are_what_agents_see_and_where_the_agent_is():
    world = rk.make("dish")
    envs = VectorGridEnv(world, 4)
    seen, _ = envs.reset(seed=0)
    for i in range(4):
        level = envs.level(i)
        assert np.array_equal(seen[i, :-1], level.planes()[0])
        assert seen[i, -1].ravel().argmax() == level.start[0]
        assert seen[i, -1].sum() == 1


# When an episode ends


def _run_to_an_end(mode):
    envs = VectorGridEnv("cheese", 64, autoreset_mode=mode, size=5, layouts=4)
    envs.reset(seed=0)
    rng = np.random.default_rng(0)
    while True:
        out = envs.step(rng.integers(4, size=64))
        if (out[2] | out[3]).any():
            return envs, out, rng


def test_next_step_mode_shows_the_last_observation_and_then_starts_again():
    envs, (seen, rewards, ended, _, infos), rng = _run_to_an_end("NextStep")
    assert "final_obs" not in infos
    assert (rewards[ended] == 1).all()
    levels = [envs.level(i) for i in np.flatnonzero(ended)]
    for i, level in zip(np.flatnonzero(ended), levels, strict=True):
        assert seen[i, -1].ravel().argmax() == level.things["cheese"][0]
    seen, rewards, again, _, _ = envs.step(rng.integers(4, size=64))
    assert (rewards[ended] == 0).all()
    assert not again[ended].any()
    for i in np.flatnonzero(ended):
        assert seen[i, -1].ravel().argmax() == envs.level(i).start[0]


def test_same_step_mode_keeps_the_last_observation_in_the_infos():
    envs, (seen, rewards, ended, _, infos), _ = _run_to_an_end("SameStep")
    assert (infos["_final_obs"] == ended).all()
    assert infos["final_info"]["events"][ended].any(1).all()
    for i in range(64):
        if ended[i]:
            assert rewards[i] == 1
            last = infos["final_obs"][i]
            assert last.shape == seen[i].shape
            assert (
                last[1].ravel().argmax() == last[-1].ravel().argmax()
            )  # at the cheese
            assert seen[i, -1].ravel().argmax() == envs.level(i).start[0]
        else:
            assert infos["final_obs"][i] is None


def test_disabled_mode_waits_for_a_reset():
    envs, (_, _, ended, _, _), rng = _run_to_an_end(AutoresetMode.DISABLED)
    with pytest.raises(ValueError, match="have ended"):
        envs.step(rng.integers(4, size=64))
    envs.reset(options={"reset_mask": ended})
    envs.step(rng.integers(4, size=64))


def test_episodes_are_truncated_after_max_steps():
    envs = VectorGridEnv("lava", 3, max_steps=4, start="corner")
    envs.reset(seed=0)
    for step in range(1, 5):
        _, _, ended, cut, _ = envs.step(np.array([3, 3, 3]))  # into the wall
        assert cut.all() == (step == 4)
        assert not ended.any()


def test_gymnasiums_own_wrapper_counts_episodes():
    envs = VectorGridEnv("cheese", 8, size=5, layouts=4, autoreset_mode="SameStep")
    counted = gymnasium.wrappers.vector.RecordEpisodeStatistics(envs)
    counted.reset(seed=1)
    rng = np.random.default_rng(1)
    for _ in range(200):
        counted.step(rng.integers(4, size=8))
    assert counted.episode_count > 8
    assert set(counted.return_queue) <= {0.0, 1.0}  # 0: cut off before the cheese
    assert 1.0 in counted.return_queue


# Seeds


def test_a_seed_fixes_everything():
    first, again, other = (VectorGridEnv("keys", 4) for _ in range(3))
    a, b, c = first.reset(seed=5)[0], again.reset(seed=5)[0], other.reset(seed=6)[0]
    assert np.array_equal(a, b)
    assert not np.array_equal(a, c)
    for moves in np.random.default_rng(0).integers(4, size=(50, 4)):
        assert np.array_equal(first.step(moves)[0], again.step(moves)[0])


def test_a_shift_can_be_given_at_reset():
    envs = VectorGridEnv("dish", 32)
    envs.reset(seed=0)
    assert not any(envs.level(i).goal_shifted[0] for i in range(32))
    envs.reset(options={"shift": (1, 1)})
    assert all(envs.level(i).goal_shifted[0] for i in range(32))


# Bad input


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"num_envs": 0}, "num_envs=0"),
        ({"observation": "smell"}, "observation='smell'"),
        ({"shift": 0.5}, "shift=0.5"),
        ({"shift": (0, 2)}, "layout=2"),
        ({"world": "moon"}, "world='moon'"),
        ({"world": None}, "world=None"),
        ({"pool": -1}, "pool=-1"),
        ({"max_steps": 0}, "max_steps=0"),
        ({"tile_size": 1000}, "tile_size=1000"),
        ({"render_mode": "human"}, "render_mode='human'"),
        ({"autoreset_mode": "Never"}, "autoreset_mode='Never'"),
        ({"autoreset_mode": 3}, "autoreset_mode=3"),
    ],
)
def test_bad_options_are_named(options, said):
    with pytest.raises(ValueError, match="allowed") as problem:
        VectorGridEnv(**options)
    assert said in str(problem.value)


@pytest.mark.parametrize(
    "moves", [[0, 1], [0, 1, 4], [0.0, 1.0, 2.0], [-1, 0, 0], None, "abc"]
)
def test_bad_actions_are_named_and_change_nothing(moves):
    envs = VectorGridEnv("cheese", 3)
    before, _ = envs.reset(seed=0)
    with pytest.raises(ValueError, match=r"actions.*allowed"):
        envs.step(moves)
    assert np.array_equal(envs.observe(), before)


@pytest.mark.parametrize(
    "mask", [[0, 2], [1, 0, 1], [True, False], True, "all", [[True, True, True]]]
)
def test_a_mask_that_is_none_is_refused(mask):
    envs = VectorGridEnv("cheese", 3)
    envs.reset(seed=0)
    with pytest.raises(ValueError, match=r"reset_mask has .*allowed: \(3,\) truth"):
        envs.reset(options={"reset_mask": mask})


@pytest.mark.parametrize("also", [{"seed": 1}, {"options": {"shift": (1, 0)}}, {}])
def test_no_copy_stays_in_a_level_that_is_gone(also):
    envs, mask = VectorGridEnv("cheese", 2), np.array([True, False])
    if also:
        envs.reset(seed=0)
    options = {**also.pop("options", {}), "reset_mask": mask}
    with pytest.raises(ValueError, match="reset_mask leaves out some copies"):
        envs.reset(options=options, **also)


def test_step_before_reset_says_so():
    with pytest.raises(ValueError, match="reset"):
        VectorGridEnv("cheese", 1).step(np.array([0]))

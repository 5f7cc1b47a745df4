"""Agents as files: what comes back, and what is refused."""

from __future__ import annotations

import json
import pickle
import subprocess
import sys
import tracemalloc
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sameness import assert_same_agent

import robustkit as rk
from robustkit.agents import store
from robustkit.agents.store import FORMAT, VERSION


@pytest.fixture(scope="module")
def world():
    return rk.make("cheese", size=5, layouts=4)


@pytest.fixture(scope="module")
def agents(world):
    quick = {"updates": 5, "levels": 4, "pool": 16}
    return {
        "network": rk.train("network", world, seed=1, **quick),
        "memoriser": rk.train("memoriser", world, episodes=5),
        "searcher": rk.train("searcher", world, generations=1),
        "planner": rk.plan(world, {"base": 0.5, "corner": 0.5}, noise=0.1),
        "device": rk.device("drift", world),
    }


@pytest.mark.parametrize("version", [1, 2])
def test_a_network_of_0_1_acts_as_it_did_whose_walls_handed_on_what_is_known(
    world, tmp_path, version
):
    former = {"input": "see", "recurrent": "recur", "output": "act"}
    former |= {"output_bias": "lean", "bias": "bias"}

    def age(header, parts):
        header["version"] = version
        del header["settings"]["solid"]
        for name, old in former.items() if version == 1 else ():
            parts[f"array_{old}"] = parts.pop(f"array_{name}")
        return True

    quick = {"updates": 5, "levels": 4, "pool": 16}
    solid = rk.train("network", world, seed=1, solid=True, **quick)
    where = rk.save(solid, tmp_path / "agent.npz")
    old = _changed(where, tmp_path / "old.npz", age)
    with np.load(old) as file:
        assert ("array_see" in file.files) == (version == 1)
    assert_same_agent(rk.load(old), solid)


def test_a_failed_save_keeps_what_was_there(agents, tmp_path, monkeypatch):
    where = rk.save(agents["searcher"], tmp_path / "agent.npz")
    before = where.read_bytes()

    def full(*args, **kwargs):
        raise OSError("No space left on device")

    monkeypatch.setattr(np, "savez", full)
    with pytest.raises(OSError, match="No space"):
        rk.save(agents["network"], where)
    assert where.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["agent.npz"]


def test_what_cannot_be_saved_there_or_at_all_is_named(agents, tmp_path):
    with pytest.raises(ValueError, match=r"allowed: NAME\.npz"):
        rk.save(agents["device"], tmp_path / "agent.pkl")
    with pytest.raises(ValueError, match="does not exist"):
        rk.save(agents["device"], tmp_path / "nowhere" / "agent.npz")
    with pytest.raises(ValueError, match="agent=3 cannot be saved"):
        rk.save(3, tmp_path / "agent.npz")


# What cannot be loaded, and why


def _changed(source, target, change):
    """Copy an agent file with its parts changed by `change(header, parts)`.

    Changes that return True are covered up by a new digest.
    """
    with np.load(source) as file:
        parts = {name: file[name] for name in file.files}
    header = json.loads(parts["header"].tobytes())
    if change(header, parts):
        del header["digest"]
        arrays = {n.removeprefix("array_"): a for n, a in parts.items() if "_" in n}
        header["digest"] = store._digest(header, arrays)
    parts["header"] = np.frombuffer(json.dumps(header).encode(), np.uint8)
    np.savez(target, **parts)
    return target


def put(place, value, covered=True):
    """Return a change that puts a value at a place of the header, "settings/seed"."""

    def change(header, parts):
        *way, name = place.split("/")
        for step in way:
            header = header[step]
        header[name] = value
        return covered

    return change


def other_reward(factor, more, covered):
    def change(header, parts):
        parts["array_reward"] = parts["array_reward"] * factor + more
        return covered

    return change


def no_digest(header, parts):
    del header["digest"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (put("version", VERSION + 1, covered=False), "newer"),
        (put("format", "other", covered=False), "not an agent"),
        (other_reward(1, 1, covered=False), "changed after it was saved"),
        (put("settings/seed", 7, covered=False), "changed after it was saved"),
        (no_digest, "changed after it was saved"),
        (put("world/name", "moon"), "does not fit together"),
        (put("recipe", "__class__"), "does not fit together"),
        (put("settings", None), "does not fit together"),
        (put("world/options/size", -3), "does not fit together"),
        (put("settings/sweeps", 10**12), "sweeps=1000000000000 is not from 0 to"),
        (put("world/options/layouts", 10**9), "layouts=1000000000 is not from 0 to"),
        (put("name", "x" * 2_000_000), "more than 1000 letters"),
        (other_reward(1j, 0, covered=True), "is complex"),
        (put("version", True), f"newer than {VERSION}, or none"),
    ],
)
def test_a_changed_file_is_refused_with_a_reason(agents, tmp_path, change, said):
    where = rk.save(agents["searcher"], tmp_path / "agent.npz")
    other = _changed(where, tmp_path / "other.npz", change)
    with pytest.raises(ValueError, match=said) as problem:
        rk.load(other)
    assert "other.npz" in str(problem.value)


def begin(**settings):
    return {"name": "network 0", "settings": settings, "weights": "a1"}


def nested(times):
    return begin(after=nested(times - 1)) if times else {}


@pytest.mark.parametrize(
    ("after", "said"),
    [
        ({"name": "network 0"}, "name, settings and weights"),
        ({**begin(), "name": ["network 0"]}, "name, settings and weights"),
        (begin(diversity="much"), "diversity='much'"),
        (begin(diversity=float("nan")), "diversity=nan"),
        (begin(diversity=[1]), r"diversity=\[1\]"),
        (begin(diversity=2), "diversity=2 is out of range"),
        (begin(choice=["regret"]), r"choice=\['regret'\]"),
        (begin(updates="x" * 10**5), "updates='xxx"),
        (begin(rate=10**400), "rate=1000"),
        (begin(after=[1]), r"after=\[1\]"),
        (nested(51), "more than 50 trainings"),
    ],
)
def test_what_training_went_on_from_is_told_in_plain_words_or_refused(
    agents, tmp_path, after, said
):
    where = rk.save(agents["network"], tmp_path / "agent.npz")
    other = _changed(where, tmp_path / "other.npz", put("settings/after", after))
    with pytest.raises(ValueError, match=said):
        rk.load(other)
    within = put("settings/after", nested(50))
    assert len(rk.load(_changed(where, other, within)).remedies) == 50


def test_shares_of_telling_levels_are_shares(agents, tmp_path):
    def more(header, parts):
        parts["array_telling"] = parts["array_telling"] + 2
        return True

    where = rk.save(agents["network"], tmp_path / "agent.npz")
    with pytest.raises(ValueError, match="not shares"):
        rk.load(_changed(where, tmp_path / "other.npz", more))


@pytest.mark.parametrize("share", [0.0, 0.3, 0.9, 0.999])
def test_a_truncated_file_is_refused(agents, tmp_path, share):
    where = rk.save(agents["network"], tmp_path / "agent.npz")
    content = where.read_bytes()
    where.write_bytes(content[: int(share * len(content))])
    with pytest.raises(ValueError, match="cannot be loaded"):
        rk.load(where)


class Bomb:
    """Something that would leave a trace if it were unpickled."""

    def __init__(self, trace: str) -> None:
        self.trace = trace

    def __reduce__(self):
        return open, (self.trace, "w")


def test_nothing_in_a_file_is_executed(tmp_path):
    trace = tmp_path / "executed"
    bomb = Bomb(str(trace))
    (tmp_path / "pickle.npz").write_bytes(pickle.dumps(bomb))
    np.savez(tmp_path / "object.npz", header=np.array([bomb], dtype=object))
    trace.unlink(missing_ok=True)
    for name in ("pickle.npz", "object.npz"):
        with pytest.raises(ValueError, match="damaged or foreign"):
            rk.load(tmp_path / name)
        assert not trace.exists()


def test_a_file_that_would_fill_the_memory_is_refused(tmp_path):
    where = tmp_path / "bomb.npz"
    with (
        zipfile.ZipFile(where, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("header.npy", "w", force_zip64=True) as part,
    ):
        for _ in range(520):
            part.write(bytes(2**20))
    with pytest.raises(ValueError, match="unpacks to"):
        rk.load(where)


def test_other_files_are_refused(tmp_path):
    (tmp_path / "text.npz").write_text("hello")
    np.savez(tmp_path / "arrays.npz", a=np.arange(3))
    np.savez(tmp_path / "list.npz", header=np.frombuffer(b"[1]", np.uint8))
    for name in ("text.npz", "arrays.npz", "list.npz"):
        with pytest.raises(ValueError, match="cannot be loaded"):
            rk.load(tmp_path / name)
    with pytest.raises(FileNotFoundError, match="no such file"):
        rk.load(tmp_path / "none.npz")


def test_the_header_says_how_the_agent_was_made(agents, tmp_path):
    with np.load(rk.save(agents["network"], tmp_path / "agent.npz")) as file:
        header = json.loads(file["header"].tobytes())
    assert header["format"] == FORMAT
    assert header["recipe"] == "network"
    assert header["settings"]["seed"] == 1
    assert header["world"]["options"]["size"] == 5
    assert header["robustkit"] == rk.__version__


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=6,
)
PLACES = ["recipe", "name", "world", "settings", "version", "robustkit"]
PLACES += ["world/name", "world/options", "settings/seed"]
PLACES += [f"world/options/{name}" for name in ("size", "layouts", "discount")]


@given(place=st.sampled_from(PLACES), value=JSON)
def test_whatever_a_header_says_it_is_refused_or_gives_an_agent(
    agents, tmp_path_factory, place, value
):
    folder = tmp_path_factory.mktemp("fuzz")
    where = rk.save(agents["planner"], folder / "agent.npz")
    try:
        agent = rk.load(_changed(where, folder / "other.npz", put(place, value)))
    except ValueError as problem:
        said = str(problem)
    else:
        said = ""
        assert agent.policy(agent.world.sample(1)).shape[0] == 1
    assert not said or "other.npz" in said


@pytest.mark.parametrize("seed", range(10))
def test_flipped_bytes_are_refused_or_do_no_harm(agents, tmp_path, seed):
    where = rk.save(agents["network"], tmp_path / "agent.npz")
    whole, rng = where.read_bytes(), np.random.default_rng(seed)
    for _ in range(20):
        content = bytearray(whole)
        for place in rng.integers(len(content), size=rng.integers(1, 30)):
            content[place] = rng.integers(256)
        where.write_bytes(content)
        try:
            assert_same_agent(rk.load(where), agents["network"])
        except ValueError as problem:
            said = str(problem)
            continue
    assert "agent.npz" in said


HOSTILE = Path(__file__).with_name("hostile.py")


def tried(first, last):
    """Return how often each end came of hostile files, and what ended otherwise."""
    command = [sys.executable, str(HOSTILE), str(first), str(last)]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=3000)
    assert ran.returncode == 0, ran.stderr[-2000:]
    ends, wrong, seconds, megabytes = json.loads(ran.stdout.splitlines()[-1])
    assert sum(ends.values()) == last - first
    assert not wrong, (wrong, seconds, megabytes)
    return ends


def test_a_hostile_file_is_refused_or_acts_within_bounds():
    assert set(tried(0, 40)) <= {"refused", "acted", "loaded, refused to act"}


@pytest.mark.slow
def test_many_hostile_files_are_refused_or_act_within_bounds():
    ends = tried(40, 2600)
    assert ends["refused"] > 1000
    assert ends["acted"] > 100


# Files of a few bytes or kilobytes that ask for hours or for all memory


def hours(**asked):
    """Return a change that asks for more than is sensible, a product for the most."""

    def change(header, parts):
        for name, value in asked.items():
            inside = header["settings"]
            if name not in inside:
                inside = header["world"]["options"]
            inside[name] = value
        return True

    return change


@pytest.mark.parametrize(
    ("kind", "asked", "said"),
    [
        ("device", {"size": 41, "layouts": 100_000}, "too many to draw"),
        ("network", {"iterations": 100_000, "size": 41}, "iterations=100000"),
        ("network", {"iterations": 3000, "channels": 400}, "iterations=3000"),
        (
            "network",
            {"channels": 100_000, "iterations": 1},
            "channels=100000",
        ),
        ("searcher", {"sweeps": 100_000, "size": 41}, "sweeps=100000"),
        ("memoriser", {"size": 41}, "keys is|values is"),
    ],
)
def test_work_is_refused_by_what_it_comes_to(agents, tmp_path, kind, asked, said):
    where = rk.save(agents[kind], tmp_path / "agent.npz")
    with pytest.raises(ValueError, match=said):
        rk.load(_changed(where, tmp_path / "other.npz", hours(**asked)))


def test_a_header_is_refused_before_it_is_a_million_things(tmp_path):
    many = b'{"a":[' + b"{}," * 20_000_000 + b"0]}"
    np.savez_compressed(tmp_path / "bomb.npz", header=np.frombuffer(many, np.uint8))
    with pytest.raises(ValueError, match=r"its header has|unpacks to"):
        rk.load(tmp_path / "bomb.npz")
    np.savez(tmp_path / "deep.npz", header=np.frombuffer(b"[" * 10**6, np.uint8))
    with pytest.raises(ValueError, match="damaged or foreign"):
        rk.load(tmp_path / "deep.npz")


def test_a_long_list_of_contents_is_not_read(tmp_path):
    with zipfile.ZipFile(tmp_path / "list.npz", "w") as archive:
        for k in range(2000):
            archive.writestr(f"{k}.npy", b"")
    with pytest.raises(ValueError, match="2000 parts, more than 64"):
        rk.load(tmp_path / "list.npz")


def test_to_load_an_agent_it_is_not_let_act(agents, tmp_path, monkeypatch):
    for kind, agent in agents.items():
        rk.save(agent, tmp_path / f"{kind}.npz")

    def act(*args, **kwargs):
        raise AssertionError("it was asked for its policy")

    for agent in agents.values():
        monkeypatch.setattr(type(agent), "policy", act)
    for kind, agent in agents.items():
        assert rk.load(tmp_path / f"{kind}.npz").settings == agent.settings


def test_to_act_a_network_keeps_no_more_for_more_iterations(world, agents):
    levels, most = world.sample(4), []
    for iterations in (10, 500):
        settings = {**agents["network"].settings, "iterations": iterations}
        network = replace(agents["network"], settings=settings)
        network.policy(levels)
        tracemalloc.start()
        network.policy(levels)
        most.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert most[1] < 1.1 * most[0]

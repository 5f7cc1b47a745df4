"""Studies: plans, a store that survives anything, and the same bytes whatever runs."""

from __future__ import annotations

import json
import os
import pickle
import signal
import socket
import subprocess
import sys
import time
from dataclasses import fields, replace

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import robustkit as rk
from robustkit.__main__ import main
from robustkit.metrics.bootstrap import iqm
from robustkit.studies import Plan, read, run, running
from robustkit.studies import store as stores
from robustkit.studies.store import KEPT, SCHEMA, Store

OPTIONS = {
    "cheese": {"size": 7, "layouts": 8},
    "searcher": {"generations": 2, "candidates": 8, "pool": 16, "levels": 8},
}
PLAN = Plan.of("cheese", "searcher", 3, [0.0, 0.5], levels=8, options=OPTIONS)
TOML = """
worlds = ["cheese"]
recipes = "searcher"
seeds = {seeds}
diversities = [0.0, 0.5]
levels = 8

[options]
cheese = {{size = 7, layouts = 8}}
searcher = {{generations = {generations}, candidates = 8, pool = 16, levels = 8}}
"""


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """Return the results of PLAN, carried out in this process without a break."""
    return run(PLAN, tmp_path_factory.mktemp("whole") / "store", jobs=1)


def parts(store):
    return {p: p.stat().st_mtime_ns for p in (store / "parts").glob("*.parquet")}


def damaged(store):
    return list(store.rglob("*.damaged"))


def saved(results, folder):
    return results.save(folder / "results.parquet").read_bytes()


# Plans


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"worlds": "chese"}, "worlds='chese' is not known; .* Did you mean 'cheese'"),
        ({"worlds": []}, "worlds=\\[\\] is not possible; allowed: at least one"),
        ({"worlds": ["cheese", "cheese"]}, "none twice"),
        ({"worlds": None}, "worlds=None is not possible"),
        ({"recipes": "planner"}, "recipes='planner' is not known"),
        ({"seeds": 0}, "seeds=0 is not possible; allowed: a whole number from 1"),
        ({"seeds": [0, -1]}, "seeds=-1 is not possible"),
        ({"seeds": "many"}, "seeds='many' is not possible"),
        ({"seeds": True}, "seeds=True is not possible"),
        ({"seeds": 10**9}, "seeds=1000000000 is not possible"),
        ({"diversities": 2}, "diversities=2 is out of range"),
        ({"diversities": [0.1, 0.1]}, "none twice"),
        ({"diversities": float("nan")}, "diversities=nan is out of range"),
        ({"shifts": [1.0]}, "shifts has 1.0; allowed: pairs"),
        ({"shifts": [(0, 0, 0)]}, "shifts has \\(0, 0, 0\\)"),
        ({"shifts": ["ab"]}, "shifts has 'ab'"),
        ({"shifts": [(0, 1.5)]}, "shifts=1.5 is out of range"),
        ({"levels": 0}, "levels=0 is not possible"),
        ({"groundings": "polr"}, "groundings='polr' is not known.*'polar'"),
        ({"options": []}, "options=\\[\\] is not possible"),
        ({"options": {"dish": {}}}, "options='dish' is not known"),
        ({"options": {"cheese": 3}}, "options\\['cheese'\\]=3 is not possible"),
        ({"options": {"cheese": {"size": 8}}}, "size=8 is not possible"),
        ({"options": {"cheese": {"sise": 9}}}, "option of 'cheese'='sise'"),
        ({"options": {"searcher": {"seed": 1}}}, "has \\['seed'\\]; allowed: other"),
        ({"options": {"searcher": {"candidates": 0}}}, "candidates=0 is not possible"),
        ({"options": {"searcher": {"lr": 1}}}, "option='lr' is not known"),
    ],
)
def test_what_is_not_possible_is_said_before_any_work(change, said, tmp_path):
    given = {"worlds": "cheese", "recipes": "searcher", "seeds": 2} | change
    with pytest.raises(ValueError, match=said):
        rk.study(**given, store=tmp_path / "store")
    assert not (tmp_path / "store").exists()


def test_a_world_too_large_to_list_is_measured_in_polar_only():
    large = {"monsters": {"size": 9, "apples": 3, "shields": 3, "monsters": 2}}
    with pytest.raises(ValueError, match="too many to list; allowed there: 'polar'"):
        Plan.of("monsters", "searcher", 1, groundings="meg", options=large)


def test_a_plan_counts_what_it_asks_for():
    plan = Plan.of(["cheese", "dish"], ["network", "searcher"], 25, [0, 0.1])
    assert plan.agents == len(plan.tasks()) == 200
    assert str(plan).startswith(
        "2 worlds × 2 recipes × 2 diversities × 25 seeds = 200 agents"
    )
    assert [task.seed for task in plan.tasks()[:9]] == [0] * 8 + [1]


def test_a_task_is_known_by_all_that_it_depends_on(monkeypatch):
    task = PLAN.tasks()[0]
    other = {
        "world": "dish",
        "world_options": {},
        "recipe": "network",
        "options": {},
        "diversity": 0.25,
        "seed": 9,
        "shifts": ((0.5, 0.0),),
        "levels": 9,
        "groundings": ("meg",),
    }
    assert set(other) == {field.name for field in fields(task)}
    keys = {replace(task, **{name: value}).key for name, value in other.items()}
    assert len(keys | {task.key}) == len(other) + 1
    assert replace(task).key == task.key
    monkeypatch.setattr("robustkit.studies.plan.code", lambda rooms: "another version")
    assert replace(task).key not in keys | {PLAN.tasks()[0].seed}
    assert len({t.key for t in PLAN.tasks()}) == PLAN.agents


def test_a_plan_is_read_from_toml(tmp_path):
    path = tmp_path / "plan.toml"
    path.write_text(TOML.format(seeds=3, generations=2))
    assert read(path) == PLAN


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("worlds = [", "is no TOML"),
        ("world = 'cheese'", "key of plan.toml='world' is not known.*'worlds'"),
        ("worlds = 'cheese'\nseeds = 1", "has no 'recipes'"),
        ("worlds = 'cheese'\nrecipes = 'network'\nseeds = 1.5", "seeds=1.5"),
        ("worlds = 'cheese'\nrecipes = 'network'\nseeds = {a = 1}", "seeds="),
        ("\0", "is no TOML"),
    ],
)
def test_a_bad_plan_is_refused_in_words(text, said, tmp_path, capsys):
    path = tmp_path / "plan.toml"
    path.write_text(text)
    with pytest.raises(ValueError, match=said):
        read(path)
    assert main(["study", str(path)]) == 2
    assert "Traceback" not in capsys.readouterr().err
    assert not path.with_suffix(".study").exists()


def test_a_plan_that_is_not_there_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"nowhere\.toml"):
        read(tmp_path / "nowhere.toml")


# Results


def test_a_study_finds_what_measuring_each_agent_by_hand_finds(whole):
    assert len(whole) == 12
    world = rk.make("cheese", **OPTIONS["cheese"])
    for row in range(len(whole)):
        agent = rk.train(
            "searcher",
            world,
            seed=int(whole["seed"][row]),
            diversity=float(whole["diversity"][row]),
            **OPTIONS["searcher"],
        )
        path = rk.path(agent, world, goal=whole["goal"][row], n=8)
        for axis in ("scalar", "capability", "alignment"):
            for end, part in (("", "value"), ("_low", "low"), ("_high", "high")):
                expected = getattr(getattr(path[0], axis), part)
                np.testing.assert_equal(whole[axis + end][row], expected)


def test_rows_stand_in_the_plans_order(whole):
    order = list(zip(whole["diversity"], whole["seed"], whole["goal"], strict=True))
    assert order == [(d, s, g) for d in (0, 0.5) for s in range(3) for g in (0, 1)]
    assert json.loads(whole["options"][0]) == OPTIONS
    assert whole.table.schema == SCHEMA


def test_a_summary_is_the_middle_half_over_seeds(whole):
    line = whole.summary()[1]
    assert (line["goal"], line["diversity"], line["agents"]) == (1, 0, 3)
    here = (whole["goal"] == 1) & (whole["diversity"] == 0)
    scalars = whole["scalar"][here]
    middle, low, high = line["scalar"]
    assert middle == iqm(scalars)
    assert scalars.min() <= low <= middle <= high <= scalars.max()
    unknown = np.isnan(whole["alignment"][here]).sum()
    assert line["unknown"] == unknown
    assert f"{middle:.2f} [{low:.2f}, {high:.2f}]" in str(whole)


def test_a_figure_shows_every_seed_and_says_so(whole):
    picture = whole.figure()
    assert "by diversity: 0: " in picture.alt
    assert "At goal shift 1" in picture.alt
    with pytest.raises(ValueError, match=r"goal=0.5, .* allowed: \(0.0, 0.0\)"):
        whole.figure(goal=0.5)
    with pytest.raises(ValueError, match="grounding='meg'"):
        whole.figure(grounding="meg")
    with pytest.raises(ValueError, match=r"column='alignmnt'.*'alignment'"):
        whole["alignmnt"]


def test_results_are_saved_whole_or_not_at_all(whole, tmp_path):
    assert pq.read_table(saved(whole, tmp_path) and tmp_path / "results.parquet")
    for wrong in (tmp_path / "results.csv", tmp_path / "nowhere" / "r.parquet"):
        with pytest.raises(ValueError, match=r"allowed: NAME\.parquet"):
            whole.save(wrong)


def test_groundings_and_recipes_stand_side_by_side(tmp_path):
    results = rk.study(
        "cheese",
        ["searcher", "memoriser"],
        1,
        levels=8,
        groundings=["polar", "attribution"],
        options=OPTIONS,
        store=tmp_path / "store",
        jobs=1,
    )
    assert len(results) == 8
    assert [*results["grounding"][:4]] == ["polar"] * 2 + ["attribution"] * 2
    assert len(results.summary()) == 8
    assert "searcher" in results.figure(grounding="attribution").alt


# Only what is missing


def test_a_second_run_does_nothing_and_finds_the_same(whole, tmp_path, monkeypatch):
    store = tmp_path / "store"
    first = run(PLAN, store, jobs=1)
    assert saved(first, tmp_path) == saved(whole, tmp_path)
    before = parts(store)
    assert len(before) == PLAN.agents
    monkeypatch.setattr(running, "carry_out", None)
    again = run(PLAN, store, jobs=1)
    assert parts(store) == before
    assert saved(again, tmp_path) == saved(first, tmp_path)


def test_more_seeds_train_the_new_ones_only(tmp_path):
    store = tmp_path / "store"
    run(replace(PLAN, seeds=(0, 1)), store, jobs=1)
    before = parts(store)
    results = run(PLAN, store, jobs=1)
    after = parts(store)
    assert len(after) == len(before) + 2
    assert before.items() <= after.items()
    assert results.missing == 0


def test_processes_find_the_same_bytes(whole, tmp_path):
    results = run(PLAN, tmp_path / "store", jobs=2)
    assert saved(results, tmp_path) == saved(whole, tmp_path)


def test_what_fails_is_named_and_the_rest_is_finished(tmp_path, monkeypatch):
    honest = running.train

    def train(recipe, world, seed, **options):
        if seed == 1:
            raise FloatingPointError("it diverged")
        return honest(recipe, world, seed, **options)

    monkeypatch.setattr(running, "train", train)
    results = run(PLAN, tmp_path / "store", jobs=1)
    assert len(results) == 8
    assert [line[1:4] for line in results.failed] == [
        ("searcher", d, 1) for d in (0, 0.5)
    ]
    assert "failed: cheese, searcher, 0.0, 1: FloatingPointError: it div" in str(
        results
    )
    monkeypatch.setattr(running, "train", honest)
    assert not run(PLAN, tmp_path / "store", jobs=1).failed


def test_another_version_on_a_worker_is_refused(tmp_path, monkeypatch):
    honest = running.carry_out
    monkeypatch.setattr(
        running, "carry_out", lambda task: replace(honest(task), code="older")
    )
    with pytest.raises(RuntimeError, match="another version of robustkit"):
        run(PLAN, tmp_path / "store", jobs=1)
    assert not parts(tmp_path / "store")


def test_jobs_and_a_cluster_exclude_each_other(tmp_path):
    with pytest.raises(ValueError, match="jobs=2 is not possible with on='tcp"):
        run(PLAN, tmp_path / "store", jobs=2, on="tcp://127.0.0.1:1")
    with pytest.raises(ValueError, match="jobs=0 is not possible"):
        run(PLAN, tmp_path / "store", jobs=0)


# The store


def test_a_store_is_not_laid_over_something_else(tmp_path):
    (tmp_path / "thesis.tex").write_text("work of years")
    with pytest.raises(ValueError, match="holds other things"):
        run(PLAN, tmp_path, jobs=1)
    with pytest.raises(ValueError, match="cannot be made"):
        run(PLAN, tmp_path / "thesis.tex", jobs=1)


class Trap:
    """Something that would run code if it were unpickled."""

    def __reduce__(self):
        return (os.mkdir, ("sprung",))


def _other_columns(path):
    pq.write_table(pa.table({"key": ["a"], "code": ["import os"]}), path)


def _foreign_key(path):
    table = pq.read_table(path)
    keys = pa.array(["../../etc/passwd"] * len(table))
    pq.write_table(table.set_column(0, SCHEMA.field("key"), keys), path)


def _too_many_rows(path):
    table = pq.read_table(path).slice(0, 1)
    pq.write_table(pa.concat_tables([table] * 11), path)


HARM = {
    "empty": lambda path: path.write_bytes(b""),
    "half": lambda path: path.write_bytes(path.read_bytes()[:3000]),
    "a byte changed": lambda path: path.write_bytes(
        path.read_bytes()[:-200] + b"\xff" + path.read_bytes()[-199:]
    ),
    "noise": lambda path: path.write_bytes(np.random.default_rng(0).bytes(5000)),
    "pickle": lambda path: path.write_bytes(pickle.dumps(Trap())),
    "other columns": _other_columns,
    "a foreign key": _foreign_key,
    "too many rows": _too_many_rows,
}


@pytest.mark.parametrize("harm", HARM)
def test_a_damaged_part_is_put_aside_and_done_again(harm, whole, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    store = tmp_path / "store"
    run(PLAN, store, jobs=1)
    HARM[harm](min(parts(store)))
    monkeypatch.setattr(stores, "ROWS", 10)
    with pytest.warns(UserWarning, match="is not what a study wrote"):
        results = run(PLAN, store, jobs=1)
    assert len(damaged(store)) == 1
    assert saved(results, tmp_path) == saved(whole, tmp_path)
    assert not (tmp_path / "sprung").exists()


@pytest.mark.parametrize("seed", range(20))
def test_no_flipped_bytes_do_harm(seed, whole, tmp_path):
    """Whatever is flipped in a part, it is refused or gives what was written."""
    store = Store(tmp_path / "store")
    task = PLAN.tasks()[0]
    rows = running.carry_out(task).rows
    table = pa.Table.from_pylist(rows, KEPT)
    rng = np.random.default_rng(seed)
    import warnings

    for _ in range(25):
        store.add(table)
        (path,) = parts(store.folder)
        content = bytearray(path.read_bytes())
        for place in rng.integers(len(content), size=rng.integers(1, 20)):
            content[place] = rng.integers(256)
        path.write_bytes(content)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = store.rows([task])
        assert found.equals(table) or len(found) == 0
        path.unlink(missing_ok=True)


def test_many_parts_become_blocks(whole, tmp_path, monkeypatch):
    monkeypatch.setattr(stores, "BLOCK", 4)
    monkeypatch.setattr(running, "BLOCK", 4)
    store = tmp_path / "store"
    results = run(PLAN, store, jobs=1)
    assert len(parts(store)) == 2
    assert len(list((store / "blocks").glob("*.parquet"))) == 1
    assert saved(results, tmp_path) == saved(whole, tmp_path)
    monkeypatch.setattr(running, "carry_out", None)
    assert saved(run(PLAN, store, jobs=1), tmp_path) == saved(whole, tmp_path)


def test_an_interruption_between_block_and_parts_loses_and_doubles_nothing(
    whole, tmp_path, monkeypatch
):
    monkeypatch.setattr(stores, "BLOCK", 4)
    monkeypatch.setattr(running, "BLOCK", 4)
    store = tmp_path / "store"
    kept = Store(store)
    for task in PLAN.tasks():
        kept.add(pa.Table.from_pylist(running.carry_out(task).rows, KEPT))
    copies = {path: path.read_bytes() for path in parts(store)}
    kept.compact()
    for path, content in copies.items():  # as if none had been removed yet
        path.write_bytes(content)
    monkeypatch.setattr(running, "carry_out", None)
    results = run(PLAN, store, jobs=1)
    assert saved(results, tmp_path) == saved(whole, tmp_path)


def test_what_was_half_written_is_never_read_and_goes_in_time(tmp_path):
    store = tmp_path / "store"
    run(replace(PLAN, seeds=(0,)), store, jobs=1)
    old, young = (store / "parts" / f".{n}.parquet.1.part" for n in ("old", "young"))
    for path in (old, young):
        path.write_bytes(b"PAR1 half of it")
    os.utime(old, (0, 0))
    assert run(replace(PLAN, seeds=(0,)), store, jobs=1).missing == 0
    assert young.exists()
    assert not old.exists()


def filled(folder, count, rows=1):
    """Return a store of `count` agents with so many rows each, and their keys."""
    store, keys = Store(folder), [f"{i:032x}" for i in range(count)]
    row = running.carry_out(PLAN.tasks()[0]).rows[0]
    for key in keys:
        store.add(pa.Table.from_pylist([{**row, "key": key}] * rows, KEPT))
    return store, keys


def held(store):
    found = [*store.parts.glob("*.parquet"), *store.blocks.glob("*.parquet")]
    tables = [pq.read_table(path) for path in found]
    return set(pa.concat_tables(tables)["key"].to_pylist())


def test_two_that_make_blocks_at_the_same_time_lose_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(stores, "BLOCK", 40)
    store, keys = filled(tmp_path / "store", 40)
    honest, other, read = Store._read, Store(store.folder), []

    def slow(self, path):
        if path.parent == self.parts:
            read.append(path)
            if len(read) == 20:  # half-way, another process makes the whole block
                monkeypatch.setattr(Store, "_read", honest)
                other.compact()
                monkeypatch.setattr(Store, "_read", slow)
        return honest(self, path)

    monkeypatch.setattr(Store, "_read", slow)
    store.compact()
    assert len(read) == 20
    assert held(store) == set(keys)
    assert not damaged(store.folder)


def test_what_moves_while_it_is_read_is_found(tmp_path, monkeypatch):
    folder, moved = tmp_path / "store", []
    run(replace(PLAN, seeds=(0, 1)), folder, jobs=1)
    monkeypatch.setattr(stores, "BLOCK", 4)
    assert len(parts(folder)) == 4
    honest = stores._named

    def late(place):
        names = list(honest(place))
        if place.name == "parts" and not moved:  # both are listed; then it is moved
            moved.append(place)
            Store(folder).compact()
        return iter(names)

    monkeypatch.setattr(stores, "_named", late)
    rows = Store(folder).rows(PLAN.tasks())
    assert moved
    assert not parts(folder)
    assert len(set(rows["key"].to_pylist())) == 4


def test_agents_of_many_rows_become_blocks_that_can_be_read_again(
    tmp_path, monkeypatch
):
    monkeypatch.setattr(stores, "BLOCK", 20)
    monkeypatch.setattr(stores, "ROWS", 50)
    store, keys = filled(tmp_path / "store", 20, rows=9)
    store.compact()
    assert len(list(store.blocks.iterdir())) == 10
    assert held(store) == set(keys)
    assert all(store._read(path) is not None for path in store.blocks.iterdir())


def test_a_small_file_that_unpacks_to_a_large_one_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(stores, "LARGEST", 10_000_000)
    store, _ = filled(tmp_path / "store", 1, rows=20_000)
    (path,) = parts(store.folder)
    table = pq.read_table(path)
    long = pa.array(["x" * 5000] * len(table))
    where = KEPT.get_field_index("options")
    pq.write_table(table.set_column(where, KEPT.field("options"), long), path)
    assert path.stat().st_size < 300_000
    with pytest.warns(UserWarning, match="unpacks to more than"):
        assert store._read(path) is None


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_in_a_store_is_not_waited_for(whole, tmp_path):
    store = Store(tmp_path / "store")
    os.mkfifo(store.parts / f"{PLAN.tasks()[0].key}.parquet")
    with pytest.warns(UserWarning, match="it is no file"):
        results = run(PLAN, store.folder, jobs=1)
    assert saved(results, tmp_path) == saved(whole, tmp_path)


@pytest.mark.parametrize(
    ("name", "value"), [("world", "<b>nope"), ("seed", 7), ("scalar", None)]
)
@pytest.mark.filterwarnings("ignore:.*is not what a study wrote")
def test_rows_that_are_not_of_the_task_of_their_key_do_not_count(
    name, value, whole, tmp_path
):
    store = Store(tmp_path / "store")
    rows = [{**row, name: value} for row in running.carry_out(PLAN.tasks()[0]).rows]
    store.add(pa.Table.from_pylist(rows, KEPT))
    results = run(PLAN, store.folder, jobs=1)
    assert saved(results, tmp_path) == saved(whole, tmp_path)


def test_a_dry_run_leaves_a_store_as_it_is(tmp_path):
    empty, store = tmp_path / "empty", Store(tmp_path / "store")
    empty.mkdir()
    assert run(PLAN, empty, dry=True).missing == PLAN.agents
    assert not list(empty.iterdir())
    garbage = store.parts / f"{PLAN.tasks()[0].key}.parquet"
    garbage.write_bytes(b"garbage")
    with pytest.warns(UserWarning, match="it is left"):
        assert run(PLAN, store.folder, dry=True).missing == PLAN.agents
    assert garbage.read_bytes() == b"garbage"


# Killed


def command(plan, *more):
    return [sys.executable, "-m", "robustkit", "study", str(plan), *map(str, more)]


def await_parts(store, count, process=None, seconds=90):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if len(parts(store)) >= count:
            return
        assert process is None or process.poll() is None, "it ended early"
        time.sleep(0.02)
    raise TimeoutError(f"{len(parts(store))} of {count} parts")


def slow_plan(tmp_path, generations=20, seeds=8):
    path = tmp_path / "plan.toml"
    path.write_text(TOML.format(seeds=seeds, generations=generations))
    return path


@pytest.fixture(scope="module")
def unbroken(tmp_path_factory):
    """Return the bytes of the slow plan's results without any interruption."""
    folder = tmp_path_factory.mktemp("unbroken")
    results = run(read(slow_plan(folder)), folder / "store", jobs=2)
    return saved(results, folder)


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="kill -9 is POSIX's")
def test_a_driver_that_is_killed_loses_nothing_that_was_finished(tmp_path, unbroken):
    plan, store = slow_plan(tmp_path), tmp_path / "plan.study"
    driver = subprocess.Popen(
        command(plan, "--jobs", 2), stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL
    )
    await_parts(store, 3, driver)
    driver.kill()
    driver.wait()
    before = parts(store)
    assert 3 <= len(before) < 16
    assert not (store / "results.parquet").exists()
    done = subprocess.run(command(plan), capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    assert before.items() <= parts(store).items()
    assert not damaged(store)
    assert (store / "results.parquet").read_bytes() == unbroken


def children(pid):
    """Return the processes below one, and what they run, from /proc."""
    found = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                with open(f"/proc/{entry}/stat") as stat:
                    parent = int(stat.read().rsplit(")", 1)[1].split()[1])
                with open(f"/proc/{entry}/cmdline") as line:
                    found[int(entry)] = parent, line.read()
            except OSError:
                continue
    below = {pid}
    for _ in range(5):
        below |= {child for child, (parent, _) in found.items() if parent in below}
    return {child: found[child][1] for child in below - {pid} if child in found}


@pytest.mark.slow
@pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="needs /proc")
def test_a_worker_that_is_killed_is_replaced(tmp_path, unbroken):
    plan, store = slow_plan(tmp_path), tmp_path / "plan.study"
    driver = subprocess.Popen(
        command(plan, "--jobs", 2),
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    await_parts(store, 2, driver)
    workers = [
        pid for pid, line in children(driver.pid).items() if "popen_loky" in line
    ]
    assert workers
    os.kill(workers[0], signal.SIGKILL)
    _, said = driver.communicate(timeout=300)
    assert driver.returncode == 0, said
    assert not damaged(store)
    assert (store / "results.parquet").read_bytes() == unbroken


def runs(pid):
    """Return whether a process does anything; one that has ended has no command."""
    try:
        with open(f"/proc/{pid}/cmdline") as line:
            return bool(line.read())
    except OSError:
        return False


@pytest.mark.slow
@pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="needs /proc")
def test_a_driver_that_is_asked_to_end_takes_its_workers_along(tmp_path, unbroken):
    plan, store = slow_plan(tmp_path), tmp_path / "plan.study"
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE, "text": True}
    driver = subprocess.Popen(command(plan, "--jobs", 2), **quiet)
    await_parts(store, 2, driver)
    below = children(driver.pid)
    driver.terminate()
    _, said = driver.communicate(timeout=60)  # ends once nobody holds stderr any more
    assert driver.returncode == 130
    assert "what is finished is kept" in said
    assert not [pid for pid in below if runs(pid)]
    assert not list(store.rglob("*.part"))
    results = run(read(plan), store, jobs=2)
    assert saved(results, tmp_path) == unbroken


@pytest.mark.slow
def test_workers_that_always_die_end_the_study_in_words(tmp_path, monkeypatch):
    monkeypatch.setattr(running, "carry_out", lambda task: os._exit(1))
    with pytest.raises(RuntimeError, match=r"3 times .* enough memory for jobs=2\? 0"):
        run(PLAN, tmp_path / "store", jobs=2)


FULL = """
import resource, signal, sys
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))
from robustkit.__main__ import main
sys.exit(main(sys.argv[1:]))
"""


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="file size limits are POSIX's")
def test_a_full_disk_ends_the_study_in_words_and_leaves_nothing_half(tmp_path, whole):
    plan, store = slow_plan(tmp_path, 2, 3), tmp_path / "plan.study"
    done = subprocess.run(
        [sys.executable, "-c", FULL, "study", str(plan), "--jobs", "1"],
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 2, done.stderr
    assert "File too large" in done.stderr
    assert "Traceback" not in done.stderr
    assert not parts(store)
    assert not list(store.rglob("*.part"))
    assert saved(run(read(plan), store, jobs=1), tmp_path) == saved(whole, tmp_path)


# A Dask cluster


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def cluster(tmp_path):
    """Yield the address of a scheduler on loopback and its two workers."""
    pytest.importorskip("distributed")
    address = f"tcp://127.0.0.1:{free_port()}"
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    quiet |= {"cwd": tmp_path}
    host, port = address.removeprefix("tcp://").split(":")
    dask = [sys.executable, "-m", "distributed.cli"]
    first = [*dask[:2], "distributed.cli.dask_scheduler", "--host", host]
    scheduler = subprocess.Popen([*first, "--port", port, "--no-dashboard"], **quiet)
    each = [*dask[:2], "distributed.cli.dask_worker", address, "--nthreads", "1"]
    each += ["--no-dashboard", "--no-nanny", "--death-timeout", "60"]
    workers = [subprocess.Popen(each, **quiet) for _ in range(2)]
    from distributed import Client

    end = time.monotonic() + 60
    while True:
        try:
            with Client(address, timeout="2s", set_as_default=False) as client:
                client.wait_for_workers(2, timeout=30)
            break
        except OSError:
            if time.monotonic() > end:
                raise
    yield address, workers
    for process in (*workers, scheduler):
        process.kill()
        process.wait()


@pytest.mark.slow
def test_a_cluster_finds_the_same_bytes_though_a_worker_is_killed(
    cluster, tmp_path, unbroken
):
    address, workers = cluster
    plan, store = slow_plan(tmp_path), tmp_path / "plan.study"
    driver = subprocess.Popen(
        command(plan, "--on", address),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    await_parts(store, 3, driver)
    assert len(parts(store)) < 16
    workers[0].kill()
    out, said = driver.communicate(timeout=300)
    assert driver.returncode == 0, said
    assert "interquartile means" in out
    assert (store / "results.parquet").read_bytes() == unbroken


def test_a_cluster_that_is_not_there_is_named(tmp_path, monkeypatch):
    pytest.importorskip("distributed")
    monkeypatch.setattr(running, "REACH", "1s")
    for address in (f"tcp://127.0.0.1:{free_port()}", "nonsense://x"):
        with pytest.raises(ValueError, match=r"on='.*cannot be reached"):
            run(PLAN, tmp_path / "store", on=address)


# The command line


def test_the_command_prints_saves_and_draws(tmp_path, capsys, whole):
    plan, picture = slow_plan(tmp_path, 2, 3), tmp_path / "sweep.png"
    assert main(["study", str(plan), "--dry-run"]) == 0
    assert "0 agents are finished in" in capsys.readouterr().out
    assert not (tmp_path / "plan.study").exists()
    assert main(["study", str(plan), "--jobs", "1", "-o", str(picture)]) == 0
    said = capsys.readouterr().out
    assert "= 6 agents" in said
    assert str(tmp_path / "plan.study" / "results.parquet") in said
    assert picture.stat().st_size > 5000
    results = (tmp_path / "plan.study" / "results.parquet").read_bytes()
    assert results == saved(whole, tmp_path)
    assert main(["study", str(plan), "--dry-run"]) == 0
    assert "6 agents are finished" in capsys.readouterr().out
    assert main(["study", str(plan), "-o", str(tmp_path / "sweep.txt")]) == 2
    assert "NAME.png" in capsys.readouterr().err
    assert main(["study", str(plan), "--on", "tcp://127.0.0.1:1", "--jobs", "2"]) == 2

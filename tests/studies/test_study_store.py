"""The store: whole or not at all, whatever happens to it."""

from __future__ import annotations

import os
import pickle
import warnings
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from small_study import PLAN, damaged, parts, saved

from robustkit.studies import store as stores
from robustkit.studies import workers
from robustkit.studies.outcome import carry_out
from robustkit.studies.run import run
from robustkit.studies.store import KEPT, NUMBERED, SCHEMA, Store


def test_a_store_is_not_laid_over_something_else(tmp_path):
    (tmp_path / "thesis.tex").write_text("work of years")
    with pytest.raises(ValueError, match="holds other things"):
        run(PLAN, tmp_path, jobs=1)
    with pytest.raises(ValueError, match="cannot be read: Not a directory"):
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


@pytest.mark.slow_for("[5-9]", "1?")
@pytest.mark.parametrize("seed", range(20))
def test_no_flipped_bytes_do_harm(seed, whole, tmp_path):
    """Whatever is flipped in a part, it is refused or gives what was written."""
    store = Store(tmp_path / "store")
    task = PLAN.tasks()[0]
    rows = carry_out(task).rows
    table = pa.Table.from_pylist(rows, KEPT)
    rng = np.random.default_rng(seed)
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
    monkeypatch.setattr(workers, "BLOCK", 4)
    store = tmp_path / "store"
    results = run(PLAN, store, jobs=1)
    assert len(parts(store)) == 2
    assert len(list((store / "blocks").glob("*.parquet"))) == 1
    assert saved(results, tmp_path) == saved(whole, tmp_path)
    monkeypatch.setattr(workers, "carry_out", None)
    assert saved(run(PLAN, store, jobs=1), tmp_path) == saved(whole, tmp_path)


def test_an_interruption_between_block_and_parts_loses_and_doubles_nothing(
    whole, tmp_path, monkeypatch
):
    monkeypatch.setattr(stores, "BLOCK", 4)
    monkeypatch.setattr(workers, "BLOCK", 4)
    store = tmp_path / "store"
    kept = Store(store)
    for task in PLAN.tasks():
        kept.add(pa.Table.from_pylist(carry_out(task).rows, KEPT))
    copies = {path: path.read_bytes() for path in parts(store)}
    kept.compact()
    for path, content in copies.items():  # as if none had been removed yet
        path.write_bytes(content)
    monkeypatch.setattr(workers, "carry_out", None)
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
    row = carry_out(PLAN.tasks()[0]).rows[0]
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


@pytest.mark.parametrize("folder", ["parts", "blocks"])
def test_what_an_older_edition_wrote_is_named_and_left_alone(whole, tmp_path, folder):
    """There a goal shift was a number that meant something else."""
    store = Store(tmp_path / "store")
    old = pa.Table.from_pylist(carry_out(PLAN.tasks()[0]).rows, KEPT)
    column = KEPT.get_field_index("goal")
    old = old.set_column(column, NUMBERED.field("goal"), pa.array([0.0, 1.0]))
    old = old.drop_columns("place")
    path = store.folder / folder / f"{old['key'][0]}.parquet"
    pq.write_table(old, path)
    before = path.read_bytes()
    with pytest.warns(UserWarning, match=r"of robustkit 0\.1.*is left.*as missing"):
        rows = Store(store.folder).rows(PLAN.tasks())
    assert not len(rows)
    assert path.read_bytes() == before
    assert not damaged(store.folder)
    if folder == "blocks":
        with pytest.warns(UserWarning, match=r"of robustkit 0\.1"):
            assert saved(run(PLAN, store.folder, jobs=1), tmp_path) == saved(
                whole, tmp_path
            )


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_in_a_store_is_not_waited_for(whole, tmp_path):
    store = Store(tmp_path / "store")
    os.mkfifo(store.parts / f"{PLAN.tasks()[0].key}.parquet")
    with pytest.warns(UserWarning, match="it is not a file"):
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

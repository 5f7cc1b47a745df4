"""Stores that say what cannot be, and stores that are taken away meanwhile."""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from small_study import PLAN, damaged, parts, saved, slow_plan

from robustkit.__main__ import main
from robustkit.studies import disk, workers
from robustkit.studies.outcome import carry_out
from robustkit.studies.rows import KEPT
from robustkit.studies.run import run
from robustkit.studies.store import Store

NAN, INF = float("nan"), float("inf")
NONSENSE = [
    ("scalar", 7.0), ("scalar", INF), ("scalar", -1e300), ("scalar", NAN),
    ("scalar", None), ("scalar_low", -INF), ("scalar_high", 2.0), ("capability", 7.0),
    ("capability", -0.1), ("capability", NAN), ("capability_low", INF),
    ("alignment", -3.0), ("alignment_high", 1.1), ("alignment_low", NAN),
    ("goal_low", -1.0), ("coherence", 9.0), ("distinguishing", -1.0),
    ("seconds", -1.0), ("seconds", NAN), ("options", "x"), ("grounding", "x"),
    ("grounding", "meg"), ("goal", "0.3"), ("goal", "0"), ("layout", 0.5),
    ("place", 1.0), ("levels", 9), ("seed", 7), ("seed", 10**15), ("diversity", 0.25),
    ("world", "dish"), ("world", "<b>nope"), ("recipe", "network"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "value"), NONSENSE)
def test_rows_that_cannot_be_are_put_aside(name, value, tmp_path):
    """Though their digest is right: one number or word of the last row is changed."""
    store, task = Store(tmp_path / "store"), PLAN.tasks()[0]
    *rows, last = carry_out(task).rows
    store.add(pa.Table.from_pylist([*rows, last | {name: value}], KEPT))
    wrong = "it has gaps" if value is None else "rows of 1 agents"
    with pytest.warns(UserWarning, match=f"{wrong}.* is put aside"):
        assert not len(store.rows([task]))
    assert len(damaged(store.folder)) == 1


@pytest.mark.filterwarnings("ignore:.*is not what a study wrote")
def test_agents_whose_rows_cannot_be_are_done_again(tmp_path, whole):
    store = Store(tmp_path / "store")
    for task in PLAN.tasks():
        rows = [row | {"scalar": 7.0} for row in carry_out(task).rows]
        store.add(pa.Table.from_pylist(rows, KEPT))
    assert saved(run(PLAN, store.folder, jobs=1), tmp_path) == saved(whole, tmp_path)
    assert len(damaged(store.folder)) == PLAN.agents


@pytest.mark.parametrize(
    "change",
    [
        lambda rows: rows[1:],
        lambda rows: rows[::-1],
        lambda rows: [*rows, rows[0]],
        lambda rows: [rows[0], rows[0]],
    ],
    ids=["one gone", "turned round", "one more", "one twice"],
)
def test_an_agent_has_the_rows_of_its_task_in_their_order(change, tmp_path):
    store, task = Store(tmp_path / "store"), PLAN.tasks()[0]
    store.add(pa.Table.from_pylist(change(carry_out(task).rows), KEPT))
    with pytest.warns(UserWarning, match="is put aside"):
        assert not len(store.rows([task]))


def test_a_value_that_changed_by_accident_is_found_by_the_digest(tmp_path):
    store, task = Store(tmp_path / "store"), PLAN.tasks()[0]
    store.add(pa.Table.from_pylist(carry_out(task).rows, KEPT))
    assert len(store.rows([task])) == task.rows
    (path,) = parts(store.folder)
    table = pq.read_table(path)
    where = KEPT.get_field_index("scalar")
    other = pa.array([0.5] * len(table))
    pq.write_table(table.set_column(where, KEPT.field("scalar"), other), path)
    with pytest.warns(UserWarning, match="do not match its digest.*is put aside"):
        assert not len(store.rows([task]))


def test_a_block_keeps_its_other_agents_where_one_is_nonsense(tmp_path):
    store, tasks = Store(tmp_path / "store"), PLAN.tasks()
    rows = [row for task in tasks for row in carry_out(task).rows]
    rows[2]["capability"] = 7.0
    block = store.blocks / f"{0:032x}.parquet"
    store._write(pa.Table.from_pylist(rows, KEPT), block)
    with pytest.warns(UserWarning, match=r"rows of 1 agents .* it is left"):
        found = store.rows(tasks)
    assert len(found) == len(rows) - tasks[1].rows
    assert tasks[1].key not in found["key"].to_pylist()
    assert block.exists()


def test_one_long_text_in_many_rows_is_not_written_out(tmp_path):
    store, count = Store(tmp_path / "store"), 500
    row = carry_out(PLAN.tasks()[0]).rows[0]
    table = pa.Table.from_pylist([row | {"options": "x" * 1_000_000}], KEPT)
    table = table.set_column(
        KEPT.get_field_index("options"),
        pa.field("options", pa.string()),
        table["options"].dictionary_encode().cast(pa.string()),
    )
    columns = [
        pa.DictionaryArray.from_arrays(
            pa.array([0] * count, pa.int32()), table[name].combine_chunks()
        )
        for name in KEPT.names
    ]
    path = store.parts / f"{row['key']}.parquet"
    pq.write_table(pa.table(columns, names=KEPT.names), path, store_schema=False)
    assert path.stat().st_size < 200_000
    assert pq.ParquetFile(path).schema_arrow == KEPT
    before = pa.total_allocated_bytes()
    with pytest.warns(UserWarning, match="unpacks to more than"):
        assert store._read(path) is None
    assert pa.total_allocated_bytes() - before < 50_000_000


# Taken away meanwhile


def one_sentence(said, store):
    return said.startswith(f"robustkit study: store={str(store)!r}") and (
        said.count("\n") == 1 and "Errno" not in said
    )


def after(count, harm, monkeypatch):
    """Let something happen when so many agents are finished."""
    honest, done = workers.carry_out, []

    def carry(task):
        done.append(task)
        if len(done) == count + 1:
            harm()
        return honest(task)

    monkeypatch.setattr(workers, "carry_out", carry)


@pytest.mark.parametrize("count", [0, 2, 5])
def test_a_store_that_vanishes_ends_the_study_in_a_sentence(
    count, tmp_path, monkeypatch, capsys
):
    plan, store = slow_plan(tmp_path, 2, 3), tmp_path / "store"
    after(count, lambda: shutil.rmtree(store), monkeypatch)
    assert main(["study", str(plan), "--store", str(store), "--jobs", "1"]) == 2
    said = capsys.readouterr().err
    assert one_sentence(said, store)
    assert "is no longer there; the agents that were finished by then are lost" in said
    assert not store.exists()


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EROFS, errno.EIO, errno.EDQUOT])
def test_a_store_that_can_no_longer_be_written_keeps_what_is_finished(
    code, tmp_path, monkeypatch, capsys
):
    plan, store = slow_plan(tmp_path, 2, 3), tmp_path / "store"

    def full(*_, **__):
        raise OSError(code, os.strerror(code))

    after(2, lambda: monkeypatch.setattr(disk.pq, "write_table", full), monkeypatch)
    assert main(["study", str(plan), "--store", str(store), "--jobs", "1"]) == 2
    said = capsys.readouterr().err
    assert one_sentence(said, store)
    assert f"cannot be written: {os.strerror(code)}; the agents that were fin" in said
    assert len(parts(store)) == 2
    assert not list(store.rglob("*.part"))


def test_results_that_cannot_be_written_end_in_a_sentence(
    tmp_path, monkeypatch, capsys
):
    plan, store = slow_plan(tmp_path, 2, 3), tmp_path / "store"
    asked = ["study", str(plan), "--store", str(store), "--jobs", "1"]
    assert main(asked) == 0

    def full(*_, **__):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(disk.pq, "write_table", full)
    capsys.readouterr()
    assert main(asked) == 2
    assert one_sentence(capsys.readouterr().err, store)
    assert len(parts(store)) == 6


def test_a_store_that_cannot_be_written_is_refused_before_any_work(
    tmp_path, monkeypatch, whole
):
    store = Store(tmp_path / "store").folder
    monkeypatch.setattr(os, "access", lambda *_: False)
    monkeypatch.setattr(workers, "carry_out", None)
    with pytest.raises(ValueError, match=r"store=.*cannot be written; allowed: a fol"):
        run(PLAN, store, jobs=1)
    assert run(PLAN, store, dry=True).missing == PLAN.agents


def test_a_part_that_may_not_be_read_is_not_called_damaged(tmp_path, monkeypatch):
    store = tmp_path / "store"
    run(PLAN, store, jobs=1)
    before = parts(store)

    def denied(self, *_, **__):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(self))

    monkeypatch.setattr(Path, "open", denied)
    with pytest.raises(
        OSError, match=r"store=.*cannot be read: Permission denied; the"
    ):
        run(PLAN, store, jobs=1)
    assert parts(store) == before


@pytest.mark.parametrize(
    ("name", "dry"),
    [
        ("file", False), ("file", True), ("file/below", False), ("x" * 300, False),
        ("x" * 300, True), ("nul\0", False), ("\udcff\0", False),
    ],
)  # fmt: skip
def test_what_is_no_folder_is_no_store(name, dry, tmp_path):
    (tmp_path / "file").write_text("work of years")
    with pytest.raises(ValueError, match=r"store='.*' cannot be (made|read): \w+"):
        run(PLAN, f"{tmp_path}/{name}", jobs=1, dry=dry)
    assert (tmp_path / "file").read_text() == "work of years"

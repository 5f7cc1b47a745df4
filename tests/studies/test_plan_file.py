"""Files of plans as editors save them, and whose the results in a store are."""

from __future__ import annotations

import shutil

import pyarrow.parquet as pq
import pytest
from small_study import PLAN, TOML, slow_plan

from robustkit.__main__ import main
from robustkit.studies.plan import MOST, Plan, read


def test_a_mark_at_the_beginning_is_no_part_of_a_plan(tmp_path):
    path = slow_plan(tmp_path, 2, 3)
    path.write_text(path.read_text("utf-8"), "utf-8-sig")
    assert read(path) == PLAN


@pytest.mark.parametrize(
    "encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"]
)
def test_a_plan_in_another_encoding_is_told_how_to_be_saved(encoding, tmp_path, capsys):
    path = slow_plan(tmp_path, 2, 3)
    path.write_text(path.read_text("utf-8") + "\n# Größe", encoding)
    assert main(["study", str(path)]) == 2
    said = capsys.readouterr().err
    assert "plan.toml' is not TOML in UTF-8 (line " in said
    assert "save it as UTF-8" in said
    assert said.count("\n") == 1


def test_a_plan_of_very_many_agents_is_read_at_once_or_refused(tmp_path):
    path = tmp_path / "plan.toml"
    path.write_text(TOML.format(seeds=MOST // 2, generations=2))
    assert isinstance(read(path).seeds, range)  # and no list of them
    for seeds in (MOST // 2 + 1, 10_000_000):
        path.write_text(TOML.format(seeds=seeds, generations=2))
        with pytest.raises(ValueError, match="from 1 to 1000000"):
            read(path)
    path.write_text("#" * 2_000_000)
    with pytest.raises(ValueError, match="larger than 1000000 bytes"):
        read(path)
    with pytest.raises(ValueError, match="shifts times groundings=1001"):
        Plan.of("cheese", "network", 1, shifts=[(i / 2000, 0) for i in range(1001)])


# Whose results these are


def seeds_in(path):
    return len(set(pq.read_table(path)["seed"].to_pylist()))


def study(plan, seeds, *more):
    plan.parent.mkdir(exist_ok=True)
    plan.write_text(TOML.format(seeds=seeds, generations=2))
    assert main(["study", str(plan), "--jobs", "1", *map(str, more)]) == 0


def test_plans_that_share_a_store_each_keep_their_results(tmp_path, capsys):
    """Though a second has all agents of the first, or the same name elsewhere."""
    store = tmp_path / "shared"
    plans = [tmp_path / name for name in ("a.toml", "b.toml", "x/b.toml", "x/a.toml")]
    for seeds, plan in enumerate(plans, start=1):
        study(plan, seeds, "--store", store)
    names = ["results", "results-b", "results-b-2", "results-a"]
    for seeds, name in enumerate(names, start=1):
        assert seeds_in(store / f"{name}.parquet") == seeds
    capsys.readouterr()
    study(plans[1], 5, "--store", store)  # the same plan with more seeds
    assert f"saved {store / 'results-b.parquet'}" in capsys.readouterr().out
    assert [seeds_in(store / f"{name}.parquet") for name in names] == [1, 5, 3, 4]


def test_a_plan_and_its_store_may_be_moved_together(tmp_path):
    plan = tmp_path / "here" / "plan.toml"
    study(plan, 1)
    shutil.move(plan.parent, tmp_path / "there")
    plan = tmp_path / "there" / "plan.toml"
    study(plan, 2)
    assert seeds_in(plan.with_suffix(".study") / "results.parquet") == 2


def test_results_that_are_nobodys_are_left(tmp_path):
    store = tmp_path / "shared"
    study(tmp_path / "a.toml", 1, "--store", store)
    (store / "results.plan").unlink()
    study(tmp_path / "b.toml", 2, "--store", store)
    assert seeds_in(store / "results.parquet") == 1
    assert seeds_in(store / "results-b.parquet") == 2


@pytest.mark.parametrize("stem", ["ü" * 100, "a b'\"<i>", "-rf", "%s$(x)", "results"])
def test_a_plan_may_have_any_name(stem, tmp_path):
    for folder in ("one", "two"):
        study(tmp_path / folder / f"{stem}.toml", 1, "--store", tmp_path / "store")
    assert len(list((tmp_path / "store").glob("results*.parquet"))) == 2

"""Plans: what can be asked for, and what is refused in words."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest
from small_study import PLAN, TOML

import robustkit as rk
from robustkit.__main__ import main
from robustkit.studies.plan import Plan, read


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
        ({"n": 0}, "n=0 is not possible"),
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
        "n": 9,
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
        ("worlds = 'cheese'\nlevels = 8", "='levels' is not known; allowed: n, the"),
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

"""Studies: what can be planned, what they find, and that nothing is done twice."""

from __future__ import annotations

import json
from dataclasses import fields, replace

import numpy as np
import pyarrow.parquet as pq
import pytest
from small_study import OPTIONS, PLAN, parts, saved, slow_plan

import robustkit as rk
from robustkit.__main__ import main
from robustkit.metrics.bootstrap import iqm
from robustkit.metrics.reading import AXES
from robustkit.studies import outcome, workers
from robustkit.studies.plan import Plan, read
from robustkit.studies.run import run
from robustkit.studies.store import SCHEMA


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
        ({"shifts": [(0, 0, 0, 0)]}, "shifts has \\(0, 0, 0, 0\\)"),
        ({"shifts": [(0, 0, 2)]}, "shifts=2 is out of range"),
        ({"shifts": [(0, 1, 1)]}, "cannot be measured at: place=1 .* layout=1"),
        ({"shifts": ["ab"]}, "shifts has 'ab'"),
        ({"shifts": [(0, 1.5)]}, "shifts=1.5 is out of range"),
        ({"shifts": [(0, "anywhere")]}, "shifts='anywhere' is not possible"),
        ({"shifts": [("nowhere", 0)]}, "shifts='nowhere' is not known; .*anywhere"),
        ({"shifts": [("anywhere", 0)] * 2}, "none twice"),
        (
            {"worlds": ["cheese", "lava"]},
            r"shifts has \('anywhere', 0\.0\), which 'lava' cannot be measured at: "
            "goal='anywhere' is not possible; allowed: 0",
        ),
        (
            {"worlds": "lava", "shifts": [(0, 0), (0.5, 0)]},
            "'lava' cannot be measured at: goal=0.5 is not possible",
        ),
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
        (
            {"options": {"searcher": {"choice": ["uniform", "regret"]}}},
            "option='choice' is not known; allowed: generations",
        ),
        (
            {"recipes": "memoriser", "options": {"memoriser": {"choice": "regret"}}},
            "option='choice' is not known; allowed: episodes",
        ),
        (
            {
                "recipes": "network",
                "options": {"network": {"choice": ["regret", "rgret"]}},
            },
            "choice='rgret' is not known; .* Did you mean 'regret'",
        ),
        ({"options": {"searcher": {"pool": []}}}, r"'pool'\]=\[\] is .* at least one"),
        ({"options": {"searcher": {"pool": [8, 8.0]}}}, "none twice"),
        ({"options": {"searcher": {"pool": [{}]}}}, "allowed: one value or a list"),
        (
            {"options": {"searcher": {n: [*range(1, 999)] for n in ("pool", "start")}}},
            "agents of the plan=1992008 is not possible",
        ),
        ({"options": {"searcher": {"after": {}}}}, "has \\['after'\\]; allowed: other"),
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
    path = slow_plan(tmp_path, 2, 3)
    assert read(path) == PLAN
    assert PLAN.shifts == ((0, 0), ("anywhere", 0))
    asked = "shifts = [[0, 0], [0.4, 0], ['anywhere', 1]]\n"
    path.write_text(asked + path.read_text())
    assert read(path).shifts == ((0, 0), (0.4, 0), ("anywhere", 1))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("worlds = [", "is not TOML"),
        ("world = 'cheese'", "key of plan.toml='world' is not known.*'worlds'"),
        ("worlds = 'cheese'\nseeds = 1", "has no 'recipes'"),
        ("worlds = 'cheese'\nlevels = 8", "='levels' is not known; allowed: n, the"),
        ("worlds = 'cheese'\nrecipes = 'network'\nseeds = 1.5", "seeds=1.5"),
        ("worlds = 'cheese'\nrecipes = 'network'\nseeds = {a = 1}", "seeds="),
        ("\0", "is not TOML"),
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


# What it finds


@pytest.fixture
def small(tmp_path):
    """Return a study of few levels, by default of a searcher in a small maze."""
    usual = {"n": 8, "options": OPTIONS, "store": tmp_path / "store", "jobs": 1}

    def study(worlds="cheese", recipes="searcher", **asked):
        return rk.study(worlds, recipes, 1, **usual | asked)

    return study


def searcher(**asked):
    """Return an agent of that study."""
    world = rk.make("cheese", **OPTIONS["cheese"])
    return rk.train("searcher", world, **OPTIONS["searcher"], **asked)


def test_a_study_finds_what_measuring_each_agent_by_hand_finds(whole):
    assert len(whole) == 12
    made = zip(whole["seed"], whole["diversity"], strict=True)
    for row, (seed, share) in enumerate(made):
        agent = searcher(seed=int(seed), diversity=float(share))
        goal = whole["goal"][row]
        path = rk.path(agent, agent.world, goal=0 if goal == "0" else goal, n=8)
        for axis in AXES:
            for end, part in (("", "value"), ("_low", "low"), ("_high", "high")):
                expected = getattr(getattr(path[0], axis), part)
                np.testing.assert_equal(whole[axis + end][row], expected)


def test_rows_stand_in_the_plans_order(whole):
    order = list(zip(whole["diversity"], whole["seed"], whole["goal"], strict=True))
    goals = "0", "anywhere"
    assert order == [(d, s, g) for d in (0, 0.5) for s in range(3) for g in goals]
    assert json.loads(whole["options"][0]) == OPTIONS
    assert whole.table.schema == SCHEMA


def test_a_summary_is_the_middle_half_over_seeds(whole):
    line = whole.summary()[1]
    assert (line["goal"], line["diversity"], line["agents"]) == ("anywhere", 0, 3)
    assert " anywhere 0 " in str(whole)
    here = (whole["goal"] == "anywhere") & (whole["diversity"] == 0)
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
    assert "Goal shift anywhere, by polar" in picture.alt
    assert "Training, by polar" in whole.figure(goal=0).alt
    with pytest.raises(ValueError, match=r"0.5, 0.0.* allowed: \(0.0, 0.0\), \('any"):
        whole.figure(goal=0.5)
    with pytest.raises(ValueError, match="grounding='meg'"):
        whole.figure(grounding="meg")
    with pytest.raises(ValueError, match=r"column='alignmnt'.*'alignment'"):
        whole["alignmnt"]


def test_results_are_saved_whole_or_not_at_all(whole, tmp_path):
    assert pq.read_table(saved(whole, tmp_path) and tmp_path / "results.parquet")
    with pytest.raises(ValueError, match=r"allowed: NAME\.parquet"):
        whole.save(tmp_path / "results.csv")
    with pytest.raises(ValueError, match="is in a folder that does not exist"):
        whole.save(tmp_path / "nowhere" / "r.parquet")


def test_groundings_and_recipes_stand_side_by_side(small):
    recipes = ["searcher", "memoriser"]
    results = small(recipes=recipes, groundings=["polar", "attribution"])
    assert len(results) == 8
    assert [*results["grounding"][:4]] == ["polar"] * 2 + ["attribution"] * 2
    assert len(results.summary()) == 8
    assert "searcher" in results.figure(grounding="attribution").alt


def test_goals_are_named_as_they_were_asked_for(small):
    """Text that sorts and compares, whatever numbers stand beside the word."""
    shifts = [(0, 0), (0.2, 0.5), (np.float32(0.5), 0), (1, 0), ("anywhere", 1)]
    results = small(shifts=shifts)
    assert results["goal"].tolist() == ["0", "0.2", "0.5", "1", "anywhere"]
    assert results["layout"].tolist() == [0, 0.5, 0, 0, 1]
    assert "Goal shift 0.2 and layout shift 0.5" in results.figure(0.2, 0.5).alt
    agent = searcher()
    far = rk.path(agent, agent.world, goal="anywhere", layout=1, n=8)
    assert results["scalar"][-1] == far[0].scalar.value


def test_a_study_goes_along_the_place_too(small):
    """Alone, and with the goal at once, where the old place is a candidate too."""
    results = small(shifts=[(0, 0, 1), ("anywhere", 0, 1), (0, 0, 0)])
    assert results["place"].tolist() == [1, 1, 0]
    assert results["goal"].tolist() == ["0", "anywhere", "0"]
    agent = searcher()
    for row, goal in enumerate((0, "anywhere")):
        (reading,) = rk.path(agent, agent.world, goal=goal, place=1, n=8)
        assert results["scalar"][row] == reading.scalar.value
        assert results["capability"][row] == reading.capability.value
    said = results.figure("anywhere", place=1).alt
    assert "Goal shift anywhere and place shift 1" in said
    assert "anywhere 0 1" in str(results)
    with pytest.raises(ValueError, match=r"\(0, 0, 0.5\) is not a shift of this plan"):
        results.figure(0, 0, place=0.5)
    with pytest.raises(ValueError, match=r"'dish' cannot be measured at: place=1"):
        small("dish", options={}, shifts=[(0, 0, 1)])


def test_a_world_without_a_goal_shift_is_studied_along_its_layout(small):
    results = small("lava", "memoriser", shifts=[(0, 0), (0, 1)], options={})
    assert results["layout"].tolist() == [0, 1]
    assert results["scalar"][0] > results["scalar"][1]


NETWORK = {"updates": 3, "levels": 4, "agents": 4, "pool": 16}
REMEDIES = OPTIONS | {"network": NETWORK | {"choice": ["uniform", "regret"]}}


@pytest.fixture(scope="module")
def remedied(tmp_path_factory):
    """Return what is found of networks by two choices of levels, beside searchers."""
    store = tmp_path_factory.mktemp("remedied") / "store"
    recipes, shares = ["network", "searcher"], [0, 0.5]
    given = {"n": 8, "options": REMEDIES, "store": store, "jobs": 1}
    return rk.study("cheese", recipes, 2, diversities=shares, **given)


def test_values_of_an_option_are_conditions(remedied):
    plan = remedied.plan
    assert plan.varied == ("choice",)
    assert plan.variable == "recipe and diversity and choice"
    assert [*plan.conditions] == [
        "network 0 uniform", "network 0.5 uniform", "network 0 regret",
        "network 0.5 regret", "searcher 0", "searcher 0.5",
    ]  # fmt: skip
    assert str(plan).startswith(
        "1 world × 2 recipes in 3 forms × 2 diversities × 2 seeds = 12 agents"
    )
    assert len({task.key for task in plan.tasks()}) == plan.agents == 12


def test_values_of_an_option_may_be_a_range():
    options = {"searcher": {"generations": range(1, 4)}}
    plan = Plan.of("cheese", "searcher", 1, options=options)
    assert [*plan.conditions] == ["1", "2", "3"]


def test_results_say_how_each_agent_was_made(remedied):
    """In a column, a line of the summary, what is printed and what is drawn."""
    wanted = ["uniform"] * 8 + ["regret"] * 8 + [None] * 8
    assert remedied["choice"].tolist() == wanted
    lines = remedied.summary()
    assert [line["choice"] for line in lines] == wanted[::2]
    assert {line["agents"] for line in lines} == {2}
    assert str(remedied).splitlines()[2].split()[:4] == [
        "world", "recipe", "diversity", "choice"
    ]  # fmt: skip
    assert "network 0.5 regret: " in remedied.figure().alt
    world = rk.make("cheese", **OPTIONS["cheese"])
    asked = NETWORK | {"choice": "regret", "diversity": 0.5}
    agent = rk.train("network", world, seed=1, **asked)
    (reading,) = rk.path(agent, world, goal="anywhere", n=8)
    row = 8 + 4 + 2 + 1  # by regret, the second share, the second seed, anywhere
    assert remedied["scalar"][row] == reading.scalar.value
    values, _ = remedied._at("anywhere", 0.0, None, 0.0)
    assert values["scalar"][3, 1] == reading.scalar.value


def test_a_plan_file_has_several_values_too(tmp_path):
    path = tmp_path / "plan.toml"
    path.write_text(
        "worlds = 'cheese'\nrecipes = 'network'\nseeds = 2\n"
        "[options]\nnetwork = {updates = [3, 4], choice = ['uniform', 'regret']}\n"
    )
    plan = read(path)
    assert plan.variable == "updates and choice"
    assert [*plan.conditions] == ["3 uniform", "3 regret", "4 uniform", "4 regret"]
    path.write_text(path.read_text().replace("'regret']", "'rgret']"))
    with pytest.raises(ValueError, match="choice='rgret'"):
        read(path)


def test_what_fails_is_named_by_what_was_asked_of_it(small, monkeypatch):
    def train(recipe, world, seed, **options):
        raise FloatingPointError("it diverged")

    monkeypatch.setattr(outcome, "train", train)
    options = {name: REMEDIES[name] for name in ("cheese", "network")}
    results = small(recipes="network", options=options)
    assert [line[:5] for line in results.failed] == [
        ("cheese", "network", 0, choice, 0) for choice in ("uniform", "regret")
    ]


# Only what is missing


def test_a_second_run_does_nothing_and_finds_the_same(whole, tmp_path, monkeypatch):
    store = tmp_path / "store"
    first = run(PLAN, store, jobs=1)
    assert saved(first, tmp_path) == saved(whole, tmp_path)
    before = parts(store)
    assert len(before) == PLAN.agents
    monkeypatch.setattr(workers, "carry_out", None)
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


@pytest.mark.together
def test_processes_find_the_same_bytes(whole, tmp_path):
    results = run(PLAN, tmp_path / "store", jobs=2)
    assert saved(results, tmp_path) == saved(whole, tmp_path)


def test_what_fails_is_named_and_the_rest_is_finished(tmp_path, monkeypatch):
    honest = outcome.train

    def train(recipe, world, seed, **options):
        if seed == 1:
            raise FloatingPointError("it diverged")
        return honest(recipe, world, seed, **options)

    monkeypatch.setattr(outcome, "train", train)
    results = run(PLAN, tmp_path / "store", jobs=1)
    assert len(results) == 8
    assert [line[1:4] for line in results.failed] == [
        ("searcher", d, 1) for d in (0, 0.5)
    ]
    assert "failed: cheese, searcher, 0.0, 1: FloatingPointError: it div" in str(
        results
    )
    monkeypatch.setattr(outcome, "train", honest)
    assert not run(PLAN, tmp_path / "store", jobs=1).failed


def test_another_version_on_a_worker_is_refused(tmp_path, monkeypatch):
    honest = workers.carry_out
    monkeypatch.setattr(
        workers, "carry_out", lambda task: replace(honest(task), code="older")
    )
    with pytest.raises(RuntimeError, match="another version of robustkit"):
        run(PLAN, tmp_path / "store", jobs=1)
    assert not parts(tmp_path / "store")


def test_jobs_and_a_cluster_exclude_each_other(tmp_path):
    with pytest.raises(ValueError, match="jobs=2 is not possible with on='tcp"):
        run(PLAN, tmp_path / "store", jobs=2, on="tcp://127.0.0.1:1")
    with pytest.raises(ValueError, match="jobs=0 is not possible"):
        run(PLAN, tmp_path / "store", jobs=0)


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

"""A batch: what it says is what a quote says, in the order of the input, whatever happens on the way."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import BrokenExecutor, Executor, Future
from contextlib import contextmanager
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st
from opened import RULES
from sampled import first

from estimator import cli
from estimator.batch import file as prospects
from estimator.batch import run, workers
from estimator.batch.answers import Answer, answers
from estimator.batch.run import RejectedRow, Worked
from estimator.brief import brief, meaning
from estimator.brief.brief import Brief, GoalWords, Store
from estimator.market.points import Points
from estimator.quoting import make, quote
from estimator.values.errors import QuotecastError

ROOT = Path(__file__).parent.parent
EXAMPLE = ROOT / "examples" / "prospects.csv"
BRIEFS = sorted((ROOT / "examples" / "briefs").glob("*.toml"))
QUICK = (Phase.explicit, Phase.reuse, Phase.generate)
"""Without shrinking, which takes minutes where every try prices briefs; a failing brief is small anyway."""
FEW = Points(number=64, scrambles=4)


class Inline(Executor):
    """Works at once, in this process."""

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:
            future.set_exception(error)
        return future


@contextmanager
def _inline(jobs: int, scheduler: str | None) -> Iterator[tuple[Executor, int]]:
    yield Inline(), 1


@pytest.fixture
def inline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "executor_of", _inline)


def worked(path: Path, out: Path, **options: Any) -> tuple[list[dict[str, Any]], list[RejectedRow], Worked]:
    refused: list[RejectedRow] = []
    done = run.run(path, out, RULES, points=FEW, rejected=refused.extend, **options)
    return pq.read_table(out).to_pylist(), refused, done


amounts = st.integers(3_000, 120_000).map(Decimal)
briefs = st.builds(
    Brief,
    stores=st.lists(
        st.builds(
            Store,
            platform=st.sampled_from(["tiktok_shop", "own_site", "pinterest"]),
            status=st.sampled_from([None, "new", "established"]),
        ),
        max_size=2,
    ),
    category=st.sampled_from([None, "beauty", "fashion", "home", "health_supplements"]),
    stage=st.sampled_from([None, "cold", "growth", "mature"]),
    service_model=st.sampled_from([None, "whole_shop", "part_operation"]),
    settlement=st.sampled_from([None, "hybrid", "performance"]),
    ad_budget=st.none() | amounts,
    current_gmv=st.none() | amounts,
    recent_ad_spend=st.none() | amounts,
    price=st.none() | st.integers(15, 90).map(Decimal),
    landed_cost=st.none() | st.integers(2, 14).map(Decimal),
    return_rate=st.none() | st.sampled_from([Decimal("0.05"), Decimal("0.2")]),
    own_videos=st.none() | st.integers(0, 60),
    creators_contacted=st.none() | st.integers(0, 300),
    creators_active=st.none() | st.integers(0, 40),
    live_hours=st.none() | st.integers(0, 60),
    shop_rating=st.none() | st.sampled_from([Decimal("3.9"), Decimal("4.7")]),
    start=st.sampled_from([None, "2027-01", "2027-10"]),
    contract_months=st.sampled_from([None, 3, 6]),
    goals=st.lists(
        st.builds(
            lambda goal, months, reading: GoalWords(
                kpi=goal[0], at_least=Decimal(goal[1]), months=months, reading=reading
            ),
            goal=st.sampled_from(
                [("roas", 2), ("roas_all_fees", "0.1"), ("gmv", 50_000), ("gmv", 2), ("shop_rating", 2)]
                + [(kpi, share) for kpi in ("return_rate", "cvr_shop") for share in ("0.1", 2)]
            ),
            months=st.sampled_from([(1, 3), (2, 2)]),
            reading=st.sampled_from(["total", "every"]),
        ),
        max_size=2,
    ),
)


BEYOND = Brief(
    stores=[Store(platform="tiktok_shop")],
    ad_budget=Decimal(20_000),
    goals=[GoalWords(kpi="gmv", at_least=Decimal(50_000), months=(4, 8))],
)
"""Its goal ends after the months that its money is about."""


@settings(max_examples=6, phases=QUICK)
@example([BEYOND])
@given(st.lists(briefs, min_size=1, max_size=6))
def test_a_batch_says_what_a_quote_says_at_the_same_points(asked: list[Brief]) -> None:
    for one, answer in zip(asked, answers(asked, RULES, points=FEW)):
        made = make.make(one, RULES, points=FEW, ask=False)
        assert isinstance(answer, Answer)
        assert answer.monthly_price == made.monthly_price
        assert answer.monthly_price_range == made.monthly_price_range
        assert answer.difficulty == made.difficulty
        assert [goal.probability for goal in answer.goals] == [odds.probability for odds in made.goals]
        levels = [None if odds.promise is None else odds.promise.level for odds in made.goals]
        assert [goal.promise and goal.promise.level for goal in answer.goals] == levels
        # the same numbers in another order of adding up
        assert answer.fees_mean == pytest.approx(made.fees.mean, rel=1e-9)
        assert vars(answer.profit) == pytest.approx(vars(made.seller.profit), rel=1e-9, abs=1e-6)
        assert answer.loss == made.seller.loss_probability


@cache
def quotes() -> tuple[quote.Quote, ...]:
    return tuple(make.make(brief.read(path), RULES, ask=False) for path in BRIEFS)


@pytest.mark.parametrize("scenario", first(RULES.scenarios, 1))
def test_the_price_is_the_list_price_whatever_scenario_is_looked_at(scenario: str) -> None:
    """A quote's price moves with no scenario either: tests/test_quote.py."""
    for made, answer in zip(quotes(), answers([made.brief for made in quotes()], RULES, scenario=scenario)):
        assert isinstance(answer, Answer)
        assert (answer.difficulty and answer.difficulty.band) == (made.difficulty and made.difficulty.band)
        assert answer.monthly_price == made.monthly_price
        assert answer.monthly_price_range == made.monthly_price_range


def test_near_the_edge_of_a_band_the_price_is_the_quote_s() -> None:
    """Levels that 20, 50 and 80 in 100 of a quote's draws reach, and a little to both sides of each."""
    plain = brief.read(ROOT / "examples" / "briefs" / "seed_beauty.toml").model_copy(
        update={"goals": (GoalWords(kpi="gmv", at_least=Decimal(150_000), months=(1, 3)),)}
    )
    counted = quote.deal_of(make.make(plain, RULES, ask=False)).counted
    reached = meaning.asked_goals(plain, RULES.kpis)[0].decisive(counted)
    levels = [
        Decimal(f"{np.quantile(reached, 1 - edge) * nudge:.2f}")
        for edge in (0.2, 0.5, 0.8)
        for nudge in (0.98, 0.9995, 1.0005, 1.02)
    ]
    asked = [
        plain.model_copy(update={"goals": (GoalWords(kpi="gmv", at_least=level, months=(1, 3)),)})
        for level in levels
    ]
    made = [make.make(one, RULES, ask=False) for one in asked]
    found = [answer for answer in answers(asked, RULES) if isinstance(answer, Answer)]
    assert [answer.difficulty for answer in found] == [one.difficulty for one in made]
    assert [answer.monthly_price for answer in found] == [one.monthly_price for one in made]
    assert {one.difficulty.band for one in made if one.difficulty} == {"likely", "even", "hard", "remote"}


def test_a_batch_gives_the_very_probability_of_a_quote() -> None:
    """With its error, on the points that each of them uses by itself."""
    part = next(prospects.parts(prospects.source(EXAMPLE, RULES.vocabulary), 100))
    asked = [row.brief for row in prospects.read(part, RULES) if isinstance(row, prospects.Prospect)]
    for one, answer in zip(asked, answers(asked, RULES)):
        assert isinstance(answer, Answer)
        made = make.make(one, RULES, ask=False)
        assert [goal.probability for goal in answer.goals] == [odds.probability for odds in made.goals]
        assert answer.difficulty == made.difficulty


def test_rows_keep_the_order_of_the_input(tmp_path: Path, inline: None) -> None:
    rows, refused, done = worked(EXAMPLE, tmp_path / "r.parquet", rows=5)
    assert [row["id"] for row in rows] == [f"F-{number:03d}" for number in range(1, 13)]
    assert [row["line"] for row in rows] == list(range(2, 14))
    assert not refused and (done.done, done.rejected, done.rows) == (12, 0, 12)
    assert not run.parts_of(tmp_path / "r.parquet").exists()
    assert rows[0]["goal_1"] == "roas_platform_total>=2.5@1-3"
    assert rows[8]["goal_1"] is None and rows[8]["monthly_price"] == 6500


def test_bad_rows_are_reported_and_none_is_lost(tmp_path: Path, inline: None) -> None:
    lines = EXAMPLE.read_text("utf-8").splitlines()
    width = lines[0].count(",")
    bad = ["short,row", '"open' + "," * width, "=1+1,,,,,,,,-5" + "," * (width - 8)]
    path = tmp_path / "p.csv"
    path.write_text("\n".join([lines[0], bad[0], *lines[1:4], bad[1], bad[2], *lines[4:]]) + "\n", "utf-8")
    rows, refused, done = worked(path, tmp_path / "r.parquet", rows=4)
    assert [row["id"] for row in rows] == [f"F-{number:03d}" for number in range(1, 13)]
    assert [(row.line, row.column, row.code) for row in refused] == [
        (2, "", "row_width"),
        (6, "", "not_csv"),
        (7, "ad_budget", "below_least"),
    ]
    assert done.rejected == 3 and done.rows == len(lines) - 1 + len(bad)


def test_a_row_that_cannot_be_priced_is_reported_too(tmp_path: Path, inline: None) -> None:
    path = tmp_path / "p.csv"
    path.write_text("id,platforms,start\na,tiktok_shop,2001-01\nb,tiktok_shop,2027-01\n")
    rows, refused, _ = worked(path, tmp_path / "r.parquet")
    assert [row["id"] for row in rows] == ["b"]
    assert [(row.line, row.column) for row in refused] == [(2, "start")]


@settings(max_examples=8, phases=QUICK)
@given(order=st.permutations(range(12)), size=st.integers(1, 13))
def test_rows_in_another_order_give_the_same_rows_in_that_order(order: list[int], size: int) -> None:
    part = next(prospects.parts(prospects.source(EXAMPLE, RULES.vocabulary), 100))
    found = [row.brief for row in prospects.read(part, RULES) if isinstance(row, prospects.Prospect)]
    straight = answers(found, RULES, points=FEW)
    moved = [found[index] for index in order]
    cut = [moved[start : start + size] for start in range(0, 12, size)]
    again = [answer for some in cut for answer in answers(some, RULES, points=FEW)]
    assert again == [straight[index] for index in order]


def test_what_changes_is_worked_anew_and_only_that(
    tmp_path: Path, inline: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, out = tmp_path / "p.csv", tmp_path / "r.parquet"
    path.write_bytes(EXAMPLE.read_bytes())
    with monkeypatch.context() as patch:
        patch.setattr(run, "_join", lambda paths, out: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            worked(path, out, rows=3)
    assert len(list(run.parts_of(out).glob("*.parquet"))) == 4 and not out.exists()
    path.write_text(path.read_text("utf-8").replace("F-007", "G-007"), "utf-8")
    rows, _, done = worked(path, out, rows=3)
    assert done.kept == 9 and [row["id"] for row in rows][6] == "G-007"


SCRIPT = """
import datetime as dt
import sys
from pathlib import Path
from estimator.batch import run
from estimator.market.points import Points
from estimator.rules.rules import open_rules
if __name__ == "__main__":
    rules, points = open_rules(on=dt.date(2026, 11, 30)), Points(number=64, scrambles=4)
    run.run(Path(sys.argv[1]), Path(sys.argv[2]), rules, jobs=1, rows=1, points=points,
              told=lambda worked: print(worked.rows, flush=True))
"""


@pytest.mark.journey
def test_a_killed_run_goes_on_where_it_stood(tmp_path: Path, inline: None) -> None:
    script, out = tmp_path / "run.py", tmp_path / "r.parquet"
    script.write_text(SCRIPT)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(
        [sys.executable, script, EXAMPLE, out], stdout=subprocess.PIPE, env=environment, cwd=ROOT
    )
    assert process.stdout is not None
    process.stdout.readline()
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    assert not out.exists() and list(run.parts_of(out).glob("*.parquet"))
    rows, _, done = worked(EXAMPLE, out, rows=1)
    fresh, _, _ = worked(EXAMPLE, tmp_path / "fresh.parquet", rows=1)
    assert done.kept >= 1 and rows == fresh and done.done == 12


def test_half_a_part_is_not_taken_for_one(tmp_path: Path, inline: None) -> None:
    out = tmp_path / "r.parquet"
    run.parts_of(out).mkdir()
    (run.parts_of(out) / "000000-abc.parquet.half").write_bytes(b"PAR1")
    rows, _, _ = worked(EXAMPLE, out)
    assert len(rows) == 12


def test_a_part_that_a_disk_cut_short_is_worked_anew(
    tmp_path: Path, inline: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "r.parquet"
    with monkeypatch.context() as patch:
        patch.setattr(run, "_join", lambda paths, out: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            worked(EXAMPLE, out, rows=3)
    first, second, *_ = sorted(run.parts_of(out).glob("*.parquet"))
    first.write_bytes(first.read_bytes()[:-200])
    second.write_bytes(b"")
    rows, _, done = worked(EXAMPLE, out, rows=3)
    assert done.kept == 6 and [row["id"] for row in rows] == [f"F-{number:03d}" for number in range(1, 13)]


def test_a_worker_with_other_rules_is_refused() -> None:
    part = next(prospects.parts(prospects.source(EXAMPLE, RULES.vocabulary), 1))
    opened = {"folder": "", "on": "2026-12-01", "named": None, "sha": "other"}
    with pytest.raises(QuotecastError, match="other rules"):
        run.work(json.dumps(vars(part)), opened, "expected", vars(FEW))


def test_the_command_reports_what_was_left_out(
    tmp_path: Path, inline: None, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run.run, "__kwdefaults__", {**run.run.__kwdefaults__, "points": FEW})
    path, out = tmp_path / "p.csv", tmp_path / "r.parquet"
    path.write_text('id,platforms,ad_budget\n=cmd,tiktok_shop,"-1"\nb,tiktok_shop,20k\n')
    assert cli.main(["batch", str(path), "--out", str(out), "--lang", "zh"]) == 0
    assert "退回 1 家" in capsys.readouterr().err
    with (tmp_path / "r.rejected.csv").open(encoding="utf-8-sig", newline="") as file:
        heads, (line, name, column, _, fault) = csv.reader(file)
    assert heads == ["文件行号", "编号", "列", "错误代码", "需要修改之处"]
    assert (line, name, column) == ("2", "'=cmd", "ad_budget")
    assert fault.startswith("'-1") and "请写" in fault
    path.write_text("id,platforms,ad_budget\n客户,tiktok_shop,20k\n", "gb18030")
    assert cli.main(["batch", str(path), "--out", str(out)]) == 0
    assert "read as GB18030" in capsys.readouterr().err
    assert cli.main(["batch", str(path), "--out", str(tmp_path / "r.csv")]) == 1
    assert cli.main(["batch", str(tmp_path / "none.csv"), "--out", str(out)]) == 1


def test_a_batch_without_a_single_answer_is_a_fault(
    tmp_path: Path, inline: None, capsys: pytest.CaptureFixture[str]
) -> None:
    path, out = tmp_path / "p.csv", tmp_path / "r.parquet"
    path.write_text("id,ad_budget\na,x\n")
    assert cli.main(["batch", str(path), "--out", str(out)]) == 1
    assert "0 done, 1 rejected" in capsys.readouterr().err
    assert (tmp_path / "r.rejected.csv").exists()


def test_a_batch_that_cannot_begin_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(workers, "find_spec", lambda name: None)
    out = tmp_path / "r.parquet"
    assert cli.main(["batch", str(EXAMPLE), "--out", str(out), "--scheduler", "tcp://127.0.0.1:9"]) == 1
    assert "quotecast[cluster]" in capsys.readouterr().err
    for nowhere in (".", ""):
        assert cli.main(["batch", str(EXAMPLE), "--out", nowhere]) == 1
        assert ".parquet" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_a_batch_never_writes_over_what_it_reads(
    tmp_path: Path, inline: None, capsys: pytest.CaptureFixture[str]
) -> None:
    read = tmp_path / "r.rejected.csv"
    read.write_text("id,ad_budget\na,20k\n")
    assert cli.main(["batch", str(read), "--out", str(tmp_path / "r.parquet")]) == 1
    assert str(read) in capsys.readouterr().err
    assert read.read_text() == "id,ad_budget\na,20k\n" and list(tmp_path.iterdir()) == [read]


def test_a_folder_is_no_result(tmp_path: Path, inline: None) -> None:
    out = tmp_path / "r.parquet"
    out.mkdir()
    with pytest.raises(QuotecastError, match="this is a folder"):
        run.run(EXAMPLE, out, RULES, points=FEW)
    assert list(tmp_path.iterdir()) == [out]


class _Killed(Executor):
    """A pool whose process was ended from outside: what it was given is lost, and it takes no more."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        self.given = 0

    def submit(self, *args: object, **kwargs: object) -> Future[Any]:  # type: ignore[override]
        if self.given:
            raise BrokenExecutor
        self.given += 1
        lost: Future[Any] = Future()
        lost.set_exception(BrokenExecutor())
        return lost


@pytest.mark.parametrize("rows", [3, 1000])
def test_a_process_that_is_ended_leaves_what_is_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rows: int
) -> None:
    out = tmp_path / "r.parquet"
    monkeypatch.setattr(workers, "ProcessPoolExecutor", _Killed)
    with pytest.raises(QuotecastError, match="fewer jobs"):
        run.run(EXAMPLE, out, RULES, points=FEW, rows=rows)
    assert run.parts_of(out).is_dir()


@pytest.mark.parametrize("address", ["nonsense", "", "host:8786", "tcp://127.0.0.1:notaport"])
def test_an_address_that_is_none_is_refused_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setattr(workers, "find_spec", lambda name: True)
    with pytest.raises(QuotecastError, match="tcp://host:8786"):
        run.run(EXAMPLE, tmp_path / "r.parquet", RULES, scheduler=address)


@pytest.mark.cluster
def test_a_cluster_gives_the_same_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
        rows, _, done = worked(EXAMPLE, tmp_path / "c.parquet", rows=3, scheduler=cluster.scheduler_address)
    monkeypatch.setattr(run, "executor_of", _inline)
    assert done.done == 12 and rows == worked(EXAMPLE, tmp_path / "h.parquet")[0]


@pytest.mark.cluster
def test_a_cluster_that_does_not_answer_is_one_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("distributed")
    monkeypatch.setattr(workers, "PATIENCE", "200ms")
    with pytest.raises(QuotecastError, match="no cluster"):
        worked(EXAMPLE, tmp_path / "c.parquet", scheduler="tcp://127.0.0.1:9")

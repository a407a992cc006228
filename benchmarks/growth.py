"""What more work costs: stores, months, offers and prospects, as multiples of the least in one run.

The multiples, not the milliseconds, are what another machine would find again. Memory of a batch is the
largest process's, as the system counts it.
"""

from __future__ import annotations

import csv
import itertools
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from decimal import Decimal
from functools import partial
from pathlib import Path
from time import perf_counter

from benchmarks.speed import Work, interleaved
from estimator.brief import brief
from estimator.brief.brief import Brief
from estimator.contract.trade import Trade
from estimator.market.points import Points
from estimator.market.summary import Spread
from estimator.quoting import make, quote
from estimator.quoting.quote import Quote
from estimator.rules.rules import open_rules

EXAMPLES = Path("examples")
RULES = open_rules()
STORES = (1, 2, 3, 4, 5)
MONTHS = (3, 6, 12, 24)
OFFERS = (1, 2, 4, 8, 16)
WAYS: tuple[dict[str, object], ...] = (
    {"service_model": "whole_shop"},
    {"service_model": "whole_shop", "team_level": "us_local"},
    {"service_model": "part_operation"},
    {"service_model": "kpi_consulting"},
)
PROSPECTS = (100, 1_000, 10_000, 100_000)
Sizes = dict[str, float]


def _read(name: str) -> Brief:
    return brief.read(EXAMPLES / "briefs" / f"{name}.toml")


def multiples(works: Mapping[int | str, Work]) -> Sizes:
    """Seconds of each size over those of the first, medians of interleaved rounds."""
    times = interleaved({str(size): work for size, work in works.items()}, {})
    first = next(iter(times.values()))
    return {size: round(spent / first, 2) for size, spent in times.items()}


def _fresh(seeds: Iterator[int]) -> Points:
    return replace(Points(), seed=next(seeds))


def first_answers(briefs: Mapping[int | str, Brief], seeds: Iterator[int]) -> Sizes:
    """Quotes of briefs of several sizes, each on points that nothing was kept of."""

    def answer(asked: Brief) -> None:
        make.make(asked, RULES, points=_fresh(seeds), ask=False)

    return multiples({size: partial(answer, asked) for size, asked in briefs.items()})


def by_stores() -> Sizes:
    """A first answer to the five platforms' brief with its first stores only."""
    whole = _read("home_five_platforms")
    briefs = {count: whole.model_copy(update={"stores": whole.stores[:count]}) for count in STORES}
    return first_answers(briefs, itertools.count(1))


def by_months() -> Sizes:
    """A first answer to the new shop's brief over longer contracts."""
    whole = _read("seed_beauty")
    briefs = {months: whole.model_copy(update={"contract_months": months}) for months in MONTHS}
    return first_answers(briefs, itertools.count(1000))


def offered(made: Quote, points: Points, count: int) -> list[tuple[Spread, Spread]]:
    """Quantiles of fee and seller's profit of offers under one way of operating: lower bases, more share."""
    deal = quote.deal_of(made, points)
    terms_of = make.terming(made.priced.terms, RULES, None)
    found = []
    for step in range(count):
        trade = Trade(base=Decimal(8000 - 250 * step), commission=Decimal(5 + step) / 1000)
        under = deal.under(terms_of(trade))
        found.append((Spread.of(under.fee), Spread.of(under.money.profit_of(under.months))))
    return found


def by_offers() -> Sizes:
    """Offers from nothing simulated to their quantiles."""
    made, seeds = make.make(_read("seed_beauty"), RULES, ask=False), itertools.count(2000)

    def worked(count: int) -> None:
        offered(made, _fresh(seeds), count)

    return multiples({count: partial(worked, count) for count in OFFERS})


def by_ways() -> Sizes:
    """Two offers under each of four ways of operating against a single one, on the same points."""
    whole, seeds = _read("seed_beauty"), itertools.count(3000)
    made = [make.make(whole.model_copy(update=way), RULES, ask=False) for way in WAYS]

    def worked(ways: int, offers: int) -> None:
        points = _fresh(seeds)
        for one in made[:ways]:
            offered(one, points, offers)

    return multiples({f"{w} x {o}": partial(worked, w, o) for w, o in ((1, 1), (len(WAYS), 2))})


def by_prospects() -> dict[str, dict[str, float]]:
    """A batch in two processes: prospects a second, and megabytes of the largest process.

    The prospects are the example's over and over, no two with the same budget.
    """
    head, *rows = csv.reader((EXAMPLES / "prospects.csv").read_text("utf-8").splitlines())
    spent, named = head.index("ad_budget"), head.index("id")
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        for count in PROSPECTS:
            source, out = Path(folder) / f"{count}.csv", Path(folder) / f"{count}.parquet"
            with source.open("w", encoding="utf-8", newline="") as file:
                writer = csv.writer(file)
                writer.writerow(head)
                for index, row in enumerate(itertools.islice(itertools.cycle(rows), count)):
                    own = {named: f"{row[named]}-{index}", spent: f"{8_000 + 7 * index}"}
                    writer.writerow([own.get(place, cell) for place, cell in enumerate(row)])
            command = [sys.executable, "-m", "estimator.cli", "batch", str(source), "--out", str(out)]
            start, largest = perf_counter(), 0
            quiet = subprocess.DEVNULL
            with subprocess.Popen([*command, "--jobs", "2"], stdout=quiet, stderr=quiet) as batch:
                while batch.poll() is None:
                    largest = max(largest, _peak(batch.pid))
                    with suppress(subprocess.TimeoutExpired):
                        batch.wait(0.2)
            if batch.returncode:
                raise RuntimeError(f"the batch of {count} prospects ended with {batch.returncode}")
            found[str(count)] = {
                "prospects_a_second": round(count / (perf_counter() - start), 1),
                "megabytes": round(largest / 1024),
            }
    return found


def _peak(process: int) -> int:
    """Kilobytes that a process or one that it began has held at most so far, as Linux tells."""
    own = Path(f"/proc/{process}")
    try:
        status = (own / "status").read_text()
        begun = (own / "task" / str(process) / "children").read_text().split()
    except OSError:
        return 0
    held = next((int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")), 0)
    return max([held, *(_peak(int(child)) for child in begun)])


def measured() -> dict[str, object]:
    return {
        "stores": by_stores(),
        "months": by_months(),
        "offers": by_offers(),
        "ways": by_ways(),
        "prospects": by_prospects(),
    }

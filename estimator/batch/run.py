"""Batch: a file of prospects to a file of prices and odds, in parts that survive a kill.

The input is cut into parts of text. Each is worked by whoever is free, here or on a cluster, comes back as
the bytes of a small Parquet file, and is put in its place in one step. A part is named after everything it
depends on: its rows, the edition, the rules, the engine, the scenario and the points. So a run that was
killed goes on where it stood, and one whose input or rules changed works anew just what changed. What is
held at any moment is a few parts, however long the file is.

Maintainer's notes. Rejected rows travel in the metadata of their part, so that a part is one file and one
rename. Workers get text and give bytes: they need no common disk, and nothing of ours is unpickled.
"""

from __future__ import annotations

import datetime as dt
import io
import json
import os
import shutil
import time
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from estimator.batch import file as prospects
from estimator.batch import lines
from estimator.batch.answers import POINTS, Answer, answers
from estimator.batch.file import MOST_GOALS, Part, Prospect, Rejected
from estimator.batch.workers import executor_of
from estimator.market.points import Points
from estimator.quoting.quote import ENGINE
from estimator.rules.rules import Rules, open_rules
from estimator.values.errors import fail

ROWS = 1000
"""Rows of a part: a few seconds of work, which is what a kill can cost."""
AHEAD = 2
"""Parts handed out for each worker, so that none waits for the next."""


META = b"quotecast.part"
LAYOUT = 3
"""Changes with the columns of the result, so that parts of another layout are worked anew."""


def _schema() -> pa.Schema:
    columns: list[tuple[str, pa.DataType]] = [
        ("id", pa.string()),
        ("line", pa.int64()),
        ("edition", pa.string()),
        ("edition_state", pa.string()),
        ("market", pa.string()),
        ("rules", pa.string()),
        ("currency", pa.string()),
        ("months", pa.int32()),
        ("monthly_price", pa.float64()),
        ("monthly_price_low", pa.float64()),
        ("monthly_price_high", pa.float64()),
        ("difficulty", pa.string()),
        ("difficulty_at_edge", pa.bool_()),
    ]
    for number in range(1, MOST_GOALS + 1):
        columns += [
            (f"goal_{number}", pa.string()),
            (f"goal_{number}_probability", pa.float64()),
            (f"goal_{number}_error", pa.float64()),
            (f"goal_{number}_safe_level", pa.float64()),
        ]
    columns += [
        (name, pa.float64())
        for name in (
            "profit_p10",
            "profit_p50",
            "profit_p90",
            "loss_probability",
            "loss_probability_error",
            "fees_mean",
        )
    ]
    return pa.schema(columns)


SCHEMA = _schema()


@dataclass(frozen=True, kw_only=True)
class Worked:
    """How far a batch has come. ``share`` is of the input's lines; ``kept`` are rows of an earlier run.

    ``encoding`` is how the input was read.
    """

    done: int
    rejected: int
    kept: int
    share: float
    seconds: float
    encoding: str = lines.ENCODINGS[0]

    @property
    def rows(self) -> int:
        """Every row seen: answered or rejected."""
        return self.done + self.rejected

    @property
    def speed(self) -> float:
        """Prospects a second of this run; those of an earlier one are not counted."""
        return (self.rows - self.kept) / self.seconds if self.seconds > 0 else 0.0


@dataclass(frozen=True, kw_only=True)
class RejectedRow:
    """One fault of a row that was left out, as it is written down: both languages."""

    id: str
    line: int
    column: str
    code: str
    en: str
    zh: str


def run(
    path: Path,
    out: Path,
    rules: Rules,
    *,
    jobs: int | None = None,
    scheduler: str | None = None,
    scenario: str = "expected",
    points: Points = POINTS,
    rows: int = ROWS,
    told: Callable[[Worked], None] = lambda worked: None,
    rejected: Callable[[Iterator[RejectedRow]], None] = lambda faults: None,
) -> Worked:
    """Price every prospect of ``path`` into the Parquet file ``out``; what came of it.

    ``jobs`` is the number of local processes, by default one for each CPU; ``scheduler`` the address of a
    Dask scheduler that is used instead. ``told`` hears of every part; ``rejected`` gets the rows that were
    left out, in order, before ``out`` is put in place. Parts that an earlier run finished are kept.
    Workers open the same rules again from their folder, so these must stand in one. Raises
    ``QuotecastError`` for a file that cannot be read at all, and for workers with other rules.
    """
    if rules.folder is None:
        raise ValueError("workers cannot open rules that stand in no folder")
    if out.suffix.lower() != ".parquet":
        raise fail("not_a_choice", out.name or "--out", found=out.suffix, choices=".parquet")
    if out.is_dir():
        raise fail("is_folder", str(out))
    found = prospects.source(path, rules.vocabulary)
    rules.scenario(scenario)
    folder = parts_of(out)
    opened = Opened(
        folder="" if scheduler else str(rules.folder.resolve()),
        on=rules.on.isoformat(),
        named=rules.named,
        sha=fingerprint(rules),
    )
    begun = time.monotonic()
    names: list[str] = []
    done = refused = kept = 0
    last = 0

    def note(path: Path, until: int) -> None:
        nonlocal done, refused, last
        meta = _meta(pq.read_schema(path))
        done += meta["done"]
        refused += meta["rows_rejected"]
        last += until
        share = min(1.0, last / max(found.lines - found.body, 1))
        told(Worked(done=done, rejected=refused, kept=kept, share=share, seconds=time.monotonic() - begun))

    workers = jobs or os.cpu_count() or 1
    with executor_of(workers, scheduler) as (executor, width):
        folder.mkdir(parents=True, exist_ok=True)
        waiting: dict[Future[bytes], tuple[Path, int]] = {}

        def collect() -> None:
            for future in wait(waiting, return_when=FIRST_COMPLETED).done:
                place, lines = waiting.pop(future)
                _put(future.result(), place)
                note(place, lines)

        for index, part in enumerate(prospects.parts(found, rows)):
            name = f"{index:06d}-{_key(part, opened.sha, scenario, points)}.parquet"
            names.append(name)
            place, lines = folder / name, part.until - part.line
            if (earlier := _finished(place)) is not None:
                kept += earlier
                note(place, lines)
                continue
            while len(waiting) >= AHEAD * width:
                collect()
            sent = json.dumps(asdict(part), ensure_ascii=False)
            waiting[executor.submit(work, sent, asdict(opened), scenario, asdict(points))] = (place, lines)
        while waiting:
            collect()
    paths = [folder / name for name in names]
    rejected(_rejected(paths))
    _join(paths, out)
    shutil.rmtree(folder)
    return Worked(
        done=done,
        rejected=refused,
        kept=kept,
        share=1.0,
        seconds=time.monotonic() - begun,
        encoding=found.encoding,
    )


def parts_of(out: Path) -> Path:
    """The folder of finished parts beside a result that is not there yet."""
    return out.with_name(f"{out.name}.parts")


@dataclass(frozen=True, kw_only=True)
class Opened:
    """How a worker opens the rules of a batch, and the fingerprint that they must have there.

    An empty ``folder`` is the worker's own: on a cluster it need not be where it is here.
    """

    folder: str
    on: str
    named: str | None
    sha: str

    def rules(self, file: str) -> Rules:
        """The rules; raises ``QuotecastError`` where they are others than those of the batch."""
        day = dt.date.fromisoformat(self.on)
        rules = open_rules(self.folder or None, on=day, edition=self.named)
        if (here := fingerprint(rules)) != self.sha:
            raise fail("rules_differ", file, found=here, expected=self.sha)
        return rules


def work(sent: str, opened: dict[str, Any], scenario: str, points: dict[str, int]) -> bytes:
    """A part worked: from the text of ``Part`` to the bytes of its Parquet file.

    Raises ``QuotecastError`` where the rules here are not those of the batch.
    """
    content = json.loads(sent)
    part = Part(**{**content, "header": tuple(content["header"])})
    return _worked(part, Opened(**opened).rules(part.file), scenario, Points(**points))


def fingerprint(rules: Rules) -> str:
    """What an answer depends on besides its row: the engine, the edition, and every rule."""
    text = "\n".join((str(LAYOUT), ENGINE, rules.sha))
    return sha256(text.encode()).hexdigest()[:16]


def _key(part: Part, sha: str, scenario: str, points: Points) -> str:
    content = [sha, scenario, asdict(points), asdict(part)]
    return sha256(json.dumps(content, ensure_ascii=False, sort_keys=True).encode()).hexdigest()[:20]


def _worked(part: Part, rules: Rules, scenario: str, points: Points) -> bytes:
    rows = prospects.read(part, rules)
    briefs = [row.brief for row in rows if isinstance(row, Prospect)]
    found = iter(answers(briefs, rules, scenario=scenario, points=points))
    table: list[dict[str, Any]] = []
    refused: list[RejectedRow] = []
    for row in rows:
        if isinstance(row, Rejected):
            refused += _faults(row)
            continue
        answer = next(found)
        if isinstance(answer, Answer):
            table.append(_cells(row, answer, rules.in_currency(answer.currency)))
        else:
            faults = prospects.placed(answer, row.line, part.file)
            refused += _faults(Rejected(id=row.id, line=row.line, faults=faults))
    meta = {
        "done": len(table),
        "rows_rejected": len({row.line for row in refused}),
        "rejected": [asdict(row) for row in refused],
    }
    schema = SCHEMA.with_metadata({META: json.dumps(meta, ensure_ascii=False).encode()})
    buffer = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(table, schema=schema), buffer)
    return buffer.getvalue()


def _faults(row: Rejected) -> list[RejectedRow]:
    return [
        RejectedRow(
            id=row.id,
            line=row.line,
            column=prospects.column(fault),
            code=fault.code,
            en=fault.text("en"),
            zh=fault.text("zh"),
        )
        for fault in row.faults
    ]


def _cells(row: Prospect, answer: Answer, rules: Rules) -> dict[str, Any]:
    cells: dict[str, Any] = {
        "edition": rules.edition.id,
        "edition_state": rules.state,
        "market": rules.market.id,
        "rules": rules.sha,
        "id": row.id,
        "line": row.line,
        "currency": answer.currency,
        "months": answer.months,
        "monthly_price": answer.monthly_price,
        "monthly_price_low": answer.monthly_price_range[0],
        "monthly_price_high": answer.monthly_price_range[1],
        "difficulty": answer.difficulty and answer.difficulty.band,
        "difficulty_at_edge": answer.difficulty and answer.difficulty.at_edge,
        "profit_p10": answer.profit.p10,
        "profit_p50": answer.profit.p50,
        "profit_p90": answer.profit.p90,
        "loss_probability": answer.loss.value,
        "loss_probability_error": answer.loss.error,
        "fees_mean": answer.fees_mean,
    }
    for number, goal in enumerate(answer.goals, start=1):
        cells[f"goal_{number}"] = goal.words
        cells[f"goal_{number}_safe_level"] = goal.safe_level
        if goal.probability is not None:
            cells[f"goal_{number}_probability"] = goal.probability.value
            cells[f"goal_{number}_error"] = goal.probability.error
    return cells


def _put(content: bytes, place: Path) -> None:
    """The bytes in their place in one step: there is never half a file of that name."""
    half = place.with_name(f"{place.name}.half")
    with half.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    half.replace(place)


def _meta(schema: pa.Schema) -> dict[str, Any]:
    """What travels with a part: how many rows are done, how many left out, and these with their faults."""
    found: dict[str, Any] = json.loads(schema.metadata[META])
    return found


def _finished(place: Path) -> int | None:
    """The rows of a part that an earlier run finished; None where there is none, or a disk cut it short."""
    try:
        meta = _meta(pq.read_table(place).schema)
    except (OSError, pa.ArrowInvalid):
        return None
    return int(meta["done"] + meta["rows_rejected"])


def _rejected(paths: list[Path]) -> Iterator[RejectedRow]:
    for path in paths:
        for row in _meta(pq.read_schema(path))["rejected"]:
            yield RejectedRow(**row)


def _join(paths: list[Path], out: Path) -> None:
    """The parts one after the other in one file, one part in memory at a time."""
    half = out.with_name(f"{out.name}.half")
    with pq.ParquetWriter(half, SCHEMA) as writer:
        for path in paths:
            writer.write_table(pq.read_table(path).replace_schema_metadata(None))
    half.replace(out)

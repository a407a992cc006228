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
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from estimator.batch import file as prospects
from estimator.batch import lines
from estimator.batch.answers import Answer, answers
from estimator.batch.columns import LAYOUT, META, SCHEMA, cells, meta_of
from estimator.batch.file import Part, Prospect, Rejected
from estimator.batch.workers import executor_of
from estimator.market.points import SWUNG, Points
from estimator.quoting.quote import ENGINE
from estimator.rules.rules import Rules, open_rules
from estimator.values.errors import fail

ROWS = 1000
"""Rows of a part: a few seconds of work, which is what a kill can cost."""
AHEAD = 2
"""Parts handed out for each worker, so that none waits for the next."""


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
    points: Points = SWUNG,
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
    source = prospects.source(path, rules.vocabulary)
    rules.scenario(scenario)
    opened = Opened(
        folder="" if scheduler else str(rules.folder.resolve()),
        on=rules.on.isoformat(),
        named=rules.named,
        sha=fingerprint(rules),
    )
    count, folder = _Count(source, told), parts_of(out)
    with executor_of(jobs or os.cpu_count() or 1, scheduler) as (executor, width):
        folder.mkdir(parents=True, exist_ok=True)
        queue = _Queue(executor, AHEAD * width, count)
        paths: list[Path] = []
        for index, part in enumerate(prospects.parts(source, rows)):
            name = f"{index:06d}-{_key(part, opened.sha, scenario, points)}.parquet"
            paths.append(folder / name)
            if (earlier := _finished(paths[-1])) is not None:
                count.kept += earlier
                count.add(paths[-1], part.until - part.line)
                continue
            sent = json.dumps(asdict(part), ensure_ascii=False)
            queue.put((sent, asdict(opened), scenario, asdict(points)), paths[-1], part.until - part.line)
        queue.finish()
    rejected(_rejected(paths))
    _join(paths, out)
    shutil.rmtree(folder)
    return count.worked(1.0, source.encoding)


class _Count:
    """What the parts so far have come to, each told of as it stands in its place."""

    def __init__(self, source: prospects.Source, told: Callable[[Worked], None]) -> None:
        self.told, self.total = told, max(source.lines - source.body, 1)
        self.done = self.rejected = self.kept = self.lines = 0
        self.begun = time.monotonic()

    def add(self, place: Path, lines: int) -> None:
        """Take in a finished part, which stands for so many lines of the input."""
        meta = meta_of(pq.read_schema(place))
        self.done += meta["done"]
        self.rejected += meta["rows_rejected"]
        self.lines += lines
        self.told(self.worked(min(1.0, self.lines / self.total)))

    def worked(self, share: float, encoding: str = lines.ENCODINGS[0]) -> Worked:
        """How far the batch has come, ``share`` of the input's lines."""
        return Worked(
            done=self.done,
            rejected=self.rejected,
            kept=self.kept,
            share=share,
            seconds=time.monotonic() - self.begun,
            encoding=encoding,
        )


class _Queue:
    """Parts handed out to workers, no more than ``most`` at a time, each in its place as it comes back."""

    def __init__(self, executor: Executor, most: int, count: _Count) -> None:
        self.executor, self.most, self.count = executor, most, count
        self.waiting: dict[Future[bytes], tuple[Path, int]] = {}

    def put(self, task: tuple[Any, ...], place: Path, lines: int) -> None:
        """Hand out a part as soon as there is room; its result belongs in ``place``."""
        while len(self.waiting) >= self.most:
            self._collect()
        self.waiting[self.executor.submit(work, *task)] = (place, lines)

    def finish(self) -> None:
        """Wait for every part that is still out."""
        while self.waiting:
            self._collect()

    def _collect(self) -> None:
        for future in wait(self.waiting, return_when=FIRST_COMPLETED).done:
            place, lines = self.waiting.pop(future)
            _put(future.result(), place)
            self.count.add(place, lines)


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
    """What an answer depends on besides its row: the engine, every rule, and the day that chose among them.

    The day, because markets and words begin on days too: a batch that is broken off is not gone on with
    under another one.
    """
    text = "\n".join((str(LAYOUT), ENGINE, rules.sha, rules.on.isoformat()))
    return sha256(text.encode()).hexdigest()[:16]


def _key(part: Part, sha: str, scenario: str, points: Points) -> str:
    content = [sha, scenario, asdict(points), asdict(part)]
    return sha256(json.dumps(content, ensure_ascii=False, sort_keys=True).encode()).hexdigest()[:20]


def _worked(part: Part, rules: Rules, scenario: str, points: Points) -> bytes:
    rows = prospects.read(part, rules)
    briefs = [row.brief for row in rows if isinstance(row, Prospect)]
    answered = iter(answers(briefs, rules, scenario=scenario, points=points))
    table: list[dict[str, Any]] = []
    refused: list[RejectedRow] = []
    for row in rows:
        if isinstance(row, Rejected):
            refused += _faults(row)
            continue
        answer = next(answered)
        if isinstance(answer, Answer):
            table.append(cells(row, answer, rules.in_currency(answer.currency)))
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


def _put(content: bytes, place: Path) -> None:
    """The bytes in their place in one step: there is never half a file of that name."""
    half = place.with_name(f"{place.name}.half")
    with half.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    half.replace(place)


def _finished(place: Path) -> int | None:
    """The rows of a part that an earlier run finished; None where there is none, or a disk cut it short."""
    try:
        meta = meta_of(pq.read_table(place).schema)
    except (OSError, pa.ArrowInvalid):
        return None
    return int(meta["done"] + meta["rows_rejected"])


def _rejected(paths: list[Path]) -> Iterator[RejectedRow]:
    for path in paths:
        for row in meta_of(pq.read_schema(path))["rejected"]:
            yield RejectedRow(**row)


def _join(paths: list[Path], out: Path) -> None:
    """The parts one after the other in one file, one part in memory at a time."""
    half = out.with_name(f"{out.name}.half")
    with pq.ParquetWriter(half, SCHEMA) as writer:
        for path in paths:
            writer.write_table(pq.read_table(path).replace_schema_metadata(None))
    half.replace(out)

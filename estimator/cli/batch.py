"""The command that prices many prospects: batch."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from estimator.cli.options import chosen_words, command, opened_rules
from estimator.values.errors import fail


def add_batch(commands: Any) -> None:
    """The command ``batch``."""
    text = "price a CSV of prospects, with their odds, into one Parquet file"
    sub = command(commands, "batch", _batch, text)
    sub.add_argument("prospects", type=Path, metavar="PROSPECTS.csv")
    sub.add_argument("--out", type=Path, required=True, metavar="RESULT.parquet")
    sub.add_argument("--jobs", type=_jobs, metavar="N", help="local processes; default: one for each CPU")
    sub.add_argument(
        "--scheduler", metavar="ADDRESS", help="of a Dask cluster to use instead, tcp://host:8786"
    )
    sub.add_argument("--scenario", default="expected", help="id of a scenario or stress case")


def _jobs(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 512:
        raise argparse.ArgumentTypeError(f"{text} is not a number of processes; write 1 to 512")
    return int(text)


def _batch(options: argparse.Namespace) -> int:
    from estimator.batch.run import parts_of, run
    from estimator.presentation import progress

    rules = opened_rules(options)
    words = chosen_words(options, rules)
    told = progress.Progress(sys.stderr, words)
    left_out = options.out.parent / f"{options.out.stem}.rejected.csv"
    if left_out.exists() and options.prospects.exists() and left_out.samefile(options.prospects):
        raise fail("would_overwrite", "--out", found=str(left_out))
    try:
        worked = run(
            options.prospects,
            options.out,
            rules,
            jobs=options.jobs,
            scheduler=options.scheduler,
            scenario=options.scenario,
            told=told,
            rejected=lambda rows: progress.write_rejected(rows, left_out, words),
        )
    except KeyboardInterrupt:
        told.broken_off(parts_of(options.out))
        return 130
    told.end(worked)
    return 0 if worked.done else 1

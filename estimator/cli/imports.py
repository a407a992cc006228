"""The command that reads exports of platforms: import."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from estimator.cli.book import on_book, opened
from estimator.cli.options import chosen_words, print_json
from estimator.values.errors import QuotecastError, fail

if TYPE_CHECKING:
    from estimator.evidence.exports.record import Understood
    from estimator.presentation.words import Words
    from estimator.rules.rules import Rules

MOST_MAPPING = 1_000_000


def add_import(commands: Any) -> None:
    """The command ``import``."""
    text = "read exports of advertising and shop platforms into months, and show what was understood"
    sub = on_book(commands, "import", _import, text)
    sub.add_argument("files", type=Path, nargs="+", metavar="FILE", help="CSV or .xlsx, in any order")
    kinds = "what every file is, such as gmv_max or shop_orders; default: what its heads say"
    sub.add_argument("--as", dest="kind", metavar="KIND", help=kinds)
    sub.add_argument("--timezone", metavar="ZONE", help="of the reports, such as Asia/Shanghai")
    sub.add_argument("--mapping", type=Path, metavar="FILE.toml", help="what the columns of own tables are")
    sub.add_argument("--whole", action="store_true", help="the first and last month are whole")
    what = sub.add_mutually_exclusive_group()
    what.add_argument("--for", dest="number", metavar="NUMBER", help="enter the months for a sent quote")
    what.add_argument("--history", type=Path, metavar="OUT.toml", help="write the months for a brief")
    sub.add_argument("--by", metavar="NAME", help="who enters them, for the audit; needed with --for")
    sub.add_argument("--json", action="store_true", help="print what was understood as JSON")


def _import(options: argparse.Namespace) -> None:
    from estimator.evidence.exports.answer import import_json
    from estimator.presentation.import_text import understood_text
    from estimator.rules.rules import open_rules

    if options.number is not None and not options.by:
        raise fail("by_missing", "--by")
    rules = open_rules()
    words = chosen_words(options, rules)
    understood = _understood(options, rules, words)
    if options.json:
        print_json(import_json(understood))
    else:
        print(understood_text(understood, words))
    if options.number is not None:
        _enter(options, understood, rules, words)
    if options.history is not None:
        _write_history(options, understood, words)


def _understood(options: argparse.Namespace, rules: Rules, words: Words) -> Understood:
    from estimator.evidence.exports.headers import catalogue
    from estimator.evidence.exports.record import Asked
    from estimator.evidence.exports.understanding import shop_zone, understand

    if options.kind is not None and options.kind not in catalogue().exports:
        raise fail("not_a_choice", "--as", found=options.kind, choices=list(catalogue().exports))
    asked = Asked(
        kind=options.kind,
        timezone=options.timezone,
        shop_zone=shop_zone(rules.kpis),
        currency=_currency(options),
        whole=options.whole,
    )
    files = [(path.name, _content(path)) for path in options.files]
    mappings = _mappings(options.mapping)
    try:
        return understand(files, asked, mappings)
    except QuotecastError:
        if options.mapping is not None:
            _begin_mapping(options.mapping, files, mappings, words)
        raise


def _content(path: Path) -> bytes:
    from estimator.evidence.exports.sheets import MOST_BYTES
    from estimator.values.validation import exists

    exists(path)
    if (size := path.stat().st_size) > MOST_BYTES:
        raise fail("too_big", path.name, found=f"{size / 1e6:.1f}", most=f"{MOST_BYTES / 1e6:g}")
    return path.read_bytes()


def _currency(options: argparse.Namespace) -> str | None:
    """The currency of the quote that the months are entered for."""
    if options.number is None:
        return None
    with closing(opened(options)) as book:
        kept = book.read(options.number).record
    return None if kept is None else kept.currency


def _mappings(path: Path | None) -> Mapping[str, Mapping[str, str]]:
    from estimator.evidence.exports.mappings import read_mappings
    from estimator.values.validation import read_text

    if path is None or not path.exists():
        return {}
    return read_mappings(read_text(path, MOST_MAPPING), path.name)


def _begin_mapping(
    path: Path, files: list[tuple[str, bytes]], mappings: Mapping[str, Mapping[str, str]], words: Words
) -> None:
    """Write the heads that nobody knows into the file of mappings, to be filled in."""
    from estimator.evidence.exports.headers import fingerprint
    from estimator.evidence.exports.mappings import begun, mappings_text
    from estimator.evidence.exports.understanding import unknown_heads
    from estimator.presentation.import_text import mapping_begun

    unknown = {fingerprint(heads): begun(heads) for _, heads in unknown_heads(files, mappings)}
    if unknown.keys() - mappings.keys():
        path.write_text(mappings_text({**unknown, **mappings}), "utf-8")
        print(mapping_begun(path.name, words))


def _enter(options: argparse.Namespace, understood: Understood, rules: Rules, words: Words) -> None:
    from estimator.evidence.entering import enter_tables
    from estimator.evidence.exports.handing_on import actuals_of
    from estimator.presentation.import_text import entered_text

    table = actuals_of(understood)
    platforms = rules.vocabulary.ids("platforms")
    with closing(opened(options)) as book:
        enter_tables(book, options.number, [table], platforms, rules.exchange, user=options.by)
    if not options.json:
        print(f"\n{entered_text(len(table.rows), options.number, words)}")


def _write_history(options: argparse.Namespace, understood: Understood, words: Words) -> None:
    from estimator.evidence.exports.handing_on import history_of, history_toml
    from estimator.presentation.import_text import history_text

    months = history_of(understood)
    options.history.write_text(history_toml(months), "utf-8")
    if not options.json:
        print(f"\n{history_text(len(months), options.history.name, words)}")

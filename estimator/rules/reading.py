"""The files of a folder of rules, each read into what it holds; faults are placed from that folder on."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

from estimator.brief.kpis import QUANTITIES, Kpi
from estimator.brief.vocabulary import Vocabulary
from estimator.contract.facts import internal_facts
from estimator.contract.offers import Offer, parse_offer
from estimator.contract.rate_card import Guard
from estimator.contract.trade import TradeRules
from estimator.earnings import platform_fees as platform_tables
from estimator.earnings.platform_fees import PlatformFees
from estimator.market import assumptions
from estimator.market.coverage import REQUIRED_COSTS, REQUIRED_TEAM, Questions, required, unasked
from estimator.market.market import Market, MarketHeading
from estimator.market.scenarios import SCALABLE, Scenario
from estimator.rules import checklists
from estimator.rules.cards import read_guards
from estimator.rules.checklists import Document, Trap
from estimator.rules.ways import Ways
from estimator.values.errors import Fault, QuotecastError, fail
from estimator.values.exchange import ExchangeRates
from estimator.values.validation import MOST_BYTES, parse_toml, read_text, validated

Content = TypeVar("Content")
Thing = TypeVar("Thing")

KPIS = (
    "roas_ad_attributed",
    "roas_platform_total",
    "roas_platform_net",
    "roas_settled",
    "roas_blended",
    "roas_all_fees",
    "gmv_growth_vs_baseline",
    "gmv_growth_in_term",
    "gmv",
    "settled_gmv",
    "orders",
    "cvr_ad_click",
    "cvr_shop",
    "acos",
    "cac_blended",
    "cac_paid",
    "cac_full",
    "repeat_share",
    "repeat_cohort",
    "return_rate",
    "return_rate_booked",
    "videos",
    "creator_videos",
    "creators_posting",
    "live_hours",
    "shop_rating",
    "gmv_on_fees",
)
"""KPI records that the code names: what plain "ROAS" may mean, what the form offers, what refunds read."""
READ = (".csv", ".toml", ".svg", ".png")
"""What files of rules end in."""
INTERNAL = "internal"
"""The folder of our own costs; a deployment without it shows no margin."""


def fingerprint(folder: Path, *, internal: bool) -> str:
    """The hash of every file, by name and content: of the internal ones, or of all others.

    >>> from estimator.rules.rules import root
    >>> len(fingerprint(root(), internal=False))
    64
    """
    whole = sha256()
    for path in sorted(path for path in folder.rglob("*") if path.suffix in READ):
        name = path.relative_to(folder)
        if (name.parts[0] == INTERNAL) == internal:
            content = path.read_bytes()
            whole.update(f"{name.as_posix()} {len(content)}\n".encode() + content)
    return whole.hexdigest()


def read_kpis(folder: Path, vocabulary: Vocabulary, current: Vocabulary | None = None) -> Mapping[str, Kpi]:
    """Every KPI record by id; each ``current`` platform, by default each, is measurable by some record."""
    return read_placed(partial(_kpis, vocabulary, current or vocabulary), folder / "kpis.toml", folder)


def _kpis(vocabulary: Vocabulary, current: Vocabulary, path: Path) -> Mapping[str, Kpi]:
    content = parse_toml(read_text(path, MOST_BYTES), path.name)
    records = read_each(content, lambda name: _kpi(vocabulary, name, content[name], f"{path.name}:{name}"))
    measured = {platform for kpi in records for platform in kpi.measurable_on}
    raise_any(
        Fault(code="measured_nowhere", place=f"{path.name}:measurable_on", values={"found": platform})
        for platform in current.ids("platforms")
        if platform not in measured
    )
    raise_any(
        Fault(code="missing", place=f"{path.name}:{name}", values={"choices": f"[{name}]"})
        for name in KPIS
        if name not in content
    )
    return MappingProxyType({kpi.id: kpi for kpi in records})


def _kpi(vocabulary: Vocabulary, name: str, record: object, place: str) -> Kpi:
    content = {"id": name, **record} if isinstance(record, Mapping) else record
    kpi = validated(Kpi, content, place, vocabulary)
    if kpi.id != name:
        raise fail("unknown_reference", f"{place}:id", found=kpi.id, choices=name)
    raise_any(
        Fault(
            code="unknown_reference",
            place=f"{place}:{side}.of[{index}]",
            values={"found": word, "choices": ", ".join(QUANTITIES)},
        )
        for side, quantity in (("over", kpi.over), ("under", kpi.under))
        for index, word in enumerate(quantity.of if quantity else ())
        if word not in QUANTITIES
    )
    return kpi


def read_offers(folder: Path, kpis: Mapping[str, Kpi], vocabulary: Vocabulary) -> Mapping[str, Offer]:
    """Every offer by id."""
    paths = _some((folder / "offers").glob("*.toml"), "offers", "NAME.toml")
    offers = read_each(paths, lambda path: read_placed(partial(_offer, kpis, vocabulary), path, folder))
    return MappingProxyType({offer.id: offer for offer in offers})


def _offer(kpis: Mapping[str, Kpi], vocabulary: Vocabulary, path: Path) -> Offer:
    text = read_text(path, MOST_BYTES)
    offer = parse_offer(parse_toml(text, path.name), kpis, path.name, text, vocabulary)
    _named_as(path.stem, offer.id, path.name)
    for field, day in (("as_of", offer.as_of), *(("offered", day) for day in offer.offered or ())):
        try:
            dt.date.fromisoformat(day)
        except ValueError:
            raise fail("not_a_date", f"{path.name}:{field}", found=day) from None
    if not offer.examples:
        raise fail("missing", f"{path.name}:examples", choices="[[examples]]")
    return offer


def read_markets(folder: Path, vocabulary: Vocabulary) -> tuple[Market, ...]:
    """Every market, the oldest first; each folder's ``market.toml`` names its tables.

    Their rows may name any word. Raises ``QuotecastError`` for two of one currency and one day.
    """
    paths = headed(folder, "markets", "market.toml")
    markets = read_each(paths, lambda path: read_placed(partial(_market, vocabulary), path, folder))
    for one, other in itertools.combinations(markets, 2):
        if (one.currency, one.as_of) == (other.currency, other.as_of):
            place = f"markets/{other.id}/market.toml:as_of"
            raise fail("markets_of_one_day", place, found=one.id, other=other.id)
    return tuple(sorted(markets, key=lambda market: market.as_of))


def _market(vocabulary: Vocabulary, path: Path) -> Market:
    heading = validated(MarketHeading, parse_toml(read_text(path, MOST_BYTES), path.name), path.name)
    _named_as(path.parent.name, heading.id, path.name)
    tables = sorted(table.name for table in path.parent.glob("*.csv"))
    for index, name in enumerate(heading.tables):
        place = f"{path.name}:tables[{index}]"
        if name not in tables:
            raise fail("unknown_reference", place, found=name, choices=", ".join(tables))
        if name in heading.tables[:index]:
            raise fail("named_twice", place, found=name)
    questions = required(vocabulary)
    rows = read_each(heading.tables, lambda name: _asked_rows(path.parent / name, questions))
    return Market(
        id=heading.id,
        as_of=heading.as_of,
        assumptions=tuple(itertools.chain.from_iterable(rows)),
        currency=heading.currency,
        label=heading.label,
        in_app=frozenset(vocabulary.in_app),
    )


def _asked_rows(path: Path, questions: Questions) -> tuple[assumptions.Assumption, ...]:
    """The rows of a table, each of which answers one of ``questions``."""
    rows = assumptions.read(path)
    raise_any(unasked(rows, questions))
    return rows


def read_scenarios(folder: Path, vocabulary: Vocabulary) -> Mapping[str, Scenario]:
    """Every scenario by id, in the order they are shown: expected, cautious, hopeful, then the stresses.

    There is always one called ``expected``. A scale of a quantity that nobody reads is an error.
    """
    expected = folder / "scenarios" / "expected.toml"
    paths = dict.fromkeys((expected, *sorted(expected.parent.glob("*.toml"))))
    scenarios = read_each(paths, lambda path: read_placed(partial(_scenario, vocabulary), path, folder))
    by_id = {scenario.id: scenario for scenario in scenarios}
    first = ("expected", "cautious", "hopeful")
    order = sorted(by_id, key=lambda name: (first.index(name) if name in first else len(first), name))
    return MappingProxyType({name: by_id[name] for name in order})


def _scenario(vocabulary: Vocabulary, path: Path) -> Scenario:
    content = parse_toml(read_text(path, MOST_BYTES), path.name)
    scenario = validated(Scenario, content, path.name, vocabulary)
    _named_as(path.stem, scenario.id, path.name)
    known = (*SCALABLE, *required(vocabulary))
    for index, scale in enumerate(scenario.scales):
        if scale.quantity not in known:
            place = f"{path.name}:scales[{index}].quantity"
            raise fail("unknown_reference", place, found=scale.quantity, choices=", ".join(known))
    return scenario


def read_platform_fees(
    folder: Path, vocabulary: Vocabulary, current: Vocabulary | None = None
) -> PlatformFees:
    """The dated fees of every platform; none is missing of a ``current`` one, by default of any."""
    read = partial(platform_tables.read, vocabulary, current or vocabulary)
    return read_placed(read, folder / "platform_fees" / "fees.csv", folder)


def read_costs(folder: Path) -> Market | None:
    """The agency's own costs; None in a deployment without them."""
    path = folder / INTERNAL / "costs.csv"
    return read_placed(_costs, path, folder) if path.exists() else None


def _costs(path: Path) -> Market:
    return Market(id="costs", as_of="", assumptions=_asked_rows(path, REQUIRED_COSTS))


def read_own_team(folder: Path) -> Market:
    """What a seller's own people cost, as assumptions."""
    return read_placed(_own_team, folder / "own_team.csv", folder)


def _own_team(path: Path) -> Market:
    return Market(id="own_team", as_of="", assumptions=_asked_rows(path, REQUIRED_TEAM))


def read_ways(folder: Path) -> Ways:
    """The ways to buy the service, in words."""
    return read_placed(_ways, folder / "ways.toml", folder)


def _ways(path: Path) -> Ways:
    return validated(Ways, parse_toml(read_text(path, MOST_BYTES), path.name), path.name)


def read_trade_rules(folder: Path) -> TradeRules:
    """What may be traded on a call, and the clauses a trade may carry."""
    return read_placed(_trade_rules, folder / "trades.toml", folder)


def _trade_rules(path: Path) -> TradeRules:
    return validated(TradeRules, parse_toml(read_text(path, MOST_BYTES), path.name), path.name)


def read_internal_guards(folder: Path, vocabulary: Vocabulary) -> tuple[Guard, ...]:
    """The guards on our own margin; none in a deployment without our own costs."""
    path = folder / INTERNAL / "guards.csv"
    read = partial(_internal_guards, vocabulary)
    return read_placed(read, path, folder) if path.exists() else ()


def _internal_guards(vocabulary: Vocabulary, path: Path) -> tuple[Guard, ...]:
    return read_guards(path, internal_facts(vocabulary))


def read_traps(folder: Path) -> tuple[Trap, ...]:
    """What to ask an agency before signing, in the order it is asked."""
    return read_placed(checklists.read_traps, folder / "traps.csv", folder)


def read_documents(
    folder: Path, vocabulary: Vocabulary, current: Vocabulary | None = None
) -> tuple[Document, ...]:
    """The documents that goods need; each ``current`` category, by default each, has some of its own."""
    read = partial(checklists.read_documents, vocabulary, current or vocabulary)
    return read_placed(read, folder / "documents.csv", folder)


def read_exchange(folder: Path) -> ExchangeRates:
    """The rates of exchange that the deployment states; none where it states none."""
    path = folder / "exchange_rates.toml"
    return read_placed(_exchange, path, folder) if path.exists() else ExchangeRates()


def _exchange(path: Path) -> ExchangeRates:
    rates = validated(ExchangeRates, parse_toml(read_text(path, MOST_BYTES), path.name), path.name)
    raise_any(
        Fault(
            code="rates_of_one_day",
            place=f"{path.name}:rows[{rates.rows.index(two)}]",
            values={"found": two.said, "other": one.said},
        )
        for one, two in rates.repeated()
    )
    return rates


def read_remarks(folder: Path) -> Mapping[str, str]:
    """The Chinese of the reasons and sources that tables give in English, our own tables' included."""
    paths = [path for path in (folder / "remarks.csv", folder / INTERNAL / "remarks.csv") if path.exists()]
    remarks = [remark for path in paths for remark in read_placed(checklists.read_remarks, path, folder)]
    return MappingProxyType({remark.en: remark.zh for remark in remarks})


# ── how a file is read ────────────────────────────────────────────────────────────────────────────


def read_placed(read: Callable[[Path], Content], path: Path, folder: Path) -> Content:
    """What ``read`` makes of a file; its faults name the file from the folder of rules on."""
    try:
        if not path.is_file():
            raise fail("no_file", path.name)
        return read(path)
    except QuotecastError as error:
        raise QuotecastError(placed(path.parent.relative_to(folder).as_posix(), error.faults)) from None


def placed(folder: str, faults: Iterable[Fault]) -> Iterator[Fault]:
    """The faults of files in ``folder``, which is ``.`` for the rules themselves."""
    return (fault if folder == "." else replace(fault, place=f"{folder}/{fault.place}") for fault in faults)


def read_each(things: Iterable[Thing], read: Callable[[Thing], Content]) -> list[Content]:
    """What ``read`` makes of each; raises ``QuotecastError`` with the faults of all."""
    contents: list[Content] = []
    faults: list[Fault] = []
    for thing in things:
        try:
            contents.append(read(thing))
        except QuotecastError as error:
            faults += error.faults
    raise_any(faults)
    return contents


def raise_any(faults: Iterable[Fault]) -> None:
    """Raises ``QuotecastError`` where there are faults."""
    if faults := tuple(faults):
        raise QuotecastError(faults)


def headed(rules: Path, folder: str, heading: str) -> list[Path]:
    """The file that heads each folder within ``folder``, be it there or not."""
    within = (path for path in (rules / folder).glob("[!._]*") if path.is_dir())
    return _some((path / heading for path in within), folder, f"NAME/{heading}")


def _some(paths: Iterable[Path], folder: str, choices: str) -> list[Path]:
    """The paths in order; raises ``QuotecastError`` where the folder has none."""
    if not (ordered := sorted(paths)):
        raise fail("nothing_there", folder, choices=choices)
    return ordered


def _named_as(expected: str, name: str, file: str) -> None:
    """Raises ``QuotecastError`` where an id is not the name of its file or folder."""
    if name != expected:
        raise fail("unknown_reference", f"{file}:id", found=name, choices=expected)

"""``quotecast check``: every way to spoil a folder of rules gets one fault, at the place to mend it."""

from __future__ import annotations

import datetime as dt
import itertools
import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from cards import with_one_edition
from opened import CATEGORIES, FOLDER, PLATFORMS, RULES
from sampled import every

from estimator.brief import meaning
from estimator.brief.brief import Brief, GoalWords, Operation, Store
from estimator.brief.kpis import QUANTITIES
from estimator.cli import main
from estimator.contract.examples import example_faults as worked_examples
from estimator.contract.rate_card import RateCard
from estimator.earnings.costs import costs
from estimator.market.coverage import MODELS, REQUIRED_COSTS, STAGES, required
from estimator.market.market import Market
from estimator.market.points import Points
from estimator.market.simulation import simulate
from estimator.market.situation import situation_of
from estimator.presentation import labels
from estimator.quoting import make, quote
from estimator.rules import check as check_module
from estimator.rules.check import check
from estimator.rules.reading import KPIS
from estimator.rules.rules import open_rules
from estimator.values.errors import Fault, QuotecastError

INTERNAL = pytest.mark.skipif(not (FOLDER / "internal").is_dir(), reason="a deployment without costs")
FEES = "platform_fees/fees.csv"
MARKET = "markets/2026-11-23"
ROWS = f"{MARKET}/assumptions.csv"
REQUIRED = required(RULES.vocabulary)
CARD = "rate_cards/2026-11-30"
PAPERS, TRAPS = "documents.csv", "traps.csv"


@cache
def kept_faults(content: str, examples: str) -> tuple[Fault, ...]:
    return tuple(worked_examples(CARDS[content]))


CARDS: dict[str, RateCard] = {}


@pytest.fixture(autouse=True)
def examples_worked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """An edition that nobody touched comes out alike each time; a touched one is worked anew."""

    def faults(card: RateCard) -> tuple[Fault, ...]:
        CARDS[card.sha256] = card
        return kept_faults(card.sha256, card.examples.model_dump_json())

    monkeypatch.setattr(check_module, "example_faults", faults)


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    return with_one_edition(tmp_path / "rules")


def edit(rules: Path, name: str, old: str, new: str) -> None:
    """Put ``new`` for the first ``old`` in a file of the rules; an empty ``old`` adds at the end."""
    path = rules / name
    text = path.read_text("utf-8")
    assert old in text, f"{name} does not hold {old}"
    path.write_text(text.replace(old, new, 1) if old else text + new, "utf-8")


def without(rules: Path, name: str, words: str) -> None:
    """Take every line that holds ``words`` out of a file of the rules."""
    path = rules / name
    lines = path.read_text("utf-8").splitlines(keepends=True)
    assert any(words in line for line in lines), f"{name} does not hold {words}"
    path.write_text("".join(line for line in lines if words not in line), "utf-8")


def line_of(name: str, words: str) -> int:
    lines = (FOLDER / name).read_text("utf-8").splitlines()
    return next(number for number, line in enumerate(lines, start=1) if words in line)


def at(name: str, words: str, column: str = "") -> str:
    """``file:line:column`` of the first line that holds ``words``."""
    return ":".join(filter(None, (name, str(line_of(name, words)), column)))


def places(faults: tuple[Fault, ...]) -> list[tuple[str, str]]:
    for fault in faults:
        assert fault.line("zh").isprintable() and str(fault).isprintable()
    return [(fault.code, fault.place) for fault in faults]


# ── what is sound ─────────────────────────────────────────────────────────────────────────────────


def test_the_shipped_rules_have_no_fault(rules: Path) -> None:
    assert check(rules) == ()


def test_rules_without_our_costs_have_no_fault(rules: Path) -> None:
    shutil.rmtree(rules / "internal", ignore_errors=True)
    assert check(rules) == ()


# ── one spoiled cell, entry or file, one fault ────────────────────────────────────────────────────

OPEN_6 = "tts.referral.2026_6"
SPOILED: list[tuple[str, str, str, str, str, str]] = [
    # platform fees: file, what stands there, what is put there, code, place, words of the fault
    (
        FEES,
        "2026-08-03",
        "2026-07-31",
        "no_platform_fee",
        at(FEES, "tts.referral.2024", "until"),
        "2026-08-01",
    ),
    (FEES, "2026-08-03", "2026-08-10", "fees_overlap", at(FEES, OPEN_6, "begins"), "tts.referral.2024"),
    (FEES, "2026-08-03", "2024-03-01", "range_falls", at(FEES, "tts.referral.2024", "until"), "2024-04-01"),
    (
        FEES,
        "2024-04-01",
        "2026-02-01",
        "no_platform_fee",
        at(FEES, "tts.referral.2024", "begins"),
        "2026-01-01",
    ),
    (FEES, ",no,", ",maybe,", "not_a_choice", at(FEES, "2026_8,", "counts"), '"maybe"'),
    (FEES, ",no,", ",yes,", "fees_overlap", at(FEES, "2026_8,", "begins"), OPEN_6),
    (FEES, "2026_8,", "2026_6,", "stands_already", at(FEES, "2026_8,", "id"), OPEN_6),
    (FEES, ",yes,platform document", ",yes,hearsay", "not_a_choice", at(FEES, "2024,", "grade"), '"hearsay"'),
    (
        FEES,
        "2024,tiktok_shop,*",
        "2024,tiktok_shop,beuty",
        "not_a_choice",
        at(FEES, "2024,", "category"),
        "beauty",
    ),
    (FEES, "2024,tiktok_shop", "2024,tiktok", "not_a_choice", at(FEES, "2024,", "platform"), "tiktok_shop"),
    (FEES, ",0.06,", ",6%,", "percent_for_share", at(FEES, "2024,", "rate"), "6%"),
    (FEES, "2024-04-01", "1 April", "not_a_date", at(FEES, "2024,", "begins"), "1 April"),
    (FEES, ",begins,", ",from,", "unknown_field", f"{FEES}:1:from", "begins"),
    # scenarios
    (
        "scenarios/hopeful.toml",
        '"hopeful"',
        '"hopefull"',
        "unknown_reference",
        "scenarios/hopeful.toml:id",
        "hopeful",
    ),
    (
        "scenarios/cautious.toml",
        '"cvr"',
        '"cvrr"',
        "unknown_reference",
        "scenarios/cautious.toml:scales[1].quantity",
        "cvr",
    ),
    # assumptions
    (
        ROWS,
        "tiktok_shop,all,all,cpc_ref",
        "tiktok,all,all,cpc_ref",
        "unknown_reference",
        at(ROWS, "tiktok_shop,all,all,cpc_ref", "platform"),
        "tiktok_shop",
    ),
    (
        ROWS,
        "all,pets,all,return_rate",
        "all,pet,all,return_rate",
        "unknown_reference",
        at(ROWS, "all,pets,all,return_rate", "category"),
        "pets",
    ),
    (
        ROWS,
        "tiktok_shop,all,cold,spend_ref",
        "tiktok_shop,all,cool,spend_ref",
        "unknown_reference",
        at(ROWS, "tiktok_shop,all,cold,spend_ref", "stage"),
        "cold",
    ),
    (
        ROWS,
        "all,all,new,interruption_hazard",
        "all,all,cold,interruption_hazard",
        "unknown_reference",
        at(ROWS, "all,all,new,interruption_hazard", "stage"),
        "new, established, once_suspended",
    ),
    (
        ROWS,
        "all,all,all,cv_order_value",
        "tiktok_shop,all,all,cv_order_value",
        "unknown_reference",
        at(ROWS, "all,all,all,cv_order_value", "platform"),
        '"tiktok_shop"',
    ),
    (
        ROWS,
        "cv_order_value",
        "cv_order_valeu",
        "unknown_reference",
        at(ROWS, "cv_order_value", "quantity"),
        "cv_order_value",
    ),
    (
        ROWS,
        "USD/click,lognormal",
        "USD/click,uniform",
        "not_a_choice",
        at(ROWS, "USD/click", "kind"),
        '"uniform"',
    ),
    (ROWS, "USD/click,lognormal", "50%,lognormal", "not_a_unit", at(ROWS, "USD/click", "unit"), '"50%"'),
    (ROWS, ",stage,", ",phase,", "unknown_field", f"{ROWS}:1:phase", "stage"),
    # KPI records
    (
        "kpis.toml",
        '["attributed_gmv"]',
        '["atributed_gmv"]',
        "unknown_reference",
        "kpis.toml:roas_ad_attributed:over.of[0]",
        "attributed_gmv",
    ),
    (
        "kpis.toml",
        "[roas_ad_attributed]",
        "extra = 5\n[roas_ad_attributed]",
        "not_a_table",
        "kpis.toml:extra",
        "5",
    ),
    ("kpis.toml", "[roas_settled]", "[roas_setled]", "missing", "kpis.toml:roas_settled", "[roas_settled]"),
    # market.toml
    (
        f"{MARKET}/market.toml",
        "currency",
        'curency = "USD"\ncurrency',
        "unknown_field",
        f"{MARKET}/market.toml:curency",
        "currency",
    ),
    (f"{MARKET}/market.toml", '"USD"', '"dollar"', "not_a_currency", f"{MARKET}/market.toml:currency", "USD"),
    (
        f"{MARKET}/market.toml",
        '"seller_costs.csv"',
        '"costs.csv"',
        "unknown_reference",
        f"{MARKET}/market.toml:tables[1]",
        "seller_costs.csv",
    ),
    (
        f"{MARKET}/market.toml",
        'as_of = "2026-11-23"',
        'as_of = "2026-11-31"',
        "not_a_date",
        f"{MARKET}/market.toml:as_of",
        "2026-11-31",
    ),
    (
        f"{MARKET}/market.toml",
        'id = "2026-11-23"',
        'id = "2026"',
        "unknown_reference",
        f"{MARKET}/market.toml:id",
        "2026-11-23",
    ),
    (f"{MARKET}/market.toml", "label = ", "# label = ", "missing", f"{MARKET}/market.toml:label", "label"),
    # offers
    (
        "offers/wager.toml",
        "as_of = ",
        'as_of = "2026-02-30" # ',
        "not_a_date",
        "offers/wager.toml:as_of",
        "02-30",
    ),
    (
        "offers/us_agency.toml",
        "total = 25300",
        "total = 25301",
        "example",
        "offers/us_agency.toml:examples[1].total",
        "25301",
    ),
    (
        "offers/us_agency.toml",
        'id = "us_agency"',
        'id = "us"',
        "unknown_reference",
        "offers/us_agency.toml:id",
        "us",
    ),
    # ways to buy the service, and what a seller's own people cost
    (
        "offers/platform_plan.toml",
        'low = "0.04"',
        'low = "0.14"',
        "range_falls",
        "offers/platform_plan.toml:ads_share.low",
        "0.14",
    ),
    ("own_team.csv", "loading,1.25,1.4", "loading,1.5,1.4", "range_falls", "own_team.csv:", "1.5"),
    ("own_team.csv", "salary.lead", "salary.leed", "unknown_reference", "own_team.csv:", "salary.lead"),
    ("ways.toml", "[models.in_house]", "[models.inhouse]", "missing", "ways.toml", "in_house"),
    # questions and documents
    (PAPERS, "doc.cpc,toys", "doc.cpc,toy", "not_a_choice", at(PAPERS, "doc.cpc,", "category"), "toys"),
    (PAPERS, "doc.fcc,", "Doc.fcc,", "bad_id", at(PAPERS, "doc.fcc,", "id"), "Doc.fcc"),
    (PAPERS, "doc.fcc,", "doc.battery,", "stands_already", at(PAPERS, "doc.battery,", "id"), "doc.battery"),
    (TRAPS, "2026-05-10,published", "2026-05-32,published", "not_a_date", f"{TRAPS}:3:as_of", "2026-05-32"),
    (TRAPS, "2026-05-10,published", "2026-05-10,rumour", "not_a_choice", f"{TRAPS}:3:grade", "rumour"),
]


@pytest.mark.parametrize(
    ("name", "old", "new", "code", "place", "words"), every(SPOILED, 3), ids=lambda text: text[:30]
)
def test_one_spoiled_cell_is_one_fault(
    rules: Path, name: str, old: str, new: str, code: str, place: str, words: str
) -> None:
    edit(rules, name, old, new)
    faults = check(rules)
    assert [fault.code for fault in faults] == [code], [str(fault) for fault in faults]
    assert faults[0].place.startswith(place) and words in faults[0].text("en")
    assert places(faults)


ROOT = Path(__file__).parent.parent
Spoil = Callable[[Path], object]
MORE: list[tuple[Spoil, list[tuple[str, str]]]] = [
    # rows and files that are gone
    (lambda r: without(r, FEES, "pinterest.selling"), [("no_platform_fee", "platform_fees/fees.csv")]),
    (lambda r: without(r, FEES, "site.payment"), [("no_platform_fee", "platform_fees/fees.csv")]),
    (lambda r: without(r, FEES, "tts.referral.2026_6"), [("no_platform_fee", at(FEES, "2024,", "until"))]),
    (lambda r: (r / FEES).write_text(header(FEES)), [("no_rows", FEES)]),
    (lambda r: (r / FEES).unlink(), [("no_file", FEES)]),
    (lambda r: (r / "scenarios/expected.toml").unlink(), [("no_file", "scenarios/expected.toml")]),
    (lambda r: (r / "kpis.toml").unlink(), [("no_file", "kpis.toml")]),
    (lambda r: (r / TRAPS).unlink(), [("no_file", TRAPS)]),
    (lambda r: (r / PAPERS).unlink(), [("no_file", PAPERS)]),
    (lambda r: without(r, PAPERS, ",pets,"), []),  # other rows still name pets
    (lambda r: without(r, PAPERS, ",electronics,"), []),
    (lambda r: without(r, PAPERS, "toys"), [("no_documents", f"{PAPERS}:category")]),
    (lambda r: without(r, ROWS, "pinterest,all,all,cpc_ref"), [("no_assumption", f"{ROWS}:cpc_ref")]),
    (
        lambda r: without(r, ROWS, ",creator_posting_rate,"),
        [("no_assumption", f"{ROWS}:creator_posting_rate")],
    ),
    (
        lambda r: without(r, f"{MARKET}/seller_costs.csv", "pets,all,landed_cost_share"),
        [("no_assumption", f"{MARKET}/seller_costs.csv:landed_cost_share")],
    ),
    (lambda r: (r / ROWS).write_text(header(ROWS)), [("no_rows", ROWS)]),
    (lambda r: (r / ROWS).unlink(), [("unknown_reference", f"{MARKET}/market.toml:tables[0]")]),
    (lambda r: (r / MARKET / "market.toml").unlink(), [("no_file", f"{MARKET}/market.toml")]),
    (lambda r: (r / CARD / "card.toml").unlink(), [("no_file", f"{CARD}/card.toml")]),
    (lambda r: shutil.rmtree(r / "offers"), [("nothing_there", "offers")]),
    (lambda r: without(r, "own_team.csv", ",loading,"), [("no_assumption", "own_team.csv:loading")]),
    (lambda r: (r / "own_team.csv").unlink(), [("no_file", "own_team.csv")]),
    (lambda r: (r / "ways.toml").unlink(), [("no_file", "ways.toml")]),
    (lambda r: shutil.rmtree(r / "markets"), [("nothing_there", "markets")]),
    (lambda r: shutil.rmtree(r / "rate_cards"), [("nothing_there", "rate_cards")]),
    (lambda r: without(r, "kpis.toml", "[gmv_on_fees]"), [("written_twice", "kpis.toml:471")]),
    (lambda r: no_examples(r / "offers/us_agency.toml"), [("missing", "offers/us_agency.toml:examples")]),
    (lambda r: other_scenario(r), [("unknown_reference", f"{CARD}/card.toml:scenario")]),
    # a row twice, in one table and in two
    (
        lambda r: copied(r, ROWS, ",cv_order_value,", ROWS),
        [("stands_already", f"{ROWS}:{len((FOLDER / ROWS).read_text('utf-8').splitlines()) + 1}")],
    ),
    (
        lambda r: copied(r, ROWS, ",cv_order_value,", f"{MARKET}/seller_costs.csv"),
        [
            (
                "stands_already",
                f"{MARKET}/seller_costs.csv:"
                f"{len((FOLDER / MARKET / 'seller_costs.csv').read_text('utf-8').splitlines()) + 1}",
            )
        ],
    ),
    # several things wrong at once are all reported, each once
    (
        lambda r: [
            edit(r, "kpis.toml", '["attributed_gmv"]', '["x"]'),
            (r / "scenarios/expected.toml").unlink(),
            edit(r, ROWS, "cv_order_value", "cv"),
            edit(r, FEES, ",no,", ",maybe,"),
        ],
        [
            ("unknown_reference", "kpis.toml:roas_ad_attributed:over.of[0]"),
            ("unknown_reference", at(ROWS, "cv_order_value", "quantity")),
            ("no_file", "scenarios/expected.toml"),
            ("not_a_choice", at(FEES, "2026_8,", "counts")),
        ],
    ),
]


def header(name: str) -> str:
    return (FOLDER / name).read_text("utf-8").splitlines()[0] + "\n"


def no_examples(path: Path) -> None:
    path.write_text(path.read_text("utf-8").partition("[[examples]]")[0], "utf-8")


def other_scenario(rules: Path) -> None:
    edit(rules, f"{CARD}/card.toml", 'scenario = "expected"', 'scenario = "none"')
    without(rules, f"{CARD}/card.toml", "sealed = ")


def copied(rules: Path, source: str, words: str, target: str) -> None:
    line = next(line for line in (rules / source).read_text("utf-8").splitlines() if words in line)
    edit(rules, target, "", line + "\n")


@pytest.mark.parametrize(("spoil", "expected"), every(MORE, 3))
def test_what_is_gone_or_twice_is_reported_once(
    rules: Path, spoil: Spoil, expected: list[tuple[str, str]]
) -> None:
    spoil(rules)
    faults = check(rules)
    assert places(faults) == expected, [str(fault) for fault in faults]


@INTERNAL
@pytest.mark.parametrize(
    ("name", "old", "new", "code", "place"),
    [
        ("internal/costs.csv", "lead,20,34", "lead,x,34", "not_an_amount", "low"),
        ("internal/costs.csv", "role_rate.lead", "role_rate.led", "unknown_reference", "quantity"),
        ("internal/guards.csv", "loss,approval", "loss,aproval", "unknown_reference", "severity"),
    ],
)
def test_internal_tables_are_named_as_such(
    rules: Path, name: str, old: str, new: str, code: str, place: str
) -> None:
    edit(rules, name, old, new)
    assert places(check(rules)) == [(code, at(name, old, place))]


@INTERNAL
def test_costs_that_do_not_answer_are_a_fault(rules: Path) -> None:
    without(rules, "internal/costs.csv", "role_hours.ads.part_operation")
    assert places(check(rules)) == [("no_assumption", "internal/costs.csv:role_hours.ads.part_operation")]


# ── the folder itself ─────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("folder", ["nowhere", "README.md"])
def test_what_is_no_folder_is_one_clear_fault(folder: str) -> None:
    assert places(check(Path(folder))) == [("no_folder", folder)]
    assert main(["check", folder]) == 1


def test_an_edition_is_checked_by_itself(rules: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    edit(rules, f"{CARD}/stage.csv", "1.1,", "10%,")
    expected = [("percent_sign", "2026-11-30/stage.csv:2:scales base_fee")]
    assert places(check(rules / CARD)) == expected
    monkeypatch.chdir(rules / CARD)
    assert places(check(Path("."))) == expected


@pytest.mark.parametrize("missing", ["", "markets", "rate_cards", "scenarios", "platform_fees"])
def test_a_quote_without_rules_says_what_is_missing(
    rules: Path, missing: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.rmtree(rules / missing)
    monkeypatch.setenv("QUOTECAST_RULES", str(rules))
    monkeypatch.chdir(rules.parent)
    assert main(["quote", str(ROOT / "examples/briefs/seed_beauty.toml")]) == 1
    told = capsys.readouterr().err
    assert told.count("\n") == 1 and told.startswith(missing or str(rules))


# ── fees by day ───────────────────────────────────────────────────────────────────────────────────


def test_a_fee_before_all_rows_is_a_fault_of_the_start() -> None:
    with pytest.raises(QuotecastError) as error:
        RULES.platform_fees.rate("tiktok_shop", "beauty", "referral", dt.date(2020, 1, 15))
    fault = error.value.faults[0]
    assert (fault.code, fault.place) == ("fee_not_yet", "start")
    assert "tiktok_shop is known from 2024-04-01 on, not on 2020-01-15" in fault.text("en")


def test_a_start_before_all_fees_is_refused_and_not_quoted_without_them() -> None:
    brief = Brief(stores=[Store(platform="tiktok_shop")], category="beauty", start="2020-01")
    with pytest.raises(QuotecastError) as error:
        make.make(brief, RULES, points=Points(number=64, scrambles=2))
    assert [(fault.code, fault.place) for fault in error.value.faults] == [("fee_not_yet", "start")]


def test_a_day_without_a_fee_is_never_zero() -> None:
    fees = RULES.platform_fees
    shorter = fees.model_copy(update={"rows": tuple(row for row in fees.rows if row.until)})
    with pytest.raises(QuotecastError) as error:
        shorter.rate("tiktok_shop", "beauty", "referral", dt.date(2027, 1, 15))
    fault = error.value.faults[0]
    assert fault.code == "no_platform_fee"
    assert "referral fee of tiktok_shop on 2027-01-15" in fault.text("en")
    assert shorter.rate("tiktok_shop", "beauty", "payment", dt.date(2027, 1, 15)) is None


# ── declared tables agree with the code ───────────────────────────────────────────────────────────


def test_every_kpi_the_code_names_must_be_there() -> None:
    offered = {kpi for family in labels.FAMILIES for kpi, _ in family.kpis}
    platforms = [(), *((platform,) for platform in PLATFORMS), PLATFORMS]
    usual = {
        meaning.usual_definition(Brief(stores=[Store(platform=platform) for platform in some]), RULES.kpis)
        for some in platforms
    }
    assert {*quote.DEFINITIONS, *offered, *usual, meaning.REFUND_ONLY} == set(KPIS)


def test_the_market_is_asked_nothing_that_is_not_declared(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every platform, stage and way of operating; each question put to a market stands in its table.

    Of the market before costs by size and tier, and of the one that has them.
    """
    asked: set[tuple[str, str, str, str, str]] = set()
    find = Market.find

    def noted(
        self: Market, quantity: str, *, platform: str = "all", category: str = "all", stage: str = "all"
    ):
        asked.add((self.id, quantity, platform, category, stage))
        return find(self, quantity, platform=platform, category=category, stage=stage)

    monkeypatch.setattr(Market, "find", noted)
    points = Points(number=64, scrambles=2, seed=7)
    later = open_rules(on=dt.date(2026, 12, 1))
    places = ("platform_warehouse", "us_warehouse", "from_china", None)
    for market, model in itertools.product((RULES.market, later.market), MODELS):
        for stage in STAGES:
            brief = Brief(
                stores=[
                    *(
                        Store(platform=platform, status="new", fulfilment=place)
                        for platform, place in zip(PLATFORMS, itertools.cycle(places))
                    ),
                    Store(platform="tiktok_shop", status="once_suspended"),
                    Store(platform="tiktok_shop", kind="cross_border"),
                    Store(platform="tiktok_shop", kind="platform_run"),
                ],
                price="60",
                current_price="50",
                current_gmv="90000",
                category=CATEGORIES[len(model) % len(CATEGORIES)],
                stage=stage,  # type: ignore[arg-type]
                expected_gmv="90000",
                start="2027-01",
            )
            operation = Operation(model=model, us_team=True)  # type: ignore[arg-type]
            drawn = simulate(brief, market, operation, points, months=2)
            place = situation_of(brief, market, 2)
            kept, scenario = RULES.platform_fees, RULES.scenarios["expected"]
            costs(brief, drawn, place, operation, market, kept, points, scenario)
    for service in ("whole_shop", "part_operation", "kpi_consulting"):
        goal = GoalWords(kpi="roas", at_least="2", months=(1, 2))
        make.make(Brief(service_model=service, price="30", goals=[goal]), RULES, points=points)
    declared = {RULES.market.id: REQUIRED, later.market.id: REQUIRED, "costs": REQUIRED_COSTS}
    undeclared = {
        (source, quantity, *place)
        for source, quantity, *place in asked
        if not any(tuple(place) in one.places for one in declared[source].get(quantity, ()))
    }
    assert not undeclared, {(q, p) for _, q, p, *_ in undeclared}
    names = {quantity for _, quantity, *_ in asked}
    unread = {name for name in REQUIRED if name not in names and not name.startswith("surface_")}
    assert not unread


def test_a_kpi_counts_only_what_can_be_counted() -> None:
    for kpi in RULES.kpis.values():
        assert {*kpi.over.of, *(kpi.under.of if kpi.under else ())} <= set(QUANTITIES)

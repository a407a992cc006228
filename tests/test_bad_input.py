"""Errors are part of the product: each bad input gets one fault, with its place and what to write instead."""

from __future__ import annotations

import ast
import datetime as dt
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from string import Formatter
from typing import Any

import pytest
from opened import RULES
from pydantic import BaseModel
from sampled import first

from estimator.brief import brief
from estimator.brief.brief import Brief
from estimator.cli import main
from estimator.contract import offers
from estimator.contract.offers import Offer
from estimator.contract.terms import Terms
from estimator.market.scenarios import Scenario
from estimator.values.errors import Fault, QuotecastError, codes
from estimator.values.typed import typed_amount
from estimator.values.validation import parse_toml, validated

PACKAGE = Path(__file__).parent.parent / "estimator"
SOURCES = sorted(PACKAGE.rglob("*.py"))
ENGLISH = re.compile(r"(?:\b[A-Za-z]{2,}\b[ ,;]+){2,}[A-Za-z]{2,}")
"""Three English words in a row; names of fields and files are single words."""
LEAKED = re.compile(r"\b(tuple|dict|Decimal|None|pydantic|Error)\b|_type|_tag|another value|typing")

GOAL = '[[goals]]\nkpi = "roas"\nat_least = 2\nmonths = {months}\n'
STORES = '[[stores]]\nplatform = "tiktok_shop"\nad_share = "0.5"\n'
HISTORY = '[[history]]\nmonth = "2026-01"\nad_spend = 1\nattributed_gmv = 1\norders = 1\n'

BRIEFS: list[tuple[str, str]] = [
    # numbers beyond all bounds
    ("ad_budget = 1e999999999", "ad_budget: 1e+999999999 is beyond what any shop does"),
    ("ad_budget = 1e99999999999999999999", "ad_budget: 1e+999999 is beyond what any shop does"),
    ("ad_budget = -1e999999999", "ad_budget: -1e+999999999 is beyond what any shop does"),
    ("ad_budget = 1e-99999999999999999999", "ad_budget: 1E-999999 has more than 60 decimals; round it"),
    ("ad_budget = 0x" + "f" * 6000, "a number has too many digits to be read"),
    ("ad_budget = " + "9" * 6000, "a number has too many digits to be read"),
    ("ad_budget = nan", 'ad_budget: "NaN" is not a finite number'),
    ("sku_count = 0x" + "f" * 60, "sku_count: 1.77E+72 is too high; write 10000000 or less"),
    ('ad_budget = "٤٠"', 'ad_budget: "٤٠" is not an amount; write digits'),
    ("ad_budget = { a = 1 }", 'ad_budget: "{…}" is not an amount'),
    ("price = 0", "price: 0 is too low; write more than 0"),
    ("sku_count = 1.5", 'sku_count: "1.5" is not a whole number'),
    ("return_rate = 8", 'return_rate: "8" is a percentage or above 1'),
    # months
    ('start = "0000-01"', 'start: "0000-01" is not a month of the years 2000 to 2099; write it as "2027-01"'),
    ('start = "9999-12"', 'start: "9999-12" is not a month of the years 2000 to 2099'),
    ('start = "٢٠٢٧-01"', 'start: "٢٠٢٧-01" is not a month'),
    ('start = "100"', 'start: "100" is not a month of the years'),
    ("start = 2027-01-15", 'start: 2027-01-15 is a day within a month; write the month alone, "2027-01"'),
    ("start = 1999-01-01", 'start: "1999-01" is not a month'),
    ("start = 2027-01-01T10:00:00", "start: 2027-01-01T10:00:00 is a day within a month"),
    (HISTORY.replace('"2026-01"', "2026-01-15"), "history[0].month: 2026-01-15 is a day within a month"),
    (HISTORY * 2, "history[1].month: 2026-01 stands already in entry 1; keep one"),
    # spans
    (GOAL.format(months="[3]"), "goals[0].months: [3] is not a first and a last; write [first, last]"),
    (GOAL.format(months="[]"), "goals[0].months: [] is not a first and a last"),
    (GOAL.format(months="[1, 2, 3]"), "goals[0].months: [1, 2, 3] is not a first and a last"),
    (GOAL.format(months="3"), "goals[0].months: 3 is not a first and a last"),
    (GOAL.format(months="[3, 1]"), "goals[0].months: [3, 1] is not a span of contract months"),
    (GOAL.format(months='[1, "x"]'), 'goals[0].months[1]: "x" is not a whole number'),
    ('[[goals]]\nkpi = "roas"\nmonths = [1, 3]', "goals[0]: at_least and at_most stand both or neither"),
    # kinds
    ("stores = 5", "stores: 5 stands where tables belong; write [[stores]]"),
    ("history = 1", "history: 1 stands where tables belong; write [[history]]"),
    ('stores = ["tiktok_shop"]', 'stores[0]: "tiktok_shop" stands where tables belong; write [[stores]]'),
    ("add_ons = 1", 'add_ons: 1 is not a list; write ["..."]'),
    ("name = 5", "name: 5 stands where text belongs; write text between quotation marks"),
    ('asks_guarantee = "yes"', 'asks_guarantee: "yes" is neither true nor false'),
    # limits
    (STORES.replace('ad_share = "0.5"\n', "") * 41, "stores: there are 41 entries; write at most 40"),
    (GOAL.format(months="[1, 3]") * 13, "goals: there are 13 entries; write at most 12"),
    (f'name = "{"x" * 300}"', "name: the text has 300 characters; shorten it to 200"),
    # what fields say together
    (STORES + STORES.replace('ad_share = "0.5"\n', ""), "stores[1].ad_share: this store has no ad share"),
    (STORES * 3, "stores: the stores' ad shares add up to 1.5"),
    ("price = 5\nlanded_cost = 6", "landed_cost: landed cost 6 is not below the price 5"),
    # names and choices
    ('currency = "usd"', 'currency: "usd" is not a currency; write its code by ISO 4217'),
    ('catgory = "beauty"', 'catgory: "catgory" is not a field here; write one of category,'),
    (
        GOAL.format(months="[1, 3]") + "redaing = 1",
        'goals[0].redaing: "redaing" is not a field here; write one of kpi,',
    ),
    ('category = "beuty"', 'category: "beuty" is not among the answers; write one of beauty, fashion'),
    (
        '[[stores]]\nplatform = "tik"',
        'stores[0].platform: "tik" is not among the choices; write one of tiktok',
    ),
    ('add_ons = ["x"]', 'add_ons[0]: "x" is not among the choices; write one of training'),
    # what would break a line, a terminal or the stack
    ('"a\\nb\\u0007" = 1', 'a\\nb\\x07: "a\\nb\\x07" is not a field here'),
    (f'"{"k" * 5000}" = 1', f'{"k" * 59}…: "{"k" * 59}…" is not a field here; write one of '),
    (f'"{"." * 5000}" = 1', f'{"." * 59}…: "{"." * 59}…" is not a field here'),
    (".".join("a" * 5000) + " = 1", "tables stand more than 20 deep"),
    (f"x = {'[' * 5000}{']' * 5000}", "tables stand more than 20 deep"),
    (f"x = {'[' * 30}{']' * 30}", "tables stand more than 20 deep"),
]
BROKEN: list[tuple[str | bytes, str]] = [
    ("a = 1\nname = seed", "2: this is not TOML from column 8 on; mend the line"),
    ("ad_budget = 40,000", "1: this is not TOML from column 15 on"),
    ('name = "seed', "1: this is not TOML from column 13 on"),
    ("name = 1\nname = 2", "2: the name or table before column 9 is written a second time"),
    ("[a]\n[a]", "2: the name or table before column 3 is written a second time"),
    ('name = "深圳"'.encode("gb18030"), " this is not text in UTF-8; save it again with the encoding UTF-8"),
    ('name = "seed"'.encode("utf-16"), " this is not text in UTF-8"),
    ('name = "seed"'.encode("utf-16-le"), " this is not text in UTF-8"),
    (bytes(range(256)), " this is not text in UTF-8"),
]
CHARGE = 'id = "a"\nlabel = { en = "A", zh = "甲" }\n'
HEAD = 'currency = "USD"\nmonths = 3\n[[charges]]\n' + CHARGE
TERMS: list[tuple[str, str]] = [
    ("contract = 5", "contract: 5 is not a table; write one with the fields currency, months"),
    ("contract = [1]", "contract: [1] is not a table"),
    ('currency = "USD"\ncharges = 5', "charges: 5 stands where tables belong; write [[charges]]"),
    ('currency = "USD"\ncharges = [5]', "charges[0]: 5 stands where tables belong"),
    ('currency = "USD"\ncharges = []', "charges: the list is empty; write at least 1 entry"),
    (
        HEAD + 'kind = "bonus"',
        'charges[0].kind: "bonus" is not among the choices; write one of fixed, per_unit',
    ),
    (HEAD, "charges[0]: this has no kind; write kind = and one of fixed, per_unit"),
    (HEAD + 'kind = "fixed"\namount = -1', "charges[0].amount: -1 is too low; write 0 or more"),
    (HEAD + 'kind = "fixed"', "charges[0].amount: this is needed; write amount = ..."),
    (
        HEAD + 'kind = "fixed"\namount = 5\namont = 5',
        'charges[0].amont: "amont" is not a field here; write one of amount, months',
    ),
    (
        HEAD
        + 'kind = "share"\nof = { of = ["gmv"] }\ntiers = { above = [0], rate = ["0.1"], raech = "whole" }',
        'charges[0].tiers.raech: "raech" is not a field here; write one of above, rate, reach',
    ),
    (
        HEAD + 'kind = "share"\nof = { of = ["gmv"] }\ntiers = 5',
        "charges[0].tiers: 5 is not a table; write one with the fields above, rate, reach",
    ),
    (
        HEAD + 'kind = "fixed"\namount = 5\nmonths = [3, 1]',
        "charges[0].months: [3, 1] is not a span of contract",
    ),
    (HEAD + 'kind = "bound"\nover = ["a"]', "charges[0]: at_least and at_most stand both or neither"),
    (HEAD.replace('"A"', '""') + 'kind = "fixed"\namount = 5', "charges[0].label.en: the text is empty"),
    (HEAD.replace('"a"', '"A b"') + 'kind = "fixed"\namount = 5', 'charges[0].id: "A b" is not an id'),
    (
        HEAD + f'kind = "fixed"\namount = 5\n[[charges]]\n{CHARGE}kind = "fixed"\namount = 6',
        "charges[1].id: a stands already in entry 1; keep one of the two",
    ),
]
QUOTES: list[tuple[str, str]] = [
    ("[]", " this is not a quote in JSON"),
    ('{\n"a": }', "2: this is not a quote in JSON; save it again"),
    ('{"contract": null}', "contract: null is not a table"),
    (
        '{"contract": {"currency": 1e99999999999999999999, "charges": []}}',
        "contract:currency: 1E+999999 stands",
    ),
    ("[" * 100_000, " tables stand more than 20 deep"),
    ('{"a": ' + "9" * 6000 + "}", " a number has too many digits"),
]


def only(error: QuotecastError) -> str:
    """The one fault's English, with nothing of Python in it; its Chinese holds no English sentence."""
    assert len(error.faults) == 1, [str(fault) for fault in error.faults]
    fault = error.faults[0]
    english, chinese = fault.line("en"), fault.line("zh")
    assert english.isprintable() and chinese.isprintable()
    assert not LEAKED.search(fault.text("en"))
    assert re.search(r"[\u4e00-\u9fff].*；.*[\u4e00-\u9fff]", fault.text("zh")), chinese
    assert not ENGLISH.search(fault.text("zh").replace("quotecast quote --json", "")), chinese
    assert ", " not in re.sub(r"\[.*?\]", "", fault.text("zh")), chinese
    return english


@pytest.mark.parametrize(("content", "expected"), BRIEFS, ids=lambda text: text[:40])
def test_a_bad_brief_gets_one_fault(content: str, expected: str) -> None:
    with pytest.raises(QuotecastError) as caught:
        brief.parse(parse_toml(content, "b.toml"), "b.toml", RULES.vocabulary)
    assert only(caught.value).removeprefix("b.toml:").strip().startswith(expected)


@pytest.mark.parametrize(("content", "expected"), BROKEN)
def test_a_brief_that_cannot_be_read_gets_one_fault(
    tmp_path: Path, content: str | bytes, expected: str
) -> None:
    path = tmp_path / "b.toml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(QuotecastError) as caught:
        brief.read(path)
    assert only(caught.value).startswith(f"b.toml:{expected}")


@pytest.mark.parametrize(("content", "expected"), TERMS, ids=lambda text: text[-40:])
def test_bad_terms_get_one_fault(tmp_path: Path, content: str, expected: str) -> None:
    path = tmp_path / "deal.toml"
    path.write_text(content, "utf-8")
    with pytest.raises(QuotecastError) as caught:
        offers.read(path, RULES.kpis)
    assert only(caught.value).startswith(f"deal.toml:{expected}")


@pytest.mark.parametrize(("content", "expected"), QUOTES, ids=lambda text: text[:30])
def test_a_bad_quote_gets_its_fault_first(tmp_path: Path, content: str, expected: str) -> None:
    path = tmp_path / "quote.json"
    path.write_text(content, "utf-8")
    with pytest.raises(QuotecastError) as caught:
        offers.read(path, RULES.kpis)
    assert only(QuotecastError(caught.value.faults[0])).startswith(f"quote.json:{expected}")


@pytest.mark.parametrize("content", [5, None, [], "x", {1: 2}, {"charges": {}}, object()])
def test_anything_may_be_handed_in(content: object) -> None:
    with pytest.raises(QuotecastError) as caught:
        validated(Terms, content, "t.json")
    assert all(fault.line("zh") for fault in caught.value.faults)


ODD = (None, True, -1, 0, 10**200, Decimal("NaN"), Decimal("0.5"), 2.5, "", "x y", "x" * 9000, [], [1], [[]])
ODD += ([1, 2, 3], {}, {"x": 1}, {"kind": "x"}, dt.date(2027, 1, 15), dt.time(1))


def spoiled(content: Any) -> Iterator[Any]:
    """The content with each thing in it, however deep, replaced by each odd value."""
    yield from ODD
    if isinstance(content, dict):
        yield from ({**content, name: odd} for name, inner in content.items() for odd in spoiled(inner))
    if isinstance(content, list):
        for index, inner in enumerate(content):
            yield from ([*content[:index], odd, *content[index + 1 :]] for odd in spoiled(inner))


def shipped(path: str) -> dict[str, Any]:
    return parse_toml(Path(path).read_text("utf-8"), path)


@pytest.mark.parametrize(
    ("model", "content"),
    first(
        [
            (Brief, shipped("examples/briefs/apparel_with_history.toml")),
            (Terms, RULES.offers["wager"].terms.model_dump(mode="json")),
            (Brief, shipped("examples/briefs/auto_tools_mature.toml")),
            (Terms, RULES.offers["full_service_tiers"].terms.model_dump(mode="json")),
            (Offer, RULES.offers["platform_plan"].model_dump(mode="json")),
            (Scenario, shipped("pricing_rules/scenarios/cautious.toml")),
        ],
        2,
    ),
)
def test_whatever_is_spoiled_gets_our_words(model: type[BaseModel], content: dict[str, Any]) -> None:
    validated(model, content, "x.toml")
    for bad in spoiled(content):
        try:
            validated(model, bad, "x.toml")
        except QuotecastError as error:
            for fault in error.faults:
                english, chinese = fault.text("en"), fault.text("zh")
                assert fault.code != "not_usable" and not LEAKED.search(english), english
                assert not ENGLISH.search(chinese), chinese
                assert len(english) < 300 and english.isprintable(), english


def test_the_first_of_a_month_stands_for_the_month() -> None:
    assert brief.parse(parse_toml("start = 2027-01-01", "b.toml")).start == "2027-01"


@pytest.mark.parametrize("text", ["٤٠٠٠٠", "٤k", "4٠"])
def test_only_plain_digits_are_an_amount(text: str) -> None:
    with pytest.raises(QuotecastError, match="is not an amount"):
        typed_amount(text, "USD")
    assert typed_amount("４０，０００", "USD") == 40000


def test_many_choices_become_the_nearest_three() -> None:
    fault = Fault(
        code="unknown_reference", place="", values={"found": "n7", "choices": [f"n{n}" for n in range(30)]}
    )
    assert "write one of n7, n27, n17 (27 others)" in fault.text("en")
    assert "n7、n27、n17（另有 27 项）" in fault.text("zh")


# ── the command ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["quote", "examples"], "examples: this is a folder; name a file in it"),
        (["settle", "us_agency", "examples"], "examples: this is a folder"),
        (["settle", "examples", "README.md"], "examples: this is a folder"),
        (["quote", "none.toml", "--json"], "none.toml: there is no such file"),
        (["quote", "x" * 400], "xxx"),
    ],
)
def test_faults_go_to_standard_error(
    arguments: list[str], expected: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 1
    printed = capsys.readouterr()
    assert printed.out == "" and printed.err.startswith(expected) and printed.err.count("\n") == 1


def test_a_wrong_call_is_status_two() -> None:
    with pytest.raises(SystemExit) as left:
        main(["quote"])
    assert left.value.code == 2


def test_faults_of_the_rules_are_the_answer_of_check(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", str(tmp_path)]) == 1
    printed = capsys.readouterr()
    assert printed.out and printed.err == ""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_is_one_line() -> None:
    with open("/dev/full", "w") as full:
        command = [sys.executable, "-m", "estimator.cli", "quote", "examples/briefs/seed_beauty.toml"]
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True)
    assert done.returncode == 1 and done.stderr.startswith("the answer could not be written")
    assert done.stderr.count("\n") == 1


# ── the words ─────────────────────────────────────────────────────────────────────────────────────


CODE_AT = {"fail": 0, "PydanticCustomError": 0, "fault": 1}
"""Where each of the functions that raise takes the code; ``Fault`` takes it by name."""


def nodes() -> Iterator[ast.AST]:
    for path in SOURCES:
        yield from ast.walk(ast.parse(path.read_text("utf-8")))


def raised() -> Iterator[str]:
    """Every code that stands in a call that raises, or first in a tuple that a ``_faults`` yields."""
    for node in nodes():
        given: list[ast.expr] = []
        if isinstance(node, ast.Call):
            name = ast.unparse(node.func).rpartition(".")[2]
            given = node.args[CODE_AT[name] :][:1] if name in CODE_AT else []
            if name != "Remark":  # of an import, which is no fault and has its words in presentation
                given += [keyword.value for keyword in node.keywords if keyword.arg == "code"]
        elif isinstance(node, ast.FunctionDef) and node.name.endswith("_faults"):
            tuples = (inner.value for inner in ast.walk(node) if isinstance(inner, ast.Yield))
            given = [pair.elts[0] for pair in tuples if isinstance(pair, ast.Tuple)]
        yield from (
            code.value for code in given if isinstance(code, ast.Constant) and isinstance(code.value, str)
        )


def test_every_code_raised_has_words() -> None:
    assert {"ad_share_missing", "bad_id", "not_json", "bound_shorter"} <= set(raised())
    assert not set(raised()) - codes()


def test_every_code_with_words_is_raised() -> None:
    """A code may also stand in a table or be chosen between two, so any string counts."""
    assert not codes() - {str(node.value) for node in nodes() if isinstance(node, ast.Constant)}


def test_both_languages_fill_with_the_same_names() -> None:
    def names(text: str) -> set[str]:
        return {name for _, name, _, _ in Formatter().parse(text) if name}

    words = tomllib.loads((PACKAGE / "values" / "errors.toml").read_text("utf-8"))
    assert not {code: both for code, both in words.items() if names(both["en"]) != names(both["zh"])}

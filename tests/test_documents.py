"""Documents: one record, many files; the same words, the same cents, and nothing that is ours alone."""

from __future__ import annotations

import io
import json
import math
import re
import zipfile
import zlib
from contextlib import suppress
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opened import RULES
from PIL import Image

from estimator.brief import brief as briefs
from estimator.cli import main
from estimator.contract.parties import Party
from estimator.documents.faces import lacking
from estimator.documents.page import page
from estimator.documents.pdf import pages, pdf
from estimator.documents.written import FORMS, Written, check_names, written
from estimator.earnings.courses import courses, exit_prices, least_committed, worked_months
from estimator.presentation.paper import Lead, Paper, Section
from estimator.presentation.words import Words
from estimator.quoting.make import make
from estimator.quoting.quote import Quote, deal_of
from estimator.schemas.proposal import Proposal
from estimator.schemas.proposed import Sending, propose
from estimator.values.errors import QuotecastError

BRIEFS = ("supplements_guarantee", "almost_nothing")
"""One with tiers and a baseline, and one with hardly a fact."""
CLIENT = Party(
    name_en='=HYPERLINK("x") <script>alert(1)</script>',
    name_zh="喆镕龘示例贸易有限公司",
    contact="+1",
    role="@a",
)
OURS = re.compile(
    r"\.(?:csv|toml):|#[a-z_]+\.[a-z]|guard|margin|毛利|base\.whole|approver|须审批|role cost", re.IGNORECASE
)
"""Our own costs and guards, and the places of rules, as any of our files would name them."""

STREAM = re.compile(rb"stream\r?\n(.*?)\r?\nendstream", re.DOTALL)


@lru_cache
def quoted(name: str) -> Quote:
    return make(briefs.read(Path(f"examples/briefs/{name}.toml")), RULES, ask=False)


@lru_cache
def proposed(name: str) -> Proposal:
    return propose(quoted(name), Sending(client=CLIENT))


@lru_cache
def files(name: str, language: Any) -> Written:
    words = Words(language, vocabulary=RULES.vocabulary, remarks=RULES.remarks)
    return written(quoted(name), proposed(name), words)


# ── the money ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", BRIEFS)
def test_the_courses_add_up_and_are_in_order(name: str) -> None:
    poor, middling, good = courses(deal_of(quoted(name)))
    assert poor.profit < middling.profit < good.profit
    for course in (poor, middling, good):
        sales, *costs = course.money.values()
        assert course.profit == sales - sum(costs)
    spread = quoted(name).seller.profit
    for course, quantile in ((poor, spread.p10), (middling, spread.p50), (good, spread.p90)):
        # eight rounded figures, and a band of five in a hundred outcomes around the quantile
        assert float(course.profit) == pytest.approx(quantile / quoted(name).months, abs=120)


def test_the_least_committed_is_the_cheapest_end_by_hand() -> None:
    """Set-up 3,250, one base fee of 8,200, and leaving after a month: another base fee and 450."""
    terms = quoted("seed_beauty").terms
    assert least_committed(terms, 1) == Decimal(3250 + 8200 + 8200 + 450)
    assert exit_prices(terms)[0] == (1, Decimal(8650)) and exit_prices(terms)[-1] == (5, Decimal(10450))
    assert proposed("seed_beauty").due_total == Decimal(8200 + 3250 + 8200)


@pytest.mark.parametrize("name", BRIEFS)
def test_an_invoice_is_what_the_settlement_charges(name: str) -> None:
    deal = deal_of(quoted(name))
    fees, counted = worked_months(deal)
    invoices = proposed(name).invoices
    assert [invoice.total for invoice in invoices] == list(fees.by_month[0])
    assert [invoice.number for invoice in invoices] == list(range(1, deal.months + 1))
    commission = next(line for line in invoices[-1].lines if line.charge == "commission")
    assert commission.basis == counted.quantities["settled_gmv"][0, :, -1].sum()


@pytest.mark.parametrize("name", BRIEFS)
def test_a_proposal_reads_its_own_json(name: str) -> None:
    text = files(name, "en").json.decode()
    assert Proposal.model_validate_json(text) == proposed(name)


def test_the_grid_falls_with_the_level_and_holds_the_quotes_own_chance() -> None:
    what_ifs = proposed("seed_beauty").what_ifs
    assert what_ifs is not None
    for chances in what_ifs.chances:
        assert list(chances) == sorted(chances, reverse=True)
    row = what_ifs.chances[what_ifs.budgets.index(Decimal(20000))]
    known = quoted("seed_beauty").goals[0].probability
    assert known is not None and row[what_ifs.levels.index(2.5)] == round(known.value, 4)


# ── what a client gets ────────────────────────────────────────────────────────────────────────────


def unpacked(content: bytes) -> str:
    """All text in a file: of an archive each part, of a PDF what stands around its streams and in them.

    Streams that are no text, as a typeface or a picture, are left out: three random bytes are a rule's sign.
    """
    if content.startswith(b"PK"):
        archive = zipfile.ZipFile(io.BytesIO(content))
        return "\n".join(unpacked(archive.read(name)) for name in archive.namelist())
    if not content.startswith(b"%PDF"):
        try:
            return content.decode()
        except UnicodeDecodeError:
            return ""
    parts = [STREAM.sub(b"", content).decode("latin-1")]
    for stream in STREAM.findall(content):
        with suppress(zlib.error):
            parts.append(unpacked(zlib.decompress(stream)))
        parts.append(unpacked(stream))
    return "\n".join(parts)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("name", BRIEFS)
def test_nothing_that_is_ours_alone_is_in_any_file(name: str, language: str) -> None:
    made = files(name, language)
    for form in ("json", "html", "xlsx", "pdf"):
        text = unpacked(getattr(made, form))
        # what styles call a margin is none of ours
        text = re.sub(r"(@page|[\w.]+)?\s*\{[^{}]*margin[^{}]*\}|pageMargins[^>]*|margin_known", "", text)
        assert OURS.findall(text) == [], form


def test_the_search_would_find_what_is_ours() -> None:
    internal = quoted("seed_beauty")
    text = json.dumps([guard.rule for guard in internal.guards]) + str(internal.agency)
    assert OURS.search(text)


def test_amounts_are_the_same_to_the_cent_in_every_file() -> None:
    made, proposal = files("seed_beauty", "en"), proposed("seed_beauty")
    page_text, data, cells = made.html.decode(), made.json.decode(), unpacked(made.xlsx)
    said = str(made.paper)
    for invoice in (proposal.invoices[0], proposal.invoices[3]):
        shown = f"${invoice.total:,.2f}"
        assert shown in page_text and shown in said
        assert f'"{invoice.total}"' in data and f"<v>{float(invoice.total):g}</v>" in cells
    for amount in (proposal.due_total, proposal.least_committed):
        assert f"${amount:,.0f}" in page_text and f'"{amount}"' in data


def test_no_probability_is_printed_as_nothing_or_all() -> None:
    for name in BRIEFS:
        for language in ("en", "zh"):
            assert not re.search(
                r"(?<![\d.])(0|100)% (of outcomes|的情形)", files(name, language).html.decode()
            )


# ── pages ─────────────────────────────────────────────────────────────────────────────────────────


def paper(text: str, language: str = "zh") -> Paper:
    return Paper(
        language=language,
        title="t",
        name="n",
        author="a",
        stamp="",
        head=(),
        parties=(),
        sections=(Section(id="s", title="h", blocks=(Lead(text=text),)),),
        foot="f",
        page="{page}",
        colour="#2F3B4A",
    )


def drawn(text: str, language: str = "zh") -> Image.Image:
    (only,) = pages(paper(text, language), RULES.on)
    return Image.open(io.BytesIO(only)).convert("L")


def test_a_rare_name_and_a_true_minus_are_drawn() -> None:
    """The picture itself: text extraction finds glyphs that were never drawn."""
    pictures = {letter: drawn(letter).tobytes() for letter in "喆镕龘−·¥"}
    blank = drawn("\u3000").tobytes()
    assert len(set(pictures.values())) == len(pictures)
    for letter, picture in pictures.items():
        changed = sum(a != b for a, b in zip(picture, blank, strict=True))
        assert changed > 8, letter
    # a glyph that is missing would be drawn as the same box for each
    minus, hyphen = drawn("−1,234.50"), drawn("-1,234.50")
    assert minus.tobytes() != hyphen.tobytes() and minus.tobytes() != drawn("1,234.50").tobytes()


@pytest.mark.parametrize("letter", ["\U0001f600", "가"])
def test_a_character_that_no_face_has_is_refused_and_named(letter: str) -> None:
    for make_it in (pdf, pages):
        with pytest.raises(QuotecastError) as error:
            make_it(paper(f"王{letter}"), RULES.on)
        (fault,) = error.value.faults
        assert fault.code == "no_glyph" and letter in fault.text("en") and letter in fault.text("zh")
    with pytest.raises(QuotecastError) as error:
        check_names(Party(name_zh=f"王{letter}"), "client")
    assert [fault.place for fault in error.value.faults] == ["client:name_zh"]


@given(st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=1, max_size=40))
def test_every_common_character_can_be_printed(name: str) -> None:
    assert lacking(name) == ()


@pytest.mark.parametrize("size", ["a4", "letter"])
def test_the_same_quote_is_the_same_bytes(size: Any) -> None:
    made = files("seed_beauty", "zh")
    again = written(quoted("seed_beauty"), proposed("seed_beauty"), made.words, size)
    other = written(quoted("seed_beauty"), proposed("seed_beauty"), made.words, size)
    assert again.pdf == other.pdf and again.xlsx == made.xlsx and again.html == made.html
    assert len(again.png) == len(again.files("png")) > 3


def test_the_pdf_is_an_archive_with_the_workbook_and_the_data_inside() -> None:
    text = files("seed_beauty", "zh").pdf
    assert b"pdfaid:part>3<" in text and b"pdfaid:conformance>B<" in text
    assert b"quote.json" in text and b"quote.xlsx" in text
    assert '"due_total": "19650.00"' in unpacked(text)


def test_a_page_holds_no_script_and_asks_nobody() -> None:
    text = files("seed_beauty", "en").html.decode()
    assert "&lt;script&gt;" in text and "<script" not in text
    assert not re.search(r"""(src|href)\s*=\s*["'](?!data:)|url\(|@import""", text)
    assert "default-src 'none'" in text
    hostile = page(paper('"><img src=x onerror=alert(1)>')).decode()
    assert "<img" not in hostile


# ── the workbook ──────────────────────────────────────────────────────────────────────────────────

SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
CELL = re.compile(r"([A-Z]+)(\d+)(?::([A-Z]+)(\d+))?")


def column(name: str) -> int:
    return sum((ord(letter) - 64) * 26**place for place, letter in enumerate(reversed(name)))


def cells_of(content: bytes) -> dict[str, dict[tuple[int, int], tuple[str | None, str, str]]]:
    """Of every sheet each cell: its formula, its value, its type."""
    archive = zipfile.ZipFile(io.BytesIO(content))
    sheets = {}
    for name in sorted(n for n in archive.namelist() if n.startswith("xl/worksheets/sheet")):
        found = {}
        for cell in ElementTree.fromstring(archive.read(name)).iter(f"{SHEET}c"):
            place = CELL.fullmatch(cell.attrib["r"])
            assert place is not None
            formula, value = cell.find(f"{SHEET}f"), cell.find(f"{SHEET}v")
            found[column(place[1]), int(place[2])] = (
                None if formula is None else formula.text,
                "" if value is None else value.text or "",
                cell.attrib.get("t", "n"),
            )
        sheets[name] = found
    return sheets


def worked(sheet: dict[tuple[int, int], tuple[str | None, str, str]], at: tuple[int, int]) -> Decimal:
    """A cell calculated anew from its formula: an evaluator of the four functions that we write."""
    formula, value, _ = sheet[at]
    if formula is None:
        return Decimal(value or 0)

    def refer(match: re.Match[str]) -> str:
        first, top, last, end = match.groups()
        if last is None:
            return f"cell({column(first)},{top})"
        return ",".join(
            f"cell({c},{r})"
            for c in range(column(first), column(last) + 1)
            for r in range(int(top), int(end) + 1)
        )

    def rounded(value: Decimal, digits: Decimal) -> Decimal:
        return value.quantize(Decimal(1).scaleb(-int(digits)), ROUND_HALF_UP)

    text = re.sub(
        r"(?<![A-Za-z(\d.])(\d+\.?\d*)|(?<=[(*+\-/,])(\d+\.?\d*)",
        lambda m: f"D('{m[0]}')",
        CELL.sub(refer, formula),
    )
    text = re.sub(r"cell\((.*?)\)", lambda m: "cell(" + re.sub(r"D\('(\d+)'\)", r"\1", m[1]) + ")", text)
    names = {
        "D": Decimal,
        "cell": lambda c, r: worked(sheet, (c, r)),
        "MAX": max,
        "SUM": lambda *values: sum(values, Decimal(0)),
        "ROUND": rounded,
        "ROUNDUP": lambda value, digits: Decimal(math.ceil(value)),
    }
    return Decimal(eval(text, {"__builtins__": {}}, names))


@pytest.mark.parametrize("name", BRIEFS)
def test_the_formulas_add_up_to_the_quote_to_the_cent(name: str) -> None:
    sheets = cells_of(files(name, "en").xlsx)
    formulas = 0
    for sheet in sheets.values():
        for at, (formula, value, _) in sheet.items():
            if formula is not None:
                formulas += 1
                assert worked(sheet, at) == pytest.approx(Decimal(value), abs=Decimal("0.005")), formula
    months = list(sheets.values())[-1]
    totals = [
        float(value) for (c, r), (_, value, _) in months.items() if r == max(r for _, r in months) and c > 1
    ]
    assert totals[:-1] == [float(invoice.total) for invoice in proposed(name).invoices]
    assert formulas > len(proposed(name).invoices) * 4


def test_a_text_that_begins_like_a_formula_stays_text() -> None:
    sheets = cells_of(files("seed_beauty", "en").xlsx)
    assert not any(
        formula and "HYPERLINK" in formula for sheet in sheets.values() for formula, _, _ in sheet.values()
    )
    assert "=HYPERLINK" in unpacked(files("seed_beauty", "en").xlsx)


# ── the command, and what is wrong with its input ─────────────────────────────────────────────────


def test_the_command_writes_every_form(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    client = tmp_path / "client.toml"
    client.write_text('name_zh = "喆镕龘示例贸易有限公司"\ncontact = "王喆"\n', "utf-8")
    arguments = ["document", "examples/briefs/seed_beauty.toml", "--client", str(client), "--lang", "zh"]
    for form in FORMS:
        assert main([*arguments, "--out", str(tmp_path / f"q.{form}")]) == 0
        for path in capsys.readouterr().out.splitlines():
            assert Path(path).stat().st_size > 10_000
    assert "喆镕龘示例贸易有限公司" in (tmp_path / "q.html").read_text("utf-8")


@pytest.mark.parametrize(
    ("client", "more", "said"),
    [
        ('name_zh = "王\U0001f600"', [], "client.toml:name_zh"),
        ('name_zh = "王\\u200b"', [], "client.toml:name_zh"),
        ('nam = "x"', [], "client.toml:nam"),
        ('name_en = "x"', ["--entity", "uk"], "entity"),
        ('name_en = "x"', ["--entity", "cn"], "letterhead.toml:entities"),
        ('name_en = "x"', ["--out", "q.docx"], "--out"),
    ],
)
def test_bad_input_is_named(
    tmp_path: Path, client: str, more: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "client.toml"
    path.write_text(client, "utf-8")
    for language in ("en", "zh"):
        asked = ["document", "examples/briefs/tiny_shop.toml", "--client", str(path), "--lang", language]
        assert main([*asked, "--out", str(tmp_path / "q.pdf"), *more]) == 1
        assert said in capsys.readouterr().err

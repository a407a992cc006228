"""Sending a quote: what is kept is what was sent, whatever happens to rules, market or engine later."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

import pytest
from cards import EARLIER, with_one_edition
from opened import DAY, RULES

from estimator.book.book import Book, open_book
from estimator.book.records import Revision
from estimator.book.states import State
from estimator.brief import brief as briefs
from estimator.brief.brief import Brief
from estimator.cli import main
from estimator.contract.parties import Party
from estimator.contract.trade import Trade
from estimator.documents import sending
from estimator.documents.requoting import quoted_again
from estimator.evidence import scores
from estimator.market.points import Points
from estimator.quoting.make import make
from estimator.quoting.quote import Quote
from estimator.rules.rules import open_rules
from estimator.schemas.frozen import LEVELS, frozen, read_frozen
from estimator.schemas.proposal import Proposal
from estimator.schemas.proposed import Sending, propose
from estimator.schemas.quote import QuoteAnswer
from estimator.values.errors import QuotecastError

CLIENT = Party(name_en="Lihe Example Trading Ltd (fictional)", name_zh="喆镕龘示例贸易有限公司（虚构）")
BRIEF = Path("examples/briefs/seed_beauty.toml")
SEED = briefs.read(BRIEF)
FEW = Points(number=256, scrambles=4)
NOON = dt.datetime(2026, 12, 1, 12, tzinfo=dt.UTC)


@pytest.fixture
def book() -> Iterator[Book]:
    made = open_book("sqlite://", lambda: NOON, approve_own=True)
    yield made
    made.close()


@lru_cache
def proposal_of(brief: Brief, trade: Trade) -> Proposal:
    return propose(quoted(brief, trade), Sending(client=CLIENT))


def proposed(quote: Quote) -> Proposal:
    """Worked out once for each brief and trade under the usual rules."""
    if quote is not quoted(quote.brief, quote.trade):
        return propose(quote, Sending(client=CLIENT))
    return proposal_of(quote.brief, quote.trade)


@lru_cache
def quoted(brief: Brief, trade: Trade) -> Quote:
    return make(brief, RULES, points=FEW, trade=trade, ask=False)


def sent(book: Book, quote: Quote, follows: str | None = None) -> Revision:
    draft = None if follows is None else book.revise(follows, user="Lin")
    ready = sending.prepare(book, quote, proposed(quote), user="Lin", draft=draft)
    if ready.pending:
        ready = sending.approve(book, ready, user="Lin", reason="the client knows the odds")
    return sending.send(book, quote, ready, user="Lin")


def test_a_sent_quote_keeps_its_figures_documents_and_forecast(book: Book) -> None:
    quote = quoted(SEED, Trade())
    revision = sent(book, quote)
    record = revision.record
    assert record is not None and revision.reference == "Q-2026-0001-r1" and revision.state == State.SENT
    proposal = Proposal.model_validate_json(json.dumps(record.outputs["proposal"]))
    answer = QuoteAnswer.model_validate_json(json.dumps(record.outputs["quote"]))
    assert answer.terms and answer.monthly_price.amount == 8200 and proposal.due_total == Decimal(19650)
    assert record.rules_sha == RULES.sha and record.world["market"] == RULES.market.id
    assert briefs.parse(json.loads(json.dumps(record.brief))) == quote.brief
    (goal,) = record.forecast["goals"]
    assert goal["goal"]["kpi"]["ripe_days"] == 5 and goal["chance"]["probability"] > 0.1
    names = {document.name for document in revision.documents}
    assert names == {f"Q-2026-0001-{language}.{form}" for language in ("zh", "en") for form in sending.SENT}
    page = book.document(revision.reference, "Q-2026-0001-zh.html").decode()
    assert "Q-2026-0001" in page and "草稿" not in page and "喆镕龘示例贸易有限公司" in page


def test_a_forecast_is_frozen_with_the_rules_by_which_it_resolves(book: Book) -> None:
    quote = quoted(SEED, Trade())
    record = sent(book, quote).record
    assert record is not None
    kept = read_frozen(record.forecast)
    assert kept is not None and len(kept.months) == quote.months and len(record.forecast["goals"]) == 1
    (goal,) = kept.goals
    assert goal.levels is not None and goal.chance is not None and goal.error is not None
    assert len(goal.levels) == LEVELS == scores.LEVELS and list(goal.levels) == sorted(goal.levels)
    reached = sum(level >= goal.goal.level for level in goal.levels) / LEVELS
    assert abs(reached - goal.chance.probability) <= 1.5 / LEVELS + goal.chance.error
    assert goal.naive is not None and goal.levels[0] < goal.naive < goal.levels[-1]
    assert [duty.of.of for duty in kept.duties] == [("ad_spend",), ("days_down",)]
    assert (kept.platforms, kept.category, kept.service) == (("tiktok_shop",), "beauty", "whole_shop")
    assert all(month.ad_spend.p10 <= month.ad_spend.p50 <= month.ad_spend.p90 for month in kept.months)
    assert abs(sum(month.fees.mean for month in kept.months) / quote.fees.mean - 1) < 0.001
    assert frozen(quote).model_dump(mode="json") == kept.model_dump(mode="json")
    earlier = {name: part for name, part in record.forecast.items() if name != "frozen"}
    assert read_frozen(earlier) is None


def test_a_revision_says_in_one_sentence_what_changed(book: Book) -> None:
    first = sent(book, quoted(SEED, Trade()))
    dearer = SEED.model_copy(update={"ad_budget": Decimal(30_000), "contract_months": 12})
    second = sent(book, quoted(dearer, Trade()), follows=first.number)
    assert second.reference == "Q-2026-0001-r2" and book.read("Q-2026-0001-r1").state == State.SUPERSEDED
    english = book.document(second.reference, "Q-2026-0001-r2-en.html").decode()
    for said in (
        "Since Q-2026-0001 of",
        "ads a month $30,000 instead of $20,000",
        "term 12 months instead of 6 months",
    ):
        assert said in english
    chinese = book.document(second.reference, "Q-2026-0001-r2-zh.html").decode()
    assert "月广告预算由 $20,000 改为 $30,000；" in chinese
    assert "月广告预算：$20,000 → $30,000" in chinese and "合作期限：6 个月 → 12 个月" in chinese
    assert second.record is not None
    proposal = Proposal.model_validate_json(json.dumps(second.record.outputs["proposal"]))
    assert proposal.moved is not None and proposal.moved.reference == "Q-2026-0001"
    assert [step.causes[0].name for step in proposal.moved.steps] == ["ad_budget", "contract_months"]
    moved = [step.moved.monthly_price for step in proposal.moved.steps]
    assert proposal.moved.before.monthly_price + sum(moved) == proposal.monthly_price
    old = proposal.model_dump(mode="json", exclude={"moved"})
    assert Proposal.model_validate_json(json.dumps(old)).moved is None
    unchanged = sent(book, quoted(dearer, Trade()), follows=first.number)
    again = book.document(unchanged.reference, "Q-2026-0001-r3-en.html").decode()
    assert "nothing that counts has changed" in again


def test_what_was_sent_stays_under_another_edition_and_says_so_when_quoted_again(
    book: Book, tmp_path: Path
) -> None:
    first = sent(book, quoted(SEED, Trade()))
    kept = {document.name: book.document(first.reference, document.name) for document in first.documents}
    other = open_rules(with_one_edition(tmp_path / "rules", EARLIER), on=DAY)
    later = make(SEED, other, points=FEW, ask=False)
    second = sent(book, later, follows=first.number)
    assert {name: book.document("Q-2026-0001-r1", name) for name in kept} == kept
    page = book.document(second.reference, "Q-2026-0001-r2-en.html").decode()
    assert f"price list {EARLIER.id} instead of {RULES.edition.id}" in page
    assert "Price list and market data of today; the earlier ones are no longer kept" in page


def test_what_was_erased_or_sent_in_another_currency_is_not_compared(book: Book) -> None:
    first = sent(book, quoted(SEED, Trade()))
    with pytest.raises(QuotecastError) as error:
        quoted_again(replace(first, record=None), RULES)
    assert error.value.faults[0].code == "record_erased"
    assert first.record is not None
    elsewhere = replace(first, record=replace(first.record, currency="CNY"))
    with pytest.raises(QuotecastError) as error:
        quoted_again(elsewhere, RULES)
    assert error.value.faults[0].code == "other_currency"


def test_a_trade_is_approved_before_it_is_sent(book: Book) -> None:
    easy = SEED.model_copy(update={"goals": ()})
    listed, traded = (
        quoted(easy, Trade()),
        quoted(easy, Trade(base=Decimal(6000), commission=Decimal("0.04"))),
    )
    plain = sending.departures(listed, proposed(listed))
    proposal = proposed(traded)
    departing = [line.id for line in sending.departures(traded, proposal)]
    assert not [line for line in plain if not line.id.startswith("guard.") and line.id != "content"]
    assert {"base_fee", "commission"} <= set(departing)
    ready = sending.prepare(book, traded, proposal, user="Lin")
    with pytest.raises(QuotecastError) as error:
        sending.send(book, traded, ready, user="Lin")
    assert error.value.faults[0].code == "not_approved"
    approved = sending.approve(book, ready, user="Lin", reason="first month of the season")
    assert not approved.pending
    other = proposal.model_copy(update={"client": Party(name_en="Another (fictional)")})
    changed = sending.record_of(traded, other)
    assert book.pending(approved.draft.id, changed), "an edit after the approval asks again"


@pytest.mark.parametrize(
    ("client", "brief", "code"),
    [
        (Party(), SEED, "no_client"),
        (CLIENT, briefs.read(Path("examples/briefs/almost_nothing.toml")), "goal_undefined"),
        (Party(name_en="x", contact="\U0001f600"), SEED, "no_glyph"),
    ],
)
def test_what_no_client_should_get_is_refused(book: Book, client: Party, brief: Brief, code: str) -> None:
    quote = quoted(brief, Trade())
    with pytest.raises(QuotecastError) as error:
        sending.prepare(book, quote, propose(quote, Sending(client=client)), user="Lin")
    assert code in {fault.code for fault in error.value.faults}
    assert all(fault.text("en") and fault.text("zh") for fault in error.value.faults)
    assert not book.drafts() and not book.list().rows


def test_an_edition_that_is_not_in_force_is_never_sent(book: Book) -> None:
    unsealed = RULES.edition.heading.model_copy(update={"sealed": None})
    rules = RULES.with_edition(replace(RULES.edition, heading=unsealed))
    quote = make(SEED, rules, points=FEW, ask=False)
    with pytest.raises(QuotecastError) as error:
        sending.prepare(book, quote, propose(quote, Sending(client=CLIENT)), user="Lin")
    assert {fault.code for fault in error.value.faults} == {"not_in_force"}


def test_the_command_sends_and_gives_back_the_very_bytes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    client = tmp_path / "client.toml"
    client.write_text('name_en = "Lihe Example Trading Ltd (fictional)"\n', "utf-8")
    asked = ["send", str(BRIEF), "--client", str(client), "--book", str(tmp_path / "kept"), "--by", "Lin"]
    assert main(asked) == 1
    said = capsys.readouterr()
    assert "guard.above_safe" in said.out and "--approve" in said.err
    assert main([*asked, "--approve", "agreed on the call", "--out", str(tmp_path / "out")]) == 0
    assert "Sent Q-" in capsys.readouterr().out
    (path,) = (tmp_path / "out").glob("*-zh.pdf")
    number = path.name.removesuffix("-zh.pdf")
    again = ["document", number, "--book", str(tmp_path / "kept"), "--lang", "zh"]
    assert main([*again, "--out", str(tmp_path / "again.pdf")]) == 0
    assert (tmp_path / "again.pdf").read_bytes() == path.read_bytes()
    assert main([*again, "--out", str(tmp_path / "again.png")]) == 1
    assert f"{number}-zh.pdf" in capsys.readouterr().err


# ── approved by another person ────────────────────────────────────────────────────────────────────


def test_what_another_person_approved_is_sent_as_it_was_put_up() -> None:
    clock = [NOON]
    book = open_book("sqlite://", lambda: clock[0])
    quote = quoted(SEED, Trade(base=Decimal(7000)))
    ready = sending.prepare(book, quote, proposed(quote), user="Lin")
    waiting = sending.ask(book, ready, user="Lin", reason="they may leave").draft
    clock[0] += dt.timedelta(days=1)
    again, put_up = sending.asked(book, waiting, lambda day: open_rules(on=day), FEW)
    assert put_up.pending and put_up.record == ready.record.plain()
    assert again.fees == quote.fees and again.guards == quote.guards
    with pytest.raises(QuotecastError, match="approv"):
        sending.send(book, again, put_up, user="Lin")
    book.approve(waiting.id, put_up.record.sha256, approver="Wu", reason="a good client")
    again, put_up = sending.asked(book, book.draft(waiting.id), lambda day: open_rules(on=day), FEW)
    revision = sending.send(book, again, put_up, user="Lin")
    assert revision.record == ready.record.plain() and revision.state == State.SENT
    said = [(event.who, event.what, event.note) for event in book.audit(revision.number)]
    assert ("Lin", "approval_asked", "they may leave") in said and ("Wu", "approved", "a good client") in said
    book.close()


def test_an_edit_after_the_approval_asks_again(book: Book) -> None:
    quote = quoted(SEED, Trade(base=Decimal(7000)))
    ready = sending.ask(
        book, sending.prepare(book, quote, proposed(quote), user="Lin"), user="Lin", reason="they may leave"
    )
    book.approve(ready.draft.id, ready.record.sha256, approver="Wu", reason="a good client")
    lower = quoted(SEED, Trade(base=Decimal(6950)))
    edited = sending.prepare(book, lower, proposed(lower), user="Lin", draft=book.draft(ready.draft.id))
    assert edited.draft.state == State.DRAFT and edited.pending


def test_what_was_approved_under_other_rules_is_put_up_again(book: Book, tmp_path: Path) -> None:
    quote = quoted(SEED, Trade(base=Decimal(7000)))
    ready = sending.prepare(book, quote, proposed(quote), user="Lin")
    waiting = sending.ask(book, ready, user="Lin", reason="they may leave").draft
    rules = open_rules(with_one_edition(tmp_path / "rules", EARLIER), on=DAY)
    with pytest.raises(QuotecastError, match="ask again"):
        sending.asked(book, waiting, lambda _: rules, FEW)


def test_a_draft_that_is_gone_on_with_keeps_the_newer_version_of_somebody_else(book: Book) -> None:
    quote = quoted(SEED, Trade())
    first = sending.prepare(book, quote, proposed(quote), user="Lin").draft
    dearer = quoted(SEED.model_copy(update={"ad_budget": Decimal(30000)}), Trade())
    sending.prepare(book, dearer, proposed(dearer), user="Wu", draft=first)
    with pytest.raises(QuotecastError, match="Wu"):
        sending.prepare(book, quote, proposed(quote), user="Lin", draft=first)

"""The five offers to the cent, on the examples worked by hand that stand beside them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from opened import RULES

from estimator.contract.charges import Refund
from estimator.contract.offers import Offer
from estimator.earnings.offer_examples import example_faults


def test_the_five_offers_are_there() -> None:
    expected = {"platform_plan", "agency_formula", "full_service_tiers", "us_agency", "wager"}
    assert set(RULES.offers) == expected


@pytest.mark.parametrize("offer", RULES.offers.values(), ids=lambda offer: offer.id)
def test_an_offer_settles_to_its_worked_examples(offer: Offer) -> None:
    assert offer.examples
    assert example_faults(offer, offer.id) == ()


@pytest.mark.parametrize("offer", RULES.offers.values(), ids=lambda offer: offer.id)
def test_a_changed_amount_makes_an_example_fail(offer: Offer) -> None:
    for index, charge in enumerate(offer.terms.charges):
        for field in ("amount", "price", "at_least", "at_most", "baseline"):
            value = getattr(charge, field, None)
            if not value:
                continue
            changed = charge.model_copy(update={field: value + 1})
            charges = (*offer.terms.charges[:index], changed, *offer.terms.charges[index + 1 :])
            broken = offer.model_copy(update={"terms": offer.terms.model_copy(update={"charges": charges})})
            assert example_faults(broken, offer.id), (charge.id, field)


def test_the_largest_refund_is_known_beforehand() -> None:
    wager = RULES.offers["wager"].terms
    refund = wager.charge("refund")
    assert isinstance(refund, Refund)
    assert wager.largest_refund(refund) == (Decimal("0.60"), Decimal("18000"))


def test_the_platform_plan_has_ended_and_covers_what_it_says() -> None:
    plan = RULES.offers["platform_plan"]
    assert plan.offered == ("2026-05-01", "2026-07-31")
    assert plan.terms.covers == {"platform_take", "creators", "ads"}
    assert plan.assumptions

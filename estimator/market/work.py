"""The plan of work of one store: creators who are active and contacted, and hours on air."""

from __future__ import annotations

from estimator.market.account import Account
from estimator.market.laws import given
from estimator.market.rows import Rows
from estimator.values.units import Value


def creator_plan(index: int, account: Account, rows: Rows) -> tuple[Value, Value]:
    """Creators active when the contract starts, and creators contacted a month, for one store.

    Defaults are a platform's and divided among its stores; a stated number is the account's and divided
    by the platforms' yields.
    """
    shops = rows.situation.shops
    # docs/model.md (M23): a yield is a platform's, so its stores divide it
    yields = [rows.fixed("creator_yield", platform=shop.platform) / shop.siblings for shop in shops]
    own, total = yields[index], sum(yields)
    active, contacted = (
        None if stated is None else stated * own / total
        for stated in (rows.situation.creators_active, rows.situation.creators_contacted)
    )
    return given(active, rows.fixed("creators_active_start") * own), given(contacted, account.contacted * own)


def live_plan(index: int, account: Account, rows: Rows) -> Value:
    """Live hours a month of one store; stated hours go to shops in an app, else to all that can sell."""
    shops, stated = rows.situation.shops, rows.situation.live_hours
    row = rows.row(f"live_hours.{account.operation.model}", platform=shops[index].platform)
    usual = 0.0 if row is None else row.median * account.activity / shops[index].siblings
    if stated is None:
        return usual
    able = [i for i, shop in enumerate(shops) if shop.in_app] or [
        i
        for i, shop in enumerate(shops)
        if (row := rows.row("live_sales_per_hour", platform=shop.platform)) is not None and row.high > 0
    ]
    return given(stated / len(able) if index in able else stated * 0.0, usual)

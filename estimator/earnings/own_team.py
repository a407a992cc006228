"""What a seller's own people cost, month by month and draw by draw.

The hiring delay, the launch and the key hire who leaves are the draws that the simulation reads, so what a
team costs and what it achieves belong to the same draw.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from estimator.brief.brief import Operation
from estimator.brief.kpis import Quantity
from estimator.market.assumptions import Assumption
from estimator.market.events import failed, hired
from estimator.market.market import Market
from estimator.market.outcomes import Outcomes
from estimator.market.points import Draws
from estimator.market.rows import Rows
from estimator.market.situation import Situation
from estimator.values.money import Array

ROLES = ("lead", "ads", "content")
KEY_ROLE = "lead"
VACANT = 2.0
"""Months until a key hire who left is replaced, as long as the outcomes suffer from it."""


@dataclass(frozen=True, kw_only=True)
class People:
    """What a seller's own people are expected to cost a month, by kind."""

    pay: float
    tools: float
    recruiting: float
    hosts: float

    @property
    def total(self) -> float:
        return self.pay + self.tools + self.recruiting + self.hosts


@dataclass(frozen=True, kw_only=True)
class OwnTeam:
    """The cost of a seller's own people, draws x months; ``pay`` holds what an employer pays besides."""

    pay: Array
    tools: Array
    recruiting: Array
    hosts: Array

    @property
    def by_month(self) -> Array:
        return self.pay + self.tools + self.recruiting + self.hosts

    def monthly(self, months: int) -> People:
        """What is expected a month over the first ``months`` months."""

        def expected(amounts: Array) -> float:
            return float(amounts[:, :months].mean())

        return People(
            pay=expected(self.pay),
            tools=expected(self.tools),
            recruiting=expected(self.recruiting),
            hosts=expected(self.hosts),
        )


def own_team(
    operation: Operation, team: Market, rows: Rows, outcomes: Outcomes, *, hosts_included: bool
) -> OwnTeam:
    """What the seller's own people cost under a way of operating, in the market's currency.

    In-house people are paid from the day they are hired, and recruiting when they are; under every other
    way of operating they are there from the start. Without ``hosts_included`` the seller also pays the
    hosts of the live hours that its own people run.
    """
    points, months = rows.points, len(outcomes.months)
    model = operation.model

    def rate(name: str) -> Array:
        return _at(team.row(name), points) + np.zeros(points.draws)

    size = work_of(rows.situation, team, points)
    people = {role: rate(f"headcount.{role}.{model}") * size for role in ROLES}
    base = {role: rate(f"salary.{role}") for role in ROLES}
    if operation.us_team and model == "in_house":
        people["us"], base["us"] = np.ones(points.draws), rate("salary.us")
    monthly = sum((people[role] * base[role] for role in people), np.zeros(points.draws))
    loading, search = rate("loading"), rate("recruiting")
    start = np.broadcast_to(np.asarray(hired(operation, rows), float), (points.draws,))
    edges = np.arange(months)
    working = np.clip(edges + 1 - start[:, None], 0.0, 1.0)
    left = np.broadcast_to(np.asarray(failed(operation, rows), float), (points.draws,))
    vacant = np.clip(
        np.minimum(left[:, None] + VACANT, edges + 1) - np.maximum(left[:, None], edges), 0.0, 1.0
    )
    pay = loading[:, None] * (
        monthly[:, None] * working - (people[KEY_ROLE] * base[KEY_ROLE])[:, None] * vacant
    )
    recruiting = np.zeros((points.draws, months))
    if model == "in_house":
        if not operation.team_in_place:
            recruiting += (search * monthly)[:, None] * _within(start, edges)
        recruiting += (search * base[KEY_ROLE])[:, None] * _within(left, edges)
    hours = outcomes.count(Quantity(of=("live_hours",)))
    share = 0.0 if hosts_included else rate(f"live_share.{model}")[:, None]
    return OwnTeam(
        pay=pay,
        tools=rate(f"tools.{model}")[:, None] * working,
        recruiting=recruiting,
        hosts=share * rate("live_host")[:, None] * hours,
    )


def nobody(outcomes: Outcomes) -> OwnTeam:
    """Nobody whose pay hangs on the choice."""
    draws, _, months = outcomes.shape
    none = np.zeros((draws, months))
    return OwnTeam(pay=none, tools=none, recruiting=none, hosts=none)


def work_of(situation: Situation, team: Market, points: Draws) -> Array:
    """How many times the people of the reference size it takes, one a draw: 1 at its ads with one store.

    Ads and sales are work alike, the larger counts; a further store adds its share. Never below one person
    for the three jobs, and never less for a larger budget, larger sales or another store.
    """
    sold = float(situation.current_gmv) / team.row("headcount.gmv").median
    size = max(float(situation.ad_budget), sold) / team.row("headcount.reference").median
    growth = np.maximum(_at(team.row("headcount.growth"), points), 0.0)
    # docs/model.md (M90): people grow more slowly than the money they work with
    grown = np.maximum(size**growth, team.row("headcount.least").median)
    stores: Array = 1 + _at(team.row("headcount.store"), points) * (len(situation.shops) - 1)
    return grown * stores


def read_of(operation: Operation, team: Market) -> tuple[Assumption, ...]:
    """The rows that the cost of this way of operating reads; none where it has no people of its own."""
    model = operation.model
    names = [f"headcount.{role}.{model}" for role in ROLES]
    if all(team.row(name).high == 0 for name in names):
        return ()
    names += [f"salary.{role}" for role in ROLES]
    names += ["salary.us"] if operation.us_team and model == "in_house" else []
    names += ["headcount.growth", "headcount.store", "loading", f"tools.{model}", "live_host"]
    names += ["recruiting"] if model == "in_house" else []
    return tuple(team.row(name) for name in names)


def _within(moment: Array, edges: Array) -> Array:
    """Whether a moment falls into each month."""
    return (moment[:, None] >= edges) & (moment[:, None] < edges + 1)


def _at(row: Assumption, points: Draws) -> Array:
    """A row of the team's table at its dimension: one for all roles, since pay moves together."""
    return row.at(points.normal(f"team_{row.quantity.partition('.')[0]}"))

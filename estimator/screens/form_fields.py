"""The form's widgets: each knows its label, its answers and whether it is at fault."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal

import streamlit as st

from estimator.brief.kpis import Kpi
from estimator.presentation import labels, phrases
from estimator.presentation.labels import FAMILIES, LABELS, READINGS, Family
from estimator.presentation.step_words import field_said
from estimator.presentation.words import Words
from estimator.screens import markup, past
from estimator.screens.fields import MONTHS, MOST_TYPED, UNKNOWN
from estimator.screens.form_state import chosen_platforms, held, key, put, store_field
from estimator.screens.reading import Answers
from estimator.screens.redraw import changed

BY_LABEL: Literal["contains"] = "contains"
"""How lists take typing: by any part of a label in the language of the page."""
Cell = tuple[str, Callable[[], object]]
"""A field and what draws it."""


class Fields:
    """The widgets of one drawing: each knows its label, its answers and whether it is at fault."""

    def __init__(self, words: Words, answers: Answers, *, to_you: bool = False) -> None:
        self.words, self.answers, self.to_you = words, answers, to_you
        self.platforms: tuple[str, ...] = chosen_platforms(words.vocabulary)

    def label(self, field: str) -> str:
        return labels.field_label(self.words, field, self.answers.brief.currency, to_you=self.to_you)

    def select(self, field: str, label: str, options: tuple[Any, ...], name: Callable[[Any], str]) -> None:
        chosen = held().setdefault(field, options[0])
        if chosen not in options:
            put(field, options[0])
        index = options.index(held()[field])
        st.selectbox(
            label, options, index, format_func=name, key=key(field), filter_mode=BY_LABEL, on_change=changed
        )

    def options(self, field: str) -> tuple[str, ...]:
        """The words that may be answered, in order; none where the answer is typed."""
        vocabulary = self.words.vocabulary
        return tuple(labels.YES_NO) if vocabulary.by_id[field].kind == "yes_no" else vocabulary.ids(field)

    def choice(self, field: str) -> None:
        options = (UNKNOWN, *self.options(field))
        self.select(field, self.label(field), options, lambda o: self.answer(field, o))

    def answer(self, field: str, option: str) -> str:
        given = None if option == UNKNOWN else option
        return labels.answer(self.words, field, given, to_you=self.to_you)

    def pills(self, field: str) -> None:
        options = self.options(field)
        chosen = held().setdefault(field, [])
        if any(option not in options for option in chosen):
            put(field, [option for option in chosen if option in options])
        st.pills(
            self.label(field),
            options,
            selection_mode="multi",
            default=held()[field],
            format_func=lambda o: self.answer(field, o),
            key=key(field),
            on_change=changed,
        )

    def segments(self, field: str) -> None:
        options = (*self.options(field), UNKNOWN)
        if held().setdefault(field, UNKNOWN) not in options:
            put(field, UNKNOWN)
        st.segmented_control(
            self.label(field),
            options,
            default=held()[field],
            format_func=lambda o: self.answer(field, o),
            key=key(field),
            required=True,
            width="stretch",
            on_change=changed,
        )

    def text(self, field: str, label: str = "") -> None:
        st.text_input(
            label or self.label(field),
            value=held().setdefault(field, ""),
            key=key(field),
            placeholder=self.words.say(labels.UNKNOWN),
            max_chars=MOST_TYPED,
            on_change=changed,
        )

    def term(self) -> None:
        chosen = held().get("contract_months")
        extra = (chosen,) if isinstance(chosen, int) and chosen not in MONTHS else ()
        options = (UNKNOWN, *sorted((*MONTHS, *extra)))
        self.select("contract_months", self.label("contract_months"), options, self._months)

    def month(self, field: str, label: str, usual: int) -> None:
        chosen = held().setdefault(field, usual)
        options = tuple(sorted({*MONTHS, chosen}))
        name = self._months if label == LABELS["months"] else str
        self.select(field, self.words.say(label), options, name)

    def _months(self, count: Any) -> str:
        return self.words.say(labels.UNKNOWN) if count == UNKNOWN else phrases.months(count, self.words)

    def family(self, index: int, kpis: Mapping[str, Kpi], none: str | None = None) -> Family | None:
        listed = tuple(family.id for family in FAMILIES)
        names = {
            f.id: f"{self.words.say(f.name)} {'≥' if kpis[f.kpis[0][0]].better == 'higher' else '≤'}"
            for f in FAMILIES
        }
        options = listed if none is None else (UNKNOWN, *listed)
        self.select(f"goal{index}", self.label("goal"), options, lambda o: names.get(o, none or ""))
        return self.chosen(index)

    def chosen(self, index: int) -> Family | None:
        """The KPI's family that a goal now names."""
        return next((family for family in FAMILIES if family.id == held()[f"goal{index}"]), None)

    def definition(self, index: int, family: Family | None) -> None:
        assert family is not None
        names = dict(family.kpis)
        options = (UNKNOWN, *names) if family.open else tuple(names)
        self.select(
            f"definition{index}",
            self.label("definition"),
            options,
            lambda o: self.words.say(names.get(o, labels.UNKNOWN)),
        )

    def level(self, index: int) -> None:
        self.text(f"level{index}", self.label("level"))

    def reading(self, index: int) -> None:
        options = tuple(READINGS)
        self.select(f"reading{index}", self.label("reading"), options, lambda o: self.answer("reading", o))

    def past(self) -> None:
        """The box of past months, behind its own button."""
        past.box(self.answers.brief, changed, self.words)

    def status(self) -> None:
        if self.platforms:
            self.store(self.platforms[0], "status")
        else:
            self.select("status", self.label("status"), (UNKNOWN,), lambda o: self.answer("status", o))

    def store(self, platform: str, fact: str, number: int = 1) -> None:
        options = (UNKNOWN, *self.options(fact))
        field = store_field(platform, number, fact)
        self.select(field, self.label(fact), options, lambda o: self.answer(fact, o))

    def rows(self, cells: tuple[Cell, ...], a_row: int) -> None:
        """Fields one by one, which the style sheet sets ``a_row`` to a row; after each row its faults."""
        for start in range(0, len(cells), a_row):
            row = cells[start : start + a_row]
            for _, draw_cell in row:
                draw_cell()
            self.complain(*(field for field, _ in row))

    def complain(self, *fields: str, goals: tuple[str, ...] = ()) -> None:
        """The faults of these fields; with ``goals``, the goals' names, each after its field's label."""
        for field in fields:
            if field in self.answers.faults:
                said = phrases.fault(self.answers.faults[field], None, self.words)
                if goals:
                    said = phrases.labelled(self.named(field, goals), said, self.words)
                st.html(markup.fault(said))

    def named(self, field: str, goals: tuple[str, ...]) -> str:
        """A field's label; that of a goal's fields after the goal's name, of a store's after the store's."""
        if any(field.startswith(f"{platform}_") for platform in self.platforms):
            return field_said(field, self.words)
        label = self.label({"first": "from_month", "last": "to_month"}.get(field[:-1], field.rstrip("012")))
        return f"{goals[int(field[-1])]} · {label}" if field[-1].isdigit() else label

"""A file of prospects: every row is a brief or a fault, whatever stands around it."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opened import RULES

from estimator.batch import file as prospects
from estimator.batch.file import Prospect, Rejected
from estimator.values.errors import QuotecastError

EXAMPLE = Path(__file__).parent.parent / "examples" / "prospects.csv"
HEADER = "id,platforms,store_status,category,ad_budget,goals,return_rate\n"


def rows(tmp_path: Path, content: str | bytes, size: int = 1000) -> list[Prospect | Rejected]:
    path = tmp_path / "p.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    found = prospects.source(path, RULES.vocabulary)
    return [row for part in prospects.parts(found, size) for row in prospects.read(part, RULES)]


def faults(row: Prospect | Rejected) -> list[tuple[str, str]]:
    assert isinstance(row, Rejected)
    return [(prospects.column(fault), fault.code) for fault in row.faults]


def test_cells_are_read_as_they_are_typed_on_a_call(tmp_path: Path) -> None:
    row, unknown = rows(
        tmp_path,
        HEADER
        + "a,tiktok_shop|own_site,new|established,Beauty,4万,roas>=2.5@1-3|gmv ≥ 300k @ 4-6 : every,８％\n"
        + ",,,unknown,,,\nb,,,,,,\n",
    )[:2]
    assert isinstance(row, Prospect) and isinstance(unknown, Prospect)
    assert (row.id, row.line, unknown.id) == ("a", 2, "3")
    assert row.brief.category == "beauty" and unknown.brief.category is None
    assert row.brief.ad_budget == 40_000 and row.brief.return_rate == Decimal("0.08")
    assert [(s.platform, s.status) for s in row.brief.stores] == [
        ("tiktok_shop", "new"),
        ("own_site", "established"),
    ]
    first, second = row.brief.goals
    assert (first.kpi, first.at_least, first.months, first.reading) == (
        "roas",
        Decimal("2.5"),
        (1, 3),
        "total",
    )
    assert (second.at_least, second.months, second.reading) == (Decimal(300_000), (4, 6), "every")


def test_every_fault_of_a_row_names_its_column(tmp_path: Path) -> None:
    found = rows(
        tmp_path,
        HEADER
        + "a,tiktok_shp,,beauty,4o000,roas>2,8%\n"
        + "b,tiktok_shop,new|new,beauty,1,,\n"
        + "c,tiktok_shop,new,beauty,1,rois>=2@1-3,0.03\n"
        + "d,tiktok_shop,new,beauty,1,roas>=2@3-1|gmv>=1@1-99,\n"
        + "e,only,three\n",
    )
    assert faults(found[0]) == [
        ("ad_budget", "letter_in_amount"),
        ("goals", "not_a_goal"),
        ("platforms", "not_a_choice"),
    ]
    assert faults(found[1]) == [("store_status", "store_words")]
    assert faults(found[2]) == [("goals", "unknown_reference"), ("return_rate", "unclear_share")]
    assert faults(found[3]) == [("goals", "goal_months")]
    assert faults(found[4]) == [("", "row_width")]
    assert [row.line for row in found] == [2, 3, 4, 5, 6]


def test_an_open_quotation_mark_costs_its_own_line_alone(tmp_path: Path) -> None:
    good = "".join(f"g{number},,,,,,\n" for number in range(60))
    found = rows(tmp_path, f'{HEADER}"open,,,,,,\n{good}"two\nlines",,,,,,\nlast "x" y,,,,,,\n', size=7)
    assert [row.id for row in found] == ["2", *(f"g{n}" for n in range(60)), "two\nlines", 'last "x" y']
    assert faults(found[0]) == [("", "not_csv")]
    assert [row.line for row in found][-2:] == [63, 65]


def test_an_endless_line_is_rejected_and_the_next_is_read(tmp_path: Path) -> None:
    found = rows(tmp_path, f"{HEADER}{'x' * 200_000},,,,,,\nb,,,,,,\n")
    assert faults(found[0]) == [("", "line_too_long")]
    assert [(row.id, row.line) for row in found[1:]] == [("b", 3)]


@pytest.mark.parametrize("size", [1, 2, 1000])
def test_windows_files_read_alike(tmp_path: Path, size: int) -> None:
    plain = EXAMPLE.read_text("utf-8")
    windows = b"\xef\xbb\xbf" + plain.replace("\n", "\r\n").encode()
    expected = rows(tmp_path, plain)
    assert rows(tmp_path, windows, size) == expected and len(expected) == 12
    assert all(isinstance(row, Prospect) for row in expected)
    chinese = f"{HEADER}甲,tiktok_shop,new,beauty,4万,,\n"
    assert rows(tmp_path, chinese.encode("gb18030")) == rows(tmp_path, chinese)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "no_columns"),
        (b"\n\n", "no_columns"),
        (HEADER.encode(), "no_rows"),
        (b"a,tiktok_shop,new\nb,own_site,new\n", "unknown_field"),
        (b"id,budget\na,1\n", "unknown_field"),
        (b"id,id\na,1\n", "duplicate_column"),
        (b"id;category\na;beauty\n", "not_commas"),
        (b"id,category\na,\x00\n", "nul_bytes"),
        (b"id,category\na,\xff\xff\xff\n", "not_text"),
        (b'"id,category\na,beauty\n', "not_csv"),
    ],
)
def test_a_file_that_cannot_be_read_has_one_fault(tmp_path: Path, content: bytes, code: str) -> None:
    with pytest.raises(QuotecastError) as error:
        rows(tmp_path, content)
    assert {fault.code for fault in error.value.faults} == {code}


LINES = ("a,,,,,,", '"b,,,,,,', '"c",x', "", '"d""', 'e,"",,,,,"', "\t", "=1+1,,,,,,")


@given(st.lists(st.sampled_from(LINES)))
def test_no_line_is_lost_however_the_file_is_cut(lines: list[str]) -> None:
    """Every line with text on it is within exactly one row, and parts of any size give the same rows."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        content = HEADER + "".join(f"{line}\n" for line in lines) + "last,,,,,,\n"
        whole = rows(Path(folder), content)
        for size in (1, 3):
            assert rows(Path(folder), content, size) == whole
        path = Path(folder) / "p.csv"
        covered = []
        for part in prospects.parts(prospects.source(path, RULES.vocabulary), 1):
            covered += range(part.line, part.until)
        texts = {number for number, line in enumerate(lines, start=2) if line.strip()}
        assert texts <= set(covered) and len(covered) == len(set(covered))


@given(st.sampled_from(sorted(prospects.columns(RULES.vocabulary))), st.text(max_size=40))
def test_whatever_stands_in_a_cell_is_a_brief_or_a_fault(column: str, text: str) -> None:
    cell = '"' + text.replace('"', '""') + '"'
    part = prospects.Part(
        file="p.csv", header=("id", column) if column != "id" else ("id",), line=2, text="", rows=1, until=3
    )
    line = f"x,{cell}\n" if column != "id" else f"{cell}\n"
    for row in prospects.read(prospects.Part(**{**vars(part), "text": line}), RULES):
        if isinstance(row, Rejected):
            assert all(fault.line("en") and fault.line("zh") for fault in row.faults)

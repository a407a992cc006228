"""Reading a hand-kept table: what a spreadsheet does harmlessly is read, the rest is refused."""

import pytest

from estimator.values import tables
from estimator.values.errors import QuotecastError

PLAIN = 'id,label\nbase,基础服务费\nextra,"a, b"\n'


def cells(content: bytes) -> list[dict[str, str]]:
    return [dict(row.cells) for row in tables.parse(content, "t.csv").rows]


@pytest.mark.parametrize(
    "content",
    [
        PLAIN.encode(),
        PLAIN.encode("utf-8-sig"),
        PLAIN.encode("gb18030"),
        PLAIN.replace("\n", "\r\n").encode(),
        (PLAIN + "\n\n,\n").encode(),
        PLAIN.replace("base,", "  base , ").encode(),
        '"id","label"\n"base","基础服务费"\n"extra","a, b"'.encode(),
    ],
    ids=["utf8", "bom", "gb18030", "crlf", "blank rows", "spaces", "quoted"],
)
def test_what_spreadsheets_do_harmlessly_reads_the_same(content):
    assert cells(content) == [{"id": "base", "label": "基础服务费"}, {"id": "extra", "label": "a, b"}]


def test_a_row_after_a_cell_of_two_lines_knows_its_line():
    table = tables.parse(b'id,label\na,"two\nlines"\nb,one\n', "t.csv")
    assert [row.place("label") for row in table.rows] == ["t.csv:2:label", "t.csv:4:label"]


@pytest.mark.parametrize(
    ("content", "code", "place"),
    [
        (b"", "no_columns", "t.csv"),
        (b"\n\n", "no_columns", "t.csv"),
        (b"id,label\n", "no_rows", "t.csv"),
        (b"id,label,id\na,b,c\n", "duplicate_column", "t.csv:1:id"),
        (b"id,,label\na,b,c\n", "unnamed_column", "t.csv:1"),
        (b"id,label\na,b\nc\n", "row_width", "t.csv:3"),
        (b"id,label\na,b,c\n", "row_width", "t.csv:2"),
        (b"id;label\na;b\n", "not_commas", "t.csv:1"),
        (b"id\tlabel\na\tb\n", "not_commas", "t.csv:1"),
        (b'id,label\na,"b\n', "not_csv", "t.csv:2"),
        (b"id,label\na,\0\n", "nul_bytes", "t.csv:2"),
        ("id,label\na,b\n".encode("utf-16"), "nul_bytes", "t.csv:1"),
        ("id,label\ncafé,x\n".encode("latin-1"), "not_text", "t.csv"),
        (b"id,label\n" + b"a,b\n" * 2_000_000, "too_big", "t.csv"),
    ],
)
def test_what_would_change_a_meaning_is_refused(content, code, place):
    with pytest.raises(QuotecastError) as error:
        tables.parse(content, "t.csv")
    fault = error.value.faults[0]
    assert (fault.code, fault.place) == (code, place)
    assert ";" in fault.line("en") and "；" in fault.line("zh")


def test_every_fault_of_a_file_is_reported():
    with pytest.raises(QuotecastError) as error:
        tables.parse(b"id,label,id\na,b\nc,d,e\nf\n", "t.csv")
    assert [fault.place for fault in error.value.faults] == ["t.csv:1:id", "t.csv:2", "t.csv:4"]


def test_the_size_is_checked_before_reading(tmp_path):
    path = tmp_path / "big.csv"
    with path.open("wb") as file:
        file.truncate(60_000_000)
    with pytest.raises(QuotecastError) as error:
        tables.read(path)
    assert error.value.faults[0].code == "too_big"


def test_a_missing_file_and_a_missing_column_say_so(tmp_path):
    with pytest.raises(QuotecastError) as error:
        tables.read(tmp_path / "none.csv")
    assert error.value.faults[0].code == "no_file"
    assert tables.parse(b"id\na\n", "t.csv").lacks("id", "rate")[0].place == "t.csv:1"

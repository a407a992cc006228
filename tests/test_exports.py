"""Exports of platforms become months: laws, then every trap of a real export by itself."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from decimal import Decimal

import pytest
import xlsxwriter
from exported import FILES, ZONE, codes, content, figures, of, read, rows_of, table, written
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from estimator.earnings.actuals import COLUMNS
from estimator.evidence.exports.handing_on import actuals_of, history_of
from estimator.evidence.exports.headers import catalogue, fingerprint, normal
from estimator.evidence.exports.mappings import mappings_text, read_mappings
from estimator.values.errors import QuotecastError

FEW = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
MANY = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
TABLES = {"gmv_max_daily_en.csv": 2, "orders_en.csv": 0, "own_weeks_en.csv": 0}
"""Tables with the lines above their heads."""


@pytest.mark.parametrize("name", TABLES)
@given(data=st.data())
@FEW
def test_the_order_of_rows_and_splitting_into_files_change_nothing(name: str, data: st.DataObject) -> None:
    rows = rows_of(name)
    head, body = rows[TABLES[name]], [row for row in rows[TABLES[name] + 1 :] if row[0] != "-"]
    body = [row for row in body if not row[0].startswith("Platform unique")]
    shuffled = data.draw(st.permutations(body))
    cuts = sorted(data.draw(st.lists(st.integers(1, len(body) - 1), max_size=3, unique=True)))
    parts = [shuffled[a:b] for a, b in zip([0, *cuts], [*cuts, len(body)])]
    files = [(f"part {index}.csv", written([head, *part])) for index, part in enumerate(parts)]
    whole, split = read([("a.csv", written([head, *body]))]), read(data.draw(st.permutations(files)))
    assert split.months == whole.months


@pytest.mark.parametrize("name", FILES)
def test_the_same_file_twice_counts_once(name: str) -> None:
    prefix, _, rest = name.partition(".")
    once, twice = of(name), read([(name, content(name)), (f"{prefix} (1).{rest}", content(name))])
    assert twice.months == once.months


SHORT = [name for name in FILES if name.startswith(("gmv_max_hourly", "google_ads_zh", "own_months"))]


@given(
    st.one_of(
        st.binary(max_size=300),
        st.binary(max_size=200).map(lambda tail: b"PK\x03\x04" + tail),
        st.text(alphabet="date,;\t\n\r\"'消耗成本0123456789.-:/ ", max_size=200).map(str.encode),
        st.text(alphabet=',;\t\n"0123456789.-:/年月日% Rp', max_size=120).map(
            lambda text: f"Date,Ad spend,GMV\n{text}".encode()
        ),
    )
)
@MANY
def test_any_bytes_are_understood_or_refused_with_a_place(content: bytes) -> None:
    _understood_or_refused(content)


@pytest.mark.parametrize("name", ["creative_data_20261001-20261031_en.xlsx", *SHORT])
@given(data=st.data())
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_damaged_export_is_understood_or_refused_with_a_place(name: str, data: st.DataObject) -> None:
    damaged = bytearray(content(name))
    for index in data.draw(st.lists(st.integers(0, len(damaged) - 1), max_size=4)):
        damaged[index] = data.draw(st.integers(0, 255))
    end = data.draw(st.integers(0, len(damaged)))
    _understood_or_refused(bytes(damaged[: end or None]))


def _understood_or_refused(content: bytes) -> None:
    try:
        understood = read([("file 20261001-20261031.csv", content)])
    except QuotecastError as error:
        assert error.faults and all(fault.place for fault in error.faults)
        assert all(fault.line("en") and fault.line("zh") for fault in error.faults)
    else:
        assert understood.months


def test_months_of_gmv_max_add_up_to_the_total_of_its_report() -> None:
    understood = of("gmv_max_daily_en.csv")
    total = rows_of("gmv_max_daily_en.csv")[-1]
    for field, column in (("ad_spend", 2), ("sku_orders", 4), ("promoted_gmv", 6)):
        summed = sum(month.figures[field] for month in understood.months)
        assert summed == Decimal(total[column].replace(",", "")), field
    assert all(month.whole for month in understood.months)
    assert understood.currency == "USD" and "total_differs" not in codes(understood)


def test_near_names_are_left_aside() -> None:
    (file,) = of("gmv_max_hourly_zh.csv").files
    near = {"净成本", "优惠券成本", "目标ROI成本", "目标 ROI", "优惠券带来的收入"}
    assert near <= set(file.aside) and dict(file.used)["成本"] == "ad_spend"
    assert dict(file.used)["总收入（当前店铺）"] == "promoted_gmv"
    (left,) = file.left_out
    assert (left.reason, left.count, left.line) == ("total", 1, 26) and file.rows == 24


def test_no_name_of_an_export_means_two_fields() -> None:
    for export in catalogue().exports.values():
        for language in ("en", "zh"):
            names = [normal(one) for names in export.columns.values() for one in names[language]]  # type: ignore[index]
            assert len(names) == len(set(names)), export.id


def test_hours_of_a_report_move_to_the_days_of_the_shop() -> None:
    """China is 15 hours ahead of Los Angeles in October: its first 15 hours lie on the day before."""
    there = of("gmv_max_hourly_zh.csv", timezone="Asia/Shanghai")
    (file,) = there.files
    assert (file.first, file.last) == (dt.date(2026, 10, 4), dt.date(2026, 10, 5))
    assert "zone_moved" in codes(there)
    here = of("gmv_max_hourly_zh.csv", timezone="America/Los_Angeles")
    assert here.files[0].first == here.files[0].last == dt.date(2026, 10, 5)


def test_days_of_another_zone_are_told_with_their_hours_and_the_column_of_a_file_answers() -> None:
    answered = of("gmv_max_daily_en.csv", timezone="Asia/Shanghai")
    (differs,) = [one for one in answered.remarks if one.code == "zone_differs"]
    assert differs.values["hours"] == 15
    assert "zone_unanswered" in codes(of("gmv_max_daily_en.csv"))
    assert "zone_differs" in codes(of("tiktok_ads_zh.csv"))
    with pytest.raises(QuotecastError, match="not a time zone"):
        of("gmv_max_daily_en.csv", timezone="Asia/Nowhere")


def test_a_creative_file_has_its_days_in_its_name_alone() -> None:
    name = "creative_data_20261001-20261031_en.xlsx"
    (month,) = of(name).months
    assert month.month == "2026-10" and month.whole
    with pytest.raises(QuotecastError) as caught:
        read([("creative.xlsx", content(name))])
    assert caught.value.faults[0].code == "period_unsaid"
    with pytest.raises(QuotecastError) as caught:
        read([("creative_20260901-20261031.xlsx", content(name))])
    assert caught.value.faults[0].code == "period_too_long"


def test_levels_of_one_report_are_compared_and_not_added() -> None:
    daily = of("gmv_max_daily_en.csv")
    both = of("gmv_max_daily_en.csv", "creative_data_20261001-20261031_en.xlsx")
    assert both.months == daily.months
    told = {one.values["field"]: one.values for one in both.remarks if one.code == "levels_differ"}
    assert told["ad_spend"]["taken"] == daily.months[1].figures["ad_spend"] != told["ad_spend"]["other"]


ORDERS = (
    "Order ID,SKU ID,Order Status,Cancelation/Return Type,Quantity,Sku Quantity of return,"
    "SKU Subtotal After Discount,Order Amount,Order Refund Amount,Created Time,Paid Time\n"
)


def orders(*lines: str) -> dict[str, Decimal]:
    """The figures of the one month of order lines."""
    (month,) = table(ORDERS + "\n".join(lines) + "\n").months
    return dict(month.figures)


PAID = "03/10/2026 08:00:00,03/10/2026 08:03:00"


def test_an_amount_of_the_order_on_every_line_is_not_added() -> None:
    found = orders(f"1,a,Completed,,1,,20.00,41.50,0,{PAID}", f"1,b,Completed,,1,,15.00,41.50,0,{PAID}")
    assert (found["gmv"], found["orders"], found["cohort_settled_gmv"]) == (35, 1, 35)


def test_without_amounts_of_lines_the_order_counts_once() -> None:
    head = "Order ID,SKU ID,Order Status,Order Amount,Created Time\n"
    lines = "1,a,Completed,41.50,03/10/2026 08:00:00\n1,b,Completed,41.50,03/10/2026 08:00:00\n"
    (month,) = table(head + lines).months
    assert month.figures["gmv"] == Decimal("41.50") and month.figures["orders"] == 1


def test_cancelled_and_returned_orders_are_booked_as_such() -> None:
    found = orders(
        f"1,a,Completed,,2,,40.00,44,0,{PAID}",
        f"2,a,Canceled,Cancel,1,,20.00,22,22,{PAID}",
        f"3,a,Completed,Return/Refund,2,1,40.00,44,21.6,{PAID}",
        f"4,a,Completed,Return/Refund,1,,20.00,22,7.5,{PAID}",
    )
    assert (found["gmv"], found["orders"]) == (120, 4)
    assert (found["cancelled_gmv"], found["cohort_returned_gmv"]) == (20, Decimal("27.50"))
    assert found["cohort_settled_gmv"] == 120 - 20 - Decimal("27.50")


def test_what_was_never_paid_or_costs_nothing_is_no_order() -> None:
    found = orders(
        f"1,a,Completed,,1,,20.00,22,0,{PAID}",
        "2,a,Unpaid,,1,,20.00,22,0,03/10/2026 08:00:00,",
        "3,a,Canceled,Cancel,1,,20.00,22,0,03/10/2026 08:00:00,",
        f"4,a,Completed,,1,,0.00,0,0,{PAID}",
    )
    assert (found["gmv"], found["orders"], found["cancelled_gmv"]) == (20, 1, 0)


def test_of_two_exports_of_an_order_the_later_state_counts_in_either_order() -> None:
    early = ORDERS + f"1,a,Shipped,,1,,20.00,22,0,{PAID}\n"
    late = ORDERS + f"1,a,Completed,Return/Refund,1,1,20.00,22,22,{PAID}\n"
    for files in ([("1.csv", early), ("2.csv", late)], [("2.csv", late), ("1.csv", early)]):
        understood = read([(name, text.encode()) for name, text in files])
        assert understood.months[0].figures["cohort_settled_gmv"] == 0
        assert "newer_state" in codes(understood)


def test_times_of_orders_are_european_unless_they_say_am_or_pm() -> None:
    assert list(figures(table(ORDERS + f"1,a,Completed,,1,,20,22,0,{PAID}\n"))) == ["2026-10"]
    american = "10/3/2026 8:00:00 AM,10/3/2026 8:03:00 AM"
    assert list(figures(table(ORDERS + f"1,a,Completed,,1,,20,22,0,{american}\n"))) == ["2026-10"]


def test_order_numbers_that_a_spreadsheet_rounded_are_refused() -> None:
    with pytest.raises(QuotecastError, match=r"a.csv:2:Order ID: the order numbers were rounded"):
        table(ORDERS + f"5.76901E+17,a,Completed,,1,,20,22,0,{PAID}\n")


def test_orders_in_both_languages_come_to_the_same() -> None:
    english, chinese = of("orders_en.csv"), of("orders_zh.xlsx")
    assert english.months == chinese.months
    assert {one.reason for one in english.files[0].left_out} == {"description", "unpaid", "free"}


def test_a_creator_without_a_figure_makes_it_unknown_and_percentages_are_left_aside() -> None:
    (month,) = of("Creator_20261001-20261031_en.csv").months
    assert (
        month.figures["creators_posting"] == 13
        and "CTR" in of("Creator_20261001-20261031_en.csv").files[0].aside
    )
    text = "Creator name,Creator-attributed GMV,Videos\nx,--,3\ny,50,0\n"
    understood = table(text, "c_20261001-20261031.csv")
    assert "creator_gmv" not in understood.months[0].figures
    assert understood.months[0].figures["creator_videos"] == 3 and "blank_cells" in codes(understood)


def test_a_video_posted_before_the_period_counts_with_its_gmv_alone() -> None:
    understood = of("Video_2026-10-01_2026-10-31_en.xlsx")
    (month,) = understood.months
    assert month.figures["creator_videos"] == 5 and "outside_period" in codes(understood)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Rp24.749.933.352", "24749933352"),
        ("1,234.50", "1234.50"),
        ("$1,234.50", "1234.50"),
        ("1234.5 USD", "1234.5"),
        ("(12.50)", "-12.50"),
        ("−7", "-7"),
    ],
)
def test_numbers_are_read_as_platforms_write_them(text: str, expected: str) -> None:
    (month,) = table(f'Month,GMV\n2026-10,"{text}"\n').months
    assert month.figures["gmv"] == Decimal(expected)


@pytest.mark.parametrize("text", ["5.93%", "1,23,4", "12 apples", "1e9", "1.2.3"])
def test_what_is_no_number_is_refused_at_its_cell(text: str) -> None:
    with pytest.raises(QuotecastError) as caught:
        table(f'Month,GMV\n2026-09,5\n2026-10,"{text}"\n')
    assert caught.value.faults[0].place == "a.csv:3:GMV"


def test_a_missing_figure_is_not_zero() -> None:
    understood = table("Month,GMV,Orders\n2026-09,5,--\n2026-10,7,2\n")
    assert "orders" not in understood.months[0].figures and understood.months[1].figures["orders"] == 2


def test_a_day_that_reads_two_ways_is_asked_back_unless_a_row_tells() -> None:
    with pytest.raises(QuotecastError, match=r"a.csv:2:Date.*day or month first"):
        table("Date,GMV\n03/10/2026,5\n")
    assert list(figures(table("Date,GMV\n03/10/2026,5\n14/10/2026,5\n"))) == ["2026-10"]


def test_weeks_over_two_months_are_divided_and_keep_their_sum() -> None:
    understood = of("own_weeks_en.csv")
    assert "weeks_divided" in codes(understood)
    assert sum(month.figures["orders"] for month in understood.months) == sum(70 + i for i in range(9))
    assert [month.whole for month in understood.months] == [False, True, True, False]


def test_a_date_every_seventh_day_or_on_every_first_is_a_week_or_a_month() -> None:
    weeks = table("Date,GMV\n2026-10-05,5\n2026-10-12,5\n2026-10-19,5\n")
    months = table("Date,GMV\n2026-09-01,5\n2026-10-01,5\n")
    assert "read_as_weeks" in codes(weeks) and weeks.months[0].last == dt.date(2026, 10, 25)
    assert "read_as_months" in codes(months) and all(month.whole for month in months.months)


def test_an_incomplete_month_is_told_and_not_used_unless_it_is_said_to_be_whole() -> None:
    text = "Date,GMV\n" + "".join(f"2026-10-{day:02d},5\n" for day in range(3, 32))
    understood = table(text)
    assert "incomplete" in codes(understood) and not understood.whole
    with pytest.raises(QuotecastError, match="no month is whole"):
        actuals_of(understood)
    assert len(table(text, whole=True).whole) == 1


def test_totals_that_do_not_re_add_are_told_with_both_amounts() -> None:
    understood = table("Month,GMV\n2026-09,5\n2026-10,7\nTotal,20\n")
    (remark,) = [one for one in understood.remarks if one.code == "total_differs"]
    assert (remark.values["said"], remark.values["summed"], remark.place) == (20, 12, "a.csv:4")


def test_a_channel_that_falls_to_zero_while_orders_stay_is_told() -> None:
    days = [f"2026-10-{day:02d},{100 if day < 20 else 0},{5}\n" for day in range(1, 32)]
    (remark,) = [
        one for one in table("Date,Ad spend,Orders\n" + "".join(days)).remarks if one.code == "feed_cut"
    ]
    assert remark.values["since"] == dt.date(2026, 10, 20) and remark.values["count"] == 12
    quiet = [f"2026-10-{day:02d},{100 if day < 20 else 0},{5 if day < 20 else 0}\n" for day in range(1, 32)]
    assert "feed_cut" not in codes(table("Date,Ad spend,Orders\n" + "".join(quiet)))


def test_two_files_that_overlap_are_told() -> None:
    one = "Date,GMV\n" + "".join(f"2026-10-{day:02d},{day}\n" for day in range(1, 21))
    two = "Date,GMV\n" + "".join(f"2026-10-{day:02d},{day}\n" for day in range(15, 32))
    understood = read([("one.csv", one.encode()), ("two.csv", two.encode())])
    assert figures(understood)["2026-10"]["gmv"] == sum(range(1, 32))
    (remark,) = [one for one in understood.remarks if one.code == "overlap"]
    assert (remark.values["first"], remark.values["last"]) == (dt.date(2026, 10, 15), dt.date(2026, 10, 20))


def test_currencies_are_told_and_two_of_them_refused() -> None:
    assert of("laporan_idr.csv", currency="USD").currency == "IDR"
    assert "currency_other" in codes(of("laporan_idr.csv", currency="USD"))
    assert "currency_unsaid" in codes(of("own_weeks_en.csv"))
    with pytest.raises(QuotecastError, match="amounts are in IDR and in USD"):
        of("laporan_idr.csv", "gmv_max_daily_en.csv")


@pytest.mark.parametrize("name", ["orders_en.csv", "gmv_max_hourly_zh.csv", "gmv_max_daily_zh.xlsx"])
def test_a_file_that_was_cut_says_where(name: str) -> None:
    """Cut in the middle of a row, of a quotation, of a character, of a workbook."""
    whole = content(name)
    with pytest.raises(QuotecastError) as caught:
        read([(name, whole[: len(whole) // 2])])
    fault = caught.value.faults[0]
    assert fault.code in ("cut_file", "not_a_workbook") and fault.place.startswith(name)


def test_months_go_on_as_figures_of_a_contract_and_as_history() -> None:
    understood = of("orders_en.csv", "gmv_max_daily_en.csv")
    made = actuals_of(understood)
    assert {"ad_spend", "promoted_gmv", "gmv", "orders", "cohort_settled_gmv"} <= set(made.columns) - {
        "month"
    }
    assert set(made.columns) <= {"month", "currency", *COLUMNS}
    history = dict(history_of(understood))
    assert history["2026-10"].keys() == {"ad_spend", "gmv", "orders"}
    attributed = dict(history_of(of("meta_ads_en.csv", "google_ads_en.csv")))
    assert attributed["2026-10"].keys() == {"ad_spend", "attributed_gmv", "orders"}
    with pytest.raises(QuotecastError, match="lacks gmv"):
        history_of(of("gmv_max_daily_en.csv"))


def test_advertisers_are_added_and_shops_are_not() -> None:
    meta, google = of("meta_ads_en.csv"), of("google_ads_en.csv")
    both = of("meta_ads_en.csv", "google_ads_en.csv")
    for field in ("ad_spend", "attributed_gmv", "clicks"):
        parts = meta.months[0].figures[field] + google.months[0].figures[field]
        assert both.months[0].figures[field] == parts
    shops = of("orders_en.csv", "shopify_sales_en.csv")
    assert shops.months[1].figures["gmv"] == of("orders_en.csv").months[1].figures["gmv"]
    assert "sources_differ" in codes(shops)


def test_a_table_nobody_knows_is_understood_once_its_columns_are_said() -> None:
    text = "Tag,Kosten Google,Kosten Meta,Umsatz\n2026-10-01,5,6,50\n2026-10-31,7,8,60\n"
    with pytest.raises(QuotecastError) as caught:
        table(text)
    assert caught.value.faults[0].code == "not_recognised"
    said = {"Tag": "day", "Kosten Google": "ad_spend", "Kosten Meta": "ad_spend", "Umsatz": "gmv"}
    kept = read_mappings(mappings_text({fingerprint(list(said)): said}), "m.toml")
    understood = read([("a.csv", text.encode())], kept)
    assert figures(understood)["2026-10"] == {"ad_spend": 26, "gmv": 110}
    turned = "Umsatz,TAG ,Kosten Meta,Kosten Google\n50,2026-10-01,6,5\n60,2026-10-31,8,7\n"
    assert read([("b.csv", turned.encode())], kept).months == understood.months


def test_a_mapping_names_only_fields_there_are() -> None:
    with pytest.raises(QuotecastError) as caught:
        read_mappings('[[table]]\ncolumns = { "Tag" = "dya" }', "m.toml")
    assert caught.value.faults[0].place == "m.toml:table[0].columns.Tag"


def workbook(*sheets: tuple[str, list[list[str]]]) -> bytes:
    """A workbook of these sheets."""
    content_ = io.BytesIO()
    with xlsxwriter.Workbook(content_) as book:
        for name, rows in sheets:
            sheet = book.add_worksheet(name)
            for index, row in enumerate(rows):
                sheet.write_row(index, 0, row)
    return content_.getvalue()


def test_sheets_that_go_on_are_read_and_a_summary_is_told_and_left() -> None:
    head = ["Month", "Ad spend", "GMV"]
    months = [("Sep", [head, ["2026-09", "5", "50"]]), ("Oct", [head, ["2026-10", "6", "60"]])]
    understood = read([("year.xlsx", workbook(*months, ("All", [["Year", "GMV"], ["2026", "110"]])))])
    assert figures(understood) == {
        "2026-09": {"ad_spend": 5, "gmv": 50},
        "2026-10": {"ad_spend": 6, "gmv": 60},
    }
    (left,) = [one for one in understood.remarks if one.code == "sheets_left"]
    assert left.values["sheets"] == "year.xlsx[All]"


def test_a_workbook_with_a_cell_far_out_is_refused_before_it_fills_the_memory() -> None:
    packed = io.BytesIO(workbook(("Data", [["Month", "GMV"], ["2026-10", "5"]])))
    far = io.BytesIO()
    with zipfile.ZipFile(packed) as old, zipfile.ZipFile(far, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = old.read(name)
            if name.endswith("sheet1.xml"):
                row = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
                part = part.replace(b"</sheetData>", row)
            new.writestr(name, part)
    with pytest.raises(QuotecastError, match="far outside the table"):
        read([("far.xlsx", far.getvalue())])


def test_a_campaign_may_be_named_like_a_total() -> None:
    text = "按天,广告计划名称,成本,总收入\n2026-10-01,汇总测试,5,9\n2026-10-02,汇总测试,6,9\n-,合计：,11,18\n"
    understood = table(text)
    assert understood.months[0].figures["ad_spend"] == 11
    assert [(one.reason, one.count) for one in understood.files[0].left_out] == [("total", 1)]


def test_totals_of_an_account_beside_its_campaigns_are_left_out() -> None:
    head = "Reporting starts,Reporting ends,Day,Campaign name,Amount spent (EUR),Purchases\n"
    days = "2026-10-01,2026-10-01,2026-10-01"
    understood = table(f"{head}{days},,30,3\n{days},one,10,1\n{days},two,20,2\n")
    assert understood.months[0].figures["ad_spend"] == 30 and understood.currency == "EUR"
    assert [one.reason for one in understood.files[0].left_out] == ["subtotal"]
    assert "total_differs" in codes(table(f"{head}{days},,31,3\n{days},one,10,1\n{days},two,20,2\n"))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "gb18030"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_every_encoding_and_separator_comes_to_the_same(encoding: str, separator: str) -> None:
    lines = ["月份,广告消耗,GMV", "2026-09,5,50", "2026-10,6,60"]
    text = "\r\n".join(lines).replace(",", separator)
    expected = {"2026-09": {"ad_spend": 5, "gmv": 50}, "2026-10": {"ad_spend": 6, "gmv": 60}}
    assert figures(read([("a.csv", text.encode(encoding))])) == expected


def test_reports_by_week_or_month_are_read_as_such() -> None:
    weeks = table("按周,成本,总收入\n2026-10-05 ~ 2026-10-11,7,14\n2026-10-26 ~ 2026-11-01,7,14\n")
    assert figures(weeks)["2026-11"]["ad_spend"] == 1 and weeks.files[0].export == "gmv_max"
    months = table("Month,Cost,Gross revenue\n2026-09,7,14\n2026-10,8,16\n")
    assert all(month.whole for month in months.months) and months.files[0].export == "gmv_max"
    ranges = table("Date,Ad spend\n2026-10-05 - 2026-10-11,7\n2026-10-12 - 2026-10-18,8\n")
    assert ranges.months[0].last == dt.date(2026, 10, 18)


def test_hours_alone_belong_to_the_day_in_the_name_of_the_file() -> None:
    text = "时间,成本,总收入\n" + "".join(f"{hour:02d}:00,1,2\n" for hour in range(24))
    understood = table(text, "GMV Max 2026-10-05.csv")
    assert understood.months[0].figures["ad_spend"] == 24
    assert understood.files[0].first == dt.date(2026, 10, 5)
    with pytest.raises(QuotecastError, match="is not a day"):
        table(text, "GMV Max.csv")


def test_a_month_of_hours_in_another_zone_ends_before_the_month_of_the_shop() -> None:
    hours = [dt.datetime(2026, 10, 1) + dt.timedelta(hours=index) for index in range(31 * 24)]
    text = "Time,Cost,Gross revenue\n" + "".join(f"{hour},1,2\n" for hour in hours)
    (month,) = [one for one in table(text, timezone="Asia/Shanghai").months if one.month == "2026-10"]
    assert not month.whole and month.last == dt.date(2026, 10, 30)
    assert all(one.whole for one in table(text, timezone=ZONE).months)


def test_a_row_with_a_name_is_not_taken_for_the_heads_where_a_head_is_blank() -> None:
    text = "Bestellung,Kunde,,Summe\n1,Zelda Quillfeather,x,5\n"
    with pytest.raises(QuotecastError) as caught:
        table(text)
    assert "Quillfeather" not in str(caught.value) and "Bestellung" in str(caught.value)


def test_an_answer_that_contradicts_the_file_is_told_and_a_shop_keeps_its_own_zone() -> None:
    understood = of("tiktok_ads_zh.csv", "orders_en.csv", timezone="America/New_York")
    assert {"zone_contradicts", "zone_differs"} <= codes(understood)
    assert {file.export: file.zone for file in understood.files} == {
        "tiktok_ads": "America/New_York",
        "shop_orders": ZONE,
    }


@pytest.mark.parametrize("end", ["2026-10-0", "2026", "2026-10-03,1"])
def test_a_row_that_was_begun_is_no_remark(end: str) -> None:
    text = "Date,Ad spend,GMV\n2026-10-01,5,9\n2026-10-02,5,9\n"
    with pytest.raises(QuotecastError) as caught:
        table(text + end)
    assert caught.value.faults[0].place.startswith("a.csv:4")
    assert table(text + "Source: the shop").files[0].left_out[0].reason == "note"

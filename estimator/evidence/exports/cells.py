"""Cells of an export as days, times and exact numbers; what reads two ways is refused."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
import zoneinfo
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from estimator.evidence.exports.headers import catalogue
from estimator.values.exchange import currencies

DayOrder = Literal["dmy", "mdy"]

_NUMBER = r"[0-9]+(?:[.,' \u00a0\u202f][0-9]{3})*(?:[.,][0-9]+)?|[.,][0-9]+"
_AMOUNT = re.compile(rf"(?P<sign>[-+−]?)(?P<number>{_NUMBER})")
_MOST_DIGITS = 15
_TIME = r"(?:[ T]+(?P<hour>\d{1,2})(?::(?P<minute>\d{2}))?(?::\d{2}(?:\.\d+)?)?\s*(?P<half>[AaPp][Mm])?)?"
_ENDS = r"(?:\s*(?:-|–|~|to)\s*(?P<rest>\S.*))?"
_ISO = re.compile(rf"(?P<y>20\d\d)[-/.](?P<m>\d{{1,2}})[-/.](?P<d>\d{{1,2}}){_TIME}{_ENDS}", re.ASCII)
_PACKED = re.compile(r"(?P<y>20\d\d)(?P<m>\d\d)(?P<d>\d\d)", re.ASCII)
_TURNED = re.compile(rf"(?P<a>\d{{1,2}})[-/.](?P<b>\d{{1,2}})[-/.](?P<y>20\d\d)(?:,)?{_TIME}", re.ASCII)
_MONTH_FIRST = re.compile(rf"(?P<name>[A-Za-z]{{3,9}})\.? (?P<d>\d{{1,2}}),? (?P<y>20\d\d){_TIME}", re.ASCII)
_DAY_FIRST = re.compile(rf"(?P<d>\d{{1,2}}) (?P<name>[A-Za-z]{{3,9}})\.?,? (?P<y>20\d\d){_TIME}", re.ASCII)
_MONTH = re.compile(r"(?P<y>20\d\d)\s*[-/.]\s*(?P<m>\d{1,2})\s*-?", re.ASCII)
_NAMED_MONTH = re.compile(r"(?P<name>[A-Za-z]{3,9})\.?[ -](?P<y>20\d\d)", re.ASCII)
_HOUR = re.compile(r"(?P<hour>[01]?\d|2[0-4]):00(?::00)?(?:\s*[-–~]\s*.*)?", re.ASCII)
_DAYS_IN_TEXT = re.compile(
    r"(?<!\d)20\d\d([-/._]?)(?:0[1-9]|1[0-2])\1(?:0[1-9]|[12]\d|3[01])(?!\d)", re.ASCII
)
_OFFSET = re.compile(r"(?:UTC|GMT) ?(?P<sign>[+-])(?P<hours>\d{1,2})(?::?(?P<minutes>\d{2}))?", re.ASCII)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


@dataclass(frozen=True, kw_only=True)
class Moment:
    """A day, and the minute of it where one is told; or the first of a month, or of days up to ``last``."""

    day: dt.date
    minutes: int | None = None
    is_month: bool = False
    last: dt.date | None = None


def zone(text: str) -> dt.tzinfo | None:
    """The time zone that a text names, by its place or by its hours from UTC; None where it names none.

    >>> str(zone("Asia/Shanghai")), str(zone("(UTC+08:00) Beijing"))
    ('Asia/Shanghai', 'UTC+08:00')
    """
    if match := _OFFSET.search(text):
        minutes = int(match["hours"]) * 60 + int(match["minutes"] or 0)
        if minutes < 24 * 60:
            return dt.timezone(dt.timedelta(minutes=-minutes if match["sign"] == "-" else minutes))
    try:
        return zoneinfo.ZoneInfo(text.strip())
    except (KeyError, ValueError, OSError):
        return None


def is_missing(text: str) -> bool:
    """Whether a cell says that there is no figure, which is not 0."""
    return text.strip().casefold() in catalogue().missing


def is_total(text: str, *, begins: bool) -> bool:
    """Whether a cell heads a row of totals, by the whole of it or, with ``begins``, by its first words.

    >>> is_total("Total: Campaigns", begins=True), is_total("Total: Campaigns", begins=False)
    (True, False)
    """
    plain = unicodedata.normalize("NFKC", text).strip().casefold()
    return plain in catalogue().totals or (begins and plain.startswith(catalogue().totals_begin))


def moment(text: str, order: DayOrder | None, day: dt.date | None = None) -> Moment | None:
    """The day and time that a cell says; None where it says none, or could mean two days.

    A time with AM or PM is American, month first. ``order`` is how a day with the year last is read
    otherwise, ``day`` what an hour without a day belongs to.

    >>> moment("03/10/2026 08:15:00", "dmy"), moment("10/3/2026 8:15:00 AM", "dmy").day.isoformat()
    (Moment(day=datetime.date(2026, 10, 3), minutes=495, is_month=False, last=None), '2026-10-03')
    """
    written = _plain_day(text)
    for pattern in (_ISO, _PACKED):
        if match := pattern.fullmatch(written):
            return _moment(match, int(match["m"]), int(match["d"]))
    for pattern in (_MONTH_FIRST, _DAY_FIRST):
        match = pattern.fullmatch(written)
        if match and match["name"][:3].casefold() in _MONTHS:
            return _moment(match, _MONTHS.index(match["name"][:3].casefold()) + 1, int(match["d"]))
    if match := _TURNED.fullmatch(written):
        first, second = int(match["a"]), int(match["b"])
        if match["half"]:
            order = "mdy"
        if order is None:
            return None if first != second else _moment(match, first, second)
        return _moment(match, *((second, first) if order == "dmy" else (first, second)))
    if day is not None and (match := _HOUR.fullmatch(written)):
        return Moment(day=day, minutes=int(match["hour"]) % 24 * 60)
    return None


def _plain_day(text: str) -> str:
    """A cell with the signs of a Chinese day as those of digits alone."""
    written = unicodedata.normalize("NFKC", text).strip()
    for mark, plain in catalogue().day_marks.items():
        written = written.replace(mark, plain)
    return written


def _moment(match: re.Match[str], month: int, day: int) -> Moment | None:
    try:
        date = dt.date(int(match["y"]), month, day)
    except ValueError:
        return None
    parts = match.groupdict()
    rest = moment(parts["rest"], None) if parts.get("rest") else None
    if rest is not None and rest.day > date:
        return Moment(day=date, last=rest.day)
    if parts.get("hour") is None:
        return Moment(day=date)
    hour, minute = int(parts["hour"]), int(parts["minute"] or 0)
    if half := (parts.get("half") or "").casefold():
        hour = hour % 12 + (12 if half == "pm" else 0)
    return Moment(day=date, minutes=hour * 60 + minute) if hour < 24 and minute < 60 else None


def month(text: str) -> dt.date | None:
    """The first day of the month that a cell says, by itself or as one of its days.

    >>> month("2026年10月"), month("Oct 2026") == month("2026-10-01")
    (datetime.date(2026, 10, 1), True)
    """
    written = _plain_day(text)
    if (match := _MONTH.fullmatch(written)) and 1 <= int(match["m"]) <= 12:
        return dt.date(int(match["y"]), int(match["m"]), 1)
    match = _NAMED_MONTH.fullmatch(written)
    if match and match["name"][:3].casefold() in _MONTHS:
        return dt.date(int(match["y"]), _MONTHS.index(match["name"][:3].casefold()) + 1, 1)
    found = moment(written, None)
    return found.day.replace(day=1) if found else None


def day_order(texts: Iterable[str]) -> DayOrder | None:
    """How days with the year last are written in a column; None where nothing tells.

    >>> day_order(["03/10/2026", "14/10/2026"])
    'dmy'
    """
    found = [match for text in texts if (match := _TURNED.fullmatch(text.strip()))]
    first = any(int(match["a"]) > 12 for match in found)
    second = any(int(match["b"]) > 12 for match in found)
    return "dmy" if first and not second else "mdy" if second and not first else None


def days_in(text: str) -> tuple[dt.date, ...]:
    """The days that a text names, such as the name of a file or the line above the heads.

    >>> [day.isoformat() for day in days_in("creative_20261001-20261031.xlsx")]
    ['2026-10-01', '2026-10-31']
    """
    found = []
    for match in _DAYS_IN_TEXT.finditer(text):
        digits = re.sub(r"\D", "", match[0])
        try:
            found.append(dt.date(int(digits[:4]), int(digits[4:6]), int(digits[6:])))
        except ValueError:
            continue
    return tuple(found)


def points_thousands(texts: Iterable[str]) -> bool | None:
    """Whether a dot sets off thousands and a comma decimals in these numbers; None where nothing tells.

    >>> points_thousands(["24.749.933.352"]), points_thousands(["1,234.50"]), points_thousands(["1.234"])
    (True, False, None)
    """
    for text in texts:
        number = text.strip().lstrip("-+−")
        if re.search(r"\d\.\d{3}\.\d{3}(?!\d)|\d\.\d{3},\d|^[^,]*\d,(\d{1,2}|\d{4,})$", number):
            return True
        if re.search(r"\d,\d{3},\d{3}(?!\d)|\d,\d{3}\.\d|^[^.]*\d\.(\d{1,2}|\d{4,})$", number):
            return False
    return None


def signed_amount(text: str) -> tuple[str, str | None]:
    """The digits of an amount with their separators, and the currency that stands at them.

    >>> signed_amount("Rp24.749.933.352"), signed_amount("1,234.50 USD"), signed_amount("$5")
    (('24.749.933.352', 'IDR'), ('1,234.50', 'USD'), ('5', None))
    """
    written = unicodedata.normalize("NFKC", text).strip()
    negative = written.startswith("(") and written.endswith(")")
    written = written.strip("()").strip()
    match = re.search(rf"[-+−]?\s*(?:{_NUMBER})", written)
    if match is None:
        return written, None
    rest = (written[: match.start()] + written[match.end() :]).strip()
    sign = "-" if rest.startswith(("-", "−")) else ""
    rest = rest.strip("-−+ ")
    currency = catalogue().signs.get(rest) or (rest.upper() if rest.upper() in currencies() else None)
    if rest and currency is None and rest not in catalogue().shared_signs:
        return written, None
    digits = re.sub(r"^([-+−])\s+", r"\1", match[0])
    return ("-" if negative else sign) + digits, currency


def amount(text: str, *, dots: bool) -> Decimal | None:
    """The exact number in a cell; None where it is no number, a share or has more digits than any shop.

    ``dots`` says that a dot sets off thousands.

    >>> amount("1,234.50", dots=False), amount("1.234,5", dots=True), amount("5.93%", dots=False)
    (Decimal('1234.50'), Decimal('1234.5'), None)
    """
    match = _AMOUNT.fullmatch(text)
    if match is None:
        return None
    group, point = (".", ",") if dots else (",", ".")
    whole, _, part = match["number"].partition(point)
    groups = re.split(rf"[{group}' \u00a0\u202f]", whole)
    if point in part or (len(groups) > 1 and (len(groups[0]) > 3 or any(len(g) != 3 for g in groups[1:]))):
        return None
    digits = "".join(groups)
    if not (digits or part) or not (digits + part).isdigit() or len(digits) > _MOST_DIGITS:
        return None
    value = Decimal(f"{digits or 0}.{part[:12] or 0}")
    return -value if match["sign"] in ("-", "−") else value

"""The PDF of a paper, and its pages as pictures, set by typst.

PDF/A-3b is always on: it refuses a character that the faces lack instead of leaving a hole, and it carries
the workbook and the data that the paper was made of. Nothing of the machine is read but the faces here.
"""

from __future__ import annotations

import datetime as dt
import json
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any, Literal

import typst

from estimator.presentation.paper import Paper
from estimator.schemas.record import Record
from estimator.values.errors import QuotecastError, fail

Size = Literal["a4", "letter"]
STANDARD = "a-3b"
PICTURE_PPI = 144
"""Dots an inch of a page as a picture: readable in a chat, under a megabyte."""


@dataclass(frozen=True, kw_only=True)
class Attached:
    """A file that travels inside the PDF: what it is to the document, and a sentence on it."""

    name: str
    content: bytes
    media: str
    relation: Literal["source", "data", "alternative", "supplement"]
    said: str


@cache
def _fonts() -> typst.Fonts:
    with as_file(files("estimator.documents").joinpath("faces")) as folder:
        return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(folder)])


def data(record: Record) -> bytes:
    """A record as the JSON that its documents carry inside."""
    content = record.model_dump(mode="json")
    return json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False).encode()


def pdf(
    paper: Paper,
    day: dt.date,
    size: Size = "a4",
    pictures: Mapping[str, bytes] | None = None,
    attached: Sequence[Attached] = (),
    logo: tuple[str, bytes] | None = None,
) -> bytes:
    """The paper as a PDF/A-3b of that day: the same input gives the same bytes.

    ``pictures`` are SVG by the name that the paper gives them. Raises ``QuotecastError`` for a character that
    the faces lack.
    """
    return _compiled(_files(paper, day, size, pictures or {}, attached, logo), day, format="pdf")[0]


def pages(
    paper: Paper,
    day: dt.date,
    size: Size = "a4",
    pictures: Mapping[str, bytes] | None = None,
    logo: tuple[str, bytes] | None = None,
) -> tuple[bytes, ...]:
    """The pages of the PDF as PNG pictures; raises as ``pdf`` does."""
    written = _files(paper, day, size, pictures or {}, (), logo)
    # a picture may lack a glyph without a word, so the PDF is set first, which refuses it
    _compiled(written, day, format="pdf")
    return _compiled(written, day, format="png", ppi=PICTURE_PPI)


def _files(
    paper: Paper,
    day: dt.date,
    size: Size,
    pictures: Mapping[str, bytes],
    attached: Sequence[Attached],
    logo: tuple[str, bytes] | None,
) -> dict[str, bytes]:
    """The template and the files that it reads."""
    setting = {
        "paper": size,
        "year": day.year,
        "month": day.month,
        "day": day.day,
        "logo": logo[0] if logo else "",
        "attached": [
            {"name": one.name, "media": one.media, "relation": one.relation, "said": one.said}
            for one in attached
        ],
    }
    template = files("estimator.documents").joinpath("paper.typ").read_bytes()
    return {
        "main.typ": template,
        "paper.json": json.dumps(asdict(paper), ensure_ascii=False).encode(),
        "setting.json": json.dumps(setting, ensure_ascii=False).encode(),
        **{f"{name}.svg": content for name, content in pictures.items()},
        **{one.name: one.content for one in attached},
        **({logo[0]: logo[1]} if logo else {}),
    }


def _compiled(written: dict[str, bytes], day: dt.date, **how: Any) -> tuple[bytes, ...]:
    stamp = dt.datetime(day.year, day.month, day.day, tzinfo=dt.UTC)
    if how["format"] == "pdf":
        how |= {"pdf_standards": [STANDARD]}
    # handed over in memory, a file that is no text is refused
    with tempfile.TemporaryDirectory() as folder:
        for name, content in written.items():
            (Path(folder) / name).write_bytes(content)
        main = str(Path(folder) / "main.typ")
        try:
            made = typst.compile(main, root=folder, font_paths=_fonts(), timestamp=stamp, **how)
        except typst.TypstError as error:
            raise _fault(error) from error
    return tuple(made) if isinstance(made, list) else (made,)


def _fault(error: typst.TypstError) -> QuotecastError | typst.TypstError:
    """A missing character as a fault that says which; anything else is our own mistake and stays as it is."""
    message = str(error)
    if "could not be displayed with font" not in message:
        return error
    return fail("no_glyph", "", found=message.partition('`"')[2].partition('"`')[0])

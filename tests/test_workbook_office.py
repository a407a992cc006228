"""The workbook calculated anew by LibreOffice, which is no part of us: ``make test-documents``."""

from __future__ import annotations

import csv
import io
import shutil
import subprocess
import zipfile
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree

import pytest
from opened import RULES

from estimator.brief import brief as briefs
from estimator.documents.workbook import workbook
from estimator.presentation.words import Words
from estimator.quoting.make import make
from estimator.schemas.proposed import Sending, propose

pytestmark = pytest.mark.office
BRIEFS = sorted(path.stem for path in Path("examples/briefs").glob("*.toml"))
VALUE = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}v"


def without_values(content: bytes) -> bytes:
    """The workbook with every formula's stored result taken out, so that nothing but calculating fills it."""
    read, out = zipfile.ZipFile(io.BytesIO(content)), io.BytesIO()
    with zipfile.ZipFile(out, "w") as written:
        for name in read.namelist():
            part = read.read(name)
            if name.startswith("xl/worksheets/sheet"):
                tree = ElementTree.fromstring(part)
                for cell in tree.iter():
                    formula = [child for child in cell if child.tag.endswith("}f")]
                    for stored in cell.findall(VALUE) if formula else ():
                        cell.remove(stored)
                part = ElementTree.tostring(tree)
            written.writestr(name, part)
    return out.getvalue()


@pytest.mark.parametrize("name", BRIEFS)
def test_the_months_come_to_the_invoices_to_the_cent(name: str, tmp_path: Path) -> None:
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("LibreOffice is not installed")
    quote = make(briefs.read(Path(f"examples/briefs/{name}.toml")), RULES, ask=False)
    proposal = propose(quote, Sending())
    words = Words("en", vocabulary=RULES.vocabulary, remarks=RULES.remarks)
    path = tmp_path / "quote.xlsx"
    path.write_bytes(without_values(workbook(proposal, words)))
    wanted = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false,false,false,false,-1"
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    subprocess.run(
        [office, profile, "--headless", "--convert-to", wanted, "--outdir", str(tmp_path), str(path)],
        check=True,
        capture_output=True,
        timeout=120,
    )
    with (tmp_path / "quote-Months.csv").open(encoding="utf-8") as file:
        rows = list(csv.reader(file))
    last = next(row for row in reversed(rows) if row and row[0] == "Invoice")
    totals = [Decimal(cell) for cell in last[1:]]
    assert totals[:-1] == [invoice.total for invoice in proposal.invoices]
    assert totals[-1] == sum(invoice.total for invoice in proposal.invoices)
    with (tmp_path / "quote-Quote.csv").open(encoding="utf-8") as file:
        due = [row for row in csv.reader(file) if row and row[0] == "Total"]
    assert [Decimal(row[1]) for row in due] == [proposal.due_total]

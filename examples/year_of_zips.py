"""A year of received ZIPs becomes tables in Parquet, and the VAT of each month is summed from them.

Run it with ``pip install '.[bulk]' pandas``. The ZIPs are those of a folder, or made here:

    python examples/year_of_zips.py [ZIPS] [--count N] [--workers W] [--folder PATH] [--json]

They are read twice: by one process and by W workers of a Dask cluster. ``ratio`` says how many times as fast the
workers are. ``same_tables`` is true if both wrote the same rows, and ``same_report`` if the months equal those that
pandas alone makes of the XML, without this library. PATH keeps the tables; by default they are removed.
"""

import argparse
import json
import shutil
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

import pandas as pd
import pyarrow as pa
import pyarrow.compute
from dask.distributed import Client as DaskClient
from dask.distributed import LocalCluster, wait
from pyarrow import dataset

from dian_fe import (
    Built,
    Client,
    CreditNote,
    Customer,
    Invoice,
    Issuer,
    Line,
    Organization,
    Payment,
    build,
    bulk,
    iva,
    pack,
    sign,
)
from dian_fe.catalogs import CreditNoteConcept
from dian_fe.testing import Simulator

BOGOTA = ZoneInfo("America/Bogota")
SUPPLIERS = {
    "700085371": ("Papelería Ejemplo SAS", 19, "Resma de papel"),
    "900373076": ("Tostadora Ejemplo SAS", 5, "Café molido 500 g"),
}
BUYER = Customer(
    id_type="31",
    id="800199436",
    name="Compradora Ejemplo SAS",
    municipality="11001",
    address="Cr 7 # 1-1",
    emails=["facturas@example.com"],
)
NOTE_EVERY = 20
CHUNK = 50


# --- a year of ZIPs, where there is none ------------------------------------------------------------------------------


def make_zips(folder: str, first: int, count: int, of: int) -> None:
    """Make some of a year's packages: an invoice each, or the credit note over the one before."""
    dian = Simulator(seed=7, rules=False)
    before: Built[Invoice] | None = None
    for place in range(first, first + count):
        nit = list(SUPPLIERS)[place // CHUNK % len(SUPPLIERS)]
        name, rate, good = SUPPLIERS[nit]
        shop = Organization(nit=nit, name=name, municipality="76001", address="Cl 14 # 5-20", emails=["v@example.com"])
        issuer = Issuer(organization=shop, software=dian.software, resolution=dian.resolution("SETP"))
        signer = dian.signer(nit)
        at = datetime(2026, 1, 1, 8, tzinfo=BOGOTA) + timedelta(days=365) * place / of
        at = at.replace(microsecond=0)
        if before is not None and place % NOTE_EVERY == NOTE_EVERY - 1:
            concept = CreditNoteConcept.ANULACION
            document: Any = CreditNote.correcting(before, concept=concept, number=f"NC{place + 1}", issued_at=at)
        else:
            lines = [
                Line(description=good, quantity=1 + place % 7, price=Decimal(place % 9_000 + 1_000), taxes=[iva(rate)]),
                Line(description="Transporte", quantity=1, price="8000", taxes=[iva("19")]),
            ]
            document = Invoice.from_lines(
                number=f"SETP{990_000_001 + place}",
                issued_at=at,
                supplier=shop,
                customer=BUYER,
                lines=lines,
                payment=Payment.cash(),
            )
        built = build(document, issuer)
        before = built if isinstance(document, Invoice) else before
        signed = sign(built, signer, at=at)
        answer = Client(signer=signer, transport=dian).send(signed)
        package = pack(signed, answer, signer, at=at + timedelta(hours=1))
        path = Path(folder) / f"{at:%Y-%m}" / f"{nit}-{place:07}.zip"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(package.zip_bytes)


# --- the report, twice ------------------------------------------------------------------------------------------------


compute: Any = pyarrow.compute  # makes its functions as it is imported: no type checker knows them


def months_of_tables(folder: Path) -> dict[str, Decimal]:
    """Return the VAT of each month from the table of documents: what credit notes give back is taken off."""
    table = dataset.dataset(folder / "documents").to_table(columns=["kind", "issued_at", "iva"])
    month = compute.strftime(table["issued_at"], "%Y-%m")
    given_back = compute.equal(table["kind"], "credit_note")
    amount = compute.if_else(given_back, compute.negate(table["iva"]), table["iva"])
    sums = pa.table({"month": month, "iva": amount}).group_by("month").aggregate([("iva", "sum")])
    return dict(sorted((row["month"], row["iva_sum"]) for row in sums.to_pylist() if row["iva_sum"] is not None))


def taxes_of_xml(folder: Path) -> Iterator[tuple[str, Decimal]]:
    """Yield month and VAT of each document in the ZIPs, by the elements that DIAN's annex names."""
    cbc = "{urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2}"
    cac = "{urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2}"
    for path in folder.rglob("*.zip"):
        with zipfile.ZipFile(path) as package:
            (name,) = (each for each in package.namelist() if each.endswith(".xml"))
            container = ElementTree.fromstring(package.read(name))
        inside = container.findtext(f"{cac}Attachment/{cac}ExternalReference/{cbc}Description")
        document = ElementTree.fromstring((inside or "").encode())
        sign = -1 if document.tag.endswith("}CreditNote") else 1
        month = (document.findtext(f"{cbc}IssueDate") or "")[:7]
        for total in document.iterfind(f"{cac}TaxTotal"):
            code = total.findtext(f"{cac}TaxSubtotal/{cac}TaxCategory/{cac}TaxScheme/{cbc}ID")
            if code == "01":
                yield month, sign * Decimal(total.findtext(f"{cbc}TaxAmount") or "0")


def months_of_pandas(folder: Path) -> dict[str, Decimal]:
    """Return the VAT of each month as pandas alone sums it."""
    frame: Any = pd.DataFrame(taxes_of_xml(folder), columns=["month", "iva"])
    months: dict[str, Decimal] = frame.groupby("month")["iva"].sum().to_dict()
    return months


# --- the year ---------------------------------------------------------------------------------------------------------


def tables(folder: Path) -> list[pa.Table]:
    return [dataset.dataset(folder / name).to_table() for name in ("documents", "lines", "taxes", "unreadable")]


def year(options: argparse.Namespace, folder: Path) -> dict[str, Any]:
    with (
        LocalCluster(n_workers=options.workers, threads_per_worker=1, dashboard_address="127.0.0.1:0") as cluster,
        DaskClient(cluster) as workers,
    ):
        zips: Path = options.zips or folder / "zips"
        if options.zips is None and not zips.exists():
            starts = range(0, options.count, CHUNK)
            made = [
                workers.submit(make_zips, str(zips), first, min(CHUNK, options.count - first), options.count)
                for first in starts
            ]
            wait(made)
            workers.gather(made)
        files = sorted(zips.rglob("*.zip"))
        size = max(1, min(1_000, len(files) // (8 * options.workers)))

        def read(name: str, files: list[Path], **where: Any) -> tuple[bulk.ReadRun, float]:
            began = time.perf_counter()
            run = bulk.read(files, folder / name, size=size, **where)
            if run.failed:
                sys.exit(f"{name}: {run.failed}")
            return run, time.perf_counter() - began

        # Each reader reads some files first: loading the library is not what is measured.
        read("first", files[: 4 * size * options.workers], on=workers)
        read("first-alone", files[:size], workers=0)
        _, alone = read("alone", files, workers=0)
        run, together = read("year", files, on=workers)
    months = months_of_tables(folder / "year")
    return {
        "files": run.files,
        "documents": run.documents,
        "unreadable": run.unreadable,
        "ratio": round(alone / together, 3),
        "same_tables": tables(folder / "alone") == tables(folder / "year"),
        "same_report": months == months_of_pandas(zips),
        "iva": {month: str(amount.normalize()) for month, amount in months.items()},
    }


def main() -> None:
    parser = argparse.ArgumentParser(description="A year of received ZIPs to Parquet, and the VAT of each month.")
    parser.add_argument("zips", nargs="?", type=Path, metavar="ZIPS", help="folder of received ZIPs")
    parser.add_argument("--count", type=int, default=120, help="ZIPs that are made where there is no folder of them")
    parser.add_argument("--workers", type=int, default=2, help="processes of the cluster")
    parser.add_argument("--folder", type=Path, help="where the tables are kept")
    parser.add_argument("--json", action="store_true", help="print one line of JSON")
    options = parser.parse_args()
    folder = options.folder or Path(tempfile.mkdtemp(prefix="year-"))
    folder.mkdir(parents=True, exist_ok=True)
    try:
        told = year(options, folder)
    finally:
        if options.folder is None:
            shutil.rmtree(folder)
    if options.json:
        print(json.dumps(told))
    else:
        months = told.pop("iva")
        for name, value in told.items():
            print(f"{name:>11}  {value}")
        for month, amount in months.items():
            print(f"{month:>11}  {amount:>16}")
    if not (told["same_tables"] and told["same_report"]):
        sys.exit(1)


if __name__ == "__main__":
    main()

"""The nightly batch, killed in the middle and run again: no number twice, nothing sent or left out."""

from __future__ import annotations

import csv
import mailbox
import os
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from dian_fe import Line, Package, iva
from dian_fe.testing import ListedScript, Mishap, SeededScript, Simulator, SimulatorServer
from dian_fe.testing.failures import failure
from tests.examples.support import command, load, run

pytestmark = pytest.mark.docs

HEADER = "sale,id_type,id,name,email,description,quantity,price,iva\n"
SALE = "{sale},13,1020304050,Cliente Ejemplo,compras@example.com,Café tostado 500 g,3,{price},{iva}\n"


def csv_of(folder: Path, sales: Iterable[str], price: str = "18500", iva: str = "5") -> Path:
    path = folder / "sales.csv"
    lines = [SALE.format(sale=sale, price=price, iva=iva) for sale in sales]
    path.write_text(HEADER + "".join(lines), encoding="utf-8")
    return path


def batch(sales: Path, folder: Path, endpoint: str) -> dict[str, dict[str, str]]:
    done = run("nightly_batch", sales, folder, cwd=folder.parent, DIAN_ENDPOINT=endpoint)
    assert done.returncode == 0, done.stderr
    assert not done.stderr
    with (folder / "report.csv").open(encoding="utf-8", newline="") as file:
        return {row["sale"]: row for row in csv.DictReader(file)}


@pytest.mark.slow
def test_a_killed_batch_numbers_and_sends_nothing_twice(tmp_path: Path) -> None:
    names = [f"V-{n}" for n in range(12)]
    sales, folder = csv_of(tmp_path, names), tmp_path / "batch"
    slow = Simulator(seed=7, delay=0.5, script=SeededScript(1, {Mishap.DELAY: 1.0}))
    with SimulatorServer(slow) as server:
        environment = os.environ | {"DIAN_ENDPOINT": server.url}
        with subprocess.Popen(command("nightly_batch", sales, folder), env=environment) as process:
            for _ in range(1200):
                if len(slow.accepted) >= 5:
                    break
                time.sleep(0.02)
            process.send_signal(signal.SIGKILL)
        for _ in range(1500):  # what was on its way at the kill is still being judged: until then nobody could find it
            if len(slow.accepted) == Counter(slow.requests)["SendBillSync"]:
                break
            time.sleep(0.02)
        before = set(slow.accepted)
        assert 5 <= len(before) < 12
        slow.script = None
        report = batch(sales, folder, server.url)
    assert list(report) == names
    assert {row["outcome"] for row in report.values()} == {"accepted"}
    assert [row["number"] for row in report.values()] == [f"SETP9900000{n:02}" for n in range(1, 13)]
    assert {row["cufe"] for row in report.values()} == set(slow.accepted) > before
    sent = Counter(slow.requests)
    assert sent["SendBillSync"] == 12, "what had reached DIAN was asked for instead"
    mails = [message.get_content_maintype() for message in mailbox.Maildir(folder / "mail")]
    assert mails == ["multipart"] * 12
    packages = [Package.load(path.read_bytes()).key for path in sorted((folder / "packages").iterdir())]
    assert packages == [row["cufe"] for row in report.values()]


def in_process(module: Any, sales: Path, folder: Path) -> dict[str, dict[str, str]]:
    module.main(sales, folder)
    with (folder / "report.csv").open(encoding="utf-8", newline="") as file:
        return {row["sale"]: row for row in csv.DictReader(file)}


def test_a_second_run_of_the_same_night_does_nothing(tmp_path: Path) -> None:
    sales, folder, module = csv_of(tmp_path, ["A", "B", "A"]), tmp_path / "batch", load("nightly_batch")
    first = in_process(module, sales, folder)
    assert in_process(module, sales, folder) == first
    assert module.dian.requests == ["SendBillSync"] * 2
    later = in_process(module, csv_of(tmp_path, ["B", "C"]), folder)
    assert (later["B"], later["C"]["number"]) == (first["B"], "SETP990000003")
    package = Package.load((folder / "packages" / "SETP990000001.zip").read_bytes())
    assert package.pdf is not None
    invoice = package.document
    assert len(invoice.lines) == 2, "rows of one sale need not stand together"


def with_two_ivas(rate: str, module: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let lines of a rate carry IVA twice, as a shop's own code could: DIAN refuses it (FAX01)."""

    def line(*, taxes: list[Any], **data: Any) -> Any:
        doubled = taxes[0].subtotals[0].percent == Decimal(rate)
        return Line(**data, taxes=[*taxes, iva(19)] if doubled else taxes)

    monkeypatch.setattr(module, "Line", line)


def test_what_cannot_be_issued_takes_no_number_and_stops_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sales, folder, module = csv_of(tmp_path, ["bueno"]), tmp_path / "batch", load("nightly_batch")
    with_two_ivas("7", module, monkeypatch)
    bad = [SALE.format(sale="caro", price="mucho", iva="5"), SALE.format(sale="raro", price="10", iva="7")]
    sales.write_text(HEADER + "".join(bad) + SALE.format(sale="bueno", price="10", iva="5"), encoding="utf-8")
    report = in_process(module, sales, folder)
    assert [row["outcome"] for row in report.values()] == ["not issued", "not issued", "accepted"]
    assert "price" in report["caro"]["detail"]
    assert "mucho" in report["caro"]["detail"]
    assert "FAX01" in report["raro"]["detail"]
    assert report["bueno"]["number"] == "SETP990000001"
    report = in_process(module, csv_of(tmp_path, ["caro", "raro"]), folder)
    assert [row["number"] for row in report.values()] == ["SETP990000002", "SETP990000003"]


def test_after_an_outage_a_run_finishes_with_the_same_number(tmp_path: Path) -> None:
    sales, folder, module = csv_of(tmp_path, ["A"]), tmp_path / "batch", load("nightly_batch")
    module.dian.script = ListedScript([failure(Mishap.DROP_RESPONSE, done=True), *[Mishap.REFUSED] * 30])
    row = in_process(module, sales, folder)["A"]
    assert (row["number"], row["outcome"], row["mailed_to"]) == ("SETP990000001", "unknown", "")
    assert "resume" in row["detail"]
    module.dian.script = None
    after = in_process(module, sales, folder)["A"]
    assert (after["cufe"], after["outcome"]) == (row["cufe"], "accepted")
    assert after["mailed_to"] == "compras@example.com"


def test_a_rejected_sale_is_corrected_under_its_number(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, module = tmp_path / "batch", load("nightly_batch")
    monkeypatch.setattr(module, "check", lambda built: [])
    with_two_ivas("7", module, monkeypatch)
    row = in_process(module, csv_of(tmp_path, ["A"], iva="7"), folder)["A"]
    assert (row["number"], row["outcome"]) == ("SETP990000001", "rejected")
    assert "FA" in row["detail"]
    row = in_process(module, csv_of(tmp_path, ["A"], iva="5"), folder)["A"]
    assert (row["number"], row["outcome"]) == ("SETP990000001", "accepted")

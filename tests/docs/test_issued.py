"""Nothing that the examples (which the READMEs show) and the notebooks make is rejected by `check`."""

from __future__ import annotations

import json
import runpy
import sys
from pathlib import Path

import pytest

from dian_fe import Customer, Invoice, Line, Payment, build
from dian_fe.models.document import TradeDocument
from tests.docs.issued import recorded
from tests.docs.pages import DOCS, ROOT
from tests.rules.bases import ISSUER
from tests.support.company import SHOP

pytestmark = pytest.mark.docs

EXAMPLES = ["issue_invoice", "receive_invoice", "from_erp", "kms_signer"]
"""Those that end by themselves in one process; the others send to the simulator, which judges, in their own tests."""
NOTEBOOKS = sorted((DOCS / "cuadernos").glob("*.ipynb"))


@pytest.mark.parametrize("name", EXAMPLES)
def test_no_example_issues_what_check_rejects(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", [name])
    with recorded() as issued:
        runpy.run_path(str(ROOT / "examples" / f"{name}.py"), run_name="__main__")
    assert issued.documents
    assert issued.rejected() == {}


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_no_notebook_issues_what_check_rejects(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {"__name__": "__main__"}
    with recorded() as issued:
        for cell in cells:
            if cell["cell_type"] == "code":
                exec(compile("".join(cell["source"]), path.name, "exec", dont_inherit=True), names)
    assert issued.documents
    assert issued.rejected("".join("".join(cell["source"]) for cell in cells)) == {}


def test_what_would_be_rejected_is_seen() -> None:
    unrecorded = TradeDocument.from_lines
    with recorded() as issued:
        made = Invoice.from_lines(
            number="SETP990000001", issued_at="2026-03-02T10:15:00-05:00", supplier=SHOP.replace(emails=()),
            customer=Customer.final_consumer(), lines=[Line(description="Café", price=1000)], payment=Payment.cash(),
        )  # fmt: skip
        built = build(made, ISSUER)
    assert issued.documents == [made, built]
    assert issued.rejected() == {"SETP990000001": ["FAJ71"]}
    assert issued.rejected("como dice FAJ71") == {}
    assert TradeDocument.from_lines == unrecorded

"""Codes that the registry leaves to the XSD: its fault says them."""

from __future__ import annotations

from typing import Any

import pytest
from lxml import etree

from dian_fe import Built, Fault, build, check, read
from dian_fe.families.registry import kind as kind_named
from dian_fe.rules.facts import Reason, code_facts, pending
from dian_fe.ubl import xsd
from dian_fe.ubl.grammar import namespace_of
from dian_fe.ubl.namespaces import NAMESPACES
from tests.rules.harness import home_of

CODES = sorted(code for code, (reason, _) in pending().items() if reason is Reason.XSD)
ROOTS = {"FAA01", "CAA01", "DAA01"}
_TOTAL = '<cbc:TaxAmount currencyID="COP">1.00</cbc:TaxAmount>'
_RATE = f"{_TOTAL}<cac:TaxSubtotal>{_TOTAL}</cac:TaxSubtotal>"
_WITHHELD = f"<cac:WithholdingTaxTotal>{_RATE}</cac:WithholdingTaxTotal>"
_UNNAMED = _RATE.replace("</cac:TaxSubtotal>", "<cac:TaxCategory/></cac:TaxSubtotal>")
_SCHEMELESS = f"<cac:WithholdingTaxTotal>{_UNNAMED}</cac:WithholdingTaxTotal>"
_DATED = "<cbc:IssueDate>2026-03-01</cbc:IssueDate>"
_MANDATE = "<cac:InformationContentProviderParty><cac:PowerOfAttorney/></cac:InformationContentProviderParty>"
INSERTED = {
    **{
        code: ("cac:AccountingSupplierParty", f"<cac:{name}Reference>{_DATED}</cac:{name}Reference>")
        for code, name in (("FAF02", "Order"), ("FAG02", "DespatchDocument"), ("FAH02", "ReceiptDocument"))
    },
    "FBF02": ("cac:InvoiceLine/cac:Item/*[last()]",
              "<cac:AdditionalItemProperty><cbc:Value>1</cbc:Value></cac:AdditionalItemProperty>"),
    "FAT09": ("cac:LegalMonetaryTotal", _WITHHELD),
    "FAT11": ("cac:LegalMonetaryTotal", _SCHEMELESS),
    "FAY09": ("cac:InvoiceLine/cac:Item", _WITHHELD),
    "FAY11": ("cac:InvoiceLine/cac:Item", _SCHEMELESS),
    "FBA03": ("cac:InvoiceLine/cac:Item/*[last()]", _MANDATE),
    "CBD03": ("cac:LegalMonetaryTotal", "<cac:PrepaidPayment/>"),
    **{f"{letter}AT{number}": ("cac:LegalMonetaryTotal", _WITHHELD) for letter in "CD" for number in ("02", "07")},
    "DAT02": ("cac:RequestedMonetaryTotal", _WITHHELD),
    "DAT07": ("cac:RequestedMonetaryTotal", _WITHHELD),
    "CAY02": ("cac:CreditNoteLine/cac:Item", _WITHHELD),
    "CAY07": ("cac:CreditNoteLine/cac:Item", _WITHHELD),
    "DAY02": ("cac:DebitNoteLine/cac:Item", _WITHHELD),
    "DAY07": ("cac:DebitNoteLine/cac:Item", _WITHHELD),
}  # fmt: skip
"""What is put before a place, where a document of the base has nothing to take away."""
SILENT = {"SegundoApellido"}
"""Attributes of any text, which can only be missing; the others have a form."""


def made(kind: str) -> Built[Any]:
    home = home_of(kind)
    richest = next(name for name in ("told", "whole", "plain") if name in home.BASES)
    return build(home.BASES[richest](kind), home.ISSUER)


def faults(root: Any) -> list[Fault]:
    return [fault for fault in check(read(etree.tostring(root))) if fault.source == "xsd"]


@pytest.mark.parametrize("code", [code for code in CODES if code not in ROOTS])
def test_the_fault_of_the_xsd_names_the_code(code: str) -> None:
    facts = code_facts()[code]
    (kind,) = facts.kinds
    names = NAMESPACES | {"": namespace_of(kind_named(kind))}
    root = etree.fromstring(made(kind).xml)
    assert not any(code in fault.message for fault in faults(root))
    if code in INSERTED:
        before, text = INSERTED[code]
        declared = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in names.items() if prefix)
        place = root.xpath(before, namespaces={prefix: uri for prefix, uri in names.items() if prefix})[0]
        (piece,) = etree.fromstring(f"<x {declared}>{text}</x>")
        place.addnext(piece) if before.endswith("[last()]") else place.addprevious(piece)
    elif "/@" in facts.path:
        owner, _, attribute = facts.path.partition("/@")
        found = root.find(owner, names)
        assert found is not None
        if attribute in SILENT:
            del found.attrib[attribute]
        else:
            found.set(attribute, "?")
    else:
        found = root.find(facts.path, names)
        assert found is not None
        found.getparent().remove(found)
    called = "extension_schema" if "sts:" in facts.path else "ZB01"
    assert any(code in fault.message and fault.code == called for fault in faults(root))


@pytest.mark.parametrize("code", sorted(ROOTS))
def test_the_root_is_judged_by_the_xsd(code: str) -> None:
    (kind,) = code_facts()[code].kinds
    other = made("credit_note" if kind == "invoice" else "invoice").xml
    (fault,) = xsd.validate(other, kind_named(kind).root)
    assert (fault.code, fault.rejects) == ("ZB01", True)


def test_strangers_around_known_elements_are_judged() -> None:
    """The schema looks into extensions that nobody knows: what is above a fault may have no declaration."""
    root = etree.fromstring(made("invoice").xml)
    extension = etree.SubElement(root[0], f"{{{NAMESPACES['ext']}}}UBLExtension")
    place = etree.SubElement(extension, f"{{{NAMESPACES['ext']}}}ExtensionContent")
    for name in ("{urn:x}Propio", f"{{{NAMESPACES['cac']}}}Ajeno", f"{{{NAMESPACES['cac']}}}PartyName"):
        place = etree.SubElement(place, name)
    etree.SubElement(place, f"{{{NAMESPACES['cbc']}}}Suelto")
    told = [fault.message for fault in faults(root)]
    assert "cbc:Suelto no pertenece a cac:PartyName." in told

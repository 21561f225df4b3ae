"""Documents of every kind, each of whose leaves is emptied or spoiled in turn, and what must come of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any, NamedTuple

from lxml import etree
from pydantic import BaseModel

from dian_fe import build
from dian_fe.families.registry import kind as kind_named
from dian_fe.models.application_response import ApplicationResponse, ResponseLine, ResponseParty
from dian_fe.models.attached_document import AttachedAnswer, AttachedDocument, AttachedParty
from dian_fe.testing import random_document, random_event
from dian_fe.testing.random_documents import sample_issuer
from dian_fe.ubl.build import write
from dian_fe.ubl.control import Control
from dian_fe.ubl.namespaces import NAMESPACES
from dian_fe.ubl.read import read_document

ISSUER = sample_issuer()
EXCEPTED = (
    "cbc:InvoiceTypeCode",
    "cbc:CreditNoteTypeCode",
    "cbc:ProfileID",
    "cac:DocumentResponse/cac:Response/cbc:ResponseCode",
)
"""Leaves that say what kind the document is, besides the root's name."""

SPOILED = {Decimal: "12x4", bool: "quizás", date: "2026-02-30T", datetime: "25:61"}
"""By the type of a datum, a text that nobody can understand; texts take any."""


class Whole(NamedTuple):
    """A document that is whole, and its XML."""

    seed: int
    xml: bytes
    received: Any


@cache
def whole(seed: int) -> Whole:
    """Give a document: seven in ten of sales, the rest events, DIAN's answers and containers."""
    turn = seed % 10
    if turn == 7:
        xml = write(random_event(seed), Control(profile="x", key="a" * 96, environment="2"), kind_named("event")).xml
    elif turn == 8:
        xml = write(_answer(seed), Control(profile="x", key="a" * 96), kind_named("application_response")).xml
    elif turn == 9:
        xml = write(_container(seed), Control(profile="x"), kind_named("attached_document")).xml
    else:
        xml = build(random_document(seed), ISSUER).xml
    received = read_document(xml)
    assert (received.problems, received.unmapped) == ((), ()), seed
    return Whole(seed, xml, received)


def _answer(seed: int) -> ApplicationResponse:
    document = random_document(seed)
    return ApplicationResponse(
        number=str(seed),
        issued_at=document.issued_at,
        sender=ResponseParty(name="DIAN", id="800197268"),
        receiver=ResponseParty(name=document.supplier.name, id=document.supplier.id),
        code="02",
        description="Documento validado por la DIAN",
        reference=document.number,
        reference_key="b" * 96,
        lines=(
            ResponseLine(id="1", code="0", description="Bien"),
            ResponseLine(id="2", code="FAJ43b", description="x"),
        ),
        notes=("nota",),
    )


def _container(seed: int) -> AttachedDocument:

    document = random_document(seed)
    party = AttachedParty(name="Uno", id="700085371", responsibilities=("O-13", "O-15"), regime="48", tax_scheme="01")
    return AttachedDocument(
        number="1",
        issued_at=document.issued_at,
        parent_number=document.number,
        sender=party,
        receiver=party,
        content=build(document, ISSUER).xml.decode(),
        answers=(
            AttachedAnswer(
                id="1",
                reference=document.number,
                reference_key=None,
                issue_date=document.issue_date,
                content="<x/>",
                validator="DIAN",
                result_code="02",
                validation_date=document.issue_date,
                validation_time="10:00:00-05:00",
            ),
        ),
    )


def leaves(root: Any) -> Iterator[tuple[Any, str | None]]:
    """Give every element with a text and every attribute, but those that say what kind the document is."""
    excepted = [found for path in EXCEPTED for found in root.iterfind(path, NAMESPACES)]
    for element in root.iter(etree.Element):
        if element is root or element in excepted:
            continue
        if not len(element) and (element.text or "").strip():
            yield element, None
        yield from ((element, name) for name in element.attrib)


def plain(value: Any) -> Any:
    """Give a model as nested dictionaries, with the fiscal address where the XML repeats the physical one."""
    if isinstance(value, BaseModel):
        data = {name: plain(each) for name, each in value.__dict__.items()}
        if "registration_address" in data and data["registration_address"] is None:
            data["registration_address"] = plain(value.__dict__["address"])
        return data
    return [plain(each) for each in value] if isinstance(value, tuple) else value


def pruned(value: Any) -> Any:
    """Leave out what says nothing, and all that holds nothing else."""
    if isinstance(value, dict):
        return {name: left for name, each in value.items() if (left := pruned(each)) not in (None, {}, [], "")}
    if isinstance(value, list):
        return [left for each in value if (left := pruned(each)) not in (None, {}, [], "")]
    return value


def everything(received: Any) -> dict[str, Any]:
    """Give all that was read of a document."""
    return {**plain(received.document), "control": plain(received.control)}


def without(data: dict[str, Any], path: str, element: Any) -> Any:
    """Take a datum out of what was read; give it. Of a list of texts the one that the element told."""
    *steps, last = [
        int(step) if step.isdigit() else step for step in path.replace("[", ".").replace("]", "").split(".")
    ]
    holder: Any = data
    for step in steps:
        holder = holder[step]
    value = holder.pop(last)
    if isinstance(value, list) and element.tag.endswith(("}Note", "}PaymentID")):
        same = [each for each in element.getparent() if each.tag == element.tag]
        holder[last] = value[: same.index(element)] + value[same.index(element) + 1 :]
    return value

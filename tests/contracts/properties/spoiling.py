"""Documents of every kind, each of whose leaves is emptied or spoiled in turn, and what must come of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from itertools import islice
from typing import Any, NamedTuple, TypeVar

from lxml import etree
from pydantic import BaseModel

from dian_fe import build
from dian_fe.families.registry import kind as kind_named
from dian_fe.models.application_response import ApplicationResponse, ResponseLine, ResponseParty
from dian_fe.models.attached_document import AttachedAnswer, AttachedDocument, AttachedParty
from dian_fe.testing import random_document, random_event
from dian_fe.testing.random_documents import sample_issuer
from dian_fe.ubl.control import Control
from dian_fe.ubl.namespaces import NAMESPACES
from dian_fe.ubl.reader.document import read_document
from dian_fe.ubl.writer.build import write
from dian_fe.ubl.xpaths import xpath_of

T = TypeVar("T")
ISSUER = sample_issuer()
SAMPLE = (*range(0, 200, 10), *range(7, 200, 60), *range(8, 200, 60), *range(9, 200, 60))
"""Seeds of the ordinary run."""
EXCEPTED = (
    "cbc:InvoiceTypeCode",
    "cbc:CreditNoteTypeCode",
    "cbc:ProfileID",
    "cac:DocumentResponse/cac:Response/cbc:ResponseCode",
)
"""Leaves that say what kind the document is, besides the root's name."""

SPOILED = {Decimal: "12x4", bool: "quizás", date: "2026-02-30T", datetime: "25:61"}
"""By the type of a datum, a text that nobody can understand; texts take any."""


ALONE = {
    "cbc:CompanyID/@schemeID": "the check digit: only a NIT has one; FAJ24 and FAK24 tell it",
    "sts:ProviderID/@schemeID": "the check digit of the software's owner, which follows from its NIT",
    "cbc:ID/@schemeID": "check digits, standards and consecutives, which not every identification has",
    "cbc:ID/@schemeName": "the type of a PartyIdentification is that of CompanyID; of a standard it is optional",
    "cbc:UUID/@schemeID": "the environment, which ProfileExecutionID says too",
    "cbc:TaxLevelCode/@listName": "optional since annex 1.9",
    "cbc:CompanyID/@schemeName": "of containers: 0..1 (AE15)",
    "cbc:CompanyID/@schemeVersionID": "the kind of organization, in events only",
    "cbc:ValueQuantity/@unitCode": "only transport demands it (operation 12)",
    "cbc:ResponseCode/@listID": "claims alone have a concept",
    "cbc:ResponseCode/@name": "claims alone have a concept",
    "Value/@schemeID": "health data need no code",
    "Value/@schemeName": "health data need no list",
    "Group/@schemeName": "a name that health groups need not have",
    "Collection/@schemeName": "a name that health collections need not have",
}
"""Attributes that a document need not have: when one is not there, nobody gave that datum, and no reader tells."""


class Change(NamedTuple):
    """A leaf, and the text that it gets; none takes an attribute away."""

    element: Any
    attribute: str | None
    text: str | None

    @property
    def xpath(self) -> str:
        """Where it is."""
        return xpath_of(self.element) + (f"/@{self.attribute}" if self.attribute else "")

    @property
    def name(self) -> str:
        """Names of the element and of the attribute."""
        return "/".join(step.partition("[")[0] for step in self.xpath.rsplit("/", 2)[-2:])


def changed(root: Any, change: Change) -> bytes:
    """Return the document with a change, which is taken back at once."""
    element, attribute, text = change
    if attribute is None:
        before, element.text = element.text, text
        data: bytes = etree.tostring(root)
        element.text = before
        return data
    attributes = dict(element.attrib)
    if text is None:
        del element.attrib[attribute]
    else:
        element.set(attribute, text)
    data = etree.tostring(root)
    element.attrib.clear()
    element.attrib.update(attributes)
    return data


_CONTROL = {"profile": "x", "key": "a" * 96, "key_scheme": "CUDE-SHA384"}


class Whole(NamedTuple):
    """A document that is whole, and its XML."""

    seed: int
    xml: bytes
    received: Any


@cache
def whole(seed: int) -> Whole:
    """Return a document: seven in ten of sales, the rest events, DIAN's answers and containers."""
    turn = seed % 10
    if turn == 7:
        xml = write(random_event(seed), Control(**_CONTROL, environment="2"), kind_named("event")).xml
    elif turn == 8:
        xml = write(_answer(seed), Control(**_CONTROL), kind_named("application_response")).xml
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
    """Yield every element with a text and every attribute, but those that say what kind the document is."""
    excepted = [found for path in EXCEPTED for found in root.iterfind(path, NAMESPACES)]
    for element in root.iter(etree.Element):
        if element is root or element in excepted:
            continue
        if not len(element) and (element.text or "").strip():
            yield element, None
        yield from ((element, name) for name in element.attrib)


def sample_of(found: Iterable[T], seed: int, one_in: int) -> Iterator[T]:
    """Return one in so many, others for each seed."""
    return islice(found, seed % one_in, None, one_in)


def differences(one: Any, other: Any, path: str = "") -> list[tuple[str, Any, Any]]:
    """Return what two readings say differently: the path, and what each says there."""
    if isinstance(one, dict) and isinstance(other, dict):
        names = sorted({*one, *other})
        return [each for name in names for each in differences(one.get(name), other.get(name), f"{path}.{name}")]
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        return [each for at in range(len(one)) for each in differences(one[at], other[at], f"{path}[{at}]")]
    return [] if one == other else [(path.removeprefix("."), one, other)]


def plain(value: Any) -> Any:
    """Return a model as nested dictionaries, with the fiscal address where the XML repeats the physical one."""
    if isinstance(value, BaseModel):
        data = {name: plain(each) for name, each in value.__dict__.items()}
        if "registration_address" in data and data["registration_address"] is None:
            data["registration_address"] = plain(value.__dict__["address"])
        return data
    return [plain(each) for each in value] if isinstance(value, tuple) else value


def pruned(value: Any) -> Any:
    """Return a value without what is empty, and without all that holds nothing else."""
    if isinstance(value, dict):
        return {name: left for name, each in value.items() if (left := pruned(each)) not in (None, {}, [], "")}
    if isinstance(value, list):
        return [left for each in value if (left := pruned(each)) not in (None, {}, [], "")]
    return value


def everything(received: Any) -> dict[str, Any]:
    """Return all that was read of a document."""
    return {**plain(received.document), "control": plain(received.control)}


def without(data: dict[str, Any], path: str, element: Any) -> Any:
    """Remove a datum from what was read and return it; of a list of texts, the one of the element."""
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

"""A corpus of bad signatures: our own documents, damaged after signing or signed badly; each cause in three manners."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, time
from functools import cache

from lxml import etree

from dian_fe import build, read
from dian_fe.signing import sign
from dian_fe.testing import Simulator
from dian_fe.testing.random_documents import random_document, sample_issuer
from dian_fe.verifying import Cause
from tests.signing.support import BOGOTA, NIT, NS, PKI
from tests.verifying.foreign import Foreign

ROOT = "(<[A-Z][A-Za-z]+)(?= xmlns=)"
SIGNATURE = re.compile(rb"<ds:Signature .*?</ds:Signature>", re.DOTALL)
KINDS = ("invoice", "credit_note", "debit_note", "container", "answer")
NOTES = ("Café & ñandú: €, «10 < 20»", "uno\ndos\ntres", "Pérez &amp; Hijos")


@dataclass(frozen=True)
class Base:
    """A document of ours: as it is signed, and before."""

    signed: bytes
    unsigned: bytes


@cache
def base(kind: str) -> Base:
    if kind in {"container", "answer"}:
        container = read(Simulator(seed=7).deliver(to="800199436"))
        parts = list(container.walk())
        wanted = "AttachedDocument" if kind == "container" else "ApplicationResponse"
        data = next(part.raw for part in parts if part.raw.startswith(b"<?xml") and wanted in root_of(part.raw))
        return Base(data, SIGNATURE.sub(b"", data, count=1))
    seed = {"invoice": 13, "credit_note": 4, "debit_note": 10}[kind]
    document = random_document(seed, kind).replace(notes=NOTES)  # type: ignore[arg-type]
    canonical = build(document, sample_issuer()).canonical
    at = datetime.combine(canonical.issue_date, time(10, 15), BOGOTA)
    return Base(sign(canonical, PKI.signer(NIT), at=at).xml, canonical.xml)


def root_of(data: bytes) -> str:
    return str(etree.fromstring(data).tag)


@dataclass(frozen=True)
class Case:
    causes: tuple[Cause, ...]
    kind: str
    manner: str
    make: Callable[[Base], bytes]

    @property
    def name(self) -> str:
        return f"{'+'.join(self.causes)}-{self.kind}-{self.manner}"

    def data(self) -> bytes:
        return self.make(base(self.kind))


CASES: list[Case] = []


def damages(
    *causes: Cause,
    kinds: tuple[str, str, str] = ("invoice", "credit_note", "container"),
    **manners: Callable[[Base], bytes],
) -> None:
    assert len(manners) == 3
    for kind, (manner, make) in zip(kinds, manners.items(), strict=True):
        CASES.append(Case(causes, kind, manner, make))


# --- tools


def our(change: Callable[[bytes], bytes]) -> Callable[[Base], bytes]:
    return lambda made: change(made.signed)


def theirs(foreign: Foreign, change: Callable[[bytes], bytes] = lambda data: data) -> Callable[[Base], bytes]:
    return lambda made: change(foreign.sign(made.unsigned))


def sub(old: str, new: str, count: int = 0) -> Callable[[bytes], bytes]:
    def change(data: bytes) -> bytes:
        changed, times = re.subn(old.encode(), new.encode(), data, count=count, flags=re.DOTALL)
        assert times, old
        return changed

    return change


def tree(change: Callable[[etree._Element], object], **options: object) -> Callable[[bytes], bytes]:
    def changed(data: bytes) -> bytes:
        root = etree.fromstring(data)
        change(root)
        return etree.tostring(root.getroottree(), encoding="UTF-8", xml_declaration=True, **options)  # type: ignore[call-overload]

    return changed


def text(change: Callable[[str], str]) -> Callable[[bytes], bytes]:
    return lambda data: change(data.decode()).encode()


def both(*changes: Callable[[bytes], bytes]) -> Callable[[bytes], bytes]:
    def change(data: bytes) -> bytes:
        for each in changes:
            data = each(data)
        return data

    return change


def c14n(node: etree._Element | etree._ElementTree, **options: object) -> bytes:
    return etree.tostring(node, method="c14n", **options)  # type: ignore[call-overload]


def signature_of(root: etree._Element) -> etree._Element:
    return root.find(".//ds:Signature", NS)


def leaves(root: etree._Element) -> Iterator[etree._Element]:
    return (element for element in root.iter("*") if not len(element))


def body_leaves(root: etree._Element) -> Iterator[etree._Element]:
    inside = set(signature_of(root).iter())
    return (leaf for leaf in leaves(root) if leaf not in inside)


def rewrite(elements: Iterator[etree._Element], change: Callable[[str], str]) -> None:
    for element in elements:
        element.text = change(element.text or "") or None


def pretty(unsigned: bytes, unit: str) -> bytes:
    root = etree.fromstring(unsigned)
    etree.indent(root, space=unit)
    return etree.tostring(root)

"""Runs a case: takes a base, patches model, surrounding data or XML, and gives the subject that the rules judge."""

from __future__ import annotations

import copy
import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import cache
from typing import Any

from lxml import etree

from dian_fe import AS_READ, _xmlsafe
from dian_fe.errors import UnreadableDocument
from dian_fe.families.registry import kind as kind_named
from dian_fe.models._missing import stand_in, take_out
from dian_fe.models.issuer import Issuer
from dian_fe.rules import Subject
from dian_fe.rules.book import kinds_of
from dian_fe.rules.engine import Report, check
from dian_fe.rules.registry import registered
from dian_fe.ubl.control import Control
from dian_fe.ubl.grammar import grammar_of, namespace_of
from dian_fe.ubl.keys import KindKeys
from dian_fe.ubl.namespaces import NAMESPACES
from dian_fe.ubl.paths import DocumentPlaces
from dian_fe.ubl.reader.document import read_element
from dian_fe.ubl.writer.build import write
from dian_fe.ubl.xml_view import DocumentXml
from tests.families.equivalent.rules import bases as equivalent
from tests.families.payroll.rules import bases as payroll
from tests.families.support.rules import bases as support
from tests.rules import bases, bases_money, bases_parties  # noqa: F401 - they add their bases

HOMES: dict[str, Any] = {
    "sales": bases,
    "events": bases,
    "support": support,
    "equivalent": equivalent,
    "payroll": payroll,
}
"""The module with good documents, their issuer and the folder of cases, by name of the family."""
_PART = re.compile(r"([A-Za-z_]+)|\[(\d+)\]")
_OPTIONS = {"name", "codes", "kind", "base", "set", "delete", "append", "xml", "annex", "clock", "issuer",
            "certificate", "size", "original", "ok", "expect"}  # fmt: skip


@dataclass(frozen=True)
class Certificate:
    """Facts of a certificate, as the rules see them."""

    nit: str | None = "700085371"
    not_before: datetime = datetime(2026, 1, 1, tzinfo=UTC)
    not_after: datetime = datetime(2027, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Case:
    """One case of one code."""

    file: str
    code: str
    data: Mapping[str, Any]

    @property
    def kind(self) -> str:
        return self.data.get("kind") or kinds_of(self.code)[0]

    @property
    def home(self) -> Any:
        return home_of(self.kind)

    @property
    def ok(self) -> bool:
        return bool(self.data.get("ok"))

    @property
    def expect(self) -> list[dict[str, Any]]:
        return [{key: self.worded(value) for key, value in item.items()} for item in self.data.get("expect", [])]

    def worded(self, value: Any) -> Any:
        """Put the kind's own names in place of {line}, {total}, {quantity}, {root}."""
        if not isinstance(value, str):
            return value
        kind = kind_named(self.kind)
        for word, name in {**grammar_of(kind).words, "root": kind.root}.items():
            value = value.replace(f"{{{word}}}", name)
        return value

    def __str__(self) -> str:
        return f"{self.code}: {self.data.get('name', 'ok' if self.ok else 'fails')}"


def home_of(kind: str) -> Any:
    """Return the home of the cases of a kind."""
    return HOMES[kind_named(kind).family.name]


def cases() -> Iterator[Case]:
    """Yield every case of every code."""
    for file in (file for home in dict.fromkeys(HOMES.values()) for file in sorted(home.CASES.glob("*.toml"))):
        data = tomllib.loads(file.read_text(encoding="utf-8"))
        unknown = set(data) - {"codes", "case"}
        assert not unknown, f"{file.name}: {unknown}"
        for case in data["case"]:
            assert not set(case) - _OPTIONS, f"{file.name}: {set(case) - _OPTIONS}"
            assert bool(case.get("ok")) != bool(case.get("expect")), f"{file.name}: ok, or what is expected: {case}"
            for code in case.get("codes", data["codes"]):
                yield Case(file.stem, code, case)


def judge(case: Case) -> Report:
    """Run the rules on a case."""
    return check(subject_of(case), annex=case.data.get("annex"))


def subject_of(case: Case) -> Subject:
    """Make what the rules look at. Everything around the document is there unless the case says otherwise."""
    data, kind = case.data, kind_named(case.kind)
    home = case.home
    issuer = _patched_issuer(home.ISSUER, data.get("issuer", {}))
    values = json.loads(_base(case.kind, data.get("base", "plain")))
    _patch(values, data)
    control = Control.model_validate(values.pop("control"))
    fields = kind.model_class.model_fields
    absent = [name for name in data.get("delete", ()) if name in fields and fields[name].is_required()]
    values |= {name: stand_in(kind.model_class, name) for name in absent}
    document: Any = kind.model_class.model_validate(values, context=AS_READ)  # rules judge what others wrote, too
    take_out(document, [((), name) for name in absent])
    xml = None
    if "xml" in data or "xml" in registered()[case.code].needs:
        root = _xmlsafe.parse(write(document, control, kind).unsigned_file())
        if "xml" in data:
            root, document, control = _changed(root, case)
        xml = DocumentXml(root, data.get("size") or len(etree.tostring(root)))
    return Subject(
        kind=case.kind,
        document=document,
        control=control,
        xml=xml,
        issuer=issuer,
        original=home.corrected(case.kind, data),
        clock=datetime.fromisoformat(data["clock"]) if "clock" in data else home.SENT_AT,
        keys=KindKeys(kind),
        certificate=Certificate(**data.get("certificate", {})),
        places=DocumentPlaces(case.kind),
        issued_on=None if document is not None else home.ISSUED_AT.date(),
    )


@cache
def _base(kind: str, name: str) -> str:
    """Return what a case begins with as JSON: each changes its own copy."""
    base, around = home_of(kind).made(kind, name)
    return json.dumps({"control": around.model_dump(mode="json"), **base.model_dump(mode="json")})


def _changed(root: Any, case: Case) -> tuple[Any, Any, Any]:
    """Change the XML and read it again; a document that can no longer be read leaves its XML alone."""
    for step in case.data["xml"]:
        _patch_xml(root, case, step)
    raw = etree.tostring(root, encoding="UTF-8")
    root = _xmlsafe.parse(raw)
    try:
        received = read_element(root, raw)
    except UnreadableDocument:
        return root, None, None
    return root, received.document, received.control


def _patched_issuer(issuer: Issuer, patch: Mapping[str, Any]) -> Issuer:
    if not patch:
        return issuer
    values = issuer.model_dump(mode="json")
    for part, secrets in issuer.with_secrets().items():
        values[part] = {**values[part], **secrets} if isinstance(secrets, dict) else secrets
    _patch(values, patch)
    return Issuer.model_validate(values, context=AS_READ)


def _patch(values: dict[str, Any], patch: Mapping[str, Any]) -> None:
    for path, value in patch.get("set", {}).items():
        owner, last = _owner(values, path)
        owner[last] = _plain(value)
    for path, value in patch.get("append", {}).items():
        owner, last = _owner(values, path)
        owner[last] = [*(owner[last] or []), _plain(value)]
    for path in patch.get("delete", []):
        owner, last = _owner(values, path)
        if isinstance(owner, list):
            del owner[last]
        else:
            owner[last] = [] if isinstance(owner[last], list) else None


def _owner(values: Any, path: str) -> tuple[Any, Any]:
    parts: list[Any] = [name or int(index) for name, index in _PART.findall(path)]
    for part in parts[:-1]:
        values = values[part]
    if isinstance(values, dict):
        assert parts[-1] in values, f"there is no {path}"
    return values, parts[-1]


def _plain(value: Any) -> Any:
    if isinstance(value, (date, time, datetime)):
        return value.isoformat()
    assert not isinstance(value, float), "write numbers as text"
    return copy.deepcopy(value)


def _patch_xml(root: Any, case: Case, step: Mapping[str, Any]) -> None:
    """Change the XML: ``at`` is a path from the root; the rest says what to do there."""
    if "undeclare" in step:
        etree.cleanup_namespaces(root, keep_ns_prefixes=[*{*map(str, root.nsmap)} - {*step["undeclare"]}])
        return
    names = NAMESPACES | {"": namespace_of(kind_named(case.kind))}
    at = case.worded(step["at"])
    found = root.findall(at, names) if at else [root]
    assert found, f"{case}: nothing at {at}"
    for element in found if step.get("every") else found[:1]:
        if "text" in step:
            element.text = step["text"]
        if "attribute" in step:
            if "value" in step:
                element.set(step["attribute"], step["value"])
            else:
                del element.attrib[step["attribute"]]
        if step.get("remove"):
            element.getparent().remove(element)
        if step.get("empty"):
            element[:] = []
            element.text = None
        if step.get("copy"):
            element.addnext(copy.deepcopy(element))
        if "before" in step:
            element.addprevious(_fragment(step["before"], names, case))
        if "append" in step:
            element.append(_fragment(step["append"], names, case))


def _fragment(text: str, names: Mapping[str, str], case: Case) -> Any:
    declared = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in names.items() if prefix)
    return etree.fromstring(f"<x xmlns='{names['']}' {declared}>{case.worded(text)}</x>")[0]
